//! The sentences of whole pages: questions, troubles, help, who speaks, the end.

use crate::session::view::{CheckStep, Dialog, KnownSpeaker, SessionView, Summary};
use crate::signal::check::Advice;
use crate::tui::keys::{Action, Keymap};
use crate::tui::text::shorten;

use super::{Hint, hint};

/// A page: a heading, what there is to say, and what can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// In one line, what it is about.
    pub title: String,
    /// It is about something that is wrong.
    pub trouble: bool,
    /// What happened and what was kept.
    pub paragraphs: Vec<String>,
    /// Keys and what they choose.
    pub choices: Vec<(String, String)>,
}

fn page<const P: usize>(title: impl Into<String>, paragraphs: [String; P]) -> Page {
    Page {
        title: title.into(),
        trouble: false,
        paragraphs: paragraphs.into(),
        choices: Vec::new(),
    }
}

fn trouble<const P: usize>(title: impl Into<String>, paragraphs: [String; P]) -> Page {
    Page {
        trouble: true,
        ..page(title, paragraphs)
    }
}

/// A question or a trouble in words.
pub fn dialog(dialog: &Dialog, keys: &Keymap) -> Page {
    let again = keys.label(Action::Accept);
    match dialog {
        Dialog::Check(step) => check(step),
        Dialog::Instructions(words) => Page {
            paragraphs: super::ask::paragraphs(words),
            ..page("", [])
        },
        Dialog::Rest(words) => super::ask::rest(words.as_deref()),
        Dialog::SkipReason => Page {
            choices: numbered(&SKIP_REASONS),
            ..page("Why do you skip this one?", [])
        },
        Dialog::ConfirmDelete(text) => {
            let title = format!("Delete your recording of “{}” for good?", shorten(text, 30));
            let choices = [("Y", "Yes, delete it"), ("N", "No, keep it")];
            Page {
                choices: owned(&choices),
                ..page(title, ["It cannot be brought back.".into()])
            }
        }
        Dialog::Help => Page {
            choices: all_keys(keys),
            ..page("All keys", [])
        },
        Dialog::Note(about) => page(
            format!("Flag the recording of “{}”", shorten(&about.prompt, 30)),
            ["What is there to look at? A word is enough, and so is none.".into()],
        ),
        Dialog::Transcript(about) => page(
            "What was really said?",
            [
                format!("To be read: “{}”", shorten(&about.prompt, 120)),
                "It is kept beside that text. An empty line: said as it stands.".into(),
            ],
        ),
        Dialog::ConfirmLabel { label, said } => {
            let title = format!("Does the label “{}” still fit?", shorten(label, 30));
            let choices = [
                ("Y", "Yes, it fits what was said"),
                ("N", "No, or I cannot tell: do not trust it"),
            ];
            Page {
                choices: owned(&choices),
                ..page(title, [format!("Said: “{}”", shorten(said, 120))])
            }
        }
        Dialog::Items(items) => page(super::review::list(items), []),
        Dialog::NoSource { reason, inputs } => {
            let demo = "The demo speaker, to try this program without a microphone";
            let inputs: Vec<&str> = inputs.iter().map(String::as_str).chain([demo]).collect();
            Page {
                choices: numbered(&inputs),
                ..trouble(
                    "No microphone",
                    [sentence(reason), "What shall be used?".into()],
                )
            }
        }
        Dialog::SourceGone { name } => trouble(
            "The microphone has gone",
            [
                format!(
                    "“{}” is no longer there. What you have recorded is kept.",
                    shorten(name, 40)
                ),
                "Plug it in again: it goes on by itself.".into(),
            ],
        ),
        Dialog::DiskFull(what) => trouble(
            "The disk is full",
            [
                sentence(what),
                format!(
                    "What was saved before is safe. Make room on the disk, then press {again}."
                ),
            ],
        ),
        Dialog::CannotWrite(what) => trouble(
            "The recordings cannot be saved",
            [
                sentence(what),
                format!("What was saved before is safe. Mend the folder, then press {again}."),
            ],
        ),
    }
}

