//! A booth without a microphone: a session whose writer is stepped by hand, with a clock that is cranked by hand.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use voicebooth::audio::{SourceInfo, SourceKind, StreamFormat};
use voicebooth::corpus::draft::Closing;
use voicebooth::corpus::names::{sha256_hex, stem};
use voicebooth::corpus::records::SessionSetup;
use voicebooth::corpus::sidecar::{
    DecidedBy, Encoding, Integrity, PromptRecord, Quality, Sidecar, Status, Timing, Verdict,
};
use voicebooth::corpus::start::{NewSession, OpenSession, Said, claim_speaker, start_session};
use voicebooth::corpus::{layout, records};
use voicebooth::prompts::Prompt;
use voicebooth::recorder::messages::{FromWriter, Rolls, TakeDraft, TakeHead, TakeRef, ToWriter};
use voicebooth::recorder::writer::{Now, Step, Writer};
use voicebooth::signal::thresholds::Thresholds;
use voicebooth::units::Moment;

pub const RATE_HZ: u32 = 16_000;
pub const SPEAKER: &str = "s7k3q";

pub fn source(channels: u16) -> SourceInfo {
    SourceInfo {
        kind: SourceKind::Microphone,
        host: "alsa".into(),
        id: "alsa:default".into(),
        name: "Microphone".into(),
        format: StreamFormat {
            sample_rate_hz: RATE_HZ,
            channels,
        },
        device_channels: channels,
        channel_map: (0..channels).collect(),
        sample_format: "i16".into(),
        block_frames: 160,
    }
}

pub fn setup() -> SessionSetup {
    SessionSetup {
        list_name: "digits-en.txt".into(),
        pass: 1,
        order: "shuffled".into(),
        seed: Some(42),
        repeat: 1,
        mode: "keys".into(),
        review: "on-warning".into(),
        pre_roll_ms: 300,
        post_roll_ms: 300,
        post_roll_max_ms: 1000,
        max_take_ms: 60_000,
        end_silence_ms: None,
        profile: "default".into(),
        thresholds: Some(Thresholds::DEFAULT),
        study: None,
        overrides: Vec::new(),
        distance_cm: Some(25.5),
        operator: Some("R. Ä.".into()),
        ..SessionSetup::default()
    }
}

pub fn list() -> String {
    let prompts = ["zero", "one"].map(|id| Prompt {
        id: id.into(),
        text: format!("say {id}"),
        label: Some(id.into()),
        language: Some("en".into()),
        repeat: 1,
        ..Prompt::default()
    });
    prompts
        .map(|p| serde_json::to_string(&p).unwrap() + "\n")
        .concat()
}

/// Starts a session of [`SPEAKER`].
pub fn open(corpus: &Path, channels: u16, encoding: Encoding) -> OpenSession {
    open_for(corpus, SPEAKER, channels, encoding)
}

fn open_for(corpus: &Path, speaker: &str, channels: u16, encoding: Encoding) -> OpenSession {
    let claim = claim_speaker(corpus, speaker).unwrap();
    let new = NewSession {
        setup: setup(),
        source: &source(channels),
        encoding,
        list_jsonl: &list(),
        said: Said::default(),
    };
    start_session(claim, new).unwrap()
}

pub struct Booth {
    pub corpus: PathBuf,
    pub folder: PathBuf,
    pub session: String,
    speaker: String,
    writer: Writer,
    told: Arc<Mutex<Vec<FromWriter>>>,
    now: Now,
    channels: u16,
}

impl Booth {
    /// One channel, 16 bit.
    pub fn open(corpus: &Path) -> Self {
        Self::open_with(corpus, 1, Encoding::PcmS16le)
    }

    /// The same, of another speaker.
    pub fn open_for(corpus: &Path, speaker: &str) -> Self {
        Self::of(open_for(corpus, speaker, 1, Encoding::PcmS16le), 1)
    }

    pub fn open_with(corpus: &Path, channels: u16, encoding: Encoding) -> Self {
        Self::of(open(corpus, channels, encoding), channels)
    }

