//! The sidecar of a take (`voicebooth-take/1`), field by field. It is rewritten by [`super::revision::revise`] alone.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use crate::signal::verdict::Verdict;

use super::records::Record;
use crate::units::rounded;

/// Decimal places of levels in dB and of rates in Hz.
const DB_PLACES: i32 = 2;
const HZ_PLACES: i32 = 2;
/// Decimal places of times in ms.
const MS_PLACES: i32 = 3;
/// Decimal places of an amplitude: below what 16 bit can carry.
const AMPLITUDE_PLACES: i32 = 6;

/// One take, as its `.json` says it. Frames in `timing` count from the WAV's first frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sidecar {
    /// [`Record::FORMAT`].
    pub format: String,
    /// UUID v7.
    pub id: String,
    /// From 1; every rewrite adds one and one entry to `history`.
    pub revision: u32,
    /// The changes, oldest first.
    pub history: Vec<Change>,
    /// `microphone`, `file` or `demo`.
    pub source: String,
    /// What was shown.
    pub prompt: PromptRecord,
    /// Which repeat of the prompt, from 1.
    pub repeat: u32,
    /// Which pass through the list, from 1.
    pub pass: u32,
    /// Place in the speaker's order, from 1.
    pub position: u32,
    /// `item`, `practice` or `check`.
    pub role: String,
    /// Attempt at this item by this speaker over all sessions, from 1.
    pub take: u32,
    /// Id of the take that this one replaces once it is accepted.
    pub supersedes: Option<String>,
    /// What counts of it.
    pub status: Status,
    /// Who said so.
    pub decided_by: DecidedBy,
    /// Why, in short stable words (`cancelled`, `restarted`, `lost_frames`, `noise`, ...).
    pub reasons: Vec<String>,
    /// What was really said, where somebody corrected it.
    pub transcript: Option<String>,
    /// Whether the label fits the transcript; `null` where there is no transcript or no label.
    #[serde(default)]
    pub label_confirmed: Option<bool>,
    /// The operator wants to look at it again.
    #[serde(default)]
    pub flagged: bool,
    /// Anybody's remark.
    pub note: Option<String>,
    /// Speaker id.
    pub speaker: String,
    /// Session id (folder name).
    pub session: String,
    /// UTC of WAV frame 0, RFC 3339 with microseconds; of the decision where there is no audio.
    pub started_at: String,
    /// The WAV, or `null` for a skipped item.
    pub audio: Option<AudioRecord>,
    /// Where things are in the WAV; `null` without audio.
    pub timing: Option<Timing>,
    /// What was lost; `null` without audio, and unknown (`null`) in a take that recovery finished.
    pub integrity: Option<Integrity>,
    /// How good it is; `null` without audio, and not measured (`null`) in a take that recovery finished.
    pub quality: Option<Quality>,
    /// The source's identity; `null` without audio.
    pub device: Option<DeviceRecord>,
    /// Who wrote this.
    pub software: Software,
}

impl Record for Sidecar {
    const FORMAT: &'static str = "voicebooth-take/1";
}

/// One change to a sidecar after its first writing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The revision that this change made.
    pub revision: u32,
    /// UTC, RFC 3339.
    pub at: String,
    /// Who decided.
    pub by: DecidedBy,
    /// Values before the change, by field name.
    pub from: Map<String, Value>,
    /// Values after the change, by field name.
    pub to: Map<String, Value>,
}

/// The prompt as it stood when the take was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptRecord {
    /// Prompt id.
    pub id: String,
    /// Shown.
    pub text: String,
    /// To be said, where it differs.
    pub spoken: Option<String>,
    /// Class.
    pub label: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// Part of the list.
    pub section: Option<String>,
    /// The list's 12 digits, naming `prompts/<digits>.jsonl`.
    pub list_sha256: String,
}

/// What counts of a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nobody has decided.
    Unreviewed,
    /// Counts; the newest accepted take of an item is its current take.
    Accepted,
    /// Does not count.
    Rejected,
    /// Was accepted until a newer take was.
    Superseded,
    /// The item was passed over; there is no audio.
    Skipped,
    /// The recording was cut short by something other than the speaker.
    Interrupted,
}

/// Who decided a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DecidedBy {
    /// The program, by its rules.
    Auto,
    /// The person who reads.
    Speaker,
    /// The person in charge.
    Operator,
}

/// The WAV beside the sidecar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioRecord {
    /// File name in the same folder.
    pub file: String,
    /// Nominal rate, Hz.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: u16,
    /// How samples are stored.
    pub encoding: Encoding,
    /// Length in frames.
    pub frames: u64,
    /// SHA-256 of the whole file, hex.
    pub sha256: String,
}

/// How samples are stored in a WAV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// 16-bit signed integers.
    #[serde(rename = "pcm_s16le")]
    PcmS16le,
    /// 24-bit signed integers.
    #[serde(rename = "pcm_s24le")]
    PcmS24le,
    /// 32-bit IEEE floats.
    #[serde(rename = "pcm_f32le")]
    PcmF32le,
}

