//! The window rules one by one: what limits an edge, what speech and keys do to it, how a take ends.

use voicebooth::corpus::sidecar::{DecidedBy, Status, Timing, Verdict};
use voicebooth::recorder::messages::{Outcome, Rolls, ToCapture, WindowSettings};

use crate::booth::{Booth, LONGEST_PRE_ROLL_MS, WINDOWS, assert_near, draft, utc_of_opening};
use crate::device::Device;

#[test]
fn a_take_may_begin_and_end_before_its_audio_has_come() {
    let device = Device {
        latency_ms: 800.0,
        ..Device::default()
    };
    let mut booth = Booth::new(device, WINDOWS);
    booth.run_until(3_000.0);
    booth.begin("quick", 3_000.0);
    booth.run_until(3_200.0);
    booth.end("quick", 3_200.0);
    assert!(booth.takes.is_empty(), "nothing of it has arrived");
    booth.run_until(5_000.0);
    let got = booth.take("quick").true_range();
    assert_near(got.start, 2_700.0 * 48.0, 10.0, "start");
    assert_near(got.end, 3_500.0 * 48.0, 10.0, "end");
}

#[test]
fn nothing_is_held_back_longer_than_the_late_key_needs() {
    let mut booth = Booth::new(Device::default(), WINDOWS);
    booth.run_until(3_000.0);
    booth.begin("long", 3_000.0);
    for ms in (3_100..6_000).step_by(50) {
        booth.run_until(f64::from(ms));
        let there = booth.take("long").samples.len() as f64 / 48.0;
        let could_be = f64::from(ms) - 2_700.0;
        assert!(there > could_be - 230.0, "{there} of {could_be} ms");
    }
}

#[test]
fn the_first_take_may_reach_back_to_the_opening_of_the_stream_and_no_further() {
    let mut booth = Booth::new(
        Device::default(),
        WindowSettings {
            pre_roll_ms: 2_000,
            ..WINDOWS
        },
    );
    booth.run_until(700.0);
    booth.begin("first", 700.0);
    booth.run_until(1_000.0);
    booth.end("first", 1_000.0);
    booth.run_until(2_000.0);
    let take = booth.take("first");
    assert_eq!(take.true_range().start, 0);
    assert_eq!(take.limited_by(), ["stream_start"]);
}

#[test]
fn a_prompt_may_ask_for_rolls_of_its_own_and_the_next_one_has_the_sessions_again() {
    let mut booth = Booth::new(Device::default(), WINDOWS);
    booth.run_until(7_000.0);
    let rolls = Rolls {
        pre_roll_ms: Some(LONGEST_PRE_ROLL_MS),
        post_roll_ms: Some(1_500),
    };
    booth.begin_with("own", rolls, 7_000.0);
    booth.run_until(7_500.0);
    booth.end("own", 7_500.0);
    booth.run_until(10_000.0);
    booth.begin("usual", 10_000.0);
    booth.run_until(10_500.0);
    booth.end("usual", 10_500.0);
    booth.run_until(12_000.0);
    let own = booth.take("own");
    assert_eq!(own.limited_by(), [""; 0]);
    assert_near(own.true_range().start, 4_000.0 * 48.0, 10.0, "own start");
    assert_near(own.true_range().end, 9_000.0 * 48.0, 10.0, "own end");
    let usual = booth.take("usual").true_range();
    assert_near(usual.start, 9_700.0 * 48.0, 10.0, "usual start");
    assert_near(usual.end, 10_800.0 * 48.0, 10.0, "usual end");
}

#[test]
fn a_pre_roll_begins_after_a_gap() {
    let device = Device {
        losses: vec![(3_800 * 48, 4_800)],
        ..Device::default()
    };
    let mut booth = Booth::new(device, WINDOWS);
    booth.run_until(4_000.0);
    booth.begin("zero", 4_000.0);
    booth.run_until(4_500.0);
    booth.end("zero", 4_500.0);
    booth.run_until(6_000.0);
    let take = booth.take("zero");
    assert_eq!(take.limited_by(), ["gap"]);
    assert_eq!(take.true_range().start, 3_900 * 48);
    assert_eq!(take.finish().integrity.gaps, []);
}

#[test]
fn a_pre_roll_begins_200_ms_after_our_own_playback() {
    let mut booth = Booth::new(Device::default(), WINDOWS);
    booth.run_until(4_000.0);
    let until = Device::at_ms(3_700.0);
    booth.say(ToCapture::Played { until });
    booth.begin("zero", 4_000.0);
    booth.run_until(4_500.0);
    booth.end("zero", 4_500.0);
    booth.run_until(6_000.0);
    let take = booth.take("zero");
    assert_near(take.true_range().start, 3_900.0 * 48.0, 5.0, "start");
    assert_eq!(take.limited_by(), ["playback"]);
}

