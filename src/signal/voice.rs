//! Voice activity: how much every 10 ms of a stream sounds like somebody speaking.
//!
//! Promise: one probability for every hop of [`HopLevels`](super::level::HopLevels), on the same grid and with the same
//! numbers. The network (earshot) hears 16 kHz in frames of 16 ms; resampling has no delay of its own, and a frame's
//! answer is given to the sound that it is about, which is [`LAG_MS`] older than the frame's end. So a hop is known
//! [`LATENCY_MS`] after its own end at the latest, and hops come two or one at a time.
//!
//! How it fails: coughs and music may pass for speech, whispering is often missed, and the first 50 ms of a stream or
//! after a gap are told from less than the network is used to. Levels must be asked too.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;

use earshot::Detector;

use super::level::{HOP_MS, HopLevel};
use super::loudness::Loudness;
use super::periodicity::{self, Periodicity};
use super::resample::Resampler;
use super::ticks::Biquad;

/// The rate that the network was trained at.
const RATE_HZ: u32 = 16_000;
/// Samples that it wants at a time: 16 ms.
const FRAME: usize = 256;
/// Samples of which the oldest are looked at for periods, so that their middle is what the network speaks about.
const ABOUT: usize = periodicity::WINDOW + FRAME;
/// How much older the sound is that an answer is about than the end of the frame that brought it, ms. Chosen by the
/// network's windows (48 ms, three of them 16 ms apart): 32 ms back lies the middle of the middle one, give or take half a
/// frame. Edges are not taken from it but from the sound itself.
pub const LAG_MS: u32 = 32;
/// A hop's probability is known so long after the hop's end at the latest, ms, besides the block that brings it: the lag,
/// a frame under way, and the resampler's look ahead.
pub const LATENCY_MS: u32 = LAG_MS + 16 + 3;

/// Sound below this is kept from the network, Hz: doors and steps sound like a low voice to it.
const RUMBLE_HZ: f64 = 200.0;
/// From this on a hop is periodic: noise, doors and coughs without a groan stay below.
pub const PERIODIC_ON: f32 = 0.2;
/// Speech has so many periodic hops in it at least.
const LEAST_PERIODIC_HOPS: usize = 3;
/// Or so many that the network takes for a voice: some creak all through.
pub const SURE_VOICE_HOPS: usize = 30;
/// A hop from this probability on is a voice; one softer than [`SOFT_DBFS`] already from [`SOFT_VOICE_ON`] on, for the
/// network is less sure of soft voices. Making all louder would make voices of coughs and doors.
const VOICE_ON: f32 = 0.5;
const SOFT_VOICE_ON: f32 = 0.4;
const SOFT_DBFS: f32 = -48.0;

/// A burst is loudest within so much of its start, ms, and is so little of a voice there: probability and periodicity add
/// up to less.
const BURST_MS: u32 = 60;
const BURST_VOICING: f32 = 0.9;
/// A blow is loudest within so much of its start, ms, and what rings after it is never more periodic.
const BLOW_MS: u32 = 110;
const BLOW_PERIODIC: f32 = 0.25;

/// What one hop sounds like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Voicing {
    /// The probability that somebody speaks, as the network has it, 0 to 1.
    pub probability: f32,
    /// How periodic the sound is, 0 to 1 ([`Periodicity`]).
    pub periodicity: f32,
}

/// What one hop sounds like; `None` where frames are missing.
pub type HopVoice = Option<Voicing>;

/// Whether a hop of this level and probability is a voice.
pub fn is_voice(level: HopLevel, voice: HopVoice) -> bool {
    let Some((level, voicing)) = level.zip(voice) else {
        return false;
    };
    voicing.probability
        >= if level < SOFT_DBFS {
            SOFT_VOICE_ON
        } else {
            VOICE_ON
        }
}

/// Whether a hop has a pitch.
pub fn is_periodic(voice: HopVoice) -> bool {
    voice.is_some_and(|voicing| voicing.periodicity >= PERIODIC_ON)
}

/// Whether so many hops are enough of a pitch.
pub fn has_pitch(periodic_hops: usize) -> bool {
    periodic_hops >= LEAST_PERIODIC_HOPS
}

