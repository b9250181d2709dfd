//! Exports: the current takes of a corpus as a toolkit wants them.
//!
//! Promise: what comes out is a copy made to order; the corpus is only read (but for the record that it was exported). The
//! folder appears whole or not at all, and what is in it is what the takes' sidecars say: an audio file whose bytes are not
//! those of its sidecar stops the export. A take that a format cannot carry is named, never bent.
//!
//! How it goes: [`select()`] gathers utterances, [`split`] shares them out, the format [plans](Format::plan) what each is
//! called, [`render`] makes the audio (side by side, resumed where an earlier run was interrupted), and the format
//! [writes](Format::write) its tables over the finished audio.

pub mod card;
pub mod error;
mod facts;
pub mod format;
pub mod formats;
pub mod render;
pub mod run;
pub mod select;
pub mod shape;
pub mod split;
pub mod utterance;
pub mod work;

pub use error::{ExportError, Refusal};
pub use format::{Export, Format, Naming, Planned};
pub use run::{Report, Request, Stage, export};
pub use select::{Selection, select};
pub use shape::{Cut, Shape};
pub use split::Split;
pub use utterance::{Remarks, Rendered, Utterance};
pub use work::Shard;
