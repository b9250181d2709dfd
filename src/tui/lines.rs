//! A face in lines, for screen readers and for terminals without a screen: what changes is said once, in order, as plain
//! text that is never drawn over.
//!
//! Promise: whatever the full screen tells by its place, a shape or a colour is a word here; between two keys nothing is
//! said that is not news (no meter, no clock). Nothing but line ends moves the cursor, so what a screen reader speaks is
//! what was written. Keys are the same.

mod asked;

use std::io::{self, Write};
use std::sync::Arc;

use super::field;
use super::keys::Keymap;
use super::state::Shared;
use super::strings::{self, Hint, ask, pages, review};
use super::terminal;
use super::text;
use crate::session::Face;
use crate::session::view::{Dialog, ItemsView, Phase, ReviewView, SessionView, View, WhoSpeaks};

/// How many rows of a list the page keys move.
const LIST_PAGE: usize = 10;

/// A face that writes lines.
pub struct LineFace<W> {
    out: W,
    keys: Keymap,
    shared: Arc<Shared>,
    shown: Option<View>,
    /// What stands in the line that is being typed.
    typed: Option<String>,
    /// What was said of what found no room in it.
    untaken: Option<String>,
}

impl<W: Write> LineFace<W> {
    /// A face that writes to `out` and names the keys of `keys`. `shared` is the input thread's, too.
    pub fn new(out: W, keys: Keymap, shared: Arc<Shared>) -> Self {
        Self {
            out,
            keys,
            shared,
            shown: None,
            typed: None,
            untaken: None,
        }
    }

    fn news(&self, view: &View) -> Vec<String> {
        match (self.shown.as_ref(), view) {
            (Some(shown), view) if shown == view => Vec::new(),
            (Some(View::Session(shown)), View::Session(session)) => {
                session_news(Some(shown), session, &self.keys)
            }
            (_, View::Session(session)) => session_news(None, session, &self.keys),
            (Some(View::Ask(shown)), View::Ask(ask)) => asked::news(Some(shown), ask, &self.keys),
            (_, View::Ask(ask)) => asked::news(None, ask, &self.keys),
            (_, View::WhoSpeaks(who)) => who_speaks(who, &self.keys),
            (_, View::Summary(summary)) => {
                let mut lines = vec![pages::farewell(summary).to_owned()];
                lines.extend(
                    summary
                        .closing
                        .as_deref()
                        .into_iter()
                        .flat_map(ask::paragraphs),
                );
                lines.extend(said(&pages::farewell_hints(&self.keys)));
                lines
            }
        }
    }

    fn write(&mut self, lines: &[String]) -> io::Result<()> {
        let mut out = String::new();
        if self.typed.take().is_some() {
            out.push_str("\r\n");
        }
        for line in lines {
            for row in text::clean(line).lines() {
                out.push_str(row);
                out.push_str("\r\n");
            }
        }
        self.out.write_all(out.as_bytes())
    }

    /// Opens or closes the text field as the view asks, and echoes what is typed at its end; a change within it is
    /// written anew.
    fn echo(&mut self, view: &View) -> io::Result<()> {
        let shared = Arc::clone(&self.shared);
        let mut open = shared.field();
        field::update(&mut open, view);
        let Some(field) = open.as_ref() else {
            return Ok(());
        };
        let (now, untaken) = (field.input.value().to_owned(), strings::untaken(field));
        drop(open);
        let before = self.typed.replace(now.clone()).unwrap_or_default();
        let echo = match (now.strip_prefix(&before), before.strip_prefix(&now)) {
            (Some(more), _) => more.to_owned(),
            (None, Some(gone)) => "\u{8} \u{8}".repeat(gone.chars().count()),
            (None, None) => format!("\r\n{now}"),
        };
        self.out.write_all(echo.as_bytes())?;
        if let Some(words) = untaken.as_ref().filter(|_| untaken != self.untaken) {
            write!(self.out, "\r\n{words}\r\n")?;
        }
        self.untaken = untaken;
        Ok(())
    }
}

impl<W: Write> Face for LineFace<W> {
    fn show(&mut self, view: &View) -> io::Result<()> {
        if self.shared.releases() {
            // Off in text fields: input methods need plain keys.
            let typing = field::wanted(view).is_some();
            terminal::report_releases(matches!(view, View::Session(_)) && !typing)?;
        }
        // A new size moves nothing that was said.
        self.shared.take_redraw();
        self.shared.take_scrolls();
        self.shared.set_list(chooses(view).then_some(LIST_PAGE));
        let news = self.news(view);
        if !news.is_empty() {
            self.write(&news)?;
        }
        self.echo(view)?;
        self.shown = Some(view.clone());
        self.out.flush()
    }
}

