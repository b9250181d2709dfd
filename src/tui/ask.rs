//! Lays out what a study asks and tells: texts to read, questions, all answers.

use ratatui::layout::Size;
use ratatui::text::{Line, Span};

use super::Bidi;
use super::body::{Body, Place};
use super::dialogs;
use super::field;
use super::layout::Setting;
use super::state::TextField;
use super::strings::{self, ask};
use super::text;
use super::theme::{Role, Shape};
use crate::session::view::{AnswerBy, AskPage, AskView, QuestionView};

/// The longest line that is comfortable to read, columns.
const MEASURE: usize = 60;
/// A text of so many lines or fewer is centred; a longer one is a block.
const CENTRED_LINES: usize = 4;
/// Columns of a field at least, where there are so many, and of what stands around what is typed.
const FIELD_LEAST: usize = 24;
const FIELD_EDGES: usize = 3;
/// So many choices are seen at least, where not all can be.
const SEEN_LEAST: usize = 3;
/// Columns of the mark before the chosen row, and between two columns.
const GAP: usize = 2;

/// What is asked. What is said about a question gives way where room is short, then all choices but those around the
/// marked one; the question stays. Only one that leaves no room for three choices is a page that is scrolled as a whole.
pub fn lay_out(view: &AskView, field: Option<&TextField>, area: Size, setting: Setting) -> Body {
    let columns = usize::from(area.width).clamp(1, MEASURE);
    let height = usize::from(area.height);
    let below = ask::below(view, setting.keys);
    let with = |said: usize, seen| with(view, &below[..said], field, (columns, seen), setting);
    let fit = |seen| {
        let mut bodies = (0..=below.len()).rev().map(|said| (said, with(said, seen)));
        bodies.find(|(_, body)| body.len() <= height)
    };
    let mut body = if !matches!(view.page, AskPage::Question(_)) {
        with(below.len(), usize::MAX)
    } else if let Some((_, body)) = fit(usize::MAX) {
        body
    } else if let Some((said, body)) = fit(SEEN_LEAST) {
        with(said, SEEN_LEAST + height - body.len())
    } else {
        with(0, usize::MAX)
    };
    if let (None, Some(rows)) = (body.list(), choosable(view)) {
        body.is_list_of((rows * height / body.len().max(height)).max(1));
    }
    body
}

fn with(
    view: &AskView,
    below: &[String],
    field: Option<&TextField>,
    (columns, seen): (usize, usize),
    setting: Setting,
) -> Body {
    let mut body = Body::default();
    if let AskPage::Read(words) = &view.page {
        let title = ask::title(&view.page);
        told(&mut body, Some(&title), words, columns, setting);
        body.gap(1);
        let place = body.first_place().unwrap_or(Place::Centre);
        for words in below {
            body.plain(place, words, setting.theme().style(Role::Quiet));
        }
        return body;
    }
    head(&mut body, view, below, columns, setting);
    match &view.page {
        AskPage::Question(question) => {
            answers(&mut body, view, question, (columns, seen), setting);
        }
        AskPage::Leave => {
            body.gap(1);
            rows(&mut body, &ask::choices(view), None, seen, setting);
        }
        AskPage::Confirm { .. } => confirm(&mut body, view, columns, setting),
        AskPage::Read(_) => {}
    }
    if let Some(field) = field {
        let room = FIELD_LEAST.max(field.used_for.most() + FIELD_EDGES);
        let room = (columns.min(room), columns);
        field::draw(&mut body, field, room, setting.options);
    }
    body
}

/// A text to read, in paragraphs, below a heading where there is one.
pub fn told(body: &mut Body, title: Option<&str>, words: &str, columns: usize, setting: Setting) {
    let theme = setting.theme();
    let columns = columns.clamp(1, MEASURE);
    let paragraphs = ask::paragraphs(words);
    let lines: Vec<Vec<String>> = paragraphs.iter().map(|p| text::wrap(p, columns)).collect();
    let few = lines.len() == 1 && lines[0].len() <= CENTRED_LINES;
    let rtl = text::is_rtl(words, None);
    let all = || lines.iter().flatten().map(|line| text::width(line));
    let width = all().max().unwrap_or(0);
    let place = match (few, rtl) {
        (true, _) => Place::Centre,
        (false, false) => Place::Left(width),
        (false, true) => Place::Right(width),
    };
    for line in title
        .into_iter()
        .flat_map(|title| text::wrap_evenly(title, columns))
    {
        body.plain(place, line, theme.style(Role::Strong));
    }
    for (index, paragraph) in lines.into_iter().enumerate() {
        if index > 0 || title.is_some() {
            body.gap(1);
        }
        let paragraph = if few {
            text::wrap_evenly(&paragraphs[index], columns)
        } else {
            paragraph
        };
        for line in paragraph {
            body.plain(place, ordered(line, rtl, setting), theme.style(Role::Plain));
        }
    }
}

/// The question, and what is to be known about it.
fn head(body: &mut Body, view: &AskView, below: &[String], columns: usize, setting: Setting) {
    let title = ask::title(&view.page);
    centred(body, &title, Role::Strong, columns, setting);
    body.gap(usize::from(!below.is_empty()));
    for words in below {
        centred(body, words, Role::Plain, columns, setting);
    }
    if let Some(why) = view.refused {
        body.gap(1);
        dialogs::marked(body, &ask::refused(why), columns, setting.theme());
    }
}

fn centred(body: &mut Body, words: &str, role: Role, columns: usize, setting: Setting) {
    let rtl = text::is_rtl(words, None);
    for line in text::wrap_evenly(words, columns) {
        body.plain(
            Place::Centre,
            ordered(line, rtl, setting),
            setting.theme().style(role),
        );
    }
}

