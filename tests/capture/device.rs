//! A device with known truth: when each frame was really captured, which frames were lost, which were speech.

use proptest::prelude::*;
use voicebooth::audio::{SourceInfo, SourceKind, Stamp, StreamFormat};
use voicebooth::units::Moment;

/// The instant of frame 0.
pub const OPENED: Moment = Moment::from_nanos(77_123_456_789_012);

/// How a device behaves.
#[derive(Clone, Debug)]
pub struct Device {
    pub rate_hz: u32,
    /// Its rate is off by this.
    pub drift_ppm: f64,
    /// Sizes of its blocks, over and over.
    pub blocks: Vec<u32>,
    /// So many blocks are delivered at once.
    pub burst: usize,
    /// From the capture of a burst's last frame to its delivery.
    pub latency_ms: f64,
    /// Stamps are late by up to this.
    pub jitter_ms: f64,
    /// The first stamps are wrong by up to this, either way.
    pub lie_ms: f64,
    /// For how long they are.
    pub lies_for_ms: f64,
    /// Before true frame .0, .1 frames are lost and nobody says so.
    pub losses: Vec<(u64, u64)>,
    /// From and to true frames in which somebody speaks.
    pub speech: Vec<(u64, u64)>,
    /// What is heard instead of numbered frames, where it is not empty; then zeros.
    pub sound: Vec<f32>,
    pub seed: u64,
}

impl Default for Device {
    fn default() -> Self {
        Self {
            rate_hz: 48_000,
            drift_ppm: 0.0,
            blocks: vec![480],
            burst: 1,
            latency_ms: 5.0,
            jitter_ms: 0.02,
            lie_ms: 0.0,
            lies_for_ms: 0.0,
            losses: Vec::new(),
            speech: Vec::new(),
            sound: Vec::new(),
            seed: 1,
        }
    }
}

/// One block as it arrives.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub delivered: Moment,
    pub captured_at: Moment,
    /// The first frame in truth: counts what was lost.
    pub true_frame: u64,
    /// The first frame by the device's own count.
    pub first_frame: u64,
    pub frames: u32,
}

impl Block {
    pub fn stamp(&self) -> Stamp {
        Stamp {
            stream: 1,
            first_frame: self.first_frame,
            frames: self.frames,
            captured_at: self.captured_at,
        }
    }
}

impl Device {
    /// When a true frame is captured.
    pub fn moment_of(&self, frame: f64) -> Moment {
        let rate = f64::from(self.rate_hz) * (1.0 + self.drift_ppm * 1e-6);
        OPENED.offset_nanos((frame / rate * 1e9).round() as i64)
    }

    /// The instant so many milliseconds after frame 0.
    pub fn at_ms(ms: f64) -> Moment {
        OPENED.offset_nanos((ms * 1e6) as i64)
    }

    /// The true frame captured then.
    pub fn frame_at(&self, at: Moment) -> f64 {
        let rate = f64::from(self.rate_hz) * (1.0 + self.drift_ppm * 1e-6);
        at.nanos_since(OPENED) as f64 * rate / 1e9
    }

    pub fn frames(&self, ms: f64) -> f64 {
        ms * f64::from(self.rate_hz) / 1000.0
    }

    pub fn format(&self) -> StreamFormat {
        StreamFormat {
            sample_rate_hz: self.rate_hz,
            channels: 1,
        }
    }

    pub fn info(&self) -> SourceInfo {
        SourceInfo {
            kind: SourceKind::Microphone,
            host: "test".into(),
            id: "test:0".into(),
            name: "simulated".into(),
            format: self.format(),
            device_channels: 1,
            channel_map: vec![0],
            sample_format: "f32".into(),
            block_frames: self.blocks[0],
        }
    }

