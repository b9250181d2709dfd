//! The demo speaker's voice: text to samples, with the truth about where speech is.
//!
//! The same text in the same voice is the same sound, at any time and in blocks of any size. Speech is made one breath at a
//! time, so a page of text costs no more memory than a sentence. See `tract` for how it sounds.

use std::collections::VecDeque;
use std::ops::Range;

use super::letters::{Word, words};
use super::phones::{Phone, Segment, phone};
use super::random::Random;
use super::tract;

/// Phones after which a breath ends at the next word, about a second.
const PHONES_PER_BREATH: usize = 14;
/// Phones after which a word without an end (a sentence in a script without spaces) is broken.
const PHONES_PER_WORD: usize = 24;
/// The pause between two breaths within a phrase, and after it.
const PAUSE_MS: f64 = 70.0;
const PHRASE_PAUSE_MS: f64 = 250.0;

/// Who speaks. Values outside the ranges are brought back into them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Voice {
    /// Mean pitch in Hz, 50 to 500.
    pub pitch_hz: f64,
    /// Formants as a multiple of a grown man's, 0.7 to 1.6: women 1.15 to 1.2, children 1.3 (Peterson and Barney, 1952).
    pub formant_scale: f64,
    /// Speed, 0.3 to 3; 1 is about 80 ms a phone.
    pub rate: f64,
    /// Breath noise as a multiple of the usual, 0 to 10.
    pub breathiness: f64,
    /// Whispers: breath takes the place of the voice.
    pub whispers: bool,
    /// Peak of the loudest breath in dB below full scale, -60 to 0.
    pub peak_dbfs: f64,
}

impl Voice {
    /// A low voice, in no hurry.
    pub const LOW: Self = Self::new(95.0, 0.95, 0.9);
    /// A man's voice of middle height.
    pub const MIDDLE: Self = Self::new(125.0, 1.0, 1.0);
    /// A woman's voice.
    pub const HIGH: Self = Self::new(205.0, 1.17, 1.05);
    /// A child's voice.
    pub const CHILD: Self = Self::new(265.0, 1.3, 0.95);

    const fn new(pitch_hz: f64, formant_scale: f64, rate: f64) -> Self {
        Self {
            pitch_hz,
            formant_scale,
            rate,
            breathiness: 1.0,
            whispers: false,
            peak_dbfs: -12.0,
        }
    }

    /// A voice of its own for each seed, between the presets: pitch and formants rise together, as they do in people.
    pub fn from_seed(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let height = random.between(0.0, 1.0);
        Self {
            pitch_hz: 90.0 * 3.0_f64.powf(height),
            formant_scale: 0.94 + 0.34 * height + random.between(-0.03, 0.03),
            rate: random.between(0.88, 1.12),
            breathiness: random.between(0.5, 2.0),
            whispers: false,
            peak_dbfs: random.between(-12.5, -11.5),
        }
    }

    fn in_range(self) -> Self {
        Self {
            pitch_hz: self.pitch_hz.clamp(50.0, 500.0),
            formant_scale: self.formant_scale.clamp(0.7, 1.6),
            rate: self.rate.clamp(0.3, 3.0),
            breathiness: self.breathiness.clamp(0.0, 10.0),
            whispers: self.whispers,
            peak_dbfs: self.peak_dbfs.clamp(-60.0, 0.0),
        }
    }
}

/// A text as it was read, without a room around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    /// Mono; begins and ends with speech.
    pub samples: Vec<f32>,
    /// Where speech is, in frames of `samples`: everything but the pauses. Closures of stops count as speech.
    pub speech: Vec<Range<usize>>,
}

/// Reads `text` in `voice`, mono at `sample_rate_hz`. A text without letters gets syllables of its own, an empty one too.
pub fn reading(text: &str, voice: &Voice, sample_rate_hz: u32) -> Utterance {
    let reader = Reader::new(text, voice, sample_rate_hz);
    Utterance {
        speech: reader.speech(),
        samples: reader.collect(),
    }
}

/// One breath: what to say, and the silence after it.
#[derive(Debug)]
struct BreathGroup {
    segments: Vec<Segment>,
    frames: usize,
    pause_frames: usize,
    peak: f64,
    noise: Random,
}

/// A text that is being read, sample by sample.
#[derive(Debug)]
pub(super) struct Reader {
    voice: Voice,
    sample_rate_hz: u32,
    breaths: VecDeque<BreathGroup>,
    spoken: std::vec::IntoIter<f32>,
}

