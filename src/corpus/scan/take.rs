//! A take as resuming, statistics and exports see it, and which take of an item counts.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use super::time;
use crate::corpus::error::CorpusError;
use crate::corpus::marks::Marks;
use crate::corpus::records::{self, Record};
use crate::corpus::sidecar::{Sidecar, Status, Verdict};
use crate::recorder::messages::TakeRef;

/// What resuming and statistics need of a take.
#[derive(Clone, Debug, PartialEq)]
pub struct TakeSummary {
    /// Its name in this corpus.
    pub take_ref: TakeRef,
    /// Its UUID.
    pub id: String,
    /// Id of its prompt.
    pub prompt_id: String,
    /// What was shown.
    pub prompt_text: String,
    /// Its class.
    pub label: Option<String>,
    /// Repeat of the prompt, from 1.
    pub repeat: u32,
    /// Pass through the list, from 1.
    pub pass: u32,
    /// `item`, `practice` or `check`.
    pub role: String,
    /// Attempt at the item, from 1.
    pub take: u32,
    /// What counts of it.
    pub status: Status,
    /// Why.
    pub reasons: Vec<String>,
    /// Session id.
    pub session: String,
    /// Of WAV frame 0, or of the decision.
    pub started_at: Timestamp,
    /// Length of the WAV, seconds; 0 without one.
    pub seconds: f64,
    /// Of that the speech, from its first to its last frame; 0 where its boundaries are not known.
    pub speech_seconds: f64,
    /// The one-word judgement, where it was measured.
    pub verdict: Option<Verdict>,
    /// What people noted on it.
    pub marks: Marks,
}

/// One line of a speaker's work: takes of the same item have the same key. An item whose text was edited is another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ItemKey<'a> {
    /// Id of the prompt.
    pub prompt_id: &'a str,
    /// What is shown.
    pub prompt_text: &'a str,
    /// Repeat of the prompt, from 1.
    pub repeat: u32,
    /// Pass through the list, from 1.
    pub pass: u32,
}

impl TakeSummary {
    /// The item it is an attempt at.
    pub fn item(&self) -> ItemKey<'_> {
        ItemKey {
            prompt_id: &self.prompt_id,
            prompt_text: &self.prompt_text,
            repeat: self.repeat,
            pass: self.pass,
        }
    }

    /// Sorts takes by age; where clocks say nothing, by number.
    pub(super) fn age(&self) -> (Timestamp, u32, &str) {
        (self.started_at, self.take, &self.id)
    }
}

/// The current take of every item that has one: its newest accepted, also where a crash left two accepted.
pub fn current_takes<'a>(
    takes: impl IntoIterator<Item = &'a TakeSummary>,
) -> HashMap<ItemKey<'a>, &'a TakeSummary> {
    let mut current: HashMap<ItemKey<'_>, &TakeSummary> = HashMap::new();
    let accepted = |take: &&TakeSummary| take.status == Status::Accepted;
    for take in takes.into_iter().filter(accepted) {
        let newest = current.entry(take.item()).or_insert(take);
        if take.age() > newest.age() {
            *newest = take;
        }
    }
    current
}

/// The few fields of a sidecar that a summary needs.
#[derive(Deserialize)]
struct Light {
    id: String,
    prompt: LightPrompt,
    repeat: u32,
    pass: u32,
    role: String,
    take: u32,
    status: Status,
    reasons: Vec<String>,
    session: String,
    started_at: String,
    audio: Option<LightAudio>,
    timing: Option<LightTiming>,
    quality: Option<LightQuality>,
    #[serde(default)]
    flagged: bool,
    note: Option<String>,
    transcript: Option<String>,
    #[serde(default)]
    label_confirmed: Option<bool>,
}

#[derive(Deserialize)]
struct LightPrompt {
    id: String,
    text: String,
    label: Option<String>,
}

#[derive(Deserialize)]
struct LightTiming {
    speech_start_frame: Option<i64>,
    speech_end_frame: Option<i64>,
}

