//! Hands-free: says while the stream runs when speech has begun and when it has ended.
//!
//! Promise: a pure state machine; the same hops give the same events at the same hops. [`Endpointer::level`] is called
//! for every hop as it ends, [`Endpointer::voice`] for every hop as its voice activity becomes known, some 50 ms later;
//! each may bring an event. Speech has begun when a voice was heard for [`LEAST_VOICE_MS`] and it has a pitch
//! or lasts ([`is_speech`]); what begins as a cough or a blow does ([`Attack::is_burst`]) must last longer. Its onset is told
//! in retrospect. It has ended when nothing that belongs to it was heard for the end-silence, which counts from the last
//! sound and not from the late end of the voice activity: the event comes with the very hop that completes the silence.
//! Clicks, doors, keys, breaths and most coughs bring no voice and hence no event, and do not hold up an end either.
//!
//! How it fails: a cough with a long groan in it is speech. Speech under 5 dB above the noise floor is not heard; the
//! caller's rolls must cover it.

use std::collections::VecDeque;

use super::duration::expected_ms;
use super::level::{HOP_MS, HopLevel};
use super::voice::{
    Attack, HopVoice, SURE_VOICE_HOPS, Voicing, is_periodic, is_speech, is_voice, mean_voicing,
};

/// A voice must be heard for so long before speech has begun, ms.
pub const LEAST_VOICE_MS: u32 = 100;
/// Within so many hops.
const BEGIN_WITHIN: u64 = 30;
/// A voice without a pitch, within so many.
const SURE_WITHIN: u64 = 40;
/// What begins with a burst must be a voice for so many of these.
const AFTER_BURST_HOPS: usize = 25;
/// The loudest of a beginning; what is less than so much softer is as loud, dB.
const LOUDEST_HOPS: usize = 5;
const AS_LOUD_DB: f32 = 3.0;
/// Above the noise floor: a voice, and any sound that belongs to it, dB.
const ON_DB: f32 = 8.0;
const OFF_DB: f32 = 5.0;
/// Sound without voice belongs to speech so closely before and after it, hops.
const BEFORE_VOICE: u64 = 12;
const AFTER_VOICE: u64 = 13;
/// A silence within it that does not part the sound before a voice from it, hops.
const ONSET_GAP: u64 = 4;
/// Hops that are remembered.
const KEEP: usize = 400;

/// End-silence of one word, ms, and of each word more, up to the longest.
const ONE_WORD_MS: u32 = 400;
const WORD_MS: u32 = 60;
const LONGEST_MS: u32 = 900;
/// Somebody's own pauses never stretch it beyond this, ms.
const LONGEST_OWN_MS: u32 = 1500;
/// Beyond the longest of the speaker's usual pauses, ms.
const BEYOND_PAUSE_MS: u32 = 150;
/// So much reading counts as a word where none are told apart by blanks, ms.
const WORD_IS_MS: f64 = 450.0;

/// What was noticed. Hops are those of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Somebody speaks.
    Begun {
        /// The first hop of it.
        onset_hop: u64,
    },
    /// The end-silence is over.
    Ended {
        /// The first hop of the speech.
        onset_hop: u64,
        /// The hop after its last.
        end_hop: u64,
    },
}

#[derive(Clone, Copy, Debug)]
struct Heard {
    /// dB above the floor; minus infinity of keys and missing frames.
    above: f32,
    level: HopLevel,
    voicing: Voicing,
    is_voice: bool,
    is_periodic: bool,
}

/// Listens for one utterance after the other.
#[derive(Clone, Debug)]
pub struct Endpointer {
    end_silence_hops: u64,
    /// Hop of the first in `heard`.
    first: u64,
    heard: VecDeque<Heard>,
    /// The next hop whose voice is not known.
    next_voice: u64,
    /// Nothing before this is looked at: it belongs to what has ended.
    fresh_from: u64,
    /// Last hop with a voice.
    last_voice: Option<u64>,
    speaking: Option<Speaking>,
}

#[derive(Clone, Copy, Debug)]
struct Speaking {
    onset: u64,
    /// Last hop of sound that belongs to it.
    last: u64,
}

