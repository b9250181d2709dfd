//! The verdict on a take: `fine`, `look` (for the operator) or `again`, with reasons in stable words.
//!
//! Promise: `again` only where the take cannot be used as it is: nobody spoke, frames are missing, or it clipped. Clipped
//! means three samples in a row at full scale on one channel: a single one may be an honest peak, three cut the wave off
//! (the rule of thumb of audio editors' clip finders). Nothing fails.

use serde::{Deserialize, Serialize};

/// What is to be done with a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Good.
    Fine,
    /// For the operator to look at.
    Look,
    /// To be read again.
    Again,
}

/// Full scale as 16-bit converters reach it on the positive side.
pub const FULL_SCALE: f32 = 32_767.0 / 32_768.0;
/// So many samples in a row at full scale are clipping.
const CLIPPED_RUN: u32 = 3;
/// Less speech than this in all is none, hops of 10 ms.
const LEAST_SPEECH_HOPS: u64 = 8;

/// What a verdict rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Hops of speech found in the take.
    pub speech_hops: u64,
    /// Longest run of samples at full scale on one channel.
    pub clipped_run: u32,
    /// Frames are missing.
    pub lost_frames: bool,
    /// It ran into the longest length: the stop was forgotten.
    pub max_take: bool,
}

/// Judges a take: the word, and the warnings that led to it (`silent`, `clipped`, `lost_frames`, `max_take`).
pub fn judge(facts: Facts) -> (Verdict, Vec<&'static str>) {
    let findings = [
        (facts.lost_frames, "lost_frames", Verdict::Again),
        (
            facts.speech_hops < LEAST_SPEECH_HOPS,
            "silent",
            Verdict::Again,
        ),
        (facts.clipped_run >= CLIPPED_RUN, "clipped", Verdict::Again),
        (facts.max_take, "max_take", Verdict::Look),
    ];
    let mut verdict = Verdict::Fine;
    let mut warnings = Vec::new();
    for (found, word, says) in findings {
        if found {
            warnings.push(word);
            if verdict != Verdict::Again {
                verdict = says;
            }
        }
    }
    (verdict, warnings)
}

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

    const SPOKEN: Facts = Facts {
        speech_hops: 40,
        clipped_run: 0,
        lost_frames: false,
        max_take: false,
    };

    #[test]
    fn a_spoken_take_without_trouble_is_fine() {
        assert_eq!(judge(SPOKEN), (Verdict::Fine, vec![]));
    }

    #[test]
    fn a_forgotten_stop_is_for_the_operator_but_never_softens_again() {
        let forgotten = Facts {
            max_take: true,
            ..SPOKEN
        };
        assert_eq!(judge(forgotten), (Verdict::Look, vec!["max_take"]));
        let silent = Facts {
            speech_hops: 0,
            ..forgotten
        };
        assert_eq!(judge(silent), (Verdict::Again, vec!["silent", "max_take"]));
    }

    #[test]
    fn lost_frames_are_read_again() {
        let lost = Facts {
            lost_frames: true,
            ..SPOKEN
        };
        assert_eq!(judge(lost).0, Verdict::Again);
    }

    fn run_of(samples: &[f32], channels: usize) -> (u32, u64) {
        let mut clipping = Clipping::new(channels);
        let middle = samples.len() / channels / 2 * channels;
        for part in [&samples[..middle], &samples[middle..]] {
            clipping.add(part, level::peak(part));
        }
        (clipping.longest_run(), clipping.samples())
    }

    #[test]
    fn three_in_a_row_at_full_scale_are_clipped_also_across_blocks() {
        let (run, samples) = run_of(&[0.1, 0.5, 1.0, 1.0, FULL_SCALE, 0.2, -1.0, 0.0], 1);
        assert_eq!((run, samples), (3, 4));
        let clipped = Facts {
            clipped_run: run,
            ..SPOKEN
        };
        assert_eq!(judge(clipped), (Verdict::Again, vec!["clipped"]));
    }

    #[test]
    fn runs_do_not_mix_channels() {
        let (run, samples) = run_of(&[1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0], 2);
        assert_eq!((run, samples), (1, 4));
    }
}
