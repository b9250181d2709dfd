//! Sound by the millisecond in three bands: fine enough to say where speech begins, small enough to keep for a whole take.
//!
//! Promise: tick `n` holds the power between `n` and `n + 1` ms after the first frame, at any rate. Below 100 Hz nothing is
//! heard (rumble, mains hum, a constant offset). Weak consonants drown in a room's low noise but stand out of its high
//! band, which is why there are three. Nothing fails; 12 bytes are kept for every millisecond.

/// Bands: 100 to 800 Hz (voicing), 800 to 3000 Hz (vowels), above 3000 Hz (hiss).
pub const BANDS: usize = 3;
/// Ticks in a second.
pub const TICKS_PER_S: u64 = 1000;

const RUMBLE_HZ: f64 = 100.0;
const LOW_HZ: f64 = 800.0;
const HIGH_HZ: f64 = 3000.0;

/// The powers of a growing take.
#[derive(Clone, Debug)]
pub struct Ticks {
    sample_rate_hz: u64,
    rumble: Biquad,
    low: Biquad,
    not_low: Biquad,
    middle: Biquad,
    high: Biquad,
    /// Frames so far.
    frames: u64,
    /// The frame with which the tick under way ends.
    ends: u64,
    under_way: [f64; BANDS],
    done: Vec<[f32; BANDS]>,
}

impl Ticks {
    /// Of mono audio at `sample_rate_hz`, 8 kHz or more.
    pub fn new(sample_rate_hz: u32) -> Self {
        let rate = f64::from(sample_rate_hz);
        let ticks = Self {
            sample_rate_hz: u64::from(sample_rate_hz),
            rumble: Biquad::high_pass(RUMBLE_HZ, rate),
            low: Biquad::low_pass(LOW_HZ, rate),
            not_low: Biquad::high_pass(LOW_HZ, rate),
            middle: Biquad::low_pass(HIGH_HZ, rate),
            high: Biquad::high_pass(HIGH_HZ, rate),
            frames: 0,
            ends: 0,
            under_way: [0.0; BANDS],
            done: Vec::new(),
        };
        Self {
            ends: ticks.frame_of(1),
            ..ticks
        }
    }

    /// Adds the next frames.
    pub fn push(&mut self, mut mono: &[f32]) {
        while !mono.is_empty() {
            let wanted = (self.ends - self.frames) as usize;
            let (now, later) = mono.split_at(wanted.min(mono.len()));
            for &sample in now {
                let sound = self.rumble.next(f64::from(sample));
                let not_low = self.not_low.next(sound);
                let bands = [
                    self.low.next(sound),
                    self.middle.next(not_low),
                    self.high.next(not_low),
                ];
                for (sum, band) in self.under_way.iter_mut().zip(bands) {
                    *sum += band * band;
                }
            }
            self.frames += now.len() as u64;
            mono = later;
            if self.frames == self.ends {
                let tick = self.done.len() as u64;
                let frames = (self.ends - self.frame_of(tick)) as f64;
                self.done
                    .push(self.under_way.map(|sum| (sum / frames) as f32));
                self.under_way = [0.0; BANDS];
                self.ends = self.frame_of(tick + 2);
            }
        }
    }

    /// The finished ticks: mean squares by band.
    pub fn powers(&self) -> &[[f32; BANDS]] {
        &self.done
    }

    /// The first frame of tick `tick`.
    pub fn frame_of(&self, tick: u64) -> u64 {
        tick * self.sample_rate_hz / TICKS_PER_S
    }

    /// The tick that holds `frame`.
    pub fn tick_of(&self, frame: u64) -> u64 {
        ((frame + 1) * TICKS_PER_S).div_ceil(self.sample_rate_hz) - 1
    }
}

