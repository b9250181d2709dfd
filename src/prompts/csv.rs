//! CSV as RFC 4180 has it, with a header: fields between commas (or semicolons, where the header has those), quoted where
//! they must be. A quotation mark that does not fit the rules is refused, for what follows it may mean anything.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use super::collect::Collector;
use super::columns::is_header;
use super::problem::Problem;
use super::row::Row;
use super::source::is_blank;
use super::tsv;

/// A row for each record below the header.
pub(super) fn read(start: usize, text: &str, into: &mut Collector) {
    let delimiter = delimiter(text);
    let before = into.errors.len();
    if let Some((at, what)) = broken_quote(text.as_bytes(), delimiter) {
        into.error(start + at, Problem::Syntax(what.to_owned()));
        return;
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut columns = None;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let at = error.position().map_or(0, csv::Position::byte) as usize;
                into.error(
                    start + at,
                    Problem::Syntax(super::problem::foreign_message(&error.to_string())),
                );
                break;
            }
        }
        let at = record.position().map_or(0, csv::Position::byte) as usize;
        let at = at + line_ends(&text.as_bytes()[at.min(text.len())..]);
        if record
            .iter()
            .all(|field| field.trim_matches(is_blank).is_empty())
        {
            continue; // nothing but blanks and delimiters, as spreadsheets leave it
        }
        let is_comment = text[at..].starts_with('#');
        if is_comment && into.options.comments {
            continue;
        }
        let Some(columns) = &columns else {
            columns = header(start, text, at, &record, delimiter, into);
            if columns.is_none() {
                break;
            }
            continue;
        };
        if let Some(row) = row(start, text, at, &record, (columns, delimiter), into) {
            into.add(&row);
        }
    }
    if columns.is_none() && into.errors.len() == before {
        into.errors
            .push(super::PromptError::whole(Problem::EmptyList));
    }
}

fn header(
    start: usize,
    text: &str,
    at: usize,
    record: &StringRecord,
    delimiter: u8,
    into: &mut Collector,
) -> Option<Vec<usize>> {
    if !is_header(record.iter()) {
        let what = "CSV needs a header line that names the columns, `text` among them";
        into.error(start + at, Problem::Syntax(what.to_owned()));
        return None;
    }
    let mut places = FieldPlaces::new(text, at, delimiter);
    let mut names: Vec<_> = record
        .iter()
        .map(|name| (start + places.next_place(), name))
        .collect();
    // Spreadsheets leave empty columns at the right.
    while names.len() > 1 && names.last().is_some_and(|(_, name)| name.is_empty()) {
        names.pop();
    }
    tsv::header(start + at, names.into_iter(), into)
}

fn row<'a>(
    start: usize,
    text: &'a str,
    at: usize,
    record: &StringRecord,
    (columns, delimiter): (&[usize], u8),
    into: &mut Collector,
) -> Option<Row<'a>> {
    let mut row = Row::new(start + at);
    let mut places = FieldPlaces::new(text, at, delimiter);
    for (index, field) in record.iter().enumerate() {
        let place = places.next_place();
        let blank = field.trim_matches(is_blank).is_empty();
        match columns.get(index) {
            _ if blank => {}
            Some(&column) => match text.get(place..place + field.len()) {
                Some(literal) if literal == field => row.put(column, start + place, literal),
                _ => row.put_decoded(column, start + place, Cow::Owned(field.to_owned())),
            },
            None => {
                let (found, expected) = (record.len(), columns.len());
                into.error(start + place, Problem::TooManyFields { found, expected });
                return None;
            }
        }
    }
    Some(row)
}

/// What stands between the header's names.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or_default();
    let names_text = |delimiter: char| {
        is_header(line.split(delimiter).map(|name| name.trim_matches('"')))
            && line.contains(delimiter)
    };
    if !names_text(',') && names_text(';') {
        b';'
    } else {
        b','
    }
}

/// How many line ends there are at the beginning: the reader passes over empty lines.
fn line_ends(bytes: &[u8]) -> usize {
    let ends = bytes
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    ends.count()
}

/// Where each field of a record begins, one after the other.
struct FieldPlaces<'a> {
    bytes: &'a [u8],
    at: usize,
    delimiter: u8,
}

impl<'a> FieldPlaces<'a> {
    fn new(text: &'a str, at: usize, delimiter: u8) -> Self {
        Self {
            bytes: text.as_bytes(),
            at,
            delimiter,
        }
    }

    /// The byte where the next field's content begins, behind its quotation mark.
    fn next_place(&mut self) -> usize {
        let quoted = self.bytes.get(self.at) == Some(&b'"');
        let place = self.at + usize::from(quoted);
        let mut in_quotes = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'"' if quoted => in_quotes = !in_quotes,
                _ if !in_quotes && byte == self.delimiter => break,
                _ => {}
            }
        }
        place
    }
}

/// The first quotation mark that is against RFC 4180, and how.
fn broken_quote(bytes: &[u8], delimiter: u8) -> Option<(usize, &'static str)> {
    let is_end = |byte: Option<&u8>| {
        byte.is_none_or(|&byte| byte == delimiter || byte == b'\n' || byte == b'\r')
    };
    let mut at = 0;
    while at < bytes.len() {
        // At the beginning of a field.
        if bytes[at] == b'"' {
            let opened = at;
            at += 1;
            loop {
                match (bytes.get(at), bytes.get(at + 1)) {
                    (None, _) => {
                        return Some((opened, "this quotation mark is never closed"));
                    }
                    (Some(b'"'), Some(b'"')) => at += 2,
                    (Some(b'"'), next) if is_end(next) => break,
                    (Some(b'"'), _) => {
                        let what = "a quotation mark inside a quoted field is written twice";
                        return Some((at, what));
                    }
                    _ => at += 1,
                }
            }
            at += 1;
        }
        while !is_end(bytes.get(at)) {
            if bytes[at] == b'"' {
                let what =
                    "a field with a quotation mark in it is quoted, and the mark is written twice";
                return Some((at, what));
            }
            at += 1;
        }
        at += 1;
    }
    None
}
