//! The words around what a study asks and tells: consent, forms, the page of all answers, instructions, a rest.

use crate::session::view::{
    AnswerBy, AnswerView, AskPage, AskView, AskedWords, QuestionView, Refused,
};
use crate::study::{Giver, Means};
use crate::tui::keys::{Action, Keymap};

use super::pages::Page;
use super::{Hint, hint};

/// `2 of 5`.
pub fn place((at, of): (usize, usize)) -> String {
    format!("{at} of {of}")
}

/// The heading of a page: the question itself, where there is one.
pub fn title(page: &AskPage) -> String {
    match page {
        AskPage::Read(_) => "Before you begin".into(),
        AskPage::Question(question) => asked(&question.words).to_owned(),
        AskPage::Confirm { .. } => "Is this right?".into(),
        AskPage::Leave => "Then nothing is recorded.".into(),
    }
}

/// A question in words.
pub fn asked(words: &AskedWords) -> &str {
    match words {
        AskedWords::Words(words) | AskedWords::Scope(words) => words,
        AskedWords::Giver => "Who gives this consent?",
        AskedWords::Means => "How is this consent given?",
    }
}

/// What is said below the heading; the last of it may be overlooked.
pub fn below(view: &AskView, keys: &Keymap) -> Vec<String> {
    match &view.page {
        AskPage::Read(_) => vec![format!("Your speaker id is {}.", view.speaker)],
        AskPage::Question(question) => {
            let mut words: Vec<String> = question.help.iter().cloned().collect();
            words.extend(about(question, keys));
            words
        }
        AskPage::Confirm { .. } => Vec::new(),
        AskPage::Leave => {
            vec!["Nothing has been recorded or kept so far. Do you want to leave?".into()]
        }
    }
}

/// Whether an answer is needed, where that is to be known.
fn about(question: &QuestionView, keys: &Keymap) -> Option<String> {
    let words = match (&question.words, question.required) {
        (AskedWords::Scope(_), true) => {
            "Do you agree? Nothing can be recorded without this.".into()
        }
        (AskedWords::Scope(_), false) => "Do you agree? You can take part either way.".into(),
        (_, true) => return None,
        (_, false) => {
            let enter = match question.answer {
                AnswerBy::Line { .. } => "Enter".into(),
                AnswerBy::Choice { .. } => keys.label(Action::Accept),
            };
            format!("You need not answer: {enter} alone passes over it.")
        }
    };
    Some(words)
}

/// What can be chosen: the key where there is one, and the words.
pub fn choices(view: &AskView) -> Vec<(String, String)> {
    let scope = |question: &QuestionView| matches!(question.words, AskedWords::Scope(_));
    match &view.page {
        AskPage::Question(question) => match &question.answer {
            AnswerBy::Choice { choices, .. } => {
                let row = |(index, choice): (usize, &AnswerView)| {
                    let agree = scope(question) && *choice == AnswerView::Yes;
                    let words = if agree {
                        "Yes, I agree"
                    } else {
                        answer(choice)
                    };
                    (key_of(index, choice), words.to_owned())
                };
                choices.iter().enumerate().map(row).collect()
            }
            AnswerBy::Line { .. } => Vec::new(),
        },
        AskPage::Leave => [("Y", "Yes, leave"), ("N", "No, go back")]
            .map(|(key, words)| (key.to_owned(), words.to_owned()))
            .into(),
        AskPage::Read(_) | AskPage::Confirm { .. } => Vec::new(),
    }
}

fn key_of(index: usize, choice: &AnswerView) -> String {
    match choice {
        AnswerView::Yes => "Y".into(),
        AnswerView::No => "N".into(),
        _ => (index + 1).to_string(),
    }
}

/// An answer in words.
pub fn answer(answer: &AnswerView) -> &str {
    match answer {
        AnswerView::Words(words) => words,
        AnswerView::Yes => "Yes",
        AnswerView::No => "No",
        AnswerView::Other => "Something else…",
        AnswerView::Giver(Giver::Oneself) => "I do, for myself",
        AnswerView::Giver(Giver::Guardian) => "A guardian, for me",
        AnswerView::Means(Means::Screen) => "Here, on this screen",
        AnswerView::Means(Means::Paper) => "On paper, signed before",
        AnswerView::Means(Means::Spoken) => "By word of mouth",
    }
}

