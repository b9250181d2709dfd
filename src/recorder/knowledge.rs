//! What is learnt of a speaker as a session goes on: how long they take for a text, and how they pause.
//!
//! Promise: only takes that need not be read again are learnt from, after they were judged. Nothing fails.

use crate::signal::duration::{Durations, Length};
use crate::signal::endpoint::{OwnPauses, end_silence_ms};
use crate::signal::quality::Measures;
use crate::units::ms_of_frames;

/// One speaker, as far as this session knows them.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    durations: Durations,
    pauses: OwnPauses,
}

impl Knowledge {
    /// What the length of a take says of `text`.
    pub fn length(&self, text: &str, sample_rate_hz: u32, measures: &Measures) -> Length {
        let usual = Length::default();
        speech_ms(sample_rate_hz, measures).map_or(usual, |ms| self.durations.judge(text, ms))
    }

    /// Learns from a take of `text` that is kept.
    pub fn learn(&mut self, text: &str, sample_rate_hz: u32, measures: &Measures) {
        if let Some(ms) = speech_ms(sample_rate_hz, measures) {
            self.durations.learn(text, ms);
            if text.split_whitespace().count() > 1 {
                self.pauses.learn(measures.longest_pause_ms);
            }
        }
    }

    /// The silence that ends the reading of `text`, ms.
    pub fn end_silence_ms(&self, text: &str) -> u32 {
        end_silence_ms(text, self.pauses.usual_ms())
    }
}

fn speech_ms(sample_rate_hz: u32, measures: &Measures) -> Option<f64> {
    let span = measures.utterance.span()?;
    Some(ms_of_frames(sample_rate_hz, span.end - span.start))
}
