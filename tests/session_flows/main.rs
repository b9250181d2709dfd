//! What a speaker can rely on, key by key, through the pure engine.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed expectation is a failed test

mod booth;
mod checking;
mod hands_free;
mod manner;
mod practice;
mod told;

use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::recorder::messages::{
    DiskTrouble, FromCapture, FromWriter, Outcome, TakeDraft, ToCapture, ToWriter,
};
use voicebooth::session::messages::{DeviceFact, Effect, Input, PlaybackFact, Signal};
use voicebooth::session::setup::{Review, Setup};
use voicebooth::session::view::{Dialog, ItemState, Mode, Notice, Phase};
use voicebooth::session::{Command, FromFace};

use booth::{Booth, fact, setup, source};

#[test]
fn space_starts_and_space_stops_at_the_very_instants_of_the_keys() {
    let mut booth = Booth::new(&["one", "two"]);
    let down = booth.space().now;
    let draft = booth.begun();
    assert!(
        booth.has(|e| matches!(e, Effect::Capture(ToCapture::Begin { at, .. }) if *at == down))
    );
    assert_eq!(
        (draft.take, draft.position, draft.prompt.text.as_str()),
        (1, 1, "one")
    );
    assert_eq!(booth.view().phase, Phase::Recording);
    let up = booth.space().now;
    assert_eq!(
        booth.ended(),
        Some((draft.take_ref, up, Outcome::ByVerdict))
    );
}

#[test]
fn every_prompt_that_is_shown_is_noted_also_the_first() {
    let mut booth = Booth::new(&["one", "two"]);
    booth.space();
    assert!(booth.has(|e| matches!(e, Effect::Note(note) if note.event == "shown")));
    assert!(booth.begun().shown_at.is_some());
}

#[test]
fn the_next_prompt_is_up_at_once_and_saving_goes_on_behind_it() {
    let mut booth = Booth::new(&["one", "two"]);
    booth.record();
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("two", Phase::Idle)
    );
    assert_eq!(booth.view().saving, 1);
}

#[test]
fn a_press_during_saving_starts_the_next_take() {
    let mut booth = Booth::new(&["one", "two"]);
    let first = booth.record();
    let second = booth.space().begun();
    assert_eq!(second.prompt.text, "two");
    booth
        .close(&first, Verdict::Fine, "", Status::Accepted)
        .save(&first, Status::Accepted);
    assert_eq!(booth.view().phase, Phase::Recording);
    assert_eq!(booth.text(), "two");
}

#[test]
fn a_disk_that_is_quicker_than_the_verdict_changes_nothing() {
    let mut booth = Booth::new(&["one"]);
    let take = booth.record();
    booth.save(&take, Status::Accepted);
    assert_eq!(booth.view().phase, Phase::Closing);
    booth.close(&take, Verdict::Fine, "", Status::Accepted);
    assert_eq!(booth.view().phase, Phase::Done);
}

#[test]
fn after_the_last_item_the_session_is_done_when_everything_is_saved() {
    let mut booth = Booth::new(&["one"]);
    let take = booth.record();
    assert_eq!(booth.view().phase, Phase::Closing);
    booth.close(&take, Verdict::Fine, "", Status::Accepted);
    assert_eq!(booth.view().phase, Phase::Closing);
    booth.save(&take, Status::Accepted);
    assert_eq!(booth.view().phase, Phase::Done);
    let summary = booth.engine.summary(String::new(), String::new());
    assert!(summary.complete);
    assert_eq!(
        (summary.recorded, summary.skipped, summary.remaining),
        (1, 0, 0)
    );
    assert!((summary.minutes - 1.0 / 60.0).abs() < 1e-9);
}

#[test]
fn a_redo_is_a_new_take_and_the_old_one_counts_until_the_new_one_is_saved() {
    let mut booth = Booth::new(&["one", "two"]);
    let old = booth.record_and_save();
    booth.press(Command::Redo);
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("one", Phase::Idle)
    );
    let draft = booth.space().begun();
    assert_eq!(draft.take, 2);
    assert_eq!(draft.supersedes, Some(old.clone()));
    booth
        .space()
        .close(&draft.take_ref, Verdict::Fine, "", Status::Accepted);
    assert_eq!(booth.decided(), []);
    booth.save(&draft.take_ref, Status::Accepted);
    assert_eq!(booth.decided(), [(old, Status::Superseded)]);
    assert_eq!(booth.text(), "two");
    assert_eq!(booth.engine.summary(String::new(), String::new()).redone, 1);
}

