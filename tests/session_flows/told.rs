//! What a study tells within a session: instructions, and the offer of a rest. Never in a take, never on looking around.

use std::collections::BTreeMap;
use std::sync::Arc;

use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::prompts::PromptList;
use voicebooth::recorder::messages::{SessionEvent, ToCapture};
use voicebooth::session::Command;
use voicebooth::session::messages::{DeviceFact, Effect, Input};
use voicebooth::session::setup::Setup;
use voicebooth::session::view::{Dialog, Mode, Phase};
use voicebooth::study::{Breaks, Instructions, Script};

use crate::booth::{Booth, fact, list, setup, source};

/// Two words of a section `a` and two of a section `b`.
fn in_sections() -> Arc<PromptList> {
    let mut list = (*list(&["one", "two", "three", "four"])).clone();
    for (prompt, section) in list.prompts.iter_mut().zip(["a", "a", "b", "b"]) {
        prompt.section = Some(section.into());
    }
    Arc::new(list)
}

fn instructing() -> Script {
    let sections = [("a", "Read slowly."), ("b", "Read fast.")];
    Script {
        instructions: Instructions {
            start: Some("Welcome.".into()),
            sections: sections
                .map(|(name, words)| (name.into(), words.into()))
                .into(),
            end: Some("Goodbye.".into()),
        },
        ..Script::default()
    }
}

fn resting(every_items: Option<u32>, every_minutes: Option<u32>) -> Script {
    let text = None;
    Script {
        breaks: Some(Breaks {
            every_items,
            every_minutes,
            text,
        }),
        ..Script::default()
    }
}

fn told(script: Script, change: impl FnOnce(&mut Setup)) -> Setup {
    let mut setup = Setup {
        script: Arc::new(script),
        ..setup()
    };
    change(&mut setup);
    setup
}

impl Booth {
    /// The instructions that are up.
    fn told(&self) -> Option<String> {
        match self.view().dialog {
            Some(Dialog::Instructions(words)) => Some(words),
            _ => None,
        }
    }

    fn rests_now(&self) -> bool {
        matches!(self.view().dialog, Some(Dialog::Rest(None)))
    }

    fn told_event(&self, event: &str) -> Option<SessionEvent> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Note(noted) if noted.event == event => Some(noted.clone()),
            _ => None,
        })
    }

    fn enter(&mut self) -> &mut Self {
        self.after_ms(500).press(Command::Accept)
    }
}

#[test]
fn instructions_come_before_the_first_item_and_before_each_section() {
    let mut booth = Booth::reading(in_sections(), told(instructing(), |_| {}), &[]);
    assert_eq!(booth.told().as_deref(), Some("Welcome."));
    booth.tell(Input::Tick);
    assert!(
        booth
            .told_event("instructions_shown")
            .unwrap()
            .data
            .is_empty()
    );
    assert!(
        booth.told_event("shown").is_none(),
        "the item is still behind it"
    );
    booth.space();
    assert_eq!(booth.told().as_deref(), Some("Read slowly."));
    assert_eq!(
        booth.told_event("instructions_shown").unwrap().data["section"],
        "a"
    );
    booth.enter();
    assert_eq!(booth.told(), None);
    assert!(booth.told_event("shown").is_some());
    booth.record_and_save();
    assert_eq!(booth.told(), None);
    booth.record_and_save();
    assert_eq!(booth.told().as_deref(), Some("Read fast."));
    booth.enter();
    assert_eq!(booth.text(), "three");
    assert_eq!(booth.record().0.as_ref(), "recordings/s/t/three_r1_1");
}

#[test]
fn a_session_that_goes_on_in_a_section_tells_that_sections_instructions() {
    let done = ["one", "two", "three"].map(|text| fact(text, 1, Status::Accepted));
    let mut booth = Booth::reading(in_sections(), told(instructing(), |_| {}), &done);
    assert_eq!(booth.told().as_deref(), Some("Welcome."));
    booth.enter();
    assert_eq!(booth.told().as_deref(), Some("Read fast."));
    booth.enter();
    assert_eq!(booth.text(), "four");
}

#[test]
fn looking_around_tells_nothing() {
    let mut booth = Booth::reading(in_sections(), told(instructing(), |_| {}), &[]);
    booth.enter().enter();
    for _ in 0..3 {
        booth.press(Command::Next);
        assert_eq!(booth.told(), None);
    }
    assert_eq!(booth.text(), "four");
}

#[test]
fn keys_do_nothing_else_while_a_page_is_up() {
    let mut booth = Booth::reading(in_sections(), told(instructing(), |_| {}), &[]);
    for command in [
        Command::Next,
        Command::Skip,
        Command::Redo,
        Command::Cancel,
        Command::Play,
    ] {
        booth.press(command);
        assert_eq!(booth.told().as_deref(), Some("Welcome."));
    }
    booth.press(Command::Quit);
    assert_eq!(booth.view().phase, Phase::Closing);
}

