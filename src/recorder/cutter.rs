//! The take cutter: cuts takes out of the tape by the keys' instants.
//!
//! Promise: a take is what the window rules say ([`super::window`]), every frame of it once and in order, whatever the
//! device's latency: a key whose audio has not come yet waits for it. Audio between a key-up and the next key-down
//! belongs to both takes. What is sent lags 100 ms behind the newest frame, so that a key whose message takes that long
//! still ends its take where it was pressed; a later one ends it where it was heard of.
//!
//! How it fails: where the writer's queue is full, the source ends or the machine sleeps, the take ends there,
//! `interrupted`; what was sent stays.

use std::collections::VecDeque;

use crate::units::Moment;

use super::messages::{FromCapture, Outcome, TakeDraft, TakeRef, WindowSettings};
use super::queue::WriterSender;
use super::take::{Cut, Take};
use super::tape::Tape;
use super::window::{self, Before, Edge, words};

/// How late the message of a key may come, ms.
const LATE_KEY_MS: u32 = 100;
/// Audio goes to the writer in portions of at least this, ms.
const PORTION_MS: u32 = 100;

/// Cuts takes out of one tape after the other.
#[derive(Debug)]
pub struct Cutter {
    settings: WindowSettings,
    /// What becomes of takes that end by themselves.
    unattended: Outcome,
    writer: WriterSender,
    /// Oldest first: all but the last are running out.
    takes: VecDeque<Take>,
    last_stop: Option<u64>,
    played_until: Option<Moment>,
}

/// What the rules say of a take now.
enum Fate {
    /// It goes on; frames before this one are certainly in it.
    Runs { certain: u64 },
    /// It ends there.
    Ends { edge: Edge, cut: Cut },
}

impl Cutter {
    /// A cutter that sends takes to `writer`. `unattended` is what becomes of takes that nobody stops.
    pub fn new(settings: WindowSettings, unattended: Outcome, writer: WriterSender) -> Self {
        Self {
            settings,
            unattended,
            writer,
            takes: VecDeque::new(),
            last_stop: None,
            played_until: None,
        }
    }

    /// No take runs.
    pub fn is_idle(&self) -> bool {
        self.takes.is_empty()
    }

    /// A take begins at the key `at`; `now` is one instant on both clocks. A take that still runs ends at that key.
    pub fn begin(
        &mut self,
        tape: &Tape,
        draft: Box<TakeDraft>,
        at: Moment,
        now: (Moment, jiff::Timestamp),
    ) {
        let press = tape.frame_at(at).max(self.last_stop().unwrap_or(0));
        for earlier in &mut self.takes {
            earlier.stop.get_or_insert(press.max(earlier.press));
            earlier.next_press.get_or_insert(press);
        }
        let before = Before {
            last_stop: self.last_stop(),
            played_until: self.played_until.map(|until| tape.frame_at(until)),
        };
        let outcome = self.unattended.clone();
        self.takes
            .push_back(Take::new(draft, press, now, before, outcome));
    }

    fn last_stop(&self) -> Option<u64> {
        let running_out = self.takes.back().and_then(|take| take.stop);
        running_out.max(self.last_stop)
    }

    /// A take stops at the key `at`. A take that has ended by itself stays as it is.
    pub fn end(&mut self, tape: &Tape, take_ref: &TakeRef, at: Moment, outcome: Outcome) {
        let running = |take: &&mut Take| take.name == *take_ref && take.stop.is_none();
        if let Some(take) = self.takes.iter_mut().find(running) {
            take.stop = Some(tape.frame_at(at).max(take.press));
            take.outcome = outcome;
        }
    }

    /// Our own speaker was heard until then.
    pub fn played(&mut self, until: Moment) {
        self.played_until = self.played_until.max(Some(until));
    }

    /// Sends what has become certain and closes what is complete. To be called after each step of the tape.
    pub fn advance(&mut self, tape: &Tape, closed: &mut Vec<FromCapture>) {
        let mut index = 0;
        while index < self.takes.len() {
            match self.follow(index, tape) {
                Some((edge, cut)) => self.close(index, tape, edge, cut, closed),
                None => index += 1,
            }
        }
    }

