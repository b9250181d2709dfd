//! The stream clock by itself.

use proptest::prelude::*;
use voicebooth::audio::clock::StreamClock;

use crate::device::{Block, Device, good_device};

/// Error of the clock's date for a true frame, ms; positive: too late.
fn error_ms(device: &Device, clock: &StreamClock, frame: f64) -> f64 {
    let dated = clock.moment_of(frame).unwrap();
    dated.nanos_since(device.moment_of(frame)) as f64 / 1e6
}

fn block_ms(device: &Device) -> f64 {
    f64::from(*device.blocks.iter().max().unwrap()) / device.frames(1.0)
}

/// What may be wrong beyond the jitter, ms: the drift over the stretch that is judged, before its slope is known.
fn slack_ms(device: &Device) -> f64 {
    let judged_ms = (8.0 * block_ms(device)).max(500.0) + 300.0;
    0.05 + 0.4 * device.jitter_ms + device.drift_ppm.abs() * 1e-6 * judged_ms
}

/// Feeds `blocks`; calls `after` each with the clock and the frame after the newest.
fn feed(device: &Device, blocks: &[Block], mut after: impl FnMut(&StreamClock, f64)) {
    let mut clock = StreamClock::new(device.rate_hz);
    for block in blocks {
        clock.feed(block.true_frame, block.captured_at);
        after(&clock, block.true_frame as f64 + f64::from(block.frames));
    }
}

/// Runs a device that lies at first. Half a second after the last lie the clock must be right and locked but for what
/// looks like jitter so long, after 1.5 s altogether.
fn assert_lies_are_forgotten(device: &Device) {
    let block_ms = block_ms(device);
    // Eight stamps at least are needed to call the others liars, and thirty if they lied by little.
    let soon_ms = (10.0 * block_ms).max(500.0 + 2.0 * block_ms) + 60.0;
    let later_ms = (32.0 * block_ms).max(1_500.0 + 2.0 * block_ms) + 100.0;
    let slack = slack_ms(device);
    feed(device, &device.run(7_000.0), |clock, end| {
        let honest_ms = end / device.frames(1.0) - device.lies_for_ms;
        if honest_ms > soon_ms {
            let error = error_ms(device, clock, end);
            let lower = if honest_ms > later_ms {
                0.0
            } else {
                let band = device.jitter_ms + 500e-6 * (8.0 * block_ms).max(500.0);
                (3.0 * band).max(1.0)
            };
            // A small lie tilts the line by what a device may drift at most, as long as it is remembered.
            let tilt = 500e-6 * 2.0 * block_ms;
            assert!(
                error > -slack - lower && error < device.jitter_ms + slack + tilt,
                "{error} ms at frame {end}"
            );
            assert!(clock.locked() || (lower > 0.0 && error < -slack));
        }
    });
}

proptest! {
    #![proptest_config(crate::device::cases(128))]

    #[test]
    fn a_locked_clock_dates_frames_within_the_jitter_of_the_stamps(device in good_device()) {
        let blocks = device.run(9_000.0);
        feed(&device, &blocks, |clock, end| {
            if clock.locked() {
                // A key can be older than the newest frame, or newer where the device is slow.
                for frame in [end - device.frames(300.0), end, end + device.frames(150.0)] {
                    let error = error_ms(&device, clock, frame);
                    let slack = slack_ms(&device);
                    assert!(error > -slack && error < device.jitter_ms + slack, "{error} at {frame}");
                }
            }
        });
    }

    #[test]
    fn it_locks_after_half_a_second_and_finds_the_rate(device in good_device()) {
        let blocks = device.run(12_000.0);
        let block_ms = block_ms(&device);
        feed(&device, &blocks, |clock, end| {
            let heard_ms = end / device.frames(1.0);
            assert!(clock.locked() || heard_ms < 500.0 + 2.0 * block_ms, "not locked at {heard_ms} ms");
            if heard_ms > 11_000.0 {
                let rate = clock.measured_rate_hz().unwrap();
                let ppm = (rate / f64::from(device.rate_hz) - 1.0) * 1e6 - device.drift_ppm;
                // The envelope's ends can each be wrong by what the few stamps there leave open.
                assert!(ppm.abs() < 10.0 + device.jitter_ms * 100.0, "{ppm} ppm off");
            }
        });
    }

    #[test]
    fn frames_and_moments_are_each_others_inverse(device in good_device(), ms in 0.0..3000.0) {
        let blocks = device.run(2_000.0);
        let mut last = None;
        feed(&device, &blocks, |clock, _| last = Some(clock.clone()));
        let clock = last.unwrap();
        let at = Device::at_ms(ms);
        let back = clock.moment_of(clock.frame_at(at).unwrap()).unwrap();
        prop_assert!(back.nanos_since(at).abs() <= 1, "{} ns", back.nanos_since(at));
    }

    #[test]
    fn lies_at_start_up_are_forgotten_half_a_second_after_the_last(
        device in good_device(),
        lie_ms in 3.0..500.0,
        lies_for_ms in 1.0..1800.0,
    ) {
        assert_lies_are_forgotten(&Device { lie_ms, lies_for_ms, ..device });
    }

    #[test]
    fn stamps_that_are_late_by_up_to_a_block_do_not_pull_the_clock_along(
        device in good_device(),
        block_ms in 1.0..22.0,
    ) {
        let blocks = vec![device.frames(block_ms) as u32 + 1];
        let device = Device { blocks, jitter_ms: block_ms, ..device };
        let blocks = device.run(9_000.0);
        feed(&device, &blocks, |clock, end| {
            if end > device.frames(3_000.0) {
                let error = error_ms(&device, clock, end);
                // The earliest of many late stamps is hardly late.
                assert!(error > -block_ms / 4.0 - 0.2 && error < block_ms / 2.0, "{error} of {block_ms} ms");
                assert!(clock.error_ms() > 0.0);
            }
        });
    }

    #[test]
    fn a_device_that_changes_its_mind_about_its_latency_is_followed(
        device in good_device(),
        step_ms in prop_oneof![-200.0..-2.0, 2.0..9.0],
    ) {
        let device = Device { jitter_ms: device.jitter_ms / 4.0, ..device };
        let mut blocks = device.run(9_000.0);
        for block in &mut blocks {
            if block.true_frame as f64 > device.frames(4_000.0) {
                block.captured_at = block.captured_at.offset_nanos((step_ms * 1e6) as i64);
            }
        }
        let block_ms = block_ms(&device);
        feed(&device, &blocks, |clock, end| {
            if end > device.frames(4_000.0 + 700.0 + 10.0 * block_ms) {
                let error = error_ms(&device, clock, end) - step_ms;
                let slack = slack_ms(&device);
                assert!(error > -slack && error < device.jitter_ms + slack, "{error} ms at frame {end}");
            }
        });
    }
}

