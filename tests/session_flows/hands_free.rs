//! Hands-free: nobody presses a key, and nothing is mislabelled.

use voicebooth::corpus::marks::Mark;
use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::recorder::messages::{
    FromCapture, Outcome, TakeDraft, TakeRef, ToCapture, ToWriter,
};
use voicebooth::session::Command;
use voicebooth::session::messages::{DeviceFact, Effect, Input, PlaybackFact};
use voicebooth::session::setup::Setup;
use voicebooth::session::view::{Mode, Notice, Phase};

use crate::booth::{Booth, setup, source};

fn hands_free(texts: &[&str]) -> Booth {
    let setup = Setup {
        mode: Mode::HandsFree,
        ..setup()
    };
    let mut booth = Booth::with(setup, texts, &[]);
    booth.tell(Input::Tick);
    booth
}

impl Booth {
    /// What is waited for since the last input.
    fn listens_for(&self) -> Option<(TakeDraft, Outcome)> {
        self.effects.iter().find_map(|e| match e {
            Effect::Capture(ToCapture::Listen { draft, outcome, .. }) => {
                Some(((**draft).clone(), outcome.clone()))
            }
            _ => None,
        })
    }

    fn rests(&self) -> bool {
        self.has(|e| matches!(e, Effect::Capture(ToCapture::Rest)))
    }

    fn speech_begins(&mut self, take_ref: &TakeRef) -> &mut Self {
        self.after_ms(400);
        let (take_ref, at) = (take_ref.clone(), self.now);
        self.tell(Input::Capture(FromCapture::SpeechBegan { take_ref, at }))
    }

    fn speech_ends(&mut self, take_ref: &TakeRef) -> &mut Self {
        self.after_ms(900);
        let (take_ref, at) = (take_ref.clone(), self.now);
        self.tell(Input::Capture(FromCapture::SpeechEnded { take_ref, at }))
    }

    /// Reads what is waited for; gives what is waited for then.
    fn reads(&mut self, draft: &TakeDraft) -> Option<TakeDraft> {
        let take = &draft.take_ref;
        let next = self.speech_begins(take).speech_ends(take).listens_for();
        next.map(|(draft, _)| draft)
    }
}

#[test]
fn each_prompt_is_waited_for_as_it_appears_and_speech_alone_leads_through_the_list() {
    let mut booth = hands_free(&["one", "two"]);
    let (one, _) = booth.listens_for().unwrap();
    assert_eq!((one.prompt.text.as_str(), one.take), ("one", 1));
    assert_eq!(
        booth.speech_begins(&one.take_ref).view().phase,
        Phase::Recording
    );
    let (two, _) = booth.speech_ends(&one.take_ref).listens_for().unwrap();
    assert_eq!(two.prompt.text, "two");
    assert_eq!(booth.text(), "two");
    booth
        .close(&one.take_ref, Verdict::Fine, "", Status::Accepted)
        .save(&one.take_ref, Status::Accepted);
    assert_eq!(booth.reads(&two), None);
    booth
        .close(&two.take_ref, Verdict::Fine, "", Status::Accepted)
        .save(&two.take_ref, Status::Accepted);
    assert_eq!(booth.view().phase, Phase::Done);
}

#[test]
fn a_prompt_appears_only_when_somebody_listens() {
    let setup = Setup {
        mode: Mode::HandsFree,
        clock_ready: false,
        ..setup()
    };
    let mut booth = Booth::with(setup, &["one"], &[]);
    assert_eq!(booth.tell(Input::Tick).view().prompt, None);
    booth.tell(Input::Capture(FromCapture::ClockReady {
        error_ms: 0.1,
        locked: true,
    }));
    assert_eq!(booth.text(), "one");
    assert!(booth.listens_for().is_some());
    booth.tell(Input::Device(DeviceFact::Gone { name: "mic".into() }));
    assert_eq!(booth.view().prompt, None);
}

