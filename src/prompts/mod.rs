//! Prompt lists: what is shown, in which order, under which ids. No I/O beyond reading text.
//!
//! A list is read whole or not at all: every mistake is named at once ([`PromptErrors`]), and what is merely odd becomes
//! a warning. Only a check looks on at what is right in a list that has mistakes. `docs/prompts.md` describes the formats, `docs/order.md` the orders.

mod apart;
mod check;
mod collect;
mod columns;
mod csv;
mod detect;
mod festvox;
mod format;
mod id;
mod join;
mod json;
mod json_lines;
mod jsonl;
mod letters;
mod lexicon;
mod near;
mod order;
mod problem;
mod prompt;
mod row;
mod script;
mod showable;
mod source;
mod speech_recorder;
mod stats;
mod studio;
mod text;
mod to_tsv;
mod transcripts;
mod tsv;
mod web_speech_recorder;

use std::path::Path;

pub use check::{CheckLimits, Finding, Kind, Report, check};
pub use format::Format;
pub use join::Clash;
pub use lexicon::{Lexicon, LexiconError};
pub use order::{Arrangement, ITEMS_MAX, Item, Order, Shuffle, TooManyItems, expand};
pub use problem::{Place, Problem, PromptError, PromptErrors, Sound, Warning};
pub use prompt::{Prompt, PromptPhase, Section, SectionMode};
pub use stats::{Count, PhoneStats, Spread, Stats};
pub use to_tsv::NotForTsv;

use collect::Collector;
use source::Source;

/// A prompt list as read and normalised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptList {
    /// File name without folder, for the screen.
    pub name: String,
    /// What the file was read as.
    pub format: Format,
    /// In the file's order, ids unique.
    pub prompts: Vec<Prompt>,
    /// The sections of which the list says more than their names, each with at least one prompt.
    pub sections: Vec<Section>,
    /// Where the file names the sounds of its prompts; a list that was joined or read from a corpus has none.
    pub sounds: Vec<Sound>,
    /// Where each prompt stands in the file; a list that was joined or read from a corpus has none.
    pub places: Vec<Place>,
    /// First 12 hex digits of the SHA-256 of the normalised list.
    pub sha256: String,
    /// What the reader should know, e.g. duplicate lines that became repeats, by line.
    pub warnings: Vec<Warning>,
}

/// How a prompt file is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// What the file is; where `None` its content tells.
    pub format: Option<Format>,
    /// Lines that begin with `#` are comments.
    pub comments: bool,
    /// Language (BCP 47) of the prompts that do not say theirs.
    pub language: Option<String>,
}

impl PromptList {
    /// Reads the prompt file at `path`. Blocks.
    ///
    /// # Errors
    /// The file cannot be read, or has mistakes: all of them, each with its place.
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Self, PromptErrors> {
        whole(Self::read_partly(path, options))
    }

    /// Reads a prompt file's content. `name` is the file's path, for messages; its extension helps to tell the format.
    ///
    /// # Errors
    /// The content has mistakes: all of them, each with its place.
    pub fn parse(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Self, PromptErrors> {
        whole(Self::parse_partly(name, bytes, options))
    }

    /// What is right in the prompt file at `path`, for checks, and all that is wrong with it. Blocks.
    pub fn read_partly(path: &Path, options: &ReadOptions) -> (Self, Option<PromptErrors>) {
        let name = path.display().to_string();
        match std::fs::read(path) {
            Ok(bytes) => Self::parse_partly(&name, &bytes, options),
            Err(error) => nothing(&name, Problem::Unreadable(error)),
        }
    }

    fn parse_partly(
        name: &str,
        bytes: &[u8],
        options: &ReadOptions,
    ) -> (Self, Option<PromptErrors>) {
        let source = match Source::new(bytes) {
            Ok(source) => source,
            Err(problem) => return nothing(name, problem),
        };
        let (format, mut read) = match collect(name, &source, options) {
            Ok(collected) => collected,
            Err(problem) => return nothing(name, problem),
        };
        let errors = std::mem::take(&mut read.errors);
        let places = read.places.iter().map(|at| source.place(at.row));
        let mut list = Self {
            name: file_name(name),
            format,
            places: places.collect(),
            prompts: std::mem::take(&mut read.prompts),
            sections: std::mem::take(&mut read.sections),
            sounds: std::mem::take(&mut read.sounds),
            sha256: String::new(),
            warnings: std::mem::take(&mut read.warnings),
        };
        list.warnings.sort_by_key(|warning| warning.place);
        list.sha256 = id::hex(list.to_jsonl().as_bytes(), jsonl::LIST_HASH_DIGITS);
        let file = name.to_owned();
        let errors = (!errors.is_empty()).then_some(PromptErrors { file, errors });
        (list, errors)
    }

    /// What it was read as and how long it is: `LJSpeech, 13,100 prompts`.
    pub fn describe(&self) -> String {
        let prompts = self.prompts.len();
        let word = if prompts == 1 { "prompt" } else { "prompts" };
        format!("{}, {} {word}", self.format, grouped(prompts))
    }
}

/// The list, if nothing is wrong with it.
fn whole((list, errors): (PromptList, Option<PromptErrors>)) -> Result<PromptList, PromptErrors> {
    errors.map_or(Ok(list), Err)
}

/// What is there of a file that is wrong as a whole.
fn nothing(name: &str, problem: Problem) -> (PromptList, Option<PromptErrors>) {
    let errors = PromptErrors::whole_file(name, problem);
    (PromptList::default(), Some(errors))
}

/// What a file has, right or wrong.
fn collect<'a>(
    name: &str,
    source: &'a Source<'a>,
    options: &'a ReadOptions,
) -> Result<(Format, Collector<'a>), Problem> {
    let format = match options.format {
        Some(format) => format,
        None => detect::detect(name, source, options.comments)?,
    };
    let mut errors = Vec::new();
    let document = match format {
        Format::Csv | Format::Festvox | Format::SpeechRecorder | Format::WebSpeechRecorder => {
            Some(source.whole(&mut errors))
        }
        _ => None,
    };
    let lines = match document {
        None => source.lines(options.comments, &mut errors),
        Some(_) => Vec::new(),
    };
    let mut into = Collector::new(source, options, lines.len());
    into.errors = errors;
    if let Some((start, text)) = document.flatten() {
        match format {
            Format::Csv => csv::read(start, text, &mut into),
            Format::Festvox => festvox::read(start, text, &mut into),
            Format::SpeechRecorder => speech_recorder::read(start, text, &mut into),
            _ => web_speech_recorder::read(start, text, &mut into),
        }
    }
    match format {
        Format::Text => text::read(&lines, &mut into),
        Format::Tsv => tsv::read(&lines, &mut into),
        Format::CommonVoice => tsv::read_common_voice(&lines, &mut into),
        Format::Piper => studio::read_piper(&lines, &mut into),
        Format::Mimic => studio::read_mimic(&lines, &mut into),
        Format::LjSpeech => transcripts::read_ljspeech(&lines, &mut into),
        Format::Timit => transcripts::read_timit(&lines, &mut into),
        Format::VoxForge => transcripts::read_voxforge(&lines, &mut into),
        Format::Kaldi => transcripts::read_kaldi(&lines, &mut into),
        Format::JsonLines => json_lines::read(&lines, &mut into),
        Format::Csv | Format::Festvox | Format::SpeechRecorder | Format::WebSpeechRecorder => {}
    }
    into.end();
    Ok((format, into))
}

/// A number with a comma between its thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
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
