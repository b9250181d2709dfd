//! Mono audio at another rate, for analysis only.
//!
//! Promise: sample `n` of what comes out is the sound at `n / to_hz` seconds of what went in, with no delay to take out
//! afterwards: a windowed sinc is laid around every instant wanted, and the instant is handed on as soon as the last
//! frame under it is in, [`Resampler::lookahead_ms`] later. Before the first frame there is silence. Any pair of rates
//! will do, and the cost is that of one short dot product per sample out. Between equal rates every sample comes out as it
//! went in. It is the one converter of `signal/`; what is played or recorded at another rate goes through rubato
//! (`audio/`), whose blocks would make the voice activity late.
//!
//! How it fails: the band ends at nine tenths of the lower Nyquist frequency, and aliases lie some 60 dB down only from
//! five quarters of it on: what lies between folds into the uppermost fifth of what comes out. That is
//! enough to look at a sound and too little to keep it.

/// Zero crossings of the sinc on either side.
const CROSSINGS: f64 = 8.0;
/// Where the band ends, as a share of the lower rate's Nyquist frequency.
const BAND: f64 = 0.9;
/// Most positions between two frames that the sinc is tabulated for; a rate that needs more is off by half a step at most.
const MOST_PHASES: u64 = 512;
/// A dot product runs in so many independent lanes, so that additions need not wait for each other.
const LANES: usize = 8;

/// Converts one stream, block by block.
#[derive(Clone, Debug)]
pub struct Resampler {
    from_hz: u64,
    to_hz: u64,
    /// Frames of the sinc on either side of its middle.
    half: usize,
    taps: usize,
    phases: u64,
    /// `phases` tables of `taps` weights.
    weights: Vec<f32>,
    /// Frames that are still needed.
    held: Vec<f32>,
    /// Number of the frame that `held` begins with; the stream's own first frame is number `half`.
    first_held: u64,
    /// Number of the next sample out.
    next: u64,
}

impl Resampler {
    /// From `from_hz` to `to_hz` frames a second, neither of them 0.
    pub fn new(from_hz: u32, to_hz: u32) -> Self {
        let ratio = f64::from(from_hz) / f64::from(to_hz);
        let half = (CROSSINGS * ratio.max(1.0) / BAND).ceil() as usize;
        let taps = (2 * half).next_multiple_of(LANES);
        let steps = u64::from(to_hz) / gcd(u64::from(from_hz), u64::from(to_hz));
        let phases = steps.min(MOST_PHASES);
        // The sinc of equal rates is zero at every frame but its own.
        let cutoff = if from_hz == to_hz {
            1.0
        } else {
            BAND / ratio.max(1.0)
        };
        let weights = (0..phases).flat_map(|phase| {
            let middle = half as f64 - 1.0 + phase as f64 / phases as f64;
            table(taps, middle, half as f64, cutoff)
        });
        Self {
            from_hz: u64::from(from_hz),
            to_hz: u64::from(to_hz),
            half,
            taps,
            phases,
            weights: weights.collect(),
            held: vec![0.0; half],
            first_held: 0,
            next: 0,
        }
    }

    /// How long after a sample's instant it is handed on, ms, not counting blocks.
    pub fn lookahead_ms(&self) -> f64 {
        (self.taps + 1 - self.half) as f64 * 1000.0 / self.from_hz as f64
    }

    /// Takes in the next frames and appends what can be told to `out`.
    pub fn push(&mut self, mono: &[f32], out: &mut Vec<f32>) {
        self.held.extend_from_slice(mono);
        loop {
            let position = self.next * self.from_hz;
            let fraction = (position % self.to_hz) * self.phases / self.to_hz;
            // The table's middle is `half - 1` frames in, and the stream's first frame has the number `half`.
            let start = (position / self.to_hz + 1 - self.first_held) as usize;
            let Some(frames) = self.held.get(start..start + self.taps) else {
                let done = start.min(self.held.len());
                self.held.drain(..done);
                self.first_held += done as u64;
                return;
            };
            let table = &self.weights[fraction as usize * self.taps..][..self.taps];
            out.push(dot(frames, table));
            self.next += 1;
        }
    }
}

