//! Whether a corpus folder is right, in one pass; nothing is changed unless a repair is asked for.
//!
//! Everything that is not right is a [`Finding`] with its path; one broken file hides no other. Audio is read in pieces.
//! Speakers are taken one after the other, their sessions and takes side by side; what stays in memory of a take when its
//! speaker is done are 48 bytes. What a program is recording at the time is said and not judged.

mod across;
mod finding;
mod letter;
mod lists;
mod session;
mod speaker;
mod take;
mod withdrawn;

use std::path::{Path, PathBuf};

pub use finding::{Finding, Problem};

use across::{Place, Seen};
use letter::Letter;
use lists::Lists;
use session::{Check, sidecars};

use super::error::CorpusError;
use super::forget::sweep;
use super::forgotten::Forgotten;
use super::layout::{TakePaths, corpus_file, recordings_folder};
use super::records::CorpusRecord;
use super::recovery;
use super::scan::folders_in;

/// How a corpus is verified.
pub struct Options<'a> {
    /// The audio's bytes are not read: lengths and headers only.
    pub fast: bool,
    /// What a session's start would repair is repaired.
    pub repair: bool,
    /// Called after each take, from many threads.
    pub progress: &'a (dyn Fn() + Sync),
}

/// What verifying came to.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong or should be known, by path.
    pub findings: Vec<Finding>,
    /// What was repaired.
    pub repaired: Vec<recovery::Finding>,
    /// Folders of speakers.
    pub speakers: u64,
    /// Folders of sessions.
    pub sessions: u64,
    /// Sidecars.
    pub takes: u64,
    /// Of them with gaps; where frames are missing stands in the sidecar, and the WAV has zeros there.
    pub takes_with_gaps: u64,
    /// Of the WAVs, by their sidecars.
    pub audio_bytes: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_right(&self) -> bool {
        !self.findings.iter().any(|found| found.problem.is_wrong())
    }
}

/// A corpus that is being verified.
struct Verifier<'a> {
    check: Check<'a>,
    corpus: &'a Path,
    report: Report,
    /// Folders of all sessions.
    sessions: Vec<PathBuf>,
    seen: Seen,
}

/// Verifies a corpus. Blocks.
///
/// # Errors
/// The folder of all prompt lists or that of all recordings cannot be read.
pub fn verify(corpus: &Path, options: &Options<'_>) -> Result<Report, CorpusError> {
    let letter = Letter::new()?;
    let mut report = Report::default();
    let path = corpus_file(corpus);
    if let Err(problem) = letter.read::<CorpusRecord>("corpus", &path) {
        report.findings.push(Finding { path, problem });
    }
    if options.repair {
        let done = |file| recovery::Finding {
            file,
            what: recovery::Found::Forgotten,
        };
        report.repaired.extend(sweep(corpus)?.into_iter().map(done));
    }
    let forgotten = Forgotten::read(corpus)?;
    withdrawn::check(corpus, &letter, &forgotten, &mut report.findings)?;
    let lists = Lists::read(corpus, &letter, &mut report.findings)?;
    let check = Check {
        letter: &letter,
        lists: &lists,
        forgotten: &forgotten,
        options,
        corpus,
    };
    let mut verifier = Verifier {
        check,
        corpus,
        report,
        sessions: Vec::new(),
        seen: Seen::default(),
    };
    let mut speakers = folders_in(&recordings_folder(corpus))?;
    speakers.sort();
    for folder in speakers {
        verifier.speaker(&folder);
    }
    Ok(verifier.finish())
}

impl Verifier<'_> {
    fn finish(mut self) -> Report {
        for twins in self.seen.twins() {
            let path = path_of(&self.sessions, twins.one);
            let other = path_of(&self.sessions, twins.other);
            let problem = if twins.by_id {
                Problem::IdTwice { other }
            } else {
                Problem::AudioTwice { other }
            };
            self.report.findings.push(Finding { path, problem });
        }
        self.report
            .findings
            .sort_by(|a, b| (&a.path, a.problem.word()).cmp(&(&b.path, b.problem.word())));
        self.report
    }
}

/// The sidecar at a place; where the folder has changed meanwhile, the folder.
fn path_of(sessions: &[PathBuf], place: Place) -> PathBuf {
    let Some(folder) = sessions.get(place.session as usize) else {
        return PathBuf::new();
    };
    let stems = sidecars(folder).unwrap_or_default();
    stems.iter().nth(place.nth as usize).map_or_else(
        || folder.clone(),
        |stem| TakePaths::in_folder(folder, stem).json(),
    )
}
