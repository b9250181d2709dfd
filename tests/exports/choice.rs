//! Which takes go out, and what is said of them.

use std::fs;

use voicebooth::audio::SourceKind;
use voicebooth::corpus::forgotten::{Subject, bury};

use crate::corpus::{Line, NASTY, SPEAKERS, Sitting, nasty, words};
use crate::program::{exported, names, refused, rows};

#[test]
fn the_current_take_of_each_item_goes_out_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let expected = nasty(&folder.path().join("corpus"));
    let report = exported(folder.path(), &["csv", "corpus", "out"]);
    assert_eq!(report["utterances"], expected.len());
    let left_out = &report["left_out"];
    assert_eq!(left_out["practice and checks"], 1, "{left_out}");
    // Superseded, rejected and unreviewed.
    assert_eq!(
        left_out["not the current take of their item"], 3,
        "{left_out}"
    );
    assert_eq!(left_out["of the demo speaker"], 1, "{left_out}");

    let rows = rows(&folder.path().join("out"));
    for expected in &expected {
        let row = rows
            .iter()
            .find(|row| row["id"] == expected["take_id"].as_str().unwrap());
        let row = row.unwrap_or_else(|| panic!("{expected} is missing"));
        assert_eq!(row["text"], expected["text"].as_str().unwrap());
        assert_eq!(row["speaker"], expected["speaker"].as_str().unwrap());
        let audio = fs::read(folder.path().join("out").join(&row["file"])).unwrap();
        assert_eq!(audio, fs::read(expected["wav"].as_str().unwrap()).unwrap());
    }
    assert_eq!(rows.len(), expected.len());
}

#[test]
fn takes_are_chosen_by_speaker_label_status_and_source() {
    let folder = tempfile::tempdir().unwrap();
    words(&folder.path().join("corpus"));
    let count = |out: &str, args: &[&str]| {
        let args = [&["csv", "corpus", out][..], args].concat();
        exported(folder.path(), &args)["utterances"]
            .as_u64()
            .unwrap()
    };
    let speakers = SPEAKERS.len() as u64;
    assert_eq!(count("1", &["--select", "label=yes,no"]), 2 * speakers);
    let both = ["--select", "label=yes,no", "--select", "speaker=a-b"];
    assert_eq!(count("2", &both), 2);
    assert_eq!(count("3", &["--select", "status=superseded"]), 1);
    assert_eq!(count("4", &["--select", "source=demo"]), 1);
    let none = refused(
        folder.path(),
        &["csv", "corpus", "5", "--select", "label=maybe"],
    );
    assert!(none.contains("of other labels than asked for"), "{none}");
    let unknown = refused(folder.path(), &["csv", "corpus", "5", "--scope", "sharing"]);
    assert!(
        unknown.contains("without the consent asked for"),
        "{unknown}"
    );
    assert!(!folder.path().join("5").exists());
}

#[test]
fn what_is_forgotten_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let expected = words(&corpus);
    let take = expected[0]["take_id"].as_str().unwrap();
    let now = jiff::Timestamp::now();
    bury(&corpus, Subject::Take(take), now).unwrap();
    let said = refused(folder.path(), &["csv", "corpus", "out"]);
    assert!(
        said.contains(expected[0]["name"].as_str().unwrap()),
        "{said}"
    );
    bury(&corpus, Subject::Speaker("a-b"), now).unwrap();
    let said = refused(
        folder.path(),
        &["csv", "corpus", "out", "--select", "speaker=a-b"],
    );
    assert!(said.contains("recordings/a-b/"), "{said}");
    assert_eq!(names(folder.path()), ["corpus"]);
    exported(
        folder.path(),
        &["csv", "corpus", "out", "--select", "speaker=a_b"],
    );
}

#[test]
fn the_card_and_the_corpus_say_what_went_out() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let expected = words(&corpus);
    exported(folder.path(), &["csv", "corpus", "out dir", "--trim"]);
    let card = fs::read_to_string(folder.path().join("out dir/CARD.md")).unwrap();
    for line in [
        "Licence: not stated",
        "| a_b | 3 |",
        "| yes | 3 |",
        "Cut to the speech, with 150 ms before and after it.",
        "1 take of the demo speaker",
        "`voicebooth export csv corpus 'out dir' --trim --json`",
        "Verdicts by profile `default`",
    ] {
        assert!(card.contains(line), "{line}\n{card}");
    }
    let (_, record) = &voicebooth::corpus::export_record::read_all(&corpus).unwrap()[0];
    assert_eq!(record.kind, "csv");
    let out = fs::canonicalize(folder.path().join("out dir")).unwrap();
    assert_eq!(fs::canonicalize(&record.out).unwrap(), out);
    for expected in &expected {
        let take = Subject::Take(expected["take_id"].as_str().unwrap());
        assert_eq!(record.takes_of(take), 1);
    }
    assert_eq!(record.takes_of(Subject::Speaker("demo")), 0);
}

#[test]
fn a_record_that_cannot_be_read_stops_the_export() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let mut sitting = Sitting::begin(&corpus, "x", "f", SourceKind::Microphone);
    sitting.record(Line::text(NASTY[0].0, NASTY[0].1));
    let take = sitting.record(Line::word("one"));
    sitting.end();
    fs::write(corpus.join(format!("{}.json", take.0)), "{").unwrap();
    let said = refused(folder.path(), &["csv", "corpus", "out"]);
    assert!(said.contains("one_r1_1.json:1:"), "{said}");
    assert_eq!(names(folder.path()), ["corpus"]);
}
