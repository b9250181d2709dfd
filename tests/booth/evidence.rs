//! What a finished corpus must show beyond what `check` asks of every folder: sizes inside the WAVs, hashes of the lists,
//! events that agree with the takes, and a voice.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use voicebooth::corpus::names::sha256_hex;
use voicebooth::corpus::records::{self, EventRecord, SessionRecord, SpeakerRecord};
use voicebooth::corpus::sidecar::{Encoding, Sidecar, Status};
use voicebooth::corpus::{layout, scan};
use voicebooth::units::dbfs;

use crate::check;
use crate::sitting::SPEAKER;

/// A corpus of which nothing is being recorded, every file of it checked.
pub struct Corpus {
    folder: PathBuf,
    /// In the order in which they were made.
    pub takes: Vec<Sidecar>,
    /// Oldest first.
    pub sessions: Vec<SessionRecord>,
}

impl Corpus {
    pub fn read(folder: &Path) -> Self {
        let mut takes = check::corpus(folder);
        takes.sort_by_key(|take| time(&take.started_at));
        let sessions = scan::sessions_in(&layout::speaker_folder(folder, SPEAKER)).unwrap();
        let corpus = Self {
            folder: folder.to_owned(),
            takes,
            sessions: sessions.into_iter().map(|s| s.record).collect(),
        };
        corpus.check_lists();
        corpus.check_speaker();
        corpus.takes.iter().for_each(|take| corpus.check_take(take));
        for session in &corpus.sessions {
            corpus.check_events(session);
        }
        corpus
    }

    /// Prompt, number and status of every take, in the order of the items.
    pub fn outline(&self) -> Vec<(&str, u32, Status)> {
        let mut takes: Vec<&Sidecar> = self.takes.iter().collect();
        takes.sort_by_key(|take| (take.pass, take.position, take.take));
        takes
            .iter()
            .map(|t| (t.prompt.text.as_str(), t.take, t.status))
            .collect()
    }

    /// The take of a prompt by its number.
    pub fn take(&self, prompt: &str, number: u32) -> &Sidecar {
        let found = |t: &&Sidecar| t.prompt.text == prompt && t.take == number;
        self.takes.iter().find(found).expect("such a take")
    }

    pub fn session_folder(&self, session: &str) -> PathBuf {
        layout::speaker_folder(&self.folder, SPEAKER).join(session)
    }

    fn wav(&self, take: &Sidecar) -> PathBuf {
        let audio = take.audio.as_ref().expect("a take with audio");
        self.session_folder(&take.session).join(&audio.file)
    }

    /// The samples of a take of one channel, full scale at 1.
    pub fn samples(&self, take: &Sidecar) -> Vec<f64> {
        let mut wav = hound::WavReader::open(self.wav(take)).unwrap();
        let full_scale = 2_f64.powi(i32::from(wav.spec().bits_per_sample) - 1);
        wav.samples::<i32>()
            .map(|sample| f64::from(sample.unwrap()) / full_scale)
            .collect()
    }

    pub fn events(&self, session: &str) -> Vec<EventRecord> {
        let path = layout::events_file(&self.session_folder(session));
        let text = fs::read_to_string(&path).unwrap();
        let event = |line: &str| records::parse(line, &path).unwrap();
        text.lines().map(event).collect()
    }

    /// Each stored list has the hash that names it, and every session's list is stored.
    fn check_lists(&self) {
        for name in check::names(&self.folder.join("prompts")) {
            let text = fs::read(self.folder.join("prompts").join(&name)).unwrap();
            assert_eq!(name, format!("{}.jsonl", &sha256_hex(&text)[..12]));
        }
        for session in &self.sessions {
            assert!(layout::list_file(&self.folder, &session.list_sha256).exists());
        }
    }

    /// One person, whatever the session.
    fn check_speaker(&self) {
        for session in &self.sessions {
            let path = layout::speaker_file(&self.session_folder(&session.session));
            let speaker: SpeakerRecord = records::read(&path).unwrap();
            assert_eq!(speaker.speaker, SPEAKER);
            assert_eq!(speaker.speaker_uuid, self.sessions[0].speaker_uuid);
            assert_eq!(session.speaker_uuid, speaker.speaker_uuid);
        }
    }

