//! Kaldi data folders, which `ESPnet` reads too.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::names::part;
use super::shared::write;
use super::words::{by_split, free, plain_wav, plan, spaced, write_takes};
use crate::export::error::{ExportError, Refusal};
use crate::export::format::{Export, Format, Naming, Planned};
use crate::export::shape::Shape;
use crate::export::utterance::{Gender, Rendered, Utterance};

/// `wav.scp`, `text`, `utt2spk` and what belongs to them, in a folder for each split.
#[derive(Debug)]
pub struct Kaldi;

impl Format for Kaldi {
    fn name(&self) -> &'static str {
        "kaldi"
    }

    fn about(&self) -> &'static str {
        "data folders of Kaldi, ESPnet, k2 and WeNet"
    }

    fn shape(&self, asked: &Shape) -> Result<Shape, String> {
        plain_wav(asked, "Kaldi")
    }

    fn allows_splits(&self, names: &[String]) -> Result<(), String> {
        free(names, &["wav"])
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        // A folder for each speaker: one of all takes is slow to fill and to look through.
        let plan = |utterance: &Utterance| {
            let planned = plan(utterance, wrong)?;
            let speaker = part(&utterance.speaker.id);
            let stem = format!("wav/{speaker}/{}", planned.id);
            Ok(Planned { stem, ..planned })
        };
        utterances.iter().map(plan).collect()
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        let folder = export.final_folder.to_str().filter(|f| !f.contains('\n'));
        let Some(folder) = folder else {
            return Err(ExportError::Asked(format!(
                "wav.scp cannot name files in {}: choose another folder",
                export.final_folder.display()
            )));
        };
        for (split, rows) in by_split(export, "") {
            write_data(export, split, folder, &rows)?;
        }
        write_takes(export)
    }
}

/// Why Kaldi cannot have a word.
fn wrong(word: &str) -> Option<&'static str> {
    let is_disambiguation = word
        .strip_prefix('#')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    if matches!(word, "<s>" | "</s>" | "<eps>") || is_disambiguation {
        Some("which Kaldi keeps for itself")
    } else {
        None
    }
}

/// One data folder. Rows come sorted by their ids' bytes, which sorts them by speaker too.
fn write_data(
    export: &Export<'_>,
    split: &str,
    folder: &str,
    rows: &[&(Utterance, Planned, Rendered)],
) -> Result<(), ExportError> {
    let mut tables: BTreeMap<&str, String> = BTreeMap::new();
    let mut line = |table, line: String| {
        let table = tables.entry(table).or_default();
        table.push_str(&line);
        table.push('\n');
    };
    let mut speakers: BTreeMap<String, (String, Option<Gender>)> = BTreeMap::new();
    for (utterance, planned, rendered) in rows {
        let (id, speaker) = (&planned.id, part(&utterance.speaker.id));
        line("wav.scp", format!("{id} {folder}/{}", rendered.file));
        line("text", format!("{id} {}", spaced(&utterance.text)));
        line("utt2spk", format!("{id} {speaker}"));
        line("utt2dur", format!("{id} {:.6}", rendered.seconds()));
        line("reco2dur", format!("{id} {:.6}", rendered.seconds()));
        let of_speaker = speakers
            .entry(speaker)
            .or_insert_with(|| (String::new(), utterance.speaker.gender()));
        let _ = write!(of_speaker.0, " {id}");
    }
    let all_have_gender = speakers.values().all(|(_, gender)| gender.is_some());
    for (speaker, (takes, gender)) in &speakers {
        line("spk2utt", format!("{speaker}{takes}"));
        if let Some(gender) = gender.filter(|_| all_have_gender) {
            let letter = match gender {
                Gender::Female => 'f',
                Gender::Male => 'm',
            };
            line("spk2gender", format!("{speaker} {letter}"));
        }
    }
    for (name, table) in tables {
        let name = if split.is_empty() {
            name.to_owned()
        } else {
            format!("{split}/{name}")
        };
        write(&export.folder.join(&name), table)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_kaldis_own_are_refused_and_words_like_them_are_not() {
        for word in ["<s>", "</s>", "<eps>", "#0", "#12"] {
            assert!(wrong(word).is_some(), "{word}");
        }
        for word in ["<sil>", "#", "#a", "s", "0"] {
            assert_eq!(wrong(word), None, "{word}");
        }
    }
}
