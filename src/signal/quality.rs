//! The measures of a take: levels over its speech, the noise around it, what the sound lacks.
//!
//! Promise: everything that needs the samples is gathered as they come, in one pass; at the end only sums are looked at.
//! RMS is over the speech without the pauses and without the constant offset (the mean of the silence, as speech can have a
//! mean of its own), the noise is the median tenth of a second
//! of what is not speech, SNR is the difference of the two; a full-scale sine is -3.01 dBFS. What cannot be told
//! (no speech, no silence) is `None` and never a guess.
//!
//! How it fails: it costs some 1 kB of memory for every 10 ms, so a take of a minute holds 6 MB until it is judged.

use std::ops::Range;

use crate::units::{SILENCE_DBFS, dbfs, ms_of_frames};

use super::hum::{Hum, HumFinder};
use super::level::{HOP_MS, Sums, peak};
use super::spectrum::Spectrum;
use super::ticks::Ticks;
use super::utterance::{Hop, Scene, Utterance, find};
use super::verdict::Clipping;
use super::zeros::{Zeros, dropouts};

/// What lies so close to speech is neither speech nor noise, ms: echoes, and the weakest ends of words.
const AWAY_MS: u64 = 60;
/// Noise is averaged over so many hops.
const NOISE_HOPS: usize = 10;
/// With fewer hops of silence the noise of a take is not told.
const LEAST_NOISE_HOPS: usize = 15;
/// Hops in 500 ms.
const HALF_SECOND: usize = 50;

/// What the stream knows besides the take's own samples.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The hops of the take; those that reach beyond it may be among them.
    pub hops: &'a [Hop],
    /// The first of them begins so many frames after the take's first frame; negative before it.
    pub first_hop_frame: i64,
    /// The floor that speech is held against, dBFS.
    pub reference_dbfs: f32,
    /// The stream's noise floor as measured between takes, dBFS.
    pub floor_dbfs: Option<f64>,
}

/// What was measured. Levels in dBFS.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// Where speech is.
    pub utterance: Utterance,
    /// Largest sample of the take.
    pub peak_dbfs: f64,
    /// Largest sample of the speech.
    pub speech_peak_dbfs: Option<f64>,
    /// RMS of the speech.
    pub rms_dbfs: Option<f64>,
    /// The noise in the take; the stream's floor where the take has too little silence.
    pub noise_dbfs: Option<f64>,
    /// RMS less noise, dB.
    pub snr_db: Option<f64>,
    /// RMS of the quietest 500 ms; `None` of shorter takes.
    pub quietest_500_ms_dbfs: Option<f64>,
    /// The mean of the channel whose mean is farthest from zero, 1.0 is full scale.
    pub dc_offset: f64,
    /// Samples at full scale.
    pub clipped_samples: u64,
    /// Longest run of them on one channel.
    pub clipped_run: u32,
    /// Mains hum in the silence.
    pub hum: Option<Hum>,
    /// The highest frequency that carries sound while somebody speaks.
    pub bandwidth_hz: Option<f64>,
    /// Longest run of exact zeros, ms.
    pub longest_zeros_ms: f64,
    /// Share of the silence that is exactly zero, 0 to 1.
    pub zeros_in_silence: f64,
    /// Runs of zeros that tear the sound.
    pub dropouts: usize,
    /// Longest silence within the utterance, ms.
    pub longest_pause_ms: f64,
    /// Levels of 50 ms of silence each, in order, with the ms since speech ended (`None` before it).
    pub silence: Vec<Silence>,
}

/// 50 ms of silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silence {
    /// Its level, dBFS.
    pub dbfs: f64,
    /// How long before it speech ended, ms; `None` before all speech.
    pub after_speech_ms: Option<f64>,
}

/// One hop of the take's own grid.
#[derive(Clone, Copy, Debug)]
struct OwnHop {
    /// Mean square over all channels, with the constant part.
    power: f64,
    peak: f32,
}

