//! The session: a pure state machine, what it is told, what it asks for, and the view that a face shows.

mod check;
mod commands;
mod decisions;
pub mod engine;
mod facts;
mod guide;
mod items;
mod leaving;
mod listening;
mod listing;
pub mod lobby;
mod manner;
pub mod messages;
pub mod plan;
mod practice;
mod present;
mod review;
pub mod runtime;
pub mod setup;
pub mod start;
mod state;
mod takes;
pub mod view;

use crate::units::Moment;
use view::View;

/// What a person wants, in the imperative. A face maps keys to these; it never decides what they mean in a phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Start a take, or stop the running one (toggling).
    StartStop,
    /// The hold key went down (terminals that report releases).
    HoldStart,
    /// The hold key went up, or the terminal lost the focus while it was down.
    HoldEnd,
    /// Accept the last take, or answer a question with its default.
    Accept,
    /// Redo the last closed take; while recording: reject and start again at this very key.
    Redo,
    /// Play the last take.
    Play,
    /// Pass over the item; asks why.
    Skip,
    /// Answer `n` (from 1) in a list of choices; in one of more than nine a digit of its number, which may be 0.
    Choose(u8),
    /// Yes to a question.
    Yes,
    /// No to a question.
    No,
    /// To the item before.
    Previous,
    /// To the item after.
    Next,
    /// Reverse the last decision.
    Undo,
    /// Delete the last take for good; asks.
    Delete,
    /// Flag the last take with a remark, or take the flag back.
    Flag,
    /// Write down what was really said in the last take.
    Transcribe,
    /// List all items, or close the list.
    List,
    /// Move so many rows in a list.
    Move(isize),
    /// A line of text was typed and confirmed (only while the view asks for one).
    Text(String),
    /// Cancel the running take, or close what is open.
    Cancel,
    /// Back from a question with a line of text that was typed and not confirmed (only while the view asks one).
    Back(String),
    /// Check the microphone.
    Check,
    /// Show all keys.
    Help,
    /// Save and leave.
    Quit,
    /// A speaker id was typed and confirmed (only while the view asks who speaks).
    Speaker(String),
}

/// From a face to the session's loop: a command and the instant its key was read from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromFace {
    /// A key that means something.
    Command(Command, Moment),
    /// Holding was asked for, but this terminal does not report key releases.
    NoKeyRelease,
    /// The terminal changed its size or asked for a fresh drawing.
    Redraw,
    /// The terminal is gone.
    Closed,
}

/// Shows the session to a person. Called from the session's loop; must not block on anything but the terminal.
pub trait Face {
    /// Draws `view`, doing nothing where nothing changed.
    ///
    /// # Errors
    /// The terminal cannot be written.
    fn show(&mut self, view: &View) -> std::io::Result<()>;
}

/// A face whose screen can be given back for a while.
pub trait Stage: Face {
    /// Gives the terminal back, because the process is about to be stopped.
    ///
    /// # Errors
    /// The terminal cannot be written.
    fn leave(&mut self) -> std::io::Result<()>;

    /// Takes the terminal again, drops what was typed meanwhile and draws everything afresh at the next `show`.
    ///
    /// # Errors
    /// The terminal cannot be written.
    fn enter(&mut self) -> std::io::Result<()>;
}
