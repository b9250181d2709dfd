//! The session as a pure state machine: `update(input, now) -> effects`. No terminal, microphone, disk or clock inside.
//!
//! Promises: the screen never moves backward by itself; a take that runs is never lost by a key; a decision on a take
//! that is still being saved waits until it is saved, so that the folder sees things in order.

use std::collections::{HashMap, HashSet};

use crate::audio::SourceInfo;
use crate::corpus::sidecar::{PromptRecord, Status};
use crate::prompts::Prompt;
use crate::recorder::messages::{Outcome, SessionEvent, TakeDraft, TakeRef, ToCapture, ToWriter};
use crate::units::Moment;

use super::messages::{Effect, Input, InputName, Signal};
use super::plan::{Plan, PlannedItem};
use super::view::{Dialog, ItemState, Mode, Notice, Phase};
use super::{Command, FromFace};

/// How often one item is asked again by itself in a session.
pub const ASK_AGAIN_LIMIT: u32 = 2;

/// Who looks at takes, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// Every take waits for a decision.
    Always,
    /// A line on a warning.
    OnWarning,
    /// Nothing is said.
    Never,
}

impl Review {
    /// What becomes of a take that the speaker stops, or that ends by itself.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Always => Outcome::Unreviewed,
            Self::OnWarning | Self::Never => Outcome::ByVerdict,
        }
    }
}

/// All that is settled before a session begins.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Speaker id.
    pub speaker: String,
    /// Session id.
    pub session: String,
    /// The prompt list's 12 digits.
    pub list_sha256: String,
    /// Which pass.
    pub pass: u32,
    /// How takes are started and stopped.
    pub mode: Mode,
    /// Who looks at takes.
    pub review: Review,
    /// For the screen: `16`, `24` or `32f`.
    pub bits: &'static str,
    /// Bytes of one second of WAV, for the time left on the disk.
    pub bytes_per_second: u64,
    /// The opened source.
    pub source: SourceInfo,
    /// Whether its clock is ready.
    pub clock_ready: bool,
}

/// The running take.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) take_ref: TakeRef,
    pub(super) item: usize,
    pub(super) since: Moment,
    pub(super) end_at: Option<Moment>,
}

/// A take of this session, from its start to its end on the disk.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) item: usize,
    pub(super) status: Status,
    pub(super) frames: u64,
    pub(super) saved: bool,
}

/// The source, as far as the engine knows.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// It is open.
    pub(super) up: bool,
    /// Its clock dates frames.
    pub(super) clock_ready: bool,
    /// No block has come since then.
    pub(super) stalled_since: Option<Moment>,
    /// What else there was when it could not be opened.
    pub(super) inputs: Vec<InputName>,
}

/// Something that can be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// A take counts; what it replaced.
    Accepted {
        item: usize,
        take_ref: TakeRef,
        replaced: Option<TakeRef>,
    },
    /// An item was passed over; the take that counted before.
    Skipped {
        item: usize,
        take_ref: TakeRef,
        was: Option<TakeRef>,
    },
    /// An item was opened for a redo from there.
    Redone { item: usize, from: usize },
}

/// The session.
#[derive(Debug)]
pub struct Engine {
    pub(super) setup: Setup,
    pub(super) plan: Plan,
    pub(super) at: usize,
    pub(super) open: usize,
    pub(super) recorded: usize,
    pub(super) phase: Phase,
    pub(super) mode: Mode,
    pub(super) running: Option<Running>,
    /// Takes of this session.
    pub(super) takes: HashMap<TakeRef, Known>,
    /// Takes whose window or saving is not finished.
    pub(super) pending: HashSet<TakeRef>,
    /// What waits for a take to be saved.
    pub(super) deferred: Vec<(TakeRef, Effect)>,
    /// The last closed take and its item.
    pub(super) last: Option<(usize, TakeRef)>,
    pub(super) asked_again: HashMap<usize, u32>,
    pub(super) undo: Vec<Decision>,
    pub(super) notice: Option<Notice>,
    pub(super) dialog: Option<Dialog>,
    pub(super) source: Source,
    pub(super) shown_at: Option<Moment>,
    /// The item that is up was reached by moving.
    pub(super) moved: bool,
    pub(super) playing: bool,
    pub(super) free_bytes: Option<u64>,
    pub(super) disk_trouble: bool,
    pub(super) leaving: Leaving,
    pub(super) redone: usize,
    pub(super) troubles: Vec<String>,
    pub(super) now: Moment,
    pub(super) effects: Vec<Effect>,
}

