//! A real program, really killed (SIGKILL) at random instants while it records one take after the other.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use voicebooth::corpus::layout::TakePaths;
use voicebooth::corpus::names::stem;
use voicebooth::corpus::recovery::Found;
use voicebooth::corpus::sidecar::{Encoding, Sidecar, Status};
use voicebooth::corpus::start::claim_speaker;
use voicebooth::recorder::messages::{TakeRef, ToWriter};
use voicebooth::recorder::queue::writer_queue;
use voicebooth::recorder::writer::spawn;

use crate::booth::{self, Booth, SPEAKER, finish, holds_ramp, ramp, saved};
use crate::check;

/// 200 ms: what a `kill -9` takes at most is one append, which comes every 250 ms or sooner.
const BLOCK_FRAMES: usize = 3200;
const CORPUS: &str = "VOICEBOOTH_TEST_CORPUS";

/// Says a line that the parent hears even if this is the last thing we do.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nBOOTH {line}").unwrap();
    out.flush().unwrap();
}

#[test]
#[ignore = "the child of the test below"]
fn a_booth_that_records_until_it_is_killed() {
    let Some(corpus) = env::var_os(CORPUS) else {
        return;
    };
    let session = booth::open(Path::new(&corpus), 1, Encoding::PcmS16le);
    let name = session.record.session.clone();
    let elsewhere = tempfile::tempdir().unwrap();
    let model = Booth::open(elsewhere.path());
    let (queue, receiver) = writer_queue(1 << 20);
    let (tx, rx) = mpsc::channel();
    let _writer = spawn(session, receiver, Box::new(move |m| tx.send(m).unwrap())).unwrap();
    for number in 1.. {
        let mut draft = model.draft("zero", number);
        draft.take_ref = TakeRef::new(SPEAKER, &name, &stem("zero", 1, number));
        let take = draft.take_ref.clone();
        let head = model.head();
        queue.send(ToWriter::Begin { draft, head });
        let blocks = number as usize % 5;
        for block in 0..blocks {
            let samples = ramp(block * BLOCK_FRAMES, BLOCK_FRAMES);
            queue.append(&take, samples).unwrap();
            while queue.waiting_samples() > 0 {
                thread::sleep(Duration::from_micros(50));
            }
            say(&format!(
                "written {} {}",
                take.0,
                (block + 1) * BLOCK_FRAMES
            ));
        }
        queue.send(finish(&take, Status::Accepted));
        assert!(
            rx.iter()
                .any(|message| message == saved(&take, Status::Accepted))
        );
        say(&format!("saved {} {}", take.0, blocks * BLOCK_FRAMES));
    }
}

/// What the child said before it died: frames of each take, and whether it was saved.
fn kill_after(corpus: &Path, lines: usize, delay: Duration) -> BTreeMap<String, (usize, bool)> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--nocapture", "--exact"])
        .arg("kill::a_booth_that_records_until_it_is_killed")
        .env(CORPUS, corpus)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BTreeMap::new();
    let mut heard = 0;
    let output = BufReader::new(child.stdout.take().unwrap());
    for line in output.lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        let ["BOOTH", what, take, frames] = words[..] else {
            continue;
        };
        said.insert(take.to_owned(), (frames.parse().unwrap(), what == "saved"));
        heard += 1;
        if heard == lines {
            // So that it dies in the middle of something.
            thread::sleep(delay);
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(heard >= lines);
    said
}

#[test]
fn a_booth_that_is_killed_harms_no_saved_take_and_loses_one_append_at_most() {
    for kill in 0..60 {
        let [lines, delay, ..] = uuid::Uuid::new_v4().into_bytes();
        let corpus = tempfile::tempdir().unwrap();
        let delay = Duration::from_micros(u64::from(delay) * 20);
        let said = kill_after(corpus.path(), 1 + usize::from(lines) % 40, delay);
        let claim = claim_speaker(corpus.path(), SPEAKER).unwrap();
        for finding in &claim.findings {
            assert!(
                !matches!(finding.what, Found::Left(_) | Found::Unknown),
                "{finding}"
            );
        }
        assert!(claim.findings.len() <= 1, "{:?}", claim.findings);
        let takes = check::corpus(corpus.path());
        for (take, (frames, saved)) in &said {
            let found = takes
                .iter()
                .find(|t| take.ends_with(&format!("zero_r1_{}", t.take)));
            assert!(found.is_some(), "kill {kill} lost {take}");
            intact(corpus.path(), take, found.unwrap(), *frames, *saved);
        }
        assert!(takes.len() <= said.len() + 1);
    }
}

fn intact(corpus: &Path, take: &str, sidecar: &Sidecar, frames: usize, saved: bool) {
    let found = sidecar.audio.as_ref().unwrap().frames as usize;
    if saved {
        assert_eq!((sidecar.status, found), (Status::Accepted, frames));
    } else {
        assert!((frames..=frames + BLOCK_FRAMES).contains(&found));
    }
    let timing = sidecar.timing.as_ref().unwrap();
    let known = booth::known_timing();
    assert_eq!(
        (timing.shown_frame, timing.key_down_frame),
        (known.shown_frame, known.key_down_frame)
    );
    assert_eq!(
        timing.key_up_frame.is_some(),
        saved || sidecar.status == Status::Accepted
    );
    let wav = TakePaths::new(corpus, &TakeRef(take.into())).wav();
    assert!(holds_ramp(&wav, found), "{take}");
}
