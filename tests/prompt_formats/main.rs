//! Files in the shapes that the wild has, each read as the page says: `files/NAME` comes to what `expected/NAME` shows.
//!
//! With `VOICEBOOTH_WRITE_EXPECTED` set what they come to is written there instead, to be looked at.

#![allow(clippy::unwrap_used)] // a failed expectation is a failed test

mod exactness;
mod fuzz;

use std::fs;
use std::path::{Path, PathBuf};

use voicebooth::prompts::{PromptList, ReadOptions};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/prompt_formats")
        .join(name)
}

/// The files of a folder of this test, by name.
fn files(name: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// What a file comes to.
fn outcome(name: &str, bytes: &[u8]) -> String {
    match PromptList::parse(name, bytes, &ReadOptions::default()) {
        Ok(list) => {
            let told = list.warnings.iter().map(|told| format!("{name}:{told}\n"));
            let warnings = told.collect::<Vec<_>>().concat();
            format!("read as {}\n{}{warnings}", list.describe(), list.to_jsonl())
        }
        Err(errors) => format!("{errors}\n"),
    }
}

#[test]
fn files_of_the_wild_come_to_what_is_expected_of_them() {
    let files = files("files");
    assert!(files.len() > 25);
    let write = std::env::var_os("VOICEBOOTH_WRITE_EXPECTED").is_some();
    for (name, bytes) in files {
        let expected = folder("expected").join(format!("{name}.out"));
        let found = outcome(&name, &bytes);
        if write {
            fs::write(expected, found).unwrap();
        } else {
            let expected = fs::read_to_string(&expected).unwrap();
            assert_eq!(found, expected, "{name}");
        }
    }
}