impl Endpointer {
    /// Listens from hop `from_hop` on, with an end-silence of `end_silence_ms`.
    pub fn new(from_hop: u64, end_silence_ms: u32) -> Self {
        Self {
            end_silence_hops: hops(end_silence_ms),
            first: from_hop,
            heard: VecDeque::new(),
            next_voice: from_hop,
            fresh_from: from_hop,
            last_voice: None,
            speaking: None,
        }
    }

    /// From now on an end takes this much silence, ms.
    pub fn set_end_silence_ms(&mut self, end_silence_ms: u32) {
        self.end_silence_hops = hops(end_silence_ms);
    }

    /// The onset of the speech under way.
    pub fn speaking_since(&self) -> Option<u64> {
        self.speaking.map(|speaking| speaking.onset)
    }

    /// The next hop's level, the floor it is held against, and whether a key can be heard in it.
    pub fn level(&mut self, level: HopLevel, floor_dbfs: f32, key: bool) -> Option<Endpoint> {
        if self.heard.len() == KEEP {
            self.heard.pop_front();
            self.first += 1;
            self.next_voice = self.next_voice.max(self.first);
        }
        let known = level.filter(|_| !key);
        let above = known.map_or(f32::NEG_INFINITY, |level| level - floor_dbfs);
        self.heard.push_back(Heard {
            above,
            level: known,
            voicing: Voicing::default(),
            is_voice: false,
            is_periodic: false,
        });
        self.ended()
    }

    /// The voice activity of `hop`, whose level was told before. Hops must come in order.
    pub fn voice(&mut self, hop: u64, voice: HopVoice) -> Option<Endpoint> {
        let heard = self.heard.get_mut(hop.checked_sub(self.first)? as usize)?;
        heard.is_voice = heard.above >= ON_DB && is_voice(heard.level, voice);
        heard.voicing = voice.unwrap_or_default();
        heard.is_periodic = heard.above >= ON_DB && is_periodic(voice);
        let heard = *heard;
        self.next_voice = hop + 1;
        if hop < self.fresh_from {
            return None;
        }
        if heard.is_voice {
            self.last_voice = Some(hop);
        }
        let belongs = heard.above >= OFF_DB
            && self
                .last_voice
                .is_some_and(|last| hop - last <= AFTER_VOICE);
        if let Some(speaking) = &mut self.speaking {
            if belongs {
                speaking.last = hop;
            }
            return self.ended();
        }
        if heard.is_voice {
            self.begun(hop)
        } else {
            None
        }
    }

    fn at(&self, hop: u64) -> Option<&Heard> {
        self.heard.get(hop.checked_sub(self.first)? as usize)
    }

    /// A voice in `hop`: is it enough by now?
    fn begun(&mut self, hop: u64) -> Option<Endpoint> {
        let within = |hops: u64| hop.saturating_sub(hops).max(self.fresh_from)..=hop;
        let voiced = |hop: &u64| self.at(*hop).is_some_and(|heard| heard.is_voice);
        let periodic = |hop: &u64| self.at(*hop).is_some_and(|heard| heard.is_periodic);
        let first = within(BEGIN_WITHIN).find(voiced)?;
        let lately = within(BEGIN_WITHIN).filter(voiced).count();
        let longer = within(SURE_WITHIN).filter(voiced).count();
        let periodic_hops = within(BEGIN_WITHIN).filter(periodic).count();
        if lately < (LEAST_VOICE_MS / HOP_MS) as usize || !is_speech(longer, periodic_hops) {
            return None;
        }
        // A voice without a pitch was waited for longer.
        let first = if longer < SURE_VOICE_HOPS {
            first
        } else {
            within(SURE_WITHIN).find(voiced)?
        };
        let onset_hop = self.onset_before(first);
        if longer < AFTER_BURST_HOPS && self.attack(onset_hop, hop).is_burst() {
            return None;
        }
        self.speaking = Some(Speaking {
            onset: onset_hop,
            last: hop,
        });
        Some(Endpoint::Begun { onset_hop })
    }

