//! Hugging Face: an `AudioFolder` with a dataset card.
//!
//! `data/<split>/metadata.jsonl` (`train` where there are no splits) has a row for each audio file in that folder, and
//! each row its file: `file_name`, relative to the table. JSON Lines, because readers of CSV take `007` for 7 and `null` for
//! nothing. `README.md` is the card: `---`, what the hub reads (licence, languages, tasks, size, where the splits are),
//! `---`, and the text.
//!
//! The library `datasets` guesses types, and wants the same in every split. So what is not known is the empty string in a
//! column of text, and a column of figures is left out where a split has none at all. Refused: splits whose texts, labels or
//! prompts are dates in figures throughout, which it would turn into times, and names of splits that it does not take.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::super::error::{ExportError, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::utterance::{Rendered, Utterance};
use super::shared::{self, Row};

/// `README.md` and `data/`.
#[derive(Debug)]
pub struct HuggingFace;

/// The one split where none is asked for.
const ONLY_SPLIT: &str = "train";

/// Identifiers that the hub knows, those of SPDX in small letters; any other licence is `other`.
const LICENCES: [&str; 33] = [
    "afl-3.0",
    "apache-2.0",
    "artistic-2.0",
    "bsd",
    "bsd-2-clause",
    "bsd-3-clause",
    "bsl-1.0",
    "cc-by-2.0",
    "cc-by-2.5",
    "cc-by-3.0",
    "cc-by-4.0",
    "cc-by-nc-2.0",
    "cc-by-nc-3.0",
    "cc-by-nc-4.0",
    "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0",
    "cc-by-nd-4.0",
    "cc-by-sa-3.0",
    "cc-by-sa-4.0",
    "cc0-1.0",
    "cdla-permissive-1.0",
    "cdla-permissive-2.0",
    "cdla-sharing-1.0",
    "mit",
    "mpl-2.0",
    "odbl",
    "odc-by",
    "pddl",
    "unlicense",
    "wtfpl",
];

impl Format for HuggingFace {
    fn name(&self) -> &'static str {
        "huggingface"
    }

    fn about(&self) -> &'static str {
        "an AudioFolder with a dataset card (Hugging Face datasets)"
    }

    fn allows_splits(&self, names: &[String]) -> Result<(), String> {
        match names
            .iter()
            .find(|name| name.contains('-') || *name == "all")
        {
            None => Ok(()),
            Some(name) => Err(format!(
                "`{name}` cannot name a split here: Hugging Face takes letters, digits and _, and keeps `all` for itself"
            )),
        }
    }

    fn plan(&self, utterances: &[Utterance], naming: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        let dates = splits_of_dates(utterances);
        shared::plan(utterances, |utterance| {
            if let Some(column) = dates.get(&utterance.split) {
                let why = format!(
                    "like those of all other takes of its split, its {column} is a date in figures, and Hugging Face datasets turn such a column into times"
                );
                return Err(shared::refusal(utterance, why));
            }
            let split = shared::split_of(naming.splits, utterance).unwrap_or(ONLY_SPLIT);
            // A folder for each speaker: the hub takes at most 10,000 files in one.
            Ok(format!("data/{split}/{}", utterance.speaker.id))
        })
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        let absent = absent_figures(export);
        for (split, index) in splits(export) {
            let folder = format!("data/{split}/");
            let rows = export
                .utterances
                .iter()
                .filter(|(utterance, ..)| utterance.split == index)
                .map(|row| metadata(export.splits, row, &folder, &absent));
            let path = export.folder.join(format!("{folder}metadata.jsonl"));
            shared::write_json_lines(&path, rows)?;
        }
        shared::write(&export.folder.join("README.md"), readme(export))
    }
}

/// Names of the splits and what [`Utterance::split`] has for them.
fn splits<'a>(export: &Export<'a>) -> Vec<(&'a str, Option<usize>)> {
    match export.splits {
        [] => vec![(ONLY_SPLIT, None)],
        splits => splits
            .iter()
            .enumerate()
            .map(|(index, name)| (name.as_str(), Some(index)))
            .collect(),
    }
}

