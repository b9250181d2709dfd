//! The folder in which an export is made, and what an earlier run or a shard has left of it.
//!
//! Promise: the export's own name appears when all is done, and never before. Until then everything is in
//! `<OUT>.unfinished`, with a journal of the audio files that are whole. A later run of the same command takes from it what
//! still fits (same bytes of the same take, cut and named alike) and makes the rest; a finished shard (`<OUT>.3-of-16`) is
//! taken from in the same way. So going on and putting together are one thing.
//!
//! How it fails: an audio file that was whole when the machine's power failed is trusted by its length alone; what the
//! journal did not name when the program was killed is made again.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{ExportError, IoContext};
use super::format::Planned;
use super::shape::Shape;
use super::utterance::{Rendered, Utterance};
use crate::corpus::names::hex;

/// Holds what is the program's own in a folder that is not done.
const OWN: &str = ".voicebooth";
const JOURNAL: &str = "made.jsonl";
/// At most so much of the work is not in the journal.
const NOTED_EVERY: Duration = Duration::from_millis(100);

/// One of the equal parts of an export: `3/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
struct Made {
    key: String,
    rendered: Rendered,
}

/// The journal, of which the last lines are in memory.
#[derive(Debug)]
struct Journal {
    lines: BufWriter<File>,
    written: Instant,
}

/// Audio that is there already, in whatever folder.
type Found = HashMap<String, (PathBuf, Rendered)>;

/// The folder in which an export is made, locked.
#[derive(Debug)]
pub struct Work {
    out: PathBuf,
    folder: PathBuf,
    journal: Mutex<Journal>,
    found: Found,
    /// Finished shards beside the export.
    parts: Vec<PathBuf>,
    _lock: File,
}

impl Work {
    /// Opens the working folder of an export to `out`, with what earlier runs and, for a whole export, finished shards
    /// have left. Blocks.
    ///
    /// # Errors
    /// `out` is there, somebody else is at work on it, or a folder cannot be read or written.
    pub fn open(out: &Path, shard: Option<Shard>) -> Result<Self, ExportError> {
        let out = free(out, shard)?;
        let folder = beside(&out, ".unfinished");
        let own = folder.join(OWN);
        // An empty one is what is left where the first of two folders was made.
        let is_free = fs::remove_dir(&folder).is_ok() || !folder.exists();
        if !is_free && !own.is_dir() {
            return Err(ExportError::Asked(format!(
                "{} is there already, and no export has made it; give another name, or move it away",
                folder.display()
            )));
        }
        fs::create_dir_all(&own).at("make the folder", &own)?;
        let lock_file = own.join("lock");
        let lock = File::create(&lock_file).at("write", &lock_file)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(ExportError::Asked(format!(
                    "another program is making {}; wait for it",
                    out.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(error).at("lock", &lock_file),
        }
        let mut found = read_journal(&folder)?;
        remove_unknown(&folder, &found)?;
        let parts = match shard {
            Some(_) => Vec::new(),
            None => parts_of(&out)?,
        };
        for part in &parts {
            for (key, made) in read_journal(part)? {
                found.entry(key).or_insert(made);
            }
        }
        let path = own.join(JOURNAL);
        let journal = File::options()
            .append(true)
            .create(true)
            .open(&path)
            .at("write", &path)?;
        Ok(Self {
            out,
            folder,
            journal: Mutex::new(Journal {
                lines: BufWriter::new(journal),
                written: Instant::now(),
            }),
            found,
            parts,
            _lock: lock,
        })
    }

    /// Where audio and tables are written.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the export will be.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// Finished shards that were found.
    pub fn parts(&self) -> &[PathBuf] {
        &self.parts
    }

    /// The audio of an utterance, where an earlier run or a shard has made it just so; it is in the working folder then.
    /// Blocks.
    ///
    /// # Errors
    /// It cannot be moved from the shard's folder.
    pub fn take(&self, key: &str) -> Result<Option<Rendered>, ExportError> {
        let Some((folder, rendered)) = self.found.get(key) else {
            return Ok(None);
        };
        let there = folder.join(&rendered.file);
        let is_whole = fs::metadata(&there).is_ok_and(|found| found.len() == rendered.bytes);
        if !is_whole {
            return Ok(None);
        }
        if *folder != self.folder {
            let here = self.folder.join(&rendered.file);
            if let Some(parent) = here.parent() {
                fs::create_dir_all(parent).at("make the folder", parent)?;
            }
            fs::rename(&there, &here).at("move", &there)?;
            self.note(key, rendered)?;
        }
        Ok(Some(rendered.clone()))
    }

    /// Notes that a file is whole. From any thread. Blocks.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn note(&self, key: &str, rendered: &Rendered) -> Result<(), ExportError> {
        let line = serde_json::json!({ "key": key, "rendered": rendered });
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.folder.join(OWN).join(JOURNAL);
        journal.note(&line.to_string()).at("write", &path)
    }

    /// Removes audio that is no longer wanted: takes that were forgotten, or that have another name by now. Blocks.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub fn remove_others(&self, wanted: &[&Rendered]) -> Result<(), ExportError> {
        let wanted: HashSet<&str> = wanted.iter().map(|r| &*r.file).collect();
        let others = self.found.values().filter(|(folder, rendered)| {
            *folder == self.folder && !wanted.contains(rendered.file.as_str())
        });
        for (folder, rendered) in others {
            let path = folder.join(&rendered.file);
            if path.exists() {
                fs::remove_file(&path).at("remove", &path)?;
            }
        }
        Ok(())
    }