#[test]
fn the_demo_speaker_is_cued_when_the_prompt_appears() {
    let booth = hands_free(&["one"]);
    assert!(booth.has(|e| matches!(e, Effect::Cue { text, .. } if text == "one")));
}

#[test]
fn what_was_waited_for_in_vain_takes_no_number() {
    let mut booth = hands_free(&["one", "two"]);
    booth.after_ms(500).press(Command::Next);
    booth.after_ms(500).press(Command::Previous);
    let (one, _) = booth.listens_for().unwrap();
    assert_eq!((one.prompt.text.as_str(), one.take), ("one", 1));
}

#[test]
fn space_pauses_and_space_goes_on_with_the_same_item() {
    let mut booth = hands_free(&["one", "two"]);
    assert!(booth.space().rests());
    assert_eq!(booth.view().phase, Phase::Paused);
    booth.after_ms(60_000).tell(Input::Tick);
    assert_eq!(booth.view().phase, Phase::Paused);
    let (one, _) = booth.space().listens_for().unwrap();
    assert_eq!(one.prompt.text, "one");
    assert_eq!(booth.view().phase, Phase::Idle);
}

#[test]
fn a_pause_in_mid_reading_gives_the_take_up_and_keeps_what_was_said() {
    let mut booth = hands_free(&["one"]);
    let (one, _) = booth.listens_for().unwrap();
    booth.speech_begins(&one.take_ref).space();
    let (take_ref, _, outcome) = booth.ended().unwrap();
    assert_eq!(take_ref, one.take_ref);
    assert!(matches!(outcome, Outcome::Rejected { .. }));
    assert_eq!(booth.view().phase, Phase::Paused);
}

#[test]
fn speech_that_begins_while_a_key_pauses_is_given_up_and_marks_nothing_as_read() {
    let mut booth = hands_free(&["one", "two"]);
    let (one, _) = booth.listens_for().unwrap();
    booth.space();
    booth.speech_begins(&one.take_ref);
    assert!(matches!(
        booth.ended(),
        Some((_, _, Outcome::Rejected { .. }))
    ));
    assert_eq!(booth.view().phase, Phase::Paused);
    let (again, _) = booth.space().listens_for().unwrap();
    assert_eq!((again.prompt.text.as_str(), again.take), ("one", 2));
}

#[test]
fn speech_that_begins_while_a_key_moves_on_is_not_taken_for_the_next_item() {
    let mut booth = hands_free(&["one", "two"]);
    let (one, _) = booth.listens_for().unwrap();
    booth.after_ms(300).press(Command::Next);
    let (two, _) = booth.listens_for().unwrap();
    booth.speech_begins(&one.take_ref);
    let (given_up, _, outcome) = booth.ended().unwrap();
    assert_eq!(given_up, one.take_ref);
    assert!(matches!(outcome, Outcome::Rejected { .. }));
    assert_eq!(booth.text(), "two");
    let listening = booth.listens_for();
    booth.speech_begins(&two.take_ref);
    assert_eq!(booth.view().phase, Phase::Recording);
    assert_eq!(listening, None, "it is waited for already");
    // The one that was given up has used its number.
    let (one, _) = booth.speech_ends(&two.take_ref).listens_for().unwrap();
    assert_eq!((one.prompt.text.as_str(), one.take), ("one", 2));
}

#[test]
fn redo_repeats_the_last_item_and_redo_in_mid_reading_starts_over() {
    let mut booth = hands_free(&["one", "two", "three"]);
    let (one, _) = booth.listens_for().unwrap();
    let two = booth.reads(&one).unwrap();
    booth.after_ms(300).press(Command::Redo);
    let (again, _) = booth.listens_for().unwrap();
    assert_eq!((again.prompt.text.as_str(), again.take), ("one", 2));
    booth.speech_begins(&again.take_ref);
    booth.after_ms(300).press(Command::Redo);
    let (over, _) = booth.listens_for().unwrap();
    assert_eq!((over.prompt.text.as_str(), over.take), ("one", 3));
    assert_eq!(two.take, 1);
}

