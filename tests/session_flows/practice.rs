//! Practice: read and judged before it counts, and nothing of it is kept.

use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::recorder::messages::{
    FromCapture, Outcome, PRACTICE, TakeRef, ToCapture, ToWriter,
};
use voicebooth::session::Command;
use voicebooth::session::messages::{Effect, Input};
use voicebooth::session::setup::{Review, Setup};
use voicebooth::session::view::{AfterPractice, Mode, Notice, Phase};

use crate::booth::{Booth, fact, setup};

fn booth() -> Booth {
    Booth::practising(setup(), &["p", "q"], &["one", "two"], &[])
}

fn told(booth: &Booth) -> Option<(Option<&'static str>, AfterPractice)> {
    match booth.view().notice {
        Some(Notice::Practised { trouble, then }) => Some((trouble, then)),
        _ => None,
    }
}

impl Booth {
    /// Reads the practice that is up; it is judged so.
    fn practise(&mut self, verdict: Verdict, warning: &str) -> TakeRef {
        let take = self.record();
        let status = match verdict {
            Verdict::Again => Status::Rejected,
            _ => Status::Accepted,
        };
        self.close(&take, verdict, warning, status);
        take
    }

    fn noted(&self, event: &str) -> bool {
        self.has(|e| matches!(e, Effect::Note(note) if note.event == event))
    }

    fn writes(&self) -> bool {
        self.has(|e| matches!(e, Effect::Write(_)))
    }
}

#[test]
fn practice_comes_first_and_is_counted_for_itself() {
    let mut booth = booth();
    let view = booth.view();
    assert_eq!(
        (view.practice, view.position, view.total, view.done),
        (true, 1, 2, 0)
    );
    assert_eq!(booth.text(), "p");
    booth.practise(Verdict::Fine, "");
    let view = booth.view();
    assert_eq!(
        (view.practice, view.position, view.total, view.done),
        (true, 2, 2, 1)
    );
    assert_eq!(told(&booth), Some((None, AfterPractice::Another)));
    booth.practise(Verdict::Fine, "");
    assert_eq!(told(&booth), Some((None, AfterPractice::Items)));
    let view = booth.view();
    assert_eq!(
        (view.practice, view.position, view.total, view.done),
        (false, 1, 2, 0)
    );
    assert_eq!(booth.text(), "one");
}

#[test]
fn a_practice_is_told_to_nobody_who_writes() {
    let mut booth = booth();
    booth.space();
    let draft = booth.begun();
    assert_eq!(draft.role, PRACTICE);
    assert!(!booth.noted("key_down"), "its take is in no folder");
    booth.space();
    assert!(!booth.noted("key_up"));
    booth.close(&draft.take_ref, Verdict::Fine, "", Status::Accepted);
    assert!(booth.noted("practised") && !booth.writes());
    let summary = booth.engine.summary(String::new(), String::new());
    assert_eq!(
        (summary.recorded, summary.remaining, summary.skipped),
        (0, 2, 0)
    );
    assert!(summary.minutes < f64::EPSILON);
}

#[test]
fn the_next_prompt_waits_for_the_verdict_on_a_practice() {
    let mut booth = booth();
    let take = booth.record();
    assert_eq!(
        (booth.view().phase, booth.text().as_str()),
        (Phase::Closing, "p")
    );
    booth.close(&take, Verdict::Fine, "", Status::Accepted);
    assert_eq!(
        (booth.view().phase, booth.text().as_str()),
        (Phase::Idle, "q")
    );
}

#[test]
fn a_practice_that_cannot_be_used_is_asked_once_more_and_not_twice() {
    let mut booth = booth();
    booth.practise(Verdict::Again, "clipped");
    assert_eq!(told(&booth), Some((Some("clipped"), AfterPractice::Again)));
    assert_eq!(booth.text(), "p");
    booth.practise(Verdict::Again, "silent");
    assert_eq!(told(&booth), Some((Some("silent"), AfterPractice::Another)));
    assert_eq!(booth.text(), "q");
    booth.practise(Verdict::Look, "quiet");
    assert_eq!(told(&booth), Some((Some("quiet"), AfterPractice::Items)));
    assert_eq!(booth.text(), "one");
}

#[test]
fn a_practice_is_judged_by_the_program_whoever_looks_at_takes() {
    let always = Setup {
        review: Review::Always,
        ..setup()
    };
    let mut booth = Booth::practising(always, &["p"], &["one"], &[]);
    let take = booth.record();
    assert_eq!(booth.ended().map(|end| end.2), Some(Outcome::ByVerdict));
    booth.close(&take, Verdict::Fine, "", Status::Accepted);
    assert_eq!(
        (booth.view().phase, booth.text().as_str()),
        (Phase::Idle, "one")
    );
}

