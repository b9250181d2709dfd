//! What stands in the middle of the screen: rows of text, laid out once for a size, centred or scrolled.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::keys::{Keymap, Scroll};
use super::strings;
use super::text;
use super::theme::{Role, Theme};

/// Rows of text in one block.
#[derive(Clone, Debug, Default)]
pub struct Body {
    rows: Vec<(Place, Line<'static>)>,
    /// Where the cursor shows, as a row and a column of the block: in a text field.
    cursor: Option<(usize, usize)>,
    /// The row that is seen in any case.
    kept: Option<usize>,
    /// So many rows of a list can be seen: keys that scroll move in it.
    list: Option<usize>,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the middle of the screen.
    Centre,
    /// At the left edge of a block of so many columns that is centred as a whole.
    Left(usize),
    /// At the right edge of such a block.
    Right(usize),
}

impl Body {
    /// Appends a row.
    pub fn row(&mut self, place: Place, line: Line<'static>) {
        self.rows.push((place, line));
    }

    /// Appends one row of one style.
    pub fn plain(&mut self, place: Place, words: impl Into<String>, style: Style) {
        self.row(place, Line::from(Span::styled(words.into(), style)));
    }

    /// Appends centred rows that hold `words`, wrapped evenly.
    pub fn paragraph(&mut self, words: &str, columns: usize, style: Style) {
        for line in text::wrap_evenly(words, columns) {
            self.plain(Place::Centre, line, style);
        }
    }

    /// Appends `rows` empty rows.
    pub fn gap(&mut self, rows: usize) {
        for _ in 0..rows {
            self.row(Place::Centre, Line::default());
        }
    }

    /// Shows the cursor in the row appended last, at a column of its block.
    pub fn cursor_in_last_row(&mut self, column: usize) {
        self.cursor = Some((self.rows.len().saturating_sub(1), column));
    }

    /// The row appended last is seen in any case.
    pub fn keep_last_row(&mut self) {
        self.kept = self.rows.len().checked_sub(1);
    }

    /// Keys that scroll move in a list, of which so many rows can be seen.
    pub fn is_list_of(&mut self, rows: usize) {
        self.list = Some(rows);
    }

    /// How many rows of a list can be seen, where there is one to move in.
    pub fn list(&self) -> Option<usize> {
        self.list
    }

