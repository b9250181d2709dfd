//! The draft that stands for a take's sidecar while the take grows (`voicebooth-draft/1`), and what closes it.

use serde::{Deserialize, Serialize};

use super::records::Record;
use super::sidecar::{
    AudioRecord, DecidedBy, DeviceRecord, Encoding, Integrity, PromptRecord, Quality, Sidecar,
    Software, Status, Timing,
};
use super::wav::{ClosedWav, WavFormat};

/// What is known of a take while it grows: `.json.part` until the take is closed. From it and the WAV's length a take
/// can be finished whose recording was cut off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// [`Record::FORMAT`].
    pub format: String,
    /// As in [`Sidecar`], and so are all that follow.
    pub id: String,
    /// Kind of source.
    pub source: String,
    /// What is shown.
    pub prompt: PromptRecord,
    /// Repeat of the prompt.
    pub repeat: u32,
    /// Pass through the list.
    pub pass: u32,
    /// Place in the order.
    pub position: u32,
    /// Role of the item.
    pub role: String,
    /// Attempt at the item.
    pub take: u32,
    /// Id of the take that it may replace.
    pub supersedes: Option<String>,
    /// Speaker id.
    pub speaker: String,
    /// Session id.
    pub session: String,
    /// UTC of WAV frame 0; of the decision where there is no audio.
    pub started_at: String,
    /// The WAV, as far as it is known; `null` for a skipped item.
    pub audio: Option<DraftAudio>,
    /// The source's identity.
    pub device: Option<DeviceRecord>,
    /// Who writes this.
    pub software: Software,
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
    /// Which opening of the source, from 1.
    pub stream: u32,
    /// The WAV's first frame, from the stream's opening.
    pub first_frame: u64,
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
    /// The finished WAV.
    pub audio: Option<AudioRecord>,
    /// Where things are in it.
    pub timing: Option<Timing>,
    /// What was lost.
    pub integrity: Option<Integrity>,
    /// How good it is.
    pub quality: Option<Quality>,
    /// What counts of it.
    pub status: Status,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// Why.
    pub reasons: Vec<String>,
}

impl Draft {
    /// The first revision of the take's sidecar.
    pub fn close(self, closing: Closing) -> Sidecar {
        Sidecar {
            format: Sidecar::FORMAT.into(),
            id: self.id,
            revision: 1,
            history: Vec::new(),
            source: self.source,
            prompt: self.prompt,
            repeat: self.repeat,
            pass: self.pass,
            position: self.position,
            role: self.role,
            take: self.take,
            supersedes: self.supersedes,
            status: closing.status,
            decided_by: closing.decided_by,
            reasons: closing.reasons,
            transcript: None,
            note: None,
            speaker: self.speaker,
            session: self.session,
            started_at: self.started_at,
            device: self.device.filter(|_| closing.audio.is_some()),
            audio: closing.audio,
            timing: closing.timing,
            integrity: closing.integrity,
            quality: closing.quality.filter(Quality::is_finite),
            software: self.software,
        }
    }
}
