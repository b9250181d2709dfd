//! What a list comes to: how long it is, what it covers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::{Lexicon, Prompt, PromptList};
use crate::signal::duration::expected_ms;

/// How often something occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// What.
    pub name: String,
    /// How often, repeats included.
    pub count: u64,
}

/// Least, middle, mean and most of something that each prompt has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Least.
    pub min: u64,
    /// Half of the prompts have at most so many.
    pub median: u64,
    /// Mean.
    pub mean: f64,
    /// Most.
    pub max: u64,
}

/// Phones by a lexicon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PhoneStats {
    /// Each phone, by frequency.
    pub phones: Vec<Count>,
    /// Phones of the lexicon that no prompt has.
    pub uncovered: Vec<String>,
    /// Words that the lexicon lacks, by frequency.
    pub missing_words: Vec<Count>,
}

/// What a list comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// Prompts.
    pub prompts: usize,
    /// Readings: prompts with their repeats.
    pub readings: u64,
    /// How long it takes to read them all aloud without a pause, minutes.
    pub expected_minutes: f64,
    /// Characters (grapheme clusters) of a text.
    pub characters: Spread,
    /// Words of a text, by the rules of Unicode (UAX #29).
    pub words: Spread,
    /// Different words, in small letters.
    pub different_words: usize,
    /// Labels, by frequency.
    pub labels: Vec<Count>,
    /// Languages, by frequency; prompts without one are not counted.
    pub languages: Vec<Count>,
    /// Sections in their order.
    pub sections: Vec<Count>,
    /// Letters, digits and signs of what is said (NFC, small letters, no blanks), by frequency.
    pub coverage: Vec<Count>,
    /// Where a lexicon was given.
    pub phones: Option<PhoneStats>,
}

impl PromptList {
    /// Counts what is in the list; phones by `lexicon`, where there is one.
    pub fn stats(&self, lexicon: Option<&Lexicon>) -> Stats {
        let mut tally = Tally::default();
        for prompt in &self.prompts {
            tally.add(prompt);
        }
        let sections = tally.section_order.iter().map(|name| Count {
            count: tally.sections[name],
            name: name.clone(),
        });
        Stats {
            prompts: self.prompts.len(),
            readings: self.prompts.iter().map(|p| u64::from(p.repeat)).sum(),
            expected_minutes: tally.ms / 60_000.0,
            characters: spread(&mut tally.characters),
            words: spread(&mut tally.words),
            different_words: tally.vocabulary.len(),
            sections: sections.collect(),
            labels: by_frequency(tally.labels),
            languages: by_frequency(tally.languages),
            coverage: by_frequency(tally.coverage.into_iter().map(|(c, n)| (c.to_string(), n))),
            phones: lexicon.map(|lexicon| phones(&tally.vocabulary, lexicon)),
        }
    }
}

#[derive(Default)]
struct Tally {
    ms: f64,
    characters: Vec<u64>,
    words: Vec<u64>,
    vocabulary: BTreeMap<String, u64>,
    labels: BTreeMap<String, u64>,
    languages: BTreeMap<String, u64>,
    sections: BTreeMap<String, u64>,
    section_order: Vec<String>,
    coverage: BTreeMap<char, u64>,
}

impl Tally {
    fn add(&mut self, prompt: &Prompt) {
        let times = u64::from(prompt.repeat);
        let said = prompt.spoken.as_ref().unwrap_or(&prompt.text);
        self.ms += expected_ms(said).unwrap_or_default() * times as f64;
        self.characters
            .push(prompt.text.graphemes(true).count() as u64);
        let small = said.to_lowercase();
        let mut words = 0;
        for word in small.unicode_words() {
            words += 1;
            match self.vocabulary.get_mut(word) {
                Some(count) => *count += times,
                None => drop(self.vocabulary.insert(word.to_owned(), times)),
            }
        }
        self.words.push(words);
        for character in small.nfc().filter(|c| !c.is_whitespace()) {
            *self.coverage.entry(character).or_default() += times;
        }
        for (counts, name) in [
            (&mut self.labels, &prompt.label),
            (&mut self.languages, &prompt.language),
        ] {
            if let Some(name) = name {
                *counts.entry(name.clone()).or_default() += times;
            }
        }
        if let Some(section) = &prompt.section {
            if !self.sections.contains_key(section) {
                self.section_order.push(section.clone());
            }
            *self.sections.entry(section.clone()).or_default() += times;
        }
    }
}

fn phones(vocabulary: &BTreeMap<String, u64>, lexicon: &Lexicon) -> PhoneStats {
    let mut counts = vec![0; lexicon.phones().len()];
    let mut missing = BTreeMap::new();
    for (word, times) in vocabulary {
        let typewriter = word.replace('\u{2019}', "'");
        match lexicon.phones_of(&typewriter) {
            Some(phones) => {
                for &phone in phones {
                    counts[usize::from(phone)] += times;
                }
            }
            None => drop(missing.insert(word.clone(), *times)),
        }
    }
    let all = lexicon.phones().iter().cloned().zip(counts);
    let (covered, uncovered): (Vec<_>, Vec<_>) = all.partition(|(_, count)| *count > 0);
    let uncovered: BTreeSet<String> = uncovered.into_iter().map(|(phone, _)| phone).collect();
    PhoneStats {
        phones: by_frequency(covered),
        uncovered: uncovered.into_iter().collect(),
        missing_words: by_frequency(missing),
    }
}

/// Most frequent first, else by name.
fn by_frequency(counts: impl IntoIterator<Item = (String, u64)>) -> Vec<Count> {
    let counts = counts.into_iter();
    let mut counts: Vec<Count> = counts.map(|(name, count)| Count { name, count }).collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    counts
}

fn spread(values: &mut [u64]) -> Spread {
    values.sort_unstable();
    let (Some(&min), Some(&max)) = (values.first(), values.last()) else {
        return Spread::default();
    };
    Spread {
        min,
        median: values[(values.len() - 1) / 2],
        mean: values.iter().sum::<u64>() as f64 / values.len() as f64,
        max,
    }
}
