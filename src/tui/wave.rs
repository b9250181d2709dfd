//! Draws the wave of a take in block characters, else in ASCII; below it where the speech is and where the keys were.
//! Every mark is a shape in its place, so that nothing is told by colour alone.
//!
//! Heights go with the square root of the amplitude: speech at -40 dBFS is a tenth of full scale on the screen, where it
//! would be a hundredth and not to be seen. The wave is as high above the middle as below: what differs there is less than
//! a row. Blocks, not braille: every font that has the big letters has them.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::strings::review::{SPEECH, START, STOP};
use super::text;
use super::theme::{Role, Shape, Theme};
use crate::corpus::outline::Outline;

/// Blocks by the quarters of a cell that are full: upper left 1, upper right 2, lower left 4, lower right 8.
const BLOCKS: [&str; 16] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
];

/// A take's wave in so many cells.
pub struct Wave<'a> {
    outline: &'a Outline,
    cells: usize,
    theme: Theme,
}

impl<'a> Wave<'a> {
    /// The wave of `outline`, `cells` wide.
    pub fn new(outline: &'a Outline, cells: usize, theme: Theme) -> Self {
        Self {
            outline,
            cells: cells.max(1),
            theme,
        }
    }

    /// A mark over every cell that clips; `None` where none does.
    pub fn clipping(&self) -> Option<Line<'static>> {
        let clips = |cell| self.columns(cell, 1).iter().any(|column| column.clipped);
        let mark = self.theme.shape(Shape::Below);
        let marks: String = (0..self.cells)
            .map(|cell| if clips(cell) { mark } else { " " })
            .collect();
        let style = self.theme.style(Role::Alert);
        (!marks.trim().is_empty()).then(|| Line::styled(marks, style))
    }

    /// The wave itself, `rows` high. Silence is a line in the middle.
    pub fn rows(&self, rows: usize) -> Vec<Line<'static>> {
        let across = if self.theme.is_ascii() { 1 } else { 2 };
        let heights: Vec<usize> = (0..self.cells * across)
            .map(|column| self.height(column, across, rows))
            .collect();
        let speech = self.speech();
        let row = |row: usize| {
            let cells = heights.chunks(across).enumerate();
            joined(cells.map(|(cell, columns)| {
                let symbol = self.symbol(columns, row, rows);
                (symbol, self.style(cell, speech.as_ref()))
            }))
        };
        (0..rows).map(row).collect()
    }

    /// What stands in a cell of a row; `columns` are so many half rows high, above the middle and below.
    fn symbol(&self, columns: &[usize], row: usize, rows: usize) -> &'static str {
        let silent = columns.iter().all(|height| *height == 0);
        if silent {
            return self.middle(row, rows);
        }
        // Half rows count from the top; the middle lies above half row `rows`.
        let is_full =
            |half: usize, high: usize| (rows.saturating_sub(high)..rows + high).contains(&half);
        let quarter = |half: usize, column: usize| {
            let height = columns.get(column).or(columns.last());
            usize::from(height.is_some_and(|height| is_full(half, *height)))
        };
        let (upper, lower) = (2 * row, 2 * row + 1);
        if self.theme.is_ascii() {
            return [" ", "'", ".", "#"][quarter(upper, 0) + 2 * quarter(lower, 0)];
        }
        let upper = quarter(upper, 0) + 2 * quarter(upper, 1);
        BLOCKS[upper + 4 * quarter(lower, 0) + 8 * quarter(lower, 1)]
    }

    /// A cell of silence.
    fn middle(&self, row: usize, rows: usize) -> &'static str {
        match (rows % 2 == 1, self.theme.is_ascii()) {
            _ if row != rows.saturating_sub(1) / 2 => " ",
            (true, _) => self.theme.shape(Shape::Empty),
            (false, false) => "▁",
            (false, true) => "_",
        }
    }

    /// Speech in full, what is around it quietly.
    fn style(&self, cell: usize, speech: Option<&Range<usize>>) -> Style {
        let inside = speech.is_none_or(|speech| speech.contains(&cell));
        let silent = self.outline.columns.is_empty();
        let role = if inside && !silent {
            Role::Busy
        } else {
            Role::Quiet
        };
        self.theme.style(role)
    }

    /// `├──── speech ────┤` below the speech; `None` where its boundaries are not known.
    pub fn speech_row(&self) -> Option<Line<'static>> {
        let speech = self.speech()?;
        let inside = (speech.end - speech.start).saturating_sub(2);
        let line = |cells| self.theme.shape(Shape::Empty).repeat(cells);
        let word = format!(" {SPEECH} ");
        let middle = match inside.checked_sub(text::width(&word) + 2) {
            Some(rest) => format!("{}{word}{}", line(1 + rest / 2), line(1 + rest - rest / 2)),
            None => line(inside),
        };
        let (start, end) = (Shape::SpanStart, Shape::SpanEnd);
        let row = match speech.end - speech.start {
            1 => self.theme.shape(end).to_owned(),
            _ => format!(
                "{}{middle}{}",
                self.theme.shape(start),
                self.theme.shape(end)
            ),
        };
        Some(self.padded(speech.start, &row))
    }

    /// `▲ start` and `stop ▲` below the keys; `None` where nobody knows of keys.
    pub fn key_row(&self) -> Option<Line<'static>> {
        let outline = self.outline;
        let cell = |frame: Option<i64>| frame.map(|f| self.cell_of(u64::try_from(f).unwrap_or(0)));
        let mark = self.theme.shape(Shape::Above);
        let (start, stop) = (cell(outline.start_frame), cell(outline.stop_frame));
        let first = start.map(|at| (at, format!("{mark} {START}")));
        let second = stop.map(|at| {
            let words = format!("{STOP} {mark}");
            let begin = (at + 1).saturating_sub(text::width(&words));
            (begin, words)
        });
        match (first, second) {
            (Some((a, left)), Some((b, right))) if a + text::width(&left) < b => {
                let gap = " ".repeat(b - a - text::width(&left));
                Some(self.padded(a, &format!("{left}{gap}{right}")))
            }
            (Some(_), Some(_)) => {
                let (a, b) = (start?, stop?);
                let between = " ".repeat(b.saturating_sub(a + 1));
                let second = if b > a { mark } else { "" };
                Some(self.padded(a, &format!("{mark}{between}{second}")))
            }
            (Some((at, words)), None) | (None, Some((at, words))) => Some(self.padded(at, &words)),
            (None, None) => None,
        }
    }

    /// A quiet row as wide as the wave, with `words` from cell `at` on, or from where they fit.
    fn padded(&self, at: usize, words: &str) -> Line<'static> {
        let at = at.min(self.cells.saturating_sub(text::width(words)));
        let row = format!("{}{words}", " ".repeat(at));
        let rest = self.cells.saturating_sub(text::width(&row));
        Line::styled(row + &" ".repeat(rest), self.theme.style(Role::Quiet))
    }

    fn speech(&self) -> Option<Range<usize>> {
        let speech = self.outline.speech.as_ref()?;
        let end = self.cell_of(speech.end.saturating_sub(1)) + 1;
        Some(self.cell_of(speech.start)..end)
    }

    fn cell_of(&self, frame: u64) -> usize {
        let share = frame as f64 / self.outline.frames.max(1) as f64;
        ((share * self.cells as f64) as usize).min(self.cells - 1)
    }

    /// The columns of the outline that a drawn one stands for, `across` of these in a cell.
    fn columns(&self, drawn: usize, across: usize) -> &[crate::corpus::outline::Column] {
        let (columns, all) = (&self.outline.columns, self.cells * across);
        if columns.is_empty() {
            return &[];
        }
        let from = drawn * columns.len() / all;
        let to = ((drawn + 1) * columns.len() / all).max(from + 1);
        &columns[from..to]
    }

    /// How many half rows of `most` a column is high, on each side of the middle.
    fn height(&self, column: usize, across: usize, most: usize) -> usize {
        let columns = self.columns(column, across).iter();
        let peak = columns.map(|c| c.high.max(-c.low)).fold(0.0, f32::max);
        (peak.min(1.0).sqrt() * most as f32).round() as usize
    }
}

