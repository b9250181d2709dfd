//! Known sound: the noise of a room and words spoken in it, both found again in a recording frame by frame.
//!
//! A recording is explained as the room's noise from some frame on, plus words at some frames, plus nothing else. What
//! cannot be explained was lost, doubled or changed, and the reason says where.

use std::ops::Range;

use voicebooth::audio::demo::{Voice, reading};

/// Rate of all known sound, and of the virtual card, Hz.
pub const RATE_HZ: u32 = 48_000;
/// Frames of a recording that are looked for in known sound.
const ANCHOR: usize = 64;
/// Width of the running means that [`smooth`] takes, frames.
const WIDTH: usize = 8;

/// White noise that never repeats, peak `2^bits`: any few samples of it name their place.
pub fn noise(frames: usize, bits: u32) -> Vec<i16> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> (63 - bits)) as i16 - (1 << bits)
    };
    (0..frames).map(|_| step()).collect()
}

/// A text as the demo voice reads it, without a room.
pub fn word(text: &str) -> Vec<i16> {
    let samples = reading(text, &Voice::MIDDLE, RATE_HZ).samples;
    samples.iter().map(|s| (s * 32_768.0) as i16).collect()
}

/// The sound below 3 kHz or so (less 50 dB at 7 kHz): converting it to 16 kHz leaves it as it is.
pub fn smooth(samples: &[i16]) -> Vec<i16> {
    let samples: Vec<f64> = samples.iter().copied().map(f64::from).collect();
    let smooth = (0..4).fold(samples, |samples, _| running_mean(&samples));
    smooth.iter().map(|s| s.round() as i16).collect()
}

fn running_mean(samples: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    (0..samples.len() + WIDTH - 1)
        .map(|at| {
            let sample = |at: usize| samples.get(at).copied().unwrap_or(0.0);
            sum += sample(at) - at.checked_sub(WIDTH).map_or(0.0, sample);
            sum / WIDTH as f64
        })
        .collect()
}

/// A recording, in steps of 16 bits.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Mono.
    pub samples: Vec<f64>,
    /// Frames of known sound per frame of the recording.
    pub stride: usize,
}

/// Where known sound lies in a recording.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Frame of the room's noise at the recording's first frame.
    pub room_at: f64,
    /// The words in it.
    pub words: Vec<Spoken>,
}

/// A word in a recording.
#[derive(Clone, Copy, Debug)]
pub struct Spoken {
    /// Which one.
    pub word: usize,
    /// Its first frame, in frames of the recording, even if it lies before it.
    pub start: f64,
    /// The frame after its last.
    pub end: f64,
}

impl Recording {
    /// A recording of 16-bit samples of this rate.
    pub fn of_pcm16(rate_hz: u32, samples: &[i16]) -> Self {
        Self {
            samples: samples.iter().copied().map(f64::from).collect(),
            stride: (RATE_HZ / rate_hz) as usize,
        }
    }

    /// A part of it.
    pub fn part(&self, frames: Range<usize>) -> Self {
        Self {
            samples: self.samples[frames].to_vec(),
            stride: self.stride,
        }
    }

    /// Explains every frame of it.
    ///
    /// # Errors
    /// The first frames that cannot be explained, in words.
    pub fn explain(&self, room: &[i16], words: &[Vec<i16>]) -> Result<Explained, String> {
        let room_at = self.find_room(room).ok_or("the room is not heard")?;
        let mut rest = self.clone();
        rest.take_away(room, room_at);
        let words = self.explain_rest(rest, words)?;
        Ok(Explained { room_at, words })
    }

    /// Explains every frame of it where the room is silent.
    ///
    /// # Errors
    /// The first frames that cannot be explained, in words.
    pub fn explain_words(&self, words: &[Vec<i16>]) -> Result<Vec<Spoken>, String> {
        self.explain_rest(self.clone(), words)
    }

