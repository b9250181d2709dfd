//! The timeline: turns stamped blocks into one contiguous run of frames, with zeros exactly where frames are missing.
//!
//! Promise: every frame that the device delivered comes out once, in order, and a frame's number never changes once it
//! is out. Frames that our ring refused show as a jump of a stamp's `first_frame`: exact. Frames that were lost before
//! they reached us show as capture time that steps ahead of the frame count: blocks that come too late are held back
//! until enough of them agree (a gap, estimated to within the jitter) or one is in line again (a late stamp, no gap).
//! Frame numbers count the missing frames, so the stream clock stays right through a gap.
//!
//! How it fails: a loss of less than 10 ms (or five times what blocks are told late, p95, if that is more) goes unseen and shifts the
//! frames after it against the keys until the clock has followed, half a second later. Before the clock is ready nothing
//! is held back.

use std::collections::VecDeque;

use crate::audio::clock::StreamClock;
use crate::audio::{Stamp, StreamFormat};

/// A loss is believed above this, ns, or above [`LOSS_LATENESSES`] times the lateness (p95) of the stamps.
const LOSS_NS: f64 = 10e6;
/// See [`LOSS_NS`].
const LOSS_LATENESSES: f64 = 5.0;
/// So many blocks must agree.
const AGREEING_BLOCKS: usize = 3;
/// Blocks that do not agree are held for so long, ns of audio, then the least late of the newest decides. A rush of blocks
/// after a stall, all stamped at one instant, is over by then.
const PATIENCE_NS: f64 = 2e9;
/// A clock that has not locked after so many seconds of stream is used all the same.
const GIVE_UP_LOCKING_S: f64 = 3.0;

/// Why frames are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapCause {
    /// Our ring was full.
    Overrun,
    /// They were lost before they reached us.
    Device,
}

impl GapCause {
    /// The word in the sidecar.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overrun => "overrun",
            Self::Device => "device",
        }
    }
}

/// Missing frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamGap {
    /// First missing frame, from the stream's opening.
    pub at_frame: u64,
    /// How many.
    pub frames: u64,
    /// Why.
    pub cause: GapCause,
    /// Whether the number was estimated from the clock.
    pub estimated: bool,
}

/// What comes next on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Interleaved samples, whole frames.
    Audio(Vec<f32>),
    /// Zeros.
    Gap(StreamGap),
}

/// A block that is held back.
#[derive(Debug)]
struct Held {
    stamp: Stamp,
    samples: Vec<f32>,
    late_ns: f64,
}

/// The timeline of one stream.
#[derive(Debug)]
pub struct Timeline {
    clock: StreamClock,
    rate_hz: f64,
    /// First frame that reached us.
    origin: u64,
    /// What the next stamp should begin with, in the device's own count.
    next_frame: u64,
    /// Frames inserted for losses that the device did not count.
    inserted: u64,
    ready: bool,
    held: VecDeque<Held>,
    pieces: VecDeque<Piece>,
}

impl Timeline {
    /// An empty timeline for a stream of this format whose first block begins with `origin`.
    pub fn new(format: StreamFormat, origin: u64) -> Self {
        Self {
            clock: StreamClock::new(format.sample_rate_hz),
            rate_hz: f64::from(format.sample_rate_hz),
            origin,
            next_frame: origin,
            inserted: 0,
            ready: false,
            held: VecDeque::new(),
            pieces: VecDeque::new(),
        }
    }

    /// Takes in the next block. What can be passed on waits in [`Timeline::next_piece`].
    pub fn accept(&mut self, stamp: Stamp, samples: Vec<f32>) {
        let late_ns = self.lateness(&stamp);
        if !self.ready || late_ns.abs() <= self.limit_ns() {
            self.release();
            self.pass(&stamp, samples, true);
            return;
        }
        if self
            .held
            .back()
            .is_some_and(|h| (h.late_ns > 0.0) != (late_ns > 0.0))
        {
            self.release();
        }
        self.held.push_back(Held {
            stamp,
            samples,
            late_ns,
        });
        if let Some(late_ns) = self.decision() {
            self.decide(late_ns);
        }
    }

