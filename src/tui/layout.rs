//! Which rows of the screen belong to what, and what stands in the middle. Nothing moves when the phase changes.

use ratatui::layout::{Rect, Size};

use super::body::Body;
use super::keys::Keymap;
use super::state::TextField;
use super::theme::Theme;
use super::{ScreenOptions, ask, dialogs, items, prompt, review};
use crate::session::view::{AskPage, Dialog, Phase, SessionView, View};

/// Below this the screen only says that it is too small.
const SMALLEST: Size = Size::new(24, 6);
/// From this height on there is room for empty rows.
const AIRY_ROWS: u16 = 18;

/// What is needed to draw besides the view.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// How to draw.
    pub options: ScreenOptions,
    /// The keys to name.
    pub keys: &'a Keymap,
}

impl Setting<'_> {
    /// Colours and shapes.
    pub fn theme(&self) -> Theme {
        Theme::new(self.options)
    }
}

/// Which rows belong to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Progress.
    pub header: Option<u16>,
    /// The prompt or the page.
    pub body: Rect,
    /// The word of state.
    pub state: u16,
    /// What just happened.
    pub notice: Rect,
    /// What to press.
    pub hints: u16,
    /// The level.
    pub meter: Option<u16>,
    /// Source and format.
    pub source: Option<u16>,
}

impl Rows {
    /// The rows of a session with empty ones between them.
    fn airy(area: Rect) -> Self {
        let below = |rows: u16| area.bottom() - rows;
        Self {
            header: Some(area.y + 1),
            body: between(area, area.y + 3, below(8)),
            state: below(8),
            notice: between(area, below(6), below(4)),
            hints: below(4),
            meter: Some(below(2)),
            source: Some(below(1)),
        }
    }

    /// The rows of a session on a small screen, or with a text that needs all the room.
    fn dense(area: Rect) -> Self {
        let below = |rows: u16| area.bottom() - rows;
        let source = (area.height >= 9).then(|| below(1));
        let meter = (area.height >= 10).then(|| below(2));
        let foot = u16::from(source.is_some()) + u16::from(meter.is_some());
        let header = (area.height >= 8).then_some(area.y);
        let top = area.y + u16::from(header.is_some()) + u16::from(area.height >= 14);
        Self {
            header,
            body: between(area, top, below(foot + 3)),
            state: below(foot + 3),
            notice: between(area, below(foot + 2), below(foot + 1)),
            hints: below(foot + 1),
            meter,
            source,
        }
    }

    /// The rows of a page outside a session.
    fn page(area: Rect) -> Self {
        let hints = area.bottom() - if area.height >= AIRY_ROWS { 4 } else { 1 };
        Self {
            header: None,
            body: between(area, area.y, hints - 1),
            state: hints,
            notice: Rect::default(),
            hints,
            meter: None,
            source: None,
        }
    }

    /// The rows of what is asked before a session: a page with something said above it.
    /// A text that needs all the room has it.
    fn ask(area: Rect, rows: usize) -> Self {
        let page = Self::page(area);
        let airy = Self {
            header: Some(area.y + 1),
            body: between(area, area.y + 3, page.hints - 1),
            ..page
        };
        if area.height >= AIRY_ROWS && rows <= usize::from(airy.body.height) {
            return airy;
        }
        let header = (area.height >= 8).then_some(area.y);
        let top = area.y + u16::from(header.is_some()) + u16::from(area.height >= 14);
        let hints = area.bottom() - 1;
        Self {
            header,
            body: between(area, top, hints - u16::from(header.is_some())),
            state: hints,
            hints,
            ..page
        }
    }

    /// These rows where the notice has so many lines: one that is longer than its place takes the meter's and the
    /// source's meanwhile.
    pub fn with_notice_of(self, lines: usize) -> Self {
        if lines <= usize::from(self.notice.height) {
            return self;
        }
        let bottom = self
            .source
            .or(self.meter)
            .map_or(self.hints, |row| row.max(self.hints));
        let notice = Rect {
            height: bottom - self.notice.y,
            ..self.notice
        };
        Self {
            notice,
            hints: bottom,
            meter: None,
            source: None,
            ..self
        }
    }
}

