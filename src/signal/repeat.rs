//! Something said again within a take: all of it (a double reading), or a beginning that was broken off (a correction).
//!
//! Promise: where a pause parts an utterance, what stands before it is laid over the beginning of what follows, by the
//! features and the time warping that misreadings are found with. How alike they are is not enough to go by, as texts rhyme
//! and repeat themselves ("north; south", "no, no"), so the text has its say: there must be more pauses than it has
//! breaks, or twice as much speech as it takes, and what follows the pause must be long enough to be all of it. Figures:
//! `docs/verdicts.md`.
//!
//! How it fails: a speaker who begins anew without a pause, or anew in the middle of a sentence, is not noticed, nor is a
//! beginning shorter than a syllable. Before the speaker's pace is known, one half or twice as fast as usual is held for
//! usual. What ends after the first 30 s of a take is not looked at. Nothing else fails.

use std::ops::Range;

use super::dtw::Warp;
use super::duration::expected_ms;
use super::mfcc::{FeatureStream, Features};
use super::utterance::Utterance;

// All limits were chosen on the bench's tuning set (`cargo bench --bench verdicts -- --tune`).

/// A pause as long as this may part a reading from what was said before it, ms.
const PAUSE_MS: f64 = 120.0;
/// Of either side of a pause so much is compared, ms: the work is its square.
const COMPARED_MS: u32 = 4000;
/// The pauses that are looked at, the longest.
const MOST_PAUSES: usize = 8;
/// Alike is what differs by less than this part of what hops differ by whatever they are.
const ALIKE: f32 = 0.5;
/// The same in a single word: nobody pauses within it.
const ALIKE_IN_A_WORD: f32 = 0.62;
/// A text of one token that takes no longer is a single word, ms.
const WORD_MS: f64 = 950.0;
/// What was said first is all of it from this part of what was said then.
const WHOLE: f64 = 0.85;

/// Whether something was said again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repetition {
    /// No.
    #[default]
    None,
    /// All of it was said twice.
    Twice,
    /// It was begun, broken off, and begun again.
    Begun,
}

/// How much speech a repetition must have, as multiples of what the text takes.
struct Lengths {
    /// All of it, where there are more pauses than breaks.
    with_pauses: f64,
    /// All of it, where there are not.
    without: f64,
    /// What follows the pause.
    rest: f64,
}

/// Of a speaker whose pace is known.
const KNOWN: Lengths = Lengths {
    with_pauses: 1.25,
    without: 1.85,
    rest: 0.55,
};
/// Of one whose pace is not.
const UNKNOWN: Lengths = Lengths {
    with_pauses: 1.1,
    without: 2.0,
    rest: 0.4,
};

/// What was said again in `utterance`, a reading of `text` by a speaker who takes `pace` times as long as expected, if that
/// is known. `features` has heard the take at `sample_rate_hz`.
pub fn find(
    utterance: &Utterance,
    features: &FeatureStream,
    sample_rate_hz: u32,
    (text, pace): (&str, Option<f64>),
) -> Repetition {
    let (Some(span), Some(expected)) = (utterance.span(), expected_ms(text)) else {
        return Repetition::None;
    };
    let ms = |frames: &Range<u64>| {
        frames.end.saturating_sub(frames.start) as f64 * 1000.0 / f64::from(sample_rate_hz)
    };
    let mut pauses: Vec<Range<u64>> = utterance.pauses().collect();
    pauses.retain(|pause| ms(pause) >= PAUSE_MS);
    let Some(longest) = pauses.iter().map(ms).reduce(f64::max) else {
        return Repetition::None;
    };
    let text = Text::of(text, expected);
    let lengths = if pace.is_some() { KNOWN } else { UNKNOWN };
    let usual_ms = expected * pace.unwrap_or(1.0);
    if !text.is_word {
        let spoken = (ms(&span) - longest) / usual_ms;
        let more_pauses = pauses.len() > text.breaks && spoken >= lengths.with_pauses;
        if !(more_pauses || spoken >= lengths.without) || (pace.is_none() && text.says_itself_twice)
        {
            return Repetition::None;
        }
    }
    pauses.sort_by_key(|pause| std::cmp::Reverse(pause.end - pause.start));
    let sides = pauses.iter().take(MOST_PAUSES).filter_map(|pause| {
        let (first, second) = (span.start..pause.start, pause.end..span.end);
        if !text.is_word && ms(&second) < lengths.rest * usual_ms {
            return None;
        }
        let difference = difference(&features.pair(&first, &second, COMPARED_MS)?)?;
        Some((difference, ms(&first) / ms(&second)))
    });
    let limit = if text.is_word { ALIKE_IN_A_WORD } else { ALIKE };
    let most_alike = sides.min_by(|a, b| a.0.total_cmp(&b.0));
    match most_alike.filter(|(difference, _)| *difference < limit) {
        None => Repetition::None,
        Some((_, share)) if share >= WHOLE => Repetition::Twice,
        Some(_) => Repetition::Begun,
    }
}

/// How far what was said first is from what was said then, or from its beginning, as a share of how far their hops are from
/// each other in any order: 0 is the same sound. `None` where their lengths forbid any comparison.
fn difference([first, second]: &[Features; 2]) -> Option<f32> {
    let mut warp = Warp::default();
    let beginning = warp.beginning(first.hops(), second.hops());
    let whole = warp.distance(first.hops(), second.hops(), f32::INFINITY);
    let nearest = beginning
        .map(|(distance, _)| distance)
        .into_iter()
        .chain(whole)
        .reduce(f32::min)?;
    let usual = Warp::unordered(first.hops(), second.hops());
    (usual > 0.0).then(|| nearest / usual)
}

/// What a text says about how it is read.
struct Text {
    /// It is a single word.
    is_word: bool,
    /// Places at which it asks for a pause.
    breaks: usize,
    /// It asks for the same thing twice in a row ("bye bye", "no, no").
    says_itself_twice: bool,
}

impl Text {
    fn of(text: &str, expected_ms: f64) -> Self {
        let trimmed = text.trim_matches(|c: char| !c.is_alphanumeric());
        let between = trimmed.split(char::is_alphanumeric);
        let asks = |gap: &&str| {
            let mark = |c: char| !c.is_whitespace() && !matches!(c, '-' | '\'' | '’');
            let far_eastern = |c| matches!(c, '、' | '。' | '，' | '；' | '：' | '！' | '？');
            gap.chars().any(far_eastern)
                || gap.contains('\n')
                || gap.chars().any(mark) && gap.contains(char::is_whitespace)
        };
        let words: Vec<String> = trimmed
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let half = words.len() / 2;
        Self {
            is_word: words.len() == 1 && expected_ms <= WORD_MS,
            breaks: between.filter(asks).count(),
            says_itself_twice: half > 0
                && words.len() == 2 * half
                && words[..half] == words[half..],
        }
    }
}

#[cfg(test)]
mod tests;
