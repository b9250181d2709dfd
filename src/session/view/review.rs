//! What a face needs to draw a take that is looked at.

use std::sync::Arc;

use crate::corpus::marks::Marks;
use crate::corpus::outline::Outline;

/// A take that is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewView {
    /// The class of the item, where it has one.
    pub label: Option<String>,
    /// What it looks like; `None` until it is saved and read.
    pub outline: Option<Arc<Outline>>,
    /// Why it cannot be looked at.
    pub failed: Option<String>,
    /// What was noted on it.
    pub marks: Marks,
    /// It waits for a decision; otherwise it counts, and Enter only goes back.
    pub undecided: bool,
    /// Its speech alone is being played.
    pub playing_speech: bool,
}

/// A line of text about a take, to be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeText {
    /// What was to be read.
    pub prompt: String,
    /// What stands in the field at first.
    pub begin_with: String,
}
