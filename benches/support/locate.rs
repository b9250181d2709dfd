//! Finds a recording in the noise, which dates its frames, and looks whether all of it is there.

use std::path::Path;

use anyhow::{Context, bail, ensure};

use super::noise;

/// Length of the piece that is looked for first, ms.
const ANCHOR_MS: u32 = 30;
/// Length of the pieces that are looked at one by one, ms.
const PIECE_MS: u32 = 10;
/// A correlation above which a piece is where it should be.
const SURE: f64 = 0.9;
/// How far a piece is looked for where it is not where it should be, ms.
const AWAY_MS: u32 = 250;

/// A recording that was found.
#[derive(Debug)]
pub struct Found {
    /// The noise frame that the WAV's frame 0 would be, by the first piece that was recognised.
    pub start: f64,
    /// WAV frames before the first sound (exact silence), which hold nothing of the noise.
    pub silent_frames: usize,
    /// Noise frames per WAV frame.
    pub stride: f64,
    /// Length of the WAV.
    pub frames: usize,
    /// The noise frame that follows the WAV's last frame, by the last piece that was recognised.
    pub end: f64,
    /// Frames lost (jumps forward) and doubled (jumps back) between the pieces, in WAV frames.
    pub lost_or_doubled: f64,
    /// Pieces that hold something else than the noise.
    pub foreign_pieces: usize,
    /// Frames that differ from the noise by more than one step of 16 bits; not told where the rate was converted.
    pub inexact_frames: Option<usize>,
}

impl Found {
    /// The noise frame at a frame of the WAV.
    pub fn noise_frame(&self, wav_frame: f64) -> f64 {
        self.start + wav_frame * self.stride
    }

    /// The noise frame of the first frame that holds sound.
    pub fn first_sound(&self) -> f64 {
        self.noise_frame(self.silent_frames as f64)
    }
}

/// A mono WAV and its rate in Hz.
pub fn read(path: &Path) -> anyhow::Result<(u32, Vec<f32>)> {
    let mut wav = hound::WavReader::open(path).with_context(|| path.display().to_string())?;
    let spec = wav.spec();
    ensure!(spec.channels == 1, "{} is not mono", path.display());
    let samples: Result<Vec<f32>, _> = match (spec.sample_format, spec.bits_per_sample) {
        (hound::SampleFormat::Int, 16) => wav
            .samples::<i16>()
            .map(|s| s.map(|s| f32::from(s) / 32_768.0))
            .collect(),
        (hound::SampleFormat::Float, 32) => wav.samples::<f32>().collect(),
        other => bail!("{} is {other:?}", path.display()),
    };
    Ok((spec.sample_rate, samples?))
}

/// Finds the recording, whose frame 0 is noise frame `near` give or take `about` noise frames.
pub fn find(rate_hz: u32, wav: &[f32], near: f64, about: f64) -> anyhow::Result<Found> {
    ensure!(
        noise::RATE_HZ.is_multiple_of(rate_hz),
        "{rate_hz} Hz does not divide the noise's rate"
    );
    let haystack = Haystack::around(rate_hz, wav.len(), near, about);
    let silent = |s: &&f32| s.abs() < 0.5 / 32_768.0;
    let silent_frames = wav.iter().take_while(silent).count();
    let silent_tail = wav.iter().rev().take_while(silent).count();
    ensure!(silent_frames < wav.len(), "the recording is silent");
    let sound = silent_frames..wav.len() - silent_tail;

    let anchor = frames(rate_hz, ANCHOR_MS).min(sound.len());
    // In the middle; elsewhere where that is just where something is missing.
    let anchored = [4, 2, 6, 1, 7].into_iter().find_map(|eighths| {
        let at = sound.start + (sound.len() - anchor) * eighths / 8;
        let expected = haystack.lag_of(near, at);
        let (lag, sure) = haystack.search(&wav[at..at + anchor], expected, about as usize);
        (sure > SURE).then_some((at, lag))
    });
    let (at, lag) = anchored.context("the recording was not found in the noise")?;

    let mut pieces = Vec::new();
    let mut foreign_pieces = 0;
    let piece = frames(rate_hz, PIECE_MS);
    // Whole pieces, the last one flush with the end.
    let starts = sound
        .clone()
        .step_by(piece)
        .map(|at| at.min(sound.end.saturating_sub(piece)));
    // Offsets are lags less the place in the WAV: equal where nothing is missing.
    let mut offset = lag - (at * haystack.stride) as f64;
    for at in starts {
        let samples = &wav[at..(at + piece).min(wav.len())];
        let place = (at * haystack.stride) as f64;
        let (mut lag, mut sure) = haystack.search(samples, place + offset, 2 * haystack.stride);
        if sure <= SURE {
            let away = frames(noise::RATE_HZ, AWAY_MS);
            (lag, sure) = haystack.search(samples, place + offset, away);
        }
        if sure > SURE {
            offset = lag - place;
            pieces.push(offset);
        } else {
            foreign_pieces += 1;
        }
    }
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        bail!("no piece of the recording was recognised");
    };
    let stride = haystack.stride as f64;
    let jumps = pieces
        .windows(2)
        .map(|pair| ((pair[1] - pair[0]) / stride).abs());
    Ok(Found {
        start: haystack.first as f64 + first,
        silent_frames,
        stride,
        frames: wav.len(),
        end: haystack.first as f64 + last + ((wav.len() - silent_tail) as f64) * stride,
        // Half a frame and more is a frame; below is the search's own noise.
        lost_or_doubled: jumps
            .filter(|frames| *frames > 0.5)
            .fold(0.0, |sum, jump| sum + jump),
        foreign_pieces,
        inexact_frames: (rate_hz == noise::RATE_HZ)
            .then(|| haystack.inexact(&wav[sound.clone()], sound.start as f64 + first)),
    })
}

