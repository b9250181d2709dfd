//! Every command that a page shows is one that somebody runs: this test where it is quick, CI or another test where not.
//!
//! A command is a line of a fenced block of the kind `sh`, or what stands between backticks and begins as one. A command
//! that nobody runs fails the test that finds it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::blocks;
use super::common::session::wait_until;
use super::common::terminal::{PATIENCE, Start};

/// What commands begin with.
const PROGRAMS: [&str; 12] = [
    "voicebooth ",
    "cargo ",
    "scripts/",
    ".ci/",
    "bash ",
    "sh ",
    "sudo ",
    "apt",
    "git ",
    "python3 ",
    "pip ",
    "rustup ",
];

/// The step of CI that runs what takes long here.
const IN_CI: &str = "cargo test --locked --test documentation -- --ignored";

/// The study that `scripts/record` runs.
const DIGITS: &str = "prompts/digits-en.toml";

/// A page of the documentation.
struct Page {
    name: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<Page> {
    let folders = ["", "docs", "prompts"].map(|folder| root().join(folder));
    let entries = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let files = entries.map(|entry| entry.unwrap().path());
    let pages = files.filter(|file| file.extension().is_some_and(|end| end == "md"));
    let read = |file: PathBuf| Page {
        name: file.strip_prefix(root()).unwrap().display().to_string(),
        text: fs::read_to_string(file).unwrap(),
    };
    pages.map(read).collect()
}

fn is_command(line: &str) -> bool {
    PROGRAMS.iter().any(|program| line.starts_with(program))
}

impl Page {
    /// Its commands, without what explains them.
    fn commands(&self) -> Vec<String> {
        let mut commands = Vec::new();
        let mut prose = self.text.clone();
        for (kind, content) in blocks(&self.text) {
            let lines = content.lines().filter(|line| !line.trim().is_empty());
            match kind.as_str() {
                "sh" => commands.extend(lines.map(str::to_owned)),
                "" => panic!("{}: a block without a kind: {content}", self.name),
                _ => {
                    let command = lines.into_iter().find(|line| is_command(line));
                    assert_eq!(command, None, "{}: in a block of {kind}", self.name);
                }
            }
            prose = prose.replace(&content, "");
        }
        let spans = prose.split('`').skip(1).step_by(2);
        commands.extend(spans.filter(|span| is_command(span)).map(str::to_owned));
        let bare = |line: String| {
            line.split(" #")
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        commands.into_iter().map(bare).collect()
    }

    /// A folder with the files that the page shows, and the bundled lists.
    fn folder(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        symlink(root().join("prompts"), folder.path().join("prompts")).unwrap();
        for (kind, content) in blocks(&self.text) {
            if let Some((_, name)) = kind.split_once(' ') {
                fs::write(folder.path().join(name), content).unwrap();
            }
        }
        folder
    }
}

/// A file of the project.
fn file(path: &str) -> String {
    let content = fs::read_to_string(root().join(path));
    content.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// CI has a step that runs this.
fn assert_step(command: &str) {
    let steps = file(".ci/run");
    let is_step = |line: &str| {
        let step = line
            .trim_start()
            .strip_prefix("step ")
            .and_then(|line| line.split_once(' '));
        step.is_some_and(|(_, runs)| runs == command)
    };
    assert!(
        steps.lines().any(is_step),
        "no step of .ci/run runs {command}"
    );
}

/// Runs a command of a page, or asserts that somebody else does.
fn prove(page: &Page, command: &str) {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words[..] {
        ["voicebooth", "schema", "[NAME]"] => {
            let names = voicebooth(&["schema"]);
            assert!(names.lines().count() >= 6, "{names}");
            for name in names.lines() {
                let schema = voicebooth(&["schema", name]);
                serde_json::from_str::<serde_json::Value>(&schema).unwrap();
            }
        }
        ["voicebooth", "record" | "export", "--help"] | ["voicebooth", "schema"] => {
            assert!(!voicebooth(&words[1..]).is_empty(), "says nothing");
        }
        ["voicebooth", "prompts", ..] => prove_prompts(page, &words[1..]),
        [
            "voicebooth",
            tool @ ("verify" | "stats"),
            corpus,
            ref rest @ ..,
        ] => prove_tool(page, tool, corpus, rest),
        ["voicebooth", "merge", into, ref rest @ ..] => prove_merge(page, into, rest),
        ["voicebooth", "forget", corpus, speaker, ref rest @ ..] => {
            prove_forget(page, corpus, speaker, rest);
        }
        ["voicebooth", "export", format, corpus, out, ref rest @ ..] => {
            prove_export(page, format, corpus, out, rest);
        }
        // With a microphone in `tests/microphone`; a machine without one is told so.
        ["voicebooth", "devices"] => {
            let output = run(&words[1..]);
            let said = String::from_utf8(output.stdout).unwrap();
            let without = said.contains("There is no microphone here.");
            assert_eq!(output.status.code(), Some(i32::from(without)), "{said}");
            assert!(without || said.contains("--input"), "{said}");
        }
        // Named, not shown.
        ["voicebooth", tool] => assert!(!voicebooth(&[tool, "--help"]).is_empty(), "says nothing"),
        ["voicebooth", "study", "init", file] => {
            let folder = tempfile::tempdir().unwrap();
            let mut init = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
            let done = init.args(&words[1..]).current_dir(&folder).status();
            assert!(done.unwrap().success() && folder.path().join(file).exists());
        }
        ["voicebooth", "study", "check", ref rest @ ..] => {
            let folder = page.folder();
            check_study(folder.path(), rest);
        }
        ["voicebooth", "record", "--study", study, ref rest @ ..] => {
            let folder = page.folder();
            let study = if study == "FILE" { DIGITS } else { study };
            let args = [&["record", "--study", study], rest].concat();
            let practice = check_study(folder.path(), &[study])["practice"].as_u64();
            let start = Start::new(folder.path(), &args);
            record(start, folder.path(), rest, practice.unwrap());
        }
        ["voicebooth", "record", list, ref rest @ ..] => {
            let folder = page.folder();
            let list = match list {
                "PROMPTS" | "LIST" => "prompts/digits-en.txt",
                named => named,
            };
            let args = [&["record", list], rest].concat();
            record(Start::new(folder.path(), &args), folder.path(), rest, 0);
        }
        // The tests below that CI runs; with arguments, those by this build.
        ["scripts/record", ref args @ ..] => {
            assert_step(IN_CI);
            if !args.is_empty() {
                let shown = format!("voicebooth record --study {DIGITS} {}", args.join(" "));
                prove(page, &shown);
            }
        }
        ["cargo", "install", "--locked", "--path", "."] => assert_step(IN_CI),
        ["scripts/test"] => assert_step("scripts/test"),
        ["scripts/interop"] => assert_step("scripts/interop"),
        ["cargo", "bench"] => assert_step("cargo bench --no-run --locked"),
        ["cargo", "bench", "--bench", name] | ["cargo", "bench", "--bench", name, "--", ..] => {
            assert_step("cargo bench --no-run --locked");
            let bench = format!("[[bench]]\nname = \"{name}\"\n");
            assert!(file("Cargo.toml").contains(&bench), "no bench {name}");
        }
        // A stable toolchain checks it, and `tests/prompt_formats` runs what it runs.
        ["cargo", "+nightly", "fuzz", "run", target] => {
            assert_step("cargo check --locked --manifest-path fuzz/Cargo.toml --target-dir target");
            let bin = format!("name = \"{target}\"");
            assert!(file("fuzz/Cargo.toml").contains(&bin), "no target {target}");
        }
        ["cargo", "test", "--test", name] => {
            let at = |path: String| root().join(path).exists();
            let is_there = at(format!("tests/{name}.rs")) || at(format!("tests/{name}/main.rs"));
            assert!(is_there, "no tests {name}");
        }
        ["cargo", "test", "--test", name, test, "--", ..] => {
            let content = file(&format!("tests/{name}.rs"));
            let names = |line: &str| line.trim().starts_with("fn ") && line.contains(test);
            assert!(content.lines().any(names), "no test {test} in {name}");
        }
        // Built by `scripts/test`.
        ["cargo", "run", "--example", name, "--", ..] => {
            assert!(file("scripts/test").contains("--examples"));
            file(&format!("examples/{name}.rs"));
        }
        _ => panic!("{}: nobody runs `{command}`", page.name),
    }
}

/// Asks something of a prompt list.
fn prove_prompts(page: &Page, words: &[&str]) {
    let folder = page.folder();
    // Any list stands for one that the page does not show.
    let shown = ["FILE…", "FILE", "DICT"];
    let args = words.iter().map(|word| match *word {
        word if shown.contains(&word) => "prompts/digits-en.txt",
        word => word,
    });
    let mut asked = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    let output = asked.args(args).current_dir(folder.path()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// Records a corpus and asks something of it.
fn prove_tool(page: &Page, tool: &str, corpus: &str, rest: &[&str]) {
    let folder = page.folder();
    let args = ["record", "prompts/digits-en.txt", "--corpus", corpus];
    let start = Start::new(folder.path(), &args);
    record(start, folder.path(), &args[2..], 0);
    let mut asked = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    let output = asked.args([tool, corpus]).args(rest);
    let output = output.current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(tool == "stats" || said.contains("Nothing is wrong (1 take,"));
}

/// Records a corpus and exports it; what a shard makes is a part that the last call puts together.
fn prove_export(page: &Page, format: &str, corpus: &str, out: &str, rest: &[&str]) {
    let folder = page.folder();
    let args = ["record", "prompts/digits-en.txt", "--corpus", corpus];
    let start = Start::new(folder.path(), &args);
    record(start, folder.path(), &args[2..], 0);
    let mut export = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    let args = [&["export", format, corpus, out], rest].concat();
    // The takes of the demo speaker are no corpus unless they are asked for, and a take that was ended at once may have
    // been asked again.
    let output = export.args(args).args([
        "--select",
        "source=demo",
        "--select",
        "status=accepted,rejected,unreviewed",
    ]);
    let output = output.current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let made = folder.path().join(out);
    assert_eq!(made.exists(), !rest.contains(&"--shard"));
}

/// Records the corpora that are named and merges them.
fn prove_merge(page: &Page, into: &str, rest: &[&str]) {
    let folder = page.folder();
    let from = rest.iter().take_while(|word| !word.starts_with("--"));
    let from: Vec<&str> = from.copied().collect();
    for corpus in &from {
        let args = ["record", "prompts/digits-en.txt", "--corpus", corpus];
        let start = Start::new(folder.path(), &args);
        record(start, folder.path(), &args[2..], 0);
    }
    let mut merge = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    let output = merge.args(["merge", into]).args(rest);
    let output = output.current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(from.len() == takes_said(&said), "{said}");
}

/// How many takes a command says that it is about.
fn takes_said(said: &str) -> usize {
    let (before, _) = said.split_once(" take").unwrap();
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

/// Records a speaker and forgets them again.
fn prove_forget(page: &Page, corpus: &str, speaker: &str, rest: &[&str]) {
    let folder = page.folder();
    let args = [
        "record",
        "prompts/digits-en.txt",
        "--corpus",
        corpus,
        "--speaker",
        speaker,
    ];
    let start = Start::new(folder.path(), &args);
    record(start, folder.path(), &args[2..], 0);
    let mut forget = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    // Where a person would be asked.
    let output = forget
        .args(["forget", corpus, speaker])
        .args(rest)
        .arg("--yes");
    let output = output.current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert_eq!(takes_said(&said), 1, "{said}");
    let gone = !rest.contains(&"--dry-run");
    let speaker = folder.path().join(corpus).join("recordings").join(speaker);
    assert_eq!(!speaker.exists(), gone);
}

/// What `voicebooth` prints.
fn voicebooth(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn run(args: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_voicebooth");
    Command::new(program).args(args).output().unwrap()
}

/// Checks a study; says what is told of it.
fn check_study(folder: &Path, args: &[&str]) -> serde_json::Value {
    let mut check = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    let args = args
        .iter()
        .map(|arg| if *arg == "FILE" { &DIGITS } else { arg });
    check.args(["study", "check"]).args(args).arg("--json");
    let output = check.current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Passes over the practice, records a take with the demo speaker, where the command names no other source, and leaves:
/// what was said is in the corpus folder.
fn record(mut start: Start, folder: &Path, args: &[&str], practice: u64) {
    let value = |flag: &str| args.iter().skip_while(|arg| **arg != flag).nth(1);
    if value("--input").is_none() {
        start = start.arg("--input").arg("demo");
    }
    // The microphone check has tests of its own.
    let mut booth = start.arg("--no-check").run();
    if value("--speaker").is_none() {
        booth.wait_for("Who is speaking?");
        booth.press("\r");
    }
    // A study begins with a page.
    let told = booth.wait("a page or a prompt", |text| {
        let page = ["   ", "; "].map(|between| format!("Press Enter to go on{between}Q leave"));
        page.iter().any(|page| text.contains(page)) || text.contains("Press Space and read aloud")
    });
    if !told.contains("Press Space and read aloud") {
        booth.press("\r");
    }
    for number in 1..=practice {
        booth.wait_for(&format!("Practice {number} of {practice}"));
        booth.wait_for("Press Space and read aloud");
        booth.press("s");
    }
    if practice > 0 {
        // In lines, what was said before stays.
        booth.wait("the first item", |text| {
            text.contains("1 of 10") || !text.contains("Practice ")
        });
    }
    booth.wait_for("Press Space and read aloud");
    booth.press(" ");
    booth.wait_for("Press Space when you have finished");
    booth.press(" ");
    let corpus = folder.join(value("--corpus").unwrap_or(&"corpus"));
    wait_until("the take to be saved", PATIENCE, || takes(&corpus) == 1);
    booth.press("q");
    assert!(booth.end().success());
}

/// How many WAV files with a sidecar a corpus has.
fn takes(corpus: &Path) -> usize {
    let files = |folder: PathBuf| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path())
    };
    let speakers = files(corpus.join("recordings"));
    let sessions = speakers.flat_map(files);
    let wavs = sessions
        .flat_map(files)
        .filter(|file| file.extension().is_some_and(|end| end == "wav"));
    wavs.filter(|wav| wav.with_extension("json").exists())
        .count()
}

#[test]
fn every_command_of_every_page_is_run_by_somebody() {
    let mut proved = Vec::new();
    for page in pages() {
        for command in page.commands() {
            let here = format!("{}: {command}", page.name);
            if !proved.contains(&here) {
                println!("{here}");
                prove(&page, &command);
                proved.push(here);
            }
        }
    }
    // In case they are not found any more.
    assert!(proved.len() >= 15, "{proved:#?}");
}

#[test]
#[ignore = "builds the release; a step of CI"]
fn cargo_install_installs() {
    let folder = tempfile::tempdir().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["install", "--locked", "--path", ".", "--root"]);
    let installed = cargo.arg(folder.path()).current_dir(root()).output();
    assert!(installed.unwrap().status.success());
    let program = folder.path().join("bin/voicebooth");
    let version = Command::new(program).arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    assert_eq!(
        version,
        concat!("voicebooth ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
#[ignore = "builds the release; a step of CI"]
fn scripts_record_records() {
    let script = root().join("scripts/record");
    let built = Command::new(&script).arg("--help").output().unwrap();
    assert!(built.status.success(), "{built:?}");
    let folder = tempfile::tempdir().unwrap();
    // Cargo keeps its crates at home.
    let home = std::env::var("HOME").unwrap_or_default();
    let start = Start::new(folder.path(), &[]).program(&script);
    let start = start.env("HOME", &home);
    record(start, folder.path(), &[], 2);
}

#[test]
fn a_command_that_is_new_on_a_page_is_found() {
    let page = |text: &str| Page {
        name: "new.md".to_owned(),
        text: text.to_owned(),
    };
    let shown = page("Try `voicebooth dance now`.\n\n```sh\nscripts/dance   # slowly\n```\n");
    assert_eq!(shown.commands(), ["scripts/dance", "voicebooth dance now"]);
    for command in shown.commands() {
        let failed = std::panic::catch_unwind(|| prove(&page(""), &command));
        assert!(failed.is_err(), "{command}");
    }
    for hidden in [
        "```\nvoicebooth dance\n```\n",
        "```text\nvoicebooth dance\n```\n",
    ] {
        let failed = std::panic::catch_unwind(|| page(hidden).commands());
        assert!(failed.is_err(), "{hidden}");
    }
}
