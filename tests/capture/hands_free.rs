//! Hands-free on the capture thread: a voice in a quiet room, prompts that appear at known instants.

use std::ops::Range;

use voicebooth::audio::demo::{Voice, reading};
use voicebooth::corpus::sidecar::Verdict;
use voicebooth::recorder::messages::{FromCapture, Outcome, TakeRef, ToCapture};

use crate::booth::{Booth, WINDOWS, draft, take_ref};
use crate::device::{Device, Random};

const RATE_HZ: u32 = 48_000;

/// A booth in which these words begin at these milliseconds, and where each of them is, ms.
fn booth_with(words: &[(&str, f64)]) -> (Booth, Vec<Range<f64>>) {
    let mut random = Random(7);
    let quiet = |_| ((random.fraction() - 0.5) * 0.001) as f32;
    let mut sound: Vec<f32> = (0..12 * RATE_HZ).map(quiet).collect();
    let mut places = Vec::new();
    for (word, ms) in words {
        let said = reading(word, &Voice::MIDDLE, RATE_HZ).samples;
        for (sample, said) in sound[(ms * 48.0) as usize..].iter_mut().zip(&said) {
            *sample += said;
        }
        places.push(*ms..*ms + said.len() as f64 / 48.0);
    }
    let device = Device {
        sound,
        ..Device::default()
    };
    (Booth::new(device, WINDOWS), places)
}

impl Booth {
    /// A prompt has been on the screen since `ms`.
    fn shows(&mut self, name: &str, ms: f64) {
        self.run_until(ms);
        self.showed(name, ms);
    }

    /// A prompt has been on the screen since `ms`, and word of it comes only now.
    fn showed(&mut self, name: &str, ms: f64) {
        self.say(ToCapture::Listen {
            draft: draft(name),
            shown_at: Device::at_ms(ms),
            outcome: Outcome::ByVerdict,
        });
    }

    /// The takes to which something that was said later belongs, as the session is told.
    fn spoken_on(&self) -> Vec<Option<TakeRef>> {
        let told = |fact| match fact {
            FromCapture::SpokenOn { take_ref } => Some(take_ref),
            _ => None,
        };
        self.facts().into_iter().filter_map(told).collect()
    }

    fn ended_ms(&self, name: &str) -> Option<f64> {
        self.facts().into_iter().find_map(|fact| match fact {
            FromCapture::SpeechEnded { take_ref: told, at } if told == take_ref(name) => {
                Some(at.nanos_since(Device::at_ms(0.0)) as f64 / 1e6)
            }
            _ => None,
        })
    }

    fn warnings(&self, name: &str) -> Vec<String> {
        self.take(name).finish().quality.warnings.clone()
    }
}

fn assert_near(got_ms: f64, wanted_ms: f64, what: &str) {
    assert!(
        (got_ms - wanted_ms).abs() < 30.0,
        "{what}: {got_ms}, not {wanted_ms}"
    );
}

#[test]
fn a_word_is_cut_out_with_both_rolls_and_told_to_have_ended_where_it_ends() {
    let (mut booth, words) = booth_with(&[("banana", 4_000.0)]);
    booth.shows("one", 3_500.0);
    // Before the end-silence of one word is over, nothing has ended; a few hops after it, it has.
    booth.run_until(words[0].end + 380.0);
    assert_eq!(booth.ended_ms("one"), None);
    booth.run_until(words[0].end + 450.0);
    let ended_ms = booth.ended_ms("one").expect("it has ended");
    assert_near(ended_ms, words[0].end, "the end");
    booth.run_until(7_000.0);
    let timing = &booth.take("one").finish().timing;
    let ms = |frame: Option<i64>| frame.unwrap() as f64 / 48.0;
    assert_eq!((timing.key_down_frame, timing.key_up_frame), (None, None));
    assert_near(
        ms(timing.trigger_start_frame),
        300.0,
        "the onset in the take",
    );
    let start_ms = timing.first_frame as f64 / 48.0;
    assert_near(start_ms, 4_000.0 - 300.0, "the take");
    let length_ms = booth.take("one").samples.len() as f64 / 48.0;
    assert_near(start_ms + length_ms, words[0].end + 300.0, "its end");
    assert_eq!(booth.warnings("one"), Vec::<String>::new());
}

