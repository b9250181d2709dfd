//! `voicebooth prompts`: what it prints, what it writes, how it ends.

#![allow(clippy::unwrap_used)] // a failed expectation is a failed test

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn prompts(folder: &Path, args: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    program
        .arg("prompts")
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_mark_that_turns_direction_is_told_and_does_not_turn_the_message() {
    let folder = folder(&[("list.txt", "\u{202e}evil\n")]);
    let said = out(&prompts(folder.path(), &["check", "list.txt"]));
    assert!(said.contains("list.txt:1:1: warning: U+202E"), "{said}");
    assert!(said.contains(r"`\u{202e}evil`"), "{said}");
}

#[test]
fn check_tells_the_same_text_from_one_that_is_nearly_the_same() {
    let list = "id\ttext\na\tI said \"no\".\nb\tI said \"no\".\nc\tI said: no!\n";
    let folder = folder(&[("list.tsv", list)]);
    let said = out(&prompts(folder.path(), &["check", "list.tsv"]));
    for line in [
        "list.tsv:3:3: warning: the same text as in line 2, under another id: `I said \"no\".`\n",
        "list.tsv:4:3: warning: nearly the same as line 2, but for case, punctuation or blanks: ",
    ] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn check_looks_whether_what_is_to_be_heard_can_be_and_tells_what_is_not_carried_out() {
    let list = "id\ttext\taudio\timage\tbeep\nx\tone\tx.wav\tx.png\ttrue\ny\ttwo\t\t\ttrue\n";
    let folder = folder(&[("a.tsv", list)]);
    let checked = prompts(folder.path(), &["check", "a.tsv"]);
    assert_eq!(checked.status.code(), Some(1));
    let said = out(&checked);
    let expected = [
        "a.tsv:2:7: error: the sound of prompt `x` cannot be played: x.wav: No such file",
        "a.tsv:2:13: warning: this prompt has a picture, which is kept in the list and not shown",
        "a.tsv:2:19: warning: 2 prompts have a beep, which is kept in the list and not sounded",
        "a.tsv: read as tsv, 2 prompts, 1 error, 2 warnings",
    ];
    assert_eq!(said.lines().count(), expected.len(), "{said}");
    for (line, expected) in said.lines().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
}

#[test]
fn stats_say_lengths_as_people_do() {
    let long = "word ".repeat(40);
    for (list, said) in [
        ("yes\n".to_owned(), "1 second of"),
        (format!("{long}\n").repeat(15), "minutes of"),
    ] {
        let folder = folder(&[("a.txt", &list)]);
        let stats = out(&prompts(folder.path(), &["stats", "a.txt"]));
        assert!(stats.contains(said), "{stats}");
    }
}

#[test]
fn check_names_the_mistakes_of_all_files_and_ends_with_1() {
    let folder = folder(&[("a.tsv", "id\ttext\n1\tone\n1\ttwo\n"), ("b.txt", "fine\n")]);
    let checked = prompts(folder.path(), &["check", "a.tsv", "no.txt", "b.txt"]);
    assert_eq!(checked.status.code(), Some(1));
    let said = out(&checked);
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[0].starts_with("a.tsv:3:1: error: id `1` is already that of line 2"),
        "{said}"
    );
    assert_eq!(
        lines[1],
        "a.tsv: read as tsv, 1 prompt, 1 error, 0 warnings"
    );
    assert!(
        lines[2].starts_with("no.txt: error: it cannot be read: "),
        "{said}"
    );
    assert_eq!(
        lines[4],
        "b.txt: read as text, 1 prompt, 0 errors, 0 warnings"
    );
}

#[test]
fn warnings_alone_end_with_0_and_json_says_the_same() {
    let folder = folder(&[("a.txt", "Ahoy\nahoy!\n")]);
    let checked = prompts(folder.path(), &["check", "--json", "a.txt"]);
    assert_eq!(checked.status.code(), Some(0));
    let report: Value = serde_json::from_str(&out(&checked)).unwrap();
    assert_eq!(report[0]["format"], "text");
    let finding = &report[0]["findings"][0];
    assert_eq!(
        (&finding["kind"], &finding["line"]),
        (&json!("warning"), &json!(2))
    );
}

#[test]
fn a_text_longer_than_a_take_is_told() {
    let folder = folder(&[("a.txt", &"many words ".repeat(20))]);
    let check = |args: &[&str]| {
        out(&prompts(
            folder.path(),
            &[&["check", "a.txt"], args].concat(),
        ))
    };
    assert!(check(&["--max-take", "5"]).contains("longer than a take lasts (5 s)"));
    assert!(check(&[]).ends_with("0 warnings\n"));
}

#[test]
fn convert_gives_the_same_list_and_writes_over_nothing() {
    let list = "id|text\n";
    let folder = folder(&[
        ("m.csv", "lj-1|\"Zero\"|zero\nlj-2|one\n"),
        ("there.tsv", list),
    ]);
    let convert = |args: &[&str]| prompts(folder.path(), &[&["convert"], args].concat());
    let jsonl = convert(&["m.csv", "--to", "jsonl"]);
    assert_eq!(err(&jsonl), "m.csv: read as LJSpeech, 2 prompts\n");
    let written = convert(&["m.csv", "--to", "tsv", "--out", "new.tsv"]);
    assert_eq!(written.status.code(), Some(0), "{written:?}");
    let back = convert(&["new.tsv", "--to", "jsonl"]);
    assert_eq!(out(&back), out(&jsonl));
    let refused = convert(&["m.csv", "--to", "tsv", "--out", "there.tsv"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("there.tsv is there already; nothing was written"));
    assert_eq!(
        fs::read_to_string(folder.path().join("there.tsv")).unwrap(),
        list
    );
}

#[test]
fn convert_names_what_tsv_cannot_carry() {
    let page = r#"{"id":"a","text":"b","instructions":"one\ntwo"}"#;
    let folder = folder(&[("a.jsonl", page)]);
    let refused = prompts(
        folder.path(),
        &["convert", "a.jsonl", "--to", "tsv", "--out", "a.tsv"],
    );
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err(&refused).contains("prompt `a` has a tab or a line break in its instructions"),
        "{}",
        err(&refused)
    );
    assert!(!folder.path().join("a.tsv").exists());
}

#[test]
fn a_format_can_be_forced_and_an_unknown_one_is_wrong_usage() {
    let folder = folder(&[("a.txt", "A380 lands\nB747 lands\n")]);
    let read = |args: &[&str]| prompts(folder.path(), &[&["check", "a.txt"], args].concat());
    assert!(out(&read(&[])).contains("read as kaldi"));
    assert!(out(&read(&["--format", "text"])).contains("read as text"));
    let unknown = read(&["--format", "docx"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("formats are text, csv, tsv, piper"));
}

#[test]
fn stats_counts_phones_and_names_the_words_that_the_lexicon_lacks() {
    let dict = ";;; ours\nZERO  Z IH1 R OW0\nZERO(2)  Z IY1 R OW0\nONE  W AH1 N\nTHE  DH AH0\n";
    let list = "text\tlabel\tlanguage\nzero one\ta\ten\nzero\tb\ten\nzero\tb\ten\nnine\tb\tde\n";
    let folder = folder(&[("list.tsv", list), ("our.dict", dict)]);
    let args = ["stats", "list.tsv", "--lexicon", "our.dict", "--json"];
    let counted = prompts(folder.path(), &args);
    let stats: Value = serde_json::from_str(&out(&counted)).unwrap();
    assert_eq!(
        (&stats["prompts"], &stats["readings"]),
        (&json!(3), &json!(4))
    );
    assert_eq!(
        stats["labels"],
        json!([{"name": "b", "count": 3}, {"name": "a", "count": 1}])
    );
    assert_eq!(stats["words"]["max"], 2);
    let phones = &stats["phones"];
    assert_eq!(phones["phones"][0]["count"], 3);
    // IY is in the lexicon too, if only in a second pronunciation.
    assert_eq!(phones["uncovered"], json!(["DH", "IY"]));
    assert_eq!(
        phones["missing_words"],
        json!([{"name": "nine", "count": 1}])
    );
    let text = out(&prompts(folder.path(), &args[..4]));
    assert!(text.contains("not in dict  1 different: nine 1"), "{text}");
}

#[test]
fn a_file_that_is_no_lexicon_is_named_with_its_line() {
    let folder = folder(&[("a.txt", "zero\n"), ("b.txt", "zero\n")]);
    let failed = prompts(folder.path(), &["stats", "a.txt", "--lexicon", "b.txt"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(err(&failed).contains("b.txt:1:1: this is no word with its phones"));
}
