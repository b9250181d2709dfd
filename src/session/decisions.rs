//! What a speaker decides between takes: accept, redo, play, skip, undo, delete, move.

use crate::corpus::sidecar::{DecidedBy, Status};
use crate::recorder::messages::{TakeRef, ToWriter};
use crate::units::Moment;

use super::engine::Engine;
use super::messages::Effect;
use super::state::Decision;
use super::takes::decide;
use super::view::{Dialog, ItemState, Notice, Phase};

/// Why an item is passed over, in the order of the choices.
const SKIP_REASONS: [&str; 4] = ["cannot_say", "wrong_text", "offensive", "other"];

impl Engine {
    /// The take that P, R and X mean: that of the item moved to, otherwise the last one stopped.
    pub(super) fn focus(&self) -> Option<(usize, TakeRef)> {
        if self.moved {
            self.item()
                .current
                .clone()
                .map(|take_ref| (self.at, take_ref))
        } else {
            self.last.clone()
        }
    }

    /// Accepts the last take, where nobody has decided or the verdict was against it. At the end it leaves.
    pub(super) fn accept(&mut self, at: Moment) {
        if self.look_or_go_back() {
            return;
        }
        let last = self.last.clone();
        let Some((item, take_ref)) = last.filter(|(_, t)| self.is_undecided(t)) else {
            if self.phase == Phase::Done {
                self.quit(at);
            }
            return;
        };
        self.when_saved(
            &take_ref,
            decide(&take_ref, Status::Accepted, DecidedBy::Speaker, ""),
        );
        self.accepted(&take_ref);
        self.notice = Some(Notice::Accepted);
        if item == self.at {
            self.advance(item);
        }
    }

    /// Back to the item of the last take; the old take counts until a new one does.
    pub(super) fn redo(&mut self) {
        let Some((item, take_ref)) = self.focus() else {
            self.notice = Some(Notice::NoTake);
            return;
        };
        if self.review_waits() {
            self.reject(&take_ref, "redone");
        }
        self.undo.push(Decision::Redone {
            item,
            from: self.at,
        });
        self.idle();
        self.go_to(item);
        self.notice = Some(Notice::Redoing);
    }

    fn reject(&mut self, take_ref: &TakeRef, reason: &str) {
        if let Some(known) = self.takes.get_mut(take_ref) {
            known.status = Status::Rejected;
        }
        self.when_saved(
            take_ref,
            decide(take_ref, Status::Rejected, DecidedBy::Speaker, reason),
        );
    }

    pub(super) fn play(&mut self) {
        match self.focus() {
            Some((_, take_ref)) => {
                let after = self.open_window().unwrap_or_else(|| take_ref.clone());
                self.playing = !self.pending.contains(&after);
                self.playing_whole();
                self.when_saved(&after, Effect::Play(take_ref));
            }
            None => self.notice = Some(Notice::NoTake),
        }
    }

    /// What plays stops, and what waits to be played is forgotten: the key after it may start a take.
    pub(super) fn stop_playing(&mut self) {
        self.deferred
            .retain(|(_, effect)| !matches!(effect, Effect::Play(_)));
        if self.playing {
            self.effects.push(Effect::StopPlaying);
        }
    }

    /// Asks why the item is passed over. A practice needs no reason.
    pub(super) fn ask_skip(&mut self) {
        if self.plan.is_practice(self.at) {
            self.set_state(self.at, ItemState::Skipped);
            self.moved = false;
            self.notice = None;
            self.advance(self.at);
        } else {
            self.dialog = Some(Dialog::SkipReason);
        }
    }

    /// Passes over the item; a take that counted counts no more.
    pub(super) fn skip(&mut self, choice: u8) {
        let Some(reason) = SKIP_REASONS.get(usize::from(choice).wrapping_sub(1)) else {
            return;
        };
        self.dialog = None;
        let item = self.at;
        let draft = self.draft(item);
        let take_ref = draft.take_ref.clone();
        self.effects
            .push(Effect::Write(ToWriter::Skip { draft, reason }));
        let was = self.plan.items[item].current.take();
        if let Some(old) = &was {
            self.reject(old, "skipped");
        }
        self.set_state(item, ItemState::Skipped);
        self.note(
            "skipped",
            Some(&take_ref),
            self.now,
            [("reason", (*reason).into())],
        );
        self.undo.push(Decision::Skipped {
            item,
            take_ref,
            was,
        });
        self.moved = false;
        self.advance(item);
        self.notice = Some(Notice::Skipped);
    }

