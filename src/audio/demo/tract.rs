//! From sounds to samples: a source of pulses and a source of noise through the resonances of a mouth.
//!
//! The cascade branch of Klatt, "Software for a cascade/parallel formant synthesizer", JASA 67, 1980, with the glottal
//! pulse and the pitch flutter of Klatt and Klatt, "Analysis, synthesis, and perception of voice quality variations",
//! JASA 87, 1990. Frication noise passes one band instead of the parallel branch.

use std::f64::consts::{PI, TAU};

use super::phones::{Gains, Segment, Sound};
use super::random::Random;
use super::voice::Voice;

/// Formants that do not depend on the phone, in Hz.
const UPPER_FORMANTS_HZ: [f64; 2] = [3500.0, 4500.0];
/// Bandwidths of all five, in Hz (Klatt 1980, table I, rounded).
const BANDWIDTHS_HZ: [f64; 5] = [60.0, 90.0, 150.0, 200.0, 250.0];
/// Part of each pitch period in which the folds are open.
const OPEN_QUOTIENT: f64 = 0.6;
/// From here on the source is raised by 6 dB an octave, in place of the formants above the fifth that a mouth has.
const LIFT_FROM_HZ: f64 = 900.0;
/// How long formants take from one sound to the next.
const GLIDE_MS: f64 = 55.0;
/// What still rings in the mouth at the end is damped over this time.
const RINGING_MS: f64 = 6.0;
/// How often the mouth is moved.
const STEPS_PER_S: u32 = 1000;
/// Rate at which noise has the level that the table of phones was set at.
const NOISE_REFERENCE_HZ: f64 = 16_000.0;

/// One stretch of speech without a pause, with the frames at which its segments begin and end.
#[derive(Debug)]
struct Track<'a> {
    segments: &'a [Segment],
    edges: Vec<f64>,
    frames_per_ms: f64,
}

/// Frames that `segments` take at `rate` times the usual speed.
pub(super) fn duration_frames(segments: &[Segment], rate: f64, sample_rate_hz: u32) -> usize {
    let ms: f64 = segments.iter().map(|segment| segment.ms).sum();
    (ms / rate * f64::from(sample_rate_hz) / 1000.0) as usize
}

/// Speaks `segments` in one breath: [`duration_frames`] samples of any level, from silence to silence.
pub(super) fn speak(
    segments: &[Segment],
    voice: &Voice,
    sample_rate_hz: u32,
    random: Random,
) -> Vec<f32> {
    let track = Track::new(segments, voice.rate, sample_rate_hz);
    let mut mouth = Mouth::new(voice, sample_rate_hz, random);
    let every = (sample_rate_hz / STEPS_PER_S).max(1) as usize;
    let frames = duration_frames(segments, voice.rate, sample_rate_hz);
    let ringing = (RINGING_MS * track.frames_per_ms).max(1.0);
    (0..frames)
        .map(|frame| {
            if frame.is_multiple_of(every) {
                mouth.shape(&track.at(frame as f64), frame);
            }
            let damped = ((frames - 1 - frame) as f64 / ringing).min(1.0);
            (mouth.sample() * damped) as f32
        })
        .collect()
}

impl<'a> Track<'a> {
    fn new(segments: &'a [Segment], rate: f64, sample_rate_hz: u32) -> Self {
        let frames_per_ms = f64::from(sample_rate_hz) / 1000.0;
        let mut edges = vec![0.0];
        let mut end = 0.0;
        for segment in segments {
            end += segment.ms / rate * frames_per_ms;
            edges.push(end);
        }
        Self {
            segments,
            edges,
            frames_per_ms,
        }
    }

