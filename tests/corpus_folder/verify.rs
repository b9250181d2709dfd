//! A corpus that the writer made has nothing wrong; one that was damaged in one way has exactly that wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use voicebooth::corpus::sidecar::{DecidedBy, Encoding, Status};
use voicebooth::corpus::verify::{Options, Report, verify};
use voicebooth::recorder::messages::{TakeRef, ToWriter};

use crate::booth::{Booth, SPEAKER, append, list, ramp};

fn run(corpus: &Path, fast: bool, repair: bool) -> Report {
    let options = Options {
        fast,
        repair,
        progress: &|| {},
    };
    verify(corpus, &options).unwrap()
}

/// Words of what was found, with the file's name, in order.
fn found(report: &Report) -> Vec<(&'static str, String)> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let findings = report.findings.iter();
    findings
        .map(|f| (f.problem.word(), name(&f.path)))
        .collect()
}

fn full(corpus: &Path) -> Vec<(&'static str, String)> {
    found(&run(corpus, false, false))
}

/// A corpus of three takes: `zero` twice (the first superseded), `one` once. A fourth was deleted.
struct Corpus {
    root: tempfile::TempDir,
    folder: PathBuf,
}

impl Corpus {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut booth = Booth::open(root.path());
        let folder = booth.folder.clone();
        let old = booth.record("zero", 1, &ramp(0, 40));
        let mut draft = booth.draft("zero", 2);
        draft.supersedes = Some(old.clone());
        let new = draft.take_ref.clone();
        booth.wait(std::time::Duration::from_secs(2));
        let head = booth.head();
        booth.send(ToWriter::Begin { draft, head });
        booth.append(&new, &ramp(100, 50));
        booth.finish(&new);
        booth.send(decide(&old, Status::Superseded));
        booth.record("one", 1, &ramp(300, 50));
        // So that there is an event.
        let take_ref = booth.record("one", 2, &ramp(500, 50));
        booth.send(ToWriter::Delete { take_ref });
        booth.shut_down();
        Self { root, folder }
    }

    fn path(&self) -> &Path {
        self.root.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.file(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}: {text}");
        fs::write(self.file(name), text.replace(from, to)).unwrap();
    }

    fn flip(&self, name: &str, at: usize) {
        let mut bytes = fs::read(self.file(name)).unwrap();
        bytes[at] ^= 1;
        fs::write(self.file(name), bytes).unwrap();
    }

    /// What a full verify finds, and that the fast one finds the same.
    fn wrong(&self) -> Vec<(&'static str, String)> {
        let full = full(self.path());
        assert_eq!(found(&run(self.path(), true, false)), full);
        full
    }
}

fn decide(take_ref: &TakeRef, status: Status) -> ToWriter {
    ToWriter::Decide {
        take_ref: take_ref.clone(),
        status,
        by: DecidedBy::Auto,
        reasons: vec!["unspecified".into()],
    }
}

fn one(word: &'static str, name: &str) -> Vec<(&'static str, String)> {
    vec![(word, name.to_owned())]
}

#[test]
fn a_corpus_as_the_writer_leaves_it_is_right() {
    let corpus = Corpus::new();
    assert_eq!(corpus.wrong(), []);
    let report = run(corpus.path(), false, false);
    assert!(report.is_right());
    let counts = (report.speakers, report.sessions, report.takes);
    assert_eq!(counts, (1, 1, 3));
    assert_eq!(report.audio_bytes, 3 * 44 + 2 * (40 + 50 + 50));
}

#[test]
fn every_encoding_and_channel_count_is_right() {
    for encoding in [Encoding::PcmS16le, Encoding::PcmS24le, Encoding::PcmF32le] {
        for channels in [1, 3] {
            let root = tempfile::tempdir().unwrap();
            let mut booth = Booth::open_with(root.path(), channels, encoding);
            booth.record("zero", 1, &ramp(0, 63));
            booth.shut_down();
            assert_eq!(full(root.path()), []);
        }
    }
}

