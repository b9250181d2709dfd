//! How the audio of an export is to be.

use serde::{Deserialize, Serialize};

/// Which part of a take is exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cut {
    /// All of it.
    #[default]
    Whole,
    /// From the first to the last frame of the speech, with so much before and after it, ms.
    Speech {
        /// Milliseconds.
        margin_ms: u32,
    },
    /// So long a window centred on the speech; what is shorter is padded with zeros, and speech that is longer is refused.
    Window {
        /// Milliseconds.
        ms: u32,
    },
}

/// How samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bits {
    /// 16-bit integers.
    B16,
    /// 24-bit integers.
    B24,
    /// 32-bit floats; not in FLAC.
    Float,
}

/// How the audio is to be. `Shape::default()` leaves it as it was recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Hz; `None`: as recorded.
    pub rate_hz: Option<u32>,
    /// `None`: as recorded.
    pub bits: Option<Bits>,
    /// 1 mixes all channels to their mean; otherwise the first so many. `None`: as recorded.
    pub channels: Option<u16>,
    /// Which part.
    pub cut: Cut,
    /// One gain per session brings its speech to so many LUFS.
    pub loudness_lufs: Option<f64>,
    /// FLAC rather than WAV.
    pub flac: bool,
    /// Hard links where nothing changes.
    pub link: bool,
}

impl Shape {
    /// `wav` or `flac`.
    pub fn ending(&self) -> &'static str {
        if self.flac { "flac" } else { "wav" }
    }
}
