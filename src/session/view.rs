//! What a face needs to draw, and nothing else. No sentence is made here: a face turns these into words (`tui/strings.rs`).

mod ask;
mod items;
mod review;

pub use ask::{AnswerBy, AnswerView, AskPage, AskView, AskedWords, QuestionView, Refused};
pub use items::{ItemFilter, ItemRow, ItemsView};
pub use review::{ReviewView, TakeText};

use std::sync::Arc;

use crate::corpus::marks::Marks;
use crate::signal::check::CheckReport;

/// Everything on the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum View {
    /// Before the session: who speaks?
    WhoSpeaks(WhoSpeaks),
    /// Before the session: what the study asks.
    Ask(Box<AskView>),
    /// The session itself.
    Session(Box<SessionView>),
    /// The session is over.
    Summary(Summary),
}

/// "Who is speaking?"
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoSpeaks {
    /// The id that Enter takes as it stands.
    pub suggested: String,
    /// The speaker to go on with, where one is known: asked as "continue as ...?" (Enter or Y), N asks for another id.
    pub known: Option<KnownSpeaker>,
    /// Why the last answer was not taken, in plain words.
    pub refused: Option<String>,
    /// What is going to be read and as what it was understood, for who is in charge.
    pub list: Option<String>,
}

/// A speaker that the corpus knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSpeaker {
    /// Speaker id.
    pub id: String,
    /// Date of the last session, e.g. `12 November 2026`.
    pub last_here: String,
}

/// Which part of its work a session is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The microphone is being opened, or its clock is not locked.
    Opening,
    /// A prompt is up, nothing runs.
    Idle,
    /// A take runs.
    Recording,
    /// The last take is running out or being saved and nothing can be started (at the end, or when leaving).
    Closing,
    /// A take is looked at; under `--review always` each one waits here for a decision.
    Review,
    /// Stopped until the speaker goes on.
    Paused,
    /// Every item is done.
    Done,
}

/// How takes are started and stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Space starts, Space stops.
    Keys,
    /// Space is held.
    Hold,
    /// Hold was asked for but the terminal reports no releases: Space toggles.
    HoldUnavailable,
    /// Speech starts and stops; Space pauses.
    HandsFree,
    /// Space starts; it stops by itself after so many milliseconds.
    Timed {
        /// Length of a take, ms.
        ms: u32,
    },
}

/// A session in progress.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
pub struct SessionView {
    /// Where it stands.
    pub phase: Phase,
    /// How takes are made.
    pub mode: Mode,
    /// What to read.
    pub prompt: Option<PromptView>,
    /// The item that is up is practice: nothing of it is kept.
    pub practice: bool,
    /// Place in the speaker's order, or in the practice, from 1.
    pub position: usize,
    /// Items in this pass, or in the practice.
    pub total: usize,
    /// Items done (accepted or skipped), or practised.
    pub done: usize,
    /// Takes whose saving is under way.
    pub saving: usize,
    /// State of the item that is up.
    pub item: ItemState,
    /// One line about what just happened or is wrong; the newest that matters most.
    pub notice: Option<Notice>,
    /// Something that must be answered or fixed first.
    pub dialog: Option<Dialog>,
    /// Source and format, once opened.
    pub source: Option<SourceLine>,
    /// Recording time left on the disk, minutes.
    pub minutes_left: Option<u64>,
    /// The meter: peak of the last 33 ms or so, dBFS; `None` while there is no sound.
    pub level_dbfs: Option<f64>,
    /// Clipping within the last two seconds.
    pub clipping: bool,
    /// Length of the running take so far, whole seconds.
    pub take_seconds: u64,
    /// A take of this item can be played, redone, deleted.
    pub has_last_take: bool,
    /// Something is being played.
    pub playing: bool,
    /// It is the prompt, which is heard before it is read.
    pub eliciting: bool,
    /// The take that is looked at (in [`Phase::Review`]).
    pub review: Option<ReviewView>,
    /// What was noted on the take that keys mean.
    pub marks: Marks,
}

/// The prompt on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptView {
    /// Read this; empty where it is not to be seen before the start key.
    pub text: String,
    /// What it means.
    pub translation: Option<String>,
    /// How to say it.
    pub hint: Option<String>,
    /// A word to the speaker.
    pub note: Option<String>,
    /// A word to the operator.
    pub comment: Option<String>,
    /// BCP 47, for the direction of the script.
    pub language: Option<String>,
    /// Who sees it, and when.
    pub seen: Seen,
    /// Whether it is heard before it is read; the play key plays it again.
    pub heard: Heard,
    /// It should have been heard, but could not be played; the play key tries again.
    pub unheard: bool,
}

/// Who sees a prompt, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seen {
    /// Everybody, as soon as it is its turn.
    #[default]
    ByAll,
    /// The operator alone.
    ByOperator,
    /// Everybody, from the start key on: not yet.
    FromTheKey,
}

/// Whether a prompt is heard before it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Heard {
    /// It is not.
    #[default]
    No,
    /// It is, and the start key begins at once.
    First,
    /// It must be, to its end.
    ToItsEnd,
}

/// What has become of an item so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    /// Nothing that counts.
    Open,
    /// A take counts.
    Recorded,
    /// Passed over.
    Skipped,
}

/// Source, format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// Name for people.
    pub name: String,
    /// Hz.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: u16,
    /// `16`, `24` or `32f`.
    pub bits: String,
}

