//! What a session knows of its speaker before a take: how fast they read, and how words sound that they have read.

use std::collections::BTreeMap;

use voicebooth::corpus::sidecar::PromptRecord;
use voicebooth::recorder::knowledge::Knowledge;
use voicebooth::signal::thresholds::Thresholds;

use super::chance::Chance;
use super::clips::Clip;
use super::defects::{Defect, Planted, at_snr};
use super::listen::{Cost, listen};
use super::sounds::RATE_HZ;

/// Nothing is known in one of so many takes: they are a session's first ones.
const FIRST_TAKES: usize = 4;

/// What is known of each speaker.
pub struct Sessions {
    of_speaker: BTreeMap<String, Knowledge>,
    nobody: Knowledge,
    /// Texts are labels.
    labels: bool,
}

impl Sessions {
    /// Each speaker has read everything once, in another reading than the one that is judged, and nothing has a label.
    pub fn learn(clips: &[&Clip], chance: &mut Chance, cost: &mut Cost) -> Self {
        Self::of_readings(clips, false, chance, cost)
    }

    /// The same, and every text is a label.
    pub fn learn_labels(clips: &[&Clip], chance: &mut Chance, cost: &mut Cost) -> Self {
        Self::of_readings(clips, true, chance, cost)
    }

    fn of_readings(clips: &[&Clip], labels: bool, chance: &mut Chance, cost: &mut Cost) -> Self {
        let mut sessions = Self {
            of_speaker: BTreeMap::new(),
            nobody: nobody(),
            labels,
        };
        for clip in clips {
            let snr_db = chance.between(26.0, 50.0);
            let planted = at_snr(Defect::None, &clip.other_reading(), snr_db, chance);
            let prompt = sessions.prompt(&clip.text);
            let known = sessions
                .of_speaker
                .entry(clip.speaker.clone())
                .or_insert_with(|| Knowledge::of(&clip.speaker, Thresholds::DEFAULT));
            let heard = listen(&planted, &prompt, known, cost);
            known.learn(&prompt, RATE_HZ, &heard.measures, heard.features);
        }
        sessions
    }

    /// The prompt of the `n`th take and what is known of its speaker.
    pub fn of(&self, planted: &Planted, n: usize) -> (PromptRecord, &Knowledge) {
        let is_first = !self.labels && n.is_multiple_of(FIRST_TAKES);
        let known = self.of_speaker.get(&planted.speaker);
        let known = known.filter(|_| !is_first);
        (self.prompt(&planted.text), known.unwrap_or(&self.nobody))
    }

    fn prompt(&self, text: &str) -> PromptRecord {
        PromptRecord {
            label: self.labels.then(|| text.to_owned()),
            ..prompt(text)
        }
    }
}

/// Nothing is known.
pub fn nobody() -> Knowledge {
    Knowledge::of("somebody", Thresholds::DEFAULT)
}

/// A prompt without a label: what is read once.
pub fn prompt(text: &str) -> PromptRecord {
    PromptRecord {
        text: text.into(),
        ..PromptRecord::default()
    }
}
