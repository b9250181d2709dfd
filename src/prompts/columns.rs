//! The fields that a prompt file can have, whatever its format, and the header lines that name them.

use super::source::is_blank;

/// The fields, by their numbers below.
pub(super) const COLUMNS: [&str; 20] = [
    "id",
    "text",
    "label",
    "spoken",
    "language",
    "hint",
    "section",
    "note",
    "repeat",
    "translation",
    "audio",
    "image",
    "duration_ms",
    "pre_delay_ms",
    "post_delay_ms",
    "comment",
    "instructions",
    "afterwards",
    "beep",
    "blocked",
];
pub(super) const ID: usize = 0;
pub(super) const TEXT: usize = 1;
pub(super) const LABEL: usize = 2;
pub(super) const SPOKEN: usize = 3;
pub(super) const LANGUAGE: usize = 4;
pub(super) const HINT: usize = 5;
pub(super) const SECTION: usize = 6;
pub(super) const NOTE: usize = 7;
pub(super) const REPEAT: usize = 8;
pub(super) const TRANSLATION: usize = 9;
pub(super) const AUDIO: usize = 10;
pub(super) const IMAGE: usize = 11;
pub(super) const DURATION: usize = 12;
pub(super) const PRE_DELAY: usize = 13;
pub(super) const POST_DELAY: usize = 14;
pub(super) const COMMENT: usize = 15;
pub(super) const INSTRUCTIONS: usize = 16;
pub(super) const AFTERWARDS: usize = 17;
pub(super) const BEEP: usize = 18;
pub(super) const BLOCKED: usize = 19;

/// Other names that the field's lists have for a column.
const ALIASES: [(&str, usize); 4] = [
    ("sentence", TEXT),
    ("prompt", TEXT),
    ("lang", LANGUAGE),
    ("locale", LANGUAGE),
];

/// Fields that are pages, so that they may have several lines.
pub(super) fn is_page(column: usize) -> bool {
    matches!(column, INSTRUCTIONS | AFTERWARDS)
}

/// The column that a header's field names, in any case.
pub(super) fn column(name: &str) -> Option<usize> {
    let name = name.trim_matches(is_blank);
    let known = COLUMNS
        .iter()
        .position(|known| known.eq_ignore_ascii_case(name));
    let alias = || {
        let mut aliases = ALIASES.iter();
        aliases.find(|(alias, _)| alias.eq_ignore_ascii_case(name))
    };
    known.or_else(|| alias().map(|&(_, column)| column))
}

/// Whether one of a first line's fields says that it is a header.
pub(super) fn is_header<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    names.any(|name| matches!(column(name), Some(ID | TEXT)))
}
