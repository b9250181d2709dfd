//! The take cutter: cuts takes out of the stream by the keys' instants.
//!
//! Promise: a take is what the window rules say ([`super::window`]), every frame of it once and in order, whatever the
//! device's latency: a key whose audio has not come yet waits for it. Audio between a key-up and the next key-down
//! belongs to both takes. What is sent lags 100 ms behind the newest frame, so that a key whose message takes that long
//! still ends its take where it was pressed; a later one ends it where it was heard of.
//!
//! How it fails: where the writer's queue is full, the source ends or the machine sleeps, the take ends there,
//! `interrupted`; what was sent stays.

use std::collections::VecDeque;

use crate::signal::thresholds::Thresholds;
use crate::units::Moment;

use super::knowledge::{Knowledge, Recalled};
use super::listener::{Listener, Noticed, Waiting};
use super::messages::{FromCapture, Outcome, TakeDraft, TakeRef, WindowSettings};
use super::queue::WriterSender;
use super::stream::Stream;
use super::take::{Ended, Take};
use super::window::{self, Before, Edge, Trigger, words};

/// How late the message of a key may come, ms.
const LATE_KEY_MS: u32 = 100;
/// Audio goes to the writer in portions of at least this, ms.
const PORTION_MS: u32 = 100;

/// Cuts takes out of one stream after the other.
#[derive(Debug)]
pub struct Cutter {
    settings: WindowSettings,
    /// What becomes of takes that end by themselves.
    unattended: Outcome,
    writer: WriterSender,
    /// Oldest first: all but the last are running out.
    takes: VecDeque<Take>,
    /// The newest take, closed or not.
    newest: Option<TakeRef>,
    last_stop: Option<u64>,
    played_until: Option<Moment>,
    listener: Listener,
    known: Knowledge,
}

impl Cutter {
    /// A cutter that sends takes to `writer`. `unattended` is what becomes of takes that nobody stops.
    pub fn new(settings: WindowSettings, unattended: Outcome, writer: WriterSender) -> Self {
        Self {
            settings,
            unattended,
            writer,
            takes: VecDeque::new(),
            newest: None,
            last_stop: None,
            played_until: None,
            listener: Listener::default(),
            known: Knowledge::of("", Thresholds::DEFAULT),
        }
    }

    /// No take runs.
    pub fn is_idle(&self) -> bool {
        self.takes.is_empty()
    }

    /// A take begins at the key `at`; `now` is one instant on both clocks. A take that still runs ends at that key.
    pub fn begin(
        &mut self,
        stream: &Stream,
        draft: Box<TakeDraft>,
        at: Moment,
        now: (Moment, jiff::Timestamp),
    ) {
        let press = stream.frame_at(at).max(self.last_stop().unwrap_or(0));
        self.push(stream, draft, (Trigger::Keys, press), now);
    }

    /// A take that begins now ends those before it.
    fn push(
        &mut self,
        stream: &Stream,
        draft: Box<TakeDraft>,
        (trigger, press): (Trigger, u64),
        now: (Moment, jiff::Timestamp),
    ) -> &mut Take {
        for earlier in &mut self.takes {
            earlier.stop.get_or_insert(press.max(earlier.press));
            earlier.next_press.get_or_insert(press);
        }
        let before = Before {
            last_stop: self.last_stop(),
            played_until: self.played_until.map(|until| stream.frame_at(until)),
        };
        let outcome = self.unattended.clone();
        let settings = self.settings.with(draft.rolls);
        self.newest = Some(draft.take_ref.clone());
        let take = Take::new(draft, settings, (trigger, press), now, before, outcome);
        self.takes.push_back(take);
        let last = self.takes.len() - 1;
        &mut self.takes[last]
    }

    /// Hands-free: the reading of what has been shown since `shown_at` is waited for.
    pub fn listen(
        &mut self,
        stream: &Stream,
        (draft, outcome): (Box<TakeDraft>, Outcome),
        shown_at: Moment,
        now: (Moment, jiff::Timestamp),
    ) {
        let learnt = self.known.end_silence_ms(&draft.prompt);
        let end_silence_ms = self.settings.end_silence_ms.unwrap_or(learnt);
        let shown = stream.frame_at(shown_at);
        let waiting = Waiting {
            draft,
            outcome,
            clocks: now,
        };
        self.listener
            .wait_for(stream, waiting, shown, end_silence_ms);
    }

