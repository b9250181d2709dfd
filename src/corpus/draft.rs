//! The draft that stands for a take's sidecar while the take grows (`voicebooth-draft/1`), and what closes it.

use serde::{Deserialize, Serialize};

use super::records::Record;
use super::sidecar::{
    AudioRecord, DecidedBy, DeviceRecord, Encoding, Integrity, Quality, Sidecar, Status, Timing,
};
use super::wav::{ClosedWav, WavFormat};

/// In `reasons` and `limited_by` of a take whose recording stopped with the program.
pub const PROGRAM_ENDED: &str = "program_ended";

/// What is known of a take while it grows: `.json.part` until the take is closed. From it and the WAV's length a take
/// can be finished whose recording was cut off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// [`Record::FORMAT`].
    pub format: String,
    /// The take as it is if the program ends now, but for its audio and what belongs to it.
    pub sidecar: Sidecar,
    /// The WAV, as far as it is known.
    pub audio: DraftAudio,
    /// Where things are in it, as far as that is known: nothing of the stop or of speech.
    pub timing: Timing,
    /// The source's identity.
    pub device: DeviceRecord,
}

impl Record for Draft {
    const FORMAT: &'static str = "voicebooth-draft/1";
}

/// What is known of a WAV while it grows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftAudio {
    /// Final file name in the same folder.
    pub file: String,
    /// Nominal rate, Hz.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: u16,
    /// How samples are stored.
    pub encoding: Encoding,
}

impl DraftAudio {
    /// How the WAV is written.
    pub fn format(&self) -> WavFormat {
        WavFormat {
            sample_rate_hz: self.sample_rate_hz,
            channels: self.channels,
            encoding: self.encoding,
        }
    }

    /// The record of the WAV once it is closed.
    pub fn close(self, wav: ClosedWav) -> AudioRecord {
        AudioRecord {
            file: self.file,
            sample_rate_hz: self.sample_rate_hz,
            channels: self.channels,
            encoding: self.encoding,
            frames: wav.frames,
            sha256: wav.sha256,
        }
    }
}

/// What becomes known when a take is closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Closing {
    /// Where things are in the WAV.
    pub timing: Timing,
    /// What was lost.
    pub integrity: Integrity,
    /// How good it is.
    pub quality: Quality,
    /// What counts of it.
    pub status: Status,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// Why.
    pub reasons: Vec<String>,
}

impl Draft {
    /// The draft of a take that begins: `timing` is what is known of it now.
    pub fn new(sidecar: Sidecar, audio: DraftAudio, timing: Timing, device: DeviceRecord) -> Self {
        Self {
            format: Self::FORMAT.into(),
            sidecar: Sidecar {
                status: Status::Interrupted,
                decided_by: DecidedBy::Auto,
                reasons: vec![PROGRAM_ENDED.into()],
                ..sidecar
            },
            audio,
            timing: timing.rounded(),
            device,
        }
    }

    /// The first revision of the sidecar of a take that came to its end.
    pub fn close(self, wav: ClosedWav, closing: Closing) -> Sidecar {
        Sidecar {
            status: closing.status,
            decided_by: closing.decided_by,
            reasons: closing.reasons,
            audio: Some(self.audio.close(wav)),
            timing: Some(closing.timing.rounded()),
            integrity: Some(closing.integrity),
            quality: Some(closing.quality.rounded()).filter(Quality::is_finite),
            device: Some(self.device),
            ..self.sidecar
        }
    }

    /// The first revision of the sidecar of a take that was cut off when its WAV had come so far.
    pub fn cut_off(self, wav: ClosedWav) -> Sidecar {
        let mut timing = self.timing;
        // The key's own frame may not have come to the disk.
        timing.pre_roll_frames = timing.pre_roll_frames.min(wav.frames);
        timing.limited_by.push(PROGRAM_ENDED.into());
        Sidecar {
            audio: Some(self.audio.close(wav)),
            timing: Some(timing),
            device: Some(self.device),
            ..self.sidecar
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::corpus::recovery::tests::{accepted, closed, draft};

    #[test]
    fn a_record_has_no_more_digits_than_are_known() {
        let mut closing = accepted();
        closing.quality.peak_dbfs = -9.123_456;
        closing.quality.rms_dbfs = -24.999_9;
        closing.quality.noise_floor_dbfs = Some(-58.005_1);
        closing.quality.snr_db = Some(33.333_333);
        closing.quality.dc_offset = -0.000_000_2;
        closing.timing.measured_sample_rate_hz = Some(47_999.198_76);
        closing.timing.clock_error_ms = Some(0.051_49);
        let json = serde_json::to_value(draft().close(closed(100), closing)).unwrap();
        let written = |pointer: &str| json.pointer(pointer).unwrap().to_string();
        assert_eq!(written("/quality/peak_dbfs"), "-9.12");
        assert_eq!(written("/quality/rms_dbfs"), "-25.0");
        assert_eq!(written("/quality/noise_floor_dbfs"), "-58.01");
        assert_eq!(written("/quality/snr_db"), "33.33");
        assert_eq!(written("/quality/dc_offset"), "0.0");
        assert_eq!(written("/timing/measured_sample_rate_hz"), "47999.2");
        assert_eq!(written("/timing/clock_error_ms"), "0.051");
    }

    #[test]
    fn a_take_that_was_cut_off_before_its_key_has_no_more_pre_roll_than_frames() {
        let timing = draft().cut_off(closed(100)).timing.unwrap();
        assert_eq!(timing.key_down_frame, Some(4_800));
        assert_eq!(timing.pre_roll_frames, 100);
    }
}
