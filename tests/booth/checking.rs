//! The microphone check with the demo speaker, as somebody sees it who starts the program for the first time.

use std::fs;

use voicebooth::corpus::sidecar::Status;

use crate::common::terminal::Start;
use crate::evidence::Corpus;
use crate::sitting::{Place, SPEAKER, Sitting};

#[test]
fn a_first_sitting_begins_with_a_check_that_leads_to_the_first_prompt_and_is_kept() {
    let place = Place::with("list.txt", "alpha\n");
    let args = [
        "record",
        "list.txt",
        "--corpus",
        "corpus",
        "--speaker",
        SPEAKER,
        "--input",
        "demo",
    ];
    let sitting = Sitting::start(&Start::new(&place.path(""), &args).size(80, 12));
    sitting.wait_for("Please be quiet for a moment");
    sitting.wait_for("Now count aloud from one to seven");
    sitting.wait_for("The sound is good.");
    assert_eq!(sitting.ready(), "alpha");
    sitting.press("m");
    sitting.wait_for("Please be quiet for a moment");
    sitting.press(" ");
    assert_eq!(sitting.ready(), "alpha");
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    let role = |role: &str| corpus.takes.iter().filter(|t| t.role == role).count();
    assert_eq!((role("check"), role("item")), (3, 0));
    let kept = corpus.takes.iter().filter(|t| t.status == Status::Accepted);
    let seconds = |frames: u64| frames as f64 / 48_000.0;
    let lengths: Vec<f64> = kept
        .map(|t| seconds(t.audio.as_ref().unwrap().frames))
        .collect();
    assert_eq!(lengths.len(), 2, "{lengths:?}");
    assert!(lengths[0] > 5.0 && lengths[1] > 1.5, "{lengths:?}");
    let session = fs::read_dir(place.corpus().join("recordings").join(SPEAKER)).unwrap();
    let session = session
        .flatten()
        .map(|e| e.path())
        .find(|p| p.is_dir())
        .unwrap();
    let events = fs::read_to_string(session.join("events.jsonl")).unwrap();
    assert!(
        events.contains("\"event\":\"checked\"") && events.contains("\"advice\":[]"),
        "{events}"
    );
}
