//! Takes to be exported, and what was made of them.

use std::f64::consts::TAU;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use voicebooth::corpus::names::sha256_hex;
use voicebooth::corpus::sidecar::{AudioRecord, Encoding, Sidecar};
use voicebooth::corpus::wav::{WavFormat, encode};
use voicebooth::export::utterance::SpeakerFacts;
use voicebooth::export::{Planned, Rendered, Shape, Utterance, render};

/// A folder with recorded takes and one for what is exported.
pub struct Booth {
    folder: tempfile::TempDir,
}

/// Rate, channels and encoding.
#[derive(Clone, Copy, Debug)]
pub struct Kind(pub u32, pub u16, pub Encoding);

impl Booth {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("corpus")).unwrap();
        Self { folder }
    }

    pub fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// Records `samples` (interleaved, 1.0 full scale).
    pub fn take(
        &self,
        name: &str,
        kind: Kind,
        samples: &[f64],
        speech: Option<Range<u64>>,
    ) -> Utterance {
        let Kind(sample_rate_hz, channels, encoding) = kind;
        let format = WavFormat {
            sample_rate_hz,
            channels,
            encoding,
        };
        let frames = samples.len() as u64 / u64::from(channels);
        let mut bytes = format.closed_header(frames).unwrap();
        let samples: Vec<f32> = samples.iter().map(|s| *s as f32).collect();
        encode(&samples, encoding, &mut bytes);
        bytes.resize(format.closed_bytes(frames) as usize, 0);
        let wav = self
            .folder
            .path()
            .join("corpus")
            .join(format!("{name}.wav"));
        fs::write(&wav, &bytes).unwrap();
        Utterance {
            take_id: name.to_owned(),
            name: name.to_owned(),
            wav,
            speaker: Arc::new(SpeakerFacts::default()),
            session: "sitting".to_owned(),
            text: name.to_owned(),
            label: None,
            label_is_doubtful: false,
            language: None,
            speech,
            audio: AudioRecord {
                file: format!("{name}.wav"),
                sample_rate_hz,
                channels,
                encoding,
                frames,
                sha256: sha256_hex(&bytes),
            },
            split: None,
            sidecar: Arc::new(sidecar(name)),
        }
    }

    /// The audio of one utterance.
    pub fn export(&self, utterance: &Utterance, shape: &Shape) -> (Rendered, Audio) {
        self.export_louder(utterance, shape, 0.0)
    }

    pub fn export_louder(
        &self,
        utterance: &Utterance,
        shape: &Shape,
        gain_db: f64,
    ) -> (Rendered, Audio) {
        let rendered =
            render::render(utterance, &planned(utterance), shape, gain_db, &self.out()).unwrap();
        let path = self.out().join(&rendered.file);
        let bytes = fs::read(&path).unwrap();
        assert_eq!(rendered.bytes, bytes.len() as u64);
        assert_eq!(rendered.sha256, sha256_hex(&bytes));
        let audio = Audio::read(&path);
        assert_eq!(rendered.frames, audio.frames());
        assert_eq!(rendered.sample_rate_hz, audio.rate_hz);
        assert_eq!(usize::from(rendered.channels), audio.channels);
        assert_eq!(u32::from(rendered.bits), audio.bits);
        (rendered, audio)
    }

    /// Files that are there, without folders.
    pub fn files(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.out().join("audio")) else {
            return Vec::new();
        };
        entries
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    }
}

pub fn planned(utterance: &Utterance) -> Planned {
    Planned {
        id: utterance.take_id.clone(),
        stem: format!("audio/{}", utterance.take_id),
    }
}