#[test]
fn redo_while_recording_rejects_the_take_and_starts_again_at_that_very_key() {
    let mut booth = Booth::new(&["one"]);
    let first = booth.space().begun().take_ref;
    let key = booth.after_ms(300).press(Command::Redo).now;
    let (ended, at, outcome) = booth.ended().unwrap();
    assert_eq!((ended, at), (first.clone(), key));
    assert_eq!(
        outcome,
        Outcome::Rejected {
            reason: "restarted"
        }
    );
    assert!(booth.has(|e| matches!(e, Effect::Capture(ToCapture::Begin { at, .. }) if *at == key)));
    assert_eq!(booth.begun().take, 2);
    booth.close(&first, Verdict::Fine, "", Status::Rejected);
    assert_eq!(
        (booth.view().phase, booth.view().item),
        (Phase::Recording, ItemState::Open)
    );
}

#[test]
fn escape_cancels_the_take_and_the_item_stays() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.space().begun().take_ref;
    booth.after_ms(100).press(Command::Cancel);
    assert_eq!(
        booth.ended().unwrap().2,
        Outcome::Rejected {
            reason: "cancelled"
        }
    );
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("one", Phase::Idle)
    );
    booth
        .close(&take, Verdict::Fine, "", Status::Rejected)
        .save(&take, Status::Rejected);
    assert_eq!(booth.view().item, ItemState::Open);
    assert_eq!(booth.begun_after_space().take, 2);
}

impl Booth {
    fn begun_after_space(&mut self) -> TakeDraft {
        self.space().begun()
    }
}

#[test]
fn undo_takes_back_an_accepted_take_and_goes_to_its_item() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.record_and_save();
    booth.press(Command::Undo);
    assert_eq!(booth.decided(), [(take, Status::Unreviewed)]);
    assert_eq!(
        (booth.text().as_str(), booth.view().item),
        ("one", ItemState::Open)
    );
}

#[test]
fn undo_of_a_redo_makes_the_old_take_count_again() {
    let mut booth = Booth::new(&["one", "two"]);
    let old = booth.record_and_save();
    booth.press(Command::Redo);
    let new = booth.record_and_save();
    booth.press(Command::Undo);
    assert_eq!(
        booth.decided(),
        [(new, Status::Unreviewed), (old, Status::Accepted)]
    );
    assert_eq!(booth.view().item, ItemState::Recorded);
}

#[test]
fn a_redo_at_once_names_the_take_that_it_replaces_before_that_counts() {
    let mut booth = Booth::new(&["one", "two"]);
    let old = booth.record();
    booth.press(Command::Redo);
    let draft = booth.space().begun();
    assert_eq!(draft.supersedes, Some(old.clone()));
    booth
        .close(&old, Verdict::Fine, "", Status::Accepted)
        .save(&old, Status::Accepted);
    booth
        .space()
        .close(&draft.take_ref, Verdict::Fine, "", Status::Accepted);
    booth.save(&draft.take_ref, Status::Accepted);
    assert_eq!(booth.decided(), [(old, Status::Superseded)]);
}

#[test]
fn undo_right_after_the_stop_takes_back_that_very_take() {
    let mut booth = Booth::new(&["one", "two", "three"]);
    booth.record_and_save();
    let second = booth.record();
    booth.press(Command::Undo);
    assert_eq!(booth.text(), "two");
    assert_eq!(booth.decided(), [], "the take is not on the disk yet");
    booth
        .close(&second, Verdict::Fine, "", Status::Accepted)
        .save(&second, Status::Accepted);
    assert_eq!(booth.decided(), [(second, Status::Rejected)]);
    assert_eq!(booth.view().item, ItemState::Open);
}

#[test]
fn undo_with_nothing_to_undo_says_so() {
    let mut booth = Booth::new(&["one"]);
    booth.press(Command::Undo);
    assert_eq!(booth.view().notice, Some(Notice::NothingToUndo));
}

