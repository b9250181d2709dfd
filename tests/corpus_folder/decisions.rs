use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use voicebooth::corpus::sidecar::{DecidedBy, Status};
use voicebooth::recorder::messages::{
    DiskTrouble, FromWriter, SessionEvent, StreamFrame, TakeRef, ToWriter,
};

use crate::booth::{Booth, ramp, saved};
use crate::check;

fn decide(take_ref: &TakeRef, status: Status, reason: &str) -> ToWriter {
    ToWriter::Decide {
        take_ref: take_ref.clone(),
        status,
        by: DecidedBy::Speaker,
        reasons: vec![reason.into()],
    }
}

fn decided(take_ref: &TakeRef, status: Status) -> FromWriter {
    FromWriter::Decided {
        take_ref: take_ref.clone(),
        status,
    }
}

fn events(booth: &Booth) -> Vec<Value> {
    let text = fs::read_to_string(booth.folder.join("events.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_redo_names_the_take_it_replaces_and_the_old_one_says_why() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let old = booth.record("zero", 1, &ramp(0, 100));
    let mut draft = booth.draft("zero", 2);
    draft.supersedes = Some(old.clone());
    let new = draft.take_ref.clone();
    let head = booth.head();
    booth.send(ToWriter::Begin { draft, head });
    booth.finish(&new);
    booth.wait(Duration::from_secs(2));
    booth.send(decide(&old, Status::Superseded, "misread"));
    let told = booth.told();
    assert_eq!(told.last(), Some(&decided(&old, Status::Superseded)));
    let (old, new) = (booth.sidecar(&old), booth.sidecar(&new));
    assert_eq!(new.supersedes, Some(old.id));
    assert_eq!((old.status, old.revision), (Status::Superseded, 2));
    assert_eq!(old.reasons, ["misread"]);
    assert_eq!(old.history[0].at, "2026-11-22T10:15:12.000000Z");
    booth.shut_down();
    check::corpus(corpus.path());
}

#[test]
fn a_redo_can_begin_before_the_take_it_replaces_is_saved() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let old = booth.begin("zero", 1);
    let mut draft = booth.draft("zero", 2);
    draft.supersedes = Some(old.clone());
    let new = draft.take_ref.clone();
    let head = booth.head();
    booth.send(ToWriter::Begin { draft, head });
    booth.finish(&old);
    booth.finish(&new);
    let old = booth.sidecar(&old).id;
    assert_eq!(booth.sidecar(&new).supersedes, Some(old));
}

#[test]
fn an_undone_decision_is_a_further_revision_and_nothing_of_the_first_is_lost() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.record("zero", 1, &ramp(0, 100));
    booth.send(decide(&take, Status::Rejected, "noise"));
    booth.send(decide(&take, Status::Accepted, "undone"));
    let sidecar = booth.sidecar(&take);
    assert_eq!((sidecar.status, sidecar.revision), (Status::Accepted, 3));
    let statuses: Vec<_> = sidecar.history.iter().map(|c| &c.to["status"]).collect();
    assert_eq!(statuses, [&json!("rejected"), &json!("accepted")]);
    booth.shut_down();
    check::corpus(corpus.path());
}

#[test]
fn a_decision_that_comes_before_the_take_is_closed_waits_for_it() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let kept = booth.begin("zero", 1);
    let gone = booth.begin("one", 1);
    booth.send(decide(&kept, Status::Rejected, "noise"));
    booth.send(ToWriter::Delete {
        take_ref: gone.clone(),
    });
    assert_eq!(booth.told(), []);
    booth.finish(&kept);
    let told = [
        saved(&kept, Status::Accepted),
        decided(&kept, Status::Rejected),
    ];
    assert_eq!(booth.told(), told);
    booth.finish(&gone);
    let deleted = FromWriter::Deleted {
        take_ref: gone.clone(),
    };
    assert_eq!(booth.told(), [saved(&gone, Status::Accepted), deleted]);
    booth.shut_down();
    let takes = check::corpus(corpus.path());
    assert_eq!(takes.len(), 1);
    assert_eq!(takes[0].status, Status::Rejected);
}

