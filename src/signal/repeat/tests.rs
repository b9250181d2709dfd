use super::*;

const RATE_HZ: u32 = 16_000;

/// A syllable that glides from one vowel-like chord to another, `ms` long.
fn syllable(ms: u32, from_hz: f64, to_hz: f64) -> Vec<f32> {
    let frames = RATE_HZ * ms / 1000;
    let mut turns = [0.0_f64; 3];
    let sample = |n: u32| {
        let t = f64::from(n) / f64::from(frames);
        let hz = from_hz + (to_hz - from_hz) * t;
        let mut sum = 0.0;
        for (turn, (times, level)) in turns.iter_mut().zip([(0.3, 0.5), (1.0, 0.4), (1.9, 0.2)]) {
            *turn += hz * times / f64::from(RATE_HZ);
            sum += level * (*turn * std::f64::consts::TAU).sin();
        }
        (sum * (0.2 + 0.3 * (std::f64::consts::PI * t).sin())) as f32
    };
    (0..frames).map(sample).collect()
}

/// Two syllables of their own, 500 ms at pace 1.
fn seven(pace: f64) -> Vec<f32> {
    let ms = (250.0 * pace) as u32;
    [syllable(ms, 500.0, 1100.0), syllable(ms, 1500.0, 800.0)].concat()
}

/// What is found in a reading of `text` whose parts stand 300 ms apart.
fn found(text: &str, pace: Option<f64>, parts: &[Vec<f32>]) -> Repetition {
    let silence = vec![0.0; RATE_HZ as usize * 3 / 10];
    let mut stream = FeatureStream::new(RATE_HZ);
    let mut frames = 0;
    let mut segments = Vec::new();
    stream.push(&silence);
    frames += silence.len() as u64;
    for part in parts {
        segments.push(frames..frames + part.len() as u64);
        stream.push(part);
        stream.push(&silence);
        frames += (part.len() + silence.len()) as u64;
    }
    let utterance = Utterance {
        segments,
        ..Utterance::default()
    };
    find(&utterance, &stream, RATE_HZ, (text, pace))
}

#[test]
fn a_word_that_is_read_twice_is_found_though_the_second_time_is_slower() {
    let said = [seven(1.0), seven(1.15)];
    assert_eq!(found("seven", None, &said), Repetition::Twice);
    assert_eq!(found("seven", Some(1.0), &said), Repetition::Twice);
}

#[test]
fn a_word_that_is_broken_off_and_said_again_is_a_correction() {
    let begun = seven(1.0)[..RATE_HZ as usize * 3 / 10].to_vec();
    assert_eq!(
        found("seven", None, &[begun, seven(1.1)]),
        Repetition::Begun
    );
}

#[test]
fn a_word_in_one_piece_is_said_once() {
    assert_eq!(found("seven", None, &[seven(1.0)]), Repetition::None);
}

#[test]
fn a_text_that_repeats_itself_or_rhymes_may_do_so() {
    let twice = [seven(0.8), seven(0.8)];
    for text in ["seven, seven", "seven seven", "seven; eleven"] {
        for pace in [None, Some(1.0)] {
            assert_eq!(found(text, pace, &twice), Repetition::None, "{text}");
        }
    }
    let four_times = [seven(1.0), seven(1.0), seven(1.0), seven(1.0)];
    assert_eq!(
        found("seven; eleven", Some(1.0), &four_times),
        Repetition::Twice
    );
}

#[test]
fn a_slow_speaker_who_pauses_in_a_sentence_does_not_read_it_twice() {
    let said = [seven(2.0), syllable(1200, 1800.0, 600.0)];
    let sentence = "a dog ran over the hill";
    assert_eq!(found(sentence, Some(1.6), &said), Repetition::None);
}

#[test]
fn breaks_are_counted_in_any_script_and_not_within_words() {
    let breaks = |text| Text::of(text, 500.0).breaks;
    for (text, count) in [
        ("don't, please", 1),
        ("one, two, three.", 2),
        ("3.5 metres", 0),
        ("well-known", 0),
        ("你好，世界。", 1),
        ("first\nsecond", 1),
    ] {
        assert_eq!(breaks(text), count, "{text}");
    }
}

#[test]
fn a_text_that_says_itself_twice_is_known_in_any_script() {
    let twice = |text| Text::of(text, 500.0).says_itself_twice;
    for text in ["bye bye", "No, no!", "да да", "one two, one two"] {
        assert!(twice(text), "{text}");
    }
    for text in ["bye", "no yes", "one one one", ""] {
        assert!(!twice(text), "{text}");
    }
}
