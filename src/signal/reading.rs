//! Whether a take is the word that it should be: another word than the label's other takes is doubted.
//!
//! Promise: only *relations* between takes are judged, never a pronunciation. A speaker is measured against himself as soon
//! as he has said the label once; before that against the others, and not at all where too little is known or where the
//! others turn out not to speak as he does. What was doubted and kept all the same teaches: two labels that sound alike
//! in somebody's mouth are doubted twice at most.
//!
//! The statistic: `own`, the distance to the label's nearest takes, `other`, that to the nearest other label, and `usual`,
//! the mean over other labels. Doubtful is `ln(own / other) + ln(own / usual)` above a threshold. The first part sees a word
//! of the list in the wrong place, the second one that is not in the list; as both are ratios of this take's own distances,
//! its noise, its microphone and the speaker's spread fall out (as cohorts do in speaker verification: Rosenberg and others,
//! "The use of cohort normalized scores for speaker verification", ICSLP 1992). Figures: `docs/misread.md`.
//!
//! How it fails: two words that differ in a single short sound are too near to be told apart, and a first take that is
//! wrong is only doubted where others' takes are known. Memory is bounded; nothing fails.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::dtw::Warp;
use super::mfcc::{COEFFICIENTS, Features, Vector};

/// Takes kept for each label and speaker, the newest.
const KEPT_OF_SPEAKER: usize = 4;
/// Takes kept for each label in all.
const KEPT_OF_LABEL: usize = 16;
/// Hops kept in all: 31 MB.
const KEPT_HOPS: usize = 300_000;
/// Pairs of a speaker's labels that sound alike that are remembered.
const KEPT_PAIRS: usize = 4096;
/// Nearest takes of a label that are averaged, so that a single wrong one among them does not decide.
const NEAREST: usize = 2;
/// Takes of other speakers compared with for each label: the newest of as many speakers.
const COMPARED_OTHERS: usize = 6;
/// Other labels that `usual` is the mean of.
const COHORT: usize = 10;
/// Further labels that are compared because they look near.
const CANDIDATES: usize = 6;
/// Labels that are nearer than this part of `own` are all there is to know: further ones are given up.
const FAR: f32 = 1.65;
/// Parts of an utterance in its sketch.
const PARTS: usize = 5;

/// What is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Against {
    /// One take of the label by the same speaker.
    OwnTake,
    /// Several.
    OwnTakes,
    /// Other speakers' takes.
    Others,
    /// The same speaker's takes of this label, there being no other label.
    Spread,
}

/// The answer on a take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It sounds as the label's other takes do.
    Fits,
    /// It sounds like another word.
    Doubtful {
        /// The label that it is nearer to than to its own, if there is one.
        nearest: Option<Arc<str>>,
    },
    /// There is too little to compare it with.
    Unknown,
}

/// What an answer rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The higher, the less it sounds like its label.
    pub score: f32,
    /// What it was measured against.
    pub against: Against,
    /// The nearest other label, where it is nearer than the own one.
    pub nearest: Option<Arc<str>>,
}

impl Comparison {
    /// Scores above this are doubted. Tuned by `cargo bench --bench misread -- --tune`, with five false alarms in a hundred
    /// as the most.
    pub fn threshold(against: Against) -> f32 {
        match against {
            Against::OwnTake => -0.12,
            Against::OwnTakes => -0.16,
            Against::Others => 0.0,
            Against::Spread => 0.35,
        }
    }

    fn doubts(&self) -> bool {
        self.score > Self::threshold(self.against)
    }
}

/// A take that is known.
#[derive(Debug)]
struct Template {
    speaker: Arc<str>,
    features: Arc<Features>,
    sketch: Sketch,
    /// Counts up with every take learnt.
    number: u64,
}

/// How a speaker's first takes of labels compared with the others'.
#[derive(Clone, Copy, Debug, Default)]
struct Likeness {
    compared: u32,
    doubted: u32,
}

impl Likeness {
    /// The others do not speak as this speaker does: what differs from them says nothing.
    fn is_other(self) -> bool {
        self.doubted >= 2 && self.doubted * 5 > self.compared
    }
}

/// Takes of all labels and speakers, and what they tell about a new one.
#[derive(Debug, Default)]
pub struct Readings {
    labels: BTreeMap<Arc<str>, Vec<Template>>,
    hops: usize,
    learnt: u64,
    likeness: BTreeMap<Arc<str>, Likeness>,
    /// Speaker, label, and the label that it was doubted for and kept all the same; the second time counts.
    doubted_once: BTreeSet<(Arc<str>, Arc<str>, Arc<str>)>,
    alike: BTreeSet<(Arc<str>, Arc<str>, Arc<str>)>,
}

impl Readings {
    /// Whether the take of `label` by `speaker` sounds like it.
    pub fn judge(&self, label: &str, speaker: &str, features: &Features) -> Reading {
        let Some(comparison) = self.compare(label, speaker, features) else {
            return Reading::Unknown;
        };
        if !comparison.doubts() {
            return Reading::Fits;
        }
        let likeness = self.likeness.get(speaker).copied().unwrap_or_default();
        if comparison.against == Against::Others && likeness.is_other() {
            return Reading::Unknown;
        }
        Reading::Doubtful {
            nearest: comparison.nearest,
        }
    }

