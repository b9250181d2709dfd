//! What a format is.

use std::path::Path;

use super::error::{ExportError, Refusal};
use super::shape::Shape;
use super::utterance::{Rendered, Utterance};

/// What a format makes of an utterance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The utterance's id in this format; unique in the export.
    pub id: String,
    /// Path of its audio within the export without its ending, parts joined by `/`; unique. `render` adds `.wav` or `.flac`.
    pub stem: String,
}

/// What names are made of besides the takes'.
#[derive(Clone, Copy, Debug)]
pub struct Naming<'a> {
    /// As [`Export::name`].
    pub export: &'a str,
    /// As [`Export::splits`].
    pub splits: &'a [String],
}

/// An export with all its audio made, of which the format writes its tables.
pub struct Export<'a> {
    /// The folder that will be renamed to the export's; the audio is in it already.
    pub folder: &'a Path,
    /// The last part of the export's own path, made of letters, digits, `-` and `_`: a name for what needs one.
    pub name: &'a str,
    /// Where the export will lie, absolute: for formats whose tables name absolute paths.
    pub final_folder: &'a Path,
    /// In the order of their ids' bytes.
    pub utterances: &'a [(Utterance, Planned, Rendered)],
    /// Names of the splits, in the order given; empty where there are none.
    pub splits: &'a [String],
    /// Pronunciations, where a lexicon was given: `--lexicon`.
    pub lexicon: Option<&'a crate::prompts::Lexicon>,
    /// Title of the study, else the corpus folder's name.
    pub title: &'a str,
    /// Licence of the corpus as the study says it.
    pub licence: Option<&'a str>,
    /// Text of the card, for formats that have a place of their own for it.
    pub card: &'a str,
    /// UTC of the newest take that is in it, RFC 3339: exports of the same takes are the same bytes.
    pub newest_take_at: &'a str,
}

/// A format that a corpus can be exported to.
pub trait Format: Sync {
    /// Its word on the command line.
    fn name(&self) -> &'static str;

    /// One line for the help: whose toolkit reads it.
    fn about(&self) -> &'static str;

    /// Whether it carries labels (classes) rather than texts: doubtful labels and takes without one are refused before
    /// [`Self::plan`] is asked.
    fn is_of_labels(&self) -> bool {
        false
    }

    /// Whether it has a pronouncing dictionary, so that a lexicon can be given: takes with a word that the lexicon lacks are
    /// refused.
    fn pronounces(&self) -> bool {
        false
    }

    /// The audio it needs, given what was asked for. Refuses what it cannot carry (`--flac` in Speech Commands); fills in
    /// what it demands where nothing was asked.
    ///
    /// # Errors
    /// In plain words, naming the flag.
    fn shape(&self, asked: &Shape) -> Result<Shape, String> {
        Ok(asked.clone())
    }

    /// Whether its splits can have these names; asked before anything is written.
    ///
    /// # Errors
    /// In plain words, naming the split.
    fn allows_splits(&self, _names: &[String]) -> Result<(), String> {
        Ok(())
    }

    /// Names every utterance, in the order given (speakers by id, takes by age), or says why it cannot carry it. Must give
    /// the same names whatever other takes are refused.
    fn plan(&self, utterances: &[Utterance], naming: &Naming<'_>) -> Vec<Result<Planned, Refusal>>;

    /// Writes the tables (and whatever else is no audio) into `export.folder`. May move or pack the audio.
    ///
    /// # Errors
    /// A file cannot be written; nothing outside of the folder was touched.
    fn write(&self, export: &Export<'_>) -> Result<(), ExportError>;
}
