//! Many booths, one corpus: what merging keeps, what it refuses, and that it can be cut off, repeated and reordered.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use voicebooth::corpus::forget::{Wish, forget};
use voicebooth::corpus::forgotten::Forgotten;
use voicebooth::corpus::lock::SpeakerLock;
use voicebooth::corpus::merge::{Options, Report, SpeakerMap, merge};
use voicebooth::corpus::names::sha256_hex;
use voicebooth::corpus::revision::revise;
use voicebooth::corpus::sidecar::{DecidedBy, Sidecar};
use voicebooth::corpus::{layout, records};
use voicebooth::recorder::messages::ToWriter;

use crate::booth::{Booth, SPEAKER, ramp};
use crate::forget::{all_of, copy, found, verified};

const OTHER: &str = "s2222";

/// A booth's corpus: one session of a speaker, `zero` and `one`.
struct There {
    root: tempfile::TempDir,
    session: PathBuf,
}

impl There {
    fn new(speaker: &str, from: usize) -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut booth = Booth::open_for(root.path(), speaker);
        booth.record("zero", 1, &ramp(from, 40));
        booth.record("one", 1, &ramp(from + 100, 50));
        let session = booth.folder.clone();
        booth.shut_down();
        Self { root, session }
    }

    fn path(&self) -> &Path {
        self.root.path()
    }

    /// A file of the session, in this corpus or in another.
    fn file(&self, corpus: &Path, name: &str) -> PathBuf {
        let session = self.session.strip_prefix(self.path()).unwrap();
        corpus.join(session).join(name)
    }
}

fn merged_with(into: &Path, from: &[&Path], map: &str) -> Report {
    let map = SpeakerMap::parse(Path::new("map"), map.as_bytes()).unwrap();
    let options = Options {
        map: &map,
        dry_run: false,
        at: "2026-11-25T12:00:00Z".parse().unwrap(),
        progress: &|| {},
    };
    let from: Vec<PathBuf> = from.iter().map(|from| (*from).to_owned()).collect();
    merge(into, &from, &options).unwrap()
}

fn merged(into: &Path, from: &[&Path]) -> Report {
    merged_with(into, from, "")
}

fn words(report: &Report) -> Vec<(&'static str, String)> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let told = report.told.iter();
    told.map(|t| (t.what.word(), name(&t.path))).collect()
}

/// All files with their hashes, but for locks and what was on its way to its place beside the recordings: a program that
/// is killed leaves it, and it never counts.
fn tree(corpus: &Path) -> BTreeMap<PathBuf, String> {
    let within = |path: PathBuf| path.strip_prefix(corpus).unwrap().to_owned();
    let files = all_of(corpus).into_iter().filter(|path| path.is_file());
    let counts = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name != ".lock" && (!name.starts_with('.') || path.starts_with("recordings"))
    };
    let files = files.map(within).filter(counts);
    let hash = |path: &PathBuf| sha256_hex(&fs::read(corpus.join(path)).unwrap());
    files.map(|path| (path.clone(), hash(&path))).collect()
}

/// Writes a revision into a sidecar.
fn change(sidecar: &Path, second: u32, field: &'static str, value: Value) {
    let text = fs::read_to_string(sidecar).unwrap();
    let at: Timestamp = format!("2026-11-22T11:00:{second:02}Z").parse().unwrap();
    let changed = revise(
        &text,
        sidecar,
        DecidedBy::Operator,
        at,
        vec![(field, value)],
    );
    if let Some(changed) = changed.unwrap() {
        fs::write(sidecar, changed).unwrap();
    }
}

fn sidecar(path: &Path) -> Sidecar {
    records::read(path).unwrap()
}

fn program(args: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    program.args(args).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn two_booths_merged_by_the_command_are_what_copying_their_folders_makes() {
    let (one, two) = (There::new(SPEAKER, 0), There::new(OTHER, 1000));
    let into = tempfile::tempdir().unwrap();
    let (all, copied) = (into.path().join("all"), into.path().join("copied"));
    let folders = [&all, one.path(), two.path()].map(|path| path.to_str().unwrap());
    let args = [&["merge"], &folders[..], &["--json"]].concat();
    let done = program(&args);
    assert!(done.status.success(), "{done:?}");
    let told: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&told["takes"], &told["sessions"]), (&json!(4), &json!(2)));
    copy(one.path(), &copied);
    copy(two.path(), &copied);
    assert_eq!(tree(&all), tree(&copied));
    assert_eq!(found(&all), []);
    let before = tree(&all);
    let again = program(&args);
    assert!(again.status.success());
    let told: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&told["takes"], &told["same"]), (&json!(0), &json!(4)));
    assert_eq!(tree(&all), before);
}

