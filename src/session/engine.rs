//! The session as a pure state machine: `update(input, now) -> effects`. No terminal, microphone, disk or clock inside.
//!
//! Promises: the screen never moves backward by itself; a take that runs is never lost by a key; a decision on a take
//! that is still being saved waits until it is saved, so that the folder sees things in order.
//!
//! Here is the state and the way in and out. What the inputs do to it stands by its matter: `commands` (what a key means in
//! a phase), `items`, `takes`, `decisions`, `facts` (from the threads), `guide` (what a study tells), `leaving`; `present` makes the view.

use std::collections::{HashMap, HashSet};

use crate::recorder::messages::{SessionEvent, TakeRef};
use crate::units::Moment;

use super::FromFace;
use super::check::Checks;
use super::guide::Guide;
use super::manner::Elicitation;
use super::messages::{Effect, Input, Signal};
use super::plan::Plan;
use super::review::Desk;
use super::setup::Setup;
use super::state::{Decision, Ears, Known, Leaving, Running, Source};
use super::view::{Dialog, ItemState, Mode, Notice, Phase};

/// The session.
#[derive(Debug)]
pub struct Engine {
    pub(super) setup: Setup,
    pub(super) plan: Plan,
    pub(super) at: usize,
    pub(super) open: usize,
    pub(super) recorded: usize,
    pub(super) phase: Phase,
    /// How takes are started and stopped where the list says nothing else of an item.
    pub(super) usual_mode: Mode,
    /// What is to be heard before the item that is up is read.
    pub(super) elicitation: Elicitation,
    pub(super) running: Option<Running>,
    /// Hands-free: the reading that is waited for, and since when its prompt is shown.
    pub(super) listening: Option<(TakeRef, Moment)>,
    /// Hands-free: whether the capture thread listens.
    pub(super) ears: Ears,
    /// Hands-free: readings that were waited for and have not begun, and their items. One may begin while a key moves on.
    pub(super) awaited: HashMap<TakeRef, usize>,
    /// Takes in a row that could not be used.
    pub(super) misses: u32,
    /// Takes of this session.
    pub(super) takes: HashMap<TakeRef, Known>,
    /// Takes whose window or saving is not finished.
    pub(super) pending: HashSet<TakeRef>,
    /// What waits for a take to be saved.
    pub(super) deferred: Vec<(TakeRef, Effect)>,
    /// The last closed take and its item.
    pub(super) last: Option<(usize, TakeRef)>,
    pub(super) asked_again: HashMap<usize, u32>,
    pub(super) checks: Checks,
    pub(super) guide: Guide,
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
    /// What lies before somebody who looks at takes.
    pub(super) desk: Desk,
    pub(super) now: Moment,
    pub(super) effects: Vec<Effect>,
}

impl Engine {
    /// A session at its first open item.
    pub fn new(setup: Setup, plan: Plan, now: Moment) -> Self {
        let (open, recorded) = (plan.count(ItemState::Open), plan.count(ItemState::Recorded));
        let clock_ready = setup.clock_ready;
        let mode = setup.mode;
        let mut engine = Self {
            setup,
            plan,
            at: 0,
            open,
            recorded,
            phase: Phase::Opening,
            usual_mode: mode,
            elicitation: Elicitation::None,
            running: None,
            listening: None,
            ears: Ears::Resting,
            awaited: HashMap::new(),
            misses: 0,
            takes: HashMap::new(),
            pending: HashSet::new(),
            deferred: Vec::new(),
            last: None,
            asked_again: HashMap::new(),
            checks: Checks::default(),
            guide: Guide::default(),
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
            desk: Desk::default(),
            now,
            effects: Vec::new(),
        };
        engine.checks.due = engine.setup.check;
        engine.at = engine.next_open(0).unwrap_or(0);
        if engine.open == 0 {
            engine.phase = Phase::Done;
            return engine;
        }
        engine.guide_start();
        if clock_ready {
            engine.phase = Phase::Idle;
            engine.show();
            engine.tell_what_is_due();
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
            Input::Looked(answer) => self.looked(answer),
            Input::DiskSlow(slow) => self.standing_notice(Notice::DiskSlow, slow),
            Input::Tick => {
                self.watch_stall();
                self.watch_silence();
                self.watch_check();
            }
        }
        self.begin_after_prompt();
        self.end_timed_take();
        self.settle();
        self.tell_what_is_due();
        self.begin_check_if_due();
        self.elicit_if_due();
        self.listen_or_rest();
        self.refresh_list();
        std::mem::take(&mut self.effects)
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
        if self.pending.is_empty() {
            self.go_on_leaving();
        }
    }

    fn after_closing(&mut self) {
        match self.next_open(self.at) {
            Some(next) => {
                self.idle();
                self.move_on_to(next);
            }
            None => self.phase = Phase::Done,
        }
    }

    /// Sends `effect` at once, or when `take_ref` is saved.
    pub(super) fn when_saved(&mut self, take_ref: &TakeRef, effect: Effect) {
        if self.pending.contains(take_ref) {
            self.deferred.push((take_ref.clone(), effect));
        } else {
            self.effects.push(effect);
        }
    }

    /// Notes a fact for `events.jsonl`.
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
}
