//! The formats, one file each. What each demands is in `docs/exports.md`, with its sources.

mod bpf;
mod common_voice;
mod croissant;
mod csv;
mod emu;
#[cfg(test)]
mod fixture;
mod fsdd;
mod htk;
mod huggingface;
mod kaldi;
mod lhotse;
mod ljspeech;
mod names;
mod nemo;
mod shared;
mod speech_commands;
mod sphinxtrain;
mod textgrid;
mod webdataset;
mod words;

use super::format::Format;

/// All formats, in the order of the documentation.
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &kaldi::Kaldi,
        &htk::Htk,
        &sphinxtrain::SphinxTrain,
        &ljspeech::LjSpeech,
        &huggingface::HuggingFace,
        &lhotse::Lhotse,
        &nemo::Nemo,
        &speech_commands::SpeechCommands,
        &fsdd::Fsdd,
        &common_voice::CommonVoice,
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