    /// One item back or on, whatever its state.
    pub(super) fn step(&mut self, by: isize) {
        // What was practised is over.
        let first = match self.plan.practice.len() {
            practice if self.at >= practice => practice,
            _ => 0,
        };
        let within = |to: &usize| (first..self.plan.items.len()).contains(to);
        let to = self.at.checked_add_signed(by).filter(within);
        let Some(to) = to else {
            self.notice = Some(Notice::NoFurther);
            return;
        };
        self.notice = None;
        self.idle();
        self.moved = true;
        self.go_to(to);
    }

    /// Reverses the last decision and goes to its item.
    pub(super) fn undo(&mut self) {
        // What was just stopped is what is meant, although nothing is decided about it.
        if let Some((item, take_ref)) = self.undecided_last() {
            self.reject(&take_ref, "undone");
            return self.undone(item);
        }
        match self.undo.pop() {
            None => self.notice = Some(Notice::NothingToUndo),
            Some(Decision::Redone { from, .. }) => self.undone(from),
            Some(Decision::Accepted {
                item,
                take_ref,
                replaced,
            }) => {
                self.when_saved(
                    &take_ref,
                    decide(&take_ref, Status::Unreviewed, DecidedBy::Speaker, "undone"),
                );
                if let Some(known) = self.takes.get_mut(&take_ref) {
                    known.status = Status::Unreviewed;
                }
                if replaced.is_some() {
                    self.redone -= 1;
                }
                self.restore(item, &take_ref, replaced);
            }
            Some(Decision::Skipped {
                item,
                take_ref,
                was,
            }) => {
                let reversed = decide(&take_ref, Status::Rejected, DecidedBy::Speaker, "undone");
                self.effects.push(reversed);
                self.restore(item, &take_ref, was);
            }
        }
    }

    /// A take that was just stopped and has no verdict yet.
    pub(super) fn undecided_last(&self) -> Option<(usize, TakeRef)> {
        let (item, take_ref) = self.last.clone()?;
        let known = self.takes.get(&take_ref)?;
        let waits = self.pending.contains(&take_ref) && known.status == Status::Unreviewed;
        (waits && self.phase != Phase::Review).then_some((item, take_ref))
    }

    /// `old` counts again, where there was one; the item is open otherwise.
    fn restore(&mut self, item: usize, undone: &TakeRef, old: Option<TakeRef>) {
        if let Some(old) = &old {
            if let Some(known) = self.takes.get_mut(old) {
                known.status = Status::Accepted;
            }
            self.when_saved(
                undone,
                decide(old, Status::Accepted, DecidedBy::Speaker, "undone"),
            );
        }
        let state = if old.is_some() {
            ItemState::Recorded
        } else {
            ItemState::Open
        };
        self.plan.items[item].current = old;
        self.set_state(item, state);
        self.undone(item);
    }

    fn undone(&mut self, item: usize) {
        self.idle();
        self.go_to(item);
        self.notice = Some(Notice::Undone);
    }

    pub(super) fn ask_delete(&mut self) {
        match self.focus() {
            Some((item, _)) => {
                let text = self.prompt_of(item).text.clone();
                self.dialog = Some(Dialog::ConfirmDelete(text));
            }
            None => self.notice = Some(Notice::NoTake),
        }
    }

    /// Deletes the take for good; its item is open again.
    pub(super) fn delete(&mut self) {
        self.dialog = None;
        let Some((item, take_ref)) = self.focus() else {
            return;
        };
        let delete = Effect::Write(ToWriter::Delete {
            take_ref: take_ref.clone(),
        });
        self.when_saved(&take_ref, delete);
        if let Some(known) = self.takes.get_mut(&take_ref) {
            known.status = Status::Rejected;
        }
        if self.plan.items[item].current.as_ref() == Some(&take_ref) {
            self.plan.items[item].current = None;
            self.set_state(item, ItemState::Open);
        }
        self.undo.retain(|decision| match decision {
            Decision::Accepted {
                take_ref: t,
                replaced,
                ..
            } => *t != take_ref && replaced.as_ref() != Some(&take_ref),
            Decision::Skipped { was, .. } => was.as_ref() != Some(&take_ref),
            Decision::Redone { .. } => true,
        });
        self.last = self.last.take().filter(|(_, t)| *t != take_ref);
        self.forget(item, &take_ref);
        self.idle();
        self.go_to(item);
    }
}