#[test]
fn a_dry_run_says_the_same_and_changes_nothing() {
    let (one, two) = (There::new(SPEAKER, 0), There::new(OTHER, 1000));
    let into = one.path().to_str().unwrap();
    let args = ["merge", into, two.path().to_str().unwrap(), "--json"];
    let before = all_of(one.path());
    let planned = program(&[&args[..], &["--dry-run"]].concat());
    assert_eq!(all_of(one.path()), before);
    let mut planned: Value = serde_json::from_slice(&planned.stdout).unwrap();
    let done: Value = serde_json::from_slice(&program(&args).stdout).unwrap();
    planned["dry_run"] = false.into();
    assert_eq!(planned, done);
}

#[test]
fn of_the_same_take_twice_the_sidecar_that_extends_the_other_wins() {
    let one = There::new(SPEAKER, 0);
    let into = tempfile::tempdir().unwrap();
    copy(one.path(), into.path());
    change(
        &one.file(one.path(), "zero_r1_1.json"),
        1,
        "flagged",
        json!(true),
    );
    change(
        &one.file(into.path(), "one_r1_1.json"),
        2,
        "note",
        json!("x"),
    );
    let report = merged(into.path(), &[one.path()]);
    assert_eq!((report.updated, report.same, report.takes), (1, 1, 0));
    assert_eq!(words(&report), []);
    assert!(sidecar(&one.file(into.path(), "zero_r1_1.json")).flagged);
    let kept = sidecar(&one.file(into.path(), "one_r1_1.json"));
    assert_eq!(kept.note.as_deref(), Some("x"));
    assert_eq!(found(into.path()), []);
}

#[test]
fn histories_that_fork_are_a_conflict_and_both_stay() {
    let (one, other) = (There::new(SPEAKER, 0), There::new(OTHER, 1000));
    let into = tempfile::tempdir().unwrap();
    copy(one.path(), into.path());
    change(
        &one.file(one.path(), "zero_r1_1.json"),
        1,
        "flagged",
        json!(true),
    );
    change(
        &one.file(into.path(), "zero_r1_1.json"),
        2,
        "note",
        json!("x"),
    );
    let before = [tree(into.path()), tree(one.path())];
    let report = merged(into.path(), &[one.path()]);
    let name = "zero_r1_1.json".to_owned();
    assert_eq!(words(&report), [("history_forks", name.clone())]);
    assert!(!report.is_whole());
    assert_eq!([tree(into.path()), tree(one.path())], before);
    // An edit that no history tells of is a fork too, and hinders nothing else.
    let path = one.file(one.path(), "zero_r1_1.json");
    let text = fs::read_to_string(one.file(into.path(), "zero_r1_1.json")).unwrap();
    fs::write(&path, text.replace("-9.1", "-8.1")).unwrap();
    let report = merged(into.path(), &[one.path(), other.path()]);
    assert_eq!(words(&report), [("history_forks", name)]);
    assert_eq!(report.takes, 2);
    let done = program(&[
        "merge",
        into.path().to_str().unwrap(),
        one.path().to_str().unwrap(),
    ]);
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(said.ends_with("; 1 conflict.\n"), "{said}");
}

#[test]
fn other_audio_or_another_take_of_the_same_name_is_a_conflict() {
    let one = There::new(SPEAKER, 0);
    let into = tempfile::tempdir().unwrap();
    copy(one.path(), into.path());
    let path = one.file(one.path(), "zero_r1_1.json");
    let text = fs::read_to_string(&path).unwrap();
    let take = sidecar(&path);
    let audio = take.audio.unwrap().sha256;
    fs::write(&path, text.replace(&audio, &"0".repeat(64))).unwrap();
    let before = tree(into.path());
    let conflict = |word| [(word, "zero_r1_1.json".to_owned())];
    assert_eq!(
        words(&merged(into.path(), &[one.path()])),
        conflict("other_audio")
    );
    let id = uuid::Uuid::now_v7().to_string();
    fs::write(&path, text.replace(&take.id, &id)).unwrap();
    assert_eq!(
        words(&merged(into.path(), &[one.path()])),
        conflict("other_take")
    );
    // A WAV that nothing describes is not written over either.
    fs::remove_file(one.file(into.path(), "zero_r1_1.json")).unwrap();
    fs::write(one.file(into.path(), "zero_r1_1.wav"), "mine").unwrap();
    fs::write(&path, &text).unwrap();
    let told = words(&merged(into.path(), &[one.path()]));
    assert_eq!(told, [("other_audio", "zero_r1_1.wav".to_owned())]);
    let wav = fs::read(one.file(into.path(), "zero_r1_1.wav")).unwrap();
    assert_eq!(wav, b"mine");
    assert_eq!(before.len(), tree(into.path()).len() + 1);
}

