//! What the input thread and the face share: the open text field, scrolling, and whether key releases are told.
//! Nothing here fails; a lock is held for a few instructions only.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crossterm::event::{Event, KeyEvent};
use tui_input::backend::crossterm::EventHandler;
use tui_input::{Input, InputRequest};

use super::keys::Scroll;

/// What a line of text is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldUse {
    /// A speaker's id.
    #[default]
    Id,
    /// Words about a take; none are an answer too.
    Words,
    /// An answer to a question; none is one too.
    Answer {
        /// Most characters.
        most: u32,
        /// Which of several fields that follow each other it is.
        field: usize,
    },
}

impl FieldUse {
    /// Longest line that can be typed or pasted, characters.
    pub fn most(self) -> usize {
        match self {
            Self::Id => 64,
            Self::Words => 4000,
            Self::Answer { most, .. } => most as usize,
        }
    }
}

/// A line of text that is being typed.
#[derive(Clone, Debug, Default)]
pub struct TextField {
    /// What it is for.
    pub used_for: FieldUse,
    /// What stood in it at first.
    pub begun_with: String,
    /// What has been typed, and where.
    pub input: Input,
    /// What Enter takes while nothing is typed.
    pub suggested: String,
    /// So many characters found no room since the last that did.
    pub untaken: usize,
}

impl TextField {
    /// What Enter takes.
    pub fn answer(&self) -> String {
        let typed = self.input.value().trim();
        if typed.is_empty() && self.used_for == FieldUse::Id {
            self.suggested.clone()
        } else {
            typed.to_owned()
        }
    }

    /// Takes characters in, as far as there is room, and counts the others.
    pub fn insert(&mut self, words: &str) {
        let most = self.used_for.most();
        let room = most.saturating_sub(self.input.value().chars().count());
        for c in words.chars().take(room) {
            self.input.handle(InputRequest::InsertChar(c));
            self.untaken = 0;
        }
        self.untaken += words.chars().skip(room).count();
    }

    /// Edits what is there. What found no room is told until then.
    pub fn edit(&mut self, event: &KeyEvent) {
        let changed = self.input.handle_event(&Event::Key(*event));
        if changed.is_some_and(|changed| changed.value) {
            self.untaken = 0;
        }
    }
}

/// Shared by the face (which opens and closes the field and scrolls) and the input thread (which types and asks).
#[derive(Debug, Default)]
pub struct Shared {
    field: Mutex<Option<TextField>>,
    scrolls: Mutex<Vec<Scroll>>,
    redraw: AtomicBool,
    /// Rows of the list that can be seen; 0: no list is open.
    list_rows: AtomicUsize,
    reads_on: AtomicBool,
    releases: AtomicBool,
}

impl Shared {
    /// The text field while one is open. Hold the guard for a moment only. Blocks.
    pub fn field(&self) -> MutexGuard<'_, Option<TextField>> {
        self.field.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the face to scroll at its next drawing. Blocks.
    pub fn scroll(&self, by: Scroll) {
        self.scrolls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(by);
    }

    /// What has been asked for since the last time. Blocks.
    pub fn take_scrolls(&self) -> Vec<Scroll> {
        std::mem::take(&mut *self.scrolls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks the face to draw everything anew: the terminal's picture is not what was drawn last. Realtime-safe.
    pub fn ask_redraw(&self) {
        self.redraw.store(true, Ordering::Release);
    }

    /// Whether that was asked for since the last time. Realtime-safe.
    pub fn take_redraw(&self) -> bool {
        self.redraw.swap(false, Ordering::AcqRel)
    }

    /// Notes how many rows of a list can be seen; `None`: no list is open. Realtime-safe.
    pub fn set_list(&self, rows: Option<usize>) {
        let rows = rows.map_or(0, |rows| rows.max(1));
        self.list_rows.store(rows, Ordering::Release);
    }

    /// How many rows of a list can be seen, where one is open: keys that scroll move in it. Realtime-safe.
    pub fn list(&self) -> Option<usize> {
        Some(self.list_rows.load(Ordering::Acquire)).filter(|rows| *rows > 0)
    }

    /// Notes whether a page is to be read on: a key that leads on turns it over. Realtime-safe.
    pub fn set_reads_on(&self, on: bool) {
        self.reads_on.store(on, Ordering::Release);
    }

    /// Whether a page is to be read on. Realtime-safe.
    pub fn reads_on(&self) -> bool {
        self.reads_on.load(Ordering::Acquire)
    }

    /// Notes that holding was asked for and that the terminal reports key releases. Realtime-safe.
    pub fn set_releases(&self, on: bool) {
        self.releases.store(on, Ordering::Release);
    }

    /// Whether a held key is told from a pressed one. Realtime-safe.
    pub fn releases(&self) -> bool {
        self.releases.load(Ordering::Acquire)
    }
}
