//! SpeechRecorder's XML. Document types are passed over, external entities never looked for, and of entities only those of
//! XML itself are known: what a list says stands in the file.

use std::borrow::Cow;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Error as XmlError, Reader, XmlVersion};

use super::collect::Collector;
use super::columns::{BEEP, BLOCKED, COMMENT, DURATION, ID, LANGUAGE, NOTE, POST_DELAY, PRE_DELAY};
use super::problem::Problem;
use super::row::Row;
use super::script::{Given, Media, Script, SectionFacts, unfolded};
use super::source::offset_in;

/// Reads a script that begins at byte `start` of the file.
pub(super) fn read<'a>(start: usize, text: &'a str, into: &mut Collector<'a>) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = false;
    let mut document = Document {
        start,
        text,
        script: Script::new(into),
        path: Vec::new(),
        has_root: false,
        item: None,
        words: Words::default(),
    };
    loop {
        let before = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => document.event(event, start + before),
            Err(error) => {
                let at = start + reader.error_position() as usize;
                document.syntax(at, xml_message(&error));
                return;
            }
        }
    }
    if let Some(open) = document.path.last() {
        let what = format!("the file ends within <{open}>");
        document.syntax(start + text.len(), what);
    } else if !document.has_root {
        document.syntax(start, "there is no <session> or <script> in it".to_owned());
    }
    document.script.end();
}

/// Where the reader is.
struct Document<'s, 'a> {
    start: usize,
    text: &'a str,
    script: Script<'s, 'a>,
    /// Names of the elements that are open.
    path: Vec<String>,
    has_root: bool,
    item: Option<Item<'a>>,
    words: Words<'a>,
}

/// A `recording` or `nonrecording` under way.
struct Item<'a> {
    row: Row<'a>,
    is_recording: bool,
    has_duration: bool,
    media: Vec<Media<'a>>,
}

/// The text of the element that is open.
#[derive(Default)]
struct Words<'a> {
    /// In one piece, as it stands.
    literal: Option<&'a str>,
    /// In several.
    joined: String,
    pieces: usize,
    at: usize,
}

impl<'a> Words<'a> {
    fn push(&mut self, at: usize, piece: &str, literal: Option<&'a str>) {
        if self.pieces == 0 {
            self.at = at;
            self.literal = literal;
        } else {
            self.literal = None;
        }
        self.pieces += 1;
        self.joined.push_str(piece);
    }

    /// What it says, without the layout, and where it begins.
    fn take(&mut self) -> (usize, Cow<'a, str>) {
        let words = std::mem::take(self);
        if let Some(literal) = words.literal
            && let Cow::Borrowed(said) = unfolded(literal)
        {
            let within = offset_in(literal, said);
            return (words.at + within, Cow::Borrowed(said));
        }
        let layout = words.joined.len() - words.joined.trim_start().len();
        let at = if words.literal.is_some() {
            words.at + layout
        } else {
            words.at
        };
        (at, Cow::Owned(unfolded(&words.joined).into_owned()))
    }
}

/// An attribute: name, value, and the byte of its value in the file.
type Attribute = (String, String, usize);