#[test]
fn a_wav_that_is_not_what_was_saved_is_not_taken_in_but_from_a_booth_where_it_is() {
    let (one, into) = (There::new(SPEAKER, 0), tempfile::tempdir().unwrap());
    let copy_of = tempfile::tempdir().unwrap();
    copy(one.path(), copy_of.path());
    let wav = one.file(one.path(), "zero_r1_1.wav");
    let mut bytes = fs::read(&wav).unwrap();
    bytes[60] ^= 1;
    fs::write(&wav, bytes).unwrap();
    let report = merged(into.path(), &[one.path()]);
    assert_eq!(
        words(&report),
        [("audio_changed", "zero_r1_1.wav".to_owned())]
    );
    assert_eq!(report.takes, 1);
    assert_eq!(found(into.path()), []);
    let report = merged(into.path(), &[one.path(), copy_of.path()]);
    assert_eq!((words(&report), report.takes), (Vec::new(), 1));
    assert_eq!(tree(into.path()), tree(copy_of.path()));
}

#[test]
fn what_is_recorded_at_the_time_or_was_cut_off_is_left_out_and_told() {
    let one = There::new(SPEAKER, 0);
    let into = tempfile::tempdir().unwrap();
    fs::write(one.file(one.path(), "two_r1_1.wav.part"), "RIFF").unwrap();
    fs::write(one.file(one.path(), "two_r1_1.json.part"), "{}").unwrap();
    let held = SpeakerLock::take(one.path(), SPEAKER).unwrap();
    let report = merged(into.path(), &[one.path()]);
    let told = words(&report);
    assert_eq!(told[0], ("being_recorded", SPEAKER.to_owned()));
    assert_eq!(told[1].0, "unfinished");
    assert!(report.is_whole());
    assert_eq!(report.takes, 2);
    assert_eq!(found(into.path()), []);
    drop(held);
    // And nothing is taken in under a recording.
    let two = There::new(OTHER, 1000);
    let held = SpeakerLock::take(into.path(), OTHER).unwrap();
    let report = merged(into.path(), &[two.path()]);
    assert_eq!(words(&report), [("speaker_busy", OTHER.to_owned())]);
    drop(held);
    assert_eq!(merged(into.path(), &[two.path()]).takes, 2);
}

#[test]
fn a_take_that_a_booth_deleted_does_not_come_back() {
    let root = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(root.path());
    let take_ref = booth.record("zero", 1, &ramp(0, 40));
    booth.record("one", 1, &ramp(100, 40));
    let [old, into] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    copy(root.path(), old.path());
    booth.wait(Duration::from_secs(1));
    booth.send(ToWriter::Delete { take_ref });
    booth.shut_down();
    for order in [[old.path(), root.path()], [root.path(), old.path()]] {
        let into = into.path().join(order[0].file_name().unwrap());
        let report = merged(&into, &order);
        assert_eq!((words(&report), report.takes), (Vec::new(), 1));
        assert_eq!(tree(&into), tree(root.path()));
    }
    // Where it was taken in before, it is named and not deleted.
    let report = merged(old.path(), &[root.path()]);
    assert_eq!(report.takes, 0);
    let deleted = [("deleted_elsewhere", "zero_r1_1.json".to_owned())];
    assert_eq!(words(&report), deleted);
    // Forgotten, it is gone everywhere.
    let folder = root.path().join("recordings").join(SPEAKER);
    let session = fs::read_dir(folder).unwrap().flatten();
    let session = session.map(|e| e.file_name()).find(|name| name != ".lock");
    let path = layout::speaker_folder(old.path(), SPEAKER).join(session.unwrap());
    let id = sidecar(&path.join("zero_r1_1.json")).id;
    forget(old.path(), SPEAKER, &Wish::Take(id), Timestamp::now()).unwrap();
    assert_eq!(words(&merged(old.path(), &[root.path()])), []);
    assert_eq!(found(old.path()), []);
}

