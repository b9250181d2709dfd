//! The audio of an export: one file for each utterance, as its [`Shape`] says.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::error::{ExportError, IoContext, Refusal};
use super::format::Planned;
use super::shape::Shape;
use super::utterance::{Remarks, Rendered, Utterance};
use crate::corpus::names::sha256_hex;

/// Why an utterance cannot be cut as `shape` says; `None`: it can.
pub fn refuses(_utterance: &Utterance, _shape: &Shape) -> Option<Refusal> {
    None
}

/// The gain of each session, dB, that brings its speech to the loudness asked for; empty where none is asked for.
///
/// # Errors
/// A WAV cannot be read.
pub fn gains(
    _utterances: &[(Utterance, Planned)],
    _shape: &Shape,
) -> Result<HashMap<String, f64>, ExportError> {
    Ok(HashMap::new())
}

/// Makes the file of one utterance in `folder`, whole or not at all. Blocks.
///
/// # Errors
/// The WAV cannot be read or is not what its sidecar says, or the file cannot be written.
pub fn render(
    utterance: &Utterance,
    planned: &Planned,
    shape: &Shape,
    _gain_db: f64,
    folder: &Path,
) -> Result<Rendered, ExportError> {
    let file = format!("{}.{}", planned.stem, shape.ending());
    let path = folder.join(&file);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).at("make", parent)?;
    }
    let bytes = fs::read(&utterance.wav).at("read", &utterance.wav)?;
    fs::write(&path, &bytes).at("write", &path)?;
    Ok(Rendered {
        file,
        sample_rate_hz: utterance.audio.sample_rate_hz,
        channels: utterance.audio.channels,
        frames: utterance.audio.frames,
        bits: 16,
        bytes: bytes.len() as u64,
        sha256: sha256_hex(&bytes),
        speech: utterance.speech.clone(),
        remarks: Remarks::default(),
    })
}
