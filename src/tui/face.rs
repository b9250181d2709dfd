//! The face itself: draws a view when it differs from what is on the screen, and only what differs.
//!
//! A meter that has not moved by a whole cell is no difference; the prompt is laid out once and kept.

use std::io;
use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::layout::Rect;

use super::ScreenOptions;
use super::body::{Body, Park};
use super::field;
use super::keys::Keymap;
use super::layout::{self, Setting};
use super::screen;
use super::state::{Shared, TextField};
use super::terminal;
use super::text;
use crate::session::Face;
use crate::session::view::View;

/// A face in a terminal.
pub struct TerminalFace<B: Backend> {
    terminal: Terminal<B>,
    options: ScreenOptions,
    keys: Keymap,
    shared: Arc<Shared>,
    shown: Option<Shown>,
    frames: usize,
}

/// What is on the screen.
struct Shown {
    view: View,
    area: Rect,
    meter: u16,
    body: Body,
    /// The first row of the body that is to be seen.
    top: usize,
    typed: Option<Typed>,
}

/// What stands in a field, where the cursor is, and how much found no room.
type Typed = (String, usize, usize);

impl<B: Backend> TerminalFace<B>
where
    B::Error: std::error::Error + Send + Sync + 'static,
{
    /// A face that draws on `terminal` and names the keys of `keys`. `shared` is the input thread's, too.
    pub fn new(
        terminal: Terminal<B>,
        options: ScreenOptions,
        keys: Keymap,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            terminal,
            options,
            keys,
            shared,
            shown: None,
            frames: 0,
        }
    }

    /// The terminal that it draws on.
    pub fn terminal(&self) -> &Terminal<B> {
        &self.terminal
    }

    /// How many frames have been drawn.
    pub fn frames(&self) -> usize {
        self.frames
    }

    fn draw(&mut self, view: &View) -> Result<(), B::Error> {
        let area = Rect::from(self.terminal.size()?);
        let field = self.field_for(view);
        let scrolls = self.shared.take_scrolls();
        let typed = field.as_ref().map(typed_in);
        let meter = meter_of(view, area.width);
        // Taken, so that a drawing that fails is not thought to be on the screen.
        let shown = self.shown.take().filter(|_| !self.shared.take_redraw());
        let same_page = |shown: &Shown| {
            shown.area == area && shown.typed == typed && same_body(&shown.view, view)
        };
        let (body, top) = match shown {
            Some(mut shown) if same_page(&shown) => {
                let still = scrolls.is_empty() && shown.meter == meter;
                if still && same_but_level(&mut shown.view, view) {
                    self.shown = Some(shown);
                    return Ok(());
                }
                (shown.body, shown.top)
            }
            other => {
                if other.is_none_or(|shown| is_awkward(&shown.view) || is_awkward(view)) {
                    self.empty(area)?;
                }
                (layout::body(view, field.as_ref(), area, self.setting()), 0)
            }
        };
        self.shared.set_list(body.list());
        let rows = layout::rows(view, &body, area);
        let top = rows.map_or(top, |rows| {
            let by = scrolls.into_iter();
            by.fold(top, |top, by| body.scrolled(rows.body, top, by))
        });
        self.shared
            .set_reads_on(rows.is_some_and(|rows| layout::reads_on(view, &body, &rows, top)));
        self.paint(view, &body, top)?;
        self.shown = Some(Shown {
            view: view.clone(),
            area,
            meter,
            body,
            top,
            typed,
        });
        Ok(())
    }

    fn setting(&self) -> Setting<'_> {
        Setting {
            options: self.options,
            keys: &self.keys,
        }
    }

    /// `Terminal::clear` would ask the terminal for its cursor, which only the input thread may read.
    fn empty(&mut self, area: Rect) -> Result<(), B::Error> {
        self.terminal.resize(area)
    }

    fn paint(&mut self, view: &View, body: &Body, top: usize) -> Result<(), B::Error> {
        let setting = Setting {
            options: self.options,
            keys: &self.keys,
        };
        let mut park = None;
        self.terminal.draw(|frame| {
            let at = screen::draw(view, body, top, setting, frame.buffer_mut());
            if at.visible {
                frame.set_cursor_position(at.at);
            }
            park = Some(at);
        })?;
        if let Some(Park { at, visible: false }) = park {
            self.terminal.set_cursor_position(at)?;
        }
        self.frames += 1;
        Ok(())
    }

    /// Opens or closes the text field as the view asks, and says what is in it.
    fn field_for(&self, view: &View) -> Option<TextField> {
        let mut open = self.shared.field();
        field::update(&mut open, view);
        open.clone()
    }
}

impl<B: Backend> Face for TerminalFace<B>
where
    B::Error: std::error::Error + Send + Sync + 'static,
{
    fn show(&mut self, view: &View) -> io::Result<()> {
        if self.shared.releases() {
            // Off in text fields: input methods need plain keys.
            let typing = field::wanted(view).is_some();
            terminal::report_releases(matches!(view, View::Session(_)) && !typing)?;
        }
        self.draw(view).map_err(io::Error::other)
    }
}

fn typed_in(field: &TextField) -> Typed {
    let input = &field.input;
    (input.value().to_owned(), input.cursor(), field.untaken)
}

fn meter_of(view: &View, columns: u16) -> u16 {
    match view {
        View::Session(session) => {
            screen::meter_cells(session.level_dbfs, screen::meter_width(columns))
        }
        _ => 0,
    }
}

/// Whether the middle of the screen is the same, so that it need not be laid out again.
fn same_body(a: &View, b: &View) -> bool {
    match (a, b) {
        (View::Session(a), View::Session(b)) => {
            a.prompt == b.prompt
                && a.dialog == b.dialog
                && a.review == b.review
                && a.position == b.position
                && a.practice == b.practice
                && layout::shows_page(a) == layout::shows_page(b)
        }
        (a, b) => a == b,
    }
}

/// Whether two views differ in nothing but the level. Takes the level over into the first.
fn same_but_level(shown: &mut View, view: &View) -> bool {
    if let (View::Session(shown), View::Session(view)) = (&mut *shown, view) {
        shown.level_dbfs = view.level_dbfs;
    }
    shown == view
}

/// Whether something of the prompt may be left when another is drawn over it.
fn is_awkward(view: &View) -> bool {
    match view {
        View::Session(session) => {
            let prompt = session.prompt.as_ref();
            prompt.is_some_and(|prompt| text::is_awkward(&prompt.text))
        }
        _ => false,
    }
}
