//! What the capture thread does when something goes wrong, and what it tells.

use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use voicebooth::audio::ring::ring;
use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::recorder::capture::{CaptureSettings, NextStep, spawn};
use voicebooth::recorder::messages::{
    FromCapture, Outcome, SessionEvent, ToCapture, ToWriter, WindowSettings,
};
use voicebooth::recorder::meter::Meter;
use voicebooth::recorder::queue::writer_queue;

use crate::booth::{Booth, WINDOWS, draft, take_ref};
use crate::device::Device;

/// A booth with the take `zero` running since 3 s after the opening.
fn recording(device: Device) -> Booth {
    let mut booth = Booth::new(device, WINDOWS);
    booth.run_until(3_000.0);
    booth.begin("zero", 3_000.0);
    booth
}

fn assert_interrupted(booth: &Booth, cause: &'static str) {
    let take = booth.take("zero");
    let finish = take.finish();
    assert_eq!(finish.status, Status::Interrupted);
    assert_eq!(finish.reasons, [cause]);
    assert!(take.limited_by().contains(&cause));
    let frames = take.samples.len() as u64;
    assert_eq!(
        booth.closed("zero"),
        Some((Status::Interrupted, frames, Some(cause)))
    );
}

fn count(booth: &Booth, fact: &FromCapture) -> usize {
    booth.facts().iter().filter(|told| *told == fact).count()
}

#[test]
fn the_source_is_told_with_its_first_block_and_the_clock_half_a_second_later() {
    let mut booth = Booth::new(Device::default(), WINDOWS);
    assert_eq!(booth.facts(), []);
    booth.run_until(30.0);
    assert_eq!(booth.facts(), [FromCapture::Attached(booth.device.info())]);
    booth.run_until(480.0);
    assert_eq!(booth.facts().len(), 1);
    booth.run_until(600.0);
    let facts = booth.facts();
    let Some(FromCapture::ClockReady { error_ms, locked }) = facts.get(1) else {
        panic!("{facts:?}");
    };
    assert!(*locked && *error_ms < 0.1, "{error_ms}");
}

#[test]
fn a_clock_that_does_not_lock_is_used_after_three_seconds_and_says_so() {
    let device = Device {
        jitter_ms: 60.0,
        ..Device::default()
    };
    let mut booth = Booth::new(device, WINDOWS);
    let ready = |fact: &FromCapture| matches!(fact, FromCapture::ClockReady { .. });
    booth.run_until(2_900.0);
    assert!(!booth.facts().iter().any(ready));
    booth.run_until(3_100.0);
    let told = booth.facts().into_iter().find(ready);
    assert!(matches!(
        told,
        Some(FromCapture::ClockReady { locked: false, .. })
    ));
}

#[test]
fn when_the_queue_is_full_the_take_is_interrupted_and_what_was_queued_is_kept() {
    let device = Device {
        speech: vec![(3_100 * 48, 3_900 * 48)],
        ..Device::default()
    };
    let mut booth = Booth::with_queue(device, WINDOWS, 48_000);
    booth.run_until(3_000.0);
    booth.disk_stalls = true;
    booth.begin("zero", 3_000.0);
    booth.run_until(5_000.0);
    assert_eq!(booth.closed("zero").unwrap().2, Some("writer_queue"));
    booth.disk_recovers();
    assert_interrupted(&booth, "writer_queue");
    let take = booth.take("zero");
    let got = take.true_range();
    assert!(got.end - got.start > 48_000 - 4_800 * 2, "{got:?}");
    assert_eq!(take.finish().timing.post_roll_frames, 0);

    // The meter went on, and so does the next take.
    booth.meter.read();
    booth.run_until(5_020.0);
    assert!(booth.meter.read().is_some());
    booth.begin("one", 5_020.0);
    booth.run_until(5_300.0);
    booth.end("one", 5_300.0);
    booth.run_until(6_500.0);
    let one = booth.take("one").true_range();
    assert_eq!(one.end - one.start, 880 * 48);
}

#[test]
fn a_take_whose_source_is_closed_keeps_everything_that_came() {
    let mut booth = recording(Device::default());
    booth.run_until(4_000.0);
    booth.close_source();
    booth.step();
    assert_interrupted(&booth, "device_lost");
    let got = booth.take("zero").true_range();
    assert_eq!(
        got.end,
        3_980 * 48 + 480,
        "the last block that was delivered"
    );
    assert_eq!(count(&booth, &FromCapture::Stalled(true)), 1);
}

