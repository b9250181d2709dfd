//! What can go wrong with a corpus folder: what happened, to which file, what became of the data, what to do next.

use std::io;
use std::path::{Path, PathBuf};

/// A corpus file or folder could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried, e.g. `write`.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A record is not what it should be.
    #[error("{}:{line}:{column}: {text}; nothing was changed in it", path.display())]
    Broken {
        /// Which file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1, 0 where the whole line is meant.
        column: usize,
        /// What is wrong.
        text: String,
    },
    /// A record of another kind, or of none.
    #[error("{} should be a {expected} record but says {found:?}; nothing was changed in it", path.display())]
    OtherFormat {
        /// Which file.
        path: PathBuf,
        /// The tag that should stand there.
        expected: &'static str,
        /// The tag that stands there.
        found: String,
    },
    /// A later program wrote this.
    #[error("{} was written by a newer voicebooth ({found}; this one knows {known}): nothing was changed; use the newer program", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its tag.
        found: String,
        /// The tag known here.
        known: &'static str,
    },
    /// A take would have to be written over.
    #[error("{} exists already, and a take is never written over; move that file away, then try again", path.display())]
    Exists {
        /// Which file.
        path: PathBuf,
    },
    /// Another program holds the speaker's lock.
    #[error(
        "another program is recording {speaker:?} into this corpus; finish there first, or record another speaker here"
    )]
    SpeakerBusy {
        /// Speaker id.
        speaker: String,
    },
    /// The id cannot name a folder everywhere.
    #[error("the speaker id {id:?} cannot be used: {why}")]
    BadSpeakerId {
        /// As given.
        id: String,
        /// In plain words.
        why: &'static str,
    },
    /// Differs from a known speaker by case alone.
    #[error(
        "the corpus has a speaker {existing:?}, and some disks cannot tell {given:?} from it; use {existing:?}, or quite another id"
    )]
    SpeakerTwin {
        /// As given.
        given: String,
        /// As it stands in the corpus.
        existing: String,
    },
    /// One id, two people.
    #[error(
        "the speaker id {speaker:?} stands for two people in this corpus ({first} and {second}): two booths gave it; record under another id, and rename one of the two"
    )]
    TwoSpeakers {
        /// Speaker id.
        speaker: String,
        /// `speaker_uuid` of the one.
        first: String,
        /// `speaker_uuid` of the other.
        second: String,
    },
    /// The speaker has withdrawn.
    #[error(
        "whoever was {speaker:?} has withdrawn from this corpus, so that id is not recorded again; give another"
    )]
    Forgotten {
        /// Speaker id.
        speaker: String,
    },
    /// One of two people of one id is to be forgotten.
    #[error(
        "the speaker id {speaker:?} stands for two people in this corpus ({first} and {second}); nothing was deleted: forget the sessions of the one who withdraws, each with --session ID"
    )]
    ForgetsTwo {
        /// Speaker id.
        speaker: String,
        /// `speaker_uuid` of the one.
        first: String,
        /// `speaker_uuid` of the other.
        second: String,
    },
    /// What is to be forgotten is not here.
    #[error("{what} is not in {}; nothing was deleted", corpus.display())]
    NotHere {
        /// Such as `the speaker "s7k3q"`.
        what: String,
        /// The corpus folder.
        corpus: PathBuf,
    },
    /// The corpus was begun with a study, and none was given.
    #[error(
        "{} belongs to the study {there:?}, and without it speakers would be recorded otherwise; nothing was recorded: give --study FILE, or another folder with --corpus DIR", corpus.display()
    )]
    StudyNeeded {
        /// The corpus folder.
        corpus: PathBuf,
        /// Name of its study.
        there: String,
    },
    /// The corpus was begun with another study.
    #[error("{} belongs to the study {there:?}, not to {given:?}; nothing was recorded: give another folder with --corpus DIR", corpus.display())]
    OtherStudy {
        /// The corpus folder.
        corpus: PathBuf,
        /// Name of its study.
        there: String,
        /// Name of the one that was given.
        given: String,
    },
    /// A stored prompt list, study or text is not what its name says.
    #[error("{} was changed: its name is the SHA-256 of its content and no longer fits; nothing was recorded; move it away, then try again", path.display())]
    ListChanged {
        /// Which file.
        path: PathBuf,
    },
}

/// Adds what was tried, and where, to an I/O error.
pub trait IoContext<T> {
    /// Says that `doing` failed at `path`.
    ///
    /// # Errors
    /// [`CorpusError::Io`] where `self` is an error.
    fn at(self, doing: &'static str, path: &Path) -> Result<T, CorpusError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T, CorpusError> {
        self.map_err(|source| CorpusError::Io {
            doing,
            path: path.to_owned(),
            source,
        })
    }
}
