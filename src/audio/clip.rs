//! A whole WAV file in memory, to be played.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hound::{SampleFormat, WavReader};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};
use thiserror::Error;

/// A file that cannot be played. It is not changed.
#[derive(Debug, Error)]
#[error("{}: {reason}", .path.display())]
pub struct ClipError {
    path: PathBuf,
    reason: hound::Error,
}

/// Interleaved samples, full scale at 1.0.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    samples: Vec<f32>,
    channels: usize,
    rate_hz: u32,
}

impl Clip {
    /// `samples` of `channels` channels at `rate_hz` frames a second.
    pub fn new(samples: Vec<f32>, channels: usize, rate_hz: u32) -> Self {
        Self {
            samples,
            channels,
            rate_hz,
        }
    }

    /// Reads a WAV file of any PCM format. Blocks.
    ///
    /// # Errors
    /// It is not there, or no such file.
    pub fn read(path: &Path) -> Result<Self, ClipError> {
        let read = || -> Result<Self, hound::Error> {
            let mut wav = WavReader::open(path)?;
            let spec = wav.spec();
            let samples: Result<Vec<f32>, _> = match spec.sample_format {
                SampleFormat::Float => wav.samples::<f32>().collect(),
                SampleFormat::Int => {
                    let full_scale = (1u32 << (spec.bits_per_sample - 1)) as f32;
                    wav.samples::<i32>()
                        .map(|sample| sample.map(|sample| sample as f32 / full_scale))
                        .collect()
                }
            };
            let channels = usize::from(spec.channels);
            Ok(Self::new(samples?, channels, spec.sample_rate))
        };
        read().map_err(|reason| ClipError {
            path: path.to_owned(),
            reason,
        })
    }

    /// Whether [`Clip::read`] will most likely read this file: its header is looked at, not its samples. Blocks.
    ///
    /// # Errors
    /// It is not there, or no such file.
    pub fn look(path: &Path) -> Result<(), ClipError> {
        let opened = WavReader::open(path).map(drop);
        opened.map_err(|reason| ClipError {
            path: path.to_owned(),
            reason,
        })
    }

    /// These frames of it, as far as there are any.
    #[must_use]
    pub fn part(mut self, frames: Range<u64>) -> Self {
        let sample = |frame: u64| (frame.min(self.frames() as u64) as usize) * self.channels;
        let (from, to) = (sample(frames.start), sample(frames.end));
        self.samples.truncate(to);
        self.samples.drain(..from.min(to));
        self
    }

    /// Frames per second.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Frames.
    pub fn frames(&self) -> usize {
        self.samples.len() / self.channels.max(1)
    }

    /// How long it lasts.
    pub fn length(&self) -> Duration {
        Duration::from_secs_f64(self.frames() as f64 / f64::from(self.rate_hz.max(1)))
    }

    /// What channel `channel` of an output plays at `frame`: its own channel; one channel alone is played by all of
    /// them; silence where there is nothing. Realtime-safe.
    pub fn sample(&self, frame: usize, channel: usize) -> f32 {
        let own = if self.channels == 1 { 0 } else { channel };
        if own >= self.channels {
            return 0.0;
        }
        let at = frame * self.channels + own;
        self.samples.get(at).copied().unwrap_or(0.0)
    }

    /// The same sound at another rate.
    #[must_use]
    pub fn at_rate(self, rate_hz: u32) -> Self {
        if rate_hz == self.rate_hz || self.samples.is_empty() {
            return self;
        }
        match self.resampled(rate_hz) {
            Some(samples) => Self::new(samples, self.channels, rate_hz),
            None => self, // a rate that cannot be made: heard too high or too low
        }
    }

    fn resampled(&self, rate_hz: u32) -> Option<Vec<f32>> {
        let (from, to) = (self.rate_hz as usize, rate_hz as usize);
        let mut rates = Fft::<f32>::new(from, to, 1024, self.channels, FixedSync::Input).ok()?;
        let whole = InterleavedSlice::new(&self.samples, self.channels, self.frames()).ok()?;
        let all = rates.process_all(&whole, self.frames(), None).ok()?;
        Some(all.take_data())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp)] // exactly these values are promised

    use super::*;

    #[test]
    fn one_channel_is_played_by_all_and_two_by_their_own() {
        let mono = Clip::new(vec![0.1, 0.2], 1, 8000);
        assert_eq!([mono.sample(1, 0), mono.sample(1, 1)], [0.2, 0.2]);
        let stereo = Clip::new(vec![0.1, 0.2, 0.3, 0.4], 2, 8000);
        let third = [0, 1, 2].map(|channel| stereo.sample(1, channel));
        assert_eq!(third, [0.3, 0.4, 0.0]);
        assert_eq!(stereo.sample(2, 0), 0.0);
    }

    #[test]
    fn a_part_holds_its_own_frames_and_none_beyond_the_end() {
        let clip = || Clip::new(vec![0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 2, 8000);
        assert_eq!(clip().part(1..2).samples, [0.3, 0.4]);
        assert_eq!(clip().part(2..9).samples, [0.5, 0.6]);
        assert_eq!(clip().part(7..9).frames(), 0);
    }

    #[test]
    fn another_rate_keeps_length_and_level() {
        let tone = (0..16_000)
            .map(|frame| (frame as f32 * 0.1).sin() * 0.5)
            .collect();
        let clip = Clip::new(tone, 1, 16_000).at_rate(44_100);
        assert_eq!((clip.rate_hz(), clip.frames()), (44_100, 44_100));
        let middle = 10_000..30_000;
        let peak = middle
            .map(|frame| clip.sample(frame, 0).abs())
            .fold(0.0, f32::max);
        assert!((0.49..0.51).contains(&peak), "{peak}");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Clip::read(Path::new("nowhere.wav")).unwrap_err();
        assert!(error.to_string().starts_with("nowhere.wav: "));
    }
}