/// Splits in which a column has nothing but dates, and that column.
fn splits_of_dates(utterances: &[Utterance]) -> BTreeMap<Option<usize>, &'static str> {
    type Column = (&'static str, fn(&Utterance) -> &str);
    let columns: [Column; 4] = [
        ("text", |u| &u.text),
        ("shown text", |u| &u.sidecar.prompt.text),
        ("label", |u| u.label.as_deref().unwrap_or_default()),
        ("prompt id", |u| &u.sidecar.prompt.id),
    ];
    let mut found: BTreeMap<Option<usize>, &'static str> = BTreeMap::new();
    for (name, value) in columns {
        let all: BTreeSet<Option<usize>> = utterances.iter().map(|u| u.split).collect();
        let others = utterances
            .iter()
            .filter(|u| !is_date(value(u)))
            .map(|u| u.split)
            .collect();
        for split in all.difference(&others) {
            found.entry(*split).or_insert(name);
        }
    }
    found
}

/// Whether it begins as `2026-11-22` does and may go on with a time of day.
fn is_date(text: &str) -> bool {
    let mut bytes = text.bytes();
    "0000-00-00".bytes().all(|as_in| match bytes.next() {
        Some(byte) if as_in == b'0' => byte.is_ascii_digit(),
        byte => byte == Some(as_in),
    }) && matches!(bytes.next(), None | Some(b' ' | b'T'))
}

/// Columns of figures that some split has none of: their type could not be told there.
fn absent_figures(export: &Export<'_>) -> BTreeSet<&'static str> {
    ["speech_start_s", "speech_end_s", "snr_db"]
        .into_iter()
        .filter(|column| {
            let has: BTreeSet<Option<usize>> = export
                .utterances
                .iter()
                .filter(|row| {
                    let facts = Row::new(export.splits, row);
                    match *column {
                        "snr_db" => facts.snr_db.is_some(),
                        _ => facts.speech_start_s.is_some(),
                    }
                })
                .map(|(utterance, ..)| utterance.split)
                .collect();
            splits(export).iter().any(|(_, index)| !has.contains(index))
        })
        .collect()
}

/// A row of `metadata.jsonl`.
fn metadata(
    splits: &[String],
    row: &(Utterance, Planned, Rendered),
    folder: &str,
    absent: &BTreeSet<&'static str>,
) -> Value {
    let file = row.2.file.strip_prefix(folder).unwrap_or(&row.2.file);
    let mut fields = Map::new();
    fields.insert("file_name".into(), json!(file));
    if let Ok(Value::Object(facts)) = serde_json::to_value(Row::new(splits, row)) {
        for (column, value) in facts {
            let is_figure = ["speech_start_s", "speech_end_s", "snr_db"].contains(&&*column);
            if column == "file" || column == "split" || absent.contains(&*column) {
                continue;
            }
            let value = if value.is_null() && !is_figure {
                json!("")
            } else {
                value
            };
            fields.insert(column, value);
        }
    }
    Value::Object(fields)
}

/// The dataset card. What is text stands in quotes as in JSON, which is YAML: Norwegian is `no`.
fn readme(export: &Export<'_>) -> String {
    let mut text = String::from("---\n");
    // A String takes everything.
    let _ = writeln!(text, "pretty_name: {}", json!(export.title));
    text.push_str(&licence(export.licence));
    let languages: BTreeSet<&str> = export
        .utterances
        .iter()
        .filter_map(|(utterance, ..)| utterance.language.as_deref()?.split('-').next())
        .collect();
    list(&mut text, "language", languages.into_iter());
    let has_labels = export
        .utterances
        .iter()
        .any(|(utterance, ..)| utterance.label.is_some());
    let tasks = [
        "automatic-speech-recognition",
        "text-to-speech",
        "audio-classification",
    ];
    list(
        &mut text,
        "task_categories",
        tasks.into_iter().take(if has_labels { 3 } else { 2 }),
    );
    list(
        &mut text,
        "size_categories",
        [size(export.utterances.len())].into_iter(),
    );
    text.push_str("configs:\n- config_name: default\n  data_files:\n");
    for (split, _) in splits(export) {
        let _ = writeln!(text, "  - split: {split}\n    path: \"data/{split}/**\"");
    }
    let _ = write!(text, "---\n\n{}", export.card);
    text
}

fn licence(licence: Option<&str>) -> String {
    let Some(licence) = licence else {
        return "license: unknown\n".into();
    };
    let known = match licence.to_ascii_lowercase().as_str() {
        "odbl-1.0" => "odbl".into(),
        "odc-by-1.0" => "odc-by".into(),
        "pddl-1.0" => "pddl".into(),
        other => other.to_owned(),
    };
    if LICENCES.contains(&&*known) {
        return format!("license: {known}\n");
    }
    let slug: String = known
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        })
        .collect();
    format!("license: other\nlicense_name: {}\n", json!(slug))
}

