//! Every sentence that a speaker reads, in one place: what happened, what was kept, what to press. Plain words, no
//! jargon. Keys are named as they are mapped. Questions, help and the last page are in [`pages`].

pub mod ask;
mod notice;
pub mod pages;
pub mod review;

pub use notice::{Tone, notice};

use super::keys::{Action, Keymap};
use super::state::{FieldUse, TextField};
use super::theme::{Role, Shape, Theme};
use crate::session::view::{
    CheckStep, Dialog, Heard, ItemState, Mode, Phase, PromptView, Seen, SessionView, SourceLine,
};

/// Shown, one after the other until one fits, where there is no room for the screen.
pub const TOO_SMALL: [&str; 6] = [
    "This window is too small to show the prompt. Make it larger. Nothing is lost; what is being recorded goes on.",
    "The window is too small. Make it larger. Nothing is lost.",
    "Too small. Make it larger. Nothing is lost.",
    "too small",
    "small",
    "!",
];

/// A key to press and what it does: `before` KEY `after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Words before the key.
    pub before: &'static str,
    /// The key.
    pub key: String,
    /// Words after it.
    pub after: String,
}

fn hint(before: &'static str, key: String, after: impl Into<String>) -> Hint {
    Hint {
        before,
        key,
        after: after.into(),
    }
}

/// `3 of 40`, or `Practice 1 of 2`.
pub fn place(view: &SessionView) -> String {
    let practice = if view.practice { "Practice " } else { "" };
    format!("{practice}{} of {}", view.position, view.total)
}

/// What stands where the prompt would, where this screen is not to show it.
pub fn instead_of(prompt: &PromptView, speaker_only: bool) -> Option<&'static str> {
    match prompt.seen {
        Seen::FromTheKey => Some("The words appear when you start."),
        Seen::ByOperator if speaker_only => Some("You will be told what this is about."),
        Seen::ByAll | Seen::ByOperator => None,
    }
}

/// A word to the operator.
pub fn for_operator(comment: &str) -> String {
    format!("(for the operator: {comment})")
}

/// What has become of the item that is up, where it is not open.
pub fn item_state(state: ItemState) -> Option<(Shape, &'static str)> {
    match state {
        ItemState::Open => None,
        ItemState::Recorded => Some((Shape::Done, "recorded")),
        ItemState::Skipped => Some((Shape::Skipped, "skipped")),
    }
}

/// Beside the state of an item whose take is flagged.
pub const FLAGGED: &str = "flagged";

/// Beside the state while the take before is being saved.
pub const SAVING: &str = "saving";

/// The one word of state, with its shape and role.
pub fn state(view: &SessionView) -> (Shape, &'static str, Role) {
    match view.phase {
        Phase::Recording => (Shape::Recording, "recording", Role::Recording),
        _ if matches!(
            view.dialog,
            Some(Dialog::Check(
                CheckStep::Silence { .. } | CheckStep::Wait | CheckStep::Hearing
            ))
        ) =>
        {
            (Shape::Busy, "listening", Role::Busy)
        }
        _ if matches!(view.dialog, Some(Dialog::Rest(_))) => {
            (Shape::Paused, "resting", Role::Strong)
        }
        _ if view.dialog.is_some() => (Shape::Ask, "waiting for you", Role::Plain),
        Phase::Opening => (Shape::Busy, "opening the microphone…", Role::Busy),
        Phase::Closing if view.practice => (Shape::Busy, "one moment", Role::Busy),
        Phase::Closing => (Shape::Busy, "saving", Role::Busy),
        _ if view.playing => (Shape::Play, "playing", Role::Busy),
        Phase::Idle if view.mode == Mode::HandsFree => (Shape::Ready, "listening", Role::Ready),
        Phase::Idle => (Shape::Ready, "ready", Role::Ready),
        Phase::Review if looks_back(view) => (Shape::Done, "kept", Role::Good),
        Phase::Review => (Shape::Ask, "keep it?", Role::Strong),
        Phase::Paused => (Shape::Paused, "paused", Role::Strong),
        Phase::Done => (Shape::Done, "all done", Role::Good),
    }
}

/// The take that is looked at needs no decision.
fn looks_back(view: &SessionView) -> bool {
    let review = view.review.as_ref();
    review.is_some_and(|review| !review.undecided)
}

/// How long the take is, for the state: `0:07`, or `1 of 2 s` where its length is fixed.
pub fn take_length(view: &SessionView) -> String {
    let seconds = view.take_seconds;
    match view.mode {
        Mode::Timed { ms } => format!("{seconds} of {} s", seconds_of(ms)),
        _ => format!("{}:{:02}", seconds / 60, seconds % 60),
    }
}

