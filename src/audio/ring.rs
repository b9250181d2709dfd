//! The ring between the audio callback and the capture thread.
//!
//! One `rtrb` ring of samples and one of stamps. A block is taken whole or refused whole; a refused block is counted and
//! shows as a jump of the next stamp's `first_frame`. Nothing here allocates, locks, logs or frees after [`ring`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rtrb::{Consumer, Producer, RingBuffer};

use super::{Stamp, StreamFormat};
use crate::units::Moment;

/// Stamps that fit in a ring: 4 s of the smallest blocks seen (32 frames at 192 kHz).
const STAMPS: usize = 24_000;

/// Losses, counted by the callbacks and read by the capture thread.
#[derive(Debug, Default)]
pub struct Counters {
    /// Blocks refused because the ring was full.
    pub overruns: AtomicU64,
    /// Losses that the device reported.
    pub xruns: AtomicU64,
    /// Samples that were NaN or infinite and became zero.
    pub not_finite: AtomicU64,
}

/// The two ends of a ring that holds `seconds` of audio in `format`; `stream` is the number of the opening.
pub fn ring(stream: u32, format: StreamFormat, seconds: u32) -> (RingWriter, RingReader) {
    let samples = format.sample_rate_hz as usize * usize::from(format.channels) * seconds as usize;
    let (samples_in, samples_out) = RingBuffer::new(samples);
    let (stamps_in, stamps_out) = RingBuffer::new(STAMPS);
    let counters = Arc::new(Counters::default());
    let writer = RingWriter {
        samples: samples_in,
        stamps: stamps_in,
        counters: counters.clone(),
        stream,
        channels: usize::from(format.channels),
        next_frame: 0,
    };
    (
        writer,
        RingReader {
            samples: samples_out,
            stamps: stamps_out,
            counters,
            stream,
            format,
        },
    )
}

/// The callback's end.
#[derive(Debug)]
pub struct RingWriter {
    samples: Producer<f32>,
    stamps: Producer<Stamp>,
    counters: Arc<Counters>,
    stream: u32,
    channels: usize,
    next_frame: u64,
}

impl RingWriter {
    /// Pushes one block of `frames` frames whose interleaved samples `block` yields (exactly `frames` × channels of
    /// them), or refuses it whole. Says whether it was taken. Realtime-safe.
    pub fn push(
        &mut self,
        captured_at: Moment,
        frames: usize,
        block: impl Iterator<Item = f32>,
    ) -> bool {
        let first_frame = self.next_frame;
        self.next_frame += frames as u64;
        let count = frames * self.channels;
        if self.stamps.is_full() || frames == 0 {
            return self.refuse(frames);
        }
        let Ok(chunk) = self.samples.write_chunk_uninit(count) else {
            return self.refuse(frames);
        };
        let mut bad = 0;
        let filled = chunk.fill_from_iter(block.map(|sample| {
            if sample.is_finite() {
                sample
            } else {
                bad += 1;
                0.0
            }
        }));
        debug_assert_eq!(filled, count);
        if bad > 0 {
            self.counters.not_finite.fetch_add(bad, Ordering::Relaxed);
        }
        let stamp = Stamp {
            stream: self.stream,
            first_frame,
            frames: frames as u32,
            captured_at,
        };
        // Room was checked above and this is the only producer.
        self.stamps.push(stamp).is_ok()
    }

    fn refuse(&mut self, frames: usize) -> bool {
        if frames > 0 {
            self.counters.overruns.fetch_add(1, Ordering::Relaxed);
        }
        false
    }

    /// Channels of a frame in the ring.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Where losses are counted, for the error callback.
    pub fn counters(&self) -> Arc<Counters> {
        self.counters.clone()
    }
}

/// The capture thread's end.
#[derive(Debug)]
pub struct RingReader {
    samples: Consumer<f32>,
    stamps: Consumer<Stamp>,
    counters: Arc<Counters>,
    stream: u32,
    format: StreamFormat,
}

impl RingReader {
    /// Takes the oldest block: its stamp, and its samples appended to `into`.
    pub fn pop(&mut self, into: &mut Vec<f32>) -> Option<Stamp> {
        let stamp = self.stamps.pop().ok()?;
        let count = stamp.frames as usize * usize::from(self.format.channels);
        let chunk = self.samples.read_chunk(count).ok()?;
        let (first, second) = chunk.as_slices();
        into.extend_from_slice(first);
        into.extend_from_slice(second);
        chunk.commit_all();
        Some(stamp)
    }

    /// Rate and channels of the samples.
    pub fn format(&self) -> StreamFormat {
        self.format
    }

    /// Number of the opening.
    pub fn stream(&self) -> u32 {
        self.stream
    }

    /// Losses so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The source is closed and nothing more will come.
    pub fn is_abandoned(&self) -> bool {
        self.stamps.is_abandoned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONO: StreamFormat = StreamFormat {
        sample_rate_hz: 10,
        channels: 1,
    };

    #[test]
    fn a_block_comes_out_as_it_went_in() {
        let (mut writer, mut reader) = ring(3, MONO, 1);
        assert!(writer.push(Moment::from_nanos(7), 3, [0.1, 0.2, 0.3].into_iter()));
        let mut samples = Vec::new();
        let stamp = reader.pop(&mut samples).unwrap();
        assert_eq!(samples, [0.1, 0.2, 0.3]);
        assert_eq!(stamp.stream, 3);
        assert_eq!((stamp.first_frame, stamp.frames), (0, 3));
        assert_eq!(stamp.captured_at, Moment::from_nanos(7));
    }

    #[test]
    fn a_refused_block_is_counted_and_is_a_jump_of_the_next_first_frame() {
        let (mut writer, mut reader) = ring(1, MONO, 1);
        assert!(writer.push(Moment::default(), 8, std::iter::repeat_n(0.5, 8)));
        assert!(!writer.push(Moment::default(), 4, std::iter::repeat_n(0.5, 4)));
        assert_eq!(reader.counters().overruns.load(Ordering::Relaxed), 1);
        let mut samples = Vec::new();
        reader.pop(&mut samples).unwrap();
        assert!(writer.push(Moment::default(), 2, std::iter::repeat_n(0.5, 2)));
        assert_eq!(reader.pop(&mut samples).unwrap().first_frame, 12);
        assert_eq!(samples.len(), 10);
    }

    #[test]
    fn what_is_not_a_number_becomes_zero_and_is_counted() {
        let (mut writer, mut reader) = ring(1, MONO, 1);
        writer.push(Moment::default(), 2, [f32::NAN, f32::INFINITY].into_iter());
        let mut samples = Vec::new();
        reader.pop(&mut samples).unwrap();
        assert_eq!(samples, [0.0, 0.0]);
        assert_eq!(reader.counters().not_finite.load(Ordering::Relaxed), 2);
    }
}