/// A filter of the second order, Butterworth (formulas: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter
/// coefficients").
#[derive(Clone, Copy, Debug)]
pub(super) struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    pub(super) fn low_pass(at_hz: f64, rate_hz: f64) -> Self {
        Self::new(at_hz, rate_hz, |cos| {
            [(1.0 - cos) / 2.0, 1.0 - cos, (1.0 - cos) / 2.0]
        })
    }

    pub(super) fn high_pass(at_hz: f64, rate_hz: f64) -> Self {
        Self::new(at_hz, rate_hz, |cos| {
            [
                f64::midpoint(1.0, cos),
                -(1.0 + cos),
                f64::midpoint(1.0, cos),
            ]
        })
    }

    fn new(at_hz: f64, rate_hz: f64, b: impl Fn(f64) -> [f64; 3]) -> Self {
        let turn = std::f64::consts::TAU * (at_hz / rate_hz).min(0.49);
        let alpha = turn.sin() * std::f64::consts::FRAC_1_SQRT_2;
        let scale = 1.0 / (1.0 + alpha);
        Self {
            b: b(turn.cos()).map(|b| b * scale),
            a: [-2.0 * turn.cos() * scale, (1.0 - alpha) * scale],
            state: [0.0; 2],
        }
    }

    pub(super) fn next(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        // The tiny constant keeps a fading state out of the slow denormal numbers.
        self.state[1] = self.b[2] * x - self.a[1] * y + 1e-30;
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(rate_hz: u32, ms: u32, sample: impl Fn(f64) -> f64) -> Ticks {
        let mut ticks = Ticks::new(rate_hz);
        let samples: Vec<f32> = (0..rate_hz * ms / 1000)
            .map(|n| sample(f64::from(n) / f64::from(rate_hz)) as f32)
            .collect();
        for block in samples.chunks(341) {
            ticks.push(block);
        }
        ticks
    }

    fn db(power: f32) -> f32 {
        10.0 * power.max(1e-15).log10()
    }

    #[test]
    fn a_tone_is_found_in_its_band_with_its_level() {
        for rate_hz in [8_000, 16_000, 44_100, 48_000, 192_000] {
            for (band, tone_hz) in [(0, 300.0), (1, 1700.0), (2, 3900.0)] {
                let ticks = ticks(rate_hz, 100, |t| {
                    (t * tone_hz * std::f64::consts::TAU).sin()
                });
                let mean = |band: usize| {
                    let powers = &ticks.powers()[20..100];
                    db(powers.iter().map(|p| p[band]).sum::<f32>() / 80.0)
                };
                assert!(
                    (mean(band) + 3.0).abs() < 2.5,
                    "{tone_hz} Hz at {rate_hz}: {}",
                    mean(band)
                );
                for other in (0..BANDS).filter(|other| *other != band) {
                    assert!(
                        mean(other) < mean(band) - 2.0,
                        "{tone_hz} Hz in band {other}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_offset_and_mains_hum_are_not_heard() {
        let ticks = ticks(48_000, 500, |t| {
            0.3 + 0.1 * (t * 50.0 * std::f64::consts::TAU).sin()
        });
        for powers in &ticks.powers()[300..] {
            assert!(db(powers[1]) < -60.0 && db(powers[2]) < -80.0, "{powers:?}");
        }
    }

    #[test]
    fn a_sound_shows_in_the_millisecond_in_which_it_begins() {
        for rate_hz in [16_000, 44_100, 48_000] {
            let ticks = ticks(rate_hz, 100, |t| {
                if t < 0.05 {
                    0.0
                } else {
                    (t * 4000.0 * 6.3).sin()
                }
            });
            let first = ticks.powers().iter().position(|p| db(p[2]) > -30.0);
            assert_eq!(first, Some(50), "at {rate_hz}");
        }
    }

    #[test]
    fn ticks_and_frames_agree() {
        for rate_hz in [8_000, 11_025, 22_050, 44_100, 48_000] {
            let ticks = Ticks::new(rate_hz);
            for tick in 0..2000 {
                assert_eq!(ticks.tick_of(ticks.frame_of(tick)), tick);
                assert_eq!(ticks.tick_of(ticks.frame_of(tick + 1) - 1), tick);
            }
        }
    }
}
