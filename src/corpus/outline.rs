//! The outline of a saved take: its wave in few columns, and where things are in it. Read from its WAV and its sidecar;
//! nothing is written and no lock is needed.

use std::io;
use std::ops::Range;
use std::path::Path;

use hound::{SampleFormat, WavReader};
use serde::Deserialize;

use super::error::{CorpusError, IoContext};
use super::layout::TakePaths;
use super::records::{self, Record};
use super::sidecar::{Sidecar, Verdict};
use crate::signal::verdict::FULL_SCALE;

/// What a take looks like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// The wave, from the first frame to the last, in columns of about equal length.
    pub columns: Vec<Column>,
    /// Length in frames.
    pub frames: u64,
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// The start key (hands-free: where speech was heard to begin), from the WAV's first frame.
    pub start_frame: Option<i64>,
    /// The stop key (hands-free: where speech was heard to end).
    pub stop_frame: Option<i64>,
    /// The speech, within the file; `None` where its boundaries are not known.
    pub speech: Option<Range<u64>>,
    /// The one-word judgement; `None` where nothing was measured.
    pub verdict: Option<Verdict>,
    /// What led to it, in stable words.
    pub warnings: Vec<String>,
    /// Largest sample, dBFS.
    pub peak_dbfs: Option<f64>,
    /// Speech over noise, dB.
    pub snr_db: Option<f64>,
}

/// A stretch of a take, all channels together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Column {
    /// Smallest sample, 1.0 is full scale.
    pub low: f32,
    /// Largest sample.
    pub high: f32,
    /// A sample at full scale is in it.
    pub clipped: bool,
}

impl Outline {
    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.sample_rate_hz.max(1))
    }
}

/// Reads the outline of a saved take, in at most `columns` columns. Blocks.
///
/// # Errors
/// The take is not there, has no audio, or cannot be read; nothing was changed.
pub fn outline(take: &TakePaths, columns: usize) -> Result<Outline, CorpusError> {
    let light: Light = records::read(&take.json())?;
    let wav = take.wav();
    let (columns, frames, sample_rate_hz) = wave(&wav, columns.max(1))
        .map_err(|error| match error {
            hound::Error::IoError(error) => error,
            other => io::Error::other(other),
        })
        .at("read", &wav)?;
    let timing = light.timing.unwrap_or_default();
    let quality = light.quality.unwrap_or_default();
    Ok(Outline {
        columns,
        frames,
        sample_rate_hz,
        start_frame: timing.key_down.or(timing.trigger_start),
        stop_frame: timing.key_up.or(timing.trigger_end),
        speech: timing.speech(frames),
        verdict: quality.verdict,
        warnings: quality.warnings,
        peak_dbfs: quality.peak_dbfs,
        snr_db: quality.snr_db,
    })
}