impl LightTiming {
    fn speech_frames(&self) -> u64 {
        let speech = self.speech_start_frame.zip(self.speech_end_frame);
        speech.map_or(0, |(start, end)| {
            u64::try_from(end.saturating_sub(start)).unwrap_or(0)
        })
    }
}

#[derive(Deserialize)]
struct LightQuality {
    verdict: Verdict,
}

#[derive(Deserialize)]
struct LightAudio {
    sample_rate_hz: u32,
    frames: u64,
}

impl Record for Light {
    const FORMAT: &'static str = Sidecar::FORMAT;
}

impl Light {
    fn of(sidecar: &Sidecar) -> Self {
        Self {
            id: sidecar.id.clone(),
            prompt: LightPrompt {
                id: sidecar.prompt.id.clone(),
                text: sidecar.prompt.text.clone(),
                label: sidecar.prompt.label.clone(),
            },
            repeat: sidecar.repeat,
            pass: sidecar.pass,
            role: sidecar.role.clone(),
            take: sidecar.take,
            status: sidecar.status,
            reasons: sidecar.reasons.clone(),
            session: sidecar.session.clone(),
            started_at: sidecar.started_at.clone(),
            audio: sidecar.audio.as_ref().map(|audio| LightAudio {
                sample_rate_hz: audio.sample_rate_hz,
                frames: audio.frames,
            }),
            timing: sidecar.timing.as_ref().map(|timing| LightTiming {
                speech_start_frame: timing.speech_start_frame,
                speech_end_frame: timing.speech_end_frame,
            }),
            quality: sidecar.quality.as_ref().map(|quality| LightQuality {
                verdict: quality.verdict,
            }),
            flagged: sidecar.flagged,
            note: sidecar.note.clone(),
            transcript: sidecar.transcript.clone(),
            label_confirmed: sidecar.label_confirmed,
        }
    }
}

/// A take of which no more is read than its summary says. Blocks.
///
/// # Errors
/// Its sidecar cannot be read.
pub(super) fn read(take_ref: &TakeRef, path: &Path) -> Result<TakeSummary, CorpusError> {
    summary(take_ref, path, records::read(path)?)
}

/// A take with its whole sidecar. Blocks.
///
/// # Errors
/// Its sidecar cannot be read.
pub(super) fn read_whole(
    take_ref: &TakeRef,
    path: &Path,
) -> Result<(TakeSummary, Arc<Sidecar>), CorpusError> {
    let sidecar: Arc<Sidecar> = Arc::new(records::read(path)?);
    let summary = summary(take_ref, path, Light::of(&sidecar))?;
    Ok((summary, sidecar))
}

fn summary(take_ref: &TakeRef, path: &Path, light: Light) -> Result<TakeSummary, CorpusError> {
    let seconds = |frames: u64| {
        let rate_hz = light.audio.as_ref().map_or(1, |audio| audio.sample_rate_hz);
        frames as f64 / f64::from(rate_hz.max(1))
    };
    let frames = light.audio.as_ref().map_or(0, |audio| audio.frames);
    let speech_frames = light.timing.map_or(0, |timing| timing.speech_frames());
    Ok(TakeSummary {
        take_ref: take_ref.clone(),
        id: light.id,
        prompt_id: light.prompt.id,
        prompt_text: light.prompt.text,
        label: light.prompt.label,
        repeat: light.repeat,
        pass: light.pass,
        role: light.role,
        take: light.take,
        status: light.status,
        reasons: light.reasons,
        session: light.session,
        started_at: time(&light.started_at, path)?,
        seconds: seconds(frames),
        speech_seconds: seconds(speech_frames.min(frames)),
        verdict: light.quality.map(|quality| quality.verdict),
        marks: Marks {
            flagged: light.flagged,
            note: light.note,
            transcript: light.transcript,
            label_confirmed: light.label_confirmed,
        },
    })
}
