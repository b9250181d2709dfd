//! Who withdraws is gone: no file and no name tells of them but the hash of a tombstone, which wins over every copy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use voicebooth::corpus::error::CorpusError;
use voicebooth::corpus::export_record::{self, ExportRecord, ExportedSession, ExportedSpeaker};
use voicebooth::corpus::forget::{Wish, forget};
use voicebooth::corpus::forgotten::{Forgotten, Kind, Subject, tombstones};
use voicebooth::corpus::records::{self, SessionRecord, SpeakerRecord};
use voicebooth::corpus::sidecar::{DecidedBy, Sidecar, Status};
use voicebooth::corpus::start::claim_speaker;
use voicebooth::corpus::verify::{Options, Report, verify};
use voicebooth::recorder::messages::ToWriter;

use crate::booth::{Booth, SPEAKER, ramp};

const OTHER: &str = "s2222";

pub fn verified(corpus: &Path, repair: bool) -> Report {
    let options = Options {
        fast: false,
        repair,
        progress: &|| {},
    };
    verify(corpus, &options).unwrap()
}

/// Words of what was found, with the path in the corpus.
pub fn found(corpus: &Path) -> Vec<(&'static str, String)> {
    let path = |path: &Path| path.strip_prefix(corpus).unwrap().display().to_string();
    let report = verified(corpus, false);
    let findings = report.findings.iter();
    findings
        .map(|f| (f.problem.word(), path(&f.path)))
        .collect()
}

/// Copies a folder into another, as `cp -r` does.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, name) = entry.map(|e| (e.path(), e.file_name())).unwrap();
        if from.is_dir() {
            copy(&from, &to.join(name));
        } else {
            fs::copy(&from, to.join(name)).unwrap();
        }
    }
}

/// All files and folders below, hidden ones too.
pub fn all_of(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(all_of(&path));
        }
        all.push(path);
    }
    all.sort();
    all
}

/// Where a text stands: in names and in contents.
fn search(corpus: &Path, text: &str) -> Vec<PathBuf> {
    let says = |path: &PathBuf| {
        let within = path.strip_prefix(corpus).unwrap();
        let bytes = if path.is_dir() {
            Vec::new()
        } else {
            fs::read(path).unwrap()
        };
        let content = bytes.windows(text.len()).any(|w| w == text.as_bytes());
        content || within.to_string_lossy().contains(text)
    };
    all_of(corpus).into_iter().filter(says).collect()
}

/// [`SPEAKER`] with two sessions: `zero` twice, the newer in the second session, and `one`; [`OTHER`] with one take.
struct Corpus {
    root: tempfile::TempDir,
    sessions: [String; 2],
}