#[test]
fn a_byte_of_audio_that_changed_is_found_by_reading_it() {
    let corpus = Corpus::new();
    corpus.flip("zero_r1_2.wav", 60);
    assert_eq!(full(corpus.path()), one("audio_changed", "zero_r1_2.wav"));
    assert_eq!(found(&run(corpus.path(), true, false)), []);
}

#[test]
fn a_wav_that_is_shorter_or_says_another_rate_is_found_without_reading_it() {
    let corpus = Corpus::new();
    let bytes = fs::read(corpus.file("zero_r1_2.wav")).unwrap();
    fs::write(corpus.file("zero_r1_2.wav"), &bytes[..bytes.len() - 2]).unwrap();
    assert_eq!(corpus.wrong(), one("wav_length", "zero_r1_2.wav"));
    fs::write(corpus.file("zero_r1_2.wav"), bytes).unwrap();
    let mut bytes = fs::read(corpus.file("zero_r1_2.wav")).unwrap();
    bytes[24..28].copy_from_slice(&8000u32.to_le_bytes());
    bytes[28..32].copy_from_slice(&16_000u32.to_le_bytes());
    fs::write(corpus.file("zero_r1_2.wav"), bytes).unwrap();
    assert_eq!(corpus.wrong(), one("wav_header", "zero_r1_2.wav"));
    let report = run(corpus.path(), true, false);
    let said = report.findings[0].problem.to_string();
    assert!(
        said.contains("8000 Hz, 1 channels, 16 bit, 50 frames"),
        "{said}"
    );
    assert!(said.contains("sidecar 16000 Hz"), "{said}");
}

#[test]
fn two_wavs_that_were_swapped_are_both_named() {
    let corpus = Corpus::new();
    let (a, b) = (corpus.file("zero_r1_2.wav"), corpus.file("one_r1_1.wav"));
    fs::rename(&a, corpus.file("aside")).unwrap();
    fs::rename(&b, &a).unwrap();
    fs::rename(corpus.file("aside"), &b).unwrap();
    let changed = |name: &str| ("audio_changed", name.to_owned());
    let both = vec![changed("one_r1_1.wav"), changed("zero_r1_2.wav")];
    assert_eq!(full(corpus.path()), both);
}

#[test]
fn a_wav_or_a_sidecar_without_the_other_is_named() {
    let corpus = Corpus::new();
    fs::remove_file(corpus.file("one_r1_1.wav")).unwrap();
    assert_eq!(corpus.wrong(), one("wav_missing", "one_r1_1.json"));
    let corpus = Corpus::new();
    fs::remove_file(corpus.file("one_r1_1.json")).unwrap();
    assert_eq!(corpus.wrong(), one("sidecar_missing", "one_r1_1.wav"));
}

#[test]
fn a_label_or_a_text_that_is_not_the_lists_is_named() {
    for (from, to) in [
        ("\"label\": \"one\"", "\"label\": \"two\""),
        ("\"label\": \"one\"", "\"label\": null"),
        ("\"text\": \"say one\"", "\"text\": \"say two\""),
    ] {
        let corpus = Corpus::new();
        corpus.edit("one_r1_1.json", from, to);
        assert_eq!(corpus.wrong(), one("prompt_differs", "one_r1_1.json"));
    }
}

