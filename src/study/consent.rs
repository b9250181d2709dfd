//! Consent: what a speaker agrees to, and what is kept of it.

use serde::{Deserialize, Serialize};

/// What is asked before the microphone opens.
#[derive(Clone, Debug, PartialEq)]
pub struct Consent {
    /// A new version asks everybody again.
    pub version: String,
    /// What is read; the program's own text where `None`. Its SHA-256 is kept with the answer.
    pub text: Option<String>,
    /// What can be agreed to, one by one. A required one that is refused ends the session.
    pub scopes: Vec<Scope>,
    /// Who may give it; more than one: it is asked.
    pub givers: Vec<Giver>,
    /// How it may be given; more than one: it is asked.
    pub means: Vec<Means>,
}

/// Something to agree to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Word in records: `study`, `sharing`, `publication`, `voice_synthesis`, or the study's own.
    pub id: String,
    /// What it means, as a sentence to agree to; the program's own for the four words above where `None`.
    pub text: Option<String>,
    /// Without it there is no session.
    pub required: bool,
}

/// Who gives a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giver {
    /// The speaker.
    #[serde(rename = "self")]
    Oneself,
    /// A guardian.
    Guardian,
}

/// How a consent is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// On this screen.
    Screen,
    /// On paper, before.
    Paper,
    /// By word of mouth.
    Spoken,
}

/// The scopes for which the program has sentences of its own.
pub const KNOWN_SCOPES: [&str; 4] = ["study", "sharing", "publication", "voice_synthesis"];
