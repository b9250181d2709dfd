//! The examples in `docs/prompts.md` and `docs/configuration.md` do what stands there, and every command of every page
//! is run: here where that is quick, else by a step of CI or another test.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed expectation is a failed test

mod commands;
#[path = "../common/mod.rs"]
mod common;

use std::path::Path;
use std::process::Command;

use voicebooth::cli::config;
use voicebooth::corpus::names::sha256_hex;
use voicebooth::prompts::{PromptList, ReadOptions};

/// The fenced blocks of a page: what stands behind the fence, and the content.
pub fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match (line.strip_prefix("```"), inside) {
            (Some(info), false) => blocks.push((info.to_owned(), String::new())),
            (None, true) => {
                if let Some((_, content)) = blocks.last_mut() {
                    content.push_str(line);
                    content.push('\n');
                }
                continue;
            }
            (None, false) => continue,
            (Some(_), true) => {}
        }
        inside = !inside;
    }
    blocks
}

/// What a list comes to: its normalised form and its warnings, or its mistakes.
fn outcome(name: &str, content: &str, comments: bool) -> String {
    let options = ReadOptions {
        comments,
        ..ReadOptions::default()
    };
    match PromptList::parse(name, content.as_bytes(), &options) {
        Ok(list) => {
            let told = list.warnings.iter().map(|told| format!("{name}:{told}\n"));
            let warnings = told.collect::<Vec<_>>().concat();
            list.to_jsonl() + &warnings
        }
        Err(errors) => format!("{errors}\n"),
    }
}

/// Runs the examples of a page: a file with a name, then what it comes to. Gives how many there are.
fn examples(page: &str) -> usize {
    let mut checked = 0;
    let mut file: Option<(String, String, bool)> = None;
    for (info, content) in blocks(page) {
        let words: Vec<_> = info.split(' ').collect();
        match words.as_slice() {
            ["sh"] => {}
            [_, name, flags @ ..] => {
                file = Some(((*name).to_owned(), content, flags == ["--comments"]));
            }
            ["check"] => {
                let (name, bytes, _) = file.take().unwrap();
                assert_eq!(checked_by_the_program(&name, &bytes), content);
                checked += 1;
            }
            _ => {
                let (name, bytes, comments) = file.take().unwrap();
                assert_eq!(outcome(&name, &bytes, comments), content);
                checked += 1;
            }
        }
    }
    checked
}

/// What `voicebooth prompts check` says of a file.
fn checked_by_the_program(name: &str, content: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_voicebooth"))
        .args(["prompts", "check", name])
        .current_dir(folder.path())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn prompt_lists_are_read_as_documented() {
    assert_eq!(examples(include_str!("../../docs/prompts.md")), 9);
    assert_eq!(examples(include_str!("../../docs/prompt-formats.md")), 14);
}

#[test]
fn configuration_files_are_read_as_documented() {
    let blocks = blocks(include_str!("../../docs/configuration.md"));
    let [(_, good), (_, bad), (_, mistakes)] = blocks.as_slice() else {
        panic!("three blocks");
    };
    let config = config::parse(Path::new("config.toml"), good.as_bytes()).unwrap();
    assert_eq!(config.keys.len(), 2);
    let error = config::parse(Path::new("config.toml"), bad.as_bytes()).unwrap_err();
    assert_eq!(format!("{error}\n"), *mistakes);
}

#[test]
fn the_study_that_the_page_shows_is_right_and_every_key_of_a_study_is_on_the_page() {
    let page = include_str!("../../docs/study.md");
    let folder = tempfile::tempdir().unwrap();
    for (kind, content) in blocks(page) {
        if let Some((_, name)) = kind.split_once(' ') {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
    }
    let check = |name: &str| {
        let mut check = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
        check.args(["study", "check", name]).current_dir(&folder);
        let output = check.output().unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (right, said) = check("study.toml");
    assert!(right, "{said}");
    // A wrong key is answered with those that there are.
    let wrong = "name = 'n'\nprompts = 'greetings.tsv'\n???? = 1\n".replace("????", "zzzzzzzzzzzz");
    std::fs::write(folder.path().join("wrong.toml"), wrong).unwrap();
    let (_, said) = check("wrong.toml");
    let keys = said
        .trim()
        .rsplit_once("keys are ")
        .expect("keys are told")
        .1;
    assert!(keys.split(", ").count() >= 25, "{keys}");
    for key in keys.split(", ") {
        let quoted = [
            format!("`{key}`"),
            format!("`[{key}]`"),
            format!("`[[{key}]]`"),
        ];
        assert!(
            quoted.iter().any(|key| page.contains(key)),
            "{key} is not on the page"
        );
    }
}

#[test]
fn the_corpus_that_the_readme_shows_is_of_the_study_that_it_is_recorded_by() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
    let english = ReadOptions {
        language: Some("en".into()),
        ..ReadOptions::default()
    };
    let list = PromptList::read(&folder.join("digits-en.txt"), &english).unwrap();
    let study = std::fs::read(folder.join("digits-en.toml")).unwrap();
    let study = &sha256_hex(&study)[..12];
    let readme = include_str!("../../README.md");
    for shown in [
        format!("  prompts/{}.jsonl\n", list.sha256),
        format!("  studies/{study}.toml\n"),
    ] {
        assert!(readme.contains(&shown), "{shown}");
    }
}
