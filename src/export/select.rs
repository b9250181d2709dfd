//! Which takes are exported: the current take of each item, unless something else is asked for.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::error::ExportError;
use super::utterance::{SpeakerFacts, Utterance};
use crate::corpus::error::CorpusError;
use crate::corpus::layout::{TakePaths, recordings_folder};
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

/// Gathers what is asked for. `progress` is called with each speaker's number of takes, from many threads. Blocks.
///
/// # Errors
/// A record cannot be read: an export of half a corpus would pass for all of it.
pub fn select(
    corpus: &Path,
    selection: &Selection,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Selected, ExportError> {
    let mut folders = folders_in(&recordings_folder(corpus))?;
    folders.sort();
    let speakers = folders.par_iter().map(|folder| {
        let speaker = folder.file_name().unwrap_or_default().to_string_lossy();
        selection.of_speaker(corpus, &speaker, progress)
    });
    let mut selected = Selected::default();
    for speaker in speakers.collect::<Result<Vec<_>, ExportError>>()? {
        selected.utterances.extend(speaker.utterances);
        for (reason, takes) in speaker.left_out {
            selected.leave_out(reason, takes);
        }
    }
    Ok(selected)
}

impl Selection {
    fn of_speaker(
        &self,
        corpus: &Path,
        speaker: &str,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Selected, ExportError> {
        let mut selected = Selected::default();
        let takes = scan::whole_takes(corpus, speaker)?;
        progress(takes.len() as u64);
        if takes.is_empty() {
            return Ok(selected);
        }
        if !self.speakers.is_empty() && !self.speakers.iter().any(|s| s == speaker) {
            selected.leave_out("of other speakers than asked for", takes.len() as u64);
            return Ok(selected);
        }
        let facts = speaker_facts(corpus, speaker)?;
        let current: HashSet<String> = current_takes(takes.iter().map(|(take, _)| take))
            .into_values()
            .map(|take| take.id.clone())
            .collect();
        let agreed = self.scope.as_ref().is_none_or(|scope| {
            let consent = facts.consent.as_ref();
            consent.is_some_and(|consent| consent.agrees_to(scope))
        });
        for (take, sidecar) in takes {
            let why_not = self.why_not(&take, current.contains(&take.id), agreed);
            match why_not.or_else(|| self.wrong_source(&sidecar.source)) {
                Some(_) if take.seconds == 0.0 => {}
                Some(reason) => selected.leave_out(reason, 1),
                None => {
                    let utterance = utterance(corpus, &take, sidecar, &facts);
                    selected.utterances.extend(utterance);
                }
            }
        }
        Ok(selected)
    }

    /// Why a take is left out; `None`: it is wanted, as far as its summary tells.
    fn why_not(
        &self,
        take: &TakeSummary,
        is_current: bool,
        speaker_agreed: bool,
    ) -> Option<&'static str> {
        let among =
            |list: &[String], value: &str| list.is_empty() || list.iter().any(|v| v == value);
        let (status_fits, other_status) = if self.statuses.is_empty() {
            (is_current, "not the current take of their item")
        } else {
            let fits = self.statuses.contains(&take.status);
            (fits, "of other statuses than asked for")
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
            (status_fits, other_status),
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

    fn wrong_source(&self, source: &str) -> Option<&'static str> {
        let is_wanted = if self.sources.is_empty() {
            source != "demo"
        } else {
            self.sources.iter().any(|wanted| wanted == source)
        };
        match source {
            _ if is_wanted => None,
            "demo" => Some("of the demo speaker"),
            _ => Some("from other sources than asked for"),
        }
    }
}

impl Selected {
    fn leave_out(&mut self, reason: &'static str, takes: u64) {
        *self.left_out.entry(reason).or_default() += takes;
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

/// A take as an utterance; `None`: it has no audio.
fn utterance(
    corpus: &Path,
    take: &TakeSummary,
    sidecar: Arc<Sidecar>,
    speaker: &Arc<SpeakerFacts>,
) -> Option<Utterance> {
    let audio = sidecar.audio.clone()?;
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
    Some(Utterance {
        take_id: sidecar.id.clone(),
        name: take.take_ref.0.to_string(),
        wav: TakePaths::new(corpus, &take.take_ref).wav(),
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
        sidecar,
    })
}
