//! TSV: columns between raw tabs. There is no quoting, so that a quotation mark in a prompt stays one.
//!
//! A first row with a field `text` (or one of its other names) or `id` is a header. Without a header one column is the
//! text, two are id and text; more are refused, because nothing says what they are. Common Voice's lists are such files
//! with columns of their own.

use super::collect::Collector;
use super::columns::{COLUMNS, ID, LABEL, LANGUAGE, TEXT, column, is_header};
use super::problem::Problem;
use super::row::Row;
use super::source::{Line, is_blank};
use super::text::warn_of_comments;

/// A row for each line below the header, or for all where there is none. Rows that do not fit the columns are named.
pub(super) fn read(lines: &[Line], into: &mut Collector) {
    let Some(&first) = lines.first() else { return };
    let has_header = is_header(fields(first.text).map(|(_, name)| name));
    let (columns, data) = if has_header {
        let names = fields(first.text).map(|(offset, name)| (first.start + offset, name));
        (header(first.start, names, into), &lines[1..])
    } else {
        (headerless(first, into), lines)
    };
    let Some(columns) = columns else { return };
    let is_comment = |line: &&Line| line.text.starts_with('#');
    warn_of_comments(data.iter().filter(is_comment), into);
    for &line in data {
        if let Some(row) = row(line, &columns, has_header, into) {
            into.add(&row);
        }
    }
}

/// Which column each field of a row is; `None` where the header has mistakes, so that no row can be read. The names come
/// with their byte offsets in the file.
pub(super) fn header<'n>(
    start: usize,
    names: impl Iterator<Item = (usize, &'n str)>,
    into: &mut Collector,
) -> Option<Vec<usize>> {
    let before = into.errors.len();
    let mut columns = Vec::new();
    for (offset, name) in names {
        match column(name) {
            None => {
                let name = super::problem::excerpt(name);
                into.error(offset, Problem::UnknownColumn { name });
            }
            Some(known) if columns.contains(&known) => {
                let name = COLUMNS[known];
                into.error(offset, Problem::DuplicateColumn { name });
            }
            Some(known) => columns.push(known),
        }
    }
    if into.errors.len() == before && !columns.contains(&TEXT) {
        into.error(start, Problem::NoTextColumn);
    }
    into.words_are_labels = !columns.contains(&LABEL);
    (into.errors.len() == before).then_some(columns)
}

/// The columns of a file whose first row is no header.
fn headerless(first: Line, into: &mut Collector) -> Option<Vec<usize>> {
    match fields(first.text).count() {
        1 => Some(vec![TEXT]),
        2 => Some(vec![ID, TEXT]),
        found => {
            into.error(first.start, Problem::HeaderNeeded { found });
            None
        }
    }
}

/// One row by its columns; `None` where it has more or fewer fields than it may.
fn row<'a>(
    line: Line<'a>,
    columns: &[usize],
    has_header: bool,
    into: &mut Collector,
) -> Option<Row<'a>> {
    let mut row = Row::new(line.start);
    let mut found = 0;
    let mut surplus = None;
    for (offset, field) in fields(line.text) {
        match columns.get(found) {
            Some(&column) => row.put(column, line.start + offset, field),
            None => surplus = surplus.or(Some(offset)),
        }
        found += 1;
    }
    if let Some(offset) = surplus {
        let expected = columns.len();
        into.error(
            line.start + offset,
            Problem::TooManyFields { found, expected },
        );
        return None;
    }
    // With a header a short row has an empty text or none of the rest; without one it may be an id or a text.
    if !has_header && found < columns.len() {
        into.error(line.start, Problem::TooFewFields);
        return None;
    }
    Some(row)
}

/// Common Voice: the sentence, its id where the release has ids, its language. Who read it, and where, is passed over; a
/// sentence that several people read is asked for once.
pub(super) fn read_common_voice(lines: &[Line], into: &mut Collector) {
    let Some((first, data)) = lines.split_first() else {
        return;
    };
    let names: Vec<&str> = first.text.split('\t').map(str::trim).collect();
    let place = |name: &str| names.iter().position(|known| *known == name);
    let Some(sentence) = place("sentence") else {
        let what = "the header has no column `sentence`, as Common Voice's lists have";
        return into.error(first.start, Problem::Syntax(what.to_owned()));
    };
    let columns = [
        (Some(sentence), TEXT),
        (place("sentence_id"), ID),
        (place("locale"), LANGUAGE),
    ];
    into.asks_once = true;
    for &line in data {
        let fields: Vec<&str> = line.text.split('\t').collect();
        if fields.len() > names.len() {
            let problem = Problem::TooManyFields {
                found: fields.len(),
                expected: names.len(),
            };
            into.error(line.start, problem);
            continue;
        }
        let given = columns.iter().filter_map(|&(place, column)| {
            let field = fields.get(place?)?;
            Some((column, *field))
        });
        into.add(&Row::of_line(line, &given.collect::<Vec<_>>()));
    }
}

/// The fields of a line, each with its byte offset; empty ones at the end do not count.
fn fields(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let line = line.trim_end_matches(is_blank);
    let mut offset = 0;
    line.split('\t').map(move |field| {
        let at = offset;
        offset += field.len() + 1;
        (at, field)
    })
}
