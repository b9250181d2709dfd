//! Lists of the recording studios Piper and Mimic: columns between raw tabs, no header, no quoting.

use super::collect::Collector;
use super::columns::{ID, TEXT};
use super::problem::Problem;
use super::row::Row;
use super::source::{Line, is_blank};

/// Piper: `id<TAB>text`, or the text alone.
pub(super) fn read_piper(lines: &[Line], into: &mut Collector) {
    let with_id = lines.iter().filter(|line| line.text.contains('\t'));
    let some_have_ids = with_id.count() > 0;
    for &line in lines {
        match line.text.trim_end_matches(is_blank).split_once('\t') {
            Some((_, rest)) if rest.contains('\t') => {
                let found = line.text.split('\t').count();
                into.error(line.start, Problem::TooManyFields { found, expected: 2 });
            }
            Some((id, text)) => into.add(&Row::of_line(line, &[(ID, id), (TEXT, text)])),
            None => {
                if some_have_ids {
                    let message = format!(
                        "no tab, so this line is a text without an id, unlike others: `{}`",
                        super::problem::excerpt(line.text)
                    );
                    into.warn(line.start, message);
                }
                into.add(&Row::of_line(line, &[(TEXT, line.text)]));
            }
        }
    }
}

/// Mimic: the text, a tab, and how many characters it has.
pub(super) fn read_mimic(lines: &[Line], into: &mut Collector) {
    for &line in lines {
        let Some((text, count)) = mimic_fields(line.text) else {
            let what = "Mimic's lines are a text, a tab and its number of characters";
            into.error(line.start, Problem::Syntax(what.to_owned()));
            continue;
        };
        let characters = text.chars().count();
        if characters.to_string() != count {
            let message = format!(
                "the text has {characters} characters, but the line says {count}: `{}`",
                super::problem::excerpt(text)
            );
            into.warn(line.start, message);
        }
        into.add(&Row::of_line(line, &[(TEXT, text)]));
    }
}

/// Text and count, where the line has both.
pub(super) fn mimic_fields(line: &str) -> Option<(&str, &str)> {
    let (text, count) = line.rsplit_once('\t')?;
    let count = count.trim();
    let is_count = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    (is_count && !text.contains('\t')).then_some((text, count))
}
