//! Draws the wave of a take: dots where the terminal has them, else ASCII; below it where the speech is and where the
//! keys were. Every mark is a shape in its place, so that nothing is told by colour alone.
//!
//! Heights go with the square root of the amplitude: speech at -40 dBFS is a tenth of full scale on the screen, where it
//! would be a hundredth and no dot high.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::strings::review::{SPEECH, START, STOP};
use super::text;
use super::theme::{Role, Shape, Theme};
use crate::corpus::outline::Outline;

/// Dots of a cell, in columns and rows.
const DOTS: (usize, usize) = (2, 4);
/// The bits of the dots of a braille cell, by column and row (Unicode, chapter 21).
const BRAILLE: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

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

    /// The wave itself, `rows` high.
    pub fn rows(&self, rows: usize) -> Vec<Line<'static>> {
        let (across, down) = if self.theme.is_ascii() { (1, 2) } else { DOTS };
        let high = (rows * down).max(1);
        let filled: Vec<Range<usize>> = (0..self.cells * across)
            .map(|dot| self.filled(dot, across, high))
            .collect();
        let speech = self.speech();
        let row = |row: usize| {
            let cells = filled.chunks(across).enumerate().map(|(cell, columns)| {
                let is_set = |x: usize, y: usize| columns[x].contains(&(row * down + y));
                let symbol = if self.theme.is_ascii() {
                    ascii(is_set(0, 0), is_set(0, 1))
                } else {
                    braille(is_set)
                };
                (symbol, self.style(cell, speech.as_ref()))
            });
            joined(cells)
        };
        (0..rows).map(row).collect()
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
        Some(self.padded(speech.start, row))
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
                Some(self.padded(a, format!("{left}{gap}{right}")))
            }
            (Some(_), Some(_)) => {
                let (a, b) = (start?, stop?);
                let between = " ".repeat(b.saturating_sub(a + 1));
                let second = if b > a { mark } else { "" };
                Some(self.padded(a, format!("{mark}{between}{second}")))
            }
            (Some((at, words)), None) | (None, Some((at, words))) => Some(self.padded(at, words)),
            (None, None) => None,
        }
    }

    /// A quiet row as wide as the wave, with `words` from cell `at` on, or from where they fit.
    fn padded(&self, at: usize, words: String) -> Line<'static> {
        let at = at.min(self.cells.saturating_sub(text::width(&words)));
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

    /// The columns of the outline that a column of dots stands for, `across` of them in a cell.
    fn columns(&self, dot: usize, across: usize) -> &[crate::corpus::outline::Column] {
        let (columns, dots) = (&self.outline.columns, self.cells * across);
        if columns.is_empty() {
            return &[];
        }
        let from = dot * columns.len() / dots;
        let to = ((dot + 1) * columns.len() / dots).max(from + 1);
        &columns[from..to]
    }

    /// The dots of a column that are set, from the top; silence is a line in the middle.
    fn filled(&self, dot: usize, across: usize, high: usize) -> Range<usize> {
        let columns = self.columns(dot, across);
        let low = columns.iter().map(|c| c.low).fold(0.0, f32::min);
        let top = columns.iter().map(|c| c.high).fold(0.0, f32::max);
        let y = |sample: f32| {
            let height = sample.abs().min(1.0).sqrt().copysign(sample);
            (1.0 - height) / 2.0 * (high - 1) as f32
        };
        // Halves go to the middle, from both sides.
        (y(top) - 0.5).ceil() as usize..(y(low) + 0.5).floor() as usize + 1
    }
}

fn braille(is_set: impl Fn(usize, usize) -> bool) -> char {
    let dots = (0..DOTS.0).flat_map(|x| (0..DOTS.1).map(move |y| (x, y)));
    let bits = dots
        .filter(|(x, y)| is_set(*x, *y))
        .map(|(x, y)| BRAILLE[x][y]);
    match bits.fold(0, |all, bit| all | bit) {
        0 => ' ',
        bits => char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' '),
    }
}

fn ascii(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '#',
        (true, false) => '\'',
        (false, true) => '.',
        (false, false) => ' ',
    }
}

/// Cells as a line, neighbours of one style together.
fn joined(cells: impl Iterator<Item = (char, Style)>) -> Line<'static> {
    let mut spans: Vec<(String, Style)> = Vec::new();
    for (symbol, style) in cells {
        match spans.last_mut() {
            Some((words, last)) if *last == style => words.push(symbol),
            _ => spans.push((symbol.into(), style)),
        }
    }
    Line::from_iter(
        spans
            .into_iter()
            .map(|(words, style)| Span::styled(words, style)),
    )
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

    fn drawn(outline: &Outline, cells: usize, ascii: bool) -> Vec<String> {
        let options = ScreenOptions {
            ascii,
            ..ScreenOptions::default()
        };
        let wave = Wave::new(outline, cells, Theme::new(options));
        let mut lines: Vec<_> = wave.clipping().into_iter().collect();
        lines.extend(wave.rows(2));
        lines.extend([wave.speech_row(), wave.key_row()].into_iter().flatten());
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_wave_stands_over_its_speech_and_its_keys_and_clipping_over_the_wave() {
        assert_eq!(
            drawn(&outline(), 24, false),
            [
                "                ▼▼▼▼▼▼▼▼",
                "⣀⣀⣀⣀⣀⣀⣀⣀⣤⣤⣤⣤⣤⣤⣤⣤⣿⣿⣿⣿⣿⣿⣿⣿",
                "⠉⠉⠉⠉⠉⠉⠉⠉⠛⠛⠛⠛⠛⠛⠛⠛⣿⣿⣿⣿⣿⣿⣿⣿",
                "        ├─── speech ───┤",
                "▲ start           stop ▲",
            ]
        );
    }

    #[test]
    fn ascii_draws_the_same_in_its_own_signs() {
        let drawn = drawn(&outline(), 24, true);
        assert!(drawn.iter().all(|line| line.is_ascii()), "{drawn:?}");
        assert_eq!(drawn[0].trim(), "vvvvvvvv");
        assert!(drawn[1].ends_with("########"), "{drawn:?}");
        assert_eq!(drawn[3].trim(), "|--- speech ---|");
    }

    #[test]
    fn marks_without_room_lose_their_words_and_stay_in_place() {
        let narrow = drawn(&outline(), 9, false);
        assert_eq!(narrow[3], "   ├────┤");
        assert_eq!(narrow[4], "▲       ▲");
    }

    #[test]
    fn a_take_that_is_not_read_yet_or_has_no_frames_is_a_line() {
        let flat = drawn(&Outline::default(), 4, false);
        assert_eq!(flat, ["⣀⣀⣀⣀", "⠉⠉⠉⠉"]);
    }
}
