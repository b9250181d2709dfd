//! Which takes are exported: the current take of each item, unless something else is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::error::ExportError;
use super::utterance::{SpeakerFacts, Utterance};
use crate::corpus::error::CorpusError;
use crate::corpus::layout::{TakePaths, recordings_folder};
use crate::corpus::records;
use crate::corpus::scan::{self, TakeSummary, current_takes, folders_in};
use crate::corpus::sidecar::{Sidecar, Status, Verdict};

/// What is asked for; an empty list asks for everything of its kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Labels.
    pub labels: Vec<String>,
    /// Speaker ids.
    pub speakers: Vec<String>,
    /// Session ids.
    pub sessions: Vec<String>,
    /// Verdicts; a take that was not measured has none.
    pub verdicts: Vec<Verdict>,
    /// Statuses; empty: the current takes. With `accepted`, all accepted takes.
    pub statuses: Vec<Status>,
    /// `microphone`, `file`, `demo`; empty: all but `demo`.
    pub sources: Vec<String>,
    /// Only of speakers who have agreed to this.
    pub scope: Option<String>,
}

/// What is there to be exported.
#[derive(Debug, Default)]
pub struct Selected {
    /// Speakers by id, takes by age.
    pub utterances: Vec<Utterance>,
    /// How many takes with audio were left out, by reason in plain words.
    pub left_out: BTreeMap<&'static str, u64>,
}

/// Gathers what is asked for. `progress` is called with each speaker's number of takes. Blocks.
///
/// # Errors
/// A record cannot be read: an export of half a corpus would pass for all of it.
pub fn select(
    corpus: &Path,
    selection: &Selection,
    progress: &dyn Fn(u64),
) -> Result<Selected, ExportError> {
    let mut folders = folders_in(&recordings_folder(corpus))?;
    folders.sort();
    let mut selected = Selected::default();
    for folder in folders {
        let speaker = folder.file_name().unwrap_or_default().to_string_lossy();
        let mut scan = scan::takes(corpus, &speaker)?;
        if !scan.broken.is_empty() {
            return Err(scan.broken.swap_remove(0).into());
        }
        progress(scan.takes.len() as u64);
        if scan.takes.is_empty() {
            continue;
        }
        if !selection.speakers.is_empty() && !selection.speakers.iter().any(|s| *s == speaker) {
            let reason = "of other speakers than asked for";
            *selected.left_out.entry(reason).or_default() += scan.takes.len() as u64;
            continue;
        }
        let facts = speaker_facts(corpus, &speaker)?;
        let current: BTreeSet<String> = current_takes(&scan.takes)
            .into_values()
            .map(|take| take.id.clone())
            .collect();
        let agreed = selection.scope.as_ref().is_none_or(|scope| {
            facts
                .consent
                .as_ref()
                .is_some_and(|consent| consent.agrees_to(scope))
        });
        let mut wanted = Vec::new();
        for take in &scan.takes {
            match selection.why_not(take, current.contains(&take.id), agreed) {
                None => wanted.push(take),
                Some(_) if take.seconds == 0.0 => {}
                Some(reason) => *selected.left_out.entry(reason).or_default() += 1,
            }
        }
        let read: Vec<_> = wanted
            .par_iter()
            .map(|take| read(corpus, take, &facts))
            .collect();
        for utterance in read {
            let utterance = utterance?;
            let source = &utterance.sidecar.source;
            if selection.wants_source(source) {
                selected.utterances.push(utterance);
            } else {
                let reason = if source == "demo" {
                    "of the demo speaker"
                } else {
                    "from other sources than asked for"
                };
                *selected.left_out.entry(reason).or_default() += 1;
            }
        }
    }
    Ok(selected)
}

impl Selection {
    /// Why a take is left out; `None`: it is wanted, as far as its summary tells.
    fn why_not(
        &self,
        take: &TakeSummary,
        is_current: bool,
        speaker_agreed: bool,
    ) -> Option<&'static str> {
        let among =
            |list: &[String], value: &str| list.is_empty() || list.iter().any(|v| v == value);
        let status_fits = if self.statuses.is_empty() {
            is_current
        } else {
            self.statuses.contains(&take.status)
        };
        let label_fits = self.labels.is_empty()
            || take
                .label
                .as_ref()
                .is_some_and(|label| self.labels.contains(label));
        let verdict_fits = self.verdicts.is_empty()
            || take
                .verdict
                .is_some_and(|verdict| self.verdicts.contains(&verdict));
        [
            (take.role == "item", "practice and checks"),
            (take.seconds > 0.0, "without audio"),
            (status_fits, "not the current take of their item"),
            (speaker_agreed, "without the consent asked for"),
            (
                among(&self.sessions, &take.session),
                "of other sessions than asked for",
            ),
            (label_fits, "of other labels than asked for"),
            (verdict_fits, "of other verdicts than asked for"),
        ]
        .into_iter()
        .find_map(|(fits, reason)| (!fits).then_some(reason))
    }

    fn wants_source(&self, source: &str) -> bool {
        if self.sources.is_empty() {
            source != "demo"
        } else {
            self.sources.iter().any(|wanted| wanted == source)
        }
    }
}

fn speaker_facts(corpus: &Path, speaker: &str) -> Result<Arc<SpeakerFacts>, CorpusError> {
    let record = scan::speaker(corpus, speaker)?;
    Ok(Arc::new(record.map_or_else(
        || SpeakerFacts {
            id: speaker.to_owned(),
            ..SpeakerFacts::default()
        },
        |record| SpeakerFacts {
            id: record.speaker,
            uuid: record.speaker_uuid,
            form: record.form.unwrap_or_default(),
            consent: record.consent,
        },
    )))
}

fn read(
    corpus: &Path,
    take: &TakeSummary,
    speaker: &Arc<SpeakerFacts>,
) -> Result<Utterance, ExportError> {
    let paths = TakePaths::new(corpus, &take.take_ref);
    let path = paths.json();
    let sidecar: Sidecar = records::read(&path)?;
    let Some(audio) = sidecar.audio.clone() else {
        let path = path.display();
        return Err(ExportError::Asked(format!(
            "{path} has changed while it was exported; run the same command again"
        )));
    };
    let timing = sidecar.timing.as_ref();
    let speech = timing
        .and_then(|t| t.speech_start_frame.zip(t.speech_end_frame))
        .map(|(start, end)| {
            let within = |frame: i64| u64::try_from(frame).unwrap_or(0).min(audio.frames);
            within(start)..within(end)
        })
        .filter(|speech| !speech.is_empty());
    let prompt = &sidecar.prompt;
    let text = sidecar
        .transcript
        .as_ref()
        .or(prompt.spoken.as_ref())
        .unwrap_or(&prompt.text);
    Ok(Utterance {
        take_id: sidecar.id.clone(),
        name: take.take_ref.0.to_string(),
        wav: paths.wav(),
        speaker: speaker.clone(),
        session: sidecar.session.clone(),
        text: text.clone(),
        label: prompt.label.clone(),
        label_is_doubtful: sidecar.transcript.is_some()
            && prompt.label.is_some()
            && sidecar.label_confirmed != Some(true),
        language: prompt.language.clone(),
        speech,
        audio,
        split: None,
        sidecar: Arc::new(sidecar),
    })
}
