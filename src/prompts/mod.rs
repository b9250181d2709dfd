//! Prompt lists: what is shown, in which order, under which ids. No I/O beyond reading text.
//!
//! A list is read whole or not at all: every mistake is named at once ([`PromptErrors`]), and what is merely odd becomes
//! a warning. `docs/prompts.md` describes the formats, `docs/order.md` the orders.

mod apart;
mod collect;
mod id;
mod join;
mod jsonl;
mod letters;
mod lines;
mod order;
mod problem;
mod text;
mod tsv;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use join::SharedId;
pub use order::{Arrangement, ITEMS_MAX, Item, Order, Shuffle, TooManyItems, expand};
pub use problem::{Place, Problem, PromptError, PromptErrors};

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
    /// What the reader should know, e.g. duplicate lines that became repeats; each names its file and line.
    pub warnings: Vec<String>,
}

/// How a prompt file is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Lines that begin with `#` are comments.
    pub comments: bool,
    /// Language (BCP 47) of the prompts that do not say theirs.
    pub language: Option<String>,
}

/// The formats that prompt files come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One prompt a line.
    Text,
    /// Columns between tabs, no quoting, with or without a header.
    Tsv,
}

impl PromptList {
    /// Reads the prompt file at `path`. Blocks.
    ///
    /// # Errors
    /// The file cannot be read, or has mistakes: all of them, each with its place.
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Self, PromptErrors> {
        let name = path.display().to_string();
        match std::fs::read(path) {
            Ok(bytes) => Self::parse(&name, &bytes, options),
            Err(error) => Err(PromptErrors::whole_file(&name, Problem::Unreadable(error))),
        }
    }

    /// Reads a prompt file's content. `name` is the file's path, for messages; its extension helps to tell the format.
    ///
    /// # Errors
    /// The content has mistakes: all of them, each with its place.
    pub fn parse(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Self, PromptErrors> {
        let bytes =
            lines::text_bytes(bytes).map_err(|problem| PromptErrors::whole_file(name, problem))?;
        let format = Format::detect(name, bytes, options.comments)
            .map_err(|problem| PromptErrors::whole_file(name, problem))?;
        let mut errors = Vec::new();
        let lines = lines::split(bytes, options.comments, &mut errors);
        let rows = match format {
            Format::Text => text::rows(&lines),
            Format::Tsv => tsv::rows(&lines, &mut errors),
        };
        collect::collect(name, &rows, options, errors)
    }
}

impl Format {
    /// The format of a file: by its extension, else by whether its first row has a tab between other characters.
    ///
    /// # Errors
    /// The extension names a format that is not read.
    fn detect(name: &str, bytes: &[u8], comments: bool) -> Result<Self, Problem> {
        let extension = Path::new(name)
            .extension()
            .and_then(|extension| extension.to_str())
            .map(str::to_ascii_lowercase)
            .unwrap_or_default();
        if matches!(extension.as_str(), "tsv" | "tab") {
            return Ok(Self::Tsv);
        }
        let has_tab = bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| !(comments && line.starts_with(b"#")))
            .map(<[u8]>::trim_ascii)
            .find(|line| !line.is_empty())
            .is_some_and(|line| line.contains(&b'\t'));
        match extension.as_str() {
            _ if has_tab => Ok(Self::Tsv),
            "csv" | "json" | "jsonl" | "xml" | "toml" | "yaml" | "yml" => {
                Err(Problem::UnknownFormat { extension })
            }
            _ => Ok(Self::Text),
        }
    }
}

/// The last part of a path, for the screen.
fn file_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(
        || path.to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Whether `tag` has the form of a BCP 47 language tag (RFC 5646): two or three letters (longer ones are not
/// registered), then parts of up to eight letters and digits, joined by `-`. Whether such a language exists is not looked up.
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests;
