//! A source for tests and benches that is cranked by hand: any rate, channels and block sizes, any stamps, faster than
//! real time. It feeds the same callback code as a device.

use std::sync::Arc;
use std::time::Duration;

use super::callback::{BlockSink, Fault, FaultSink, Health};
use super::ring::{RingReader, ring};
use super::{RING_SECONDS, SourceInfo, SourceKind, StreamFormat};
use crate::units::Moment;

/// The hand-cranked source. Its time starts where it is told, and stands still between two blocks.
#[derive(Debug)]
pub struct ScriptedSource {
    sink: BlockSink,
    faults: FaultSink,
    health: Arc<Health>,
    format: StreamFormat,
    start: Moment,
    captured_frames: u64,
}

impl ScriptedSource {
    /// Opening number `stream` of a source whose first frame is captured at `start`; with the other end of its ring.
    pub fn open(stream: u32, format: StreamFormat, start: Moment) -> (Self, RingReader) {
        let map: Vec<u16> = (0..format.channels).collect();
        let (writer, reader) = ring(stream, format, RING_SECONDS);
        let (sink, faults, health) = BlockSink::new(writer, format.channels, &map);
        let source = Self {
            sink,
            faults,
            health,
            format,
            start,
            captured_frames: 0,
        };
        (source, reader)
    }

    /// How such a source names itself.
    pub fn info(format: StreamFormat) -> SourceInfo {
        SourceInfo {
            kind: SourceKind::Microphone,
            host: "scripted".to_owned(),
            id: "scripted:1".to_owned(),
            name: "Scripted source".to_owned(),
            format,
            device_channels: format.channels,
            channel_map: (0..format.channels).collect(),
            sample_format: "f32".to_owned(),
            block_frames: 480,
        }
    }

    /// When the next frame is captured, truly.
    pub fn now(&self) -> Moment {
        let nanos = u128::from(self.captured_frames) * 1_000_000_000
            / u128::from(self.format.sample_rate_hz);
        self.start.offset_nanos(nanos as i64)
    }

    /// Captures and delivers one interleaved block whose stamp is `late` after the truth. Says whether the ring took it.
    pub fn deliver(&mut self, block: &[f32], late: Duration) -> bool {
        let captured_at = self.now() + late;
        self.deliver_stamped(block, captured_at)
    }

    /// The same with a stamp that says anything at all.
    pub fn deliver_stamped(&mut self, block: &[f32], captured_at: Moment) -> bool {
        self.captured_frames += (block.len() / usize::from(self.format.channels)) as u64;
        self.sink.accept(block, captured_at, Duration::ZERO)
    }

    /// Loses frames in silence, as a server does whose client has stalled.
    pub fn lose(&mut self, frames: u64) {
        self.captured_frames += frames;
    }

    /// Reports a loss, as a device does.
    pub fn xrun(&self) {
        self.faults.note(Fault::Xrun);
    }

    /// Dies, as a device does that is unplugged.
    pub fn die(&self) {
        self.faults.note(Fault::Fatal);
    }

    /// It has died.
    pub fn is_dead(&self) -> bool {
        self.health.is_dead()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMAT: StreamFormat = StreamFormat {
        sample_rate_hz: 1000,
        channels: 2,
    };

    #[test]
    fn lost_frames_show_in_the_stamps_alone() {
        let start = Moment::from_nanos(1_000_000_000);
        let (mut source, mut reader) = ScriptedSource::open(1, FORMAT, start);
        source.deliver(&[0.1; 20], Duration::ZERO);
        source.lose(90);
        source.deliver(&[0.2; 20], Duration::from_millis(2));
        let mut samples = Vec::new();
        let first = reader.pop(&mut samples).unwrap();
        let second = reader.pop(&mut samples).unwrap();
        assert_eq!((first.first_frame, second.first_frame), (0, 10));
        assert_eq!(first.captured_at, start);
        assert_eq!(second.captured_at, start + Duration::from_millis(102));
    }

    #[test]
    fn a_source_that_dies_stays_dead() {
        let (mut source, _reader) = ScriptedSource::open(1, FORMAT, Moment::default());
        source.xrun();
        assert!(!source.is_dead());
        source.die();
        source.deliver(&[0.0; 2], Duration::ZERO);
        assert!(source.is_dead());
    }
}