impl Corpus {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut booth = Booth::open(root.path());
        let first = booth.session.clone();
        let old = booth.record("zero", 1, &ramp(0, 40));
        booth.shut_down();
        let mut booth = Booth::open(root.path());
        let second = booth.session.clone();
        booth.wait(Duration::from_secs(2));
        let mut draft = booth.draft("zero", 2);
        draft.supersedes = Some(old.clone());
        let new = draft.take_ref.clone();
        let head = booth.head();
        booth.send(ToWriter::Begin { draft, head });
        booth.append(&new, &ramp(100, 50));
        booth.finish(&new);
        booth.send(ToWriter::Decide {
            take_ref: old,
            status: Status::Superseded,
            by: DecidedBy::Auto,
            reasons: vec!["unspecified".into()],
        });
        booth.record("one", 1, &ramp(300, 50));
        booth.shut_down();
        let mut booth = Booth::open_for(root.path(), OTHER);
        booth.record("one", 1, &ramp(500, 50));
        booth.shut_down();
        let corpus = Self {
            root,
            sessions: [first, second],
        };
        assert_eq!(found(corpus.path()), []);
        corpus
    }

    fn path(&self) -> &Path {
        self.root.path()
    }

    fn speaker(&self) -> PathBuf {
        self.path().join("recordings").join(SPEAKER)
    }

    fn session(&self, number: usize) -> PathBuf {
        self.speaker().join(&self.sessions[number])
    }

    fn record(&self, number: usize) -> SessionRecord {
        records::read(&self.session(number).join("session.json")).unwrap()
    }

    fn take(&self, session: usize, stem: &str) -> Sidecar {
        records::read(&self.session(session).join(format!("{stem}.json"))).unwrap()
    }

    fn forget(&self, wish: &Wish) -> voicebooth::corpus::forget::Outcome {
        forget(self.path(), SPEAKER, wish, Timestamp::now()).unwrap()
    }

    /// Says that both speakers were exported.
    fn export(&self) -> PathBuf {
        let session = |number: usize, takes: &[&str]| ExportedSession {
            session: self.sessions[number].clone(),
            takes: takes.iter().map(|t| self.take(number, t).id).collect(),
        };
        let other = ExportedSession {
            session: "2026-11-22T101502Z-7f3a".into(),
            takes: vec!["019ab7e2-0000-7000-8000-000000000000".into()],
        };
        let speakers = vec![
            ExportedSpeaker {
                speaker: SPEAKER.into(),
                sessions: vec![
                    session(0, &["zero_r1_1"]),
                    session(1, &["one_r1_1", "zero_r1_2"]),
                ],
            },
            ExportedSpeaker {
                speaker: OTHER.into(),
                sessions: vec![other],
            },
        ];
        let command = [
            "export",
            "kaldi",
            "--select",
            &format!("speaker={SPEAKER},{OTHER}"),
        ];
        let command = command.map(str::to_owned).to_vec();
        let out = Path::new("/exports").join(format!("{SPEAKER}-16k"));
        let record = ExportRecord::new("kaldi", &out, command, speakers, Timestamp::now());
        export_record::write(self.path(), &record).unwrap()
    }
}

