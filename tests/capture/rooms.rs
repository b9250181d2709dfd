//! Speech by level in rooms with noise: hops, floor and activity together.

use voicebooth::signal::activity::speech;
use voicebooth::signal::floor::NoiseFloor;
use voicebooth::signal::level::{HopLevel, HopLevels};

use crate::device::Random;

const RATE_HZ: u32 = 48_000;

/// Pink noise (three one-pole filters after Paul Kellet's economy method), about -53 dBFS.
fn pink(seconds: usize, seed: u64) -> Vec<f32> {
    let mut random = Random(seed);
    let mut b = [0.0_f64; 3];
    (0..seconds * RATE_HZ as usize)
        .map(|_| {
            let white = random.fraction() * 2.0 - 1.0;
            b[0] = 0.99765 * b[0] + white * 0.099_046;
            b[1] = 0.963 * b[1] + white * 0.296_516_4;
            b[2] = 0.57 * b[2] + white * 1.052_691_3;
            ((b[0] + b[1] + b[2] + white * 0.1848) * 0.001_2) as f32
        })
        .collect()
}

/// What is found in `samples` after the floor has heard all of it outside of takes.
fn found(samples: &[f32]) -> (Vec<std::ops::Range<u64>>, NoiseFloor) {
    let mut hops = HopLevels::new(RATE_HZ, 1, 0, samples.len() / 480);
    let mut floor = NoiseFloor::default();
    hops.push(samples, |level| floor.push(level, false));
    let (first, levels) = hops.range(0..u64::MAX);
    let levels: Vec<HopLevel> = levels.collect();
    let stretches = speech(first, levels.into_iter(), floor.reference_dbfs(), |_| false);
    (stretches, floor)
}

#[test]
fn the_noise_of_a_room_is_not_speech() {
    for seed in 0..20 {
        let (stretches, floor) = found(&pink(20, seed));
        assert_eq!(stretches, [], "seed {seed}, floor {:?}", floor.dbfs());
    }
}

#[test]
fn a_voice_ten_decibels_above_a_noisy_room_is_found() {
    for seed in 0..20 {
        let mut samples = pink(6, seed);
        let room = found(&samples).1.dbfs().unwrap();
        // A second of a buzz with formant-like overtones from second 4 on, at ten decibels over the room.
        let amplitude = 10_f64.powf((room + 10.0 + 3.0) / 20.0);
        for (n, sample) in samples[4 * 48_000..5 * 48_000].iter_mut().enumerate() {
            let phase = n as f64 / 48_000.0 * std::f64::consts::TAU * 140.0;
            let voice: f64 = (1..8).map(|k| (phase * f64::from(k)).sin()).sum();
            *sample += (voice * amplitude / 7_f64.sqrt()) as f32;
        }
        let (stretches, _) = found(&samples);
        assert_eq!(stretches.len(), 1, "seed {seed}: {stretches:?}");
        let (start, end) = (stretches[0].start, stretches[0].end);
        assert!(
            (395..=405).contains(&start) && (495..=505).contains(&end),
            "{stretches:?}"
        );
    }
}
