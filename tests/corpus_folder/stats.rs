//! What stats counts is what was recorded.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use voicebooth::corpus::sidecar::{DecidedBy, Status};
use voicebooth::corpus::stats::stats;
use voicebooth::recorder::messages::ToWriter;

use crate::booth::{Booth, RATE_HZ, SPEAKER, ramp};

/// `zero` twice, the first superseded, one second each; `one` never; half a second of a check.
fn recorded() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(root.path());
    let second = ramp(0, RATE_HZ as usize);
    let old = booth.record("zero", 1, &second);
    booth.wait(Duration::from_secs(2));
    booth.record("zero", 2, &ramp(7, RATE_HZ as usize));
    booth.send(ToWriter::Decide {
        take_ref: old,
        status: Status::Superseded,
        by: DecidedBy::Auto,
        reasons: vec!["unspecified".into()],
    });
    let mut draft = booth.draft("check-silence", 1);
    draft.role = "check";
    let check = draft.take_ref.clone();
    let head = booth.head();
    booth.send(ToWriter::Begin { draft, head });
    booth.append(&check, &second[..RATE_HZ as usize / 2]);
    booth.finish(&check);
    booth.shut_down();
    root
}

#[test]
fn takes_minutes_labels_and_what_is_missing_are_counted() {
    let root = recorded();
    let stats = stats(root.path(), &|_| {}).unwrap();
    assert_eq!(
        (stats.total.takes, stats.total.current, stats.others),
        (2, 1, 1)
    );
    assert!((stats.total.seconds - 2.0).abs() < 1e-9);
    assert_eq!(stats.statuses["superseded"], 1);
    assert_eq!(stats.verdicts["fine"], 2);
    let [speaker] = &stats.speakers[..] else {
        panic!("one speaker")
    };
    assert_eq!((&*speaker.speaker, speaker.sessions), (SPEAKER, 1));
    let missing = speaker.missing.as_ref().unwrap();
    assert_eq!(
        (missing.items, &missing.without[..]),
        (2, &[("one".to_owned(), 1)][..])
    );
    let zero = Some("zero".to_owned());
    assert_eq!(stats.labels[&zero].takes, 2);
    assert_eq!(stats.coverage[&zero][&0], 1);
    assert_eq!(stats.sessions.len(), 1);
}

fn program(args: &[&str], root: &std::path::Path) -> (Option<i32>, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    let output = program.args(args).arg(root).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), said)
}

#[test]
fn the_program_says_it_in_lines_of_80_columns_in_json_and_in_csv() {
    let root = recorded();
    let (code, said) = program(&["stats"], root.path());
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.lines().all(|line| line.chars().count() <= 80),
        "{said}"
    );
    assert!(said.contains("1 of 2"), "{said}");
    let (code, said) = program(&["stats", "--json"], root.path());
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &said["total"]["audio_s"]), (Some(0), &2.0.into()));
    assert_eq!(
        said["speakers"][0]["missing"]["without_take"][0]["prompt"],
        "one"
    );
    let (_, said) = program(&["stats", "--csv"], root.path());
    assert_eq!(said, format!("label,{SPEAKER},all\nzero,1,1\n"));
}

/// The first file of this name below `folder`.
fn find(folder: &Path, name: &str) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if entry.file_name() == name {
                return entry.path();
            }
        }
    }
    panic!("no {name}")
}

#[test]
fn what_is_missing_for_the_quotas_of_the_study_is_told() {
    let root = recorded();
    let text = "name = 'n'\nprompts = 'p'\n[quotas]\nspeakers = 2\ntakes-per-label = 3\n\
        [quotas.labels]\nzero = 5\nseven = 4\n[quotas.answers.gender]\nf = 2\n";
    fs::create_dir_all(root.path().join("studies")).unwrap();
    fs::write(root.path().join("studies/0123456789ab.toml"), text).unwrap();
    let edit = |name: &str, from: &str, to: &str| {
        let path = find(root.path(), name);
        let record = fs::read_to_string(&path).unwrap();
        assert!(record.contains(from), "{record}");
        fs::write(&path, record.replacen(from, to, 1)).unwrap();
    };
    edit(
        "session.json",
        "\"study\": null",
        "\"study\": \"0123456789ab\"",
    );
    edit(
        "speaker.json",
        "\"form\": null",
        "\"form\": {\"gender\": \"f\"}",
    );
    let stats = stats(root.path(), &|_| {}).unwrap();
    let quotas: Vec<_> = stats
        .quotas
        .iter()
        .map(|q| (&*q.what, q.there, q.asked))
        .collect();
    assert_eq!(
        quotas,
        [
            ("speakers", 1, 2),
            ("takes of seven", 0, 4),
            ("takes of zero", 1, 5),
            ("speakers with gender = f", 1, 2),
        ]
    );
    let (_, said) = program(&["stats"], root.path());
    let line = said
        .lines()
        .find(|line| line.starts_with("takes of zero"))
        .unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[3..], ["1", "5", "4"], "{said}");
}

#[test]
fn a_record_that_cannot_be_read_is_named_and_the_rest_is_counted() {
    let root = recorded();
    let recordings = root.path().join("recordings").join(SPEAKER);
    let mut sessions = std::fs::read_dir(recordings).unwrap().flatten();
    let session = sessions.find(|entry| entry.path().is_dir()).unwrap().path();
    std::fs::write(session.join("zero_r1_1.json"), "{").unwrap();
    let (code, said) = program(&["stats"], root.path());
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("Left out: ") && said.contains("zero_r1_1.json:1:"),
        "{said}"
    );
    let (code, said) = program(&["verify", "--json"], root.path());
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &said["right"]), (Some(1), &false.into()));
    assert_eq!(said["findings"][0]["word"], "broken");
}

#[test]
fn a_folder_that_is_no_corpus_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    for tool in ["verify", "stats"] {
        assert_eq!(program(&[tool], folder.path()).0, Some(2));
    }
}
