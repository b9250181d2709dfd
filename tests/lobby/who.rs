//! Who speaks, and with which source: what the lobby settles before anything is asked.

use voicebooth::session::lobby::{Answers, Lobby, LobbyEffect};
use voicebooth::session::messages::{DeviceFact, Input, InputChoice, InputName};
use voicebooth::session::view::{KnownSpeaker, Mode, View};
use voicebooth::session::{Command, FromFace};
use voicebooth::units::Moment;

use crate::source;

fn known(id: &str) -> KnownSpeaker {
    KnownSpeaker {
        id: id.into(),
        last_here: "12 November 2026".into(),
    }
}

fn lobby(known: Vec<KnownSpeaker>, asked: Option<String>, suggested: String) -> Lobby {
    let mut lobby = Lobby::new(known, asked, suggested, Mode::Keys);
    assert_eq!(lobby.begin(), [LobbyEffect::Open]);
    lobby
}

fn settled(speaker: &str) -> Lobby {
    let mut lobby = Lobby::for_speaker(speaker.into(), Answers::default(), Mode::Keys);
    assert_eq!(lobby.begin(), [LobbyEffect::Open]);
    lobby
}

fn key(command: Command) -> Input {
    Input::Face(FromFace::Command(command, Moment::default()))
}

fn opened() -> Input {
    Input::Device(DeviceFact::Opened(source()))
}

fn started(effects: &[LobbyEffect]) -> Option<&str> {
    effects.iter().find_map(|e| match e {
        LobbyEffect::Start { speaker, .. } => Some(speaker.as_str()),
        _ => None,
    })
}

#[test]
fn the_speaker_of_the_last_session_is_offered_and_enter_goes_on() {
    let mut lobby = lobby(vec![known("s7k3q")], None, "s2222".into());
    assert!(matches!(lobby.view(), Some(View::WhoSpeaks(w)) if w.known == Some(known("s7k3q"))));
    assert_eq!(started(&lobby.update(&opened())), None);
    assert_eq!(started(&lobby.update(&key(Command::Accept))), Some("s7k3q"));
}

#[test]
fn somebody_else_gets_a_new_id() {
    let mut lobby = lobby(vec![known("s7k3q")], None, "s2222".into());
    lobby.update(&opened());
    lobby.update(&key(Command::No));
    assert!(matches!(lobby.view(), Some(View::WhoSpeaks(w)) if w.known.is_none()));
    let effects = lobby.update(&key(Command::Speaker("s2222".into())));
    assert_eq!(started(&effects), Some("s2222"));
}

#[test]
fn a_typed_id_that_exists_asks_before_going_on() {
    let mut lobby = lobby(vec![known("a"), known("b")], None, "s2".into());
    lobby.update(&opened());
    lobby.update(&key(Command::No));
    assert_eq!(
        started(&lobby.update(&key(Command::Speaker("b".into())))),
        None
    );
    assert!(matches!(lobby.view(), Some(View::WhoSpeaks(w)) if w.known == Some(known("b"))));
    assert_eq!(started(&lobby.update(&key(Command::Yes))), Some("b"));
}

#[test]
fn an_id_that_cannot_be_a_folder_is_refused_with_a_reason() {
    let mut lobby = lobby(vec![], None, "s2".into());
    lobby.update(&opened());
    assert_eq!(
        started(&lobby.update(&key(Command::Speaker("../x".into())))),
        None
    );
    assert!(matches!(lobby.view(), Some(View::WhoSpeaks(w)) if w.refused.is_some()));
}

#[test]
fn a_new_id_on_the_command_line_is_taken_without_a_question() {
    let mut lobby = lobby(vec![known("a")], Some("b".into()), "s2".into());
    assert_eq!(started(&lobby.update(&opened())), Some("b"));
}

#[test]
fn without_a_microphone_the_demo_speaker_is_the_last_choice() {
    let mut lobby = settled("a");
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
    let mut lobby = settled("a");
    assert_eq!(started(&lobby.update(&opened())), Some("a"));
    lobby.start_failed("read-only".into());
    assert_eq!(started(&lobby.update(&Input::Tick)), None);
    assert_eq!(started(&lobby.update(&key(Command::Accept))), Some("a"));
}