/// Whether a sound with so many hops of voice and so many with a pitch may be speech. Doors, coughs and knocks that the
/// network takes for a voice are short, and have no pitch.
pub fn is_speech(voice_hops: usize, periodic_hops: usize) -> bool {
    has_pitch(periodic_hops) || voice_hops >= SURE_VOICE_HOPS
}

/// How a sound that is taken for speech begins, and how clear its pitch gets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Attack {
    /// It is loudest so long after it, or a part of it, begins, ms.
    pub loudest_after_ms: u32,
    /// What its loudest 50 ms sound like on average.
    pub loudest: Voicing,
    /// The highest periodicity in it.
    pub clearest: f32,
}

impl Attack {
    /// Whether it begins with its loudest part, and that is hardly a voice: a cough with a groan behind it, or a blow that
    /// rings. A word's loudest part is a vowel, which is a voice and has a pitch.
    pub fn is_burst(&self) -> bool {
        let voicing = self.loudest.probability + self.loudest.periodicity;
        let explodes = self.loudest_after_ms <= BURST_MS && voicing < BURST_VOICING;
        let rings = self.loudest_after_ms <= BLOW_MS && self.clearest < BLOW_PERIODIC;
        explodes || rings
    }
}

/// The mean of these.
pub fn mean_voicing(of: &[Voicing]) -> Voicing {
    let mean =
        |part: fn(&Voicing) -> f32| of.iter().map(part).sum::<f32>() / of.len().max(1) as f32;
    Voicing {
        probability: mean(|voicing| voicing.probability),
        periodicity: mean(|voicing| voicing.periodicity),
    }
}

/// The probabilities of the newest hops of a stream. Hop `n` holds the frames from `n` × 10 ms on.
pub struct VoiceActivity {
    sample_rate_hz: u32,
    keep: usize,
    hop_frames: u64,
    /// Number of the first hop in `known`.
    first: u64,
    known: VecDeque<HopVoice>,
    /// The next frame of the stream.
    end: u64,
    loudness: Loudness,
    run: Run,
}

/// The audio since the stream's opening or the last gap.
struct Run {
    /// Its first frame.
    from: u64,
    resampler: Resampler,
    rumble: [Biquad; 2],
    detector: Box<Detector>,
    periodicity: Periodicity,
    /// The newest samples, as the network heard them.
    newest: VecDeque<f32>,
    at_16_khz: Vec<f32>,
    /// Frames of 16 ms that were answered.
    answered: u64,
    last: Voicing,
}

impl fmt::Debug for VoiceActivity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VoiceActivity")
            .field("sample_rate_hz", &self.sample_rate_hz)
            .field("next_hop", &self.next_hop())
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

impl VoiceActivity {
    /// Voice in a stream of `sample_rate_hz` that begins with `first_frame`; the newest `keep` hops are kept.
    pub fn new(sample_rate_hz: u32, first_frame: u64, keep: usize) -> Self {
        let hop_frames = u64::from(sample_rate_hz * HOP_MS / 1000).max(1);
        Self {
            sample_rate_hz,
            keep,
            hop_frames,
            first: first_frame / hop_frames,
            known: VecDeque::new(),
            end: first_frame,
            loudness: Loudness::default(),
            run: Run::new(sample_rate_hz, first_frame),
        }
    }

    /// The microphone check heard speech that peaks at `speech_peak_dbfs`: a soft voice is as loud as usual from its first
    /// word on.
    pub fn calibrate(&mut self, speech_peak_dbfs: f64) {
        self.loudness.calibrate(speech_peak_dbfs);
    }

    /// Adds mono frames; calls `done` with each hop's number and probability as it becomes known. Allocates only while
    /// blocks grow.
    pub fn push(&mut self, mono: &[f32], mut done: impl FnMut(u64, HopVoice)) {
        self.end += mono.len() as u64;
        let mut samples = std::mem::take(&mut self.run.at_16_khz);
        self.run.resampler.push(mono, &mut samples);
        let mut rest = samples.as_mut_slice();
        while rest.len() >= FRAME {
            let (frame, later) = rest.split_at_mut(FRAME);
            self.run.prepare(frame, &mut self.loudness);
            self.run.last = self.run.ask(frame);
            self.run.answered += 1;
            rest = later;
            let until = self.run.told_until(self.sample_rate_hz);
            self.tell(until / self.hop_frames, self.run.last, &mut done);
        }
        let left = rest.len();
        samples.drain(..samples.len() - left);
        self.run.at_16_khz = samples;
    }

