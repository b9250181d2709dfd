//! `voicebooth study`: what it writes can be begun with, and what it checks is told with file, line and column.

#![allow(clippy::unwrap_used)] // clippy.toml allows it in tests, but not in the functions that they share

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn study(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    command.arg("study").args(args).current_dir(folder);
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn init_writes_a_study_that_needs_a_prompt_file_only_and_never_writes_over_one() {
    let folder = tempfile::tempdir().unwrap();
    let written = study(folder.path(), &["init"]);
    assert!(written.status.success(), "{written:?}");
    let file = folder.path().join("study.toml");
    let text = fs::read_to_string(&file).unwrap();

    let checked = study(folder.path(), &["check", "study.toml"]);
    assert_eq!(checked.status.code(), Some(1));
    let line = said(&checked);
    assert!(
        line.starts_with("study.toml:8:11: prompts.txt cannot be read: "),
        "{line}"
    );
    fs::write(folder.path().join("prompts.txt"), "one\ntwo\n").unwrap();
    let checked = study(folder.path(), &["check", "study.toml"]);
    assert!(checked.status.success(), "{checked:?}");

    let again = study(folder.path(), &["init"]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn every_key_that_init_offers_can_be_said() {
    let folder = tempfile::tempdir().unwrap();
    study(folder.path(), &["init", "s.toml"]);
    let text = fs::read_to_string(folder.path().join("s.toml")).unwrap();
    // A `#` right before a key or a table is there to be taken away; one before a blank is a remark.
    let said_all: String = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(key) if !key.starts_with(' ') => key.to_owned() + "\n",
            _ => line.to_owned() + "\n",
        })
        .collect();
    assert!(said_all.contains("\n[consent]\n"), "{said_all}");
    fs::write(folder.path().join("s.toml"), said_all).unwrap();
    fs::write(folder.path().join("prompts.txt"), "yes\nno\n").unwrap();
    let checked = study(folder.path(), &["check", "s.toml"]);
    // The lists above have no sections, which is the one thing to be told.
    assert_eq!(checked.status.code(), Some(1));
    let lines = said(&checked);
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert!(
        lines.contains("instructions for section `part two`"),
        "{lines}"
    );
}

#[test]
fn what_is_wrong_in_the_files_that_a_study_names_is_told_with_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let text = "name = 'n'\nprompts = ['a.tsv', 'none.txt']\n\n[practice]\nprompts = 'p.txt'\n";
    fs::write(folder.path().join("s.toml"), text).unwrap();
    fs::write(folder.path().join("a.tsv"), "id\ttext\nx\tone\nx\ttwo\n").unwrap();
    fs::write(folder.path().join("p.txt"), "\n").unwrap();
    let checked = study(folder.path(), &["check", "s.toml"]);
    assert_eq!(checked.status.code(), Some(1));
    let lines = said(&checked);
    let expected = [
        "s.toml:2:21: none.txt cannot be read: ",
        "a.tsv:3:1: id `x` is already that of line 2",
        "p.txt: there is no prompt in it",
    ];
    assert_eq!(lines.lines().count(), expected.len(), "{lines}");
    for (line, expected) in lines.lines().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
}

#[test]
fn what_does_not_fit_together_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "one\n").unwrap();
    fs::write(folder.path().join("b.tsv"), "id\ttext\none\teins\n").unwrap();
    let check = |text: &str| {
        fs::write(folder.path().join("s.toml"), text).unwrap();
        said(&study(folder.path(), &["check", "s.toml"]))
    };
    let both = check("name = 'n'\nprompts = ['a.txt', 'b.tsv']\n");
    assert!(
        both.starts_with("b.tsv:2:1: id `one` is that of another prompt in a.txt, line 1; "),
        "{both}"
    );
    let timed = check("name = 'n'\nprompts = 'a.txt'\nmode = 'timed'\n");
    assert!(
        timed.starts_with(
            "s.toml:3:1: `mode` timed needs the length of a take: add `seconds`, such as"
        ),
        "{timed}"
    );
    let untimed = check("name = 'n'\nprompts = 'a.txt'\nmax-take = 5\nseconds = 2\n");
    assert!(untimed.starts_with("s.toml:4:1: `seconds` is"), "{untimed}");
    let both = check("name = 'n'\nprompts = 'none.txt'\nseconds = 2\n");
    let lines: Vec<&str> = both.lines().collect();
    assert!(
        lines[0].starts_with("s.toml:2:11: none.txt cannot be read"),
        "{both}"
    );
    assert!(lines[1].starts_with("s.toml:3:1: `seconds` is"), "{both}");
    let rolls = check("name = 'n'\nprompts = 'a.txt'\npost_roll_max = 100\npost-roll = 200\n");
    assert!(
        rolls.starts_with("s.toml:3:1: `post-roll-max` 100 is shorter than `post-roll` 200"),
        "{rolls}"
    );
    let many = check("name = 'n'\nprompts = 'a.txt'\n[practice]\nitems = 2\n");
    assert!(
        many.starts_with("s.toml:4:9: 2 items to practise, but the list has 1"),
        "{many}"
    );
    let unknown = check("name = 'n'\nprompts = 'a.txt'\nmax_takes = 3\nspeaker = 'x'\n");
    let lines: Vec<&str> = unknown.lines().collect();
    assert!(lines[0].contains("did you mean `max-take`?"), "{unknown}");
    assert!(
        lines[1].starts_with("s.toml:4:1: unknown key `speaker`"),
        "{unknown}"
    );
}

