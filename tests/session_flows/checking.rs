//! The microphone check: before the first item, whenever it is asked for, and when takes fail for its reasons.

use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::recorder::messages::{FromCapture, Outcome, TakeDraft, TakeRef, ToCapture};
use voicebooth::session::Command;
use voicebooth::session::messages::{Effect, Input};
use voicebooth::session::setup::Setup;
use voicebooth::session::view::{CheckStep, Dialog, Notice, Phase};
use voicebooth::signal::check::Advice;
use voicebooth::signal::quality::{Around, Measures, TakeMeasures};
use voicebooth::signal::utterance::Hop;
use voicebooth::signal::voice::Voicing;

use crate::booth::{Booth, quality, setup};

const RATE_HZ: u32 = 48_000;
const VOICE: Voicing = Voicing {
    probability: 0.9,
    periodicity: 0.6,
};

/// Two seconds of noise at -60 dBFS, with louder noise of a voice in the second half where `speech` says how loud.
fn measures(speech: Option<f32>) -> Box<Measures> {
    let mut take = TakeMeasures::new(RATE_HZ, 1);
    let mut noise = 1_u32;
    let mut samples = Vec::new();
    for frame in 0..3 * RATE_HZ {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let unit = (f64::from(noise) / f64::from(u32::MAX) * 2.0 - 1.0) as f32;
        let spoken = (RATE_HZ..2 * RATE_HZ).contains(&frame);
        samples.push(unit * speech.filter(|_| spoken).unwrap_or(0.0017));
    }
    take.push(&samples);
    let hops: Vec<Hop> = (0..300)
        .map(|n| Hop {
            level: Some(if (100..200).contains(&n) {
                -24.0
            } else {
                -60.0
            }),
            voice: Some(if speech.is_some() && (100..200).contains(&n) {
                VOICE
            } else {
                Voicing::default()
            }),
            key: false,
        })
        .collect();
    Box::new(take.finish(&Around {
        hops: &hops,
        first_hop_frame: 0,
        reference_dbfs: -60.0,
        floor_dbfs: Some(-60.0),
    }))
}

fn checked(texts: &[&str]) -> Booth {
    let setup = Setup {
        check: true,
        ..setup()
    };
    let mut booth = Booth::with(setup, texts, &[]);
    booth.tell(Input::Tick);
    booth
}

impl Booth {
    fn step(&self) -> Option<CheckStep> {
        match self.view().dialog {
            Some(Dialog::Check(step)) => Some(step),
            _ => None,
        }
    }

    fn waits_for_sentence(&self) -> Option<TakeDraft> {
        self.effects.iter().find_map(|e| match e {
            Effect::Capture(ToCapture::Listen { draft, .. }) => Some((**draft).clone()),
            _ => None,
        })
    }

    fn closed_with(
        &mut self,
        take_ref: &TakeRef,
        status: Status,
        measures: Option<Box<Measures>>,
    ) -> &mut Self {
        self.tell(Input::Capture(FromCapture::Closed {
            take_ref: take_ref.clone(),
            quality: quality(Verdict::Fine, ""),
            status,
            frames: 48_000,
            cut_by: None,
            measures,
        }))
    }

    /// The room was heard; gives what is waited for then.
    fn hears_the_room(&mut self) -> TakeDraft {
        let silence = self.begun();
        assert_eq!(silence.role, "check");
        self.after_ms(5_000).tell(Input::Tick);
        assert_eq!(self.ended().unwrap().0, silence.take_ref);
        self.closed_with(&silence.take_ref, Status::Accepted, Some(measures(None)));
        assert_eq!(self.step(), Some(CheckStep::Sentence));
        let sentence = self.waits_for_sentence().unwrap();
        self.save(&silence.take_ref, Status::Accepted);
        sentence
    }