#[test]
fn one_id_with_two_people_is_a_conflict_until_a_map_gives_one_of_them_another() {
    let (one, two) = (There::new(SPEAKER, 0), There::new(SPEAKER, 1000));
    let into = tempfile::tempdir().unwrap();
    for order in [[one.path(), two.path()], [two.path(), one.path()]] {
        let report = merged(into.path(), &order);
        assert_eq!(words(&report), [("two_speakers", SPEAKER.to_owned())]);
        assert_eq!(report.takes, 0);
    }
    assert_eq!(merged(into.path(), &[one.path()]).takes, 2);
    let report = merged(into.path(), &[two.path()]);
    assert_eq!(words(&report)[0].0, "two_speakers");
    assert_eq!(report.takes, 0);
    let twin = There::new(&SPEAKER.to_uppercase(), 2000);
    assert_eq!(
        words(&merged(into.path(), &[twin.path()]))[0].0,
        "case_twin"
    );
    assert_eq!(found(into.path()), []);
    let map = format!("{SPEAKER} s3333");
    let report = merged_with(into.path(), &[two.path()], &map);
    assert_eq!((report.takes, report.joined), (2, 1));
    assert_eq!(found(into.path()), []);
}

#[test]
fn two_ids_of_one_person_are_joined_and_the_old_one_is_kept() {
    let (one, two) = (There::new(SPEAKER, 0), There::new(OTHER, 1000));
    let into = tempfile::tempdir().unwrap();
    let map = format!("{OTHER} {SPEAKER}");
    let report = merged_with(into.path(), &[two.path(), one.path()], &map);
    assert_eq!((report.sessions, report.joined, report.takes), (2, 1, 4));
    // Both have their first take of an item; the newest counts, and verify says it.
    let notes: Vec<_> = found(into.path())
        .into_iter()
        .map(|(word, _)| word)
        .collect();
    assert!(
        notes.iter().all(|word| *word == "accepted_twice"),
        "{notes:?}"
    );
    let session = two.session.file_name().unwrap();
    let folder = layout::speaker_folder(into.path(), SPEAKER).join(session);
    let take = sidecar(&folder.join("zero_r1_1.json"));
    assert_eq!((&*take.speaker, take.take, take.revision), (SPEAKER, 1, 2));
    assert_eq!(take.history[0].from["speaker"], OTHER);
    let record: records::SessionRecord = records::read(&folder.join("session.json")).unwrap();
    assert_eq!(record.joined[0].speaker, OTHER);
    // Again, with what changed there meanwhile.
    let before = tree(into.path());
    change(
        &two.file(two.path(), "zero_r1_1.json"),
        1,
        "flagged",
        json!(true),
    );
    let report = merged_with(into.path(), &[one.path(), two.path()], &map);
    assert_eq!(
        (report.updated, report.same, words(&report)),
        (1, 3, Vec::new())
    );
    let take = sidecar(&folder.join("zero_r1_1.json"));
    assert_eq!(
        (&*take.speaker, take.flagged, take.revision),
        (SPEAKER, true, 3)
    );
    assert_eq!(before.len(), tree(into.path()).len());
    // Without the map, nothing is there twice.
    let report = merged(into.path(), &[two.path()]);
    assert_eq!(words(&report)[0].0, "session_elsewhere");
    assert_eq!(report.takes, 0);
    // Who withdraws under the new id has withdrawn under the old one.
    forget(into.path(), SPEAKER, &Wish::Speaker, Timestamp::now()).unwrap();
    let report = merged(into.path(), &[one.path(), two.path()]);
    assert_eq!(report.takes, 0);
    assert!(words(&report).iter().all(|(word, _)| *word == "forgotten"));
    assert_eq!(found(into.path()), []);
}

#[test]
fn a_map_that_would_rename_what_is_here_is_wrong_usage() {
    let (one, two) = (There::new(SPEAKER, 0), There::new(OTHER, 1000));
    let map = one.path().join("map.tsv");
    fs::write(&map, format!("{SPEAKER}\t{OTHER}\n")).unwrap();
    let [into, from, map] = [one.path(), two.path(), &map].map(|path| path.to_str().unwrap());
    let done = program(&["merge", into, from, "--map", map]);
    assert_eq!(done.status.code(), Some(2), "{done:?}");
    for from in [into, &format!("{into}/recordings")] {
        assert_eq!(program(&["merge", into, from]).status.code(), Some(2));
    }
}