/// How far leaving has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Not at all.
    No,
    /// Takes are still being saved.
    Saving,
    /// Threads are ending.
    Ending,
    /// A stop by the system waits for takes to be saved.
    ToStop,
}

impl Engine {
    /// A session at its first open item.
    pub fn new(setup: Setup, plan: Plan, now: Moment) -> Self {
        let open = plan
            .items
            .iter()
            .filter(|i| i.state == ItemState::Open)
            .count();
        let recorded = plan
            .items
            .iter()
            .filter(|i| i.state == ItemState::Recorded)
            .count();
        let clock_ready = setup.clock_ready;
        let mode = setup.mode;
        let mut engine = Self {
            setup,
            plan,
            at: 0,
            open,
            recorded,
            phase: Phase::Opening,
            mode,
            running: None,
            takes: HashMap::new(),
            pending: HashSet::new(),
            deferred: Vec::new(),
            last: None,
            asked_again: HashMap::new(),
            undo: Vec::new(),
            notice: (mode == Mode::HoldUnavailable).then_some(Notice::HoldUnavailable),
            dialog: None,
            source: Source {
                up: true,
                clock_ready,
                stalled_since: None,
                inputs: Vec::new(),
            },
            shown_at: None,
            moved: false,
            playing: false,
            free_bytes: None,
            disk_trouble: false,
            leaving: Leaving::No,
            redone: 0,
            troubles: Vec::new(),
            now,
            effects: Vec::new(),
        };
        if mode == Mode::HoldUnavailable {
            engine.notice = Some(Notice::HoldUnavailable);
        }
        engine.at = engine.next_open(0).unwrap_or(0);
        if engine.open == 0 {
            engine.phase = Phase::Done;
        } else if clock_ready {
            engine.phase = Phase::Idle;
            engine.show();
        }
        engine
    }

    /// Takes one input in at `now` and returns the work it asks for, in order.
    pub fn update(&mut self, input: Input, now: Moment) -> Vec<Effect> {
        self.now = now;
        match input {
            Input::Face(FromFace::Command(command, at)) => self.command(&command, at),
            Input::Face(FromFace::NoKeyRelease) => self.no_key_release(),
            Input::Face(FromFace::Redraw) => {}
            Input::Face(FromFace::Closed) | Input::Signal(Signal::Terminate) => self.terminate(),
            Input::Signal(Signal::Stop) => self.stop_process(),
            Input::Signal(Signal::Continue) => self.effects.push(Effect::Reopen),
            Input::Capture(fact) => self.capture(fact),
            Input::Writer(fact) => self.writer(fact),
            Input::Device(fact) => self.device(fact),
            Input::Playback(fact) => self.playback(fact),
            Input::DiskSlow(slow) => self.disk_slow(slow),
            Input::Tick => self.watch_stall(),
        }
        self.end_timed_take();
        self.settle();
        std::mem::take(&mut self.effects)
    }

    fn command(&mut self, command: &Command, at: Moment) {
        let stops = matches!(
            command,
            Command::StartStop | Command::HoldEnd | Command::Cancel
        );
        let running = self.phase == Phase::Recording;
        if self.dialog.is_some() && !(running && stops) && self.answer(command) {
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
            Command::StartStop if !self.ends_by_itself() => self.stop(at),
            Command::HoldEnd => self.stop(at),
            Command::Redo => self.restart(at),
            Command::Cancel => self.cancel(at),
            _ => {}
        }
    }

