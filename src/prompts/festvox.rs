//! Festvox and CMU Arctic: `( id "text" )`, or the same without parentheses, one a line. `\"` and `\\` stand for `"` and
//! `\`; what stands between `;` and the end of a line, outside a text, is a comment; a text may go over several lines,
//! each break a blank.

use std::borrow::Cow;

use super::collect::Collector;
use super::columns::{ID, TEXT};
use super::problem::Problem;
use super::row::Row;

/// What is wrong, and at which byte.
type Slip = (usize, &'static str);

/// Reads every entry. After a slip it goes on at the next line that begins with an entry.
pub(super) fn read(start: usize, text: &str, into: &mut Collector) {
    let mut reader = Reader { text, at: 0 };
    loop {
        reader.pass_blanks();
        if reader.at >= text.len() {
            break;
        }
        let entry = reader.at;
        match reader.entry() {
            Ok((id, (at, value))) => {
                let mut row = Row::new(start + entry);
                row.put(ID, start + super::source::offset_in(text, id), id);
                row.put_decoded(TEXT, start + at, value);
                into.add(&row);
            }
            Err((at, what)) => {
                into.error(start + at, Problem::Syntax(what.to_owned()));
                reader.at = entry;
                reader.pass_line();
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn pass_line(&mut self) {
        self.at += self
            .rest()
            .find('\n')
            .map_or(self.rest().len(), |end| end + 1);
    }

    /// Passes blanks, line ends and comments.
    fn pass_blanks(&mut self) {
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            if !self.rest().starts_with(';') {
                return;
            }
            self.pass_line();
        }
    }

    /// Passes blanks of this line.
    fn pass_inline_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    /// Id, and the text with its byte.
    fn entry(&mut self) -> Result<(&'a str, (usize, Cow<'a, str>)), Slip> {
        let in_parentheses = self.rest().starts_with('(');
        if in_parentheses {
            self.at += 1;
            self.pass_blanks();
        }
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || "\"();".contains(c));
        let id = &rest[..end.unwrap_or(rest.len())];
        if id.is_empty() {
            return Err((self.at, "an entry begins with its id: ( id \"text\" )"));
        }
        self.at += id.len();
        if in_parentheses {
            self.pass_blanks();
        } else {
            self.pass_inline_blanks();
        }
        let value = self.string()?;
        if in_parentheses {
            self.pass_blanks();
            if !self.rest().starts_with(')') {
                return Err((self.at, "behind the text comes `)`"));
            }
            self.at += 1;
        } else {
            self.pass_inline_blanks();
            if !self.rest().is_empty() && !self.rest().starts_with(['\n', '\r', ';']) {
                return Err((self.at, "behind the text comes the next line"));
            }
        }
        Ok((id, value))
    }

    /// The text in quotation marks, and where it begins.
    fn string(&mut self) -> Result<(usize, Cow<'a, str>), Slip> {
        let opened = self.at;
        if !self.rest().starts_with('"') {
            return Err((opened, "behind the id comes the text in quotation marks"));
        }
        let start = opened + 1;
        let mut value = String::new();
        let mut is_literal = true;
        let mut characters = self.text[start..].char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.at = start + at + 1;
                    let literal = &self.text[start..start + at];
                    let value = if is_literal {
                        Cow::Borrowed(literal)
                    } else {
                        Cow::Owned(value)
                    };
                    return Ok((start, value));
                }
                '\\' => {
                    is_literal = false;
                    match characters.next() {
                        Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                        Some((_, other)) => value.extend(['\\', other]),
                        None => break,
                    }
                }
                '\n' => {
                    is_literal = false;
                    let line = value.trim_end_matches([' ', '\t', '\r']).len();
                    value.truncate(line);
                    value.push(' ');
                    let rest = characters.as_str();
                    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                    for _ in 0..blanks {
                        characters.next();
                    }
                }
                _ => value.push(character),
            }
        }
        Err((opened, "this quotation mark is never closed"))
    }
}