    /// Keeps a take that counts (that was accepted), doubted or not. For takes of this speaker: the newest ones are kept.
    pub fn learn(&mut self, label: &str, speaker: &str, features: Features) {
        if let Some(comparison) = self.compare(label, speaker, &features) {
            self.remember(label, speaker, &comparison);
        }
        self.learnt += 1;
        self.hops += features.hops().len();
        let template = Template {
            speaker: speaker.into(),
            sketch: sketch(features.hops()),
            features: Arc::new(features),
            number: self.learnt,
        };
        let templates = self.labels.entry(label.into()).or_default();
        templates.push(template);
        let dropped = surplus(templates, speaker);
        if let Some(at) = dropped {
            self.hops -= templates.remove(at).features.hops().len();
        }
        while self.hops > KEPT_HOPS {
            self.forget_oldest(speaker);
        }
    }

    /// What a take that is kept tells about its speaker.
    fn remember(&mut self, label: &str, speaker: &str, comparison: &Comparison) {
        if comparison.against == Against::Others {
            let likeness = self.likeness.entry(speaker.into()).or_default();
            likeness.compared += 1;
            likeness.doubted += u32::from(comparison.doubts());
        } else if let Some(nearest) = comparison.nearest.clone().filter(|_| comparison.doubts())
            && self.doubted_once.len() < KEPT_PAIRS
        {
            let pair = (Arc::from(speaker), Arc::from(label), nearest);
            if !self.doubted_once.insert(pair.clone()) {
                self.alike.insert(pair);
            }
        }
    }

    /// Makes room: another speaker's oldest take goes first.
    fn forget_oldest(&mut self, speaker: &str) {
        let age = |template: &Template| (&*template.speaker == speaker, template.number);
        let all = self.labels.iter();
        let of_label = all.filter_map(|(label, templates)| {
            Some((templates.iter().map(age).min()?, label.clone()))
        });
        let Some(((_, number), label)) = of_label.min() else {
            self.hops = 0;
            return;
        };
        if let Some(templates) = self.labels.get_mut(&label) {
            templates.retain(|template| {
                let stays = template.number != number;
                self.hops -= if stays {
                    0
                } else {
                    template.features.hops().len()
                };
                stays
            });
            if templates.is_empty() {
                self.labels.remove(&label);
            }
        }
    }

    /// Measures without judging. `None` where there is too little to measure against.
    pub fn compare(&self, label: &str, speaker: &str, features: &Features) -> Option<Comparison> {
        let mut take = Take {
            features,
            sketch: sketch(features.hops()),
            warp: Warp::default(),
        };
        let templates = self.labels.get(label)?;
        let against = match of_speaker(templates, speaker).len() {
            0 => Against::Others,
            1 => Against::OwnTake,
            _ => Against::OwnTakes,
        };
        let is_own = against != Against::Others;
        let chosen = if is_own { of_speaker } else { of_others };
        let own = chosen(templates, speaker);
        let averaged = if is_own { own.len().min(NEAREST) } else { 1 };
        let mut others: Vec<Other> = Vec::new();
        for (name, templates) in &self.labels {
            let templates = chosen(templates, speaker);
            if &**name != label && !templates.is_empty() && !self.are_alike(speaker, label, name) {
                others.push(Other { name, templates });
            }
        }
        let own_distance = take.distance_to(&own, averaged, f32::INFINITY)?;
        if others.is_empty() {
            return take.within(&own, own_distance).filter(|_| is_own);
        }
        let (usual, other, nearest) = take.distances_to_others(&others, averaged, own_distance)?;
        let own_distance = own_distance.max(f32::MIN_POSITIVE);
        let to_nearest = (own_distance / other).ln();
        Some(Comparison {
            score: to_nearest.max(-FAR.ln()) + (own_distance / usual).ln(),
            against,
            nearest: (to_nearest > 0.0).then(|| nearest.clone()),
        })
    }

    fn are_alike(&self, speaker: &str, label: &str, other: &Arc<str>) -> bool {
        !self.alike.is_empty()
            && self
                .alike
                .contains(&(speaker.into(), label.into(), other.clone()))
    }
}

/// The template that a label has too many, after one of `speaker` was added: the speaker's oldest, or the oldest of the one
/// with the most takes among the others, so that many speakers stay.
fn surplus(templates: &[Template], speaker: &str) -> Option<usize> {
    let takes_of = |speaker: &str| templates.iter().filter(|t| &*t.speaker == speaker).count();
    let from = if takes_of(speaker) > KEPT_OF_SPEAKER {
        speaker
    } else if templates.len() > KEPT_OF_LABEL {
        let others = templates.iter().rev().filter(|t| &*t.speaker != speaker);
        &*others.max_by_key(|t| takes_of(&t.speaker))?.speaker
    } else {
        return None;
    };
    templates.iter().position(|t| &*t.speaker == from)
}