    /// The next piece, in order, each contiguous with the one before.
    pub fn next_piece(&mut self) -> Option<Piece> {
        self.pieces.pop_front()
    }

    /// Passes on what is held back as it stands: nothing more will come to decide it.
    pub fn release(&mut self) {
        while let Some(held) = self.held.pop_front() {
            // An early stamp among good ones is a lie; a late one costs nothing.
            self.pass(&held.stamp, held.samples, held.late_ns > 0.0);
        }
    }

    /// The clock, in frames of this timeline.
    pub fn clock(&self) -> &StreamClock {
        &self.clock
    }

    /// The clock is locked, or three seconds of stream have passed and it is used all the same.
    pub fn ready(&self) -> bool {
        self.ready
    }

    fn lateness(&self, stamp: &Stamp) -> f64 {
        let frame = (stamp.first_frame + self.inserted) as f64;
        self.clock.moment_of(frame).map_or(0.0, |expected| {
            stamp.captured_at.nanos_since(expected) as f64
        })
    }

    fn limit_ns(&self) -> f64 {
        LOSS_NS.max(LOSS_LATENESSES * self.clock.lateness_ms() * 1e6)
    }

    /// By how much the held blocks are out of line, once that can be told, ns. Enough of the newest must agree within
    /// half the limit, over a stretch so long that blocks stamped in a burst at one instant would not.
    fn decision(&self) -> Option<f64> {
        let limit_ns = self.limit_ns();
        let newest = self.held.back()?;
        let span_ns =
            |h: &Held| (newest.stamp.first_frame - h.stamp.first_frame) as f64 * 1e9 / self.rate_hz;
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for (count, held) in self.held.iter().rev().enumerate() {
            least = least.min(held.late_ns);
            most = most.max(held.late_ns);
            if count + 1 >= AGREEING_BLOCKS && span_ns(held) >= limit_ns {
                let out_of_patience = self.held.front().is_some_and(|h| span_ns(h) >= PATIENCE_NS);
                return (most - least <= limit_ns / 2.0 || out_of_patience).then_some(least);
            }
        }
        None
    }

    fn decide(&mut self, late_ns: f64) {
        let held = std::mem::take(&mut self.held);
        let Some(first) = held.front() else { return };
        if late_ns > 0.0 {
            self.overrun_up_to(first.stamp.first_frame);
            let frames = (late_ns * self.rate_hz / 1e9).round() as u64;
            self.pieces.push_back(Piece::Gap(StreamGap {
                at_frame: self.next_frame + self.inserted,
                frames,
                cause: GapCause::Device,
                estimated: true,
            }));
            self.inserted += frames;
        }
        for block in held {
            self.pass(&block.stamp, block.samples, true);
        }
    }

    /// Zeros for blocks that our ring refused.
    fn overrun_up_to(&mut self, frame: u64) {
        if frame > self.next_frame {
            self.pieces.push_back(Piece::Gap(StreamGap {
                at_frame: self.next_frame + self.inserted,
                frames: frame - self.next_frame,
                cause: GapCause::Overrun,
                estimated: false,
            }));
            self.next_frame = frame;
        }
    }

    fn pass(&mut self, stamp: &Stamp, samples: Vec<f32>, believed: bool) {
        self.overrun_up_to(stamp.first_frame);
        if believed {
            let frame = stamp.first_frame + self.inserted;
            self.clock.feed(frame, stamp.captured_at);
        }
        self.next_frame = stamp.first_frame + u64::from(stamp.frames);
        let heard = (self.next_frame - self.origin) as f64 / self.rate_hz;
        self.ready = self.ready || self.clock.locked() || heard >= GIVE_UP_LOCKING_S;
        self.pieces.push_back(Piece::Audio(samples));
    }
}
