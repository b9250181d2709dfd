//! The engine's view: what a face needs, made afresh from the state.

use crate::corpus::sidecar::Status;
use crate::prompts::Section;
use crate::recorder::messages::TakeRef;
use crate::units::{Moment, ms_of_frames};

use super::engine::Engine;
use super::manner::Elicitation;
use super::view::{Heard, Mode, Phase, PromptView, Seen, SessionView, SourceLine, Summary};

impl Engine {
    /// The session as it stands at `now`. Level and clipping are the runtime's to add.
    pub fn view(&self, now: Moment) -> SessionView {
        let (done, total) = if self.plan.is_practice(self.at) {
            (self.at, self.plan.practice.len())
        } else {
            (self.plan.total() - self.open, self.plan.total())
        };
        SessionView {
            phase: self.phase,
            mode: self.mode(),
            prompt: self.may_be_read().then(|| self.prompt_view()),
            practice: self.plan.is_practice(self.at),
            position: self.plan.position(self.at),
            total,
            done,
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
            eliciting: matches!(
                self.elicitation,
                Elicitation::Playing | Elicitation::CutShort { .. } | Elicitation::Over { .. }
            ),
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

    /// What is up is read aloud as soon as it can be seen, hands-free and by whoever is in a hurry: it stays hidden while
    /// nobody listens, and until the check that comes first.
    fn may_be_read(&self) -> bool {
        let opening = self.phase == Phase::Opening;
        let check_first = self.checks.due && (opening || self.phase == Phase::Idle);
        let deaf = opening && self.mode() == Mode::HandsFree;
        !(self.plan.items.is_empty() || check_first || deaf)
    }

    fn prompt_view(&self) -> PromptView {
        let prompt = self.prompt_of(self.at);
        let to_speaker = |section: &Section| section.speaker_display != Some(false);
        let unseen = self.is_unseen();
        let seen = |words: &Option<String>| words.clone().filter(|_| !unseen);
        PromptView {
            text: seen(&Some(prompt.text.clone())).unwrap_or_default(),
            translation: seen(&prompt.translation),
            hint: seen(&prompt.hint),
            note: prompt.note.clone(),
            comment: prompt.comment.clone(),
            language: prompt.language.clone(),
            seen: if unseen {
                Seen::FromTheKey
            } else if self.section_of(self.at).is_none_or(to_speaker) {
                Seen::ByAll
            } else {
                Seen::ByOperator
            },
            heard: match prompt.audio {
                None => Heard::No,
                Some(_) if prompt.blocked => Heard::ToItsEnd,
                Some(_) => Heard::First,
            },
            unheard: self.elicitation == Elicitation::Failed && self.none_yet(),
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

    /// The last words of the study, or of the list, for who has read everything.
    fn closing(&self) -> Option<String> {
        let of_study = self.setup.script.instructions.end.as_ref();
        let last = self.plan.list.prompts.last();
        let end = of_study.or(last.and_then(|prompt| prompt.afterwards.as_ref()));
        end.filter(|_| self.open == 0).cloned()
    }

    /// Every item is done, nothing is asked, and the speaker has not left yet.
    pub fn is_done(&self) -> bool {
        self.phase == Phase::Done && self.dialog.is_none()
    }
}
