//! Draws a view: where things stand on the screen. From top to bottom: progress; the prompt (or a page); the state; what
//! just happened; what to press; the meter; source, format and room. Nothing moves when the phase changes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::ask;
use super::body::{Body, Park};
use super::layout::{self, Rows, Setting};
use super::strings::{self, Hint, Tone, pages};
use super::text;
use super::theme::{self, Role, Shape, Theme};
use crate::session::view::{Dialog, Phase, SessionView, View};

/// Columns of the level meter's bar at most.
const METER: u16 = 40;
/// Columns that the name of the source gets in any case.
const NAME_LEAST: usize = 12;
/// What the empty meter stands for, dBFS: speech at a distance is well above.
const METER_FLOOR_DBFS: f64 = -60.0;

/// Draws everything and says where the cursor belongs.
pub fn draw(view: &View, body: &Body, top: usize, setting: Setting, buffer: &mut Buffer) -> Park {
    let area = buffer.area;
    let Some(mut rows) = layout::rows(view, body, area) else {
        return draw_too_small(view, setting.theme(), buffer);
    };
    let theme = setting.theme();
    let mut hints = match view {
        View::Session(session) => {
            rows = draw_session(session, rows, setting, buffer);
            strings::hints(session, setting.keys)
        }
        View::WhoSpeaks(who) => {
            if let (Some(y), Some(list)) = (rows.header, &who.list) {
                let room = usize::from(rows.body.width);
                let list = text::shorten(list, room);
                buffer.set_string(rows.body.x, y, list, theme.style(Role::Quiet));
            }
            match &who.known {
                Some(known) => pages::continue_hints(known, setting.keys),
                None => pages::typing_hints(),
            }
        }
        View::Ask(view) => {
            if let (Some(y), Some(place)) = (rows.header, ask::place(view)) {
                buffer.set_string(rows.body.x, y, place, theme.style(Role::Quiet));
            }
            strings::ask::hints(view, setting.keys)
        }
        View::Summary(_) => pages::farewell_hints(setting.keys),
    };
    if layout::reads_on(view, body, &rows, top)
        && let Some(first) = hints.first_mut()
    {
        *first = strings::read_on(setting.keys);
    }
    draw_hints(&hints, &rows, theme, buffer);
    let park = body.draw(rows.body, top, theme, setting.keys, buffer);
    if setting.options.ascii {
        let prompt = matches!(view, View::Session(session) if !layout::shows_page(session));
        spell_in_ascii(buffer, prompt.then_some(rows.body));
    }
    park
}

/// Replaces the punctuation of our own sentences; what stands in `prompt` is not ours.
fn spell_in_ascii(buffer: &mut Buffer, prompt: Option<Rect>) {
    for position in buffer.area.positions() {
        let ours = prompt.is_none_or(|prompt| !prompt.contains(position));
        let cell = &mut buffer[position];
        if let Some(ascii) = theme::ascii_for(cell.symbol()).filter(|_| ours) {
            cell.set_symbol(ascii);
        }
    }
}

fn draw_too_small(view: &View, theme: Theme, buffer: &mut Buffer) -> Park {
    let area = buffer.area;
    let recording = matches!(view, View::Session(session) if session.phase == Phase::Recording);
    let style = theme.style(if recording {
        Role::Recording
    } else {
        Role::Plain
    });
    let (columns, rows) = (usize::from(area.width).max(1), usize::from(area.height));
    let fits = |lines: &Vec<String>| {
        lines.len() <= rows && lines.iter().all(|line| text::width(line) <= columns)
    };
    let whole = |words: &&str| words.split(' ').all(|word| text::width(word) <= columns);
    let lines = strings::TOO_SMALL
        .iter()
        .copied()
        .filter(whole)
        .map(|words| text::wrap(words, columns))
        .find(fits);
    for (y, line) in lines.unwrap_or_default().iter().enumerate() {
        buffer.set_stringn(area.x, area.y + y as u16, line, columns, style);
    }
    Park {
        at: area.as_position(),
        visible: false,
    }
}

/// Says where things stand with what just happened among them.
fn draw_session(view: &SessionView, rows: Rows, setting: Setting, buffer: &mut Buffer) -> Rows {
    let theme = setting.theme();
    let figures = !setting.options.speaker_only;
    // While somebody reads or rests, nothing moves.
    let told = matches!(view.dialog, Some(Dialog::Instructions(_) | Dialog::Rest(_)));
    let notice = notice_lines(view, &rows, setting);
    let rows = rows.with_notice_of(notice.len());
    draw_header(view, &rows, figures, theme, buffer);
    draw_state(view, &rows, figures, theme, buffer);
    // One line stands in the lower row, next to what to press.
    let first = rows
        .notice
        .bottom()
        .saturating_sub(notice.len() as u16)
        .max(rows.notice.y);
    for (y, line) in (first..rows.notice.bottom()).zip(&notice) {
        draw_centred(line, rows.notice, y, buffer);
    }
    if figures && !told {
        draw_meter(view, &rows, theme, buffer);
        draw_source(view, &rows, theme, buffer);
    }
    rows
}

