//! Takes in the engine: start, stop, restart, cancel, and what the verdict makes of them.

use std::time::Duration;

use crate::audio::Given;
use crate::corpus::sidecar::{DecidedBy, Quality, Status, Verdict};
use crate::recorder::messages::{Outcome, TakeRef, ToCapture, ToWriter};
use crate::units::Moment;

use super::engine::Engine;
use super::items::ASK_AGAIN_LIMIT;
use super::messages::Effect;
use super::setup::Review;
use super::state::{Decision, Known, Leaving, Running};
use super::view::{ItemState, Mode, Notice, Phase};

impl Engine {
    pub(super) fn start(&mut self, at: Moment) {
        let item = self.at;
        let text = self.prompt_of(item).text.clone();
        self.uncover(at);
        let draft = self.draft(item);
        let take_ref = draft.take_ref.clone();
        self.register(&take_ref, item);
        let end_at = match self.mode() {
            Mode::Timed { ms } => Some(at + Duration::from_millis(u64::from(ms))),
            Mode::Keys | Mode::Hold | Mode::HoldUnavailable | Mode::HandsFree => None,
        };
        self.notice = None;
        self.moved = false;
        self.phase = Phase::Recording;
        self.running = Some(Running {
            take_ref: take_ref.clone(),
            item,
            since: at,
            end_at,
        });
        self.note_key("key_down", item, &take_ref, at);
        self.effects
            .push(Effect::Capture(ToCapture::Begin { draft, at }));
        let given = Given::Key;
        self.effects.push(Effect::Cue { text, at, given });
    }

    /// Notes when a take began or ended, where anything is kept of it.
    pub(super) fn note_key(
        &mut self,
        event: &'static str,
        item: usize,
        take_ref: &TakeRef,
        at: Moment,
    ) {
        if !self.plan.is_practice(item) {
            self.note(event, Some(take_ref), at, []);
        }
    }

    /// This is the take that P, R, X and U mean, if anything is kept of it.
    pub(super) fn is_last(&mut self, item: usize, take_ref: TakeRef) {
        if !self.plan.is_practice(item) {
            self.last = Some((item, take_ref));
        }
    }

    /// From now on a take of `item` is under way.
    pub(super) fn register(&mut self, take_ref: &TakeRef, item: usize) {
        let known = Known {
            item,
            status: Status::Unreviewed,
            frames: 0,
            closed: false,
            saved_as: None,
        };
        self.takes.insert(take_ref.clone(), known);
        self.pending.insert(take_ref.clone());
    }

    /// The speaker stops: the next prompt is up at once, saving goes on behind it.
    pub(super) fn stop(&mut self, at: Moment) {
        let Some(running) = &self.running else { return };
        let outcome = self.outcome_of(running.item);
        if let Some(item) = self.end(at, outcome) {
            self.after_take(item);
        }
    }

    /// The running take needs no stop.
    pub(super) fn ends_by_itself(&self) -> bool {
        self.running.as_ref().is_some_and(|r| r.end_at.is_some())
    }

    /// Stops a timed take whose time is over.
    pub(super) fn end_timed_take(&mut self) {
        let due = self
            .running
            .as_ref()
            .and_then(|r| r.end_at)
            .filter(|end| self.now >= *end);
        if let Some(end) = due {
            self.stop(end);
        }
    }

    /// What becomes of a take of `item` that is read to its end.
    pub(super) fn outcome_of(&self, item: usize) -> Outcome {
        if self.plan.is_practice(item) {
            return Outcome::ByVerdict;
        }
        let asked = self.asked_again.get(&item);
        match self.setup.review.outcome() {
            Outcome::ByVerdict if asked.is_some_and(|n| *n >= ASK_AGAIN_LIMIT) => Outcome::LastTry,
            outcome => outcome,
        }
    }

    /// Rejects the running take and starts the next at this very key; hands-free, the next reading.
    pub(super) fn restart(&mut self, at: Moment) {
        self.end(
            at,
            Outcome::Rejected {
                reason: "restarted",
            },
        );
        if self.mode() == Mode::HandsFree {
            self.idle();
            self.show();
        } else {
            self.start(at);
        }
        self.notice = Some(Notice::Restarted);
    }

    pub(super) fn cancel(&mut self, at: Moment) {
        self.end(
            at,
            Outcome::Rejected {
                reason: "cancelled",
            },
        );
        self.idle();
        if self.mode() == Mode::HandsFree {
            self.show();
        }
        self.notice = Some(Notice::Cancelled);
    }

