//! Lhotse (icefall, `NeMo`): manifests of recordings and supervisions, gzipped JSON Lines.
//!
//! `<name>_recordings_<split>.jsonl.gz` and `<name>_supervisions_<split>.jsonl.gz`, `all` where there are no splits. Paths
//! are relative to the export, so that it can be moved: `RecordingSet.with_path_prefix` makes them whole. A supervision is as
//! long as its recording and has its id; where the speech is stands in `custom`, with label, verdict, session and take.
//!
//! Nothing is refused: JSON carries every text. The same takes give the same bytes: no time stands in the gzip header.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use flate2::{Compression, GzBuilder};
use serde::Serialize;
use serde_json::{Value, json};

use super::super::error::{ExportError, IoContext, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::utterance::{Rendered, Utterance};
use super::shared::{self, Row};

/// Manifests and `audio/`.
#[derive(Debug)]
pub struct Lhotse;

impl Format for Lhotse {
    fn name(&self) -> &'static str {
        "lhotse"
    }

    fn about(&self) -> &'static str {
        "manifests of recordings and supervisions (lhotse, icefall)"
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        shared::plan(utterances, |u| Ok(format!("audio/{}", u.speaker.id)))
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        if export.splits.is_empty() {
            return write_split(export, "all", None);
        }
        for (index, split) in export.splits.iter().enumerate() {
            write_split(export, split, Some(index))?;
        }
        Ok(())
    }
}

/// Both manifests of one split, or of all.
fn write_split(export: &Export<'_>, split: &str, index: Option<usize>) -> Result<(), ExportError> {
    let rows = || {
        export
            .utterances
            .iter()
            .filter(move |(utterance, ..)| index.is_none() || utterance.split == index)
    };
    let path = |kind: &str| {
        export
            .folder
            .join(format!("{}_{kind}_{split}.jsonl.gz", export.name))
    };
    write_gzipped(&path("recordings"), rows().map(recording))?;
    write_gzipped(
        &path("supervisions"),
        rows().map(|row| supervision(export.splits, row)),
    )
}

fn recording((_, planned, rendered): &(Utterance, Planned, Rendered)) -> Value {
    let channels = channels(rendered);
    json!({
        "id": planned.id,
        "sources": [{ "type": "file", "channels": channels, "source": rendered.file }],
        "sampling_rate": rendered.sample_rate_hz,
        "num_samples": rendered.frames,
        "duration": rendered.seconds(),
        "channel_ids": channels,
    })
}

fn supervision(splits: &[String], row: &(Utterance, Planned, Rendered)) -> Value {
    let (utterance, planned, rendered) = row;
    let facts = Row::new(splits, row);
    // One number where there is one channel: a list makes lhotse a cut of many channels.
    let channel = if rendered.channels == 1 {
        json!(0)
    } else {
        json!(channels(rendered))
    };
    let custom = present(json!({
        "label": facts.label,
        "verdict": facts.verdict,
        "session": facts.session,
        "prompt": facts.prompt,
        "shown": facts.shown,
        "take": utterance.take_id,
        "started_at": facts.started_at,
        "speech_start": facts.speech_start_s,
        "speech_end": facts.speech_end_s,
        "snr_db": facts.snr_db,
        "sha256": facts.sha256,
    }));
    present(json!({
        "id": planned.id,
        "recording_id": planned.id,
        "start": 0.0,
        "duration": rendered.seconds(),
        "channel": channel,
        "text": facts.text,
        "language": facts.language,
        "speaker": facts.speaker,
        "gender": facts.gender,
        "custom": custom,
    }))
}

fn channels(rendered: &Rendered) -> Vec<u16> {
    (0..rendered.channels).collect()
}

/// Without what is not known.
fn present(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .collect(),
        other => other,
    }
}

/// JSON Lines in gzip, whose header has neither a time nor a name.
fn write_gzipped<T: Serialize>(
    path: &Path,
    values: impl Iterator<Item = T>,
) -> Result<(), ExportError> {
    let file = BufWriter::new(File::create(path).at("write", path)?);
    let mut gzip = GzBuilder::new()
        .mtime(0)
        .write(file, Compression::default());
    let write = || {
        shared::json_lines(&mut gzip, values)?;
        gzip.finish()?
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)
    };
    write().at("write", path).map(drop)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::export::formats::fixture::{Fixture, Made};

    fn lines(made: &Made, file: &str) -> Vec<Value> {
        let mut text = String::new();
        let packed = File::open(made.path(file)).unwrap();
        flate2::read::GzDecoder::new(packed)
            .read_to_string(&mut text)
            .unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_recording_and_its_supervision_say_the_exact_length_and_the_exact_text() {
        let mut fixture = Fixture::default();
        let text = "\"a|b\"\t\u{a0}年\n'x";
        fixture.say(text).label = Some("7".into());
        let made = fixture.export(&Lhotse);
        let recording = &lines(&made, "greetings_recordings_all.jsonl.gz")[0];
        assert_eq!(
            (&recording["num_samples"], &recording["duration"]),
            (&json!(8000), &json!(0.5))
        );
        let source = recording["sources"][0]["source"].as_str().unwrap();
        assert!(made.path(source).exists());
        let supervision = &lines(&made, "greetings_supervisions_all.jsonl.gz")[0];
        assert_eq!(supervision["text"], text);
        assert_eq!(
            (&supervision["channel"], &supervision["duration"]),
            (&json!(0), &json!(0.5))
        );
        assert_eq!(
            (
                &supervision["custom"]["label"],
                &supervision["custom"]["speech_start"]
            ),
            (&json!("7"), &json!(0.1))
        );
        assert!(
            supervision.get("gender").is_none(),
            "what is not known is absent"
        );
    }

    #[test]
    fn the_same_takes_make_the_same_bytes() {
        let mut fixture = Fixture {
            splits: vec!["train".into(), "dev".into()],
            ..Fixture::default()
        };
        fixture.say("one").split = Some(0);
        fixture.say("two").split = Some(1);
        let (one, other) = (fixture.export(&Lhotse), fixture.export(&Lhotse));
        for file in one.files() {
            assert_eq!(
                std::fs::read(one.path(&file)).unwrap(),
                std::fs::read(other.path(&file)).unwrap(),
                "{file}"
            );
        }
        assert_eq!(lines(&one, "greetings_supervisions_dev.jsonl.gz").len(), 1);
    }
}
