//! The engine's view: what a face needs, made afresh from the state.

use crate::corpus::sidecar::Status;
use crate::recorder::messages::TakeRef;
use crate::units::{Moment, ms_of_frames};

use super::engine::Engine;
use super::view::{PromptView, SessionView, SourceLine, Summary};

impl Engine {
    /// The session as it stands at `now`. Level and clipping are the runtime's to add.
    pub fn view(&self, now: Moment) -> SessionView {
        SessionView {
            phase: self.phase,
            mode: self.mode,
            prompt: (!self.plan.items.is_empty()).then(|| self.prompt_view()),
            practice: self.plan.is_practice(self.at),
            position: self.plan.position(self.at),
            total: if self.plan.is_practice(self.at) {
                self.plan.practice.len()
            } else {
                self.plan.total()
            },
            done: if self.plan.is_practice(self.at) {
                self.at
            } else {
                self.plan.total() - self.open
            },
            saving: self.saving(),
            item: self.item().state,
            notice: self.notice.clone(),
            dialog: self.dialog.clone(),
            source: Some(self.source_line()),
            minutes_left: self
                .free_bytes
                .map(|b| b / self.setup.bytes_per_second.max(1) / 60),
            level_dbfs: None,
            clipping: false,
            take_seconds: self
                .running
                .as_ref()
                .map_or(0, |r| now.since(r.since).as_secs()),
            has_last_take: self.focus().is_some(),
            playing: self.playing,
            review: self.review_view(),
            marks: self
                .focus()
                .map(|(_, t)| self.marks(&t))
                .unwrap_or_default(),
        }
    }

    /// Takes that are stopped and not on the disk. A check's are nobody's business.
    fn saving(&self) -> usize {
        let stopped = |take_ref: &&TakeRef| {
            let running = self.running.as_ref().map(|running| &running.take_ref);
            !self.is_check(take_ref) && running != Some(*take_ref)
        };
        self.pending.iter().filter(stopped).count()
    }

    fn prompt_view(&self) -> PromptView {
        let prompt = self.prompt_of(self.at);
        PromptView {
            text: prompt.text.clone(),
            hint: prompt.hint.clone(),
            note: prompt.note.clone(),
            language: prompt.language.clone(),
        }
    }

    fn source_line(&self) -> SourceLine {
        let source = &self.setup.source;
        SourceLine {
            name: source.name.clone(),
            sample_rate_hz: source.format.sample_rate_hz,
            channels: source.format.channels,
            bits: self.setup.bits.into(),
        }
    }

    /// What was done; `folder` and `command` are for the speaker to copy.
    pub fn summary(&self, folder: String, command: String) -> Summary {
        let rate = self.setup.source.format.sample_rate_hz;
        let counting = self
            .takes
            .values()
            .filter(|k| k.status == Status::Accepted && k.is_settled());
        let frames: u64 = counting.map(|k| k.frames).sum();
        let ms = ms_of_frames(rate, frames);
        let total = self.plan.total();
        Summary {
            complete: self.open == 0,
            recorded: self.recorded,
            redone: self.redone,
            skipped: total - self.open - self.recorded,
            remaining: self.open,
            minutes: ms / 60_000.0,
            speaker: self.setup.speaker.clone(),
            folder,
            command,
            closing: self.closing(),
            troubles: self.troubles.clone(),
        }
    }

    /// The study's last words, for who has read everything.
    fn closing(&self) -> Option<String> {
        let end = self.setup.script.instructions.end.as_ref();
        end.filter(|_| self.open == 0).cloned()
    }

    /// Every item is done, nothing is asked, and the speaker has not left yet.
    pub fn is_done(&self) -> bool {
        self.phase == super::view::Phase::Done && self.dialog.is_none()
    }
}
