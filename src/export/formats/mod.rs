//! The formats, one file each. What each demands is in `docs/exports.md`, with its sources.

mod bpf;
mod croissant;
mod csv;
mod emu;
#[cfg(test)]
mod fixture;
mod huggingface;
mod lhotse;
mod ljspeech;
mod shared;
mod textgrid;
mod webdataset;

use super::format::Format;

/// All formats, in the order of the documentation.
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &ljspeech::LjSpeech,
        &huggingface::HuggingFace,
        &lhotse::Lhotse,
        &webdataset::WebDataset,
        &textgrid::TextGrid,
        &emu::Emu,
        &bpf::Bpf,
        &croissant::Croissant,
        &csv::Csv,
    ]
}

/// The format of this name.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    formats()
        .iter()
        .copied()
        .find(|format| format.name() == name)
}
