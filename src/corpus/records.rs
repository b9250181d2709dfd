//! The records beside the takes: corpus, session, speaker, event. Each names its format; a newer one is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::{CorpusError, IoContext};
use super::sidecar::{Encoding, Software};
use crate::audio::{SourceInfo, SourceKind};
use crate::signal::thresholds::Thresholds;
use crate::study::{Giver, Means};

/// A kind of record with its own format tag, `<name>/<version>`.
pub trait Record: DeserializeOwned {
    /// The tag that this program reads and writes.
    const FORMAT: &'static str;
}

/// `corpus.json`: the same bytes at every booth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorpusRecord {
    /// [`Record::FORMAT`].
    pub format: String,
    /// 12 digits that name `studies/<digits>.toml`; `null` without a study.
    pub study: Option<String>,
}

/// `session.json`: who recorded what, with what, and how. Never changed after the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// [`Record::FORMAT`].
    pub format: String,
    /// The session's id, which is its folder's name.
    pub session: String,
    /// Speaker id.
    pub speaker: String,
    /// Tells two speakers of the same id apart.
    pub speaker_uuid: String,
    /// UTC, RFC 3339 with microseconds.
    pub started_at: String,
    /// `microphone`, `file` or `demo`.
    pub source: String,
    /// What the sound came from.
    pub device: SessionDevice,
    /// How it is written.
    pub audio: SessionAudio,
    /// The list's 12 digits, naming `prompts/<digits>.jsonl`.
    pub list_sha256: String,
    /// Answers to what the study asks at every session, by question; `null` without any.
    #[serde(default)]
    pub form: Option<Map<String, Value>>,
    /// How the session was asked for.
    #[serde(flatten)]
    pub setup: SessionSetup,
    /// Who the speaker was before a merge joined two ids, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<Joined>,
    /// Who wrote this.
    pub software: Software,
}

/// An id that a speaker had at another booth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Speaker id.
    pub speaker: String,
    /// `speaker_uuid` that went with it.
    pub speaker_uuid: String,
}

/// What the person in charge asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionSetup {
    /// The list's file name, for people.
    pub list_name: String,
    /// Which pass through the list, from 1.
    pub pass: u32,
    /// `sequential`, `shuffled` or `blocked`.
    pub order: String,
    /// Seed of the order, at most 2^53 - 1 so that every JSON reader keeps it; `null` where nothing is shuffled.
    pub seed: Option<u64>,
    /// How often each prompt is asked, from 1.
    pub repeat: u32,
    /// Sections with an order of their own, and that order.
    #[serde(default)]
    pub section_orders: BTreeMap<String, String>,
    /// Where something is shuffled, no label comes twice in a row if that can be helped.
    #[serde(default)]
    pub labels_apart: bool,
    /// `keys`, `hold`, `hands-free` or `timed`.
    pub mode: String,
    /// Length of a take in `timed` mode, ms.
    pub timed_ms: Option<u32>,
    /// `always`, `on-warning` or `never`.
    pub review: String,
    /// Fixed part before the start key, ms.
    pub pre_roll_ms: u32,
    /// Fixed part after the stop key, ms.
    pub post_roll_ms: u32,
    /// Where the post-roll ends at the latest while speech goes on, ms.
    pub post_roll_max_ms: u32,
    /// Longest take, ms.
    pub max_take_ms: u32,
    /// Hands-free: the silence that ends a reading, ms; `null` where text and speaker decide.
    #[serde(default)]
    pub end_silence_ms: Option<u32>,
    /// Limits of the verdicts: `default`, `tts` or `audiobook`.
    pub profile: String,
    /// The limits themselves; `null` in records of versions that had none.
    #[serde(default)]
    pub thresholds: Option<Thresholds>,
    /// The study's 12 digits, naming `studies/<digits>.toml`; `null` without one.
    #[serde(default)]
    pub study: Option<String>,
    /// Settings, called as their flags, that came from the command line or the configuration file in place of what the
    /// study says or leaves as it is.
    #[serde(default)]
    pub overrides: Vec<String>,
    /// Where it was recorded.
    pub room: Option<String>,
    /// Make and type of the microphone.
    pub microphone: Option<String>,
    /// From mouth to microphone, cm.
    pub distance_cm: Option<f64>,
    /// How the gain was set, as the person in charge put it.
    pub gain: Option<String>,
    /// Who was in charge.
    pub operator: Option<String>,
}