#[test]
fn corpora_of_different_studies_are_not_merged() {
    let (one, two) = (There::new(SPEAKER, 0), There::new(OTHER, 1000));
    let study = "name = 'greetings'\n";
    let digits = &sha256_hex(study.as_bytes())[..12];
    fs::create_dir_all(two.path().join("studies")).unwrap();
    fs::write(layout::study_file(two.path(), digits), study).unwrap();
    let text = format!("{{\"format\": \"voicebooth-corpus/1\", \"study\": \"{digits}\"}}\n");
    fs::write(layout::corpus_file(two.path()), text).unwrap();
    let new = tempfile::tempdir().unwrap();
    for order in [[one.path(), two.path()], [two.path(), one.path()]] {
        let report = merged(new.path(), &order);
        assert_eq!(words(&report).len(), 2);
        assert_eq!(tree(new.path()).len(), 0);
    }
    let report = merged(one.path(), &[two.path()]);
    assert_eq!(
        words(&report),
        [("study_differs", "corpus.json".to_owned())]
    );
    assert_eq!((report.takes, report.files), (0, 0));
}

#[test]
fn what_one_booth_has_forgotten_is_not_taken_in_from_another_and_goes_where_it_was() {
    let one = There::new(SPEAKER, 0);
    let other = There::new(OTHER, 1000);
    let [into, booth] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    merged(into.path(), &[one.path(), other.path()]);
    copy(one.path(), booth.path());
    forget(booth.path(), SPEAKER, &Wish::Speaker, Timestamp::now()).unwrap();
    let report = merged(into.path(), &[one.path(), booth.path()]);
    assert_eq!((report.tombstones, report.deleted, report.takes), (2, 2, 0));
    assert!(!layout::speaker_folder(into.path(), SPEAKER).exists());
    assert_eq!(found(into.path()), []);
    assert_eq!(verified(into.path(), false).takes, 2);
    assert!(!Forgotten::read(into.path()).unwrap().is_empty());
    let again = merged(into.path(), &[booth.path(), one.path()]);
    assert_eq!((again.tombstones, again.deleted, again.takes), (0, 0, 0));
}

#[test]
fn somebody_else_with_the_id_of_who_withdrew_needs_another() {
    let (one, two) = (There::new(SPEAKER, 0), There::new(SPEAKER, 1000));
    forget(one.path(), SPEAKER, &Wish::Speaker, Timestamp::now()).unwrap();
    let report = merged(one.path(), &[two.path()]);
    assert_eq!(words(&report)[0].0, "id_forgotten");
    let report = merged_with(one.path(), &[two.path()], &format!("{SPEAKER} s3333"));
    assert_eq!((words(&report), report.takes), (Vec::new(), 2));
    // And nothing of somebody else is deleted by it.
    let third = There::new(SPEAKER, 2000);
    let report = merged(third.path(), &[one.path()]);
    assert_eq!((words(&report)[0].0, report.deleted), ("id_forgotten", 0));
    assert!(third.file(third.path(), "zero_r1_1.wav").exists());
}

/// A corpus of many small takes.
fn many(takes: usize) -> There {
    let there = There::new(SPEAKER, 0);
    let folder = &there.session;
    let text = fs::read_to_string(folder.join("zero_r1_1.json")).unwrap();
    let id = sidecar(&folder.join("zero_r1_1.json")).id;
    for number in 2..takes {
        let stem = format!("zero_r1_{number}");
        let text = text.replace("zero_r1_1", &stem);
        let text = text.replace("\"take\": 1", &format!("\"take\": {number}"));
        let text = text.replace(&id, &uuid::Uuid::now_v7().to_string());
        fs::write(folder.join(format!("{stem}.json")), text).unwrap();
        fs::copy(
            folder.join("zero_r1_1.wav"),
            folder.join(format!("{stem}.wav")),
        )
        .unwrap();
    }
    there
}

