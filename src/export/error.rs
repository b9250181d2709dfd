//! What can go wrong with an export.

use std::io;
use std::path::{Path, PathBuf};

use crate::corpus::error::CorpusError;

/// Why a format cannot carry a take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The take, as [`super::Utterance::name`].
    pub take: String,
    /// What is in the way, in plain words: `its text has a "|", which parts the fields of metadata.csv`.
    pub why: String,
}

/// An export was not made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The corpus.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// What was asked for cannot be; nothing was written.
    #[error("{0}")]
    Asked(String),
    /// Takes that the format cannot carry; nothing was written.
    #[error("{}", refusals(.0))]
    Refused(Vec<Refusal>),
    /// The system refused.
    #[error("cannot {doing} {}: {source}; what was made so far is kept, and the same command goes on from there", path.display())]
    Io {
        /// What was tried, e.g. `write`.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The audio of a take is not what its sidecar says.
    #[error("{}: {what}; run `voicebooth verify` on the corpus. What was made so far is kept, and the same command goes on from there", path.display())]
    Audio {
        /// The WAV.
        path: PathBuf,
        /// In plain words.
        what: String,
    },
}

fn refusals(refused: &[Refusal]) -> String {
    let mut lines: Vec<String> = refused
        .iter()
        .map(|refusal| format!("{}: {}", refusal.take, refusal.why))
        .collect();
    let takes = match refused.len() {
        1 => "1 take".to_owned(),
        more => format!("{more} takes"),
    };
    lines.push(format!(
        "the format cannot carry {takes}; nothing was written. To export the others, add --skip-refused"
    ));
    lines.join("\n")
}

/// Gives an I/O error its file.
pub trait IoContext<T> {
    /// Names what was done to which file.
    ///
    /// # Errors
    /// The same, with its file.
    fn at(self, doing: &'static str, path: &Path) -> Result<T, ExportError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T, ExportError> {
        self.map_err(|source| ExportError::Io {
            doing,
            path: path.to_owned(),
            source,
        })
    }
}
