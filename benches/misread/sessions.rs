//! Simulated sessions: some takes are learnt, further ones come with the right and with a wrong word.

use voicebooth::signal::mfcc::{FeatureStream, Features};
use voicebooth::signal::reading::{Comparison, Readings};

use super::sources::{Speaker, Take};

/// What is known before a take is judged.
#[derive(Clone, Copy, Debug)]
pub enum Session {
    /// So many takes of each word by the same speaker.
    Own(usize),
    /// Takes by the other speakers of the set.
    Others,
}

/// What came of the takes.
#[derive(Default)]
pub struct Scores {
    /// Of takes of the right word.
    pub right: Vec<Option<Comparison>>,
    /// Of takes of another word of the list.
    pub listed: Vec<Option<Comparison>>,
    /// Of the same takes where the word that was said is not in the list.
    pub unlisted: Vec<Option<Comparison>>,
}

/// One take's features.
struct Said {
    word: usize,
    pass: usize,
    features: Features,
}

/// What a take sounds like, as the recorder asks for it.
///
/// # Panics
///
/// Where the take has no features: then the set is wrong.
pub fn features(take: &Take) -> Features {
    let mut stream = FeatureStream::new(take.rate_hz);
    take.samples
        .chunks(480)
        .for_each(|block| stream.push(block));
    let features = stream.finish(take.speech.clone());
    features.unwrap_or_else(|| panic!("take {} of word {} has no features", take.pass, take.word))
}

/// Every take is once right, and once under each other label.
pub fn run(speakers: &[Speaker], session: Session) -> Scores {
    let said = |take: &Take| Said {
        word: take.word,
        pass: take.pass,
        features: features(take),
    };
    let speakers: Vec<Vec<Said>> = speakers
        .iter()
        .map(|s| s.takes.iter().map(said).collect())
        .collect();
    let mut scores = Scores::default();
    for (at, speaker) in speakers.iter().enumerate() {
        let passes = 1 + speaker.iter().map(|take| take.pass).max().unwrap_or(0);
        match session {
            Session::Own(takes) => {
                for first in 0..if takes < passes { passes } else { 0 } {
                    let is_known = |take: &Said| (take.pass + passes - first) % passes < takes;
                    let known = speaker
                        .iter()
                        .filter(|take| is_known(take))
                        .map(|take| (at, take));
                    let asked = speaker.iter().filter(|take| !is_known(take));
                    ask(&known.collect::<Vec<_>>(), at, asked, &mut scores);
                }
            }
            Session::Others => {
                let others = speakers
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != at);
                let known: Vec<_> = others
                    .flat_map(|(n, takes)| takes.iter().map(move |take| (n, take)))
                    .collect();
                if !known.is_empty() {
                    ask(&known, at, speaker.iter(), &mut scores);
                }
            }
        }
    }
    scores
}

fn ask<'a>(
    known: &[(usize, &Said)],
    speaker: usize,
    asked: impl Iterator<Item = &'a Said>,
    scores: &mut Scores,
) {
    let knowing = |left_out: Option<usize>| {
        let mut readings = Readings::default();
        for (speaker, take) in known.iter().filter(|(_, take)| Some(take.word) != left_out) {
            readings.learn(
                &label(take.word),
                &speaker.to_string(),
                take.features.clone(),
            );
        }
        readings
    };
    let words = 1 + known.iter().map(|(_, take)| take.word).max().unwrap_or(0);
    let all = knowing(None);
    let without: Vec<Readings> = (0..words).map(|word| knowing(Some(word))).collect();
    let speaker = speaker.to_string();
    for take in asked {
        for word in 0..words {
            let compare =
                |readings: &Readings| readings.compare(&label(word), &speaker, &take.features);
            if word == take.word {
                scores.right.push(compare(&all));
            } else {
                scores.listed.push(compare(&all));
                scores.unlisted.push(compare(&without[take.word]));
            }
        }
    }
}

fn label(word: usize) -> String {
    format!("digit {word}")
}
