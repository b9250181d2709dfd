use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use proptest::prelude::*;
use voicebooth::corpus::layout::TakePaths;
use voicebooth::corpus::recovery::Found;
use voicebooth::corpus::sidecar::{Encoding, Status};
use voicebooth::corpus::start::claim_speaker;
use voicebooth::recorder::messages::{FromWriter, TakeRef, ToWriter};
use voicebooth::recorder::queue::writer_queue;
use voicebooth::recorder::writer::{Now, Writer, spawn};

use crate::booth::{
    self, Booth, RATE_HZ, SPEAKER, append, finish, holds_ramp, known_timing, ramp, saved,
};
use crate::check;

#[test]
fn a_saved_take_is_under_its_final_names_with_all_its_samples() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.begin("zero", 1);
    booth.append(&take, &ramp(0, 700));
    booth.append(&take, &ramp(700, 301));
    assert_eq!(booth.told(), []);
    booth.finish(&take);
    assert_eq!(booth.told(), [saved(&take, Status::Accepted)]);
    assert!(holds_ramp(&booth.folder.join("zero_r1_1.wav"), 1001));
    assert_eq!(booth.shut_down(), [FromWriter::Ended]);

    let [sidecar] = &check::corpus(corpus.path())[..] else {
        panic!("one take")
    };
    assert_eq!(sidecar.prompt.text, "say zero");
    assert_eq!(sidecar.started_at, "2026-11-22T10:15:10.000000Z");
    assert_eq!(sidecar.audio.as_ref().unwrap().frames, 1001);
    assert_eq!(sidecar.quality, Some(booth::quality()));
    assert_eq!(sidecar.supersedes, None);
}

#[test]
fn saved_is_said_only_when_the_files_are_there() {
    let corpus = tempfile::tempdir().unwrap();
    let session = booth::open(corpus.path(), 1, Encoding::PcmS16le);
    let folder = session.folder.clone();
    let take = TakeRef::new(SPEAKER, &session.record.session, "zero_r1_1");
    let (tx, rx) = mpsc::channel();
    let report = move |message| {
        if let FromWriter::Saved { .. } = message {
            tx.send(check::names(&folder)).unwrap();
        }
    };
    let mut writer = Writer::new(session, Box::new(report));
    let elsewhere = tempfile::tempdir().unwrap();
    let model = Booth::open(elsewhere.path());
    let mut draft = model.draft("zero", 1);
    draft.take_ref = take.clone();
    let head = model.head();
    for message in [
        ToWriter::Begin { draft, head },
        append(&take, &ramp(0, 10)),
        finish(&take, Status::Accepted),
    ] {
        writer.step(Some(message), Now::read());
    }
    let names = rx.try_recv().unwrap();
    let expected = [
        "events.jsonl",
        "session.json",
        "speaker.json",
        "zero_r1_1.json",
        "zero_r1_1.wav",
    ];
    assert!(names.iter().eq(expected), "{names:?}");
}

#[test]
fn two_takes_that_grow_at_once_are_kept_apart() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let first = booth.begin("zero", 1);
    booth.append(&first, &ramp(0, 100));
    let second = booth.begin("one", 1);
    booth.append(&second, &ramp(0, 40));
    booth.append(&first, &ramp(100, 100));
    booth.finish(&first);
    booth.append(&second, &ramp(40, 40));
    booth.finish(&second);
    let expected = [
        saved(&first, Status::Accepted),
        saved(&second, Status::Accepted),
    ];
    assert_eq!(booth.told(), expected);
    assert!(holds_ramp(&booth.folder.join("zero_r1_1.wav"), 200));
    assert!(holds_ramp(&booth.folder.join("one_r1_1.wav"), 80));
    booth.shut_down();
    check::corpus(corpus.path());
}

#[test]
fn what_is_appended_is_with_the_system_at_once() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.begin("zero", 1);
    let part = TakePaths::new(corpus.path(), &take).wav_part();
    let empty = fs::metadata(&part).unwrap().len();
    assert_eq!(booth.append(&take, &ramp(0, 100)).samples, 100);
    assert_eq!(fs::metadata(&part).unwrap().len(), empty + 200);
}

#[test]
fn what_is_known_at_its_start_is_kept_of_a_take_that_is_cut_off() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.begin("zero", 1);
    let draft = TakePaths::new(corpus.path(), &take).json_part();
    let text = fs::read_to_string(&draft).unwrap();
    check::valid("draft", &serde_json::from_str(&text).unwrap(), &draft);
    booth.append(&take, &ramp(0, 100));
    drop(booth);

    claim_speaker(corpus.path(), SPEAKER).unwrap();
    let [sidecar] = &check::corpus(corpus.path())[..] else {
        panic!("one take");
    };
    let mut known = known_timing();
    known.limited_by.push("program_ended".into());
    assert_eq!(sidecar.timing.as_ref(), Some(&known));
    assert_eq!(sidecar.prompt.text, "say zero");
    assert_eq!(sidecar.device.as_ref().unwrap().name, "Microphone");
    assert_eq!((&sidecar.integrity, &sidecar.quality), (&None, &None));
}