/// Gathers what a take's measures rest on.
#[derive(Debug)]
pub struct TakeMeasures {
    sample_rate_hz: u32,
    channels: usize,
    hop_frames: usize,
    frames: u64,
    whole: Sums,
    clipping: Clipping,
    /// The hop under way.
    sums: Sums,
    peak: f32,
    hops: Vec<OwnHop>,
    /// The mean of each channel in each of them.
    means: Vec<f32>,
    ticks: Ticks,
    spectrum: Spectrum,
    hum: HumFinder,
    zeros: Zeros,
    mono: Vec<f32>,
}

impl TakeMeasures {
    /// Of a take of `channels` channels at `sample_rate_hz`.
    pub fn new(sample_rate_hz: u32, channels: usize) -> Self {
        Self {
            sample_rate_hz,
            channels,
            hop_frames: (sample_rate_hz * HOP_MS / 1000).max(1) as usize,
            frames: 0,
            whole: Sums::new(channels),
            clipping: Clipping::new(channels),
            sums: Sums::new(channels),
            peak: 0.0,
            hops: Vec::new(),
            means: Vec::new(),
            ticks: Ticks::new(sample_rate_hz),
            spectrum: Spectrum::new(sample_rate_hz),
            hum: HumFinder::new(sample_rate_hz),
            zeros: Zeros::new(sample_rate_hz),
            mono: Vec::new(),
        }
    }

    /// Adds interleaved whole frames.
    pub fn push(&mut self, samples: &[f32]) {
        self.clipping.add(samples, peak(samples));
        self.whole.add(samples);
        let mut rest = samples;
        while !rest.is_empty() {
            let wanted = (self.hop_frames - self.sums.frames() as usize) * self.channels;
            let (now, later) = rest.split_at(wanted.min(rest.len()));
            self.sums.add(now);
            self.peak = self.peak.max(peak(now));
            rest = later;
            if self.sums.frames() as usize == self.hop_frames {
                self.hops.push(OwnHop {
                    power: self.sums.power(),
                    peak: self.peak,
                });
                self.means.extend(self.sums.means().map(|mean| mean as f32));
                self.sums.clear();
                self.peak = 0.0;
            }
        }
        let mut mono = std::mem::take(&mut self.mono);
        mix(samples, self.channels, &mut mono);
        self.ticks.push(&mono);
        self.spectrum.push(&mono);
        self.hum.push(&mono);
        self.zeros.push(&mono);
        self.frames += mono.len() as u64;
        self.mono = mono;
    }

    /// Mean square of what was added, with its constant part.
    pub fn power(&self) -> f64 {
        self.whole.power()
    }

    /// The measures of what was added.
    pub fn finish(&self, around: &Around) -> Measures {
        let utterance = find(&Scene {
            ticks: &self.ticks,
            hops: around.hops,
            first_hop_frame: around.first_hop_frame,
            hop_frames: self.hop_frames as u64,
            floor_dbfs: around.reference_dbfs,
        });
        let kinds = self.kinds(around, &utterance);
        let offsets = self.offsets(&kinds);
        let rms_dbfs = self.speech_power(&utterance, &offsets).map(power_db);
        let noise_dbfs = self.noise(&kinds, &offsets).or(around.floor_dbfs);
        let silences = runs(&kinds, Kind::Silence);
        let zeros_in_silence = self.zeros.share_of(
            &silences
                .iter()
                .map(|run| self.hop_frames_of(run))
                .collect::<Vec<_>>(),
        );
        let speaks = |hop: &usize| kinds[*hop] == Kind::Speech;
        Measures {
            peak_dbfs: dbfs(f64::from(
                self.hops
                    .iter()
                    .map(|hop| hop.peak)
                    .fold(self.peak, f32::max),
            )),
            speech_peak_dbfs: self.speech_peak(&kinds),
            rms_dbfs,
            noise_dbfs,
            snr_db: rms_dbfs.zip(noise_dbfs).map(|(rms, noise)| rms - noise),
            quietest_500_ms_dbfs: self.quietest(&offsets),
            dc_offset: self.whole.dc_offset(),
            clipped_samples: self.clipping.samples(),
            clipped_run: self.clipping.longest_run(),
            hum: self.hum.find(
                &silences
                    .iter()
                    .map(|run| run.start * 10..run.end * 10)
                    .collect::<Vec<_>>(),
            ),
            bandwidth_hz: self.spectrum.bandwidth_hz((0..kinds.len()).filter(speaks)),
            longest_zeros_ms: ms_of_frames(self.sample_rate_hz, self.zeros.longest()),
            zeros_in_silence,
            dropouts: dropouts(&self.zeros, &utterance, zeros_in_silence, noise_dbfs),
            longest_pause_ms: ms_of_frames(
                self.sample_rate_hz,
                utterance
                    .pauses()
                    .map(|pause| pause.end - pause.start)
                    .max()
                    .unwrap_or(0),
            ),
            silence: self.silence(&kinds, &offsets),
            utterance,
        }
    }

