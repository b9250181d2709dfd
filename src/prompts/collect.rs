//! From rows to the list: fields checked, ids given or made, duplicates turned into repeats. One place for all formats.

use std::collections::HashMap;

use super::lines::{Line, is_blank};
use super::problem::{ID_MAX_BYTES, Problem, PromptError, PromptErrors, excerpt, is_forbidden};
use super::{Prompt, PromptList, ReadOptions, file_name, id, is_language_tag};
use unicode_normalization::UnicodeNormalization;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that a row can have, by their numbers below.
pub(super) const COLUMNS: [&str; 8] = [
    "id", "text", "label", "spoken", "language", "hint", "section", "note",
];
pub(super) const ID: usize = 0;
pub(super) const TEXT: usize = 1;
pub(super) const LABEL: usize = 2;
const SPOKEN: usize = 3;
const LANGUAGE: usize = 4;
const HINT: usize = 5;
const SECTION: usize = 6;
const NOTE: usize = 7;

/// A row of a prompt file, whatever its format.
pub(super) struct Row<'a> {
    line: Line<'a>,
    /// By column: byte offset in the line, and the field without blanks at its ends; `None` where it is empty.
    fields: [Option<(usize, &'a str)>; COLUMNS.len()],
    /// Its file has a place for labels: where none stands there, there is none.
    has_label_column: bool,
}

impl<'a> Row<'a> {
    /// A row without fields, of a file that has these columns.
    pub fn new(line: Line<'a>, columns: &[usize]) -> Self {
        Self {
            line,
            fields: [None; COLUMNS.len()],
            has_label_column: columns.contains(&LABEL),
        }
    }

    /// Puts the field that stands at byte `offset` of the line. Blanks at its ends do not count.
    pub fn put(&mut self, column: usize, offset: usize, field: &'a str) {
        let from_start = field.trim_start_matches(is_blank);
        let offset = offset + field.len() - from_start.len();
        let field = from_start.trim_end_matches(is_blank);
        self.fields[column] = (!field.is_empty()).then_some((offset, field));
    }

    fn error(&self, column: usize, problem: Problem) -> PromptError {
        let offset = self.fields[column].map_or(0, |(offset, _)| offset);
        self.line.error(offset, problem)
    }

    /// The class: as given, or the text itself where the file gives none and the text is one word.
    fn label(&self) -> Option<&'a str> {
        let word = || {
            self.field(TEXT)
                .filter(|text| !text.contains(char::is_whitespace))
        };
        if self.has_label_column {
            self.field(LABEL)
        } else {
            word()
        }
    }

    fn field(&self, column: usize) -> Option<&'a str> {
        self.fields[column].map(|(_, field)| field)
    }
}

/// The list, or all that is wrong with it: `errors` holds what the format's parser has found.
pub(super) fn collect(
    file: &str,
    rows: &[Row],
    options: &ReadOptions,
    mut errors: Vec<PromptError>,
) -> Result<PromptList, PromptErrors> {
    let mut collector = Collector {
        file,
        prompts: Vec::with_capacity(rows.len()),
        lines: Vec::with_capacity(rows.len()),
        by_id: HashMap::with_capacity(rows.len()),
        warnings: Vec::new(),
    };
    collector.warn_of_comments(rows, options);
    for row in rows {
        let before = errors.len();
        check(row, &mut errors);
        if errors.len() == before
            && let Err(problem) = collector.add(prompt(row, options), row.line.number)
        {
            let column = if matches!(problem, Problem::OtherNormalForm { .. }) {
                TEXT
            } else {
                ID
            };
            errors.push(row.error(column, problem));
        }
    }
    if rows.is_empty() && errors.is_empty() {
        return Err(PromptErrors::whole_file(file, Problem::EmptyList));
    }
    if !errors.is_empty() {
        errors.sort_by_key(|error| error.place);
        let file = file.to_owned();
        return Err(PromptErrors { file, errors });
    }
    let mut list = PromptList {
        name: file_name(file),
        prompts: collector.prompts,
        sha256: String::new(),
        warnings: collector.warnings,
    };
    list.sha256 = id::hex(list.to_jsonl().as_bytes(), super::jsonl::LIST_HASH_DIGITS);
    Ok(list)
}

