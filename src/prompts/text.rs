//! Plain text: one prompt a line.

use super::collect::{Row, TEXT};
use super::lines::Line;

/// One row for each line.
pub(super) fn rows<'a>(lines: &[Line<'a>]) -> Vec<Row<'a>> {
    lines
        .iter()
        .map(|&line| {
            let mut row = Row::new(line, &[TEXT]);
            row.put(TEXT, 0, line.text);
            row
        })
        .collect()
}
