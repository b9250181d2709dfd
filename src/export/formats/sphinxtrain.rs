//! `SphinxTrain`: control files, transcripts, a dictionary, phones and fillers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::htk::units_of;
use super::shared::write;
use super::words::{by_split, plain_wav, plan, spaced, words, write_takes};
use crate::export::error::{ExportError, Refusal};
use crate::export::format::{Export, Format, Naming, Planned};
use crate::export::shape::Shape;
use crate::export::utterance::Utterance;

/// `etc/` and `wav/` of a `SphinxTrain` task that is called as the export's folder.
#[derive(Debug)]
pub struct SphinxTrain;

/// What `SphinxTrain`'s configuration says unless it is told.
const RATE_HZ: u32 = 16_000;
const FILLERS: &str = "<s> SIL\n</s> SIL\n<sil> SIL\n";

impl Format for SphinxTrain {
    fn name(&self) -> &'static str {
        "sphinxtrain"
    }

    fn about(&self) -> &'static str {
        "a task of SphinxTrain, for PocketSphinx"
    }

    fn pronounces(&self) -> bool {
        true
    }

    fn shape(&self, asked: &Shape) -> Result<Shape, String> {
        let shape = plain_wav(asked, "SphinxTrain")?;
        Ok(Shape {
            rate_hz: asked.rate_hz.or(Some(RATE_HZ)),
            ..shape
        })
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        let plan = |utterance| plan(utterance, wrong);
        utterances.iter().map(plan).collect()
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        let name = export.name;
        let mut dictionary: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut phones: BTreeSet<String> = BTreeSet::from(["SIL".to_owned()]);
        for (utterance, _, _) in export.utterances {
            for word in words(&utterance.text) {
                let units = units_of(word, export.lexicon);
                phones.extend(units.iter().cloned());
                dictionary.insert(word, units);
            }
        }
        let entry = |(word, units): (&&str, &Vec<String>)| format!("{word} {}\n", units.join(" "));
        let dictionary: String = dictionary.iter().map(entry).collect();
        let phones: String = phones.into_iter().map(|phone| phone + "\n").collect();
        write(&export.folder.join(format!("etc/{name}.dic")), dictionary)?;
        write(&export.folder.join(format!("etc/{name}.phone")), phones)?;
        write(&export.folder.join(format!("etc/{name}.filler")), FILLERS)?;
        for (split, rows) in by_split(export, "train") {
            let (mut ids, mut texts) = (String::new(), String::new());
            for (utterance, planned, _) in rows {
                let (id, text) = (&planned.id, spaced(&utterance.text));
                let _ = writeln!(ids, "{id}");
                let _ = writeln!(texts, "<s> {text} </s> ({id})");
            }
            write(
                &export.folder.join(format!("etc/{name}_{split}.fileids")),
                ids,
            )?;
            let file = format!("etc/{name}_{split}.transcription");
            write(&export.folder.join(&file), texts)?;
        }
        write_takes(export)
    }
}

/// Why `SphinxTrain` cannot have a word.
fn wrong(word: &str) -> Option<&'static str> {
    if matches!(word, "<s>" | "</s>" | "<sil>") {
        Some("which SphinxTrain keeps for silence")
    } else if word.contains(['(', ')']) {
        Some("whose parentheses would be a variant or an id")
    } else if word.starts_with("##") || word.starts_with(";;") {
        Some("which begins a comment in a dictionary")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_mean_something_to_sphinx_are_refused() {
        for word in ["<s>", "<sil>", "read(2)", "(aside)", ";;note", "##x"] {
            assert!(wrong(word).is_some(), "{word}");
        }
        for word in ["'tis", "5", "a|b", "<b>", "#0"] {
            assert_eq!(wrong(word), None, "{word}");
        }
    }
}
