//! Sounds that are no speech: clicks, coughs, doors, breaths.

use std::f64::consts::TAU;

use super::chance::{Chance, rms};

/// Frames per second of every sound.
pub const RATE_HZ: u32 = 48_000;

/// Frames in `ms`.
pub fn frames(ms: f64) -> usize {
    (ms * f64::from(RATE_HZ) / 1000.0) as usize
}

/// Noise that starts at once and dies with time constant `decay_ms`.
pub fn noise_burst(chance: &mut Chance, ms: f64, decay_ms: f64) -> Vec<f32> {
    (0..frames(ms))
        .map(|n| chance.white() * 1.7 * (-(n as f64) / frames(decay_ms) as f64).exp() as f32)
        .collect()
}

/// Noise through resonances.
fn resonant(chance: &mut Chance, count: usize, peaks: &[(f64, f64)]) -> Vec<f32> {
    let mut states = vec![[0.0_f64; 2]; peaks.len()];
    let mut out: Vec<f32> = (0..count)
        .map(|_| {
            let white = f64::from(chance.white());
            let sum: f64 = peaks
                .iter()
                .zip(&mut states)
                .map(|((hz, width), state)| {
                    let r = (-std::f64::consts::PI * width / f64::from(RATE_HZ)).exp();
                    let y = white * (1.0 - r)
                        + 2.0 * r * (TAU * hz / f64::from(RATE_HZ)).cos() * state[0]
                        - r * r * state[1];
                    *state = [y, state[0]];
                    y
                })
                .sum();
            sum as f32
        })
        .collect();
    let scale = 1.0 / rms(&out).max(1e-9);

    for s in &mut out {
        *s *= scale;
    }
    out
}

/// A burst, a hiss behind it, now and then a second burst: the phases of a cough without the voiced one.
pub fn cough(chance: &mut Chance) -> Vec<f32> {
    let peaks = [
        (chance.between(400.0, 700.0), 300.0),
        (chance.between(1200.0, 1900.0), 500.0),
        (3000.0, 1500.0),
    ];
    let count = frames(chance.between(220.0, 330.0));
    let second = chance.one_in(2).then(|| chance.between(0.55, 0.75));
    let mut sound = resonant(chance, count, &peaks);
    for (n, s) in sound.iter_mut().enumerate() {
        let t = n as f64 / count as f64;
        let burst = |at: f64| if t < at { 0.0 } else { ((at - t) * 14.0).exp() };
        let envelope = burst(0.02) + 0.25 * (1.0 - t) + second.map_or(0.0, |at| 0.6 * burst(at));
        *s *= envelope as f32;
    }
    sound
}

/// A thump of a low resonance, and a latch.
pub fn door(chance: &mut Chance) -> Vec<f32> {
    let (low, count) = (chance.between(55.0, 140.0), frames(300.0));
    let mut sound = resonant(
        chance,
        count,
        &[(low, 30.0), (low * 3.1, 80.0), (1800.0, 900.0)],
    );
    let latch = frames(chance.between(40.0, 120.0));
    for (n, s) in sound.iter_mut().enumerate() {
        let since = |at: usize, ms: f64| {
            if n < at {
                0.0
            } else {
                (-((n - at) as f64) / frames(ms) as f64).exp()
            }
        };
        *s *= (since(0, 70.0) + 0.5 * since(latch, 8.0)) as f32;
    }
    sound
}

/// Breath: hiss that swells and fades.
pub fn hiss(chance: &mut Chance, ms: f64) -> Vec<f32> {
    let count = frames(ms);
    let mut sound = resonant(chance, count, &[(900.0, 700.0), (2200.0, 1500.0)]);
    for (n, s) in sound.iter_mut().enumerate() {
        *s *= (std::f64::consts::PI * n as f64 / count as f64).sin() as f32;
    }
    sound
}
