//! What formats share: names that are safe everywhere, the facts of a take in one row, whole files.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use super::super::error::{ExportError, IoContext, Refusal};
use super::super::format::Planned;
use super::super::utterance::{Gender, Rendered, Utterance};

/// An id that every format and file system takes, readable by speaker and in the order of time: `<speaker>-<take>`, made of
/// ASCII letters, digits, `-` and `_`.
///
/// # Errors
/// The records were changed by hand, and have an id that they cannot have.
pub(super) fn id(utterance: &Utterance) -> Result<String, Refusal> {
    let plain = |id: &str| {
        id.starts_with(|c: char| c.is_ascii_alphanumeric())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    for id in [
        &utterance.speaker.id,
        &utterance.session,
        &utterance.take_id,
    ] {
        if !plain(id) {
            let why = format!("`{id}` is no id of voicebooth's; run `voicebooth verify`");
            return Err(refusal(utterance, why));
        }
    }
    Ok(format!("{}-{}", utterance.speaker.id, utterance.take_id))
}

/// Plans one file for each utterance: by its [`id`] in a folder that `folder` gives.
pub(super) fn plan(
    utterances: &[Utterance],
    folder: impl Fn(&Utterance) -> Result<String, Refusal>,
) -> Vec<Result<Planned, Refusal>> {
    let plan = |utterance: &Utterance| {
        let id = id(utterance)?;
        let stem = format!("{}/{id}", folder(utterance)?);
        Ok(Planned { id, stem })
    };
    utterances.iter().map(plan).collect()
}

/// Says that the format cannot carry this take.
pub(super) fn refusal(utterance: &Utterance, why: impl Into<String>) -> Refusal {
    Refusal {
        take: utterance.name.clone(),
        why: why.into(),
    }
}

/// What in a text ends a line for some reader (`str.splitlines` of Python knows them all), or is no text at all: as words
/// for a refusal; `None`: nothing. A tab is a blank.
pub(super) fn not_on_a_line(text: &str) -> Option<String> {
    let found = text
        .chars()
        .find(|c| matches!(c, '\u{2028}' | '\u{2029}') || (c.is_control() && *c != '\t'))?;
    Some(match found {
        '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
            format!("a line break (U+{:04X})", u32::from(found))
        }
        other => format!("the control character U+{:04X}", u32::from(other)),
    })
}

/// The name of an utterance's split; `None`: there are no splits.
pub(super) fn split_of<'a>(splits: &'a [String], utterance: &Utterance) -> Option<&'a str> {
    splits.get(utterance.split?).map(String::as_str)
}

/// The facts of a take, a column each. What is not known is empty in CSV and absent in JSON.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    pub id: &'a str,
    pub file: &'a str,
    pub split: Option<&'a str>,
    pub speaker: &'a str,
    pub gender: Option<&'static str>,
    pub session: &'a str,
    pub prompt: &'a str,
    pub repeat: u32,
    pub take: u32,
    pub label: Option<&'a str>,
    /// What was said: transcript, else spoken, else text.
    pub text: &'a str,
    /// What was on the screen.
    pub shown: &'a str,
    pub language: Option<&'a str>,
    pub started_at: &'a str,
    pub seconds: f64,
    pub sample_rate_hz: u32,
    pub channels: u16,
    pub speech_start_s: Option<f64>,
    pub speech_end_s: Option<f64>,
    pub verdict: Option<String>,
    pub snr_db: Option<f64>,
    pub sha256: &'a str,
}

impl<'a> Row<'a> {
    pub(super) fn new(
        splits: &'a [String],
        (utterance, planned, rendered): &'a (Utterance, Planned, Rendered),
    ) -> Self {
        let sidecar = &utterance.sidecar;
        let speech = rendered.speech.as_ref();
        Self {
            id: &planned.id,
            file: &rendered.file,
            split: split_of(splits, utterance),
            speaker: &utterance.speaker.id,
            gender: gender(utterance),
            session: &utterance.session,
            prompt: &sidecar.prompt.id,
            repeat: sidecar.repeat,
            take: sidecar.take,
            label: utterance.label.as_deref(),
            text: &utterance.text,
            shown: &sidecar.prompt.text,
            language: utterance.language.as_deref(),
            started_at: &sidecar.started_at,
            seconds: rendered.seconds(),
            sample_rate_hz: rendered.sample_rate_hz,
            channels: rendered.channels,
            speech_start_s: speech.map(|speech| rendered.time(speech.start)),
            speech_end_s: speech.map(|speech| rendered.time(speech.end)),
            verdict: verdict(utterance),
            snr_db: sidecar.quality.as_ref().and_then(|quality| quality.snr_db),
            sha256: &rendered.sha256,
        }
    }
}

/// `female`, `male`, or nothing.
pub(super) fn gender(utterance: &Utterance) -> Option<&'static str> {
    utterance.speaker.gender().map(|gender| match gender {
        Gender::Female => "female",
        Gender::Male => "male",
    })
}

/// The verdict's word; `None`: the take was not measured.
pub(super) fn verdict(utterance: &Utterance) -> Option<String> {
    let quality = utterance.sidecar.quality.as_ref()?;
    let word = serde_json::to_value(quality.verdict).ok()?;
    word.as_str().map(ToOwned::to_owned)
}

/// Writes a small file and the folders above it.
pub(super) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), ExportError> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).at("make", parent)?;
    }
    std::fs::write(path, bytes).at("write", path)
}

/// Writes JSON, one value a line, without holding more than one in memory.
pub(super) fn write_json_lines<T: Serialize>(
    path: &Path,
    values: impl Iterator<Item = T>,
) -> Result<(), ExportError> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).at("make", parent)?;
    }
    let mut file = BufWriter::new(File::create(path).at("write", path)?);
    json_lines(&mut file, values).at("write", path)?;
    file.flush().at("write", path)
}

/// JSON, one value a line.
pub(super) fn json_lines<T: Serialize>(
    mut to: impl Write,
    values: impl Iterator<Item = T>,
) -> std::io::Result<()> {
    for value in values {
        serde_json::to_writer(&mut to, &value)?;
        to.write_all(b"\n")?;
    }
    Ok(())
}
