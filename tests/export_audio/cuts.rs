//! Cuts: margins and windows are exact to the frame, and the speech stays where it is.

use proptest::prelude::*;
use voicebooth::corpus::sidecar::Encoding;
use voicebooth::export::render::refuses;
use voicebooth::export::{Cut, Shape};

use super::takes::{Audio, Booth, Kind, noise, peak};

const KIND: Kind = Kind(16_000, 1, Encoding::PcmS16le);

fn cut(cut: Cut) -> Shape {
    Shape {
        cut,
        ..Shape::default()
    }
}

#[test]
fn a_trimmed_take_is_its_speech_and_the_margins_to_the_frame() {
    let booth = Booth::new();
    let take = booth.take("a", KIND, &noise(16_000), Some(5000..9000));
    let recorded = Audio::read(&take.wav).values;
    for (margin_ms, part, speech) in [
        (0, 5000..9000, 0..4000),
        (150, 2600..11_400, 2400..6400),
        (400, 0..15_400, 5000..9000),
        (10_000, 0..16_000, 5000..9000),
    ] {
        let (rendered, audio) = booth.export(&take, &cut(Cut::Speech { margin_ms }));
        assert_eq!(audio.values, recorded[part]);
        assert_eq!(rendered.speech, Some(speech));
    }
}

#[test]
fn a_take_whose_speech_is_not_known_is_left_whole_and_that_is_told() {
    let booth = Booth::new();
    let take = booth.take("a", KIND, &noise(100), None);
    let (rendered, audio) = booth.export(&take, &cut(Cut::Speech { margin_ms: 0 }));
    assert_eq!(audio, Audio::read(&take.wav));
    assert!(rendered.remarks.left_whole);
    assert_eq!(rendered.speech, None);
}

#[test]
fn a_window_is_centred_on_the_speech_and_zeros_stand_where_the_take_has_nothing() {
    let booth = Booth::new();
    let second = cut(Cut::Window { ms: 1000 });
    let long = booth.take("long", KIND, &noise(40_000), Some(20_000..24_000));
    let recorded = Audio::read(&long.wav).values;
    let (rendered, audio) = booth.export(&long, &second);
    assert_eq!(audio.values, recorded[14_000..30_000]);
    assert_eq!(rendered.speech, Some(6000..10_000));
    assert_eq!(
        (rendered.remarks.zeros_before, rendered.remarks.zeros_after),
        (0, 0)
    );
    let short = booth.take("short", KIND, &noise(9000), Some(1000..6000));
    let recorded = Audio::read(&short.wav).values;
    let (rendered, audio) = booth.export(&short, &second);
    assert_eq!(audio.frames(), 16_000);
    assert_eq!(
        (rendered.remarks.zeros_before, rendered.remarks.zeros_after),
        (4500, 2500)
    );
    assert_eq!(audio.values[4500..13_500], recorded);
    assert_eq!(
        peak(&audio.values[..4500]) + peak(&audio.values[13_500..]),
        0.0
    );
    assert_eq!(rendered.speech, Some(5500..10_500));
}

#[test]
fn speech_that_is_longer_than_the_window_or_not_known_is_refused() {
    let booth = Booth::new();
    let window = cut(Cut::Window { ms: 500 });
    let fits = booth.take("fits", KIND, &noise(9000), Some(0..8000));
    assert_eq!(refuses(&fits, &window), None);
    let long = booth.take("long", KIND, &noise(9000), Some(0..8001));
    let refusal = refuses(&long, &window).unwrap();
    assert_eq!(refusal.take, "long");
    assert_eq!(
        refusal.why,
        "its speech lasts 501 ms, longer than the window of 500 ms"
    );
    let unknown = booth.take("unknown", KIND, &noise(9000), None);
    assert!(
        refuses(&unknown, &window)
            .unwrap()
            .why
            .contains("not known")
    );
}

#[test]
fn a_part_of_a_resampled_take_is_that_part_of_it_resampled_whole() {
    let booth = Booth::new();
    let kind = Kind(44_100, 1, Encoding::PcmF32le);
    let take = booth.take("a", kind, &noise(44_100), Some(22_050..26_460));
    let at_16k = |cut| Shape {
        rate_hz: Some(16_000),
        cut,
        ..Shape::default()
    };
    let (_, whole) = booth.export(&take, &at_16k(Cut::Whole));
    let (rendered, part) = booth.export(&take, &at_16k(Cut::Speech { margin_ms: 100 }));
    assert_eq!(part.values, whole.values[8000 - 1600..9600 + 1600]);
    assert_eq!(rendered.speech, Some(1600..3200));
    let (rendered, window) = booth.export(&take, &at_16k(Cut::Window { ms: 1000 }));
    assert_eq!(window.values[..15_200], whole.values[800..]);
    assert_eq!(peak(&window.values[15_200..]), 0.0);
    assert_eq!(rendered.speech, Some(7200..8800));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_the_lengths_and_rates_the_file_is_as_long_as_promised(
        from_hz in prop::sample::select(vec![8000_u32, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000]),
        to_hz in prop::sample::select(vec![8000_u32, 16_000, 22_050, 24_000, 44_100, 48_000]),
        frames in 0_u64..3000,
        begin in 0_u64..3000,
        length in 1_u64..3000,
        margin_ms in 0_u32..50,
        which in 0..3,
        channels in 1_u16..3,
        flac: bool,
    ) {
        let booth = Booth::new();
        let speech = begin.min(frames)..(begin + length).min(frames);
        let speech = Some(speech).filter(|speech| !speech.is_empty());
        let kind = Kind(from_hz, channels, Encoding::PcmS16le);
        let samples = noise(frames as usize * usize::from(channels));
        let take = booth.take("a", kind, &samples, speech.clone());
        let cut = match which {
            0 => Cut::Whole,
            1 => Cut::Speech { margin_ms },
            _ => Cut::Window { ms: 400 },
        };
        let shape = Shape { rate_hz: Some(to_hz), cut, flac, ..Shape::default() };
        prop_assume!(refuses(&take, &shape).is_none());
        // The file is compared with what is said of it.
        let (rendered, _) = booth.export(&take, &shape);
        let at = |frame: u64| (frame as f64 * f64::from(to_hz) / f64::from(from_hz)).round() as u64;
        match cut {
            Cut::Whole => prop_assert_eq!(rendered.frames, at(frames)),
            Cut::Window { .. } => prop_assert_eq!(rendered.frames, u64::from(to_hz) * 2 / 5),
            Cut::Speech { .. } => prop_assert!(rendered.frames <= at(frames)),
        }
        if let Some(speech) = &rendered.speech {
            prop_assert!(!speech.is_empty() && speech.end <= rendered.frames);
        }
        // A take of a frame may be none at a lower rate.
        prop_assert_eq!(rendered.speech.is_some(), speech.is_some() && at(frames) > 0);
    }
}
