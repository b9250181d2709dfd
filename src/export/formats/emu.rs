//! EMU-SDMS: a database for emuR and the EMU-webApp.
//!
//! `<name>_emuDB/` has `<name>_DBconfig.json` and a folder for each session of each speaker, in which a bundle is a WAV and
//! its `_annot.json`. What the levels say is what is known: `utterance` (ITEM: text, and as attributes label, speaker,
//! language) over `speech` (SEGMENT: where the speech is). Bundles whose speech was not looked for have no segment.
//!
//! A segment is counted as emuR counts: `sampleDur` is one less than its frames, the next could begin at `sampleStart +
//! sampleDur + 1`. Nothing is refused but FLAC, which the EMU-webApp cannot open: JSON carries every text.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::error::{ExportError, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::shape::Shape;
use super::super::utterance::{Rendered, Utterance};
use super::shared;

/// `<name>_emuDB/`.
#[derive(Debug)]
pub struct Emu;

/// Attributes of the level `utterance`; the first has the level's name, as emuR demands.
const ATTRIBUTES: [&str; 4] = ["utterance", "label", "speaker", "language"];

impl Format for Emu {
    fn name(&self) -> &'static str {
        "emu"
    }

    fn about(&self) -> &'static str {
        "a speech database (emuR, EMU-webApp)"
    }

    fn shape(&self, asked: &Shape) -> Result<Shape, String> {
        if asked.flac {
            return Err("the EMU-webApp opens WAV files alone; leave out --flac".into());
        }
        Ok(asked.clone())
    }

    fn plan(&self, utterances: &[Utterance], naming: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        let plan = |utterance: &Utterance| {
            let id = shared::id(utterance)?;
            let (speaker, session) = (&utterance.speaker.id, &utterance.session);
            let stem = format!(
                "{}_emuDB/{speaker}_{session}_ses/{id}_bndl/{id}",
                naming.export
            );
            Ok(Planned { id, stem })
        };
        utterances.iter().map(plan).collect()
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        for (utterance, planned, rendered) in export.utterances {
            let path = export.folder.join(format!("{}_annot.json", planned.stem));
            write_json(&path, &annotation(utterance, planned, rendered))?;
        }
        let name = export.name;
        let path = export
            .folder
            .join(format!("{name}_emuDB/{name}_DBconfig.json"));
        write_json(&path, &config(export))
    }
}

/// What is known of one take.
fn annotation(utterance: &Utterance, planned: &Planned, rendered: &Rendered) -> Value {
    let label = |(name, value): (&str, &str)| json!({ "name": name, "value": value });
    let values = [
        &utterance.text,
        utterance.label.as_deref().unwrap_or_default(),
        &utterance.speaker.id,
        utterance.language.as_deref().unwrap_or_default(),
    ];
    let labels: Vec<Value> = ATTRIBUTES.into_iter().zip(values).map(label).collect();
    let (mut segments, mut links) = (Vec::new(), Vec::new());
    if let Some(speech) = rendered.speech.as_ref().filter(|speech| !speech.is_empty()) {
        segments.push(json!({
            "id": 2,
            "sampleStart": speech.start,
            "sampleDur": speech.end - speech.start - 1,
            "labels": [label(("speech", "speech"))],
        }));
        links.push(json!({ "fromID": 1, "toID": 2 }));
    }
    let wav = rendered.file.rsplit('/').next().unwrap_or_default();
    json!({
        "name": planned.id,
        "annotates": wav,
        "sampleRate": rendered.sample_rate_hz,
        "levels": [
            { "name": "utterance", "type": "ITEM", "items": [{ "id": 1, "labels": labels }] },
            { "name": "speech", "type": "SEGMENT", "items": segments },
        ],
        "links": links,
    })
}

