use std::fs;
use std::path::Path;
use std::time::Duration;

use voicebooth::corpus::scan::{self, ItemKey, TakeSummary, current_takes};
use voicebooth::corpus::sidecar::{DecidedBy, Status};
use voicebooth::recorder::messages::{TakeRef, ToWriter};

use crate::booth::{Booth, RATE_HZ, SPEAKER, finish, ramp, setup};

fn takes(corpus: &Path) -> Vec<TakeSummary> {
    let scan = scan::takes(corpus, SPEAKER).unwrap();
    assert!(scan.broken.is_empty(), "{:?}", scan.broken);
    scan.takes
}

#[test]
fn a_scan_finds_the_takes_of_all_sessions_in_the_order_they_were_made() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let first = booth.record("zero", 1, &ramp(0, RATE_HZ as usize));
    booth.wait(Duration::from_secs(1));
    let draft = booth.draft("one", 1);
    let skipped = draft.take_ref.clone();
    let reason = "other";
    booth.send(ToWriter::Skip { draft, reason });
    booth.shut_down();
    let mut booth = Booth::open(corpus.path());
    booth.wait(Duration::from_secs(2));
    let last = booth.begin("zero", 2);
    booth.send(finish(&last, Status::Rejected));
    booth.shut_down();

    let takes = takes(corpus.path());
    let refs: Vec<_> = takes.iter().map(|take| &take.take_ref).collect();
    assert_eq!(refs, [&first, &skipped, &last]);
    let statuses: Vec<_> = takes.iter().map(|take| take.status).collect();
    assert_eq!(
        statuses,
        [Status::Accepted, Status::Skipped, Status::Rejected]
    );
    let seconds: Vec<_> = takes.iter().map(|take| take.seconds).collect();
    assert_eq!(seconds, [1.0, 0.0, 0.0]);
    assert_eq!(
        (&*takes[0].prompt_id, &*takes[0].prompt_text),
        ("zero", "say zero")
    );
    assert_eq!((takes[2].take, takes[2].repeat, takes[2].pass), (2, 1, 1));
}

#[test]
fn a_broken_sidecar_is_named_and_hides_no_other() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    booth.record("zero", 1, &ramp(0, 10));
    booth.record("one", 1, &ramp(0, 10));
    fs::write(booth.folder.join("one_r1_1.json"), "{\n oops").unwrap();
    let scan = scan::takes(corpus.path(), SPEAKER).unwrap();
    assert_eq!(scan.takes.len(), 1);
    let [broken] = &scan.broken[..] else {
        panic!("{:?}", scan.broken)
    };
    assert!(broken.to_string().contains("one_r1_1.json:2:"), "{broken}");
}

#[test]
fn many_takes_are_all_found() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    for take in 1..=300 {
        let draft = booth.draft("zero", take);
        let reason = "other";
        booth.send(ToWriter::Skip { draft, reason });
    }
    let numbers: Vec<_> = takes(corpus.path()).iter().map(|take| take.take).collect();
    assert!(numbers.iter().copied().eq(1..=300));
}

#[test]
fn the_current_take_is_the_newest_accepted_one() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let mut refs = Vec::new();
    for take in 1..=3 {
        refs.push(booth.record("zero", take, &ramp(0, 10)));
        booth.wait(Duration::from_secs(1));
    }
    let current = |takes: &[TakeSummary]| -> Option<TakeRef> {
        let item = ItemKey {
            prompt_id: "zero",
            prompt_text: "say zero",
            repeat: 1,
            pass: 1,
        };
        let current = current_takes(takes);
        current.get(&item).map(|take| take.take_ref.clone())
    };
    for newest in refs.iter().rev() {
        assert_eq!(current(&takes(corpus.path())).as_ref(), Some(newest));
        booth.send(ToWriter::Decide {
            take_ref: newest.clone(),
            status: Status::Rejected,
            by: DecidedBy::Speaker,
            reasons: vec!["noise".into()],
        });
    }
    assert_eq!(current(&takes(corpus.path())), None);
}

#[test]
fn another_text_another_repeat_and_another_pass_are_other_items() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    for take in 1..=4 {
        let mut draft = booth.draft("zero", take);
        match take {
            2 => draft.prompt.text = "edited".into(),
            3 => draft.repeat = 2,
            4 => draft.pass = 2,
            _ => {}
        }
        let take_ref = draft.take_ref.clone();
        let head = booth.head();
        booth.send(ToWriter::Begin { draft, head });
        booth.finish(&take_ref);
    }
    assert_eq!(current_takes(&takes(corpus.path())).len(), 4);
}

#[test]
fn a_speaker_is_known_by_the_last_session() {
    let corpus = tempfile::tempdir().unwrap();
    assert_eq!(scan::speakers(corpus.path()).unwrap().speakers, []);
    assert_eq!(scan::latest_session(corpus.path(), SPEAKER).unwrap(), None);
    assert!(takes(corpus.path()).is_empty());
    Booth::open(corpus.path()).shut_down();
    let session = Booth::open(corpus.path()).session.clone();
    let known = scan::speakers(corpus.path()).unwrap();
    let [speaker] = &known.speakers[..] else {
        panic!("{known:?}")
    };
    assert_eq!((&*speaker.speaker, speaker.sessions), (SPEAKER, 2));
    let latest = scan::latest_session(corpus.path(), SPEAKER)
        .unwrap()
        .unwrap();
    assert_eq!(latest.setup, setup());
    assert_eq!(latest.session, session);
    let at: jiff::Timestamp = latest.started_at.parse().unwrap();
    assert_eq!(at, speaker.last_session_at);
}

#[test]
fn a_speaker_whose_session_record_is_broken_does_not_hide_the_others() {
    let corpus = tempfile::tempdir().unwrap();
    Booth::open(corpus.path()).shut_down();
    let other = corpus.path().join("recordings/other/2026-x");
    fs::create_dir_all(&other).unwrap();
    let known = scan::speakers(corpus.path()).unwrap();
    assert_eq!((known.speakers.len(), known.broken.len()), (1, 1));
}
