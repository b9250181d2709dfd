use std::path::Path;

use serde_json::json;
use voicebooth::audio::SourceKind;
use voicebooth::audio::demo::{Voice, reading};

use crate::booth::RATE_HZ;
use crate::corpus::{Line, Recorded, Sitting, nasty};
use crate::loading::{Asked, export, in_splits, listed, load, load_with, refused, without};

const DIGITS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];
/// Silence around a word, frames: 0.3 s.
const ROLL: usize = 4800;

/// Digits read twice by each of so many synthetic voices, with a little noise around them.
fn digits(corpus: &Path, voices: u64) -> Vec<Recorded> {
    let mut expected = Vec::new();
    for seed in 0..voices {
        let (speaker, voice) = (format!("v{seed}"), Voice::from_seed(seed));
        let mut sitting = Sitting::begin(corpus, &speaker, "", SourceKind::Microphone);
        for digit in DIGITS {
            let said = reading(digit, &voice, RATE_HZ).samples;
            let mut line = Line::word(digit);
            let quiet = crate::booth::ramp(seed as usize, said.len() + 2 * ROLL);
            line.samples = quiet.iter().map(|noise| noise * 0.001).collect();
            for (at, sample) in said.iter().enumerate() {
                line.samples[ROLL + at] += sample;
            }
            line.speech = ROLL as i64..(ROLL + said.len()) as i64;
            sitting.expect(line);
        }
        expected.extend(sitting.end());
    }
    expected
}

#[test]
fn its_files_fit_each_other_and_words_of_its_own_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let expected = nasty(&corpus);
    let out = folder.path().join("out");
    let named = refused(export("sphinxtrain", &corpus, &out, Asked::default()));
    assert!(named.iter().all(|(prompt, _)| prompt == "marks"));
    assert_eq!(named.len(), 3);
    let asked = Asked {
        skip_refused: true,
        ..Asked::default()
    };
    export("sphinxtrain", &corpus, &out, asked).unwrap();
    load("sphinxtrain", &out, &without(&expected, &["marks"]));
}

#[test]
fn it_trains_on_digits_and_recognises_those_of_voices_it_has_not_heard() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let of = [
        ("v0", "train"),
        ("v1", "train"),
        ("v2", "train"),
        ("v3", "train"),
        ("v4", "train"),
        ("v5", "train"),
        ("v6", "train"),
        ("v7", "train"),
        ("v8", "test"),
        ("v9", "test"),
    ];
    let expected = in_splits(digits(&corpus, of.len() as u64), &of);
    let out = folder.path().join("digits");
    let asked = Asked {
        split: listed(folder.path(), &of),
        ..Asked::default()
    };
    export("sphinxtrain", &corpus, &out, asked).unwrap();
    let more = json!({ "splits": ["train", "test"] });
    print!("{}", load_with("sphinxtrain", &out, &expected, &more));
}