/// The microphone check.
fn check(step: &CheckStep) -> Page {
    match step {
        CheckStep::Silence { seconds_left } => page(
            "Checking the microphone",
            [
                "Please be quiet for a moment, so that the room can be heard.".into(),
                format!("{seconds_left} s"),
            ],
        ),
        CheckStep::Wait => page("Checking the microphone", ["One moment…".into()]),
        CheckStep::Sentence | CheckStep::Hearing => page(
            "Now count aloud from one to seven",
            ["In your own language, as loud as you are going to read.".into()],
        ),
        CheckStep::Report(report) => {
            let advice = report
                .advice
                .iter()
                .map(|advice| advised(*advice).to_owned());
            Page {
                trouble: true,
                title: "The sound could be better".into(),
                paragraphs: advice.collect(),
                choices: Vec::new(),
            }
        }
    }
}

/// What to do about what a check found.
fn advised(advice: Advice) -> &'static str {
    match advice {
        Advice::NoSpeech => "No voice was heard. Is this the right microphone, and is it on?",
        Advice::DigitalSilence => {
            "The microphone gives no sound at all while you are quiet: it may be muted, or a program may be silencing it."
        }
        Advice::Clipped => {
            "Your voice is cut off because it is too loud. Turn the input down, or sit back."
        }
        Advice::TooLoud => "Your voice is very loud. Turn the input down a little, or sit back.",
        Advice::TooQuiet => {
            "Your voice is soft. Come closer to the microphone, or turn the input up."
        }
        Advice::NoisyRoom => {
            "There is a lot of noise: a fan, a window, other people? Make it quieter, or come closer to the microphone."
        }
        Advice::Hum => {
            "There is a hum from the mains. Try another socket or cable, or move away from power supplies."
        }
        Advice::NarrowBandwidth => {
            "The sound is dull, as over a telephone. Is it a Bluetooth headset? A cable would be better."
        }
        Advice::NoiseSuppression => {
            "A program takes noise out of the sound. Switch its noise suppression off."
        }
        Advice::GainControl => "Something turns the level up and down. Switch automatic gain off.",
    }
}

/// The reasons for skipping, in the order of their numbers.
const SKIP_REASONS: [&str; 4] = [
    "I don't know how to say it",
    "Something is wrong with the text",
    "I find it offensive",
    "Another reason",
];

fn numbered(words: &[&str]) -> Vec<(String, String)> {
    words
        .iter()
        .enumerate()
        .map(|(index, words)| ((index + 1).to_string(), (*words).to_owned()))
        .collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(key, words)| ((*key).to_owned(), (*words).to_owned()))
        .collect()
}

/// `words` with a full stop at their end.
fn sentence(words: &str) -> String {
    let words = words.trim();
    let ends = words.is_empty() || words.ends_with(['.', '!', '?', '…']);
    if ends {
        words.to_owned()
    } else {
        format!("{words}.")
    }
}

fn all_keys(keys: &Keymap) -> Vec<(String, String)> {
    let mut rows: Vec<_> = Action::all()
        .filter(|action| !keys.label(*action).is_empty())
        .map(|action| (keys.labels(action), meaning(action).to_owned()))
        .collect();
    let scroll: Vec<String> = [false, true]
        .into_iter()
        .filter_map(|down| keys.scroll_label(down))
        .collect();
    if !scroll.is_empty() {
        rows.push((scroll.join(" "), "move in a long text".into()));
    }
    rows
}

fn meaning(action: Action) -> &'static str {
    match action {
        Action::StartStop => "start reading; stop reading",
        Action::Accept => "keep the recording; look at one; answer a question",
        Action::Redo => "read the last one again; while recording: start over",
        Action::Play => "listen to the last recording",
        Action::Skip => "skip this one",
        Action::Previous => "go to the one before",
        Action::Next => "go to the one after",
        Action::Undo => "take back the last decision",
        Action::Delete => "delete the last recording for good",
        Action::Flag => "flag the last recording with a note; take the flag back",
        Action::Transcribe => "write down what was really said",
        Action::List => "list everything; go to one",
        Action::Cancel => "cancel the recording; close a question",
        Action::Check => "check the microphone",
        Action::Help => "show this page",
        Action::Quit => "save and leave (Ctrl-C too)",
    }
}

