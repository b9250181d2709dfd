//! The timeline by itself: every frame once, zeros exactly where frames are missing.

use proptest::prelude::*;
use voicebooth::recorder::timeline::{GapCause, Piece, StreamGap, Timeline};

use crate::device::{Block, Device, frame_of, good_device};

/// What came out of a timeline.
struct Out {
    /// First frame of each stretch of audio, and its samples.
    audio: Vec<(u64, Vec<f32>)>,
    gaps: Vec<StreamGap>,
    timeline: Timeline,
}

fn through(device: &Device, blocks: &[Block]) -> Out {
    let mut timeline = Timeline::new(device.format(), blocks[0].first_frame);
    let mut frame = blocks[0].first_frame;
    let (mut audio, mut gaps) = (Vec::new(), Vec::new());
    for (number, block) in blocks.iter().enumerate() {
        timeline.accept(block.stamp(), device.samples(block).collect());
        if number + 1 == blocks.len() {
            timeline.release();
        }
        while let Some(piece) = timeline.next_piece() {
            match piece {
                Piece::Audio(samples) => {
                    let frames = samples.len() as u64;
                    audio.push((frame, samples));
                    frame += frames;
                }
                Piece::Gap(gap) => {
                    assert_eq!(gap.at_frame, frame, "a gap begins where the audio ended");
                    frame += gap.frames;
                    gaps.push(gap);
                }
            }
        }
    }
    Out {
        audio,
        gaps,
        timeline,
    }
}

/// Every delivered frame came out once and in order.
fn assert_complete(device: &Device, blocks: &[Block], out: &Out) {
    let came_out = out.audio.iter().flat_map(|(_, samples)| samples.iter());
    let went_in = blocks.iter().flat_map(|block| device.samples(block));
    assert!(
        came_out.copied().eq(went_in),
        "frames were lost, doubled or moved"
    );
}

fn block_ms(device: &Device) -> f64 {
    f64::from(*device.blocks.iter().max().unwrap()) / device.frames(1.0)
}

