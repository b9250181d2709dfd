//! How periodic a sound is: a second opinion on what the network takes for a voice.
//!
//! Promise: below 0.2 for noise, above 0.4 for a clear voice of 65 to 400 Hz, however loud. The sound's spectrum is
//! flattened before its autocorrelation is looked at, so that one strong resonance (a door, a table) does not stand for
//! all: a voice has many partials (generalised autocorrelation after T. Tolonen and M. Karjalainen, "A computationally
//! efficient multipitch analysis model", 2000). Nothing fails.
//!
//! How it fails: whispering is not periodic; a creaking voice and speech in loud noise are less so than others, some hardly
//! more than noise. A tone without noise around it, hum, a bell and music are periodic.

use std::fmt;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// Samples of 16 kHz that are looked at: 48 ms, three periods of the lowest voice.
pub const WINDOW: usize = 768;
const SIZE: usize = 2048;
const RATE_HZ: f32 = 16_000.0;
/// Voices, Hz.
const PITCH_HZ: (f32, f32) = (60.0, 400.0);
/// Partials that are looked at, Hz.
const PARTIALS_HZ: (f32, f32) = (150.0, 2400.0);
/// Magnitudes are raised to this: 2 is plain autocorrelation, near 0 a cepstrum.
const POWER: f32 = 0.6;

/// Measures windows of sound.
pub struct Periodicity {
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    /// Autocorrelation of the window itself.
    taper: Vec<f32>,
    work: Vec<f32>,
    bins: Vec<Complex<f32>>,
}

impl fmt::Debug for Periodicity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Periodicity").finish_non_exhaustive()
    }
}

impl Default for Periodicity {
    fn default() -> Self {
        let mut planner = RealFftPlanner::<f32>::new();
        let forward = planner.plan_fft_forward(SIZE);
        let back = planner.plan_fft_inverse(SIZE);
        let turn = std::f32::consts::TAU / WINDOW as f32;
        let window: Vec<f32> = (0..WINDOW)
            .map(|n| 0.5 - 0.5 * (turn * (n as f32 + 0.5)).cos())
            .collect();
        let own = |lag: usize| -> f32 { (lag..WINDOW).map(|n| window[n] * window[n - lag]).sum() };
        let taper = (0..=lags().1 + 1).map(|lag| own(lag) / own(0)).collect();
        Self {
            work: forward.make_input_vec(),
            bins: forward.make_output_vec(),
            forward,
            back,
            window,
            taper,
        }
    }
}

fn lags() -> (usize, usize) {
    (
        (RATE_HZ / PITCH_HZ.1) as usize,
        (RATE_HZ / PITCH_HZ.0) as usize,
    )
}

impl Periodicity {
    /// Of the newest [`WINDOW`] samples of 16 kHz.
    pub fn of(&mut self, samples: impl Iterator<Item = f32>) -> f32 {
        self.work.fill(0.0);
        for (work, (sample, weight)) in self.work.iter_mut().zip(samples.zip(&self.window)) {
            *work = sample * weight;
        }
        // The buffers have the sizes that the plans asked for, so they have nothing to refuse.
        let _ = self.forward.process(&mut self.work, &mut self.bins);
        let bin_hz = RATE_HZ / SIZE as f32;
        let partials = (PARTIALS_HZ.0 / bin_hz) as usize..(PARTIALS_HZ.1 / bin_hz) as usize;
        for (n, bin) in self.bins.iter_mut().enumerate() {
            let power = if partials.contains(&n) {
                bin.norm_sqr().powf(POWER / 2.0)
            } else {
                0.0
            };
            *bin = Complex::new(power, 0.0);
        }
        let _ = self.back.process(&mut self.bins, &mut self.work);
        let (least, most) = lags();
        let whole = self.work[0];
        if whole <= 0.0 {
            return 0.0;
        }
        let at = |lag: usize| self.work[lag] / (whole * self.taper[lag].max(0.2));
        let is_peak = |lag: &usize| at(*lag) >= at(lag - 1) && at(*lag) >= at(lag + 1);
        (least..=most)
            .filter(is_peak)
            .map(at)
            .fold(0.0, f32::max)
            .min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::voice::PERIODIC_ON;

    /// How periodic one window of `sound` is.
    fn of(sound: impl Fn(f32) -> f32) -> f32 {
        Periodicity::default().of((0..WINDOW).map(|n| sound(n as f32 / RATE_HZ)))
    }

    fn white() -> impl FnMut() -> f32 {
        let mut state = 7_u32;
        move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        }
    }

    /// Partials of `pitch_hz`, softer upwards, as a voice has them.
    fn voice(pitch_hz: f32) -> impl Fn(f32) -> f32 {
        move |t| {
            (1..=(3000.0 / pitch_hz) as usize)
                .map(|k| (t * pitch_hz * k as f32 * std::f32::consts::TAU).sin() / k as f32)
                .sum()
        }
    }

    #[test]
    fn voices_from_the_lowest_to_a_childs_have_a_pitch_by_far() {
        for pitch_hz in [65.0, 90.0, 110.0, 180.0, 260.0, 380.0] {
            let periodic = of(voice(pitch_hz));
            assert!(periodic > 2.0 * PERIODIC_ON, "{pitch_hz} Hz: {periodic}");
        }
    }

    #[test]
    fn noise_has_none_a_hundred_times_in_a_row() {
        let mut white = white();
        let mut periodicity = Periodicity::default();
        for _ in 0..100 {
            let noise: Vec<f32> = (0..WINDOW).map(|_| white()).collect();
            let periodic = periodicity.of(noise.into_iter());
            assert!(periodic < PERIODIC_ON, "{periodic}");
        }
    }

    #[test]
    fn how_loud_it_is_does_not_matter_and_silence_has_none() {
        let loud = of(voice(120.0));
        let soft = of(|t| voice(120.0)(t) * 0.001);
        assert!((loud - soft).abs() < 0.01, "{loud} {soft}");
        assert!(of(|_| 0.0) <= 0.0);
    }

    #[test]
    fn one_loud_ring_does_not_hide_that_the_rest_is_noise_but_a_pure_tone_and_hum_have_a_pitch() {
        let ring = |t: f32| (t * 90.0 * std::f32::consts::TAU).sin() * (-t * 40.0).exp();
        let mut white = white();
        let noise: Vec<f32> = (0..WINDOW).map(|_| white() * 0.1).collect();
        let door = of(|t| ring(t) + noise[(t * RATE_HZ).round() as usize]);
        assert!(door < PERIODIC_ON, "{door}");
        assert!(of(|t| (t * 300.0 * std::f32::consts::TAU).sin()) > PERIODIC_ON);
        assert!(of(voice(100.0)) > PERIODIC_ON);
    }
}