    /// Explains what was heard beside the room.
    fn explain_rest(&self, mut rest: Self, words: &[Vec<i16>]) -> Result<Vec<Spoken>, String> {
        let mut explained = Vec::new();
        let mut left: Vec<usize> = (0..words.len()).collect();
        while let Some(strange) = self.first_strange(&rest) {
            let loudest = rest.loudest();
            let found = left
                .iter()
                .enumerate()
                .find_map(|(index, word)| Some((index, rest.find(&words[*word], loudest)?)));
            let Some((index, place)) = found else {
                let end = self.samples.len();
                return Err(format!("frame {strange} of {end} cannot be explained"));
            };
            let word = left.remove(index);
            rest.take_away(&words[word], place);
            let start = -place / self.stride as f64;
            let frames = words[word].len() as f64 / self.stride as f64;
            explained.push(Spoken {
                word,
                start,
                end: start + frames,
            });
        }
        explained.sort_by_key(|spoken| spoken.word);
        Ok(explained)
    }

    /// How many frames of the room were heard when it had become silent, where it is heard.
    pub fn heard_of_room(&self, room: &[i16]) -> Option<usize> {
        let last = self.samples.iter().rposition(|sample| *sample != 0.0)?;
        let heard = self.find_room(room)? + ((last + 1) * self.stride) as f64;
        Some(heard as usize)
    }

    /// How many frames of a word are heard one after the other, from its first on; `None` where it is not what is heard
    /// first.
    pub fn heard_of(&self, word: &[i16]) -> Option<usize> {
        let first = self.samples.iter().position(|sample| *sample != 0.0)?;
        let place = self.find(word, first + ANCHOR / 2)?;
        let mut rest = self.clone();
        rest.take_away(word, place);
        let start = usize::try_from(-place as i64).ok()?;
        let end = rest.samples.len().min(start + word.len());
        let strange = |at: &usize| rest.samples[*at].abs() > 1.01;
        Some((start..end).find(strange).unwrap_or(end) - start)
    }

    /// The first frame of a stretch of exact silence that lies in no gap.
    pub fn first_stillness(&self, gaps: &[Range<usize>]) -> Option<usize> {
        let still = |at: &usize| self.peak(*at..at + ANCHOR) == 0.0;
        let mut places = (0..self.samples.len()).step_by(ANCHOR).filter(still);
        places.find(|at| !gaps.iter().any(|gap| gap.contains(at)))
    }

    /// How many frames of the room are missing at a gap; `None` where the room is not found around it.
    pub fn missing_at(&self, gap: &Range<usize>, room: &[i16]) -> Option<i64> {
        let place = |frames: Range<usize>| {
            let place = self.part(frames.clone()).find_room(room)?;
            Some(place / self.stride as f64 - frames.start as f64)
        };
        // At a distance of two blocks: which one was torn is not known.
        let before = gap.start.checked_sub(2048)?;
        let after = gap.end + 2048;
        let before = place(before.checked_sub(4096)?..before)?;
        let after = place(after..(after + 4096).min(self.samples.len()))?;
        Some((after - before).round() as i64 + gap.len() as i64)
    }

    /// The room is found by what is quiet: there nobody speaks.
    fn find_room(&self, room: &[i16]) -> Option<f64> {
        let last = self.samples.len().checked_sub(ANCHOR)?;
        let mut places: Vec<(f64, usize)> = (0..=last)
            .step_by((last / 256).max(1))
            .map(|at| (self.peak(at..at + ANCHOR), at))
            .filter(|(peak, _)| *peak > 8.0)
            .collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut places = places.into_iter().take(16);
        places.find_map(|(_, at)| self.find(room, at))
    }

    /// The frame of `known` at frame 0, found by the frames around `at`.
    fn find(&self, known: &[i16], at: usize) -> Option<f64> {
        let at = at
            .saturating_sub(ANCHOR / 2)
            .min(self.samples.len().saturating_sub(ANCHOR));
        let piece = &self.samples[at..(at + ANCHOR).min(self.samples.len())];
        let tolerance = match self.stride {
            1 => 1.01,
            _ => 2.0 + 0.1 * self.peak(at..at + piece.len()),
        };
        let reach = piece.len() * self.stride;
        let fits = |lag: &usize| {
            let known = known[*lag..].iter().step_by(self.stride);
            known
                .zip(piece)
                .all(|(known, heard)| (f64::from(*known) - heard).abs() <= tolerance)
        };
        let lags = (0..known.len().saturating_sub(reach)).filter(fits);
        let places = lags.flat_map(|lag| {
            // A converter may put its frames between ours.
            let parts = if self.stride == 1 { 0..=0 } else { -24..=24 };
            parts.map(move |part| lag as f64 + f64::from(part) / 24.0)
        });
        let error = |place: f64| -> f64 {
            let known =
                (0..piece.len()).map(|n| sample_at(known, place + (n * self.stride) as f64));
            let errors = known
                .zip(piece)
                .map(|(known, heard)| (known - heard).powi(2));
            errors.sum()
        };
        let best = places.min_by(|a, b| error(*a).total_cmp(&error(*b)))?;
        Some(best - (at * self.stride) as f64)
    }