fn program(args: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    program.args(args).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn a_search_for_who_withdrew_finds_the_hash_of_a_tombstone_alone() {
    let corpus = Corpus::new();
    let record = corpus.export();
    let others = search(corpus.path(), OTHER);
    // And what a killed export leaves.
    fs::copy(&record, record.with_file_name(".x.json.12345678.tmp")).unwrap();
    let mut words = vec![SPEAKER.to_owned(), corpus.record(0).speaker_uuid];
    words.extend(corpus.sessions.clone());
    words.extend([(0, "zero_r1_1"), (1, "zero_r1_2")].map(|(s, t)| corpus.take(s, t).id));
    let outcome = corpus.forget(&Wish::Speaker);
    assert_eq!((outcome.sessions, outcome.takes), (2, 3));
    for word in &words {
        assert_eq!(search(corpus.path(), word), Vec::<PathBuf>::new(), "{word}");
    }
    let hash = Subject::Speaker(SPEAKER).sha256();
    let tombstone = corpus.path().join(format!("forgotten/{hash}.json"));
    assert!(search(corpus.path(), &hash).contains(&tombstone));
    assert_eq!(tombstones(corpus.path()).unwrap().len(), 2);
    // Nobody else is touched, and the corpus is right.
    assert_eq!(search(corpus.path(), OTHER), others);
    assert_eq!(found(corpus.path()), []);
    assert_eq!(verified(corpus.path(), false).takes, 1);
}

#[test]
fn a_folder_that_is_copied_back_fails_verify_and_is_refused_by_record_and_export() {
    let corpus = Corpus::new();
    let booth = tempfile::tempdir().unwrap();
    copy(corpus.path(), booth.path());
    corpus.forget(&Wish::Speaker);
    copy(booth.path(), corpus.path());
    let speaker = format!("recordings/{SPEAKER}");
    assert_eq!(found(corpus.path()), [("forgotten", speaker)]);
    let forgotten = Forgotten::read(corpus.path()).unwrap();
    assert_eq!(
        forgotten.of_session(&corpus.record(0)),
        Some(Kind::SpeakerUuid)
    );
    let refused = claim_speaker(corpus.path(), SPEAKER).unwrap_err();
    assert!(
        matches!(refused, CorpusError::Forgotten { .. }),
        "{refused}"
    );
    // It is no repair to delete audio.
    assert!(!verified(corpus.path(), true).is_right());
    let outcome = corpus.forget(&Wish::Speaker);
    assert!(outcome.was_forgotten);
    assert_eq!(outcome.takes, 3);
    assert_eq!(search(corpus.path(), SPEAKER), Vec::<PathBuf>::new());
    assert_eq!(found(corpus.path()), []);
}

#[test]
fn who_comes_back_under_another_id_is_known_by_the_uuid() {
    let corpus = Corpus::new();
    let speaker = corpus.speaker();
    let aside = tempfile::tempdir().unwrap();
    copy(&speaker, aside.path());
    corpus.forget(&Wish::Speaker);
    let renamed = corpus.path().join("recordings/s3333");
    copy(aside.path(), &renamed);
    for file in all_of(&renamed).iter().filter(|path| path.is_file()) {
        if let Ok(text) = fs::read_to_string(file) {
            fs::write(file, text.replace(SPEAKER, "s3333")).unwrap();
        }
    }
    let words: Vec<_> = found(corpus.path())
        .into_iter()
        .map(|(word, _)| word)
        .collect();
    assert_eq!(words, ["forgotten", "forgotten"]);
    assert!(claim_speaker(corpus.path(), "s3333").is_err());
    let person: SpeakerRecord =
        records::read(&renamed.join(&corpus.sessions[0]).join("speaker.json")).unwrap();
    let forgotten = Forgotten::read(corpus.path()).unwrap();
    assert!(forgotten.has(Subject::Person(&person.speaker_uuid)));
}

#[test]
fn a_session_or_a_take_can_be_forgotten_and_what_it_had_superseded_stays() {
    let corpus = Corpus::new();
    let record = corpus.export();
    let id = corpus.take(1, "zero_r1_2").id;
    let outcome = corpus.forget(&Wish::Take(id.clone()));
    assert_eq!((outcome.takes, outcome.files), (1, 2));
    assert_eq!(outcome.exports.len(), 1);
    assert_eq!(outcome.exports[0].takes, 1);
    assert!(search(&corpus.session(1), &id).is_empty());
    assert!(search(corpus.path(), &id).is_empty());
    assert!(corpus.session(0).join("zero_r1_1.json").exists());
    assert_eq!(found(corpus.path()), []);

    let outcome = corpus.forget(&Wish::Session(corpus.sessions[1].clone()));
    assert_eq!((outcome.sessions, outcome.takes), (1, 1));
    // The take that had gone before still went into that export.
    assert_eq!(outcome.exports[0].takes, 2);
    assert!(search(corpus.path(), &corpus.sessions[1]).is_empty());
    assert_eq!(found(corpus.path()), []);
    assert_eq!(verified(corpus.path(), false).takes, 2);
    // The speaker goes on.
    drop(claim_speaker(corpus.path(), SPEAKER).unwrap());
    let read: ExportRecord = records::read(&record).unwrap();
    assert_eq!(read.takes_of(Subject::Speaker(SPEAKER)), 3);
    assert_eq!(read.takes_of(Subject::Session(&corpus.sessions[1])), 2);
}

#[test]
fn a_take_that_supersedes_one_that_is_forgotten_is_right_without_it() {
    let corpus = Corpus::new();
    corpus.forget(&Wish::Session(corpus.sessions[0].clone()));
    assert_eq!(found(corpus.path()), []);
    assert_eq!(verified(corpus.path(), false).takes, 3);
}

#[test]
fn the_exports_that_hold_somebody_are_told_also_after_they_are_forgotten() {
    let corpus = Corpus::new();
    let record = corpus.export();
    let outcome = corpus.forget(&Wish::Speaker);
    let [export] = &outcome.exports[..] else {
        panic!("{:?}", outcome.exports);
    };
    assert_eq!((&*export.kind, export.takes), ("kaldi", 3));
    assert_eq!(export.out, format!("/exports/{SPEAKER}-16k"));
    let read: ExportRecord = records::read(&record).unwrap();
    let hash = Subject::Speaker(SPEAKER).placeholder();
    assert_eq!(read.out, format!("/exports/{hash}-16k"));
    assert_eq!(read.command[3], format!("speaker={hash},{OTHER}"));
    let again = corpus.forget(&Wish::Speaker);
    assert_eq!((again.files, again.exports[0].takes), (0, 3));
    // A record that a copy brings back with the ids is found.
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, text.replace(&hash, SPEAKER)).unwrap();
    let name = record.strip_prefix(corpus.path()).unwrap();
    assert_eq!(
        found(corpus.path()),
        [("forgotten", name.display().to_string())]
    );
    corpus.forget(&Wish::Speaker);
    assert_eq!(found(corpus.path()), []);
}