/// Cells as a line, neighbours of one style together.
fn joined(cells: impl Iterator<Item = (&'static str, Style)>) -> Line<'static> {
    let mut spans: Vec<(String, Style)> = Vec::new();
    for (symbol, style) in cells {
        match spans.last_mut() {
            Some((words, last)) if *last == style => words.push_str(symbol),
            _ => spans.push((symbol.into(), style)),
        }
    }
    let spans = spans.into_iter();
    let spans: Vec<Span> = spans
        .map(|(words, style)| Span::styled(words, style))
        .collect();
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::outline::Column;
    use crate::tui::ScreenOptions;

    /// A take of 100 frames: silence, then a quarter of full scale, then full scale.
    fn outline() -> Outline {
        let column = |level: f32| Column {
            low: -level,
            high: level,
            clipped: level >= 1.0,
        };
        Outline {
            columns: [0.0, 0.25, 1.0].map(column).to_vec(),
            frames: 99,
            sample_rate_hz: 33,
            start_frame: Some(0),
            stop_frame: Some(98),
            speech: Some(33..99),
            ..Outline::default()
        }
    }

    fn drawn(outline: &Outline, cells: usize, rows: usize, ascii: bool) -> Vec<String> {
        let options = ScreenOptions {
            ascii,
            ..ScreenOptions::default()
        };
        let wave = Wave::new(outline, cells, Theme::new(options));
        let mut lines: Vec<_> = wave.clipping().into_iter().collect();
        lines.extend(wave.rows(rows));
        lines.extend([wave.speech_row(), wave.key_row()].into_iter().flatten());
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_wave_stands_over_its_speech_and_its_keys_and_clipping_over_the_wave() {
        assert_eq!(
            drawn(&outline(), 24, 3, false),
            [
                "                ▼▼▼▼▼▼▼▼",
                "        ▄▄▄▄▄▄▄▄████████",
                "────────████████████████",
                "        ▀▀▀▀▀▀▀▀████████",
                "        ├─── speech ───┤",
                "▲ start           stop ▲",
            ]
        );
        assert_eq!(
            drawn(&outline(), 24, 2, false)[1..3],
            ["▁▁▁▁▁▁▁▁▄▄▄▄▄▄▄▄████████", "        ▀▀▀▀▀▀▀▀████████"]
        );
    }

    #[test]
    fn ascii_draws_the_same_in_its_own_signs() {
        let drawn = drawn(&outline(), 24, 2, true);
        assert!(drawn.iter().all(|line| line.is_ascii()), "{drawn:?}");
        assert_eq!(drawn[0].trim(), "vvvvvvvv");
        assert!(drawn[1].ends_with("########"), "{drawn:?}");
        assert_eq!(drawn[3].trim(), "|--- speech ---|");
    }

    #[test]
    fn marks_without_room_lose_their_words_and_stay_in_place() {
        let narrow = drawn(&outline(), 9, 2, false);
        assert_eq!(narrow[3], "   ├────┤");
        assert_eq!(narrow[4], "▲       ▲");
    }

    #[test]
    fn a_take_that_is_not_read_yet_or_has_no_frames_is_a_line() {
        let flat = |rows| drawn(&Outline::default(), 4, rows, false);
        assert_eq!(flat(1), ["────"]);
        assert_eq!(flat(2), ["▁▁▁▁", "    "]);
    }
}
