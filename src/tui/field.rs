//! The text field: which one a view asks for, and how it is drawn.

use ratatui::text::{Line, Span};
use tui_input::Input;

use super::body::{Body, Place};
use super::dialogs;
use super::state::{FieldUse, TextField};
use super::strings;
use super::text;
use super::theme::{Role, Shape, Theme};
use super::{Bidi, ScreenOptions};
use crate::session::view::{AnswerBy, AskPage, Dialog, Phase, QuestionView, View};

/// The field that a view asks for, as it is at first.
pub fn wanted(view: &View) -> Option<TextField> {
    match view {
        View::WhoSpeaks(who) if who.known.is_none() => Some(TextField {
            suggested: who.suggested.clone(),
            ..TextField::default()
        }),
        View::Ask(ask) => match &ask.page {
            AskPage::Question(QuestionView {
                answer:
                    AnswerBy::Line {
                        begin_with,
                        most,
                        field,
                    },
                ..
            }) => Some(TextField {
                used_for: FieldUse::Answer {
                    most: *most,
                    field: *field,
                },
                begun_with: begin_with.clone(),
                input: Input::new(begin_with.clone()),
                ..TextField::default()
            }),
            _ => None,
        },
        View::Session(session) if session.phase != Phase::Recording => match &session.dialog {
            Some(Dialog::Note(about) | Dialog::Transcript(about)) => Some(TextField {
                used_for: FieldUse::Words,
                begun_with: about.begin_with.clone(),
                input: Input::new(about.begin_with.clone()),
                ..TextField::default()
            }),
            _ => None,
        },
        _ => None,
    }
}

/// Opens or closes `field` as the view asks; what has been typed stays while the same is asked.
pub fn update(field: &mut Option<TextField>, view: &View) {
    let wanted = wanted(view);
    match (field.as_mut(), wanted) {
        (Some(open), Some(wanted))
            if open.used_for == wanted.used_for && open.begun_with == wanted.begun_with =>
        {
            open.suggested = wanted.suggested;
        }
        (_, wanted) => *field = wanted,
    }
}

/// The field: what was typed, or quietly what Enter would take, on a line; above it, in so many columns, what found no
/// room.
pub fn draw(
    body: &mut Body,
    field: &TextField,
    (columns, around): (usize, usize),
    options: ScreenOptions,
) {
    let theme = Theme::new(options);
    body.gap(1);
    if let Some(words) = strings::untaken(field) {
        dialogs::marked(body, &words, around, theme);
        body.gap(1);
    }
    let typed = field.input.value();
    let room = columns.saturating_sub(3);
    let scroll = field.input.visual_scroll(room);
    let (words, role) = match typed {
        "" => (text::shorten(&field.suggested, room), Role::Quiet),
        _ => (tail(typed, scroll, room), Role::Strong),
    };
    let cursor = field.input.visual_cursor().saturating_sub(scroll);
    let style = theme.style(role);
    let place = Place::Left(columns);
    if options.bidi == Bidi::Terminal {
        let line = Line::from(vec![Span::raw("> "), Span::styled(words, style)]);
        body.row(place, line);
        body.cursor_in_last_row(2 + cursor);
    } else {
        let rtl = text::is_rtl(typed, None);
        let width = text::width(&words);
        let at = text::visual_cell(&words, rtl, byte_at(&words, cursor));
        let words = Span::styled(text::visual(&words, rtl), style);
        if rtl {
            // Everything the other way round: it begins at the right, and what is typed next comes at the left.
            let before = " ".repeat(columns.saturating_sub(width + 2));
            body.row(
                place,
                Line::from(vec![Span::raw(before), words, Span::raw(" <")]),
            );
            let left = columns.saturating_sub(width + 2);
            body.cursor_in_last_row(at.map_or(left.saturating_sub(1), |at| left + at));
        } else {
            body.row(place, Line::from(vec![Span::raw("> "), words]));
            body.cursor_in_last_row(2 + at.unwrap_or(width));
        }
    }
    body.plain(
        place,
        theme.shape(Shape::Empty).repeat(columns),
        theme.style(Role::Quiet),
    );
}

/// The byte at which the character at a cell begins, in logical order; the end where there is none.
fn byte_at(text: &str, cell: usize) -> usize {
    let mut at = 0;
    let reached = text.char_indices().find(|(_, c)| {
        let here = at;
        at += text::width(c.encode_utf8(&mut [0; 4]));
        here >= cell
    });
    reached.map_or(text.len(), |(byte, _)| byte)
}

/// The part of `text` from cell `from` on, `columns` long at most.
fn tail(text: &str, from: usize, columns: usize) -> String {
    let (mut at, mut part) = (0, String::new());
    for c in text.chars() {
        let width = text::width(c.encode_utf8(&mut [0; 4]));
        if at >= from && at + width <= from + columns {
            part.push(c);
        }
        at += width;
    }
    part
}
