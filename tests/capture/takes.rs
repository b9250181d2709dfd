//! Takes cut out of a running stream: what is in the file, frame by frame.

use proptest::prelude::*;
use voicebooth::corpus::sidecar::{DecidedBy, Status, Verdict};
use voicebooth::recorder::messages::{Outcome, ToCapture, WindowSettings};

use crate::booth::{Booth, WINDOWS, draft, utc_of_opening};
use crate::device::{Device, good_device};

/// One take as a speaker makes it, in ms: idle before the key, then recording.
#[derive(Clone, Copy, Debug)]
struct Keys {
    idle_ms: f64,
    hold_ms: f64,
}

fn keys() -> impl Strategy<Value = Vec<Keys>> {
    let one = (0.0..900.0, 1.0..900.0).prop_map(|(idle_ms, hold_ms)| Keys { idle_ms, hold_ms });
    prop::collection::vec(one, 1..6)
}

/// What the clock may be wrong by, frames.
fn tolerance(device: &Device) -> f64 {
    device.frames(0.3 + 1.5 * device.jitter_ms + device.drift_ppm.abs() * 2e-3)
}

fn assert_near(got: u64, wanted: f64, tolerance: f64, what: &str) {
    let off = got as f64 - wanted;
    assert!(
        off.abs() <= tolerance,
        "{what}: {got} is {off} frames off {wanted}"
    );
}