    /// Gives the export its name; a shard keeps its journal. Blocks.
    ///
    /// # Errors
    /// A folder cannot be renamed or removed.
    pub fn finish(self, is_shard: bool) -> Result<(), ExportError> {
        let own = self.folder.join(OWN);
        let journal = self.journal.into_inner();
        let mut journal = journal.unwrap_or_else(PoisonError::into_inner);
        journal.write().at("write", &own.join(JOURNAL))?;
        if is_shard {
            let lock = own.join("lock");
            fs::remove_file(&lock).at("remove", &lock)?;
        } else {
            fs::remove_dir_all(&own).at("remove", &own)?;
        }
        crate::platform::sync_disk(&self.folder).at("sync", &self.folder)?;
        if fs::symlink_metadata(&self.out).is_ok() {
            return Err(ExportError::Asked(format!(
                "{} has appeared meanwhile; the export is whole in {}: rename that",
                self.out.display(),
                self.folder.display()
            )));
        }
        fs::rename(&self.folder, &self.out).at("rename", &self.folder)?;
        crate::corpus::atomic::sync_parent(&self.out)?;
        for part in &self.parts {
            fs::remove_dir_all(part).at("remove", part)?;
        }
        Ok(())
    }
}

impl Journal {
    fn note(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.lines, "{line}")?;
        if self.written.elapsed() >= NOTED_EVERY {
            self.write()?;
        }
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        self.written = Instant::now();
        self.lines.flush()
    }
}

impl Shard {
    /// Whether it makes what this is the name of: a take's id, or a session's.
    pub fn makes(self, unit: &str) -> bool {
        let digest = Sha256::digest(format!("shard/{unit}"));
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(first) % u64::from(self.of) == u64::from(self.number - 1)
    }

    fn ending(self) -> String {
        format!(".{}-of-{}", self.number, self.of)
    }
}

/// Where an export to `out`, or its part, will lie, if nothing is there.
///
/// # Errors
/// Something is there.
pub fn free(out: &Path, shard: Option<Shard>) -> Result<PathBuf, ExportError> {
    let out = match shard {
        None => out.to_owned(),
        Some(shard) => beside(out, &shard.ending()),
    };
    if fs::symlink_metadata(&out).is_ok() {
        return Err(ExportError::Asked(format!(
            "{} is there already, and an export never writes over anything; give another name, or move it away",
            out.display()
        )));
    }
    Ok(out)
}

/// What decides the bytes of an utterance's audio file, and its name.
pub fn key(utterance: &Utterance, planned: &Planned, shape: &Shape, gain_db: f64) -> String {
    let shape = serde_json::to_string(shape).unwrap_or_default(); // text keys only: cannot fail
    let facts = format!(
        "{}\n{}\n{shape}\n{gain_db}\n{:?}",
        utterance.audio.sha256, planned.stem, utterance.speech
    );
    hex(&Sha256::digest(facts))
}

/// `path` with something behind its last part.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Finished shards of `out`, by name.
fn parts_of(out: &Path) -> Result<Vec<PathBuf>, ExportError> {
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let mut parts = Vec::new();
    let Ok(entries) = fs::read_dir(parent) else {
        return Ok(parts);
    };
    for entry in entries {
        let path = entry.at("read", parent)?.path();
        let entry_name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_part = entry_name
            .strip_prefix(&*name)
            .and_then(|rest| rest.strip_prefix('.')?.split_once("-of-"))
            .is_some_and(|(number, of)| number.parse::<u32>().is_ok() && of.parse::<u32>().is_ok());
        if is_part && path.join(OWN).join(JOURNAL).is_file() {
            parts.push(path);
        }
    }
    parts.sort();
    Ok(parts)
}

/// Removes what an earlier run has left in `folder` and its journal does not name: audio that may be half, and tables.
fn remove_unknown(folder: &Path, found: &Found) -> Result<(), ExportError> {
    let files = found
        .values()
        .map(|(_, rendered)| folder.join(&rendered.file));
    let known: HashSet<PathBuf> = files.collect();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).at("read", &folder)? {
            let entry = entry.at("read", &folder)?;
            let path = entry.path();
            if entry.file_type().at("read", &path)?.is_dir() {
                if entry.file_name() != OWN {
                    folders.push(path);
                }
            } else if !known.contains(&path) {
                fs::remove_file(&path).at("remove", &path)?;
            }
        }
    }
    Ok(())
}

/// What a folder's journal names; a line that was cut off names nothing.
fn read_journal(folder: &Path) -> Result<Found, ExportError> {
    let path = folder.join(OWN).join(JOURNAL);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Found::new()),
        text => text.at("read", &path)?,
    };
    let made = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Made>(line).ok());
    Ok(made
        .map(|made| (made.key, (folder.to_owned(), made.rendered)))
        .collect())
}