    /// Takes one take as far as the tape goes; gives its end once it is there, with everything sent up to it.
    fn follow(&mut self, index: usize, tape: &Tape) -> Option<(Edge, Cut)> {
        let take = &mut self.takes[index];
        if take.sent.is_none() {
            if tape.end() < take.press {
                return None;
            }
            let start = window::start(tape, &self.settings, take.press, take.before);
            take.open(tape, start, &self.writer);
        }
        let sent_end = take.sent.as_ref()?.end;
        match fate(take, tape, &self.settings) {
            Fate::Runs { certain } => {
                if certain < sent_end + tape.frames_in_ms(PORTION_MS) {
                    return None;
                }
                let sent = take.send_up_to(tape, certain, &self.writer);
                sent.is_err().then(queue_full)
            }
            Fate::Ends { edge, cut } => match take.send_up_to(tape, edge.frame, &self.writer) {
                Ok(()) => Some((edge, cut)),
                Err(_) => Some(queue_full()),
            },
        }
    }

    fn close(
        &mut self,
        index: usize,
        tape: &Tape,
        edge: Edge,
        cut: Cut,
        closed: &mut Vec<FromCapture>,
    ) {
        let Some(take) = self.takes.remove(index) else {
            return;
        };
        let end = take.sent.as_ref().map(|sent| sent.end);
        self.last_stop = self.last_stop.max(take.stop.or(end));
        closed.extend(take.close(tape, edge.limited_by, cut, &self.writer));
    }

    /// The stream ends here: every take ends with what there is, `interrupted` by `cause`.
    pub fn interrupt(&mut self, tape: &Tape, cause: &'static str, closed: &mut Vec<FromCapture>) {
        self.advance(tape, closed);
        while let Some(take) = self.takes.front_mut() {
            let known_end = match take.outcome {
                Outcome::Rejected { .. } => take.stop,
                _ => take.next_press,
            };
            let end = known_end.unwrap_or(u64::MAX).min(tape.end());
            if take.sent.is_none() {
                let mut start = window::start(tape, &self.settings, take.press, take.before);
                start.frame = start.frame.min(end);
                take.open(tape, start, &self.writer);
            }
            let sent = take.send_up_to(tape, end, &self.writer);
            let (edge, cut) = sent.map_or_else(|_| queue_full(), |()| cut_at(end, cause, true));
            self.close(0, tape, edge, cut, closed);
        }
        self.last_stop = None;
    }
}

fn cut_at(frame: u64, word: &'static str, interrupted: bool) -> (Edge, Cut) {
    let edge = Edge {
        frame,
        limited_by: Some(word),
    };
    let cut = Cut {
        by: Some(word),
        interrupted,
    };
    (edge, cut)
}

/// The take ends wherever the sending stopped.
fn queue_full() -> (Edge, Cut) {
    cut_at(0, words::WRITER_QUEUE, true)
}

fn fate(take: &mut Take, tape: &Tape, settings: &WindowSettings) -> Fate {
    let certain = tape.end().saturating_sub(tape.frames_in_ms(LATE_KEY_MS));
    let longest = take.press + tape.frames_in_ms(settings.max_take_ms);
    let Some(stop) = take.stop.filter(|stop| *stop <= longest) else {
        if certain < longest {
            return Fate::Runs { certain };
        }
        take.stop = None; // pressed after the end
        let (edge, cut) = cut_at(longest, words::MAX_TAKE, false);
        return Fate::Ends { edge, cut };
    };
    match end_of_stopped(take, tape, settings, stop) {
        Some(edge) => Fate::Ends {
            edge,
            cut: Cut::default(),
        },
        None => Fate::Runs {
            certain: certain.min(take.next_press.unwrap_or(u64::MAX)),
        },
    }
}

/// Where a stopped take ends, once the tape is there: by its own rules, or at the next key-down.
fn end_of_stopped(take: &Take, tape: &Tape, settings: &WindowSettings, stop: u64) -> Option<Edge> {
    if matches!(take.outcome, Outcome::Rejected { .. }) {
        return (tape.end() >= stop).then_some(Edge {
            frame: stop,
            limited_by: None,
        });
    }
    let own = window::end(tape, settings, take.press, stop);
    let next = take.next_press.map(|frame| frame.max(stop));
    match (own, next) {
        (Some(own), Some(next)) if own.frame <= next => Some(own),
        (_, Some(next)) if tape.end() >= next => Some(Edge {
            frame: next,
            limited_by: Some(words::NEXT_TAKE),
        }),
        (own, None) => own,
        _ => None,
    }
}
