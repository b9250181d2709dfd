//! Another rate than the source's own, made here and not by a server.
//!
//! Servers convert rates with a delay that they report wrongly (3.5 ms too much or 1.8 ms too little through PipeWire
//! 0.3.65, `docs/realtime.md`), so that every date would be off. Here the delay is known and taken out: frame `n` of
//! what comes out is the sound at `n / to_hz` seconds of what went in.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

/// Converts one stream, chunk by chunk.
#[derive(Debug)]
pub struct RateConverter {
    fft: Fft<f32>,
    channels: usize,
    /// A chunk of interleaved samples that is being collected.
    waiting: Vec<f32>,
    chunk_samples: usize,
    converted: Vec<f32>,
    /// Frames still to leave out at the start: the delay of the conversion.
    to_skip: usize,
    frames_out: u64,
    to_hz: u32,
}

impl RateConverter {
    /// From `from_hz` to `to_hz`. `None` where the two rates have so little in common that chunks would last longer than
    /// a tenth of a second.
    pub fn new(from_hz: u32, to_hz: u32, channels: u16) -> Option<Self> {
        let (from, to, channels) = (from_hz as usize, to_hz as usize, usize::from(channels));
        let fft = Fft::new(from, to, from / 200, channels, FixedSync::Both).ok()?;
        let chunk_samples = fft.input_frames_max() * channels;
        (fft.input_frames_max() <= from / 10).then(|| Self {
            channels,
            waiting: Vec::with_capacity(chunk_samples),
            chunk_samples,
            converted: vec![0.0; fft.output_frames_max() * channels],
            to_skip: fft.output_delay(),
            frames_out: 0,
            to_hz,
            fft,
        })
    }

    /// Frames per second that come out.
    pub fn to_hz(&self) -> u32 {
        self.to_hz
    }

    /// Takes interleaved samples, and hands on what comes out: interleaved samples and the number of their first frame.
    /// Allocates nothing.
    pub fn convert(
        &mut self,
        samples: impl Iterator<Item = f32>,
        mut hand_on: impl FnMut(&[f32], u64),
    ) {
        for sample in samples {
            self.waiting.push(sample);
            if self.waiting.len() < self.chunk_samples {
                continue;
            }
            let frames = self.convert_chunk();
            self.waiting.clear();
            let skipped = self.to_skip.min(frames);
            self.to_skip -= skipped;
            if frames > skipped {
                let samples = &self.converted[skipped * self.channels..frames * self.channels];
                hand_on(samples, self.frames_out);
                self.frames_out += (frames - skipped) as u64;
            }
        }
    }

    /// Frames that came out. The buffers have the sizes that the converter asked for, so it has nothing to refuse.
    fn convert_chunk(&mut self) -> usize {
        let frames_in = self.waiting.len() / self.channels;
        let frames_out = self.converted.len() / self.channels;
        let from = InterleavedSlice::new(&self.waiting, self.channels, frames_in);
        let to = InterleavedSlice::new_mut(&mut self.converted, self.channels, frames_out);
        let (Ok(from), Ok(mut to)) = (from, to) else {
            return 0;
        };
        let done = self.fft.process_into_buffer(&from, &mut to, None);
        done.map_or(0, |(_, frames)| frames)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of 440 Hz that swells, so that a shift in time shows.
    fn swelling(frame: usize, rate_hz: u32) -> f32 {
        let seconds = frame as f64 / f64::from(rate_hz);
        let envelope = 0.5 - 0.5 * (seconds * 7.0).cos();
        ((seconds * 440.0 * std::f64::consts::TAU).sin() * envelope * 0.5) as f32
    }

    #[test]
    fn what_comes_out_is_the_sound_of_the_same_instant() {
        for (from, to) in [
            (48_000, 16_000),
            (44_100, 48_000),
            (48_000, 44_100),
            (16_000, 48_000),
        ] {
            let mut converter = RateConverter::new(from, to, 2).unwrap();
            let both = |frame| [swelling(frame, from), -swelling(frame, from)];
            let mut out = Vec::new();
            let mut next = 0;
            // Blocks of an odd size, as a server sends them.
            let samples: Vec<f32> = (0..from as usize).flat_map(both).collect();
            for block in samples.chunks(2 * 341) {
                converter.convert(block.iter().copied(), |samples, first_frame| {
                    assert_eq!(first_frame, next);
                    next += samples.len() as u64 / 2;
                    out.extend_from_slice(samples);
                });
            }
            assert!(
                out.len() > to as usize * 19 / 10,
                "{from} to {to}: {}",
                out.len()
            );
            for (frame, pair) in out.chunks(2).enumerate() {
                let expected = swelling(frame, to);
                let off = (pair[0] - expected).abs().max((pair[1] + expected).abs());
                assert!(off < 0.001, "{from} to {to}: {off} at frame {frame}");
            }
        }
    }

    #[test]
    fn rates_with_nothing_in_common_are_left_to_the_server() {
        assert!(RateConverter::new(48_000, 44_099, 1).is_none());
    }
}
