//! What is wrong with a prompt file: each problem with its file, line, column and text, all of them at once.

use std::fmt;

use thiserror::Error;

/// Everything that is wrong with one prompt file. Nothing of the list was taken.
#[derive(Debug, Error)]
pub struct PromptErrors {
    /// The file, as it was named.
    pub file: String,
    /// At least one, by line.
    pub errors: Vec<PromptError>,
}

/// One mistake in a prompt file.
#[derive(Debug)]
pub struct PromptError {
    /// Where; `None` where the whole file is meant.
    pub place: Option<Place>,
    /// The line as it stands there, shortened, control characters made visible; empty where the whole file is meant.
    pub text: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is merely odd in a prompt file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub place: Place,
    /// What is odd, and what was made of it.
    pub message: String,
}

/// A place in a text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// In characters, from 1; a tab is one character.
    pub column: usize,
}

/// The sound of a prompt that is heard before it is read, as its file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// Id of the prompt.
    pub id: String,
    /// The file, seen from the list's folder.
    pub file: String,
    /// Where it is named.
    pub place: Place,
}

/// What can be wrong with a prompt file.
#[derive(Debug, Error)]
#[allow(missing_docs)] // the messages say what the variants and their fields are
pub enum Problem {
    #[error("it cannot be read: {0}")]
    Unreadable(std::io::Error),
    #[error("this is {0}, not UTF-8 text; save it as UTF-8")]
    OtherEncoding(&'static str),
    #[error("this is no text: there is a zero byte at offset {offset}")]
    NotText { offset: usize },
    #[error("byte 0x{byte:02X} at offset {offset} is not UTF-8{}; save the file as UTF-8", latin1(*byte))]
    NotUtf8 { byte: u8, offset: usize },
    #[error(
        "this is no prompt list of a kind that .{extension} files can be; give one of docs/prompts.md, or say which with --format"
    )]
    UnknownFormat { extension: String },
    #[error("there is no prompt in it")]
    EmptyList,
    #[error("the text is empty")]
    EmptyText,
    #[error("the text has nothing that can be seen")]
    InvisibleText,
    #[error("control character {} in {of}{}", code_point(*character), control_hint(*character))]
    Control { character: char, of: &'static str },
    #[error("the id has {what}; ids have no blanks and at most {ID_MAX_BYTES} bytes")]
    UnfitId { what: &'static str },
    #[error(
        "id `{id}` is already that of line {first_line}, with another text: `{first_text}` there, `{text}` here"
    )]
    SameIdOtherText {
        id: String,
        first_line: usize,
        first_text: String,
        text: String,
    },
    #[error(
        "the text looks like that of line {first_line} but is encoded otherwise (composed or decomposed accents); write both alike"
    )]
    OtherNormalForm { first_line: usize },
    #[error(
        "id `{id}` and its text stand in line {first_line} already, with another {column}; give one of them an id of its own"
    )]
    SameIdOtherField {
        id: String,
        first_line: usize,
        column: &'static str,
    },
    #[error("unknown column `{name}`; columns are {}", columns())]
    UnknownColumn { name: String },
    #[error("column `{name}` is there twice")]
    DuplicateColumn { name: &'static str },
    #[error("the header has no column `text`")]
    NoTextColumn,
    #[error(
        "{found} columns need a header line that names them ({}); without one there is only the text, or id and text",
        columns()
    )]
    HeaderNeeded { found: usize },
    #[error("{found} fields, but only {expected} {}", if *expected == 1 { "column" } else { "columns" })]
    TooManyFields { found: usize, expected: usize },
    #[error("one field, but the first row has two (id and text)")]
    TooFewFields,
    #[error("`{tag}` is no language tag (BCP 47, such as en, pt-BR, zh-Hans)")]
    Language { tag: String },
    #[error("{column} is a whole number from {min} to {max}, not `{number}`")]
    Number {
        column: &'static str,
        number: String,
        min: u32,
        max: u32,
    },
    #[error("{column} is true or false, not `{found}`")]
    YesOrNo { column: &'static str, found: String },
    #[error("{0}")]
    Syntax(String),
    #[error("id `{id}` is already that of line {first_line}")]
    SameId { id: String, first_line: usize },
}

/// Longest id that can be given, in bytes of UTF-8.
pub(super) const ID_MAX_BYTES: usize = 200;

/// Longest piece of a file that a message repeats, in characters.
const EXCERPT_CHARS: usize = 60;

impl PromptErrors {
    /// One problem of the file as a whole.
    pub(super) fn whole_file(file: &str, problem: Problem) -> Self {
        Self {
            file: file.to_owned(),
            errors: vec![PromptError::whole(problem)],
        }
    }
}

impl PromptError {
    /// A problem of the file as a whole.
    pub(super) fn whole(problem: Problem) -> Self {
        Self {
            place: None,
            text: String::new(),
            problem,
        }
    }
}

impl fmt::Display for PromptErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{}:{error}", self.file)?;
        }
        Ok(())
    }
}

impl fmt::Display for PromptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(place) => write!(
                f,
                "{}:{}: {}: `{}`",
                place.line, place.column, self.problem, self.text
            ),
            None => write!(f, " {}", self.problem),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self.place;
        write!(f, "{line}:{column}: {}", self.message)
    }
}

/// As [`excerpt`], of what is around the character `at` (from 0) where that lies behind the part that would be shown.
pub(super) fn excerpt_around(text: &str, at: usize) -> String {
    const BEFORE: usize = 20;
    if at < EXCERPT_CHARS || text.chars().nth(EXCERPT_CHARS).is_none() {
        return excerpt(text);
    }
    let from = text.char_indices().nth(at - BEFORE);
    let from = from.map_or(text.len(), |(offset, _)| offset);
    format!("…{}", excerpt(&text[from..]))
}

/// A piece of a file fit for a message: control characters made visible, shortened.
pub(super) fn excerpt(text: &str) -> String {
    visible(text, EXCERPT_CHARS)
}

/// A parser's message, which may repeat what it has read: as [`excerpt`], but longer.
pub(super) fn foreign_message(message: &str) -> String {
    visible(message, 4 * EXCERPT_CHARS)
}

fn visible(text: &str, characters_max: usize) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == characters_max {
            shown.push('…');
            break;
        }
        match character {
            '\t' => shown.push('⇥'),
            // A message must not be turned around by what it tells of.
            _ if is_forbidden(character) || turns_direction(character) => {
                shown.extend(character.escape_unicode());
            }
            _ => shown.push(character),
        }
    }
    shown
}

/// Characters that no field may have: controls, line separators, a byte order mark inside the text.
pub(super) fn is_forbidden(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

/// Marks that turn the direction of what follows, up to the end of the line.
pub(super) fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

fn control_hint(character: char) -> &'static str {
    match character {
        '\t' => " (a tab; if these are columns, name the file .tsv)",
        '\n' => " (a line break; a prompt is one line)",
        '\r' => " (a carriage return; lines end with LF or CRLF)",
        '\u{1B}' => " (escape)",
        '\u{FEFF}' => " (a byte order mark that is not at the start)",
        _ => "",
    }
}

fn latin1(byte: u8) -> String {
    match byte {
        0xA0..=0xFF => format!(" (in Latin-1 it would be `{}`)", char::from(byte)),
        _ => String::new(),
    }
}

fn columns() -> String {
    super::columns::COLUMNS.join(", ")
}
