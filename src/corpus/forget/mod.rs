//! Withdrawal of consent: a speaker, a session or a take goes, and a tombstone stays ([`super::forgotten`]).
//!
//! In this order, so that a program that is killed at any instant leaves all of it, refused by everybody from the
//! tombstone on, or nothing that counts: the tombstones; the records of exports, in which hashes take the place of ids;
//! then the folder is renamed to a name without an id and deleted. Forgetting again goes on where it was cut off, also
//! after a copy brought something back; `verify --repair` deletes what was renamed already.

mod enforce;
mod exports;
mod survey;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub use enforce::{Enforced, enforce};
pub use exports::{Holding, names_forgotten, redacted};

use super::atomic::{sync_folder, write_file};
use super::commit::remove_if_there;
use super::error::{CorpusError, IoContext};
use super::events;
use super::forgotten::{Forgotten, Kind, Subject, bury};
use super::layout::{GOING, TakePaths, events_file, recordings_folder, speaker_folder};
use super::lock::{SpeakerLock, is_held};
use super::names::check_speaker_id;
use super::records::{self, EventRecord, Record};
use super::recovery::names_in;
use survey::Survey;

/// Digits of a tombstone's hash in the name of a folder that is going.
const GOING_DIGITS: usize = 12;

/// What is to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// All of a speaker.
    Speaker,
    /// One session, by its id.
    Session(String),
    /// One take, by its UUID.
    Take(String),
}

/// What forgetting means, or what it came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// There was a tombstone before: forgetting went on, or something had come back.
    pub was_forgotten: bool,
    /// Sessions that are deleted whole.
    pub sessions: u64,
    /// Takes that are deleted, by their sidecars.
    pub takes: u64,
    /// Files that are deleted.
    pub files: u64,
    /// Bytes of these files.
    pub bytes: u64,
    /// Folders whose deletion had been cut off, and is done now.
    pub finished: u64,
    /// Tombstones that stand for it.
    pub tombstones: Vec<String>,
    /// Exports that hold some of it. They lie outside the corpus and are not touched.
    pub exports: Vec<Holding>,
}

/// What forgetting would mean; nothing is changed. Blocks.
///
/// # Errors
/// It is not here and never was, or cannot be read.
pub fn look(corpus: &Path, speaker: &str, wish: &Wish) -> Result<Outcome, CorpusError> {
    let survey = Survey::of(corpus, speaker, wish)?;
    outcome(corpus, &survey)
}

fn outcome(corpus: &Path, survey: &Survey) -> Result<Outcome, CorpusError> {
    Ok(Outcome {
        was_forgotten: survey.was_forgotten,
        sessions: survey.sessions.len() as u64,
        takes: survey.takes,
        files: survey.files,
        bytes: survey.bytes,
        finished: 0,
        tombstones: survey.subjects.iter().map(Named::sha256).collect(),
        exports: exports::holding(corpus, survey)?,
    })
}

/// An id that is to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    kind: u8,
    id: String,
}

impl Named {
    fn new(subject: Subject<'_>) -> Self {
        let kind = match subject.kind() {
            Kind::Speaker => 0,
            Kind::SpeakerUuid => 1,
            Kind::Session => 2,
            Kind::Take => 3,
        };
        let id = subject.id().to_owned();
        Self { kind, id }
    }

    fn subject(&self) -> Subject<'_> {
        match self.kind {
            0 => Subject::Speaker(&self.id),
            1 => Subject::Person(&self.id),
            2 => Subject::Session(&self.id),
            _ => Subject::Take(&self.id),
        }
    }

    fn sha256(&self) -> String {
        self.subject().sha256()
    }
}

/// Forgets, under the speaker's lock. Gives what it came to. Blocks.
///
/// # Errors
/// A program is recording the speaker, it is not here and never was, or something cannot be read, written or deleted: do
/// it again to go on. Before the first tombstone nothing is changed.
pub fn forget(
    corpus: &Path,
    speaker: &str,
    wish: &Wish,
    at: Timestamp,
) -> Result<Outcome, CorpusError> {
    check_speaker_id(speaker)?;
    let folder = speaker_folder(corpus, speaker);
    let lock = if folder.is_dir() {
        Some(SpeakerLock::take(corpus, speaker)?)
    } else {
        None
    };
    let survey = Survey::of(corpus, speaker, wish)?;
    let mut outcome = outcome(corpus, &survey)?;
    for named in &survey.subjects {
        bury(corpus, named.subject(), at)?;
    }
    exports::rewrite(corpus, &survey)?;
    tell_who_is_left(&survey, at)?;
    delete(corpus, &folder, &survey, wish)?;
    drop(lock);
    outcome.finished = sweep(corpus)?.len() as u64;
    Ok(outcome)
}