#[test]
fn skip_asks_why_and_goes_on() {
    let mut booth = Booth::new(&["one", "two"]);
    booth.press(Command::Skip);
    assert_eq!(booth.view().dialog, Some(Dialog::SkipReason));
    booth.press(Command::Choose(2));
    assert!(booth.has(|e| matches!(
        e,
        Effect::Write(ToWriter::Skip { reason: "wrong_text", draft }) if draft.prompt.text == "one"
    )));
    assert_eq!((booth.text().as_str(), booth.view().dialog), ("two", None));
}

#[test]
fn a_skip_can_be_left_and_can_be_undone() {
    let mut booth = Booth::new(&["one", "two"]);
    booth.press(Command::Skip).press(Command::Cancel);
    assert_eq!((booth.text().as_str(), booth.view().dialog), ("one", None));
    booth
        .press(Command::Skip)
        .press(Command::Choose(1))
        .press(Command::Undo);
    assert_eq!(booth.decided().len(), 1);
    assert_eq!(
        (booth.text().as_str(), booth.view().item),
        ("one", ItemState::Open)
    );
}

#[test]
fn a_skipped_item_that_had_a_take_no_longer_counts_it() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.record_and_save();
    booth
        .press(Command::Previous)
        .press(Command::Skip)
        .press(Command::Choose(3));
    assert_eq!(booth.decided(), [(take.clone(), Status::Rejected)]);
    booth.press(Command::Undo);
    assert_eq!(booth.decided()[1], (take, Status::Accepted));
    assert_eq!(booth.view().item, ItemState::Recorded);
}

#[test]
fn delete_asks_first_and_then_the_take_is_gone_for_good() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.record_and_save();
    booth.press(Command::Delete);
    assert_eq!(
        booth.view().dialog,
        Some(Dialog::ConfirmDelete("one".into()))
    );
    booth.press(Command::No);
    assert!(booth.view().dialog.is_none() && booth.effects.is_empty());
    booth.press(Command::Delete).press(Command::Yes);
    assert!(
        booth.has(
            |e| matches!(e, Effect::Write(ToWriter::Delete { take_ref }) if *take_ref == take)
        )
    );
    assert_eq!(
        (booth.text().as_str(), booth.view().item),
        ("one", ItemState::Open)
    );
    booth.press(Command::Undo);
    assert_eq!(
        booth.view().notice,
        Some(Notice::NothingToUndo),
        "what is gone cannot count again"
    );
}

#[test]
fn a_deleted_take_number_is_not_used_again() {
    let mut booth = Booth::new(&["one", "two"]);
    booth.record_and_save();
    booth.press(Command::Delete).press(Command::Yes);
    assert_eq!(booth.space().begun().take, 2);
}

#[test]
fn deleting_a_take_that_is_being_saved_waits_until_it_is_saved() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.record();
    booth.press(Command::Delete).press(Command::Yes);
    assert!(!booth.has(|e| matches!(e, Effect::Write(ToWriter::Delete { .. }))));
    booth
        .close(&take, Verdict::Fine, "", Status::Accepted)
        .save(&take, Status::Accepted);
    assert!(booth.has(|e| matches!(e, Effect::Write(ToWriter::Delete { .. }))));
    assert_eq!(booth.view().item, ItemState::Open);
}

#[test]
fn the_arrows_move_and_a_recorded_item_can_be_read_again() {
    let mut booth = Booth::new(&["one", "two", "three"]);
    let old = booth.record_and_save();
    booth.press(Command::Next);
    assert_eq!(booth.text(), "three");
    booth.press(Command::Previous).press(Command::Previous);
    assert_eq!(
        (booth.text().as_str(), booth.view().item),
        ("one", ItemState::Recorded)
    );
    booth.press(Command::Previous);
    assert_eq!(
        (booth.text().as_str(), booth.view().notice),
        ("one", Some(Notice::NoFurther))
    );
    assert_eq!(booth.space().begun().supersedes, Some(old));
    booth.space();
    assert_eq!(booth.text(), "two");
}

#[test]
fn the_screen_does_not_move_while_a_take_runs() {
    let mut booth = Booth::new(&["one", "two"]);
    booth
        .space()
        .press(Command::Next)
        .press(Command::Skip)
        .press(Command::Undo);
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("one", Phase::Recording)
    );
}