    pub(super) fn end(&mut self, at: Moment, outcome: Outcome) -> Option<usize> {
        let running = self.running.take()?;
        let given_up = matches!(outcome, Outcome::Rejected { .. });
        if let Some(known) = self.takes.get_mut(&running.take_ref).filter(|_| given_up) {
            known.status = Status::Rejected;
        }
        self.note_key("key_up", running.item, &running.take_ref, at);
        self.is_last(running.item, running.take_ref.clone());
        self.effects.push(Effect::Capture(ToCapture::End {
            take_ref: running.take_ref,
            at,
            outcome,
        }));
        Some(running.item)
    }

    /// Where a take leads: to its verdict, where it was practice; to its review, to the next open item, or to the end.
    pub(super) fn after_take(&mut self, item: usize) {
        if self.plan.is_practice(item) {
            self.phase = Phase::Closing;
        } else if self.setup.review == Review::Always {
            self.review_last();
        } else {
            self.advance(item);
        }
    }

    /// To the next open item after `item`, or to the end.
    pub(super) fn advance(&mut self, item: usize) {
        self.item_is_over();
        match self.next_open(item + 1) {
            Some(next) => {
                self.idle();
                self.move_on_to(next);
            }
            None => self.phase = Phase::Closing,
        }
    }

    /// Idle, where the source is ready; otherwise waiting for it.
    pub(super) fn idle(&mut self) {
        let ready = self.source.up && self.source.clock_ready;
        self.phase = if ready { Phase::Idle } else { Phase::Opening };
    }

    /// A take's window is closed: its verdict is known.
    pub(super) fn closed(
        &mut self,
        take_ref: &TakeRef,
        quality: &Quality,
        status: Status,
        frames: u64,
        cut_by: Option<&'static str>,
    ) {
        let Some(known) = self.takes.get_mut(take_ref) else {
            return;
        };
        known.frames = frames;
        let given_up = known.status == Status::Rejected;
        let item = known.item;
        if self.plan.is_practice(item) {
            return self.practised(take_ref, quality, status, cut_by);
        }
        if !given_up {
            known.status = status;
            self.watch_room(&quality.warnings, quality.noise_floor_dbfs);
        }
        self.remember(take_ref, quality, frames);
        let ended_by_itself = self
            .running
            .as_ref()
            .is_some_and(|r| r.take_ref == *take_ref);
        if ended_by_itself {
            self.running = None;
            self.last = Some((item, take_ref.clone()));
        }
        match status {
            Status::Accepted if !given_up => {
                self.accepted(take_ref);
                self.misses = 0;
                self.tell_doubts(item, quality);
            }
            Status::Rejected if !given_up => {
                self.ask_again(item, quality);
                self.missed();
            }
            // Asked often enough: it is for the operator.
            Status::Unreviewed if self.setup.review != Review::Always && !given_up => {
                self.ask_again(item, quality);
                self.missed();
            }
            Status::Interrupted => {
                let text = self.prompt_of(item).text.clone();
                self.notice = Some(Notice::Interrupted {
                    text,
                    cause: cut_by.unwrap_or("unknown"),
                });
            }
            _ => {}
        }
        if ended_by_itself {
            self.after_cut(item, cut_by);
        }
        if let Some(known) = self.takes.get_mut(take_ref) {
            known.closed = true;
            self.settle_take(take_ref);
        }
    }

    /// A take was not begun because no source was there: it leaves no trace.
    pub(super) fn refused(&mut self, take_ref: &TakeRef) {
        self.pending.remove(take_ref);
        let Some(known) = self.takes.remove(take_ref) else {
            return;
        };
        let was_running = self.running.take_if(|r| r.take_ref == *take_ref).is_some();
        self.last.take_if(|(_, last)| last == take_ref);
        self.notice = Some(Notice::Interrupted {
            text: self.prompt_of(known.item).text.clone(),
            cause: "no_source",
        });
        if was_running {
            self.after_cut(known.item, None);
        }
    }

    /// The running take was ended by something other than a key.
    pub(super) fn after_cut(&mut self, item: usize, cut_by: Option<&'static str>) {
        if cut_by == Some("max_take") {
            self.after_take(item);
            if self.setup.review != Review::Never {
                self.notice = Some(Notice::TooLong(self.prompt_of(item).text.clone()));
            }
        } else if self.leaving == Leaving::No || self.leaving == Leaving::ToStop {
            self.idle();
        }
    }

    /// From now on this take is the one that counts.
    pub(super) fn accepted(&mut self, take_ref: &TakeRef) {
        let Some(known) = self.takes.get_mut(take_ref) else {
            return;
        };
        known.status = Status::Accepted;
        let item = known.item;
        let replaced = self.plan.items[item].current.replace(take_ref.clone());
        let replaced = replaced.filter(|old| old != take_ref);
        self.set_state(item, ItemState::Recorded);
        self.asked_again.remove(&item);
        if let Some(old) = &replaced {
            self.redone += 1;
            let decide = decide(old, Status::Superseded, DecidedBy::Auto, "unspecified");
            if let Some(known) = self.takes.get_mut(old) {
                known.status = Status::Superseded;
            }
            self.when_saved(take_ref, decide);
        }
        self.undo.push(Decision::Accepted {
            item,
            take_ref: take_ref.clone(),
            replaced,
        });
    }