#[test]
fn a_skipped_item_is_a_sidecar_without_audio_and_can_be_undone() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let draft = booth.draft("zero", 1);
    let take = draft.take_ref.clone();
    let reason = "wrong_text";
    booth.send(ToWriter::Skip { draft, reason });
    assert_eq!(booth.told(), [saved(&take, Status::Skipped)]);
    let sidecar = booth.sidecar(&take);
    assert_eq!(
        (sidecar.audio, sidecar.timing, sidecar.device),
        (None, None, None)
    );
    assert_eq!(sidecar.source, "microphone");
    assert_eq!(sidecar.reasons, ["wrong_text"]);
    assert_eq!(sidecar.started_at, "2026-11-22T10:15:10.000000Z");
    check::corpus(corpus.path());
    booth.send(decide(&take, Status::Rejected, "undone"));
    assert_eq!(booth.told(), [decided(&take, Status::Rejected)]);
    booth.shut_down();
    check::corpus(corpus.path());
}

#[test]
fn a_deleted_take_is_gone_for_good_and_leaves_an_event() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take_ref = booth.record("zero", 1, &ramp(0, 100));
    let id = booth.sidecar(&take_ref).id;
    booth.told();
    for _ in 0..2 {
        let take_ref = take_ref.clone();
        booth.send(ToWriter::Delete { take_ref });
    }
    let deleted = FromWriter::Deleted { take_ref };
    assert_eq!(booth.told(), [deleted.clone(), deleted]);
    let events = events(&booth);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["event"], "deleted");
    assert_eq!(events[0]["at"], "2026-11-22T10:15:10.000000Z");
    assert_eq!(
        events[0]["data"],
        json!({"file": "zero_r1_1.wav", "id": id, "prompt": "zero", "take": 1})
    );
    booth.shut_down();
    assert_eq!(check::corpus(corpus.path()), []);
}

#[test]
fn a_take_of_an_earlier_session_is_decided_on_where_it_lies() {
    let corpus = tempfile::tempdir().unwrap();
    let mut first = Booth::open(corpus.path());
    let old = first.record("zero", 1, &ramp(0, 100));
    first.shut_down();
    let mut second = Booth::open(corpus.path());
    let mut draft = second.draft("zero", 2);
    draft.supersedes = Some(old.clone());
    let new = draft.take_ref.clone();
    let head = second.head();
    second.send(ToWriter::Begin { draft, head });
    second.finish(&new);
    second.send(decide(&old, Status::Superseded, "unspecified"));
    assert_eq!(second.sidecar(&old).status, Status::Superseded);
    assert_eq!(
        second.sidecar(&new).supersedes,
        Some(second.sidecar(&old).id)
    );
    second.shut_down();
    check::corpus(corpus.path());
}

#[test]
fn what_can_never_be_done_is_told_and_the_rest_goes_on() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let broken = booth.record("one", 1, &ramp(0, 10));
    let path = booth.folder.join("one_r1_1.json");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, "{").unwrap();
    booth.told();
    let missing = booth.take_ref("zero", 9);
    booth.send(decide(&missing, Status::Rejected, "noise"));
    booth.send(decide(&broken, Status::Rejected, "noise"));
    booth.append(&missing, &ramp(0, 10));
    let take = booth.record("zero", 1, &ramp(0, 10));
    let told = booth.told();
    let given_up = |m: &FromWriter| {
        matches!(
            m,
            FromWriter::Failed {
                trouble: DiskTrouble::Other,
                retrying: false,
                take_ref: Some(_),
                ..
            }
        )
    };
    assert_eq!(told.len(), 4);
    assert!(told[..3].iter().all(given_up), "{told:?}");
    assert_eq!(told[3], saved(&take, Status::Accepted));
    assert_eq!(fs::read(&path).unwrap(), b"{");
    fs::write(&path, whole).unwrap();
    booth.shut_down();
    check::corpus(corpus.path());
}

#[test]
fn an_event_says_when_it_happened_and_at_which_frame() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let at = booth.now().moment - Duration::from_millis(1500);
    let mut event = SessionEvent {
        at,
        event: "key_down",
        take_ref: Some(booth.take_ref("zero", 1)),
        frame: Some(StreamFrame {
            stream: 2,
            frame: -7,
        }),
        data: json!({"key": "space"}).as_object().unwrap().clone(),
    };
    booth.send(ToWriter::Event(event.clone()));
    (event.take_ref, event.frame, event.data) = (None, None, serde_json::Map::new());
    booth.send(ToWriter::Event(event));
    let take = format!("recordings/s7k3q/{}/zero_r1_1", booth.session);
    let at = "2026-11-22T10:15:08.500000Z";
    let format = "voicebooth-event/1";
    assert_eq!(
        events(&booth),
        [
            json!({"format": format, "at": at, "event": "key_down", "take": take, "stream": 2, "frame": -7, "data": {"key": "space"}}),
            json!({"format": format, "at": at, "event": "key_down"}),
        ]
    );
    booth.shut_down();
    check::corpus(corpus.path());
}
