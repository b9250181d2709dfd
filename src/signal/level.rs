//! Levels: the peak of a block, the sums of a stretch, the level of every 10 ms.
//!
//! Promise: one pass over the samples, in a form that compilers turn into vector instructions for any number of
//! channels (32 channels at 192 kHz are 6 million samples a second). Nothing fails; what is not a number has become zero
//! in the ring.

use std::collections::VecDeque;
use std::ops::Range;

use crate::units::dbfs;

/// Length of a hop, ms: the grid on which speech and noise are told apart.
pub const HOP_MS: u32 = 10;

/// Sums run in so many independent lanes, so that additions need not wait for each other.
const LANES: usize = 16;

/// The largest magnitude among `samples`.
pub fn peak(samples: &[f32]) -> f32 {
    // Magnitudes of finite floats are ordered like their bits, and integers have a vector maximum.
    f32::from_bits(
        samples
            .iter()
            .map(|s| s.to_bits() & 0x7fff_ffff)
            .fold(0, u32::max),
    )
}

/// Sum and sum of squares of each channel.
#[derive(Clone, Debug)]
pub struct Sums {
    channels: usize,
    frames: u64,
    /// (sum, sum of squares); lane `n` is of channel `n % channels`.
    lanes: Vec<(f64, f64)>,
}

impl Sums {
    /// Nothing of `channels` channels.
    pub fn new(channels: usize) -> Self {
        Self {
            channels,
            frames: 0,
            lanes: vec![(0.0, 0.0); channels * LANES.div_ceil(channels)],
        }
    }

    /// Adds interleaved whole frames.
    pub fn add(&mut self, samples: &[f32]) {
        for row in samples.chunks(self.lanes.len()) {
            for (lane, &sample) in self.lanes.iter_mut().zip(row) {
                let sample = f64::from(sample);
                lane.0 += sample;
                lane.1 += sample * sample;
            }
        }
        self.frames += (samples.len() / self.channels) as u64;
    }

    /// Frames added.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Mean of the squares over all channels: power with its constant part; 0 of nothing.
    pub fn power(&self) -> f64 {
        let count = self.frames.max(1) as f64 * self.channels as f64;
        self.lanes.iter().map(|(_, squares)| squares).sum::<f64>() / count
    }

    /// Power without each channel's constant part, mean over the channels.
    pub fn varying_power(&self) -> f64 {
        let constant: f64 = self.means().map(|mean| mean * mean).sum();
        (self.power() - constant / self.channels as f64).max(0.0)
    }

    /// The mean of the channel whose mean is farthest from zero.
    pub fn dc_offset(&self) -> f64 {
        self.means()
            .fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a })
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.frames = 0;
        self.lanes.fill((0.0, 0.0));
    }

    /// The mean of each channel.
    pub fn means(&self) -> impl Iterator<Item = f64> {
        let frames = self.frames.max(1) as f64;
        (0..self.channels).map(move |channel| {
            let lanes = self.lanes.iter().skip(channel).step_by(self.channels);
            lanes.map(|(sum, _)| sum).sum::<f64>() / frames
        })
    }
}

/// The power of one hop, without its constant part, in dBFS; `None` where frames are missing.
pub type HopLevel = Option<f32>;

/// The levels of the newest hops of a stream. Hop `n` holds the frames from `n` × [`HopLevels::hop_frames`] on.
#[derive(Clone, Debug)]
pub struct HopLevels {
    hop_frames: u64,
    keep: usize,
    /// Number of the first hop in `levels`.
    first: u64,
    levels: VecDeque<HopLevel>,
    sums: Sums,
    /// Frames of the hop under way, missing ones too.
    filled: u64,
    broken: bool,
}

impl HopLevels {
    /// Levels of a stream that begins with `first_frame`; the newest `keep` hops are kept.
    pub fn new(sample_rate_hz: u32, channels: usize, first_frame: u64, keep: usize) -> Self {
        let hop_frames = u64::from(sample_rate_hz * HOP_MS / 1000).max(1);
        let filled = first_frame % hop_frames;
        Self {
            hop_frames,
            keep,
            first: first_frame / hop_frames,
            levels: VecDeque::new(),
            sums: Sums::new(channels),
            filled,
            broken: filled > 0,
        }
    }

    /// Adds interleaved whole frames; calls `done` with each hop's level as it is complete.
    pub fn push(&mut self, mut samples: &[f32], mut done: impl FnMut(HopLevel)) {
        while !samples.is_empty() {
            let wanted = (self.hop_frames - self.filled) as usize * self.sums.channels;
            let (now, later) = samples.split_at(wanted.min(samples.len()));
            self.sums.add(now);
            self.filled += (now.len() / self.sums.channels) as u64;
            samples = later;
            if self.filled == self.hop_frames {
                let level = (!self.broken).then(|| power_dbfs(self.sums.varying_power()));
                self.complete(level);
                done(level);
            }
        }
    }

