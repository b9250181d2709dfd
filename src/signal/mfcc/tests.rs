use super::super::dtw::Warp;
use super::*;

/// A sound that is known as a formula, so that it exists at any rate: three gliding tones, two syllables, 0.6 s.
fn sound(rate_hz: u32) -> Vec<f32> {
    let glide =
        |t: f64, hz: f64, rise: f64| (std::f64::consts::TAU * (hz * t + rise * t * t)).sin();
    let sample = |n: u32| {
        let t = f64::from(n) / f64::from(rate_hz);
        let swell = 0.5 - 0.5 * (std::f64::consts::TAU * t / 0.3).cos();
        let tones = 0.3 * glide(t, 300.0, 400.0)
            + 0.2 * glide(t, 1200.0, -600.0)
            + 0.1 * glide(t, 2500.0, 500.0);
        (swell * tones) as f32
    };
    (0..rate_hz * 6 / 10).map(sample).collect()
}

/// The features from 0.1 s to `end_s`, pushed in blocks.
fn heard(rate_hz: u32, samples: &[f32], block: usize, end_s: f64) -> Option<Features> {
    let mut stream = FeatureStream::new(rate_hz);
    samples.chunks(block).for_each(|block| stream.push(block));
    let frame = |s: f64| (s * f64::from(rate_hz)) as u64;
    stream.finish(frame(0.1)..frame(end_s))
}

fn usual(rate_hz: u32, samples: &[f32]) -> Features {
    heard(rate_hz, samples, 480, 0.5).unwrap()
}

fn apart(a: &Features, b: &Features) -> f32 {
    Warp::default()
        .distance(a.hops(), b.hops(), f32::INFINITY)
        .unwrap()
}

/// Some hops of the sound at 16 kHz, by an implementation of its own in numpy 2.4 (64-bit floats, its FFT).
const BY_NUMPY: [(usize, Vector); 4] = [
    (
        0,
        [
            0.7779, 1.1359, 0.5668, 1.7054, 2.0594, 1.1541, -1.6504, -1.4907, -0.7877, -0.6357,
            0.1870, -2.1983, 2.7331, 0.0889, 0.0541, -0.1691, -0.0408, -0.0431, 0.0582, -0.0161,
            -0.0148, -0.0081, 0.1198, 0.0895, 0.0147, -0.0929,
        ],
    ),
    (
        7,
        [
            1.1735, 1.0575, 0.7410, 0.3608, 0.1683, 0.5612, -1.3690, -1.0964, -0.9367, 1.5416,
            1.3289, -0.8963, 0.6538, -0.0510, -0.0882, 0.0365, -0.1883, -0.1523, 0.0438, 0.1089,
            0.0843, -0.1506, 0.2476, 0.0923, 0.4337, -0.2717,
        ],
    ),
    (
        20,
        [
            -2.3177, -1.7571, -0.0410, 1.8768, 1.5905, -0.9056, 0.3962, -0.2745, 1.5077, -0.9026,
            0.0705, 0.0769, -0.1102, -0.2355, -0.2754, 0.1544, 0.2431, 0.2506, 0.0003, 0.0438,
            0.0033, 0.1503, -0.2440, -0.1425, -0.1696, 0.1626,
        ],
    ),
    (
        41,
        [
            0.2166, 0.1651, 0.9787, -1.2996, -0.7497, -1.7181, 1.1213, 0.9223, 0.8949, -0.8379,
            -1.1602, 1.0885, -1.0656, 0.0356, 0.1576, -0.0022, -0.0077, -0.0184, 0.0587, 0.0060,
            -0.0218, -0.0591, -0.0170, 0.0391, 0.0732, 0.0133,
        ],
    ),
];

#[test]
fn the_figures_are_those_of_an_independent_computation() {
    let features = usual(16_000, &sound(16_000));
    assert_eq!(features.hops().len(), 42);
    for (hop, expected) in BY_NUMPY {
        for (got, expected) in features.hops()[hop].iter().zip(expected) {
            assert!(
                (got - expected).abs() < 0.002,
                "hop {hop}: {got}, not {expected}"
            );
        }
    }
}

#[test]
fn blocks_of_any_size_give_the_same_figures() {
    for rate_hz in [11_025, 44_100, 48_000] {
        let samples = sound(rate_hz);
        let whole = heard(rate_hz, &samples, samples.len(), 0.5);
        for block in [1, 97, 1024] {
            assert_eq!(heard(rate_hz, &samples, block, 0.5), whole);
        }
    }
}

#[test]
fn the_same_sound_at_another_rate_is_nearly_the_same() {
    let reference = usual(16_000, &sound(16_000));
    for rate_hz in [
        8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000,
    ] {
        let apart = apart(&usual(rate_hz, &sound(rate_hz)), &reference);
        assert!(apart < 0.3, "{apart} at {rate_hz} Hz");
    }
}

#[test]
fn a_louder_and_a_coloured_microphone_make_little_difference() {
    let plain = sound(16_000);
    let reference = usual(16_000, &plain);
    let louder: Vec<f32> = plain.iter().map(|x| x * 20.0).collect();
    let loud = apart(&usual(16_000, &louder), &reference);
    assert!(loud < 0.01, "louder: {loud}");
    let brighter: Vec<f32> = plain.windows(2).map(|x| x[1] - 0.6 * x[0]).collect();
    let bright = apart(&usual(16_000, &brighter), &reference);
    assert!(bright < 0.8, "brighter: {bright}");
    let backwards: Vec<f32> = plain.iter().rev().copied().collect();
    let other = apart(&usual(16_000, &backwards), &reference);
    assert!(other > 2.0 * bright, "another sound: {other}");
}

#[test]
fn what_is_too_short_too_long_or_not_heard_has_no_features() {
    let samples = sound(16_000);
    assert!(heard(16_000, &samples, 480, 0.12).is_none(), "40 ms");
    assert!(
        heard(16_000, &samples, 480, 0.6).is_some(),
        "to the end of the take"
    );
    assert!(
        heard(16_000, &samples, 480, 0.7).is_none(),
        "beyond the take"
    );
    let long = samples.repeat(10);
    assert!(heard(16_000, &long, 480, 2.5).is_some());
    assert!(
        heard(16_000, &long, 480, 2.7).is_none(),
        "longer than what is compared"
    );
}

#[test]
fn a_forgotten_stop_costs_no_memory_and_a_new_take_starts_afresh() {
    let samples = sound(8_000);
    let mut stream = FeatureStream::new(8_000);
    for _ in 0..100 {
        stream.push(&samples);
    }
    assert_eq!(stream.bands.len() as u32, HEARD_MS / HOP_MS);
    assert!(stream.waiting.is_empty());
    assert!(stream.finish(29 * 8000..30 * 8000).is_some());
    assert!(stream.finish(31 * 8000..32 * 8000).is_none());
    stream.restart();
    assert!(stream.finish(0..4000).is_none());
    stream.push(&samples);
    assert_eq!(stream.finish(800..4000).unwrap(), usual(8_000, &samples));
}

#[test]
fn silence_has_finite_figures() {
    let features = usual(16_000, &vec![0.0; 9600]);
    assert!(features.hops().iter().flatten().all(|x| x.is_finite()));
}
