//! Lays whole pages out: questions, troubles, help, who speaks, the end.

use ratatui::layout::Size;
use ratatui::text::{Line, Span};

use super::ask;
use super::body::{Body, Place};
use super::field;
use super::layout::Setting;
use super::state::TextField;
use super::strings::pages::{self, Page};
use super::text;
use super::theme::{Role, Theme};
use crate::session::view::{Dialog, SessionView, Summary, WhoSpeaks};

/// The longest line of a page, columns.
const MEASURE: usize = 64;
/// Columns of a field for an id.
const FIELD: usize = 24;

/// A question or a trouble, with the field to type in where there is one: that is seen in any case, and what is said
/// about it as far as there is room.
pub fn dialog(dialog: &Dialog, field: Option<&TextField>, area: Size, setting: Setting) -> Body {
    let columns = usize::from(area.width).min(MEASURE);
    let mut words = pages::dialog(dialog, setting.keys);
    loop {
        let mut body = page(&words, columns, setting.theme());
        let Some(field) = field else { return body };
        field::draw(&mut body, field, (columns, columns), setting.options);
        if body.len() <= usize::from(area.height) || words.paragraphs.pop().is_none() {
            return body;
        }
    }
}

/// Every prompt is done.
pub fn done(view: &SessionView, columns: usize, theme: Theme) -> Body {
    page(&pages::done(view), columns.min(MEASURE), theme)
}

/// "Who is speaking?": a field to type in, or the offer to go on.
pub fn who_speaks(
    who: &WhoSpeaks,
    field: Option<&TextField>,
    columns: usize,
    setting: Setting,
) -> Body {
    let (columns, theme) = (columns.min(MEASURE), setting.theme());
    let mut body = match (&who.known, &who.refused) {
        (Some(known), _) => page(&pages::continue_as(known), columns, theme),
        (None, None) => page(&pages::who_speaks(), columns, theme),
        (None, Some(refused)) => {
            let mut body = page(
                &Page {
                    paragraphs: Vec::new(),
                    ..pages::who_speaks()
                },
                columns,
                theme,
            );
            body.gap(1);
            marked(&mut body, refused, columns, theme);
            body
        }
    };
    if let (None, Some(field)) = (&who.known, field) {
        let room = (columns.min(FIELD), columns);
        field::draw(&mut body, field, room, setting.options);
    }
    body
}

/// A paragraph about something that is wrong.
pub fn marked(body: &mut Body, words: &str, columns: usize, theme: Theme) {
    let lines = text::wrap_evenly(words, columns.saturating_sub(4).max(1));
    for (index, words) in lines.into_iter().enumerate() {
        let mut line = Line::raw(words);
        if index == 0 {
            let mark = Span::styled(" ! ", theme.style(Role::Warning));
            line.spans.splice(0..0, [mark, Span::raw(" ")]);
        }
        body.row(Place::Centre, line);
    }
}

/// What was done, where it is, and how to go on.
pub fn summary(summary: &Summary, columns: usize, setting: Setting) -> Body {
    let (columns, theme) = (columns.min(MEASURE), setting.theme());
    let mut body = Body::default();
    let good = summary.troubles.is_empty() && summary.recorded > 0;
    body.paragraph(
        pages::farewell(summary),
        columns,
        theme.style(if good { Role::Good } else { Role::Strong }),
    );
    if let Some(words) = &summary.closing {
        body.gap(1);
        ask::told(&mut body, None, words, columns, setting);
    }
    body.gap(1);
    let figures: Vec<(String, String)> = pages::figures(summary)
        .into_iter()
        .map(|(word, figure)| (word.to_owned(), figure))
        .collect();
    table(
        &mut body,
        &figures,
        columns,
        (theme.style(Role::Quiet), theme.style(Role::Plain)),
    );
    if !summary.troubles.is_empty() {
        body.gap(1);
        body.plain(Place::Centre, pages::TROUBLES, theme.style(Role::Warning));
        for trouble in &summary.troubles {
            body.paragraph(trouble, columns, theme.style(Role::Plain));
        }
    }
    body
}

fn page(page: &Page, columns: usize, theme: Theme) -> Body {
    let mut body = Body::default();
    for title in text::wrap_evenly(&page.title, columns.saturating_sub(2).max(1)) {
        if page.trouble {
            body.plain(
                Place::Centre,
                format!(" {title} "),
                theme.style(Role::Warning),
            );
        } else {
            body.plain(Place::Centre, title, theme.style(Role::Strong));
        }
    }
    for words in page.paragraphs.iter().filter(|words| !words.is_empty()) {
        body.gap(1);
        body.paragraph(words, columns, theme.style(Role::Plain));
    }
    if !page.choices.is_empty() {
        body.gap(1);
        table(
            &mut body,
            &page.choices,
            columns,
            (theme.style(Role::Strong), theme.style(Role::Plain)),
        );
    }
    body
}

/// Two columns, as one block: words that do not fit go on below themselves.
fn table(
    body: &mut Body,
    rows: &[(String, String)],
    columns: usize,
    (left, right): (ratatui::style::Style, ratatui::style::Style),
) {
    let first = rows
        .iter()
        .map(|(word, _)| text::width(word))
        .max()
        .unwrap_or(0)
        .min(columns / 2);
    let room = columns.saturating_sub(first + 3).max(1);
    let wrapped: Vec<Vec<String>> = rows
        .iter()
        .map(|(_, words)| text::wrap_at_spaces(words, room))
        .collect();
    let widest = wrapped
        .iter()
        .flatten()
        .map(|line| text::width(line))
        .max()
        .unwrap_or(0);
    let place = Place::Left(first + 3 + widest);
    for ((word, _), lines) in rows.iter().zip(wrapped) {
        for (index, line) in lines.into_iter().enumerate() {
            let word = if index == 0 {
                text::shorten(word, first)
            } else {
                String::new()
            };
            let gap = " ".repeat(first + 3 - text::width(&word));
            body.row(
                place,
                Line::from(vec![
                    Span::styled(word, left),
                    Span::raw(gap),
                    Span::styled(line, right),
                ]),
            );
        }
    }
}
