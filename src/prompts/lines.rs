//! From bytes to numbered lines: UTF-8 with or without BOM, LF or CRLF. What is not UTF-8 is refused with its place.

use super::problem::{Place, Problem, PromptError, excerpt};

/// A line of the file that is neither blank nor a comment, without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// From 1.
    pub number: usize,
    /// As it stands.
    pub text: &'a str,
}

impl Line<'_> {
    /// A mistake at `offset` (bytes) of this line.
    pub fn error(&self, offset: usize, problem: Problem) -> PromptError {
        PromptError {
            place: Some(Place {
                line: self.number,
                column: self.text[..offset].chars().count() + 1,
            }),
            text: excerpt(self.text),
            problem,
        }
    }
}

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The file's bytes, refused where they are plainly no text.
pub(super) fn text_bytes(bytes: &[u8]) -> Result<&[u8], Problem> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Err(Problem::OtherEncoding("UTF-32")),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Err(Problem::OtherEncoding("UTF-16")),
        _ => match bytes.iter().position(|&byte| byte == 0) {
            Some(offset) => Err(Problem::NotText { offset }),
            None => Ok(bytes),
        },
    }
}

/// The lines that say something. Lines that are not UTF-8 are left out and named in `errors`.
pub(super) fn split<'a>(
    bytes: &'a [u8],
    comments: bool,
    errors: &mut Vec<PromptError>,
) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut offset = 0;
    for (index, mut raw) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let mut start = offset;
        offset += raw.len() + 1;
        if index == 0 && raw.starts_with(BOM) {
            raw = &raw[BOM.len()..];
            start += BOM.len();
        }
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        let number = index + 1;
        match std::str::from_utf8(raw) {
            Ok(text) if blank(text) || (comments && text.starts_with('#')) => {}
            Ok(text) => lines.push(Line { number, text }),
            Err(error) => errors.push(not_utf8(raw, number, start, error.valid_up_to())),
        }
    }
    lines
}

/// The mistake of a line whose first `valid` bytes are UTF-8; it starts at `start` in the file.
fn not_utf8(raw: &[u8], line: usize, start: usize, valid: usize) -> PromptError {
    let before = String::from_utf8_lossy(&raw[..valid]);
    PromptError {
        place: Some(Place {
            line,
            column: before.chars().count() + 1,
        }),
        text: excerpt(&String::from_utf8_lossy(raw)),
        problem: Problem::NotUtf8 {
            byte: raw[valid],
            offset: start + valid,
        },
    }
}

fn blank(text: &str) -> bool {
    text.chars().all(is_blank)
}

/// Blanks that do not count at the ends of a field. Control characters are none: they are named, not dropped.
pub(super) fn is_blank(character: char) -> bool {
    character == '\t' || (character.is_whitespace() && !super::problem::is_forbidden(character))
}
