//! Text in cells: made harmless, measured, broken into lines, and put into visual order.
//!
//! Lines break where Unicode allows it (UAX #14, strict: no "。" at the start of a line), in Thai, Lao, Khmer and Burmese
//! between words, and inside a word only where it is longer than a line; then between grapheme clusters. Whatever the
//! text holds, no control character is left in it.

use std::borrow::Cow;

use icu_segmenter::LineSegmenter;
use icu_segmenter::options::{LineBreakOptions, LineBreakStrictness};
use unicode_bidi::{BidiInfo, Direction, Level, get_base_direction};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Languages whose usual script runs from right to left (the first part of their BCP 47 tags).
const RTL_LANGUAGES: [&str; 11] = [
    "ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi",
];

/// `text` without control characters: tabs become spaces, line ends stay.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n");
    let keep = |c: char| match c {
        '\n' | '\r' | '\u{85}' => Some('\n'),
        '\t' => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    };
    Cow::Owned(text.chars().filter_map(keep).collect())
}

/// Cells that `text` takes: cluster by cluster, as it is drawn.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// `text` in lines of at most `columns` cells (1 or more), without spaces at their ends. At least one line.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    Breakable::new(text).lines(columns)
}

/// A text and the places where its lines may break: finding them is the costly part.
pub struct Breakable {
    paragraphs: Vec<Vec<String>>,
}

impl Breakable {
    /// Finds the places.
    pub fn new(text: &str) -> Self {
        let mut options = LineBreakOptions::default();
        options.strictness = Some(LineBreakStrictness::Strict);
        let segmenter = LineSegmenter::new_lstm(options);
        let pieces = |paragraph: &str| {
            let ends: Vec<usize> = segmenter.segment_str(paragraph).collect();
            ends.windows(2)
                .map(|w| paragraph[w[0]..w[1]].to_owned())
                .collect()
        };
        let text = clean(text);
        let paragraphs = text.split(['\n', '\u{2028}', '\u{2029}']);
        Self {
            paragraphs: paragraphs.map(pieces).collect(),
        }
    }

    /// The text in lines of at most `columns` cells.
    pub fn lines(&self, columns: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for pieces in &self.paragraphs {
            fill(&mut lines, pieces.iter().map(String::as_str), columns);
        }
        lines
    }

    /// As [`Breakable::lines`], and the lines about equally long: better to read when they are centred.
    pub fn even_lines(&self, columns: usize) -> Vec<String> {
        let fewest = self.lines(columns).len();
        // Nothing is cut for evenness that would be whole in the full width.
        let (mut low, mut high) = (self.longest().clamp(1, columns.max(1)), columns.max(1));
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.lines(middle).len() <= fewest {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        self.lines(high)
    }

    /// Cells of the longest piece that has no break in it.
    pub fn longest(&self) -> usize {
        let pieces = self.paragraphs.iter().flatten();
        pieces
            .map(|piece| width(piece.trim_end()))
            .max()
            .unwrap_or(0)
    }
}

/// As [`wrap`], but lines break at spaces only: for paths and commands, which somebody copies.
pub fn wrap_at_spaces(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    fill(
        &mut lines,
        clean(text).replace('\n', " ").split_inclusive(' '),
        columns,
    );
    lines
}

/// Appends lines that hold as many whole pieces as fit.
fn fill<'a>(lines: &mut Vec<String>, pieces: impl Iterator<Item = &'a str>, columns: usize) {
    let mut line = String::new();
    for piece in pieces {
        if width(&line) + width(piece.trim_end()) > columns && !line.trim().is_empty() {
            push_trimmed(lines, &line);
            line.clear();
        }
        line.push_str(piece);
        while width(line.trim()) > columns {
            let at = cut(&line, columns);
            if at == line.len() {
                break; // a single cluster wider than the line
            }
            let rest = line.split_off(at);
            push_trimmed(lines, &line);
            line = rest;
        }
    }
    push_trimmed(lines, &line);
}

fn push_trimmed(lines: &mut Vec<String>, line: &str) {
    lines.push(line.trim().to_owned());
}