/// Normalised correlation of two pieces of sound.
pub fn alike<'a>(samples: &[f32], others: impl IntoIterator<Item = &'a f32>) -> f64 {
    let (mut both, mut ours, mut theirs) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (sample, other) in samples.iter().zip(others) {
        both += sample * other;
        ours += sample * sample;
        theirs += other * other;
    }
    f64::from(both / (ours * theirs).sqrt().max(f32::MIN_POSITIVE))
}

fn frames(rate_hz: u32, ms: u32) -> usize {
    (rate_hz * ms / 1000) as usize
}

/// The stretch of noise that a recording is looked for in.
struct Haystack {
    first: u64,
    noise: Vec<f32>,
    stride: usize,
}

impl Haystack {
    fn around(rate_hz: u32, frames_of_wav: usize, near: f64, about: f64) -> Self {
        let stride = (noise::RATE_HZ / rate_hz) as usize;
        let margin = about + f64::from(noise::RATE_HZ);
        let first = (near - margin).max(0.0) as u64;
        let frames = frames_of_wav * stride + 2 * margin as usize;
        Self {
            first,
            noise: noise::reference(first, frames, rate_hz),
            stride,
        }
    }

    /// Where in the haystack WAV frame `at` is expected.
    fn lag_of(&self, near: f64, at: usize) -> f64 {
        near - self.first as f64 + (at * self.stride) as f64
    }

    /// The best place within `reach` of `expected`, to a fraction of a frame, and its correlation.
    fn search(&self, samples: &[f32], expected: f64, reach: usize) -> (f64, f64) {
        let centre = expected.round().max(0.0) as usize;
        let lowest = centre.saturating_sub(reach);
        let best = (lowest..=centre + reach)
            .map(|lag| (lag, self.correlation(samples, lag)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((lag, sure)) = best else {
            return (expected, 0.0);
        };
        // The noise is white up to the recorder's band: at its own rate a peak is one sample wide and stands between
        // two samples only where a rate was converted.
        let before = self.correlation(samples, lag.saturating_sub(1));
        let after = self.correlation(samples, lag + 1);
        let curve = before - 2.0 * sure + after;
        let shift = if self.stride > 1 && curve < 0.0 {
            0.5 * (before - after) / curve
        } else {
            0.0
        };
        (lag as f64 + shift, sure)
    }

    /// Normalised correlation of the samples with the noise from `lag` on.
    fn correlation(&self, samples: &[f32], lag: usize) -> f64 {
        let last = lag + samples.len() * self.stride;
        if last > self.noise.len() {
            return 0.0;
        }
        alike(samples, self.noise[lag..last].iter().step_by(self.stride))
    }

    /// How many samples differ from the noise from `lag` on by more than one step of 16 bits.
    fn inexact(&self, samples: &[f32], lag: f64) -> usize {
        let noise = &self.noise[(lag.round() as usize).min(self.noise.len())..];
        let differs = |(a, b): &(&f32, &f32)| (*a - *b).abs() > 1.01 / 32_768.0;
        samples.iter().zip(noise).filter(differs).count()
    }
}
