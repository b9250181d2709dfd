//! Whole or not at all, and the same however it was made.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use voicebooth::audio::SourceKind;

use crate::corpus::{Line, Sitting, words};
use crate::program::{command, exported, files, names, refused};

/// The same files, but for the name of the export in the card's command.
fn assert_same(one: &Path, other: &Path) {
    let (mut one, mut other) = (files(one), files(other));
    let (card, other_card) = (one.remove("CARD.md"), other.remove("CARD.md"));
    assert!(one == other, "{:?}\n{:?}", one.keys(), other.keys());
    let unnamed = |card: Option<Vec<u8>>| {
        let card = String::from_utf8(card.unwrap()).unwrap();
        let lines = card
            .lines()
            .filter(|line| !line.contains("`voicebooth export"));
        lines.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(unnamed(card), unnamed(other_card));
}

#[test]
fn parts_put_together_are_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let takes = words(&folder.path().join("corpus")).len() as u64;
    let args = ["csv", "corpus", "out", "--rate", "8000", "--trim=50"];
    let mut made = 0;
    for part in ["1/3", "2/3", "3/3"] {
        let report = exported(folder.path(), &[&args[..], &["--shard", part]].concat());
        made += report["utterances"].as_u64().unwrap();
    }
    assert_eq!(made, takes);
    assert!(!folder.path().join("out").exists());
    let report = exported(folder.path(), &args);
    assert_eq!(
        (&report["audio_files_found"], &report["shards_found"]),
        (&takes.into(), &3.into())
    );
    // The parts are used up.
    assert_eq!(names(folder.path()), ["corpus", "out"]);
    let mut whole = args;
    whole[2] = "whole";
    let told = &exported(folder.path(), &whole)["notes"];
    // The ramps overshoot where they are resampled.
    let note = told[0].as_str().unwrap();
    assert!(
        note.starts_with(&format!("{takes} takes with samples beyond full scale")),
        "{told}"
    );
    assert_eq!(&report["notes"], told);
    assert_same(&folder.path().join("out"), &folder.path().join("whole"));
}

#[test]
fn parts_made_otherwise_or_missing_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let takes = words(&folder.path().join("corpus")).len() as u64;
    exported(
        folder.path(),
        &["csv", "corpus", "out", "--rate", "8000", "--shard", "1/2"],
    );
    let report = exported(folder.path(), &["csv", "corpus", "out"]);
    assert_eq!(report["audio_files_found"], 0);
    assert_eq!(report["utterances"], takes);
    exported(folder.path(), &["csv", "corpus", "whole"]);
    assert_same(&folder.path().join("out"), &folder.path().join("whole"));
}

/// A corpus whose export takes long enough to be killed in the middle.
fn long(corpus: &Path) {
    let mut sitting = Sitting::begin(corpus, "x", "f", SourceKind::Microphone);
    for word in 0..60 {
        let mut line = Line::word(&format!("word{word}"));
        line.samples = crate::booth::ramp(word, 160_000);
        sitting.record(line);
    }
    sitting.end();
}

#[test]
fn an_export_that_was_killed_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    long(&folder.path().join("corpus"));
    let args = ["csv", "corpus", "out", "--rate", "44100"];
    let mut child = command(folder.path(), &args)
        .env("RAYON_NUM_THREADS", "1")
        .spawn()
        .unwrap();
    let journal = folder.path().join("out.unfinished/.voicebooth/made.jsonl");
    let begun = Instant::now();
    let lines = || {
        fs::read_to_string(&journal)
            .unwrap_or_default()
            .lines()
            .count()
    };
    while lines() < 3 {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "no audio was made"
        );
        assert!(
            child.try_wait().unwrap().is_none(),
            "it was done too soon to be killed"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.path().join("out").exists());
    let report = exported(folder.path(), &args);
    assert!(
        report["audio_files_found"].as_u64().unwrap() >= 3,
        "{report}"
    );
    let whole = ["csv", "corpus", "whole", "--rate", "44100"];
    exported(folder.path(), &whole);
    assert_same(&folder.path().join("out"), &folder.path().join("whole"));
    assert_eq!(names(folder.path()), ["corpus", "out", "whole"]);
}

#[test]
fn what_is_there_is_never_touched() {
    let folder = tempfile::tempdir().unwrap();
    words(&folder.path().join("corpus"));
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("out/mine.txt"), "mine").unwrap();
    let said = refused(folder.path(), &["csv", "corpus", "out"]);
    assert!(said.contains("out is there already"), "{said}");
    assert_eq!(names(&folder.path().join("out")), ["mine.txt"]);
    assert_eq!(names(folder.path()), ["corpus", "out"]);
}

#[test]
fn a_wav_that_is_not_its_sidecars_stops_the_export_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let expected = words(&corpus);
    let wav = expected[1]["wav"].as_str().unwrap();
    let mut bytes = fs::read(wav).unwrap();
    bytes[5000] ^= 1;
    fs::write(wav, bytes).unwrap();
    let said = refused(folder.path(), &["csv", "corpus", "out"]);
    assert!(
        said.contains(expected[1]["name"].as_str().unwrap()),
        "{said}"
    );
    assert!(!folder.path().join("out").exists());
}

#[cfg(unix)]
#[test]
fn links_are_links_where_nothing_changes() {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::tempdir().unwrap();
    let expected = words(&folder.path().join("corpus"));
    exported(folder.path(), &["csv", "corpus", "out", "--link"]);
    let inodes = |path: &Path| fs::metadata(path).unwrap().ino();
    let rows = crate::program::rows(&folder.path().join("out"));
    for expected in &expected {
        let id = expected["take_id"].as_str().unwrap();
        let row = rows.iter().find(|row| row["id"] == id).unwrap();
        let made = folder.path().join("out").join(&row["file"]);
        assert_eq!(
            inodes(&made),
            inodes(Path::new(expected["wav"].as_str().unwrap()))
        );
    }
}
