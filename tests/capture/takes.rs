//! Takes cut out of a running stream, whatever device and keys: what is in the file, frame by frame.

use proptest::prelude::*;
use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::recorder::messages::WindowSettings;

use crate::booth::{Booth, WINDOWS, assert_near};
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
        prop_assert_ne!(take.finish().quality.verdict, Verdict::Again);
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
            prop_assert_ne!(take.finish().quality.verdict, Verdict::Again);
        } else if late_ms > 820.0 {
            assert_near(got.end, stop + device.frames(1_000.0), tolerance(&device), "the longest post-roll");
            prop_assert_eq!(take.limited_by(), ["post_roll_max"]);
        }
    }
}

#[test]
fn a_practice_is_judged_and_nothing_of_it_reaches_the_writer() {
    let mut booth = Booth::new(Device::default(), WINDOWS);
    booth.run_until(2000.0);
    booth.practise("practice", 2000.0);
    booth.run_until(3000.0);
    booth.end("practice", 3000.0);
    booth.run_until(4000.0);
    booth.begin("item", 4000.0);
    booth.run_until(5000.0);
    booth.end("item", 5000.0);
    booth.run_until(7000.0);
    let (_, frames, cut_by) = booth.closed("practice").expect("it is told as any other");
    assert!(frames > 0 && cut_by.is_none());
    assert!(!booth.has_written("practice"));
    assert!(booth.has_written("item"));
}