    /// Hands-free: nothing is waited for.
    pub fn rest(&mut self) {
        self.listener.rest();
    }

    /// Begins and ends takes by what is heard.
    fn hear(&mut self, stream: &Stream, facts: &mut Vec<FromCapture>) {
        let when = |frame: u64| stream.clock().moment_of(frame as f64);
        for noticed in self.listener.hear(stream) {
            match noticed {
                Noticed::Begun {
                    reading,
                    onset,
                    early,
                } => {
                    let take_ref = reading.draft.take_ref.clone();
                    if self.takes.iter().any(|take| take.name == take_ref) {
                        continue; // it was asked for twice, and this is more of it
                    }
                    let at = when(onset).unwrap_or(reading.clocks.0);
                    let press = onset.max(self.last_stop().unwrap_or(0));
                    let start = (Trigger::Speech, press);
                    let take = self.push(stream, reading.draft, start, reading.clocks);
                    take.outcome = reading.outcome;
                    take.strayed = early.then_some(words::EARLY_SPEECH);
                    facts.push(FromCapture::SpeechBegan { take_ref, at });
                }
                Noticed::Ended(frame) => {
                    let heard =
                        |take: &&mut Take| take.trigger == Trigger::Speech && take.stop.is_none();
                    if let Some(take) = self.takes.iter_mut().find(heard) {
                        take.stop = Some(frame.max(take.press));
                        let take_ref = take.name.clone();
                        let at = when(frame).unwrap_or(take.begun.0);
                        facts.push(FromCapture::SpeechEnded { take_ref, at });
                    }
                }
                Noticed::SpokenOn => {
                    // The take before may still be open; a saved one is the session's to flag.
                    if let Some(take) = self.takes.back_mut() {
                        take.strayed = Some(words::SPOKEN_ON);
                    }
                    let take_ref = self.newest.clone();
                    facts.push(FromCapture::SpokenOn { take_ref });
                }
            }
        }
    }

    fn last_stop(&self) -> Option<u64> {
        let running_out = self.takes.back().and_then(|take| take.stop);
        running_out.max(self.last_stop)
    }

    /// A take stops at the key `at`. A take that has ended by itself stays as it is.
    pub fn end(&mut self, stream: &Stream, take_ref: &TakeRef, at: Moment, outcome: Outcome) {
        let running = |take: &&mut Take| take.name == *take_ref && take.stop.is_none();
        if let Some(take) = self.takes.iter_mut().find(running) {
            take.stop = Some(stream.frame_at(at).max(take.press));
            take.outcome = outcome;
        }
    }

    /// Somebody sits down, of whom nothing is known.
    pub fn meet(&mut self, speaker: &str, thresholds: Thresholds) {
        self.known = Knowledge::of(speaker, thresholds);
    }

    /// An earlier take is known.
    pub fn recall(&mut self, take: Recalled) {
        self.known.recall(take);
    }

    /// Our own speaker was heard until then.
    pub fn played(&mut self, until: Moment) {
        self.played_until = self.played_until.max(Some(until));
    }

    /// Sends what has become certain and closes what is complete. To be called after each step of the stream.
    pub fn advance(&mut self, stream: &Stream, facts: &mut Vec<FromCapture>) {
        self.hear(stream, facts);
        let mut index = 0;
        while index < self.takes.len() {
            match self.follow(index, stream) {
                Some((edge, ended)) => self.close(index, stream, edge, ended, facts),
                None => index += 1,
            }
        }
    }

