//! A list as TSV, which every text editor and spreadsheet opens. What a TSV cannot carry is named, and nothing is written.

use std::fmt;

use thiserror::Error;

use super::columns::COLUMNS;
use super::{Prompt, PromptList};

/// What a list has that a TSV cannot carry, one a line.
#[derive(Debug, PartialEq, Eq, Error)]
pub struct NotForTsv(Vec<String>);

impl fmt::Display for NotForTsv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl PromptList {
    /// The list as TSV with a header: `id`, `text`, `label`, and the other fields that any prompt has. Read again it is the
    /// same list.
    ///
    /// # Errors
    /// Fields with a tab or a line break, or sections with properties: all of them.
    pub fn to_tsv(&self) -> Result<String, NotForTsv> {
        let rows: Vec<Fields> = self.prompts.iter().map(fields).collect();
        let is_used = |column: usize| column < 3 || rows.iter().any(|row| !row[column].is_empty());
        let used: Vec<usize> = (0..COLUMNS.len())
            .filter(|&column| is_used(column))
            .collect();
        let mut refused = Vec::new();
        for section in &self.sections {
            let name = super::problem::excerpt(&section.name);
            refused.push(format!(
                "section `{name}` has properties (order, mode, instructions), for which TSV has no place; use --to jsonl"
            ));
        }
        let mut tsv = String::new();
        let mut line = |cells: &mut dyn Iterator<Item = &str>| {
            for (index, cell) in cells.enumerate() {
                if index > 0 {
                    tsv.push('\t');
                }
                tsv.push_str(cell);
            }
            tsv.push('\n');
        };
        line(&mut used.iter().map(|&column| COLUMNS[column]));
        for row in &rows {
            for &column in &used {
                if row[column].contains(['\t', '\n', '\r']) {
                    let (id, name) = (super::problem::excerpt(&row[0]), COLUMNS[column]);
                    refused.push(format!(
                        "prompt `{id}` has a tab or a line break in its {name}, which TSV cannot carry; use --to jsonl"
                    ));
                }
            }
            line(&mut used.iter().map(|&column| &*row[column]));
        }
        if refused.is_empty() {
            Ok(tsv)
        } else {
            Err(NotForTsv(refused))
        }
    }
}

/// A prompt's fields by column, empty where it has none.
type Fields<'a> = [std::borrow::Cow<'a, str>; COLUMNS.len()];

fn fields(prompt: &Prompt) -> Fields<'_> {
    let text = |field: &'_ Option<String>| field.clone().unwrap_or_default().into();
    let number = |field: Option<u32>| field.map(|n| n.to_string()).unwrap_or_default().into();
    let yes = |field: bool| if field { "true".into() } else { "".into() };
    [
        prompt.id.as_str().into(),
        prompt.text.as_str().into(),
        text(&prompt.label),
        text(&prompt.spoken),
        text(&prompt.language),
        text(&prompt.hint),
        text(&prompt.section),
        text(&prompt.note),
        number((prompt.repeat != 1).then_some(prompt.repeat)),
        text(&prompt.translation),
        text(&prompt.audio),
        text(&prompt.image),
        number(prompt.duration_ms),
        number(prompt.pre_delay_ms),
        number(prompt.post_delay_ms),
        text(&prompt.comment),
        text(&prompt.instructions),
        text(&prompt.afterwards),
        yes(prompt.beep),
        yes(prompt.blocked),
    ]
}
