//! Other rates: what the new rate can hold stays, what it cannot is gone, and nothing moves.

use std::process::Command;

use voicebooth::corpus::sidecar::Encoding;
use voicebooth::export::Shape;
use voicebooth::export::shape::Bits;

use super::takes::{Audio, Booth, Kind, db, noise, peak, rms, swelling};

const PAIRS: [(u32, u32); 8] = [
    (48_000, 16_000),
    (44_100, 16_000),
    (48_000, 8000),
    (48_000, 22_050),
    (44_100, 48_000),
    (16_000, 48_000),
    (96_000, 44_100),
    (47_999, 16_000),
];

fn to(rate_hz: u32) -> Shape {
    Shape {
        rate_hz: Some(rate_hz),
        bits: Some(Bits::Float),
        ..Shape::default()
    }
}

fn kind(rate_hz: u32) -> Kind {
    Kind(rate_hz, 1, Encoding::PcmF32le)
}

/// How much louder a tone comes out than it went in, dB.
fn gain_db(booth: &Booth, from_hz: u32, to_hz: u32, tone_hz: f64) -> f64 {
    let tone = swelling(from_hz.into(), from_hz, tone_hz, 0.5);
    let take = booth.take("tone", kind(from_hz), &tone, None);
    let (_, audio) = booth.export(&take, &to(to_hz));
    db(rms(&audio.values) / rms(&tone))
}

#[test]
fn the_band_is_flat_up_to_95_percent_of_the_lower_nyquist_frequency() {
    let booth = Booth::new();
    for (from_hz, to_hz) in PAIRS {
        let nyquist = f64::from(from_hz.min(to_hz)) / 2.0;
        for step in 1..=19 {
            let tone_hz = nyquist * f64::from(step) / 20.0;
            let gain = gain_db(&booth, from_hz, to_hz, tone_hz);
            assert!(
                gain.abs() < 0.01,
                "{from_hz} to {to_hz}: {gain} dB at {tone_hz} Hz"
            );
        }
    }
}

#[test]
fn what_the_new_rate_cannot_hold_is_120_db_down() {
    let booth = Booth::new();
    for (from_hz, to_hz) in PAIRS.into_iter().filter(|(from, to)| from > to) {
        let (low, high) = (f64::from(to_hz) / 2.0, f64::from(from_hz) / 2.0);
        for step in 0..20 {
            // From just above the new Nyquist frequency to just below the old.
            let tone_hz = low + 20.0 + (high - low - 40.0) * f64::from(step) / 19.0;
            let gain = gain_db(&booth, from_hz, to_hz, tone_hz);
            assert!(
                gain < -120.0,
                "{from_hz} to {to_hz}: {gain} dB at {tone_hz} Hz"
            );
        }
    }
}

#[test]
fn images_of_a_lower_rate_are_120_db_down() {
    let booth = Booth::new();
    let tone = swelling(16_000, 16_000, 7000.0, 0.5);
    let take = booth.take("tone", kind(16_000), &tone, None);
    let (_, audio) = booth.export(&take, &to(48_000));
    // What is left when the tone itself is taken out.
    let ideal = swelling(48_000, 48_000, 7000.0, 0.5);
    let rest: Vec<f64> = audio
        .values
        .iter()
        .zip(&ideal)
        .map(|(a, b)| a - b)
        .collect();
    assert!(db(peak(&rest)) < -120.0, "{} dB", db(peak(&rest)));
}

#[test]
fn a_click_stays_at_its_instant() {
    let booth = Booth::new();
    for (from_hz, to_hz) in PAIRS {
        let at = u64::from(from_hz) / 3 + 1;
        let mut click = vec![0.0; from_hz as usize];
        click[at as usize] = 1.0;
        let take = booth.take("click", kind(from_hz), &click, None);
        let (_, audio) = booth.export(&take, &to(to_hz));
        let energy = |s: &f64| s * s;
        let weighted = audio.values.iter().enumerate();
        let centre: f64 = weighted.map(|(n, s)| n as f64 * energy(s)).sum::<f64>()
            / audio.values.iter().map(energy).sum::<f64>();
        let expected = at as f64 * f64::from(to_hz) / f64::from(from_hz);
        let off = centre - expected;
        assert!(off.abs() < 0.001, "{from_hz} to {to_hz}: {off} frames off");
    }
}

