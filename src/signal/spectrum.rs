//! The spectrum of a take, 10 ms by 10 ms: how far up its sound reaches.
//!
//! Promise: frame `n` is centred on the `n`th hop after the take's first frame. Each has the power of 64 bands of equal
//! width. Nothing fails.

use std::fmt;
use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

use super::level::HOP_MS;

/// Bands of equal width up to half the rate.
pub const LINEAR_BANDS: usize = 64;
/// Shortest window, ms; the next power of two is taken.
const WINDOW_MS: u32 = 25;
/// A band with less power carries nothing: the noise of 16 bits, spread over the bands, lies 9 dB below.
const DEAD: f32 = 1e-11;
/// What lies so far below the strongest band carries nothing either, dB: leakage of filters and codecs.
const DEAD_BELOW_DB: f32 = 75.0;

/// One window.
#[derive(Clone, Copy, Debug)]
struct Frame {
    linear: [f32; LINEAR_BANDS],
}

/// The spectra of a growing take.
#[derive(Clone)]
pub struct Spectrum {
    sample_rate_hz: u32,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    hop_frames: usize,
    /// The newest frames; a window begins with the first.
    held: Vec<f32>,
    work: Vec<f32>,
    frames: Vec<Frame>,
}

impl fmt::Debug for Spectrum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spectrum")
            .field("sample_rate_hz", &self.sample_rate_hz)
            .field("frames", &self.frames.len())
            .finish_non_exhaustive()
    }
}

impl Spectrum {
    /// Of mono audio at `sample_rate_hz`.
    pub fn new(sample_rate_hz: u32) -> Self {
        let size = ((sample_rate_hz * WINDOW_MS / 1000) as usize).next_power_of_two();
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(size);
        let turn = std::f32::consts::TAU / size as f32;
        // Scaled so that the powers of all bands add up to the mean square (Hann: mean of squares 3/8).
        let scale = (2.0 / 0.375_f32).sqrt() / size as f32;
        let hann = |n: usize| (0.5 - 0.5 * (turn * n as f32).cos()) * scale;
        let hop_frames = (sample_rate_hz * HOP_MS / 1000).max(1) as usize;
        let before = (size - hop_frames) / 2;
        Self {
            sample_rate_hz,
            window: (0..size).map(hann).collect(),
            hop_frames,
            held: vec![0.0; before],
            work: fft.make_input_vec(),
            frames: Vec::new(),
            fft,
        }
    }

    /// Adds the next frames.
    pub fn push(&mut self, mono: &[f32]) {
        self.held.extend_from_slice(mono);
        let mut start = 0;
        while start + self.window.len() <= self.held.len() {
            let frame = self.analyse(start);
            self.frames.push(frame);
            start += self.hop_frames;
        }
        self.held.drain(..start);
    }

    fn analyse(&mut self, start: usize) -> Frame {
        for (work, (sample, weight)) in self
            .work
            .iter_mut()
            .zip(self.held[start..].iter().zip(&self.window))
        {
            *work = sample * weight;
        }
        let mut bins = self.fft.make_output_vec();
        // The buffers have the sizes that the plan asked for, so it has nothing to refuse.
        let _ = self.fft.process(&mut self.work, &mut bins);
        let mut frame = Frame {
            linear: [0.0; LINEAR_BANDS],
        };
        let per_band = (bins.len() - 1) / LINEAR_BANDS;
        for (n, bin) in bins.iter().enumerate().skip(1) {
            let power = bin.norm_sqr();
            frame.linear[((n - 1) / per_band.max(1)).min(LINEAR_BANDS - 1)] += power;
        }
        frame
    }

    /// The highest frequency that still carries sound in `hops`, Hz: above it there is nothing but the noise of 16 bits
    /// or the slope of a filter. A real microphone's own noise counts as sound, so a low figure means a Bluetooth headset,
    /// a telephone or a resampled stream, and not a noisy room. `None` where nothing sounds.
    pub fn bandwidth_hz(&self, hops: impl Iterator<Item = usize>) -> Option<f64> {
        let mut mean = [0.0_f32; LINEAR_BANDS];
        let mut count = 0_u32;
        for frame in hops.filter_map(|hop| self.frames.get(hop)) {
            for (mean, power) in mean.iter_mut().zip(frame.linear) {
                *mean += power;
            }
            count += 1;
        }
        let mean = mean.map(|sum| sum / count.max(1) as f32);
        let strongest = mean.iter().copied().fold(0.0, f32::max);
        let dead = DEAD.max(strongest * 10_f32.powf(-DEAD_BELOW_DB / 10.0));
        let highest = mean.iter().rposition(|power| *power > dead)?;
        let band_hz = f64::from(self.sample_rate_hz) / 2.0 / LINEAR_BANDS as f64;
        Some((highest + 1) as f64 * band_hz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(frames: usize) -> Vec<f32> {
        let mut state = 1_u32;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((f64::from(state) / f64::from(u32::MAX) - 0.5) * 0.2) as f32
        };
        (0..frames).map(next).collect()
    }

    fn spectrum(rate_hz: u32, samples: &[f32]) -> Spectrum {
        let mut spectrum = Spectrum::new(rate_hz);
        for block in samples.chunks(341) {
            spectrum.push(block);
        }
        spectrum
    }

    #[test]
    fn the_powers_of_all_bands_add_up_to_the_signals_power() {
        let samples = noise(48_000);
        let power: f32 = samples.iter().map(|s| s * s).sum::<f32>() / 48_000.0;
        let spectrum = spectrum(48_000, &samples);
        let hops = spectrum.frames.len() - 4;
        let bands: f32 = spectrum.frames[2..hops + 2]
            .iter()
            .flat_map(|f| f.linear)
            .sum();
        assert!((bands / hops as f32 / power - 1.0).abs() < 0.03);
    }

    #[test]
    fn a_stream_that_was_resampled_shows_how_far_up_it_reaches() {
        for reach_hz in [4000_u32, 8000, 22_000] {
            // A chord of tones 50 Hz apart up to there, in 16 bits.
            let tone = |t: f64, n: u32| {
                (t * std::f64::consts::TAU * f64::from(n * 50) + f64::from(n * n)).sin()
            };
            let sample = |n: u32| {
                let t = f64::from(n) / 48_000.0;
                let sum: f64 = (1..reach_hz / 50).map(|n| tone(t, n)).sum();
                ((sum * 0.002 * 32_768.0).round() / 32_768.0) as f32
            };
            let samples: Vec<f32> = (0..24_000).map(sample).collect();
            let found = spectrum(48_000, &samples).bandwidth_hz(5..40).unwrap();
            assert!(
                (found - f64::from(reach_hz)).abs() < 400.0,
                "{reach_hz}: {found}"
            );
        }
    }

    #[test]
    fn of_digital_silence_no_bandwidth_is_told() {
        assert_eq!(
            spectrum(48_000, &vec![0.0; 48_000]).bandwidth_hz(0..90),
            None
        );
    }

    #[test]
    fn a_frame_lies_around_its_hop() {
        for rate_hz in [8_000, 16_000, 44_100, 48_000] {
            let mut samples = vec![0.0; rate_hz as usize];
            samples[rate_hz as usize / 2] = 1.0; // in hop 50
            let spectrum = spectrum(rate_hz, &samples);
            let power = |hop: usize| spectrum.frames[hop].linear.iter().sum::<f32>();
            let loudest = (0..90)
                .max_by(|a, b| power(*a).total_cmp(&power(*b)))
                .unwrap();
            assert!((49..=50).contains(&loudest), "{rate_hz}: {loudest}");
        }
    }
}