#[test]
fn blocks_that_were_held_back_when_the_source_ended_are_kept() {
    let device = Device {
        losses: vec![(3_970 * 48, 24_000)],
        ..Device::default()
    };
    let mut booth = recording(device);
    booth.run_until(4_500.0);
    booth.close_source();
    booth.step();
    let frames = booth.take("zero").true_frames();
    let hole = frames.windows(2).position(|w| w[1] == w[0] + 24_001);
    let after = frames.len() - 1 - hole.unwrap();
    assert_eq!(after, 960, "both blocks that came after the loss");
    assert_interrupted(&booth, "device_lost");
}

#[test]
fn a_take_in_its_post_roll_is_interrupted_too_and_one_given_up_stays_given_up() {
    let mut booth = recording(Device::default());
    booth.run_until(4_000.0);
    booth.end("zero", 4_000.0);
    booth.run_until(4_100.0);
    booth.close_source();
    booth.step();
    assert_interrupted(&booth, "device_lost");

    let device = Device {
        latency_ms: 500.0,
        ..Device::default()
    };
    let mut booth = recording(device);
    booth.run_until(4_000.0);
    let reason = "cancelled";
    booth.end_as("zero", 4_000.0, Outcome::Rejected { reason });
    booth.close_source();
    booth.step();
    let finish = booth.take("zero").finish();
    assert_eq!(finish.status, Status::Rejected);
    assert_eq!(finish.reasons, ["cancelled"]);
}

#[test]
fn a_source_that_gives_nothing_is_told_after_a_second_and_ends_takes_after_three() {
    let mut booth = Booth::new(Device::default(), WINDOWS);
    booth.deliver(4_000.0);
    booth.run_until(3_000.0);
    booth.begin("zero", 3_000.0);
    booth.run_until(4_990.0);
    assert_eq!(count(&booth, &FromCapture::Stalled(true)), 0);
    booth.run_until(5_020.0);
    assert_eq!(count(&booth, &FromCapture::Stalled(true)), 1);
    assert_eq!(booth.closed("zero"), None);
    booth.run_until(7_020.0);
    assert_interrupted(&booth, "device_lost");
    assert_eq!(booth.take("zero").true_range().end, 4_000 * 48);
    assert_eq!(count(&booth, &FromCapture::Stalled(true)), 1);
}

#[test]
fn a_source_that_never_gives_anything_is_told_too() {
    let mut booth = Booth::new(Device::default(), WINDOWS);
    booth.deliver(0.0);
    booth.starve_until(1_000.0);
    booth.step();
    assert_eq!(booth.facts(), [FromCapture::Stalled(true)]);
}

#[test]
fn a_stall_that_ends_is_told_and_what_was_lost_in_it_is_a_gap() {
    let device = Device {
        losses: vec![(3_500 * 48, 1_500 * 48)],
        ..Device::default()
    };
    let mut booth = recording(device);
    booth.run_until(6_000.0);
    booth.end("zero", 6_000.0);
    booth.run_until(7_500.0);
    assert_eq!(count(&booth, &FromCapture::Stalled(true)), 1);
    assert_eq!(count(&booth, &FromCapture::Stalled(false)), 1);
    let take = booth.take("zero");
    let gap = &take.finish().integrity.gaps[0];
    let wrong = gap.frames as i64 - 1_500 * 48;
    assert!(wrong.abs() < 48, "{wrong}");
    assert_eq!(take.finish().quality.verdict, Verdict::Again);
}

#[test]
fn a_loss_of_hours_costs_neither_memory_nor_a_take_longer_than_the_longest() {
    let device = Device {
        losses: vec![(3_500 * 48, 7_200_000 * 48)],
        ..Device::default()
    };
    let windows = WindowSettings {
        max_take_ms: 10_000,
        ..WINDOWS
    };
    let mut booth = Booth::new(device, windows);
    booth.deliver(7_204_000.0);
    booth.run_until(3_000.0);
    booth.begin("zero", 3_000.0);
    booth.run_until(3_600.0);
    // The whole machine stood still, so nobody saw the stall.
    booth.starve_until(7_205_000.0);
    booth.step();
    let take = booth.take("zero");
    assert_eq!(take.samples.len(), 10_300 * 48);
    assert_eq!(booth.closed("zero").unwrap().2, Some("max_take"));
    assert_eq!(take.finish().integrity.gaps.len(), 1);
}

#[test]
fn a_starved_capture_thread_loses_what_the_ring_refuses_and_says_exactly_how_much() {
    let mut booth = recording(Device::default());
    booth.run_until(3_500.0);
    booth.starve_until(9_000.0);
    booth.step();
    booth.run_until(9_500.0);
    booth.end("zero", 9_500.0);
    booth.run_until(11_000.0);
    let take = booth.take("zero");
    let integrity = &take.finish().integrity;
    assert_eq!(integrity.gaps.len(), 1);
    let gap = &integrity.gaps[0];
    assert_eq!((gap.cause.as_str(), gap.estimated), ("overrun", false));
    assert_eq!(gap.frames, integrity.overruns * 480);
    assert!(gap.frames > 48_000, "the ring holds four seconds");
    let first = take.finish().timing.first_frame;
    for (index, frame) in take.samples.iter().enumerate() {
        let says = crate::device::frame_of(*frame);
        assert!(says.is_none_or(|says| says == first + index as u64));
    }
}

