//! What the threads of the recorder say to each other and to the session: one enum per direction, named by it.

use std::sync::Arc;

use crate::audio::ring::RingReader;
use crate::audio::{SourceInfo, StreamFormat};
use crate::corpus::draft::Closing;
use crate::corpus::marks::Mark;
use crate::corpus::sidecar::{DecidedBy, PromptRecord, Quality, Status, Timing, Verdict};
use crate::signal::quality::Measures;
use crate::signal::thresholds::Thresholds;
use crate::units::Moment;

use super::knowledge::Recalled;

/// Names a take everywhere in a run: the session folder's file stem, e.g. `zero_r1_2`, with its folder
/// `recordings/<speaker>/<session>` before it, relative to the corpus, `/` between parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TakeRef(pub Arc<str>);

impl TakeRef {
    /// The take `stem` in `recordings/<speaker>/<session>`.
    pub fn new(speaker: &str, session: &str, stem: &str) -> Self {
        Self(format!("recordings/{speaker}/{session}/{stem}").into())
    }
}

/// What becomes of a take at its first saving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The verdict decides: `again` is rejected, anything else accepted, by `auto`.
    ByVerdict,
    /// The same, but the item has been asked again as often as it will be: `again` becomes `look`, and nobody decides yet.
    LastTry,
    /// Nobody decides yet (`--review always`).
    Unreviewed,
    /// The speaker gave it up (`cancelled`, `restarted`).
    Rejected {
        /// The reason, in one stable word.
        reason: &'static str,
    },
}

/// The role of a take of which nothing is kept: it is cut and judged like any other, and never reaches the writer.
pub const PRACTICE: &str = "practice";

/// All that the session knows of a take when it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct TakeDraft {
    /// Its name in this corpus.
    pub take_ref: TakeRef,
    /// What is shown.
    pub prompt: PromptRecord,
    /// Which repeat of the prompt, from 1.
    pub repeat: u32,
    /// Which pass, from 1.
    pub pass: u32,
    /// Place in the speaker's order, from 1.
    pub position: u32,
    /// `item`, `practice` or `check`.
    pub role: &'static str,
    /// Attempt at the item, from 1.
    pub take: u32,
    /// The take that it will replace, by name.
    pub supersedes: Option<TakeRef>,
    /// When the prompt was shown.
    pub shown_at: Option<Moment>,
    /// What its prompt asks for.
    pub rolls: Rolls,
}

/// The rolls of one take, where its prompt asks for others than the session has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rolls {
    /// Fixed part before the key, ms.
    pub pre_roll_ms: Option<u32>,
    /// Fixed part after the stop, ms.
    pub post_roll_ms: Option<u32>,
}

/// Fixed numbers of the take cutter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowSettings {
    /// Fixed part before the key, ms.
    pub pre_roll_ms: u32,
    /// Fixed part after the stop, ms.
    pub post_roll_ms: u32,
    /// Where the post-roll ends at the latest while speech goes on, ms after the stop; 0 switches extension off.
    pub post_roll_max_ms: u32,
    /// Longest take, ms from the start key.
    pub max_take_ms: u32,
    /// Hands-free: the silence that ends a reading, ms; `None` lets text and speaker decide.
    pub end_silence_ms: Option<u32>,
    /// Most audio that may wait for the writer, frames.
    pub queue_frames: u64,
}

impl WindowSettings {
    /// The same for one take. A longer post-roll takes its extension along, unless that is switched off.
    #[must_use]
    pub fn with(&self, rolls: Rolls) -> Self {
        let post_roll_ms = rolls.post_roll_ms.unwrap_or(self.post_roll_ms);
        Self {
            pre_roll_ms: rolls.pre_roll_ms.unwrap_or(self.pre_roll_ms),
            post_roll_ms,
            post_roll_max_ms: match self.post_roll_max_ms {
                0 => 0,
                max_ms => max_ms.max(post_roll_ms),
            },
            ..self.clone()
        }
    }
}