    fn check_take(&self, take: &Sidecar) {
        let session = self.sessions.iter().find(|s| s.session == take.session);
        let session = session.expect("a take belongs to a session");
        assert_eq!(take.speaker, SPEAKER);
        assert_eq!(take.source, session.source);
        assert_eq!(take.prompt.list_sha256, session.list_sha256);
        assert_eq!(take.pass, session.setup.pass);
        let of_check = take.prompt.id.starts_with("check-");
        assert_eq!(take.role, if of_check { "check" } else { "item" });
        for (index, change) in take.history.iter().enumerate() {
            assert_eq!(change.revision as usize, index + 2);
        }
        if let Some(id) = &take.supersedes {
            let older = self.takes.iter().find(|t| t.id == *id).expect("it exists");
            assert_eq!(older.prompt.id, take.prompt.id);
            assert!(older.take < take.take);
        }
        let Some(audio) = &take.audio else { return };
        let bytes_a_sample = match audio.encoding {
            Encoding::PcmS16le => 2,
            Encoding::PcmS24le => 3,
            Encoding::PcmF32le => 4,
        };
        let bytes = audio.frames * u64::from(audio.channels) * bytes_a_sample;
        check_riff(&self.wav(take), bytes as usize);
        let timing = take.timing.as_ref().unwrap();
        let down = timing.key_down_frame.or(timing.trigger_start_frame);
        let down = down.expect("every take says what began it");
        let frames = audio.frames as i64;
        assert_eq!(down.min(frames), timing.pre_roll_frames as i64);
        // A check begins by itself, as it is shown.
        assert!(timing.shown_frame.expect("when it was shown") <= down);
        if let Some(up) = timing.key_up_frame.or(timing.trigger_end_frame) {
            assert_eq!(frames - up, timing.post_roll_frames as i64);
            assert!(down < up);
        }
        if let Some(integrity) = &take.integrity {
            assert_eq!(integrity.gaps, []);
            assert_eq!((integrity.overruns, integrity.xruns), (0, 0));
        }
    }

    /// The keys of the events are those of the takes, and what was shown before the key is what the take says.
    fn check_events(&self, session: &SessionRecord) {
        let mut shown = None;
        for event in self.events(&session.session) {
            if event.event == "shown" {
                shown = Some(event.data["prompt"].as_str().unwrap().to_owned());
            }
            let Some(take) = &event.take else { continue };
            let stem = take.rsplit('/').next().unwrap();
            let path = self.session_folder(&session.session);
            let sidecar = path.join(format!("{stem}.json"));
            if !sidecar.exists() {
                continue; // deleted
            }
            let take: Sidecar = records::read(&sidecar).unwrap();
            let Some(timing) = &take.timing else { continue };
            let frame = event.frame.map(|frame| frame - timing.first_frame as i64);
            match event.event.as_str() {
                "key_down" => {
                    assert_eq!(shown.as_ref(), Some(&take.prompt.id), "{stem}");
                    assert_eq!(timing.key_down_frame, frame, "{stem}");
                }
                "key_up" => assert_eq!(timing.key_up_frame, frame, "{stem}"),
                _ => {}
            }
        }
    }

    /// The instants of a take's frames.
    pub fn at_frame(take: &Sidecar, frame: i64) -> Timestamp {
        let audio = take.audio.as_ref().unwrap();
        let seconds = frame as f64 / f64::from(audio.sample_rate_hz);
        time(&take.started_at) + SignedDuration::from_secs_f64(seconds)
    }

    /// Fails unless somebody speaks in a take, from its start key on: far above the room.
    pub fn assert_spoken(&self, take: &Sidecar) {
        let samples = self.samples(take);
        let key = take.timing.as_ref().unwrap().key_down_frame.unwrap() as usize;
        let (_, loudest) = levels_dbfs(&samples[key..]);
        let (quietest, _) = levels_dbfs(&samples);
        assert!(
            loudest > quietest + 20.0,
            "{}: {loudest:.1} dBFS over a room of {quietest:.1} dBFS",
            take.prompt.text
        );
    }
}

/// The quietest and the loudest twentieth of a second at 48 kHz, RMS in dBFS.
fn levels_dbfs(samples: &[f64]) -> (f64, f64) {
    let rms = |window: &[f64]| {
        let power: f64 = window.iter().map(|x| x * x).sum();
        dbfs((power / window.len() as f64).sqrt())
    };
    let levels = samples.chunks_exact(2400).map(rms);
    levels.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), level| {
        (low.min(level), high.max(level))
    })
}

/// The sizes that a WAV states are those that it has: that of the whole, and that of its samples.
fn check_riff(path: &Path, samples_bytes: usize) {
    let bytes = fs::read(path).unwrap();
    let size = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WAVE"[..]));
    assert_eq!(size(4), bytes.len() - 8, "{}", path.display());
    let mut at = 12;
    while &bytes[at..at + 4] != b"data" {
        at += 8 + size(at + 4);
    }
    assert_eq!(size(at + 4), bytes.len() - at - 8, "{}", path.display());
    assert_eq!(size(at + 4), samples_bytes, "{}", path.display());
}

/// An instant as records say it.
pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Fails unless `at` lies within `bounds`. A frame's instant is known to some milliseconds.
pub fn assert_within(at: Timestamp, bounds: &Range<Timestamp>, what: &str) {
    let margin = SignedDuration::from_millis(20);
    let wide = bounds.start - margin..bounds.end + margin;
    assert!(wide.contains(&at), "{what} at {at}, not in {bounds:?}");
}