#[test]
fn a_tombstone_that_was_changed_is_found_and_counts_all_the_same() {
    let corpus = Corpus::new();
    corpus.forget(&Wish::Session(corpus.sessions[1].clone()));
    let tombstone = &tombstones(corpus.path()).unwrap()[0];
    let name = tombstone
        .strip_prefix(corpus.path())
        .unwrap()
        .display()
        .to_string();
    fs::write(tombstone, "{}").unwrap();
    assert_eq!(found(corpus.path()), [("schema", name)]);
    let forgotten = Forgotten::read(corpus.path()).unwrap();
    assert!(forgotten.has(Subject::Session(&corpus.sessions[1])));
}

#[test]
fn two_people_of_one_id_are_not_forgotten_together() {
    let corpus = Corpus::new();
    let path = corpus.session(1).join("speaker.json");
    let text = fs::read_to_string(&path).unwrap();
    let uuid = corpus.record(1).speaker_uuid;
    let other = "0b9f5bd2-3b44-4c3e-9d2b-7f7ad7d2c001";
    fs::write(&path, text.replace(&uuid, other)).unwrap();
    let refused = forget(corpus.path(), SPEAKER, &Wish::Speaker, Timestamp::now()).unwrap_err();
    assert!(
        matches!(refused, CorpusError::ForgetsTwo { .. }),
        "{refused}"
    );
    assert!(corpus.session(0).join("zero_r1_1.wav").exists());
    assert_eq!(tombstones(corpus.path()).unwrap().len(), 0);
}

#[test]
fn records_that_cannot_be_read_hinder_nobody_from_withdrawing() {
    let corpus = Corpus::new();
    fs::write(corpus.session(0).join("session.json"), "oops").unwrap();
    fs::write(corpus.session(0).join("zero_r1_1.json"), "oops").unwrap();
    fs::write(corpus.session(0).join("notes.txt"), SPEAKER).unwrap();
    corpus.forget(&Wish::Speaker);
    assert!(search(corpus.path(), SPEAKER).is_empty());
    assert_eq!(found(corpus.path()), []);
}

#[test]
fn who_is_being_recorded_or_is_not_there_is_not_forgotten() {
    let corpus = Corpus::new();
    let held = claim_speaker(corpus.path(), SPEAKER).unwrap();
    let refused = forget(corpus.path(), SPEAKER, &Wish::Speaker, Timestamp::now()).unwrap_err();
    assert!(
        matches!(refused, CorpusError::SpeakerBusy { .. }),
        "{refused}"
    );
    drop(held);
    let refused = forget(corpus.path(), "s4444", &Wish::Speaker, Timestamp::now()).unwrap_err();
    assert!(matches!(refused, CorpusError::NotHere { .. }), "{refused}");
    assert!(!corpus.path().join("recordings/s4444").exists());
    assert_eq!(tombstones(corpus.path()).unwrap().len(), 0);
    assert_eq!(found(corpus.path()), []);
}