#[test]
fn everything_that_is_wrong_is_told_in_one_go() {
    let folder = tempfile::tempdir().unwrap();
    let text = "name = 'n'\nlicense = 'CC0-1.0'\nlanguage = 'English'\nmode = 'timed'\nseconds = 'two'\nmax-take = 2\n\
                post-roll-max = 100\nprompts = ['a.tsv', 'b.txt', 'none.txt']\n\
                [quotas.answers.gender]\nwoman = 3\n[quotas.answers.ill]\nmaybe = 2\n\
                [[speaker-form]]\nid = 'ill'\nquestion = 'Ill?'\ntype = 'yes_no'\n";
    fs::write(folder.path().join("s.toml"), text).unwrap();
    let list = "id\ttext\taudio\nx\tone\tx.wav\nx\ttwo\t\ntwo\tzwei\t\nthree\tdrei\t\n";
    fs::write(folder.path().join("a.tsv"), list).unwrap();
    fs::write(folder.path().join("b.txt"), "two\nthree\n").unwrap();
    let lines = said(&study(folder.path(), &["check", "s.toml"]));
    // That a timed take needs a length is not told: it has one, which is wrong.
    let expected = [
        "s.toml:2:1: unknown key `license` in a study; did you mean `licence`?",
        "s.toml:3:12: `language` cannot be `English`: give a",
        "s.toml:5:11: `seconds` cannot be `two`: give ",
        "s.toml:7:1: `post-roll-max` 100 is shorter than `post-roll` 300",
        "s.toml:8:30: none.txt cannot be read: ",
        "s.toml:9:17: quotas by the answer to `gender`, but the speaker form does not ask it",
        "s.toml:12:1: a quota of `maybe`, which is no answer to the question `ill`",
        "a.tsv:3:1: id `x` is already that of line 2",
        "a.tsv:2:7: the sound of prompt `x` cannot be played",
        "b.txt:1:1: id `two` is that of another prompt in a.tsv, line 4",
        "b.txt:2:1: id `three` is that of another prompt in a.tsv, line 5",
    ];
    assert_eq!(lines.lines().count(), expected.len(), "{lines}");
    for (line, expected) in lines.lines().zip(expected) {
        assert!(line.starts_with(expected), "{line}\n{expected}");
    }
}

#[test]
fn quotas_of_labels_that_no_prompt_has_are_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "one\ntwo\n").unwrap();
    let text = "name = 'n'\nprompts = 'a.txt'\n[quotas.labels]\none = 3\nthree = 3\n";
    fs::write(folder.path().join("s.toml"), text).unwrap();
    let told = said(&study(folder.path(), &["check", "s.toml"]));
    assert_eq!(
        told,
        "s.toml:5:1: a quota of label `three`, which no prompt has\n"
    );
}

#[test]
fn a_sound_that_cannot_be_played_is_told_where_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let list = "id\ttext\taudio\nx\tone\tx.wav\ny\ttwo\ty.wav\n";
    fs::write(folder.path().join("a.tsv"), list).unwrap();
    fs::write(folder.path().join("y.wav"), "no sound").unwrap();
    fs::write(
        folder.path().join("s.toml"),
        "name = 'n'\nprompts = 'a.tsv'\n",
    )
    .unwrap();
    let lines = said(&study(folder.path(), &["check", "s.toml"]));
    let [gone, broken] = &lines.lines().collect::<Vec<_>>()[..] else {
        panic!("{lines}");
    };
    assert!(
        gone.starts_with("a.tsv:2:7: the sound of prompt `x` cannot be played: x.wav: No such"),
        "{gone}"
    );
    assert!(
        broken.starts_with("a.tsv:3:7: the sound of prompt `y` cannot be played: y.wav: "),
        "{broken}"
    );
}

#[test]
fn json_says_the_same_to_programs() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "one\ntwo\none\n").unwrap();
    let check = |text: &str| -> serde_json::Value {
        fs::write(folder.path().join("s.toml"), text).unwrap();
        let output = study(folder.path(), &["check", "s.toml", "--json"]);
        serde_json::from_str(&said(&output)).unwrap()
    };
    let good = check("name = 'n'\nprompts = 'a.txt'\n[practice]\nitems = 1\n");
    assert_eq!(
        (&good["name"], &good["prompts"], &good["practice"]),
        (&"n".into(), &2.into(), &1.into())
    );
    assert_eq!(good["sha256"].as_str().map(str::len), Some(12));
    assert!(
        good["warnings"][0].as_str().unwrap().contains("a.txt:3"),
        "{good}"
    );
    let bad = check("name = 'n'\nprompts = 3\n");
    assert_eq!(bad["mistakes"][0]["line"], 2);
    assert_eq!(bad["mistakes"][0]["column"], 11);
}