    /// What each own hop is.
    fn kinds(&self, around: &Around, utterance: &Utterance) -> Vec<Kind> {
        let away = AWAY_MS * u64::from(self.sample_rate_hz) / 1000;
        let mut kinds = vec![Kind::Silence; self.hops.len()];
        for segment in &utterance.segments {
            self.mark(
                &mut kinds,
                segment.start.saturating_sub(away)..segment.end + away,
                Kind::Neither,
            );
        }
        for (n, hop) in around.hops.iter().enumerate() {
            if hop.key || hop.level.is_none() {
                let start = around.first_hop_frame + (n * self.hop_frames) as i64;
                let end = (start + self.hop_frames as i64).max(0) as u64;
                self.mark(&mut kinds, start.max(0) as u64..end, Kind::Neither);
            }
        }
        for segment in &utterance.segments {
            self.mark(&mut kinds, segment.clone(), Kind::Speech);
        }
        kinds
    }

    fn mark(&self, kinds: &mut [Kind], frames: Range<u64>, kind: Kind) {
        let end = (frames.end.div_ceil(self.hop_frames as u64) as usize).min(kinds.len());
        let start = (frames.start as usize / self.hop_frames).min(end);
        kinds[start..end].fill(kind);
    }

    fn hop_frames_of(&self, hops: &Range<usize>) -> Range<u64> {
        (hops.start * self.hop_frames) as u64..(hops.end * self.hop_frames) as u64
    }

    /// The constant part of each channel: the mean of the silence, or of the whole take where there is too little silence.
    fn offsets(&self, kinds: &[Kind]) -> Vec<f64> {
        let silent = || (0..kinds.len()).filter(|hop| kinds[*hop] == Kind::Silence);
        let count = silent().count();
        if count < LEAST_NOISE_HOPS {
            return self.whole.means().collect();
        }
        let mean = |channel: usize| {
            let means = silent().map(|hop| f64::from(self.means[hop * self.channels + channel]));
            means.sum::<f64>() / count as f64
        };
        (0..self.channels).map(mean).collect()
    }

