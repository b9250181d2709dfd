//! A prompt file's text, and where in it things stand: UTF-8 with or without BOM, LF or CRLF. What is not UTF-8 is refused
//! with its place.

use super::problem::{Place, Problem, PromptError, excerpt, excerpt_around};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A file's bytes, and where its lines begin.
pub(super) struct Source<'a> {
    bytes: &'a [u8],
    /// Byte offset of each line.
    starts: Vec<usize>,
}

/// A line of the file that is neither blank nor a comment, without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Byte offset in the file.
    pub start: usize,
    /// As it stands.
    pub text: &'a str,
}

impl<'a> Source<'a> {
    /// The file's bytes, refused where they are plainly no text.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Problem> {
        match bytes {
            [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {
                return Err(Problem::OtherEncoding("UTF-32"));
            }
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return Err(Problem::OtherEncoding("UTF-16")),
            _ => {}
        }
        if let Some(offset) = bytes.iter().position(|&byte| byte == 0) {
            return Err(Problem::NotText { offset });
        }
        let ends = bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1));
        let starts = starts.collect();
        Ok(Self { bytes, starts })
    }

    /// Where the text begins: behind a byte order mark.
    fn text_start(&self) -> usize {
        if self.bytes.starts_with(BOM) {
            BOM.len()
        } else {
            0
        }
    }

    /// The whole text and its byte offset, for formats that are no lines; lines that are not UTF-8 are named in `errors`.
    pub fn whole(&self, errors: &mut Vec<PromptError>) -> Option<(usize, &'a str)> {
        let start = self.text_start();
        if let Ok(text) = std::str::from_utf8(&self.bytes[start..]) {
            return Some((start, text));
        }
        self.lines(false, errors);
        None
    }

    /// The lines that say something. Lines that are not UTF-8 are left out and named in `errors`.
    pub fn lines(&self, comments: bool, errors: &mut Vec<PromptError>) -> Vec<Line<'a>> {
        let mut lines = Vec::with_capacity(self.starts.len());
        for index in 0..self.starts.len() {
            let (start, raw) = self.raw_line(index);
            match std::str::from_utf8(raw) {
                Ok(text) if is_all_blank(text) || (comments && text.starts_with('#')) => {}
                Ok(text) => lines.push(Line { start, text }),
                Err(error) => {
                    let offset = start + error.valid_up_to();
                    let byte = self.bytes[offset];
                    errors.push(self.error(offset, Problem::NotUtf8 { byte, offset }));
                }
            }
        }
        lines
    }

    /// The first line that says something, as far as it is UTF-8.
    pub fn sample(&self, comments: bool, lines_max: usize) -> Vec<&'a str> {
        let mut sample = Vec::new();
        for index in 0..self.starts.len() {
            if sample.len() == lines_max {
                break;
            }
            let (_, raw) = self.raw_line(index);
            if let Ok(text) = std::str::from_utf8(raw)
                && !is_all_blank(text)
                && !(comments && text.starts_with('#'))
            {
                sample.push(text);
            }
        }
        sample
    }

    /// A line without its end, and where it starts.
    fn raw_line(&self, index: usize) -> (usize, &'a [u8]) {
        let start = self.starts[index].max(self.text_start());
        let end = match self.starts.get(index + 1) {
            Some(next) => next - 1,
            None => self.bytes.len(),
        };
        let raw = &self.bytes[start..end.max(start)];
        (start, raw.strip_suffix(b"\r").unwrap_or(raw))
    }

    /// The number of the line that byte `offset` is in, from 1.
    pub fn line_number(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).max(1)
    }

    /// The place of byte `offset`.
    pub fn place(&self, offset: usize) -> Place {
        let line = self.line_number(offset);
        let (start, _) = self.raw_line(line - 1);
        let before = &self.bytes[start.min(offset)..offset.min(self.bytes.len())];
        Place {
            line,
            column: String::from_utf8_lossy(before).chars().count() + 1,
        }
    }

    /// A mistake at byte `offset`.
    pub fn error(&self, offset: usize, problem: Problem) -> PromptError {
        let place = self.place(offset);
        PromptError {
            place: Some(place),
            text: self.excerpt_at(place),
            problem,
        }
    }

    /// The line of a place, fit for a message.
    fn excerpt_at(&self, place: Place) -> String {
        let (_, raw) = self.raw_line(place.line - 1);
        match std::str::from_utf8(raw) {
            Ok(text) => excerpt_around(text, place.column - 1),
            Err(_) => excerpt(&String::from_utf8_lossy(raw)),
        }
    }
}

/// Where `part`, a piece of `whole`, begins in it. What is no piece of it is taken to stand at its beginning.
pub(super) fn offset_in(whole: &str, part: &str) -> usize {
    let offset = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    if offset <= whole.len() { offset } else { 0 }
}

fn is_all_blank(text: &str) -> bool {
    text.chars().all(is_blank)
}

/// Blanks that do not count at the ends of a field. Control characters are none: they are named, not dropped.
pub(super) fn is_blank(character: char) -> bool {
    character == '\t' || (character.is_whitespace() && !super::problem::is_forbidden(character))
}
