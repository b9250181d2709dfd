//! What a corpus holds, read from its sidecars and session records; nothing is written and no lock is needed.
//!
//! A record that cannot be read is named in the result and skipped: one broken file does not hide the others.

mod take;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use super::error::{CorpusError, IoContext};
use super::layout::{recordings_folder, session_file, speaker_file, speaker_folder};
use super::records::{self, SessionRecord, SpeakerRecord};
use super::sidecar::Sidecar;
use crate::recorder::messages::TakeRef;

pub use take::{ItemKey, TakeSummary, current_takes};

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
    let mut scan = Scan::default();
    let files = sidecars_of(corpus, speaker)?;
    let read: Vec<_> = files
        .par_iter()
        .map(|(take_ref, path)| take::read(take_ref, path))
        .collect();
    for read in read {
        match read {
            Ok(take) => scan.takes.push(take),
            Err(error) => scan.broken.push(error),
        }
    }
    scan.takes.sort_by(|a, b| a.age().cmp(&b.age()));
    Ok(scan)
}

/// All takes of `speaker` with their whole sidecars, in the order in which they were made. Blocks.
///
/// # Errors
/// A folder or a sidecar cannot be read.
pub fn whole_takes(
    corpus: &Path,
    speaker: &str,
) -> Result<Vec<(TakeSummary, Arc<Sidecar>)>, CorpusError> {
    let files = sidecars_of(corpus, speaker)?;
    let read = files.par_iter();
    let read = read.map(|(take_ref, path)| take::read_whole(take_ref, path));
    let mut takes: Vec<_> = read.collect::<Result<_, _>>()?;
    takes.sort_by(|(a, _), (b, _)| a.age().cmp(&b.age()));
    Ok(takes)
}

/// The sidecars of `speaker`, in no order.
fn sidecars_of(corpus: &Path, speaker: &str) -> Result<Vec<(TakeRef, PathBuf)>, CorpusError> {
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
    Ok(files)
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
