//! The limits that verdicts are given by, and three sets of them for three purposes.
//!
//! Where the numbers come from stands beside them and in `docs/verdicts.md`. ACX's are meant for mastered audio: a raw take
//! that fails them is for the operator to look at and never to be read again.

use serde::{Deserialize, Serialize};

/// Limits. Levels in dBFS. What is `None` is not looked at. The session record has them under these names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// So many samples in a row at full scale are clipping: a single one may be an honest peak, three cut the wave off (the
    /// rule of thumb of audio editors' clip finders).
    pub clipped_run: u32,
    /// Less speech than this is none, hops of 10 ms.
    pub least_speech_hops: u64,
    /// Speech whose peak is below is quiet.
    pub quiet_peak_dbfs: f64,
    /// Speech whose peak is above is loud.
    pub loud_peak_dbfs: Option<f64>,
    /// Speech whose RMS is below or above is quiet or loud.
    pub rms_dbfs: Option<(f64, f64)>,
    /// Speech less noise, dB.
    pub snr_db: f64,
    /// Noise above this is noisy however loud the speech is.
    pub noise_dbfs: Option<f64>,
    /// Mains hum above this is told.
    pub hum_dbfs: f64,
    /// Constant offset, 1.0 is full scale.
    pub dc_offset: f64,
    /// Sound must reach this far up, Hz.
    pub bandwidth_hz: Option<f64>,
    /// Silence that is exactly zero is told.
    pub digital_silence: bool,
}

impl Thresholds {
    /// For recognition and the study of speech: what spoils a take, nothing stricter.
    pub const DEFAULT: Self = Self {
        clipped_run: 3,
        least_speech_hops: 8,
        quiet_peak_dbfs: -30.0,
        loud_peak_dbfs: None,
        rms_dbfs: None,
        snr_db: 20.0,
        noise_dbfs: None,
        hum_dbfs: -65.0,
        dc_offset: 0.01,
        bandwidth_hz: None,
        digital_silence: false,
    };

    /// For speech synthesis: SNR 32 dB and 13 kHz (Hi-Fi TTS, arXiv 2104.01497), peak at most -3 dBFS.
    pub const TTS: Self = Self {
        loud_peak_dbfs: Some(-3.0),
        snr_db: 32.0,
        bandwidth_hz: Some(13_000.0),
        ..Self::DEFAULT
    };

    /// For audio books: RMS -23 to -18 dBFS, peak at most -3 dBFS, noise at most -60 dBFS, no digital silence (ACX).
    pub const AUDIOBOOK: Self = Self {
        loud_peak_dbfs: Some(-3.0),
        rms_dbfs: Some((-23.0, -18.0)),
        noise_dbfs: Some(-60.0),
        digital_silence: true,
        ..Self::DEFAULT
    };

    /// The set of this name: `default`, `tts` or `audiobook`.
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "default" => Some(Self::DEFAULT),
            "tts" => Some(Self::TTS),
            "audiobook" => Some(Self::AUDIOBOOK),
            _ => None,
        }
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self::DEFAULT
    }
}
