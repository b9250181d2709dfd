//! Transcripts of existing corpora, one line each: LJSpeech, TIMIT, VoxForge (HTK) and Kaldi.

use super::collect::Collector;
use super::columns::{ID, SPOKEN, TEXT};
use super::problem::Problem;
use super::row::Row;
use super::source::{Line, is_blank};

/// LJSpeech: id, text and perhaps the normalised text, between bars. No quoting.
pub(super) fn read_ljspeech(lines: &[Line], into: &mut Collector) {
    for &line in lines {
        let fields: Vec<&str> = line.text.split('|').collect();
        match fields[..] {
            [id, text] => into.add(&Row::of_line(line, &[(ID, id), (TEXT, text)])),
            [id, text, spoken] => {
                let differs = spoken.trim_matches(is_blank) != text.trim_matches(is_blank);
                let spoken = if differs { spoken } else { "" };
                let fields = [(ID, id), (TEXT, text), (SPOKEN, spoken)];
                into.add(&Row::of_line(line, &fields));
            }
            _ => {
                let found = fields.len();
                let what = format!(
                    "{found} fields, but LJSpeech's lines have 2 or 3 between bars: id|text|normalised text"
                );
                into.error(line.start, Problem::Syntax(what));
            }
        }
    }
}

/// TIMIT: the text, and its id in parentheses. Lines that begin with `;` are comments.
pub(super) fn read_timit(lines: &[Line], into: &mut Collector) {
    read_pairs(lines, into, timit_fields, "TIMIT's lines are: text (id)");
}

/// VoxForge and HTK: `*/id WORDS`; the folder in front of the id may be any, or none.
pub(super) fn read_voxforge(lines: &[Line], into: &mut Collector) {
    let fields = |line| {
        let (path, text) = id_and_words(line)?;
        let id = path.rsplit_once('/').map_or(path, |(_, id)| id);
        Some((id, text))
    };
    read_pairs(lines, into, fields, "VoxForge's lines are: */id WORDS");
}

/// Kaldi: the id, a blank, the words.
pub(super) fn read_kaldi(lines: &[Line], into: &mut Collector) {
    read_pairs(lines, into, id_and_words, "Kaldi's lines are: id words");
}

fn read_pairs<'a>(
    lines: &[Line<'a>],
    into: &mut Collector,
    fields: impl Fn(&'a str) -> Option<(&'a str, &'a str)>,
    form: &str,
) {
    for &line in lines {
        if is_comment(line.text) {
            continue;
        }
        match fields(line.text) {
            Some((id, text)) => into.add(&Row::of_line(line, &[(ID, id), (TEXT, text)])),
            None => into.error(line.start, Problem::Syntax(form.to_owned())),
        }
    }
}

/// A comment of Festvox's and TIMIT's.
pub(super) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(';')
}

/// Id and text of a line of TIMIT's, where it is one.
pub(super) fn timit_fields(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_matches(is_blank).strip_suffix(')')?;
    let (text, id) = line.rsplit_once('(')?;
    let is_id = !id.is_empty() && !id.contains(char::is_whitespace);
    is_id.then_some((id, text))
}

/// The first word and the rest, where there is a rest.
pub(super) fn id_and_words(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_matches(is_blank);
    let (id, words) = line.split_once([' ', '\t'])?;
    Some((id, words))
}
