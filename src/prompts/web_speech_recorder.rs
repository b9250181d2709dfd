//! WebSpeechRecorder's JSON: a script of sections, groups and prompt items (or prompt units).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::collect::Collector;
use super::columns::{BEEP, BLOCKED, COMMENT, DURATION, ID, LANGUAGE, NOTE, POST_DELAY, PRE_DELAY};
use super::json;
use super::problem::Problem;
use super::row::Row;
use super::script::{Given, Media, Script, SectionFacts, unfolded};
use super::source::offset_in;

type Raw<'a> = Option<&'a RawValue>;

#[derive(Deserialize)]
#[serde(expecting = "a script: an object with `sections`")]
struct ScriptFile<'a> {
    #[serde(borrow)]
    sections: Vec<SectionOf<'a>>,
}

#[derive(Deserialize)]
#[serde(expecting = "a section, as an object")]
#[serde(rename_all = "camelCase")]
struct SectionOf<'a> {
    #[serde(borrow, default)]
    name: Raw<'a>,
    #[serde(borrow, default)]
    order: Raw<'a>,
    #[serde(borrow, default)]
    mode: Raw<'a>,
    #[serde(borrow, default, alias = "promptphase")]
    prompt_phase: Raw<'a>,
    #[serde(borrow, default, alias = "speakerdisplay")]
    speaker_display: Raw<'a>,
    #[serde(borrow, default)]
    groups: Vec<Group<'a>>,
    #[serde(borrow, default)]
    prompt_items: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    prompt_units: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(expecting = "a group, as an object")]
#[serde(rename_all = "camelCase")]
struct Group<'a> {
    #[serde(borrow, default)]
    prompt_items: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    prompt_units: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(expecting = "an item, as an object")]
struct ItemOf<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow, default)]
    itemcode: Raw<'a>,
    #[serde(borrow, default)]
    recduration: Raw<'a>,
    #[serde(borrow, default, alias = "prerecording")]
    prerecdelay: Raw<'a>,
    #[serde(borrow, default, alias = "postrecording")]
    postrecdelay: Raw<'a>,
    #[serde(borrow, default)]
    beep: Raw<'a>,
    #[serde(borrow, default)]
    blocked: Raw<'a>,
    #[serde(borrow, default)]
    recinstructions: Raw<'a>,
    #[serde(borrow, default)]
    reccomment: Raw<'a>,
    #[serde(borrow, default)]
    mediaitems: Vec<MediaOf<'a>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(expecting = "a media item, as an object")]
struct MediaOf<'a> {
    #[serde(borrow, default)]
    text: Raw<'a>,
    #[serde(borrow, default)]
    mimetype: Raw<'a>,
    #[serde(borrow, default)]
    src: Raw<'a>,
    #[serde(borrow, default)]
    alt: Raw<'a>,
    #[serde(borrow, default, alias = "languageISO639code")]
    languageiso639code: Raw<'a>,
}

/// Instructions stand in an object of their own.
#[derive(Deserialize)]
struct Instructions<'a> {
    #[serde(borrow, default)]
    recinstructions: Raw<'a>,
}

/// Reads a script that begins at byte `start` of the file.
pub(super) fn read<'a>(start: usize, text: &'a str, into: &mut Collector<'a>) {
    let file = match serde_json::from_str::<ScriptFile>(text) {
        Ok(file) => file,
        Err(error) => {
            let (at, what) = json::slip(text, &error);
            return into.error(start + at, Problem::Syntax(what));
        }
    };
    let mut document = Document {
        start,
        text,
        script: Script::new(into),
    };
    for section in file.sections {
        document.section(section);
    }
    document.script.end();
}

struct Document<'s, 'a> {
    start: usize,
    text: &'a str,
    script: Script<'s, 'a>,
}

