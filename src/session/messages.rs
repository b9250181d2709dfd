//! What the session is told and what it asks for. Facts come in, work goes out; nothing here does anything.

use std::ops::Range;
use std::sync::Arc;

use crate::audio::{Given, SourceInfo};
use crate::corpus::outline::Outline;
use crate::recorder::messages::{
    FromCapture, FromWriter, SessionEvent, TakeRef, ToCapture, ToWriter,
};
use crate::units::Moment;

use super::FromFace;

/// Everything a session can be told, in one queue.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// From the person.
    Face(FromFace),
    /// From the capture thread.
    Capture(FromCapture),
    /// From the writer thread.
    Writer(FromWriter),
    /// About the source.
    Device(DeviceFact),
    /// About playback.
    Playback(PlaybackFact),
    /// A take was looked at.
    Looked(Looked),
    /// From the system.
    Signal(Signal),
    /// More than a second of audio waits for the disk; `false`: no more.
    DiskSlow(bool),
    /// Time has passed.
    Tick,
}

/// What happened to the source.
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceFact {
    /// It is open (again).
    Opened(SourceInfo),
    /// It could not be opened; nothing is tried by itself.
    Unavailable {
        /// What happened.
        reason: String,
        /// Inputs there are.
        inputs: Vec<InputName>,
    },
    /// It went away; the same one is taken again as soon as it is back.
    Gone {
        /// Its name.
        name: String,
    },
}

/// An input that could be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputName {
    /// What `--input` takes.
    pub id: String,
    /// For people.
    pub name: String,
}

/// The answer to a look at a take.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// Which take.
    pub take_ref: TakeRef,
    /// What it looks like, or why it could not be read.
    pub outline: Result<Arc<Outline>, String>,
}

/// What happened to a playback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaybackFact {
    /// Sound comes out.
    Started,
    /// The last sound came out then.
    Finished {
        /// When.
        until: Moment,
    },
    /// It could not be played; why.
    Failed(String),
}

/// What the system wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM, SIGHUP, SIGINT: keep everything and leave.
    Terminate,
    /// SIGTSTP: keep everything and stop until continued.
    Stop,
    /// SIGCONT: running again.
    Continue,
}

/// Work that the session asks for.
#[derive(Debug)]
pub enum Effect {
    /// Tell the capture thread.
    Capture(ToCapture),
    /// Tell the writer thread.
    Write(ToWriter),
    /// Note a fact: it gets its frame from the stream clock and goes to `events.jsonl`.
    Note(SessionEvent),
    /// Open this input in place of the present one; a new session follows.
    OpenInput(InputChoice),
    /// Open the same source again.
    Reopen,
    /// Play a take.
    Play(TakeRef),
    /// Play a part of a take.
    PlayPart {
        /// Which take.
        take_ref: TakeRef,
        /// Which of its frames.
        frames: Range<u64>,
    },
    /// Stop playing.
    StopPlaying,
    /// Look at a saved take; [`Input::Looked`] answers.
    Look(TakeRef),
    /// Somebody was given this to read (the demo speaker reads it).
    Cue {
        /// What is to be read.
        text: String,
        /// When it was given.
        at: Moment,
        /// By what.
        given: Given,
    },
    /// Give the terminal back and stop the process until it is continued.
    Stop,
    /// The session is over: leave.
    Leave,
}

/// An answer to "which input?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputChoice {
    /// The one with this id.
    Id(String),
    /// The demo speaker.
    Demo,
}