    /// The sound at `frame`: its segment's, mixed with the neighbour's near an edge.
    fn at(&self, frame: f64) -> Sound {
        let index = self.edges[1..self.segments.len()].partition_point(|&end| end <= frame);
        let here = &self.segments[index];
        let (begin, end) = (self.edges[index], self.edges[index + 1]);
        let (neighbour, distance) = if frame - begin < end - frame {
            (index.checked_sub(1), frame - begin)
        } else {
            (Some(index + 1), end - frame)
        };
        let Some((other, there)) = neighbour.and_then(|n| Some((n, self.segments.get(n)?))) else {
            // The stretch begins or ends here: from silence or to silence.
            let edge = (here.edge_ms.min(20.0) * self.frames_per_ms).min(end - begin);
            let mut sound = here.sound;
            sound.gains = sound.gains.scaled(ease(distance / edge.max(1.0)));
            return sound;
        };
        let room = (end - begin).min(self.edges[other + 1] - self.edges[other]) / 2.0;
        let within = |ms: f64| {
            let half = (ms / 2.0 * self.frames_per_ms).min(room);
            0.5 * (1.0 - ease(distance / half.max(1.0)))
        };
        let level = within(here.edge_ms.min(there.edge_ms));
        here.sound.mixed(&there.sound, within(GLIDE_MS), level)
    }
}

/// 0 to 1 without a corner at either end.
fn ease(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

fn mix(a: f64, b: f64, part: f64) -> f64 {
    a + (b - a) * part
}

impl Gains {
    fn scaled(self, by: f64) -> Self {
        Self {
            voice: self.voice * by,
            breath: self.breath * by,
            hiss: self.hiss * by,
        }
    }
}

impl Sound {
    /// This sound with `shape` of the other's formants and pitch and `level` of its gains. The noise band does not glide:
    /// it is that of the louder noise.
    fn mixed(&self, other: &Self, shape: f64, level: f64) -> Self {
        let louder = if other.gains.hiss > self.gains.hiss {
            other
        } else {
            self
        };
        Self {
            formants_hz: std::array::from_fn(|n| {
                mix(self.formants_hz[n], other.formants_hz[n], shape)
            }),
            pitch: mix(self.pitch, other.pitch, shape),
            gains: Gains {
                voice: mix(self.gains.voice, other.gains.voice, level),
                breath: mix(self.gains.breath, other.gains.breath, level),
                hiss: mix(self.gains.hiss, other.gains.hiss, level),
            },
            hiss_hz: louder.hiss_hz,
        }
    }
}

/// Two poles: Klatt's digital resonator.
#[derive(Clone, Copy, Debug, Default)]
struct Resonator {
    a: f64,
    b: f64,
    c: f64,
    before: [f64; 2],
}

impl Resonator {
    /// Tunes to a frequency, with unit gain at 0 Hz; one that the sample rate cannot carry lets everything pass.
    fn tune(&mut self, hz: f64, bandwidth_hz: f64, sample_rate_hz: f64) {
        if hz > 0.45 * sample_rate_hz {
            (self.a, self.b, self.c) = (1.0, 0.0, 0.0);
            return;
        }
        let radius = (-PI * bandwidth_hz / sample_rate_hz).exp();
        self.c = -radius * radius;
        self.b = 2.0 * radius * (TAU * hz / sample_rate_hz).cos();
        self.a = 1.0 - self.b - self.c;
    }

    /// Tunes [`Self::band`] to unit power for white noise of unit power (from the autocovariance of an AR(2) process).
    fn tune_band(&mut self, hz: f64, bandwidth_hz: f64, sample_rate_hz: f64) {
        self.tune(hz.min(0.4 * sample_rate_hz), bandwidth_hz, sample_rate_hz);
        let (b, c) = (self.b, self.c);
        let power = (1.0 - c) / ((1.0 + c) * ((1.0 - c).powi(2) - b * b));
        let differenced = 2.0 * power * (1.0 - b / (1.0 - c));
        self.a = differenced.sqrt().recip();
    }

    /// The resonance alone, nothing at 0 Hz.
    fn band(&mut self, input: f64) -> f64 {
        let before = self.before[0];
        self.step(input) - before
    }

    fn step(&mut self, input: f64) -> f64 {
        let output = self.a * input + self.b * self.before[0] + self.c * self.before[1];
        self.before = [output, self.before[0]];
        output
    }
}

/// The sources, the filters and their state.
#[derive(Debug)]
struct Mouth<'a> {
    voice: &'a Voice,
    sample_rate_hz: f64,
    random: Random,
    formants: [Resonator; 5],
    hiss: Resonator,
    gains: Gains,
    aim: Gains,
    /// Part of a pitch period that passes in one frame.
    advance: f64,
    phase: f64,
    pulse_before: f64,
    lift: f64,
    /// How much of the way to `aim` the gains go in one frame.
    follow: f64,
    breath_scale: f64,
}