#[test]
fn what_the_callback_counted_stands_in_the_take_it_happened_in_and_in_no_other() {
    let device = Device::default();
    let mut booth = Booth::empty(device, WINDOWS, u64::MAX);
    let (mut source, reader) = ring(1, booth.device.format(), 4);
    let counters = source.counters();
    let info = booth.device.info();
    booth.say(ToCapture::Attach { info, reader });
    let mut push = |booth: &mut Booth, from_ms: u64, to_ms: u64| {
        for ms in (from_ms..to_ms).step_by(10) {
            source.push(Device::at_ms(ms as f64), 480, std::iter::repeat_n(0.1, 480));
            booth.starve_until((ms + 10) as f64);
            booth.step();
        }
    };
    push(&mut booth, 0, 2_000);
    for (name, at) in [("before", 2_000), ("hit", 4_000), ("after", 6_000)] {
        booth.begin(name, at as f64);
        push(&mut booth, at, at + 500);
        if name == "hit" {
            counters.xruns.fetch_add(2, Ordering::Relaxed);
            counters.not_finite.fetch_add(3, Ordering::Relaxed);
        }
        push(&mut booth, at + 500, at + 1_000);
        booth.end(name, (at + 1_000) as f64);
        push(&mut booth, at + 1_000, at + 2_000);
    }
    let mishaps = |name| {
        let integrity = &booth.take(name).finish().integrity;
        (integrity.xruns, integrity.not_finite)
    };
    assert_eq!(mishaps("before"), (0, 0));
    assert_eq!(mishaps("hit"), (2, 3));
    assert_eq!(mishaps("after"), (0, 0));
}

#[test]
fn a_muted_microphone_is_told_after_a_second_of_exact_silence_and_when_it_is_back() {
    let mut booth = Booth::empty(Device::default(), WINDOWS, u64::MAX);
    let (mut source, reader) = ring(1, booth.device.format(), 4);
    let info = booth.device.info();
    booth.say(ToCapture::Attach { info, reader });
    for block in 0..320_u32 {
        let ms = f64::from(block) * 10.0;
        let sample = if (100..250).contains(&block) {
            0.0
        } else {
            1e-6
        };
        source.push(Device::at_ms(ms), 480, std::iter::repeat_n(sample, 480));
        booth.starve_until(ms + 10.0);
        booth.step();
        let muted = count(&booth, &FromCapture::Muted(true));
        let back = count(&booth, &FromCapture::Muted(false));
        assert_eq!(muted, usize::from(block >= 199), "block {block}");
        assert_eq!(back, usize::from(block >= 250), "block {block}");
    }
}

#[test]
fn a_machine_that_slept_interrupts_the_take_and_wants_the_source_opened_again() {
    let mut booth = recording(Device::default());
    booth.run_until(4_000.0);
    booth.suspended = Duration::from_millis(400);
    booth.run_until(4_100.0);
    assert_eq!(count(&booth, &FromCapture::Slept), 0);
    booth.suspended = Duration::from_secs(3_600);
    booth.run_until(4_200.0);
    assert_interrupted(&booth, "suspended");
    assert_eq!(count(&booth, &FromCapture::Slept), 1);
    // Nothing of the old stream counts any more.
    booth.begin("one", 4_200.0);
    let take_ref = take_ref("one");
    assert_eq!(count(&booth, &FromCapture::Refused { take_ref }), 1);
}

#[test]
fn a_stopped_program_interrupts_the_take_and_a_new_source_goes_on_as_another_stream() {
    let mut booth = recording(Device::default());
    booth.run_until(4_000.0);
    booth.say(ToCapture::Suspended);
    assert_interrupted(&booth, "suspended");
    assert_eq!(count(&booth, &FromCapture::Slept), 0);

    booth.attach(2);
    booth.run_until(6_000.0);
    booth.begin("one", 6_000.0);
    booth.run_until(6_500.0);
    booth.end("one", 6_500.0);
    booth.run_until(8_000.0);
    let one = booth.take("one");
    assert_eq!((one.head.timing.stream, one.finish().timing.stream), (2, 2));
    let got = one.true_range();
    assert_eq!(got.end - got.start, 1_100 * 48);
}

#[test]
fn attaching_another_source_ends_the_running_take() {
    let mut booth = recording(Device::default());
    booth.run_until(4_000.0);
    booth.attach(2);
    assert_interrupted(&booth, "device_lost");
}

