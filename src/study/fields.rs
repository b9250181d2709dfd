//! The fields of a table: each is read by its kind, and what is wrong with it is named where it stands. In keys, `-` and
//! `_` are the same.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::toml_file::Found;

/// A key of a file as it is compared.
pub(super) fn plain(key: &str) -> Cow<'_, str> {
    if key.contains('_') {
        Cow::Owned(key.replace('_', "-"))
    } else {
        Cow::Borrowed(key)
    }
}

/// The one of `known` that `key` was most likely meant to be.
pub(super) fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let distance = |other: &&&str| strsim::osa_distance(&plain(key), other);
    let best = known.iter().min_by_key(distance)?;
    (distance(&best) <= 1 + best.chars().count() / 4).then_some(best)
}

/// A table whose fields are read one by one.
pub(super) struct Fields<'a, 'f> {
    table: &'a DeTable<'a>,
    /// Where the table stands, for what is missing in it.
    pub at: usize,
    pub found: &'f mut Found,
}

impl<'a, 'f> Fields<'a, 'f> {
    /// The fields of a table in which only `known` may stand. `what` names the table in messages.
    pub fn of(
        table: &'a DeTable<'a>,
        (at, what): (usize, &str),
        known: &[&str],
        found: &'f mut Found,
    ) -> Self {
        let mut seen: Vec<Cow<str>> = Vec::new();
        for key in table.keys() {
            let name = plain(key.get_ref());
            if !known.contains(&&*name) {
                let message = unknown(key.get_ref(), what, known);
                found.mistake(key.span().start, message);
            } else if seen.contains(&name) {
                let message = format!("`{}` is there twice; - and _ are the same", key.get_ref());
                found.mistake(key.span().start, message);
            }
            seen.push(name);
        }
        Self { table, at, found }
    }

    /// The value of a key.
    pub fn get(&self, name: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        let of = |(key, value): (&'a Spanned<_>, &'a Spanned<DeValue<'a>>)| {
            let key: &Cow<str> = key.get_ref();
            (plain(key) == name).then_some(value)
        };
        self.table.iter().find_map(of)
    }

    /// Something is wrong with the value of a key, or with the table where the key is missing.
    pub fn mistake(&mut self, name: &str, message: impl Into<String>) {
        let at = self.get(name).map_or(self.at, |value| value.span().start);
        self.found.mistake(at, message);
    }

    /// A key that must be there.
    pub fn need<T>(&mut self, name: &str, what: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && self.get(name).is_none() {
            self.mistake(name, format!("`{name}` is missing: {what}"));
        }
        value
    }

    /// One line of text, not empty.
    pub fn line(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        if text.contains('\n') {
            self.mistake(name, format!("`{name}` is one line of text"));
            return None;
        }
        Some(text)
    }

    /// Text, not empty; blanks at its ends do not count.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        match text_of(value) {
            Ok(text) => Some(text),
            Err(message) => {
                self.mistake(name, format!("`{name}` {message}"));
                None
            }
        }
    }

    /// Yes or no; no where nothing stands.
    pub fn yes(&mut self, name: &str) -> bool {
        match self.get(name).map(Spanned::get_ref) {
            None => false,
            Some(DeValue::Boolean(yes)) => *yes,
            Some(_) => {
                self.mistake(name, format!("`{name}` is true or false"));
                false
            }
        }
    }

    /// A whole number.
    pub fn whole(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let number = match self.get(name)?.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let (from, to) = range.into_inner();
            let bounds = match (from, to) {
                (i64::MIN, _) => String::new(),
                (from, i64::MAX) => format!(", at least {from}"),
                (from, to) => format!(" from {from} to {to}"),
            };
            self.mistake(name, format!("`{name}` is a whole number{bounds}"));
        }
        number
    }

    /// A number that counts something, at least one.
    pub fn count(&mut self, name: &str) -> Option<u32> {
        let number = self.whole(name, 1..=i64::from(u32::MAX))?;
        u32::try_from(number).ok()
    }

    /// One of some words.
    pub fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let value = self.get(name)?;
        let word = self.word_of(value, name, words);
        word.ok()
    }

    fn word_of<T: Copy>(
        &mut self,
        value: &Spanned<DeValue>,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<T, ()> {
        if let DeValue::String(given) = value.get_ref() {
            let is_given = |(word, _): &&(&str, T)| plain(word) == plain(given);
            if let Some((_, meant)) = words.iter().find(is_given) {
                return Ok(*meant);
            }
        }
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format!("`{name}` is one of {}", all.join(", "));
        self.found.mistake(value.span().start, message);
        Err(())
    }

    /// One or several of some words, each once; `usual` where nothing stands.
    pub fn words<T: Copy + PartialEq>(
        &mut self,
        name: &str,
        words: &[(&str, T)],
        usual: T,
    ) -> Vec<T> {
        let Some(value) = self.get(name) else {
            return vec![usual];
        };
        let mut all = Vec::new();
        for value in one_or_several(value) {
            match self.word_of(value, name, words) {
                Ok(word) if all.contains(&word) => {
                    let message = format!("`{name}` has this twice");
                    self.found.mistake(value.span().start, message);
                }
                Ok(word) => all.push(word),
                Err(()) => {}
            }
        }
        if one_or_several(value).is_empty() {
            self.mistake(name, format!("`{name}` is empty; leave it out instead"));
        }
        all
    }

    /// A table, `[name]`.
    pub fn table(&mut self, name: &str) -> Option<&'a DeTable<'a>> {
        let value = self.get(name)?.get_ref();
        if let DeValue::Table(table) = value {
            return Some(table);
        }
        let message = format!("`{name}` is a table: [{name}], then a key a line");
        self.mistake(name, message);
        None
    }

    /// Tables, `[[name]]`, each with its place.
    pub fn tables(&mut self, name: &str) -> Vec<(usize, &'a DeTable<'a>)> {
        let mut tables = Vec::new();
        for value in self.get(name).map(one_or_several).unwrap_or_default() {
            let at = value.span().start;
            if let DeValue::Table(table) = value.get_ref() {
                tables.push((at, table));
            } else {
                let message = format!(
                    "`{name}` is a list of tables: [[{name}]] before each, then a key a line"
                );
                self.found.mistake(at, message);
            }
        }
        tables
    }
}

/// What is said of a key that is not known.
pub(super) fn unknown(key: &str, what: &str, known: &[&str]) -> String {
    match nearest(key, known) {
        Some(nearest) => format!("unknown key `{key}` in {what}; did you mean `{nearest}`?"),
        None => format!(
            "unknown key `{key}` in {what}; keys are {}",
            known.join(", ")
        ),
    }
}

/// The values of a list, or the one value.
pub(super) fn one_or_several<'a>(value: &'a Spanned<DeValue<'a>>) -> Vec<&'a Spanned<DeValue<'a>>> {
    match value.get_ref() {
        DeValue::Array(values) => values.iter().collect(),
        _ => vec![value],
    }
}

/// Text for people: something in it, and no control characters but line breaks.
pub(super) fn text_of(value: &Spanned<DeValue>) -> Result<String, &'static str> {
    let DeValue::String(text) = value.get_ref() else {
        return Err("is text in quotes");
    };
    let text = text.trim();
    if text.is_empty() {
        return Err("is empty; leave it out instead");
    }
    if text.contains(|c: char| c.is_control() && c != '\n') {
        return Err("has a control character, such as a tab");
    }
    Ok(text.to_owned())
}
