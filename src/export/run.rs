//! An export from beginning to end.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::{ExportError, IoContext, Refusal};
use super::format::{Export, Format};
use super::render::render;
use super::select::{Selection, select};
use super::shape::Shape;
use super::split::Split;

/// What is to be exported, and how.
pub struct Request<'a> {
    /// The format.
    pub format: &'a dyn Format,
    /// Which takes.
    pub selection: Selection,
    /// How the audio is to be.
    pub shape: Shape,
    /// How takes are shared out.
    pub split: Split,
    /// Take those that the format can carry, and name the others.
    pub skip_refused: bool,
}

/// What an export came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Utterances in it.
    pub utterances: u64,
    /// Takes that the format cannot carry, left out as asked.
    pub refused: Vec<Refusal>,
}

/// Exports `corpus` to `out`, which must not be there. Blocks.
///
/// # Errors
/// Nothing is at `out` then.
pub fn export(corpus: &Path, out: &Path, request: &Request<'_>) -> Result<Report, ExportError> {
    let mut utterances = select(corpus, &request.selection, &|_| {})?.utterances;
    request.split.share(&mut utterances)?;
    let shape = request
        .format
        .shape(&request.shape)
        .map_err(ExportError::Asked)?;
    let planned = request.format.plan(&utterances);
    let mut rows = Vec::new();
    let mut refused = Vec::new();
    fs::create_dir_all(out).at("make", out)?;
    for (utterance, planned) in utterances.into_iter().zip(planned) {
        match planned {
            Ok(planned) => {
                let rendered = render(&utterance, &planned, &shape, 0.0, out)?;
                rows.push((utterance, planned, rendered));
            }
            Err(refusal) => refused.push(refusal),
        }
    }
    if !refused.is_empty() && !request.skip_refused {
        return Err(ExportError::Refused(refused));
    }
    rows.sort_by(|a, b| a.1.id.cmp(&b.1.id));
    let final_folder: PathBuf = std::path::absolute(out).at("find", out)?;
    request.format.write(&Export {
        folder: out,
        name: "corpus",
        final_folder: &final_folder,
        utterances: &rows,
        splits: &request.split.names(),
        lexicon: None,
        title: "corpus",
        licence: None,
        card: "",
        newest_take_at: "",
    })?;
    Ok(Report {
        utterances: rows.len() as u64,
        refused,
    })
}