#[test]
fn a_take_with_lost_frames_is_asked_again_at_the_end_and_the_screen_does_not_jump_back() {
    let mut booth = Booth::new(&["one", "two"]);
    let bad = booth.record();
    booth.close(&bad, Verdict::Again, "lost_frames", Status::Rejected);
    booth.save(&bad, Status::Rejected);
    assert_eq!(booth.text(), "two");
    assert_eq!(booth.view().notice, Some(Notice::LostFrames("one".into())));
    booth.record_and_save();
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("one", Phase::Idle)
    );
    booth.record_and_save();
    assert_eq!(booth.view().phase, Phase::Done);
}

#[test]
fn an_item_is_asked_again_twice_at_most_by_itself() {
    let mut booth = Booth::new(&["one"]);
    for _ in 0..3 {
        assert_eq!(booth.view().phase, Phase::Idle);
        let take = booth.record();
        booth.close(&take, Verdict::Again, "silent", Status::Rejected);
        booth.save(&take, Status::Rejected);
    }
    assert_eq!(booth.view().phase, Phase::Done);
    let summary = booth.engine.summary(String::new(), String::new());
    assert!(!summary.complete);
    assert_eq!(summary.remaining, 1);
}

#[test]
fn enter_accepts_a_take_that_the_verdict_was_against() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.record();
    booth
        .close(&take, Verdict::Again, "silent", Status::Rejected)
        .save(&take, Status::Rejected);
    booth.press(Command::Accept);
    assert_eq!(booth.decided(), [(take, Status::Accepted)]);
    assert_eq!(booth.view().done, 1);
    assert_eq!(booth.text(), "two");
}

#[test]
fn with_review_always_the_next_prompt_waits_for_the_decision() {
    let setup = Setup {
        review: Review::Always,
        ..setup()
    };
    let mut booth = Booth::with(setup, &["one", "two"], &[]);
    let take = booth.record();
    assert_eq!(booth.ended().unwrap().2, Outcome::Unreviewed);
    booth
        .close(&take, Verdict::Fine, "", Status::Unreviewed)
        .save(&take, Status::Unreviewed);
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("one", Phase::Review)
    );
    booth.press(Command::Accept);
    assert_eq!(booth.decided(), [(take, Status::Accepted)]);
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("two", Phase::Idle)
    );
}

#[test]
fn with_review_always_a_redo_rejects_the_take_and_the_item_is_read_again() {
    let setup = Setup {
        review: Review::Always,
        ..setup()
    };
    let mut booth = Booth::with(setup, &["one", "two"], &[]);
    let take = booth.record();
    booth
        .close(&take, Verdict::Fine, "", Status::Unreviewed)
        .save(&take, Status::Unreviewed);
    booth.press(Command::Redo);
    assert_eq!(booth.decided(), [(take, Status::Rejected)]);
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("one", Phase::Idle)
    );
}

#[test]
fn play_waits_until_the_take_is_saved_and_space_stops_it_without_starting_a_take() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.record();
    booth.press(Command::Play);
    assert!(!booth.has(|e| matches!(e, Effect::Play(_))));
    booth
        .close(&take, Verdict::Fine, "", Status::Accepted)
        .save(&take, Status::Accepted);
    assert!(booth.has(|e| matches!(e, Effect::Play(t) if *t == take)));
    booth.tell(Input::Playback(PlaybackFact::Started));
    booth.space();
    assert!(booth.has(|e| matches!(e, Effect::StopPlaying)));
    assert_eq!(booth.view().phase, Phase::Idle);
    let until = booth.now;
    booth.tell(Input::Playback(PlaybackFact::Finished { until }));
    assert!(
        booth.has(|e| matches!(e, Effect::Capture(ToCapture::Played { until: u }) if *u == until))
    );
}

#[test]
fn space_right_after_play_stops_it_before_it_sounds_and_starts_no_take() {
    for key in [Command::StartStop, Command::HoldStart] {
        let mut booth = Booth::new(&["one", "two"]);
        booth.record_and_save();
        booth.after_ms(500).press(Command::Play);
        assert!(booth.view().playing);
        booth.after_ms(130).press(key);
        assert!(booth.has(|e| matches!(e, Effect::StopPlaying)));
        assert_eq!(booth.view().phase, Phase::Idle);
    }
}