/// From the session to the capture thread.
#[derive(Debug)]
pub enum ToCapture {
    /// A source was opened; whatever was attached before is over (running takes end there, `interrupted`).
    Attach {
        /// The source.
        info: SourceInfo,
        /// Its ring.
        reader: RingReader,
    },
    /// A take begins at this key.
    Begin {
        /// What it is.
        draft: Box<TakeDraft>,
        /// The start key.
        at: Moment,
    },
    /// The running take stops at this key; its post-roll follows.
    End {
        /// Which take.
        take_ref: TakeRef,
        /// The stop key.
        at: Moment,
        /// What becomes of it.
        outcome: Outcome,
    },
    /// Hands-free: wait for the reading of what has been shown since `shown_at`; it begins and ends the take.
    Listen {
        /// What is shown.
        draft: Box<TakeDraft>,
        /// Since when.
        shown_at: Moment,
        /// What becomes of the take.
        outcome: Outcome,
    },
    /// The microphone check heard speech that peaks at this level.
    Calibrate {
        /// dBFS.
        speech_peak_dbfs: f64,
    },
    /// Hands-free: wait for nothing. A take that has begun goes on.
    Rest,
    /// Who speaks from now on.
    Meet {
        /// Speaker id.
        speaker: String,
        /// Limits of the verdicts on their takes.
        thresholds: Thresholds,
    },
    /// An earlier take, to compare words with.
    Recall(Box<Recalled>),
    /// Sound came out of our own speaker until then: no pre-roll reaches back before 200 ms after it.
    Played {
        /// When it ended.
        until: Moment,
    },
    /// The program is about to be stopped: running takes are interrupted here and the stream is a new one.
    Suspended,
    /// Note a fact with the frame it happened at: passed on to the writer.
    Note(SessionEvent),
    /// End every running take as it stands (`interrupted` with this cause) and leave.
    Shutdown {
        /// Cause for takes that are cut short by it.
        cause: &'static str,
    },
}

/// From the capture thread to the session.
#[derive(Clone, Debug, PartialEq)]
pub enum FromCapture {
    /// A source is attached and its first block has come.
    Attached(SourceInfo),
    /// The clock dates frames to better than 1 ms (or 3 s have passed and it is used all the same).
    ClockReady {
        /// How wrong its dates may be, ms.
        error_ms: f64,
        /// False where it was not good enough after 3 s.
        locked: bool,
    },
    /// This take was not begun, because no source is there: nothing of it reaches the writer.
    Refused {
        /// Which take.
        take_ref: TakeRef,
    },
    /// Hands-free: the reading that was waited for has begun, and with it its take.
    SpeechBegan {
        /// Which take.
        take_ref: TakeRef,
        /// When.
        at: Moment,
    },
    /// Hands-free: the reading is over; the end of its take follows.
    SpeechEnded {
        /// Which take.
        take_ref: TakeRef,
        /// When the last sound of it was.
        at: Moment,
    },
    /// Hands-free: something was said too early to be the reading of what is shown: it belongs to what was shown before.
    SpokenOn {
        /// The take of what was shown before; `None` where there was none yet.
        take_ref: Option<TakeRef>,
    },
    /// The window of this take is closed and everything is on its way to the writer.
    Closed {
        /// Which take.
        take_ref: TakeRef,
        /// How it was judged.
        quality: Quality,
        /// The status it is saved with.
        status: Status,
        /// Its length.
        frames: u64,
        /// What cut it short, if something did (`max_take`, `writer_queue`, `device_lost`, `suspended`, ...).
        cut_by: Option<&'static str>,
        /// Of a take of the microphone check, all that was measured.
        measures: Option<Box<Measures>>,
    },
    /// Exact digital silence for a second: a muted or forbidden microphone. `false`: sound is back.
    Muted(bool),
    /// No block has come for a second. `false`: they come again.
    Stalled(bool),
    /// The machine slept; running takes were interrupted and the source must be opened again.
    Slept,
    /// The capture thread has ended; nothing follows.
    Ended,
}