    /// Adds missing frames.
    pub fn push_gap(&mut self, frames: u64) {
        let end = self.filled + frames;
        let hops = end / self.hop_frames;
        let stored = hops.min(self.keep as u64);
        if hops > stored {
            self.first = self.next_hop() + (hops - stored);
            self.levels.clear();
        }
        for _ in 0..stored {
            self.complete(None);
        }
        self.filled = end % self.hop_frames;
        self.broken = self.broken || self.filled > 0;
    }

    fn complete(&mut self, level: HopLevel) {
        if self.levels.len() == self.keep {
            self.levels.pop_front();
            self.first += 1;
        }
        self.levels.push_back(level);
        self.sums.clear();
        self.filled = 0;
        self.broken = false;
    }

    /// Frames in a hop.
    pub fn hop_frames(&self) -> u64 {
        self.hop_frames
    }

    /// Number of the hop under way.
    pub fn next_hop(&self) -> u64 {
        self.first + self.levels.len() as u64
    }

    /// The levels of those of `hops` that are kept, and the number of the first of them.
    pub fn range(&self, hops: Range<u64>) -> (u64, impl Iterator<Item = HopLevel>) {
        let end = hops.end.clamp(self.first, self.next_hop());
        let start = hops.start.clamp(self.first, end);
        let (from, to) = ((start - self.first) as usize, (end - self.first) as usize);
        (start, self.levels.range(from..to).copied())
    }
}

/// Power (mean square, 1.0 is a full-scale square wave) in dBFS.
pub fn power_dbfs(power: f64) -> f32 {
    dbfs(power.sqrt()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(frames: usize, amplitude: f32) -> Vec<f32> {
        (0..frames)
            .map(|n| amplitude * (n as f32 * std::f32::consts::TAU / 48.0).sin())
            .collect()
    }

    #[test]
    fn a_full_scale_sine_is_3_01_db_below_full_scale() {
        let mut sums = Sums::new(1);
        sums.add(&sine(4800, 1.0));
        assert!((power_dbfs(sums.power()) + 3.0103).abs() < 1e-3);
    }

    #[test]
    fn the_peak_is_the_largest_magnitude_of_either_sign() {
        assert_eq!(peak(&[0.25, -0.75, 0.5]).to_bits(), 0.75_f32.to_bits());
        assert_eq!(peak(&[]).to_bits(), 0);
    }

    #[test]
    fn channels_are_summed_apart_whatever_their_number() {
        for channels in [1_usize, 2, 3, 7, 16, 32] {
            let frame: Vec<f32> = (0..channels).map(|c| (c + 1) as f32 / 64.0).collect();
            let mut sums = Sums::new(channels);
            sums.add(&frame.repeat(1001));
            assert_eq!(sums.frames(), 1001);
            assert!((sums.dc_offset() - channels as f64 / 64.0).abs() < 1e-6);
            assert!(sums.varying_power() < 1e-9, "{}", sums.varying_power());
        }
    }

    #[test]
    fn a_constant_offset_does_not_raise_a_hop() {
        let mut hops = HopLevels::new(48_000, 1, 0, 10);
        let samples: Vec<f32> = sine(960, 0.01).iter().map(|s| s + 0.1).collect();
        hops.push(&samples, |_| ());
        let (first, levels) = hops.range(0..10);
        let levels: Vec<f32> = levels.flatten().collect();
        assert_eq!((first, levels.len()), (0, 2));
        assert!((levels[0] + 43.01).abs() < 0.1, "{levels:?}");
    }

    #[test]
    fn hops_lie_on_the_streams_grid_and_know_where_frames_are_missing() {
        let mut hops = HopLevels::new(1000, 1, 15, 10);
        hops.push(&[0.5; 20], |_| ()); // 15..35: hop 1 is cut by the opening, hop 2 is whole
        hops.push_gap(10); // 35..45: cuts hops 3 and 4
        hops.push(&[0.5; 20], |_| ()); // 45..65: hop 5 is whole
        let (first, levels) = hops.range(0..100);
        let whole: Vec<bool> = levels.map(|l| l.is_some()).collect();
        assert_eq!(first, 1);
        assert_eq!(whole, [false, true, false, false, true]);
        assert_eq!(hops.next_hop(), 6);
    }

    #[test]
    fn a_gap_of_any_length_costs_no_more_than_what_is_kept() {
        let mut hops = HopLevels::new(48_000, 1, 0, 10);
        hops.push_gap(u64::from(u32::MAX) * 480 + 7);
        assert_eq!(hops.next_hop(), u64::from(u32::MAX));
        assert_eq!(hops.range(0..u64::MAX).1.count(), 10);
    }
}
