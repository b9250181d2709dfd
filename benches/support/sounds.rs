//! Sounds that are no speech: clicks, coughs, doors, breaths. All are made of noise, pulses and resonances; none was
//! recorded.

use std::f64::consts::TAU;

use super::chance::{Chance, factor, rms};

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
    let source: Vec<f32> = (0..count).map(|_| chance.white()).collect();
    through(&source, peaks)
}

/// `source` through resonances side by side (Hz, width in Hz), at an RMS of 1.
fn through(source: &[f32], peaks: &[(f64, f64)]) -> Vec<f32> {
    let mut states = vec![[0.0_f64; 2]; peaks.len()];
    let mut out: Vec<f32> = source
        .iter()
        .map(|x| {
            let x = f64::from(*x);
            let sum: f64 = peaks
                .iter()
                .zip(&mut states)
                .map(|((hz, width), state)| {
                    let r = (-std::f64::consts::PI * width / f64::from(RATE_HZ)).exp();
                    let y = x * (1.0 - r)
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

/// A cough with its three phases: the glottal explosion (30 to 50 ms of everything at once), the breath behind it, and in
/// two of three the groan of the closing folds, 100 to 250 ms, with an unsteady pitch; one in three coughs twice.
pub fn voiced_cough(chance: &mut Chance) -> Vec<f32> {
    let peaks = [
        (chance.between(400.0, 750.0), 250.0),
        (chance.between(1100.0, 1900.0), 400.0),
        (chance.between(2400.0, 3400.0), 900.0),
    ];
    let mut sound = one_cough(chance, &peaks);
    if chance.one_in(3) {
        sound.extend(vec![0.0; frames(chance.between(60.0, 180.0))]);
        let gain = factor(chance.between(-8.0, 0.0));
        sound.extend(one_cough(chance, &peaks).iter().map(|s| s * gain));
    }
    sound
}

fn one_cough(chance: &mut Chance, peaks: &[(f64, f64)]) -> Vec<f32> {
    let burst = chance.between(30.0, 50.0);
    let breath = chance.between(120.0, 280.0);
    let groan = if chance.one_in(3) {
        0.0
    } else {
        chance.between(100.0, 250.0)
    };
    let groan_at = burst + breath * chance.between(0.2, 0.7);
    let ms = (burst + breath).max(groan_at + groan) + 30.0;
    let count = frames(ms);
    let mut sound = resonant(chance, count, peaks);
    let tail = f64::from(factor(chance.between(-18.0, -8.0)));
    for (n, s) in sound.iter_mut().enumerate() {
        let t = n as f64 * 1000.0 / f64::from(RATE_HZ);
        let attack = (t / 3.0).min(1.0);
        let explosion = (-(t - burst * 0.6).max(0.0) / (burst * 0.35)).exp();
        let swell = ((burst + breath - t) / breath).clamp(0.0, 1.0);
        *s *= (attack * (explosion + tail * swell)) as f32;
    }
    if groan > 0.0 {
        let voice = groaned(chance, groan, peaks);
        let gain = factor(chance.between(-12.0, -3.0));
        for (s, voice) in sound[frames(groan_at)..].iter_mut().zip(&voice) {
            *s += voice * gain;
        }
    }
    sound
}

/// Pulses whose distance and strength vary, through resonances, swelling and fading.
fn groaned(chance: &mut Chance, ms: f64, peaks: &[(f64, f64)]) -> Vec<f32> {
    let count = frames(ms);
    let (pitch_hz, fall) = (chance.between(90.0, 260.0), chance.between(0.6, 1.0));
    let jitter = chance.between(0.01, 0.05);
    let mut source = vec![0.0_f32; count];
    let mut at = 0.0;
    while (at as usize) < count {
        let done = at / count as f64;
        source[at as usize] = chance.between(0.7, 1.0) as f32;
        let hz = pitch_hz * (1.0 + (fall - 1.0) * done);
        at += f64::from(RATE_HZ) / hz * (1.0 + jitter * f64::from(chance.white()));
    }
    let breath = chance.between(0.01, 0.04) as f32;
    for s in &mut source {
        *s += chance.white() * breath;
    }
    // The folds' own slope, 6 dB an octave from 200 Hz on.
    let mut low = 0.0_f32;
    for s in &mut source {
        low += (*s - low) * 0.026;
        *s = low;
    }
    let mut sound = through(&source, peaks);
    for (n, s) in sound.iter_mut().enumerate() {
        let t = n as f64 / count as f64;
        *s *= ((t / 0.15).min(1.0) * ((1.0 - t) / 0.4).min(1.0)) as f32;
    }
    sound
}

/// A heavy door: the latch, then a blow that rings in its panel's modes, rattles of it, and the room's echo.
pub fn slam(chance: &mut Chance) -> Vec<f32> {
    let count = frames(650.0);
    let mut source = vec![0.0_f32; count];
    let blow = frames(chance.between(20.0, 120.0));
    let mut hits = vec![(blow, 1.0_f32)];
    for _ in 0..3 {
        let at = blow + frames(chance.between(12.0, 110.0));
        hits.push((at, factor(chance.between(-22.0, -6.0))));
    }
    for (at, strength) in hits {
        let blow = noise_burst(chance, 12.0, 2.0);
        for (s, blow) in source[at..].iter_mut().zip(&blow) {
            *s += blow * strength;
        }
    }
    // Modes of a panel: closer and duller upwards.
    let mut modes = Vec::new();
    let mut hz = chance.between(45.0, 110.0);
    while hz < 900.0 {
        modes.push((hz, 4.0 + 0.05 * hz + chance.between(0.0, 12.0)));
        hz *= chance.between(1.25, 1.8);
    }
    modes.push((chance.between(1500.0, 2600.0), 900.0));
    let mut sound = through(&source, &modes);
    let latch = noise_burst(chance, 12.0, 3.0);
    let gain = factor(chance.between(-14.0, 0.0));
    for (s, latch) in sound.iter_mut().zip(&latch) {
        *s += latch * gain;
    }
    echoing(chance, &sound)
}

/// Things put down or dropped: three to eight small hits within half a second, each ringing for a few milliseconds.
pub fn clatter(chance: &mut Chance) -> Vec<f32> {
    let count = frames(600.0);
    let mut source = vec![0.0_f32; count];
    for _ in 0..chance.pick(&[3, 4, 5, 6, 8]) {
        let at = frames(chance.between(0.0, 450.0));
        let hit = noise_burst(chance, 5.0, 0.6);
        let strength = factor(chance.between(-14.0, 0.0));
        for (s, hit) in source[at..].iter_mut().zip(&hit) {
            *s += hit * strength;
        }
    }
    let modes: Vec<(f64, f64)> = (0..4)
        .map(|_| (chance.between(500.0, 5000.0), chance.between(20.0, 150.0)))
        .collect();
    let sound = through(&source, &modes);
    echoing(chance, &sound)
}

/// `sound` in a small room: an echo of noise that dies within 150 to 350 ms. RMS of the loudest 50 ms is 1.
fn echoing(chance: &mut Chance, sound: &[f32]) -> Vec<f32> {
    let rt60_ms = chance.between(150.0, 350.0);
    let taps: Vec<(usize, f32)> = (0..120)
        .map(|_| {
            let ms = chance.between(2.0, rt60_ms);
            let level = factor(-6.0 - 60.0 * ms / rt60_ms) * chance.white();
            (frames(ms), level)
        })
        .collect();
    let mut out = sound.to_vec();
    out.extend(vec![0.0; frames(50.0)]);
    for (delay, level) in taps {
        for n in delay..out.len().min(sound.len() + delay) {
            out[n] += sound[n - delay] * level;
        }
    }
    let loudest = out.chunks(frames(50.0)).map(rms).fold(1e-9, f32::max);
    out.iter().map(|s| s / loudest).collect()
}
