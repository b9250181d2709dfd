//! Which frames of a take are exported, counted at the rate of the export.
//!
//! Promise: frame `n` of a take at another rate is the sound at `n / rate` seconds of the take, and every cut lies on such
//! a frame. So where a take is cut moves no sound, and margins and windows are exact to the frame.

use std::ops::Range;

use super::super::shape::{Cut, Shape};
use super::super::utterance::Utterance;
use crate::units::{frames_in_ms, ms_of_frames};

/// What is exported of a take. Frames at the rate of the export, 0 the take's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Rate of the export, Hz.
    pub rate_hz: u32,
    /// Frames of the take that are in it.
    pub part: Range<u64>,
    /// Frames of zeros before them.
    pub zeros_before: u64,
    /// Frames of zeros after them.
    pub zeros_after: u64,
    /// All of the take is in it and nothing else.
    pub is_whole: bool,
    /// It should have been trimmed, and where its speech is is not known.
    pub left_whole: bool,
    /// Where the speech is, counted from the window's beginning.
    pub speech: Option<Range<u64>>,
}

impl Window {
    /// The window that `shape` cuts out of `utterance`.
    ///
    /// # Errors
    /// Why it cannot be cut, in plain words.
    pub fn of(utterance: &Utterance, shape: &Shape) -> Result<Self, String> {
        let audio = &utterance.audio;
        let from_hz = audio.sample_rate_hz;
        let rate_hz = shape.rate_hz.unwrap_or(from_hz);
        let all = frames_at(audio.frames, from_hz, rate_hz);
        let speech = utterance
            .speech
            .as_ref()
            .and_then(|speech| speech_at(speech, all, from_hz, rate_hz));
        let whole = Self {
            rate_hz,
            part: 0..all,
            zeros_before: 0,
            zeros_after: 0,
            is_whole: true,
            left_whole: false,
            speech: speech.clone(),
        };
        match (shape.cut, speech) {
            (Cut::Whole, _) => Ok(whole),
            (Cut::Speech { .. }, None) => Ok(Self {
                left_whole: true,
                ..whole
            }),
            (Cut::Speech { margin_ms }, Some(speech)) => {
                let margin = frames_in_ms(rate_hz, margin_ms);
                let begin = speech.start.saturating_sub(margin);
                let end = speech.end.saturating_add(margin).min(all);
                Ok(whole.cut(begin as i64, end as i64))
            }
            (Cut::Window { .. }, None) => Err(
                "where its speech is is not known, so no window can be centred on it; export it without a window, or \
                 leave it out"
                    .to_owned(),
            ),
            (Cut::Window { ms }, Some(speech)) => {
                let frames = frames_in_ms(rate_hz, ms);
                let spoken = speech.end - speech.start;
                if spoken > frames {
                    return Err(format!(
                        "its speech lasts {:.0} ms, longer than the window of {ms} ms",
                        ms_of_frames(rate_hz, spoken).ceil()
                    ));
                }
                let begin = (speech.start + speech.end) as i64 - frames as i64;
                let begin = begin.div_euclid(2);
                Ok(whole.cut(begin, begin + frames as i64))
            }
        }
    }

    /// From `begin` to `end` of a whole take, with zeros where it has nothing.
    fn cut(self, begin: i64, end: i64) -> Self {
        let all = self.part.end as i64;
        let part = begin.clamp(0, all)..end.clamp(0, all);
        let from_begin = |frame: u64| (frame as i64 - begin) as u64;
        Self {
            zeros_before: (part.start - begin) as u64,
            zeros_after: (end - part.end) as u64,
            is_whole: (begin, end) == (0, all),
            speech: self
                .speech
                .map(|speech| from_begin(speech.start)..from_begin(speech.end)),
            part: part.start as u64..part.end as u64,
            ..self
        }
    }

    /// Its length.
    pub fn frames(&self) -> u64 {
        self.zeros_before + (self.part.end - self.part.start) + self.zeros_after
    }
}

/// So many frames at another rate, to the nearest.
pub fn frames_at(frames: u64, from_hz: u32, to_hz: u32) -> u64 {
    let (from, to) = (u128::from(from_hz.max(1)), u128::from(to_hz));
    ((u128::from(frames) * to * 2 + from) / (from * 2)) as u64
}

/// Never empty, within a take of `all` frames; `None` where that has none.
fn speech_at(speech: &Range<u64>, all: u64, from_hz: u32, to_hz: u32) -> Option<Range<u64>> {
    let last = all.checked_sub(1)?;
    let start = frames_at(speech.start, from_hz, to_hz).min(last);
    let end = frames_at(speech.end, from_hz, to_hz).clamp(start + 1, all);
    Some(start..end)
}
