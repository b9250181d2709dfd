//! How the item that is up is read, where its prompt list asks for something of its own: started and stopped otherwise,
//! with other rolls, unseen before the key, after something to be heard.
//!
//! Promise: what the person in charge fixed for the whole session wins over the list. Rolls are never shorter than the
//! session's, so that nothing is cut off.

use crate::prompts::{Prompt, PromptPhase, Section, SectionMode};
use crate::recorder::messages::{Rolls, TakeRef};
use crate::units::Moment;

use super::Command;
use super::engine::Engine;
use super::messages::Effect;
use super::state::Leaving;
use super::view::{ItemState, Mode, Notice, Phase};

/// Longest roll that a list can ask for, ms; as `--pre-roll` can.
const ROLL_MAX_MS: u32 = 10_000;

impl Engine {
    /// What the list says of the section of an item.
    pub(super) fn section_of(&self, item: usize) -> Option<&Section> {
        let name = self.prompt_of(item).section.as_ref()?;
        let sections = &self.plan.list.sections;
        sections.iter().find(|section| section.name == *name)
    }

    /// How takes of the item that is up are started and stopped.
    pub(super) fn mode(&self) -> Mode {
        let usual = self.usual_mode;
        if self.setup.mode_is_fixed || self.plan.items.is_empty() {
            return self.with_own_time(usual);
        }
        let by_key = match usual {
            Mode::HandsFree | Mode::Timed { .. } => Mode::Keys,
            Mode::Keys | Mode::Hold | Mode::HoldUnavailable => usual,
        };
        match self.section_of(self.at).and_then(|section| section.mode) {
            None => self.with_own_time(usual),
            Some(SectionMode::Keys) => by_key,
            Some(SectionMode::HandsFree) => Mode::HandsFree,
            Some(SectionMode::Timed) => match self.prompt_of(self.at).duration_ms {
                Some(ms) => Mode::Timed { ms },
                None => by_key,
            },
        }
    }

    /// A timed take is as long as its prompt says.
    fn with_own_time(&self, mode: Mode) -> Mode {
        let prompt = (!self.plan.items.is_empty()).then(|| self.prompt_of(self.at));
        match (mode, prompt.and_then(|prompt| prompt.duration_ms)) {
            (Mode::Timed { .. }, Some(ms)) => Mode::Timed { ms },
            (mode, _) => mode,
        }
    }

    /// The prompt is to be seen from the start key on only. Who needs no key must see it before.
    pub(super) fn is_unseen(&self) -> bool {
        let at_the_key = |section: &Section| {
            matches!(
                section.prompt_phase,
                Some(PromptPhase::Recording | PromptPhase::Prerecording)
            )
        };
        self.phase != Phase::Recording
            && self.item().state == ItemState::Open
            && self.mode() != Mode::HandsFree
            && self.section_of(self.at).is_some_and(at_the_key)
    }

    /// The start key uncovers a prompt that was not to be seen before.
    pub(super) fn uncover(&mut self, at: Moment) {
        if self.is_unseen() {
            self.seen(at);
        }
    }

    /// From now on the item that is up is to be heard before it is read.
    pub(super) fn elicit(&mut self) {
        let open = self.item().state == ItemState::Open;
        self.elicitation = match self.prompt_of(self.at).audio {
            Some(_) if open => Elicitation::Due,
            _ => Elicitation::None,
        };
    }

    /// Plays what is to be heard, where nothing is in its way.
    pub(super) fn elicit_if_due(&mut self) {
        let free = self.phase == Phase::Idle && self.dialog.is_none() && !self.playing;
        let due = self.elicitation == Elicitation::Due && self.leaving == Leaving::No;
        if !due || !free || self.open_window().is_some() {
            return;
        }
        self.elicitation = Elicitation::Playing;
        self.playing = true;
        let id = self.prompt_of(self.at).id.clone();
        self.note(
            "prompt_played",
            None,
            self.now,
            [("prompt", id.as_str().into())],
        );
        self.effects.push(Effect::PlayPrompt(id));
    }

    /// A take whose window is still open: what is played now would be in it.
    pub(super) fn open_window(&self) -> Option<TakeRef> {
        let mut takes = self.takes.iter();
        let open = takes.find(|(_, known)| !known.closed);
        let of_check = || self.pending.iter().find(|take_ref| self.is_check(take_ref));
        open.map(|(take_ref, _)| take_ref)
            .or_else(of_check)
            .cloned()
    }

