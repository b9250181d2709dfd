//! From rows to the list: fields checked, ids given or made, duplicates turned into repeats. One place for all formats.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::columns::{self, COLUMNS, ID, LABEL, LANGUAGE, TEXT, is_page};
use super::problem::{ID_MAX_BYTES, Problem, PromptError, Sound, Warning, excerpt, is_forbidden};
use super::row::Row;
use super::source::Source;
use super::{Prompt, ReadOptions, Section, id, is_language_tag};

/// Takes the rows of one file.
pub(super) struct Collector<'a> {
    /// The file's text.
    pub source: &'a Source<'a>,
    /// How it is read.
    pub options: &'a ReadOptions,
    /// The file has no place for labels: a text of one word is its own.
    pub words_are_labels: bool,
    /// A text that comes again is the same prompt and no repeat of it.
    pub asks_once: bool,
    /// What is wrong so far.
    pub errors: Vec<PromptError>,
    /// What is odd so far.
    pub warnings: Vec<Warning>,
    /// The prompts so far.
    pub prompts: Vec<Prompt>,
    /// Where each prompt's text stands.
    pub places: Vec<TextAt>,
    /// Where the prompts so far name their sounds.
    pub sounds: Vec<Sound>,
    /// The first place at which a column is used that nothing is done with.
    pub idle: BTreeMap<usize, (usize, usize)>,
    /// Sections of which something is said.
    pub sections: Vec<Section>,
    /// Index of each prompt.
    by_id: HashMap<String, u32>,
    rows: usize,
    merged: usize,
    first_merged: usize,
}

/// Where a prompt's text stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextAt {
    /// Byte offset of the row.
    pub row: usize,
    /// Byte offset of the text.
    pub text: usize,
    /// Each of its bytes stands literally there.
    pub is_literal: bool,
}

impl<'a> Collector<'a> {
    /// Nothing yet; room for `rows` prompts.
    pub fn new(source: &'a Source<'a>, options: &'a ReadOptions, rows: usize) -> Self {
        Self {
            source,
            options,
            words_are_labels: true,
            asks_once: false,
            errors: Vec::new(),
            warnings: Vec::new(),
            prompts: Vec::with_capacity(rows),
            places: Vec::with_capacity(rows),
            sounds: Vec::new(),
            idle: BTreeMap::new(),
            sections: Vec::new(),
            by_id: HashMap::with_capacity(rows),
            rows: 0,
            merged: 0,
            first_merged: 0,
        }
    }

    /// Something is wrong at a byte of the file.
    pub fn error(&mut self, offset: usize, problem: Problem) {
        self.errors.push(self.source.error(offset, problem));
    }

    /// Something is odd at a byte of the file.
    pub fn warn(&mut self, offset: usize, message: impl Into<String>) {
        self.warnings.push(Warning {
            place: self.source.place(offset),
            message: message.into(),
        });
    }

    /// Takes a row: a prompt, a repeat, or all that is wrong with it.
    pub fn add(&mut self, row: &Row) {
        self.rows += 1;
        let before = self.errors.len();
        self.check(row);
        let prompt = self.prompt(row);
        if self.errors.len() > before {
            return;
        }
        if let Err(problem) = self.take(prompt, row) {
            let column = match problem {
                Problem::OtherNormalForm { .. } => TEXT,
                _ => ID,
            };
            self.error(row.offset(column, 0), problem);
        }
    }

    /// What is wrong with a list that has ended.
    pub fn end(&mut self) {
        if self.merged > 0 {
            let which = match self.merged {
                1 => "this sentence was".to_owned(),
                n => format!("this and {} more sentences were", n - 1),
            };
            let message = format!("{which} there before; each is asked for once");
            self.warn(self.first_merged, message);
        }
        for (column, (offset, prompts)) in std::mem::take(&mut self.idle) {
            let who = match prompts {
                1 => "this prompt has".to_owned(),
                n => format!("{n} prompts have"),
            };
            let what = match column {
                columns::BEEP => "a beep, which is kept in the list and not sounded",
                _ => "a picture, which is kept in the list and not shown",
            };
            self.warn(offset, format!("{who} {what}"));
        }
        if self.rows == 0 && self.errors.is_empty() {
            self.errors.push(PromptError::whole(Problem::EmptyList));
        }
        self.errors.sort_by_key(|error| error.place);
    }

