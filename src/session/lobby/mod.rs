//! Before the session: who speaks, does the speaker agree, what is there to know of them, and is there a source? A pure
//! state machine like the engine.
//!
//! Promise: where a study asks for a consent, no input is opened before it is given. Who does not give it leaves nothing
//! behind, because nothing is written before the session starts.

mod interview;
mod number;
mod steps;
mod who;

use std::sync::Arc;

use crate::audio::SourceInfo;
use crate::corpus::forgotten::Forgotten;
use crate::corpus::marks::Marks;
use crate::corpus::records::SpeakerRecord;
use crate::recorder::messages::FromCapture;
use crate::study::Script;

use super::messages::{DeviceFact, Input, InputChoice, InputName, Signal};
use super::view::{Dialog, ItemState, KnownSpeaker, Mode, Notice, Phase, SessionView, View};
use super::{Command, FromFace};
use interview::{Interview, Way};
pub use steps::Answers;
use who::Who;

/// What the lobby asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum LobbyEffect {
    /// Open the input that was asked for.
    Open,
    /// Open this input.
    OpenInput(InputChoice),
    /// Try the same input again.
    Reopen,
    /// Close the input: somebody else speaks, who has not agreed yet.
    Close,
    /// Read what this speaker has said before; [`Lobby::recalled`] takes it.
    Recall(String),
    /// Everything was answered and confirmed just now; [`Lobby::confirmed_at`] takes the time.
    Confirmed,
    /// Begin the session, with [`Lobby::answers`].
    Start {
        /// Speaker id.
        speaker: String,
        /// The opened source.
        source: Box<SourceInfo>,
    },
    /// The speaker leaves; nothing was recorded.
    Leave,
    /// Give the terminal back and stop until continued.
    Stop,
}

/// How far asking has come.
#[derive(Clone, Debug)]
enum Asking {
    /// Nobody is known to be there.
    NotYet,
    /// What was said before is being read.
    Recalling,
    /// It goes on.
    Asks(Box<Interview>),
    /// There is nothing more to ask.
    Settled,
}

/// The lobby.
#[derive(Clone, Debug)]
pub struct Lobby {
    who: Who,
    script: Arc<Script>,
    asking: Asking,
    answers: Answers,
    /// An input was asked for.
    opened: bool,
    source: Option<SourceInfo>,
    /// The source's clock is ready.
    pub clock_ready: bool,
    dialog: Option<Dialog>,
    inputs: Vec<InputName>,
    notice: Option<Notice>,
    mode: Mode,
    started: bool,
}

impl Lobby {
    /// `known` speakers, the latest first; `asked`: the id on the command line; `generated`: a new id to suggest.
    pub fn new(
        known: Vec<KnownSpeaker>,
        asked: Option<String>,
        generated: String,
        mode: Mode,
    ) -> Self {
        Self {
            who: Who::new(known, asked, generated),
            script: Arc::default(),
            asking: Asking::NotYet,
            answers: Answers::default(),
            opened: false,
            source: None,
            clock_ready: false,
            dialog: None,
            inputs: Vec::new(),
            notice: None,
            mode,
            started: false,
        }
    }

    /// The same, which asks what `script` asks.
    #[must_use]
    pub fn asking(mut self, script: Arc<Script>) -> Self {
        self.script = script;
        self
    }

    /// The same, which says what is going to be read.
    #[must_use]
    pub fn reading(mut self, list: String) -> Self {
        self.who.reading(list);
        self
    }

    /// The same, which refuses who has withdrawn.
    #[must_use]
    pub fn refusing(mut self, forgotten: Arc<Forgotten>) -> Self {
        self.who.refusing(forgotten);
        self
    }

    /// A lobby whose speaker is settled and has answered: only the source is waited for.
    pub fn for_speaker(speaker: String, answers: Answers, mode: Mode) -> Self {
        let lobby = Self::new(Vec::new(), Some(speaker), String::new(), mode);
        Self {
            answers,
            asking: Asking::Settled,
            ..lobby
        }
    }

    /// What is to be done before anything is told.
    pub fn begin(&mut self) -> Vec<LobbyEffect> {
        let mut effects = Vec::new();
        self.go_on(&mut effects);
        effects
    }

