//! One take on the disk, from its draft to its commit.
//!
//! Every call can be repeated after an error: what was done stays done, and nothing is done twice.

use crate::corpus::atomic::{replace_file, sync_folder};
use crate::corpus::commit::{Commit, refuse_existing};
use crate::corpus::draft::{Closing, Draft};
use crate::corpus::error::{CorpusError, IoContext};
use crate::corpus::layout::TakePaths;
use crate::corpus::records::to_text;
use crate::corpus::sidecar::{DecidedBy, Sidecar, Status};
use crate::corpus::wav::WavPart;

/// In `reasons` and `limited_by` of a take that outgrew its WAV.
const WAV_FULL: &str = "wav_full";
/// In `reasons` of a take of which the disk may have lost something.
const DISK_ERROR: &str = "disk_error";

/// A take that grows, or is being committed.
#[derive(Debug)]
pub struct TakeFile {
    paths: TakePaths,
    draft: Draft,
    wav: WavPart,
    full: bool,
    commit: Option<Commit>,
}

impl TakeFile {
    /// Writes the draft, begins the WAV, and brings both names to the disk. Blocks.
    ///
    /// # Errors
    /// Nothing was recorded; a file of another take that is in the way is untouched.
    pub fn begin(paths: TakePaths, draft: Draft) -> Result<Self, CorpusError> {
        refuse_existing(&paths.json())?;
        refuse_existing(&paths.wav())?;
        let format = draft.audio.format();
        replace_file(&paths.json_part(), to_text(&draft).as_bytes())?;
        let wav = WavPart::create(&paths.wav_part(), format).at("write", &paths.wav_part())?;
        sync_folder(paths.folder())?;
        Ok(Self {
            paths,
            draft,
            wav,
            full: false,
            commit: None,
        })
    }

    /// The take's UUID.
    pub fn id(&self) -> &str {
        &self.draft.sidecar.id
    }

    /// Where it lies.
    pub fn paths(&self) -> &TakePaths {
        &self.paths
    }

    /// Appends whole frames. `false` the first time that a WAV cannot hold them: the take is as long as it can be.
    /// Blocks.
    ///
    /// # Errors
    /// None of these frames counts yet.
    pub fn append(&mut self, samples: &[f32]) -> Result<bool, CorpusError> {
        let fits = self
            .wav
            .append(samples)
            .at("write", &self.paths.wav_part())?;
        let first = !fits && !self.full;
        self.full |= !fits;
        Ok(!first)
    }

    /// Brings what came so far to the disk. Blocks.
    ///
    /// # Errors
    /// The disk did not take it; the take will say so.
    pub fn sync(&mut self) -> Result<(), CorpusError> {
        self.wav.sync().at("sync", &self.paths.wav_part())
    }

    /// Closes the WAV and commits the take. `closing` counts the first time. Blocks.
    ///
    /// # Errors
    /// Call again to go on.
    pub fn finish(&mut self, closing: &Closing) -> Result<Status, CorpusError> {
        let commit = if let Some(commit) = &mut self.commit {
            commit
        } else {
            let sidecar = self.close(closing.clone())?;
            self.commit.insert(Commit::new(self.paths.clone(), sidecar))
        };
        commit.finish()?;
        Ok(commit.sidecar().status)
    }

    fn close(&mut self, mut closing: Closing) -> Result<Sidecar, CorpusError> {
        let closed = self.wav.close().at("finish", &self.paths.wav_part())?;
        if self.full {
            mark(&mut closing, WAV_FULL);
            closing.timing.limited_by.push(WAV_FULL.into());
        }
        if self.wav.is_doubtful() {
            mark(&mut closing, DISK_ERROR);
        }
        Ok(self.draft.clone().close(closed, closing))
    }
}

/// The take was cut short, for this reason.
fn mark(closing: &mut Closing, reason: &str) {
    closing.status = Status::Interrupted;
    closing.decided_by = DecidedBy::Auto;
    closing.reasons.push(reason.into());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::records;
    use crate::corpus::recovery::tests::{accepted, draft};

    fn begin(folder: &std::path::Path) -> TakeFile {
        let paths = TakePaths::in_folder(folder, "zero_r1_2");
        TakeFile::begin(paths, draft()).unwrap()
    }

    fn finished(mut take: TakeFile) -> Sidecar {
        take.finish(&accepted()).unwrap();
        records::read(&take.paths.json()).unwrap()
    }

    #[test]
    fn a_take_that_outgrows_its_wav_is_told_once_and_kept_as_interrupted() {
        let folder = tempfile::tempdir().unwrap();
        let mut take = begin(folder.path());
        take.wav.limit_frames(15);
        let fitted = [10, 10, 10].map(|frames| take.append(&vec![0.5; frames]).unwrap());
        assert_eq!(fitted, [true, false, true]);
        let sidecar = finished(take);
        assert_eq!(sidecar.status, Status::Interrupted);
        assert_eq!(sidecar.audio.unwrap().frames, 15);
        assert_eq!(sidecar.reasons, [WAV_FULL]);
        assert!(
            sidecar
                .timing
                .unwrap()
                .limited_by
                .contains(&WAV_FULL.into())
        );
    }

    #[test]
    fn a_take_that_the_disk_may_have_lost_a_part_of_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let mut take = begin(folder.path());
        take.append(&[0.5; 10]).unwrap();
        take.wav.doubt();
        let sidecar = finished(take);
        assert_eq!(sidecar.status, Status::Interrupted);
        assert_eq!(sidecar.reasons, [DISK_ERROR]);
    }
}