    fn command_while_idle(&mut self, command: &Command, at: Moment) {
        if self.playing {
            self.effects.push(Effect::StopPlaying);
            if matches!(
                command,
                Command::StartStop | Command::Play | Command::Cancel
            ) {
                return;
            }
        }
        match command {
            Command::StartStop | Command::HoldStart if self.phase == Phase::Idle => self.start(at),
            Command::Accept => self.accept(at),
            Command::Redo => self.redo(),
            Command::Play => self.play(),
            Command::Skip if self.phase == Phase::Idle => self.dialog = Some(Dialog::SkipReason),
            Command::Previous => self.step(-1),
            Command::Next => self.step(1),
            Command::Undo => self.undo(),
            Command::Delete => self.ask_delete(),
            Command::Help => self.dialog = Some(Dialog::Help),
            _ => {}
        }
    }

    /// Handles a command while a dialog is up; `false` lets it through.
    fn answer(&mut self, command: &Command) -> bool {
        let Some(dialog) = self.dialog.clone() else {
            return false;
        };
        match (dialog, command) {
            (_, Command::Quit) => return false,
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

    /// Moves on by what has become true: opening ends, leaving goes a step further, the end is reached.
    fn settle(&mut self) {
        if self.phase == Phase::Opening && self.source.up && self.source.clock_ready {
            self.phase = Phase::Idle;
            self.show();
        }
        if self.phase == Phase::Closing && self.pending.is_empty() && self.leaving == Leaving::No {
            self.after_closing();
        }
        match self.leaving {
            Leaving::Saving if self.pending.is_empty() => self.end_threads("left"),
            Leaving::ToStop if self.pending.is_empty() => {
                self.leaving = Leaving::No;
                // The source will be another opening: until it is there, no key starts a take.
                self.source.clock_ready = false;
                self.wait_for_source();
                self.effects.push(Effect::Stop);
            }
            _ => {}
        }
    }

    fn after_closing(&mut self) {
        match self.next_open(self.at) {
            Some(next) => {
                self.phase = Phase::Idle;
                self.go_to(next);
            }
            None => self.phase = Phase::Done,
        }
    }

    /// The item that is up.
    pub(super) fn item(&self) -> &PlannedItem {
        &self.plan.items[self.at]
    }

    pub(super) fn prompt_of(&self, item: usize) -> &Prompt {
        &self.plan.list.prompts[self.plan.items[item].prompt as usize]
    }

    /// The first open item from `from` on, around the end of the list.
    pub(super) fn next_open(&self, from: usize) -> Option<usize> {
        if self.open == 0 {
            return None;
        }
        let is_open = |i: &usize| self.plan.items[*i].state == ItemState::Open && !self.in_work(*i);
        let len = self.plan.items.len();
        (from..len).chain(0..from.min(len)).find(is_open)
    }

    /// A take of this item runs or waits for its verdict.
    fn in_work(&self, item: usize) -> bool {
        self.running.as_ref().is_some_and(|r| r.item == item)
            || self.pending.iter().any(|p| {
                self.takes
                    .get(p)
                    .is_some_and(|k| k.item == item && k.status == Status::Unreviewed)
            })
            || self
                .asked_again
                .get(&item)
                .is_some_and(|n| *n > ASK_AGAIN_LIMIT)
    }

    pub(super) fn go_to(&mut self, item: usize) {
        self.at = item;
        self.show();
    }

    /// Notes that the prompt is on the screen from now on.
    fn show(&mut self) {
        self.shown_at = Some(self.now);
        let prompt = serde_json::Value::from(self.prompt_of(self.at).id.clone());
        self.note("shown", None, self.now, [("prompt", prompt)]);
    }

    pub(super) fn set_state(&mut self, item: usize, state: ItemState) {
        let old = std::mem::replace(&mut self.plan.items[item].state, state);
        for (which, sign) in [(old, -1_isize), (state, 1)] {
            match which {
                ItemState::Open => self.open = self.open.saturating_add_signed(sign),
                ItemState::Recorded => self.recorded = self.recorded.saturating_add_signed(sign),
                ItemState::Skipped => {}
            }
        }
    }

    /// The draft of the next take of an item. Takes the number.
    pub(super) fn draft(&mut self, item: usize) -> Box<TakeDraft> {
        // A redo may begin before the take that it replaces counts.
        let undecided = self.undecided_last().filter(|(of, _)| *of == item);
        let planned = &mut self.plan.items[item];
        let current = planned.current.clone();
        planned.takes += 1;
        let prompt = &self.plan.list.prompts[planned.prompt as usize];
        let stem = crate::corpus::names::stem(&prompt.id, planned.repeat, planned.takes);
        Box::new(TakeDraft {
            take_ref: TakeRef::new(&self.setup.speaker, &self.setup.session, &stem),
            prompt: PromptRecord {
                id: prompt.id.clone(),
                text: prompt.text.clone(),
                spoken: prompt.spoken.clone(),
                label: prompt.label.clone(),
                language: prompt.language.clone(),
                section: prompt.section.clone(),
                list_sha256: self.setup.list_sha256.clone(),
            },
            repeat: planned.repeat,
            pass: self.setup.pass,
            position: item as u32 + 1,
            role: "item",
            take: planned.takes,
            supersedes: undecided.map(|(_, take_ref)| take_ref).or(current),
            shown_at: self.shown_at,
        })
    }

    /// Sends `effect` at once, or when `take_ref` is saved.
    pub(super) fn when_saved(&mut self, take_ref: &TakeRef, effect: Effect) {
        if self.pending.contains(take_ref) {
            self.deferred.push((take_ref.clone(), effect));
        } else {
            self.effects.push(effect);
        }
    }

    pub(super) fn note<const N: usize>(
        &mut self,
        event: &'static str,
        take_ref: Option<&TakeRef>,
        at: Moment,
        data: [(&str, serde_json::Value); N],
    ) {
        let data = data.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        let take_ref = take_ref.cloned();
        self.effects.push(Effect::Note(SessionEvent {
            at,
            event,
            take_ref,
            frame: None,
            data,
        }));
    }

    fn no_key_release(&mut self) {
        if self.mode == Mode::Hold {
            self.mode = Mode::HoldUnavailable;
            self.notice = Some(Notice::HoldUnavailable);
        }
    }

    fn ends_by_itself(&self) -> bool {
        self.running.as_ref().is_some_and(|r| r.end_at.is_some())
    }

    fn end_timed_take(&mut self) {
        let due = self
            .running
            .as_ref()
            .and_then(|r| r.end_at)
            .filter(|end| self.now >= *end);
        if let Some(end) = due {
            self.stop(end);
        }
    }

    fn disk_slow(&mut self, slow: bool) {
        self.standing_notice(Notice::DiskSlow, slow);
    }

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
                self.leave();
            }
            Leaving::Saving if self.disk_trouble => self.end_threads("left"),
            _ => {}
        }
    }

    pub(super) fn leave(&mut self) {
        if self.playing {
            self.effects.push(Effect::StopPlaying);
        }
        if self.phase != Phase::Done {
            self.phase = Phase::Closing;
        }
        self.leaving = Leaving::Saving;
    }

    /// The system wants us gone: the running take ends where it is.
    fn terminate(&mut self) {
        self.phase = Phase::Closing;
        if self.leaving != Leaving::Ending {
            self.end_threads("terminated");
        }
    }

    fn end_threads(&mut self, cause: &'static str) {
        self.dialog = None;
        self.leaving = Leaving::Ending;
        self.effects
            .push(Effect::Capture(ToCapture::Shutdown { cause }));
    }

    fn stop_process(&mut self) {
        if self.leaving != Leaving::No {
            return;
        }
        if self.playing {
            self.effects.push(Effect::StopPlaying);
        }
        if self.running.is_some() {
            self.effects.push(Effect::Capture(ToCapture::Suspended));
        }
        self.leaving = Leaving::ToStop;
    }
}
