//! One program at a time records a speaker: whoever holds `recordings/<speaker>/.lock`.
//!
//! The system lets go of it when the program ends, however it ends; the file itself stays and means nothing.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::atomic::create_folders;
use super::error::{CorpusError, IoContext};
use super::layout::{recordings_folder, speaker_folder};
use super::names::check_speaker_id;

/// The file that is locked, in a speaker's folder.
const LOCK: &str = ".lock";

/// The right to change anything in a speaker's folder, until it is dropped.
#[derive(Debug)]
pub struct SpeakerLock {
    folder: PathBuf,
    held: File,
}

impl SpeakerLock {
    /// Takes the lock of `speaker`, making the folder where there is none. Blocks, but not for another program.
    ///
    /// # Errors
    /// The id is no name for a folder or differs from a known one by case alone, another program holds the lock, or the
    /// folder cannot be written.
    pub fn take(corpus: &Path, speaker: &str) -> Result<Self, CorpusError> {
        check_speaker_id(speaker)?;
        refuse_twin(corpus, speaker)?;
        let folder = speaker_folder(corpus, speaker);
        create_folders(&folder)?;
        let path = folder.join(LOCK);
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .at("write", &path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { folder, held: file }),
            Err(TryLockError::WouldBlock) => Err(CorpusError::SpeakerBusy {
                speaker: speaker.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(error).at("lock", &path),
        }
    }

    /// The speaker's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for SpeakerLock {
    fn drop(&mut self) {
        // Closing the file would do, were there no process that was forked meanwhile and still has it open. If this
        // fails, closing is what is left.
        let _ = self.held.unlock();
    }
}

/// Whether a program is recording into a speaker's folder. Nothing is made or changed; a program that takes the lock in
/// the very instant of asking is told that it is held. Blocks.
///
/// # Errors
/// The lock's file is there and cannot be read.
pub fn is_held(speaker_folder: &Path) -> Result<bool, CorpusError> {
    let path = speaker_folder.join(LOCK);
    let file = match File::open(&path) {
        // A folder that was copied without it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened.at("read", &path)?,
    };
    match file.try_lock_shared() {
        Ok(()) => file.unlock().at("unlock", &path).map(|()| false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).at("lock", &path),
    }
}

fn refuse_twin(corpus: &Path, speaker: &str) -> Result<(), CorpusError> {
    let folder = recordings_folder(corpus);
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(&folder).at("read", &folder)? {
        let existing = entry.at("read", &folder)?.file_name();
        let existing = existing.to_string_lossy();
        if existing != speaker && existing.eq_ignore_ascii_case(speaker) {
            return Err(CorpusError::SpeakerTwin {
                given: speaker.to_owned(),
                existing: existing.into_owned(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speaker_is_recorded_by_one_program_at_a_time() {
        let corpus = tempfile::tempdir().unwrap();
        let held = SpeakerLock::take(corpus.path(), "s7k3q").unwrap();
        let error = SpeakerLock::take(corpus.path(), "s7k3q").unwrap_err();
        assert!(matches!(error, CorpusError::SpeakerBusy { .. }), "{error}");
        SpeakerLock::take(corpus.path(), "s2222").unwrap();
        assert!(is_held(held.folder()).unwrap());
        let folder = held.folder().to_owned();
        drop(held);
        assert!(!is_held(&folder).unwrap());
        SpeakerLock::take(corpus.path(), "s7k3q").unwrap();
    }

    #[test]
    fn an_id_that_differs_by_case_alone_is_refused() {
        let corpus = tempfile::tempdir().unwrap();
        SpeakerLock::take(corpus.path(), "P01").unwrap();
        let error = SpeakerLock::take(corpus.path(), "p01").unwrap_err();
        assert!(
            error.to_string().contains("has a speaker \"P01\""),
            "{error}"
        );
    }
}