#[test]
fn a_study_that_changed_or_is_gone_is_named() {
    let corpus = Corpus::new();
    let without = r#""study": null"#;
    corpus.edit("session.json", without, r#""study": "2d711642b726""#);
    let studies = corpus.path().join("studies");
    fs::create_dir(&studies).unwrap();
    let study = studies.join("2d711642b726.toml"); // begins the SHA-256 of "x"
    fs::write(&study, "x").unwrap();
    assert_eq!(corpus.wrong(), []);
    fs::write(&study, "y").unwrap();
    assert_eq!(corpus.wrong(), one("list_changed", "2d711642b726.toml"));
    fs::remove_file(&study).unwrap();
    assert_eq!(corpus.wrong(), one("kept_unknown", "session.json"));
}

#[test]
fn a_prompt_list_that_changed_or_is_gone_is_named() {
    let corpus = Corpus::new();
    let lists = fs::read_dir(corpus.path().join("prompts")).unwrap();
    let list_file = lists.last().unwrap().unwrap().path();
    fs::write(&list_file, list().replace("say one", "say two")).unwrap();
    let name = list_file.file_name().unwrap().to_str().unwrap();
    assert_eq!(corpus.wrong(), one("list_changed", name));
    fs::remove_file(&list_file).unwrap();
    assert_eq!(corpus.wrong(), one("list_unknown", "session.json"));
}

#[test]
fn a_take_that_was_copied_is_named_once_for_its_id() {
    let corpus = Corpus::new();
    for end in ["json", "wav"] {
        let copy = corpus.file(&format!("one_r1_2.{end}"));
        fs::copy(corpus.file(&format!("one_r1_1.{end}")), copy).unwrap();
    }
    corpus.edit("one_r1_2.json", "\"take\": 1", "\"take\": 2");
    corpus.edit("one_r1_2.json", "one_r1_1.wav", "one_r1_2.wav");
    let mut wrong = corpus.wrong();
    // Both are accepted, so that one of them does not count.
    wrong.retain(|(word, _)| *word != "accepted_twice");
    assert_eq!(wrong, one("id_twice", "one_r1_2.json"));
    // With an id of its own it is the same audio twice.
    let sidecar: Value =
        serde_json::from_slice(&fs::read(corpus.file("one_r1_2.json")).unwrap()).unwrap();
    let id = sidecar["id"].as_str().unwrap().to_owned();
    corpus.edit("one_r1_2.json", &id, "019ab7e2-0000-7000-8000-000000000001");
    let mut wrong = corpus.wrong();
    wrong.retain(|(word, _)| *word != "accepted_twice");
    assert_eq!(wrong, one("audio_twice", "one_r1_2.json"));
}

#[test]
fn a_take_under_another_name_or_in_another_place_is_named() {
    let corpus = Corpus::new();
    for end in ["json", "wav"] {
        let to = corpus.file(&format!("won_r1_1.{end}"));
        fs::rename(corpus.file(&format!("one_r1_1.{end}")), to).unwrap();
    }
    assert_eq!(corpus.wrong(), one("misnamed", "won_r1_1.json"));
    let corpus = Corpus::new();
    corpus.edit("one_r1_1.json", SPEAKER, "s2222");
    assert_eq!(corpus.wrong(), one("misplaced", "one_r1_1.json"));
}

#[test]
fn broken_json_is_named_with_its_place_and_hides_nothing_else() {
    let corpus = Corpus::new();
    corpus.edit("one_r1_1.json", "\"repeat\": 1,", "\"repeat\" 1,");
    corpus.flip("zero_r1_2.wav", 60);
    let report = run(corpus.path(), false, false);
    let wrong = [
        ("broken", "one_r1_1.json"),
        ("audio_changed", "zero_r1_2.wav"),
    ];
    assert_eq!(found(&report), wrong.map(|(w, n)| (w, n.to_owned())));
    let text = fs::read_to_string(corpus.file("one_r1_1.json")).unwrap();
    let line = text
        .lines()
        .position(|l| l.contains("\"repeat\" 1"))
        .unwrap()
        + 1;
    let said = report.findings[0].problem.to_string();
    assert!(said.starts_with(&format!("line {line}, column ")), "{said}");
}

#[test]
fn a_field_that_is_missing_or_impossible_is_named_by_its_schema() {
    for (from, to) in [
        ("\"note\": null,", ""),
        ("\"role\": \"item\"", "\"role\": \"song\""),
        ("\"pass\": 1", "\"pass\": 0"),
    ] {
        let corpus = Corpus::new();
        corpus.edit("one_r1_1.json", from, to);
        assert_eq!(corpus.wrong(), one("schema", "one_r1_1.json"));
    }
}

#[test]
fn a_newer_format_is_named_and_not_guessed() {
    let corpus = Corpus::new();
    corpus.edit("one_r1_1.json", "voicebooth-take/1", "voicebooth-take/2");
    corpus.edit("one_r1_1.json", "\"role\": \"item\"", "\"role\": \"song\"");
    assert_eq!(corpus.wrong(), one("newer_format", "one_r1_1.json"));
}

#[test]
fn two_people_under_one_id_are_named() {
    let corpus = Corpus::new();
    let mut booth = Booth::open(corpus.path());
    booth.wait(std::time::Duration::from_secs(60));
    booth.record("one", 2, &ramp(900, 30));
    let second = booth.folder.clone();
    booth.shut_down();
    for name in ["session.json", "speaker.json"] {
        let text = fs::read_to_string(second.join(name)).unwrap();
        let record: Value = serde_json::from_str(&text).unwrap();
        let uuid = record["speaker_uuid"].as_str().unwrap();
        let other = "5b1f7a52-7d57-4f2f-9c3e-000000000001";
        fs::write(second.join(name), text.replace(uuid, other)).unwrap();
    }
    let wrong = run(corpus.path(), true, false).findings.into_iter();
    let wrong: Vec<_> = wrong
        .filter(|f| f.problem.is_wrong())
        .map(|f| f.problem.word())
        .collect();
    assert_eq!(wrong, ["two_speakers"]);
    // In one record alone, the other beside it says so.
    let corpus = Corpus::new();
    let record: Value =
        serde_json::from_slice(&fs::read(corpus.file("speaker.json")).unwrap()).unwrap();
    let uuid = record["speaker_uuid"].as_str().unwrap();
    corpus.edit("speaker.json", uuid, "5b1f7a52-7d57-4f2f-9c3e-000000000001");
    assert_eq!(corpus.wrong(), one("contradiction", "speaker.json"));
}

#[test]
fn an_edited_decision_contradicts_its_history() {
    let corpus = Corpus::new();
    let from = "\"status\": \"superseded\",\n  \"decided_by\"";
    let to = "\"status\": \"accepted\",\n  \"decided_by\"";
    corpus.edit("zero_r1_1.json", from, to);
    let mut wrong = corpus.wrong();
    wrong.retain(|(word, _)| *word != "accepted_twice");
    assert_eq!(wrong, one("contradiction", "zero_r1_1.json"));
}

#[test]
fn a_superseded_take_without_a_newer_one_is_named_unless_that_was_deleted() {
    let corpus = Corpus::new();
    for end in ["json", "wav"] {
        fs::remove_file(corpus.file(&format!("zero_r1_2.{end}"))).unwrap();
    }
    assert_eq!(corpus.wrong(), one("superseded_alone", "zero_r1_1.json"));

    let root = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(root.path());
    let old = booth.record("zero", 1, &ramp(0, 40));
    booth.wait(std::time::Duration::from_secs(2));
    let new = booth.record("zero", 2, &ramp(100, 40));
    booth.send(decide(&old, Status::Superseded));
    booth.send(ToWriter::Delete { take_ref: new });
    booth.shut_down();
    assert_eq!(full(root.path()), []);
}

#[test]
fn two_accepted_takes_are_told_and_not_wrong() {
    let root = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(root.path());
    booth.record("zero", 1, &ramp(0, 40));
    booth.wait(std::time::Duration::from_secs(2));
    booth.record("zero", 2, &ramp(100, 40));
    booth.shut_down();
    let report = run(root.path(), false, false);
    assert_eq!(found(&report), one("accepted_twice", "zero_r1_1.json"));
    assert!(report.is_right());
}

/// A take whose recording was cut off with the program.
fn cut_off() -> (tempfile::TempDir, Booth) {
    let root = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(root.path());
    booth.record("one", 1, &ramp(300, 50));
    let take = booth.begin("zero", 1);
    booth.send(append(&take, &ramp(0, 30)));
    booth.wait(std::time::Duration::from_secs(1));
    (root, booth)
}

#[test]
fn what_is_being_recorded_is_told_and_not_judged() {
    let (root, booth) = cut_off();
    let report = run(root.path(), false, true);
    assert_eq!(found(&report), one("being_recorded", SPEAKER));
    assert!(report.is_right() && report.repaired.is_empty());
    drop(booth);
}

#[test]
fn an_unfinished_take_is_named_and_a_repair_finishes_it_as_the_next_session_would() {
    let (root, booth) = cut_off();
    drop(booth);
    assert_eq!(full(root.path()), one("unfinished", "zero_r1_1.json.part"));
    let report = run(root.path(), false, true);
    assert_eq!(found(&report), []);
    assert_eq!(report.takes, 2);
    let [repaired] = &report.repaired[..] else {
        panic!("one repair: {:?}", report.repaired)
    };
    assert!(repaired.to_string().contains("zero_r1_1.wav"), "{repaired}");
    assert_eq!(run(root.path(), false, true).repaired, []);
}

#[test]
fn a_torn_event_is_named_and_repaired() {
    let corpus = Corpus::new();
    let path = corpus.file("events.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.clone() + "{\"form").unwrap();
    assert_eq!(corpus.wrong(), one("unfinished", "events.jsonl"));
    assert_eq!(found(&run(corpus.path(), false, true)), []);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn verifying_changes_nothing() {
    let (root, booth) = cut_off();
    drop(booth);
    let listing = || {
        let mut find = Command::new("find");
        find.arg(root.path()).args(["-printf", "%p %s %T@ %C@\n"]);
        let listed = find.output().unwrap();
        String::from_utf8(listed.stdout).unwrap()
    };
    let before = listing();
    full(root.path());
    assert_eq!(listing(), before);
}

#[test]
fn sha256sum_and_pythons_wave_agree_with_what_is_right() {
    let corpus = Corpus::new();
    assert_eq!(full(corpus.path()), []);
    for name in ["zero_r1_1", "zero_r1_2", "one_r1_1"] {
        let (wav, json) = (format!("{name}.wav"), format!("{name}.json"));
        let sidecar: Value =
            serde_json::from_slice(&fs::read(corpus.file(&json)).unwrap()).unwrap();
        let said = |program: &str, args: &[&str]| {
            let output = Command::new(program)
                .args(args)
                .arg(corpus.file(&wav))
                .output();
            output.ok().map(|o| String::from_utf8(o.stdout).unwrap())
        };
        if let Some(hash) = said("sha256sum", &[]) {
            assert_eq!(hash.split(' ').next(), sidecar["audio"]["sha256"].as_str());
        }
        let script = "import sys, wave\nw = wave.open(sys.argv[1])\nprint(w.getframerate(), w.getnchannels(), w.getnframes())";
        if let Some(read) = said("python3", &["-c", script]) {
            let audio = &sidecar["audio"];
            let (rate, channels) = (&audio["sample_rate_hz"], &audio["channels"]);
            let says = format!("{rate} {channels} {}\n", audio["frames"]);
            assert_eq!(read, says);
        }
    }
}

/// Fields that nothing else in the corpus confirms, by JSON pointer without array indices: what they say can change
/// unnoticed. `docs/verify.md` lists them.
const UNCONFIRMED: [&str; 16] = [
    "/id",
    "/history",
    "/position",
    "/role",
    "/reasons",
    "/decided_by",
    "/note",
    "/transcript",
    "/flagged",
    "/started_at",
    "/status",
    "/timing",
    "/integrity",
    "/quality",
    "/device",
    "/software",
];

/// The same of the other records. An optional field whose name changes is one that is not known.
const UNCONFIRMED_ELSEWHERE: [(&str, &[&str]); 2] = [
    (
        "session.json",
        &[
            "/started_at",
            "/device",
            "/software",
            "/list_name",
            "/order",
            "/seed",
            "/repeat",
            "/mode",
            "/timed_ms",
            "/review",
            "/pre_roll_ms",
            "/post_roll_ms",
            "/post_roll_max_ms",
            "/max_take_ms",
            "/end_silence_ms",
            "/profile",
            "/room",
            "/microphone",
            "/distance_cm",
            "/gain",
            "/operator",
            "/thresholds",
            "/study",
            "/overrides",
            "/labels_apart",
            "/section_orders",
            "/form",
        ],
    ),
    ("speaker.json", &["/form", "/consent"]),
];

/// Where two JSON values differ.
fn differences(a: &Value, b: &Value, at: &str, found: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            let names = x.keys().chain(y.keys());
            for name in names {
                let null = Value::Null;
                let (x, y) = (x.get(name), y.get(name));
                if x.is_none() || y.is_none() || x != y {
                    let at = format!("{at}/{name}");
                    if x.or(y) == Some(&null) && (x.is_none() || y.is_none()) {
                        // A field that is null may as well be absent, or have another name.
                    } else if x.is_none() || y.is_none() {
                        found.push(at);
                    } else {
                        differences(x.unwrap_or(&null), y.unwrap_or(&null), &at, found);
                    }
                }
            }
        }
        _ if a != b && !is_same_id(a, b) => found.push(at.to_owned()),
        _ => {}
    }
}

/// Whether both are one UUID, whose letters may be large or small.
fn is_same_id(a: &Value, b: &Value) -> bool {
    let id = |value: &Value| value.as_str()?.parse::<uuid::Uuid>().ok();
    id(a).is_some_and(|a| id(b) == Some(a))
}

/// Whether a change that was not noticed is one that nobody can notice.
fn cannot_be_noticed(name: &str, before: &[u8], after: &[u8]) -> bool {
    let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes);
    if name == "events.jsonl" {
        let mut lines = after.split_inclusive(|byte| *byte == b'\n');
        return lines.all(|line| line.ends_with(b"\n") && parse(line).is_ok());
    }
    let (Ok(before), Ok(after)) = (parse(before), parse(after)) else {
        return false;
    };
    let elsewhere = UNCONFIRMED_ELSEWHERE.iter().find(|(n, _)| *n == name);
    let fields = elsewhere.map_or(&UNCONFIRMED[..], |(_, fields)| fields);
    let mut found = Vec::new();
    differences(&before, &after, "", &mut found);
    let unconfirmed = |at: &String| {
        let known = |field: &&str| at == *field || at.starts_with(&format!("{field}/"));
        let optional = [
            "/flagged",
            "/label_confirmed",
            "/end_silence_ms",
            "/thresholds",
            "/study",
            "/overrides",
            "/labels_apart",
            "/section_orders",
            "/form",
        ];
        let renamed = optional
            .iter()
            .any(|name| name.len() == at.len() && near(name, at));
        fields.iter().any(known) || renamed
    };
    found.iter().all(unconfirmed)
}