impl<'a> Document<'_, 'a> {
    fn syntax(&mut self, at: usize, what: String) {
        self.script.into.error(at, Problem::Syntax(what));
    }

    fn event(&mut self, event: Event<'a>, at: usize) {
        match event {
            Event::Start(element) => self.open(&element, at),
            Event::Empty(element) => {
                self.open(&element, at);
                self.close();
            }
            Event::End(_) => self.close(),
            Event::Text(text) => {
                if let Cow::Borrowed(piece) = text.into_inner() {
                    let at = self.start + offset_in(self.text, piece);
                    self.words.push(at, piece, Some(piece));
                }
            }
            Event::CData(text) => {
                if let Cow::Borrowed(piece) = text.into_inner() {
                    let at = self.start + offset_in(self.text, piece);
                    self.words.push(at, piece, Some(piece));
                }
            }
            Event::GeneralRef(name) => self.reference(&name, at),
            // What stands in a document type is not looked at.
            Event::DocType(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Eof => {}
        }
    }

    fn reference(&mut self, name: &BytesRef, at: usize) {
        let told = name.borrow().into_inner().into_owned();
        let character = match told.as_str() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => name.resolve_char_ref().ok().flatten(),
        };
        if let Some(character) = character {
            let mut bytes = [0; 4];
            return self.words.push(at, character.encode_utf8(&mut bytes), None);
        }
        self.words.push(at, "?", None); // so that the text is not called empty too
        let told = super::problem::excerpt(&told);
        let what = format!(
            "`&{told};` is not resolved: only &amp; &lt; &gt; &quot; &apos; and numbers are"
        );
        self.syntax(at, what);
    }

    fn open(&mut self, element: &BytesStart, at: usize) {
        let name = element.local_name().as_ref().to_owned();
        let attributes = self.attributes(element, at);
        let given = |wanted: &str| -> Given {
            let mut found = attributes.iter().filter(|(name, ..)| name == wanted);
            found.next().map(|(_, value, at)| (*at, value.as_str()))
        };
        match name.as_str() {
            _ if self.path.is_empty() => {
                self.has_root = true;
                if !matches!(name.as_str(), "session" | "script") {
                    let told = super::problem::excerpt(&name);
                    let what = format!(
                        "the outermost element is <{told}>; SpeechRecorder's is <session> or <script>"
                    );
                    self.syntax(at, what);
                }
            }
            "section" => self.script.open_section(&SectionFacts {
                start: at,
                name: given("name"),
                order: given("order"),
                mode: given("mode"),
                prompt_phase: given("promptphase"),
                speaker_display: given("speakerdisplay"),
            }),
            "recording" | "nonrecording" => self.open_item(name == "recording", at, &given),
            "mediaitem" => self.open_media(at, &given),
            "br" | "p" if self.item.is_some() => self.words.push(at, " ", None),
            "recinstructions" | "reccomment" => drop(self.words.take()),
            _ => {}
        }
        self.path.push(name);
    }

    fn open_item<'g>(&mut self, is_recording: bool, at: usize, given: &impl Fn(&str) -> Given<'g>) {
        let mut row = Row::new(at);
        let columns = [
            ("itemcode", ID),
            ("recduration", DURATION),
            ("prerecdelay", PRE_DELAY),
            ("postrecdelay", POST_DELAY),
            ("beep", BEEP),
            ("blocked", BLOCKED),
        ];
        for (name, column) in columns {
            if let Some((at, value)) = given(name) {
                row.put_decoded(column, at, Cow::Owned(value.to_owned()));
            }
        }
        if is_recording && row.get(ID).is_none() {
            self.syntax(at, "a recording has an itemcode".to_owned());
        }
        self.item = Some(Item {
            row,
            is_recording,
            has_duration: given("recduration").is_some(),
            media: Vec::new(),
        });
    }

    fn open_media<'g>(&mut self, at: usize, given: &impl Fn(&str) -> Given<'g>) {
        self.words.take();
        let Some(item) = &mut self.item else { return };
        let owned = |name: &str| given(name).map(|(_, value)| value.to_owned());
        if let Some((at, language)) = given("languageISO639code")
            && item.row.get(LANGUAGE).is_none()
        {
            item.row
                .put_decoded(LANGUAGE, at, Cow::Owned(language.to_owned()));
        }
        item.media.push(Media {
            start: at,
            text: (at, Cow::Borrowed("")),
            mime_type: owned("mimetype").unwrap_or_else(|| "text/plain".to_owned()),
            src: owned("src"),
            alt: owned("alt"),
        });
    }

    fn close(&mut self) {
        let name = self.path.pop().unwrap_or_default();
        match name.as_str() {
            "section" => self.script.close_section(),
            "recording" | "nonrecording" => self.close_item(),
            "mediaitem" => {
                let words = self.words.take();
                if let Some(medium) = self.item.as_mut().and_then(|item| item.media.last_mut()) {
                    medium.text = words;
                }
            }
            "recinstructions" | "reccomment" => {
                let (at, words) = self.words.take();
                let column = if name == "reccomment" { COMMENT } else { NOTE };
                if let Some(item) = &mut self.item {
                    item.row.put_decoded(column, at, words);
                }
            }
            _ => {}
        }
    }

    fn close_item(&mut self) {
        let Some(mut item) = self.item.take() else {
            return;
        };
        if item.is_recording {
            self.script.put_media(&mut item.row, item.media);
            self.script.item(item.row, item.has_duration);
            return;
        }
        if let Some(note) = item.row.get(NOTE) {
            self.script.page(item.row.start, note);
        }
        for medium in &item.media {
            self.script.page(medium.start, &medium.text.1);
            if let Some(src) = &medium.src {
                let src = super::problem::excerpt(src);
                let message = format!("this file is neither shown nor played: `{src}`");
                self.script.into.warn(medium.start, message);
            }
        }
    }

    fn attributes(&mut self, element: &BytesStart, at: usize) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        for attribute in element.attributes() {
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    let message = super::problem::foreign_message(&error.to_string());
                    self.syntax(at, format!("not well-formed XML: {message}"));
                    break;
                }
            };
            let name = attribute.key.local_name().as_ref().to_owned();
            let value = attribute.normalized_value(XmlVersion::default());
            // What an element borrows from lies in the file, behind its `<`.
            let within = offset_in(element, &attribute.value);
            match value {
                Ok(value) => attributes.push((name, value.into_owned(), at + 1 + within)),
                Err(error) => self.syntax(at + 1 + within, xml_message(&error)),
            }
        }
        attributes
    }
}

fn xml_message(error: &XmlError) -> String {
    let message = super::problem::foreign_message(&error.to_string());
    format!("not well-formed XML: {message}")
}
