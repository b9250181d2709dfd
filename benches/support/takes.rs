//! Corpora of many takes, made here without the syncs of a recording.

use std::fs;
use std::path::Path;

use anyhow::Context;
use voicebooth::audio::{SourceInfo, SourceKind, StreamFormat};
use voicebooth::corpus::layout::TakePaths;
use voicebooth::corpus::names::{sha256_hex, stem};
use voicebooth::corpus::records::{Record, SessionSetup, to_text, utc};
use voicebooth::corpus::sidecar::{
    AudioRecord, DecidedBy, DeviceRecord, Encoding, PromptRecord, Sidecar, Software, Status, Timing,
};
use voicebooth::corpus::start::{NewSession, OpenSession, Said, claim_speaker, start_session};
use voicebooth::corpus::wav::WavFormat;
use voicebooth::prompts::Prompt;

/// What a corpus is made of.
#[derive(Clone, Copy, Debug)]
pub struct Many {
    /// Takes.
    pub takes: u64,
    /// Takes of each speaker, in one session.
    pub per_speaker: u64,
    /// Frames of each take.
    pub frames: u64,
    /// Hz; 16 bit, one channel.
    pub sample_rate_hz: u32,
}

impl Many {
    fn format(self) -> WavFormat {
        WavFormat {
            sample_rate_hz: self.sample_rate_hz,
            channels: 1,
            encoding: Encoding::PcmS16le,
        }
    }

    /// Makes it.
    pub fn record(self, corpus: &Path) -> anyhow::Result<()> {
        let list = list(self.per_speaker);
        let mut made = 0;
        while made < self.takes {
            let count = self.per_speaker.min(self.takes - made);
            self.session(corpus, &list, made, count)?;
            made += count;
        }
        Ok(())
    }

    fn session(self, corpus: &Path, list: &str, first: u64, count: u64) -> anyhow::Result<()> {
        let format = self.format();
        let claim = claim_speaker(corpus, &format!("s{first}"))?;
        let source = SourceInfo {
            kind: SourceKind::File,
            host: "none".into(),
            id: "demo".into(),
            name: "Demo".into(),
            format: StreamFormat {
                sample_rate_hz: format.sample_rate_hz,
                channels: format.channels,
            },
            device_channels: 1,
            channel_map: vec![0],
            sample_format: "f32".into(),
            block_frames: 480,
        };
        let setup = SessionSetup {
            list_name: "words".into(),
            pass: 1,
            order: "sequential".into(),
            repeat: 1,
            mode: "keys".into(),
            review: "never".into(),
            max_take_ms: 60_000,
            profile: "default".into(),
            ..SessionSetup::default()
        };
        let new = NewSession {
            setup,
            source: &source,
            encoding: format.encoding,
            list_jsonl: list,
            said: Said::default(),
        };
        let session = start_session(claim, new)?;
        for n in 0..count {
            self.take(&session, n, first + n)?;
        }
        Ok(())
    }

    /// Writes take `n` of a session, without the syncs of a recording. `seed` makes its audio its own.
    fn take(self, session: &OpenSession, n: u64, seed: u64) -> anyhow::Result<()> {
        let (format, frames) = (self.format(), self.frames);
        let prompt = format!("word{n}");
        let paths = TakePaths::in_folder(&session.folder, &stem(&prompt, 1, 1));
        let mut wav = format.closed_header(frames).context("too long")?;
        let bytes = (0..frames * 2)
            .map(|at| (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (at % 7 * 8)) as u8);
        wav.extend(bytes);
        let record = &session.record;
        let sidecar = Sidecar {
            format: Sidecar::FORMAT.into(),
            id: uuid::Uuid::now_v7().to_string(),
            revision: 1,
            history: Vec::new(),
            source: record.source.clone(),
            prompt: PromptRecord {
                id: prompt,
                text: format!("word {n}"),
                label: Some(format!("l{}", n % 10)),
                list_sha256: record.list_sha256.clone(),
                ..PromptRecord::default()
            },
            repeat: 1,
            pass: 1,
            position: n as u32 + 1,
            role: "item".into(),
            take: 1,
            supersedes: None,
            status: Status::Accepted,
            decided_by: DecidedBy::Auto,
            reasons: Vec::new(),
            transcript: None,
            label_confirmed: None,
            flagged: false,
            note: None,
            speaker: record.speaker.clone(),
            session: record.session.clone(),
            started_at: utc(jiff::Timestamp::now()),
            audio: Some(AudioRecord {
                file: paths.wav_name(),
                sample_rate_hz: format.sample_rate_hz,
                channels: format.channels,
                encoding: format.encoding,
                frames,
                sha256: sha256_hex(&wav),
            }),
            timing: Some(Timing {
                stream: 1,
                ..Timing::default()
            }),
            integrity: None,
            quality: None,
            device: Some(DeviceRecord {
                host: record.device.host.clone(),
                id: record.device.id.clone(),
                name: record.device.name.clone(),
                block_frames: record.device.block_frames,
            }),
            software: Software::this(),
        };
        fs::write(paths.wav(), wav)?;
        fs::write(paths.json(), to_text(&sidecar))?;
        Ok(())
    }
}

fn list(prompts: u64) -> String {
    let prompt = |n: u64| Prompt {
        id: format!("word{n}"),
        text: format!("word {n}"),
        label: Some(format!("l{}", n % 10)),
        repeat: 1,
        ..Prompt::default()
    };
    let line = |prompt: Prompt| serde_json::to_string(&prompt).unwrap_or_default() + "\n";
    (0..prompts).map(prompt).map(line).collect()
}
