//! Everything that is wrong or odd with a prompt file, at once: what keeps it from being read, what reading it tells, and
//! what a second look finds (near-duplicates, mixed alphabets, texts too long for a take, characters that cannot be shown).

use serde::Serialize;

use super::collect::{Collector, TextAt};
use super::near::{self, Likeness};
use super::problem::{Place, PromptErrors, Sound, excerpt};
use super::showable::{mixed_scripts, unshowable};
use super::source::Source;
use super::{Format, Prompt, ReadOptions};
use crate::signal::duration::expected_ms;

/// What prompts are held against.
#[derive(Clone, Copy, Debug)]
pub struct CheckLimits {
    /// Longest take, ms.
    pub max_take_ms: u32,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The list cannot be recorded from.
    Error,
    /// It can, but somebody should look.
    Warning,
}

/// One thing that is wrong or odd.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad.
    pub kind: Kind,
    /// From 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// In characters, from 1.
    pub column: Option<usize>,
    /// What it is.
    pub message: String,
}

/// What a check has found in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The file, as it was named.
    pub file: String,
    /// What it was read as, by the name that `--format` takes; `None` of what was not read.
    pub format: Option<&'static str>,
    /// Prompts without a mistake.
    pub prompts: usize,
    /// By line.
    pub findings: Vec<Finding>,
    /// The sounds that it names; whether they are there is not looked at.
    #[serde(skip)]
    pub sounds: Vec<Sound>,
}

impl Report {
    /// Adds mistakes that are found in what the list names.
    pub fn add_errors(&mut self, errors: impl IntoIterator<Item = (Place, String)>) {
        let error = |(place, message)| Finding {
            kind: Kind::Error,
            ..Finding::warning(place, message)
        };
        self.findings.extend(errors.into_iter().map(error));
        self.findings
            .sort_by_key(|finding| (finding.line, finding.column));
    }

    /// Whether the list cannot be recorded from.
    pub fn has_errors(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.kind == Kind::Error)
    }

    /// A file that was not read.
    pub fn unread(errors: &PromptErrors) -> Self {
        Self {
            file: errors.file.clone(),
            format: None,
            prompts: 0,
            findings: errors.errors.iter().map(Finding::of_error).collect(),
            sounds: Vec::new(),
        }
    }
}

impl Finding {
    fn of_error(error: &super::PromptError) -> Self {
        let message = match error.place {
            Some(_) => format!("{}: `{}`", error.problem, error.text),
            None => error.problem.to_string(),
        };
        Self {
            kind: Kind::Error,
            line: error.place.map(|place| place.line),
            column: error.place.map(|place| place.column),
            message,
        }
    }

    fn warning(place: Place, message: String) -> Self {
        Self {
            kind: Kind::Warning,
            line: Some(place.line),
            column: Some(place.column),
            message,
        }
    }
}

/// Checks a prompt file's content; `name` is its path.
pub fn check(name: &str, bytes: &[u8], options: &ReadOptions, limits: CheckLimits) -> Report {
    let whole = |problem| Report::unread(&PromptErrors::whole_file(name, problem));
    let source = match Source::new(bytes) {
        Ok(source) => source,
        Err(problem) => return whole(problem),
    };
    match super::collect(name, &source, options) {
        Ok((format, read)) => report(name, format, &read, limits),
        Err(problem) => whole(problem),
    }
}

fn report(name: &str, format: Format, read: &Collector, limits: CheckLimits) -> Report {
    let mut findings: Vec<Finding> = read.errors.iter().map(Finding::of_error).collect();
    let told = read.warnings.iter();
    findings.extend(told.map(|told| Finding::warning(told.place, told.message.clone())));
    for (prompt, at) in read.prompts.iter().zip(&read.places) {
        for (within, message) in oddities(prompt, limits) {
            let place = read.source.place(byte(*at, within));
            let message = format!("{message}: `{}`", excerpt(&prompt.text));
            findings.push(Finding::warning(place, message));
        }
    }
    for (first, second, likeness) in near::pairs(&read.prompts) {
        let first_line = read.source.line_number(read.places[first].row);
        let [there, here] = [first, second].map(|at| &read.prompts[at].text);
        let but_for = match likeness {
            Likeness::Spelling => "case, punctuation or blanks",
            Likeness::Letter => "one letter",
        };
        let message = if there == here {
            let excerpt = excerpt(here);
            format!("the same text as in line {first_line}, under another id: `{excerpt}`")
        } else {
            format!(
                "nearly the same as line {first_line}, but for {but_for}: `{}` there, `{}` here",
                excerpt(there),
                excerpt(here)
            )
        };
        let place = read.source.place(read.places[second].text);
        findings.push(Finding::warning(place, message));
    }
    findings.sort_by_key(|finding| (finding.line, finding.column));
    Report {
        file: name.to_owned(),
        format: Some(format.name()),
        prompts: read.prompts.len(),
        findings,
        sounds: read.sounds.clone(),
    }
}

/// The byte of the file that byte `within` of a text is, as far as that can be told.
fn byte(at: TextAt, within: usize) -> usize {
    at.text + if at.is_literal { within } else { 0 }
}

/// What is odd with one prompt by itself, and at which byte of its text.
fn oddities(prompt: &Prompt, limits: CheckLimits) -> Vec<(usize, String)> {
    let mut found = if prompt.text.is_ascii() {
        Vec::new()
    } else {
        unshowable(&prompt.text)
    };
    found.extend(mixed_scripts(&prompt.text));
    let said = prompt.spoken.as_ref().unwrap_or(&prompt.text);
    let limit_ms = match prompt.duration_ms {
        Some(own) => own.min(limits.max_take_ms),
        None => limits.max_take_ms,
    };
    if let Some(ms) = expected_ms(said).filter(|&ms| ms > f64::from(limit_ms)) {
        let message = format!(
            "takes about {:.0} s to read, longer than a take lasts ({} s)",
            (ms / 1000.0).ceil(),
            f64::from(limit_ms) / 1000.0
        );
        found.push((0, message));
    }
    found
}
