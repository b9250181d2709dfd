//! Loudness: the signals of EBU Tech 3341, whose loudness is known without a meter.

use voicebooth::corpus::sidecar::Encoding;
use voicebooth::export::render::gains;
use voicebooth::export::{Shape, Utterance};

use super::takes::{Booth, Kind, db, noise, peak, rms, sine};

fn at(lufs: f64) -> Shape {
    Shape {
        loudness_lufs: Some(lufs),
        ..Shape::default()
    }
}

/// A sine of 1 kHz in both channels; its loudness is its peak, dBFS (Tech 3341, case 1).
fn both(booth: &Booth, name: &str, seconds: u64, dbfs: f64) -> Utterance {
    let rate_hz = 48_000;
    let tone = sine(
        seconds * rate_hz,
        rate_hz as u32,
        1000.0,
        10_f64.powf(dbfs / 20.0),
    );
    let samples: Vec<f64> = tone.into_iter().flat_map(|s| [s, s]).collect();
    booth.take(name, Kind(48_000, 2, Encoding::PcmS24le), &samples, None)
}

#[test]
fn the_reference_tones_are_as_loud_as_they_should_be() {
    let booth = Booth::new();
    for dbfs in [-23.0, -33.0] {
        let tone = both(&booth, "tone", 20, dbfs);
        let found = gains([&tone].into_iter(), &at(-23.0)).unwrap();
        let gain = found.db["sitting"];
        assert!((gain - (-23.0 - dbfs)).abs() < 0.1, "{gain} dB");
        assert!(found.notes.is_empty());
    }
    // One channel alone has half the energy.
    let tone = sine(48_000, 48_000, 1000.0, 0.1);
    let alone = booth.take("alone", Kind(48_000, 1, Encoding::PcmS24le), &tone, None);
    let gain = gains([&alone].into_iter(), &at(-23.0)).unwrap().db["sitting"];
    assert!((gain - 0.0).abs() < 0.1, "{gain} dB");
}

#[test]
fn what_is_much_softer_than_the_rest_of_a_session_does_not_count() {
    // Tech 3341, cases 3 and 4, each part a take.
    let booth = Booth::new();
    for parts in [
        vec![(10, -36.0), (60, -23.0), (10, -36.0)],
        vec![
            (10, -72.0),
            (10, -36.0),
            (60, -23.0),
            (10, -36.0),
            (10, -72.0),
        ],
    ] {
        let takes: Vec<Utterance> = parts
            .into_iter()
            .enumerate()
            .map(|(n, (seconds, dbfs))| both(&booth, &format!("part{n}"), seconds, dbfs))
            .collect();
        let gain = gains(takes.iter(), &at(-23.0)).unwrap();
        assert!(gain.db["sitting"].abs() < 0.1, "{gain:?}");
    }
}

#[test]
fn a_session_has_one_gain_and_its_takes_come_out_with_it() {
    let booth = Booth::new();
    let kind = Kind(48_000, 1, Encoding::PcmS24le);
    let spoken = |dbfs: f64| {
        // A second of silence, a second of speech, a second of silence.
        let mut samples = vec![0.0; 3 * 48_000];
        let tone = sine(48_000, 48_000, 1000.0, 10_f64.powf(dbfs / 20.0));
        samples[48_000..96_000].copy_from_slice(&tone);
        samples
    };
    let speech = Some(48_000..96_000);
    let loud = booth.take("loud", kind, &spoken(-30.0), speech.clone());
    let soft = booth.take("soft", kind, &spoken(-33.0), speech.clone());
    let mut other = booth.take("other", kind, &spoken(-50.0), speech);
    other.session = "another".to_owned();
    let shape = Shape {
        rate_hz: Some(16_000),
        ..at(-23.0)
    };
    let found = gains([&other, &soft, &loud].into_iter(), &shape).unwrap();
    assert!((found.db["another"] - 30.0).abs() < 0.1, "{found:?}");
    // The mean of both energies, in one channel.
    let mean_db = 10.0 * (1000_f64.powf(-1.0) * (1.0 + 10_f64.powf(-0.3)) / 2.0).log10();
    let gain = found.db["sitting"];
    assert!(
        (gain - (-20.0 - mean_db)).abs() < 0.1,
        "{gain} and {mean_db}"
    );
    for (take, dbfs) in [(&loud, -30.0), (&soft, -33.0)] {
        let (rendered, audio) = booth.export_louder(take, &shape, gain);
        let speech = rendered.speech.unwrap();
        let tone = &audio.values[speech.start as usize..speech.end as usize];
        let level = db(rms(tone) * 2_f64.sqrt() / 8_388_608.0);
        assert!((level - (dbfs + gain)).abs() < 0.02, "{level}");
    }
}

#[test]
fn a_gain_never_makes_a_take_clip_and_that_is_told() {
    let booth = Booth::new();
    let kind = Kind(16_000, 1, Encoding::PcmS16le);
    let mut samples = sine(32_000, 16_000, 1000.0, 0.01);
    samples[20_000] = 0.9; // a click
    let take = booth.take("a", kind, &samples, Some(0..16_000));
    let found = gains([&take].into_iter(), &at(-16.0)).unwrap();
    let [note] = &found.notes[..] else {
        panic!("{found:?}")
    };
    assert!(note.starts_with("session sitting: its gain is "), "{note}");
    let (rendered, audio) = booth.export_louder(&take, &Shape::default(), found.db["sitting"]);
    let level = db(peak(&audio.values) / 32_768.0);
    assert!((-2.5..=-1.0).contains(&level), "{level} dBFS");
    assert_eq!(rendered.remarks.clipped_samples, 0);
}

#[test]
fn a_session_without_speech_to_measure_stays_as_it_is_and_that_is_told() {
    let booth = Booth::new();
    let kind = Kind(16_000, 1, Encoding::PcmS16le);
    let silent = booth.take("silent", kind, &vec![0.0; 16_000], None);
    let short = booth.take("short", kind, &noise(6000), None);
    for take in [silent, short] {
        let found = gains([&take].into_iter(), &at(-23.0)).unwrap();
        assert_eq!(found.db["sitting"], 0.0);
        assert!(found.notes[0].contains("as recorded"), "{found:?}");
    }
}
