//! Lays out a take that is looked at: what was to be read, its wave, the verdict, and what was noted on it.

use ratatui::layout::Size;
use ratatui::text::{Line, Span};

use super::body::{Body, Place};
use super::layout::Setting;
use super::strings::review as words;
use super::text;
use super::theme::{Role, Shape, Theme};
use super::wave::Wave;
use super::{Bidi, ScreenOptions};
use crate::corpus::outline::Outline;
use crate::session::view::{PromptView, ReviewView};

/// A wave is so many cells wide at most: an outline has no more columns.
const WIDEST: usize = 120;
/// And so many rows high: more would be loud.
const HIGHEST: usize = 7;
/// Fewer rows show little.
const LOWEST: usize = 2;
/// On a narrower screen less is said about labels.
const WIDE: usize = 60;
/// From so many rows on there are empty ones between the parts.
const AIRY: usize = 12;

/// The take for an area of that size. Where there is room, its parts keep their rows whatever is known of it.
pub fn lay_out(review: &ReviewView, prompt: &PromptView, area: Size, setting: Setting) -> Body {
    let theme = setting.theme();
    let (columns, rows) = (usize::from(area.width).max(1), usize::from(area.height));
    let airy = rows >= AIRY;
    let head = head(prompt, columns, if airy { 2 } else { 1 }, setting.options);
    let unread = Outline::default();
    let outline = review.outline.as_deref().unwrap_or(&unread);
    let wave = Wave::new(outline, columns.min(WIDEST), theme);
    let mut above: Vec<Line> = wave.clipping().into_iter().collect();
    let mut below: Vec<Line> = [wave.speech_row(), wave.key_row()]
        .into_iter()
        .flatten()
        .collect();
    let mut notes = notes(review, columns, setting);
    if airy {
        above.resize(1, Line::default());
        below.resize(2, Line::default());
    }
    let gaps = usize::from(airy);
    let around = head.len() + 2 * gaps + above.len();
    if notes.len() > 2 && around + notes.len() + LOWEST > rows {
        notes.figures = None;
    }
    let left = rows.saturating_sub(around + notes.len());
    // The wave needs its rows before anything stands below it.
    below.truncate(left.saturating_sub(LOWEST));
    let high = left.saturating_sub(below.len()).min(HIGHEST);
    // The middle of the wave in the middle of a row: a thin line in silence.
    let high = if high > LOWEST && high % 2 == 0 {
        high - 1
    } else {
        high
    };
    let mut body = Body::default();
    for line in head {
        body.plain(Place::Centre, line, theme.style(Role::Prompt));
    }
    body.gap(gaps);
    for line in above.into_iter().chain(wave.rows(high)).chain(below) {
        body.row(Place::Centre, line);
    }
    body.gap(gaps);
    for line in notes.into_rows() {
        body.row(Place::Centre, line);
    }
    body
}

/// What was to be read, in few lines.
fn head(prompt: &PromptView, columns: usize, lines: usize, options: ScreenOptions) -> Vec<String> {
    let whole = text::wrap_evenly(&prompt.text, columns);
    let rtl = text::is_rtl(&prompt.text, prompt.language.as_deref());
    let shown = if whole.len() <= lines {
        whole
    } else {
        vec![text::shorten(&prompt.text, columns)]
    };
    let ordered = |line: String| match options.bidi {
        Bidi::Booth => text::visual(&line, rtl),
        Bidi::Terminal => line,
    };
    shown.into_iter().map(ordered).collect()
}

/// What stands below a wave, in rows.
struct Notes {
    /// The verdict, or why there is none.
    verdict: Vec<Line<'static>>,
    /// Lengths and levels, where they did not fit beside it.
    figures: Option<Line<'static>>,
    /// What the operator noted.
    marks: Vec<Line<'static>>,
}

impl Notes {
    fn len(&self) -> usize {
        self.verdict.len() + usize::from(self.figures.is_some()) + self.marks.len()
    }

    fn into_rows(self) -> impl Iterator<Item = Line<'static>> {
        let verdict = self.verdict.into_iter();
        verdict.chain(self.figures).chain(self.marks)
    }
}

/// Verdict and figures, flag, transcript.
fn notes(review: &ReviewView, columns: usize, setting: Setting) -> Notes {
    let theme = setting.theme();
    let with_figures = !setting.options.speaker_only;
    let (mut verdict, mut figures) = (Vec::new(), None);
    match (&review.outline, &review.failed) {
        (_, Some(why)) => {
            let lines = text::wrap_evenly(&words::failed(why), columns);
            verdict.extend(lines.into_iter().map(Line::raw));
        }
        (None, None) => verdict.push(Line::styled(words::ONE_MOMENT, theme.style(Role::Quiet))),
        (Some(outline), None) => {
            let mut first = verdict_row(outline, columns, theme);
            let second = with_figures.then(|| figures_row(outline, columns, theme));
            if let Some(second) = second {
                if first.width() + 3 + second.width() <= columns {
                    first.push_span(Span::raw("   "));
                    first.extend(second);
                } else {
                    figures = Some(second);
                }
            }
            verdict.push(first);
        }
    }
    let marks = if with_figures {
        mark_rows(review, columns, theme)
    } else {
        Vec::new()
    };
    Notes {
        verdict,
        figures,
        marks,
    }
}

fn verdict_row(outline: &Outline, columns: usize, theme: Theme) -> Line<'static> {
    let (shape, role, verdict) = words::verdict(outline);
    let verdict = text::shorten(&format!("{} {verdict}", theme.shape(shape)), columns);
    Line::from(Span::styled(verdict, theme.style(role)))
}

/// `1.24 s · speech 0.62 s · peak -9.1 dB`: as many figures as fit.
fn figures_row(outline: &Outline, columns: usize, theme: Theme) -> Line<'static> {
    let dot = format!(" {} ", theme.shape(Shape::Dot));
    let mut figures = String::new();
    for figure in words::figures(outline) {
        let more = if figures.is_empty() { "" } else { &dot };
        if text::width(&figures) + text::width(more) + text::width(&figure) <= columns {
            figures = figures + more + &figure;
        }
    }
    Line::from(Span::styled(figures, theme.style(Role::Quiet)))
}

/// What the operator noted.
fn mark_rows(review: &ReviewView, columns: usize, theme: Theme) -> Vec<Line<'static>> {
    let mut rows = Vec::new();
    if let Some(flag) = words::flag(&review.marks) {
        let mark = Span::styled(theme.shape(Shape::Flag), theme.style(Role::Strong));
        let flag = text::shorten(&flag, columns.saturating_sub(2));
        rows.push(Line::from(vec![mark, Span::raw(" "), Span::raw(flag)]));
    }
    if let Some((said, label)) = words::said(review) {
        // Where there is little room, only that there is something to know.
        let label = label.map(|label| {
            if columns < WIDE {
                words::LABEL_UNSURE.to_owned()
            } else {
                label
            }
        });
        let label = label.filter(|_| columns >= WIDE || !review.marks.label_is_trusted());
        let label = label.map(|label| format!("   {label}")).unwrap_or_default();
        let room = columns.saturating_sub(text::width(&label));
        let label = Span::styled(label, theme.style(Role::Quiet));
        rows.push(Line::from(vec![
            Span::raw(text::shorten(&said, room)),
            label,
        ]));
    }
    rows
}
