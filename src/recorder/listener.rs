//! Hands-free: waits for the reading of what is on the screen, and says when it begins and ends.
//!
//! Promise: it listens all the time, so it knows what was said before it was told what is shown. Speech that begins less
//! than 150 ms after a prompt has appeared cannot be its reading: it belongs to what was shown before, and both takes are
//! for the operator to look at. Speech that begins later is its reading. Both hold in whichever order the stream's hops and
//! the session's word come: what was said between a reading's end and that word is judged when the word is there. What is
//! said while nothing is waited for ([`Listener::rest`]) belongs to nothing. Pure: it is moved by the stream's hops and by
//! what the session asks.
//!
//! How it fails: as the endpointer does ([`crate::signal::endpoint`]).

use std::collections::VecDeque;

use crate::signal::endpoint::{Endpoint, Endpointer};
use crate::signal::level::HOP_MS;
use crate::units::Moment;

use super::messages::{Outcome, TakeDraft};
use super::stream::Stream;

/// Nobody reads a prompt that fast, ms.
const FASTEST_REACTION_MS: u32 = 150;
/// A listener that was asleep hears what was said up to so long before, ms: the voice activity lags that far behind.
const BACK_MS: u32 = 100;

/// Speech of which nobody knows yet what it is: so many are remembered.
const MOST_UNCLAIMED: usize = 4;

/// Listens to one stream after the other.
#[derive(Debug, Default)]
pub struct Listener {
    ears: Option<Ears>,
    waiting: Option<(Waiting, Since)>,
    /// What is being said is a reading.
    reading: bool,
    /// The last reading is over, and the session's word on what is shown now has not come.
    between: bool,
    /// What was said between, oldest first.
    unclaimed: VecDeque<Said>,
    /// Noticed when the session's word came.
    noticed: Vec<Noticed>,
}

/// Something that was said.
#[derive(Clone, Copy, Debug)]
struct Said {
    onset: u64,
    /// It is over, and where.
    end: Option<u64>,
}

/// What hears one stream.
#[derive(Debug)]
struct Ears {
    /// The stream's number.
    stream: u32,
    endpointer: Endpointer,
    /// The next hop whose level, and whose voice, was not heard.
    next_level: u64,
    next_voice: u64,
}

impl Ears {
    fn new(stream: &Stream) -> Self {
        let back = u64::from(BACK_MS / HOP_MS);
        let from = stream.hops().next_hop().saturating_sub(back);
        let from = stream.hops().range(from..u64::MAX).0;
        Self {
            stream: stream.number(),
            endpointer: Endpointer::new(from, 0),
            next_level: from,
            next_voice: from,
        }
    }

    fn hear(&mut self, stream: &Stream) -> Vec<Endpoint> {
        let mut events = Vec::new();
        let floor = stream.floor().reference_dbfs();
        let (first_level, levels) = stream.hops().range(self.next_level..u64::MAX);
        let (first_voice, voices) = stream.voice().range(self.next_voice..u64::MAX);
        if (first_level, first_voice) != (self.next_level, self.next_voice) {
            // More is missing than is kept.
            *self = Self::new(stream);
            return events;
        }
        // A voice is known after its level, so the levels come first.
        for level in levels {
            events.extend(self.endpointer.level(level, floor, false));
            self.next_level += 1;
        }
        for voice in voices {
            events.extend(self.endpointer.voice(self.next_voice, voice));
            self.next_voice += 1;
        }
        events
    }
}

/// What is on the screen and has not been read.
#[derive(Debug, PartialEq)]
pub struct Waiting {
    /// What it is.
    pub draft: Box<TakeDraft>,
    /// What becomes of its take.
    pub outcome: Outcome,
    /// One instant on both clocks, read when it was shown.
    pub clocks: (Moment, jiff::Timestamp),
}

/// What is known of the time since it is shown.
#[derive(Clone, Copy, Debug)]
struct Since {
    /// No reading of it begins earlier.
    from_frame: u64,
    /// Something was said too early to be its reading.
    early: bool,
}

