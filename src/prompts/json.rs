//! What the JSON formats share: objects whose values know where they stand, and slips with their places.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object's fields in their order, no name twice.
pub(super) struct Fields<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
        while let Some(Name(name)) = map.next_key::<Name>()? {
            if fields.iter().any(|(known, _)| *known == name) {
                let name = super::problem::excerpt(&name);
                let what = format!("the field `{name}` is there twice");
                return Err(serde::de::Error::custom(what));
            }
            fields.push((name, map.next_value()?));
        }
        Ok(Fields(fields))
    }
}

/// A field's name, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }
            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

/// What a string says: a piece of the file, behind its first quotation mark, where it has no escapes.
pub(super) fn string(value: &RawValue) -> Result<Cow<'_, str>, String> {
    let raw = value.get();
    let literal = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
    match literal {
        Some(literal) if !literal.contains('\\') => Ok(Cow::Borrowed(literal)),
        _ => match serde_json::from_str(raw) {
            Ok(string) => Ok(Cow::Owned(string)),
            Err(error) => Err(format!("is no string: {}", message(&error))),
        },
    }
}

/// The byte of a slip in `text`, and what it is.
pub(super) fn slip(text: &str, error: &serde_json::Error) -> (usize, String) {
    let line = error.line().saturating_sub(1);
    let starts = text.split_inclusive('\n').take(line).map(str::len);
    let start: usize = starts.sum();
    // serde_json's columns are in bytes; it may point behind the end or, for a missing field, to it.
    let mut offset = (start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    (offset, message(error))
}

fn message(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let message = whole.rsplit_once(" at line ");
    let message = message.map_or(whole.as_str(), |(message, _)| message);
    super::problem::foreign_message(message)
}