#[test]
fn the_command_asks_and_changes_nothing_unless_it_is_told_yes() {
    let corpus = Corpus::new();
    corpus.export();
    let folder = corpus.path().to_str().unwrap();
    let before = all_of(corpus.path());
    let asked = program(&["forget", folder, SPEAKER]);
    assert_eq!(asked.status.code(), Some(2), "{asked:?}");
    let planned = program(&["forget", folder, SPEAKER, "--dry-run", "--json"]);
    assert!(planned.status.success(), "{planned:?}");
    let planned: Value = serde_json::from_slice(&planned.stdout).unwrap();
    assert_eq!(all_of(corpus.path()), before);
    let done = program(&["forget", folder, SPEAKER, "--yes", "--json"]);
    assert!(done.status.success(), "{done:?}");
    let mut done: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(done["takes"], 3);
    assert_eq!(done["exports"][0]["kind"], "kaldi");
    done["dry_run"] = true.into();
    assert_eq!(done, planned);
    let said = program(&["forget", folder, SPEAKER, "--yes"]);
    assert!(said.status.success());
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("nothing of it is here"), "{said}");
    let said = program(&["forget", folder, OTHER, "--take", "zero_r1_1", "--yes"]);
    assert_eq!(said.status.code(), Some(2));
}

/// A speaker with so many takes that deleting takes a while.
fn many(takes: usize) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(root.path());
    booth.record("zero", 1, &ramp(0, 40));
    let folder = booth.folder.clone();
    booth.shut_down();
    for number in 2..takes {
        for end in ["json", "wav"] {
            let model = folder.join(format!("zero_r1_1.{end}"));
            fs::copy(model, folder.join(format!("zero_r1_{number}.{end}"))).unwrap();
        }
    }
    root
}

#[test]
fn a_forgetting_that_is_killed_leaves_all_of_it_refused_or_can_be_finished() {
    for kill in 0..12 {
        let corpus = many(400);
        let speaker = corpus.path().join("recordings").join(SPEAKER);
        let whole = all_of(&speaker).len();
        let mut child = Command::new(env!("CARGO_BIN_EXE_voicebooth"))
            .args(["forget", corpus.path().to_str().unwrap(), SPEAKER, "--yes"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Ever later: when the first tombstone is there, when the folder is renamed, when some of it is gone.
        let buried = || tombstones(corpus.path()).unwrap().len();
        let recordings = corpus.path().join("recordings");
        let going = || {
            let entries = fs::read_dir(&recordings).unwrap().flatten();
            let name = |e: fs::DirEntry| e.file_name().to_string_lossy().into_owned();
            entries
                .map(name)
                .any(|name| name.starts_with(".forgotten-"))
        };
        while child.try_wait().unwrap().is_none() {
            let reached = match kill % 3 {
                0 => buried() > 0,
                1 => buried() > 1,
                _ => going(),
            };
            if reached {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if speaker.exists() {
            assert_eq!(all_of(&speaker).len(), whole, "kill {kill}");
        }
        assert!(claim_speaker(corpus.path(), SPEAKER).is_err());
        let left = speaker.exists() || going();
        assert_eq!(
            !verified(corpus.path(), false).is_right(),
            left,
            "kill {kill}"
        );
        if speaker.exists() || kill % 2 == 0 {
            forget(corpus.path(), SPEAKER, &Wish::Speaker, Timestamp::now()).unwrap();
        } else {
            verified(corpus.path(), true);
        }
        assert!(search(corpus.path(), SPEAKER).is_empty(), "kill {kill}");
        assert!(!going(), "kill {kill}");
        assert_eq!(found(corpus.path()), []);
    }
}