impl<'a> Mouth<'a> {
    fn new(voice: &'a Voice, sample_rate_hz: u32, random: Random) -> Self {
        let sample_rate_hz = f64::from(sample_rate_hz);
        let mut mouth = Self {
            voice,
            sample_rate_hz,
            random,
            formants: [Resonator::default(); 5],
            hiss: Resonator::default(),
            gains: Gains::default(),
            aim: Gains::default(),
            advance: 0.0,
            phase: 0.0,
            pulse_before: 0.0,
            lift: sample_rate_hz / (TAU * LIFT_FROM_HZ),
            follow: (2.0 * f64::from(STEPS_PER_S) / sample_rate_hz).min(1.0),
            breath_scale: voice.breathiness * (sample_rate_hz / NOISE_REFERENCE_HZ).sqrt(),
        };
        for (n, hz) in (3..).zip(UPPER_FORMANTS_HZ) {
            mouth.tune(n, hz);
        }
        mouth
    }

    fn tune(&mut self, formant: usize, hz: f64) {
        let scale = self.voice.formant_scale;
        self.formants[formant].tune(
            hz * scale,
            BANDWIDTHS_HZ[formant] * scale,
            self.sample_rate_hz,
        );
    }

    /// Moves to `sound`.
    fn shape(&mut self, sound: &Sound, frame: usize) {
        for (n, hz) in sound.formants_hz.into_iter().enumerate() {
            self.tune(n, hz);
        }
        if sound.gains.hiss > 0.0 {
            let hz = sound.hiss_hz * self.voice.formant_scale;
            self.hiss.tune_band(hz, 0.45 * hz, self.sample_rate_hz);
        }
        self.aim = sound.gains;
        let seconds = frame as f64 / self.sample_rate_hz;
        let flutter: f64 = [12.7, 7.1, 4.7]
            .iter()
            .map(|hz| (TAU * hz * seconds).sin())
            .sum();
        let pitch_hz = self.voice.pitch_hz * sound.pitch * (1.0 + 0.004 * flutter);
        self.advance = pitch_hz / self.sample_rate_hz;
    }

    fn sample(&mut self) -> f64 {
        self.gains.voice += (self.aim.voice - self.gains.voice) * self.follow;
        self.gains.breath += (self.aim.breath - self.gains.breath) * self.follow;
        self.gains.hiss += (self.aim.hiss - self.gains.hiss) * self.follow;
        self.phase = (self.phase + self.advance).fract();
        // The derivative of the flow t² - t³ through the open folds: it ends in the jump that makes a voice bright.
        let x = self.phase / OPEN_QUOTIENT;
        let pulse = if x < 1.0 { (2.0 - 3.0 * x) * x } else { 0.0 };
        let noise = f64::from(self.random.white());
        // Voiced noise comes in puffs.
        let puff = if self.gains.voice > 0.05 && x > 1.0 && !self.voice.whispers {
            0.5
        } else {
            1.0
        };
        let lifted = pulse + self.lift * (pulse - self.pulse_before);
        self.pulse_before = pulse;
        let breath = self.gains.breath * self.breath_scale * noise * puff;
        let voice = if self.voice.whispers {
            // Noise as loud as the pulses, steady and not in puffs.
            self.lift.sqrt() * 0.2 * noise
        } else {
            lifted
        };
        let through_mouth = self
            .formants
            .iter_mut()
            .fold(self.gains.voice * voice + breath, |signal, formant| {
                formant.step(signal)
            });
        through_mouth + self.gains.hiss * self.hiss.band(noise * puff)
    }
}

