//! TOML files that people write: everything that is wrong is named at once, by line and column, and but for checks a file
//! is read whole or not at all.

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;
use toml::de::{DeTable, DeValue};

/// All that is wrong in a file, one a line: `file:line:column: what`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct Mistakes {
    /// The file, as it was named.
    pub file: PathBuf,
    /// At least one, by place.
    pub mistakes: Vec<Mistake>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        for (index, mistake) in self.mistakes.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            let Mistake {
                line,
                column,
                message,
            } = mistake;
            write!(f, "{end}{file}:{line}:{column}: {message}")?;
        }
        Ok(())
    }
}

/// What is found wrong while a file is gone through.
#[derive(Debug, Default)]
pub struct Found {
    /// Byte offset, and what is wrong there.
    mistakes: Vec<(usize, String)>,
}

impl Found {
    /// Something is wrong at this byte.
    pub fn mistake(&mut self, offset: usize, message: impl Into<String>) {
        self.mistakes.push((offset, message.into()));
    }

    /// What is wrong, by place; `None` where nothing is. `text` is the file's.
    pub fn into_mistakes(mut self, file: &Path, text: &str) -> Option<Mistakes> {
        self.mistakes.sort();
        let placed = |(offset, message)| {
            let (line, column) = place(text, offset);
            Mistake {
                line,
                column,
                message,
            }
        };
        let mistakes: Vec<_> = self.mistakes.into_iter().map(placed).collect();
        let file = file.to_owned();
        (!mistakes.is_empty()).then_some(Mistakes { file, mistakes })
    }
}

/// Line and column of a byte, both from 1, the column in characters.
pub fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.matches('\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// Reads the content of a file by `read`, which is told the tables where the grammar is right; `file` is for messages.
///
/// # Errors
/// Everything that is wrong in it.
pub fn parse<T>(
    file: &Path,
    bytes: &[u8],
    read: impl FnOnce(&DeTable, &mut Found) -> T,
) -> Result<T, Mistakes> {
    match parse_partly(file, bytes, read) {
        (Some(content), None) => Ok(content),
        (_, mistakes) => Err(mistakes.unwrap_or_else(|| Mistakes {
            file: file.to_owned(),
            mistakes: Vec::new(),
        })),
    }
}

/// The same, where what `read` made of a file that has mistakes is wanted too; `None` where the grammar is wrong.
pub fn parse_partly<T>(
    file: &Path,
    bytes: &[u8],
    read: impl FnOnce(&DeTable, &mut Found) -> T,
) -> (Option<T>, Option<Mistakes>) {
    let text = String::from_utf8_lossy(bytes); // the same up to the first byte that is not UTF-8
    let mut found = Found::default();
    let mut content = None;
    if let Err(error) = std::str::from_utf8(bytes) {
        let offset = error.valid_up_to();
        found.mistake(offset, "this is not UTF-8; save the file as UTF-8");
    } else {
        let (table, errors) = DeTable::parse_recoverable(&text);
        for error in errors {
            found.mistake(error.span().map_or(0, |span| span.start), error.message());
        }
        // After a slip in the grammar the rest may mean anything.
        if found.mistakes.is_empty() {
            content = Some(read(table.get_ref(), &mut found));
        }
    }
    (content, found.into_mistakes(file, &text))
}

/// A value as a person would write it on a command line: lists joined by commas; `None` for tables and dates.
pub fn words(value: &DeValue) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(|number| number.to_string()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Some(yes.to_string()),
        DeValue::Array(values) => {
            let values: Option<Vec<_>> =
                values.iter().map(|value| words(value.get_ref())).collect();
            values.map(|values| values.join(","))
        }
        DeValue::Table(_) | DeValue::Datetime(_) => None,
    }
}