/// The rows from `top` to before `bottom`, without the margins.
fn between(area: Rect, top: u16, bottom: u16) -> Rect {
    let margin = if area.width >= 60 { 4 } else { 1 };
    Rect {
        x: area.x + margin,
        y: top,
        width: area.width - 2 * margin,
        height: bottom.saturating_sub(top),
    }
}

fn too_small(area: Rect) -> bool {
    area.width < SMALLEST.width || area.height < SMALLEST.height
}

/// The roomiest rows of a session on a terminal of that size.
fn roomiest(area: Rect) -> Rows {
    if area.height >= AIRY_ROWS {
        Rows::airy(area)
    } else {
        Rows::dense(area)
    }
}

/// The rows for this view with this body, or `None` where the terminal is too small.
pub fn rows(view: &View, body: &Body, area: Rect) -> Option<Rows> {
    if too_small(area) {
        return None;
    }
    match view {
        View::Session(_) => {}
        View::Ask(_) | View::WhoSpeaks(_) => return Some(Rows::ask(area, body.len())),
        View::Summary(_) => return Some(Rows::page(area)),
    }
    let rows = roomiest(area);
    let fits = body.len() <= usize::from(rows.body.height);
    Some(if fits { rows } else { Rows::dense(area) })
}

/// Lays out what belongs in the middle of a terminal of that size.
pub fn body(view: &View, field: Option<&TextField>, area: Rect, setting: Setting) -> Body {
    if too_small(area) {
        return Body::default();
    }
    let columns = usize::from(Rows::page(area).body.width);
    let theme = setting.theme();
    match view {
        View::WhoSpeaks(who) => dialogs::who_speaks(who, field, columns, setting),
        View::Ask(view) => {
            let area = Rows::ask(area, usize::MAX).body.as_size();
            ask::lay_out(view, field, area, setting)
        }
        View::Summary(summary) => dialogs::summary(summary, columns, setting),
        View::Session(session) => match (&session.dialog, &session.prompt) {
            (Some(Dialog::Items(list)), _) if shows_page(session) => {
                items::lay_out(list, roomiest(area).body.as_size(), setting)
            }
            (Some(Dialog::Instructions(words)), _) if shows_page(session) => {
                let mut body = Body::default();
                ask::told(&mut body, None, words, columns, setting);
                body
            }
            (Some(dialog), _) if shows_page(session) => {
                let area = Rows::dense(area).body.as_size();
                dialogs::dialog(dialog, field, area, setting)
            }
            _ if session.phase == Phase::Done => dialogs::done(session, columns, theme),
            (_, Some(prompt)) if let Some(review) = &session.review => {
                review::lay_out(review, prompt, roomiest(area).body.as_size(), setting)
            }
            (_, Some(prompt)) => {
                let (airy, dense) = (roomiest(area).body, Rows::dense(area).body);
                let body = prompt::lay_out(prompt, airy.as_size(), setting.options);
                let fits = body.len() <= usize::from(airy.height);
                if fits {
                    body
                } else {
                    prompt::lay_out(prompt, dense.as_size(), setting.options)
                }
            }
            _ => Body::default(),
        },
    }
}

/// Whether this is a page to be read to its end before one goes on, and its end is not seen from row `top` on.
pub fn reads_on(view: &View, body: &Body, rows: &Rows, top: usize) -> bool {
    let to_be_read = match view {
        View::Ask(view) => matches!(
            view.page,
            AskPage::Read(_) | AskPage::Confirm { marked: None, .. }
        ),
        View::Session(session) => {
            let told = matches!(
                session.dialog,
                Some(Dialog::Instructions(_) | Dialog::Rest(_))
            );
            told && shows_page(session)
        }
        View::WhoSpeaks(_) | View::Summary(_) => false,
    };
    to_be_read && body.goes_on(rows.body, top)
}

/// Whether a page stands where the prompt would: never while somebody reads it aloud.
pub fn shows_page(view: &SessionView) -> bool {
    match view.phase {
        Phase::Recording => false,
        Phase::Done => true,
        _ => view.dialog.is_some() || view.review.is_some(),
    }
}
