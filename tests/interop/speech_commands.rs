use voicebooth::audio::SourceKind;
use voicebooth::export::{Cut, Shape};

use crate::corpus::{Line, Sitting, words};
use crate::loading::{Asked, export, in_splits, listed, load, refused};

#[test]
fn every_word_is_a_second_around_the_speech_in_its_labels_folder() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let expected = words(&corpus);
    let out = folder.path().join("out");
    export("speech-commands", &corpus, &out, Asked::default()).unwrap();
    load("speech_commands", &out, &expected);
}

#[test]
fn the_data_sets_own_rule_shares_out_speakers_where_no_splits_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let mut expected = Vec::new();
    for number in 0..30 {
        let speaker = format!("s{number}");
        let mut sitting = Sitting::begin(&corpus, &speaker, "", SourceKind::Microphone);
        sitting.expect(Line::word("yes"));
        expected.extend(sitting.end());
    }
    let out = folder.path().join("out");
    export("speech-commands", &corpus, &out, Asked::default()).unwrap();
    load("speech_commands", &out, &expected);
}

#[test]
fn splits_that_are_asked_for_become_its_lists() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let of = [("a", "train"), ("a-b", "dev"), ("a_b", "test")];
    let expected = in_splits(words(&corpus), &of);
    let out = folder.path().join("out");
    let asked = Asked {
        split: listed(folder.path(), &of),
        ..Asked::default()
    };
    export("speech-commands", &corpus, &out, asked).unwrap();
    load("speech_commands", &out, &expected);
}

#[test]
fn what_is_no_word_of_a_second_with_a_sure_label_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let mut sitting = Sitting::begin(&corpus, "a", "f", SourceKind::Microphone);
    sitting.record(Line::text("sentence", "It has no label"));
    let mut doubtful = Line::word("doubtful");
    doubtful.transcript = Some(("something else", None));
    sitting.record(doubtful);
    let mut long = Line::word("long");
    long.samples = crate::booth::ramp(0, 20_000);
    long.speech = 1000..17_500;
    sitting.record(long);
    let mut slash = Line::word("slash");
    slash.prompt.label = Some("yes/no".into());
    sitting.record(slash);
    sitting.end();
    let out = folder.path().join("out");
    let mut named = refused(export("speech-commands", &corpus, &out, Asked::default()));
    named.sort();
    let prompts: Vec<&str> = named.iter().map(|(prompt, _)| &**prompt).collect();
    assert_eq!(prompts, ["doubtful", "long", "sentence", "slash"]);
    assert!(named[1].1.contains("lasts"), "{named:?}");
    assert!(named[2].1.contains("no label"), "{named:?}");
    assert!(named[3].1.contains("yes/no"), "{named:?}");
    let trimmed = Asked {
        shape: Shape {
            cut: Cut::Speech { margin_ms: 150 },
            ..Shape::default()
        },
        ..Asked::default()
    };
    let error = export("speech-commands", &corpus, &out, trimmed).unwrap_err();
    assert!(error.to_string().contains("--trim"), "{error}");
    assert!(!out.exists());
}
