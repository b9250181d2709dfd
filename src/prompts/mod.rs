//! Prompt lists: what is shown, in which order, under which ids. No I/O beyond reading text.

pub mod order;

use serde::{Deserialize, Serialize};

/// One line of a prompt list, as the speaker and the corpus see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Stable id: given, or a slug of the text (with a hash where the slug says less). Never a line number.
    pub id: String,
    /// What is shown, exactly as it was read.
    pub text: String,
    /// What should be said, where it differs from `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoken: Option<String>,
    /// The class, for classifiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// How to say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The part of the list it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// A word to the speaker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How often the list itself has this prompt (duplicate lines become repeats): at least 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub repeat: u32,
}

fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it with a reference
fn is_one(n: &u32) -> bool {
    *n == 1
}

/// A prompt list as read and normalised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptList {
    /// File name without folder, for the screen.
    pub name: String,
    /// In the file's order, ids unique.
    pub prompts: Vec<Prompt>,
    /// First 12 hex digits of the SHA-256 of the normalised list.
    pub sha256: String,
    /// What the reader should know, e.g. duplicate lines that became repeats; each names its line.
    pub warnings: Vec<String>,
}
