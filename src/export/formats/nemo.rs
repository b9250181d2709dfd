//! NeMo's manifests: a JSON object a line.

use serde_json::{Map, Value, json};

use super::shared::{plan, write_json_lines};
use super::words::by_split;
use crate::export::error::{ExportError, Refusal};
use crate::export::format::{Export, Format, Naming, Planned};
use crate::export::utterance::{Rendered, Utterance};

/// `manifest.json`, or one for each split.
#[derive(Debug)]
pub struct Nemo;

impl Format for Nemo {
    fn name(&self) -> &'static str {
        "nemo"
    }

    fn about(&self) -> &'static str {
        "JSON Lines manifests of NVIDIA NeMo"
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        plan(utterances, |_| Ok("wav".to_owned()))
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        for (split, rows) in by_split(export, "") {
            let name = if split.is_empty() {
                "manifest.json".to_owned()
            } else {
                format!("{split}_manifest.json")
            };
            write_json_lines(&export.folder.join(name), rows.into_iter().map(line))?;
        }
        Ok(())
    }
}

/// One line. A label that nobody vouches for is left out.
fn line((utterance, _, rendered): &(Utterance, Planned, Rendered)) -> Value {
    let mut line = Map::new();
    let mut put = |key: &str, value: Value| drop(line.insert(key.to_owned(), value));
    put("audio_filepath", json!(rendered.file));
    put("duration", json!(rendered.seconds()));
    put("text", json!(utterance.text));
    if let Some(label) = utterance
        .label
        .as_ref()
        .filter(|_| !utterance.label_is_doubtful)
    {
        put("label", json!(label));
    }
    if let Some(language) = &utterance.language {
        put("lang", json!(language));
    }
    put("speaker", json!(utterance.speaker.id));
    put("session", json!(utterance.session));
    put("take", json!(utterance.take_id));
    Value::Object(line)
}