/// The opened source of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionDevice {
    /// Audio system.
    pub host: String,
    /// Id that `--input` takes.
    pub id: String,
    /// For people.
    pub name: String,
    /// Channels the device was opened with.
    pub channels: u16,
    /// Zero-based device channels that are kept, in this order.
    pub channel_map: Vec<u16>,
    /// The device's own sample format.
    pub sample_format: String,
    /// Frames per block asked for.
    pub block_frames: u32,
}

/// The format of a session's WAVs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionAudio {
    /// Nominal rate, Hz.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: u16,
    /// How samples are stored.
    pub encoding: Encoding,
}

/// `speaker.json`: one in each session; the newest counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpeakerRecord {
    /// [`Record::FORMAT`].
    pub format: String,
    /// Speaker id.
    pub speaker: String,
    /// UUID v4, made at the speaker's first session and carried to every other.
    pub speaker_uuid: String,
    /// Answers to what a study asks every speaker once, by question; `null` without any.
    pub form: Option<Map<String, Value>>,
    /// What was agreed to; `null` where no study asked.
    pub consent: Option<ConsentRecord>,
}

/// What a speaker agreed to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsentRecord {
    /// Version that the study gives its consent.
    pub version: String,
    /// SHA-256 of all that was read; its first 12 digits name `consent/<digits>.txt`.
    pub text_sha256: String,
    /// What was agreed to (`true`) or not, by its word, in the order in which it was asked.
    pub scopes: Map<String, Value>,
    /// Who gave it.
    pub giver: Giver,
    /// How.
    pub means: Means,
    /// UTC, RFC 3339 with microseconds: when the answers were confirmed.
    pub given_at: String,
}

impl ConsentRecord {
    /// Whether this scope was agreed to.
    pub fn agrees_to(&self, scope: &str) -> bool {
        self.scopes.get(scope).and_then(Value::as_bool) == Some(true)
    }
}

/// One line of `events.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// [`Record::FORMAT`].
    pub format: String,
    /// UTC, RFC 3339 with microseconds.
    pub at: String,
    /// Past tense, one word or two: `shown`, `key_down`, `skipped`, `deleted`.
    pub event: String,
    /// `recordings/<speaker>/<session>/<stem>` of the take it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take: Option<String>,
    /// Which opening of the source `frame` counts from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<u32>,
    /// The frame at which it happened, from the stream's opening; may lie before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<i64>,
    /// What else is to be known of it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
}

impl Record for CorpusRecord {
    const FORMAT: &'static str = "voicebooth-corpus/1";
}
impl Record for SessionRecord {
    const FORMAT: &'static str = "voicebooth-session/1";
}
impl Record for SpeakerRecord {
    const FORMAT: &'static str = "voicebooth-speaker/1";
}
impl Record for EventRecord {
    const FORMAT: &'static str = "voicebooth-event/1";
}

impl From<&SourceInfo> for SessionDevice {
    fn from(info: &SourceInfo) -> Self {
        Self {
            host: info.host.clone(),
            id: info.id.clone(),
            name: info.name.clone(),
            channels: info.device_channels,
            channel_map: info.channel_map.clone(),
            sample_format: info.sample_format.clone(),
            block_frames: info.block_frames,
        }
    }
}

/// The word for a kind of source in records.
pub fn source_word(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Microphone => "microphone",
        SourceKind::File => "file",
        SourceKind::Demo => "demo",
    }
}

/// A time as records say it: RFC 3339, UTC, microseconds.
pub fn utc(at: Timestamp) -> String {
    format!("{at:.6}")
}

/// Reads a record from its file. Blocks.
///
/// # Errors
/// The file cannot be read, is no JSON, lacks a field, is of another kind, or is newer than this program.
pub fn read<T: Record>(path: &Path) -> Result<T, CorpusError> {
    parse(&fs::read_to_string(path).at("read", path)?, path)
}

/// Reads a record from its text; `path` is for the error.
///
/// # Errors
/// It is no JSON, lacks a field, is of another kind, or is newer than this program.
pub fn parse<T: Record>(text: &str, path: &Path) -> Result<T, CorpusError> {
    // Otherwise all of it would be read twice.
    if tag_in_front(text) != Some(T::FORMAT) {
        check_format(text, T::FORMAT, path)?;
    }
    serde_json::from_str(text).map_err(|error| broken(path, &error))
}