/// The database: its levels, and how the EMU-webApp shows them.
fn config(export: &Export<'_>) -> Value {
    let attribute = |name: &str| json!({ "name": name, "type": "STRING" });
    json!({
        "name": export.name,
        "UUID": uuid(export),
        "mediafileExtension": "wav",
        "ssffTrackDefinitions": [],
        "levelDefinitions": [
            { "name": "utterance", "type": "ITEM", "attributeDefinitions": ATTRIBUTES.map(attribute) },
            { "name": "speech", "type": "SEGMENT", "attributeDefinitions": [attribute("speech")] },
        ],
        "linkDefinitions": [
            { "type": "ONE_TO_MANY", "superlevelName": "utterance", "sublevelName": "speech" },
        ],
        "EMUwebAppConfig": {
            "perspectives": [{
                "name": "default",
                "signalCanvases": { "order": ["OSCI", "SPEC"], "assign": [], "contourLims": [] },
                "levelCanvases": { "order": ["speech"] },
                "twoDimCanvases": { "order": [] },
            }],
            "restrictions": { "showPerspectivesSidebar": true },
            "activeButtons": { "saveBundle": true, "showHierarchy": true },
        },
    })
}

/// The same for the same audio under the same names, another for every other export: emuR tells databases apart by it.
fn uuid(export: &Export<'_>) -> String {
    let mut digest = Sha256::new();
    digest.update(export.name);
    for (_, planned, rendered) in export.utterances {
        digest.update(format!("\n{} {}", planned.id, rendered.sha256));
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes)
        .into_uuid()
        .to_string()
}

fn write_json(path: &std::path::Path, value: &Value) -> Result<(), ExportError> {
    shared::write(path, format!("{value:#}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::formats::fixture::{Fixture, Made};

    const BUNDLE: &str = "greetings_emuDB/s2_2026-11-22T101502Z-7f3a_ses/s2-019ab7e2-0000-7000-8000-000000000001_bndl/s2-019ab7e2-0000-7000-8000-000000000001";

    fn annotation_of(made: &Made) -> Value {
        serde_json::from_str(&made.text(&format!("{BUNDLE}_annot.json"))).unwrap()
    }

    #[test]
    fn a_bundle_says_what_was_said_and_in_which_samples() {
        let mut fixture = Fixture::default();
        fixture.say("\"a|b\"\n年").label = Some("x".into());
        let made = fixture.export(&Emu);
        assert!(made.path(&format!("{BUNDLE}.wav")).exists());
        let annotation = annotation_of(&made);
        let labels = &annotation["levels"][0]["items"][0]["labels"];
        assert_eq!(
            labels[0],
            json!({ "name": "utterance", "value": "\"a|b\"\n年" })
        );
        assert_eq!(labels[1], json!({ "name": "label", "value": "x" }));
        let segment = &annotation["levels"][1]["items"][0];
        // Frames 1600 to 6399 are speech: the last of them is the start and the duration, as emuR has it.
        assert_eq!(
            (&segment["sampleStart"], &segment["sampleDur"]),
            (&json!(1600), &json!(4799))
        );
        assert_eq!(annotation["links"], json!([{ "fromID": 1, "toID": 2 }]));
    }

    #[test]
    fn without_boundaries_there_is_no_segment_and_no_link() {
        let mut fixture = Fixture::default();
        fixture.say("a").speech = None;
        let annotation = annotation_of(&fixture.export(&Emu));
        assert_eq!(
            (&annotation["levels"][1]["items"], &annotation["links"]),
            (&json!([]), &json!([]))
        );
    }

    #[test]
    fn every_level_and_link_of_an_annotation_is_defined_in_the_database() {
        let mut fixture = Fixture::default();
        fixture.say("a");
        let made = fixture.export(&Emu);
        let config: Value =
            serde_json::from_str(&made.text("greetings_emuDB/greetings_DBconfig.json")).unwrap();
        let annotation = annotation_of(&made);
        for (level, defined) in
            [0, 1].map(|i| (&annotation["levels"][i], &config["levelDefinitions"][i]))
        {
            assert_eq!(
                (&level["name"], &level["type"]),
                (&defined["name"], &defined["type"])
            );
            let names = |list: &Value| -> Vec<Value> {
                list.as_array()
                    .unwrap()
                    .iter()
                    .map(|entry| entry["name"].clone())
                    .collect()
            };
            let attributes = names(&defined["attributeDefinitions"]);
            assert_eq!(names(&level["items"][0]["labels"]), attributes);
            assert_eq!(
                attributes[0], defined["name"],
                "the first attribute has the level's name"
            );
        }
        assert_eq!(config["name"], "greetings");
        assert!(
            Emu.shape(&Shape {
                flac: true,
                ..Shape::default()
            })
            .is_err()
        );
    }
}