/// Where things are, in frames from the WAV's first frame (negative: before it).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Which opening of the source in this session, from 1.
    pub stream: u32,
    /// The WAV's first frame, counted from the stream's opening.
    pub first_frame: u64,
    /// When the prompt was shown.
    pub shown_frame: Option<i64>,
    /// The start key.
    pub key_down_frame: Option<i64>,
    /// The stop key (or the release, or the end of a timed take).
    pub key_up_frame: Option<i64>,
    /// Hands-free: the first speech.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger_start_frame: Option<i64>,
    /// Hands-free: after the last speech.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger_end_frame: Option<i64>,
    /// Frames before the key that are in the file.
    pub pre_roll_frames: u64,
    /// Frames after the stop that are in the file.
    pub post_roll_frames: u64,
    /// What kept the rolls from being whole or ended the take, e.g. `previous_take`, `stream_start`, `gap`, `playback`, `next_take`, `max_take`, `writer_queue`, `device_lost`, `suspended`.
    pub limited_by: Vec<String>,
    /// Where speech begins; `null` where it was not looked for.
    pub speech_start_frame: Option<i64>,
    /// Where speech ends; `null` where it was not looked for.
    pub speech_end_frame: Option<i64>,
    /// The device's real rate by the monotonic clock, Hz.
    pub measured_sample_rate_hz: Option<f64>,
    /// How wrong the stream clock may be, ms, as `StreamClock::error_ms` tells.
    pub clock_error_ms: Option<f64>,
}

impl Timing {
    /// The same with no more decimal places than a record has.
    pub(super) fn rounded(self) -> Self {
        Self {
            measured_sample_rate_hz: self.measured_sample_rate_hz.map(|x| rounded(x, HZ_PLACES)),
            clock_error_ms: self.clock_error_ms.map(|x| rounded(x, MS_PLACES)),
            ..self
        }
    }
}

/// What was lost in a take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Integrity {
    /// Missing frames, written as zeros.
    pub gaps: Vec<Gap>,
    /// Blocks that our ring had no room for.
    pub overruns: u64,
    /// Losses that the device reported.
    pub xruns: u64,
    /// Samples that were NaN or infinite, written as zero.
    pub not_finite: u64,
}

/// Frames that are missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// First missing frame, from the WAV's first frame.
    pub at_frame: u64,
    /// How many.
    pub frames: u64,
    /// `overrun` (our ring), `device` (lost before it reached us).
    pub cause: String,
    /// Whether the number was estimated from the clock.
    pub estimated: bool,
}

/// How good a take is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// The one-word judgement.
    pub verdict: Verdict,
    /// Stable words: `silent`, `clipped`, `lost_frames`, `max_take`, ...
    pub warnings: Vec<String>,
    /// Largest sample, dBFS.
    pub peak_dbfs: f64,
    /// Largest sample of the speech, dBFS.
    pub speech_peak_dbfs: Option<f64>,
    /// Over the speech without its pauses (over the whole take where nobody speaks), dBFS; a full-scale sine is -3.01.
    pub rms_dbfs: f64,
    /// The silence in the take; that between takes where the take has too little.
    pub noise_floor_dbfs: Option<f64>,
    /// `rms_dbfs - noise_floor_dbfs`; `null` where nobody speaks.
    pub snr_db: Option<f64>,
    /// Samples at or beyond full scale.
    pub clipped_samples: u64,
    /// Mean of the samples, 1.0 is full scale.
    pub dc_offset: f64,
    /// Mains hum in the silence, dBFS.
    pub hum_dbfs: Option<f64>,
    /// Highest frequency that carries sound while somebody speaks, Hz.
    pub bandwidth_hz: Option<f64>,
}

impl Quality {
    /// The same with no more decimal places than a record has.
    pub(super) fn rounded(self) -> Self {
        let db = |level: f64| rounded(level, DB_PLACES);
        Self {
            peak_dbfs: db(self.peak_dbfs),
            speech_peak_dbfs: self.speech_peak_dbfs.map(db),
            rms_dbfs: db(self.rms_dbfs),
            noise_floor_dbfs: self.noise_floor_dbfs.map(db),
            snr_db: self.snr_db.map(db),
            dc_offset: rounded(self.dc_offset, AMPLITUDE_PLACES),
            hum_dbfs: self.hum_dbfs.map(db),
            bandwidth_hz: self.bandwidth_hz.map(|x| rounded(x, HZ_PLACES)),
            ..self
        }
    }

    /// Whether every level is a number; JSON has no other.
    pub(super) fn is_finite(&self) -> bool {
        let optional = [
            self.speech_peak_dbfs,
            self.noise_floor_dbfs,
            self.snr_db,
            self.hum_dbfs,
            self.bandwidth_hz,
        ];
        [self.peak_dbfs, self.rms_dbfs, self.dc_offset]
            .iter()
            .chain(optional.iter().flatten())
            .all(|level| level.is_finite())
    }
}

/// The source's identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRecord {
    /// Audio system.
    pub host: String,
    /// Id that `--input` takes.
    pub id: String,
    /// For people.
    pub name: String,
    /// Frames per block asked for.
    pub block_frames: u32,
}

/// Who wrote a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Software {
    /// `voicebooth`.
    pub name: String,
    /// Of the program.
    pub version: String,
}

impl Software {
    /// This build.
    pub fn this() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }
}