#[test]
fn what_is_said_as_a_prompt_appears_belongs_to_the_item_before_and_both_are_looked_at() {
    let words = [("seven", 3_500.0), ("banana", 5_100.0), ("window", 7_500.0)];
    let (mut booth, words) = booth_with(&words);
    booth.shows("before", 3_000.0);
    booth.run_until(5_000.0);
    assert!(booth.ended_ms("before").is_some());
    booth.shows("after", 5_000.0);
    booth.run_until(7_000.0);
    assert_eq!(booth.spoken_on(), [Some(take_ref("before"))]);
    assert!(
        !booth.takes.contains_key(&*take_ref("after").0),
        "it was no reading"
    );
    booth.run_until(10_000.0);
    let take = booth.take("after");
    let start_ms = take.finish().timing.first_frame as f64 / 48.0;
    assert_near(start_ms, words[2].start - 300.0, "the take");
    assert_eq!(take.finish().quality.verdict, Verdict::Look);
    assert_eq!(booth.warnings("after"), ["early_speech"]);
}

#[test]
fn what_begins_after_a_reading_and_before_word_of_the_next_prompt_comes_belongs_to_the_reading() {
    // Still under way as the word comes, and over by then; the take before still open, and closed.
    for word_comes_ms in [5_000.0, 5_900.0] {
        let (mut booth, words) =
            booth_with(&[("seven", 3_500.0), ("banana", 4_700.0), ("window", 7_500.0)]);
        booth.shows("before", 3_000.0);
        booth.run_until(word_comes_ms);
        assert!(booth.ended_ms("before").is_some());
        assert_eq!(booth.spoken_on(), []);
        booth.showed("after", 4_650.0);
        booth.run_until(7_000.0);
        assert_eq!(
            booth.spoken_on(),
            [Some(take_ref("before"))],
            "{word_comes_ms}"
        );
        booth.run_until(10_000.0);
        let start_ms = booth.take("after").finish().timing.first_frame as f64 / 48.0;
        assert_near(start_ms, words[2].start - 300.0, "the take");
        assert_eq!(booth.warnings("after"), ["early_speech"]);
    }
}

#[test]
fn a_reading_that_begins_before_word_of_its_prompt_comes_is_a_reading_all_the_same() {
    for word_comes_ms in [5_100.0, 6_300.0] {
        let (mut booth, words) = booth_with(&[("seven", 3_500.0), ("banana", 4_900.0)]);
        booth.shows("before", 3_000.0);
        booth.run_until(word_comes_ms);
        booth.showed("after", 4_600.0);
        booth.run_until(8_000.0);
        assert_eq!(booth.spoken_on(), []);
        let start_ms = booth.take("after").finish().timing.first_frame as f64 / 48.0;
        assert_near(start_ms, words[1].start - 300.0, "the take");
        let ended_ms = booth.ended_ms("after").expect("it has ended");
        assert_near(ended_ms, words[1].end, "the end");
        assert_eq!(booth.warnings("after"), Vec::<String>::new());
    }
}

#[test]
fn what_is_said_while_nothing_is_waited_for_belongs_to_nothing() {
    let (mut booth, words) =
        booth_with(&[("seven", 3_500.0), ("banana", 5_000.0), ("window", 7_500.0)]);
    booth.shows("before", 3_000.0);
    booth.run_until(4_800.0);
    booth.say(ToCapture::Rest);
    booth.run_until(6_900.0);
    // The prompt was there all the time, behind something else.
    booth.showed("after", 4_700.0);
    booth.run_until(10_000.0);
    assert_eq!(booth.spoken_on(), []);
    let start_ms = booth.take("after").finish().timing.first_frame as f64 / 48.0;
    assert_near(start_ms, words[2].start - 300.0, "the take");
    assert_eq!(booth.warnings("after"), Vec::<String>::new());
}

#[test]
fn what_is_said_as_the_first_prompt_appears_belongs_to_no_take() {
    let (mut booth, _) = booth_with(&[("seven", 4_000.0), ("banana", 6_000.0)]);
    booth.shows("first", 3_950.0);
    booth.run_until(8_500.0);
    assert_eq!(booth.spoken_on(), [None]);
    assert_eq!(booth.warnings("first"), ["early_speech"]);
}

#[test]
fn speech_that_goes_on_as_a_prompt_appears_is_no_reading_of_it() {
    let (mut booth, _) = booth_with(&[("banana", 4_000.0), ("seven", 6_000.0)]);
    booth.shows("late", 4_300.0);
    booth.run_until(5_700.0);
    assert!(booth.takes.is_empty());
    booth.run_until(8_500.0);
    let start_ms = booth.take("late").finish().timing.first_frame as f64 / 48.0;
    assert_near(start_ms, 5_700.0, "the take");
}

#[test]
fn nothing_is_cut_out_while_nothing_is_waited_for() {
    let (mut booth, _) = booth_with(&[("seven", 4_000.0)]);
    booth.shows("one", 3_000.0);
    booth.run_until(3_800.0);
    booth.say(ToCapture::Rest);
    booth.run_until(7_000.0);
    assert!(booth.takes.is_empty());
}