proptest! {
    #![proptest_config(crate::device::cases(48))]

    #[test]
    fn a_take_is_its_window_and_never_crosses_a_neighbour(
        device in good_device(),
        keys in keys(),
        pre_roll_ms in 0_u32..700,
        post_roll_ms in 0_u32..700,
        told_after_ms in 0.0..40.0,
    ) {
        let windows = WindowSettings { pre_roll_ms, post_roll_ms, ..WINDOWS };
        let mut booth = Booth::new(device.clone(), windows);
        let mut ms = 1_500.0;
        let mut pressed = Vec::new();
        for (number, key) in keys.iter().enumerate() {
            let (press, stop) = (ms + key.idle_ms, ms + key.idle_ms + key.hold_ms);
            ms = stop;
            booth.run_until(press + told_after_ms);
            booth.begin(&number.to_string(), press);
            booth.run_until(stop + told_after_ms);
            booth.end(&number.to_string(), stop);
            pressed.push((press, stop));
        }
        booth.run_until(ms + f64::from(post_roll_ms) + device.latency_ms + 1_500.0);

        let tolerance = tolerance(&device);
        for (number, &(press, stop)) in pressed.iter().enumerate() {
            let take = booth.take(&number.to_string());
            let got = take.true_range();
            let before = if number > 0 { pressed[number - 1].1 } else { 0.0 };
            let after = pressed.get(number + 1).map_or(f64::INFINITY, |next| next.0);
            let start = (press - f64::from(pre_roll_ms)).max(before);
            let own_end = stop + f64::from(post_roll_ms);
            let end = own_end.min(after);
            let frame = |ms: f64| device.frame_at(Device::at_ms(ms));
            assert_near(got.start, frame(start), tolerance, "start");
            // A key that is heard of late cannot take back a take that was complete by then.
            let late = if own_end > after { device.frames(told_after_ms + 1.0) } else { 0.0 };
            assert_near(got.end, frame(end) + late / 2.0, tolerance + late / 2.0, "end");

            let timing = &take.finish().timing;
            prop_assert_eq!(timing.first_frame, got.start, "the sidecar's frames are the truth");
            let key_down = got.start.saturating_add_signed(timing.key_down_frame.unwrap());
            assert_near(key_down, frame(press), tolerance, "key down");
            let key_up = got.start.saturating_add_signed(timing.key_up_frame.unwrap());
            assert_near(key_up, frame(stop), tolerance, "key up");
            prop_assert_eq!(timing.pre_roll_frames as i64, timing.key_down_frame.unwrap());
            prop_assert_eq!(timing.post_roll_frames, got.end.saturating_sub(key_up));
            let limited = take.limited_by();
            let clearly = |ms: f64| ms > 2.0;
            if clearly(before - (press - f64::from(pre_roll_ms))) && number > 0 {
                prop_assert!(limited.contains(&"previous_take"));
            } else if clearly(press - f64::from(pre_roll_ms) - before) {
                prop_assert!(!limited.contains(&"previous_take"));
                prop_assert_eq!(timing.pre_roll_frames, u64::from(pre_roll_ms * device.rate_hz + 500) / 1000);
            }
            if clearly(own_end - after - told_after_ms) {
                prop_assert!(limited.contains(&"next_take"));
            } else if clearly(after - own_end) {
                prop_assert!(!limited.contains(&"next_take"));
                prop_assert_eq!(timing.post_roll_frames, u64::from(post_roll_ms * device.rate_hz + 500) / 1000);
            }
            prop_assert!(take.finish().integrity.gaps.is_empty());
        }
    }

    #[test]
    fn what_is_lost_in_a_take_is_zeros_in_its_place_and_the_rest_is_exact(
        device in good_device(),
        lost_at_ms in 2_100.0..3_400.0,
        lost_ms in 15.0..800.0,
    ) {
        let lost_at = device.frames(lost_at_ms) as u64;
        let lost = device.frames(lost_ms) as u64;
        let device = Device { losses: vec![(lost_at, lost)], ..device };
        let mut booth = Booth::new(device.clone(), WINDOWS);
        booth.run_until(2_000.0);
        booth.begin("zero", 2_000.0);
        booth.run_until(4_500.0);
        booth.end("zero", 4_500.0);
        booth.run_until(7_000.0);

        let take = booth.take("zero");
        let gaps = &take.finish().integrity.gaps;
        prop_assert_eq!(gaps.len(), 1);
        let gap = &gaps[0];
        prop_assert_eq!((gap.cause.as_str(), gap.estimated), ("device", true));
        let zeros = gap.at_frame as usize..(gap.at_frame + gap.frames) as usize;
        for (index, sample) in take.samples.iter().enumerate() {
            prop_assert_eq!(sample.to_bits() == 0, zeros.contains(&index), "zeros at the gap and nowhere else");
        }
        let frames = take.true_frames();
        let hole = frames.windows(2).position(|w| w[1] != w[0] + 1);
        prop_assert_eq!(hole.map(|h| h + 1), Some(zeros.start));
        prop_assert_eq!(frames[zeros.start] - frames[zeros.start - 1] - 1, lost);
        prop_assert!(frames[zeros.start..].windows(2).all(|w| w[1] == w[0] + 1));
        let wrong = gap.frames as f64 - lost as f64;
        prop_assert!(wrong.abs() < device.frames(1.5));
        // The stop is where it was pressed, in spite of the loss.
        let stop = device.frame_at(Device::at_ms(4_500.0));
        assert_near(*frames.last().unwrap(), stop + device.frames(300.0), tolerance(&device), "end");
        prop_assert_eq!(take.finish().quality.verdict, Verdict::Again);
        prop_assert!(take.finish().reasons.contains(&"lost_frames".to_owned()));
        prop_assert_eq!(take.finish().status, Status::Rejected);
    }

    #[test]
    fn whoever_speaks_before_the_key_is_recorded_from_the_onset(
        device in good_device(),
        early_ms in 350.0..1_850.0,
        spoken_ms in 2_000.0..2_500.0,
    ) {
        let press_ms = 5_000.0;
        let onset = device.frames(press_ms - early_ms) as u64;
        let device = Device {
            speech: vec![(onset, onset + device.frames(spoken_ms) as u64)],
            ..device
        };
        let mut booth = Booth::new(device.clone(), WINDOWS);
        booth.run_until(press_ms);
        booth.begin("early", press_ms);
        booth.run_until(6_500.0);
        booth.end("early", 6_500.0);
        booth.run_until(8_500.0);
        let take = booth.take("early");
        let got = take.true_range();
        let before = onset as f64 - got.start as f64;
        // The margin before an onset is 50 ms, and onsets lie on a grid of 10 ms.
        prop_assert!(before >= device.frames(39.0) && before <= device.frames(61.0), "{} frames before", before);
        prop_assert_eq!(take.limited_by(), Vec::<&str>::new());
        prop_assert_eq!(take.finish().quality.verdict, Verdict::Fine);
        prop_assert_eq!(take.finish().status, Status::Accepted);
    }

    #[test]
    fn whoever_speaks_on_after_the_stop_is_recorded_to_the_end(
        device in good_device(),
        late_ms in 150.0..1_400.0,
    ) {
        let stop_ms = 6_000.0;
        let silent = device.frames(stop_ms + late_ms) as u64;
        let device = Device {
            speech: vec![(device.frames(5_200.0) as u64, silent)],
            ..device
        };
        let mut booth = Booth::new(device.clone(), WINDOWS);
        booth.run_until(5_000.0);
        booth.begin("late", 5_000.0);
        booth.run_until(stop_ms);
        booth.end("late", stop_ms);
        booth.run_until(8_500.0);
        let take = booth.take("late");
        let got = take.true_range();
        let stop = device.frame_at(Device::at_ms(stop_ms));
        if late_ms < 780.0 {
            let after = got.end as f64 - silent as f64;
            prop_assert!(after >= device.frames(149.0) && after <= device.frames(220.0), "{} frames after", after);
            prop_assert_eq!(take.limited_by(), Vec::<&str>::new());
        } else if late_ms > 820.0 {
            assert_near(got.end, stop + device.frames(1_000.0), tolerance(&device), "the longest post-roll");
            prop_assert_eq!(take.limited_by(), ["post_roll_max"]);
        }
        prop_assert_eq!(take.finish().quality.verdict, Verdict::Fine);
    }
}

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
    assert_eq!(take.finish().reasons, ["max_take"]);
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
    assert_eq!(take.head.stream, 1);
    assert_eq!(take.finish().timing.stream, 1);
}

#[test]
fn levels_are_of_exactly_the_frames_in_the_file() {
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
    let rms = (samples.iter().map(|s| s * s).sum::<f64>() / count).sqrt();
    let mean = samples.iter().sum::<f64>() / count;
    let quality = &take.finish().quality;
    assert!((quality.peak_dbfs - 20.0 * peak.log10()).abs() < 1e-6);
    assert!((quality.rms_dbfs - 20.0 * rms.log10()).abs() < 1e-4);
    assert!((quality.dc_offset - mean).abs() < 1e-6);
    assert!(quality.noise_floor_dbfs.is_some());
}