impl Reader {
    pub(super) fn new(text: &str, voice: &Voice, sample_rate_hz: u32) -> Self {
        let voice = voice.in_range();
        Self {
            voice,
            sample_rate_hz,
            breaths: plan(text, &voice, sample_rate_hz).into(),
            spoken: Vec::new().into_iter(),
        }
    }

    /// Frames of a reading that has not begun, pauses included.
    pub(super) fn frames(&self) -> usize {
        self.breaths.iter().map(|b| b.frames + b.pause_frames).sum()
    }

    /// Where speech is in a reading that has not begun.
    fn speech(&self) -> Vec<Range<usize>> {
        let mut start = 0;
        let ranges = self.breaths.iter().map(|breath| {
            let speech = start..start + breath.frames;
            start = speech.end + breath.pause_frames;
            speech
        });
        ranges.collect()
    }
}

impl Iterator for Reader {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if let Some(sample) = self.spoken.next() {
            return Some(sample);
        }
        let breath = self.breaths.pop_front()?;
        self.spoken = breath.speak(&self.voice, self.sample_rate_hz).into_iter();
        self.spoken.next()
    }
}

impl BreathGroup {
    fn speak(&self, voice: &Voice, sample_rate_hz: u32) -> Vec<f32> {
        let mut samples = tract::speak(&self.segments, voice, sample_rate_hz, self.noise.clone());
        let loudest = samples.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        let gain = (self.peak / f64::from(loudest.max(f32::MIN_POSITIVE))) as f32;
        for sample in &mut samples {
            *sample *= gain;
        }
        samples.resize(samples.len() + self.pause_frames, 0.0);
        samples
    }
}

fn plan(text: &str, voice: &Voice, sample_rate_hz: u32) -> Vec<BreathGroup> {
    let mut random = Random::from_text(text);
    let groups = groups(&words(text));
    let pause = |ms: f64| (ms / voice.rate * f64::from(sample_rate_hz) / 1000.0) as usize;
    let mut planned: Vec<BreathGroup> = Vec::with_capacity(groups.len());
    for (n, words) in groups.iter().enumerate() {
        let segments = segments(words, &mut random);
        // The first breath is the loudest.
        let weaker_db = random.between(0.0, 1.0) * f64::from(u8::from(n > 0));
        planned.push(BreathGroup {
            frames: tract::duration_frames(&segments, voice.rate, sample_rate_hz),
            segments,
            pause_frames: match words.last() {
                _ if n + 1 == groups.len() => 0,
                Some(word) if word.ends_phrase => pause(PHRASE_PAUSE_MS),
                _ => pause(PAUSE_MS),
            },
            peak: 10.0_f64.powf((voice.peak_dbfs - weaker_db) / 20.0),
            noise: Random::new(random.number()),
        });
    }
    planned
}

/// Which words share a breath; words too long for one are broken.
fn groups(words: &[Word]) -> Vec<Vec<Word>> {
    let mut groups = Vec::new();
    let mut group: Vec<Word> = Vec::new();
    let mut phones = 0;
    for word in words {
        let mut rest = word.phones.chunks(PHONES_PER_WORD).peekable();
        while let Some(part) = rest.next() {
            let ends_phrase = word.ends_phrase && rest.peek().is_none();
            phones += part.len();
            group.push(Word {
                phones: part.to_vec(),
                ends_phrase,
            });
            if ends_phrase || phones >= PHONES_PER_BREATH {
                groups.push(std::mem::take(&mut group));
                phones = 0;
            }
        }
    }
    if !group.is_empty() {
        groups.push(group);
    }
    groups
}