#[test]
fn small_lies_of_few_blocks_that_agree_by_chance_are_forgotten_too() {
    // The lie near the truth: 0.376 ms, and every stamp after it agrees with the others.
    assert_lies_are_forgotten(&Device {
        rate_hz: 8_000,
        blocks: vec![872, 162],
        jitter_ms: 0.0,
        drift_ppm: 0.0,
        seed: 12_555_901_352_882_805_786,
        lie_ms: 4.004_558_360_675_921,
        lies_for_ms: 1_769.399_113_118_141_3,
        ..Device::default()
    });
}

#[test]
fn a_first_stamp_that_is_a_little_early_does_not_tilt_the_clock_later() {
    let device = Device {
        jitter_ms: 0.3,
        ..Device::default()
    };
    let mut blocks = device.run(6_000.0);
    blocks[0].captured_at = blocks[0].captured_at.offset_nanos(-900_000);
    feed(&device, &blocks, |clock, end| {
        let error = error_ms(&device, clock, end + device.frames(100.0));
        assert!(
            end < device.frames(700.0) || error > -0.15,
            "{error} ms at frame {end}"
        );
    });
}

#[test]
fn a_rate_that_changes_as_the_device_warms_is_followed() {
    let cold = Device {
        drift_ppm: -60.0,
        ..Device::default()
    };
    let warm = Device {
        drift_ppm: 40.0,
        ..cold.clone()
    };
    let mut blocks = cold.run(60_000.0);
    let turn = blocks.last().unwrap().true_frame as f64;
    let apart = cold.moment_of(turn).nanos_since(warm.moment_of(turn));
    blocks.extend(warm.run(80_000.0).into_iter().filter_map(|mut block| {
        block.captured_at = block.captured_at.offset_nanos(apart);
        (block.true_frame as f64 > turn).then_some(block)
    }));
    let mut last = None;
    feed(&cold, &blocks, |clock, _| last = Some(clock.clone()));
    let rate = last.unwrap().measured_rate_hz().unwrap();
    let ppm = (rate / 48_000.0 - 1.0) * 1e6;
    assert!((ppm - 40.0).abs() < 5.0, "{ppm}");
}

#[test]
fn a_clock_without_stamps_dates_nothing() {
    let clock = StreamClock::new(48_000);
    assert_eq!(clock.frame_at(crate::device::OPENED), None);
    assert_eq!(clock.moment_of(0.0), None);
    assert!(!clock.locked());
}

#[test]
fn a_locked_clock_is_as_right_as_it_says() {
    let (mut told, mut right) = (0, 0);
    for seed in 1..=200 {
        // Stamps that are late by anything up to a block, of 2 to 43 ms.
        let block = [96, 480, 1024, 2048][seed as usize % 4];
        let device = Device {
            blocks: vec![block],
            jitter_ms: f64::from(block) / 48.0,
            seed,
            ..Device::default()
        };
        feed(&device, &device.run(6_000.0), |clock, end| {
            if clock.locked() {
                told += 1;
                right += u32::from(error_ms(&device, clock, end) <= clock.error_ms());
            }
        });
    }
    assert!(told > 50_000, "locked {told} times");
    let share = f64::from(right) / f64::from(told);
    assert!(share >= 0.95, "right in {share} of {told}");
}

#[test]
fn a_busy_server_that_tells_one_block_in_five_late_delays_no_lock_and_spoils_no_date() {
    let device = Device {
        jitter_ms: 0.2,
        ..Device::default()
    };
    let mut blocks = device.run(6_000.0);
    for late in blocks.iter_mut().step_by(5) {
        late.captured_at = late.captured_at.offset_nanos(4_000_000);
    }
    feed(&device, &blocks, |clock, end| {
        assert_eq!(clock.locked(), end > device.frames(510.0), "at frame {end}");
        if clock.locked() {
            assert!(error_ms(&device, clock, end).abs() < 0.2);
            assert!(clock.error_ms() < 0.3 && clock.lateness_ms() > 3.8);
        }
    });
}

#[test]
fn stamps_that_never_agree_never_lock() {
    let device = Device {
        jitter_ms: 60.0,
        ..Device::default()
    };
    feed(&device, &device.run(5_000.0), |clock, _| {
        assert!(!clock.locked());
    });
}
