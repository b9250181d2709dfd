//! A study: the one file that fixes how everybody is recorded. Data and its reading from text; no other I/O.
//!
//! A file is taken whole or not at all: every mistake is named at once, with line and column. `docs/study.md` explains
//! every key. Recording settings stand in it under the names of their flags and are kept as they stand; what they mean,
//! the command line knows ([`SettingRules`]). What is here is what speakers are asked and told.

mod agreement;
mod consent;
mod fields;
mod file;
mod form;
mod limits;
mod quotas;
mod script;

use std::collections::BTreeMap;

pub use consent::{Consent, Giver, KNOWN_SCOPES, Means, Scope};
pub use file::{Practice, SettingRules, Study};
pub use form::{Answer, Choice, Question, QuestionKind};
pub use limits::Limits;
pub use quotas::Quotas;

/// What a study asks and tells its speakers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// What is told at the start and before sections.
    pub instructions: Instructions,
    /// When a rest is offered.
    pub breaks: Option<Breaks>,
    /// What is asked of every speaker once, in this order; answers stand in `speaker.json`.
    pub speaker_form: Vec<Question>,
    /// What is asked at every session, in this order; answers stand in `session.json`.
    pub session_form: Vec<Question>,
    /// What a speaker agrees to before the microphone opens; `None`: nothing is asked.
    pub consent: Option<Consent>,
}

/// Texts for the speaker. Paragraphs are parted by blank lines; other line breaks are blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instructions {
    /// Before the first item of a session.
    pub start: Option<String>,
    /// Before the first item of a section, by its name; a list's own instructions for it are used where none stand here.
    pub sections: BTreeMap<String, String>,
    /// On the last screen.
    pub end: Option<String>,
}

/// A rest is offered, never forced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaks {
    /// After so many items, counted from the last rest.
    pub every_items: Option<u32>,
    /// After so many minutes, counted from the last rest; at the next item's end.
    pub every_minutes: Option<u32>,
    /// What is said then, instead of the program's own words.
    pub text: Option<String>,
}

impl Script {
    /// Whether anything is asked before a session.
    pub fn asks(&self) -> bool {
        self.consent.is_some() || !self.speaker_form.is_empty() || !self.session_form.is_empty()
    }
}

#[cfg(test)]
mod tests;
