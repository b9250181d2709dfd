//! What a short utterance sounds like, as figures that compare between takes, microphones and rates: mel-frequency
//! cepstra (Davis and Mermelstein, "Comparison of parametric representations for monosyllabic word recognition", IEEE
//! Trans. ASSP 28, 1980), 13 of them every 10 ms over windows of 25 ms, and how they move.
//!
//! Promise: the same sound gives the same figures at any source rate from 8 kHz up, as only what 8 kHz carry is looked at
//! and the filters stand in Hz. Level and colour of a microphone fall out: every coefficient has its mean taken out and
//! its spread made one over the utterance (Viikki and Laurila, "Cepstral domain segmental feature vector normalization
//! for noise robust speech recognition", Speech Communication 25, 1998). So there is no pre-emphasis either: it is a
//! colour.
//!
//! How it fails: noise covers what is below it, and the spread comes with the words, so utterances of a single long sound
//! compare badly. Speech that is longer than [`LONGEST_MS`] or that ends after [`HEARD_MS`] of a take has no features.

use std::f32::consts::PI;
use std::ops::Range;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use super::resample::Resampler;

/// Cepstral coefficients, the zeroth (loudness) among them.
pub const COEFFICIENTS: usize = 13;
/// Coefficients and their slopes.
pub const DIMENSIONS: usize = 2 * COEFFICIENTS;
/// One hop's figures.
pub type Vector = [f32; DIMENSIONS];

/// From one hop to the next, ms.
pub const HOP_MS: u32 = 10;
/// Longest utterance that has features, ms: repeated labels are words, and comparing costs the square of the length.
pub const LONGEST_MS: u32 = 2500;
/// Later sound of a take is not looked at, ms, so that a forgotten stop costs no memory.
pub const HEARD_MS: u32 = 30_000;

const HOPS_PER_S: u64 = 1000 / HOP_MS as u64;
/// What comes at twice this rate or more is thinned out to it, Hz, only to save time. What comes at less is taken as it is:
/// of 8 kHz every band is needed.
const THINNED_HZ: u32 = 16_000;
const WINDOW_MS: f64 = 25.0;
/// The spectrum is that of the window and as much silence: bins of 20 Hz at any rate.
const SPECTRUM_MS: f64 = 50.0;
const BANDS: usize = 23;
const LOWEST_HZ: f32 = 100.0;
const HIGHEST_HZ: f32 = 3800.0;
/// What is further below the utterance's loudest band is taken for the room, power ratio (45 dB).
const ROOM: f32 = 3.162_277_7e-5;
/// Spreads below this are not made one: that would only blow up noise.
const LEAST_SPREAD: f32 = 0.3;
/// Hops on either side that a slope is taken over.
const SLOPE_REACH: usize = 2;
/// Fewer hops are no word.
const LEAST_HOPS: usize = 8;
/// Hops before and after the speech that belong to it: boundaries are not that exact.
const MARGIN_HOPS: u64 = 2;

/// What one utterance sounds like.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    hops: Vec<Vector>,
}

impl Features {
    /// One vector every 10 ms: the coefficients, then their slopes.
    pub fn hops(&self) -> &[Vector] {
        &self.hops
    }
}

/// Listens to one take after the other and tells what the speech in it sounds like.
pub struct FeatureStream {
    rate_hz: u32,
    /// Frames per second that are looked at.
    thinned_hz: u32,
    resampler: Resampler,
    spectrum: Spectrum,
    /// Thinned samples from the hop that comes next on.
    waiting: Vec<f32>,
    /// Number of the first waiting sample.
    first_waiting: u64,
    /// Power in each band, hop by hop, since the take began.
    bands: Vec<[f32; BANDS]>,
}

impl std::fmt::Debug for FeatureStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeatureStream")
            .field("rate_hz", &self.rate_hz)
            .finish_non_exhaustive()
    }
}

impl FeatureStream {
    /// For mono samples at `rate_hz`, 8 kHz or more (below that the upper bands are empty).
    pub fn new(rate_hz: u32) -> Self {
        let thinned_hz = if rate_hz < 2 * THINNED_HZ {
            rate_hz
        } else {
            THINNED_HZ
        };
        Self {
            rate_hz,
            thinned_hz,
            resampler: Resampler::new(rate_hz, thinned_hz),
            spectrum: Spectrum::new(f64::from(thinned_hz)),
            waiting: Vec::new(),
            first_waiting: 0,
            bands: Vec::new(),
        }
    }

    /// A new take begins: what was pushed is forgotten.
    pub fn restart(&mut self) {
        self.resampler = Resampler::new(self.rate_hz, self.thinned_hz);
        self.waiting.clear();
        self.first_waiting = 0;
        self.bands.clear();
    }

