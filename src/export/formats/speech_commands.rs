//! Speech Commands: a folder for each word, files of a second, and lists of what is not for training.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use sha1::{Digest, Sha1};

use super::shared::write;
use super::words::{plain_wav, untrimmed};
use crate::corpus::names::sha256_hex;
use crate::export::error::{ExportError, Refusal};
use crate::export::format::{Export, Format, Naming, Planned};
use crate::export::shape::{Cut, Shape};
use crate::export::utterance::Utterance;

/// `<word>/<speaker>_nohash_<n>.wav`, `validation_list.txt`, `testing_list.txt`.
#[derive(Debug)]
pub struct SpeechCommands;

const RATE_HZ: u32 = 16_000;
const WINDOW_MS: u32 = 1000;
/// Of the data set's own rule: most files of a word, and how many in a hundred are for validation and for testing.
const MOST_FILES: u128 = (1 << 27) - 1;
const VALIDATION: f64 = 10.0;
const TESTING: f64 = 10.0;

impl Format for SpeechCommands {
    fn name(&self) -> &'static str {
        "speech-commands"
    }

    fn about(&self) -> &'static str {
        "a second of each word, as Google's Speech Commands (TensorFlow, torchaudio)"
    }

    fn is_of_labels(&self) -> bool {
        true
    }

    fn shape(&self, asked: &Shape) -> Result<Shape, String> {
        untrimmed(asked, "speech-commands cuts a second around the speech")?;
        if asked.rate_hz.is_some_and(|rate| rate != RATE_HZ) {
            return Err("speech-commands is at 16 kHz: leave out --rate".to_owned());
        }
        Ok(Shape {
            rate_hz: Some(RATE_HZ),
            cut: Cut::Window { ms: WINDOW_MS },
            ..plain_wav(asked, "what is made for Speech Commands")?
        })
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        let mut counts: HashMap<(&str, String), u32> = HashMap::new();
        let mut speakers: HashMap<String, &str> = HashMap::new();
        let mut planned = Vec::with_capacity(utterances.len());
        for utterance in utterances {
            let label = utterance.label.as_deref().unwrap_or_default();
            let id = &*utterance.speaker.id;
            let hex = sha256_hex(id.as_bytes())[..8].to_owned();
            let twin = *speakers.entry(hex.clone()).or_insert(id);
            let named = if twin == id {
                check_label(label)
            } else {
                Err(format!(
                    "its speaker has the same 8 digits as {twin}, and would be taken for them"
                ))
            };
            planned.push(match named {
                Ok(()) => {
                    let count = counts.entry((label, hex.clone())).or_default();
                    let stem = format!("{label}/{hex}_nohash_{count}");
                    *count += 1;
                    let id = stem.clone();
                    Ok(Planned { id, stem })
                }
                Err(why) => Err(Refusal {
                    take: utterance.name.clone(),
                    why,
                }),
            });
        }
        planned
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        // Loaders open both, whether there is something in them or not.
        let mut lists: BTreeMap<String, String> = BTreeMap::from([
            ("validation_list.txt".to_owned(), String::new()),
            ("testing_list.txt".to_owned(), String::new()),
        ]);
        let mut takes = String::from("file\tspeaker\ttake\tsource\n");
        for (utterance, _, rendered) in export.utterances {
            let split = utterance.split.and_then(|split| export.splits.get(split));
            let list = match split {
                Some(split) => list_of(split),
                None => by_hash(&rendered.file).map(ToOwned::to_owned),
            };
            if let Some(list) = list {
                let _ = writeln!(lists.entry(list).or_default(), "{}", rendered.file);
            }
            let _ = writeln!(
                takes,
                "{}\t{}\t{}\t{}",
                rendered.file, utterance.speaker.id, utterance.take_id, utterance.name
            );
        }
        for (name, files) in lists {
            write(&export.folder.join(&name), files)?;
        }
        write(&export.folder.join("takes.tsv"), takes)
    }
}

/// Whether a label can name a folder everywhere.
pub(super) fn check_label(label: &str) -> Result<(), String> {
    let cannot = |why: &str| Err(format!("its label `{label}` cannot name a file: {why}"));
    if let Some(c) = label
        .chars()
        .find(|c| c.is_control() || r#"/\<>:"|?*"#.contains(*c))
    {
        return cannot(&format!("{c:?} is not allowed everywhere"));
    }
    if label.starts_with(['_', '.']) || label.trim() != label || label.ends_with('.') {
        return cannot("it begins or ends with a blank, a dot or _");
    }
    if label.len() > 128 {
        return cannot("it is longer than 128 bytes");
    }
    Ok(())
}

/// The list of a split; `None`: training, which has none.
fn list_of(split: &str) -> Option<String> {
    match split {
        "train" | "training" => None,
        "dev" | "val" | "valid" | "validation" => Some("validation_list.txt".to_owned()),
        "test" | "testing" => Some("testing_list.txt".to_owned()),
        other => Some(format!("{other}_list.txt")),
    }
}

/// The list that the data set's own rule puts a file in: by speaker, whatever else there is.
fn by_hash(file: &str) -> Option<&'static str> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let speaker = name.split("_nohash_").next().unwrap_or(name);
    let digest = Sha1::digest(speaker);
    // The digest as one number, modulo the number of files: 20 bytes, taken in one by one.
    let rest = digest.iter().fold(0_u128, |rest, byte| {
        (rest * 256 + u128::from(*byte)) % (MOST_FILES + 1)
    });
    let percent = rest as f64 * (100.0 / MOST_FILES as f64);
    if percent < VALIDATION {
        Some("validation_list.txt")
    } else if percent < VALIDATION + TESTING {
        Some("testing_list.txt")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_are_no_folder_everywhere_are_refused() {
        for label in [
            "yes/no",
            "_background_noise_",
            ".",
            "..",
            "a ",
            "what?",
            "a\nb",
        ] {
            assert!(check_label(label).is_err(), "{label}");
        }
        for label in ["yes", "零", "don't", "thank you", "no_1"] {
            assert_eq!(check_label(label), Ok(()), "{label}");
        }
    }

    #[test]
    fn splits_become_the_two_lists_that_there_are() {
        assert_eq!(list_of("train"), None);
        assert_eq!(list_of("dev").as_deref(), Some("validation_list.txt"));
        assert_eq!(list_of("test").as_deref(), Some("testing_list.txt"));
        assert_eq!(list_of("heldout").as_deref(), Some("heldout_list.txt"));
    }
}
