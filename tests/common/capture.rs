//! A capture for tests: the real supervisor, and a thread's worth of draining done by the test itself.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use voicebooth::audio::inputs::{InputChoice, OpenRequest};
use voicebooth::audio::ring::RingReader;
use voicebooth::audio::supervisor::{FromDevice, ToDevice, spawn};
use voicebooth::audio::{SourceInfo, Stamp};
use voicebooth::units::Moment;

use super::session::wait_until;

/// How long a device may take for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the supervisor opened, and all that came out of it.
pub struct Capture {
    /// To the supervisor.
    pub device: Sender<ToDevice>,
    /// From the supervisor.
    pub reports: Receiver<FromDevice>,
    /// The open source.
    pub info: SourceInfo,
    reader: RingReader,
    /// All stamps of this opening.
    pub stamps: Vec<Stamp>,
    /// All samples of this opening.
    pub samples: Vec<f32>,
}

/// A request for one channel of the default input.
pub fn request(sample_rate_hz: u32) -> OpenRequest {
    OpenRequest {
        input: InputChoice::Default,
        host: None,
        sample_rate_hz,
        channels: 1,
        channel_map: None,
    }
}

impl Capture {
    /// Opens what is asked for and waits for its first block.
    pub fn open(request: OpenRequest) -> Self {
        let (sender, reports) = channel();
        let device = spawn(Box::new(move |report| {
            let _ = sender.send(report);
        }))
        .unwrap();
        device.send(ToDevice::Open(request)).unwrap();
        let (info, reader) = opened(&reports);
        let mut capture = Self {
            device,
            reports,
            info,
            reader,
            stamps: Vec::new(),
            samples: Vec::new(),
        };
        capture.wait_for_blocks(1);
        capture
    }

    /// Opens what is asked for and returns the first report.
    pub fn try_open(request: OpenRequest) -> FromDevice {
        let (sender, reports) = channel();
        let device = spawn(Box::new(move |report| {
            let _ = sender.send(report);
        }))
        .unwrap();
        device.send(ToDevice::Open(request)).unwrap();
        reports.recv_timeout(PATIENCE).unwrap()
    }

    /// Takes what the supervisor opens next in place of what is open now.
    pub fn reopened(&mut self) {
        (self.info, self.reader) = opened(&self.reports);
        self.stamps.clear();
        self.samples.clear();
        self.wait_for_blocks(1);
    }

    /// Waits until the supervisor says that the source has gone.
    pub fn wait_until_gone(&mut self) -> String {
        match self.reports.recv_timeout(PATIENCE) {
            Ok(FromDevice::Gone { name }) => name,
            other => panic!("not gone but {other:?}"),
        }
    }

    /// Takes all that has come.
    pub fn drain(&mut self) {
        while let Some(stamp) = self.reader.pop(&mut self.samples) {
            self.stamps.push(stamp);
        }
    }

    /// Forgets what was captured so far.
    pub fn forget_samples(&mut self) {
        self.drain();
        self.stamps.clear();
        self.samples.clear();
    }

    /// Waits for so many further blocks.
    pub fn wait_for_blocks(&mut self, blocks: usize) {
        let enough = self.stamps.len() + blocks;
        wait_until("blocks from the source", PATIENCE, || {
            self.drain();
            self.stamps.len() >= enough
        });
    }

    /// When the `at`th of these samples was captured, by its block's stamp.
    pub fn captured_at(&self, at: usize) -> Moment {
        let first = self.stamps[0].first_frame;
        let frame = first + at as u64;
        let block = self
            .stamps
            .partition_point(|stamp| stamp.first_frame <= frame)
            - 1;
        let into = frame - self.stamps[block].first_frame;
        let rate = u64::from(self.info.format.sample_rate_hz);
        self.stamps[block].captured_at + Duration::from_nanos(into * 1_000_000_000 / rate)
    }

    /// Losses that were reported: our overruns, the device's xruns.
    pub fn losses(&self) -> (u64, u64) {
        let counters = self.reader.counters();
        (
            counters.overruns.load(Ordering::Relaxed),
            counters.xruns.load(Ordering::Relaxed),
        )
    }
}

fn opened(reports: &Receiver<FromDevice>) -> (SourceInfo, RingReader) {
    match reports.recv_timeout(PATIENCE) {
        Ok(FromDevice::Opened { info, reader }) => (info, reader),
        other => panic!("not opened but {other:?}"),
    }
}

/// White noise that never repeats, in 16-bit steps, so that any 32 samples of it name their place.
pub fn noise(frames: usize) -> Vec<i16> {
    let mut state = 0x2545_f491_u32;
    (0..frames)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 16) as i16 / 4
        })
        .collect()
}

/// Writes mono 16-bit samples.
pub fn write_wav(path: &std::path::Path, sample_rate: u32, samples: &[i16]) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for sample in samples {
        wav.write_sample(*sample).unwrap();
    }
    wav.finalize().unwrap();
}

/// Reads the samples of a mono WAV file of floats.
pub fn read_wav(path: &std::path::Path) -> Vec<f32> {
    let wav = hound::WavReader::open(path).unwrap();
    wav.into_samples().map(Result::unwrap).collect()
}

/// Where `known` begins in `heard`, found by its first 32 samples, which must come out exactly.
pub fn find(known: &[i16], heard: &[f32]) -> Option<usize> {
    let first: Vec<f32> = known[..32]
        .iter()
        .map(|s| f32::from(*s) / 32_768.0)
        .collect();
    heard.windows(32).position(|window| window == first)
}
