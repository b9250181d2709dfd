//! Looking at a take, and what an operator notes on it: flag, remark, transcript. None of it changes what counts.

use std::sync::Arc;

use crate::corpus::marks::{Mark, Marks};
use crate::corpus::outline::Outline;
use crate::corpus::sidecar::{DecidedBy, Quality, Status};
use crate::recorder::messages::{TakeRef, ToWriter};
use crate::units::ms_of_frames;

use super::Command;
use super::engine::Engine;
use super::listing::Listing;
use super::messages::{Effect, Looked};
use super::view::{Dialog, Notice, Phase, ReviewView, TakeText};

/// What lies before somebody who looks at takes.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// The take that is looked at, in [`Phase::Review`].
    look: Option<Look>,
    /// The take that is typed about.
    about: Option<(usize, TakeRef)>,
    /// The open list of items.
    pub(super) listing: Option<Listing>,
}

#[derive(Debug)]
struct Look {
    item: usize,
    take_ref: TakeRef,
    outline: Option<Arc<Outline>>,
    failed: Option<String>,
    playing_speech: bool,
}

impl Engine {
    /// The last take is looked at and waits for a decision.
    pub(super) fn review_last(&mut self) {
        if let Some((item, take_ref)) = self.last.clone() {
            self.look_at(item, take_ref);
        }
    }

    fn look_at(&mut self, item: usize, take_ref: TakeRef) {
        self.phase = Phase::Review;
        self.when_saved(&take_ref, Effect::Look(take_ref.clone()));
        self.desk.look = Some(Look {
            item,
            take_ref,
            outline: None,
            failed: None,
            playing_speech: false,
        });
    }

    /// A look at a take is answered.
    pub(super) fn looked(&mut self, answer: Looked) {
        let look = self.desk.look.as_mut();
        let Some(look) = look.filter(|look| look.take_ref == answer.take_ref) else {
            return;
        };
        match answer.outline {
            Ok(outline) => look.outline = Some(outline),
            Err(why) => look.failed = Some(why),
        }
    }

    /// Whether the take that is looked at waits for a decision.
    pub(super) fn review_waits(&self) -> bool {
        let take = self.focus().filter(|_| self.phase == Phase::Review);
        take.is_some_and(|(_, take_ref)| self.is_undecided(&take_ref))
    }

    /// Whether nobody has decided on the last take, or the verdict was against it.
    fn last_waits(&self) -> bool {
        let last = self.last.as_ref();
        last.is_some_and(|(_, take_ref)| self.is_undecided(take_ref))
    }

    /// Whether nobody has decided on a take, or the verdict was against it.
    pub(super) fn is_undecided(&self, take_ref: &TakeRef) -> bool {
        let status = self.takes.get(take_ref).map(|known| known.status);
        matches!(status, Some(Status::Unreviewed | Status::Rejected))
    }

    /// Where nothing waits for a decision, Enter looks at the take of the item that was moved to, and back. `false`:
    /// there is something to decide, or nothing to look at.
    pub(super) fn look_or_go_back(&mut self) -> bool {
        match self.phase {
            Phase::Review if !self.review_waits() => self.idle(),
            Phase::Idle if self.moved || !self.last_waits() => {
                let Some(take_ref) = self.item().current.clone() else {
                    return false;
                };
                (self.notice, self.moved) = (None, true);
                self.look_at(self.at, take_ref);
            }
            _ => return false,
        }
        true
    }

    /// While the whole take plays and is looked at: its speech alone. `false` where that is not known, or plays already.
    pub(super) fn play_speech(&mut self) -> bool {
        let Some(look) = self.desk.look.as_mut() else {
            return false;
        };
        let speech = look.outline.as_ref().and_then(|o| o.speech.clone());
        let Some(frames) = speech.filter(|_| self.phase == Phase::Review && !look.playing_speech)
        else {
            return false;
        };
        look.playing_speech = true;
        self.effects.push(Effect::PlayPart {
            take_ref: look.take_ref.clone(),
            frames,
        });
        true
    }

    /// From now on the whole take plays.
    pub(super) fn playing_whole(&mut self) {
        if let Some(look) = &mut self.desk.look {
            look.playing_speech = false;
        }
    }

    /// Keeps what a take's end says of it, for the list.
    pub(super) fn remember(&mut self, take_ref: &TakeRef, quality: &Quality, frames: u64) {
        let Some(known) = self.takes.get(take_ref) else {
            return;
        };
        self.plan.items[known.item].latest = Some(take_ref.clone());
        let rate = self.setup.source.format.sample_rate_hz;
        let heard = self.plan.heard.entry(take_ref.clone()).or_default();
        heard.verdict = Some(quality.verdict);
        heard.length_ms = ms_of_frames(rate, frames).round() as u64;
    }

    /// A take is gone: nothing is known of it any more.
    pub(super) fn forget(&mut self, item: usize, take_ref: &TakeRef) {
        self.plan.heard.remove(take_ref);
        self.plan.items[item].latest.take_if(|t| t == take_ref);
    }

    /// What is noted on a take.
    pub(super) fn marks(&self, take_ref: &TakeRef) -> Marks {
        let heard = self.plan.heard.get(take_ref);
        heard.map(|heard| heard.marks.clone()).unwrap_or_default()
    }

