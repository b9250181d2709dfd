//! Many corpora into one. Nothing is written over and nothing in the others is changed.
//!
//! The same take twice is one: the sidecar whose history extends all the others' wins. What does not agree is a conflict
//! ([`What::is_conflict`]): it is named, and stays as it was in every corpus. Tombstones come first and win, as
//! forgetting would ([`super::forget`]). Which corpus is named first does not matter, doing it twice changes nothing more,
//! and a merge that was cut off goes on when it is done again: a take's WAV comes before its sidecar, whose name is the
//! commit.

mod join;
mod kept;
mod map;
mod people;
mod session;
mod take;
mod told;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub use map::SpeakerMap;
pub use told::{Told, What};

use super::error::CorpusError;
use super::forget::{enforce, sweep};
use people::People;

/// How corpora are merged.
pub struct Options<'a> {
    /// Which ids are one person.
    pub map: &'a SpeakerMap,
    /// Nothing is changed; the audio's bytes are not read.
    pub dry_run: bool,
    /// When ids are joined.
    pub at: Timestamp,
    /// Called after each take, from many threads.
    pub progress: &'a (dyn Fn() + Sync),
}

/// What merging came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Conflicts and what should be known, by path.
    pub told: Vec<Told>,
    /// Speakers of whom something was looked at.
    pub speakers: u64,
    /// Sessions that are new here.
    pub sessions: u64,
    /// Of them those that got another speaker id.
    pub joined: u64,
    /// Takes that are new here.
    pub takes: u64,
    /// Bytes of their audio.
    pub audio_bytes: u64,
    /// Takes that were here and have a newer sidecar now.
    pub updated: u64,
    /// Takes that were here as they are.
    pub same: u64,
    /// Lists, studies, texts of consent and records of exports that are new here.
    pub files: u64,
    /// Tombstones that are new here.
    pub tombstones: u64,
    /// Takes that were here and were deleted, because a tombstone says so.
    pub deleted: u64,
}

impl Report {
    /// Whether everything could be taken in.
    pub fn is_whole(&self) -> bool {
        !self.told.iter().any(|told| told.what.is_conflict())
    }

    fn tell(&mut self, path: PathBuf, what: What) {
        self.told.push(Told { path, what });
    }

    fn add(&mut self, other: Self) {
        self.told.extend(other.told);
        self.speakers += other.speakers;
        self.sessions += other.sessions;
        self.joined += other.joined;
        self.takes += other.takes;
        self.audio_bytes += other.audio_bytes;
        self.updated += other.updated;
        self.same += other.same;
        self.files += other.files;
        self.tombstones += other.tombstones;
        self.deleted += other.deleted;
    }
}

/// Brings everything in `from` into `into`, which is made where it is missing. Blocks.
///
/// # Errors
/// A folder cannot be read, or `into` cannot be written at all: what was taken in is right, and doing it again goes on.
pub fn merge(into: &Path, from: &[PathBuf], options: &Options<'_>) -> Result<Report, CorpusError> {
    let mut report = Report::default();
    let from = kept::of_one_study(into, from, options, &mut report)?;
    if from.is_empty() {
        return Ok(report);
    }
    let forgotten = kept::bury_all(into, &from, options, &mut report)?;
    kept::exports(into, &from, &forgotten, options, &mut report);
    let enforced = enforce(into, &forgotten, options.dry_run)?;
    report.deleted = enforced.takes;
    for (path, error) in enforced.busy {
        report.tell(path, error.into());
    }
    let others = enforced.others.into_iter();
    report.told.extend(others.map(|path| Told {
        path,
        what: What::IdForgotten,
    }));
    if !options.dry_run {
        sweep(into)?;
    }
    kept::keep_all(into, &from, options, &mut report);
    People::of(into, &from, &forgotten, options)?.take_in(&mut report);
    report
        .told
        .sort_by(|a, b| (&a.path, a.what.word()).cmp(&(&b.path, b.what.word())));
    Ok(report)
}