    /// Everything that arrives of the first `ms` milliseconds, in order.
    pub fn run(&self, ms: f64) -> Vec<Block> {
        let mut random = Random(self.seed);
        let mut losses = self.losses.clone();
        let (mut true_frame, mut first_frame) = (0, 0);
        let mut blocks: Vec<Block> = Vec::new();
        while (true_frame as f64) < self.frames(ms) {
            losses.retain(|&(at, lost)| {
                let due = at <= true_frame;
                if due {
                    true_frame += lost;
                }
                !due
            });
            let number = blocks.len();
            let frames = self.blocks[number % self.blocks.len()];
            let mut wrong_ms = random.fraction() * self.jitter_ms;
            if (true_frame as f64) < self.frames(self.lies_for_ms) {
                wrong_ms += (random.fraction() * 2.0 - 1.0) * self.lie_ms;
            }
            let captured = self.moment_of(true_frame as f64);
            blocks.push(Block {
                delivered: captured,
                captured_at: captured.offset_nanos((wrong_ms * 1e6) as i64),
                true_frame,
                first_frame,
                frames,
            });
            true_frame += u64::from(frames);
            first_frame += u64::from(frames);
        }
        for burst in blocks.chunks_mut(self.burst) {
            let end = burst
                .last()
                .map_or(0, |b| b.true_frame + u64::from(b.frames));
            let at = self.moment_of(end as f64 + self.frames(self.latency_ms));
            for block in burst {
                block.delivered = at;
            }
        }
        blocks
    }

    /// The samples of a block.
    pub fn samples(&self, block: &Block) -> impl Iterator<Item = f32> {
        let end = block.true_frame + u64::from(block.frames);
        (block.true_frame..end).map(|frame| self.sample(frame))
    }

    /// The sample that says "I am frame `frame`": its magnitude is the number, exact in 24 bits; its sign changes fast
    /// where somebody speaks, which makes it loud, and else it is as good as constant, which makes it silence.
    pub fn sample(&self, frame: u64) -> f32 {
        if !self.sound.is_empty() {
            return self.sound.get(frame as usize).copied().unwrap_or(0.0);
        }
        let magnitude = ((1 << 22) + frame % (1 << 22)) as f32 / (1 << 24) as f32;
        let spoken = self
            .speech
            .iter()
            .any(|(from, to)| (*from..*to).contains(&frame));
        if spoken && frame / 16 % 2 == 1 {
            -magnitude
        } else {
            magnitude
        }
    }
}

/// The true frame that a sample says it is, up to multiples of 2^22; `None` for a zero.
pub fn frame_of(sample: f32) -> Option<u64> {
    let number = (sample.abs() * (1 << 24) as f32) as u64;
    number.checked_sub(1 << 22)
}

/// `SplitMix64` (Steele, Lea and Flood 2014).
pub struct Random(pub u64);

impl Random {
    /// Evenly from 0 to 1.
    pub fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as f64 / u64::MAX as f64
    }
}

/// Any device whose stamps are within a millisecond of the truth.
pub fn good_device() -> impl Strategy<Value = Device> {
    (
        prop::sample::select(vec![8_000_u32, 16_000, 44_100, 48_000]),
        -100.0..100.0,
        prop_oneof![
            prop::collection::vec(16_u32..2048, 1..6),
            Just(vec![341, 341, 342]),
            Just(vec![128]),
            Just(vec![2048]),
        ],
        1_usize..7,
        0.0..120.0,
        0.0..0.6,
        any::<u64>(),
    )
        .prop_map(
            |(rate_hz, drift_ppm, blocks, burst, latency_ms, jitter_ms, seed)| Device {
                rate_hz,
                drift_ppm,
                // 128 ms are the largest blocks that were ever seen.
                blocks: blocks.into_iter().map(|b| b.min(rate_hz / 8)).collect(),
                burst,
                latency_ms,
                jitter_ms,
                seed,
                ..Device::default()
            },
        )
}

/// So many cases; none is written down, because every case is made from numbers that the failure prints.
pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