fn sidecar(id: &str) -> Sidecar {
    serde_json::from_value(json!({
        "format": "voicebooth-take/1", "id": id, "revision": 1, "history": [], "source": "microphone",
        "prompt": { "id": id, "text": id, "list_sha256": "" },
        "repeat": 1, "pass": 1, "position": 1, "role": "item", "take": 1, "supersedes": null,
        "status": "accepted", "decided_by": "auto", "reasons": [], "transcript": null, "note": null,
        "speaker": "s1", "session": "sitting", "started_at": "2026-11-22T10:15:09.482113Z", "audio": null,
        "timing": null, "integrity": null, "quality": null, "device": null,
        "software": { "name": "voicebooth", "version": "0" }
    }))
    .unwrap()
}

/// An audio file that was read with somebody else's reader.
#[derive(Clone, Debug, PartialEq)]
pub struct Audio {
    pub rate_hz: u32,
    pub channels: usize,
    pub bits: u32,
    /// Interleaved; steps of an integer file, 1.0 full scale of a float one.
    pub values: Vec<f64>,
}

impl Audio {
    pub fn read(path: &Path) -> Self {
        if path.extension().is_some_and(|e| e == "flac") {
            let mut flac = claxon::FlacReader::open(path).unwrap();
            let info = flac.streaminfo();
            let values: Vec<f64> = flac.samples().map(|s| f64::from(s.unwrap())).collect();
            let frames = values.len() as u64 / u64::from(info.channels);
            // None stands for an empty stream, or one of unknown length.
            assert_eq!(info.samples.unwrap_or(0), frames);
            return Self {
                rate_hz: info.sample_rate,
                channels: info.channels as usize,
                bits: info.bits_per_sample,
                values,
            };
        }
        let mut wav = hound::WavReader::open(path).unwrap();
        let spec = wav.spec();
        let values = match spec.sample_format {
            hound::SampleFormat::Int => wav
                .samples::<i32>()
                .map(|s| f64::from(s.unwrap()))
                .collect(),
            hound::SampleFormat::Float => wav
                .samples::<f32>()
                .map(|s| f64::from(s.unwrap()))
                .collect(),
        };
        Self {
            rate_hz: spec.sample_rate,
            channels: spec.channels.into(),
            bits: spec.bits_per_sample.into(),
            values,
        }
    }

    pub fn frames(&self) -> u64 {
        (self.values.len() / self.channels) as u64
    }

    pub fn channel(&self, channel: usize) -> Vec<f64> {
        let frames = self.values.chunks_exact(self.channels);
        frames.map(|frame| frame[channel]).collect()
    }
}

/// A sine of this amplitude.
pub fn sine(frames: u64, rate_hz: u32, tone_hz: f64, amplitude: f64) -> Vec<f64> {
    let turn = tone_hz / f64::from(rate_hz) * TAU;
    (0..frames)
        .map(|frame| (frame as f64 * turn).sin() * amplitude)
        .collect()
}

/// The same, swelling and fading: nothing of it is at the edges, and its spectrum is narrow.
pub fn swelling(frames: u64, rate_hz: u32, tone_hz: f64, amplitude: f64) -> Vec<f64> {
    let all = frames as f64;
    let envelope = (0..frames).map(|frame| (frame as f64 / all * TAU / 2.0).sin().powi(4));
    let tone = sine(frames, rate_hz, tone_hz, amplitude);
    tone.into_iter().zip(envelope).map(|(s, e)| s * e).collect()
}

/// Noise that is the same in every run, full scale.
pub fn noise(count: usize) -> Vec<f64> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        // Steps of 24 bits, so that every encoding but 16 bits holds them.
        ((state >> 40) as i32 - 8_388_608).into()
    };
    let steps: Vec<f64> = std::iter::repeat_with(next).take(count).collect();
    steps.into_iter().map(|step| step / 8_388_608.0).collect()
}

pub fn db(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

pub fn rms(samples: &[f64]) -> f64 {
    (samples.iter().map(|s| s * s).sum::<f64>() / samples.len() as f64).sqrt()
}

pub fn peak(samples: &[f64]) -> f64 {
    samples.iter().fold(0.0, |peak, s| s.abs().max(peak))
}
