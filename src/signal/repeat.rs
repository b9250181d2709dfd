//! Double reading: the same thing said twice within a take.
//!
//! Promise: where one pause parts an utterance into two stretches of like length, they are laid over each other by dynamic
//! time warping over their mel spectra, each without its own mean, so that loudness and the microphone do not count.
//! How alike they are is a number; which number means "the same" is the verdict's to say.
//!
//! How it fails: a correction ("thir-, thirty") is found only where what was said first is about as long as what was said
//! then. Whoever reads a text that repeats itself must be asked with [`says_itself_twice`] first.

use super::spectrum::MEL_BANDS;

/// So far below the loudest band lies the room, as a natural logarithm of power: 40 dB.
const ROOM_BELOW: f32 = 9.2;

type Mel = [f32; MEL_BANDS];

/// Stretches shorter than this, in hops, are told apart by nothing.
const LEAST_HOPS: usize = 12;
/// The longer of two may be so much longer.
const LONGEST_RATIO: f32 = 1.7;

/// How different two stretches are: the mean distance of spectra on the best path between them, as a share of how much
/// spectra differ within them (0 is the same sound, 1 is anything). `None` where they cannot be the same for their
/// lengths.
pub fn difference(a: &[Mel], b: &[Mel]) -> Option<f32> {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    if short < LEAST_HOPS || long as f32 > short as f32 * LONGEST_RATIO {
        return None;
    }
    let (a, b) = (centred(a), centred(b));
    let spread = f32::midpoint(spread(&a), spread(&b));
    Some(warped_distance(&a, &b) / spread.max(1e-3))
}

/// The text asks for the same thing twice in a row ("bye bye", "no, no").
pub fn says_itself_twice(text: &str) -> bool {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let half = words.len() / 2;
    half > 0 && words.len() == 2 * half && words[..half] == words[half..]
}

/// The shape of each spectrum without its loudness, less the mean shape: any two words rise and fall, and that would make
/// them alike. What lies far below the loudest band of all is the room.
fn centred(frames: &[Mel]) -> Vec<Mel> {
    let loudest = frames
        .iter()
        .flatten()
        .copied()
        .fold(f32::NEG_INFINITY, f32::max);
    let shape = |frame: &Mel| -> Mel {
        let heard = frame.map(|power| power.max(loudest - ROOM_BELOW));
        let mean = heard.iter().sum::<f32>() / MEL_BANDS as f32;
        heard.map(|power| power - mean)
    };
    let shapes: Vec<Mel> = frames.iter().map(shape).collect();
    let count = shapes.len() as f32;
    let mean: Mel = std::array::from_fn(|band| shapes.iter().map(|f| f[band]).sum::<f32>() / count);
    shapes
        .iter()
        .map(|f| std::array::from_fn(|band| f[band] - mean[band]))
        .collect()
}

fn distance(a: &Mel, b: &Mel) -> f32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b) * (a - b))
        .sum::<f32>()
        .sqrt()
}

/// Mean distance from the mean.
fn spread(frames: &[Mel]) -> f32 {
    let zero = [0.0; MEL_BANDS];
    frames
        .iter()
        .map(|frame| distance(frame, &zero))
        .sum::<f32>()
        / frames.len() as f32
}

/// Mean distance along the best monotonic path; a step in both counts twice, so that paths are equally long (Sakoe and
/// Chiba, "Dynamic programming algorithm optimization for spoken word recognition", 1978, symmetric form).
fn warped_distance(a: &[Mel], b: &[Mel]) -> f32 {
    let mut before = vec![f32::INFINITY; b.len() + 1];
    before[0] = 0.0;
    for x in a {
        let mut row = vec![f32::INFINITY; b.len() + 1];
        for (n, y) in b.iter().enumerate() {
            let here = distance(x, y);
            row[n + 1] = (before[n] + 2.0 * here)
                .min(before[n + 1] + here)
                .min(row[n] + here);
        }
        before = row;
    }
    before[b.len()] / (a.len() + b.len()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A glide of one hump over the bands: a "word" given by where it goes.
    fn word(hops: usize, path: impl Fn(f32) -> f32) -> Vec<Mel> {
        let frame = |hop: usize| {
            let at = path(hop as f32 / hops as f32) * MEL_BANDS as f32;
            std::array::from_fn(|band| 6.0 * (-(band as f32 - at).powi(2) / 8.0).exp())
        };
        (0..hops).map(frame).collect()
    }

    #[test]
    fn the_same_word_said_more_slowly_and_louder_is_the_same() {
        let once = word(40, |t| 0.2 + 0.6 * t);
        let again: Vec<Mel> = word(55, |t| 0.2 + 0.6 * t)
            .iter()
            .map(|f| f.map(|x| x + 2.0))
            .collect();
        assert!(difference(&once, &again).unwrap() < 0.2);
    }

    #[test]
    fn another_word_is_another() {
        let once = word(40, |t| 0.2 + 0.6 * t);
        let other = word(44, |t| 0.8 - 0.6 * t);
        assert!(difference(&once, &other).unwrap() > 0.8);
    }

    #[test]
    fn stretches_of_unlike_length_are_not_compared() {
        assert_eq!(difference(&word(40, |t| t), &word(90, |t| t)), None);
        assert_eq!(difference(&word(8, |t| t), &word(9, |t| t)), None);
    }

    #[test]
    fn a_text_that_repeats_itself_is_known_in_any_script() {
        for text in ["bye bye", "No, no!", "да да", "one two, one two"] {
            assert!(says_itself_twice(text), "{text}");
        }
        for text in ["bye", "no yes", "one one one", ""] {
            assert!(!says_itself_twice(text), "{text}");
        }
    }
}
