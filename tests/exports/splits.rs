//! How takes are shared out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use voicebooth::audio::SourceKind;

use crate::corpus::{Line, Sitting, words};
use crate::program::{exported, names, refused, rows};

/// One word by each speaker.
fn read_by(corpus: &Path, speakers: &[&str]) {
    for speaker in speakers {
        let mut sitting = Sitting::begin(corpus, speaker, "f", SourceKind::Microphone);
        sitting.record(Line::word("one"));
        sitting.end();
    }
}

fn split_of_each(export: &Path) -> BTreeMap<String, String> {
    let rows = rows(export).into_iter();
    rows.map(|row| (row["speaker"].clone(), row["split"].clone()))
        .collect()
}

#[test]
fn a_new_speaker_never_moves_an_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let split = ["--split", "train=80,dev=10,test=10"];
    read_by(&corpus, &["s7k3q", "c", "q1"]);
    exported(
        folder.path(),
        &[&["csv", "corpus", "1"], &split[..]].concat(),
    );
    let before = split_of_each(&folder.path().join("1"));
    // Computed by the Python of docs/exports.md.
    let known = [("c", "test"), ("q1", "dev"), ("s7k3q", "train")];
    assert_eq!(before, known.map(|(a, b)| (a.into(), b.into())).into());
    read_by(&corpus, &["w2m9d", "a", "zz", "speaker01"]);
    exported(
        folder.path(),
        &[&["csv", "corpus", "2"], &split[..]].concat(),
    );
    let after = split_of_each(&folder.path().join("2"));
    assert_eq!(after.len(), 7);
    for (speaker, split) in before {
        assert_eq!(after[&speaker], split);
    }
}

#[test]
fn an_empty_split_is_refused_with_advice_and_shared_texts_are_told() {
    let folder = tempfile::tempdir().unwrap();
    read_by(&folder.path().join("corpus"), &["s7k3q", "c"]);
    let asked = ["csv", "corpus", "out", "--split", "train=80,dev=10,test=10"];
    let said = refused(folder.path(), &asked);
    assert!(
        said.contains("nothing would be in dev") && said.contains("--split-file"),
        "{said}"
    );
    assert_eq!(names(folder.path()), ["corpus"]);
    let report = exported(
        folder.path(),
        &["csv", "corpus", "out", "--split", "train=80,test=20"],
    );
    assert_eq!(report["texts_in_several_splits"], 1);
    assert_eq!(report["splits"].to_string(), r#"{"train":1,"test":1}"#);
}

#[test]
fn a_file_shares_out_by_speaker_session_or_take() {
    let folder = tempfile::tempdir().unwrap();
    let expected = words(&folder.path().join("corpus"));
    let take = expected[0]["take_id"].as_str().unwrap();
    let split = folder.path().join("split.tsv");
    fs::write(
        &split,
        format!("# all of them\na\ttrain\na-b\ttrain\na_b\ttest\n{take}\tdev\n"),
    )
    .unwrap();
    let asked = ["csv", "corpus", "out", "--split-file", "split.tsv"];
    exported(folder.path(), &asked);
    for row in rows(&folder.path().join("out")) {
        let split = match row["speaker"].as_str() {
            _ if row["id"] == take => "dev",
            "a_b" => "test",
            _ => "train",
        };
        assert_eq!(row["split"], split, "{row:?}");
    }
    for (text, line) in [
        ("a\ttrain\na-b train\n", "split.tsv:2:1:"),
        ("a\ttrain\na\ttest\n", "split.tsv:2:1: a is in two splits"),
        ("a\tto train\n", "split.tsv:1:3: `to train`"),
        ("# nobody\n", "split.tsv:1:1:"),
        ("a\ttrain\n", "split.tsv has no split for recordings/a-b/"),
    ] {
        fs::write(&split, text).unwrap();
        let said = refused(
            folder.path(),
            &["csv", "corpus", "2", "--split-file", "split.tsv"],
        );
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert!(!folder.path().join("2").exists());
}
