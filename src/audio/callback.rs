//! The code that runs on the audio thread: picks the channels that are kept, dates the block and pushes it.
//!
//! It neither allocates, locks, logs nor frees, and makes no system call of its own (`docs/realtime.md` says how that is
//! proved). A block that finds no room is refused whole and counted; nothing here can fail otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use super::ring::{Counters, RingWriter};
use crate::units::Moment;

/// Faults in a row, without a block between them, after which a stream counts as dead. A source that has gone raises
/// hundreds of thousands a second (ALSA, measured), one that stumbles raises one.
const DEADLY_FAULTS: u32 = 8;

/// A sample as a device delivers it.
pub trait DeviceSample: Copy {
    /// The sample with full scale at 1.0, exact for integers of up to 24 bits (in their own or a wider type). Realtime-safe.
    fn to_f32(self) -> f32;
}

/// 2^-31: an exact power of two, so that multiplying rounds nothing.
const FULL_SCALE_32: f32 = 1.0 / 2_147_483_648.0;

impl DeviceSample for f32 {
    fn to_f32(self) -> f32 {
        self
    }
}

impl DeviceSample for f64 {
    fn to_f32(self) -> f32 {
        self as f32
    }
}

impl DeviceSample for i32 {
    fn to_f32(self) -> f32 {
        self as f32 * FULL_SCALE_32
    }
}

impl DeviceSample for i16 {
    fn to_f32(self) -> f32 {
        (i32::from(self) << 16).to_f32()
    }
}

impl DeviceSample for i8 {
    fn to_f32(self) -> f32 {
        (i32::from(self) << 24).to_f32()
    }
}

impl DeviceSample for u32 {
    fn to_f32(self) -> f32 {
        (self ^ 0x8000_0000).cast_signed().to_f32()
    }
}

impl DeviceSample for u16 {
    fn to_f32(self) -> f32 {
        (u32::from(self) << 16).to_f32()
    }
}

impl DeviceSample for u8 {
    fn to_f32(self) -> f32 {
        (u32::from(self) << 24).to_f32()
    }
}

/// How a stream is doing; written by the audio thread, read by the supervisor.
#[derive(Debug, Default)]
pub struct Health {
    faults: AtomicU32,
    dead: AtomicBool,
}

impl Health {
    /// The source has gone, or the stream cannot go on. Realtime-safe.
    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed) || self.faults.load(Ordering::Relaxed) >= DEADLY_FAULTS
    }

    /// Declares the stream dead. Realtime-safe.
    pub fn declare_dead(&self) {
        self.dead.store(true, Ordering::Relaxed);
    }
}

/// What a device's error means for the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Frames were lost; the stream goes on.
    Xrun,
    /// The stream is over.
    Fatal,
    /// It may go on or not: [`Health`] counts these.
    Unclear,
    /// Nothing is lost by it.
    Harmless,
}

/// The error side of a stream. It is called on the audio thread, and by a dead device in a busy loop, so it touches
/// atomics and nothing else.
#[derive(Debug)]
pub struct FaultSink {
    counters: Arc<Counters>,
    health: Arc<Health>,
}

impl FaultSink {
    /// Notes a fault. Realtime-safe.
    pub fn note(&self, fault: Fault) {
        match fault {
            Fault::Xrun => {
                self.counters.xruns.fetch_add(1, Ordering::Relaxed);
            }
            Fault::Fatal => self.health.declare_dead(),
            Fault::Unclear => {
                // Saturates far below a wrap: once dead, always dead.
                if !self.health.is_dead() {
                    self.health.faults.fetch_add(1, Ordering::Relaxed);
                }
            }
            Fault::Harmless => {}
        }
    }
}

/// The data side of a stream.
#[derive(Debug)]
pub struct BlockSink {
    ring: RingWriter,
    device_channels: usize,
    channel_map: Box<[usize]>,
    health: Arc<Health>,
}

impl BlockSink {
    /// A sink that keeps the zero-based `channel_map` of the `device_channels` interleaved channels that come in and
    /// pushes them into `ring`; with the stream's error side and its health.
    ///
    /// # Panics
    /// When the map names a channel that is not there, or has not the ring's number of channels: the caller checks
    /// what comes from a user.
    pub fn new(
        ring: RingWriter,
        device_channels: u16,
        channel_map: &[u16],
    ) -> (Self, FaultSink, Arc<Health>) {
        assert!(channel_map.iter().all(|channel| *channel < device_channels));
        assert_eq!(channel_map.len(), ring.channels());
        let health = Arc::new(Health::default());
        let faults = FaultSink {
            counters: ring.counters(),
            health: health.clone(),
        };
        let sink = Self {
            ring,
            device_channels: usize::from(device_channels),
            channel_map: channel_map.iter().copied().map(usize::from).collect(),
            health: health.clone(),
        };
        (sink, faults, health)
    }