#[test]
fn an_earlier_take_is_not_played_into_one_that_is_still_being_cut() {
    let mut booth = Booth::new(&["one", "two", "three"]);
    let first = booth.record_and_save();
    let second = booth.record();
    booth.press(Command::Previous).press(Command::Previous);
    let plays = |booth: &Booth| booth.has(|e| matches!(e, Effect::Play(t) if *t == first));
    booth.press(Command::Play);
    assert!(!plays(&booth));
    booth
        .close(&second, Verdict::Fine, "", Status::Accepted)
        .save(&second, Status::Accepted);
    assert!(plays(&booth));
}

#[test]
fn a_take_that_waits_to_be_played_is_not_played_into_the_next_one() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.record();
    booth.press(Command::Play);
    booth.space().begun();
    booth
        .close(&take, Verdict::Fine, "", Status::Accepted)
        .save(&take, Status::Accepted);
    assert!(!booth.has(|e| matches!(e, Effect::Play(_))));
    assert!(!booth.view().playing);
}

#[test]
fn a_session_goes_on_at_the_first_item_neither_accepted_nor_skipped() {
    let takes = [
        fact("one", 1, Status::Accepted),
        fact("two", 1, Status::Rejected),
        fact("three", 1, Status::Skipped),
    ];
    let mut booth = Booth::with(setup(), &["one", "two", "three", "four"], &takes);
    assert_eq!((booth.text().as_str(), booth.view().done), ("two", 2));
    assert_eq!(booth.space().begun().take, 2);
}

#[test]
fn an_edited_list_goes_on_and_a_changed_text_is_read_again() {
    let mut changed = fact("two", 1, Status::Accepted);
    changed.prompt_text = "too".into();
    let takes = [
        fact("one", 1, Status::Accepted),
        changed,
        fact("gone", 1, Status::Accepted),
    ];
    let booth = Booth::with(setup(), &["new", "one", "two"], &takes);
    assert_eq!((booth.text().as_str(), booth.view().done), ("new", 1));
}

#[test]
fn a_new_pass_begins_with_everything_open_and_supersedes_nothing() {
    let setup = Setup { pass: 2, ..setup() };
    let mut booth = Booth::with(setup, &["one"], &[fact("one", 1, Status::Accepted)]);
    let draft = booth.space().begun();
    assert_eq!((draft.pass, draft.take, draft.supersedes), (2, 1, None));
}

#[test]
fn where_a_crash_left_two_accepted_takes_the_newest_counts() {
    let takes = [
        fact("one", 1, Status::Accepted),
        fact("one", 2, Status::Accepted),
    ];
    let mut booth = Booth::with(setup(), &["one", "two"], &takes);
    booth.press(Command::Previous);
    let draft = booth.space().begun();
    assert_eq!(draft.supersedes, Some(takes[1].take_ref.clone()));
}

#[test]
fn a_timed_take_ends_by_itself_at_its_exact_length() {
    let setup = Setup {
        mode: Mode::Timed { ms: 2000 },
        ..setup()
    };
    let mut booth = Booth::with(setup, &["one", "two"], &[]);
    let down = booth.space().now;
    booth.after_ms(1990).tell(Input::Tick);
    assert!(booth.ended().is_none());
    booth.space();
    let (_, at, _) = booth.ended().expect("two seconds are over");
    assert_eq!(at.nanos_since(down), 2_000_000_000);
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("two", Phase::Idle)
    );
}

#[test]
fn holding_records_while_the_key_is_down() {
    let setup = Setup {
        mode: Mode::Hold,
        ..setup()
    };
    let mut booth = Booth::with(setup, &["one", "two"], &[]);
    booth.after_ms(10).press(Command::HoldStart);
    assert_eq!(booth.view().phase, Phase::Recording);
    booth.after_ms(700).press(Command::HoldEnd);
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("two", Phase::Idle)
    );
}

#[test]
fn a_terminal_that_reports_no_releases_toggles_and_says_so() {
    let setup = Setup {
        mode: Mode::Hold,
        ..setup()
    };
    let mut booth = Booth::with(setup, &["one", "two"], &[]);
    booth.tell(Input::Face(FromFace::NoKeyRelease));
    assert_eq!(booth.view().notice, Some(Notice::HoldUnavailable));
    assert_eq!(booth.view().mode, Mode::HoldUnavailable);
    booth.record();
    assert_eq!(booth.text(), "two");
}

