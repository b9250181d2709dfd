//! What the scripts of SpeechRecorder and WebSpeechRecorder have in common: sections with their own order and mode,
//! recordings, and pages between them.

use std::borrow::Cow;
use std::collections::HashSet;

use super::collect::Collector;
use super::columns::{AUDIO, IMAGE, INSTRUCTIONS, SECTION, TEXT};
use super::problem::{Problem, is_forbidden};
use super::row::Row;
use super::{Order, PromptPhase, Section, SectionMode};

/// A script under way.
pub(super) struct Script<'s, 'a> {
    /// Where its prompts go.
    pub into: &'s mut Collector<'a>,
    section: Option<Open>,
    names: HashSet<String>,
    /// Pages that wait for a prompt or a section.
    pages: Vec<String>,
    sections: usize,
}

/// A section under way.
struct Open {
    section: Section,
    /// Its prompts so far, and whether each has its duration.
    items: usize,
    all_timed: bool,
    is_autoprogress: bool,
}

/// An attribute or field: what it says, and its byte in the file.
pub(super) type Given<'g> = Option<(usize, &'g str)>;

/// What a script says of a section.
#[derive(Default)]
pub(super) struct SectionFacts<'g> {
    /// Byte of its beginning.
    pub start: usize,
    pub name: Given<'g>,
    pub order: Given<'g>,
    pub mode: Given<'g>,
    pub prompt_phase: Given<'g>,
    pub speaker_display: Given<'g>,
}

/// One thing to be shown or heard.
pub(super) struct Media<'a> {
    /// Byte of its beginning.
    pub start: usize,
    /// Its text with its byte; empty where it has none.
    pub text: (usize, Cow<'a, str>),
    pub mime_type: String,
    /// The file it is in.
    pub src: Option<String>,
    /// What stands for it where it cannot be shown.
    pub alt: Option<String>,
}

impl<'s, 'a> Script<'s, 'a> {
    pub fn new(into: &'s mut Collector<'a>) -> Self {
        Self {
            into,
            section: None,
            names: HashSet::new(),
            pages: Vec::new(),
            sections: 0,
        }
    }

    /// A section begins.
    pub fn open_section(&mut self, facts: &SectionFacts) {
        self.close_section();
        self.sections += 1;
        let given = facts.name.map(|(_, name)| name.trim());
        let given = given.filter(|name| !name.is_empty());
        let mut name = given.map_or_else(|| format!("section-{}", self.sections), str::to_owned);
        if self.names.contains(&name) {
            let told = super::problem::excerpt(&name);
            name = format!("{name} ({})", self.sections);
            let message =
                format!("a section `{told}` was there before; this one is called `{name}`");
            self.into.warn(facts.start, message);
        }
        self.names.insert(name.clone());
        let mode = self.word(
            facts.mode,
            "mode",
            &["manual", "autoprogress", "autorecording"],
        );
        let orders = [Order::Sequential, Order::Shuffled];
        let order = self.word(facts.order, "order", &["sequential", "random"]);
        let phases = [
            PromptPhase::Idle,
            PromptPhase::Prerecording,
            PromptPhase::Recording,
        ];
        let phase_words = ["idle", "prerecording", "recording"];
        let phase = self.word(facts.prompt_phase, "promptphase", &phase_words);
        let display = self.word(
            facts.speaker_display,
            "speakerdisplay",
            &["yes", "true", "no", "false"],
        );
        let section = Section {
            name,
            order: order.map(|index| orders[index]),
            mode: match mode {
                Some(2) => Some(SectionMode::HandsFree),
                Some(_) => Some(SectionMode::Keys),
                None => None,
            },
            instructions: None,
            prompt_phase: phase.map(|index| phases[index]),
            speaker_display: display.map(|index| index < 2),
        };
        self.section = Some(Open {
            section,
            items: 0,
            all_timed: true,
            is_autoprogress: mode == Some(1),
        });
    }

    /// The section, where one is open, ends.
    pub fn close_section(&mut self) {
        let Some(mut open) = self.section.take() else {
            return;
        };
        if open.is_autoprogress && open.items > 0 && open.all_timed {
            open.section.mode = Some(SectionMode::Timed);
        }
        if open.items > 0 && !open.section.is_plain() {
            self.into.sections.push(open.section);
        }
    }

