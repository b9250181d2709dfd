//! Flags, remarks and transcripts.

use voicebooth::corpus::marks::{Mark, Marks};
use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::session::Command;
use voicebooth::session::setup::Review;
use voicebooth::session::view::{Dialog, Notice, Phase};

use crate::booth::Booth;

#[test]
fn f_flags_with_a_remark_and_f_again_takes_both_back() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let take = booth.reviewed();
    booth.press(Command::Flag);
    assert!(matches!(booth.view().dialog, Some(Dialog::Note(_))));
    assert_eq!(booth.noted(), []);
    booth.text(" a door ");
    let note = Some("a door".to_owned());
    assert_eq!(
        booth.noted(),
        [(take.clone(), Mark::Flag { note: note.clone() })]
    );
    assert!(booth.view().marks.flagged && booth.view().phase == Phase::Review);
    assert_eq!(booth.view().review.unwrap().marks.note, note);
    booth.press(Command::Flag);
    assert_eq!(booth.noted(), [(take, Mark::Unflag)]);
    assert_eq!(booth.view().review.unwrap().marks, Marks::default());
}

#[test]
fn a_flag_needs_no_remark_and_escape_flags_nothing() {
    let mut booth = Booth::new(Review::OnWarning, &["one", "two"]);
    let take = booth.accepted();
    booth.press(Command::Flag).press(Command::Cancel);
    assert_eq!(
        (booth.view().dialog, booth.view().marks.flagged),
        (None, false)
    );
    booth.press(Command::Flag).text("");
    assert_eq!(booth.noted(), [(take, Mark::Flag { note: None })]);
    assert_eq!(booth.prompt(), "two", "the screen stays where it is");
}

#[test]
fn a_flag_on_a_take_that_is_being_saved_is_written_when_it_is_saved_whatever_becomes_of_it() {
    for status in [Status::Accepted, Status::Interrupted] {
        let mut booth = Booth::new(Review::OnWarning, &["one", "two"]);
        let take = booth.record();
        booth.press(Command::Flag).text("door");
        assert_eq!(booth.noted(), []);
        booth.close(&take, Verdict::Fine, Status::Accepted);
        booth.save(&take, status);
        assert_eq!(booth.noted().len(), 1, "{status:?}");
    }
}

#[test]
fn without_a_take_there_is_nothing_to_flag_or_to_write_down() {
    for command in [Command::Flag, Command::Transcribe] {
        let mut booth = Booth::new(Review::OnWarning, &["one"]);
        booth.press(command);
        assert_eq!(booth.view().notice, Some(Notice::NoTake));
        assert_eq!(booth.view().dialog, None);
    }
}

fn begins_with(booth: &Booth) -> String {
    match booth.view().dialog {
        Some(Dialog::Transcript(asked)) => asked.begin_with,
        other => panic!("a transcript is asked for, not {other:?}"),
    }
}

#[test]
fn a_transcript_begins_with_the_prompt_and_its_label_is_trusted_again_by_a_yes_only() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let take = booth.reviewed();
    booth.press(Command::Transcribe);
    assert_eq!(begins_with(&booth), "one");
    booth.text("uno");
    let transcript = Mark::Transcript {
        text: Some("uno".into()),
        label_confirmed: Some(false),
    };
    assert_eq!(booth.noted(), [(take.clone(), transcript)]);
    assert!(matches!(
        booth.view().dialog,
        Some(Dialog::ConfirmLabel { .. })
    ));
    booth.press(Command::Accept);
    assert_eq!((booth.noted(), booth.view().dialog), (vec![], None));
    assert_eq!(
        booth.view().review.unwrap().marks.label_confirmed,
        Some(false)
    );

    booth.press(Command::Transcribe);
    assert_eq!(begins_with(&booth), "uno");
    booth.text("uno").press(Command::Yes);
    assert_eq!(booth.noted(), [(take, Mark::Label { confirmed: true })]);
    assert_eq!(
        booth.view().review.unwrap().marks.label_confirmed,
        Some(true)
    );
    assert_eq!(booth.prompt(), "one", "the prompt is not touched");
}

#[test]
fn a_transcript_that_nobody_changed_writes_nothing_and_an_empty_one_takes_it_back() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let take = booth.reviewed();
    for words in ["one", ""] {
        booth.press(Command::Transcribe).text(words);
        assert_eq!(
            (booth.noted(), booth.view().dialog),
            (vec![], None),
            "{words:?}"
        );
    }
    booth
        .press(Command::Transcribe)
        .text("uno")
        .press(Command::No);
    booth.press(Command::Transcribe).text("");
    let nothing = Mark::Transcript {
        text: None,
        label_confirmed: None,
    };
    assert_eq!(booth.noted(), [(take, nothing)]);
    assert_eq!(booth.view().review.unwrap().marks, Marks::default());
    assert_eq!(booth.view().notice, Some(Notice::NoTranscript));
}

#[test]
fn another_transcript_puts_a_confirmed_label_in_doubt_again() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    booth.reviewed();
    booth
        .press(Command::Transcribe)
        .text("uno")
        .press(Command::Yes);
    booth
        .press(Command::Transcribe)
        .text("due")
        .press(Command::No);
    assert_eq!(
        booth.view().review.unwrap().marks.label_confirmed,
        Some(false)
    );
}

#[test]
fn while_a_take_runs_nothing_is_listed_flagged_or_written_down() {
    let mut booth = Booth::new(Review::OnWarning, &["one", "two"]);
    booth.accepted();
    booth.press(Command::StartStop);
    for command in [Command::Flag, Command::Transcribe, Command::List] {
        booth.press(command);
        assert_eq!(
            (booth.view().phase, booth.view().dialog),
            (Phase::Recording, None)
        );
    }
}

#[test]
fn a_deleted_take_takes_its_flag_along() {
    let mut booth = Booth::new(Review::OnWarning, &["one", "two"]);
    booth.accepted();
    booth.press(Command::Flag).text("door");
    booth.press(Command::Delete).press(Command::Yes);
    booth.press(Command::List);
    let row = booth.items().rows[0].clone();
    assert_eq!(
        (row.flagged, row.to_redo, row.verdict),
        (false, false, None)
    );
}
