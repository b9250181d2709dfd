use super::*;
use crate::signal::thresholds::Thresholds;
use crate::signal::verdict::{Facts, judge};
use crate::signal::voice::Voicing;

const RATE_HZ: u32 = 48_000;

/// Two seconds of noise at `noise_dbfs`, white, with a full-band tone stack from 0.7 to 1.3 s at `speech_dbfs`, in `channels`
/// alike channels, plus `offset`; `change` may spoil it.
fn measured(
    noise_dbfs: f64,
    speech_dbfs: f64,
    channels: usize,
    offset: f32,
    change: impl Fn(&mut [f32]),
) -> Measures {
    let mut state = 5_u32;
    let factor = |db: f64| 10_f64.powf(db / 20.0);
    let mut mono: Vec<f32> = (0..2 * RATE_HZ as usize)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (f64::from(state >> 8) / f64::from(1 << 23) - 1.0)
                * 3_f64.sqrt()
                * factor(noise_dbfs);
            let t = n as f64 / f64::from(RATE_HZ);
            let tones: f64 = (1..30)
                .map(|k| {
                    (t * 130.0 * f64::from(k) * std::f64::consts::TAU + f64::from(k * k)).sin()
                })
                .sum();
            let speech = if (0.7..1.3).contains(&t) {
                tones / 14.5_f64.sqrt() * factor(speech_dbfs)
            } else {
                0.0
            };
            (noise + speech) as f32 + offset
        })
        .collect();
    change(&mut mono);
    let mut take = TakeMeasures::new(RATE_HZ, channels);
    for block in mono.chunks(341) {
        let frames: Vec<f32> = block.iter().flat_map(|s| vec![*s; channels]).collect();
        take.push(&frames);
    }
    let hop = |n| {
        let speaks = (70..130).contains(&n);
        let level = if speaks { speech_dbfs } else { noise_dbfs };
        Hop {
            level: Some(level as f32),
            voice: Some(Voicing {
                probability: if speaks { 0.9 } else { 0.1 },
                periodicity: if speaks { 0.6 } else { 0.1 },
            }),
            key: false,
        }
    };
    let hops: Vec<Hop> = (0..200).map(hop).collect();
    take.finish(&Around {
        hops: &hops,
        first_hop_frame: 0,
        reference_dbfs: noise_dbfs as f32,
        floor_dbfs: None,
    })
}

fn near(value: Option<f64>, expected: f64) {
    assert!(
        value.is_some_and(|value| (value - expected).abs() < 0.5),
        "{value:?} is not {expected}"
    );
}

#[test]
fn levels_are_those_of_speech_and_silence_for_any_number_of_channels_and_any_offset() {
    for (channels, offset) in [(1, 0.0), (2, 0.0), (1, 0.2), (3, -0.1)] {
        let m = measured(-60.0, -25.0, channels, offset, |_| ());
        near(m.rms_dbfs, -25.0 - 0.1); // the margin around speech is silence
        near(m.noise_dbfs, -60.0);
        near(m.snr_db, 35.0);
        near(m.quietest_500_ms_dbfs, -60.0);
        assert!(
            (m.dc_offset - f64::from(offset)).abs() < 0.001,
            "{}",
            m.dc_offset
        );
    }
}

#[test]
fn a_take_as_it_should_be_is_fine() {
    let m = measured(-60.0, -25.0, 1, 0.0, |_| ());
    assert_eq!(
        judge(&Facts::of(&m, RATE_HZ), &Thresholds::DEFAULT).1,
        [""; 0]
    );
    assert_eq!((m.dropouts, m.hum), (0, None));
    assert!(m.bandwidth_hz.is_some_and(|hz| hz > 23_000.0));
    let speech = m.utterance.span().unwrap();
    assert!(
        speech.start.abs_diff(33_600) < 720 && speech.end.abs_diff(62_400) < 720,
        "{speech:?}"
    );
}

#[test]
fn a_hole_in_the_speech_is_lost_frames() {
    let m = measured(-60.0, -25.0, 1, 0.0, |samples| {
        samples[48_000..48_400].fill(0.0);
    });
    assert_eq!(m.dropouts, 1);
    assert!(
        (m.longest_zeros_ms - 8.3).abs() < 0.1,
        "{}",
        m.longest_zeros_ms
    );
    assert_eq!(
        judge(&Facts::of(&m, RATE_HZ), &Thresholds::DEFAULT).1,
        ["lost_frames"]
    );
}

#[test]
fn a_gate_in_the_pauses_is_no_loss_but_its_zeros_are_told() {
    let m = measured(-60.0, -25.0, 1, 0.0, |samples| {
        samples[..30_000].fill(0.0);
        samples[66_000..].fill(0.0);
    });
    assert_eq!(m.dropouts, 0);
    assert!(m.zeros_in_silence > 0.9, "{}", m.zeros_in_silence);
}

#[test]
fn a_take_shorter_than_a_hop_is_measured_too() {
    let mut take = TakeMeasures::new(RATE_HZ, 2);
    take.push(&[0.5; 100]);
    let m = take.finish(&Around {
        hops: &[],
        first_hop_frame: 0,
        reference_dbfs: -60.0,
        floor_dbfs: Some(-62.0),
    });
    assert!((m.peak_dbfs + 6.02).abs() < 0.01);
    assert_eq!(
        (m.rms_dbfs, m.snr_db, m.quietest_500_ms_dbfs),
        (None, None, None)
    );
    assert_eq!(m.noise_dbfs, Some(-62.0));
}

#[test]
fn a_voice_with_a_mean_of_its_own_leaves_the_noise_as_it_is() {
    let lopsided = |mono: &mut [f32]| {
        for sample in &mut mono[RATE_HZ as usize * 7 / 10..RATE_HZ as usize * 13 / 10] {
            *sample += 0.006;
        }
    };
    let m = measured(-70.0, -25.0, 1, 0.0, lopsided);
    near(m.noise_dbfs, -70.0);
    near(m.quietest_500_ms_dbfs, -70.0);
}