    /// A take is on the disk.
    pub(super) fn saved(&mut self, take_ref: &TakeRef, status: Status) {
        if self.is_check(take_ref) {
            self.pending.remove(take_ref);
        }
        if let Some(known) = self.takes.get_mut(take_ref) {
            known.saved_as = Some(status);
            self.settle_take(take_ref);
        }
    }

    /// Goes on with what waited for a take that is judged and on the disk. Where the disk cut it short it does not count,
    /// whatever the verdict was.
    fn settle_take(&mut self, take_ref: &TakeRef) {
        let settled = self.takes.get(take_ref).filter(|known| known.is_settled());
        let Some(status) = settled.and_then(|known| known.saved_as) else {
            return;
        };
        self.pending.remove(take_ref);
        let (due, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.deferred)
            .into_iter()
            .partition(|(t, _)| t == take_ref);
        self.deferred = rest;
        let Some(known) = self.takes.get_mut(take_ref) else {
            return;
        };
        let item = known.item;
        let cut_short = status == Status::Interrupted && known.status == Status::Accepted;
        if !cut_short {
            // From when it is asked for, not from its first sound: a take could begin in between.
            self.playing |= due.iter().any(|(_, e)| matches!(e, Effect::Play(_)));
            self.effects
                .extend(due.into_iter().map(|(_, effect)| effect));
            return;
        }
        // What waited was about a take that counts: the older one goes on counting instead. What was noted stays noted.
        known.status = status;
        let noted = |(_, effect): &(TakeRef, Effect)| {
            let noted = matches!(effect, Effect::Write(ToWriter::Annotate { .. }));
            noted || matches!(effect, Effect::Look(_))
        };
        let kept = due.into_iter().filter(noted).map(|(_, effect)| effect);
        self.effects.extend(kept);
        let replaced = self.undo.iter().find_map(|decision| match decision {
            Decision::Accepted {
                take_ref: t,
                replaced,
                ..
            } if t == take_ref => replaced.clone(),
            _ => None,
        });
        self.undo.retain(
            |decision| !matches!(decision, Decision::Accepted { take_ref: t, .. } if t == take_ref),
        );
        let state = if replaced.is_some() {
            ItemState::Recorded
        } else {
            ItemState::Open
        };
        self.plan.items[item].current = replaced;
        self.set_state(item, state);
        let text = self.prompt_of(item).text.clone();
        self.notice = Some(Notice::Interrupted {
            text,
            cause: "disk_error",
        });
    }

    /// Says in one line what is doubtful about a take that is kept.
    fn tell_doubts(&mut self, item: usize, quality: &Quality) {
        if quality.verdict != Verdict::Look || self.setup.review == Review::Never {
            return;
        }
        let found = |word: &&str| quality.warnings.iter().any(|warning| warning == word);
        if let Some(word) = TO_THE_SPEAKER.into_iter().find(found) {
            let text = self.prompt_of(item).text.clone();
            self.notice = Some(Notice::Doubtful(text, word));
        }
    }

    /// Puts an item back into the list, twice at most.
    fn ask_again(&mut self, item: usize, quality: &Quality) {
        let asked = self.asked_again.entry(item).or_insert(0);
        *asked += 1;
        let given_up = *asked > ASK_AGAIN_LIMIT;
        if given_up && self.plan.items[item].current.is_some() {
            self.set_state(item, ItemState::Recorded);
        } else {
            self.set_state(item, ItemState::Open);
        }
        if self.setup.review == Review::Never {
            return;
        }
        let text = self.prompt_of(item).text.clone();
        let has = |word: &str| quality.warnings.iter().any(|w| w == word);
        self.notice = Some(if has("lost_frames") {
            Notice::LostFrames(text)
        } else if has("clipped") {
            Notice::TooLoud(text)
        } else if has("start_cut") || has("end_cut") {
            Notice::CutOff(text)
        } else {
            Notice::NothingHeard(text)
        });
    }
}

/// The words of a verdict that a speaker can do something about, the gravest first.
pub(super) const TO_THE_SPEAKER: [&str; 8] = [
    "no_voice", "cough", "quiet", "loud", "noisy", "short", "long", "misread",
];

/// A decision for the writer.
pub(super) fn decide(take_ref: &TakeRef, status: Status, by: DecidedBy, reason: &str) -> Effect {
    let reasons = if reason.is_empty() {
        Vec::new()
    } else {
        vec![reason.to_owned()]
    };
    Effect::Write(ToWriter::Decide {
        take_ref: take_ref.clone(),
        status,
        by,
        reasons,
    })
}