fn answers(
    body: &mut Body,
    view: &AskView,
    question: &QuestionView,
    (columns, seen): (usize, usize),
    setting: Setting,
) {
    let AnswerBy::Choice { marked, .. } = &question.answer else {
        return;
    };
    body.gap(1);
    let mut choices = ask::choices(view);
    for (key, words) in &mut choices {
        let room = columns.saturating_sub(2 * GAP + text::width(key)).max(1);
        *words = text::shorten(words, room);
    }
    rows(body, &choices, *marked, seen, setting);
}

/// Keys and what they choose, as one block; the row that Enter takes has a mark and is seen in any case. Of more than
/// `seen` those around it, between two rows that say where there are more.
fn rows(
    body: &mut Body,
    choices: &[(String, String)],
    marked: Option<usize>,
    seen: usize,
    setting: Setting,
) {
    let theme = setting.theme();
    let all = choices.len();
    let seen = seen.min(all);
    let first = marked.unwrap_or(0).saturating_sub(seen / 2).min(all - seen);
    let more = |body: &mut Body, down: bool, there: bool| {
        let words = if there {
            strings::more(theme, down, setting.keys)
        } else {
            String::new()
        };
        if seen < all {
            body.plain(Place::Centre, words, theme.style(Role::Busy));
            body.is_list_of(seen);
        }
    };
    let widest = |of: fn(&(String, String)) -> &String| {
        choices
            .iter()
            .map(|row| text::width(of(row)))
            .max()
            .unwrap_or(0)
    };
    let (keys, words) = (widest(|row| &row.0), widest(|row| &row.1));
    let place = Place::Left(GAP + keys + GAP + words);
    more(body, false, first > 0);
    for (index, (key, words)) in choices.iter().enumerate().skip(first).take(seen) {
        let is_marked = marked == Some(index);
        let role = if is_marked { Role::Strong } else { Role::Plain };
        let gap = " ".repeat(GAP + keys - text::width(key));
        let rtl = text::is_rtl(words, None);
        body.row(
            place,
            Line::from(vec![
                Span::styled(mark(is_marked, setting), theme.style(Role::Strong)),
                Span::styled(format!("{key}{gap}"), theme.style(Role::Strong)),
                Span::styled(ordered(words.clone(), rtl, setting), theme.style(role)),
            ]),
        );
        if is_marked {
            body.keep_last_row();
        }
    }
    more(body, true, first + seen < all);
}

fn mark(marked: bool, setting: Setting) -> String {
    let shape = if marked {
        setting.theme().shape(Shape::Chosen)
    } else {
        " "
    };
    format!("{shape}{}", " ".repeat(GAP - 1))
}

/// Questions on the left, answers on the right.
fn confirm(body: &mut Body, view: &AskView, columns: usize, setting: Setting) {
    let AskPage::Confirm { rows, marked } = &view.page else {
        return;
    };
    body.gap(1);
    let theme = setting.theme();
    let answer = |row: &Option<_>| {
        row.as_ref()
            .map_or(ask::NOT_ANSWERED, ask::answer)
            .to_owned()
    };
    let answers: Vec<String> = rows.iter().map(|(_, row)| answer(row)).collect();
    let widest = answers
        .iter()
        .map(|words| text::width(words))
        .max()
        .unwrap_or(0);
    let room = columns.saturating_sub(2 * GAP).max(2);
    let right = widest.min(room / 2).max(1);
    let questions: Vec<Vec<String>> = rows
        .iter()
        .map(|(words, _)| text::wrap(ask::asked(words), room - right))
        .collect();
    let left = questions
        .iter()
        .flatten()
        .map(|line| text::width(line))
        .max()
        .unwrap_or(0);
    let place = Place::Left(2 * GAP + left + right);
    for (index, (question, words)) in questions.iter().zip(&answers).enumerate() {
        let is_marked = *marked == Some(index);
        let answer = text::wrap(words, right);
        let role = if rows[index].1.is_some() {
            Role::Strong
        } else {
            Role::Quiet
        };
        for line in 0..question.len().max(answer.len()) {
            let part = |of: &[String]| of.get(line).cloned().unwrap_or_default();
            let (asked, said) = (part(question), part(&answer));
            let gap = " ".repeat(GAP + left - text::width(&asked));
            let (asked_rtl, said_rtl) = (text::is_rtl(&asked, None), text::is_rtl(&said, None));
            body.row(
                place,
                Line::from(vec![
                    Span::styled(
                        mark(is_marked && line == 0, setting),
                        theme.style(Role::Strong),
                    ),
                    Span::styled(ordered(asked, asked_rtl, setting), theme.style(Role::Plain)),
                    Span::raw(gap),
                    Span::styled(ordered(said, said_rtl, setting), theme.style(role)),
                ]),
            );
            if is_marked {
                body.keep_last_row();
            }
        }
    }
}

fn ordered(line: String, rtl: bool, setting: Setting) -> String {
    match setting.options.bidi {
        Bidi::Booth => text::visual(&line, rtl),
        Bidi::Terminal => line,
    }
}

/// `2 of 5`, where the session has its own place.
pub fn place(view: &AskView) -> Option<String> {
    view.place.map(strings::ask::place)
}

/// How many rows can be chosen from.
pub fn choosable(view: &AskView) -> Option<usize> {
    match &view.page {
        AskPage::Question(QuestionView {
            answer: AnswerBy::Choice { choices, .. },
            ..
        }) => Some(choices.len()),
        AskPage::Confirm { rows, .. } => Some(rows.len()),
        _ => None,
    }
}
