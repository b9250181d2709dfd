//! Forms: questions, one on a screen.

use serde_json::Value;

/// One question of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Key of the answer in `speaker.json` or `session.json`: lower case letters, digits and `_`.
    pub id: String,
    /// What is asked.
    pub question: String,
    /// A line below it.
    pub help: Option<String>,
    /// Which answers there are.
    pub kind: QuestionKind,
    /// Whether it must be answered. Otherwise Enter on nothing passes over it, and nothing is stored.
    pub required: bool,
}

/// Which answers a question has.
#[derive(Clone, Debug, PartialEq)]
pub enum QuestionKind {
    /// A line of free text.
    Text {
        /// Most characters.
        max_characters: Option<u32>,
    },
    /// A whole number.
    Number {
        /// The least.
        min: Option<i64>,
        /// The most.
        max: Option<i64>,
    },
    /// One of several, by arrow or digit.
    Choice {
        /// At least two.
        choices: Vec<Choice>,
        /// Whether something else can be typed.
        other: bool,
    },
    /// Yes or no.
    YesNo,
}

/// One answer of a choice: a plain string is both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Shown and stored.
    Plain(String),
    /// Shown as one, stored as the other.
    Named {
        /// Stored.
        value: String,
        /// Shown.
        text: String,
    },
}

impl Choice {
    /// What is stored.
    pub fn value(&self) -> &str {
        match self {
            Self::Plain(value) | Self::Named { value, .. } => value,
        }
    }

    /// What is shown.
    pub fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Named { text, .. } => text,
        }
    }
}

/// An answer as records keep it.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Of a text or a choice.
    Text(String),
    /// Of a number.
    Number(i64),
    /// Of yes or no.
    YesNo(bool),
}

impl From<Answer> for Value {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Text(text) => text.into(),
            Answer::Number(number) => number.into(),
            Answer::YesNo(yes) => yes.into(),
        }
    }
}