    fn mark(&mut self, take_ref: &TakeRef, mark: Mark) {
        self.mark_by(take_ref, mark, DecidedBy::Operator);
    }

    /// Notes something on a take, as soon as it is saved.
    pub(super) fn mark_by(&mut self, take_ref: &TakeRef, mark: Mark, by: DecidedBy) {
        let heard = self.plan.heard.entry(take_ref.clone()).or_default();
        heard.marks.apply(mark.clone());
        let annotate = Effect::Write(ToWriter::Annotate {
            take_ref: take_ref.clone(),
            mark,
            by,
        });
        self.when_saved(take_ref, annotate);
    }

    /// Flags the take, after asking for a remark; or takes the flag back.
    pub(super) fn flag(&mut self) {
        let Some((item, take_ref)) = self.focus() else {
            self.notice = Some(Notice::NoTake);
            return;
        };
        let marks = self.marks(&take_ref);
        if marks.flagged {
            self.mark(&take_ref, Mark::Unflag);
            self.notice = Some(Notice::Unflagged);
        } else {
            self.dialog = Some(Dialog::Note(TakeText {
                prompt: self.prompt_of(item).text.clone(),
                begin_with: marks.note.unwrap_or_default(),
            }));
            self.desk.about = Some((item, take_ref));
        }
    }

    /// Asks what was really said.
    pub(super) fn transcribe(&mut self) {
        let Some((item, take_ref)) = self.focus() else {
            self.notice = Some(Notice::NoTake);
            return;
        };
        let prompt = self.prompt_of(item);
        let to_say = prompt.spoken.as_ref().unwrap_or(&prompt.text);
        let said = self.marks(&take_ref).transcript;
        self.dialog = Some(Dialog::Transcript(TakeText {
            prompt: prompt.text.clone(),
            begin_with: in_one_line(said.as_ref().unwrap_or(to_say)),
        }));
        self.desk.about = Some((item, take_ref));
    }

    /// Handles a command while something is asked about a take; `false`: nothing is.
    pub(super) fn answer_about_take(&mut self, dialog: &Dialog, command: &Command) -> bool {
        match (dialog, command) {
            (Dialog::Note(_), Command::Text(words)) => self.flagged(words),
            (Dialog::Transcript(asked), Command::Text(words)) => {
                self.transcribed(words, &asked.begin_with);
            }
            (Dialog::ConfirmLabel { .. }, Command::Yes) => self.label(true),
            (Dialog::ConfirmLabel { .. }, Command::No | Command::Cancel | Command::Accept) => {
                self.label(false);
            }
            (Dialog::Note(_) | Dialog::Transcript(_), Command::Cancel) => self.dialog = None,
            (Dialog::Note(_) | Dialog::Transcript(_) | Dialog::ConfirmLabel { .. }, _) => {}
            _ => return false,
        }
        true
    }

    fn flagged(&mut self, words: &str) {
        self.dialog = None;
        if let Some((_, take_ref)) = self.desk.about.take() {
            let note = given(words);
            self.mark(&take_ref, Mark::Flag { note });
            self.notice = Some(Notice::Flagged);
        }
    }

    fn transcribed(&mut self, words: &str, before: &str) {
        self.dialog = None;
        let Some((item, take_ref)) = self.desk.about.clone() else {
            return;
        };
        let label = self.prompt_of(item).label.clone();
        let had = self.marks(&take_ref);
        let (text, changed) = (given(words), words.trim() != before.trim());
        if changed && (text.is_some() || had.transcript.is_some()) {
            let label_confirmed = text.is_some() && label.is_some();
            let transcript = Mark::Transcript {
                text: text.clone(),
                label_confirmed: label_confirmed.then_some(false),
            };
            self.mark(&take_ref, transcript);
            self.notice = Some(match text {
                Some(_) => Notice::Transcribed,
                None => Notice::NoTranscript,
            });
        }
        let unsure = self.marks(&take_ref).label_confirmed == Some(false);
        if let (Some(said), Some(label), true) = (text, label, unsure) {
            self.dialog = Some(Dialog::ConfirmLabel { label, said });
        }
    }

    fn label(&mut self, confirmed: bool) {
        self.dialog = None;
        let Some((_, take_ref)) = self.desk.about.take() else {
            return;
        };
        if confirmed {
            self.mark(&take_ref, Mark::Label { confirmed });
        }
        self.notice = Some(if confirmed {
            Notice::LabelFits
        } else {
            Notice::LabelUnsure
        });
    }

    /// The take that is looked at, for a face.
    pub(super) fn review_view(&self) -> Option<ReviewView> {
        let look = self.desk.look.as_ref();
        let look = look.filter(|_| self.phase == Phase::Review)?;
        Some(ReviewView {
            label: self.prompt_of(look.item).label.clone(),
            outline: look.outline.clone(),
            failed: look.failed.clone(),
            marks: self.marks(&look.take_ref),
            undecided: self.review_waits(),
            playing_speech: look.playing_speech,
        })
    }
}

fn given(words: &str) -> Option<String> {
    Some(words.trim().to_owned()).filter(|words| !words.is_empty())
}

/// Line ends and tabs become spaces: a field to type in has one line.
fn in_one_line(text: &str) -> String {
    let space = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(space).collect()
}
