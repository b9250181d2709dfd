//! What is known of a speaker: how long they take for a text, how they pause, how their words sound.
//!
//! Promise: only takes that need not be read again are learnt from, after they were judged. How words sound is also known
//! from earlier sessions and other speakers, as far as they were recalled. Nothing fails.

use crate::corpus::sidecar::PromptRecord;
use crate::signal::duration::{Durations, Length};
use crate::signal::endpoint::{OwnPauses, end_silence_ms};
use crate::signal::mfcc::Features;
use crate::signal::quality::Measures;
use crate::signal::reading::{Reading, Readings};
use crate::signal::thresholds::Thresholds;
use crate::units::ms_of_frames;

/// In more noise than this, dB, words are told apart too badly to doubt them.
const LEAST_SNR_DB: f64 = 15.0;

/// An earlier take of a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Recalled {
    /// Its label.
    pub label: String,
    /// Who spoke.
    pub speaker: String,
    /// What it sounds like.
    pub features: Features,
}

/// One speaker, as far as this session knows them.
#[derive(Debug)]
pub struct Knowledge {
    /// Limits of the verdicts.
    pub thresholds: Thresholds,
    speaker: String,
    durations: Durations,
    pauses: OwnPauses,
    readings: Readings,
}

impl Knowledge {
    /// Nothing of this speaker.
    pub fn of(speaker: &str, thresholds: Thresholds) -> Self {
        Self {
            thresholds,
            speaker: speaker.to_owned(),
            durations: Durations::default(),
            pauses: OwnPauses::default(),
            readings: Readings::default(),
        }
    }

    /// Learns from an earlier take.
    pub fn recall(&mut self, take: Recalled) {
        self.readings
            .learn(&take.label, &take.speaker, take.features);
    }

    /// Whether a take sounds like another word than its label.
    pub fn misread(
        &self,
        prompt: &PromptRecord,
        measures: &Measures,
        features: Option<&Features>,
    ) -> bool {
        let clear = measures.snr_db.is_none_or(|snr| snr >= LEAST_SNR_DB);
        let known = prompt.label.as_deref().zip(features).filter(|_| clear);
        known.is_some_and(|(label, features)| {
            let reading = self.readings.judge(label, &self.speaker, features);
            matches!(reading, Reading::Doubtful { .. })
        })
    }

    /// What the length of a take says of its text.
    pub fn length(
        &self,
        prompt: &PromptRecord,
        sample_rate_hz: u32,
        measures: &Measures,
    ) -> Length {
        speech_ms(sample_rate_hz, measures)
            .map_or(Length::Usual, |ms| self.durations.judge(spoken(prompt), ms))
    }

    /// How many times as long as expected this speaker takes, where it is known.
    pub fn pace(&self) -> Option<f64> {
        self.durations.pace()
    }

    /// Learns from a take that is kept.
    pub fn learn(
        &mut self,
        prompt: &PromptRecord,
        sample_rate_hz: u32,
        measures: &Measures,
        features: Option<Features>,
    ) {
        if let Some((label, features)) = prompt.label.as_deref().zip(features) {
            self.readings.learn(label, &self.speaker, features);
        }
        let text = spoken(prompt);
        if let Some(ms) = speech_ms(sample_rate_hz, measures) {
            self.durations.learn(text, ms);
            if text.split_whitespace().count() > 1 {
                self.pauses.learn(measures.longest_pause_ms);
            }
        }
    }

    /// The silence that ends the reading of a prompt, ms.
    pub fn end_silence_ms(&self, prompt: &PromptRecord) -> u32 {
        end_silence_ms(spoken(prompt), self.pauses.usual_ms())
    }
}

/// What is said.
pub fn spoken(prompt: &PromptRecord) -> &str {
    prompt.spoken.as_deref().unwrap_or(&prompt.text)
}

fn speech_ms(sample_rate_hz: u32, measures: &Measures) -> Option<f64> {
    let span = measures.utterance.span()?;
    Some(ms_of_frames(sample_rate_hz, span.end - span.start))
}
