//! Every n-th sample of a high rate, without what would fold into the part of the band that is looked at.
//!
//! Promise: sample `k` that comes out is the sound at frame `k * factor` of what went in (the filter's delay is taken
//! out), and what is below [`KEPT_HZ`] is as it was. Above that nothing is promised: the filter is short because it may
//! let pass whatever folds to above [`KEPT_HZ`]. It does not fail.

use std::f64::consts::PI;

/// Up to here the sound is kept, Hz: what a source at 8 kHz carries.
pub const KEPT_HZ: f64 = 4000.0;
/// The lowest rate that is thinned out to, Hz.
const LEAST_HZ: u32 = 16_000;
/// Length of the filter on either side of its middle, in samples that come out.
const REACH: usize = 6;

/// Thins out one stream.
#[derive(Debug)]
pub struct Decimator {
    factor: usize,
    taps: Vec<f32>,
    /// The last samples that went in, as many as the filter is long, and those that wait for the next one to come out.
    waiting: Vec<f32>,
}

impl Decimator {
    /// From `rate_hz` to a `factor`-th of it, at least 16 kHz; rates below 32 kHz stay.
    pub fn new(rate_hz: u32) -> Self {
        let factor = (rate_hz / LEAST_HZ).max(1) as usize;
        let taps = taps(factor);
        Self {
            factor,
            // The filter's middle stands on the first sample at once.
            waiting: vec![0.0; taps.len() / 2],
            taps,
        }
    }

    /// One of so many samples comes out.
    pub fn factor(&self) -> usize {
        self.factor
    }

    /// Takes samples and adds what comes out to `out`.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        if self.factor == 1 {
            out.extend_from_slice(samples);
            return;
        }
        self.waiting.extend_from_slice(samples);
        let mut from = 0;
        while let Some(window) = self.waiting.get(from..from + self.taps.len()) {
            out.push(window.iter().zip(&self.taps).map(|(x, tap)| x * tap).sum());
            from += self.factor;
        }
        self.waiting.drain(..from);
    }
}

/// A low pass at half the rate that comes out: a sinc under a Blackman window, whose stop band is 74 dB down after a
/// transition of 5.5 / length (Harris, "On the use of windows for harmonic analysis", Proc. IEEE 66, 1978). With this
/// length that is about 0.46 of the rate that comes out, so it is done before what folds to below a quarter of it.
fn taps(factor: usize) -> Vec<f32> {
    let middle = (REACH * factor) as f64;
    let tap = |n: usize| {
        let (x, turn) = (n as f64 - middle, PI * n as f64 / middle);
        let window = 0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos();
        let angle = PI * x / factor as f64;
        window * if x == 0.0 { 1.0 } else { angle.sin() / angle }
    };
    let taps: Vec<f64> = (0..=2 * REACH * factor).map(tap).collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| (tap / sum) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, rate_hz: u32) -> Vec<f32> {
        let step = std::f64::consts::TAU * hz / f64::from(rate_hz);
        (0..rate_hz / 4)
            .map(|n| (f64::from(n) * step).sin() as f32)
            .collect()
    }

    fn thinned(samples: &[f32], rate_hz: u32, block: usize) -> Vec<f32> {
        let mut decimator = Decimator::new(rate_hz);
        let mut out = Vec::new();
        for block in samples.chunks(block) {
            decimator.push(block, &mut out);
        }
        out
    }

    #[test]
    fn what_is_kept_comes_out_at_its_instant_in_blocks_of_any_size() {
        for (rate_hz, factor) in [
            (16_000, 1),
            (24_000, 1),
            (44_100, 2),
            (48_000, 3),
            (192_000, 12),
        ] {
            let samples = tone(3500.0, rate_hz);
            let out = thinned(&samples, rate_hz, 341);
            assert_eq!(out, thinned(&samples, rate_hz, 7));
            let whole = samples.len() / factor;
            assert!(out.len() <= whole && out.len() + REACH >= whole);
            for (k, x) in out.iter().enumerate().skip(REACH) {
                assert!((x - samples[k * factor]).abs() < 0.002, "{rate_hz} Hz");
            }
        }
    }

    #[test]
    fn what_would_fold_into_the_band_is_gone() {
        for rate_hz in [32_000, 44_100, 48_000, 96_000, 192_000] {
            let factor = rate_hz / LEAST_HZ;
            let folds_to_3800_hz = f64::from(rate_hz / factor) - 3800.0;
            let out = thinned(&tone(folds_to_3800_hz, rate_hz), rate_hz, 512);
            let loudest = out[2 * REACH..]
                .iter()
                .fold(0.0, |most: f32, x| most.max(x.abs()));
            assert!(loudest < 0.001, "{loudest} of it is left at {rate_hz} Hz");
        }
    }
}