    /// Takes one interleaved block of the device. `now` is the instant of the call and `age` how long before it the
    /// first frame was captured, by the device's own account. Says whether the ring had room. Realtime-safe.
    pub fn accept<T: DeviceSample>(&mut self, block: &[T], now: Moment, age: Duration) -> bool {
        if self.health.faults.load(Ordering::Relaxed) != 0 && !self.health.is_dead() {
            self.health.faults.store(0, Ordering::Relaxed);
        }
        let frames = block.len() / self.device_channels;
        let kept = self.channel_map.iter();
        let samples = block
            .chunks_exact(self.device_channels)
            .flat_map(|frame| kept.clone().map(|channel| frame[*channel].to_f32()));
        self.ring.push(now - age, frames, samples)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp)] // exactly these values are promised

    use super::*;
    use crate::audio::StreamFormat;
    use crate::audio::ring::{RingReader, ring};

    fn sink(device_channels: u16, map: &[u16]) -> (BlockSink, FaultSink, Arc<Health>, RingReader) {
        let format = StreamFormat {
            sample_rate_hz: 100,
            channels: map.len() as u16,
        };
        let (writer, reader) = ring(1, format, 1);
        let (sink, faults, health) = BlockSink::new(writer, device_channels, map);
        (sink, faults, health, reader)
    }

    fn popped(reader: &mut RingReader) -> Vec<f32> {
        let mut samples = Vec::new();
        reader.pop(&mut samples);
        samples
    }

    #[test]
    fn only_the_channels_asked_for_are_kept_and_in_the_order_asked_for() {
        let (mut sink, _, _, mut reader) = sink(3, &[2, 0]);
        sink.accept(
            &[0.1f32, 0.2, 0.3, 0.4, 0.5, 0.6],
            Moment::default(),
            Duration::ZERO,
        );
        assert_eq!(popped(&mut reader), [0.3, 0.1, 0.6, 0.4]);
    }

    #[test]
    fn a_block_is_dated_by_its_age() {
        let (mut sink, _, _, mut reader) = sink(1, &[0]);
        sink.accept(
            &[0i16],
            Moment::from_nanos(1_000),
            Duration::from_nanos(300),
        );
        let stamp = reader.pop(&mut Vec::new()).unwrap();
        assert_eq!(stamp.captured_at, Moment::from_nanos(700));
    }

    #[test]
    fn every_16_bit_sample_survives_exactly() {
        for sample in i16::MIN..=i16::MAX {
            assert_eq!((sample.to_f32() * 32_768.0) as i16, sample);
            assert_eq!((sample.to_f32() * 32_768.0).fract(), 0.0);
        }
    }

    #[test]
    fn every_24_bit_sample_in_a_32_bit_word_survives_exactly() {
        for sample in (-(1 << 23)..1 << 23).step_by(101).chain([-1, 0, 1]) {
            let float = (sample << 8).to_f32();
            assert_eq!((float * 8_388_608.0) as i32, sample);
        }
    }

    #[test]
    fn unsigned_samples_are_silent_in_their_middle_and_reach_full_scale() {
        assert_eq!(128u8.to_f32(), 0.0);
        assert_eq!(32_768u16.to_f32(), 0.0);
        assert_eq!(0x8000_0000u32.to_f32(), 0.0);
        for lowest in [0u8.to_f32(), 0u16.to_f32(), 0u32.to_f32(), i8::MIN.to_f32()] {
            assert_eq!(lowest, -1.0);
        }
    }

    #[test]
    fn one_fault_kills_nothing_but_a_flood_does() {
        let (mut sink, faults, health, _reader) = sink(1, &[0]);
        for _ in 0..3 * DEADLY_FAULTS {
            faults.note(Fault::Unclear);
            sink.accept(&[0.0f32], Moment::default(), Duration::ZERO);
        }
        assert!(!health.is_dead());
        for _ in 0..DEADLY_FAULTS {
            faults.note(Fault::Unclear);
        }
        assert!(health.is_dead());
    }

    #[test]
    fn an_xrun_is_counted_and_a_fatal_fault_is_final() {
        let (mut sink, faults, health, reader) = sink(1, &[0]);
        faults.note(Fault::Xrun);
        faults.note(Fault::Harmless);
        assert_eq!(reader.counters().xruns.load(Ordering::Relaxed), 1);
        assert!(!health.is_dead());
        faults.note(Fault::Fatal);
        sink.accept(&[0.0f32], Moment::default(), Duration::ZERO);
        assert!(health.is_dead());
    }
}
