//! What is settled before a session begins.

use std::sync::Arc;

use crate::audio::SourceInfo;
use crate::recorder::messages::Outcome;
use crate::signal::thresholds::Thresholds;
use crate::study::Script;

use super::view::Mode;

/// Who looks at takes, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// Every take waits for a decision.
    Always,
    /// A line on a warning.
    OnWarning,
    /// Nothing is said.
    Never,
}

impl Review {
    /// What becomes of a take that the speaker stops, or that ends by itself.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Always => Outcome::Unreviewed,
            Self::OnWarning | Self::Never => Outcome::ByVerdict,
        }
    }
}

/// All that is settled before a session begins.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Speaker id.
    pub speaker: String,
    /// Session id.
    pub session: String,
    /// The prompt list's 12 digits.
    pub list_sha256: String,
    /// Which pass.
    pub pass: u32,
    /// How takes are started and stopped.
    pub mode: Mode,
    /// The person in charge fixed that, so the list's own modes do not count.
    pub mode_is_fixed: bool,
    /// Pre-roll and post-roll of takes whose prompts ask for no longer ones, ms.
    pub rolls_ms: (u32, u32),
    /// Who looks at takes.
    pub review: Review,
    /// Limits of the verdicts.
    pub thresholds: Thresholds,
    /// The microphone is checked before the first item.
    pub check: bool,
    /// Takes of checks that this speaker has made in this corpus.
    pub checks_before: u32,
    /// For the screen: `16`, `24` or `32f`.
    pub bits: &'static str,
    /// Bytes of one second of WAV, for the time left on the disk.
    pub bytes_per_second: u64,
    /// The opened source.
    pub source: SourceInfo,
    /// Whether its clock is ready.
    pub clock_ready: bool,
    /// What the speaker is told, and when a rest is offered.
    pub script: Arc<Script>,
}
