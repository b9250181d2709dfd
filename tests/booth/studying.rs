//! A study from the command line to the folder: practice first, then what counts, recorded as the study says.

use std::fs;

use voicebooth::corpus::sidecar::Status;

use crate::common::terminal::Start;
use crate::evidence::Corpus;
use crate::sitting::{Place, SPEAKER, Sitting, is_over};

const STUDY: &str = "name = 'greetings'\nprompts = 'list.txt'\nrate = 16000\nbits = 24\norder = 'blocked'\n\
    labels-apart = true\nseed = 3\n[practice]\nprompts = 'practice.txt'\n[limits]\nsnr-db = 12.5\n";

#[test]
fn a_study_fixes_how_it_is_recorded_and_its_practice_leaves_no_audio() {
    let place = Place::with("list.txt", "hello\ngoodbye\n");
    place.write("practice.txt", "practice\n");
    place.write("study.toml", STUDY);
    let study = ["--study", "study.toml", "--bits", "16"];
    let sitting = Sitting::open(&place.demo(&study));
    sitting.wait_for("Practice 1 of 1");
    assert_eq!(sitting.begin(), "practice");
    sitting.listen();
    sitting.press(" ");
    sitting.wait_for("From now on it counts.");
    let first = sitting.read();
    let second = sitting.begin();
    sitting.listen();
    sitting.press(" ");
    sitting.wait("the end", is_over);
    let (status, said) = sitting.leave();
    assert!(status.success(), "{said}");
    let mut read = [first.as_str(), second.as_str()];
    read.sort_unstable();
    assert_eq!(read, ["goodbye", "hello"]);

    let corpus = Corpus::read(&place.corpus());
    let outline = corpus.outline();
    assert_eq!(outline.len(), 2, "{outline:?}");
    assert!(outline.iter().all(|take| take.2 == Status::Accepted));
    let session = &corpus.sessions[0];
    assert_eq!(session.audio.sample_rate_hz, 16_000);
    let setup = &session.setup;
    assert_eq!(
        (setup.order.as_str(), setup.seed, setup.labels_apart),
        ("blocked", Some(3), true)
    );
    assert_eq!(setup.overrides, ["bits", "no-check"]);
    assert!((setup.thresholds.as_ref().unwrap().snr_db - 12.5).abs() < f64::EPSILON);
    let kept = format!("studies/{}.toml", setup.study.as_ref().unwrap());
    assert_eq!(
        fs::read_to_string(place.corpus().join(kept)).unwrap(),
        STUDY
    );

    // Of the practice there is one line, with its levels.
    let folder = place
        .corpus()
        .join("recordings")
        .join(SPEAKER)
        .join(&session.session);
    let names = fs::read_dir(&folder).unwrap();
    let audio = names.filter(|e| {
        e.as_ref()
            .unwrap()
            .path()
            .extension()
            .is_some_and(|e| e == "wav")
    });
    assert_eq!(audio.count(), 2);
    let events = fs::read_to_string(folder.join("events.jsonl")).unwrap();
    let practised: Vec<&str> = events
        .lines()
        .filter(|l| l.contains("\"practised\""))
        .collect();
    assert_eq!(practised.len(), 1, "{events}");
    assert!(
        practised[0].contains("\"speech_peak_dbfs\":-"),
        "{}",
        practised[0]
    );
}

#[test]
fn a_corpus_of_a_study_is_not_recorded_into_without_it() {
    let place = Place::with("list.txt", "hello\n");
    place.write("study.toml", "name = 'n'\nprompts = 'list.txt'\n");
    let sitting = Sitting::open(&place.demo(&["--study", "study.toml"]));
    let (status, said) = sitting.leave();
    assert!(status.success());
    assert!(
        said.contains("--study study.toml"),
        "the command to go on with: {said}"
    );
    let args = [
        "record", "list.txt", "--corpus", "corpus", "--input", "demo",
    ];
    let mut refused = Start::new(&place.path(""), &args).run();
    refused.wait_for("belongs to the study \"n\"");
    assert_eq!(refused.end().exit_code(), 1);
}