    fn take_away(&mut self, known: &[i16], place: f64) {
        let stride = self.stride as f64;
        for (n, sample) in self.samples.iter_mut().enumerate() {
            *sample -= sample_at(known, place + n as f64 * stride);
        }
    }

    /// The first frame of `rest` that is more than rounding (and, where the rate was converted, the converter's ripple).
    fn first_strange(&self, rest: &Self) -> Option<usize> {
        let ripple = |at: usize| match self.stride {
            1 => 0.0,
            _ => 4.0 + 0.02 * self.peak(at.saturating_sub(ANCHOR)..at + ANCHOR),
        };
        let strange = |at: &usize| rest.samples[*at].abs() > 1.01 + ripple(*at);
        (0..rest.samples.len()).find(strange)
    }

    fn loudest(&self) -> usize {
        let loudness = |at: &usize| self.samples[*at].abs();
        let frames = 0..self.samples.len();
        frames
            .max_by(|a, b| loudness(a).total_cmp(&loudness(b)))
            .unwrap_or(0)
    }

    fn peak(&self, frames: Range<usize>) -> f64 {
        let end = frames.end.min(self.samples.len());
        let samples = self.samples[frames.start.min(end)..end].iter();
        samples.fold(0.0, |peak, sample| peak.max(sample.abs()))
    }
}

/// Known sound at a place between its frames (cubic), silence around it.
fn sample_at(known: &[i16], place: f64) -> f64 {
    let whole = place.floor();
    let x = place - whole;
    let sample = |n: i64| {
        let at = usize::try_from(whole as i64 + n).ok();
        at.and_then(|at| known.get(at))
            .map_or(0.0, |s| f64::from(*s))
    };
    if x == 0.0 {
        return sample(0);
    }
    let (a, b, c, d) = (sample(-1), sample(0), sample(1), sample(2));
    let curve = a * -x * (x - 1.0) * (x - 2.0) / 6.0 + d * x * (x * x - 1.0) / 6.0;
    curve + b * (x * x - 1.0) * (x - 2.0) / 2.0 - c * x * (x + 1.0) * (x - 2.0) / 2.0
}

#[test]
fn a_recording_is_explained_and_what_is_missing_is_seen() {
    let (room, words) = (noise(96_000, 6), vec![word("one"), word("two")]);
    let mut heard: Vec<i16> = room[10_000..90_000].to_vec();
    for (at, word) in [(5_000, &words[0]), (40_000, &words[1])] {
        for (heard, word) in heard[at..].iter_mut().zip(word) {
            *heard += word;
        }
    }
    let explain = |heard: &[i16]| Recording::of_pcm16(RATE_HZ, heard).explain(&room, &words);
    let explained = explain(&heard).unwrap();
    assert_eq!(explained.room_at, 10_000.0);
    assert_eq!(explained.words[0].start, 5_000.0);
    assert_eq!(explained.words[1].end, (40_000 + words[1].len()) as f64);
    let explained = explain(&heard[5_100..]).unwrap();
    assert_eq!(explained.words[0].start, -100.0);
    heard.remove(60_000);
    assert!(explain(&heard).is_err());

    let broken_off = [&[0; 500], &words[1][..5_000], &[0; 500]].concat();
    let broken_off = Recording::of_pcm16(RATE_HZ, &broken_off);
    assert!(broken_off.explain_words(&words).is_err());
    assert_eq!(broken_off.heard_of(&words[1]), Some(5_000));
    let known = [words[1][..5_000].to_vec()];
    assert_eq!(broken_off.explain_words(&known).unwrap()[0].start, 500.0);
}
