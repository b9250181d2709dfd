//! Who has withdrawn: a tombstone without personal data for each id that is forgotten (`forgotten/<64 digits>.json`).
//!
//! Tombstones win over whatever a later copy brings back: nobody records, merges or exports what one of them names. A
//! tombstone's name is the hash of what it stands for, so a file of that name counts whatever it holds, two booths that
//! forget the same write the same name, and copying one corpus over another keeps both of their tombstones.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::atomic::{create_folders, write_file};
use super::error::{CorpusError, IoContext};
use super::layout::{forgotten_file, forgotten_folder};
use super::names::hex;
use super::records::{self, Record, SessionRecord, utc};
use super::sidecar::Software;

/// Something that can be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject<'a> {
    /// A speaker, by id. Ids that differ by case alone are one.
    Speaker(&'a str),
    /// A speaker, by `speaker_uuid`.
    Person(&'a str),
    /// A session, by id.
    Session(&'a str),
    /// A take, by its UUID.
    Take(&'a str),
}

/// The kinds of [`Subject`], as tombstones name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// [`Subject::Speaker`].
    Speaker,
    /// [`Subject::Person`].
    SpeakerUuid,
    /// [`Subject::Session`].
    Session,
    /// [`Subject::Take`].
    Take,
}

impl Kind {
    /// As it stands in a tombstone.
    pub fn word(self) -> &'static str {
        match self {
            Self::Speaker => "speaker",
            Self::SpeakerUuid => "speaker_uuid",
            Self::Session => "session",
            Self::Take => "take",
        }
    }
}

impl Subject<'_> {
    /// What kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Speaker(_) => Kind::Speaker,
            Self::Person(_) => Kind::SpeakerUuid,
            Self::Session(_) => Kind::Session,
            Self::Take(_) => Kind::Take,
        }
    }

    /// The id itself.
    pub fn id(&self) -> &str {
        match self {
            Self::Speaker(id) | Self::Person(id) | Self::Session(id) | Self::Take(id) => id,
        }
    }

    /// 64 hex digits that name its tombstone: the SHA-256 of the format, the kind and the id in lower case, a line each.
    pub fn sha256(&self) -> String {
        hex(&self.digest())
    }

    /// What stands in other records in its place once it is forgotten.
    pub fn placeholder(&self) -> String {
        format!("sha256:{}", self.sha256())
    }

    fn digest(&self) -> [u8; 32] {
        let (kind, id) = (self.kind().word(), self.id().to_ascii_lowercase());
        Sha256::digest(format!("{}\n{kind}\n{id}", Tombstone::FORMAT)).into()
    }
}

/// A tombstone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// [`Record::FORMAT`].
    pub format: String,
    /// What is forgotten.
    pub kind: Kind,
    /// [`Subject::sha256`], which is the file's name too.
    pub sha256: String,
    /// UTC, RFC 3339 with microseconds: when it was forgotten here first.
    pub at: String,
    /// Who wrote this.
    pub software: Software,
}

impl Record for Tombstone {
    const FORMAT: &'static str = "voicebooth-forgotten/1";
}

/// All that is forgotten in a corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    digests: HashSet<[u8; 32]>,
}

impl Forgotten {
    /// Reads the names of all tombstones of a corpus; one that does not exist has none. Blocks.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn read(corpus: &Path) -> Result<Self, CorpusError> {
        let mut forgotten = Self::default();
        for path in tombstones(corpus)? {
            forgotten.digests.extend(digest_of(&path));
        }
        Ok(forgotten)
    }

    /// Whether nothing is forgotten.
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// Whether there is a tombstone of `subject`.
    pub fn has(&self, subject: Subject<'_>) -> bool {
        !self.is_empty() && self.digests.contains(&subject.digest())
    }

    /// What is forgotten of a session: its speaker by id or UUID, also by one that the speaker had at another booth, or
    /// the session itself. `None` where it may be used, but for takes of it that are forgotten ([`Subject::Take`]).
    pub fn of_session(&self, session: &SessionRecord) -> Option<Kind> {
        if self.is_empty() {
            return None;
        }
        let now = (&*session.speaker, &*session.speaker_uuid);
        let before = session.joined.iter();
        let before = before.map(|was| (&*was.speaker, &*was.speaker_uuid));
        let people: Vec<_> = std::iter::once(now).chain(before).collect();
        let uuids = people.iter().map(|(_, uuid)| Subject::Person(uuid));
        let ids = people.iter().map(|(id, _)| Subject::Speaker(id));
        let mut subjects = uuids.chain([Subject::Session(&session.session)]).chain(ids);
        subjects
            .find(|subject| self.has(*subject))
            .map(|subject| subject.kind())
    }

    /// Adds what is forgotten elsewhere.
    pub fn extend(&mut self, other: &Self) {
        self.digests.extend(&other.digests);
    }
}