/// What a session has to say, given what it has said.
fn session_news(shown: Option<&SessionView>, view: &SessionView, keys: &Keymap) -> Vec<String> {
    let changed = |differs: fn(&SessionView, &SessionView) -> bool| {
        shown.is_none_or(|shown| differs(shown, view))
    };
    let mut lines = Vec::new();
    if changed(|a, b| a.source != b.source)
        && let Some(source) = &view.source
    {
        lines.push(strings::source(source).join(", "));
    }
    if changed(|a, b| a.notice != b.notice)
        && let Some(notice) = &view.notice
    {
        lines.push(strings::notice(notice, keys).1);
    }
    if view.clipping && changed(|a, b| a.clipping != b.clipping) {
        lines.push(capital(strings::CLIPPING));
    }
    if let Some(Dialog::Items(items)) = &view.dialog {
        let before = shown.and_then(list_in);
        lines.extend(list_news(before, items));
        if before.is_none() {
            lines.extend(said(&strings::hints(view, keys)));
        }
        return lines;
    }
    if let Some(dialog) = &view.dialog {
        if changed(|a, b| a.dialog != b.dialog) {
            lines.extend(page(dialog, keys));
            lines.extend(said(&strings::hints(view, keys)));
        }
        return lines;
    }
    let another = changed(|a, b| {
        a.position != b.position
            || a.practice != b.practice
            || a.prompt != b.prompt
            || a.dialog.is_some()
            || idle(b) && !idle(a)
    });
    let phase = changed(|a, b| a.phase != b.phase || a.playing != b.playing || a.mode != b.mode);
    if idle(view) && another {
        lines.extend(item(view));
    } else if phase || changed(|a, _| a.dialog.is_some()) {
        lines.push(capital(strings::state(view).1));
    }
    let before = shown.and_then(|shown| shown.review.as_ref());
    lines.extend(review_news(before, view.review.as_ref()));
    // The same keys need no saying before every prompt.
    let hints = strings::hints(view, keys);
    let known = shown.is_some_and(|shown| {
        let same = shown.dialog.is_none() && same_keys(shown, view, keys);
        same || idle(view) && shown.phase == Phase::Recording
    });
    if !known {
        lines.extend(said(&hints));
    }
    lines
}

fn list_in(view: &SessionView) -> Option<&ItemsView> {
    match &view.dialog {
        Some(Dialog::Items(items)) => Some(items),
        _ => None,
    }
}

/// Whether there is something to move in.
fn chooses(view: &View) -> bool {
    match view {
        View::Session(session) => list_in(session).is_some(),
        View::Ask(ask) => super::ask::choosable(ask).is_some(),
        _ => false,
    }
}

/// The filter where it is new, and the chosen row.
fn list_news(before: Option<&ItemsView>, items: &ItemsView) -> Vec<String> {
    let mut lines = Vec::new();
    let another = before.is_none_or(|before| before.filter != items.filter);
    if another {
        lines.push(review::list(items));
    }
    let chosen = items.chosen();
    if another || chosen != before.and_then(ItemsView::chosen) {
        lines.extend(chosen.map(review::row));
    }
    lines
}

/// What a take that is looked at turns out to be, and what has been noted on it since.
fn review_news(before: Option<&ReviewView>, now: Option<&ReviewView>) -> Vec<String> {
    let Some(now) = now else { return Vec::new() };
    let read = |review: &ReviewView| review.outline.is_some() || review.failed.is_some();
    match before {
        _ if !read(now) => Vec::new(),
        Some(before) if read(before) && before.marks == now.marks => Vec::new(),
        Some(before) if read(before) => review::noted(now),
        _ => review::spoken(now),
    }
}

fn idle(view: &SessionView) -> bool {
    view.phase == Phase::Idle && !view.playing
}

fn same_keys(a: &SessionView, b: &SessionView, keys: &Keymap) -> bool {
    strings::hints(a, keys).first() == strings::hints(b, keys).first()
}

/// `3 of 40: zero`, and what is to be known about it.
fn item(view: &SessionView) -> Vec<String> {
    let Some(prompt) = &view.prompt else {
        return Vec::new();
    };
    let state = strings::item_state(view.item);
    let state = state
        .map(|(_, word)| format!(" ({word})"))
        .unwrap_or_default();
    let words = strings::instead_of(prompt, false).unwrap_or(&prompt.text);
    let mut lines = vec![format!("{}{state}: {words}", strings::place(view))];
    lines.extend(prompt.translation.clone());
    lines.extend(prompt.hint.clone());
    lines.extend(prompt.note.clone());
    let comment = prompt.comment.as_deref().filter(|c| !c.trim().is_empty());
    lines.extend(comment.map(strings::for_operator));
    lines
}

fn page(dialog: &Dialog, keys: &Keymap) -> Vec<String> {
    let page = pages::dialog(dialog, keys);
    let title = Some(page.title.clone()).filter(|title| !title.is_empty());
    let choices = page
        .choices
        .iter()
        .map(|(key, words)| format!("{key}: {words}"));
    title
        .into_iter()
        .chain(page.paragraphs.iter().cloned())
        .chain(choices)
        .collect()
}

fn who_speaks(who: &WhoSpeaks, keys: &Keymap) -> Vec<String> {
    let (page, hints) = match &who.known {
        Some(known) => (
            pages::continue_as(known),
            pages::continue_hints(known, keys),
        ),
        None => (pages::who_speaks(), pages::typing_hints()),
    };
    let mut lines: Vec<String> = who.refused.iter().cloned().collect();
    if who.refused.is_none() {
        lines.extend(who.list.clone());
    }
    lines.push(page.title);
    lines.extend(page.paragraphs);
    if who.known.is_none() {
        lines.push(pages::suggested_id(&who.suggested));
    }
    lines.extend(said(&hints));
    lines
}

/// The hints as one sentence each.
fn said(hints: &[Hint]) -> Option<String> {
    let words = |hint: &Hint| {
        let parts = [hint.before, &hint.key, &hint.after];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    };
    let all: Vec<String> = hints.iter().map(words).collect();
    (!all.is_empty()).then(|| format!("{}.", all.join("; ")))
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    let end = if words.ends_with(['…', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{}{end}", first.unwrap_or_default(), chars.as_str())
}
