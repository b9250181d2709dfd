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

use crate::units::dbfs;

use super::level::{HOP_MS, HopLevel, peak, power_dbfs};
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
/// The speech that the network is used to peaks there. Softer sound is made louder for it, by so much at most, and never
/// so much that the room's noise would be louder than this.
const USUAL_PEAK_DBFS: f64 = -14.0;
const MOST_GAIN_DB: f64 = 24.0;
const USUAL_NOISE_DBFS: f64 = -60.0;
/// The gain falls at once and rises slowly, dB a second; so does what is believed of the noise.
const GAIN_RISES_DB_PER_S: f64 = 6.0;
const NOISE_RISES_DB_PER_S: f64 = 1.5;
/// From this on a hop is periodic: noise, doors and coughs without a groan stay below.
const PERIODIC_ON: f32 = 0.2;
/// Speech has so many periodic hops in it at least.
pub const LEAST_PERIODIC_HOPS: usize = 3;
/// A hop from this probability on is a voice; one softer than [`SOFT_DBFS`] already from [`SOFT_VOICE_ON`] on, for the
/// network is less sure of soft voices. Making all louder would make voices of coughs and doors.
const VOICE_ON: f32 = 0.5;
const SOFT_VOICE_ON: f32 = 0.4;
const SOFT_DBFS: f32 = -48.0;

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
        self.loudness.peak_dbfs =
            speech_peak_dbfs.clamp(USUAL_PEAK_DBFS - MOST_GAIN_DB, USUAL_PEAK_DBFS);
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
        let gain = loudness.gain(frame);
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

/// How loud a stream has been of late: soft microphones and soft voices are made as loud as the network is used to, without
/// a look ahead. Doors and coughs become louder with them; that they are no voices is seen by their periods.
#[derive(Clone, Copy, Debug)]
struct Loudness {
    peak_dbfs: f64,
    noise_dbfs: f64,
}

impl Default for Loudness {
    fn default() -> Self {
        Self {
            peak_dbfs: USUAL_PEAK_DBFS,
            noise_dbfs: USUAL_NOISE_DBFS,
        }
    }
}