#[test]
fn every_encoding_is_read_by_other_programs_too() {
    let corpus = tempfile::tempdir().unwrap();
    for (take, encoding) in [
        (1, Encoding::PcmS16le),
        (2, Encoding::PcmS24le),
        (3, Encoding::PcmF32le),
    ] {
        let mut booth = Booth::open_with(corpus.path(), 2, encoding);
        booth.record("zero", take, &ramp(0, 2 * 1001));
        let wav = booth.folder.join(format!("zero_r1_{take}.wav"));
        booth.shut_down();
        let frames = asked(Command::new("soxi").arg("-s").arg(&wav));
        assert!(frames.is_none_or(|frames| frames == "1001"));
        if encoding == Encoding::PcmS16le {
            let script = "import sys, wave; print(wave.open(sys.argv[1]).getparams()[:4])";
            let params = asked(Command::new("python3").args(["-c", script]).arg(&wav));
            let expected = format!("(2, 2, {RATE_HZ}, 1001)");
            assert!(params.is_none_or(|params| params == expected));
        }
    }
    assert_eq!(check::corpus(corpus.path()).len(), 3);
}

/// sox 14.4 says this of every 32-bit float WAV of the extensible format, and reads it all the same.
const SOX_ON_FLOATS: &str = "soxi WARN wav: wave header missing extended part of fmt chunk";

/// What another program prints without a complaint; `None`, told, where it is not installed.
fn asked(command: &mut Command) -> Option<String> {
    let Ok(output) = command.output() else {
        eprintln!(
            "SKIPPED: {} is not installed",
            command.get_program().display()
        );
        return None;
    };
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success());
    assert!(
        ["", SOX_ON_FLOATS].contains(&complaint.trim()),
        "{complaint}"
    );
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn a_take_that_nobody_closed_is_interrupted_when_the_writer_leaves() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.begin("zero", 1);
    booth.append(&take, &ramp(0, 500));
    let told = booth.shut_down();
    assert_eq!(told, [saved(&take, Status::Interrupted), FromWriter::Ended]);
    let takes = check::corpus(corpus.path());
    assert_eq!(takes[0].status, Status::Interrupted);
    assert_eq!(takes[0].reasons, ["program_ended"]);
    assert_eq!(takes[0].audio.as_ref().unwrap().frames, 500);
}

#[test]
fn a_level_that_is_no_number_leaves_the_quality_out_and_the_sidecar_readable() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.begin("zero", 1);
    let mut message = finish(&take, Status::Accepted);
    if let ToWriter::Finish { closing, .. } = &mut message {
        closing.quality.dc_offset = f64::NAN;
    }
    booth.send(message);
    booth.shut_down();
    assert_eq!(check::corpus(corpus.path())[0].quality, None);
}

#[test]
fn free_space_is_told_at_the_start_and_while_takes_grow() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let spaces = |booth: &Booth| {
        let told = booth.told_with_space();
        let is_space =
            |m: &&FromWriter| matches!(m, FromWriter::Space { free_bytes } if *free_bytes > 0);
        told.iter().filter(is_space).count()
    };
    booth.wait(Duration::ZERO);
    assert_eq!(spaces(&booth), 1);
    booth.wait(Duration::from_secs(60));
    assert_eq!(spaces(&booth), 0);
    booth.begin("zero", 1);
    booth.wait(Duration::from_secs(4));
    booth.wait(Duration::from_secs(5));
    assert_eq!(spaces(&booth), 2);
}

#[test]
fn an_existing_take_is_never_written_over_and_the_new_one_waits() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    booth.record("zero", 1, &ramp(0, 100));
    let before = fs::read(booth.folder.join("zero_r1_1.wav")).unwrap();
    booth.told();
    booth.record("zero", 1, &ramp(0, 7));
    let told = booth.told();
    assert!(
        matches!(&told[..], [FromWriter::Failed { text, retrying: true, .. }] if text.contains("never written over")),
        "{told:?}"
    );
    assert_eq!(
        fs::read(booth.folder.join("zero_r1_1.wav")).unwrap(),
        before
    );
    for name in ["zero_r1_1.wav", "zero_r1_1.json"] {
        let elsewhere = corpus.path().join(name);
        fs::rename(booth.folder.join(name), elsewhere).unwrap();
    }
    booth.send(ToWriter::Retry);
    let take = booth.take_ref("zero", 1);
    assert_eq!(
        booth.told(),
        [saved(&take, Status::Accepted), FromWriter::Resumed]
    );
    assert!(holds_ramp(&booth.folder.join("zero_r1_1.wav"), 7));
}

