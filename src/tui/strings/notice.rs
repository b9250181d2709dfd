//! What has happened, in one line: what was kept, what to do.

use crate::session::view::{AfterPractice, Notice};
use crate::tui::keys::{Action, Keymap};
use crate::tui::text::shorten;

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Well done.
    Good,
    /// To know.
    Info,
    /// Something is wrong.
    Warning,
}

/// A notice in words.
pub fn notice(notice: &Notice, keys: &Keymap) -> (Tone, String) {
    let start = keys.label(Action::StartStop);
    let quoted = |text: &str| format!("“{}”", shorten(text, 24));
    match notice {
        Notice::LostFrames(text) => warn(format!(
            "Some sound of {} was lost. The rest is kept; it comes again later.",
            quoted(text)
        )),
        Notice::NothingHeard(text) => warn(format!(
            "Nothing was heard for {}. It comes again later. Is the microphone on?",
            quoted(text)
        )),
        Notice::TooLoud(text) => warn(format!(
            "{} was too loud. It comes again later. Sit back a little.",
            quoted(text)
        )),
        Notice::TooLong(text) => warn(format!(
            "{} took so long that the recording ended by itself. It is kept.",
            quoted(text)
        )),
        Notice::Cancelled => info(format!(
            "Cancelled: this recording does not count. Press {start} to try again."
        )),
        Notice::Restarted => info("Started over: read it from the beginning."),
        Notice::Redoing => info("Read this one again. The earlier recording is kept until then."),
        Notice::Undone => info("Undone."),
        Notice::NothingToUndo => info("There is nothing to undo."),
        Notice::NoTake => info("You have not recorded this one yet."),
        Notice::Deleted => info("Deleted for good."),
        Notice::Skipped => info(format!(
            "Skipped. Press {} to take that back.",
            keys.label(Action::Undo)
        )),
        Notice::Practised { trouble, then } => practised(*trouble, *then),
        Notice::Accepted => (Tone::Good, "Kept.".into()),
        Notice::CannotPlay(why) => warn(format!(
            "It cannot be played: {}. The recording is safe.",
            why.trim_end_matches('.')
        )),
        Notice::CannotPlayPrompt(why) => warn(format!(
            "This cannot be played: {}. Go on without it.",
            why.trim_end_matches('.')
        )),
        Notice::Muted => {
            warn("The microphone gives no sound at all: it may be switched off or muted.")
        }
        Notice::Stalled => {
            warn("No sound arrives from the microphone. What you have recorded is kept.")
        }
        Notice::DeviceBack => (Tone::Good, "The microphone is back.".into()),
        Notice::ClockPoor => warn(
            "The microphone is unsteady. You can go on: wait a moment before and after you speak.",
        ),
        Notice::DiskSlow => warn("Saving takes long at the moment. Nothing is lost: just go on."),
        Notice::Interrupted { text, cause } => {
            let text = quoted(text);
            warn(format!(
                "{}, so {text} was cut short. What was heard is kept; it comes again.",
                interruption(cause)
            ))
        }
        Notice::Slept => info("The computer was asleep. The microphone is opened again."),
        Notice::HoldUnavailable => info(format!(
            "This terminal does not tell when a key is let go: press {start} to start and again to stop."
        )),
        Notice::NoFurther => info("There is nothing further this way."),
        Notice::CheckGood => (Tone::Good, "The sound is good.".into()),
        Notice::RoomNoisier => warn(format!(
            "The room has become noisier. Press {} to check the microphone.",
            keys.label(Action::Check)
        )),
        Notice::TakeYourTime => info("Take your time. Read it aloud when you are ready."),
        Notice::NobodySpoke => info(format!(
            "Nothing was said for a while, so it waits. Press {start} to go on."
        )),
        Notice::ThreeMisses => warn(format!(
            "Three in a row could not be used. Sit closer, speak up, then press {start} to go on."
        )),
        Notice::CutOff(text) => warn(format!(
            "A part of {} was cut off. It comes again later. Wait a moment before and after you speak.",
            quoted(text)
        )),
        Notice::Doubtful(text, word) => info(doubt(&quoted(text), word)),
        Notice::Flagged => info(format!(
            "Flagged. Press {} to take that back.",
            keys.label(Action::Flag)
        )),
        Notice::Unflagged => info("Not flagged any more."),
        Notice::Transcribed => info("Written down, beside the text that was to be read."),
        Notice::NoTranscript => info("Taken back: what was to be read counts as said."),
        Notice::LabelFits => info("Written down; the label is confirmed."),
        Notice::LabelUnsure => {
            info("Written down; the label is not trusted until it is confirmed.")
        }
    }
}

/// What is doubtful about a recording that is kept, and what may be done.
fn doubt(text: &str, word: &str) -> String {
    match word {
        "no_voice" => format!("No voice was found in {text}. It is kept for a look."),
        "cough" => format!("{text} sounded like a cough. It is kept for a look."),
        "quiet" => format!("{text} was rather quiet. It is kept. Come a little closer."),
        "loud" => format!("{text} was rather loud. It is kept. Sit back a little."),
        "noisy" => format!("There was noise around {text}. It is kept."),
        "double_reading" => format!("{text} seems to be said twice. It is kept for a look."),
        "correction" => format!("{text} seems to be begun twice. It is kept for a look."),
        "short" => format!("{text} was very short. It is kept. Was something left out?"),
        "long" => format!("{text} took long. It is kept for a look."),
        _ => format!("{text} sounded unlike the others. It is kept for a look."),
    }
}

/// What is said after a practice.
fn practised(trouble: Option<&str>, then: AfterPractice) -> (Tone, String) {
    let heard = match trouble {
        None => "That was good.",
        Some("silent" | "no_voice") => "Nothing was heard. Speak a little louder.",
        Some("clipped" | "loud") => "That was too loud. Sit back a little.",
        Some("quiet") => "That was rather quiet. Come a little closer.",
        Some("noisy") => "There was noise around it.",
        Some("start_cut" | "end_cut") => {
            "A part was cut off. Wait a moment before and after you speak."
        }
        Some("lost_frames") => "A part of the sound was lost.",
        Some(_) => "That sounded unusual.",
    };
    let next = match then {
        AfterPractice::Again => "Once more.",
        AfterPractice::Another => "Another one.",
        AfterPractice::Items => "From now on it counts.",
    };
    let tone = if trouble.is_none() {
        Tone::Good
    } else {
        Tone::Warning
    };
    (tone, format!("{heard} {next}"))
}

fn warn(words: impl Into<String>) -> (Tone, String) {
    (Tone::Warning, words.into())
}

fn info(words: impl Into<String>) -> (Tone, String) {
    (Tone::Info, words.into())
}

fn interruption(cause: &str) -> &'static str {
    match cause {
        "device_lost" => "The microphone went away",
        "suspended" => "The computer or the program was paused",
        "writer_queue" => "The disk was too slow",
        "disk_error" => "The disk did not take all of it",
        "terminated" | "left" => "The program was ended",
        _ => "Something went wrong",
    }
}