/// `3 of 40  ━━━━────────  ✓ recorded          ◌ saving`
fn draw_header(view: &SessionView, rows: &Rows, figures: bool, theme: Theme, buffer: &mut Buffer) {
    let Some(y) = rows.header else { return };
    if view.saving > 0 && view.phase != Phase::Closing {
        let words = format!("{} {}", theme.shape(Shape::Busy), strings::SAVING);
        let x = rows.body.right().saturating_sub(text::width(&words) as u16);
        buffer.set_string(x, y, words, theme.style(Role::Quiet));
    }
    if view.total == 0 {
        return;
    }
    let bar = usize::from(rows.body.width / 3);
    let full = (view.done * bar)
        .div_ceil(view.total)
        .min(if view.done < view.total { bar - 1 } else { bar });
    let mut line = Line::default();
    if figures || view.practice {
        line.push_span(Span::styled(
            format!("{}  ", strings::place(view)),
            theme.style(Role::Plain),
        ));
    }
    line.push_span(Span::styled(
        theme.shape(Shape::Full).repeat(full),
        theme.style(Role::Busy),
    ));
    line.push_span(Span::styled(
        theme.shape(Shape::Empty).repeat(bar - full),
        theme.style(Role::Quiet),
    ));
    let state = strings::item_state(view.item);
    let flag = (view.marks.flagged && figures).then_some((Shape::Flag, strings::FLAGGED));
    for (shape, word) in state.into_iter().chain(flag) {
        let words = format!("  {} {word}", theme.shape(shape));
        if line.width() + text::width(&words) <= usize::from(rows.body.width) {
            line.push_span(Span::styled(words, theme.style(Role::Plain)));
        }
    }
    buffer.set_line(rows.body.x, y, &line, rows.body.width);
}

/// `─────── ○ ready ───────`, and `━━━━━━━ ● recording 0:07 ━━━━━━━`: the line under the prompt is seen from the corner of
/// the eye, so that a speaker need not look away from the text.
fn draw_state(view: &SessionView, rows: &Rows, figures: bool, theme: Theme, buffer: &mut Buffer) {
    let (shape, word, role) = strings::state(view);
    let recording = view.phase == Phase::Recording;
    let (shape_of_line, role_of_line) = if recording {
        (Shape::Full, Role::Alert)
    } else {
        (Shape::Empty, Role::Quiet)
    };
    let line = theme
        .shape(shape_of_line)
        .repeat(usize::from(rows.body.width));
    buffer.set_string(rows.body.x, rows.state, line, theme.style(role_of_line));
    let mut words = format!(" {} {word} ", theme.shape(shape));
    if recording && figures {
        words = format!("{words}{} ", strings::take_length(view));
    }
    let width = text::width(&words) as u16;
    let x = rows.body.x + rows.body.width.saturating_sub(width) / 2;
    let around = Rect {
        x: x - 1,
        y: rows.state,
        width: width + 2,
        height: 1,
    };
    Clear.render(
        around.intersection(Rect {
            y: rows.state,
            height: 1,
            ..rows.body
        }),
        buffer,
    );
    buffer.set_stringn(
        x,
        rows.state,
        words,
        usize::from(rows.body.width),
        theme.style(role),
    );
}

/// What just happened, with a mark where something is wrong.
fn notice_lines(view: &SessionView, rows: &Rows, setting: Setting) -> Vec<Line<'static>> {
    let theme = setting.theme();
    let (tone, words) = match (&view.dialog, &view.notice) {
        (Some(dialog), _) if view.phase == Phase::Recording => {
            (Tone::Warning, pages::dialog(dialog, setting.keys).title)
        }
        (None, Some(notice)) => strings::notice(notice, setting.keys),
        _ => return Vec::new(),
    };
    let (mark, role) = match tone {
        Tone::Good => (theme.shape(Shape::Done), Role::Good),
        Tone::Info => return plain_lines(&words, usize::from(rows.notice.width)),
        Tone::Warning => (" ! ", Role::Warning),
    };
    let room = usize::from(rows.notice.width).saturating_sub(text::width(mark) + 1);
    let mut lines = plain_lines(&words, room);
    if let Some(first) = lines.first_mut() {
        let mark = Span::styled(mark, theme.style(role));
        first.spans.splice(0..0, [mark, Span::raw(" ")]);
    }
    lines
}