    fn says(&mut self, sentence: &TakeDraft, how_loud: f32) -> &mut Self {
        let (take_ref, at) = (sentence.take_ref.clone(), self.now);
        self.tell(Input::Capture(FromCapture::SpeechBegan {
            take_ref: take_ref.clone(),
            at,
        }));
        assert_eq!(self.step(), Some(CheckStep::Hearing));
        self.closed_with(&take_ref, Status::Accepted, Some(measures(Some(how_loud))))
    }

    fn advice(&self) -> Vec<Advice> {
        match self.step() {
            Some(CheckStep::Report(report)) => report.advice,
            _ => Vec::new(),
        }
    }
}

#[test]
fn no_prompt_can_be_read_before_the_check_that_comes_first() {
    let setup = Setup {
        check: true,
        clock_ready: false,
        ..setup()
    };
    let mut booth = Booth::with(setup, &["one"], &[]);
    assert_eq!(booth.tell(Input::Tick).view().prompt, None);
    booth.tell(Input::Capture(FromCapture::ClockReady {
        error_ms: 0.1,
        locked: true,
    }));
    assert_eq!(booth.step(), Some(CheckStep::Silence { seconds_left: 5 }));
    booth.press(Command::StartStop);
    assert_eq!(booth.text(), "one");
}

#[test]
fn a_good_check_leads_to_the_first_item_without_a_key() {
    let mut booth = checked(&["one", "two"]);
    assert_eq!(booth.step(), Some(CheckStep::Silence { seconds_left: 5 }));
    booth.after_ms(2_500).tell(Input::Tick);
    assert_eq!(booth.step(), Some(CheckStep::Silence { seconds_left: 3 }));
    let mut booth = checked(&["one", "two"]);
    let sentence = booth.hears_the_room();
    booth.says(&sentence, 0.25);
    assert_eq!(booth.view().notice, Some(Notice::CheckGood));
    assert_eq!(
        (booth.view().dialog, booth.view().phase),
        (None, Phase::Idle)
    );
    let noted = booth.effects.iter().find_map(|e| match e {
        Effect::Note(note) if note.event == "checked" => Some(note.data.clone()),
        _ => None,
    });
    assert_eq!(noted.unwrap()["advice"], serde_json::json!([]));
    assert!(booth.has(|e| matches!(e, Effect::Capture(ToCapture::Calibrate { .. }))));
    assert_eq!(booth.space().begun().prompt.text, "one");
}

#[test]
fn a_soft_voice_is_told_and_the_check_can_be_made_again_or_left() {
    let mut booth = checked(&["one"]);
    let sentence = booth.hears_the_room();
    booth.says(&sentence, 0.02);
    assert!(
        booth.advice().contains(&Advice::TooQuiet),
        "{:?}",
        booth.advice()
    );
    booth.after_ms(500).press(Command::Accept);
    assert_eq!(booth.step(), Some(CheckStep::Silence { seconds_left: 5 }));
    let again = booth.begun();
    assert_ne!(again.take_ref, sentence.take_ref);
    assert_eq!(again.take, 3, "every take of a check has its own number");
    let sentence = booth.hears_the_room();
    booth.says(&sentence, 0.02);
    booth.space();
    assert_eq!(
        (booth.view().dialog, booth.view().phase),
        (None, Phase::Idle)
    );
}

#[test]
fn space_leaves_the_check_out_and_what_was_recorded_of_it_is_given_up() {
    let mut booth = checked(&["one"]);
    let silence = booth.begun();
    booth.space();
    let (take_ref, _, outcome) = booth.ended().unwrap();
    assert_eq!(take_ref, silence.take_ref);
    assert!(matches!(outcome, Outcome::Rejected { .. }));
    assert_eq!(booth.view().dialog, None);
    booth.closed_with(&silence.take_ref, Status::Rejected, None);
    booth.save(&silence.take_ref, Status::Rejected);
    assert_eq!(booth.space().begun().prompt.text, "one");
}