/// The speaker's takes of a label.
fn of_speaker<'t>(templates: &'t [Template], speaker: &str) -> Vec<&'t Template> {
    let own = templates.iter().filter(|t| &*t.speaker == speaker);
    own.collect()
}

/// The newest take of each other speaker.
fn of_others<'t>(templates: &'t [Template], speaker: &str) -> Vec<&'t Template> {
    let mut found: Vec<&Template> = Vec::new();
    for template in templates.iter().rev().filter(|t| &*t.speaker != speaker) {
        if found.len() < COMPARED_OTHERS && found.iter().all(|t| t.speaker != template.speaker) {
            found.push(template);
        }
    }
    found
}

/// Another label and its templates.
struct Other<'a> {
    name: &'a Arc<str>,
    templates: Vec<&'a Template>,
}

/// The take that is judged.
struct Take<'a> {
    features: &'a Features,
    sketch: Sketch,
    warp: Warp,
}

impl Take<'_> {
    /// The mean distance to the `averaged` nearest templates, `None` if it is above `limit`.
    fn distance_to(&mut self, templates: &[&Template], averaged: usize, limit: f32) -> Option<f32> {
        let hops = self.features.hops();
        let to = |template: &&Template| self.warp.distance(hops, template.features.hops(), limit);
        let mut distances: Vec<f32> = templates.iter().filter_map(to).collect();
        distances.sort_by(f32::total_cmp);
        distances.truncate(averaged);
        mean(&distances)
    }

    /// The usual distance to another label, that to the nearest, and its name. The cohort is spread evenly over the labels,
    /// so that many labels do not make the usual distance smaller; the candidates are those that look nearest.
    fn distances_to_others<'l>(
        &mut self,
        others: &[Other<'l>],
        averaged: usize,
        own: f32,
    ) -> Option<(f32, f32, &'l Arc<str>)> {
        let cohort: Vec<usize> = (0..others.len().min(COHORT))
            .map(|n| n * others.len() / others.len().min(COHORT))
            .collect();
        let mut nearest: Option<(f32, &Arc<str>)> = None;
        let mut usual = Vec::new();
        let mut closer = |distance: f32, name| {
            if nearest.is_none_or(|(least, _)| distance < least) {
                nearest = Some((distance, name));
            }
        };
        for &at in &cohort {
            if let Some(distance) = self.distance_to(&others[at].templates, averaged, f32::INFINITY)
            {
                usual.push(distance);
                closer(distance, others[at].name);
            }
        }
        for at in self.candidates(others, &cohort) {
            if let Some(distance) = self.distance_to(&others[at].templates, averaged, own * FAR) {
                closer(distance, others[at].name);
            }
        }
        let (least, name) = nearest?;
        Some((mean(&usual)?, least.max(f32::MIN_POSITIVE), name))
    }

    /// Labels outside the cohort whose sketches are nearest.
    fn candidates(&self, others: &[Other], cohort: &[usize]) -> Vec<usize> {
        let outside = (0..others.len()).filter(|at| cohort.binary_search(at).is_err());
        let looks = |at: usize| {
            let templates = others[at].templates.iter();
            templates
                .map(|t| unlike(&self.sketch, &t.sketch))
                .fold(f32::INFINITY, f32::min)
        };
        let mut ranked: Vec<(f32, usize)> = outside.map(|at| (looks(at), at)).collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        ranked
            .into_iter()
            .take(CANDIDATES)
            .map(|(_, at)| at)
            .collect()
    }

    /// Against the distances of the label's takes among each other, if there are three of them.
    fn within(&mut self, own: &[&Template], own_distance: f32) -> Option<Comparison> {
        let mut pairs = Vec::new();
        for (n, a) in own.iter().enumerate() {
            for b in &own[n + 1..] {
                pairs.extend(self.warp.distance(
                    a.features.hops(),
                    b.features.hops(),
                    f32::INFINITY,
                ));
            }
        }
        let spread = mean(&pairs).filter(|spread| pairs.len() >= 3 && *spread > 0.0)?;
        Some(Comparison {
            score: (own_distance.max(f32::MIN_POSITIVE) / spread).ln(),
            against: Against::Spread,
            nearest: None,
        })
    }
}

fn mean(values: &[f32]) -> Option<f32> {
    (!values.is_empty()).then(|| values.iter().sum::<f32>() / values.len() as f32)
}

/// An utterance at a glance: the mean coefficients of its parts.
type Sketch = [[f32; COEFFICIENTS]; PARTS];

fn sketch(hops: &[Vector]) -> Sketch {
    let mut sketch = [[0.0; COEFFICIENTS]; PARTS];
    for (n, part) in sketch.iter_mut().enumerate() {
        let hops = &hops[n * hops.len() / PARTS..(n + 1) * hops.len() / PARTS];
        for (c, value) in part.iter_mut().enumerate() {
            *value = hops.iter().map(|hop| hop[c]).sum::<f32>() / hops.len().max(1) as f32;
        }
    }
    sketch
}

fn unlike(a: &Sketch, b: &Sketch) -> f32 {
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    pairs.map(|(x, y)| (x - y) * (x - y)).sum()
}

#[cfg(test)]
mod tests;
