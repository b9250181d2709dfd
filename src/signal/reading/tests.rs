use std::f64::consts::TAU;

use super::super::mfcc::FeatureStream;
use super::*;

const RATE_HZ: u32 = 16_000;
/// Three sounds each, by two resonances in Hz: as unlike each other as the words of a short list.
const WORDS: [[(f64, f64); 3]; 8] = [
    [(300.0, 2200.0), (500.0, 1500.0), (700.0, 1100.0)],
    [(700.0, 1100.0), (300.0, 2200.0), (350.0, 800.0)],
    [(450.0, 1800.0), (450.0, 900.0), (300.0, 2500.0)],
    [(350.0, 700.0), (800.0, 1400.0), (600.0, 1900.0)],
    [(600.0, 1700.0), (600.0, 1000.0), (400.0, 2100.0)],
    [(400.0, 2400.0), (750.0, 1300.0), (300.0, 600.0)],
    [(800.0, 1200.0), (400.0, 1900.0), (800.0, 1200.0)],
    [(300.0, 900.0), (650.0, 2000.0), (450.0, 1500.0)],
];

/// A voice: pitch and the size of the mouth, and how it says things a little differently every time.
struct Mouth {
    pitch_hz: f64,
    size: f64,
    state: u64,
}

impl Mouth {
    fn new(pitch_hz: f64, size: f64) -> Self {
        let state = pitch_hz.to_bits();
        Self {
            pitch_hz,
            size,
            state,
        }
    }

    /// About 1, a few percent more or less.
    fn roughly(&mut self) -> f64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        1.0 + 0.06 * ((self.state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5)
    }

    /// The sounds one after the other, 120 ms each.
    fn say(&mut self, sounds: &[(f64, f64)]) -> Features {
        let mut samples = Vec::new();
        for (low, high) in sounds {
            let (low, high) = (
                low * self.size * self.roughly(),
                high * self.size * self.roughly(),
            );
            let frames = (f64::from(RATE_HZ) * 0.12 * self.roughly().powi(3)) as usize;
            let pitch_hz = self.pitch_hz * self.roughly();
            let start = samples.len();
            samples.extend((start..start + frames).map(|n| voiced(n, pitch_hz, low, high)));
        }
        let mut stream = FeatureStream::new(RATE_HZ);
        stream.push(&samples);
        stream.push(&[0.0; 800]);
        stream.finish(0..samples.len() as u64).unwrap()
    }

    fn word(&mut self, word: usize) -> Features {
        self.say(&WORDS[word])
    }
}

/// Harmonics of the pitch, the stronger the nearer to a resonance.
fn voiced(n: usize, pitch_hz: f64, low_hz: f64, high_hz: f64) -> f32 {
    let t = n as f64 / f64::from(RATE_HZ);
    let harmonics = (1..)
        .map(|k| f64::from(k) * pitch_hz)
        .take_while(|hz| *hz < 4000.0);
    let strength = |hz: f64, at: f64| 1.0 / (1.0 + ((hz - at) / 80.0).powi(2));
    let tone = |hz: f64| {
        (strength(hz, low_hz) + 0.6 * strength(hz, high_hz) + 0.003) * (TAU * hz * t).sin()
    };
    (0.1 * harmonics.map(tone).sum::<f64>()) as f32
}

fn label(word: usize) -> String {
    format!("word {word}")
}

fn doubted_for(word: usize) -> Reading {
    let nearest = Some(Arc::from(label(word)));
    Reading::Doubtful { nearest }
}

/// A speaker's takes of the first words.
fn learn(readings: &mut Readings, speaker: &str, mouth: &mut Mouth, words: usize, takes: usize) {
    for _ in 0..takes {
        for word in 0..words {
            readings.learn(&label(word), speaker, mouth.word(word));
        }
    }
}