#[test]
fn nobody_speaking_is_told_and_does_not_hang() {
    let mut booth = checked(&["one"]);
    booth.hears_the_room();
    booth.after_ms(16_000).tell(Input::Tick);
    assert_eq!(booth.advice(), [Advice::NoSpeech]);
}

#[test]
fn a_microphone_that_goes_during_the_check_begins_it_anew() {
    let mut booth = checked(&["one"]);
    let silence = booth.begun();
    booth.closed_with(&silence.take_ref, Status::Interrupted, None);
    booth.save(&silence.take_ref, Status::Interrupted);
    assert_eq!(booth.step(), Some(CheckStep::Silence { seconds_left: 5 }));
}

#[test]
fn the_check_is_no_item_and_counts_nowhere() {
    let mut booth = checked(&["one", "two"]);
    let sentence = booth.hears_the_room();
    booth.says(&sentence, 0.25);
    let view = booth.view();
    assert_eq!((view.done, view.total, view.saving), (0, 2, 0));
    assert!(!view.has_last_take);
}

#[test]
fn m_checks_at_any_time_and_comes_back_to_the_same_item() {
    let mut booth = Booth::new(&["one", "two"]);
    booth.record_and_save();
    booth.after_ms(500).press(Command::Check);
    let sentence = booth.hears_the_room();
    booth.says(&sentence, 0.25);
    assert_eq!(
        (booth.text().as_str(), booth.view().phase),
        ("two", Phase::Idle)
    );
}

#[test]
fn three_failures_of_level_in_a_row_open_the_check_and_failures_of_reading_do_not() {
    let list = ["one", "two", "three", "four", "five", "six", "seven"];
    let mut booth = checked(&list);
    booth.space();
    for warning in ["misread", "short", "long", "quiet", "noisy"] {
        let take = booth.record();
        booth.close(&take, Verdict::Look, warning, Status::Accepted);
        booth.save(&take, Status::Accepted);
        assert_eq!(booth.step(), None, "{warning}");
    }
    let take = booth.record();
    booth.close(&take, Verdict::Look, "quiet", Status::Accepted);
    assert_eq!(booth.step(), Some(CheckStep::Silence { seconds_left: 5 }));
}

#[test]
fn a_room_that_gets_6_db_noisier_than_at_the_check_is_told_after_three_takes_in_it() {
    let list = ["one", "two", "three", "four", "five", "six", "seven"];
    let mut booth = checked(&list);
    let sentence = booth.hears_the_room();
    booth.says(&sentence, 0.25);
    // The check's room is at -60 dBFS, give or take what its measure is off.
    for (noise_floor_dbfs, told) in [
        (-53.0, false),
        (-53.0, false),
        (-57.0, false),
        (-53.0, false),
        (-53.0, false),
        (-53.0, true),
    ] {
        let take_ref = booth.record();
        let mut quality = quality(Verdict::Fine, "");
        quality.noise_floor_dbfs = Some(noise_floor_dbfs);
        booth.tell(Input::Capture(FromCapture::Closed {
            take_ref: take_ref.clone(),
            quality,
            status: Status::Accepted,
            frames: 48_000,
            cut_by: None,
            measures: None,
        }));
        let noisier = booth.view().notice == Some(Notice::RoomNoisier);
        assert_eq!(noisier, told, "{noise_floor_dbfs}");
        booth.save(&take_ref, Status::Accepted);
    }
}

#[test]
fn quitting_during_the_check_leaves_when_it_is_saved() {
    let mut booth = checked(&["one"]);
    let silence = booth.begun();
    booth.after_ms(500).press(Command::Quit);
    assert!(
        matches!(booth.ended(), Some((take, _, Outcome::Rejected { .. })) if take == silence.take_ref)
    );
    booth.closed_with(&silence.take_ref, Status::Rejected, None);
    booth.save(&silence.take_ref, Status::Rejected);
    assert!(booth.has(|e| matches!(e, Effect::Capture(ToCapture::Shutdown { .. }))));
}