    /// How the sound from `onset` to `hop` begins.
    fn attack(&self, onset: u64, hop: u64) -> Attack {
        let mut hops: Vec<(u64, Heard)> = (onset..=hop)
            .filter_map(|hop| Some((hop, *self.at(hop)?)))
            .collect();
        let clearest = hops.iter().map(|(_, heard)| heard.voicing.periodicity);
        let clearest = clearest.fold(0.0, f32::max);
        hops.sort_by(|a, b| b.1.above.total_cmp(&a.1.above));
        let most = hops.first().map_or(0.0, |(_, heard)| heard.above);
        let as_loud = hops
            .iter()
            .take_while(|(_, heard)| heard.above > most - AS_LOUD_DB);
        let loudest_at = as_loud.map(|(hop, _)| *hop).max().unwrap_or(onset);
        hops.truncate(LOUDEST_HOPS);
        let loudest: Vec<Voicing> = hops.iter().map(|(_, heard)| heard.voicing).collect();
        Attack {
            loudest_after_ms: (loudest_at - onset) as u32 * HOP_MS,
            loudest: mean_voicing(&loudest),
            clearest,
        }
    }

    /// The first sound that runs into the voice at `voice`.
    fn onset_before(&self, voice: u64) -> u64 {
        let mut onset = voice;
        let mut hop = voice;
        while hop > self.fresh_from
            && hop > voice.saturating_sub(BEFORE_VOICE)
            && onset - hop <= ONSET_GAP
        {
            hop -= 1;
            if self.at(hop).is_some_and(|heard| heard.above >= OFF_DB) {
                onset = hop;
            }
        }
        onset
    }

    /// Whether the silence is complete.
    fn ended(&mut self) -> Option<Endpoint> {
        let speaking = self.speaking?;
        let next = self.first + self.heard.len() as u64;
        // A sound whose voice is not known yet may belong to it.
        let loud = |hop: &u64| self.at(*hop).is_some_and(|heard| heard.above >= OFF_DB);
        let may_belong = (self.next_voice..next).rfind(loud);
        if may_belong.is_some() || next < speaking.last + 1 + self.end_silence_hops {
            return None;
        }
        self.speaking = None;
        self.last_voice = None;
        self.fresh_from = speaking.last + 1;
        Some(Endpoint::Ended {
            onset_hop: speaking.onset,
            end_hop: speaking.last + 1,
        })
    }
}

fn hops(ms: u32) -> u64 {
    u64::from(ms.div_ceil(HOP_MS)).max(1)
}

/// The silence that ends the reading of `text`, ms: 400 for one word, 60 more for each word up to 900, and never less
/// than this speaker's own pauses (`own_pause_ms`, from [`OwnPauses`]) ask for.
pub fn end_silence_ms(text: &str, own_pause_ms: Option<u32>) -> u32 {
    let words = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count();
    // Scripts without blanks, and long numbers, are told by how long they take.
    let by_length = expected_ms(text).map_or(0, |ms| (ms / WORD_IS_MS) as usize);
    let words = if words <= 1 && by_length >= 2 {
        by_length
    } else {
        words
    };
    if words <= 1 {
        return ONE_WORD_MS;
    }
    let by_words = (ONE_WORD_MS + WORD_MS * (words as u32 - 1)).min(LONGEST_MS);
    let own = own_pause_ms.map_or(0, |pause| (pause + BEYOND_PAUSE_MS).min(LONGEST_OWN_MS));
    by_words.max(own)
}

/// How long this speaker pauses within what they read.
#[derive(Clone, Debug, Default)]
pub struct OwnPauses(VecDeque<u32>);

impl OwnPauses {
    /// Learns from a take of several words: its longest pause, ms; 0 where it had none.
    pub fn learn(&mut self, longest_pause_ms: f64) {
        if self.0.len() == 50 {
            self.0.pop_front();
        }
        self.0.push_back(longest_pause_ms.max(0.0) as u32);
    }

    /// A pause that only one take in ten exceeds, ms; `None` before ten takes.
    pub fn usual_ms(&self) -> Option<u32> {
        let mut sorted: Vec<u32> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        (sorted.len() >= 10).then(|| sorted[sorted.len() * 9 / 10])
    }
}

#[cfg(test)]
mod tests;
