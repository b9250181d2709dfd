//! What cannot be recorded is refused in words: on the command line, or on the screen with the way out.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use voicebooth::corpus::sidecar::Status::Accepted;

use crate::common::terminal::shows;
use crate::disk::Disk;
use crate::evidence::Corpus;
use crate::sitting::{Place, Sitting};

const LIST: &str = "list.txt";

/// Runs `voicebooth` without a terminal.
fn without_terminal(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_voicebooth"))
        .args(args)
        .current_dir(folder)
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_STATE_HOME", folder.join("state"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn without_a_terminal_it_says_so_and_makes_nothing() {
    let place = Place::with(LIST, "alpha\n");
    let out = without_terminal(
        &place.path(""),
        &["record", LIST, "--input", "demo", "--no-check"],
    );
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.contains("needs a terminal"), "{said}");
    assert_eq!(out.stdout, b"");
    assert!(!place.corpus().exists());
}

/// Starts on `list` in a terminal; the exit code and what was printed.
fn refusal(place: &Place, list: &str) -> (u32, String) {
    let mut sitting = Sitting::start(&place.demo(&[list]));
    let status = sitting.end();
    assert!(!place.corpus().exists());
    sitting.assert_restored();
    (status.exit_code(), sitting.text())
}

#[test]
fn a_list_that_is_not_there_is_named() {
    let place = Place::new();
    let (code, said) = refusal(&place, "absent.txt");
    assert_eq!(code, 1);
    assert!(said.contains("absent.txt"), "{said}");
    assert!(said.contains("cannot be read"), "{said}");
}

#[test]
fn every_mistake_of_a_list_is_named_with_its_line_and_column() {
    let place = Place::new();
    place.write(
        "bad.tsv",
        "id\ttext\na\talpha\na\tbeta\nc\t\nd\tdel\u{1b}ta\n",
    );
    let (code, said) = refusal(&place, "bad.tsv");
    assert_eq!(code, 1);
    for place in ["bad.tsv:3:1:", "bad.tsv:4:1:", "bad.tsv:5:6:"] {
        assert!(said.contains(place), "{place} is not in:\n{said}");
    }
}

#[test]
fn a_second_program_for_the_same_speaker_is_refused_until_the_first_has_ended() {
    let place = Place::with(LIST, "alpha\nbeta\n");
    let first = Sitting::open(&place.chatter(&[LIST]));
    first.tap();
    let second = Sitting::start(&place.chatter(&[LIST]).size(80, 24));
    second.go_on();
    let text = second.wait_for("another program is recording");
    assert!(shows(&text, crate::sitting::SPEAKER), "{text}");
    first.leave();
    second.resize(80, 10);
    second.press("\r");
    assert_eq!(second.tap(), "beta");
    second.over();
    second.leave();
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [("alpha", 1, Accepted), ("beta", 1, Accepted)]
    );
}

#[test]
fn a_corpus_of_a_newer_version_is_refused_and_left_alone() {
    let place = Place::with(LIST, "alpha\n");
    fs::create_dir(place.corpus()).unwrap();
    let newer = r#"{"format": "voicebooth-corpus/2", "study": null, "more": 1}"#;
    place.write("corpus/corpus.json", newer);
    let sitting = Sitting::start(&place.chatter(&[LIST]).size(80, 24));
    sitting.wait_for("newer voicebooth");
    sitting.leave();
    let left: Vec<_> = fs::read_dir(place.corpus()).unwrap().collect();
    assert_eq!(left.len(), 1);
    assert_eq!(
        fs::read_to_string(place.corpus().join("corpus.json")).unwrap(),
        newer
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_gone_on_with_once_it_can() {
    let place = Place::with(LIST, "alpha\n");
    fs::create_dir(place.corpus()).unwrap();
    let Some(disk) = Disk::mount(&place.corpus(), "ro") else {
        return;
    };
    let sitting = Sitting::start(&place.chatter(&[LIST]));
    sitting.wait_for("The recordings cannot be saved");
    sitting.press("\r");
    sitting.wait_for("The recordings cannot be saved");
    disk.remount("rw");
    sitting.press("\r");
    assert_eq!(sitting.tap(), "alpha");
    sitting.over();
    let (status, printed) = sitting.leave();
    assert!(status.success(), "{printed}");
    assert_eq!(
        Corpus::read(&place.corpus()).outline(),
        [("alpha", 1, Accepted)]
    );
}
