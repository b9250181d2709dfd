//! What each export holds (`exports/<time>-<4 digits>.json`), so that the exports of somebody who withdraws can be found.
//!
//! An export leaves its record before its folder gets its final name: there is no export without one. What is forgotten
//! later stands in it as `sha256:` and the digits of its tombstone, so that a record still says which exports hold
//! something that was forgotten, to whoever knows the id, and tells nobody else.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::atomic::{create_folders, is_temp, write_file};
use super::commit::refuse_existing;
use super::error::{CorpusError, IoContext};
use super::forgotten::Subject;
use super::layout::exports_folder;
use super::names::session_id;
use super::records::{self, Record, utc};
use super::sidecar::Software;

/// What one export, or one shard of one, holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRecord {
    /// [`Record::FORMAT`].
    pub format: String,
    /// UTC, RFC 3339 with microseconds.
    pub at: String,
    /// The export's format, such as `kaldi`.
    pub kind: String,
    /// Where it was written: an absolute path.
    pub out: String,
    /// The command line, argument by argument, without the program's name.
    pub command: Vec<String>,
    /// Who went in.
    pub speakers: Vec<ExportedSpeaker>,
    /// Who wrote this.
    pub software: Software,
}

impl Record for ExportRecord {
    const FORMAT: &'static str = "voicebooth-export-record/1";
}

/// What went in of a speaker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedSpeaker {
    /// Speaker id.
    pub speaker: String,
    /// Sessions that went in.
    pub sessions: Vec<ExportedSession>,
}

/// What went in of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedSession {
    /// Session id.
    pub session: String,
    /// UUIDs of the takes.
    pub takes: Vec<String>,
}

impl ExportRecord {
    /// The record of an export of `kind` to `out`, made `at` by this program.
    pub fn new(
        kind: &str,
        out: &Path,
        command: Vec<String>,
        speakers: Vec<ExportedSpeaker>,
        at: Timestamp,
    ) -> Self {
        Self {
            format: Self::FORMAT.into(),
            at: utc(at),
            kind: kind.into(),
            out: out.display().to_string(),
            command,
            speakers,
            software: Software::this(),
        }
    }

    /// How many takes of `subject` went in, also where it is forgotten meanwhile; of a [`Subject::Person`] nothing is
    /// known here.
    pub fn takes_of(&self, subject: Subject<'_>) -> usize {
        let placeholder = subject.placeholder();
        let is = |id: &String| *id == subject.id() || *id == placeholder;
        let sessions = || self.speakers.iter().flat_map(|speaker| &speaker.sessions);
        match subject {
            Subject::Person(_) => 0,
            Subject::Speaker(_) => {
                let speakers = self.speakers.iter().filter(|speaker| is(&speaker.speaker));
                let sessions = speakers.flat_map(|speaker| &speaker.sessions);
                sessions.map(|session| session.takes.len()).sum()
            }
            Subject::Session(_) => {
                let sessions = sessions().filter(|session| is(&session.session));
                sessions.map(|session| session.takes.len()).sum()
            }
            Subject::Take(_) => {
                let takes = sessions().flat_map(|session| &session.takes);
                takes.filter(|take| is(take)).count()
            }
        }
    }
}

/// Leaves a record in the corpus, durable, under a name of its own; gives its file. Blocks.
///
/// # Errors
/// It cannot be written.
pub fn write(corpus: &Path, record: &ExportRecord) -> Result<PathBuf, CorpusError> {
    let folder = exports_folder(corpus);
    create_folders(&folder)?;
    let at = record.at.parse().unwrap_or_else(|_| Timestamp::now());
    loop {
        let random = uuid::Uuid::new_v4().into_bytes();
        let name = session_id(at, u16::from_le_bytes([random[0], random[1]]));
        let path = folder.join(format!("{name}.json"));
        if refuse_existing(&path).is_ok() {
            write_file(&path, records::to_text(record).as_bytes())?;
            return Ok(path);
        }
    }
}

/// The files of all records, oldest first; none where there is no folder. Blocks.
///
/// # Errors
/// The folder cannot be read.
pub fn files(corpus: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let folder = exports_folder(corpus);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.at("read", &folder)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.at("read", &folder)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".json") && !name.starts_with('.') && !is_temp(&name) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// All records of a corpus with their files, oldest first. Blocks.
///
/// # Errors
/// One cannot be read, or is newer than this program.
pub fn read_all(corpus: &Path) -> Result<Vec<(PathBuf, ExportRecord)>, CorpusError> {
    let read = |path: PathBuf| records::read(&path).map(|record| (path, record));
    files(corpus)?.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_which_takes_of_whom_went_in() {
        let corpus = tempfile::tempdir().unwrap();
        assert_eq!(read_all(corpus.path()).unwrap(), []);
        let session = |session: &str, takes: &[&str]| ExportedSession {
            session: session.into(),
            takes: takes.iter().map(|take| (*take).to_owned()).collect(),
        };
        let speaker = |speaker: &str, sessions| ExportedSpeaker {
            speaker: speaker.into(),
            sessions,
        };
        let forgotten = Subject::Speaker("s2222").placeholder();
        let speakers = vec![
            speaker(
                "s7k3q",
                vec![session("a", &["1", "2"]), session("b", &["3"])],
            ),
            speaker(&forgotten, vec![session("sha256:c", &["sha256:4"])]),
        ];
        let command = vec!["export".into(), "kaldi".into()];
        let at = "2026-11-22T10:15:09Z".parse().unwrap();
        let record = ExportRecord::new("kaldi", Path::new("/out"), command, speakers, at);
        let file = write(corpus.path(), &record).unwrap();
        let second = write(corpus.path(), &record).unwrap();
        assert_ne!(file, second);
        let read = read_all(corpus.path()).unwrap();
        assert_eq!(read.len(), 2);
        let (_, read) = &read[0];
        assert_eq!(*read, record);
        assert_eq!(read.takes_of(Subject::Speaker("s7k3q")), 3);
        assert_eq!(read.takes_of(Subject::Speaker("s2222")), 1);
        assert_eq!(read.takes_of(Subject::Speaker("s3333")), 0);
        assert_eq!(read.takes_of(Subject::Session("a")), 2);
        assert_eq!(read.takes_of(Subject::Take("3")), 1);
    }
}