#[test]
fn a_word_said_again_fits_and_another_word_of_the_list_is_named() {
    for takes in [1, 2, 4] {
        let mut mouth = Mouth::new(120.0, 1.0);
        let mut readings = Readings::default();
        learn(&mut readings, "ann", &mut mouth, 8, takes);
        for word in 0..8 {
            let again = mouth.word(word);
            assert_eq!(readings.judge(&label(word), "ann", &again), Reading::Fits);
            let wrong = readings.judge(&label((word + 3) % 8), "ann", &again);
            assert_eq!(wrong, doubted_for(word));
        }
    }
}

#[test]
fn nothing_is_said_where_nothing_is_known() {
    let mut mouth = Mouth::new(120.0, 1.0);
    let mut readings = Readings::default();
    let take = mouth.word(0);
    assert_eq!(readings.judge("word 0", "ann", &take), Reading::Unknown);
    readings.learn("word 0", "ann", mouth.word(0));
    readings.learn("word 0", "ann", mouth.word(0));
    assert_eq!(
        readings.judge("word 0", "ann", &take),
        Reading::Unknown,
        "no other label"
    );
    assert_eq!(
        readings.judge("word 1", "ann", &take),
        Reading::Unknown,
        "no take of this label"
    );
}

#[test]
fn a_word_that_is_not_in_the_list_is_doubted_unless_it_is_much_like_its_label() {
    let mut mouth = Mouth::new(120.0, 1.0);
    let mut readings = Readings::default();
    learn(&mut readings, "ann", &mut mouth, 7, 3);
    let other = mouth.word(7);
    let is_doubted = |word: &usize| {
        let reading = readings.judge(&label(*word), "ann", &other);
        matches!(reading, Reading::Doubtful { .. })
    };
    let doubted = (0..7).filter(is_doubted).count();
    assert!(doubted >= 6, "under {doubted} of 7 labels");
}

#[test]
fn a_speaker_without_own_takes_is_measured_against_the_others() {
    let mut readings = Readings::default();
    learn(&mut readings, "bob", &mut Mouth::new(110.0, 0.97), 8, 2);
    let mut ann = Mouth::new(170.0, 1.04);
    for word in 0..8 {
        let take = ann.word(word);
        assert_eq!(readings.judge(&label(word), "ann", &take), Reading::Fits);
        let wrong = readings.judge(&label((word + 3) % 8), "ann", &take);
        assert_eq!(wrong, doubted_for(word));
    }
}

#[test]
fn an_accent_is_no_error() {
    let mut readings = Readings::default();
    learn(&mut readings, "bob", &mut Mouth::new(110.0, 0.97), 8, 2);
    // To the others every word of this speaker is another one.
    let mut ann = Mouth::new(170.0, 1.04);
    let mut doubted = 0;
    for pass in 0..3 {
        for word in 0..8 {
            let take = ann.word((word + 1) % 8);
            let reading = readings.judge(&label(word), "ann", &take);
            doubted += u32::from(matches!(reading, Reading::Doubtful { .. }));
            assert!(
                pass == 0 || reading == Reading::Fits,
                "pass {pass}, {word}: {reading:?}"
            );
            readings.learn(&label(word), "ann", take);
        }
    }
    assert!(doubted <= 2, "{doubted} takes were doubted");
}

#[test]
fn labels_that_sound_alike_in_a_mouth_are_doubted_twice_at_most() {
    let mut mouth = Mouth::new(120.0, 1.0);
    let mut readings = Readings::default();
    let mut doubted = 0;
    for _ in 0..10 {
        for word in 0..5 {
            readings.learn(&label(word), "ann", mouth.word(word));
        }
        let take = mouth.word(0);
        let reading = readings.judge("like word 0", "ann", &take);
        doubted += u32::from(matches!(reading, Reading::Doubtful { .. }));
        readings.learn("like word 0", "ann", take);
    }
    assert!(doubted <= 2, "{doubted} of 10 were doubted");
}