    /// The take's next mono samples.
    pub fn push(&mut self, samples: &[f32]) {
        if self.is_full() {
            return;
        }
        self.resampler.push(samples, &mut self.waiting);
        let mut from = 0;
        while !self.is_full() {
            let next = self.first_sample(self.bands.len() as u64) - self.first_waiting;
            from = (next as usize).min(self.waiting.len());
            let Some(window) = self.waiting[from..].get(..self.spectrum.window.len()) else {
                break;
            };
            self.bands.push(self.spectrum.bands(window));
        }
        let unneeded = if self.is_full() {
            self.waiting.len()
        } else {
            from
        };
        self.waiting.drain(..unneeded);
        self.first_waiting += unneeded as u64;
    }

    fn is_full(&self) -> bool {
        self.bands.len() as u64 * u64::from(HOP_MS) >= u64::from(HEARD_MS)
    }

    /// Where a hop begins, in thinned samples. Rounded from the hop's own number, so that nothing adds up.
    fn first_sample(&self, hop: u64) -> u64 {
        (hop * u64::from(self.thinned_hz) + HOPS_PER_S / 2) / HOPS_PER_S
    }

    /// What the speech in `frames` of this take (counted from its first sample) sounds like. `None` where it is shorter
    /// than a syllable, longer than [`LONGEST_MS`] or not (all) heard.
    pub fn finish(&self, frames: Range<u64>) -> Option<Features> {
        let hops = self.heard(&frames)?;
        let judged = LEAST_HOPS..=(LONGEST_MS / HOP_MS) as usize;
        judged.contains(&hops.len()).then(|| features(hops))
    }

    /// What two stretches of one take sound like, measured against both of them together: so they can be compared even
    /// where one is a part of the other. Of each the first `longest_ms`. `None` where one is no syllable or was not heard.
    pub fn pair(
        &self,
        first: &Range<u64>,
        second: &Range<u64>,
        longest_ms: u32,
    ) -> Option<[Features; 2]> {
        let begin = |frames| {
            let hops = self.heard(frames)?;
            let longest = (longest_ms / HOP_MS) as usize;
            (hops.len() >= LEAST_HOPS).then(|| &hops[..hops.len().min(longest)])
        };
        let (first, second) = (begin(first)?, begin(second)?);
        let mut hops = cepstra(&[first, second].concat());
        let mut after = hops.split_off(first.len());
        add_slopes(&mut hops);
        add_slopes(&mut after);
        Some([Features { hops }, Features { hops: after }])
    }

    /// The bands of the speech in `frames`; `None` where it was not (all) heard.
    fn heard(&self, frames: &Range<u64>) -> Option<&[[f32; BANDS]]> {
        let hop_at = |frame: u64| frame * HOPS_PER_S / u64::from(self.rate_hz);
        let first = hop_at(frames.start).saturating_sub(MARGIN_HOPS);
        let heard = self.bands.len() as u64;
        let speech_end = hop_at(frames.end);
        // The last windows of a take lack what would come after it.
        if speech_end > heard + MARGIN_HOPS + 1 {
            return None;
        }
        let end = speech_end.min(heard);
        self.bands.get(first as usize..end as usize)
    }
}

/// Window, transform and mel filters for one rate.
struct Spectrum {
    window: Vec<f32>,
    transform: Arc<dyn RealToComplex<f32>>,
    input: Vec<f32>,
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// For each band its first bin and the weights from there on.
    filters: Vec<(usize, Vec<f32>)>,
}

impl Spectrum {
    fn new(rate_hz: f64) -> Self {
        let frames = |ms: f64| (rate_hz * ms / 1000.0).round() as usize;
        let (window_frames, transform_frames) = (frames(WINDOW_MS), frames(SPECTRUM_MS));
        // Hamming's, scaled to a power of one.
        let turn = 2.0 * PI / (window_frames - 1) as f32;
        let hamming = |n: usize| 0.54 - 0.46 * (turn * n as f32).cos();
        let mut window: Vec<f32> = (0..window_frames).map(hamming).collect();
        let power: f32 = window.iter().map(|w| w * w).sum();
        for w in &mut window {
            *w /= power.sqrt();
        }
        let transform = RealFftPlanner::new().plan_fft_forward(transform_frames);
        Self {
            window,
            input: transform.make_input_vec(),
            bins: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
            filters: filters(
                rate_hz as f32 / transform_frames as f32,
                transform_frames / 2 + 1,
            ),
        }
    }

    /// Power in each mel band of as many samples as the window is long.
    fn bands(&mut self, samples: &[f32]) -> [f32; BANDS] {
        self.input.fill(0.0); // the transform uses it as scratch
        for ((to, x), w) in self.input.iter_mut().zip(samples).zip(&self.window) {
            *to = x * w;
        }
        // It refuses only buffers of other lengths than it made itself; then the hop would be silence.
        let done =
            self.transform
                .process_with_scratch(&mut self.input, &mut self.bins, &mut self.scratch);
        let mut bands = [0.0; BANDS];
        if done.is_ok() {
            for (band, (first, weights)) in bands.iter_mut().zip(&self.filters) {
                let bins = &self.bins[*first..];
                *band = bins
                    .iter()
                    .zip(weights)
                    .map(|(bin, weight)| bin.norm_sqr() * weight)
                    .sum();
            }
        }
        bands
    }
}