#[test]
fn a_terminal_that_has_said_so_before_the_session_is_told_of_too() {
    let setup = Setup {
        mode: Mode::HoldUnavailable,
        ..setup()
    };
    let booth = Booth::with(setup, &["one"], &[]);
    assert_eq!(booth.view().notice, Some(Notice::HoldUnavailable));
}

#[test]
fn a_forgotten_stop_ends_the_take_and_the_next_prompt_comes() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.space().begun().take_ref;
    booth.cut(
        &take,
        Verdict::Look,
        "max_take",
        Status::Accepted,
        Some("max_take"),
    );
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("two", Phase::Idle)
    );
    assert_eq!(booth.view().notice, Some(Notice::TooLong("one".into())));
}

#[test]
fn a_take_that_found_no_source_leaves_nothing_to_wait_for_and_its_item_stays() {
    let mut booth = Booth::new(&["one", "two"]);
    let take_ref = booth.space().begun().take_ref;
    booth.tell(Input::Capture(FromCapture::Refused { take_ref }));
    assert_eq!(booth.text(), "one");
    assert_eq!(
        booth.view().notice,
        Some(Notice::Interrupted {
            text: "one".into(),
            cause: "no_source"
        })
    );
    assert!(!booth.view().has_last_take);
    booth.press(Command::Quit);
    assert!(booth.has(|e| matches!(e, Effect::Capture(ToCapture::Shutdown { .. }))));
}

#[test]
fn a_microphone_that_goes_away_interrupts_the_take_and_comes_back_by_itself() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.space().begun().take_ref;
    booth.tell(Input::Device(DeviceFact::Gone {
        name: "Microphone".into(),
    }));
    booth.cut(
        &take,
        Verdict::Again,
        "",
        Status::Interrupted,
        Some("device_lost"),
    );
    booth.save(&take, Status::Interrupted);
    assert_eq!(
        booth.view().dialog,
        Some(Dialog::SourceGone {
            name: "Microphone".into()
        })
    );
    assert_eq!(booth.view().phase, Phase::Opening);
    booth.tell(Input::Device(DeviceFact::Opened(source())));
    assert_eq!(
        (booth.view().dialog, booth.view().phase),
        (None, Phase::Opening)
    );
    booth.tell(Input::Capture(FromCapture::ClockReady {
        error_ms: 0.1,
        locked: true,
    }));
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("one", Phase::Idle)
    );
    assert_eq!(booth.space().begun().take, 2);
}

#[test]
fn no_take_starts_before_the_clock_is_ready() {
    let mut booth = Booth::with(
        Setup {
            clock_ready: false,
            ..setup()
        },
        &["one"],
        &[],
    );
    booth.space();
    assert_eq!(booth.view().phase, Phase::Opening);
    booth.tell(Input::Capture(FromCapture::ClockReady {
        error_ms: 5.0,
        locked: false,
    }));
    assert_eq!(booth.view().phase, Phase::Idle);
    assert_eq!(booth.view().notice, Some(Notice::ClockPoor));
}

#[test]
fn leaving_waits_until_everything_is_saved() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.record();
    booth.press(Command::Quit);
    assert!(!booth.has(|e| matches!(e, Effect::Capture(ToCapture::Shutdown { .. }))));
    booth
        .close(&take, Verdict::Fine, "", Status::Accepted)
        .save(&take, Status::Accepted);
    assert!(booth.has(|e| matches!(e, Effect::Capture(ToCapture::Shutdown { .. }))));
    booth.tell(Input::Capture(FromCapture::Ended));
    assert!(booth.has(|e| matches!(e, Effect::Write(ToWriter::Shutdown))));
    booth.tell(Input::Writer(FromWriter::Ended));
    assert!(booth.has(|e| matches!(e, Effect::Leave)));
    let summary = booth.engine.summary(String::new(), String::new());
    assert_eq!(
        (summary.recorded, summary.remaining, summary.complete),
        (1, 1, false)
    );
}

#[test]
fn leaving_while_a_take_runs_keeps_it() {
    let mut booth = Booth::new(&["one", "two"]);
    booth.space().after_ms(400).press(Command::Quit);
    assert_eq!(booth.ended().unwrap().2, Outcome::ByVerdict);
}

