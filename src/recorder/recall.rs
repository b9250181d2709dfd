//! Recalls what a corpus's earlier takes sound like, so that a misread is found from a speaker's first take on.
//!
//! Promise: it runs on a thread of its own, the speaker's own takes first, and stops when it has enough, when nobody wants
//! more, or after so many records: a corpus of a million takes costs no more than a small one. What cannot be read is no
//! reason to stop; it is `verify` that tells of it.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crate::audio::clip::Clip;
use crate::corpus::layout::{recordings_folder, speaker_folder};
use crate::corpus::records;
use crate::corpus::sidecar::{Sidecar, Status};
use crate::signal::mfcc::FeatureStream;

use super::knowledge::Recalled;

/// Takes of one label by the speaker, and by all others.
const OWN_TAKES: usize = 4;
const OTHERS_TAKES: usize = 6;
/// Takes in all.
const ENOUGH: usize = 2_000;
/// Records that are looked at.
const RECORDS_MAX: usize = 20_000;

/// Recalls takes of `labels` in `corpus` for `speaker`; hands each to `tell` until that says `false`.
///
/// # Errors
/// The system gives no thread.
pub fn spawn(
    corpus: PathBuf,
    speaker: String,
    labels: Vec<String>,
    tell: impl Fn(Recalled) -> bool + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    let thread = std::thread::Builder::new().name("recall".into());
    thread.spawn(move || {
        let mut wanted = Wanted::new(labels);
        let own = speaker_folder(&corpus, &speaker);
        let others = folders_in(&recordings_folder(&corpus)).into_iter();
        let all = std::iter::once(own.clone()).chain(others.filter(|folder| *folder != own));
        let records = all
            .flat_map(|folder| folders_in(&folder))
            .flat_map(|s| sidecars_in(&s));
        for path in records.take(RECORDS_MAX) {
            if wanted.is_content() {
                return;
            }
            let take = wanted.sidecar(&path, &speaker);
            if take
                .and_then(|sidecar| recall(&path, sidecar))
                .is_some_and(|take| !tell(take))
            {
                return;
            }
        }
    })
}

/// How many takes of each label are still wanted.
struct Wanted {
    /// Own, others'.
    of_label: HashMap<String, (usize, usize)>,
    in_all: usize,
}

impl Wanted {
    fn new(labels: Vec<String>) -> Self {
        let each = (OWN_TAKES, OTHERS_TAKES);
        Self {
            of_label: labels.into_iter().map(|label| (label, each)).collect(),
            in_all: ENOUGH,
        }
    }

    fn is_content(&self) -> bool {
        self.in_all == 0 || self.of_label.is_empty()
    }

    /// The record at `path`, where its take is wanted.
    fn sidecar(&mut self, path: &Path, speaker: &str) -> Option<Sidecar> {
        let sidecar: Sidecar = records::read(path).ok()?;
        let counts = sidecar.status == Status::Accepted && sidecar.transcript.is_none();
        let left = self.of_label.get_mut(sidecar.prompt.label.as_deref()?)?;
        let left = if sidecar.speaker == speaker {
            &mut left.0
        } else {
            &mut left.1
        };
        if !counts || *left == 0 {
            return None;
        }
        *left -= 1;
        self.in_all -= 1;
        Some(sidecar)
    }
}

fn recall(path: &Path, sidecar: Sidecar) -> Option<Recalled> {
    let timing = sidecar.timing?;
    let frame = |frame: Option<i64>| u64::try_from(frame?).ok();
    let speech = frame(timing.speech_start_frame)?..frame(timing.speech_end_frame)?;
    let clip = Clip::read(&path.with_file_name(sidecar.audio?.file)).ok()?;
    let mono: Vec<f32> = (0..clip.frames())
        .map(|frame| clip.sample(frame, 0))
        .collect();
    let mut stream = FeatureStream::new(clip.rate_hz());
    stream.push(&mono);
    Some(Recalled {
        label: sidecar.prompt.label?,
        speaker: sidecar.speaker,
        features: stream.finish(speech)?,
    })
}

/// The folders in a folder, the newest names first.
fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = entries(folder).filter(|path| path.is_dir()).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found
}

fn sidecars_in(session: &Path) -> Vec<PathBuf> {
    let is_json = |path: &PathBuf| path.extension().is_some_and(|e| e == "json");
    entries(session).filter(is_json).collect()
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}