impl<'a> Document<'_, 'a> {
    fn at(&self, value: &RawValue) -> usize {
        self.start + offset_in(self.text, value.get())
    }

    /// What a string, a number or a truth value says, and its byte.
    fn scalar(&mut self, value: Raw<'a>, name: &str) -> Option<(usize, Cow<'a, str>)> {
        let value = value?;
        let at = self.at(value);
        match value.get().as_bytes().first() {
            Some(b'"') => match json::string(value) {
                Ok(string) => Some((at + 1, string)),
                Err(what) => {
                    let what = format!("{name} {what}");
                    self.script.into.error(at, Problem::Syntax(what));
                    None
                }
            },
            Some(b'[' | b'{') => {
                let what = format!("{name} is a string, a number, true or false");
                self.script.into.error(at, Problem::Syntax(what));
                None
            }
            Some(b'n') | None => None,
            Some(_) => Some((at, Cow::Borrowed(value.get()))),
        }
    }

    fn section(&mut self, section: SectionOf<'a>) {
        let name = self.scalar(section.name, "name");
        let order = self.scalar(section.order, "order");
        let mode = self.scalar(section.mode, "mode");
        let phase = self.scalar(section.prompt_phase, "promptphase");
        let display = self.scalar(section.speaker_display, "speakerdisplay");
        let lists = section
            .groups
            .into_iter()
            .flat_map(|group| [group.prompt_items, group.prompt_units]);
        let own = [section.prompt_items, section.prompt_units];
        let items: Vec<&RawValue> = own.into_iter().chain(lists).flatten().collect();
        let first = items.first().map_or(self.start, |item| self.at(item));
        let start = name.as_ref().map_or(first, |(at, _)| *at);
        self.script.open_section(&SectionFacts {
            start,
            name: given(name.as_ref()),
            order: given(order.as_ref()),
            mode: given(mode.as_ref()),
            prompt_phase: given(phase.as_ref()),
            speaker_display: given(display.as_ref()),
        });
        for item in items {
            self.item(item);
        }
        self.script.close_section();
    }

    fn item(&mut self, raw: &'a RawValue) {
        let start = self.at(raw);
        let item: ItemOf = match serde_json::from_str(raw.get()) {
            Ok(item) => item,
            Err(error) => {
                let (within, what) = json::slip(raw.get(), &error);
                return self
                    .script
                    .into
                    .error(start + within, Problem::Syntax(what));
            }
        };
        let mut row = Row::new(start);
        let columns = [
            (item.itemcode, "itemcode", ID),
            (item.recduration, "recduration", DURATION),
            (item.prerecdelay, "prerecdelay", PRE_DELAY),
            (item.postrecdelay, "postrecdelay", POST_DELAY),
            (item.beep, "beep", BEEP),
            (item.blocked, "blocked", BLOCKED),
            (item.reccomment, "reccomment", COMMENT),
        ];
        for (value, name, column) in columns {
            if let Some((at, value)) = self.scalar(value, name) {
                row.put_decoded(column, at, value);
            }
        }
        if let Some((at, note)) = self.instructions(item.recinstructions) {
            row.put_decoded(NOTE, at, folded(note));
        }
        let media: Vec<_> = item
            .mediaitems
            .into_iter()
            .map(|medium| self.medium(medium, start, &mut row))
            .collect();
        let kind = self.scalar(item.kind, "type");
        if kind.is_some_and(|(_, kind)| kind.eq_ignore_ascii_case("nonrecording")) {
            if let Some(note) = row.get(NOTE) {
                self.script.page(start, note);
            }
            for medium in media {
                self.script.page(medium.start, &medium.text.1);
            }
            return;
        }
        if row.get(ID).is_none() {
            let what = "a recording has an itemcode";
            self.script
                .into
                .error(start, Problem::Syntax(what.to_owned()));
        }
        self.script.put_media(&mut row, media);
        let has_duration = row.get(DURATION).is_some();
        self.script.item(row, has_duration);
    }

    /// Instructions: a string, or an object with that string.
    fn instructions(&mut self, value: Raw<'a>) -> Option<(usize, Cow<'a, str>)> {
        let raw = value?;
        if let Ok(inner) = serde_json::from_str::<Instructions>(raw.get()) {
            return self.scalar(inner.recinstructions, "recinstructions");
        }
        self.scalar(value, "recinstructions")
    }

    fn medium(&mut self, medium: MediaOf<'a>, start: usize, row: &mut Row<'a>) -> Media<'a> {
        let language = self.scalar(medium.languageiso639code, "languageISO639code");
        if let (Some((at, language)), None) = (language, row.get(LANGUAGE)) {
            row.put_decoded(LANGUAGE, at, language);
        }
        let text = self.scalar(medium.text, "text");
        let (at, text) = text.unwrap_or((start, Cow::Borrowed("")));
        let within = text.len() - text.trim_start().len();
        let is_literal = matches!(text, Cow::Borrowed(_));
        let mut owned = |value, name| self.scalar(value, name).map(|(_, text)| text.into_owned());
        Media {
            start: at,
            text: (at + if is_literal { within } else { 0 }, folded(text)),
            mime_type: owned(medium.mimetype, "mimetype")
                .unwrap_or_else(|| "text/plain".to_owned()),
            src: owned(medium.src, "src"),
            alt: owned(medium.alt, "alt"),
        }
    }
}

fn given<'g>(value: Option<&'g (usize, Cow<'_, str>)>) -> Given<'g> {
    value.map(|(at, value)| (*at, &**value))
}

/// As [`unfolded`], of what may be a string of its own.
fn folded(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => unfolded(text),
        Cow::Owned(text) => Cow::Owned(unfolded(&text).into_owned()),
    }
}