/// A sinc whose middle lies at `middle` of `taps` weights, windowed (Blackman) to `half` frames on either side.
fn table(taps: usize, middle: f64, half: f64, cutoff: f64) -> Vec<f32> {
    use std::f64::consts::PI;
    let weight = |tap: usize| {
        let from_middle = tap as f64 - middle;
        if from_middle.abs() >= half {
            return 0.0;
        }
        let angle = PI * from_middle / half;
        let window = 0.42 + 0.5 * angle.cos() + 0.08 * (2.0 * angle).cos();
        let turn = PI * from_middle * cutoff;
        let sinc = if turn == 0.0 { 1.0 } else { turn.sin() / turn };
        sinc * window
    };
    let weights: Vec<f64> = (0..taps).map(weight).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| (w / sum) as f32).collect()
}

fn dot(frames: &[f32], weights: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    for (frames, weights) in frames.chunks_exact(LANES).zip(weights.chunks_exact(LANES)) {
        for (lane, (frame, weight)) in lanes.iter_mut().zip(frames.iter().zip(weights)) {
            *lane += frame * weight;
        }
    }
    lanes.iter().sum()
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone that swells, so that a shift in time shows.
    fn swelling(frame: usize, rate_hz: u32, tone_hz: f64) -> f32 {
        let seconds = frame as f64 / f64::from(rate_hz);
        let envelope = 0.5 - 0.5 * (seconds * 12.0).cos();
        ((seconds * tone_hz * std::f64::consts::TAU).sin() * envelope * 0.5) as f32
    }

    fn converted(from_hz: u32, to_hz: u32, block: usize, tone_hz: f64) -> Vec<f32> {
        let mut resampler = Resampler::new(from_hz, to_hz);
        let samples: Vec<f32> = (0..from_hz as usize)
            .map(|frame| swelling(frame, from_hz, tone_hz))
            .collect();
        let mut out = Vec::new();
        for block in samples.chunks(block) {
            resampler.push(block, &mut out);
        }
        out
    }

    #[test]
    fn what_comes_out_is_the_sound_of_the_same_instant_at_any_rate() {
        for from_hz in [
            8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000, 47_999,
        ] {
            let out = converted(from_hz, 16_000, 341, 440.0);
            let late = Resampler::new(from_hz, 16_000).lookahead_ms();
            assert!(late < 3.0, "{late} ms");
            assert!(
                out.len() >= 16_000 - (late * 16.0) as usize - 2,
                "{}",
                out.len()
            );
            for (frame, sample) in out.iter().enumerate() {
                let off = (sample - swelling(frame, 16_000, 440.0)).abs();
                assert!(off < 0.002, "from {from_hz}: {off} at {frame}");
            }
        }
    }

    #[test]
    fn blocks_of_any_size_give_the_same_samples() {
        let whole = converted(44_100, 16_000, 44_100, 1000.0);
        for block in [1, 7, 512] {
            assert_eq!(converted(44_100, 16_000, block, 1000.0), whole);
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_carry_is_gone() {
        for from_hz in [32_000, 44_100, 48_000, 96_000, 192_000] {
            // The second would fold into what is compared between takes, just below 4 kHz.
            for tone_hz in [10_000.0, 12_200.0] {
                let out = converted(from_hz, 16_000, 480, tone_hz);
                let loudest = out.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
                assert!(loudest < 0.001, "{loudest} of {tone_hz} Hz from {from_hz}");
            }
        }
    }

    #[test]
    fn between_equal_rates_every_sample_comes_out_as_it_went_in() {
        let out = converted(8_000, 8_000, 341, 3_900.0);
        for (frame, sample) in out.iter().enumerate() {
            let off = (sample - swelling(frame, 8_000, 3_900.0)).abs();
            assert!(off < 1e-6, "{off} at {frame}");
        }
    }
}