impl Loudness {
    /// The gain of the next frame of 16 ms.
    fn gain(&mut self, frame: &[f32]) -> f32 {
        let seconds = FRAME as f64 / f64::from(RATE_HZ);
        let power = frame.iter().map(|s| f64::from(s * s)).sum::<f64>() / FRAME as f64;
        let risen = self.noise_dbfs + NOISE_RISES_DB_PER_S * seconds;
        self.noise_dbfs = f64::from(power_dbfs(power)).min(risen);
        let fallen = self.peak_dbfs - GAIN_RISES_DB_PER_S * seconds;
        self.peak_dbfs = dbfs(f64::from(peak(frame)))
            .max(fallen)
            .max(USUAL_PEAK_DBFS - MOST_GAIN_DB);
        let gain_db = (USUAL_PEAK_DBFS - self.peak_dbfs).min(USUAL_NOISE_DBFS - self.noise_dbfs);
        10_f64.powf(gain_db.max(0.0) / 20.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A buzz with formants, swelling over 30 ms, on a little noise; speech to the network.
    fn scene(rate_hz: u32, seconds: f64, voiced_s: Range<f64>) -> Vec<f32> {
        let mut noise = 1_u32;
        let mut phase = 0.0_f64;
        let sample = |n: usize| {
            let t = n as f64 / f64::from(rate_hz);
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let room = (f64::from(noise) / f64::from(u32::MAX) - 0.5) * 0.002;
            phase += (125.0 - 15.0 * (t * 9.0).sin()) / f64::from(rate_hz);
            if !voiced_s.contains(&t) {
                return room as f32;
            }
            let voice: f64 = (1..28)
                .map(|k| {
                    let f = 125.0 * f64::from(k);
                    let formant = |at: f64, width: f64| 1.0 / (1.0 + ((f - at) / width).powi(2));
                    let gain = formant(650.0, 90.0)
                        + 0.6 * formant(1150.0, 110.0)
                        + 0.2 * formant(2500.0, 160.0);
                    gain * (phase * f64::from(k) * std::f64::consts::TAU).sin()
                })
                .sum();
            (room + voice * 0.08 * (0.8 + 0.2 * (t * 25.0).sin())) as f32
        };
        (0..(seconds * f64::from(rate_hz)) as usize)
            .map(sample)
            .collect()
    }

    fn told(rate_hz: u32, first_frame: u64, block: usize, samples: &[f32]) -> Vec<(u64, HopVoice)> {
        let mut voice = VoiceActivity::new(rate_hz, first_frame, 1000);
        let mut told = Vec::new();
        for block in samples.chunks(block) {
            voice.push(block, |hop, p| told.push((hop, p)));
        }
        told
    }

    #[test]
    fn a_voice_is_heard_where_it_is_at_every_rate() {
        for rate_hz in [8_000, 16_000, 44_100, 48_000, 96_000] {
            let told = told(rate_hz, 0, 480, &scene(rate_hz, 2.5, 1.0..1.6));
            let hops: Vec<u64> = told
                .iter()
                .filter(|(_, p)| p.is_some_and(|p| p.probability >= 0.5))
                .map(|(hop, _)| *hop)
                .collect();
            let (start, end) = (hops[0], hops[hops.len() - 1] + 1);
            assert!((95..=106).contains(&start), "{rate_hz}: {start}");
            assert!((155..=175).contains(&end), "{rate_hz}: {end}");
        }
    }

    #[test]
    fn a_soft_voice_is_heard_once_the_microphone_check_has_told_how_soft_it_is() {
        let usual = scene(48_000, 2.0, 0.5..1.5);
        let soft: Vec<f32> = usual.iter().map(|s| s * 0.1).collect();
        let told = |samples: &[f32], peak_dbfs: Option<f64>| {
            let mut voice = VoiceActivity::new(48_000, 0, 1000);
            if let Some(peak_dbfs) = peak_dbfs {
                voice.calibrate(peak_dbfs);
            }
            let mut told = Vec::new();
            voice.push(samples, |_, p| told.push(p.unwrap_or_default().probability));
            told
        };
        let differ = |a: &[f32], b: &[f32]| {
            a.iter()
                .zip(b)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max)
        };
        let expected = told(&usual, None);
        assert!(differ(&expected, &told(&soft, Some(USUAL_PEAK_DBFS - 20.0))) < 0.02);
        assert!(differ(&expected, &told(&soft, None)) > 0.1);
        assert!(
            differ(&expected, &told(&usual, Some(-6.0))) == 0.0,
            "loud voices stay as they are"
        );
    }

    #[test]
    fn every_hop_gets_one_answer_no_later_than_promised() {
        let samples = scene(48_000, 2.0, 0.5..1.0);
        for block in [1, 341, 480, 2048] {
            let mut voice = VoiceActivity::new(48_000, 0, 1000);
            let mut pushed = 0_u64;
            let mut next = 0;
            for block in samples.chunks(block) {
                voice.push(block, |hop, _| {
                    assert_eq!(hop, next);
                    next += 1;
                });
                pushed += block.len() as u64;
                let due = (pushed / 48).saturating_sub(u64::from(LATENCY_MS)) / 10;
                assert!(next >= due, "{next} hops after {pushed} frames");
            }
        }
    }

    #[test]
    fn blocks_of_any_size_give_the_same_answers() {
        let samples = scene(44_100, 1.0, 0.4..0.8);
        let whole = told(44_100, 77, samples.len(), &samples);
        assert_eq!(whole[0], (0, None));
        assert_eq!(told(44_100, 77, 333, &samples), whole);
    }

    #[test]
    fn of_hops_with_missing_frames_nothing_is_known_and_numbers_go_on() {
        let samples = scene(48_000, 1.0, 0.0..1.0);
        let mut voice = VoiceActivity::new(48_000, 0, 1000);
        voice.push(&samples, |_, _| ());
        voice.push_gap(480 * 10 + 100, |_, _| ()); // hops 100 to 110, the last in part
        voice.push(&samples, |_, _| ());
        let (first, all) = voice.range(0..1000);
        let unknown: Vec<u64> = (first..)
            .zip(all)
            .filter(|(_, p)| p.is_none())
            .map(|(n, _)| n)
            .collect();
        assert_eq!(unknown, (100..111).collect::<Vec<u64>>());
    }

    #[test]
    fn a_gap_of_any_length_costs_no_more_than_what_is_kept() {
        let mut voice = VoiceActivity::new(48_000, 0, 10);
        voice.push_gap(u64::from(u32::MAX) * 480, |_, _| ());
        assert_eq!(voice.next_hop(), u64::from(u32::MAX));
        assert_eq!(voice.range(0..u64::MAX).1.count(), 10);
    }
}