/// Every prompt is done.
pub fn done(view: &SessionView) -> Page {
    let title = format!("All {} are done. Thank you!", view.total);
    page(
        title,
        ["You can still look back and read one again.".into()],
    )
}

/// The question at the start.
pub fn who_speaks() -> Page {
    page(
        "Who is speaking?",
        ["Your recordings are filed under this id. Keep it, or type another: it need not be a name.".into()],
    )
}

/// Where an empty answer takes the suggestion and nothing shows it beside the question.
pub fn suggested_id(id: &str) -> String {
    format!("Enter alone takes {id}.")
}

/// The question at the start where somebody has been here before.
pub fn continue_as(known: &KnownSpeaker) -> Page {
    let title = format!("Go on as {}?", known.id);
    page(
        title,
        [format!(
            "{} was last here on {}.",
            known.id, known.last_here
        )],
    )
}

/// What to press while an id is typed.
pub fn typing_hints() -> Vec<Hint> {
    vec![
        hint("Press", "Enter".into(), "to go on"),
        hint("", "Ctrl-C".into(), "leave"),
    ]
}

/// What to press when somebody is known.
pub fn continue_hints(known: &KnownSpeaker, keys: &Keymap) -> Vec<Hint> {
    vec![
        hint(
            "Press",
            keys.label(Action::Accept),
            format!("to go on as {}", known.id),
        ),
        hint("", "N".into(), "somebody else"),
        hint("", keys.label(Action::Quit), "leave"),
    ]
}

/// The last page's heading.
pub fn farewell(summary: &Summary) -> &'static str {
    match (summary.complete, summary.recorded) {
        (true, _) => "That was all. Thank you!",
        (false, 0) => "Nothing is recorded yet.",
        (false, _) => "Everything so far is saved. Thank you!",
    }
}

/// Above what went wrong.
pub const TROUBLES: &str = "What went wrong:";

/// What was done, as words and figures.
pub fn figures(summary: &Summary) -> Vec<(&'static str, String)> {
    let sound = match summary.minutes {
        minutes if minutes < 1.0 => format!("{:.0} s", minutes * 60.0),
        minutes => format!("{minutes:.1} min"),
    };
    let mut rows = vec![("recorded", summary.recorded.to_string())];
    let others = [
        ("read again", summary.redone),
        ("skipped", summary.skipped),
        ("still to read", summary.remaining),
    ];
    rows.extend(
        others
            .into_iter()
            .filter(|(_, n)| *n > 0)
            .map(|(word, n)| (word, n.to_string())),
    );
    rows.extend([
        ("this time", sound),
        ("speaker", summary.speaker.clone()),
        ("folder", summary.folder.clone()),
        ("next", summary.command.clone()),
    ]);
    rows
}

/// The last page as plain text, for the terminal once the screen is given back.
pub fn summary_text(summary: &Summary) -> String {
    let rows = figures(summary);
    let width = rows.iter().map(|(word, _)| word.len()).max().unwrap_or(0);
    let mut lines = vec![farewell(summary).to_owned()];
    lines.extend(
        summary
            .closing
            .as_deref()
            .into_iter()
            .flat_map(super::ask::paragraphs),
    );
    lines.extend(
        rows.iter()
            .map(|(word, value)| format!("  {word:width$}  {value}")),
    );
    if !summary.troubles.is_empty() {
        lines.push(TROUBLES.to_owned());
        lines.extend(
            summary
                .troubles
                .iter()
                .map(|trouble| format!("  - {trouble}")),
        );
    }
    lines.join("\n")
}

/// What to press on the last page.
pub fn farewell_hints(keys: &Keymap) -> Vec<Hint> {
    vec![
        hint("Press", keys.label(Action::Quit), "to leave"),
        hint("", keys.label(Action::List), "list"),
    ]
}
