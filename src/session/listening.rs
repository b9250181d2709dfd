//! Hands-free: speech begins and ends takes, nobody presses a key.
//!
//! Promise: whenever an item is up and nothing is in its way, its reading is waited for, and never otherwise. What the
//! capture thread begins while the session is changing its mind is given up, and leaves a trace that says so.

use std::time::Duration;

use crate::audio::Given;
use crate::corpus::marks::Mark;
use crate::corpus::sidecar::{DecidedBy, Status};
use crate::recorder::messages::{Outcome, TakeRef, ToCapture};
use crate::units::Moment;

use super::engine::Engine;
use super::messages::Effect;
use super::state::{Ears, Leaving, Running};
use super::view::{Mode, Notice, Phase};

/// Nothing was said for so long: a word to the speaker,
const ENCOURAGE_AFTER: Duration = Duration::from_secs(8);
/// and a pause.
const PAUSE_AFTER: Duration = Duration::from_secs(30);
/// Beyond the time that it takes to read a text, for each of its characters.
const PER_CHARACTER: Duration = Duration::from_millis(80);
/// So many items in a row without usable speech pause.
pub(super) const MISSES_LIMIT: u32 = 3;

impl Engine {
    /// Waits for a reading where one can come, and for none where none can.
    pub(super) fn listen_or_rest(&mut self) {
        let undisturbed = self.dialog.is_none() && !self.playing && self.leaving == Leaving::No;
        let wanted = self.mode() == Mode::HandsFree && self.phase == Phase::Idle && undisturbed;
        let shown_at = self.shown_at.filter(|_| wanted);
        let unchanged = self.listening.as_ref().map(|l| l.1) == shown_at;
        // After a reading something else may come than the next prompt: nothing that is said then is a reading.
        let over = self.ears == Ears::Open && shown_at.is_none() && self.phase != Phase::Recording;
        if unchanged && !over {
            return;
        }
        self.listening = None;
        self.ears = if shown_at.is_some() {
            Ears::Open
        } else {
            Ears::Resting
        };
        let Some(shown_at) = shown_at else {
            self.effects.push(Effect::Capture(ToCapture::Rest));
            return;
        };
        let text = self.prompt_of(self.at).text.clone();
        let draft = self.next_draft(self.at);
        self.listening = Some((draft.take_ref.clone(), shown_at));
        self.awaited.insert(draft.take_ref.clone(), self.at);
        let outcome = self.outcome_of(self.at);
        let listen = ToCapture::Listen {
            draft,
            shown_at,
            outcome,
        };
        self.effects.push(Effect::Capture(listen));
        let (at, given) = (shown_at, Given::Prompt);
        self.effects.push(Effect::Cue { text, at, given });
    }

    /// The reading of what is up has begun.
    pub(super) fn speech_began(&mut self, take_ref: TakeRef, at: Moment) {
        let Some(item) = self.awaited.remove(&take_ref) else {
            return;
        };
        let expected = self
            .listening
            .take_if(|(waiting, _)| *waiting == take_ref)
            .is_some();
        self.plan.items[item].takes += 1;
        self.register(&take_ref, item);
        self.note_key("speech_began", item, &take_ref, at);
        if !expected {
            // A key came in between.
            return self.give_up(take_ref, self.now);
        }
        self.running = Some(Running {
            take_ref,
            item,
            since: at,
            end_at: None,
        });
        self.notice = None;
        self.moved = false;
        self.phase = Phase::Recording;
    }

    /// What has begun and is not wanted.
    pub(super) fn give_up(&mut self, take_ref: TakeRef, at: Moment) {
        if let Some(known) = self.takes.get_mut(&take_ref) {
            known.status = Status::Rejected;
        }
        let reason = "cancelled";
        self.effects.push(Effect::Capture(ToCapture::End {
            take_ref,
            at,
            outcome: Outcome::Rejected { reason },
        }));
    }

    /// The reading is over: the next prompt is up at once.
    pub(super) fn speech_ended(&mut self, take_ref: &TakeRef, at: Moment) {
        let Some(running) = self.running.take_if(|r| r.take_ref == *take_ref) else {
            return;
        };
        self.note_key("speech_ended", running.item, take_ref, at);
        self.is_last(running.item, running.take_ref);
        self.after_take(running.item);
    }

    /// Something more was said that belongs to the take before, if one was made: that is the operator's. Of practice and of
    /// the microphone check nothing is kept, and what was given up or deleted meanwhile is nobody's.
    pub(super) fn spoken_on(&mut self, take_ref: Option<TakeRef>) {
        let kept = |take: &TakeRef| {
            let known = self.takes.get(take);
            known.is_some_and(|known| {
                known.status != Status::Rejected && !self.plan.is_practice(known.item)
            })
        };
        let take = take_ref.filter(kept);
        self.note("spoken_on", take.as_ref(), self.now, []);
        if let Some(take) = take {
            let note = Some("spoken_on".into());
            self.mark_by(&take, Mark::Flag { note }, DecidedBy::Auto);
        }
    }

    /// Space: stops listening, or goes on.
    pub(super) fn pause_or_go_on(&mut self, at: Moment) {
        match self.phase {
            Phase::Paused => {
                self.misses = 0;
                self.notice = None;
                self.idle();
                self.show();
            }
            Phase::Recording => {
                self.cancel(at);
                self.phase = Phase::Paused;
            }
            Phase::Idle => {
                self.notice = None;
                self.phase = Phase::Paused;
            }
            _ => {}
        }
    }

    /// Time passes and nobody speaks.
    pub(super) fn watch_silence(&mut self) {
        let Some((_, shown_at)) = &self.listening else {
            return;
        };
        let characters = self.prompt_of(self.at).text.chars().count() as u32;
        let reading = PER_CHARACTER * characters.min(1000);
        let waited = self.now.since(*shown_at).saturating_sub(reading);
        if waited >= PAUSE_AFTER {
            self.phase = Phase::Paused;
            self.notice = Some(Notice::NobodySpoke);
        } else if waited >= ENCOURAGE_AFTER && self.notice.is_none() {
            self.notice = Some(Notice::TakeYourTime);
        }
    }

    /// A reading could not be used; the third in a row pauses.
    pub(super) fn missed(&mut self) {
        self.misses += 1;
        if self.mode() == Mode::HandsFree && self.misses >= MISSES_LIMIT {
            self.misses = 0;
            if let Some(running) = &self.running {
                let at = running.since;
                self.cancel(at);
            }
            if matches!(self.phase, Phase::Idle | Phase::Recording) {
                self.phase = Phase::Paused;
                self.notice = Some(Notice::ThreeMisses);
            }
        }
    }
}
