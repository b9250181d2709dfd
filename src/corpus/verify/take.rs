//! One take: its sidecar by the letter, against itself, its place, its session, its list and its WAV.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::across::{Key, TakeFact, key};
use super::finding::Problem;
use super::letter::{Letter, tag};
use super::lists::Lists;
use crate::corpus::forgotten::{Forgotten, Subject};
use crate::corpus::layout::TakePaths;
use crate::corpus::names::stem;
use crate::corpus::records::SessionRecord;
use crate::corpus::sidecar::{AudioRecord, Sidecar, Status, Timing};
use crate::corpus::wav::{self, WavFault};

/// What a take is checked against.
pub(super) struct Against<'a> {
    pub letter: &'a Letter,
    pub lists: &'a Lists,
    pub forgotten: &'a Forgotten,
    /// Name of the speaker's folder.
    pub speaker: &'a str,
    /// Name of the session's folder.
    pub session: &'a str,
    /// `session.json`, where it can be used.
    pub record: Option<&'a SessionRecord>,
    /// The bytes of the audio are read.
    pub content: bool,
}

/// What was found of a take.
#[derive(Default)]
pub(super) struct Checked {
    /// What is wrong with its sidecar.
    pub sidecar: Vec<Problem>,
    /// What is wrong with its WAV.
    pub wav: Option<Problem>,
    /// What it is compared with others by; `None` where its sidecar cannot be used.
    pub fact: Option<TakeFact>,
    /// Bytes of its WAV, by its sidecar.
    pub audio_bytes: u64,
    /// Frames are missing in it.
    pub has_gaps: bool,
}

impl Against<'_> {
    /// Checks the take `name`, whose WAV is there or not. Blocks.
    pub fn check(&self, paths: &TakePaths, name: &str, has_wav: bool) -> Checked {
        let path = paths.json();
        let read = std::fs::read(&path);
        let parsed = read
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Problem::Missing,
                _ => Problem::Unreadable {
                    why: error.to_string(),
                },
            })
            .and_then(|bytes| {
                self.letter
                    .parse::<Sidecar>("take", tag::<Sidecar>(), &bytes, &path)
            });
        let take = match parsed {
            Ok(take) => take,
            Err(problem) => {
                return Checked {
                    sidecar: vec![problem],
                    ..Checked::default()
                };
            }
        };
        let mut problems = self.place(&take, name);
        problems.extend(self.lists.check(&take));
        problems.extend(self.record.into_iter().flat_map(|s| session(&take, s)));
        problems.extend(contradictions(&take));
        if self.forgotten.has(Subject::Take(&take.id)) {
            let what = "take".into();
            problems.push(Problem::Forgotten { what });
        }
        let fact = fact(&take, name);
        if fact.is_none() {
            problems.push(says("started_at is no time, or an id is no UUID"));
        }
        let mut checked = Checked {
            fact,
            has_gaps: take.integrity.is_some_and(|lost| !lost.gaps.is_empty()),
            ..Checked::default()
        };
        match (&take.audio, has_wav) {
            (None, false) => {}
            (None, true) => {
                problems.push(says("it says that it has no audio, but its WAV is here"));
            }
            (Some(_), false) => problems.push(Problem::WavMissing),
            (Some(audio), true) => {
                checked.audio_bytes = wav_format(audio).closed_bytes(audio.frames);
                checked.wav = wav_problem(&paths.wav(), audio, self.content);
            }
        }
        checked.sidecar = problems;
        checked
    }

    fn place(&self, take: &Sidecar, name: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (field, says, place) in [
            ("speaker", &take.speaker, self.speaker),
            ("session", &take.session, self.session),
        ] {
            if says != place {
                problems.push(Problem::Misplaced {
                    field,
                    says: says.clone(),
                    place: place.to_owned(),
                });
            }
        }
        let expected = stem(&take.prompt.id, take.repeat, take.take);
        let file = take.audio.as_ref().map(|audio| audio.file.as_str());
        if expected != name {
            problems.push(Problem::Misnamed { expected });
        } else if file.is_some_and(|file| file.strip_suffix(".wav") != Some(name)) {
            problems.push(says("audio.file is not the WAV of its own name"));
        }
        problems
    }
}

fn says(how: &str) -> Problem {
    Problem::Contradiction {
        how: how.to_owned(),
    }
}

fn wav_format(audio: &AudioRecord) -> wav::WavFormat {
    wav::WavFormat {
        sample_rate_hz: audio.sample_rate_hz,
        channels: audio.channels,
        encoding: audio.encoding,
    }
}

fn wav_problem(path: &Path, audio: &AudioRecord, content: bool) -> Option<Problem> {
    match wav::check(path, audio, content) {
        Ok(fault) => fault.map(|fault| match fault {
            WavFault::Length { expected, found } => Problem::WavLength { expected, found },
            WavFault::Header { says } => Problem::WavHeader {
                says,
                sidecar: format!(
                    "{} Hz, {} channels, {}, {} frames",
                    audio.sample_rate_hz,
                    audio.channels,
                    word(audio.encoding),
                    audio.frames
                ),
            },
            WavFault::Content { sha256 } => Problem::AudioChanged { sha256 },
        }),
        Err(error) => Some(Problem::Unreadable {
            why: error.to_string(),
        }),
    }
}

/// The word for a value in a record.
fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        other => other.unwrap_or_default().to_string(),
    }
}

