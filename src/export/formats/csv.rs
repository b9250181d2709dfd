//! One table for spreadsheets and statistics: every fact of a take in a column of its own.

use super::super::error::{ExportError, IoContext, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::utterance::Utterance;

/// `takes.csv` and `audio/`.
#[derive(Debug)]
pub struct Csv;

const COLUMNS: [&str; 20] = [
    "id",
    "file",
    "split",
    "speaker",
    "session",
    "prompt",
    "repeat",
    "take",
    "label",
    "text",
    "language",
    "started_at",
    "seconds",
    "sample_rate_hz",
    "channels",
    "speech_start_s",
    "speech_end_s",
    "verdict",
    "snr_db",
    "sha256",
];

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "one table (pandas, R, spreadsheets) and its audio"
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        let plan = |utterance: &Utterance| {
            Ok(Planned {
                id: utterance.take_id.clone(),
                stem: format!("audio/{}/{}", utterance.speaker.id, utterance.take_id),
            })
        };
        utterances.iter().map(plan).collect()
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        let path = export.folder.join("takes.csv");
        let mut table = csv::Writer::from_path(&path)
            .map_err(std::io::Error::other)
            .at("write", &path)?;
        table
            .write_record(COLUMNS)
            .map_err(std::io::Error::other)
            .at("write", &path)?;
        for (utterance, planned, rendered) in export.utterances {
            let sidecar = &utterance.sidecar;
            let quality = sidecar.quality.as_ref();
            let time = |frame: Option<u64>| {
                frame.map_or_else(String::new, |frame| format!("{:.4}", rendered.time(frame)))
            };
            let speech = rendered.speech.as_ref();
            let verdict = quality.and_then(|q| serde_json::to_value(q.verdict).ok());
            let row = [
                planned.id.clone(),
                rendered.file.clone(),
                utterance
                    .split
                    .and_then(|split| export.splits.get(split))
                    .cloned()
                    .unwrap_or_default(),
                utterance.speaker.id.clone(),
                utterance.session.clone(),
                sidecar.prompt.id.clone(),
                sidecar.repeat.to_string(),
                sidecar.take.to_string(),
                utterance.label.clone().unwrap_or_default(),
                utterance.text.clone(),
                utterance.language.clone().unwrap_or_default(),
                sidecar.started_at.clone(),
                format!("{:.4}", rendered.seconds()),
                rendered.sample_rate_hz.to_string(),
                rendered.channels.to_string(),
                time(speech.map(|speech| speech.start)),
                time(speech.map(|speech| speech.end)),
                verdict
                    .and_then(|verdict| verdict.as_str().map(ToOwned::to_owned))
                    .unwrap_or_default(),
                quality
                    .and_then(|q| q.snr_db)
                    .map_or_else(String::new, |snr| snr.to_string()),
                rendered.sha256.clone(),
            ];
            table
                .write_record(&row)
                .map_err(std::io::Error::other)
                .at("write", &path)?;
        }
        table.flush().at("write", &path)
    }
}