/// The format tag of a record that begins with it, as all do that this program writes.
fn tag_in_front(text: &str) -> Option<&str> {
    let mut rest = text;
    for mark in ["{", "\"format\"", ":", "\""] {
        rest = rest.trim_start().strip_prefix(mark)?;
    }
    rest.split('"').next()
}

/// Checks the format tag of a record of which nothing else is known to be right.
///
/// # Errors
/// It is no JSON object, of another kind, or newer than `known`.
pub fn check_format(text: &str, known: &'static str, path: &Path) -> Result<(), CorpusError> {
    #[derive(Deserialize)]
    struct Tagged {
        format: String,
    }
    let found = serde_json::from_str::<Tagged>(text)
        .map_err(|error| broken(path, &error))?
        .format;
    check_tag(found, known, path)
}

/// Checks a format tag against the one that is known here.
///
/// # Errors
/// It is another's, or newer than `known`.
pub fn check_tag(found: String, known: &'static str, path: &Path) -> Result<(), CorpusError> {
    if found == known {
        return Ok(());
    }
    let path = path.to_owned();
    Err(match (split_tag(&found), split_tag(known)) {
        (Some((name, version)), Some((known_name, known_version)))
            if name == known_name && version > known_version =>
        {
            CorpusError::Newer { path, found, known }
        }
        _ => CorpusError::OtherFormat {
            path,
            expected: known,
            found,
        },
    })
}

fn split_tag(tag: &str) -> Option<(&str, u32)> {
    let (name, version) = tag.rsplit_once('/')?;
    Some((name, version.parse().ok()?))
}

/// What is wrong with a record's JSON, and where.
pub(super) fn broken(path: &Path, error: &serde_json::Error) -> CorpusError {
    CorpusError::Broken {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
        text: error.to_string(),
    }
}

/// A record as its file holds it: indented, a line feed at the end.
#[allow(clippy::expect_used, clippy::missing_panics_doc)] // cannot fail, for the reason below
pub fn to_text(record: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(record)
        .expect("records have text keys and no custom serialisers, so nothing can fail");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> String {
        let read = parse::<CorpusRecord>(text, Path::new("corpus.json"));
        read.unwrap_err().to_string()
    }

    #[test]
    fn a_newer_format_is_refused_and_says_so() {
        let error = error_of(r#"{"format": "voicebooth-corpus/2", "new": true}"#);
        assert!(
            error.contains("newer voicebooth (voicebooth-corpus/2"),
            "{error}"
        );
    }

    #[test]
    fn a_tag_counts_wherever_it_stands() {
        for text in [
            r#"{"format": "voicebooth-corpus/1", "study": null}"#,
            r#" { "study" : null, "format" : "voicebooth-corpus/1" }"#,
            r#"{"format": "voicebooth\u002dcorpus/1", "study": null}"#,
        ] {
            let read = parse::<CorpusRecord>(text, Path::new("corpus.json"));
            assert!(read.is_ok(), "{text}: {read:?}");
        }
        let error = error_of(r#"{"study": null, "format": "voicebooth-corpus/2"}"#);
        assert!(error.contains("newer voicebooth"), "{error}");
        assert!(error_of("{\"format\": \"voicebooth-corpus/1\"").starts_with("corpus.json:1:"));
    }

    #[test]
    fn another_kind_of_record_is_refused() {
        let error = error_of(r#"{"format": "voicebooth-take/1"}"#);
        assert!(
            error.contains("should be a voicebooth-corpus/1 record"),
            "{error}"
        );
    }

    #[test]
    fn a_broken_record_is_named_with_line_and_column() {
        let error = error_of("{\n  \"format\": oops }");
        assert!(error.starts_with("corpus.json:2:"), "{error}");
        let error = error_of(r#"{"format": "voicebooth-corpus/1", "study": 7}"#);
        assert!(error.starts_with("corpus.json:1:"), "{error}");
    }

    #[test]
    fn times_carry_microseconds_always() {
        let at: Timestamp = "2026-11-22T10:15:09.5Z".parse().unwrap();
        assert_eq!(utc(at), "2026-11-22T10:15:09.500000Z");
    }
}
