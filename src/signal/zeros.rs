//! Exact zeros: what a muted microphone, a noise gate or a driver that lost audio puts in the place of sound.
//!
//! Promise: every run of zeros of a millisecond or more is known with its place. Nothing fails.

use std::ops::Range;

use super::utterance::Utterance;

/// Shorter runs are chance, ms.
const LEAST_MS: u32 = 1;
/// A run as long as this tears the sound, ms.
const DROPOUT_MS: u64 = 2;
/// Below this noise, dBFS, samples of 16 bits are zero by themselves.
const ZEROS_BY_THEMSELVES_DBFS: f64 = -88.0;
/// Where more of the silence than this is zero, a gate closes in the pauses and nothing was lost.
const GATED: f64 = 0.5;

/// The runs of zeros of a growing take.
#[derive(Clone, Debug)]
pub struct Zeros {
    sample_rate_hz: u64,
    least: u64,
    frames: u64,
    run: u64,
    runs: Vec<Range<u64>>,
}

impl Zeros {
    /// Of mono audio at `sample_rate_hz`.
    pub fn new(sample_rate_hz: u32) -> Self {
        Self {
            sample_rate_hz: u64::from(sample_rate_hz),
            least: u64::from(sample_rate_hz * LEAST_MS / 1000).max(2),
            frames: 0,
            run: 0,
            runs: Vec::new(),
        }
    }

    /// Adds the next frames.
    pub fn push(&mut self, mono: &[f32]) {
        for sample in mono {
            self.frames += 1;
            if *sample != 0.0 {
                self.run = 0;
                continue;
            }
            self.run += 1;
            if self.run == self.least {
                self.runs.push(self.frames - self.least..self.frames);
            } else if self.run > self.least
                && let Some(last) = self.runs.last_mut()
            {
                last.end = self.frames;
            }
        }
    }

    /// The runs, in frames from the first.
    pub fn runs(&self) -> &[Range<u64>] {
        &self.runs
    }

    /// Frames of the longest run.
    pub fn longest(&self) -> u64 {
        self.runs
            .iter()
            .map(|run| run.end - run.start)
            .max()
            .unwrap_or(0)
    }

    /// Share of `stretches` that is zero, 0 to 1; 0 of nothing.
    pub fn share_of(&self, stretches: &[Range<u64>]) -> f64 {
        let total: u64 = stretches.iter().map(|s| s.end - s.start).sum();
        let common = |run: &Range<u64>, s: &Range<u64>| {
            run.end.min(s.end).saturating_sub(run.start.max(s.start))
        };
        let zero: u64 = self
            .runs
            .iter()
            .flat_map(|run| stretches.iter().map(move |s| common(run, s)))
            .sum();
        zero as f64 / total.max(1) as f64
    }
}

/// Runs of zeros that tear a take's sound: within speech, or in silence that is not silent otherwise. Where the room
/// is so quiet that samples are zero by themselves (`noise_dbfs`), none can be told.
pub fn dropouts(
    zeros: &Zeros,
    utterance: &Utterance,
    zeros_in_silence: f64,
    noise_dbfs: Option<f64>,
) -> usize {
    let room_sounds = noise_dbfs.is_some_and(|noise| noise > ZEROS_BY_THEMSELVES_DBFS);
    let least = DROPOUT_MS * zeros.sample_rate_hz / 1000;
    let long = zeros.runs.iter().filter(|run| run.end - run.start >= least);
    let within_speech = |run: &Range<u64>| {
        utterance
            .segments
            .iter()
            .any(|s| s.start < run.end && run.start < s.end)
    };
    let tears = |run: &&Range<u64>| room_sounds && (within_speech(run) || zeros_in_silence < GATED);
    long.filter(tears).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zeros(samples: &[f32]) -> Zeros {
        let mut zeros = Zeros::new(8000);
        for block in samples.chunks(7) {
            zeros.push(block);
        }
        zeros
    }

    #[test]
    fn runs_are_found_with_their_place_also_across_blocks() {
        let mut samples = vec![0.1_f32; 100];
        samples[20..40].fill(0.0);
        samples[50..55].fill(0.0); // less than a millisecond
        let zeros = zeros(&samples);
        assert!(zeros.runs().iter().eq(std::iter::once(&(20..40))));
        assert_eq!(zeros.longest(), 20);
        assert!((zeros.share_of(&[0..20, 30..50]) - 0.25).abs() < 1e-9);
    }

    #[test]
    fn a_hole_in_a_room_that_sounds_is_a_dropout() {
        let mut samples = vec![0.001_f32; 8000];
        samples[4000..4100].fill(0.0);
        let zeros = zeros(&samples);
        assert_eq!(
            dropouts(&zeros, &Utterance::default(), 0.02, Some(-60.0)),
            1
        );
        assert_eq!(
            dropouts(&zeros, &Utterance::default(), 0.02, Some(-95.0)),
            0,
            "quiet by itself"
        );
    }

    #[test]
    fn a_gate_that_closes_in_the_pauses_has_lost_nothing() {
        let mut samples = vec![0.0_f32; 8000];
        samples[2000..6000].fill(0.1);
        let zeros = zeros(&samples);
        let spoken = Utterance {
            segments: std::iter::once(2000..6000).collect(),
            ..Utterance::default()
        };
        assert_eq!(dropouts(&zeros, &spoken, 1.0, Some(-60.0)), 0);
    }
}