/// The few fields of a sidecar that an outline needs.
#[derive(Deserialize)]
struct Light {
    timing: Option<LightTiming>,
    quality: Option<LightQuality>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LightTiming {
    #[serde(rename = "key_down_frame")]
    key_down: Option<i64>,
    #[serde(rename = "key_up_frame")]
    key_up: Option<i64>,
    #[serde(rename = "trigger_start_frame")]
    trigger_start: Option<i64>,
    #[serde(rename = "trigger_end_frame")]
    trigger_end: Option<i64>,
    #[serde(rename = "speech_start_frame")]
    speech_start: Option<i64>,
    #[serde(rename = "speech_end_frame")]
    speech_end: Option<i64>,
}

impl LightTiming {
    fn speech(&self, frames: u64) -> Option<Range<u64>> {
        let within = |frame: i64| u64::try_from(frame).unwrap_or(0).min(frames);
        let (start, end) = self.speech_start.zip(self.speech_end)?;
        Some(within(start)..within(end)).filter(|speech| !speech.is_empty())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LightQuality {
    verdict: Option<Verdict>,
    warnings: Vec<String>,
    peak_dbfs: Option<f64>,
    snr_db: Option<f64>,
}

impl Record for Light {
    const FORMAT: &'static str = Sidecar::FORMAT;
}

/// The wave of a WAV, its frames and its rate. Read as a stream: a take may be larger than memory.
fn wave(path: &Path, columns: usize) -> Result<(Vec<Column>, u64, u32), hound::Error> {
    let mut wav = WavReader::open(path)?;
    let spec = wav.spec();
    let channels = u64::from(spec.channels.max(1));
    let samples = u64::from(wav.len());
    let frames = samples / channels;
    let mut wave = Wave::new(columns, frames, channels);
    match spec.sample_format {
        SampleFormat::Float => {
            for sample in wav.samples::<f32>() {
                wave.add(sample?);
            }
        }
        SampleFormat::Int => {
            let full_scale = (1u32 << (spec.bits_per_sample - 1)) as f32;
            for sample in wav.samples::<i32>() {
                wave.add(sample? as f32 / full_scale);
            }
        }
    }
    Ok((wave.columns, frames, spec.sample_rate))
}

/// Columns that are being filled.
struct Wave {
    columns: Vec<Column>,
    samples: u64,
    channels: u64,
    /// Samples of the column under way that are still to come.
    left: u64,
    most: u64,
}

impl Wave {
    fn new(columns: usize, frames: u64, channels: u64) -> Self {
        let most = (columns as u64).min(frames);
        Self {
            columns: Vec::with_capacity(most as usize),
            samples: frames * channels,
            channels,
            left: 0,
            most,
        }
    }

    /// The sample of the first frame of a column that begins so far in the list.
    fn begin_of(&self, column: u64) -> u64 {
        self.samples / self.channels * column / self.most * self.channels
    }

    fn add(&mut self, sample: f32) {
        if self.left == 0 {
            let next = self.columns.len() as u64;
            if next == self.most {
                return; // half a frame at the end
            }
            self.left = self.begin_of(next + 1) - self.begin_of(next);
            self.columns.push(Column {
                low: sample,
                high: sample,
                clipped: false,
            });
        }
        self.left -= 1;
        if let Some(column) = self.columns.last_mut() {
            column.low = column.low.min(sample);
            column.high = column.high.max(sample);
            column.clipped |= sample.abs() >= FULL_SCALE;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp)] // exactly these values are promised

    use super::*;

    fn columns_of(samples: &[f32], channels: u64, columns: usize) -> Vec<Column> {
        let mut wave = Wave::new(columns, samples.len() as u64 / channels, channels);
        for sample in samples {
            wave.add(*sample);
        }
        wave.columns
    }

    #[test]
    fn every_sample_stands_in_the_column_of_its_time() {
        let ramp: Vec<f32> = (0..1000).map(|n| n as f32 / 1000.0).collect();
        let columns = columns_of(&ramp, 1, 7);
        assert_eq!(columns.len(), 7);
        assert_eq!((columns[0].low, columns[6].high), (0.0, 0.999));
        for pair in columns.windows(2) {
            assert!(pair[0].high < pair[1].low);
        }
    }

    #[test]
    fn a_take_shorter_than_its_columns_has_one_for_each_frame() {
        assert_eq!(columns_of(&[0.1, 0.2, 0.3], 1, 240).len(), 3);
        assert_eq!(columns_of(&[0.1, -0.2, 0.3, -0.4], 2, 240).len(), 2);
        assert_eq!(columns_of(&[], 1, 240), []);
    }

    #[test]
    fn all_channels_count_and_full_scale_is_marked_where_it_is() {
        let columns = columns_of(&[0.1, -1.0, 0.2, 0.3, 0.4, 0.5], 2, 3);
        assert_eq!((columns[0].low, columns[0].high), (-1.0, 0.1));
        let clipped: Vec<bool> = columns.iter().map(|column| column.clipped).collect();
        assert_eq!(clipped, [true, false, false]);
    }

    #[test]
    fn boundaries_outside_the_file_are_moved_into_it_and_half_a_pair_is_none() {
        let timing = |start, end| LightTiming {
            speech_start: start,
            speech_end: end,
            ..LightTiming::default()
        };
        assert_eq!(timing(Some(-5), Some(200)).speech(100), Some(0..100));
        assert_eq!(timing(Some(5), None).speech(100), None);
        assert_eq!(timing(Some(50), Some(50)).speech(100), None);
    }
}