    fn of(session: OpenSession, channels: u16) -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = told.clone();
        Self {
            corpus: session.corpus.clone(),
            speaker: session.record.speaker.clone(),
            folder: session.folder.clone(),
            session: session.record.session.clone(),
            writer: Writer::new(session, Box::new(move |m| heard.lock().unwrap().push(m))),
            told,
            now: Now {
                moment: Moment::from_nanos(1_000_000_000_000),
                utc: "2026-11-22T10:15:10Z".parse().unwrap(),
            },
            channels,
        }
    }

    pub fn now(&self) -> Now {
        self.now
    }

    pub fn send(&mut self, message: ToWriter) -> Step {
        self.writer.step(Some(message), self.now)
    }

    /// Lets time pass.
    pub fn wait(&mut self, span: Duration) -> Step {
        self.now.moment = self.now.moment + span;
        self.now.utc += SignedDuration::try_from(span).unwrap();
        self.writer.step(None, self.now)
    }

    /// What the session was told since the last call, but for free space.
    pub fn told(&self) -> Vec<FromWriter> {
        let mut told = std::mem::take(&mut *self.told.lock().unwrap());
        told.retain(|message| !matches!(message, FromWriter::Space { .. }));
        told
    }

    /// Everything that the session was told since the last call.
    pub fn told_with_space(&self) -> Vec<FromWriter> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    pub fn take_ref(&self, prompt: &str, take: u32) -> TakeRef {
        TakeRef::new(&self.speaker, &self.session, &stem(prompt, 1, take))
    }

    pub fn draft(&self, prompt: &str, take: u32) -> Box<TakeDraft> {
        Box::new(TakeDraft {
            take_ref: self.take_ref(prompt, take),
            prompt: PromptRecord {
                id: prompt.into(),
                text: format!("say {prompt}"),
                label: Some(prompt.into()),
                language: Some("en".into()),
                list_sha256: sha256_hex(list().as_bytes())[..12].into(),
                ..PromptRecord::default()
            },
            repeat: 1,
            pass: 1,
            position: 1,
            role: "item",
            take,
            supersedes: None,
            shown_at: None,
            rolls: Rolls::default(),
        })
    }

    pub fn head(&self) -> TakeHead {
        TakeHead {
            timing: known_timing(),
            started_at: self.now.utc,
            format: source(self.channels).format,
            source: source(self.channels).into(),
        }
    }

    pub fn begin(&mut self, prompt: &str, take: u32) -> TakeRef {
        let draft = self.draft(prompt, take);
        let take_ref = draft.take_ref.clone();
        let head = self.head();
        self.send(ToWriter::Begin { draft, head });
        take_ref
    }

    pub fn append(&mut self, take_ref: &TakeRef, samples: &[f32]) -> Step {
        self.send(append(take_ref, samples))
    }

    pub fn finish(&mut self, take_ref: &TakeRef) -> Step {
        self.send(finish(take_ref, Status::Accepted))
    }

    /// A take from its beginning to its commit.
    pub fn record(&mut self, prompt: &str, take: u32, samples: &[f32]) -> TakeRef {
        let take_ref = self.begin(prompt, take);
        self.append(&take_ref, samples);
        self.finish(&take_ref);
        take_ref
    }

    pub fn sidecar(&self, take_ref: &TakeRef) -> Sidecar {
        let paths = layout::TakePaths::new(&self.corpus, take_ref);
        records::read(&paths.json()).unwrap()
    }

    pub fn shut_down(mut self) -> Vec<FromWriter> {
        assert!(self.send(ToWriter::Shutdown).ended);
        self.told()
    }
}

pub fn append(take_ref: &TakeRef, samples: &[f32]) -> ToWriter {
    ToWriter::Append {
        take_ref: take_ref.clone(),
        samples: samples.to_vec(),
    }
}

pub fn finish(take_ref: &TakeRef, status: Status) -> ToWriter {
    let timing = Timing {
        key_up_frame: Some(20),
        ..known_timing()
    };
    ToWriter::Finish {
        take_ref: take_ref.clone(),
        closing: Box::new(Closing {
            timing,
            integrity: Integrity::default(),
            quality: quality(),
            status,
            decided_by: DecidedBy::Auto,
            reasons: Vec::new(),
        }),
    }
}

/// What is known of a take's timing when it begins.
pub fn known_timing() -> Timing {
    Timing {
        stream: 1,
        first_frame: 1000,
        shown_frame: Some(-16_000),
        key_down_frame: Some(10),
        pre_roll_frames: 10,
        measured_sample_rate_hz: Some(15_999.87),
        clock_error_ms: Some(0.05),
        ..Timing::default()
    }
}

pub fn quality() -> Quality {
    Quality {
        verdict: Verdict::Fine,
        warnings: Vec::new(),
        peak_dbfs: -9.1,
        speech_peak_dbfs: Some(-9.1),
        rms_dbfs: -24.3,
        noise_floor_dbfs: Some(-58.0),
        snr_db: None,
        clipped_samples: 0,
        dc_offset: 0.000_012,
        hum_dbfs: None,
        bandwidth_hz: None,
    }
}

/// Samples that say which frame they are, exact in 16 bit.
pub fn ramp(first_frame: usize, frames: usize) -> Vec<f32> {
    (first_frame..first_frame + frames).map(step_at).collect()
}

fn step_at(frame: usize) -> f32 {
    f32::from(((frame * 7919) % 65_536) as u16 as i16) / 32_768.0
}

/// Whether the WAV holds exactly the first `frames` of the ramp.
pub fn holds_ramp(wav: &Path, frames: usize) -> bool {
    let mut wav = hound::WavReader::open(wav).unwrap();
    let samples: Vec<f32> = wav
        .samples::<i16>()
        .map(|sample| f32::from(sample.unwrap()) / 32_768.0)
        .collect();
    samples == ramp(0, frames)
}

pub fn saved(take_ref: &TakeRef, status: Status) -> FromWriter {
    FromWriter::Saved {
        take_ref: take_ref.clone(),
        status,
    }
}
