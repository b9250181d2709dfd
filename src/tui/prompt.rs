//! Lays a prompt out: big letters where they fit with wide margins, else bold text with room between the lines, else
//! (a text longer than the screen) plain lines that are scrolled.

use ratatui::layout::Size as Area;

use super::body::{Body, Place};
use super::glyphs::{self, Size};
use super::text::{self, Breakable};
use super::theme::{Role, Theme};
use super::{Bidi, ScreenOptions};
use crate::session::view::PromptView;

/// The longest line that is comfortable to read, columns.
const MEASURE: usize = 60;
/// A text of so many lines or fewer is centred; a longer one is a block.
const CENTRED_LINES: usize = 5;
/// Big letters stand in so many lines at most, the smallest in one more: beyond, they are slower to read than words.
const BIG_LINES: usize = 2;

/// Rows that big letters leave free above and below, together.
const AIR: usize = 2;

/// The prompt with its hint and note, for an area of that size.
pub fn lay_out(prompt: &PromptView, area: Area, options: ScreenOptions) -> Body {
    let theme = Theme::new(options);
    let (columns, rows) = (usize::from(area.width).max(1), usize::from(area.height));
    let asides = asides(prompt, columns.min(MEASURE), options);
    let mut body = Body::default();
    let room = rows.saturating_sub(asides.len());
    let letters = big(&prompt.text, columns, room, theme);
    if let Some(lines) = letters {
        for line in lines {
            body.plain(Place::Centre, line, theme.style(Role::Prompt));
        }
    } else {
        words(&mut body, prompt, (columns, room), options);
    }
    for (line, role) in asides {
        body.plain(Place::Centre, line, theme.style(role));
    }
    body
}

/// `text` in the largest letters that fit, line by line; all lines of cells equally wide.
fn big(text: &str, columns: usize, rows: usize, theme: Theme) -> Option<Vec<String>> {
    if !theme.has_blocks() {
        return None;
    }
    let breakable = Breakable::new(&glyphs::spell(text)?);
    let margins = columns / 8;
    Size::ALL.into_iter().find_map(|size| {
        let letters = columns.saturating_sub(2 * margins) / size.columns();
        let most = BIG_LINES + usize::from(size == Size::Small);
        // A word is never cut: it would be read as two.
        if breakable.longest() > letters || breakable.lines(letters).len() > most {
            return None;
        }
        let lines = breakable.even_lines(letters);
        let fits = lines.len() * size.rows() + AIR <= rows;
        let rows_of = |line: &String| glyphs::draw(line, size);
        let drawn = fits.then(|| lines.iter().map(rows_of).collect::<Option<Vec<_>>>());
        drawn?.map(|lines| lines.concat())
    })
}

fn words(
    body: &mut Body,
    prompt: &PromptView,
    (columns, rows): (usize, usize),
    options: ScreenOptions,
) {
    let style = Theme::new(options).style(Role::Prompt);
    let rtl = text::is_rtl(&prompt.text, prompt.language.as_deref());
    let measure = columns.min(MEASURE);
    let breakable = Breakable::new(&prompt.text);
    let mut lines = breakable.lines(measure);
    let centred = lines.len() <= CENTRED_LINES;
    if centred {
        lines = breakable.even_lines(measure);
    }
    let spaced = 2 * lines.len() - 1 <= rows;
    let width = lines
        .iter()
        .map(|line| text::width(line))
        .max()
        .unwrap_or(0);
    let place = match (centred, rtl) {
        (true, _) => Place::Centre,
        (false, false) => Place::Left(width),
        (false, true) => Place::Right(width),
    };
    for (index, line) in lines.into_iter().enumerate() {
        if spaced && index > 0 {
            body.gap(1);
        }
        body.plain(place, ordered(line, rtl, options), style);
    }
}

fn ordered(line: String, rtl: bool, options: ScreenOptions) -> String {
    match options.bidi {
        Bidi::Booth => text::visual(&line, rtl),
        Bidi::Terminal => line,
    }
}

/// Hint and note below the prompt, each after an empty line.
fn asides(prompt: &PromptView, columns: usize, options: ScreenOptions) -> Vec<(String, Role)> {
    let mut rows = Vec::new();
    for (words, role) in [(&prompt.hint, Role::Plain), (&prompt.note, Role::Quiet)] {
        let Some(words) = words.as_deref().filter(|words| !words.trim().is_empty()) else {
            continue;
        };
        let rtl = text::is_rtl(words, prompt.language.as_deref());
        rows.push((String::new(), role));
        let lines = text::wrap_evenly(words, columns);
        rows.extend(
            lines
                .into_iter()
                .map(|line| (ordered(line, rtl, options), role)),
        );
    }
    rows
}
