//! Common Voice's release folder: clips and tables with its columns.

use std::fmt::Write as _;

use super::shared::{plan, refusal, write};
use super::words::free;
use crate::corpus::names::sha256_hex;
use crate::export::error::{ExportError, Refusal};
use crate::export::format::{Export, Format, Naming, Planned};
use crate::export::utterance::{Gender, Rendered, SpeakerFacts, Utterance};

/// `clips/`, `other.tsv`, `clip_durations.tsv`.
#[derive(Debug)]
pub struct CommonVoice;

/// As in release 17 and later.
const COLUMNS: &str = "client_id\tpath\tsentence_id\tsentence\tsentence_domain\tup_votes\tdown_votes\tage\tgender\taccents\tvariant\tlocale\tsegment\n";
const DECADES: [&str; 10] = [
    "",
    "teens",
    "twenties",
    "thirties",
    "fourties", // Common Voice's own spelling
    "fifties",
    "sixties",
    "seventies",
    "eighties",
    "nineties",
];

impl Format for CommonVoice {
    fn name(&self) -> &'static str {
        "common-voice"
    }

    fn about(&self) -> &'static str {
        "clips and tables of a Common Voice release"
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        plan(utterances, |utterance| {
            let control = utterance.text.chars().find(|c| c.is_control());
            if let Some(c) = control {
                let why = format!(
                    "its text has the character U+{:04X}, and tables of Common Voice have no way to write it",
                    u32::from(c)
                );
                return Err(refusal(utterance, why));
            }
            Ok("clips".to_owned())
        })
    }

    fn allows_splits(&self, names: &[String]) -> Result<(), String> {
        let taken = [
            "other",
            "takes",
            "clip_durations",
            "validated",
            "invalidated",
        ];
        free(names, &taken)
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        let mut other = COLUMNS.to_owned();
        let mut splits = vec![COLUMNS.to_owned(); export.splits.len()];
        let mut durations = String::from("clip\tduration[ms]\n");
        let mut takes = String::from("path\ttake\tsource\n");
        for (utterance, _, rendered) in export.utterances {
            let path = clip(rendered);
            let row = row(utterance, path);
            other.push_str(&row);
            if let Some(table) = utterance.split.and_then(|split| splits.get_mut(split)) {
                table.push_str(&row);
            }
            let _ = writeln!(durations, "{path}\t{:.0}", rendered.seconds() * 1000.0);
            let _ = writeln!(takes, "{path}\t{}\t{}", utterance.take_id, utterance.name);
        }
        write(&export.folder.join("other.tsv"), other)?;
        for (name, table) in export.splits.iter().zip(splits) {
            write(&export.folder.join(format!("{name}.tsv")), table)?;
        }
        write(&export.folder.join("clip_durations.tsv"), durations)?;
        write(&export.folder.join("takes.tsv"), takes)
    }
}

/// The file's name without its folder.
fn clip(rendered: &Rendered) -> &str {
    rendered.file.rsplit('/').next().unwrap_or(&rendered.file)
}

fn row(utterance: &Utterance, path: &str) -> String {
    let speaker = &utterance.speaker;
    let answer = |questions: &[&str]| {
        let answers = questions
            .iter()
            .find_map(|question| speaker.answer(question));
        answers.unwrap_or_default().replace(char::is_control, " ")
    };
    let gender = match speaker.gender() {
        Some(Gender::Female) => "female_feminine",
        Some(Gender::Male) => "male_masculine",
        None => "",
    };
    let columns = [
        &speaker.id,
        path,
        &sha256_hex(utterance.text.as_bytes()),
        &utterance.text,
        "",  // sentence_domain
        "0", // nobody has voted
        "0",
        decade(speaker).unwrap_or_default(),
        gender,
        &answer(&["accents", "accent"]),
        &answer(&["variant"]),
        utterance.language.as_deref().unwrap_or_default(),
        "", // segment
    ];
    columns.join("\t") + "\n"
}

/// The speaker's age in years as a decade, where the form asked for it.
fn decade(speaker: &SpeakerFacts) -> Option<&'static str> {
    let answer = speaker.answer("age")?;
    let answer = answer.trim();
    if let Some(decade) = DECADES.into_iter().find(|decade| *decade == answer) {
        return Some(decade);
    }
    let years: usize = answer.parse().ok()?;
    DECADES.get(years / 10).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_age_is_told_as_a_decade() {
        let of = |age: serde_json::Value| {
            let mut speaker = SpeakerFacts::default();
            speaker.form.insert("age".into(), age);
            decade(&speaker)
        };
        assert_eq!(of(json!(34)), Some("thirties"));
        assert_eq!(of(json!("19")), Some("teens"));
        assert_eq!(of(json!("sixties")), Some("sixties"));
        assert_eq!(of(json!(7)), Some(""));
        assert_eq!(of(json!("old")), None);
        assert_eq!(of(json!(105)), None);
    }
}