#[test]
fn a_merge_that_is_killed_leaves_no_half_take_and_goes_on() {
    let there = many(150);
    let whole = tempfile::tempdir().unwrap();
    merged(whole.path(), &[there.path()]);
    for kill in 0..10 {
        let into = tempfile::tempdir().unwrap();
        let folders = [into.path(), there.path()].map(|path| path.to_str().unwrap());
        let mut child = Command::new(env!("CARGO_BIN_EXE_voicebooth"))
            .arg("merge")
            .args(folders)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let session = there.file(into.path(), "");
        let reached = kill * 30;
        let files = || fs::read_dir(&session).map_or(0, Iterator::count);
        while files() < reached && child.try_wait().unwrap().is_none() {}
        child.kill().unwrap();
        child.wait().unwrap();
        // Every sidecar has its WAV, whole.
        let there_now = if session.is_dir() {
            all_of(&session)
        } else {
            Vec::new()
        };
        let is_sidecar = |path: &&PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.contains("_r1_") && name.ends_with(".json")
        };
        for path in there_now.iter().filter(is_sidecar) {
            let wav = path.with_extension("wav");
            let name = wav.file_name().unwrap().to_str().unwrap();
            let from = there.file(there.path(), name);
            assert_eq!(fs::read(&wav).unwrap(), fs::read(from).unwrap());
        }
        let report = merged(into.path(), &[there.path()]);
        assert_eq!(words(&report), [], "kill {kill}");
        assert_eq!(tree(into.path()), tree(whole.path()), "kill {kill}");
    }
}

/// What a booth made of its copy of a corpus: revisions, takes that it lacks, takes that it deleted.
#[derive(Clone, Debug)]
enum Deed {
    Flag(usize),
    Note(usize, u8),
    Lack(usize),
    Event(u8),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        (0..2usize).prop_map(Deed::Flag),
        (0..2usize, 0..2u8).prop_map(|(take, text)| Deed::Note(take, text)),
        (0..2usize).prop_map(Deed::Lack),
        (0..5u8).prop_map(Deed::Event),
    ];
    proptest::collection::vec(deed, 0..4)
}

fn act(there: &There, corpus: &Path, deeds: &[Deed]) {
    let stems = ["zero_r1_1", "one_r1_1"];
    for (second, deed) in deeds.iter().enumerate() {
        let json = |take: usize| there.file(corpus, &format!("{}.json", stems[take]));
        let second = second as u32;
        match deed {
            Deed::Flag(take) if json(*take).exists() => {
                change(&json(*take), second, "flagged", json!(true));
            }
            Deed::Note(take, text) if json(*take).exists() => {
                change(&json(*take), second, "note", json!(format!("{text}")));
            }
            Deed::Lack(take) if json(*take).exists() => {
                fs::remove_file(json(*take)).unwrap();
                fs::remove_file(json(*take).with_extension("wav")).unwrap();
            }
            Deed::Event(at) => {
                let path = there.file(corpus, "events.jsonl");
                let mut text = fs::read_to_string(&path).unwrap();
                let event = format!(
                    "{{\"format\":\"voicebooth-event/1\",\"at\":\"2026-11-22T12:00:0{at}.000000Z\",\"event\":\"shown\"}}\n"
                );
                text.push_str(&event);
                fs::write(&path, text).unwrap();
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_order_of_booths_does_not_matter_and_twice_is_once(
        booths in proptest::collection::vec((deeds(), any::<bool>()), 1..4),
        turned in 0..4usize,
    ) {
        let model = There::new(OTHER, 0);
        let own = There::new(SPEAKER, 1000);
        let mut corpora = Vec::new();
        for (deeds, has_more) in &booths {
            let corpus = tempfile::tempdir().unwrap();
            copy(model.path(), corpus.path());
            if *has_more {
                copy(own.path(), corpus.path());
            }
            act(&model, corpus.path(), deeds);
            corpora.push(corpus);
        }
        let mut paths: Vec<&Path> = corpora.iter().map(tempfile::TempDir::path).collect();
        let map = format!("{OTHER} s9999");
        let [one, other] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let report = merged_with(one.path(), &paths, &map);
        let before = tree(one.path());
        let again = merged_with(one.path(), &paths, &map);
        prop_assert_eq!(&tree(one.path()), &before);
        prop_assert_eq!((again.takes, again.updated, again.sessions), (0, 0, 0));
        let count = paths.len();
        paths.rotate_left(turned % count);
        if turned % 2 == 1 {
            paths.reverse();
        }
        let turned = merged_with(other.path(), &paths, &map);
        prop_assert_eq!(tree(other.path()), before);
        prop_assert_eq!((turned.takes, turned.sessions), (report.takes, report.sessions));
        prop_assert_eq!(turned.is_whole(), report.is_whole());
    }
}