/// What a listener noticed.
#[derive(Debug, PartialEq)]
pub enum Noticed {
    /// The reading has begun at this frame. `early`: speech went before it that was not its reading.
    Begun {
        /// What is read.
        reading: Waiting,
        /// First frame of the speech.
        onset: u64,
        /// Something was said too early to be the reading.
        early: bool,
    },
    /// The speech under way has ended at this frame.
    Ended(u64),
    /// Something was said that belongs to what was shown before.
    SpokenOn,
}

impl Listener {
    /// From now on the reading of what is shown since `shown_frame` is waited for; `end_silence_ms` ends it.
    pub fn wait_for(
        &mut self,
        stream: &Stream,
        waiting: Waiting,
        shown_frame: u64,
        end_silence_ms: u32,
    ) {
        let ears = self.ears_on(stream);
        ears.set_end_silence_ms(end_silence_ms);
        let under_way = ears.speaking_since().is_some();
        let from_frame = shown_frame + stream.frames_in_ms(FASTEST_REACTION_MS);
        let early = false;
        self.waiting = Some((waiting, Since { from_frame, early }));
        self.between = false;
        for said in std::mem::take(&mut self.unclaimed) {
            let begun = self.begun(said.onset);
            self.noticed.extend(begun);
            let ended = said.end.map(|frame| self.ended(frame));
            self.noticed.extend(ended);
        }
        // What has not become its reading is none.
        if let Some((_, since)) = self.waiting.as_mut().filter(|_| under_way) {
            since.early = true;
        }
    }

    /// Nothing is waited for any more.
    pub fn rest(&mut self) {
        self.waiting = None;
        self.reading = false;
        self.nobody_reads();
    }

    /// Forgets the speech under way: its take has ended otherwise.
    pub fn forget(&mut self) {
        self.ears = None;
        self.reading = false;
    }

    fn nobody_reads(&mut self) {
        self.between = false;
        self.unclaimed.clear();
    }

    /// Its ears on this stream, new ones where it listened to none or to another.
    fn ears_on(&mut self, stream: &Stream) -> &mut Endpointer {
        let ears = self
            .ears
            .take()
            .filter(|ears| ears.stream == stream.number());
        if ears.is_none() {
            self.nobody_reads();
        }
        &mut self
            .ears
            .insert(ears.unwrap_or_else(|| Ears::new(stream)))
            .endpointer
    }

    /// Hears the hops that have come.
    pub fn hear(&mut self, stream: &Stream) -> Vec<Noticed> {
        let Some(ears) = self
            .ears
            .as_mut()
            .filter(|ears| ears.stream == stream.number())
        else {
            return Vec::new();
        };
        let hop_frames = stream.hops().hop_frames();
        for event in ears.hear(stream) {
            let noticed = match event {
                Endpoint::Begun { onset_hop } => self.begun(onset_hop * hop_frames),
                Endpoint::Ended { end_hop, .. } => Some(self.ended(end_hop * hop_frames)),
            };
            self.noticed.extend(noticed);
        }
        std::mem::take(&mut self.noticed)
    }

    fn begun(&mut self, onset: u64) -> Option<Noticed> {
        let Some((_, since)) = self.waiting.as_mut() else {
            if self.between {
                if self.unclaimed.len() == MOST_UNCLAIMED {
                    self.unclaimed.pop_front();
                }
                self.unclaimed.push_back(Said { onset, end: None });
            }
            return None;
        };
        if onset < since.from_frame {
            since.early = true;
            return Some(Noticed::SpokenOn);
        }
        let (reading, since) = self.waiting.take()?;
        self.reading = true;
        Some(Noticed::Begun {
            reading,
            onset,
            early: since.early,
        })
    }

    fn ended(&mut self, frame: u64) -> Noticed {
        if std::mem::take(&mut self.reading) {
            self.between = self.waiting.is_none();
        } else if let Some(said) = self.unclaimed.back_mut() {
            said.end.get_or_insert(frame);
        }
        Noticed::Ended(frame)
    }
}