    /// Where the first row stands.
    pub fn first_place(&self) -> Option<Place> {
        self.rows.first().map(|(place, _)| *place)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Draws as many rows as fit from row `top` on (or all of them, a little above the middle) and says where the
    /// cursor belongs.
    pub fn draw(
        &self,
        area: Rect,
        top: usize,
        theme: Theme,
        keymap: &Keymap,
        buffer: &mut Buffer,
    ) -> Park {
        let window = self.window(area, top);
        let mut park = Park {
            at: area.as_position(),
            visible: false,
        };
        let mut begun = false;
        for (index, (place, line)) in self
            .rows
            .iter()
            .enumerate()
            .skip(window.top)
            .take(window.rows)
        {
            let y = window.y + (index - window.top) as u16;
            let width = line.width() as u16;
            let x = area.x + offset(*place, width, area.width);
            buffer.set_line(x, y, line, area.right().saturating_sub(x));
            if width > 0 && (!begun || self.kept == Some(index)) {
                (begun, park.at) = (true, Position::new(x, y));
            }
            if let Some((_, column)) = self.cursor.filter(|(row, _)| *row == index) {
                let x = (x + column as u16).min(area.right().saturating_sub(1));
                park = Park {
                    at: Position::new(x, y),
                    visible: true,
                };
            }
        }
        self.draw_marks(&window, area, theme, keymap, buffer);
        park
    }

    /// The rows from `top` on, but with the row that is typed into or must be seen.
    fn window(&self, area: Rect, top: usize) -> Window {
        let window = Window::of(self.len(), area, top);
        match self.cursor.map(|(row, _)| row).or(self.kept) {
            Some(row) if row >= window.top + window.rows => {
                Window::of(self.len(), area, row + 1 - window.rows.min(row + 1))
            }
            _ => window,
        }
    }

    fn draw_marks(
        &self,
        window: &Window,
        area: Rect,
        theme: Theme,
        keymap: &Keymap,
        buffer: &mut Buffer,
    ) {
        if !window.marks {
            return;
        }
        let mut mark = |down: bool, y: u16| {
            let words = strings::more(theme, down, keymap);
            let words = text::shorten(&words, usize::from(area.width));
            let x = area.x + (area.width - text::width(&words) as u16) / 2;
            buffer.set_string(x, y, words, theme.style(Role::Busy));
        };
        if window.top > 0 {
            mark(false, area.y);
        }
        if window.top + window.rows < self.len() {
            mark(true, area.bottom() - 1);
        }
    }

    /// Whether there is more below what is seen from row `top` on.
    pub fn goes_on(&self, area: Rect, top: usize) -> bool {
        let window = self.window(area, top);
        window.top + window.rows < self.len()
    }

    /// The row that is at the top after scrolling from `top`.
    pub fn scrolled(&self, area: Rect, top: usize, by: Scroll) -> usize {
        let window = Window::of(self.len(), area, top);
        if self.len() <= usize::from(area.height) {
            return 0;
        }
        // A line of the page before stays, so that the eye finds its place.
        window
            .top
            .saturating_add_signed(by.rows(window.rows))
            .min(self.len() - window.rows)
    }
}

/// Where the cursor is left after drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Park {
    /// The cell.
    pub at: Position,
    /// It shows there.
    pub visible: bool,
}

/// Which rows are to be seen, and where.
struct Window {
    top: usize,
    rows: usize,
    y: u16,
    marks: bool,
}

impl Window {
    fn of(len: usize, area: Rect, top: usize) -> Self {
        let height = usize::from(area.height);
        if len <= height {
            let above = (height - len) / 2;
            return Self {
                top: 0,
                rows: len,
                y: area.y + above as u16,
                marks: false,
            };
        }
        // The first and the last row are kept for the marks, where that leaves a row for the text.
        let marks = height >= 3;
        let rows = height - 2 * usize::from(marks);
        Self {
            top: top.min(len - rows),
            rows,
            y: area.y + u16::from(marks),
            marks,
        }
    }
}

fn offset(place: Place, width: u16, area: u16) -> u16 {
    let centred = |columns: u16| area.saturating_sub(columns) / 2;
    match place {
        Place::Centre => centred(width),
        Place::Left(columns) => centred(columns as u16),
        Place::Right(columns) => (centred(columns as u16) + columns as u16).saturating_sub(width),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::ScreenOptions;

    fn body(rows: usize) -> Body {
        let mut body = Body::default();
        for n in 0..rows {
            body.plain(Place::Left(6), format!("row {n}"), Style::new());
        }
        body
    }

    fn drawn(body: &Body, height: u16, top: usize) -> Vec<String> {
        let area = Rect::new(0, 0, 30, height);
        let mut buffer = Buffer::empty(area);
        body.draw(
            area,
            top,
            Theme::new(ScreenOptions::default()),
            &Keymap::default(),
            &mut buffer,
        );
        let row = |y: u16| {
            (0..30)
                .map(|x| buffer[(x, y)].symbol())
                .collect::<String>()
                .trim()
                .to_owned()
        };
        (0..height).map(row).collect()
    }

    #[test]
    fn a_text_that_fits_stands_in_the_middle() {
        assert_eq!(drawn(&body(1), 5, 0), ["", "", "row 0", "", ""]);
    }

    #[test]
    fn a_longer_text_shows_a_part_and_marks_where_there_is_more() {
        assert_eq!(
            drawn(&body(9), 5, 0),
            ["", "row 0", "row 1", "row 2", "▼ more below (PgDn)"]
        );
        assert_eq!(
            drawn(&body(9), 5, 3),
            [
                "▲ more above (PgUp)",
                "row 3",
                "row 4",
                "row 5",
                "▼ more below (PgDn)"
            ]
        );
        assert_eq!(
            drawn(&body(9), 5, 99),
            ["▲ more above (PgUp)", "row 6", "row 7", "row 8", ""]
        );
    }

    #[test]
    fn every_row_can_be_reached_page_by_page() {
        let (body, area) = (body(40), Rect::new(0, 0, 30, 9));
        let mut seen = Vec::new();
        let mut top = 0;
        for _ in 0..10 {
            seen.extend(drawn(&body, 9, top));
            top = body.scrolled(area, top, Scroll::Page(1));
        }
        assert!((0..40).all(|n| seen.contains(&format!("row {n}"))));
        assert_eq!(body.scrolled(area, top, Scroll::Page(-99)), 0);
    }

    #[test]
    fn nothing_is_drawn_where_there_is_no_room() {
        assert_eq!(drawn(&body(3), 0, 0), [""; 0]);
        assert_eq!(drawn(&body(3), 1, 1), ["row 1"]);
    }
}