/// Names what is wrong within one row.
fn check(row: &Row, errors: &mut Vec<PromptError>) {
    for (column, field) in row.fields.iter().enumerate() {
        let Some((offset, field)) = field else {
            continue;
        };
        if let Some((within, character)) = field.char_indices().find(|&(_, c)| is_forbidden(c)) {
            let of = COLUMNS[column];
            errors.push(
                row.line
                    .error(offset + within, Problem::Control { character, of }),
            );
        }
    }
    match row.field(TEXT) {
        None => errors.push(row.error(TEXT, Problem::EmptyText)),
        Some(text) if is_invisible(text) && !text.contains(is_forbidden) => {
            errors.push(row.error(TEXT, Problem::InvisibleText));
        }
        Some(_) => {}
    }
    let unfit = row.field(ID).and_then(|id| match id {
        _ if id.len() > ID_MAX_BYTES => Some("too many characters"),
        _ if id.contains(char::is_whitespace) => Some("blanks"),
        _ if is_invisible(id) => Some("nothing that can be seen"),
        _ => None,
    });
    if let Some(what) = unfit {
        errors.push(row.error(ID, Problem::UnfitId { what }));
    }
    if let Some(tag) = row.field(LANGUAGE).filter(|tag| !is_language_tag(tag)) {
        let tag = excerpt(tag);
        errors.push(row.error(LANGUAGE, Problem::Language { tag }));
    }
}

/// Whether nothing of it can be seen. The first character tells, nearly always.
fn is_invisible(text: &str) -> bool {
    let is_seen = |c: char| c.width().is_some_and(|columns| columns > 0);
    !text.contains(is_seen) && text.width() == 0
}

/// The prompt that a row without mistakes says.
fn prompt(row: &Row, options: &ReadOptions) -> Prompt {
    let owned = |column| row.field(column).map(str::to_owned);
    let text = owned(TEXT).unwrap_or_default();
    Prompt {
        id: match row.field(ID) {
            Some(id) => id.nfc().collect(),
            None => id::id_of_text(&text),
        },
        text,
        spoken: owned(SPOKEN),
        label: row.label().map(str::to_owned),
        language: owned(LANGUAGE).or_else(|| options.language.clone()),
        hint: owned(HINT),
        section: owned(SECTION),
        note: owned(NOTE),
        repeat: 1,
    }
}

struct Collector<'a> {
    file: &'a str,
    prompts: Vec<Prompt>,
    /// The line of each prompt.
    lines: Vec<usize>,
    /// Index of each prompt.
    by_id: HashMap<String, usize>,
    warnings: Vec<String>,
}

impl Collector<'_> {
    /// Adds a prompt, or a repeat where it is there already.
    fn add(&mut self, prompt: Prompt, line: usize) -> Result<(), Problem> {
        let Some(&index) = self.by_id.get(&prompt.id) else {
            self.by_id.insert(prompt.id.clone(), self.prompts.len());
            self.warn_of_lost_characters(&prompt, line);
            self.prompts.push(prompt);
            self.lines.push(line);
            return Ok(());
        };
        let first_line = self.lines[index];
        let first = &mut self.prompts[index];
        conflict(first, &prompt, first_line).map_or(Ok(()), Err)?;
        first.repeat += 1;
        self.warnings.push(format!(
            "{}:{line}: the same prompt as in line {first_line}, so it is asked for {} times: `{}`",
            self.file,
            first.repeat,
            excerpt(&first.text)
        ));
        Ok(())
    }

    fn warn_of_lost_characters(&mut self, prompt: &Prompt, line: usize) {
        if prompt.text.contains(char::REPLACEMENT_CHARACTER) {
            self.warnings.push(format!(
                "{}:{line}: U+FFFD in the text stands for a character that was lost before: `{}`",
                self.file,
                excerpt(&prompt.text)
            ));
        }
    }

    /// Comments that nobody declared would be read aloud.
    fn warn_of_comments(&mut self, rows: &[Row], options: &ReadOptions) {
        let mut hashes = rows.iter().filter(|row| row.line.text.starts_with('#'));
        if let (Some(row), false) = (hashes.next(), options.comments) {
            let line = row.line.number;
            let lines = hashes.count() + 1;
            let which = if lines == 1 {
                "this line".to_owned()
            } else {
                format!("{lines} lines")
            };
            self.warnings.push(format!(
                "{}:{line}: `#` begins {which}, read as any other; with --comments such lines are comments: `{}`",
                self.file,
                excerpt(row.line.text)
            ));
        }
    }
}

/// What keeps two prompts of one id from being the same prompt.
fn conflict(first: &Prompt, second: &Prompt, first_line: usize) -> Option<Problem> {
    let id = second.id.clone();
    if first.text != second.text {
        return Some(if first.text.nfc().eq(second.text.nfc()) {
            Problem::OtherNormalForm { first_line }
        } else {
            Problem::SameIdOtherText {
                id,
                first_line,
                first_text: excerpt(&first.text),
                text: excerpt(&second.text),
            }
        });
    }
    let fields = |prompt: &Prompt| {
        let Prompt {
            label,
            spoken,
            language,
            hint,
            section,
            note,
            ..
        } = prompt.clone();
        [label, spoken, language, hint, section, note]
    };
    let differs = fields(first)
        .iter()
        .zip(fields(second))
        .position(|(first, second)| *first != second)?;
    let column = COLUMNS[LABEL + differs];
    Some(Problem::SameIdOtherField {
        id,
        first_line,
        column,
    })
}
