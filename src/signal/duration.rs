//! How long a speaker takes for a text: too short means that something was left out, too long that something was added.
//!
//! Promise: a text's length comes from its letters (a digit is a word, an ideograph a syllable); how fast this speaker
//! reads is learnt take by take, as the median and the spread of what they took against what was expected. Until enough is
//! learnt only the absurd is told. A slow, a fast or an accented speaker is never an error, only what differs from themself.
//!
//! How it fails: numerals and abbreviations are read in many ways, so a single figure is told with wide bounds; lists in
//! two languages by one speaker share one speed.

use std::collections::VecDeque;

/// Expected of any reading, ms, and of each letter.
const BASE_MS: f64 = 160.0;
const LETTER_MS: f64 = 65.0;
/// What is remembered.
const KEEP: usize = 200;
/// Learnt after so many takes.
const ENOUGH: usize = 8;
/// Bounds as a multiple of the spread (median absolute deviation, scaled to a standard deviation).
const SPREADS: f64 = 4.0;
/// The bounds are never closer than this factor, and this much before anything is learnt.
const CLOSEST: f64 = 1.8;
const UNLEARNT: f64 = 5.0;

/// What the length of a take says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    /// Nothing.
    #[default]
    Usual,
    /// Too short for its text.
    Short,
    /// Too long for its text.
    Long,
}

/// One speaker's speed.
#[derive(Clone, Debug, Default)]
pub struct Durations {
    /// Logarithms of length over expected length.
    ratios: VecDeque<f64>,
}

impl Durations {
    /// Learns from a take that is to be kept: its speech, pauses included, took `speech_ms`.
    pub fn learn(&mut self, text: &str, speech_ms: f64) {
        if let Some(ratio) = ratio(text, speech_ms) {
            if self.ratios.len() == KEEP {
                self.ratios.pop_front();
            }
            self.ratios.push_back(ratio);
        }
    }

    /// Judges a take before it is learnt.
    pub fn judge(&self, text: &str, speech_ms: f64) -> Length {
        let Some(ratio) = ratio(text, speech_ms) else {
            return Length::Usual;
        };
        let (usual, bound) = self.bounds();
        if ratio < usual - bound {
            Length::Short
        } else if ratio > usual + bound {
            Length::Long
        } else {
            Length::Usual
        }
    }

    /// How many times as long as expected this speaker takes; `None` before enough is learnt.
    pub fn pace(&self) -> Option<f64> {
        (self.ratios.len() >= ENOUGH).then(|| median(self.ratios.iter().copied()).exp())
    }

    /// The middle, and how far from it is too far.
    fn bounds(&self) -> (f64, f64) {
        if self.ratios.len() < ENOUGH {
            return (0.0, UNLEARNT.ln());
        }
        let usual = median(self.ratios.iter().copied());
        let deviation = 1.4826 * median(self.ratios.iter().map(|ratio| (ratio - usual).abs()));
        (usual, (SPREADS * deviation).max(CLOSEST.ln()))
    }
}

/// What a text would take a speaker of no special speed, ms; `None` of a text without anything to say.
pub fn expected_ms(text: &str) -> Option<f64> {
    let letters: f64 = text.chars().map(letters).sum();
    (letters > 0.0).then_some(BASE_MS + LETTER_MS * letters)
}

fn ratio(text: &str, speech_ms: f64) -> Option<f64> {
    let expected = expected_ms(text)?;
    (speech_ms > 0.0).then(|| (speech_ms / expected).ln())
}

/// How many letters of an alphabet a character is worth when it is read aloud.
fn letters(c: char) -> f64 {
    match c {
        '0'..='9' => 4.0,
        '\u{3041}'..='\u{30ff}' => 2.0, // kana: a mora
        '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}' => 3.0, // a syllable
        '\u{590}'..='\u{6ff}' if c.is_alphabetic() => 1.6, // Hebrew and Arabic leave most vowels out
        _ if c.is_numeric() => 4.0,
        _ if c.is_alphabetic() => 1.0,
        _ => 0.0,
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 10] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];

    /// A speaker who takes `pace` times as long as expected, give or take a fifth.
    fn speaker(pace: f64) -> Durations {
        let mut durations = Durations::default();
        for (n, word) in WORDS.iter().enumerate() {
            let wobble = 0.8 + 0.4 * n as f64 / 9.0;
            durations.learn(word, expected_ms(word).unwrap() * pace * wobble);
        }
        durations
    }

    #[test]
    fn a_slow_and_a_fast_speaker_are_both_usual() {
        for pace in [0.5, 1.0, 2.0] {
            let durations = speaker(pace);
            for word in WORDS {
                assert_eq!(
                    durations.judge(word, expected_ms(word).unwrap() * pace),
                    Length::Usual
                );
            }
        }
    }

    #[test]
    fn half_a_word_is_short_and_two_words_are_long() {
        let durations = speaker(1.0);
        assert_eq!(durations.judge("seven", 150.0), Length::Short);
        assert_eq!(durations.judge("seven", 1300.0), Length::Long);
    }

    #[test]
    fn before_anything_is_learnt_only_the_absurd_is_told() {
        let durations = Durations::default();
        assert_eq!(durations.judge("seven", 1300.0), Length::Usual);
        assert_eq!(durations.judge("seven", 4000.0), Length::Long);
        assert_eq!(
            durations.judge("The quick brown fox jumps over the lazy dog.", 300.0),
            Length::Short
        );
    }

    #[test]
    fn a_text_without_letters_is_never_judged() {
        assert_eq!(Durations::default().judge("…", 1.0), Length::Usual);
        assert_eq!(Durations::default().judge("🙂", 60_000.0), Length::Usual);
    }

    #[test]
    fn figures_and_ideographs_take_longer_than_letters() {
        assert!(expected_ms("2026") > expected_ms("year"));
        assert!(expected_ms("七") > expected_ms("s"));
    }

    #[test]
    fn a_few_wrong_takes_do_not_shift_what_is_usual() {
        let mut durations = speaker(1.0);
        for _ in 0..2 {
            durations.learn("seven", 5000.0);
        }
        assert_eq!(durations.judge("seven", 480.0), Length::Usual);
        assert_eq!(durations.judge("seven", 1500.0), Length::Long);
    }
}
