//! Corpora to be exported, made by the writer that records them, and the facts that an export of them must tell.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use voicebooth::audio::SourceKind;
use voicebooth::corpus::draft::Closing;
use voicebooth::corpus::layout::TakePaths;
use voicebooth::corpus::marks::Mark;
use voicebooth::corpus::names::stem;
use voicebooth::corpus::records;
use voicebooth::corpus::sidecar::{
    DecidedBy, Encoding, Integrity, PromptRecord, Sidecar, Status, Timing,
};
use voicebooth::corpus::start::{NewSession, Said, claim_speaker, start_session};
use voicebooth::prompts::Prompt;
use voicebooth::recorder::messages::{Rolls, TakeDraft, TakeHead, TakeRef, ToWriter};
use voicebooth::recorder::writer::{Now, Writer};
use voicebooth::units::Moment;

use crate::booth;

/// Where the speech is in a take, unless its line says otherwise.
const SPEECH: std::ops::Range<i64> = 3000..11_000;
/// Length of a take.
const FRAMES: usize = 14_400;

/// Texts that break tables, markups and languages that are not made for them, by prompt id.
pub const NASTY: [(&str, &str); 15] = [
    ("quotes", r#"She said "no", and 'yes'"#),
    ("pipe", "a|b"),
    ("tab", "left\tright"),
    ("nbsp", "10\u{A0}km"),
    ("cjk", "你好，世界"),
    ("rtl", "שלום \"עולם\""),
    ("apostrophe", "'tis so"),
    ("number", "5"),
    ("marks", "<s> not a word </s>"),
    ("hash", "#0"),
    ("blanks", " two  blanks  "),
    ("emoji", "thumbs 👍🏽 up"),
    ("backslash", r"C:\new\_1"),
    ("comma", "one, two;  three"),
    ("tag", "a <b> & c"),
];

/// Speakers whose ids sort differently by letters, by bytes and with a joint behind them; with their `sex`.
pub const SPEAKERS: [(&str, &str); 3] = [("a", "f"), ("a-b", "male"), ("a_b", "F")];

/// A take that is to be in a corpus.
#[derive(Clone, Debug)]
pub struct Line {
    /// What is read.
    pub prompt: PromptRecord,
    /// Attempt.
    pub take: u32,
    /// The take it replaces, by name.
    pub supersedes: Option<TakeRef>,
    /// `item`, `practice` or `check`.
    pub role: &'static str,
    /// `Skipped` has no audio.
    pub status: Status,
    /// What was really said, and whether the label was confirmed.
    pub transcript: Option<(&'static str, Option<bool>)>,
    /// Mono, 16 kHz.
    pub samples: Vec<f32>,
    /// Frames of the speech.
    pub speech: std::ops::Range<i64>,
}

/// A take that must be in an export; what its loader is told, as JSON: `take_id`, `name` (within the corpus), `wav` (the
/// source, absolute), `speaker`, `session`, `gender` (`f`, `m` or null), `prompt` (id), `text` (what was said), `label`,
/// `language`, `sample_rate_hz`, `channels`, `frames`, `speech` (first frame and the one after the last), `split`.
pub type Recorded = Value;

impl Line {
    /// A take of a text without a label.
    pub fn text(id: &str, text: &str) -> Self {
        let prompt = PromptRecord {
            id: id.into(),
            text: text.into(),
            language: Some("en".into()),
            list_sha256: "0123456789ab".into(),
            ..PromptRecord::default()
        };
        Self {
            // Every take sounds different.
            samples: booth::ramp(text.len() * 31 + id.len(), FRAMES),
            prompt,
            take: 1,
            supersedes: None,
            role: "item",
            status: Status::Accepted,
            transcript: None,
            speech: SPEECH,
        }
    }

    /// A take of a word that is its own label.
    pub fn word(word: &str) -> Self {
        let mut line = Self::text(word, word);
        line.prompt.label = Some(word.into());
        line
    }
}

/// A session of one speaker.
pub struct Sitting {
    corpus: PathBuf,
    speaker: String,
    sex: String,
    session: String,
    source: voicebooth::audio::SourceInfo,
    writer: Writer,
    now: Now,
    expected: Vec<Recorded>,
}

impl Sitting {
    /// The next session of `speaker`.
    pub fn begin(corpus: &Path, speaker: &str, sex: &str, kind: SourceKind) -> Self {
        let mut source = booth::source(1);
        source.kind = kind;
        let mut said = Said::default();
        said.speaker_form.insert("sex".into(), json!(sex));
        let prompts = NASTY.map(|(id, text)| Prompt {
            id: id.into(),
            text: text.into(),
            repeat: 1,
            ..Prompt::default()
        });
        let lines = prompts.map(|p| serde_json::to_string(&p).unwrap() + "\n");
        let new = NewSession {
            setup: booth::setup(),
            source: &source,
            encoding: Encoding::PcmS16le,
            list_jsonl: &lines.concat(),
            said,
        };
        let session = start_session(claim_speaker(corpus, speaker).unwrap(), new).unwrap();
        Self {
            corpus: corpus.to_owned(),
            speaker: speaker.into(),
            sex: sex.into(),
            session: session.record.session.clone(),
            writer: Writer::new(session, Box::new(|_| {})),
            source,
            now: Now {
                moment: Moment::from_nanos(1_000_000_000_000),
                utc: jiff::Timestamp::now(),
            },
            expected: Vec::new(),
        }
    }

    fn send(&mut self, message: ToWriter) {
        self.now.utc += jiff::SignedDuration::from_secs(1);
        self.writer.step(Some(message), self.now);
    }

    /// Records a take. It is expected in an export where [`Self::expect`] says so.
    pub fn record(&mut self, line: Line) -> TakeRef {
        let stem = stem(&line.prompt.id, 1, line.take);
        let take_ref = TakeRef::new(&self.speaker, &self.session, &stem);
        let draft = Box::new(TakeDraft {
            take_ref: take_ref.clone(),
            prompt: line.prompt,
            repeat: 1,
            pass: 1,
            position: 1,
            role: line.role,
            take: line.take,
            supersedes: line.supersedes.clone(),
            shown_at: None,
            rolls: Rolls::default(),
        });
        if line.status == Status::Skipped {
            let reason = "wrong_text";
            self.send(ToWriter::Skip { draft, reason });
            return take_ref;
        }
        let head = TakeHead {
            timing: booth::known_timing(),
            started_at: self.now.utc,
            format: self.source.format,
            source: self.source.clone().into(),
        };
        self.send(ToWriter::Begin { draft, head });
        self.send(booth::append(&take_ref, &line.samples));
        let closing = Box::new(Closing {
            timing: Timing {
                key_up_frame: Some(line.speech.end),
                speech_start_frame: Some(line.speech.start),
                speech_end_frame: Some(line.speech.end),
                ..booth::known_timing()
            },
            integrity: Integrity::default(),
            quality: booth::quality(),
            status: line.status,
            decided_by: DecidedBy::Auto,
            reasons: Vec::new(),
        });
        self.send(ToWriter::Finish {
            take_ref: take_ref.clone(),
            closing,
        });
        if let Some(old) = line.supersedes {
            self.send(ToWriter::Decide {
                take_ref: old,
                status: Status::Superseded,
                by: DecidedBy::Speaker,
                reasons: vec!["misread".into()],
            });
        }
        if let Some((text, label_confirmed)) = line.transcript {
            self.send(ToWriter::Annotate {
                take_ref: take_ref.clone(),
                mark: Mark::Transcript {
                    text: Some(text.into()),
                    label_confirmed,
                },
                by: DecidedBy::Operator,
            });
        }
        take_ref
    }

    /// Records a take that an export must have.
    pub fn expect(&mut self, line: Line) -> TakeRef {
        let said = line.transcript.map(|(text, _)| text.to_owned());
        let text = said.unwrap_or_else(|| line.prompt.text.clone());
        let (label, language) = (line.prompt.label.clone(), line.prompt.language.clone());
        let (prompt, frames, speech) = (
            line.prompt.id.clone(),
            line.samples.len(),
            line.speech.clone(),
        );
        let take_ref = self.record(line);
        let paths = TakePaths::new(&self.corpus, &take_ref);
        let sidecar: Sidecar = records::read(&paths.json()).unwrap();
        let gender = match self.sex.to_lowercase().as_str() {
            "f" => Some("f"),
            "m" | "male" => Some("m"),
            _ => None,
        };
        self.expected.push(json!({
            "take_id": sidecar.id,
            "name": take_ref.0.to_string(),
            "wav": paths.wav(),
            "speaker": self.speaker,
            "session": self.session,
            "gender": gender,
            "prompt": prompt,
            "text": text,
            "label": label,
            "language": language,
            "sample_rate_hz": booth::RATE_HZ,
            "channels": 1,
            "frames": frames,
            "speech": [speech.start, speech.end],
        }));
        take_ref
    }

    /// Ends the session. What an export must have of it.
    pub fn end(mut self) -> Vec<Recorded> {
        self.send(ToWriter::Shutdown);
        self.expected
    }
}

/// Whatever never goes into an export: a superseded take, a rejected one, one that nobody decided on, a skipped item,
/// practice, and the demo speaker's session.
fn what_stays_behind(corpus: &Path, sitting: &mut Sitting) -> TakeRef {
    let mut with = |take: u32, role: &'static str, status: Status| {
        let mut line = Line::text("stays-behind", "This stays behind");
        (line.take, line.role, line.status) = (take, role, status);
        sitting.record(line)
    };
    with(1, "practice", Status::Accepted);
    with(2, "item", Status::Rejected);
    with(3, "item", Status::Unreviewed);
    with(4, "item", Status::Skipped);
    let mut demo = Sitting::begin(corpus, "demo", "f", SourceKind::Demo);
    demo.record(Line::text("quotes", "A machine said this"));
    demo.end();
    sitting.record(Line::word("redone"))
}

/// The speaker comes once more and reads a word again, which supersedes the first reading.
fn come_again(corpus: &Path, (speaker, sex): (&str, &str), old: TakeRef) -> Vec<Recorded> {
    let mut again = Sitting::begin(corpus, speaker, sex, SourceKind::Microphone);
    let mut redone = Line::word("redone");
    (redone.take, redone.supersedes) = (2, Some(old));
    redone.samples = booth::ramp(77, FRAMES);
    again.expect(redone);
    again.end()
}

/// A corpus of these lines, read by each of [`SPEAKERS`]; the first of them came twice.
fn of(corpus: &Path, lines: &[Line]) -> Vec<Recorded> {
    let mut expected = Vec::new();
    for (index, speaker) in SPEAKERS.into_iter().enumerate() {
        let mut sitting = Sitting::begin(corpus, speaker.0, speaker.1, SourceKind::Microphone);
        for line in lines {
            sitting.expect(line.clone());
        }
        let old = (index == 0).then(|| what_stays_behind(corpus, &mut sitting));
        expected.extend(sitting.end());
        expected.extend(
            old.into_iter()
                .flat_map(|old| come_again(corpus, speaker, old)),
        );
    }
    expected
}

/// A corpus of [`NASTY`] texts without labels, and of one whose transcript says something else.
pub fn nasty(corpus: &Path) -> Vec<Recorded> {
    let mut lines: Vec<Line> = NASTY
        .iter()
        .map(|(id, text)| Line::text(id, text))
        .collect();
    let mut misread = Line::text("misread", "What was to be said");
    misread.transcript = Some(("What was said", None));
    lines.push(misread);
    of(corpus, &lines)
}

/// A corpus of words that are their own labels, one of them with another transcript and a confirmed label.
pub fn words(corpus: &Path) -> Vec<Recorded> {
    let mut said = Line::word("zero");
    said.transcript = Some(("oh", Some(true)));
    of(corpus, &[Line::word("yes"), Line::word("no"), said])
}