    /// The mean power of hops, each with its weight, without the constant part.
    fn mean_power(&self, hops: impl Iterator<Item = (usize, f64)>, offsets: &[f64]) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (hop, weight) in hops {
            let means = &self.means[hop * self.channels..][..self.channels];
            // Mean of (x - offset)²; the cross term matters where an offset is much louder than the noise.
            let constant =
                |(mean, offset): (&f32, &f64)| offset * (offset - 2.0 * f64::from(*mean));
            let constant: f64 = means.iter().zip(offsets).map(constant).sum();
            sum += weight * (self.hops[hop].power + constant / self.channels as f64);
            weights += weight;
        }
        (weights > 0.0).then(|| (sum / weights).max(0.0))
    }

    fn speech_power(&self, utterance: &Utterance, offsets: &[f64]) -> Option<f64> {
        let hop_frames = self.hop_frames as u64;
        let parts = utterance.segments.iter().flat_map(|segment| {
            let hops = segment.start / hop_frames
                ..segment.end.div_ceil(hop_frames).min(self.hops.len() as u64);
            hops.map(move |hop| {
                let from = segment.start.max(hop * hop_frames);
                (
                    hop as usize,
                    segment.end.min((hop + 1) * hop_frames).saturating_sub(from) as f64,
                )
            })
        });
        self.mean_power(parts, offsets)
    }

    fn speech_peak(&self, kinds: &[Kind]) -> Option<f64> {
        let speech = self
            .hops
            .iter()
            .zip(kinds)
            .filter(|(_, kind)| **kind == Kind::Speech);
        speech
            .map(|(hop, _)| hop.peak)
            .reduce(f32::max)
            .map(|peak| dbfs(f64::from(peak)))
    }

    fn noise(&self, kinds: &[Kind], offsets: &[f64]) -> Option<f64> {
        let silent: Vec<usize> = (0..kinds.len())
            .filter(|hop| kinds[*hop] == Kind::Silence)
            .collect();
        if silent.len() < LEAST_NOISE_HOPS {
            return None;
        }
        let parts = silent
            .chunks(NOISE_HOPS)
            .filter(|part| part.len() * 2 > NOISE_HOPS);
        let mut powers: Vec<f64> = parts
            .filter_map(|part| self.mean_power(part.iter().map(|hop| (*hop, 1.0)), offsets))
            .collect();
        powers.sort_by(f64::total_cmp);
        Some(power_db(powers[powers.len() / 2]))
    }

    fn quietest(&self, offsets: &[f64]) -> Option<f64> {
        let starts = 0..(self.hops.len() + 1).checked_sub(HALF_SECOND)?;
        let half = |start: usize| (start..start + HALF_SECOND).map(|hop| (hop, 1.0));
        let power = |start| self.mean_power(half(start), offsets);
        starts.filter_map(power).reduce(f64::min).map(power_db)
    }

    fn silence(&self, kinds: &[Kind], offsets: &[f64]) -> Vec<Silence> {
        let speech_before =
            |hop: usize| kinds[..hop].iter().rposition(|kind| *kind == Kind::Speech);
        let mut found = Vec::new();
        for run in runs(kinds, Kind::Silence) {
            let spoken = speech_before(run.start);
            for start in run.clone().step_by(5).filter(|start| start + 5 <= run.end) {
                found.extend(
                    self.mean_power((start..start + 5).map(|hop| (hop, 1.0)), offsets)
                        .map(|power| Silence {
                            dbfs: power_db(power),
                            after_speech_ms: spoken
                                .map(|hop| (start - hop - 1) as f64 * f64::from(HOP_MS)),
                        }),
                );
            }
        }
        found
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Speech,
    Silence,
    Neither,
}

fn runs(kinds: &[Kind], wanted: Kind) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (n, _) in kinds
        .iter()
        .enumerate()
        .filter(|(_, kind)| **kind == wanted)
    {
        match found.last_mut() {
            Some(last) if last.end == n => last.end = n + 1,
            _ => found.push(n..n + 1),
        }
    }
    found
}

fn power_db(power: f64) -> f64 {
    dbfs(power.sqrt()).max(SILENCE_DBFS)
}

/// The mean of all channels.
pub fn mix(interleaved: &[f32], channels: usize, mono: &mut Vec<f32>) {
    mono.clear();
    if channels == 1 {
        mono.extend_from_slice(interleaved);
        return;
    }
    let scale = 1.0 / channels as f32;
    mono.extend(
        interleaved
            .chunks_exact(channels)
            .map(|frame| frame.iter().sum::<f32>() * scale),
    );
}

#[cfg(test)]
mod tests;