/// Whether two names differ in one byte.
fn near(a: &str, b: &str) -> bool {
    a.bytes().zip(b.bytes()).filter(|(a, b)| a != b).count() <= 1
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if !path.ends_with(".lock") {
            found.push(path);
        }
    }
}

#[test]
fn a_single_byte_that_changed_is_noticed_wherever_something_can_confirm_it() {
    let corpus = Corpus::new();
    let mut paths = Vec::new();
    files(corpus.path(), &mut paths);
    paths.sort();
    // The same flips at every run.
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(3000)
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let flips = (0..paths.len(), any::<prop::sample::Index>(), 0..8u32);
    let run_one = |(file, at, bit): (usize, prop::sample::Index, u32)| {
        let path = &paths[file];
        let before = fs::read(path).unwrap();
        if before.is_empty() {
            return Ok(());
        }
        let mut after = before.clone();
        let at = at.index(after.len());
        after[at] ^= 1 << bit;
        fs::write(path, &after).unwrap();
        let noticed = !run(corpus.path(), false, false).findings.is_empty();
        fs::write(path, &before).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let excused = || cannot_be_noticed(name, &before, &after);
        let around = String::from_utf8_lossy(&before[at.saturating_sub(30)..]);
        let around: String = around.chars().take(60).collect();
        prop_assert!(
            noticed || excused(),
            "byte {} of {}, bit {}: {}",
            at,
            name,
            bit,
            around
        );
        Ok(())
    };
    runner.run(&flips, run_one).unwrap();
}
