//! What the engine makes of facts from the threads: capture, writer, source, playback.

use std::time::Duration;

use crate::recorder::messages::{DiskTrouble, FromCapture, FromWriter, ToCapture, ToWriter};

use super::engine::Engine;
use super::manner::Elicitation;
use super::messages::{DeviceFact, Effect, InputChoice, PlaybackFact};
use super::state::Leaving;
use super::view::{Dialog, Notice, Phase};

/// How long no block may come before the source is opened again.
const STALL_LIMIT: Duration = Duration::from_secs(4);

impl Engine {
    pub(super) fn capture(&mut self, fact: FromCapture) {
        match fact {
            FromCapture::Attached(_) => {}
            FromCapture::ClockReady { locked, .. } => {
                self.source.clock_ready = true;
                if !locked {
                    self.notice = Some(Notice::ClockPoor);
                }
            }
            FromCapture::SpeechBegan { take_ref, .. } if self.is_check(&take_ref) => {
                self.check_began(&take_ref);
            }
            FromCapture::SpeechBegan { take_ref, at } => self.speech_began(take_ref, at),
            FromCapture::SpeechEnded { take_ref, at } => self.speech_ended(&take_ref, at),
            FromCapture::SpokenOn { take_ref } => self.spoken_on(take_ref),
            FromCapture::Refused { take_ref } => self.refused(&take_ref),
            FromCapture::Closed {
                take_ref,
                quality,
                status,
                frames,
                cut_by,
                measures,
            } => {
                if self.is_check(&take_ref) {
                    return self.check_closed(&take_ref, status, measures);
                }
                self.closed(&take_ref, &quality, status, frames, cut_by);
            }
            FromCapture::Muted(on) => self.standing_notice(Notice::Muted, on),
            FromCapture::Stalled(on) => {
                self.source.stalled_since = on.then_some(self.now);
                self.standing_notice(Notice::Stalled, on);
            }
            FromCapture::Slept => {
                self.notice = Some(Notice::Slept);
                self.reopen();
            }
            FromCapture::Ended => {
                if self.leaving != Leaving::Ending {
                    self.troubles.push(
                        "The part that captures sound failed. What was saved is safe; the running \
                         take is repaired at the next start."
                            .into(),
                    );
                    self.leaving = Leaving::Ending;
                    self.phase = Phase::Closing;
                }
                self.effects.push(Effect::Write(ToWriter::Shutdown));
            }
        }
    }

    /// A notice that lasts as long as what it says.
    pub(super) fn standing_notice(&mut self, notice: Notice, on: bool) {
        if on {
            self.notice = Some(notice);
        } else if self.notice.as_ref() == Some(&notice) {
            self.notice = None;
        }
    }

    pub(super) fn writer(&mut self, fact: FromWriter) {
        match fact {
            FromWriter::Saved { take_ref, status } => self.saved(&take_ref, status),
            FromWriter::Decided { .. } | FromWriter::Annotated { .. } => {}
            FromWriter::Deleted { .. } => self.notice = Some(Notice::Deleted),
            FromWriter::Failed {
                trouble,
                text,
                retrying: true,
                ..
            } => {
                self.disk_trouble = true;
                self.dialog = Some(match trouble {
                    DiskTrouble::Full => Dialog::DiskFull(text),
                    DiskTrouble::ReadOnly | DiskTrouble::Other => Dialog::CannotWrite(text),
                });
            }
            FromWriter::Failed {
                text,
                retrying: false,
                ..
            } => self.troubles.push(text),
            FromWriter::Resumed => {
                self.disk_trouble = false;
                if matches!(
                    self.dialog,
                    Some(Dialog::DiskFull(_) | Dialog::CannotWrite(_))
                ) {
                    self.dialog = None;
                }
            }
            FromWriter::Space { free_bytes } => self.free_bytes = Some(free_bytes),
            FromWriter::Ended => {
                if self.leaving != Leaving::Ending {
                    self.troubles.push(
                        "The part that saves takes failed. What was saved is safe; a take that was \
                         not is repaired at the next start."
                            .into(),
                    );
                }
                self.effects.push(Effect::Leave);
            }
        }
    }

    pub(super) fn device(&mut self, fact: DeviceFact) {
        match fact {
            DeviceFact::Opened(_) => {
                if matches!(
                    self.dialog,
                    Some(Dialog::SourceGone { .. } | Dialog::NoSource { .. })
                ) {
                    self.dialog = None;
                    self.notice = Some(Notice::DeviceBack);
                }
                self.source.up = true;
                self.source.clock_ready = false;
                self.source.stalled_since = None;
                self.wait_for_source();
                self.note("source_opened", None, self.now, []);
            }
            DeviceFact::Unavailable { reason, inputs } => {
                self.source_down();
                let names = inputs.iter().map(|i| i.name.clone()).collect();
                self.source.inputs = inputs;
                self.dialog = Some(Dialog::NoSource {
                    reason,
                    inputs: names,
                });
            }
            DeviceFact::Gone { name } => {
                self.source_down();
                self.note("source_gone", None, self.now, []);
                self.dialog = Some(Dialog::SourceGone { name });
            }
        }
    }

    fn source_down(&mut self) {
        self.source.up = false;
        self.source.clock_ready = false;
        self.source.stalled_since = None;
        self.wait_for_source();
    }

    pub(super) fn wait_for_source(&mut self) {
        if self.phase == Phase::Idle {
            self.phase = Phase::Opening;
        }
    }

    fn reopen(&mut self) {
        self.source.clock_ready = false;
        self.wait_for_source();
        self.effects.push(Effect::Reopen);
    }

    /// No block for too long: the stream is dead even if the device is there.
    pub(super) fn watch_stall(&mut self) {
        if self
            .source
            .stalled_since
            .is_some_and(|since| self.now.since(since) >= STALL_LIMIT)
        {
            self.source.stalled_since = Some(self.now);
            self.reopen();
        }
    }

    /// Another input was chosen: this session ends, a new one follows.
    pub(super) fn choose_input(&mut self, choice: u8) {
        let index = usize::from(choice).wrapping_sub(1);
        let input = match self.source.inputs.get(index) {
            Some(input) => InputChoice::Id(input.id.clone()),
            None if index == self.source.inputs.len() => InputChoice::Demo,
            None => return,
        };
        self.dialog = None;
        self.effects.push(Effect::OpenInput(input));
        self.leave();
    }

    pub(super) fn playback(&mut self, fact: PlaybackFact) {
        match fact {
            PlaybackFact::Started => self.playing = true,
            PlaybackFact::Finished { until } => {
                self.playing = false;
                self.effects
                    .push(Effect::Capture(ToCapture::Played { until }));
                self.elicited(until);
            }
            PlaybackFact::Failed(why) => {
                self.playing = false;
                match self.elicitation {
                    Elicitation::Playing | Elicitation::CutShort { .. } => self.not_elicited(why),
                    _ => self.notice = Some(Notice::CannotPlay(why)),
                }
            }
        }
    }
}