    /// Names what is wrong within one row.
    fn check(&mut self, row: &Row) {
        for (column, field) in row.fields() {
            let is_wrong = |c: char| is_forbidden(c) && !(c == '\n' && is_page(column));
            if let Some((within, character)) = field.char_indices().find(|&(_, c)| is_wrong(c)) {
                let of = COLUMNS[column];
                self.error(
                    row.offset(column, within),
                    Problem::Control { character, of },
                );
            }
        }
        match row.get(TEXT) {
            None => self.error(row.start, Problem::EmptyText),
            Some(text) if is_invisible(text) && !text.contains(is_forbidden) => {
                self.error(row.offset(TEXT, 0), Problem::InvisibleText);
            }
            Some(_) => {}
        }
        let unfit = row.get(ID).and_then(|id| match id {
            _ if id.len() > ID_MAX_BYTES => Some("too many characters"),
            _ if id.contains(char::is_whitespace) => Some("blanks"),
            _ if is_invisible(id) => Some("nothing that can be seen"),
            _ => None,
        });
        if let Some(what) = unfit {
            self.error(row.offset(ID, 0), Problem::UnfitId { what });
        }
        if let Some(tag) = row.get(LANGUAGE).filter(|tag| !is_language_tag(tag)) {
            let tag = excerpt(tag);
            self.error(row.offset(LANGUAGE, 0), Problem::Language { tag });
        }
    }

    /// The prompt that a row says.
    fn prompt(&mut self, row: &Row) -> Prompt {
        let text = row.owned(TEXT).unwrap_or_default();
        let mut numbers = [None; 4];
        let columns = [
            columns::REPEAT,
            columns::DURATION,
            columns::PRE_DELAY,
            columns::POST_DELAY,
        ];
        for (number, column) in numbers.iter_mut().zip(columns) {
            *number = self.number(row, column);
        }
        let [repeat, duration_ms, pre_delay_ms, post_delay_ms] = numbers;
        Prompt {
            id: match row.get(ID) {
                Some(id) => id.nfc().collect(),
                None => id::id_of_text(&text),
            },
            spoken: row.owned(columns::SPOKEN),
            label: self.label(row),
            language: row
                .owned(LANGUAGE)
                .or_else(|| self.options.language.clone()),
            hint: row.owned(columns::HINT),
            section: row.owned(columns::SECTION),
            note: row.owned(columns::NOTE),
            repeat: repeat.unwrap_or(1),
            translation: row.owned(columns::TRANSLATION),
            audio: row.owned(columns::AUDIO),
            image: row.owned(columns::IMAGE),
            duration_ms,
            pre_delay_ms,
            post_delay_ms,
            comment: row.owned(columns::COMMENT),
            instructions: row.owned(columns::INSTRUCTIONS),
            afterwards: row.owned(columns::AFTERWARDS),
            beep: self.yes_or_no(row, columns::BEEP),
            blocked: self.yes_or_no(row, columns::BLOCKED),
            text,
        }
    }

    /// The class: as given, or the text itself where the file gives none and the text is one word.
    fn label(&self, row: &Row) -> Option<String> {
        if !self.words_are_labels {
            return row.owned(LABEL);
        }
        let text = row.get(TEXT)?;
        (!text.contains(char::is_whitespace)).then(|| text.to_owned())
    }

    fn number(&mut self, row: &Row, column: usize) -> Option<u32> {
        let (min, max) = match column {
            columns::REPEAT => (1, 10_000),
            columns::DURATION => (1, 3_600_000),
            _ => (0, 3_600_000),
        };
        let field = row.get(column)?;
        let number = u32::from_str(field).ok();
        let number = number.filter(|number| (min..=max).contains(number));
        if number.is_none() {
            let (column_name, number) = (COLUMNS[column], excerpt(field));
            let problem = Problem::Number {
                column: column_name,
                number,
                min,
                max,
            };
            self.error(row.offset(column, 0), problem);
        }
        number
    }