    /// A page of text, at a byte of the file.
    pub fn page(&mut self, at: usize, text: &str) {
        if let Some(character) = text.chars().find(|&c| is_forbidden(c)) {
            let of = "instructions";
            self.into.error(at, Problem::Control { character, of });
        } else if !text.is_empty() {
            self.pages.push(text.to_owned());
        }
    }

    /// A recording.
    pub fn item(&mut self, mut row: Row<'a>, has_duration: bool) {
        let pages = (!self.pages.is_empty()).then(|| self.pages.join("\n\n"));
        self.pages.clear();
        if let Some(open) = &mut self.section {
            let name = Cow::Owned(open.section.name.clone());
            row.put_decoded(SECTION, row.start, name);
            open.all_timed &= has_duration;
            open.items += 1;
            if open.items == 1 {
                open.section.instructions = pages;
                return self.into.add(&row);
            }
        }
        if let Some(pages) = pages {
            row.put_decoded(INSTRUCTIONS, row.start, Cow::Owned(pages));
        }
        self.into.add(&row);
    }

    /// The script ends.
    pub fn end(mut self) {
        self.close_section();
        if let (false, Some(last)) = (self.pages.is_empty(), self.into.prompts.last_mut()) {
            last.afterwards = Some(self.pages.join("\n\n"));
        }
    }

    /// Puts what is shown and heard into a recording's row.
    pub fn put_media(&mut self, row: &mut Row<'a>, media: Vec<Media<'a>>) {
        let mut texts: Vec<(usize, Cow<'a, str>)> = Vec::new();
        let mut instead = None;
        for medium in media {
            let kind = medium.mime_type.split('/').next().unwrap_or_default();
            let column = match kind {
                "audio" => Some(AUDIO),
                "image" => Some(IMAGE),
                _ => None,
            };
            match (column, medium.src) {
                (Some(column), Some(src)) if row.get(column).is_none() => {
                    instead = instead.or(medium.alt.or_else(|| Some(src.clone())));
                    row.put_decoded(column, medium.start, Cow::Owned(src));
                }
                (_, Some(src)) => {
                    let src = super::problem::excerpt(&src);
                    let message = format!("this file is neither shown nor played: `{src}`");
                    self.into.warn(medium.start, message);
                }
                (_, None) => {}
            }
            if !medium.text.1.is_empty() {
                texts.push(medium.text);
            }
        }
        if texts.len() < 2 {
            if let Some((at, text)) = texts.pop() {
                row.put_decoded(TEXT, at, text);
            } else if let Some(instead) = instead {
                let told = super::problem::excerpt(&instead);
                let message = format!("there is no text to show, so this stands for it: `{told}`");
                self.into.warn(row.start, message);
                row.put_decoded(TEXT, row.start, Cow::Owned(instead));
            }
        } else {
            let joined: Vec<&str> = texts.iter().map(|(_, text)| &**text).collect();
            row.put_decoded(TEXT, texts[0].0, Cow::Owned(joined.join(" ")));
        }
    }

    /// Which of the words it is, in any case; another is a mistake.
    fn word(&mut self, given: Given, what: &str, words: &[&str]) -> Option<usize> {
        let (at, given) = given?;
        let found = words
            .iter()
            .position(|word| word.eq_ignore_ascii_case(given.trim()));
        if found.is_none() {
            let given = super::problem::excerpt(given);
            let message = format!("{what} is one of {}, not `{given}`", words.join(", "));
            self.into.error(at, Problem::Syntax(message));
        }
        found
    }
}

/// A text with its runs of blanks and line breaks made one blank each, as XML's layout means nothing; no-break and other
/// blanks stay.
pub(super) fn unfolded(text: &str) -> Cow<'_, str> {
    let layout = [' ', '\t', '\r', '\n'];
    let trimmed = text.trim_matches(layout);
    let mut last = 'x';
    let is_folded = trimmed.chars().any(|c| {
        let run = layout.contains(&c) && (c != ' ' || layout.contains(&last));
        last = c;
        run
    });
    if !is_folded {
        return Cow::Borrowed(trimmed);
    }
    let words = trimmed.split(layout).filter(|word| !word.is_empty());
    Cow::Owned(words.collect::<Vec<_>>().join(" "))
}
