//! What a corpus holds, read from its sidecars and session records; nothing is written and no lock is needed.
//!
//! A record that cannot be read is named in the result and skipped: one broken file does not hide the others.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::prelude::*;
use serde::Deserialize;

use super::error::{CorpusError, IoContext};
use super::layout::{recordings_folder, session_file, speaker_file, speaker_folder};
use super::marks::Marks;
use super::records::{self, Record, SessionRecord, SpeakerRecord};
use super::sidecar::{Sidecar, Status, Verdict};
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

/// The takes of one speaker.
#[derive(Debug, Default)]
pub struct Scan {
    /// In the order in which they were made.
    pub takes: Vec<TakeSummary>,
    /// Records that could not be read; what they describe is left out of `takes`.
    pub broken: Vec<CorpusError>,
}

/// A speaker with at least one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeakerSummary {
    /// Speaker id.
    pub speaker: String,
    /// Start of the last session.
    pub last_session_at: Timestamp,
    /// Sessions.
    pub sessions: usize,
}

/// The speakers of a corpus.
#[derive(Debug, Default)]
pub struct Speakers {
    /// Last heard first.
    pub speakers: Vec<SpeakerSummary>,
    /// Session records that could not be read.
    pub broken: Vec<CorpusError>,
}

/// A session's folder and record.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Where it lies.
    pub folder: PathBuf,
    /// `session.json`.
    pub record: SessionRecord,
    /// `started_at` of the record.
    pub started_at: Timestamp,
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
    fn age(&self) -> (Timestamp, u32, &str) {
        (self.started_at, self.take, &self.id)
    }
}

/// The current take of every item that has one: its newest accepted, also where a crash left two accepted.
pub fn current_takes(takes: &[TakeSummary]) -> HashMap<ItemKey<'_>, &TakeSummary> {
    let mut current: HashMap<ItemKey<'_>, &TakeSummary> = HashMap::new();
    for take in takes.iter().filter(|t| t.status == Status::Accepted) {
        let newest = current.entry(take.item()).or_insert(take);
        if take.age() > newest.age() {
            *newest = take;
        }
    }
    current
}

/// Every speaker with a session, last heard first; a speaker with an unreadable session record is in `broken` instead.
/// A corpus that does not exist has no speakers. Blocks.
///
/// # Errors
/// The folder of all recordings cannot be read.
pub fn speakers(corpus: &Path) -> Result<Speakers, CorpusError> {
    let mut found = Speakers::default();
    for folder in folders_in(&recordings_folder(corpus))? {
        match sessions_in(&folder) {
            Ok(sessions) => found
                .speakers
                .extend(sessions.last().map(|last| SpeakerSummary {
                    speaker: last.record.speaker.clone(),
                    last_session_at: last.started_at,
                    sessions: sessions.len(),
                })),
            Err(error) => found.broken.push(error),
        }
    }
    found
        .speakers
        .sort_by_key(|speaker| std::cmp::Reverse(speaker.last_session_at));
    Ok(found)
}

/// The last session of `speaker`: its pass, order and seed are gone on with. Blocks.
///
/// # Errors
/// As [`sessions_in`].
pub fn latest_session(corpus: &Path, speaker: &str) -> Result<Option<SessionRecord>, CorpusError> {
    let mut sessions = sessions_in(&speaker_folder(corpus, speaker))?;
    Ok(sessions.pop().map(|session| session.record))
}

/// What is known of `speaker`: the newest `speaker.json`; `None` for somebody new. Blocks.
///
/// # Errors
/// As [`sessions_in`], for that record too.
pub fn speaker(corpus: &Path, speaker: &str) -> Result<Option<SpeakerRecord>, CorpusError> {
    let sessions = sessions_in(&speaker_folder(corpus, speaker))?;
    let newest = sessions.last().map(|session| speaker_file(&session.folder));
    newest.map(|path| records::read(&path)).transpose()
}

/// The sessions in a speaker's folder, oldest first. Blocks.
///
/// # Errors
/// A folder cannot be read, or a session record is missing, broken or newer than this program.
pub fn sessions_in(speaker_folder: &Path) -> Result<Vec<Session>, CorpusError> {
    let mut sessions = Vec::new();
    for folder in folders_in(speaker_folder)? {
        let path = session_file(&folder);
        let record: SessionRecord = records::read(&path)?;
        let started_at = time(&record.started_at, &path)?;
        sessions.push(Session {
            folder,
            record,
            started_at,
        });
    }
    sessions
        .sort_by(|a, b| (a.started_at, &a.record.session).cmp(&(b.started_at, &b.record.session)));
    Ok(sessions)
}

/// All takes of `speaker`. Blocks.
///
/// # Errors
/// A folder cannot be read; a broken file is in [`Scan::broken`].
pub fn takes(corpus: &Path, speaker: &str) -> Result<Scan, CorpusError> {
    let mut files = Vec::new();
    for folder in folders_in(&speaker_folder(corpus, speaker))? {
        let session = folder.file_name().unwrap_or_default().to_string_lossy();
        for entry in fs::read_dir(&folder).at("read", &folder)? {
            let path = entry.at("read", &folder)?.path();
            if is_sidecar(&path) {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                files.push((TakeRef::new(speaker, &session, &stem), path));
            }
        }
    }
    let mut scan = Scan::default();
    let read: Vec<_> = files.par_iter().map(read).collect();
    for read in read {
        match read {
            Ok(take) => scan.takes.push(take),
            Err(error) => scan.broken.push(error),
        }
    }
    scan.takes.sort_by(|a, b| a.age().cmp(&b.age()));
    Ok(scan)
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

fn read((take_ref, path): &(TakeRef, PathBuf)) -> Result<TakeSummary, CorpusError> {
    let light: Light = records::read(path)?;
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

fn is_sidecar(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".json")
        && !name.starts_with('.')
        && name != "session.json"
        && name != "speaker.json"
}

/// The folders in `folder` that count, in no order; none where it does not exist.
pub(crate) fn folders_in(folder: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.at("read", folder)?,
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry.at("read", folder)?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.path().is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

fn time(text: &str, path: &Path) -> Result<Timestamp, CorpusError> {
    text.parse().map_err(|error| CorpusError::Broken {
        path: path.to_owned(),
        line: 1,
        column: 0,
        text: format!("started_at is no time: {error}"),
    })
}
