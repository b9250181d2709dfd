//! TSV: columns between raw tabs. There is no quoting, so that a quotation mark in a prompt stays one.
//!
//! A first row with a field `text` or `id` is a header. Without a header one column is the text, two are id and text;
//! more are refused, because nothing says what they are.

use super::collect::{COLUMNS, ID, Row, TEXT};
use super::lines::{Line, is_blank};
use super::problem::{Problem, PromptError};

/// The rows below the header, or all where there is none. Rows that do not fit the columns are left out and named.
pub(super) fn rows<'a>(lines: &[Line<'a>], errors: &mut Vec<PromptError>) -> Vec<Row<'a>> {
    let Some(first) = lines.first() else {
        return Vec::new();
    };
    let is_header = fields(first.text).any(|(_, name)| matches!(column(name), Some(ID | TEXT)));
    let (columns, data) = if is_header {
        (header(first, errors), &lines[1..])
    } else {
        (headerless(first, errors), lines)
    };
    match columns {
        Some(columns) => data
            .iter()
            .filter_map(|&line| row(line, &columns, is_header, errors))
            .collect(),
        None => Vec::new(),
    }
}

/// Which column each field of a row is; `None` where the header has mistakes, so that no row can be read.
fn header(line: &Line, errors: &mut Vec<PromptError>) -> Option<Vec<usize>> {
    let before = errors.len();
    let mut columns = Vec::new();
    for (offset, name) in fields(line.text) {
        match column(name) {
            None => errors.push(line.error(
                offset,
                Problem::UnknownColumn {
                    name: name.to_owned(),
                },
            )),
            Some(known) if columns.contains(&known) => {
                errors.push(line.error(
                    offset,
                    Problem::DuplicateColumn {
                        name: COLUMNS[known],
                    },
                ));
            }
            Some(known) => columns.push(known),
        }
    }
    if errors.len() == before && !columns.contains(&TEXT) {
        errors.push(line.error(0, Problem::NoTextColumn));
    }
    (errors.len() == before).then_some(columns)
}

/// The columns of a file whose first row is no header.
fn headerless(first: &Line, errors: &mut Vec<PromptError>) -> Option<Vec<usize>> {
    match fields(first.text).count() {
        1 => Some(vec![TEXT]),
        2 => Some(vec![ID, TEXT]),
        found => {
            errors.push(first.error(0, Problem::HeaderNeeded { found }));
            None
        }
    }
}

/// One row by its columns; `None` where it has more or fewer fields than it may.
fn row<'a>(
    line: Line<'a>,
    columns: &[usize],
    has_header: bool,
    errors: &mut Vec<PromptError>,
) -> Option<Row<'a>> {
    let mut row = Row::new(line, columns);
    let mut found = 0;
    let mut surplus = None;
    for (offset, field) in fields(line.text) {
        match columns.get(found) {
            Some(&column) => row.put(column, offset, field),
            None => surplus = surplus.or(Some(offset)),
        }
        found += 1;
    }
    if let Some(offset) = surplus {
        let expected = columns.len();
        errors.push(line.error(offset, Problem::TooManyFields { found, expected }));
        return None;
    }
    // With a header a short row has an empty text or none of the rest; without one it may be an id or a text.
    if !has_header && found < columns.len() {
        errors.push(line.error(0, Problem::TooFewFields));
        return None;
    }
    Some(row)
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

/// The column that a header's field names, in any case.
fn column(name: &str) -> Option<usize> {
    let name = name.trim_matches(is_blank);
    COLUMNS
        .iter()
        .position(|known| known.eq_ignore_ascii_case(name))
}