#[test]
fn shutting_down_ends_the_take_with_its_cause_and_then_the_thread() {
    let mut booth = recording(Device::default());
    booth.run_until(4_000.0);
    booth.say(ToCapture::Shutdown {
        cause: "terminated",
    });
    booth.step();
    assert_interrupted(&booth, "terminated");
    assert_eq!(booth.last_step, NextStep::Leave);
}

#[test]
fn a_take_without_a_source_is_refused_and_leaves_nothing() {
    let mut booth = Booth::empty(Device::default(), WINDOWS, u64::MAX);
    booth.begin("zero", 0.0);
    booth.end("zero", 100.0);
    booth.run_until(2_000.0);
    let take_ref = take_ref("zero");
    assert_eq!(booth.facts(), [FromCapture::Refused { take_ref }]);
    assert!(booth.takes.is_empty());
}

#[test]
fn notes_reach_the_writer_with_their_frame_where_there_is_one() {
    let note = |at| SessionEvent {
        at,
        event: "shown",
        take_ref: None,
        data: serde_json::Map::new(),
        frame: None,
    };
    let mut booth = Booth::new(Device::default(), WINDOWS);
    let at = Device::at_ms(0.0);
    booth.say(ToCapture::Note(note(at)));
    booth.run_until(2_000.0);
    let at = Device::at_ms(1_500.0);
    booth.say(ToCapture::Note(note(at)));
    assert_eq!(booth.events[0].frame, None);
    let noted = booth.events[1].frame.unwrap();
    assert_eq!(noted.stream, 1);
    let off = noted.frame - 1_500 * 48;
    assert!(off.abs() < 5, "{off}");
}

#[test]
fn the_real_thread_obeys_and_its_last_word_is_that_it_has_ended() {
    let (tell, told) = mpsc::channel();
    let (say, inbox) = mpsc::channel();
    let (writer, _queue) = writer_queue(u64::MAX);
    let settings = CaptureSettings {
        windows: WINDOWS,
        unattended: Outcome::ByVerdict,
        longest_pre_roll_ms: 0,
    };
    let tell = Box::new(move |fact| drop(tell.send(fact)));
    let thread = spawn(settings, inbox, writer, Arc::new(Meter::default()), tell).unwrap();
    let at = voicebooth::platform::now();
    let draft = draft("zero");
    say.send(ToCapture::Begin { draft, at }).unwrap();
    drop(say);
    thread.join().unwrap();
    let facts: Vec<FromCapture> = told.iter().collect();
    let take_ref = take_ref("zero");
    assert_eq!(
        facts,
        [FromCapture::Refused { take_ref }, FromCapture::Ended]
    );
}

#[test]
fn a_thread_that_fails_ends_its_takes_as_they_stand_and_says_that_it_has_ended() {
    let (tell, told) = mpsc::channel();
    let (say, inbox) = mpsc::channel();
    let (writer, queue) = writer_queue(u64::MAX);
    let settings = CaptureSettings {
        windows: WINDOWS,
        unattended: Outcome::ByVerdict,
        longest_pre_roll_ms: 0,
    };
    let tell = Box::new(move |fact| {
        let fails = matches!(fact, FromCapture::Muted(true));
        tell.send(fact).unwrap();
        assert!(!fails, "this thread is meant to fail");
    });
    let thread = spawn(settings, inbox, writer, Arc::new(Meter::default()), tell).unwrap();
    let device = Device::default();
    let (mut source, reader) = ring(1, device.format(), 4);
    let info = device.info();
    say.send(ToCapture::Attach { info, reader }).unwrap();
    let opened = voicebooth::platform::now();
    let mut push = |seconds: std::ops::Range<i64>, sample: f32| {
        for block in seconds.start * 100..seconds.end * 100 {
            let at = opened.offset_nanos(block * 10_000_000);
            assert!(source.push(at, 480, std::iter::repeat_n(sample, 480)));
        }
    };
    push(0..1, 0.1);
    while !matches!(told.recv(), Ok(FromCapture::ClockReady { .. })) {}
    let at = opened.offset_nanos(900_000_000);
    let draft = draft("zero");
    say.send(ToCapture::Begin { draft, at }).unwrap();
    let begun = queue.recv_timeout(Duration::from_secs(60));
    assert!(matches!(begun, Ok(ToWriter::Begin { .. })));
    push(1..3, 0.0);
    assert_eq!(told.recv(), Ok(FromCapture::Muted(true)));
    let Ok(FromCapture::Closed { status, cut_by, .. }) = told.recv() else {
        panic!("the take is closed");
    };
    assert_eq!(
        (status, cut_by),
        (Status::Interrupted, Some("program_error"))
    );
    assert_eq!(told.recv(), Ok(FromCapture::Ended));
    thread.join().unwrap();
}