    /// Takes one input in and returns what it asks for.
    pub fn update(&mut self, input: &Input) -> Vec<LobbyEffect> {
        let mut effects = Vec::new();
        match input {
            Input::Face(FromFace::Command(command, _)) => self.command(command, &mut effects),
            Input::Face(FromFace::NoKeyRelease) if self.mode == Mode::Hold => {
                self.mode = Mode::HoldUnavailable;
            }
            Input::Face(FromFace::Closed) | Input::Signal(Signal::Terminate) => {
                effects.push(LobbyEffect::Leave);
            }
            Input::Signal(Signal::Stop) => effects.push(LobbyEffect::Stop),
            Input::Signal(Signal::Continue) | Input::Capture(FromCapture::Slept) => {
                self.reopen(&mut effects);
            }
            Input::Device(fact) if self.opened => self.device(fact),
            Input::Capture(FromCapture::ClockReady { .. }) => self.clock_ready = true,
            Input::Capture(FromCapture::Muted(on)) => {
                self.notice = on.then_some(Notice::Muted);
            }
            Input::Capture(FromCapture::Stalled(on)) => {
                self.notice = on.then_some(Notice::Stalled);
            }
            _ => {}
        }
        self.go_on(&mut effects);
        effects
    }

    /// Moves on by what has become true: asking begins, an input may be opened, the session can start.
    fn go_on(&mut self, effects: &mut Vec<LobbyEffect>) {
        if let (Some(speaker), Asking::NotYet) = (self.who.speaker(), &self.asking) {
            if self.script.asks() {
                effects.push(LobbyEffect::Recall(speaker.to_owned()));
                self.asking = Asking::Recalling;
            } else {
                self.asking = Asking::Settled;
            }
        }
        if !self.opened && self.may_open() {
            self.opened = true;
            effects.push(LobbyEffect::Open);
        }
        let settled = matches!(self.asking, Asking::Settled);
        if let (Some(speaker), Some(source), true) = (self.who.speaker(), &self.source, settled)
            && !self.started
        {
            self.started = true;
            effects.push(LobbyEffect::Start {
                speaker: speaker.to_owned(),
                source: Box::new(source.clone()),
            });
        }
    }

    /// Whether an input may be opened: at once where no consent is asked, so that it is ready when it is needed.
    fn may_open(&self) -> bool {
        match &self.asking {
            _ if self.script.consent.is_none() => true,
            Asking::NotYet | Asking::Recalling => false,
            Asking::Asks(interview) => !interview.asks_for_consent(),
            Asking::Settled => true,
        }
    }

    /// What the speaker has said before: the newest record, `None` for somebody new, or why it cannot be read.
    pub fn recalled(&mut self, said: Result<Option<SpeakerRecord>, String>) -> Vec<LobbyEffect> {
        let mut effects = Vec::new();
        match said {
            Err(why) => self.dialog = Some(Dialog::CannotWrite(why)),
            Ok(said) => {
                let steps = steps::steps(&self.script, said.as_ref());
                let interview = Interview::new(steps).map(Box::new);
                self.asking = interview.map_or(Asking::Settled, Asking::Asks);
                self.go_on(&mut effects);
            }
        }
        effects
    }

    /// When the answers were confirmed: UTC, as records say it.
    pub fn confirmed_at(&mut self, utc: &str) {
        if let Some(consent) = &mut self.answers.consent {
            utc.clone_into(&mut consent.given_at);
        }
    }

    fn command(&mut self, command: &Command, effects: &mut Vec<LobbyEffect>) {
        if *command == Command::Quit {
            return effects.push(LobbyEffect::Leave);
        }
        if self.who.speaker().is_none() {
            return self.who.command(command);
        }
        match &mut self.asking {
            Asking::Asks(interview) => match interview.command(command) {
                Way::On => {}
                Way::Before => self.ask_who_again(effects),
                Way::Refused => effects.push(LobbyEffect::Leave),
                Way::Confirmed => {
                    self.answers = interview.answers(&self.script);
                    self.asking = Asking::Settled;
                    effects.push(LobbyEffect::Confirmed);
                }
            },
            _ => self.answer_dialog(command, effects),
        }
    }