/// The files of all tombstones, by name; none where there is no folder. Blocks.
///
/// # Errors
/// The folder cannot be read.
pub fn tombstones(corpus: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let folder = forgotten_folder(corpus);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.at("read", &folder)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.at("read", &folder)?.path();
        if digest_of(&path).is_some() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The digest that a tombstone's name says; `None` where it is no tombstone's name.
fn digest_of(path: &Path) -> Option<[u8; 32]> {
    let name = path.file_name()?.to_str()?.strip_suffix(".json")?;
    let is_digits = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if name.len() != 64 || !name.bytes().all(is_digits) {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, digits) in digest.iter_mut().zip(name.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(digest)
}

/// Leaves a tombstone of `subject`, durable; one that is there stays as it is. Blocks.
///
/// # Errors
/// It cannot be written.
pub fn bury(corpus: &Path, subject: Subject<'_>, at: Timestamp) -> Result<(), CorpusError> {
    let sha256 = subject.sha256();
    let path = forgotten_file(corpus, &sha256);
    if path.exists() {
        return Ok(());
    }
    let tombstone = Tombstone {
        format: Tombstone::FORMAT.into(),
        kind: subject.kind(),
        sha256,
        at: utc(at),
        software: Software::this(),
    };
    create_folders(&forgotten_folder(corpus))?;
    write_file(&path, records::to_text(&tombstone).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tombstone_is_named_by_kind_and_id_and_says_nothing_else_of_it() {
        let corpus = tempfile::tempdir().unwrap();
        assert!(Forgotten::read(corpus.path()).unwrap().is_empty());
        let subject = Subject::Speaker("s7k3q");
        bury(corpus.path(), subject, Timestamp::now()).unwrap();
        let [file] = &tombstones(corpus.path()).unwrap()[..] else {
            panic!("one tombstone");
        };
        // printf 'voicebooth-forgotten/1\nspeaker\ns7k3q' | sha256sum
        let hash = "8e352d8604f3fce83571ac821a165a6c94887a4fac4bdd4915d2d954b02b533b";
        assert_eq!(file.file_stem().unwrap().to_str(), Some(hash));
        let text = fs::read_to_string(file).unwrap();
        assert!(!text.contains("s7k3q"), "{text}");
        let read: Tombstone = records::read(file).unwrap();
        assert_eq!((read.kind, &*read.sha256), (Kind::Speaker, hash));
        let forgotten = Forgotten::read(corpus.path()).unwrap();
        for twin in ["s7k3q", "S7K3Q"] {
            assert!(forgotten.has(Subject::Speaker(twin)));
        }
        assert!(!forgotten.has(Subject::Person("s7k3q")));
        assert!(!forgotten.has(Subject::Speaker("s7k3r")));
    }

    #[test]
    fn a_tombstone_stays_as_it_is_and_counts_whatever_became_of_its_content() {
        let corpus = tempfile::tempdir().unwrap();
        let subject = Subject::Take("019ab7e2-0000-7000-8000-000000000000");
        let at = "2026-11-22T10:15:09Z".parse().unwrap();
        bury(corpus.path(), subject, at).unwrap();
        bury(corpus.path(), subject, Timestamp::now()).unwrap();
        let file = &tombstones(corpus.path()).unwrap()[0];
        let read: Tombstone = records::read(file).unwrap();
        assert_eq!(read.at, "2026-11-22T10:15:09.000000Z");
        fs::write(file, "").unwrap();
        assert!(Forgotten::read(corpus.path()).unwrap().has(subject));
    }
}
