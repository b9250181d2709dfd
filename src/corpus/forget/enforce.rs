//! What tombstones of another booth forbid is deleted here, as forgetting it here would.

use std::path::{Path, PathBuf};

use super::{delete_take, take_away};
use crate::corpus::error::CorpusError;
use crate::corpus::forgotten::{Forgotten, Kind, Subject};
use crate::corpus::layout::{recordings_folder, session_file, speaker_folder};
use crate::corpus::lock::{SpeakerLock, is_held};
use crate::corpus::records::{self, SessionRecord};
use crate::corpus::scan::{self, folders_in};

/// What enforcing came to.
#[derive(Debug, Default)]
pub struct Enforced {
    /// Takes that were deleted.
    pub takes: u64,
    /// Speakers whose folder could not be changed, and why; their data is still there.
    pub busy: Vec<(PathBuf, CorpusError)>,
    /// Speakers with the id of somebody who has withdrawn, who are somebody else by their UUID. Nothing of them is deleted.
    pub others: Vec<PathBuf>,
}

/// Deletes every session and take in a corpus that is forgotten by UUID or by its own id. Blocks.
///
/// # Errors
/// A folder cannot be read.
pub fn enforce(
    corpus: &Path,
    forgotten: &Forgotten,
    dry_run: bool,
) -> Result<Enforced, CorpusError> {
    let mut done = Enforced::default();
    if forgotten.is_empty() {
        return Ok(done);
    }
    for folder in folders_in(&recordings_folder(corpus))? {
        let speaker = folder.file_name().unwrap_or_default().to_string_lossy();
        match enforce_on(corpus, &speaker, forgotten, dry_run) {
            Ok((takes, is_other)) => {
                done.takes += takes;
                if is_other {
                    done.others.push(folder);
                }
            }
            Err(error) => done.busy.push((folder, error)),
        }
    }
    Ok(done)
}

/// Gives how many takes were deleted, and whether somebody else is left who has a forgotten id.
fn enforce_on(
    corpus: &Path,
    speaker: &str,
    forgotten: &Forgotten,
    dry_run: bool,
) -> Result<(u64, bool), CorpusError> {
    let folder = speaker_folder(corpus, speaker);
    let (mut sessions, mut left) = (Vec::new(), false);
    for session in folders_in(&folder)? {
        let record: Option<SessionRecord> = records::read(&session_file(&session)).ok();
        match record.and_then(|record| forgotten.of_session(&record)) {
            None | Some(Kind::Speaker) => left = true,
            Some(_) => sessions.push(session),
        }
    }
    let scanned = scan::takes(corpus, speaker)?.takes;
    let goes = |path: &Path| sessions.iter().any(|session| path.starts_with(session));
    let mut takes = Vec::new();
    let mut count = 0;
    for take in &scanned {
        let paths = crate::corpus::layout::TakePaths::new(corpus, &take.take_ref);
        if goes(&paths.json()) {
            count += 1;
        } else if forgotten.has(Subject::Take(&take.id)) {
            count += 1;
            takes.push((paths, take.id.clone()));
        }
    }
    let is_other = left && forgotten.has(Subject::Speaker(speaker));
    if dry_run || (sessions.is_empty() && takes.is_empty()) {
        return Ok((count, is_other));
    }
    if is_held(&folder)? {
        let speaker = speaker.to_owned();
        return Err(CorpusError::SpeakerBusy { speaker });
    }
    let lock = SpeakerLock::take(corpus, speaker)?;
    if left {
        for session in &sessions {
            let name = session.file_name().unwrap_or_default().to_string_lossy();
            take_away(session, &folder, &Subject::Session(&name).sha256())?;
        }
    } else {
        let sha256 = Subject::Speaker(speaker).sha256();
        take_away(&folder, &recordings_folder(corpus), &sha256)?;
    }
    for (paths, id) in &takes {
        delete_take(paths, id)?;
    }
    drop(lock);
    Ok((count, is_other))
}
