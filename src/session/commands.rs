//! What a command means in the phase that the session is in. What it then does stands where its matter is: takes,
//! decisions, items, leaving.

use crate::recorder::messages::ToWriter;
use crate::units::Moment;

use super::Command;
use super::engine::Engine;
use super::messages::Effect;
use super::state::Leaving;
use super::view::{Dialog, Mode, Notice, Phase};

impl Engine {
    /// Carries out what a person wants, or lets it be where it means nothing now.
    pub(super) fn command(&mut self, command: &Command, at: Moment) {
        let stops = matches!(
            command,
            Command::StartStop | Command::HoldEnd | Command::Cancel
        );
        let running = self.phase == Phase::Recording;
        if self.dialog.is_some() && !(running && stops) && self.answer(command, at) {
            return;
        }
        if *command == Command::Quit {
            return self.quit(at);
        }
        if self.leaving != Leaving::No {
            return;
        }
        match self.phase {
            Phase::Recording => self.command_while_recording(command, at),
            Phase::Opening => {
                if *command == Command::Help {
                    self.dialog = Some(Dialog::Help);
                }
            }
            _ => self.command_while_idle(command, at),
        }
    }

    fn command_while_recording(&mut self, command: &Command, at: Moment) {
        match command {
            Command::StartStop if self.mode() == Mode::HandsFree => self.pause_or_go_on(at),
            Command::StartStop if !self.ends_by_itself() => self.stop(at),
            Command::HoldEnd => self.stop(at),
            Command::Redo => self.restart(at),
            Command::Cancel => self.cancel(at),
            _ => {}
        }
    }

    fn command_while_idle(&mut self, command: &Command, at: Moment) {
        if *command == Command::Play && self.playing && self.play_speech() {
            return;
        }
        if self.answer_elicitation(command, at) {
            return;
        }
        if *command == Command::Play && !self.playing && self.hear_prompt_again() {
            return;
        }
        let beside = matches!(command, Command::Flag | Command::Transcribe);
        let played = self.playing && !beside;
        if !beside {
            self.stop_playing();
        }
        if played
            && matches!(
                command,
                Command::StartStop | Command::HoldStart | Command::Play | Command::Cancel
            )
        {
            return;
        }
        match command {
            Command::StartStop if self.mode() == Mode::HandsFree => self.pause_or_go_on(at),
            Command::StartStop | Command::HoldStart if self.phase == Phase::Idle => self.start(at),
            Command::Accept => self.accept(at),
            Command::Redo => self.redo(),
            Command::Play => self.play(),
            Command::Skip if self.phase == Phase::Idle => self.ask_skip(),
            Command::Previous => self.step(-1),
            Command::Next => self.step(1),
            Command::Undo => self.undo(),
            Command::Delete => self.ask_delete(),
            Command::Flag => self.flag(),
            Command::Transcribe => self.transcribe(),
            Command::List => self.list(),
            Command::Help => self.dialog = Some(Dialog::Help),
            Command::Check if self.phase != Phase::Done => self.begin_check(),
            _ => {}
        }
    }

    /// Handles a command while a dialog is up; `false` lets it through.
    fn answer(&mut self, command: &Command, at: Moment) -> bool {
        let Some(dialog) = self.dialog.clone() else {
            return false;
        };
        match (dialog, command) {
            (_, Command::Quit) => return false,
            (Dialog::Instructions(_) | Dialog::Rest(_), command) => self.answer_page(command, at),
            (Dialog::Check(step), command) => self.answer_check(&step, command),
            (Dialog::Items(_), command) => return self.answer_in_list(command),
            (dialog, command) if self.answer_about_take(&dialog, command) => {}
            (Dialog::SkipReason, Command::Choose(n)) => self.skip(*n),
            (Dialog::ConfirmDelete(_), Command::Yes) => self.delete(),
            (Dialog::SkipReason, Command::Cancel | Command::Skip)
            | (Dialog::ConfirmDelete(_), Command::Cancel | Command::No | Command::Delete)
            | (Dialog::Help, _) => self.dialog = None,
            (Dialog::NoSource { .. } | Dialog::SourceGone { .. }, Command::Accept) => {
                self.effects.push(Effect::Reopen);
            }
            (Dialog::NoSource { .. }, Command::Choose(n)) => self.choose_input(*n),
            (Dialog::DiskFull(_) | Dialog::CannotWrite(_), Command::Accept) => {
                self.effects.push(Effect::Write(ToWriter::Retry));
            }
            _ => {}
        }
        true
    }

    /// Holding was asked for and cannot be had: Space toggles.
    pub(super) fn no_key_release(&mut self) {
        if self.usual_mode == Mode::Hold {
            self.usual_mode = Mode::HoldUnavailable;
            self.notice = Some(Notice::HoldUnavailable);
        }
    }
}
