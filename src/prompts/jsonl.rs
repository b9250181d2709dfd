//! The normalised list as it stands in a corpus: JSON Lines, one prompt a line, fields in a fixed order.

use std::collections::HashMap;

use super::lines::{self, Line};
use super::problem::Problem;
use super::{Prompt, PromptErrors, PromptList, file_name, id};

/// Digits of a list's hash, the name of its file in a corpus.
pub(super) const LIST_HASH_DIGITS: usize = 12;

impl PromptList {
    /// The normalised list: one JSON object a line, in the list's order, with the fields `id`, `text`, `spoken`, `label`,
    /// `language`, `hint`, `section`, `note` (absent where empty) and `repeat` (absent where 1), in this order.
    pub fn to_jsonl(&self) -> String {
        let mut jsonl = String::new();
        for prompt in &self.prompts {
            // Strings and a number cannot fail to become JSON.
            jsonl.push_str(&serde_json::to_string(prompt).unwrap_or_default());
            jsonl.push('\n');
        }
        jsonl
    }

    /// Reads what [`PromptList::to_jsonl`] made. `sha256` covers the bytes as they are, so it is the name that the file
    /// was given even where a later version has added fields.
    ///
    /// # Errors
    /// Lines that are no prompt, or ids that come twice: all of them, each with its place.
    pub fn from_jsonl(name: &str, bytes: &[u8]) -> Result<Self, PromptErrors> {
        let mut errors = Vec::new();
        let mut prompts = Vec::new();
        let mut first_lines = HashMap::new();
        for line in lines::split(bytes, false, &mut errors) {
            match prompt(&line, &mut first_lines) {
                Ok(prompt) => prompts.push(prompt),
                Err((offset, problem)) => errors.push(line.error(offset, problem)),
            }
        }
        if !errors.is_empty() {
            errors.sort_by_key(|error| error.place);
            let file = name.to_owned();
            return Err(PromptErrors { file, errors });
        }
        if prompts.is_empty() {
            return Err(PromptErrors::whole_file(name, Problem::EmptyList));
        }
        Ok(Self {
            name: file_name(name),
            prompts,
            sha256: id::hex(bytes, LIST_HASH_DIGITS),
            warnings: Vec::new(),
        })
    }
}

/// The prompt of one line, or what is wrong at which byte of it.
fn prompt(
    line: &Line,
    first_lines: &mut HashMap<String, usize>,
) -> Result<Prompt, (usize, Problem)> {
    let prompt: Prompt = serde_json::from_str(line.text).map_err(|error| {
        // serde_json's columns are in bytes; it may point behind the end or, for a missing field, to it.
        let mut offset = error.column().saturating_sub(1).min(line.text.len());
        while !line.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        (offset, Problem::Json(message.to_owned()))
    })?;
    if prompt.repeat == 0 || prompt.id.is_empty() || prompt.text.is_empty() {
        let what = "a prompt has an id, a text and a repeat of at least 1";
        return Err((0, Problem::Json(what.to_owned())));
    }
    match first_lines.insert(prompt.id.clone(), line.number) {
        None => Ok(prompt),
        Some(first_line) => Err((
            0,
            Problem::SameId {
                id: prompt.id,
                first_line,
            },
        )),
    }
}