    /// Adds missing frames: nothing is known of the hops they touch, and the network starts anew after them.
    pub fn push_gap(&mut self, frames: u64, mut done: impl FnMut(u64, HopVoice)) {
        if frames == 0 {
            return;
        }
        // What waited for its answer gets the newest one.
        let whole = self.end / self.hop_frames;
        self.tell(whole, self.run.last, &mut done);
        self.end += frames;
        let next = self.end.div_ceil(self.hop_frames);
        let skipped = next - self.next_hop().min(next);
        let stored = skipped.min(self.keep as u64);
        if skipped > stored {
            self.first = next - stored;
            self.known.clear();
        }
        for _ in 0..stored {
            let hop = self.next_hop();
            self.keep_one(None);
            done(hop, None);
        }
        self.run = Run::new(self.sample_rate_hz, self.end);
    }

    /// Gives `probability` to the hops up to `until`.
    fn tell(&mut self, until: u64, voicing: Voicing, done: &mut impl FnMut(u64, HopVoice)) {
        while self.next_hop() < until {
            let hop = self.next_hop();
            // The opening cuts its first hop.
            let whole = hop * self.hop_frames >= self.run.from;
            let voice = whole.then_some(voicing);
            self.keep_one(voice);
            done(hop, voice);
        }
    }

    fn keep_one(&mut self, voice: HopVoice) {
        if self.known.len() == self.keep {
            self.known.pop_front();
            self.first += 1;
        }
        self.known.push_back(voice);
    }

    /// Number of the first hop that is not known yet.
    pub fn next_hop(&self) -> u64 {
        self.first + self.known.len() as u64
    }

    /// The probabilities of those of `hops` that are kept, and the number of the first of them.
    pub fn range(&self, hops: Range<u64>) -> (u64, impl Iterator<Item = HopVoice>) {
        let end = hops.end.clamp(self.first, self.next_hop());
        let start = hops.start.clamp(self.first, end);
        let (from, to) = ((start - self.first) as usize, (end - self.first) as usize);
        (start, self.known.range(from..to).copied())
    }
}

impl Run {
    fn new(sample_rate_hz: u32, from: u64) -> Self {
        Self {
            from,
            resampler: Resampler::new(sample_rate_hz, RATE_HZ),
            rumble: [Biquad::high_pass(RUMBLE_HZ, f64::from(RATE_HZ)); 2],
            detector: Detector::default_boxed(),
            periodicity: Periodicity::default(),
            newest: VecDeque::from(vec![0.0; ABOUT]),
            at_16_khz: Vec::new(),
            answered: 0,
            last: Voicing::default(),
        }
    }

    /// Makes a frame what the network can use.
    fn prepare(&mut self, frame: &mut [f32], loudness: &mut Loudness) {
        for sample in frame.iter_mut() {
            let once = self.rumble[0].next(f64::from(*sample));
            *sample = self.rumble[1].next(once) as f32;
        }
        let gain = loudness.gain(frame, RATE_HZ);
        for sample in frame {
            // The network takes nothing beyond full scale.
            *sample = (*sample * gain).clamp(-1.0, 1.0);
        }
    }

    /// Asks about the sound that the network's next answer is about.
    fn ask(&mut self, frame: &[f32]) -> Voicing {
        self.newest.drain(..frame.len());
        self.newest.extend(frame);
        Voicing {
            probability: self.detector.predict_f32(frame),
            periodicity: self
                .periodicity
                .of(self.newest.iter().copied().take(periodicity::WINDOW)),
        }
    }

    /// The frame up to which the newest answer speaks.
    fn told_until(&self, sample_rate_hz: u32) -> u64 {
        let heard = self.answered * FRAME as u64;
        let about = heard.saturating_sub(u64::from(RATE_HZ / 1000 * LAG_MS));
        self.from + about * u64::from(sample_rate_hz) / u64::from(RATE_HZ)
    }
}

#[cfg(test)]
mod tests;
