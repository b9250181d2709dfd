//! Before the session: who speaks, and is there a source? A pure state machine like the engine.

use crate::audio::SourceInfo;
use crate::corpus::marks::Marks;
use crate::corpus::names;
use crate::recorder::messages::FromCapture;

use super::messages::{DeviceFact, Input, InputChoice, InputName, Signal};
use super::view::{Dialog, KnownSpeaker, Mode, Notice, Phase, SessionView, View, WhoSpeaks};
use super::{Command, FromFace};

/// What the lobby asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum LobbyEffect {
    /// Open this input.
    OpenInput(InputChoice),
    /// Try the same input again.
    Reopen,
    /// Begin the session.
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

/// The lobby.
#[derive(Clone, Debug)]
pub struct Lobby {
    known: Vec<KnownSpeaker>,
    who: WhoSpeaks,
    speaker: Option<String>,
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
        let found = match &asked {
            Some(id) => known.iter().find(|k| k.id == *id),
            None => known.first(),
        };
        let who = WhoSpeaks {
            suggested: generated,
            known: found.cloned(),
            refused: None,
        };
        let speaker = asked.filter(|_| who.known.is_none());
        Self {
            known,
            who,
            speaker,
            source: None,
            clock_ready: false,
            dialog: None,
            inputs: Vec::new(),
            notice: None,
            mode,
            started: false,
        }
    }

    /// A lobby whose speaker is settled: only the source is waited for.
    pub fn for_speaker(speaker: String, mode: Mode) -> Self {
        Self::new(Vec::new(), Some(speaker), String::new(), mode)
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
                effects.push(LobbyEffect::Reopen);
            }
            Input::Device(fact) => self.device(fact),
            Input::Capture(FromCapture::ClockReady { .. }) => self.clock_ready = true,
            Input::Capture(FromCapture::Muted(on)) => {
                self.notice = on.then_some(Notice::Muted);
            }
            Input::Capture(FromCapture::Stalled(on)) => {
                self.notice = on.then_some(Notice::Stalled);
            }
            _ => {}
        }
        if let (Some(speaker), Some(source), false) = (&self.speaker, &self.source, self.started) {
            self.started = true;
            effects.push(LobbyEffect::Start {
                speaker: speaker.clone(),
                source: Box::new(source.clone()),
            });
        }
        effects
    }

    fn command(&mut self, command: &Command, effects: &mut Vec<LobbyEffect>) {
        if *command == Command::Quit {
            return effects.push(LobbyEffect::Leave);
        }
        if self.speaker.is_none() {
            return self.answer_who(command);
        }
        match (&self.dialog, command) {
            (Some(Dialog::CannotWrite(_)), Command::Accept) => {
                self.dialog = None;
                self.started = false;
            }
            (Some(_), Command::Accept) => effects.push(LobbyEffect::Reopen),
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

    fn answer_who(&mut self, command: &Command) {
        match (&self.who.known, command) {
            (Some(known), Command::Accept | Command::Yes) => self.speaker = Some(known.id.clone()),
            (Some(_), Command::No) => self.who.known = None,
            (_, Command::Speaker(id)) => self.typed(id),
            _ => {}
        }
    }

    fn typed(&mut self, id: &str) {
        let id = id.trim();
        if let Err(why) = names::check_speaker_id(id) {
            self.who.refused = Some(why.to_string());
            return;
        }
        self.who.refused = None;
        match self.known.iter().find(|k| k.id == id) {
            Some(known) if self.who.known.as_ref() != Some(known) => {
                self.who.known = Some(known.clone());
            }
            _ => self.speaker = Some(id.to_owned()),
        }
    }

    fn device(&mut self, fact: &DeviceFact) {
        match fact {
            DeviceFact::Opened(info) => {
                self.source = Some(info.clone());
                self.clock_ready = false;
                self.dialog = None;
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

    /// What to show: the question, or the session's screen while it opens.
    pub fn view(&self) -> View {
        if self.speaker.is_none() {
            return View::WhoSpeaks(self.who.clone());
        }
        View::Session(Box::new(SessionView {
            practice: false,
            phase: Phase::Opening,
            mode: self.mode,
            prompt: None,
            position: 0,
            total: 0,
            done: 0,
            saving: 0,
            item: super::view::ItemState::Open,
            notice: self.notice.clone(),
            dialog: self.dialog.clone(),
            source: None,
            minutes_left: None,
            level_dbfs: None,
            clipping: false,
            take_seconds: 0,
            has_last_take: false,
            playing: false,
            review: None,
            marks: Marks::default(),
        }))
    }

    /// The session's folder could not be prepared; Enter tries again.
    pub fn start_failed(&mut self, why: String) {
        self.dialog = Some(Dialog::CannotWrite(why));
    }

    /// Whether a source is open.
    pub fn has_source(&self) -> bool {
        self.source.is_some()
    }

    /// The mode as it turned out: holding may not be available.
    pub fn mode(&self) -> Mode {
        self.mode
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{SourceKind, StreamFormat};
    use crate::units::Moment;

    fn known(id: &str) -> KnownSpeaker {
        KnownSpeaker {
            id: id.into(),
            last_here: "12 November 2026".into(),
        }
    }

    fn key(command: Command) -> Input {
        Input::Face(FromFace::Command(command, Moment::default()))
    }

    fn opened() -> Input {
        Input::Device(DeviceFact::Opened(SourceInfo {
            kind: SourceKind::Demo,
            host: "demo".into(),
            id: "demo".into(),
            name: "Demo".into(),
            format: StreamFormat {
                sample_rate_hz: 48_000,
                channels: 1,
            },
            device_channels: 1,
            channel_map: vec![0],
            sample_format: "f32".into(),
            block_frames: 480,
        }))
    }

    fn started(effects: &[LobbyEffect]) -> Option<&str> {
        effects.iter().find_map(|e| match e {
            LobbyEffect::Start { speaker, .. } => Some(speaker.as_str()),
            _ => None,
        })
    }

    #[test]
    fn the_speaker_of_the_last_session_is_offered_and_enter_goes_on() {
        let mut lobby = Lobby::new(vec![known("s7k3q")], None, "s2222".into(), Mode::Keys);
        assert!(matches!(lobby.view(), View::WhoSpeaks(w) if w.known == Some(known("s7k3q"))));
        assert_eq!(started(&lobby.update(&opened())), None);
        assert_eq!(started(&lobby.update(&key(Command::Accept))), Some("s7k3q"));
    }

    #[test]
    fn somebody_else_gets_a_new_id() {
        let mut lobby = Lobby::new(vec![known("s7k3q")], None, "s2222".into(), Mode::Keys);
        lobby.update(&opened());
        lobby.update(&key(Command::No));
        assert!(matches!(lobby.view(), View::WhoSpeaks(w) if w.known.is_none()));
        let effects = lobby.update(&key(Command::Speaker("s2222".into())));
        assert_eq!(started(&effects), Some("s2222"));
    }

    #[test]
    fn a_typed_id_that_exists_asks_before_going_on() {
        let mut lobby = Lobby::new(vec![known("a"), known("b")], None, "s2".into(), Mode::Keys);
        lobby.update(&opened());
        lobby.update(&key(Command::No));
        assert_eq!(
            started(&lobby.update(&key(Command::Speaker("b".into())))),
            None
        );
        assert!(matches!(lobby.view(), View::WhoSpeaks(w) if w.known == Some(known("b"))));
        assert_eq!(started(&lobby.update(&key(Command::Yes))), Some("b"));
    }

    #[test]
    fn an_id_that_cannot_be_a_folder_is_refused_with_a_reason() {
        let mut lobby = Lobby::new(vec![], None, "s2".into(), Mode::Keys);
        lobby.update(&opened());
        assert_eq!(
            started(&lobby.update(&key(Command::Speaker("../x".into())))),
            None
        );
        assert!(matches!(lobby.view(), View::WhoSpeaks(w) if w.refused.is_some()));
    }

    #[test]
    fn a_new_id_on_the_command_line_is_taken_without_a_question() {
        let mut lobby = Lobby::new(vec![known("a")], Some("b".into()), "s2".into(), Mode::Keys);
        assert_eq!(started(&lobby.update(&opened())), Some("b"));
    }

    #[test]
    fn without_a_microphone_the_demo_speaker_is_the_last_choice() {
        let mut lobby = Lobby::for_speaker("a".into(), Mode::Keys);
        let inputs = vec![InputName {
            id: "x".into(),
            name: "X".into(),
        }];
        let reason = "none".to_owned();
        lobby.update(&Input::Device(DeviceFact::Unavailable { reason, inputs }));
        assert_eq!(
            lobby.update(&key(Command::Choose(2))),
            [LobbyEffect::OpenInput(InputChoice::Demo)]
        );
        assert_eq!(lobby.update(&key(Command::Choose(3))), []);
        assert_eq!(started(&lobby.update(&opened())), Some("a"));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_tried_again_on_enter() {
        let mut lobby = Lobby::for_speaker("a".into(), Mode::Keys);
        assert_eq!(started(&lobby.update(&opened())), Some("a"));
        lobby.start_failed("read-only".into());
        assert_eq!(started(&lobby.update(&Input::Tick)), None);
        assert_eq!(started(&lobby.update(&key(Command::Accept))), Some("a"));
    }
}