/// Mel by O'Shaughnessy's formula ("Speech Communication", 1987), as HTK has it.
fn mel(hz: f32) -> f32 {
    2595.0 * (1.0 + hz / 700.0).log10()
}

fn hz(mel: f32) -> f32 {
    700.0 * (10.0_f32.powf(mel / 2595.0) - 1.0)
}

/// Triangles that overlap by half, evenly spread over the mel scale, each of weight one in all.
fn filters(bin_hz: f32, bins: usize) -> Vec<(usize, Vec<f32>)> {
    let (low, high) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
    let corner = |n: usize| hz(low + (high - low) * n as f32 / (BANDS + 1) as f32);
    let filter = |band: usize| {
        let (from, top, to) = (corner(band), corner(band + 1), corner(band + 2));
        let first = (from / bin_hz).ceil() as usize;
        let end = ((to / bin_hz).ceil() as usize).min(bins);
        let weight = |bin: usize| {
            let at = bin as f32 * bin_hz;
            let height = ((at - from) / (top - from)).min((to - at) / (to - top));
            height.max(0.0) * 2.0 * bin_hz / (to - from)
        };
        (first.min(bins), (first..end).map(weight).collect())
    };
    (0..BANDS).map(filter).collect()
}

/// Cepstra of an utterance's bands, normalised over it, and their slopes.
fn features(bands: &[[f32; BANDS]]) -> Features {
    let mut hops = cepstra(bands);
    add_slopes(&mut hops);
    Features { hops }
}

/// Cepstra, each with mean 0 and spread 1.
fn cepstra(bands: &[[f32; BANDS]]) -> Vec<Vector> {
    let room = loud_band(bands) * ROOM + f32::MIN_POSITIVE;
    let cosines = cosines();
    let cepstrum = |bands| cepstrum(bands, room, &cosines);
    let mut hops: Vec<Vector> = bands.iter().map(cepstrum).collect();
    for c in 0..COEFFICIENTS {
        let count = hops.len() as f32;
        let mean = hops.iter().map(|hop| hop[c]).sum::<f32>() / count;
        let variance = hops.iter().map(|hop| (hop[c] - mean).powi(2)).sum::<f32>() / count;
        let spread = variance.sqrt().max(LEAST_SPREAD);
        for hop in &mut hops {
            hop[c] = (hop[c] - mean) / spread;
        }
    }
    hops
}

/// Power of the loudest band in the loudest hops but one in twenty.
fn loud_band(bands: &[[f32; BANDS]]) -> f32 {
    let loudest = |bands: &[f32; BANDS]| bands.iter().copied().fold(0.0, f32::max);
    let mut hops: Vec<f32> = bands.iter().map(loudest).collect();
    hops.sort_by(f32::total_cmp);
    hops[hops.len() - (hops.len() / 20).max(1)]
}

/// The cosine transform (type II, orthonormal).
type Cosines = [[f32; BANDS]; COEFFICIENTS];

fn cosines() -> Cosines {
    let mut cosines = [[0.0; BANDS]; COEFFICIENTS];
    for (c, row) in cosines.iter_mut().enumerate() {
        let scale = if c == 0 { 1.0_f32 } else { 2.0 } / BANDS as f32;
        let turn = PI * c as f32 / BANDS as f32;
        for (n, cosine) in row.iter_mut().enumerate() {
            *cosine = scale.sqrt() * (turn * (n as f32 + 0.5)).cos();
        }
    }
    cosines
}

/// The cosine transform of the bands' logarithms.
fn cepstrum(bands: &[f32; BANDS], room: f32, cosines: &Cosines) -> Vector {
    let logs = bands.map(|power| (power + room).ln());
    let mut vector = [0.0; DIMENSIONS];
    for (value, row) in vector.iter_mut().zip(cosines) {
        *value = logs.iter().zip(row).map(|(log, cosine)| log * cosine).sum();
    }
    vector
}

/// Slopes by regression over two hops on either side (Young and others, "The HTK Book", 3.4, section 5.9), the first and
/// the last hop standing for what is beyond them.
fn add_slopes(hops: &mut [Vector]) {
    let last = hops.len() - 1;
    let squares: usize = (1..=SLOPE_REACH).map(|step| 2 * step * step).sum();
    for hop in 0..hops.len() {
        for c in 0..COEFFICIENTS {
            let rise = |step: usize| {
                let (after, before) = ((hop + step).min(last), hop.saturating_sub(step));
                step as f32 * (hops[after][c] - hops[before][c])
            };
            let slope = (1..=SLOPE_REACH).map(rise).sum::<f32>() / squares as f32;
            hops[hop][COEFFICIENTS + c] = slope;
        }
    }
}

#[cfg(test)]
mod tests;