/// One breath's sounds: pitch falls towards its end, the first vowel of a word stands out, the last one is long.
fn segments(words: &[Word], random: &mut Random) -> Vec<Segment> {
    let mut phones: Vec<(&Phone, f64)> = Vec::new();
    for word in words {
        let mut accent = random.between(0.04, 0.14);
        for phone in word.phones.iter().filter_map(|symbol| phone(symbol)) {
            let raised = if phone.is_vowel() {
                std::mem::take(&mut accent)
            } else {
                0.0
            };
            phones.push((phone, 1.0 + raised));
        }
    }
    let last_vowel = phones.iter().rposition(|(phone, _)| phone.is_vowel());
    let mut segments = Vec::new();
    for (n, (phone, accent)) in phones.iter().enumerate() {
        let pitch = accent * (1.06 - 0.22 * n as f64 / phones.len() as f64);
        let stretch = random.between(0.93, 1.07) * if Some(n) == last_vowel { 1.2 } else { 1.0 };
        let next = phones.get(n + 1).map(|(phone, _)| *phone);
        phone.append(next, n == 0, pitch, stretch, &mut segments);
    }
    segments
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::units::dbfs;

    const RATE_HZ: u32 = 16_000;
    const PRESETS: [Voice; 4] = [Voice::LOW, Voice::MIDDLE, Voice::HIGH, Voice::CHILD];
    const TEXTS: [&str; 14] = [
        "zero",
        "one",
        "yes",
        "no",
        "Nein",
        "ноль",
        "один",
        "صفر",
        "שתיים",
        "शून्य",
        "ศูนย์",
        "零",
        "一",
        "The fox jumps over the dog, and goes home.",
    ];

    fn peak_dbfs(samples: &[f32]) -> f64 {
        dbfs(
            samples
                .iter()
                .fold(0.0, |peak, &x| f64::from(x.abs()).max(peak)),
        )
    }

    #[test]
    fn the_text_decides_the_sound() {
        let mut sounds = HashSet::new();
        for text in TEXTS {
            let once = reading(text, &Voice::MIDDLE, RATE_HZ);
            assert_eq!(once, reading(text, &Voice::MIDDLE, RATE_HZ), "{text}");
            let bits: Vec<u32> = once.samples.iter().map(|x| x.to_bits()).collect();
            assert!(sounds.insert(bits), "{text} sounds like another text");
        }
    }

    #[test]
    fn the_voice_decides_the_sound_too() {
        let sounds = PRESETS.map(|voice| reading("seven", &voice, RATE_HZ).samples);
        for (n, sound) in sounds.iter().enumerate() {
            assert!(!sounds[n + 1..].contains(sound));
        }
        assert_ne!(Voice::from_seed(1), Voice::from_seed(2));
    }

    #[test]
    fn a_reading_peaks_at_its_voices_level_at_every_rate() {
        for voice in PRESETS.into_iter().chain((0..20).map(Voice::from_seed)) {
            for rate_hz in [8_000, 16_000, 44_100, 48_000, 192_000] {
                let samples = reading("sixty", &voice, rate_hz).samples;
                assert!(samples.iter().all(|sample| sample.is_finite()));
                let peak = peak_dbfs(&samples);
                assert!((peak - voice.peak_dbfs).abs() < 0.1, "{peak} dBFS");
                assert!((peak + 12.0).abs() < 2.0, "{peak} dBFS");
            }
        }
    }

    #[test]
    fn speech_is_everything_but_the_pauses() {
        let long = "one two three four five six seven eight nine, ".repeat(3);
        for text in TEXTS.into_iter().chain([long.as_str()]) {
            let read = reading(text, &Voice::MIDDLE, RATE_HZ);
            assert_eq!(read.speech[0].start, 0, "{text}");
            assert_eq!(
                read.speech.last().unwrap().end,
                read.samples.len(),
                "{text}"
            );
            for pair in read.speech.windows(2) {
                let pause = &read.samples[pair[0].end..pair[1].start];
                assert!(
                    pause.len() > 500 && pause.iter().all(|&x| x == 0.0),
                    "{text}"
                );
            }
            for speech in &read.speech {
                let peak = peak_dbfs(&read.samples[speech.clone()]);
                assert!((-13.1..-11.9).contains(&peak), "{text}: {peak} dBFS");
            }
        }
    }

    #[test]
    fn speech_begins_and_ends_softly() {
        for text in TEXTS {
            let read = reading(text, &Voice::MIDDLE, RATE_HZ);
            for speech in read.speech {
                let samples = &read.samples[speech];
                let edges = [samples[0], samples[samples.len() - 1]];
                assert!(edges.iter().all(|x| x.abs() < 0.005), "{text}: {edges:?}");
            }
        }
    }

    #[test]
    fn a_phone_takes_70_to_90_ms_on_average() {
        let (mut phones, mut frames) = (0, 0);
        for text in TEXTS {
            phones += words(text)
                .iter()
                .map(|word| word.phones.len())
                .sum::<usize>();
            let speech = reading(text, &Voice::MIDDLE, RATE_HZ).speech;
            frames += speech.iter().map(Range::len).sum::<usize>();
        }
        let ms = frames as f64 / phones as f64 / 16.0;
        assert!((70.0..=90.0).contains(&ms), "{ms} ms");
    }

    #[test]
    fn a_voice_out_of_range_still_speaks() {
        let odd = Voice {
            pitch_hz: -1.0,
            formant_scale: 1e9,
            rate: 0.0,
            breathiness: f64::INFINITY,
            whispers: false,
            peak_dbfs: 40.0,
        };
        let samples = reading("one", &odd, RATE_HZ).samples;
        assert!(peak_dbfs(&samples).abs() < 0.1);
    }
}