fn seconds_of(ms: u32) -> String {
    format!("{}", f64::from(ms) / 1000.0)
}

/// What to press now: the main thing first, in full, then the rest, the least needed last (a narrow screen leaves them
/// out from the end). Keys that were taken away are not named.
pub fn hints(view: &SessionView, keys: &Keymap) -> Vec<Hint> {
    let mut hints = all_hints(view, keys);
    hints.retain(|hint| !hint.key.is_empty() || !hint.before.is_empty());
    hints
}

fn all_hints(view: &SessionView, keys: &Keymap) -> Vec<Hint> {
    match &view.dialog {
        Some(_) if view.phase == Phase::Recording => return recording_hints(view.mode, keys),
        Some(dialog) => return dialog_hints(dialog, view.phase, keys),
        None => {}
    }
    let key = |action| keys.label(action);
    let help = hint("", key(Action::Help), "help");
    let quit = hint("", key(Action::Quit), "leave");
    let redo = hint("", key(Action::Redo), "read again");
    let play = hint("", key(Action::Play), "listen");
    let start = key(Action::StartStop);
    match view.phase {
        Phase::Opening => vec![quit],
        Phase::Closing => vec![],
        _ if view.eliciting => {
            let heard = view.prompt.as_ref().map(|prompt| prompt.heard);
            let begin = if heard == Some(Heard::ToItsEnd) {
                hint("Listen", String::new(), "")
            } else {
                hint("Listen;", start, "begins at once")
            };
            vec![begin, help, quit]
        }
        _ if view.playing => {
            let mut hints = vec![hint("Press", start, "to stop the playback")];
            let review = view.review.as_ref().filter(|r| !r.playing_speech);
            let outline = review.and_then(|review| review.outline.as_ref());
            if outline.is_some_and(|outline| outline.speech.is_some()) {
                hints.push(hint("", key(Action::Play), "the speech alone"));
            }
            hints.push(help);
            hints
        }
        Phase::Recording => recording_hints(view.mode, keys),
        Phase::Review => {
            let enter = if looks_back(view) {
                "to go back"
            } else {
                "to keep it"
            };
            let flag = if view.marks.flagged { "unflag" } else { "flag" };
            vec![
                hint("Press", key(Action::Accept), enter),
                play,
                redo,
                hint("", key(Action::Flag), flag),
                hint("", key(Action::Transcribe), "transcript"),
                help,
                hint("", key(Action::List), "list"),
                quit,
            ]
        }
        Phase::Paused => vec![hint("Press", start, "to go on"), help, quit],
        Phase::Done => vec![
            hint("Press", key(Action::Quit), "to finish"),
            hint("", key(Action::Previous), "look back"),
            help,
        ],
        Phase::Idle => {
            let main = match view.mode {
                Mode::Hold => hint("Hold", start, "down and read aloud"),
                Mode::Timed { ms } => hint(
                    "Press",
                    start,
                    format!("and read aloud: it stops after {} s", seconds_of(ms)),
                ),
                Mode::HandsFree => hint("Just read it aloud;", start, "pause"),
                Mode::Keys | Mode::HoldUnavailable => hint("Press", start, "and read aloud"),
            };
            let skip = hint("", key(Action::Skip), "skip");
            let look = hint("", key(Action::Accept), "look at it");
            let list = hint("", key(Action::List), "list");
            let prompt = view.prompt.as_ref();
            let heard = prompt.is_some_and(|prompt| prompt.heard != Heard::No);
            let unheard = prompt.is_some_and(|prompt| prompt.unheard);
            let again = hint("", key(Action::Play), "hear it again");
            let try_again = hint("", key(Action::Play), "try to play it");
            if view.item == ItemState::Recorded {
                vec![main, help, look, play, list, quit]
            } else if unheard {
                vec![main, try_again, help, skip, quit, list]
            } else if view.has_last_take {
                vec![main, help, redo, skip, play, quit, list]
            } else if heard {
                vec![main, again, help, skip, quit, list]
            } else {
                vec![main, help, skip, quit, list]
            }
        }
    }
}

fn recording_hints(mode: Mode, keys: &Keymap) -> Vec<Hint> {
    let start = keys.label(Action::StartStop);
    let main = match mode {
        Mode::Hold => hint("Let go of", start, "when you have finished"),
        Mode::Timed { .. } => hint("Read aloud: it stops by itself", String::new(), ""),
        Mode::HandsFree => hint("It stops when you stop;", start, "pause"),
        Mode::Keys | Mode::HoldUnavailable => hint("Press", start, "when you have finished"),
    };
    let again = hint("", keys.label(Action::Redo), "start over");
    vec![main, again, hint("", keys.label(Action::Cancel), "cancel")]
}