proptest! {
    #![proptest_config(crate::device::cases(64))]

    #[test]
    fn jitter_makes_no_gap(device in good_device(), wild in prop_oneof![Just(0.0), 0.0..1.0]) {
        // Up to a whole block late, whatever the block's size.
        let jitter_ms = device.jitter_ms.max(wild * block_ms(&device));
        let device = Device { jitter_ms, ..device };
        let blocks = device.run(8_000.0);
        let out = through(&device, &blocks);
        prop_assert_eq!(&out.gaps, &vec![]);
        assert_complete(&device, &blocks, &out);
    }

    #[test]
    fn a_burst_stamped_at_one_instant_makes_no_gap(device in good_device(), at in 50_usize..80, count in 1_usize..12) {
        // The callback stood still; then blocks came in a rush, all stamped by when they were handed over.
        let mut blocks = device.run(8_000.0);
        prop_assume!(blocks.len() > at + count + 1);
        let handed_over = blocks[at + count - 1].captured_at;
        for block in &mut blocks[at..at + count] {
            block.captured_at = handed_over;
        }
        let out = through(&device, &blocks);
        prop_assert_eq!(&out.gaps, &vec![]);
        assert_complete(&device, &blocks, &out);
    }

    #[test]
    fn one_or_two_late_or_early_stamps_that_recover_make_no_gap_and_do_not_move_the_clock(
        device in good_device(),
        at_ms in 1_500.0..6_000.0,
        count in 1_usize..3,
        late_ms in prop_oneof![-400.0..-12.0, 12.0..400.0],
    ) {
        let mut blocks = device.run(8_000.0);
        let number = blocks.iter().position(|b| b.true_frame as f64 >= device.frames(at_ms)).unwrap();
        for block in &mut blocks[number..number + count] {
            block.captured_at = block.captured_at.offset_nanos((late_ms * 1e6) as i64);
        }
        let out = through(&device, &blocks);
        prop_assert_eq!(&out.gaps, &vec![]);
        assert_complete(&device, &blocks, &out);
        let end = blocks[number].true_frame as f64 + device.frames(100.0);
        let dated = out.timeline.clock().moment_of(end).unwrap();
        let error_ms = dated.nanos_since(device.moment_of(end)) as f64 / 1e6;
        prop_assert!(error_ms.abs() < 2.0, "{}", error_ms);
    }

    #[test]
    fn a_silent_loss_is_found_where_it_was_and_as_long_as_it_was(
        device in good_device(),
        at_ms in 2_000.0..5_000.0,
        lost_ms in prop_oneof![15.0..100.0, 100.0..3_000.0],
    ) {
        let at = device.frames(at_ms) as u64;
        let lost = device.frames(lost_ms) as u64;
        let device = Device { losses: vec![(at, lost)], ..device };
        let blocks = device.run(at_ms + lost_ms + 2_000.0);
        let out = through(&device, &blocks);
        prop_assert_eq!(out.gaps.len(), 1, "{:?}", out.gaps);
        let gap = out.gaps[0];
        let first_after = blocks.iter().find(|b| b.true_frame != b.first_frame).unwrap();
        prop_assert_eq!(gap.at_frame, first_after.first_frame, "exactly where the frames are missing");
        prop_assert_eq!((gap.cause, gap.estimated), (GapCause::Device, true));
        let wrong_ms = (gap.frames as f64 - lost as f64) / device.frames(1.0);
        prop_assert!(wrong_ms.abs() < 1.5, "{} ms wrong", wrong_ms);
        assert_complete(&device, &blocks, &out);
        // Frame numbers count what is missing, so the clock is as right as before.
        let end = blocks.last().unwrap().true_frame as f64;
        let dated = out.timeline.clock().moment_of(end).unwrap();
        let error_ms = dated.nanos_since(device.moment_of(end)) as f64 / 1e6;
        prop_assert!(error_ms.abs() < 1.5, "{}", error_ms);
    }

    #[test]
    fn refused_blocks_are_exact_gaps(
        device in good_device(),
        refused in prop::collection::vec(any::<prop::sample::Index>(), 1..8),
    ) {
        let all = device.run(6_000.0);
        let refused: Vec<usize> = refused.iter().map(|i| 1 + i.index(all.len() - 2)).collect();
        let blocks: Vec<Block> = (0..all.len()).filter(|n| !refused.contains(n)).map(|n| all[n]).collect();
        let out = through(&device, &blocks);
        let zeros: u64 = out.gaps.iter().map(|gap| gap.frames).sum();
        let missing: u64 = (0..all.len()).filter(|n| refused.contains(n)).map(|n| u64::from(all[n].frames)).sum();
        prop_assert_eq!(zeros, missing);
        for gap in &out.gaps {
            prop_assert_eq!((gap.cause, gap.estimated), (GapCause::Overrun, false));
        }
        for (first, samples) in &out.audio {
            prop_assert_eq!(frame_of(samples[0]), Some(*first), "a frame keeps its number");
        }
    }

    #[test]
    fn losses_of_both_kinds_in_a_row_are_told_apart(device in good_device(), lost_ms in 20.0..500.0) {
        let at = device.frames(3_000.0) as u64;
        let lost = device.frames(lost_ms) as u64;
        let device = Device { losses: vec![(at, lost)], ..device };
        let mut blocks = device.run(6_000.0);
        // The last block before the loss, and the first after it, were refused.
        let after = blocks.iter().position(|b| b.true_frame != b.first_frame).unwrap();
        let refused: u64 = blocks.drain(after - 1..=after).map(|b| u64::from(b.frames)).sum();
        let out = through(&device, &blocks);
        let of = |cause| out.gaps.iter().filter(move |g| g.cause == cause).map(|g| g.frames).sum::<u64>();
        prop_assert_eq!(of(GapCause::Overrun), refused);
        let wrong_ms = (of(GapCause::Device) as f64 - lost as f64) / device.frames(1.0);
        prop_assert!(wrong_ms.abs() < 1.5, "{} ms wrong", wrong_ms);
    }

    #[test]
    fn lies_at_start_up_make_no_gap(device in good_device(), lie_ms in 3.0..500.0, lies_for_ms in 1.0..1800.0) {
        let device = Device { lie_ms, lies_for_ms, ..device };
        let blocks = device.run(6_000.0);
        let out = through(&device, &blocks);
        prop_assert_eq!(&out.gaps, &vec![]);
        assert_complete(&device, &blocks, &out);
    }
}

#[test]
fn a_clock_that_never_locks_is_used_after_three_seconds_and_finds_large_losses() {
    let lost = 48_000;
    let device = Device {
        jitter_ms: 60.0,
        losses: vec![(48_000 * 5, lost)],
        ..Device::default()
    };
    let blocks = device.run(8_000.0);
    let mut timeline = Timeline::new(device.format(), 0);
    for block in &blocks {
        timeline.accept(block.stamp(), Vec::new());
        let heard = block.first_frame + u64::from(block.frames);
        assert_eq!(timeline.ready(), heard >= 3 * 48_000, "{heard}");
    }
    let out = through(&device, &blocks);
    assert_eq!(out.gaps.len(), 1);
    let wrong_ms = (out.gaps[0].frames as f64 - lost as f64) / 48.0;
    assert!(wrong_ms.abs() < 12.0, "{wrong_ms} ms wrong");
}

#[test]
fn a_stream_may_begin_with_any_frame() {
    let device = Device::default();
    let blocks = device.run(2_000.0);
    let out = through(&device, &blocks[7..]);
    assert_eq!(out.audio[0].0, 7 * 480);
    assert_eq!(out.gaps, []);
}
