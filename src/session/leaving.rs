//! Leaving: by a key, by the system, or for a while (SIGTSTP). Whichever it is, what runs is kept.

use crate::recorder::messages::ToCapture;
use crate::units::Moment;

use super::engine::Engine;
use super::messages::Effect;
use super::state::Leaving;
use super::view::Phase;

impl Engine {
    /// Keeps what runs, saves, and leaves. While the disk refuses, the screen goes on saying so; asked a second time, it
    /// ends all the same, and the writer tells what is lost: what is in a `.part` is repaired at the next start.
    pub(super) fn quit(&mut self, at: Moment) {
        if !self.disk_trouble {
            self.dialog = None;
        }
        match self.leaving {
            Leaving::No => {
                if self.running.is_some() {
                    self.stop(at);
                }
                self.skip_check();
                self.leave();
            }
            Leaving::Saving if self.disk_trouble => self.end_threads("left"),
            _ => {}
        }
    }

    /// Leaves as soon as everything is saved.
    pub(super) fn leave(&mut self) {
        self.stop_playing();
        if self.phase != Phase::Done {
            self.phase = Phase::Closing;
        }
        self.leaving = Leaving::Saving;
    }

    /// The system wants us gone: the running take ends where it is.
    pub(super) fn terminate(&mut self) {
        self.phase = Phase::Closing;
        if self.leaving != Leaving::Ending {
            self.end_threads("terminated");
        }
    }

    /// Everything is saved: leaving goes its next step.
    pub(super) fn go_on_leaving(&mut self) {
        match self.leaving {
            Leaving::Saving => self.end_threads("left"),
            Leaving::ToStop => {
                self.leaving = Leaving::No;
                // The source will be another opening: until it is there, no key starts a take.
                self.source.clock_ready = false;
                self.wait_for_source();
                self.effects.push(Effect::Stop);
            }
            Leaving::No | Leaving::Ending => {}
        }
    }

    fn end_threads(&mut self, cause: &'static str) {
        self.dialog = None;
        self.leaving = Leaving::Ending;
        self.effects
            .push(Effect::Capture(ToCapture::Shutdown { cause }));
    }

    /// The system stops the process for a while: the running take ends here.
    pub(super) fn stop_process(&mut self) {
        if self.leaving != Leaving::No {
            return;
        }
        self.stop_playing();
        if self.running.is_some() {
            self.effects.push(Effect::Capture(ToCapture::Suspended));
        }
        self.leaving = Leaving::ToStop;
    }
}