fn dialog_hints(dialog: &Dialog, phase: Phase, keys: &Keymap) -> Vec<Hint> {
    let again = |words: &'static str| hint("Press", keys.label(Action::Accept), words);
    let unsaved = phase == Phase::Closing;
    let leave = if unsaved {
        "leave without saving the rest"
    } else {
        "leave"
    };
    let quit = hint("", keys.label(Action::Quit), leave);
    let back = keys.label(Action::Cancel);
    match dialog {
        Dialog::Check(CheckStep::Report(_)) => vec![
            again("to check again"),
            hint("", keys.label(Action::StartStop), "go on anyway"),
            quit,
        ],
        Dialog::Instructions(_) | Dialog::Rest(_) => vec![again("to go on"), quit],
        Dialog::Check(_) => vec![
            hint("Press", keys.label(Action::StartStop), "to skip the check"),
            quit,
        ],
        Dialog::SkipReason => vec![
            hint("Press", "1".into(), "to 4"),
            hint("", back, "back, do not skip"),
        ],
        Dialog::ConfirmDelete(_) => vec![
            hint("Press", "Y".into(), "to delete it"),
            hint("", "N".into(), "keep it"),
        ],
        Dialog::Help => vec![hint("Press", back, "to go back")],
        Dialog::Note(_) => typing_hints("to flag it"),
        Dialog::Transcript(_) => typing_hints("to write it down"),
        Dialog::ConfirmLabel { .. } => vec![
            hint("Press", "Y".into(), "if it fits"),
            hint("", "N".into(), "it does not, or I cannot tell"),
        ],
        Dialog::Items(_) => vec![
            hint("Press", keys.label(Action::Accept), "to go there"),
            hint("", "1".into(), "to 4 choose what is listed"),
            hint("", back, "back"),
        ],
        Dialog::NoSource { .. } => vec![
            hint("Press", "a number".into(), "to choose"),
            hint("", keys.label(Action::Accept), "look again"),
            quit,
        ],
        Dialog::SourceGone { .. } => vec![again("to try now"), quit],
        Dialog::DiskFull(_) | Dialog::CannotWrite(_) => vec![again("to try again"), quit],
    }
}

/// In a text field keys have their usual meaning, whatever they are mapped to.
fn typing_hints(enter: &'static str) -> Vec<Hint> {
    vec![
        hint("Press", "Enter".into(), enter),
        hint("", "Esc".into(), "back"),
    ]
}

/// What found no room in a field.
pub fn untaken(field: &TextField) -> Option<String> {
    let what = match field.used_for {
        FieldUse::Id => "An id",
        FieldUse::Words => "This text",
        FieldUse::Answer { .. } => "This answer",
    };
    let characters = match field.used_for.most() {
        1 => "1 character".into(),
        most => format!("{most} characters"),
    };
    match field.untaken {
        0 => None,
        1 => Some(format!("{what} can have {characters}; 1 was not taken.")),
        n => Some(format!("{what} can have {characters}; {n} were not taken.")),
    }
}

/// The ends of the level meter, and its mark.
pub const QUIET: &str = "quiet";
/// The right end.
pub const LOUD: &str = "loud";
/// Beside the meter.
pub const CLIPPING: &str = "too loud";

/// Source and format: `Studio USB`, `48 kHz`, `mono`, `16 bit`.
pub fn source(source: &SourceLine) -> [String; 4] {
    let rate = format!("{} kHz", f64::from(source.sample_rate_hz) / 1000.0);
    let channels = match source.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        n => format!("{n} channels"),
    };
    let bits = match source.bits.strip_suffix('f') {
        Some(float) => format!("{float}-bit float"),
        None => format!("{} bit", source.bits),
    };
    [source.name.clone(), rate, channels, bits]
}

/// Recording time left; few minutes are a warning.
pub fn time_left(minutes: u64) -> (Role, String) {
    match minutes {
        0..10 => (Role::Warning, format!("room for {minutes} min only")),
        10..120 => (Role::Quiet, format!("room for {minutes} min")),
        120..6000 => (Role::Quiet, format!("room for {} h", minutes / 60)),
        _ => (Role::Quiet, "room for 100 h and more".into()),
    }
}

/// What to press where a page is to be read on.
pub fn read_on(keys: &Keymap) -> Hint {
    hint("Press", keys.label(Action::Accept), "to read on")
}

/// A mark that there is more to read.
pub fn more(theme: Theme, down: bool, keys: &Keymap) -> String {
    let (shape, way) = if down {
        (theme.shape(Shape::Below), "below")
    } else {
        (theme.shape(Shape::Above), "above")
    };
    let key = keys.scroll_label(down);
    let key = key.map(|key| format!(" ({key})")).unwrap_or_default();
    format!("{shape} more {way}{key}")
}
