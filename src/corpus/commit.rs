//! How a take gets its final names, and how it loses them.
//!
//! The WAV is synced before. Then: the draft becomes the whole sidecar, synced; the WAV gets its name; the sidecar gets
//! its name, and that is the commit; the folder is synced. Wherever this stops, recovery finds what is needed to finish
//! it, and a step that failed can be tried again. Nothing is ever written over.

use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::atomic::{replace_file, sync_folder, write_file};
use super::error::{CorpusError, IoContext};
use super::events;
use super::layout::{TakePaths, events_file};
use super::records::{self, EventRecord, Record};
use super::sidecar::Sidecar;

/// What is left to be done of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    CompleteDraft,
    NameWav,
    NameSidecar,
    SyncFolder,
    Done,
}

/// The commit of one closed take.
#[derive(Debug)]
pub struct Commit {
    paths: TakePaths,
    sidecar: Sidecar,
    stage: Stage,
}

impl Commit {
    /// Commits `sidecar`, whose WAV is closed and synced under its `.part` name (or has no audio).
    pub fn new(paths: TakePaths, sidecar: Sidecar) -> Self {
        Self {
            paths,
            sidecar,
            stage: Stage::CompleteDraft,
        }
    }

    /// What is being committed.
    pub fn sidecar(&self) -> &Sidecar {
        &self.sidecar
    }

    /// Does all that is left. Blocks.
    ///
    /// # Errors
    /// What was done stays done; call again to go on. [`CorpusError::Exists`] where a file would be written over.
    pub fn finish(&mut self) -> Result<(), CorpusError> {
        while self.step()? {}
        Ok(())
    }

    /// Does one step; `false` when nothing is left.
    pub(super) fn step(&mut self) -> Result<bool, CorpusError> {
        self.stage = match self.stage {
            Stage::CompleteDraft => {
                let text = records::to_text(&self.sidecar);
                replace_file(&self.paths.json_part(), text.as_bytes())?;
                Stage::NameWav
            }
            Stage::NameWav => {
                if self.sidecar.audio.is_some() {
                    rename_if_there(&self.paths.wav_part(), &self.paths.wav())?;
                }
                Stage::NameSidecar
            }
            Stage::NameSidecar => {
                rename_new(&self.paths.json_part(), &self.paths.json())?;
                Stage::SyncFolder
            }
            Stage::SyncFolder => {
                sync_folder(self.paths.folder())?;
                Stage::Done
            }
            Stage::Done => return Ok(false),
        };
        Ok(true)
    }
}

/// Renames `from` to `to`, which must not exist: the speaker's lock makes us the only one who could make it.
///
/// # Errors
/// [`CorpusError::Exists`], or the system refuses.
pub(super) fn rename_new(from: &Path, to: &Path) -> Result<(), CorpusError> {
    refuse_existing(to)?;
    fs::rename(from, to).at("rename to", to)
}

/// Like [`rename_new`]; where `from` is gone and `to` is there, it was done before.
pub(super) fn rename_if_there(from: &Path, to: &Path) -> Result<(), CorpusError> {
    if !from.exists() && to.exists() {
        return Ok(());
    }
    rename_new(from, to)
}

/// Makes sure that nothing lies at `path`.
///
/// # Errors
/// [`CorpusError::Exists`].
pub fn refuse_existing(path: &Path) -> Result<(), CorpusError> {
    if path.symlink_metadata().is_ok() {
        return Err(CorpusError::Exists {
            path: path.to_owned(),
        });
    }
    Ok(())
}

/// Writes the sidecar of an item that was passed over: there is no WAV. Blocks.
///
/// # Errors
/// Nothing was written, unless only the folder's sync failed.
pub fn commit_without_audio(paths: &TakePaths, sidecar: &Sidecar) -> Result<(), CorpusError> {
    refuse_existing(&paths.json())?;
    write_file(&paths.json(), records::to_text(sidecar).as_bytes())
}

/// Deletes a take for good and leaves an event `deleted` in its session's folder. The sidecar is set aside first: that
/// is the commit, and recovery finishes what stops after it. A take that is gone already is fine. Blocks.
///
/// # Errors
/// Try again to go on; until the sidecar is set aside the take is untouched.
pub fn delete_take(paths: &TakePaths, at: Timestamp) -> Result<(), CorpusError> {
    let aside = paths.json_deleted();
    match fs::rename(paths.json(), &aside) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        renamed => renamed.at("delete", &paths.json())?,
    }
    finish_deletion(paths, at)
}

/// Removes what is left of a take whose sidecar was set aside, and tells of it once. Blocks.
///
/// # Errors
/// Try again to go on.
pub(super) fn finish_deletion(paths: &TakePaths, at: Timestamp) -> Result<(), CorpusError> {
    let aside = paths.json_deleted();
    if !aside.exists() {
        return Ok(());
    }
    sync_folder(paths.folder())?;
    // Of a sidecar that cannot be read, the name is all that can be told.
    let sidecar = fs::read_to_string(&aside)
        .ok()
        .and_then(|text| records::parse::<Sidecar>(&text, &aside).ok());
    let wav = paths.wav();
    remove_if_there(&wav)?;
    let event = deletion_event(paths, sidecar.as_ref(), at);
    events::append(&events_file(paths.folder()), &event)?;
    events::sync(&events_file(paths.folder()))?;
    remove_if_there(&aside)?;
    sync_folder(paths.folder())
}

pub(super) fn remove_if_there(path: &Path) -> Result<(), CorpusError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.at("delete", path),
    }
}

fn deletion_event(paths: &TakePaths, sidecar: Option<&Sidecar>, at: Timestamp) -> EventRecord {
    let mut data = serde_json::Map::new();
    data.insert("file".into(), paths.wav_name().into());
    if let Some(sidecar) = sidecar {
        data.insert("id".into(), sidecar.id.clone().into());
        data.insert("prompt".into(), sidecar.prompt.id.clone().into());
        data.insert("take".into(), sidecar.take.into());
    }
    EventRecord {
        format: EventRecord::FORMAT.into(),
        at: records::utc(at),
        event: "deleted".into(),
        take: None,
        stream: None,
        frame: None,
        data,
    }
}
