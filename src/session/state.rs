//! The parts of the engine's state.

use crate::corpus::sidecar::Status;
use crate::recorder::messages::TakeRef;
use crate::units::Moment;

use super::messages::InputName;

/// The running take.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) take_ref: TakeRef,
    pub(super) item: usize,
    pub(super) since: Moment,
    pub(super) end_at: Option<Moment>,
}

/// A take of this session, from its start to its end on the disk.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) item: usize,
    pub(super) status: Status,
    pub(super) frames: u64,
    /// Its window is closed and its verdict known.
    pub(super) closed: bool,
    /// It is on the disk, with this status. A quick disk may say so before the verdict is told.
    pub(super) saved_as: Option<Status>,
}

impl Known {
    /// Nothing more will be heard of it.
    pub(super) fn is_settled(&self) -> bool {
        self.closed && self.saved_as.is_some()
    }
}

/// The source, as far as the engine knows.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// It is open.
    pub(super) up: bool,
    /// Its clock dates frames.
    pub(super) clock_ready: bool,
    /// No block has come since then.
    pub(super) stalled_since: Option<Moment>,
    /// What else there was when it could not be opened.
    pub(super) inputs: Vec<InputName>,
}

/// Something that can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// A take counts; what it replaced.
    Accepted {
        item: usize,
        take_ref: TakeRef,
        replaced: Option<TakeRef>,
    },
    /// An item was passed over; the take that counted before.
    Skipped {
        item: usize,
        take_ref: TakeRef,
        was: Option<TakeRef>,
    },
    /// An item was opened for a redo from there.
    Redone { item: usize, from: usize },
}

/// Hands-free: what the capture thread does as far as it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ears {
    /// It was told to wait for a reading, or makes one.
    Open,
    /// It was told to rest, or nothing.
    Resting,
}

/// How far leaving has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Not at all.
    No,
    /// Takes are still being saved.
    Saving,
    /// Threads are ending.
    Ending,
    /// A stop by the system waits for takes to be saved.
    ToStop,
}