fn list<'a>(text: &mut String, key: &str, values: impl Iterator<Item = &'a str>) {
    let mut values = values.peekable();
    if values.peek().is_some() {
        let _ = writeln!(text, "{key}:");
    }
    for value in values {
        let _ = writeln!(text, "- {}", json!(value));
    }
}

/// The hub's classes of size.
fn size(utterances: usize) -> &'static str {
    match utterances {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        _ => "10M<n<100M",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::formats::fixture::{Fixture, Made};

    fn rows(made: &Made, split: &str) -> Vec<Value> {
        let table = made.text(&format!("data/{split}/metadata.jsonl"));
        table
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn every_audio_file_has_a_row_and_every_row_its_file() {
        let mut fixture = Fixture {
            splits: vec!["train".into(), "test".into()],
            ..Fixture::default()
        };
        for (index, text) in ["\"a|b\"", "007", "null\n年"].into_iter().enumerate() {
            fixture.say(text).split = Some(index % 2);
        }
        let made = fixture.export(&HuggingFace);
        let mut named: Vec<String> = Vec::new();
        for split in ["train", "test"] {
            let files = rows(&made, split)
                .into_iter()
                .map(|row| row["file_name"].as_str().unwrap().to_owned());
            named.extend(files.map(|file| format!("data/{split}/{file}")));
        }
        named.sort();
        let audio: Vec<String> = made
            .files()
            .into_iter()
            .filter(|file| {
                std::path::Path::new(file)
                    .extension()
                    .is_some_and(|end| end == "wav")
            })
            .collect();
        assert_eq!((named.len(), &named), (3, &audio));
        assert_eq!(rows(&made, "train")[1]["text"], "null\n年");
    }

    #[test]
    fn a_column_has_one_type_in_every_split_or_is_in_none() {
        let mut fixture = Fixture {
            splits: vec!["train".into(), "test".into()],
            ..Fixture::default()
        };
        fixture.say("a").split = Some(0);
        fixture.utterances[0].label = Some("7".into());
        let other = fixture.say("b");
        (other.split, other.speech, other.language) = (Some(1), None, None);
        let made = fixture.export(&HuggingFace);
        let (train, test) = (&rows(&made, "train")[0], &rows(&made, "test")[0]);
        let kinds = |row: &Value| -> Vec<(String, bool)> {
            let fields = row.as_object().unwrap();
            fields
                .iter()
                .map(|(name, value)| (name.clone(), value.is_string()))
                .collect()
        };
        assert_eq!(kinds(train), kinds(test));
        assert_eq!(
            (&train["label"], &test["label"], &test["language"]),
            (&json!("7"), &json!(""), &json!(""))
        );
        assert!(
            train.get("speech_start_s").is_none(),
            "the other split has none"
        );
    }

    #[test]
    fn the_card_begins_with_what_the_hub_reads() {
        let mut fixture = Fixture::default();
        fixture.say("a").language = Some("no".into());
        fixture.say("b").language = Some("de-AT".into());
        assert_eq!(
            fixture.export(&HuggingFace).text("README.md"),
            "---\npretty_name: \"Greetings: \\\"hello\\\"\"\nlicense: cc-by-4.0\nlanguage:\n- \"de\"\n- \"no\"\n\
             task_categories:\n- \"automatic-speech-recognition\"\n- \"text-to-speech\"\n\
             size_categories:\n- \"n<1K\"\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    \
             path: \"data/train/**\"\n---\n\n# Greetings\n\nThe card.\n"
        );
    }

    #[test]
    fn a_licence_that_the_hub_does_not_know_is_other_with_its_name() {
        assert_eq!(
            licence(Some("CC-BY-4.0 OR MIT")),
            "license: other\nlicense_name: \"cc-by-4.0-or-mit\"\n"
        );
        assert_eq!(licence(Some("ODC-By-1.0")), "license: odc-by\n");
        assert_eq!(licence(None), "license: unknown\n");
    }

    #[test]
    fn dates_are_refused_where_a_split_has_nothing_else() {
        let mut fixture = Fixture {
            splits: vec!["train".into(), "test".into()],
            ..Fixture::default()
        };
        for (text, split) in [
            ("2020-01-01", 0),
            ("2020-01-02 10:00", 0),
            ("2020-01-03", 1),
            ("2020-01-04.", 1),
        ] {
            fixture.say(text).split = Some(split);
        }
        let refused: Vec<bool> = fixture
            .plan(&HuggingFace)
            .iter()
            .map(Result::is_err)
            .collect();
        assert_eq!(refused, [true, true, false, false]);
        assert!(HuggingFace.allows_splits(&["a-b".into()]).is_err());
    }
}
