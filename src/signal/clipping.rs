//! Clipping: samples at full scale, and how many of them in a row.
//!
//! Promise: runs are counted on each channel for itself, across blocks. Nothing fails.

/// Full scale as 16-bit converters reach it on the positive side.
pub const FULL_SCALE: f32 = 32_767.0 / 32_768.0;
/// Counts samples at full scale and their runs, channel by channel.
#[derive(Clone, Debug)]
pub struct Clipping {
    running: Vec<u32>,
    longest: u32,
    samples: u64,
}

impl Clipping {
    /// Nothing of `channels` channels.
    pub fn new(channels: usize) -> Self {
        Self {
            running: vec![0; channels],
            longest: 0,
            samples: 0,
        }
    }

    /// Adds interleaved whole frames whose largest magnitude is `peak`.
    pub fn add(&mut self, samples: &[f32], peak: f32) {
        if peak < FULL_SCALE {
            self.running.fill(0);
            return;
        }
        for frame in samples.chunks_exact(self.running.len()) {
            for (run, sample) in self.running.iter_mut().zip(frame) {
                *run = if sample.abs() >= FULL_SCALE {
                    *run + 1
                } else {
                    0
                };
                self.longest = self.longest.max(*run);
                self.samples += u64::from(*run > 0);
            }
        }
    }

    /// Samples at or beyond full scale.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Longest run of them on one channel.
    pub fn longest_run(&self) -> u32 {
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::super::level;
    use super::*;

    fn run_of(samples: &[f32], channels: usize) -> (u32, u64) {
        let mut clipping = Clipping::new(channels);
        let middle = samples.len() / channels / 2 * channels;
        for part in [&samples[..middle], &samples[middle..]] {
            clipping.add(part, level::peak(part));
        }
        (clipping.longest_run(), clipping.samples())
    }

    #[test]
    fn runs_at_full_scale_are_counted_also_across_blocks() {
        let (run, samples) = run_of(&[0.1, 0.5, 1.0, 1.0, FULL_SCALE, 0.2, -1.0, 0.0], 1);
        assert_eq!((run, samples), (3, 4));
    }

    #[test]
    fn runs_do_not_mix_channels() {
        let (run, samples) = run_of(&[1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0], 2);
        assert_eq!((run, samples), (1, 4));
    }
}