/// One line to the speaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Frames are missing in the take of this prompt; it comes back later.
    LostFrames(String),
    /// Nothing was heard in the take of this prompt; it comes back later.
    NothingHeard(String),
    /// The take of this prompt was too loud; it comes back later.
    TooLoud(String),
    /// The take ran into the longest length.
    TooLong(String),
    /// The running take was given up and did not count.
    Cancelled,
    /// The running take was given up and a new one runs.
    Restarted,
    /// The item is open again: read it once more.
    Redoing,
    /// The last decision was reversed.
    Undone,
    /// There is nothing to reverse.
    NothingToUndo,
    /// There is no take to play, redo or delete.
    NoTake,
    /// The last take is gone for good.
    Deleted,
    /// A practice was read.
    Practised {
        /// What is wrong, in one of the verdict's words.
        trouble: Option<&'static str>,
        /// What follows.
        then: AfterPractice,
    },
    /// The item was passed over.
    Skipped,
    /// The last take was accepted.
    Accepted,
    /// Could not play; why.
    CannotPlay(String),
    /// What is to be heard before the reading cannot be; why.
    CannotPlayPrompt(String),
    /// The microphone gives exact silence: muted or forbidden.
    Muted,
    /// No sound has come for a second.
    Stalled,
    /// The microphone is back.
    DeviceBack,
    /// The clock is not good enough; recording goes on, edges may be off.
    ClockPoor,
    /// Saving takes long: nothing is lost, takes wait in memory.
    DiskSlow,
    /// The take of this text was cut short; what was recorded is kept, and the item is open.
    Interrupted {
        /// What was being read.
        text: String,
        /// One of the cutter's words: `device_lost`, `suspended`, `writer_queue`, `terminated`, ...
        cause: &'static str,
    },
    /// The machine slept; the microphone is opened anew.
    Slept,
    /// Holding is not reported by this terminal: Space starts and stops.
    HoldUnavailable,
    /// There is no item before or after.
    NoFurther,
    /// The microphone check found nothing to do.
    CheckGood,
    /// The room has become noisier since the check.
    RoomNoisier,
    /// Hands-free: nothing was said for a while.
    TakeYourTime,
    /// Hands-free: nothing was said for so long that it pauses.
    NobodySpoke,
    /// Hands-free: three readings in a row could not be used, so it pauses.
    ThreeMisses,
    /// The take of this prompt begins or ends in the midst of speech; it comes back later.
    CutOff(String),
    /// The take of this prompt is kept, but something about it is for the operator: one of the verdict's words.
    Doubtful(String, &'static str),
    /// The take is flagged.
    Flagged,
    /// The take is not flagged any more.
    Unflagged,
    /// What was really said is written down; the label is not trusted any more.
    Transcribed,
    /// What the prompt says counts as said again.
    NoTranscript,
    /// The label fits what was said.
    LabelFits,
    /// The label does not fit what was said, or nobody knows.
    LabelUnsure,
}

/// What comes after a practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterPractice {
    /// The same once more.
    Again,
    /// Another one.
    Another,
    /// What counts.
    Items,
}

/// A question, or a trouble that needs an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    /// Why skip? Four choices and Escape.
    SkipReason,
    /// Delete the last take of this prompt for good? Yes or no.
    ConfirmDelete(String),
    /// The microphone is being checked.
    Check(CheckStep),
    /// What to know before what comes now: a text of the study.
    Instructions(String),
    /// A rest is offered, in the study's words where it has some.
    Rest(Option<String>),
    /// All keys.
    Help,
    /// A remark on why a take is flagged; may be empty.
    Note(TakeText),
    /// What was really said in a take.
    Transcript(TakeText),
    /// What was said was written down: does the label still fit? Yes or no.
    ConfirmLabel {
        /// The label of the item.
        label: String,
        /// What was said.
        said: String,
    },
    /// All items.
    Items(Arc<ItemsView>),
    /// No microphone (or the one asked for is missing): what there is, the demo speaker as an offer.
    NoSource {
        /// What happened.
        reason: String,
        /// Inputs there are, numbered from 1 for `Choose`; the demo speaker is always the last.
        inputs: Vec<String>,
    },
    /// The microphone has gone; the same one is taken again by itself when it is back.
    SourceGone {
        /// Its name.
        name: String,
    },
    /// The disk is full; what was kept; Enter tries again.
    DiskFull(String),
    /// The folder cannot be written; Enter tries again.
    CannotWrite(String),
}

/// How far a microphone check has come.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckStep {
    /// The room is listened to for so many seconds more.
    Silence {
        /// Whole seconds, rounded up.
        seconds_left: u64,
    },
    /// A moment's work.
    Wait,
    /// The sentence is waited for.
    Sentence,
    /// It is being said.
    Hearing,
    /// Something could be better.
    Report(Box<CheckReport>),
}

/// The end of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// All items are done.
    pub complete: bool,
    /// Items with a take that counts, in this pass.
    pub recorded: usize,
    /// Takes that replaced another in this session.
    pub redone: usize,
    /// Items passed over, in this pass.
    pub skipped: usize,
    /// Items left.
    pub remaining: usize,
    /// Minutes of audio that count, this session.
    pub minutes: f64,
    /// Speaker id.
    pub speaker: String,
    /// Where the folder is.
    pub folder: String,
    /// The command to go on or to export.
    pub command: String,
    /// The study's last words.
    pub closing: Option<String>,
    /// What went wrong and was not mended, in plain words.
    pub troubles: Vec<String>,
}