/// Where take and session say the same thing, they say the same.
fn session(take: &Sidecar, session: &SessionRecord) -> Vec<Problem> {
    let mut pairs = vec![
        ("source", take.source.clone(), session.source.clone()),
        (
            "prompt.list_sha256",
            take.prompt.list_sha256.clone(),
            session.list_sha256.clone(),
        ),
        (
            "pass",
            take.pass.to_string(),
            session.setup.pass.to_string(),
        ),
    ];
    if let Some(audio) = &take.audio {
        let of_session = &session.audio;
        pairs.extend([
            (
                "audio.sample_rate_hz",
                audio.sample_rate_hz.to_string(),
                of_session.sample_rate_hz.to_string(),
            ),
            (
                "audio.channels",
                audio.channels.to_string(),
                of_session.channels.to_string(),
            ),
            (
                "audio.encoding",
                word(audio.encoding),
                word(of_session.encoding),
            ),
        ]);
    }
    if let Some(device) = &take.device {
        pairs.extend([
            (
                "device.host",
                device.host.clone(),
                session.device.host.clone(),
            ),
            ("device.id", device.id.clone(), session.device.id.clone()),
        ]);
    }
    pairs
        .into_iter()
        .filter(|(_, says, session)| says != session)
        .map(|(field, says, session)| Problem::SessionDiffers {
            field,
            says,
            session,
        })
        .collect()
}

fn contradictions(take: &Sidecar) -> Vec<Problem> {
    let has_audio = take.audio.is_some();
    let frames = take.audio.as_ref().map_or(0, |audio| audio.frames);
    let with_audio = [take.timing.is_some(), take.device.is_some()];
    let only_with_audio = take.integrity.is_some() || take.quality.is_some();
    let mut wrong = Vec::new();
    let mut require = |holds: bool, how: &str| {
        if !holds {
            wrong.push(says(how));
        }
    };
    require(
        with_audio.iter().all(|there| *there == has_audio) && (has_audio || !only_with_audio),
        "audio, timing, integrity, quality and device do not go together",
    );
    require(
        !(has_audio && take.status == Status::Skipped),
        "it is skipped and has audio",
    );
    require(
        has_audio || matches!(take.status, Status::Skipped | Status::Rejected),
        "it has no audio and is not skipped",
    );
    require(
        take.supersedes.as_ref() != Some(&take.id),
        "it supersedes itself",
    );
    require(
        take.label_confirmed.is_none()
            || (take.transcript.is_some() && take.prompt.label.is_some()),
        "label_confirmed without a transcript or a label",
    );
    require(
        take.timing.as_ref().is_none_or(|t| timing_fits(t, frames)),
        "its timing does not fit its length",
    );
    let gaps = take.integrity.iter().flat_map(|lost| &lost.gaps);
    let mut free_from = 0;
    let gaps_fit = gaps.into_iter().all(|gap| {
        let fits = gap.at_frame >= free_from;
        free_from = gap.at_frame.saturating_add(gap.frames);
        fits && free_from <= frames
    });
    require(gaps_fit, "its gaps overlap or lie outside the WAV");
    require(
        history_fits(take),
        "its history does not lead to what it says now",
    );
    wrong
}

fn timing_fits(timing: &Timing, frames: u64) -> bool {
    let speech = match (timing.speech_start_frame, timing.speech_end_frame) {
        (None, None) => true,
        (Some(start), Some(end)) => 0 <= start && start <= end && end as u64 <= frames,
        _ => false,
    };
    let ordered = |start: Option<i64>, end: Option<i64>| {
        start.zip(end).is_none_or(|(start, end)| start <= end)
    };
    speech
        && ordered(timing.key_down_frame, timing.key_up_frame)
        && ordered(timing.trigger_start_frame, timing.trigger_end_frame)
        && timing.pre_roll_frames <= frames
        && timing.post_roll_frames <= frames
}

/// Whether every change begins where the one before it ended, and the last one ends at what the sidecar says.
fn history_fits(take: &Sidecar) -> bool {
    let numbered = take
        .history
        .iter()
        .zip(2..)
        .all(|(change, revision)| change.revision == revision);
    if !numbered || take.revision as usize != take.history.len() + 1 {
        return false;
    }
    if take.history.is_empty() {
        return true;
    }
    let Ok(Value::Object(now)) = serde_json::to_value(take) else {
        return false;
    };
    let mut after: Map<String, Value> = Map::new();
    for change in &take.history {
        let follows = |(name, from): (&String, &Value)| after.get(name).is_none_or(|a| a == from);
        if !change.from.iter().all(follows) || !change.from.keys().eq(change.to.keys()) {
            return false;
        }
        after.extend(change.to.clone());
    }
    // What this program does not know is not in `now`.
    after
        .iter()
        .all(|(name, value)| now.get(name).is_none_or(|n| n == value))
}

fn fact(take: &Sidecar, name: &str) -> Option<TakeFact> {
    let uuid = |text: &str| Uuid::parse_str(text).ok().map(Uuid::into_bytes);
    let started_at: Timestamp = take.started_at.parse().ok()?;
    let supersedes = match &take.supersedes {
        Some(id) => Some(uuid(id)?),
        None => None,
    };
    let prompt = &take.prompt;
    Some(TakeFact {
        session: 0,
        stem: name.into(),
        id: uuid(&take.id)?,
        audio: take.audio.as_ref().map(|audio| key(&[&audio.sha256])),
        supersedes,
        prompt: key(&[&prompt.id]),
        item: item_key(take),
        started_at,
        take: take.take,
        status: take.status,
    })
}

fn item_key(take: &Sidecar) -> Key {
    key(&[
        &take.prompt.id,
        &take.prompt.text,
        &take.repeat.to_string(),
        &take.pass.to_string(),
    ])
}
