//! The history: the newest seconds of a stream, by frame number, with what went wrong in them.
//!
//! Promise: the newest frames, as many milliseconds as it was made for, can be read at any time, zeros where frames were missing, and
//! every loss is kept as long as its frames. Memory is fixed at the start. A reader that comes later than that gets less:
//! [`History::start`] says from where on.

use std::collections::VecDeque;
use std::ops::{AddAssign, Range};

use crate::audio::StreamFormat;

use super::timeline::StreamGap;

/// Losses that have no length of their own on the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mishaps {
    /// Blocks that our ring refused.
    pub overruns: u64,
    /// Losses that the device reported.
    pub xruns: u64,
    /// Samples that were not numbers.
    pub not_finite: u64,
}

impl Mishaps {
    /// What was added since the counts were `earlier`.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            overruns: self.overruns.saturating_sub(earlier.overruns),
            xruns: self.xruns.saturating_sub(earlier.xruns),
            not_finite: self.not_finite.saturating_sub(earlier.not_finite),
        }
    }
}

impl AddAssign for Mishaps {
    fn add_assign(&mut self, other: Self) {
        self.overruns += other.overruns;
        self.xruns += other.xruns;
        self.not_finite += other.not_finite;
    }
}

/// The newest seconds of one stream.
#[derive(Debug)]
pub struct History {
    channels: usize,
    capacity_frames: u64,
    /// Frame `n` is at `n % capacity_frames`.
    samples: Vec<f32>,
    origin: u64,
    end: u64,
    gaps: VecDeque<StreamGap>,
    mishaps: VecDeque<(u64, Mishaps)>,
}

impl History {
    /// An empty history for `ms` milliseconds of a stream whose first frame is `origin`.
    pub fn new(format: StreamFormat, origin: u64, ms: u32) -> Self {
        let channels = usize::from(format.channels);
        let capacity_frames = crate::units::frames_in_ms(format.sample_rate_hz, ms).max(1);
        Self {
            channels,
            capacity_frames,
            samples: vec![0.0; capacity_frames as usize * channels],
            origin,
            end: origin,
            gaps: VecDeque::new(),
            mishaps: VecDeque::new(),
        }
    }

    /// Adds interleaved whole frames.
    pub fn push(&mut self, samples: &[f32]) {
        let skipped = samples.len().saturating_sub(self.samples.len());
        self.end += (skipped / self.channels) as u64;
        let mut rest = &samples[skipped..];
        while !rest.is_empty() {
            let at = self.index(self.end);
            let count = rest.len().min(self.samples.len() - at);
            self.samples[at..at + count].copy_from_slice(&rest[..count]);
            self.end += (count / self.channels) as u64;
            rest = &rest[count..];
        }
        self.forget();
    }

    /// Adds missing frames: zeros. `gap` must begin where the history ends.
    pub fn push_gap(&mut self, gap: StreamGap) {
        debug_assert_eq!(gap.at_frame, self.end);
        self.gaps.push_back(gap);
        let stored = gap.frames.min(self.capacity_frames);
        self.end += gap.frames - stored;
        let mut left = stored as usize * self.channels;
        while left > 0 {
            let at = self.index(self.end);
            let count = left.min(self.samples.len() - at);
            self.samples[at..at + count].fill(0.0);
            self.end += (count / self.channels) as u64;
            left -= count;
        }
        self.forget();
    }

    /// Notes what went wrong at `frame`.
    pub fn note(&mut self, frame: u64, mishaps: Mishaps) {
        if mishaps != Mishaps::default() {
            self.mishaps.push_back((frame, mishaps));
        }
    }

    fn forget(&mut self) {
        let start = self.start();
        while self
            .gaps
            .front()
            .is_some_and(|g| g.at_frame + g.frames <= start)
        {
            self.gaps.pop_front();
        }
        while self.mishaps.front().is_some_and(|(at, _)| *at < start) {
            self.mishaps.pop_front();
        }
    }

    fn index(&self, frame: u64) -> usize {
        (frame % self.capacity_frames) as usize * self.channels
    }

    /// Channels of a frame.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The stream's first frame.
    pub fn origin(&self) -> u64 {
        self.origin
    }

