//! What a corpus holds, counted in one pass over its sidecars; nothing is written and no lock is needed.
//!
//! Speakers are taken one after the other; of a take whose speaker is done, nothing stays but the counts. A record that
//! cannot be read is named and left out.

mod missing;
mod quotas;

use std::collections::BTreeMap;
use std::path::Path;

pub use missing::Missing;
pub use quotas::Quota;

use super::error::CorpusError;
use super::layout::recordings_folder;
use super::scan::{self, TakeSummary, current_takes, folders_in};
use super::sidecar::{Status, Verdict};
use missing::Lists;
use quotas::Asked;

/// Counts of some takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Takes.
    pub takes: u64,
    /// Of them the current takes of their items.
    pub current: u64,
    /// Audio of all takes, seconds.
    pub seconds: f64,
    /// Of that the speech, from its first to its last frame in each take.
    pub speech_seconds: f64,
}

/// What a speaker has recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeakerStats {
    /// Speaker id.
    pub speaker: String,
    /// Sessions.
    pub sessions: u64,
    /// Takes of items.
    pub tally: Tally,
    /// What the list of the last session still lacks; `None` where session or list cannot be read.
    pub missing: Option<Missing>,
}

/// What a session holds.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionStats {
    /// Speaker id.
    pub speaker: String,
    /// Session id.
    pub session: String,
    /// Takes of items.
    pub tally: Tally,
}

/// What a corpus holds. Takes of the microphone check and of practice are in `others` alone.
#[derive(Debug, Default)]
pub struct Stats {
    /// All takes of items.
    pub total: Tally,
    /// Takes of the microphone check and of practice.
    pub others: u64,
    /// Takes that somebody flagged.
    pub flagged: u64,
    /// By id.
    pub speakers: Vec<SpeakerStats>,
    /// By speaker and session.
    pub sessions: Vec<SessionStats>,
    /// By label; `None`: the prompt has none.
    pub labels: BTreeMap<Option<String>, Tally>,
    /// By status.
    pub statuses: BTreeMap<&'static str, u64>,
    /// By verdict; `not measured` where there is none.
    pub verdicts: BTreeMap<&'static str, u64>,
    /// Current takes by label and index of the speaker in `speakers`; none where there is no entry.
    pub coverage: BTreeMap<Option<String>, BTreeMap<usize, u64>>,
    /// What the study of the newest session asks for in all, and what is there of it; empty where it asks for nothing.
    pub quotas: Vec<Quota>,
    /// Records that could not be read.
    pub broken: Vec<CorpusError>,
}

impl Tally {
    fn add(&mut self, take: &TakeSummary, is_current: bool) {
        self.takes += 1;
        self.current += u64::from(is_current);
        self.seconds += take.seconds;
        self.speech_seconds += take.speech_seconds;
    }
}

/// Counts a corpus. `progress` is called after each speaker with the number of takes. Blocks.
///
/// # Errors
/// The folder of all recordings cannot be read.
pub fn stats(corpus: &Path, progress: &dyn Fn(u64)) -> Result<Stats, CorpusError> {
    let mut folders = folders_in(&recordings_folder(corpus))?;
    folders.sort();
    let (mut stats, mut lists) = (Stats::default(), Lists::new(corpus));
    let mut asked = Asked::default();
    for folder in folders {
        let speaker = folder.file_name().unwrap_or_default().to_string_lossy();
        match scan::takes(corpus, &speaker) {
            Ok(scan) => {
                progress(scan.takes.len() as u64);
                stats.broken.extend(scan.broken);
                stats.add_speaker(&folder, &speaker, &scan.takes, (&mut lists, &mut asked));
            }
            Err(error) => stats.broken.push(error),
        }
    }
    stats.quotas = asked.quotas(corpus, &stats);
    Ok(stats)
}

impl Stats {
    fn add_speaker(
        &mut self,
        folder: &Path,
        speaker: &str,
        takes: &[TakeSummary],
        (lists, asked): (&mut Lists<'_>, &mut Asked),
    ) {
        let index = self.speakers.len();
        let mut sessions: BTreeMap<&str, Tally> = BTreeMap::new();
        let current = current_takes(takes);
        let mut tally = Tally::default();
        for take in takes {
            let of_session = sessions.entry(&take.session).or_default();
            if take.role != "item" {
                self.others += 1;
                continue;
            }
            let is_current = current.get(&take.item()).is_some_and(|c| c.id == take.id);
            of_session.add(take, is_current);
            tally.add(take, is_current);
            self.add_take(take, is_current, index);
        }
        let (records, latest) = match scan::sessions_in(folder) {
            Ok(mut found) => (found.len() as u64, found.pop()),
            Err(error) => {
                self.broken.push(error);
                (sessions.len() as u64, None)
            }
        };
        let missing = latest.and_then(|latest| {
            asked.hear(&latest, tally.current > 0);
            let found = lists.missing(&latest.record, &current);
            found.map_err(|error| self.broken.push(error)).ok()
        });
        self.sessions
            .extend(sessions.into_iter().map(|(session, tally)| SessionStats {
                speaker: speaker.to_owned(),
                session: session.to_owned(),
                tally,
            }));
        self.speakers.push(SpeakerStats {
            speaker: speaker.to_owned(),
            sessions: records,
            tally,
            missing,
        });
    }

    fn add_take(&mut self, take: &TakeSummary, is_current: bool, speaker: usize) {
        self.total.add(take, is_current);
        self.flagged += u64::from(take.marks.flagged);
        if let Some(tally) = self.labels.get_mut(&take.label) {
            tally.add(take, is_current);
        } else {
            let tally = self.labels.entry(take.label.clone()).or_default();
            tally.add(take, is_current);
        }
        *self.statuses.entry(status_word(take.status)).or_default() += 1;
        let verdict = take.verdict.map_or("not measured", verdict_word);
        *self.verdicts.entry(verdict).or_default() += 1;
        if is_current {
            let of_label = self.coverage.entry(take.label.clone()).or_default();
            *of_label.entry(speaker).or_default() += 1;
        }
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Unreviewed => "unreviewed",
        Status::Accepted => "accepted",
        Status::Rejected => "rejected",
        Status::Superseded => "superseded",
        Status::Skipped => "skipped",
        Status::Interrupted => "interrupted",
    }
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fine => "fine",
        Verdict::Look => "look",
        Verdict::Again => "again",
    }
}