#[test]
fn every_channel_is_resampled_for_itself() {
    let booth = Booth::new();
    let (a, b) = (
        swelling(48_000, 48_000, 440.0, 0.5),
        swelling(48_000, 48_000, 3000.0, 0.1),
    );
    let stereo: Vec<f64> = a.iter().zip(&b).flat_map(|(a, b)| [*a, *b]).collect();
    let take = booth.take("both", Kind(48_000, 2, Encoding::PcmF32le), &stereo, None);
    let (_, audio) = booth.export(&take, &to(16_000));
    for (channel, alone) in [a, b].iter().enumerate() {
        let take = booth.take("alone", kind(48_000), alone, None);
        let (_, alone) = booth.export(&take, &to(16_000));
        assert_eq!(audio.channel(channel), alone.values);
    }
}

#[test]
fn the_same_take_gives_the_same_bytes_whatever_was_made_before() {
    let booth = Booth::new();
    let shape = |rate_hz| Shape {
        rate_hz: Some(rate_hz),
        ..Shape::default()
    };
    let sixteen = |rate_hz| Kind(rate_hz, 1, Encoding::PcmS16le);
    let take = booth.take("a", sixteen(48_000), &noise(10_000), None);
    let other = booth.take("b", sixteen(44_100), &noise(7001), None);
    let (first, _) = booth.export(&take, &shape(16_000));
    for rate_hz in [16_000, 8000, 22_050, 24_000, 32_000, 11_025] {
        booth.export(&other, &shape(rate_hz));
        assert_eq!(booth.export(&take, &shape(16_000)).0, first);
    }
}

#[test]
fn tones_come_out_as_they_would_have_been_recorded_and_sox_says_so_too() {
    let booth = Booth::new();
    for (from_hz, to_hz) in [(48_000_u32, 16_000_u32), (44_100, 16_000), (16_000, 48_000)] {
        let all = u64::from(from_hz);
        let nyquist = f64::from(from_hz.min(to_hz)) / 2.0;
        let ideal = tones(u64::from(to_hz), to_hz, nyquist);
        let take = booth.take("a", kind(from_hz), &tones(all, from_hz, nyquist), None);
        let (_, ours) = booth.export(&take, &to(to_hz));
        let off = off_db(&ours.values, &ideal);
        assert!(off < -120.0, "{from_hz} to {to_hz}: {off} dB");
        let theirs = booth.out().join("sox.wav");
        let run = Command::new("sox")
            .arg("-D")
            .arg(&take.wav)
            .args(["-e", "floating-point", "-b", "32"])
            .arg(&theirs)
            .args(["rate", "-v", &to_hz.to_string()])
            .status();
        let Ok(status) = run else {
            eprintln!("sox is not installed");
            continue;
        };
        assert!(status.success());
        let theirs = Audio::read(&theirs);
        assert_eq!(ours.frames(), theirs.frames());
        let off = off_db(&theirs.values, &ours.values);
        assert!(off < -90.0, "{from_hz} to {to_hz}: {off} dB");
    }
}

/// Tones all over the band below `nyquist`.
fn tones(frames: u64, rate_hz: u32, nyquist: f64) -> Vec<f64> {
    let mut sound = vec![0.0; frames as usize];
    for step in 1..=9 {
        let tone = swelling(frames, rate_hz, nyquist * f64::from(step) / 10.0, 0.1);
        sound.iter_mut().zip(tone).for_each(|(sum, s)| *sum += s);
    }
    sound
}

/// What parts one from the other, below the other, dB.
fn off_db(a: &[f64], b: &[f64]) -> f64 {
    let rest: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    db(rms(&rest) / rms(b))
}
