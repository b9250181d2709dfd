//! Lays out the list of all items: as many rows as fit, the chosen one among them.

use ratatui::layout::Size;
use ratatui::text::{Line, Span};

use super::body::{Body, Place};
use super::layout::Setting;
use super::strings::review as words;
use super::text;
use super::theme::{Role, Shape};
use super::{Bidi, ScreenOptions};
use crate::session::view::{ItemFilter, ItemRow, ItemState, ItemsView};

/// On a narrower screen the figures of the chosen row stand below the list.
const WIDE: usize = 60;
/// Digits of a place that there is room for in any case.
const PLACE: usize = 4;
/// From so many rows on there is an empty one below the filters and one below the list.
const AIRY: usize = 9;

/// How many rows of a list can be seen in an area of that size.
fn rows_seen(area: Size) -> usize {
    let rows = usize::from(area.height);
    let foot = usize::from(usize::from(area.width) < WIDE);
    let gaps = if rows >= AIRY { 2 } else { 0 };
    rows.saturating_sub(1 + gaps + foot).max(1)
}

/// The list for an area of that size.
pub fn lay_out(items: &ItemsView, area: Size, setting: Setting) -> Body {
    let theme = setting.theme();
    let columns = usize::from(area.width).max(1);
    let mut body = Body::default();
    body.row(Place::Left(columns), filters(items, columns, setting));
    if usize::from(area.height) >= AIRY {
        body.gap(1);
    }
    let seen = rows_seen(area);
    body.is_list_of(seen);
    if items.rows.is_empty() {
        let nothing = words::nothing_found(items.filter);
        body.paragraph(nothing, columns, theme.style(Role::Plain));
        return body;
    }
    // The chosen row is in the middle, as far as the ends allow.
    let all = items.rows.len();
    let first = items.chosen.saturating_sub(seen / 2);
    let first = first.min(all.saturating_sub(seen));
    let shown = items.rows.iter().enumerate().skip(first).take(seen);
    let digits = items.last.to_string().len().max(PLACE);
    for (index, row) in shown {
        let line = row_line(row, index == items.chosen, digits, columns, setting);
        body.row(Place::Left(columns), line);
    }
    for _ in all.min(seen)..seen {
        body.gap(1);
    }
    if usize::from(area.height) >= AIRY {
        body.gap(1);
    }
    let figures = !setting.options.speaker_only;
    if let Some(row) = items.chosen().filter(|_| columns < WIDE && figures) {
        let facts = [row.flagged.then(|| "flagged".to_owned())];
        let verdict = row.verdict.map(|v| words::verdict_word(v).to_owned());
        let facts = facts.into_iter().chain([verdict, words::length(row)]);
        let facts: Vec<String> = facts.flatten().collect();
        let dot = format!(" {} ", theme.shape(Shape::Dot));
        body.plain(Place::Centre, facts.join(&dot), theme.style(Role::Quiet));
    }
    body
}

/// `1 all   2 to redo   3 flagged   4 skipped          40`
fn filters(items: &ItemsView, columns: usize, setting: Setting) -> Line<'static> {
    let theme = setting.theme();
    let figures = !setting.options.speaker_only;
    let mut line = Line::default();
    for (index, filter) in ItemFilter::EACH.into_iter().enumerate() {
        if filter == ItemFilter::Flagged && !figures {
            continue;
        }
        let chosen = filter == items.filter;
        let role = if chosen { Role::Strong } else { Role::Quiet };
        let mark = if chosen {
            theme.shape(Shape::Chosen)
        } else {
            " "
        };
        let words = format!("{mark}{} {}", index + 1, words::filter(filter));
        let gap = if columns < WIDE { "" } else { "   " };
        if index > 0 {
            line.push_span(Span::raw(gap));
        }
        line.push_span(Span::styled(words, theme.style(role)));
    }
    let count = items.count.to_string();
    let room = columns.saturating_sub(line.width() + count.len());
    if figures && room > 2 {
        line.push_span(Span::raw(" ".repeat(room)));
        line.push_span(Span::styled(count, theme.style(Role::Quiet)));
    }
    line
}

/// `› 12  ✓ recorded  ◆  fine   1.2 s   The birch canoe slid on the…`: the text stands last, because terminals may
/// disagree about how wide it is.
fn row_line(
    row: &ItemRow,
    chosen: bool,
    digits: usize,
    columns: usize,
    setting: Setting,
) -> Line<'static> {
    let theme = setting.theme();
    let figures = !setting.options.speaker_only;
    let plain = if chosen { Role::Strong } else { Role::Plain };
    let quiet = if chosen { Role::Strong } else { Role::Quiet };
    let (shape, word) = words::row_state(row);
    let mark = if chosen {
        theme.shape(Shape::Chosen)
    } else {
        " "
    };
    let mark = Span::styled(format!("{mark} "), theme.style(Role::Strong));
    let mut line = Line::from(mark);
    let mut cell = |words: String, role| line.push_span(Span::styled(words, theme.style(role)));
    if figures {
        cell(format!("{:>digits$}  ", row.position), quiet);
    }
    let state = if row.state == ItemState::Recorded {
        quiet
    } else {
        plain
    };
    cell(format!("{} {word:<8}  ", theme.shape(shape)), state);
    if figures {
        let flag = if row.flagged {
            theme.shape(Shape::Flag)
        } else {
            " "
        };
        cell(format!("{flag} "), Role::Strong);
    }
    if figures && columns >= WIDE {
        let verdict = row.verdict.map_or("", words::verdict_word);
        let length = words::length(row).unwrap_or_default();
        cell(format!("{verdict:<5} {length:>7}   "), quiet);
    }
    let room = columns.saturating_sub(line.width());
    let text = ordered(row, room, setting.options);
    line.push_span(Span::styled(text, theme.style(plain)));
    line
}

fn ordered(row: &ItemRow, room: usize, options: ScreenOptions) -> String {
    let text = text::shorten(&row.text, room);
    match options.bidi {
        Bidi::Booth => text::visual(&text, text::is_rtl(&row.text, row.language.as_deref())),
        Bidi::Terminal => text,
    }
}