#[test]
fn no_key_means_a_take_of_the_practice_afterwards() {
    let mut booth = booth();
    booth.practise(Verdict::Fine, "");
    for command in [Command::Redo, Command::Play, Command::Delete] {
        booth.press(command);
        assert_eq!(booth.view().notice, Some(Notice::NoTake));
        assert_eq!(booth.text(), "q");
    }
    booth.press(Command::Undo);
    assert_eq!(booth.view().notice, Some(Notice::NothingToUndo));
}

#[test]
fn a_practice_can_be_given_up_begun_anew_and_passed_over() {
    let mut booth = booth();
    let first = booth.space().begun().take_ref;
    booth.press(Command::Redo);
    let second = booth.begun().take_ref;
    assert_ne!(first, second);
    booth.close(&first, Verdict::Fine, "", Status::Rejected);
    assert_eq!(booth.view().phase, Phase::Recording);
    booth.press(Command::Cancel);
    booth.close(&second, Verdict::Fine, "", Status::Rejected);
    assert!(!booth.noted("practised"));
    assert_eq!(
        (booth.view().phase, booth.text().as_str()),
        (Phase::Idle, "p")
    );
    booth.press(Command::Skip);
    assert!(!booth.writes());
    assert_eq!((booth.view().dialog, booth.text().as_str()), (None, "q"));
    booth.press(Command::Skip);
    assert_eq!(booth.text(), "one");
}

#[test]
fn what_was_practised_is_over() {
    let mut booth = booth();
    booth.press(Command::Next).press(Command::Next);
    assert_eq!(booth.text(), "one");
    booth.press(Command::Previous);
    assert_eq!(
        (booth.text().as_str(), booth.view().notice),
        ("one", Some(Notice::NoFurther))
    );
    // What is left of it is not asked for any more, and neither is it in the list.
    booth.record_and_save();
    booth.record_and_save();
    assert_eq!(booth.view().phase, Phase::Done);
}

#[test]
fn a_practice_that_is_cut_short_is_still_to_be_read() {
    let mut booth = booth();
    let take = booth.space().begun().take_ref;
    booth.cut(
        &take,
        Verdict::Look,
        "",
        Status::Interrupted,
        Some("device_lost"),
    );
    assert_eq!(
        (booth.view().phase, booth.text().as_str()),
        (Phase::Idle, "p")
    );
    assert!(matches!(
        booth.view().notice,
        Some(Notice::Interrupted { .. })
    ));
    let take = booth.space().begun().take_ref;
    booth.cut(
        &take,
        Verdict::Look,
        "max_take",
        Status::Accepted,
        Some("max_take"),
    );
    assert_eq!(booth.text(), "q");
}

#[test]
fn leaving_in_the_midst_of_a_practice_leaves() {
    let mut booth = booth();
    let take = booth.space().begun().take_ref;
    booth.press(Command::Quit);
    booth.close(&take, Verdict::Fine, "", Status::Accepted);
    assert!(booth.has(|e| matches!(e, Effect::Capture(ToCapture::Shutdown { .. }))));
}

#[test]
fn hands_free_a_practice_is_read_like_any_other() {
    let hands_free = Setup {
        mode: Mode::HandsFree,
        ..setup()
    };
    let mut booth = Booth::practising(hands_free, &["p"], &["one"], &[]);
    booth.tell(Input::Tick);
    let listens = |booth: &Booth| {
        booth.effects.iter().find_map(|e| match e {
            Effect::Capture(ToCapture::Listen { draft, .. }) => Some((**draft).clone()),
            _ => None,
        })
    };
    let draft = listens(&booth).unwrap();
    assert_eq!(draft.role, PRACTICE);
    let (take_ref, at) = (draft.take_ref.clone(), booth.now);
    booth.tell(Input::Capture(FromCapture::SpeechBegan { take_ref, at }));
    let (take_ref, at) = (draft.take_ref.clone(), booth.now);
    booth.tell(Input::Capture(FromCapture::SpeechEnded { take_ref, at }));
    booth.close(&draft.take_ref, Verdict::Fine, "", Status::Accepted);
    assert_eq!(listens(&booth).unwrap().role, "item");
}

#[test]
fn who_has_read_everything_practises_nothing() {
    let done = [fact("one", 1, Status::Accepted)];
    let booth = Booth::practising(setup(), &["p"], &["one"], &done);
    assert_eq!(booth.view().phase, Phase::Done);
    assert!(!booth.has(|e| matches!(e, Effect::Write(ToWriter::Skip { .. }))));
}
