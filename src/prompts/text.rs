//! Plain text: one prompt a line.

use super::collect::Collector;
use super::columns::TEXT;
use super::row::Row;
use super::source::Line;

/// One prompt for each line.
pub(super) fn read(lines: &[Line], into: &mut Collector) {
    let is_comment = |line: &&Line| line.text.starts_with('#');
    warn_of_comments(lines.iter().filter(is_comment), into);
    for &line in lines {
        into.add(&Row::of_line(line, &[(TEXT, line.text)]));
    }
}

/// Comments that nobody declared would be read aloud.
pub(super) fn warn_of_comments<'a>(
    mut hashes: impl Iterator<Item = &'a Line<'a>>,
    into: &mut Collector,
) {
    let (Some(line), false) = (hashes.next(), into.options.comments) else {
        return;
    };
    let which = match hashes.count() + 1 {
        1 => "this line".to_owned(),
        lines => format!("{lines} lines"),
    };
    let message = format!(
        "`#` begins {which}, read as any other; with --comments such lines are comments: `{}`",
        super::problem::excerpt(line.text)
    );
    into.warn(line.start, message);
}