#[test]
fn a_question_on_the_screen_stops_the_listening_and_its_answer_resumes_it() {
    let mut booth = hands_free(&["one", "two"]);
    assert!(booth.after_ms(500).press(Command::Skip).rests());
    let (two, _) = booth
        .after_ms(500)
        .press(Command::Choose(1))
        .listens_for()
        .unwrap();
    assert_eq!(two.prompt.text, "two");
    assert!(booth.after_ms(500).press(Command::Help).rests());
    let (two, _) = booth
        .after_ms(500)
        .press(Command::Cancel)
        .listens_for()
        .unwrap();
    assert_eq!(two.prompt.text, "two");
}

#[test]
fn nothing_is_waited_for_while_a_take_is_played() {
    let mut booth = hands_free(&["one", "two"]);
    let (one, _) = booth.listens_for().unwrap();
    booth.reads(&one);
    assert!(booth.tell(Input::Playback(PlaybackFact::Started)).rests());
    let until = booth.now;
    booth.tell(Input::Playback(PlaybackFact::Finished { until }));
    assert_eq!(booth.listens_for().unwrap().0.prompt.text, "two");
}

#[test]
fn silence_first_brings_a_kind_word_and_then_a_pause() {
    let mut booth = hands_free(&["one"]);
    booth.after_ms(5_000).tell(Input::Tick);
    assert_eq!(booth.view().notice, None);
    booth.after_ms(5_000).tell(Input::Tick);
    assert_eq!(booth.view().notice, Some(Notice::TakeYourTime));
    booth.after_ms(25_000).tell(Input::Tick);
    assert_eq!(booth.view().phase, Phase::Paused);
    assert_eq!(booth.view().notice, Some(Notice::NobodySpoke));
    assert!(booth.rests());
}

#[test]
fn a_long_text_may_be_read_in_silence_first() {
    let text = "word ".repeat(200);
    let mut booth = hands_free(&[&text]);
    booth.after_ms(60_000).tell(Input::Tick);
    assert_eq!(booth.view().phase, Phase::Idle);
}

#[test]
fn three_readings_in_a_row_that_cannot_be_used_pause_with_advice() {
    let mut booth = hands_free(&["one", "two", "three", "four"]);
    let mut draft = booth.listens_for().unwrap().0;
    for _ in 0..3 {
        let next = booth.reads(&draft).unwrap();
        booth.close(&draft.take_ref, Verdict::Again, "clipped", Status::Rejected);
        draft = next;
    }
    assert_eq!(booth.view().phase, Phase::Paused);
    assert_eq!(booth.view().notice, Some(Notice::ThreeMisses));
    let (_, shown) = (booth.rests(), booth.text());
    let (next, _) = booth.space().listens_for().unwrap();
    assert_eq!(next.prompt.text, shown);
}

#[test]
fn the_third_attempt_is_the_last_and_for_the_operator() {
    let mut booth = hands_free(&["one"]);
    let mut outcomes = Vec::new();
    for _ in 0..3 {
        let (draft, outcome) = booth.listens_for().unwrap();
        outcomes.push(outcome);
        booth.reads(&draft);
        booth.close(
            &draft.take_ref,
            Verdict::Again,
            "start_cut",
            Status::Rejected,
        );
        booth.save(&draft.take_ref, Status::Rejected);
        // The pause that three failures bring.
        if booth.view().phase == Phase::Paused {
            booth.space();
        }
    }
    let by_verdict = Outcome::ByVerdict;
    assert_eq!(outcomes, [by_verdict.clone(), by_verdict, Outcome::LastTry]);
}

