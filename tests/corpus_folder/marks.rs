//! Flags, notes and transcripts: revisions that change nothing of what counts.

use serde_json::{Value, json};
use voicebooth::corpus::marks::Mark;
use voicebooth::corpus::outline::outline;
use voicebooth::corpus::records;
use voicebooth::corpus::scan;
use voicebooth::corpus::sidecar::{DecidedBy, Status};
use voicebooth::recorder::messages::{FromWriter, TakeRef, ToWriter};

use crate::booth::{Booth, SPEAKER, ramp, saved};
use crate::check;

fn annotate(take_ref: &TakeRef, mark: Mark) -> ToWriter {
    ToWriter::Annotate {
        take_ref: take_ref.clone(),
        mark,
        by: DecidedBy::Operator,
    }
}

fn flag(note: &str) -> Mark {
    Mark::Flag {
        note: Some(note.into()),
    }
}

fn said(text: &str) -> Mark {
    Mark::Transcript {
        text: Some(text.into()),
        label_confirmed: Some(false),
    }
}

#[test]
fn a_flag_and_its_note_are_one_revision_and_what_counts_stays() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.record("zero", 1, &ramp(0, 100));
    let before = booth.sidecar(&take);
    booth.send(annotate(&take, flag("café, 猫")));
    let told = booth.told();
    let annotated = FromWriter::Annotated {
        take_ref: take.clone(),
    };
    assert_eq!(told.last(), Some(&annotated));
    let after = booth.sidecar(&take);
    assert_eq!(
        (after.flagged, after.note.as_deref()),
        (true, Some("café, 猫"))
    );
    assert_eq!(
        (after.status, after.decided_by),
        (before.status, before.decided_by)
    );
    assert_eq!(after.quality, before.quality);
    let [change] = &after.history[..] else {
        panic!("one change, not {:?}", after.history)
    };
    assert_eq!((after.revision, change.by), (2, DecidedBy::Operator));
    booth.send(annotate(&take, Mark::Unflag));
    let after = booth.sidecar(&take);
    assert_eq!(
        (after.flagged, after.note, after.revision),
        (false, None, 3)
    );
    assert_eq!(
        after.history[1].from["note"], "café, 猫",
        "nothing is forgotten"
    );
    booth.shut_down();
    check::corpus(corpus.path());
}

#[test]
fn a_transcript_stands_beside_the_prompt_and_its_label_is_not_trusted_until_confirmed() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.record("zero", 1, &ramp(0, 100));
    let before = booth.sidecar(&take);
    booth.send(annotate(&take, said("oh")));
    let after = booth.sidecar(&take);
    assert_eq!(after.transcript.as_deref(), Some("oh"));
    assert_eq!(after.label_confirmed, Some(false));
    assert_eq!(after.prompt, before.prompt);
    booth.send(annotate(&take, Mark::Label { confirmed: true }));
    assert_eq!(booth.sidecar(&take).label_confirmed, Some(true));
    booth.shut_down();
    check::corpus(corpus.path());
}

#[test]
fn a_note_on_a_take_that_is_still_open_waits_for_it() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.begin("zero", 1);
    booth.send(annotate(&take, flag("door")));
    assert_eq!(booth.told(), []);
    booth.finish(&take);
    let annotated = FromWriter::Annotated {
        take_ref: take.clone(),
    };
    assert_eq!(booth.told(), [saved(&take, Status::Accepted), annotated]);
    assert!(booth.sidecar(&take).flagged);
}

#[test]
fn a_note_on_a_take_that_is_gone_is_told_and_stops_nothing() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.record("zero", 1, &ramp(0, 100));
    booth.send(ToWriter::Delete {
        take_ref: take.clone(),
    });
    booth.told();
    booth.send(annotate(&take, flag("door")));
    let told = booth.told();
    assert!(
        matches!(
            &told[..],
            [FromWriter::Failed {
                retrying: false,
                ..
            }]
        ),
        "{told:?}"
    );
}

#[test]
fn a_scan_finds_flags_notes_and_transcripts_and_a_sidecar_from_before_them_has_none() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let take = booth.record("zero", 1, &ramp(0, 100));
    let old = booth.record("one", 1, &ramp(0, 100));
    booth.send(annotate(&take, flag("door")));
    booth.send(annotate(&take, said("oh")));
    booth.shut_down();
    let path = corpus.path().join(format!("{}.json", old.0));
    let mut fields: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    for name in ["flagged", "label_confirmed"] {
        fields.as_object_mut().unwrap().remove(name);
    }
    std::fs::write(&path, records::to_text(&fields)).unwrap();
    check::corpus(corpus.path());
    let scan = scan::takes(corpus.path(), SPEAKER).unwrap();
    let marks = |of: &TakeRef| {
        let found = scan.takes.iter().find(|take| take.take_ref == *of);
        found.unwrap().marks.clone()
    };
    assert_eq!(marks(&take).note.as_deref(), Some("door"));
    assert_eq!(marks(&take).transcript.as_deref(), Some("oh"));
    assert!(marks(&take).flagged && !marks(&old).flagged);
    assert_eq!(json!(marks(&old).label_confirmed), Value::Null);
}

#[test]
fn the_outline_of_a_take_is_its_wave_and_what_its_sidecar_says() {
    let corpus = tempfile::tempdir().unwrap();
    let mut booth = Booth::open(corpus.path());
    let samples: Vec<f32> = (0..1600)
        .map(|n| if (400..800).contains(&n) { 0.5 } else { -0.25 })
        .collect();
    let take = booth.record("zero", 1, &samples);
    let paths = voicebooth::corpus::layout::TakePaths::new(corpus.path(), &take);
    let seen = outline(&paths, 4).unwrap();
    let columns: Vec<_> = seen.columns.iter().map(|c| (c.low, c.high)).collect();
    let (quiet, loud) = ((-0.25, -0.25), (0.5, 0.5));
    assert_eq!(columns, [quiet, loud, quiet, quiet]);
    let sidecar = booth.sidecar(&take);
    let (timing, quality) = (sidecar.timing.unwrap(), sidecar.quality.unwrap());
    assert_eq!(seen.frames, sidecar.audio.unwrap().frames);
    assert_eq!(seen.start_frame, timing.key_down_frame);
    assert_eq!(seen.stop_frame, timing.key_up_frame);
    assert_eq!(
        (seen.verdict, seen.peak_dbfs),
        (Some(quality.verdict), Some(quality.peak_dbfs))
    );
    std::fs::remove_file(paths.wav()).unwrap();
    let error = outline(&paths, 4).unwrap_err().to_string();
    assert!(error.contains("zero_r1_1.wav"), "{error}");
}