#[test]
fn early_speech_is_followed_two_seconds_back_at_most_and_never_into_the_take_before() {
    let device = Device {
        speech: vec![(2_000 * 48, 6_000 * 48), (10_000 * 48, 11_500 * 48)],
        ..Device::default()
    };
    let mut booth = Booth::new(device, WINDOWS);
    booth.run_until(5_000.0);
    booth.begin("chatter", 5_000.0);
    booth.run_until(6_300.0);
    booth.end("chatter", 6_300.0);
    booth.run_until(10_800.0);
    booth.begin("first", 9_000.0);
    booth.end("first", 10_500.0);
    booth.begin("second", 10_800.0);
    booth.run_until(12_000.0);
    booth.end("second", 12_000.0);
    booth.run_until(14_000.0);

    let chatter = booth.take("chatter");
    assert_near(chatter.true_range().start, 3_000.0 * 48.0, 5.0, "start");
    assert_eq!(chatter.limited_by(), ["look_back"]);
    let second = booth.take("second");
    assert_near(second.true_range().start, 10_500.0 * 48.0, 5.0, "start");
    assert_eq!(second.limited_by(), ["previous_take"]);
}

#[test]
fn the_sound_of_the_keys_is_not_speech() {
    let click = |ms: u64| ((ms - 30) * 48, (ms + 50) * 48);
    let device = Device {
        speech: vec![click(4_000), click(4_800)],
        ..Device::default()
    };
    let mut booth = Booth::new(device, WINDOWS);
    booth.run_until(4_000.0);
    booth.begin("clicks", 4_000.0);
    booth.run_until(4_800.0);
    booth.end("clicks", 4_800.0);
    booth.run_until(6_500.0);
    let take = booth.take("clicks");
    let got = take.true_range();
    assert_near(got.start, 3_700.0 * 48.0, 5.0, "start");
    assert_near(got.end, 5_100.0 * 48.0, 5.0, "end");
    assert_eq!(take.finish().quality.warnings, ["silent"]);
    assert_eq!(take.finish().status, Status::Rejected);
}

#[test]
fn without_extension_the_fixed_post_roll_is_all_there_is() {
    let device = Device {
        speech: vec![(4_000 * 48, 7_000 * 48)],
        ..Device::default()
    };
    let windows = WindowSettings {
        post_roll_max_ms: 0,
        ..WINDOWS
    };
    let mut booth = Booth::new(device, windows);
    booth.run_until(4_000.0);
    booth.begin("cut", 4_000.0);
    booth.run_until(5_000.0);
    booth.end("cut", 5_000.0);
    booth.run_until(6_500.0);
    let take = booth.take("cut");
    assert_near(take.true_range().end, 5_300.0 * 48.0, 5.0, "end");
    assert_eq!(take.limited_by(), Vec::<&str>::new());
}

#[test]
fn without_a_fixed_post_roll_the_word_under_way_at_the_stop_is_still_whole() {
    let device = Device {
        speech: vec![(4_200 * 48, 5_050 * 48)],
        ..Device::default()
    };
    let windows = WindowSettings {
        post_roll_ms: 0,
        ..WINDOWS
    };
    let mut booth = Booth::new(device, windows);
    booth.run_until(4_000.0);
    booth.begin("word", 4_000.0);
    booth.run_until(5_000.0);
    booth.end("word", 5_000.0);
    booth.run_until(6_500.0);
    let end = booth.take("word").true_range().end;
    assert!((5_100 * 48..5_260 * 48).contains(&end), "{end}");
}

#[test]
fn a_start_key_that_is_heard_of_a_second_and_a_half_late_loses_nothing() {
    let device = Device {
        speech: vec![(3_300 * 48, 6_000 * 48)],
        ..Device::default()
    };
    let mut booth = Booth::new(device, WINDOWS);
    booth.run_until(6_500.0);
    booth.begin("late", 5_000.0);
    booth.end("late", 6_490.0);
    booth.run_until(8_000.0);
    let take = booth.take("late");
    assert_near(take.true_range().start, 3_250.0 * 48.0, 480.0, "start");
    assert_eq!(take.limited_by(), Vec::<&str>::new());
}

#[test]
fn a_stop_just_before_the_longest_take_counts_though_it_is_heard_of_after() {
    let windows = WindowSettings {
        max_take_ms: 2_000,
        ..WINDOWS
    };
    let mut booth = Booth::new(Device::default(), windows);
    booth.run_until(3_000.0);
    booth.begin("close", 3_000.0);
    booth.run_until(5_060.0);
    booth.end("close", 4_990.0);
    booth.run_until(6_500.0);
    let take = booth.take("close");
    assert_near(take.true_range().end, 5_290.0 * 48.0, 5.0, "end");
    assert_eq!(take.limited_by(), Vec::<&str>::new());
}