#[test]
fn the_thread_writes_what_the_queue_brings_and_frees_its_room() {
    let corpus = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let booth = Booth::open(other.path());
    let session = booth::open(corpus.path(), 1, Encoding::PcmS16le);
    let take = TakeRef::new(SPEAKER, &session.record.session, "zero_r1_1");
    let mut draft = booth.draft("zero", 1);
    draft.take_ref = take.clone();
    let (queue, receiver) = writer_queue(10_000);
    let (tx, rx) = mpsc::channel();
    let writer = spawn(session, receiver, Box::new(move |m| tx.send(m).unwrap())).unwrap();
    let head = booth.head();
    assert!(queue.send(ToWriter::Begin { draft, head }));
    for block in 0..10 {
        queue.append(&take, ramp(block * 100, 100)).unwrap();
    }
    queue.send(finish(&take, Status::Accepted));
    drop(queue.clone());
    assert!(rx.iter().any(|m| m == saved(&take, Status::Accepted)));
    assert_eq!(queue.waiting_samples(), 0);
    assert!(claim_speaker(corpus.path(), SPEAKER).is_err());
    drop(queue);
    assert_eq!(rx.iter().last(), Some(FromWriter::Ended));
    writer.join().unwrap();
    claim_speaker(corpus.path(), SPEAKER).unwrap();
    check::corpus(corpus.path());
}

/// What a session may do next.
#[derive(Clone, Debug)]
enum Move {
    Begin,
    Append(usize),
    FinishOldest,
    FinishNewest,
    Skip,
    DeleteLast,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        3 => Just(Move::Begin),
        6 => (1usize..400).prop_map(Move::Append),
        2 => Just(Move::FinishOldest),
        2 => Just(Move::FinishNewest),
        1 => Just(Move::Skip),
        1 => Just(Move::DeleteLast),
    ];
    prop::collection::vec(one, 0..25)
}

/// What must be in the folder.
#[derive(Default)]
struct Expected {
    open: Vec<(TakeRef, usize)>,
    saved: Vec<(TakeRef, usize)>,
    skipped: usize,
    takes: u32,
}

fn make(booth: &mut Booth, expected: &mut Expected, one: &Move) {
    match one {
        Move::Begin if expected.open.len() < 2 => {
            expected.takes += 1;
            let take = booth.begin("zero", expected.takes);
            expected.open.push((take, 0));
        }
        Move::Append(frames) => {
            if let Some((take, at)) = expected.open.last_mut() {
                booth.append(take, &ramp(*at, *frames));
                *at += frames;
            }
        }
        Move::FinishOldest | Move::FinishNewest if !expected.open.is_empty() => {
            let at = match one {
                Move::FinishOldest => 0,
                _ => expected.open.len() - 1,
            };
            let (take, frames) = expected.open.remove(at);
            booth.finish(&take);
            expected.saved.push((take, frames));
        }
        Move::Skip => {
            expected.takes += 1;
            expected.skipped += 1;
            let draft = booth.draft("zero", expected.takes);
            let reason = "other";
            booth.send(ToWriter::Skip { draft, reason });
        }
        Move::DeleteLast => {
            if let Some((take_ref, _)) = expected.saved.pop() {
                booth.send(ToWriter::Delete { take_ref });
            }
        }
        _ => {}
    }
}

fn holds(corpus: &Path, (take, frames): &(TakeRef, usize)) -> bool {
    holds_ramp(&TakePaths::new(corpus, take).wav(), *frames)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn wherever_the_program_ends_the_next_start_finds_every_take_whole(moves in moves()) {
        let corpus = tempfile::tempdir().unwrap();
        let mut booth = Booth::open(corpus.path());
        let mut expected = Expected::default();
        for one in &moves {
            make(&mut booth, &mut expected, one);
        }
        drop(booth);
        let claim = claim_speaker(corpus.path(), SPEAKER).unwrap();
        let known = |f: &Found| matches!(f, Found::Interrupted { .. } | Found::NothingRecorded);
        prop_assert!(claim.findings.iter().all(|f| known(&f.what)), "{:?}", claim.findings);
        prop_assert_eq!(claim.findings.len(), expected.open.len());
        drop(claim);

        expected.open.retain(|(_, frames)| *frames > 0);
        let takes = check::corpus(corpus.path());
        let count = |status| takes.iter().filter(|t| t.status == status).count();
        prop_assert_eq!(count(Status::Accepted), expected.saved.len());
        prop_assert_eq!(count(Status::Interrupted), expected.open.len());
        prop_assert_eq!(count(Status::Skipped), expected.skipped);
        for take in expected.saved.iter().chain(&expected.open) {
            prop_assert!(holds(corpus.path(), take));
        }
    }
}