    /// Takes one take as far as the stream goes; gives its end once it is there, with everything sent up to it.
    fn follow(&mut self, index: usize, stream: &Stream) -> Option<(Edge, Ended)> {
        let take = &mut self.takes[index];
        if take.sent.is_none() {
            if stream.end() < take.press {
                return None;
            }
            let start = window::start(
                stream,
                &take.settings,
                (take.trigger, take.press),
                take.before,
            );
            take.open(stream, start, &self.writer);
        }
        let end = end_of(take, stream);
        let certain = stream
            .end()
            .saturating_sub(stream.frames_in_ms(LATE_KEY_MS));
        let portion = take.sent.as_ref()?.end + stream.frames_in_ms(PORTION_MS);
        let send_to = match end {
            Some((edge, _)) => edge.frame,
            None if certain >= portion => certain,
            None => return None,
        };
        let sent = take.send_up_to(stream, send_to, &self.writer);
        if sent.is_ok() { end } else { Some(QUEUE_FULL) }
    }

    fn close(
        &mut self,
        index: usize,
        stream: &Stream,
        edge: Edge,
        ended: Ended,
        facts: &mut Vec<FromCapture>,
    ) {
        let Some(take) = self.takes.remove(index) else {
            return;
        };
        let end = take.sent.as_ref().map(|sent| sent.end);
        self.last_stop = self.last_stop.max(take.stop.or(end));
        if take.trigger == Trigger::Speech && take.stop.is_none() {
            self.listener.forget();
        }
        let known = &mut self.known;
        facts.extend(take.close(stream, edge.limited_by, ended, known, &self.writer));
    }

    /// The stream ends here: every take ends with what there is, `interrupted` by `cause`.
    pub fn interrupt(
        &mut self,
        stream: &Stream,
        cause: &'static str,
        facts: &mut Vec<FromCapture>,
    ) {
        self.advance(stream, facts);
        while let Some(take) = self.takes.front_mut() {
            let known_end = match take.outcome {
                Outcome::Rejected { .. } => take.stop,
                _ => take.next_press,
            };
            let end = known_end.unwrap_or(u64::MAX).min(stream.end());
            if take.sent.is_none() {
                let mut start = window::start(
                    stream,
                    &take.settings,
                    (take.trigger, take.press),
                    take.before,
                );
                start.frame = start.frame.min(end);
                take.open(stream, start, &self.writer);
            }
            let sent = take.send_up_to(stream, end, &self.writer);
            let there = (limited(end, cause), Ended::Interrupted);
            let (edge, ended) = if sent.is_ok() { there } else { QUEUE_FULL };
            self.close(0, stream, edge, ended, facts);
        }
        self.last_stop = None;
    }
}

const fn limited(frame: u64, word: &'static str) -> Edge {
    Edge {
        frame,
        limited_by: Some(word),
    }
}

/// The take ends wherever the sending stopped.
const QUEUE_FULL: (Edge, Ended) = (limited(0, words::WRITER_QUEUE), Ended::Interrupted);

/// Where a take ends by itself, once the stream is there.
fn end_of(take: &mut Take, stream: &Stream) -> Option<(Edge, Ended)> {
    let longest = take.press + stream.frames_in_ms(take.settings.max_take_ms);
    if let Some(stop) = take.stop.filter(|stop| *stop <= longest) {
        let edge = end_of_stopped(take, stream, stop);
        return edge.map(|edge| (edge, Ended::ByRules));
    }
    // A stop that is on its way may still be in time.
    (stream.end() >= longest + stream.frames_in_ms(LATE_KEY_MS)).then(|| {
        take.stop = None;
        (limited(longest, words::MAX_TAKE), Ended::TooLong)
    })
}

/// Where a stopped take ends, once the stream is there: by its own rules, or at the next key-down.
fn end_of_stopped(take: &Take, stream: &Stream, stop: u64) -> Option<Edge> {
    if matches!(take.outcome, Outcome::Rejected { .. }) {
        return (stream.end() >= stop).then_some(Edge {
            frame: stop,
            limited_by: None,
        });
    }
    let own = window::end(stream, &take.settings, (take.trigger, take.press), stop);
    let Some(next) = take.next_press.map(|frame| frame.max(stop)) else {
        return own;
    };
    match own {
        Some(own) if own.frame <= next => Some(own),
        _ => (stream.end() >= next).then_some(limited(next, words::NEXT_TAKE)),
    }
}