fn plain_lines(words: &str, columns: usize) -> Vec<Line<'static>> {
    let lines = text::wrap_evenly(words, columns.max(1));
    lines.into_iter().map(Line::raw).collect()
}

/// The first hint in full, and as many others as fit.
fn draw_hints(hints: &[Hint], rows: &Rows, theme: Theme, buffer: &mut Buffer) {
    let mut line = Line::default();
    for (index, hint) in hints.iter().enumerate() {
        let spans = hint_spans(hint, index == 0, theme);
        let width: usize = spans.iter().map(Span::width).sum();
        let gap = if index == 0 { 0 } else { 3 };
        if index > 0 && line.width() + gap + width > usize::from(rows.body.width) {
            continue;
        }
        line.push_span(" ".repeat(gap));
        line.extend(spans);
    }
    draw_centred(&line, rows.body, rows.hints, buffer);
}

fn hint_spans(hint: &Hint, first: bool, theme: Theme) -> Vec<Span<'static>> {
    let words = theme.style(if first { Role::Plain } else { Role::Quiet });
    let mut spans = Vec::new();
    if !hint.before.is_empty() {
        spans.push(Span::styled(format!("{} ", hint.before), words));
    }
    spans.push(Span::styled(hint.key.clone(), theme.style(Role::Strong)));
    if !hint.after.is_empty() {
        spans.push(Span::styled(format!(" {}", hint.after), words));
    }
    spans
}

/// Full cells of a meter of so many: the bar moves by whole cells, so that it need not be drawn all the time.
pub fn meter_cells(level_dbfs: Option<f64>, cells: u16) -> u16 {
    let share = level_dbfs.map_or(0.0, |level| 1.0 - level / METER_FLOOR_DBFS);
    (share.clamp(0.0, 1.0) * f64::from(cells)).round() as u16
}

/// Cells of the meter on a screen of that width.
pub fn meter_width(columns: u16) -> u16 {
    columns.saturating_sub(28).min(METER)
}

fn draw_meter(view: &SessionView, rows: &Rows, theme: Theme, buffer: &mut Buffer) {
    let (Some(y), Some(_)) = (rows.meter, view.source.as_ref()) else {
        return;
    };
    let cells = meter_width(buffer.area.width);
    let full = meter_cells(view.level_dbfs, cells);
    let quiet = theme.style(Role::Quiet);
    let bar = if view.clipping {
        theme.style(Role::Strong)
    } else {
        theme.style(Role::Busy)
    };
    let mut line = Line::from(vec![
        Span::styled(format!("{} ", strings::QUIET), quiet),
        Span::styled(theme.shape(Shape::Full).repeat(full.into()), bar),
        Span::styled(
            theme.shape(Shape::Empty).repeat((cells - full).into()),
            quiet,
        ),
        Span::styled(format!(" {}", strings::LOUD), quiet),
    ]);
    if view.clipping {
        let words = format!(" {} {} ", theme.shape(Shape::Above), strings::CLIPPING);
        line.extend([
            Span::raw("  "),
            Span::styled(words, theme.style(Role::Recording)),
        ]);
    }
    buffer.set_line(rows.body.x, y, &line, rows.body.width);
}

/// `Studio USB · 48 kHz · mono · 16 bit                room for 95 min`
fn draw_source(view: &SessionView, rows: &Rows, theme: Theme, buffer: &mut Buffer) {
    let Some(y) = rows.source else { return };
    let mut room = usize::from(rows.body.width);
    if let Some(minutes) = view.minutes_left {
        let (role, words) = strings::time_left(minutes);
        let width = text::width(&words);
        if width <= room {
            let x = rows.body.right() - width as u16;
            buffer.set_string(x, y, words, theme.style(role));
            room = room.saturating_sub(width + 2);
        }
    }
    if let Some(source) = &view.source {
        let [name, format @ ..] = strings::source(source);
        let dot = format!(" {} ", theme.shape(Shape::Dot));
        let taken: usize = format
            .iter()
            .map(|part| text::width(&dot) + text::width(part))
            .sum();
        let mut words = text::shorten(&name, room.saturating_sub(taken).max(NAME_LEAST).min(room));
        for part in format.iter().map(|part| format!("{dot}{part}")) {
            if text::width(&words) + text::width(&part) <= room {
                words.push_str(&part);
            }
        }
        buffer.set_string(rows.body.x, y, words, theme.style(Role::Quiet));
    }
}

fn draw_centred(line: &Line, area: Rect, y: u16, buffer: &mut Buffer) {
    let width = (line.width() as u16).min(area.width);
    buffer.set_line(area.x + (area.width - width) / 2, y, line, area.width);
}
