//! Lays a prompt out: big letters where they fit with wide margins, else bold text with room between the lines, else
//! (a text longer than the screen) plain lines that are scrolled.

use ratatui::layout::Size as Area;

use super::body::{Body, Place};
use super::glyphs::{self, Size};
use super::strings;
use super::text::{self, Breakable};
use super::theme::{Role, Theme};
use super::{Bidi, ScreenOptions};
use crate::session::view::PromptView;

/// The longest line that is comfortable to read, columns.
const MEASURE: usize = 60;
/// A text of so many lines or fewer is centred; a longer one is a block.
const CENTRED_LINES: usize = 5;
/// Big letters stand in so many lines at most: beyond, they are slower to read than small ones.
const BIG_LINES: usize = 3;
/// Rows that big letters leave free above and below, together.
const AIR: usize = 2;

/// The prompt with its hint and note, for an area of that size.
pub fn lay_out(prompt: &PromptView, area: Area, options: ScreenOptions) -> Body {
    let theme = Theme::new(options);
    let (columns, rows) = (usize::from(area.width).max(1), usize::from(area.height));
    if let Some(words) = strings::instead_of(prompt, options.speaker_only) {
        let mut body = Body::default();
        for line in text::wrap_evenly(words, columns.min(MEASURE)) {
            body.plain(Place::Centre, line, theme.style(Role::Quiet));
        }
        return body;
    }
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

/// `text` in as few lines of big letters as can be, and these as large as fits; all lines of cells equally wide.
fn big(text: &str, columns: usize, rows: usize, theme: Theme) -> Option<Vec<String>> {
    if theme.is_ascii() {
        return None;
    }
    let breakable = Breakable::new(&glyphs::spell(text)?);
    let margins = columns / 8;
    let in_lines = |count: usize, size: Size| {
        let letters = columns.saturating_sub(2 * margins) / size.columns();
        let high = count * size.rows() + AIR;
        // A word is never cut: it would be read as two.
        if high > rows || breakable.longest() > letters || breakable.lines(letters).len() != count {
            return None;
        }
        let lines = breakable.even_lines(letters);
        let drawn: Option<Vec<_>> = lines.iter().map(|line| glyphs::draw(line, size)).collect();
        Some(drawn?.concat())
    };
    (1..=BIG_LINES).find_map(|count| Size::ALL.into_iter().find_map(|size| in_lines(count, size)))
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

/// Translation, hint, note and, for the operator, comment below the prompt, each after an empty line.
fn asides(prompt: &PromptView, columns: usize, options: ScreenOptions) -> Vec<(String, Role)> {
    let mut rows = Vec::new();
    let comment = (prompt.comment.as_deref()).filter(|_| !options.speaker_only);
    let comment = comment.map(strings::for_operator);
    for (words, role) in [
        (prompt.translation.as_ref(), Role::Quiet),
        (prompt.hint.as_ref(), Role::Plain),
        (prompt.note.as_ref(), Role::Quiet),
        (comment.as_ref(), Role::Quiet),
    ] {
        let Some(words) = words.filter(|words| !words.trim().is_empty()) else {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, columns: u16, rows: u16) -> usize {
        let prompt = PromptView {
            text: text.into(),
            ..PromptView::default()
        };
        lay_out(&prompt, Area::new(columns, rows), ScreenOptions::default()).len()
    }

    #[test]
    fn a_short_prompt_is_as_large_as_the_screen_allows() {
        assert_eq!(rows("7", 72, 13), 10);
        assert_eq!(rows("7", 72, 9), 7);
        assert_eq!(rows("7", 32, 6), 1);
        assert_eq!(
            rows("one two", 72, 18),
            5,
            "one line rather than two larger ones"
        );
        assert_eq!(rows("twenty-nine million", 72, 18), 15);
    }

    #[test]
    fn a_prompt_that_the_large_letters_lack_is_written_small() {
        assert_eq!(rows("七", 72, 13), 1);
        assert_eq!(rows("seven 七", 72, 13), 1);
    }

    #[test]
    fn a_word_is_never_cut_to_be_large() {
        assert_eq!(rows("Donaudampfschifffahrtsgesellschaft", 72, 40), 1);
    }

    #[test]
    fn lines_stand_apart_where_there_is_room() {
        let text = "word ".repeat(60);
        assert_eq!(rows(&text, 72, 20), 2 * 5 - 1);
        assert_eq!(rows(&text, 72, 8), 5);
    }

    #[test]
    fn hint_and_note_follow_after_an_empty_line_each() {
        let prompt = PromptView {
            text: "1984".into(),
            hint: Some("nineteen eighty-four".into()),
            note: Some("as a year".into()),
            ..PromptView::default()
        };
        let with_both = lay_out(&prompt, Area::new(30, 9), ScreenOptions::default());
        assert_eq!(with_both.len(), 1 + 2 + 2);
    }
}
