//! JSON Lines: an object a line, with our own fields or those of NeMo's manifests (`text`, `lang`). Fields that mean nothing
//! here are passed over, and told once. What the objects do not say is not there: a word is no label by itself.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::Section;
use super::collect::Collector;
use super::columns::{
    self, BEEP, BLOCKED, COLUMNS, DURATION, ID, LABEL, POST_DELAY, PRE_DELAY, REPEAT,
};
use super::json::{self, Fields};
use super::problem::{Problem, is_forbidden};
use super::row::Row;
use super::source::{Line, offset_in};

/// The object of a section's properties, in its first prompt.
pub(super) const SECTION_PROPERTIES: &str = "section_properties";

/// A row for each object.
pub(super) fn read(lines: &[Line], into: &mut Collector) {
    into.words_are_labels = false;
    let mut unread: Vec<String> = Vec::new();
    let mut first_unread = 0;
    for &line in lines {
        if line.text.trim_start().starts_with('[') {
            let what = "an array; JSON Lines has an object on each line, without brackets around and commas between them";
            return into.error(line.start, Problem::Syntax(what.to_owned()));
        }
        let fields = match serde_json::from_str::<Fields>(line.text) {
            Ok(fields) => fields,
            Err(error) => {
                let (offset, what) = json::slip(line.text, &error);
                into.error(line.start + offset, Problem::Syntax(what));
                continue;
            }
        };
        if let Some(row) = row(line, &fields, into) {
            into.add(&row);
        }
        for (name, value) in &fields.0 {
            if !is_read(name) && !unread.iter().any(|known| known == name) {
                if unread.is_empty() {
                    first_unread = line.start + offset_in(line.text, value.get());
                }
                unread.push(name.clone().into_owned());
            }
        }
    }
    if !unread.is_empty() {
        let names = super::problem::excerpt(&unread.join(", "));
        into.warn(first_unread, format!("fields that are not read: {names}"));
    }
}

fn is_read(name: &str) -> bool {
    name == SECTION_PROPERTIES || columns::column(name).is_some()
}

/// The row of an object, unless something is wrong with a field of it.
fn row<'a>(line: Line<'a>, fields: &Fields<'a>, into: &mut Collector) -> Option<Row<'a>> {
    let mut row = Row::new(line.start);
    let before = into.errors.len();
    // Other names for a column count where its own is not there.
    let (own, other): (Vec<_>, Vec<_>) = fields
        .0
        .iter()
        .partition(|(name, _)| COLUMNS.contains(&&**name));
    for (name, value) in own.into_iter().chain(other) {
        let Some(column) = columns::column(name).filter(|&column| row.get(column).is_none()) else {
            continue;
        };
        let at = line.start + offset_in(line.text, value.get());
        match scalar(column, value) {
            Ok(None) => {}
            Ok(Some((within, value))) => row.put_decoded(column, at + within, value),
            Err(what) => into.error(at, Problem::Syntax(format!("{} {what}", COLUMNS[column]))),
        }
    }
    let properties = fields.0.iter().find(|(name, _)| name == SECTION_PROPERTIES);
    if let Some((_, value)) = properties {
        let at = line.start + offset_in(line.text, value.get());
        if let Err((within, what)) = add_section(&row, value.get(), &mut into.sections) {
            into.error(at + within, Problem::Syntax(what));
        }
    }
    (into.errors.len() == before).then_some(row)
}

/// What a field says, and where behind its beginning; `None` of null.
fn scalar(column: usize, value: &RawValue) -> Result<Option<(usize, Cow<'_, str>)>, String> {
    let raw = value.get();
    let may_be_number = matches!(
        column,
        ID | LABEL | REPEAT | DURATION | PRE_DELAY | POST_DELAY
    );
    match raw.as_bytes().first() {
        Some(b'"') => {
            let string = json::string(value)?;
            Ok(Some((1, string)))
        }
        Some(b'n') => Ok(None),
        Some(b'-' | b'0'..=b'9') if may_be_number => Ok(Some((0, Cow::Borrowed(raw)))),
        Some(b't' | b'f') if matches!(column, BEEP | BLOCKED) => Ok(Some((0, Cow::Borrowed(raw)))),
        _ if may_be_number => Err("is a string or a number".to_owned()),
        _ if matches!(column, BEEP | BLOCKED) => Err("is true or false".to_owned()),
        _ => Err("is a string".to_owned()),
    }
}

/// The section that a row opens, with what is said of it.
fn add_section(
    row: &Row,
    properties: &str,
    sections: &mut Vec<Section>,
) -> Result<(), (usize, String)> {
    let mut section: Section =
        serde_json::from_str(properties).map_err(|error| json::slip(properties, &error))?;
    let is_wrong = |c: char| is_forbidden(c) && c != '\n';
    let page = section.instructions.as_deref().unwrap_or_default();
    if let Some(character) = page.chars().find(|&c| is_wrong(c)) {
        let of = "instructions";
        return Err((0, Problem::Control { character, of }.to_string()));
    }
    let Some(name) = row.get(columns::SECTION) else {
        let what = "section_properties are those of a prompt's section, and this prompt has none";
        return Err((0, what.to_owned()));
    };
    if sections.iter().any(|known| known.name == name) {
        let name = super::problem::excerpt(name);
        let what = format!("the section `{name}` has its section_properties already");
        return Err((0, what));
    }
    name.clone_into(&mut section.name);
    sections.push(section);
    Ok(())
}
