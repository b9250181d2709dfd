//! Sources without a device: a thread that feeds the callback code in real time.
//!
//! Frame `n` is captured at the start plus `n / rate`, exactly, and is delivered when its whole block and the source's
//! latency have passed, by absolute deadlines: a thread that wakes late delivers late, and dates are never wrong.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::Given;
use super::callback::BlockSink;
use crate::platform;
use crate::units::Moment;

/// What a paced thread takes its frames from.
pub trait Feed: Send + 'static {
    /// Writes the next frames, interleaved.
    fn fill(&mut self, block: &mut [f32]);

    /// At `frame` the demo speaker was given `text` to read.
    fn cue(&mut self, text: &str, frame: u64, given: Given) {
        let _ = (text, frame, given);
    }
}

/// How a feed is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Frames per second.
    pub rate_hz: u32,
    /// Channels of the feed.
    pub channels: u16,
    /// Frames per block.
    pub block_frames: u32,
    /// From the capture of a block's last frame to its delivery.
    pub latency: Duration,
}

/// A running feed. Dropping it ends its thread; blocks for at most one block.
#[derive(Debug)]
pub struct PacedSource {
    cues: Option<Sender<Cue>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Cue {
    text: String,
    at: Moment,
    given: Given,
}

impl PacedSource {
    /// Feeds `sink` from now on.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(feed: impl Feed, pace: Pace, sink: BlockSink) -> std::io::Result<Self> {
        let (cues, inbox) = channel();
        let pacer = Pacer::new(feed, pace, sink, platform::now());
        let thread = thread::Builder::new()
            .name("paced source".to_owned())
            .spawn(move || run(pacer, &inbox))?;
        Ok(Self {
            cues: Some(cues),
            thread: Some(thread),
        })
    }

    /// Tells the feed that `text` was given to be read at `at`.
    pub fn cue(&self, text: &str, at: Moment, given: Given) {
        if let Some(cues) = &self.cues {
            let text = text.to_owned();
            // A feed that has ended hears nothing.
            let _ = cues.send(Cue { text, at, given });
        }
    }
}

impl Drop for PacedSource {
    fn drop(&mut self) {
        self.cues = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run<F: Feed>(mut pacer: Pacer<F>, inbox: &Receiver<Cue>) {
    loop {
        let wait = pacer.deadline().since(platform::now());
        match inbox.recv_timeout(wait) {
            Ok(cue) => pacer.cue(&cue.text, cue.at, cue.given),
            Err(RecvTimeoutError::Timeout) => pacer.deliver(platform::now()),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// The thread's step, with the clock outside.
struct Pacer<F> {
    feed: F,
    pace: Pace,
    sink: BlockSink,
    start: Moment,
    next_frame: u64,
    block: Vec<f32>,
}

impl<F: Feed> Pacer<F> {
    fn new(feed: F, pace: Pace, sink: BlockSink, start: Moment) -> Self {
        let samples = pace.block_frames as usize * usize::from(pace.channels);
        Self {
            feed,
            pace,
            sink,
            start,
            next_frame: 0,
            block: vec![0.0; samples],
        }
    }

    fn captured_at(&self, frame: u64) -> Moment {
        let nanos = u128::from(frame) * 1_000_000_000 / u128::from(self.pace.rate_hz);
        self.start.offset_nanos(nanos as i64)
    }

    /// When the next block is due.
    fn deadline(&self) -> Moment {
        self.captured_at(self.next_frame + u64::from(self.pace.block_frames)) + self.pace.latency
    }

    fn deliver(&mut self, now: Moment) {
        self.feed.fill(&mut self.block);
        let age = now.since(self.captured_at(self.next_frame));
        self.sink.accept(&self.block, now, age);
        self.next_frame += u64::from(self.pace.block_frames);
    }

    fn cue(&mut self, text: &str, at: Moment, given: Given) {
        let nanos = at.since(self.start).as_nanos();
        let frame = nanos * u128::from(self.pace.rate_hz) / 1_000_000_000;
        self.feed.cue(text, frame as u64, given);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp)] // exactly these values are promised

    use super::*;
    use crate::audio::StreamFormat;
    use crate::audio::ring::{RingReader, ring};

    /// Counts its frames, and says which were cued.
    #[derive(Default)]
    struct Counting {
        next: f32,
        cues: Vec<(String, u64)>,
    }

    impl Feed for Counting {
        fn fill(&mut self, block: &mut [f32]) {
            for sample in block {
                *sample = self.next;
                self.next += 1.0;
            }
        }

        fn cue(&mut self, text: &str, frame: u64, _given: Given) {
            self.cues.push((text.to_owned(), frame));
        }
    }

    const PACE: Pace = Pace {
        rate_hz: 1000,
        channels: 1,
        block_frames: 10,
        latency: Duration::from_millis(200),
    };

    fn sink() -> (BlockSink, RingReader) {
        let format = StreamFormat {
            sample_rate_hz: 1000,
            channels: 1,
        };
        let (writer, reader) = ring(1, format, 4);
        (BlockSink::new(writer, 1, &[0]).0, reader)
    }

    #[test]
    fn a_block_is_due_when_it_is_over_and_the_latency_has_passed() {
        let (sink, _reader) = sink();
        let start = Moment::from_nanos(5_000_000_000);
        let mut pacer = Pacer::new(Counting::default(), PACE, sink, start);
        assert_eq!(pacer.deadline(), start + Duration::from_millis(210));
        pacer.deliver(pacer.deadline());
        assert_eq!(pacer.deadline(), start + Duration::from_millis(220));
    }

    #[test]
    fn blocks_that_are_delivered_late_are_dated_all_the_same() {
        let (sink, mut reader) = sink();
        let start = Moment::from_nanos(5_000_000_000);
        let mut pacer = Pacer::new(Counting::default(), PACE, sink, start);
        pacer.deliver(start + Duration::from_secs(1));
        pacer.deliver(start + Duration::from_secs(2));
        let mut samples = Vec::new();
        assert_eq!(reader.pop(&mut samples).unwrap().captured_at, start);
        let second = reader.pop(&mut samples).unwrap();
        assert_eq!(second.captured_at, start + Duration::from_millis(10));
        assert_eq!(samples.last(), Some(&19.0));
    }

    #[test]
    fn a_cue_names_its_frame() {
        let (sink, _reader) = sink();
        let start = Moment::from_nanos(5_000_000_000);
        let mut pacer = Pacer::new(Counting::default(), PACE, sink, start);
        pacer.cue("seven", start + Duration::from_millis(700), Given::Key);
        assert_eq!(pacer.feed.cues, [("seven".to_owned(), 700)]);
    }

    #[test]
    fn a_running_source_delivers_until_it_is_dropped() {
        let (sink, mut reader) = sink();
        let pace = Pace {
            latency: Duration::ZERO,
            ..PACE
        };
        let source = PacedSource::start(Counting::default(), pace, sink).unwrap();
        let mut samples = Vec::new();
        while reader.pop(&mut samples).is_none() {
            thread::yield_now();
        }
        drop(source);
        assert!(reader.is_abandoned());
    }
}