/// Where a word without a break must be cut: after as many clusters as fit, but at least one.
fn cut(line: &str, columns: usize) -> usize {
    let mut used = 0;
    for (at, cluster) in line.grapheme_indices(true) {
        used += width(cluster);
        if used > columns && at > 0 {
            return at;
        }
    }
    line.len()
}

/// As [`wrap`], and the lines about equally long.
pub fn wrap_evenly(text: &str, columns: usize) -> Vec<String> {
    Breakable::new(text).even_lines(columns)
}

/// Shortens `text` to `columns` cells, with an ellipsis where something is left out. One line, whatever it was.
pub fn shorten(text: &str, columns: usize) -> String {
    let text = clean(text).replace('\n', " ");
    if width(&text) <= columns {
        return text;
    }
    let end = if columns == 0 {
        0
    } else {
        cut(&text, columns - 1)
    };
    let mut short = text[..end].trim_end().to_owned();
    if columns > 0 {
        short.push('…');
    }
    short
}

/// Whether `text` runs from right to left: by its first letter that has a direction, else by its language.
pub fn is_rtl(text: &str, language: Option<&str>) -> bool {
    match get_base_direction(text) {
        Direction::Rtl => true,
        Direction::Ltr => false,
        Direction::Mixed => {
            let first = language
                .and_then(|tag| tag.split(['-', '_']).next())
                .unwrap_or_default();
            RTL_LANGUAGES.contains(&first.to_ascii_lowercase().as_str())
        }
    }
}

/// Whether terminals may disagree about how many cells `text` takes or in which order: joined emoji, stacked marks,
/// right-to-left scripts.
pub fn is_awkward(text: &str) -> bool {
    let joined = |cluster: &str| cluster.chars().nth(1).is_some();
    !text.is_ascii()
        && (text.graphemes(true).any(joined)
            || unicode_bidi::get_base_direction_full(text) == Direction::Rtl)
}

/// `line` in the order in which it is seen (UAX #9), for terminals that show text as it comes.
pub fn visual(line: &str, rtl: bool) -> String {
    let clusters = in_visual_order(line, rtl);
    clusters.into_iter().map(|(_, cluster)| cluster).collect()
}

/// The cell at which the cluster that begins at byte `at` is seen in [`visual`] order; `None`: none begins there.
pub fn visual_cell(line: &str, rtl: bool, at: usize) -> Option<usize> {
    let clusters = in_visual_order(line, rtl);
    let place = clusters.iter().position(|(start, _)| *start == at)?;
    let before = clusters[..place].iter();
    Some(before.map(|(_, cluster)| cluster.width()).sum())
}

/// The clusters in the order in which they are seen, each with the byte at which it begins.
fn in_visual_order(line: &str, rtl: bool) -> Vec<(usize, &str)> {
    let base = if rtl { Level::rtl() } else { Level::ltr() };
    let info = BidiInfo::new(line, Some(base));
    let Some(paragraph) = info.paragraphs.first() else {
        return line.grapheme_indices(true).collect();
    };
    let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
    let mut seen = Vec::new();
    for run in runs {
        let clusters = line[run.clone()].grapheme_indices(true);
        let clusters = clusters.map(|(at, cluster)| (run.start + at, cluster));
        if levels[run.start].is_rtl() {
            let mirrored = |(at, cluster)| (at, mirrored(cluster));
            seen.extend(clusters.rev().map(mirrored));
        } else {
            seen.extend(clusters);
        }
    }
    seen
}

