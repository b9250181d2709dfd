//! The normalised list as it stands in a corpus: JSON Lines, one prompt a line, fields in a fixed order.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::json;
use super::json_lines::SECTION_PROPERTIES;
use super::problem::Problem;
use super::source::{Line, Source};
use super::{Format, Prompt, PromptErrors, PromptList, Section, file_name, id};

/// Digits of a list's hash, the name of its file in a corpus.
pub(super) const LIST_HASH_DIGITS: usize = 12;

/// A prompt that opens a section of which something is said.
#[derive(Serialize)]
struct Opening<'a> {
    #[serde(flatten)]
    prompt: &'a Prompt,
    section_properties: &'a Section,
}

/// The same, read.
#[derive(Deserialize)]
struct Properties {
    section_properties: Option<Section>,
}

impl PromptList {
    /// The normalised list: one JSON object a line, in the list's order, with the fields of [`Prompt`] in their order,
    /// absent where they say nothing. The first prompt of a section of which something is said has `section_properties`
    /// behind them.
    pub fn to_jsonl(&self) -> String {
        let mut jsonl = Vec::new();
        let mut open: Vec<&Section> = self.sections.iter().collect();
        for prompt in &self.prompts {
            let opened = open
                .iter()
                .position(|section| prompt.section.as_deref() == Some(section.name.as_str()));
            // Strings and numbers cannot fail to become JSON.
            drop(match opened {
                None => serde_json::to_writer(&mut jsonl, prompt),
                Some(index) => {
                    let section_properties = open.remove(index);
                    let opening = Opening {
                        prompt,
                        section_properties,
                    };
                    serde_json::to_writer(&mut jsonl, &opening)
                }
            });
            jsonl.push(b'\n');
        }
        String::from_utf8(jsonl).unwrap_or_default()
    }

    /// Reads what [`PromptList::to_jsonl`] made. `sha256` covers the bytes as they are, so it is the name that the file
    /// was given even where a later version has added fields.
    ///
    /// # Errors
    /// Lines that are no prompt, or ids that come twice: all of them, each with its place.
    pub fn from_jsonl(name: &str, bytes: &[u8]) -> Result<Self, PromptErrors> {
        let source =
            Source::new(bytes).map_err(|problem| PromptErrors::whole_file(name, problem))?;
        let mut errors = Vec::new();
        let mut prompts = Vec::new();
        let mut sections = Vec::new();
        let mut first_lines = HashMap::new();
        for line in source.lines(false, &mut errors) {
            let first_line = source.line_number(line.start);
            let read = prompt(&line, first_line, &mut first_lines);
            match read.and_then(|prompt| Ok((section(&line, &prompt)?, prompt))) {
                Ok((section, prompt)) => {
                    sections.extend(section);
                    prompts.push(prompt);
                }
                Err((offset, problem)) => errors.push(source.error(line.start + offset, problem)),
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
            sounds: Vec::new(),
            places: Vec::new(),
            name: file_name(name),
            format: Format::JsonLines,
            prompts,
            sections,
            sha256: id::hex(bytes, LIST_HASH_DIGITS),
            warnings: Vec::new(),
        })
    }
}

/// What the line says of the section that its prompt opens.
fn section(line: &Line, prompt: &Prompt) -> Result<Option<Section>, (usize, Problem)> {
    if !line.text.contains(SECTION_PROPERTIES) {
        return Ok(None);
    }
    let slip = |error: &serde_json::Error| {
        let (offset, what) = json::slip(line.text, error);
        (offset, Problem::Syntax(what))
    };
    let properties: Properties = serde_json::from_str(line.text).map_err(|e| slip(&e))?;
    Ok(properties.section_properties.map(|section| Section {
        name: prompt.section.clone().unwrap_or_default(),
        ..section
    }))
}

/// The prompt of one line, or what is wrong at which byte of it.
fn prompt(
    line: &Line,
    line_number: usize,
    first_lines: &mut HashMap<String, usize>,
) -> Result<Prompt, (usize, Problem)> {
    let prompt: Prompt = serde_json::from_str(line.text).map_err(|error| {
        let (offset, what) = json::slip(line.text, &error);
        (offset, Problem::Syntax(what))
    })?;
    if prompt.repeat == 0 || prompt.id.is_empty() || prompt.text.is_empty() {
        let what = "a prompt has an id, a text and a repeat of at least 1";
        return Err((0, Problem::Syntax(what.to_owned())));
    }
    match first_lines.insert(prompt.id.clone(), line_number) {
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