#[test]
fn a_microphone_that_goes_stops_the_listening_and_its_return_resumes_it() {
    let mut booth = hands_free(&["one"]);
    booth.tell(Input::Device(DeviceFact::Gone { name: "mic".into() }));
    assert!(booth.rests());
    booth.tell(Input::Device(DeviceFact::Opened(source())));
    booth.tell(Input::Capture(FromCapture::Attached(source())));
    booth.tell(Input::Capture(FromCapture::ClockReady {
        error_ms: 0.1,
        locked: true,
    }));
    assert_eq!(booth.listens_for().unwrap().0.prompt.text, "one");
}

impl Booth {
    /// Something was said that belongs to this take.
    fn is_spoken_on(&mut self, take_ref: Option<&TakeRef>) -> &mut Self {
        let take_ref = take_ref.cloned();
        self.tell(Input::Capture(FromCapture::SpokenOn { take_ref }))
    }

    /// What was flagged by the last input.
    fn flags(&self) -> Vec<TakeRef> {
        let flagged = |e: &Effect| match e {
            Effect::Write(ToWriter::Annotate { take_ref, mark, .. }) => {
                matches!(mark, Mark::Flag { .. }).then(|| take_ref.clone())
            }
            _ => None,
        };
        self.effects.iter().filter_map(flagged).collect()
    }
}

#[test]
fn what_is_said_after_the_end_flags_the_take_that_it_belongs_to() {
    let mut booth = hands_free(&["one", "two"]);
    let (one, _) = booth.listens_for().unwrap();
    booth.reads(&one);
    booth
        .close(&one.take_ref, Verdict::Fine, "", Status::Accepted)
        .save(&one.take_ref, Status::Accepted);
    booth.is_spoken_on(Some(&one.take_ref));
    assert_eq!(booth.flags(), std::slice::from_ref(&one.take_ref));
    assert_eq!(booth.text(), "two");
}

#[test]
fn a_take_that_is_still_being_saved_is_flagged_once_it_is_saved() {
    let mut booth = hands_free(&["one", "two"]);
    let (one, _) = booth.listens_for().unwrap();
    booth.reads(&one);
    booth.is_spoken_on(Some(&one.take_ref));
    assert_eq!(booth.flags(), []);
    booth.close(&one.take_ref, Verdict::Look, "spoken_on", Status::Accepted);
    assert_eq!(booth.flags(), []);
    booth.save(&one.take_ref, Status::Accepted);
    assert_eq!(booth.flags(), [one.take_ref]);
}

#[test]
fn the_take_named_is_flagged_though_another_has_begun_and_ended_since() {
    let mut booth = hands_free(&["one", "two", "three"]);
    let (one, _) = booth.listens_for().unwrap();
    let two = booth.reads(&one).unwrap();
    booth
        .close(&one.take_ref, Verdict::Fine, "", Status::Accepted)
        .save(&one.take_ref, Status::Accepted);
    booth.reads(&two);
    booth.is_spoken_on(Some(&one.take_ref));
    assert_eq!(booth.flags(), [one.take_ref]);
}

#[test]
fn what_belongs_to_no_take_that_is_kept_flags_none() {
    let mut booth = hands_free(&["one", "two"]);
    booth.is_spoken_on(None);
    assert_eq!(booth.flags(), []);
    booth.after_ms(500).press(Command::Next);
    let (two, _) = booth.listens_for().unwrap();
    booth.speech_begins(&two.take_ref);
    booth.press(Command::Cancel);
    booth.is_spoken_on(Some(&two.take_ref));
    assert_eq!(booth.flags(), []);
}

#[test]
fn after_the_last_reading_nobody_listens_any_more() {
    let mut booth = hands_free(&["one"]);
    let (one, _) = booth.listens_for().unwrap();
    booth.speech_begins(&one.take_ref);
    assert!(!booth.rests(), "the reading is heard to its end");
    booth.speech_ends(&one.take_ref);
    assert!(booth.rests());
}
