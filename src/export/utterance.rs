//! An utterance: a take that is exported, with all that formats say of it.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::corpus::records::ConsentRecord;
use crate::corpus::sidecar::{AudioRecord, Sidecar};

/// Who speaks, as the newest `speaker.json` has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpeakerFacts {
    /// Speaker id.
    pub id: String,
    /// UUID v4.
    pub uuid: String,
    /// Answers by question; empty without any.
    pub form: Map<String, Value>,
    /// What was agreed to.
    pub consent: Option<ConsentRecord>,
}

/// Sex or gender, where the form asked and the answer is one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// `f`, `female`, `woman`.
    Female,
    /// `m`, `male`, `man`.
    Male,
}

impl SpeakerFacts {
    /// The answer to `sex` or `gender`, where it is one that toolkits know.
    pub fn gender(&self) -> Option<Gender> {
        let answer = self.form.get("sex").or_else(|| self.form.get("gender"))?;
        match answer.as_str()?.to_lowercase().as_str() {
            "f" | "female" | "woman" => Some(Gender::Female),
            "m" | "male" | "man" => Some(Gender::Male),
            _ => None,
        }
    }

    /// The answer to a question, as text; `None` where it was not asked or not answered.
    pub fn answer(&self, question: &str) -> Option<String> {
        match self.form.get(question)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        }
    }
}

/// A take that is exported.
#[derive(Clone, Debug)]
pub struct Utterance {
    /// UUID of the take.
    pub take_id: String,
    /// The take within its corpus, for messages: `recordings/<speaker>/<session>/<stem>`.
    pub name: String,
    /// Its WAV.
    pub wav: PathBuf,
    /// Who speaks.
    pub speaker: Arc<SpeakerFacts>,
    /// Session id.
    pub session: String,
    /// What the utterance is: transcript, else spoken, else text. Exactly as recorded, never trimmed or escaped.
    pub text: String,
    /// Class; `None`: the prompt has none.
    pub label: Option<String>,
    /// There is a transcript and nobody has confirmed that the label fits it: formats of labels refuse the take.
    pub label_is_doubtful: bool,
    /// BCP 47: the prompt's, else the session's; `None` where neither says.
    pub language: Option<String>,
    /// Frames of the speech within the source WAV, where its boundaries are known.
    pub speech: Option<Range<u64>>,
    /// The source WAV.
    pub audio: AudioRecord,
    /// Index of its split in [`super::Export::splits`]; `None` where there are no splits.
    pub split: Option<usize>,
    /// The whole sidecar.
    pub sidecar: Arc<Sidecar>,
}

/// The audio file that was made for an utterance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rendered {
    /// Path within the export, parts joined by `/`.
    pub file: String,
    /// Hz.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: u16,
    /// Length in frames.
    pub frames: u64,
    /// Bits a sample; 32 is floating point in a WAV.
    pub bits: u16,
    /// Size of the file, bytes.
    pub bytes: u64,
    /// SHA-256 of the whole file, hex.
    pub sha256: String,
    /// Where the speech is within this file, frames of this file; `None` where it is not known.
    pub speech: Option<Range<u64>>,
    /// What was done to the audio that somebody should hear of; the default is nothing.
    #[serde(default, skip_serializing_if = "Remarks::is_empty")]
    pub remarks: Remarks,
}

/// What was done to an utterance's audio that the report of an export should say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remarks {
    /// Samples beyond full scale that became the largest step: only overshoot of resampling, and floats that were beyond it.
    pub clipped_samples: u64,
    /// Frames of zeros before the take, where the window begins earlier.
    pub zeros_before: u64,
    /// Frames of zeros after the take, where the window ends later.
    pub zeros_after: u64,
    /// `--trim` left it whole: where its speech is was not known.
    pub left_whole: bool,
    /// `--link` copied it: the system has no link from there to here.
    pub copied: bool,
}

impl Remarks {
    /// Nothing to say.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Rendered {
    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.sample_rate_hz.max(1))
    }

    /// A frame of this file as a time, seconds.
    pub fn time(&self, frame: u64) -> f64 {
        frame as f64 / f64::from(self.sample_rate_hz.max(1))
    }
}
