//! Floors import downward only, cpal stands in one file, the terminal's crates in one folder.

#![allow(clippy::unwrap_used)] // a source that cannot be read is a failed test

use std::path::{Path, PathBuf};

/// Modules by floor, lowest first.
const FLOORS: [&[&str]; 6] = [
    &[
        "prompts",
        "signal",
        "study",
        "toml_file",
        "units",
        "platform",
    ],
    &["audio"],
    &["corpus", "export", "recorder"],
    &["session"],
    &["tui"],
    &["cli"],
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walk(&root, &mut found);
    for (path, _) in &mut found {
        *path = path.strip_prefix(&root).unwrap().to_owned();
    }
    found.sort();
    found
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The top module that a file belongs to.
fn module_of(path: &Path) -> String {
    let first = path
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Code lines only: what stands in a comment imports nothing.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_code = |(_, line): &(usize, &str)| !line.trim_start().starts_with("//");
    text.lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line))
        .filter(is_code)
}

#[test]
fn every_module_has_a_floor() {
    for (path, _) in sources() {
        let module = module_of(&path);
        let known = floor_of(&module).is_some() || module == "lib" || module == "main";
        assert!(known, "{} stands on no floor", path.display());
    }
}

#[test]
fn no_import_runs_upward() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(own) = floor_of(&module_of(&path)) else {
            continue;
        };
        for (number, line) in code(&text) {
            for part in line.split("crate::").skip(1) {
                let name: String = part
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                if floor_of(&name).is_some_and(|other| other > own) {
                    wrong.push(format!("{}:{number} imports {name}", path.display()));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "imports that run upward:\n{}",
        wrong.join("\n")
    );
}

fn files_that_name(crates: &[&str]) -> Vec<String> {
    let names = |line: &str| crates.iter().any(|c| line.contains(&format!("{c}::")));
    let found = sources()
        .into_iter()
        .filter(|(_, text)| code(text).any(|(_, line)| names(line)));
    found
        .map(|(path, _)| path.display().to_string().replace('\\', "/"))
        .collect()
}

#[test]
fn cpal_is_imported_by_one_file() {
    let files = files_that_name(&["cpal"]);
    assert_eq!(files, ["audio/device.rs"]);
}

#[test]
fn the_terminals_crates_stay_in_the_face() {
    let files = files_that_name(&["ratatui", "crossterm", "tui_input", "tui_big_text"]);
    assert!(!files.is_empty());
    for file in files {
        assert!(file.starts_with("tui/"), "{file} knows the terminal");
    }
}