/// From the capture thread and the session to the writer thread, in one queue, so that order is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum ToWriter {
    /// A take's window has begun: write the draft, open the `.part`.
    Begin {
        /// What the session knows.
        draft: Box<TakeDraft>,
        /// What the stream knows.
        head: TakeHead,
    },
    /// The next samples of a take, interleaved, 1.0 is full scale.
    Append {
        /// Which take.
        take_ref: TakeRef,
        /// Whole frames.
        samples: Vec<f32>,
    },
    /// A take's window is closed: commit it.
    Finish {
        /// Which take.
        take_ref: TakeRef,
        /// What has become known of it.
        closing: Box<Closing>,
    },
    /// A skipped item: a sidecar without audio.
    Skip {
        /// What the session knows.
        draft: Box<TakeDraft>,
        /// Why, in one stable word.
        reason: &'static str,
    },
    /// A decision on a saved take: one revision.
    Decide {
        /// Which take.
        take_ref: TakeRef,
        /// New status.
        status: Status,
        /// Who decided.
        by: DecidedBy,
        /// Why, in stable words.
        reasons: Vec<String>,
    },
    /// Note something on a saved take, whatever counts of it: one revision.
    Annotate {
        /// Which take.
        take_ref: TakeRef,
        /// What is noted.
        mark: Mark,
        /// Who notes it.
        by: DecidedBy,
    },
    /// Delete a take for good: its WAV and its sidecar.
    Delete {
        /// Which take.
        take_ref: TakeRef,
    },
    /// A line for `events.jsonl`.
    Event(SessionEvent),
    /// Try at once what failed before, instead of at the next second.
    Retry,
    /// Sync everything, close, and leave.
    Shutdown,
}

/// What the stream knows of a take when its window begins.
#[derive(Clone, Debug, PartialEq)]
pub struct TakeHead {
    /// Where things are in the WAV, as far as that is known: nothing of the stop or of speech.
    pub timing: Timing,
    /// UTC of the WAV's first frame.
    pub started_at: jiff::Timestamp,
    /// Rate and channels.
    pub format: StreamFormat,
    /// The source.
    pub source: Arc<SourceInfo>,
}

/// A fact for `events.jsonl`.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionEvent {
    /// When.
    pub at: Moment,
    /// Past tense, e.g. `shown`, `key_down`, `skipped`, `device_lost`.
    pub event: &'static str,
    /// The take or item it is about.
    pub take_ref: Option<TakeRef>,
    /// At which frame, where the stream clock was asked.
    pub frame: Option<StreamFrame>,
    /// Further fields.
    pub data: serde_json::Map<String, serde_json::Value>,
}

/// A frame of an opened source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamFrame {
    /// Number of the opening.
    pub stream: u32,
    /// From the stream's opening; may lie before it.
    pub frame: i64,
}

/// From the writer thread to the session.
#[derive(Clone, Debug, PartialEq)]
pub enum FromWriter {
    /// The take is on the disk, synced, under its final name.
    Saved {
        /// Which take.
        take_ref: TakeRef,
        /// The status it was saved with.
        status: Status,
    },
    /// A decision is on the disk.
    Decided {
        /// Which take.
        take_ref: TakeRef,
        /// The status it has now.
        status: Status,
    },
    /// What was noted on a take is on the disk.
    Annotated {
        /// Which take.
        take_ref: TakeRef,
    },
    /// The take is gone.
    Deleted {
        /// Which take.
        take_ref: TakeRef,
    },
    /// Something could not be written; told once, and again where a [`ToWriter::Retry`] did not help.
    Failed {
        /// Which take, if one.
        take_ref: Option<TakeRef>,
        /// What kind of trouble.
        trouble: DiskTrouble,
        /// What happened, to which file, what was kept.
        text: String,
        /// True: it and all that follows is kept in memory and tried again until [`FromWriter::Resumed`]. False: it
        /// was given up, and the rest goes on.
        retrying: bool,
    },
    /// What had failed is written now, and so is all that waited behind it.
    Resumed,
    /// Space left for recordings, bytes; sent at the start and every few seconds while takes are written.
    Space {
        /// Free bytes.
        free_bytes: u64,
    },
    /// The writer has ended; everything before is on the disk.
    Ended,
}

/// Kinds of disk trouble that the screen tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskTrouble {
    /// No space left.
    Full,
    /// The folder cannot be written.
    ReadOnly,
    /// Anything else.
    Other,
}

/// The status a take is first saved with, who decided and why.
pub fn first_status(outcome: &Outcome, verdict: Verdict, interrupted: bool) -> (Status, DecidedBy) {
    match outcome {
        _ if interrupted => (Status::Interrupted, DecidedBy::Auto),
        Outcome::Rejected { .. } => (Status::Rejected, DecidedBy::Speaker),
        Outcome::Unreviewed => (Status::Unreviewed, DecidedBy::Auto),
        Outcome::LastTry if verdict == Verdict::Again => (Status::Unreviewed, DecidedBy::Auto),
        Outcome::ByVerdict if verdict == Verdict::Again => (Status::Rejected, DecidedBy::Auto),
        Outcome::ByVerdict | Outcome::LastTry => (Status::Accepted, DecidedBy::Auto),
    }
}