#[test]
fn the_check_comes_between_the_start_and_the_section() {
    let setup = told(instructing(), |setup| setup.check = true);
    let mut booth = Booth::reading(in_sections(), setup, &[]);
    booth.tell(Input::Tick);
    assert_eq!(booth.told().as_deref(), Some("Welcome."));
    booth.enter();
    assert!(matches!(booth.view().dialog, Some(Dialog::Check(_))));
    booth.space();
    assert_eq!(booth.told().as_deref(), Some("Read slowly."));
}

#[test]
fn hands_free_listens_only_when_no_page_is_up() {
    let setup = told(instructing(), |setup| setup.mode = Mode::HandsFree);
    let mut booth = Booth::reading(in_sections(), setup, &[]);
    let listens =
        |booth: &Booth| booth.has(|e| matches!(e, Effect::Capture(ToCapture::Listen { .. })));
    booth.tell(Input::Tick);
    assert!(!listens(&booth));
    booth.enter();
    assert!(!listens(&booth), "the section's page is up");
    booth.enter();
    assert!(listens(&booth));
}

#[test]
fn what_a_lost_microphone_covers_comes_back_after_it() {
    let mut booth = Booth::reading(in_sections(), told(instructing(), |_| {}), &[]);
    let name = "Microphone".into();
    booth.tell(Input::Device(DeviceFact::Gone { name }));
    assert!(matches!(
        booth.view().dialog,
        Some(Dialog::SourceGone { .. })
    ));
    booth.tell(Input::Device(DeviceFact::Opened(source())));
    booth.tell(Input::Capture(
        voicebooth::recorder::messages::FromCapture::ClockReady {
            locked: true,
            error_ms: 0.1,
        },
    ));
    assert_eq!(booth.told().as_deref(), Some("Welcome."));
}

#[test]
fn a_rest_is_offered_after_so_many_items_counted_from_the_last_one() {
    let texts = ["one", "two", "three", "four", "five"];
    let mut booth = Booth::with(told(resting(Some(2), None), |_| {}), &texts, &[]);
    booth.record_and_save();
    assert!(!booth.rests_now());
    booth.record();
    assert!(booth.rests_now());
    assert_eq!(booth.told_event("break_offered").unwrap().data["items"], 2);
    booth.space();
    assert!(booth.rests_now(), "the start key alone does not end it");
    booth.enter();
    assert!(booth.told_event("break_ended").is_some());
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("three", Phase::Idle)
    );
    booth.record_and_save();
    assert!(!booth.rests_now());
    booth.record_and_save();
    assert!(booth.rests_now());
}

#[test]
fn a_rest_after_minutes_comes_when_the_take_is_over_and_counts_from_the_end_of_the_last() {
    let texts = ["one", "two", "three", "four"];
    let mut booth = Booth::with(told(resting(None, Some(10)), |_| {}), &texts, &[]);
    booth.space().after_ms(11 * 60_000).tell(Input::Tick);
    assert_eq!(
        (booth.view().phase, booth.view().dialog),
        (Phase::Recording, None)
    );
    booth.space();
    assert!(booth.rests_now());
    booth.after_ms(30 * 60_000).enter();
    booth.record_and_save();
    assert!(!booth.rests_now(), "the rest itself is no work");
}

#[test]
fn no_rest_is_offered_when_everything_is_done() {
    let mut booth = Booth::with(told(resting(Some(1), None), |_| {}), &["one"], &[]);
    booth.record_and_save();
    assert_eq!(
        (booth.view().phase, booth.view().dialog),
        (Phase::Done, None)
    );
}

#[test]
fn a_verdict_that_comes_during_a_rest_leaves_the_rest_alone() {
    let mut booth = Booth::with(told(resting(Some(1), None), |_| {}), &["one", "two"], &[]);
    let take = booth.record();
    booth.close(&take, Verdict::Again, "no_speech", Status::Rejected);
    booth.save(&take, Status::Rejected);
    assert!(booth.rests_now());
    booth.enter();
    assert_eq!(booth.text(), "two");
}

#[test]
fn the_last_words_are_for_who_has_read_everything() {
    let setup = || told(instructing(), |_| {});
    let mut booth = Booth::with(setup(), &["one", "two"], &[]);
    booth.enter();
    let summary = |booth: &Booth| booth.engine.summary(String::new(), String::new());
    booth.record_and_save();
    assert_eq!(summary(&booth).closing, None);
    booth.record_and_save();
    assert_eq!(summary(&booth).closing.as_deref(), Some("Goodbye."));
}

#[test]
fn a_section_without_instructions_tells_nothing() {
    let mut script = instructing();
    script.instructions.sections = BTreeMap::new();
    let mut booth = Booth::reading(in_sections(), told(script, |_| {}), &[]);
    booth.enter();
    assert_eq!(booth.told(), None);
    booth.record_and_save();
    booth.record_and_save();
    assert_eq!(booth.told(), None);
}