    fn yes_or_no(&mut self, row: &Row, column: usize) -> bool {
        match row.get(column) {
            Some("true" | "yes") => true,
            None | Some("false" | "no") => false,
            Some(other) => {
                let problem = Problem::YesOrNo {
                    column: COLUMNS[column],
                    found: excerpt(other),
                };
                self.error(row.offset(column, 0), problem);
                false
            }
        }
    }

    /// Adds a prompt, or a repeat where it is there already.
    fn take(&mut self, prompt: Prompt, row: &Row) -> Result<(), Problem> {
        let index = match self.by_id.entry(prompt.id.clone()) {
            Entry::Occupied(entry) => *entry.get() as usize,
            Entry::Vacant(entry) => {
                entry.insert(self.prompts.len() as u32);
                self.places.push(TextAt {
                    row: row.start,
                    text: row.offset(TEXT, 0),
                    is_literal: row.is_literal(TEXT),
                });
                self.warn_of_lost_characters(&prompt, row);
                self.look_beside(&prompt, row);
                self.prompts.push(prompt);
                return Ok(());
            }
        };
        let first_line = self.source.line_number(self.places[index].row);
        let first = &mut self.prompts[index];
        conflict(first, &prompt, first_line).map_or(Ok(()), Err)?;
        if self.asks_once {
            if self.merged == 0 {
                self.first_merged = row.start;
            }
            self.merged += 1;
            return Ok(());
        }
        first.repeat = first.repeat.saturating_add(prompt.repeat);
        let message = format!(
            "the same prompt as in line {first_line}, so it is asked for {} times: `{}`",
            first.repeat,
            excerpt(&first.text)
        );
        self.warn(row.offset(TEXT, 0), message);
        Ok(())
    }

    /// Takes down what a prompt names beside its words: its sound, and what is kept and not carried out.
    fn look_beside(&mut self, prompt: &Prompt, row: &Row) {
        if let Some(file) = &prompt.audio {
            self.sounds.push(Sound {
                id: prompt.id.clone(),
                file: file.clone(),
                place: self.source.place(row.offset(columns::AUDIO, 0)),
            });
        }
        for (column, is_there) in [
            (columns::BEEP, prompt.beep),
            (columns::IMAGE, prompt.image.is_some()),
        ] {
            if is_there {
                let offset = row.offset(column, 0);
                self.idle.entry(column).or_insert((offset, 0)).1 += 1;
            }
        }
    }

    fn warn_of_lost_characters(&mut self, prompt: &Prompt, row: &Row) {
        if let Some(within) = prompt.text.find(char::REPLACEMENT_CHARACTER) {
            let message = format!(
                "U+FFFD in the text stands for a character that was lost before: `{}`",
                excerpt(&prompt.text)
            );
            self.warn(row.offset(TEXT, within), message);
        }
    }
}

/// Whether nothing of it can be seen. The first character tells, nearly always.
fn is_invisible(text: &str) -> bool {
    let is_seen = |c: char| c.width().is_some_and(|columns| columns > 0);
    !text.contains(is_seen) && text.width() == 0
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
    let column = differing_field(first, second)?;
    Some(Problem::SameIdOtherField {
        id,
        first_line,
        column,
    })
}

/// The first field besides id, text and repeat in which two prompts differ.
fn differing_field(first: &Prompt, second: &Prompt) -> Option<&'static str> {
    macro_rules! differing {
        ($($field:ident)*) => {
            [$((first.$field != second.$field, stringify!($field))),*]
        };
    }
    let differing = differing! {
        label spoken language hint section note translation audio image duration_ms pre_delay_ms post_delay_ms comment
        instructions afterwards beep blocked
    };
    let mut found = differing.into_iter().filter(|(differs, _)| *differs);
    found.next().map(|(_, field)| field)
}