#[test]
fn a_take_that_is_given_up_ends_at_the_key_and_the_next_begins_there() {
    let mut booth = Booth::new(Device::default(), WINDOWS);
    booth.run_until(3_000.0);
    booth.begin("one", 3_000.0);
    booth.run_until(4_000.0);
    let reason = "restarted";
    booth.end_as("one", 4_000.0, Outcome::Rejected { reason });
    booth.begin("two", 4_000.0);
    booth.run_until(5_000.0);
    booth.end("two", 5_000.0);
    booth.run_until(6_500.0);

    let (one, two) = (booth.take("one"), booth.take("two"));
    assert_eq!(one.true_range().end, two.true_range().start);
    assert_near(one.true_range().end, 4_000.0 * 48.0, 5.0, "the key");
    assert_eq!(one.finish().status, Status::Rejected);
    assert_eq!(one.finish().decided_by, DecidedBy::Speaker);
    assert_eq!(one.finish().reasons, ["restarted"]);
    assert_eq!(two.limited_by(), ["previous_take"]);
}

#[test]
fn a_forgotten_stop_ends_at_the_longest_take_for_the_operator_to_look_at() {
    let windows = WindowSettings {
        max_take_ms: 2_000,
        ..WINDOWS
    };
    let device = Device {
        speech: vec![(3_200 * 48, 4_000 * 48)],
        ..Device::default()
    };
    let mut booth = Booth::new(device, windows);
    booth.run_until(3_000.0);
    booth.begin("forgotten", 3_000.0);
    booth.run_until(6_000.0);
    let take = booth.take("forgotten");
    assert_near(take.true_range().end, 5_000.0 * 48.0, 5.0, "end");
    assert_eq!(take.finish().timing.key_up_frame, None);
    assert_eq!(take.finish().quality.verdict, Verdict::Look);
    assert!(take.finish().reasons.contains(&"max_take".to_owned()));
    let frames = take.samples.len() as u64;
    let told = Some((Status::Accepted, frames, Some("max_take")));
    assert_eq!(booth.closed("forgotten"), told);
    // The stop that comes after all changes nothing.
    booth.end("forgotten", 6_000.0);
    booth.run_until(7_000.0);
    assert_eq!(booth.closed("forgotten"), told);
}

#[test]
fn a_take_says_when_it_began_on_the_wall_clock_and_when_its_prompt_was_shown() {
    let mut booth = Booth::new(Device::default(), WINDOWS);
    booth.run_until(3_000.0);
    let mut draft = draft("dated");
    draft.shown_at = Some(Device::at_ms(2_500.0));
    let at = Device::at_ms(3_000.0);
    booth.say(ToCapture::Begin { draft, at });
    booth.run_until(3_500.0);
    booth.end("dated", 3_500.0);
    booth.run_until(5_000.0);
    let take = booth.take("dated");
    let began = take.head.started_at - utc_of_opening();
    let began_ms = began.total(jiff::Unit::Millisecond).unwrap();
    assert!((began_ms - 2_700.0).abs() < 0.1, "{began_ms}");
    let shown = take.finish().timing.shown_frame.unwrap();
    assert!((shown + 200 * 48).abs() < 5, "{shown}");
    assert_eq!(take.finish().timing.stream, 1);
}

#[test]
fn all_but_the_stop_is_known_as_soon_as_a_take_begins() {
    let mut booth = Booth::new(Device::default(), WINDOWS);
    booth.run_until(3_000.0);
    let mut draft = draft("killed");
    draft.shown_at = Some(Device::at_ms(2_500.0));
    let at = Device::at_ms(3_000.0);
    booth.say(ToCapture::Begin { draft, at });
    booth.run_until(3_500.0);
    booth.end("killed", 3_500.0);
    booth.run_until(5_000.0);
    let take = booth.take("killed");
    let known = Timing {
        key_up_frame: None,
        post_roll_frames: 0,
        // These go on being measured.
        measured_sample_rate_hz: take.head.timing.measured_sample_rate_hz,
        clock_error_ms: take.head.timing.clock_error_ms,
        shown_frame: take.head.timing.shown_frame,
        ..take.finish().timing.clone()
    };
    assert_eq!(take.head.timing, known);
    assert_eq!(known.pre_roll_frames, 14_400);
    let shown = known.shown_frame.unwrap() - take.finish().timing.shown_frame.unwrap();
    assert!(shown.abs() <= 5, "{shown}");
}

#[test]
fn peak_and_offset_are_of_exactly_the_frames_in_the_file() {
    let device = Device {
        speech: vec![(3_200 * 48, 3_900 * 48)],
        ..Device::default()
    };
    let mut booth = Booth::new(device, WINDOWS);
    booth.run_until(3_000.0);
    booth.begin("zero", 3_000.0);
    booth.run_until(4_000.0);
    booth.end("zero", 4_000.0);
    booth.run_until(5_500.0);
    let take = booth.take("zero");
    let samples: Vec<f64> = take.samples.iter().map(|s| f64::from(*s)).collect();
    let count = samples.len() as f64;
    let peak = samples.iter().fold(0.0_f64, |a, s| a.max(s.abs()));
    let mean = samples.iter().sum::<f64>() / count;
    let quality = &take.finish().quality;
    assert!((quality.peak_dbfs - 20.0 * peak.log10()).abs() < 1e-6);
    assert!((quality.dc_offset - mean).abs() < 1e-6);
    assert!(quality.noise_floor_dbfs.is_some());
}