#[test]
fn a_signal_to_end_keeps_the_running_take_and_leaves() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.space().begun().take_ref;
    booth.tell(Input::Signal(Signal::Terminate));
    assert!(booth.has(|e| matches!(e, Effect::Capture(ToCapture::Shutdown { .. }))));
    booth.cut(
        &take,
        Verdict::Again,
        "",
        Status::Interrupted,
        Some("terminated"),
    );
    booth
        .save(&take, Status::Interrupted)
        .tell(Input::Capture(FromCapture::Ended));
    booth.tell(Input::Writer(FromWriter::Ended));
    assert!(booth.has(|e| matches!(e, Effect::Leave)));
}

#[test]
fn a_stop_by_the_system_saves_the_take_first_and_opens_the_source_anew_afterwards() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.space().begun().take_ref;
    booth.tell(Input::Signal(Signal::Stop));
    assert!(booth.has(|e| matches!(e, Effect::Capture(ToCapture::Suspended))));
    assert!(!booth.has(|e| matches!(e, Effect::Stop)));
    booth.cut(
        &take,
        Verdict::Again,
        "",
        Status::Interrupted,
        Some("suspended"),
    );
    booth.save(&take, Status::Interrupted);
    assert!(booth.has(|e| matches!(e, Effect::Stop)));
    assert_eq!(booth.view().phase, Phase::Opening);
    booth.tell(Input::Signal(Signal::Continue));
    assert!(booth.has(|e| matches!(e, Effect::Reopen)));
    booth.tell(Input::Device(DeviceFact::Opened(source())));
    booth.tell(Input::Capture(FromCapture::ClockReady {
        error_ms: 0.1,
        locked: true,
    }));
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("one", Phase::Idle)
    );
}

#[test]
fn a_full_disk_is_told_and_nothing_starts_until_it_works_again() {
    let mut booth = Booth::new(&["one", "two"]);
    let take = booth.record();
    booth.tell(Input::Writer(FromWriter::Failed {
        take_ref: Some(take),
        trouble: DiskTrouble::Full,
        text: "full".into(),
        retrying: true,
    }));
    assert_eq!(booth.view().dialog, Some(Dialog::DiskFull("full".into())));
    booth.space();
    assert_eq!(booth.view().phase, Phase::Idle);
    booth.press(Command::Accept);
    assert!(booth.has(|e| matches!(e, Effect::Write(ToWriter::Retry))));
    booth.tell(Input::Writer(FromWriter::Resumed));
    assert_eq!(booth.view().dialog, None);
    booth.space();
    assert_eq!(booth.view().phase, Phase::Recording);
}

#[test]
fn a_full_disk_while_a_take_runs_does_not_keep_the_speaker_from_stopping_it() {
    let mut booth = Booth::new(&["one", "two"]);
    booth.space();
    booth.tell(Input::Writer(FromWriter::Failed {
        take_ref: None,
        trouble: DiskTrouble::Full,
        text: "full".into(),
        retrying: true,
    }));
    booth.space();
    assert!(booth.ended().is_some());
}

#[test]
fn help_shows_all_keys_and_any_key_closes_it() {
    let mut booth = Booth::new(&["one"]);
    booth.press(Command::Help);
    assert_eq!(booth.view().dialog, Some(Dialog::Help));
    booth.space();
    assert_eq!(
        (booth.view().dialog, booth.view().phase),
        (None, Phase::Idle)
    );
}

#[test]
fn a_take_that_the_disk_cut_short_does_not_count_and_the_old_one_goes_on_counting() {
    let mut booth = Booth::new(&["one", "two"]);
    let old = booth.record_and_save();
    booth.press(Command::Redo);
    let new = booth.record();
    booth
        .close(&new, Verdict::Fine, "", Status::Accepted)
        .save(&new, Status::Interrupted);
    assert_eq!(booth.decided(), [], "the old take is not superseded");
    booth.press(Command::Previous);
    assert_eq!(booth.view().item, ItemState::Recorded);
    assert_eq!(booth.space().begun().supersedes, Some(old));
}

#[test]
fn a_terminal_that_was_found_to_report_no_releases_before_the_session_is_told_too() {
    let setup = Setup {
        mode: Mode::HoldUnavailable,
        ..setup()
    };
    let booth = Booth::with(setup, &["one"], &[]);
    assert_eq!(booth.view().notice, Some(Notice::HoldUnavailable));
}
