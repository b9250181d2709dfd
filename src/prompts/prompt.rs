//! What a prompt list holds: prompts, and the sections they stand in.

use serde::{Deserialize, Serialize};

use super::Order;

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
    /// The class, for classifiers: as given, or the text where that is one word and the list has no column for labels.
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
    /// What the text means, in a language that the speaker knows better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<String>,
    /// File to be heard before the take, for elicitation by ear; kept as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<String>,
    /// Picture that belongs to the prompt; kept as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Length of a timed take, ms: at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u32>,
    /// Sound to be kept from before the start, ms, where the list asks for its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_delay_ms: Option<u32>,
    /// Sound to be kept from after the stop, ms, where the list asks for its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_delay_ms: Option<u32>,
    /// A word to the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// A page that is shown before this prompt; may have several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// A page that is shown after the list's last prompt; may have several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub afterwards: Option<String>,
    /// A beep is asked for before the take.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beep: bool,
    /// What is heard or seen before the take cannot be cut short.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blocked: bool,
}

fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it with a reference
fn is_one(n: &u32) -> bool {
    *n == 1
}

/// What a list says of a section: of the prompts, next to each other, whose `section` is its name. Sections of which
/// nothing is said have none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// As in [`Prompt::section`]; no two sections of a list have one name.
    #[serde(skip)]
    pub name: String,
    /// Order of its prompts, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// How its takes start and stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<SectionMode>,
    /// A page that is shown before its first prompt, whichever that is; may have several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// When the prompt is to be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_phase: Option<PromptPhase>,
    /// Whether the speaker sees the prompts, or the operator alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker_display: Option<bool>,
}

impl Section {
    /// Nothing is said of it but its name.
    pub fn is_plain(&self) -> bool {
        let name = self.name.clone();
        *self
            == Self {
                name,
                ..Self::default()
            }
    }
}

/// How the takes of a section start and stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SectionMode {
    /// A key starts, a key stops.
    Keys,
    /// Speech starts and stops them.
    HandsFree,
    /// A key starts, each prompt's duration stops.
    Timed,
}

/// When a prompt is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PromptPhase {
    /// Before the take starts, and in it.
    Idle,
    /// From the take's start key on, before it counts.
    Prerecording,
    /// In the take alone.
    Recording,
}