    /// Somebody who was taken for another goes back to the first question.
    fn ask_who_again(&mut self, effects: &mut Vec<LobbyEffect>) {
        if !self.who.again() {
            return;
        }
        self.asking = Asking::NotYet;
        if self.opened && self.script.consent.is_some() {
            self.opened = false;
            self.source = None;
            self.dialog = None;
            effects.push(LobbyEffect::Close);
        }
    }

    fn answer_dialog(&mut self, command: &Command, effects: &mut Vec<LobbyEffect>) {
        match (&self.dialog, command) {
            (Some(Dialog::CannotWrite(_)), Command::Accept) => {
                self.dialog = None;
                self.started = false;
                if matches!(self.asking, Asking::Recalling) {
                    self.asking = Asking::NotYet;
                }
            }
            (Some(_), Command::Accept) => self.reopen(effects),
            (Some(Dialog::NoSource { .. }), Command::Choose(n)) => {
                let index = usize::from(*n).wrapping_sub(1);
                match self.inputs.get(index) {
                    Some(input) => {
                        effects.push(LobbyEffect::OpenInput(InputChoice::Id(input.id.clone())));
                    }
                    None if index == self.inputs.len() => {
                        effects.push(LobbyEffect::OpenInput(InputChoice::Demo));
                    }
                    None => {}
                }
            }
            _ => {}
        }
    }

    /// Only what was open is opened again.
    fn reopen(&self, effects: &mut Vec<LobbyEffect>) {
        if self.opened {
            effects.push(LobbyEffect::Reopen);
        }
    }

    fn device(&mut self, fact: &DeviceFact) {
        match fact {
            DeviceFact::Opened(info) => {
                self.source = Some(info.clone());
                self.clock_ready = false;
                let about_source = |dialog: &mut Dialog| {
                    matches!(dialog, Dialog::NoSource { .. } | Dialog::SourceGone { .. })
                };
                self.dialog.take_if(about_source);
            }
            DeviceFact::Unavailable { reason, inputs } => {
                self.source = None;
                self.inputs.clone_from(inputs);
                let names = inputs.iter().map(|i| i.name.clone()).collect();
                self.dialog = Some(Dialog::NoSource {
                    reason: reason.clone(),
                    inputs: names,
                });
            }
            DeviceFact::Gone { name } => {
                self.source = None;
                self.dialog = Some(Dialog::SourceGone { name: name.clone() });
            }
        }
    }

    /// What to show: a question, or the session's screen while it opens. `None`: what is shown stays for a moment.
    pub fn view(&self) -> Option<View> {
        let Some(speaker) = self.who.speaker() else {
            return Some(View::WhoSpeaks(self.who.view()));
        };
        match &self.asking {
            Asking::Asks(interview) => {
                let mut view = interview.view(speaker);
                view.back |= self.who.was_asked();
                Some(View::Ask(Box::new(view)))
            }
            Asking::Recalling if self.dialog.is_none() => None,
            _ => Some(View::Session(Box::new(self.opening()))),
        }
    }

    fn opening(&self) -> SessionView {
        SessionView {
            practice: false,
            phase: Phase::Opening,
            mode: self.mode,
            prompt: None,
            position: 0,
            total: 0,
            done: 0,
            saving: 0,
            item: ItemState::Open,
            notice: self.notice.clone(),
            dialog: self.dialog.clone(),
            source: None,
            minutes_left: None,
            level_dbfs: None,
            clipping: false,
            take_seconds: 0,
            has_last_take: false,
            playing: false,
            eliciting: false,
            review: None,
            marks: Marks::default(),
        }
    }

    /// The session's folder could not be prepared; Enter tries again.
    pub fn start_failed(&mut self, why: String) {
        self.dialog = Some(Dialog::CannotWrite(why));
    }

    /// Whether a source is open.
    pub fn has_source(&self) -> bool {
        self.source.is_some()
    }

    /// What was answered, once the session starts.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The mode as it turned out: holding may not be available.
    pub fn mode(&self) -> Mode {
        self.mode
    }
}
