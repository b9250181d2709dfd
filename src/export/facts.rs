//! What an export says of the corpus as a whole: the study's title and licence, how was recorded and judged.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::error::ExportError;
use super::utterance::Utterance;
use crate::corpus::forgotten::{Forgotten, Subject};
use crate::corpus::layout::{corpus_file, session_file, study_file};
use crate::corpus::records::{self, CorpusRecord, SessionRecord};

/// What the sessions that are exported have in common, and what not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Of the study, else the corpus folder's name.
    pub title: String,
    /// As the study says it.
    pub licence: Option<String>,
    /// The studies that were recorded by: 12 digits each.
    pub studies: BTreeSet<String>,
    /// Limits of the verdicts, as JSON, by profile; one profile may have had several.
    pub thresholds: BTreeSet<(String, String)>,
    /// Versions of the program that recorded.
    pub recorded_by: BTreeSet<String>,
}

/// Reads the sessions of what is exported, and refuses what is forgotten. Blocks.
///
/// # Errors
/// A record cannot be read, or a take is of somebody or something that is forgotten.
pub fn facts<'a>(
    corpus: &Path,
    utterances: impl Iterator<Item = &'a Utterance>,
) -> Result<Facts, ExportError> {
    let forgotten = Forgotten::read(corpus)?;
    let mut facts = Facts::default();
    let mut newest: Option<(String, String)> = None;
    let mut sessions: BTreeMap<&Path, bool> = BTreeMap::new();
    for utterance in utterances {
        let folder = utterance.wav.parent().unwrap_or(Path::new("."));
        sessions.entry(folder).or_default();
        if forgotten.has(Subject::Take(&utterance.take_id)) {
            return Err(is_forgotten(&utterance.name, "the take"));
        }
    }
    for folder in sessions.keys() {
        let record: SessionRecord = records::read(&session_file(folder))?;
        if forgotten.of_session(&record).is_some() {
            let name = format!("recordings/{}/{}", record.speaker, record.session);
            return Err(is_forgotten(&name, "the speaker or the session"));
        }
        facts.recorded_by.insert(format!(
            "{} {}",
            record.software.name, record.software.version
        ));
        let thresholds = serde_json::to_string(&record.setup.thresholds).unwrap_or_default();
        facts
            .thresholds
            .insert((record.setup.profile.clone(), thresholds));
        if let Some(study) = record.setup.study {
            let this = (record.started_at, study.clone());
            newest = newest.max(Some(this));
            facts.studies.insert(study);
        }
    }
    let study = newest.map(|(_, study)| study).or_else(|| {
        let record: CorpusRecord = records::read(&corpus_file(corpus)).ok()?;
        record.study
    });
    let text = study.and_then(|digits| fs::read_to_string(study_file(corpus, &digits)).ok());
    let table: toml::Table = text.and_then(|text| text.parse().ok()).unwrap_or_default();
    let line = |key: &str| Some(table.get(key)?.as_str()?.trim().to_owned());
    facts.licence = line("licence");
    facts.title = line("title").or_else(|| line("name")).unwrap_or_else(|| {
        let corpus = std::path::absolute(corpus).unwrap_or_else(|_| corpus.to_owned());
        let name = corpus.file_name().unwrap_or_default().to_string_lossy();
        name.into_owned()
    });
    Ok(facts)
}

fn is_forgotten(name: &str, what: &str) -> ExportError {
    ExportError::Asked(format!(
        "{name}: {what} is forgotten (consent was withdrawn), and yet it is there again; nothing was written. `voicebooth forget` removes it, `voicebooth verify` names all of it"
    ))
}
