//! What a face needs to draw what is asked before a session: a consent, a form, the page that lists all answers.

use crate::study::{Giver, Means};

/// One page of what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskView {
    /// Who is asked.
    pub speaker: String,
    /// Which page it is, from 1, of how many; `None` where it is beside the others.
    pub place: Option<(usize, usize)>,
    /// What stands on it.
    pub page: AskPage,
    /// Why the last answer was not taken.
    pub refused: Option<Refused>,
    /// There is a page before.
    pub back: bool,
}

/// What stands on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskPage {
    /// A text to read before anything is agreed to.
    Read(String),
    /// A question.
    Question(QuestionView),
    /// All answers, to confirm or to change.
    Confirm {
        /// What was asked, and what was answered.
        rows: Vec<(AskedWords, Option<AnswerView>)>,
        /// The row that Enter changes; `None`: Enter confirms.
        marked: Option<usize>,
    },
    /// What must be agreed to was refused: leave? Yes or no.
    Leave,
}

/// A question and how it can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionView {
    /// What is asked.
    pub words: AskedWords,
    /// A line below it.
    pub help: Option<String>,
    /// It must be answered, or agreed to.
    pub required: bool,
    /// How.
    pub answer: AnswerBy,
}

/// The words of a question: the study's, or the program's own about a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedWords {
    /// As they stand.
    Words(String),
    /// Something to agree to.
    Scope(String),
    /// Who gives the consent?
    Giver,
    /// How is it given?
    Means,
}

/// How a question can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerBy {
    /// One of these.
    Choice {
        /// In their order; by their digits, too, and where there are more than nine by their numbers and Enter.
        choices: Vec<AnswerView>,
        /// The one that Enter takes.
        marked: Option<usize>,
    },
    /// A line in a text field.
    Line {
        /// What stands in it at first.
        begin_with: String,
        /// Most characters.
        most: u32,
        /// Which of several fields that follow each other it is.
        field: usize,
    },
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerView {
    /// In the study's or the speaker's words.
    Words(String),
    /// Yes, or agreed.
    Yes,
    /// No, or not agreed.
    No,
    /// Something that is not among the choices.
    Other,
    /// Who gives a consent.
    Giver(Giver),
    /// How it is given.
    Means(Means),
}

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It must be answered.
    Needed,
    /// It is no whole number, or not within these.
    Number {
        /// The least.
        min: Option<i64>,
        /// The most.
        max: Option<i64>,
    },
}
