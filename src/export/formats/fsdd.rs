//! The Free Spoken Digit Dataset's naming: everything that is known of a file stands in its name.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::names::escaped;
use super::shared::write;
use super::speech_commands::check_label;
use super::words::{by_split, plain_wav};
use crate::export::error::{ExportError, Refusal};
use crate::export::format::{Export, Format, Naming, Planned};
use crate::export::shape::Shape;
use crate::export::utterance::Utterance;

/// `recordings/<label>_<speaker>_<index>.wav`.
#[derive(Debug)]
pub struct Fsdd;

/// The data set's own.
const RATE_HZ: u32 = 8000;

impl Format for Fsdd {
    fn name(&self) -> &'static str {
        "fsdd"
    }

    fn about(&self) -> &'static str {
        "label_speaker_index.wav, as the Free Spoken Digit Dataset"
    }

    fn is_of_labels(&self) -> bool {
        true
    }

    fn shape(&self, asked: &Shape) -> Result<Shape, String> {
        let shape = plain_wav(asked, "what is made for the Free Spoken Digit Dataset")?;
        Ok(Shape {
            rate_hz: asked.rate_hz.or(Some(RATE_HZ)),
            ..shape
        })
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        let mut counts: HashMap<(&str, &str), u32> = HashMap::new();
        let plan = |utterance: &Utterance, index: u32| {
            let label = utterance.label.as_deref().unwrap_or_default();
            check_label(label).map_err(|why| Refusal {
                take: utterance.name.clone(),
                why,
            })?;
            let id = format!("{}_{}_{index}", named(label), named(&utterance.speaker.id));
            let stem = format!("recordings/{id}");
            Ok(Planned { id, stem })
        };
        let mut planned = Vec::with_capacity(utterances.len());
        for utterance in utterances {
            let label = utterance.label.as_deref().unwrap_or_default();
            let count = counts.entry((label, &utterance.speaker.id)).or_default();
            planned.push(plan(utterance, *count));
            *count += 1;
        }
        planned
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        let mut takes = String::from("file\ttake\tsource\n");
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for (utterance, _, rendered) in export.utterances {
            let _ = writeln!(
                takes,
                "{}\t{}\t{}",
                rendered.file, utterance.take_id, utterance.name
            );
            for name in [
                &*utterance.speaker.id,
                utterance.label.as_deref().unwrap_or_default(),
            ] {
                names.insert(named(name), name);
            }
        }
        names.retain(|written, name| written != name);
        if !names.is_empty() {
            let mut map = String::from("written\tmeant\n");
            for (written, name) in names {
                let _ = writeln!(map, "{written}\t{name}");
            }
            write(&export.folder.join("name_map.tsv"), map)?;
        }
        if !export.splits.is_empty() {
            for (split, rows) in by_split(export, "") {
                let mut list = String::new();
                for (_, _, rendered) in rows {
                    let _ = writeln!(list, "{}", rendered.file);
                }
                write(&export.folder.join(format!("{split}.txt")), list)?;
            }
        }
        write(&export.folder.join("takes.tsv"), takes)
    }
}

/// A label or a speaker without a `_`, which parts the name.
fn named(name: &str) -> String {
    escaped(name, |c| c != '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_joint_of_its_own_and_is_else_as_it_was() {
        assert_eq!(named("a-b"), "a-b");
        assert_eq!(named("a_b"), "aQub");
        assert_eq!(named("零"), "零");
        assert_eq!(named("Quit"), "QQuit");
    }
}
