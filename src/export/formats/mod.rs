//! The formats, one file each. What each demands is in `docs/exports.md`, with its sources.

mod csv;
#[cfg(test)]
mod fixture;
mod ljspeech;
mod shared;

use super::format::Format;

/// All formats, in the order of the documentation.
pub fn formats() -> &'static [&'static dyn Format] {
    &[&ljspeech::LjSpeech, &csv::Csv]
}

/// The format of this name.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    formats()
        .iter()
        .copied()
        .find(|format| format.name() == name)
}
