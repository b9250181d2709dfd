//! Another rate, at a quality to keep.
//!
//! Promise: sample `n` of what comes out is the sound at `n / to_hz` seconds of what went in; before its beginning and after
//! its end there is silence. The band is flat (0.01 dB) up to 95 % of the lower Nyquist frequency, and what the lower rate
//! cannot hold is at least 120 dB down (`tests/export_audio`). It is computed in f64: other processors round other bits
//! 300 dB down, which 16 and 24 bits do not show.

use std::ops::Range;

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};

/// Frames of a transform at the lower rate, at least: the more, the closer the band comes to the Nyquist frequency
/// (97.5 % with so many), and the longer its edge rings.
const LEAST_FRAMES: u32 = 1024;

/// Converts one channel after the other.
pub struct Converter {
    fft: Fft<f64>,
    from_hz: u32,
    to_hz: u32,
    taken: Vec<f64>,
    made: Vec<f64>,
}

impl Converter {
    /// From `from_hz` to `to_hz`, neither of them 0.
    pub fn new(from_hz: u32, to_hz: u32) -> Option<Self> {
        let common = gcd(from_hz, to_hz).max(1);
        let (step_in, step_out) = (from_hz / common, to_hz / common);
        let steps = LEAST_FRAMES.div_ceil(step_in.min(step_out).max(1));
        // Of an even number of steps the half is whole frames on either side: that is the delay.
        let frames_in = (steps.next_multiple_of(2) * step_in) as usize;
        let fft = Fft::new_custom(
            from_hz as usize,
            to_hz as usize,
            frames_in,
            1,
            1,
            WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        );
        fft.ok().map(|fft| Self {
            from_hz,
            to_hz,
            taken: vec![0.0; fft.input_frames_max()],
            made: vec![0.0; fft.output_frames_max()],
            fft,
        })
    }

    /// Whether it converts these rates.
    pub fn is_of(&self, from_hz: u32, to_hz: u32) -> bool {
        (self.from_hz, self.to_hz) == (from_hz, to_hz)
    }

    /// Frames `wanted` at the new rate, in pieces. `read` puts the frames asked for into its second argument, and fewer
    /// where there are no more.
    pub fn convert(
        &mut self,
        wanted: Range<u64>,
        mut read: impl FnMut(Range<u64>, &mut Vec<f64>),
        mut hand_on: impl FnMut(&[f64]),
    ) {
        self.fft.reset();
        let (frames_in, frames_out) = (self.fft.input_frames_max(), self.fft.output_frames_max());
        // Whole blocks are left out that no wanted frame hears: the grid stays that of the whole take.
        let block = (wanted.start / frames_out as u64).saturating_sub(1);
        let mut next_in = block * frames_in as u64;
        let mut next_out = (block * frames_out as u64) as i64 - self.fft.output_delay() as i64;
        let (start, end) = (wanted.start as i64, wanted.end as i64);
        while next_out < end {
            read(next_in..next_in + frames_in as u64, &mut self.taken);
            self.taken.resize(frames_in, 0.0);
            self.block();
            next_in += frames_in as u64;
            let within = |frame: i64| (frame - next_out).clamp(0, frames_out as i64) as usize;
            let (from, to) = (within(start), within(end));
            if from < to {
                hand_on(&self.made[from..to]);
            }
            next_out += frames_out as i64;
        }
    }

    /// The buffers have the sizes that the transform asked for, so it has nothing to refuse.
    fn block(&mut self) {
        let (frames_in, frames_out) = (self.taken.len(), self.made.len());
        let taken = SequentialSlice::new(&self.taken, 1, frames_in);
        let made = SequentialSlice::new_mut(&mut self.made, 1, frames_out);
        if let (Ok(taken), Ok(mut made)) = (taken, made) {
            let _ = self.fft.process_into_buffer(&taken, &mut made, None);
        }
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