#[test]
fn one_wrong_take_among_right_ones_does_not_decide() {
    let mut mouth = Mouth::new(120.0, 1.0);
    let mut readings = Readings::default();
    learn(&mut readings, "ann", &mut mouth, 6, 2);
    readings.learn("word 0", "ann", mouth.word(5));
    assert_eq!(
        readings.judge("word 0", "ann", &mouth.word(0)),
        Reading::Fits
    );
    assert_eq!(
        readings.judge("word 0", "ann", &mouth.word(5)),
        doubted_for(5)
    );
}

#[test]
fn a_list_of_one_label_is_measured_by_its_own_spread() {
    let mut mouth = Mouth::new(120.0, 1.0);
    let mut readings = Readings::default();
    learn(&mut readings, "ann", &mut mouth, 1, 4);
    assert_eq!(
        readings.judge("word 0", "ann", &mouth.word(0)),
        Reading::Fits
    );
    let reading = readings.judge("word 0", "ann", &mouth.word(3));
    assert_eq!(reading, Reading::Doubtful { nearest: None });
}

#[test]
fn among_many_labels_that_share_sounds_the_one_that_was_said_is_found() {
    let mut mouth = Mouth::new(120.0, 1.0);
    let mut readings = Readings::default();
    for n in 0..60 {
        let sounds = [WORDS[n % 8][0], WORDS[n / 8][1], WORDS[(n * 5 + 3) % 8][2]];
        for _ in 0..2 {
            readings.learn(&label(n), "ann", mouth.say(&sounds));
        }
    }
    let mut named = 0;
    for n in 0..60 {
        let sounds = [WORDS[n % 8][0], WORDS[n / 8][1], WORDS[(n * 5 + 3) % 8][2]];
        let reading = readings.judge(&label((n + 30) % 60), "ann", &mouth.say(&sounds));
        assert!(
            matches!(reading, Reading::Doubtful { .. }),
            "{n}: {reading:?}"
        );
        named += u32::from(reading == doubted_for(n));
    }
    assert!(named >= 54, "{named} of 60 were named");
}

#[test]
fn memory_is_bounded_and_the_speakers_own_takes_stay() {
    let mut mouth = Mouth::new(120.0, 1.0);
    let mut readings = Readings::default();
    let take = mouth.say(&WORDS.concat()[..18]);
    let hops = take.hops().len();
    readings.learn("mine", "ann", take.clone());
    for n in 0..2 * KEPT_HOPS / hops {
        let speaker = if n < KEPT_HOPS / hops / 2 {
            "ann"
        } else {
            "bob"
        };
        readings.labels.entry(label(n % 500).into()).or_default();
        let one = Template {
            speaker: speaker.into(),
            sketch: sketch(take.hops()),
            features: Arc::new(take.clone()),
            number: n as u64 + 2,
        };
        readings.labels.get_mut(&*label(n % 500)).unwrap().push(one);
        readings.hops += hops;
    }
    readings.learnt = 1_000_000;
    readings.learn("mine", "ann", take);
    assert!(readings.hops <= KEPT_HOPS);
    let kept = || readings.labels.values().flatten();
    assert_eq!(
        kept().map(|t| t.features.hops().len()).sum::<usize>(),
        readings.hops
    );
    let own = kept().filter(|t| &*t.speaker == "ann").count();
    assert_eq!(own, KEPT_HOPS / hops / 2 + 2);
}

#[test]
fn only_the_newest_takes_of_a_label_are_kept() {
    let mut mouth = Mouth::new(120.0, 1.0);
    let mut readings = Readings::default();
    for n in 0..50 {
        let speaker = ["ann", "bob", "cid", "dan"][n % 4];
        readings.learn("word 0", speaker, mouth.word(0));
    }
    let templates = &readings.labels["word 0"];
    assert_eq!(templates.len(), KEPT_OF_LABEL);
    for speaker in ["ann", "bob", "cid", "dan"] {
        let of_speaker = templates.iter().filter(|t| &*t.speaker == speaker).count();
        assert!(
            (1..=KEPT_OF_SPEAKER).contains(&of_speaker),
            "{of_speaker} of {speaker}"
        );
    }
}
