//! Mains hum: the tones at 50 or 60 Hz and their multiples, in what a take has of silence.
//!
//! Promise: hum is told only where nobody speaks (a voice has tones too), and only where the tones stand out of the noise
//! on either side of them. The level is that of the tones alone.
//!
//! How it fails: 200 ms of silence tell little, so hum that is weaker than the room's own low noise is not seen in a single
//! take; over the seconds of a microphone check it is.

use std::f64::consts::TAU;
use std::ops::Range;

use super::resample::Resampler;

/// The rate at which hum is looked for: one sample is a millisecond.
const RATE_HZ: u32 = 1000;
/// Window, samples: its zeros lie 10 Hz apart, so that 50 and 60 Hz do not mix.
const WINDOW: usize = 200;
/// Multiples of the mains' frequency that are looked at.
const MULTIPLES: u32 = 6;
/// The noise beside a tone is that at these distances, Hz.
const BESIDE_HZ: [f64; 4] = [-17.5, -12.5, 12.5, 17.5];
/// The strongest tone must stand out by so much, dB; and all of them together.
const TONE_DB: f64 = 12.0;
const FAMILY_DB: f64 = 7.0;
/// No tone of a quieter background is told: 24 bits of noise.
const LEAST: f64 = 1e-14;

/// Hum that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hum {
    /// 50 or 60.
    pub mains_hz: u32,
    /// Level of its tones, dBFS.
    pub dbfs: f64,
    /// By how much the tones stand out of the noise beside them, dB.
    pub above_noise_db: f64,
}

/// The low end of a growing take.
#[derive(Clone, Debug)]
pub struct HumFinder {
    resampler: Resampler,
    low: Vec<f32>,
}

impl HumFinder {
    /// Of mono audio at `sample_rate_hz`.
    pub fn new(sample_rate_hz: u32) -> Self {
        Self {
            resampler: Resampler::new(sample_rate_hz, RATE_HZ),
            low: Vec::new(),
        }
    }

    /// Adds the next frames.
    pub fn push(&mut self, mono: &[f32]) {
        self.resampler.push(mono, &mut self.low);
    }

    /// The hum in `silences`, in ms from the first frame; `None` where there is none, or too little silence to tell.
    pub fn find(&self, silences: &[Range<usize>]) -> Option<Hum> {
        let windows = self.windows(silences);
        if windows.is_empty() {
            return None;
        }
        let at = |hz: f64| mean_tone_power(&windows, hz);
        [50, 60]
            .into_iter()
            .filter_map(|mains_hz| family(mains_hz, at))
            .max_by(|a, b| a.dbfs.total_cmp(&b.dbfs))
    }

    fn windows(&self, silences: &[Range<usize>]) -> Vec<Vec<f64>> {
        let mut windows = Vec::new();
        for silence in silences {
            let end = silence.end.min(self.low.len());
            let silence = self
                .low
                .get(silence.start.min(end)..end)
                .unwrap_or_default();
            for start in (0..)
                .map(|n| n * WINDOW / 2)
                .take_while(|start| start + WINDOW <= silence.len())
            {
                windows.push(windowed(&silence[start..start + WINDOW]));
            }
        }
        windows
    }
}

/// The tones of one mains frequency, if they stand out.
fn family(mains_hz: u32, at: impl Fn(f64) -> f64) -> Option<Hum> {
    let (mut tones, mut noise, mut strongest) = (0.0, 0.0, 0.0_f64);
    let mut loud = 0.0;
    for multiple in 1..=MULTIPLES {
        let hz = f64::from(mains_hz * multiple);
        let tone = at(hz);
        let beside =
            BESIDE_HZ.iter().map(|off| at(hz + off)).sum::<f64>() / BESIDE_HZ.len() as f64 + LEAST;
        strongest = strongest.max(tone / beside);
        // What does not stand out at all is noise and no tone.
        if tone > 3.0 * beside {
            loud += tone;
        }
        tones += tone;
        noise += beside;
    }
    let above_noise_db = 10.0 * (tones / noise).log10();
    let stands_out = 10.0 * strongest.log10() >= TONE_DB && above_noise_db >= FAMILY_DB;
    stands_out.then(|| Hum {
        mains_hz,
        dbfs: 10.0 * loud.log10(),
        above_noise_db,
    })
}

/// Without its constant part, under a Hann window that keeps a tone's amplitude.
fn windowed(samples: &[f32]) -> Vec<f64> {
    let count = samples.len() as f64;
    let mean = samples.iter().map(|s| f64::from(*s)).sum::<f64>() / count;
    let hann = |n: usize| (1.0 - (TAU * n as f64 / count).cos()) / count;
    samples
        .iter()
        .enumerate()
        .map(|(n, s)| (f64::from(*s) - mean) * hann(n))
        .collect()
}

/// Mean square of the tone of `hz`, mean over the windows.
fn mean_tone_power(windows: &[Vec<f64>], hz: f64) -> f64 {
    let turn = TAU * hz / f64::from(RATE_HZ);
    let wave: Vec<(f64, f64)> = (0..WINDOW).map(|n| (turn * n as f64).sin_cos()).collect();
    let power = |window: &Vec<f64>| {
        let sum = window
            .iter()
            .zip(&wave)
            .fold((0.0, 0.0), |(im, re), (sample, (sin, cos))| {
                (im + sample * sin, re + sample * cos)
            });
        2.0 * (sum.0 * sum.0 + sum.1 * sum.1)
    };
    windows.iter().map(power).sum::<f64>() / windows.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(seconds: f64, silence: Range<usize>, seed: u32, tones: &[(f64, f64)]) -> Option<Hum> {
        let mut state = seed;
        let mut finder = HumFinder::new(48_000);
        let samples: Vec<f32> = (0..(seconds * 48_000.0) as usize)
            .map(|n| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (f64::from(state >> 8) / f64::from(1 << 24) - 0.5) * 0.006;
                let t = n as f64 / 48_000.0 * TAU;
                (noise + tones.iter().map(|(hz, a)| a * (t * hz).sin()).sum::<f64>()) as f32
            })
            .collect();
        finder.push(&samples);
        finder.find(&[silence])
    }

    #[test]
    fn hum_is_told_with_its_frequency_and_level() {
        for mains_hz in [50_u32, 60] {
            let f = f64::from(mains_hz);
            // -50 dBFS and -56 dBFS: together -49.
            let tones = [(f, 0.004_47), (3.0 * f, 0.002_24)];
            let hum = found(0.5, 0..450, 7, &tones).unwrap();
            assert_eq!(hum.mains_hz, mains_hz);
            assert!((hum.dbfs + 49.0).abs() < 1.5, "{hum:?}");
        }
    }

    #[test]
    fn the_noise_of_a_room_hardly_ever_hums() {
        let alarms = (1..=200)
            .filter(|seed| found(0.4, 0..380, *seed, &[]).is_some_and(|hum| hum.dbfs > -65.0));
        assert_eq!(alarms.count(), 0);
    }

    #[test]
    fn another_tone_is_no_hum() {
        assert_eq!(found(2.0, 0..1900, 3, &[(85.0, 0.01)]), None);
    }

    #[test]
    fn too_short_a_silence_tells_nothing() {
        assert_eq!(found(0.5, 100..250, 7, &[(50.0, 0.01)]), None);
    }
}