/// On the page of all answers, where there is none.
pub const NOT_ANSWERED: &str = "not answered";

/// Why an answer was not taken.
pub fn refused(why: Refused) -> String {
    match why {
        Refused::Needed => "This one needs an answer.".into(),
        Refused::Number { min, max } => {
            let limits = match (min, max) {
                (Some(min), Some(max)) => format!(" from {min} to {max}"),
                (Some(min), None) => format!(", {min} or more"),
                (None, Some(max)) => format!(", {max} or less"),
                (None, None) => String::new(),
            };
            format!("Please type a whole number{limits}.")
        }
    }
}

/// What to press.
pub fn hints(view: &AskView, keys: &Keymap) -> Vec<Hint> {
    let enter = |words: &'static str| hint("Press", keys.label(Action::Accept), words);
    let back = hint("", keys.label(Action::Previous), "back");
    let quit = hint("", keys.label(Action::Quit), "leave");
    let mut hints = match &view.page {
        AskPage::Leave => {
            return vec![
                hint("Press", "Y".into(), "to leave"),
                hint("", "N".into(), "go back"),
            ];
        }
        AskPage::Read(_) => vec![enter("to go on")],
        AskPage::Confirm { marked: None, .. } => {
            vec![
                enter("if it is right"),
                hint("", "↑ ↓".into(), "choose one to change"),
            ]
        }
        AskPage::Confirm { .. } => vec![enter("to change it")],
        AskPage::Question(question) => match &question.answer {
            AnswerBy::Line { .. } => return line_hints(view.back),
            AnswerBy::Choice {
                marked: Some(_), ..
            } => vec![enter("to take it")],
            AnswerBy::Choice { choices, .. } => {
                let pass = hint("", keys.label(Action::Accept), "pass over it");
                let may = !question.required && !matches!(question.words, AskedWords::Scope(_));
                std::iter::once(pick(choices))
                    .chain(may.then_some(pass))
                    .collect()
            }
        },
    };
    if view.back {
        hints.push(back);
    }
    hints.push(quit);
    hints
}

fn pick(choices: &[AnswerView]) -> Hint {
    match choices {
        [AnswerView::Yes, AnswerView::No] => hint("Press", "Y or N".into(), ""),
        _ if choices.len() > 9 => hint("Type", "a number".into(), "or ↑ ↓"),
        _ => hint("Press", "1".into(), format!("to {}, or ↑ ↓", choices.len())),
    }
}

/// In a text field keys have their usual meaning, whatever they are mapped to.
fn line_hints(back: bool) -> Vec<Hint> {
    let mut hints = vec![hint("Press", "Enter".into(), "to go on")];
    if back {
        hints.push(hint("", "Esc".into(), "back"));
    }
    hints.push(hint("", "Ctrl-C".into(), "leave"));
    hints
}

/// A rest, in the study's words where it has some.
pub fn rest(words: Option<&str>) -> Page {
    let own = "Have a drink, stretch, look out of the window. Nothing is recorded meanwhile.";
    Page {
        title: "Rest if you like".into(),
        trouble: false,
        paragraphs: vec![words.unwrap_or(own).to_owned()],
        choices: Vec::new(),
    }
}

/// The paragraphs of a study's text: parted by blank lines; other line breaks are blanks.
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines().map(str::trim) {
        let last = paragraphs.len() - 1;
        match (line.is_empty(), paragraphs[last].is_empty()) {
            (true, true) => {}
            (true, false) => paragraphs.push(String::new()),
            (false, true) => paragraphs[last].push_str(line),
            (false, false) => {
                paragraphs[last].push(' ');
                paragraphs[last].push_str(line);
            }
        }
    }
    paragraphs.retain(|words| !words.is_empty());
    paragraphs
}