#[cfg(test)]
mod tests {
    use super::super::phones::phone;
    use super::*;

    const RATE_HZ: u32 = 16_000;

    fn said(symbol: &str) -> Vec<f32> {
        let mut segments = Vec::new();
        phone(symbol)
            .unwrap()
            .append(None, true, 1.0, 3.0, &mut segments);
        speak(&segments, &Voice::MIDDLE, RATE_HZ, Random::new(1))
    }

    /// Power of `samples` within some 150 Hz of `hz`.
    fn power_at(samples: &[f32], hz: f64) -> f64 {
        let bin = |hz: f64| {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, &x) in samples.iter().enumerate() {
                let angle = TAU * hz * n as f64 / f64::from(RATE_HZ);
                re += f64::from(x) * angle.cos();
                im += f64::from(x) * angle.sin();
            }
            re * re + im * im
        };
        (-15..=15).map(|n| bin(hz + 10.0 * f64::from(n))).sum()
    }

    #[test]
    fn a_vowel_has_its_energy_at_its_formants() {
        for (symbol, formants, valley) in [
            ("IY", [270.0, 2290.0], 1200.0),
            ("AA", [730.0, 1090.0], 1800.0),
            ("UW", [300.0, 870.0], 1500.0),
            ("EH", [530.0, 1840.0], 1150.0),
        ] {
            let samples = said(symbol);
            for hz in formants {
                let above = power_at(&samples, hz) / power_at(&samples, valley);
                assert!(above > 4.0, "{symbol}: {above} at {hz} Hz");
            }
        }
    }

    #[test]
    fn a_vowel_repeats_at_the_pitch_of_the_voice() {
        let samples = said("AA");
        let likeness = |lag: usize| -> f32 {
            let pairs = samples.iter().zip(&samples[lag..]);
            pairs.map(|(now, later)| now * later).sum()
        };
        let period = (40..300).max_by(|&a, &b| likeness(a).total_cmp(&likeness(b)));
        let pitch_hz = f64::from(RATE_HZ) / period.unwrap() as f64;
        assert!(
            (pitch_hz - Voice::MIDDLE.pitch_hz).abs() < 4.0,
            "{pitch_hz} Hz"
        );
    }

    #[test]
    fn a_hiss_lies_where_teeth_make_it_and_a_vowel_below() {
        for (symbol, hz) in [("S", 6000.0), ("SH", 3000.0)] {
            let samples = said(symbol);
            let above = power_at(&samples, hz) / power_at(&samples, 500.0);
            assert!(above > 30.0, "{symbol}: {above}");
        }
        let samples = said("AA");
        assert!(power_at(&samples, 730.0) > 100.0 * power_at(&samples, 6000.0));
    }

    #[test]
    fn a_band_of_noise_has_the_power_of_its_source() {
        for (hz, bandwidth_hz, rate_hz) in [(6000.0, 2700.0, 48_000.0), (1200.0, 500.0, 8_000.0)] {
            let mut random = Random::new(2);
            let mut band = Resonator::default();
            band.tune_band(hz, bandwidth_hz, rate_hz);
            let power: f64 = (0..200_000)
                .map(|_| band.band(f64::from(random.white())).powi(2))
                .sum();
            let gain = power / 200_000.0 * 3.0;
            assert!((0.95..1.05).contains(&gain), "{gain} at {hz} Hz");
        }
    }
}