/// Brackets look the other way from right to left (UAX #9, L4).
fn mirrored(cluster: &str) -> &str {
    const PAIRS: [(&str, &str); 6] = [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("<", ">"),
        ("«", "»"),
        ("‹", "›"),
    ];
    let twin = |(open, close): &(&'static str, &'static str)| match cluster {
        c if c == *open => Some(*close),
        c if c == *close => Some(*open),
        _ => None,
    };
    PAIRS.iter().find_map(twin).unwrap_or(cluster)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_stay_whole() {
        assert_eq!(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("one\r\ntwo\tthree", 20), ["one", "two three"]);
    }

    #[test]
    fn a_word_longer_than_a_line_is_cut_between_clusters() {
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(
            wrap("e\u{301}e\u{301}e\u{301}", 2),
            ["e\u{301}e\u{301}", "e\u{301}"]
        );
        assert_eq!(wrap("👩‍👩‍👧👩‍👩‍👧", 2), ["👩‍👩‍👧", "👩‍👩‍👧"]);
        assert_eq!(wrap("漢字", 1), ["漢", "字"]);
    }

    #[test]
    fn a_japanese_line_does_not_begin_with_a_full_stop_or_a_small_kana() {
        for columns in 8..30 {
            for line in wrap(
                "吾輩は猫である。名前はまだ無い。「ちょっと」待って、ください。",
                columns,
            ) {
                assert!(
                    !line.starts_with(['。', '、', '」', 'ょ', 'っ']),
                    "{columns}: {line}"
                );
                assert!(!line.ends_with('「'), "{columns}: {line}");
            }
        }
    }

    #[test]
    fn thai_breaks_between_words() {
        assert_eq!(wrap("ภาษาไทยเขียนติดกัน", 7), ["ภาษาไทย", "เขียนติด", "กัน"]);
    }

    #[test]
    fn a_command_is_not_broken_at_its_hyphens() {
        let lines = wrap_at_spaces("voicebooth export --corpus corpus", 20);
        assert_eq!(lines, ["voicebooth export", "--corpus corpus"]);
    }

    #[test]
    fn centred_lines_are_about_equally_long() {
        assert_eq!(
            wrap_evenly("one two three four five six", 20),
            ["one two three", "four five six"]
        );
        assert_eq!(
            wrap_evenly("a extraordinarily", 15),
            ["a", "extraordinarily"]
        );
    }

    #[test]
    fn a_long_line_is_shortened_with_an_ellipsis() {
        assert_eq!(shorten("microphone", 10), "microphone");
        assert_eq!(shorten("microphone", 6), "micro…");
        assert_eq!(shorten("漢字漢字", 4), "漢…");
        assert_eq!(shorten("ab", 0), "");
    }

    #[test]
    fn direction_comes_from_the_text_and_else_from_the_language() {
        assert!(is_rtl("123 שלום", None));
        assert!(!is_rtl("zero", Some("ar")));
        assert!(is_rtl("123", Some("ar-EG")));
        assert!(!is_rtl("123", None));
    }

    #[test]
    fn plain_letters_of_any_script_are_not_awkward() {
        assert!(!is_awkward("Zoë läuft. Съешь ещё. 吾輩は猫である。"));
        assert!(
            is_awkward("👩‍👩‍👧") && is_awkward("e\u{301}") && is_awkward("שלום") && is_awkward("ไม่มี")
        );
    }

    #[test]
    fn hebrew_is_reversed_and_numbers_in_it_are_not() {
        assert_eq!(visual("אבג 123 (דה)", true), "(הד) 123 גבא");
        assert_eq!(visual("say אב now", false), "say בא now");
    }

    #[test]
    fn a_mark_stays_on_its_letter_when_the_order_is_reversed() {
        assert_eq!(visual("בָג", true), "גבָ");
    }

    proptest! {
        #[test]
        fn whatever_is_wrapped_fits_and_nothing_but_space_is_lost(text in "\\PC{0,60}", columns in 2_usize..30) {
            let lines = wrap(&text, columns);
            for line in &lines {
                prop_assert!(width(line) <= columns || line.graphemes(true).count() == 1, "{line:?}");
            }
            let solid = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(solid(&lines.concat()), solid(&text));
        }

        #[test]
        fn no_control_character_survives(text in any::<String>()) {
            prop_assert!(wrap(&text, 10).iter().all(|line| !line.contains(char::is_control)));
        }

        #[test]
        fn visual_order_keeps_every_character(text in "[אבגa-c1-3 ]{0,20}", rtl in any::<bool>()) {
            let sorted = |s: &str| { let mut chars: Vec<char> = s.chars().collect(); chars.sort_unstable(); chars };
            prop_assert_eq!(sorted(&visual(&text, rtl)), sorted(&text));
        }
    }
}
