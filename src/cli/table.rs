//! Plain aligned tables that fit a terminal of 80 columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Widest line, columns.
const WIDTH: usize = 80;
/// Widest first column of a table.
const NAME: usize = 30;
/// Rows after which a table is cut: who wants more takes --json.
const ROWS: usize = 60;

/// The lines of a table: the first column is left-aligned and cut where it is long, the others are right-aligned. What
/// does not fit 80 columns goes into further tables below, each with the first column.
pub fn table(head: &[String], rows: &[Vec<String>]) -> Vec<String> {
    let shown = &rows[..rows.len().min(ROWS)];
    let all = || std::iter::once(head).chain(shown.iter().map(Vec::as_slice));
    let width = |column: usize| {
        let cells = all().filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let first = width(0).min(NAME);
    let mut lines = Vec::new();
    let mut from = 1;
    while from < head.len() {
        let (mut to, mut used) = (from, first);
        while to < head.len() && (to == from || used + 2 + width(to) <= WIDTH) {
            used += 2 + width(to);
            to += 1;
        }
        if from > 1 {
            lines.push(String::new());
        }
        for row in all() {
            let name = fitted(row.first().map_or("", String::as_str), first);
            let mut line = name.clone() + &" ".repeat(first.saturating_sub(name.width()));
            for column in from..to {
                let cell = row.get(column).map_or("", String::as_str);
                line.push_str(&" ".repeat(2 + width(column).saturating_sub(cell.width())));
                line.push_str(cell);
            }
            lines.push(line.trim_end().to_owned());
        }
        from = to;
    }
    if rows.len() > ROWS {
        lines.push(format!("… and {} more: --json has all", rows.len() - ROWS));
    }
    lines
}

/// `text`, cut to so many columns; control characters are left out.
fn fitted(text: &str, columns: usize) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    if text.width() <= columns {
        return text;
    }
    let mut fitted = String::new();
    for c in text.chars() {
        if fitted.width() + c.width().unwrap_or(0) + 1 > columns {
            break;
        }
        fitted.push(c);
    }
    fitted + "…"
}

/// A line of CSV (RFC 4180).
pub fn csv(cells: &[String]) -> String {
    let quoted = cells.iter().map(|cell| {
        if cell.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    });
    quoted.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_any_width_fits_80_columns() {
        let head: Vec<String> = (0..40).map(|n| format!("speaker{n}")).collect();
        let mut row = head.clone();
        row[0] = "零".repeat(50);
        let lines = table(&head, &[row]);
        assert!(lines.len() > 6);
        for line in &lines {
            assert!(line.width() <= WIDTH, "{line}");
        }
        assert!(lines.iter().any(|line| line.contains("speaker39")));
        assert!(lines.iter().any(|line| line.contains('…')));
    }

    #[test]
    fn csv_quotes_what_would_be_read_as_something_else() {
        let cells = ["a", "b,c", "say \"no\""].map(str::to_owned);
        assert_eq!(csv(&cells), "a,\"b,c\",\"say \"\"no\"\"\"");
    }
}