    /// What was to be heard is over: the reading is waited for from now on, or begins, where the key for it was pressed.
    pub(super) fn elicited(&mut self, until: Moment) {
        match std::mem::take(&mut self.elicitation) {
            Elicitation::Playing => self.shown_at = self.shown_at.map(|shown| shown.max(until)),
            Elicitation::CutShort { at } => {
                let at = at.max(until);
                self.elicitation = Elicitation::Over { at };
            }
            other => self.elicitation = other,
        }
    }

    /// Begins the reading whose start key cut the prompt short, as soon as that is silent and nothing else has come.
    pub(super) fn begin_after_prompt(&mut self) {
        let Elicitation::Over { at } = self.elicitation else {
            return;
        };
        if self.now < at {
            return;
        }
        self.elicitation = Elicitation::None;
        if self.phase == Phase::Idle && self.dialog.is_none() && self.leaving == Leaving::No {
            self.start(at);
        }
    }

    /// The sound of the prompt that is up could not be played: that is told and kept, and the reading goes on without.
    pub(super) fn not_elicited(&mut self, why: String) {
        let id = self.prompt_of(self.at).id.clone();
        let data = [("prompt", id.into()), ("reason", why.as_str().into())];
        self.note("prompt_not_played", None, self.now, data);
        self.elicited(self.now);
        if self.elicitation == Elicitation::None {
            self.elicitation = Elicitation::Failed;
        }
        self.notice = Some(Notice::CannotPlayPrompt(why));
    }

    /// A key while the prompt is heard: a start key cuts it short, where that may be, and the reading begins when it is
    /// silent, for it must not be in the take. Whether that is all that the key does.
    pub(super) fn answer_elicitation(&mut self, command: &Command, at: Moment) -> bool {
        let starts = matches!(command, Command::StartStop | Command::HoldStart);
        match self.elicitation {
            Elicitation::Playing if starts && self.prompt_of(self.at).blocked => {}
            Elicitation::Playing if starts && self.mode() != Mode::HandsFree => {
                self.elicitation = Elicitation::CutShort { at };
                self.effects.push(Effect::StopPlaying);
            }
            Elicitation::CutShort { .. } | Elicitation::Over { .. } if starts => {}
            Elicitation::CutShort { .. } | Elicitation::Over { .. }
                if *command == Command::HoldEnd =>
            {
                self.elicitation = Elicitation::None;
            }
            _ => return false,
        }
        true
    }

    /// P means the prompt where there is no take of it to be heard.
    pub(super) fn hear_prompt_again(&mut self) -> bool {
        let again =
            self.none_yet() && self.phase == Phase::Idle && self.prompt_of(self.at).audio.is_some();
        if again {
            self.elicitation = Elicitation::Due;
        }
        again
    }

    /// There is no take of the item that is up.
    pub(super) fn none_yet(&self) -> bool {
        let planned = self.item();
        planned.latest.is_none() && planned.current.is_none() && planned.takes == 0
    }
}

/// What is to be heard before the item that is up is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Elicitation {
    /// Nothing, or it was.
    #[default]
    None,
    /// Nothing more: its sound could not be played.
    Failed,
    /// Its sound, as soon as nothing is in the way.
    Due,
    /// Its sound is heard now.
    Playing,
    /// Its sound is being cut short by the start key of this moment.
    CutShort {
        /// When the key was pressed.
        at: Moment,
    },
    /// Its sound was cut short, and the reading begins at this moment: then it is silent.
    Over {
        /// When.
        at: Moment,
    },
}

/// The rolls that a prompt asks for beyond those of the session.
pub(super) fn rolls(prompt: &Prompt, (pre_roll_ms, post_roll_ms): (u32, u32)) -> Rolls {
    let longer = |asked: Option<u32>, usual: u32| {
        let asked = asked.map(|ms| ms.min(ROLL_MAX_MS));
        asked.filter(|ms| *ms > usual)
    };
    Rolls {
        pre_roll_ms: longer(prompt.pre_delay_ms, pre_roll_ms),
        post_roll_ms: longer(prompt.post_delay_ms, post_roll_ms),
    }
}