fn delete(corpus: &Path, folder: &Path, survey: &Survey, wish: &Wish) -> Result<(), CorpusError> {
    match wish {
        Wish::Speaker if folder.is_dir() => {
            take_away(folder, &recordings_folder(corpus), &survey.main().sha256())
        }
        Wish::Speaker => Ok(()),
        Wish::Session(_) => {
            for session in &survey.sessions {
                take_away(session, folder, &survey.main().sha256())?;
            }
            Ok(())
        }
        Wish::Take(id) => {
            for paths in &survey.found {
                delete_take(paths, id)?;
            }
            Ok(())
        }
    }
}

/// Renames a folder to one that never counts and has no id in its name, then deletes it.
fn take_away(folder: &Path, parent: &Path, sha256: &str) -> Result<(), CorpusError> {
    let name = format!("{GOING}{}", &sha256[..GOING_DIGITS]);
    let going = parent.join(name);
    // One that was cut off before it was gone.
    remove_folder(&going)?;
    fs::rename(folder, &going).at("delete", folder)?;
    sync_folder(parent)?;
    remove_folder(&going)?;
    sync_folder(parent)
}

fn remove_folder(folder: &Path) -> Result<(), CorpusError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed.at("delete", folder),
    }
}

/// The sidecar goes last: as long as it is there, forgetting again finds the take.
fn delete_take(paths: &TakePaths, id: &str) -> Result<(), CorpusError> {
    let events = events_file(paths.folder());
    if events.exists() {
        let text = fs::read_to_string(&events).at("read", &events)?;
        let kept = without(&text, paths, id);
        if kept != text {
            write_file(&events, kept.as_bytes())?;
        }
    }
    for path in [
        paths.wav(),
        paths.wav_part(),
        paths.json_part(),
        paths.json(),
    ] {
        remove_if_there(&path)?;
        sync_folder(paths.folder())?;
    }
    Ok(())
}

/// The events that are not about the take.
fn without(events: &str, paths: &TakePaths, id: &str) -> String {
    let stem = paths.wav_name();
    let stem = stem.strip_suffix(".wav").unwrap_or(&stem);
    let is_about = |line: &str| {
        let Ok(event) = serde_json::from_str::<EventRecord>(line) else {
            return false;
        };
        let take = event
            .take
            .as_deref()
            .and_then(|take| take.rsplit('/').next());
        let of = event.data.get("id").and_then(|id| id.as_str());
        take == Some(stem) || of.is_some_and(|of| of.eq_ignore_ascii_case(id))
    };
    let lines = events.split_inclusive('\n');
    lines.filter(|line| !is_about(line)).collect()
}

/// Where a take stays that one which goes had superseded, an event says that the newer one is forgotten.
fn tell_who_is_left(survey: &Survey, at: Timestamp) -> Result<(), CorpusError> {
    let mut told: BTreeSet<(&PathBuf, &str)> = BTreeSet::new();
    for (session, prompt) in &survey.left_superseded {
        if !told.insert((session, prompt)) {
            continue;
        }
        let path = events_file(session);
        let data = [("prompt".to_owned(), prompt.clone().into())];
        let event = EventRecord {
            format: EventRecord::FORMAT.into(),
            at: records::utc(at),
            event: "forgotten".into(),
            take: None,
            stream: None,
            frame: None,
            data: data.into_iter().collect(),
        };
        events::append(&path, &event)?;
        events::sync(&path)?;
    }
    Ok(())
}

/// Deletes folders whose forgetting was cut off after they had been renamed. Gives them. Blocks.
///
/// # Errors
/// One cannot be deleted.
pub fn sweep(corpus: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let going = going(corpus)?;
    for folder in &going {
        remove_folder(folder)?;
        if let Some(parent) = folder.parent() {
            sync_folder(parent)?;
        }
    }
    Ok(going)
}

/// Folders that are being forgotten, or whose forgetting was cut off, and that nobody holds. Blocks.
///
/// # Errors
/// A folder cannot be read.
pub fn going(corpus: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let recordings = recordings_folder(corpus);
    if !recordings.is_dir() {
        return Ok(Vec::new());
    }
    let mut going = Vec::new();
    for name in names_in(&recordings)? {
        let folder = recordings.join(&name);
        if !folder.is_dir() || is_held(&folder)? {
            continue;
        }
        if name.starts_with(GOING) {
            going.push(folder);
        } else {
            let inside = names_in(&folder)?.into_iter();
            let inside = inside.filter(|name| name.starts_with(GOING));
            going.extend(inside.map(|name| folder.join(name)));
        }
    }
    Ok(going)
}

/// Refuses a speaker who has withdrawn, by id. Blocks.
///
/// # Errors
/// [`CorpusError::Forgotten`], or the tombstones cannot be read.
pub fn refuse_forgotten(corpus: &Path, speaker: &str) -> Result<(), CorpusError> {
    if Forgotten::read(corpus)?.has(Subject::Speaker(speaker)) {
        let speaker = speaker.to_owned();
        return Err(CorpusError::Forgotten { speaker });
    }
    Ok(())
}
