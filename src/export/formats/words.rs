//! Texts as words between blanks, for toolkits whose tables are parted by blanks.

use std::fmt::Write as _;

use super::names::utterance_id;
use super::shared::{refusal, write};
use crate::export::error::{ExportError, Refusal};
use crate::export::format::{Export, Planned};
use crate::export::shape::{Bits, Cut, Shape};
use crate::export::utterance::{Rendered, Utterance};

/// The words of a text, parted by whatever Unicode takes for a blank.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// The words of a text with one space between them.
pub fn spaced(text: &str) -> String {
    words(text).collect::<Vec<_>>().join(" ")
}

/// Names a take `wav/<utterance id>`, or says which of its words cannot be carried. `wrong` says why a word cannot.
pub fn plan(
    utterance: &Utterance,
    wrong: impl Fn(&str) -> Option<&'static str>,
) -> Result<Planned, Refusal> {
    let refuse = |why: String| Err(refusal(utterance, why));
    let text = &utterance.text;
    if let Some(c) = text.chars().find(|c| c.is_control() && !c.is_whitespace()) {
        return refuse(format!(
            "its text has the control character U+{:04X}",
            u32::from(c)
        ));
    }
    if words(text).next().is_none() {
        return refuse("its text has no words".to_owned());
    }
    if let Some((word, why)) = words(text).find_map(|word| Some((word, wrong(word)?))) {
        return refuse(format!("its text has the word `{word}`, {why}"));
    }
    let id = utterance_id(utterance);
    let stem = format!("wav/{id}");
    Ok(Planned { id, stem })
}

/// WAV of one channel and 16 bit, all that the older toolkits read. `toolkit` is for messages.
pub fn plain_wav(asked: &Shape, toolkit: &str) -> Result<Shape, String> {
    if asked.flac {
        return Err(format!(
            "{toolkit} reads WAV, and no FLAC: leave out --flac"
        ));
    }
    if asked.bits.is_some_and(|bits| bits != Bits::B16) {
        return Err(format!("{toolkit} reads 16 bit alone: leave out --bits"));
    }
    if asked.channels.is_some_and(|channels| channels != 1) {
        return Err(format!("{toolkit} wants one channel: leave out --channels"));
    }
    Ok(Shape {
        bits: Some(Bits::B16),
        channels: Some(1),
        ..asked.clone()
    })
}

/// Refuses `--trim`, where the format has a cut of its own.
pub fn untrimmed(asked: &Shape, why: &str) -> Result<(), String> {
    if asked.cut == Cut::Whole {
        Ok(())
    } else {
        Err(format!("{why}: leave out --trim"))
    }
}

/// Refuses names of splits whose files or folders the format has for something else.
pub fn free(names: &[String], taken: &[&str]) -> Result<(), String> {
    let is_taken = |name: &&String| taken.iter().any(|taken| name.eq_ignore_ascii_case(taken));
    names.iter().find(is_taken).map_or(Ok(()), |name| {
        Err(format!(
            "no split can be called {name}: the export has that for something else"
        ))
    })
}

/// `takes.tsv`: what each id stands for, and the exact text as a JSON string where the tables have another.
pub fn write_takes(export: &Export<'_>) -> Result<(), ExportError> {
    let mut table = String::from("id\tspeaker\ttake\tfile\texact_text\n");
    for (utterance, planned, _) in export.utterances {
        let exact = if spaced(&utterance.text) == utterance.text {
            String::new()
        } else {
            serde_json::Value::from(&*utterance.text).to_string()
        };
        let _ = writeln!(
            table,
            "{}\t{}\t{}\t{}\t{exact}",
            planned.id, utterance.speaker.id, utterance.take_id, utterance.name
        );
    }
    write(&export.folder.join("takes.tsv"), table)
}

/// A take, what it becomes, and the audio that was made of it.
type Row<'a> = &'a (Utterance, Planned, Rendered);

/// The export's rows of each split, by its name; all of them under `whole` where there are no splits.
pub fn by_split<'a, 'b>(export: &'b Export<'a>, whole: &'b str) -> Vec<(&'b str, Vec<Row<'a>>)> {
    if export.splits.is_empty() {
        return vec![(whole, export.utterances.iter().collect())];
    }
    let names = export.splits.iter().enumerate();
    let of = |split: usize| {
        let rows = export.utterances.iter();
        rows.filter(move |(utterance, _, _)| utterance.split == Some(split))
    };
    names
        .map(|(split, name)| (&**name, of(split).collect()))
        .collect()
}
