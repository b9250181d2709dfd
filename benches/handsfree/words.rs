//! What is said, and what sounds in between.

use voicebooth::audio::demo::{Voice, reading};

use crate::support::chance::{Chance, factor, rms};
use crate::support::sounds::{RATE_HZ, cough, door, frames};

/// One voice to a session.
pub const VOICES: [Voice; 5] = [
    Voice::LOW,
    Voice::HIGH,
    Voice::MIDDLE,
    Voice::CHILD,
    Voice {
        whispers: false,
        pitch_hz: 165.0,
        formant_scale: 1.08,
        rate: 1.0,
        breathiness: 1.8,
        peak_dbfs: -14.0,
    },
];

/// How long a word lasts, ms, give or take what its reader varies.
const WORD_MS: f64 = 500.0;

const WORDS: [&str; 41] = [
    "seven", "water", "banana", "sister", "yellow", "morning", "river", "window", "garden",
    "paper", "silver", "winter", "number", "summer", "monkey", "button", "coffee", "doctor",
    "finger", "hammer", "island", "jacket", "kitchen", "lemon", "mirror", "needle", "orange",
    "pencil", "rabbit", "salad", "table", "uncle", "valley", "wagon", "zebra", "apple", "basket",
    "candle", "dragon", "engine", "forest",
];

/// The word with this number; a word comes again after all the others.
pub fn word(number: usize) -> &'static str {
    WORDS[number * 7 % WORDS.len()]
}

/// `text` as a word of [`WORD_MS`], never twice the same.
pub fn say_word(text: &str, voice: &Voice, chance: &mut Chance) -> Vec<f32> {
    let usual = reading(text, voice, RATE_HZ).samples.len() as f64 / frames(WORD_MS) as f64;
    let vary = |chance: &mut Chance| chance.between(0.96, 1.04);
    let voice = Voice {
        rate: voice.rate * usual.clamp(0.6, 1.7) * vary(chance),
        pitch_hz: voice.pitch_hz * vary(chance),
        ..*voice
    };
    reading(text, &voice, RATE_HZ).samples
}

/// What is no reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noise {
    Cough,
    Door,
    Babble,
}

impl Noise {
    pub const ALL: [Self; 3] = [Self::Cough, Self::Door, Self::Babble];

    pub fn name(self) -> &'static str {
        match self {
            Self::Cough => "cough",
            Self::Door => "door",
            Self::Babble => "babble",
        }
    }

    /// The noise beside speech of that RMS: coughs and doors 12 dB softer to 3 dB louder, other people's voices 28 to
    /// 16 dB softer.
    pub fn sound(self, speech_rms: f32, chance: &mut Chance) -> Vec<f32> {
        let (mut sound, db) = match self {
            Self::Cough => (cough(chance), chance.between(-12.0, 3.0)),
            Self::Door => (door(chance), chance.between(-12.0, 3.0)),
            Self::Babble => (babble(chance), chance.between(-28.0, -16.0)),
        };
        for sample in &mut sound {
            *sample *= speech_rms * factor(db);
        }
        sound
    }
}

/// Three people at once for one to two and a half seconds, RMS 1.
fn babble(chance: &mut Chance) -> Vec<f32> {
    let mut sound = vec![0.0; frames(chance.between(1000.0, 2500.0))];
    for _ in 0..3 {
        let voice = Voice::from_seed(chance.between(1e3, 1e6) as u64);
        let mut at = 0;
        while at < sound.len() {
            let text = chance.pick(&WORDS);
            let said = reading(text, &voice, RATE_HZ).samples;
            for (sample, said) in sound[at..].iter_mut().zip(&said) {
                *sample += said;
            }
            at += said.len() + frames(chance.between(20.0, 300.0));
        }
    }
    let scale = 1.0 / rms(&sound).max(1e-9);
    let (count, fade) = (sound.len(), frames(50.0));
    for (n, sample) in sound.iter_mut().enumerate() {
        let edge = n.min(count - 1 - n) as f32 / fade as f32;
        *sample *= scale * edge.min(1.0);
    }
    sound
}