    /// The oldest frame that is still here.
    pub fn start(&self) -> u64 {
        self.end
            .saturating_sub(self.capacity_frames)
            .max(self.origin)
    }

    /// The frame after the newest.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// The samples of `frames`, which must lie between [`History::start`] and [`History::end`], in two parts.
    pub fn slices(&self, frames: Range<u64>) -> [&[f32]; 2] {
        debug_assert!(frames.start >= self.start() && frames.end <= self.end);
        let count = frames.end.saturating_sub(frames.start) as usize * self.channels;
        let at = self.index(frames.start);
        let first = count.min(self.samples.len() - at);
        [
            &self.samples[at..at + first],
            &self.samples[..count - first],
        ]
    }

    /// The gaps within `frames`, cut to them.
    pub fn gaps_in(&self, frames: Range<u64>) -> impl Iterator<Item = StreamGap> {
        self.gaps.iter().filter_map(move |gap| {
            let start = gap.at_frame.max(frames.start);
            let end = (gap.at_frame + gap.frames).min(frames.end);
            (start < end).then(|| StreamGap {
                at_frame: start,
                frames: end - start,
                ..*gap
            })
        })
    }

    /// What went wrong within `frames`.
    pub fn mishaps_in(&self, frames: &Range<u64>) -> Mishaps {
        let mut sum = Mishaps::default();
        for (_, mishaps) in self.mishaps.iter().filter(|(at, _)| frames.contains(at)) {
            sum += *mishaps;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::super::timeline::GapCause;
    use super::*;

    const FORMAT: StreamFormat = StreamFormat {
        sample_rate_hz: 1000,
        channels: 2,
    };

    /// Frame `n` is (n, -n).
    fn frames(range: Range<u64>) -> Vec<f32> {
        range.flat_map(|n| [n as f32, -(n as f32)]).collect()
    }

    fn gap(at_frame: u64, frames: u64) -> StreamGap {
        StreamGap {
            at_frame,
            frames,
            cause: GapCause::Device,
            estimated: true,
        }
    }

    #[test]
    fn the_newest_frames_are_there_by_their_number() {
        let mut history = History::new(FORMAT, 7, 10);
        history.push(&frames(7..15));
        assert_eq!((history.start(), history.end()), (7, 15));
        history.push(&frames(15..22));
        assert_eq!((history.start(), history.end()), (12, 22));
        assert_eq!(history.slices(13..21).concat(), frames(13..21));
    }

    #[test]
    fn a_block_larger_than_the_history_leaves_its_end() {
        let mut history = History::new(FORMAT, 0, 10);
        history.push(&frames(0..35));
        assert_eq!(history.slices(25..35).concat(), frames(25..35));
    }

    #[test]
    fn a_gap_is_zeros_and_stays_known_as_long_as_its_frames() {
        let mut history = History::new(FORMAT, 0, 10);
        history.push(&frames(0..5));
        history.push_gap(gap(5, 3));
        history.push(&frames(8..10));
        assert_eq!(history.slices(5..8).concat(), [0.0; 6]);
        assert_eq!(history.gaps_in(6..20).collect::<Vec<_>>(), [gap(6, 2)]);
        history.push(&frames(10..18));
        assert_eq!(history.gaps_in(0..20).count(), 0);
    }

    #[test]
    fn a_gap_of_hours_costs_nothing() {
        let mut history = History::new(FORMAT, 0, 10);
        history.push_gap(gap(0, 1 << 40));
        history.push(&frames(0..1));
        assert_eq!(history.end(), (1 << 40) + 1);
        assert_eq!(
            history.slices((1 << 40) - 1..(1 << 40) + 1).concat(),
            [0.0; 4]
        );
    }

    #[test]
    fn mishaps_are_counted_where_they_happened() {
        let mut history = History::new(FORMAT, 0, 10);
        history.push(&frames(0..8));
        let one = Mishaps {
            xruns: 1,
            ..Mishaps::default()
        };
        history.note(3, one);
        history.note(6, one);
        assert_eq!(history.mishaps_in(&(0..6)), one);
        assert_eq!(history.mishaps_in(&(0..7)).xruns, 2);
    }
}
