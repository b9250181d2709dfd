//! Before a session: what a speaker can rely on while the study asks, and what the study can rely on.

#![allow(clippy::unwrap_used)] // a test fails by panicking

mod who;

use std::sync::Arc;

use serde_json::{Map, Value, json};
use voicebooth::audio::{SourceInfo, SourceKind, StreamFormat};
use voicebooth::corpus::names::sha256_hex;
use voicebooth::corpus::records::{ConsentRecord, SpeakerRecord};
use voicebooth::session::lobby::{Answers, Lobby, LobbyEffect};
use voicebooth::session::messages::{DeviceFact, Input, Signal};
use voicebooth::session::view::{
    AnswerBy, AnswerView, AskPage, AskView, AskedWords, Dialog, KnownSpeaker, Mode, QuestionView,
    Refused, View,
};
use voicebooth::session::{Command, FromFace};
use voicebooth::study::{Choice, Consent, Giver, Means, Question, QuestionKind, Scope, Script};
use voicebooth::units::Moment;

/// A lobby and what it has asked for so far.
struct Scene {
    lobby: Lobby,
    effects: Vec<LobbyEffect>,
}

impl Scene {
    /// A new speaker of that id, whose records say nothing.
    fn new(script: &Script) -> Self {
        Self::knowing(script, None)
    }

    /// A speaker whose newest record says this.
    fn knowing(script: &Script, said: Option<SpeakerRecord>) -> Self {
        let lobby = Lobby::new(Vec::new(), Some("p01".into()), "s2".into(), Mode::Keys);
        let mut scene = Self {
            lobby: lobby.asking(Arc::new(script.clone())),
            effects: Vec::new(),
        };
        scene.effects = scene.lobby.begin();
        if scene.effects.contains(&LobbyEffect::Recall("p01".into())) {
            let effects = scene.lobby.recalled(Ok(said));
            scene.effects.extend(effects);
        }
        scene
    }

    fn tell(&mut self, input: &Input) -> &mut Self {
        let effects = self.lobby.update(input);
        if effects.contains(&LobbyEffect::Confirmed) {
            self.lobby.confirmed_at("2026-11-22T10:15:09.500000Z");
        }
        self.effects.extend(effects);
        self
    }

    fn press(&mut self, command: Command) -> &mut Self {
        self.tell(&Input::Face(FromFace::Command(command, Moment::default())))
    }

    fn type_in(&mut self, words: &str) -> &mut Self {
        self.press(Command::Text(words.into()))
    }

    fn opened(&self) -> bool {
        self.effects.contains(&LobbyEffect::Open)
    }

    fn left(&self) -> bool {
        self.effects.contains(&LobbyEffect::Leave)
    }

    fn view(&self) -> AskView {
        match self.lobby.view() {
            Some(View::Ask(view)) => *view,
            other => panic!("nothing is asked: {other:?}"),
        }
    }

    fn question(&self) -> QuestionView {
        match self.view().page {
            AskPage::Question(question) => question,
            other => panic!("no question: {other:?}"),
        }
    }

    fn asked(&self) -> String {
        match self.question().words {
            AskedWords::Words(words) | AskedWords::Scope(words) => words,
            other => format!("{other:?}"),
        }
    }

    fn is_settled(&self) -> bool {
        matches!(self.lobby.view(), Some(View::Session(_)))
    }

    /// What is kept once the source is there and the session starts.
    fn answers(&mut self) -> Answers {
        self.tell(&Input::Device(DeviceFact::Opened(source())));
        assert!(
            self.effects
                .iter()
                .any(|e| matches!(e, LobbyEffect::Start { .. }))
        );
        self.lobby.answers().clone()
    }
}

fn source() -> SourceInfo {
    SourceInfo {
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
    }
}

fn question(id: &str, kind: QuestionKind, required: bool) -> Question {
    Question {
        id: id.into(),
        question: format!("{id}?"),
        help: None,
        kind,
        required,
    }
}

fn text() -> QuestionKind {
    QuestionKind::Text {
        max_characters: None,
    }
}

fn year() -> QuestionKind {
    QuestionKind::Number {
        min: Some(1900),
        max: Some(2020),
    }
}

fn languages() -> QuestionKind {
    QuestionKind::Choice {
        choices: vec![
            Choice::Plain("German".into()),
            Choice::Named {
                value: "fr".into(),
                text: "French".into(),
            },
        ],
        other: true,
    }
}

fn consent() -> Consent {
    let scope = |id: &str, required| Scope {
        id: id.into(),
        text: None,
        required,
    };
    Consent {
        version: "1".into(),
        text: None,
        scopes: vec![scope("study", true), scope("publication", false)],
        givers: vec![Giver::Oneself],
        means: vec![Means::Screen],
    }
}

fn with_consent() -> Script {
    Script {
        consent: Some(consent()),
        ..Script::default()
    }
}

fn with_form() -> Script {
    Script {
        speaker_form: vec![
            question("year", year(), true),
            question("language", languages(), false),
            question("dialect", text(), false),
        ],
        session_form: vec![question("cold", QuestionKind::YesNo, true)],
        ..Script::default()
    }
}

fn form(answers: &Value) -> Map<String, Value> {
    answers.as_object().unwrap().clone()
}

/// What a speaker's newest record says after these answers.
fn record(answers: Answers) -> SpeakerRecord {
    SpeakerRecord {
        format: "voicebooth-speaker/1".into(),
        speaker: "p01".into(),
        speaker_uuid: String::new(),
        form: Some(answers.speaker_form).filter(|form| !form.is_empty()),
        consent: answers.consent,
    }
}

/// Somebody who has agreed to everything in that script.
fn who_agreed(script: &Script) -> SpeakerRecord {
    let mut scene = Scene::new(script);
    scene
        .press(Command::Accept)
        .press(Command::Yes)
        .press(Command::Yes);
    scene.press(Command::Accept);
    record(scene.answers())
}

#[test]
fn the_microphone_opens_only_after_the_last_page_is_confirmed() {
    let mut scene = Scene::new(&with_consent());
    for command in [Command::Accept, Command::Yes, Command::No] {
        assert!(!scene.opened());
        scene.press(command);
    }
    assert!(matches!(scene.view().page, AskPage::Confirm { .. }));
    // A laptop that was closed and opened again opens no microphone either.
    scene.tell(&Input::Signal(Signal::Continue));
    assert!(!scene.opened() && !scene.effects.contains(&LobbyEffect::Reopen));
    scene.press(Command::Accept);
    assert!(scene.opened() && scene.is_settled());
}

#[test]
fn what_was_agreed_to_is_kept_with_its_text_version_and_time() {
    let mut scene = Scene::new(&with_consent());
    scene
        .press(Command::Accept)
        .press(Command::Yes)
        .press(Command::No);
    scene.press(Command::Accept);
    let given = ConsentRecord {
        version: "1".into(),
        text_sha256: sha256_hex(consent().document().as_bytes()),
        scopes: form(&json!({"study": true, "publication": false})),
        giver: Giver::Oneself,
        means: Means::Screen,
        given_at: "2026-11-22T10:15:09.500000Z".into(),
    };
    assert_eq!(scene.answers().consent, Some(given));
}

#[test]
fn refusing_what_is_required_asks_once_and_leaves_without_a_microphone() {
    let mut scene = Scene::new(&with_consent());
    scene.press(Command::Accept).press(Command::No);
    assert_eq!(scene.view().page, AskPage::Leave);
    scene.press(Command::Accept).press(Command::Choose(1));
    assert_eq!(
        scene.view().page,
        AskPage::Leave,
        "only Y and N answer that"
    );
    scene.press(Command::No);
    assert_eq!(scene.asked(), "My recordings may be used for this study.");
    scene.press(Command::No).press(Command::Yes);
    assert!(scene.left() && !scene.opened());
}

#[test]
fn refusing_what_is_not_required_changes_nothing_else() {
    let mut scene = Scene::new(&with_consent());
    scene
        .press(Command::Accept)
        .press(Command::Yes)
        .press(Command::No);
    scene.press(Command::Accept);
    assert!(!scene.left() && scene.opened());
}

#[test]
fn enter_alone_agrees_to_nothing() {
    let mut scene = Scene::new(&with_consent());
    scene
        .press(Command::Accept)
        .press(Command::Accept)
        .press(Command::Accept);
    assert_eq!(scene.asked(), "My recordings may be used for this study.");
    assert_eq!(scene.view().refused, Some(Refused::Needed));
}

#[test]
fn who_has_agreed_is_not_asked_again_and_the_microphone_opens_at_once() {
    let scene = Scene::knowing(&with_consent(), Some(who_agreed(&with_consent())));
    assert!(scene.opened() && scene.is_settled());
}

#[test]
fn a_new_version_a_changed_text_or_a_changed_sentence_asks_again() {
    let agreed = who_agreed(&with_consent());
    let change = |change: fn(&mut Consent)| {
        let mut script = with_consent();
        script.consent.as_mut().map(change);
        Scene::knowing(&script, Some(agreed.clone()))
    };
    for scene in [
        change(|consent| consent.version = "2".into()),
        change(|consent| consent.text = Some("We keep it all.".into())),
        change(|consent| consent.scopes[1].text = Some("It may be on the radio.".into())),
    ] {
        assert!(!scene.opened());
        assert!(matches!(scene.view().page, AskPage::Read(_)));
    }
}

#[test]
fn giver_and_means_are_asked_where_there_is_more_than_one() {
    let mut script = with_consent();
    let consent = script.consent.as_mut().unwrap();
    consent.givers = vec![Giver::Oneself, Giver::Guardian];
    consent.means = vec![Means::Screen, Means::Paper, Means::Spoken];
    let mut scene = Scene::new(&script);
    scene
        .press(Command::Accept)
        .press(Command::Yes)
        .press(Command::Yes);
    assert_eq!(scene.question().words, AskedWords::Giver);
    scene.press(Command::Choose(2));
    assert_eq!(scene.question().words, AskedWords::Means);
    scene
        .press(Command::Move(2))
        .press(Command::Accept)
        .press(Command::Accept);
    let given = scene.answers().consent.unwrap();
    assert_eq!((given.giver, given.means), (Giver::Guardian, Means::Paper));
}

#[test]
fn what_is_not_asked_or_not_answered_is_not_kept() {
    let mut scene = Scene::new(&with_form());
    scene
        .type_in("1980")
        .press(Command::Accept)
        .type_in("")
        .press(Command::No);
    scene.press(Command::Accept);
    let answers = scene.answers();
    assert_eq!(answers.consent, None);
    assert_eq!(answers.speaker_form, form(&json!({"year": 1980})));
    assert_eq!(answers.session_form, form(&json!({"cold": false})));
}

#[test]
fn a_choice_is_kept_by_its_value_and_something_else_as_it_was_typed() {
    let mut scene = Scene::new(&with_form());
    scene.type_in("1980").press(Command::Choose(2));
    assert_eq!(scene.asked(), "dialect?");
    scene.press(Command::Cancel);
    scene
        .press(Command::Choose(3))
        .type_in("Romansh")
        .type_in("")
        .press(Command::Yes);
    scene.press(Command::Accept);
    let expected = form(&json!({"year": 1980, "language": "Romansh"}));
    assert_eq!(scene.answers().speaker_form, expected);

    let mut scene = Scene::new(&with_form());
    scene
        .type_in("1980")
        .press(Command::Choose(2))
        .type_in("")
        .press(Command::Yes);
    scene.press(Command::Accept);
    assert_eq!(scene.answers().speaker_form["language"], "fr");
}

#[test]
fn a_number_that_is_none_or_beyond_its_limits_is_refused_with_them() {
    let mut scene = Scene::new(&with_form());
    let limits = Refused::Number {
        min: Some(1900),
        max: Some(2020),
    };
    for words in ["eighty", "1899", "2021", "19 80", "1980.5"] {
        scene.type_in(words);
        assert_eq!(scene.view().refused, Some(limits), "{words}");
        assert_eq!(scene.asked(), "year?");
    }
    scene.type_in("");
    assert_eq!(scene.view().refused, Some(Refused::Needed));
    scene.type_in(" 1900 ");
    assert_eq!(scene.asked(), "language?");
    assert_eq!(scene.view().refused, None);
}

#[test]
fn going_back_finds_the_answers_as_they_were_and_can_change_them() {
    let mut scene = Scene::new(&with_form());
    scene
        .type_in("1980")
        .press(Command::Choose(1))
        .type_in("Bern");
    scene.press(Command::Cancel);
    assert_eq!(begun_with(&scene), "Bern");
    scene.press(Command::Previous);
    assert_eq!(begun_with(&scene), "Some(0)");
    scene.press(Command::Previous);
    assert_eq!(begun_with(&scene), "1980");
    scene
        .type_in("1981")
        .press(Command::Next)
        .press(Command::Next);
    scene.press(Command::Yes).press(Command::Accept);
    let expected = form(&json!({"year": 1981, "language": "German", "dialect": "Bern"}));
    assert_eq!(scene.answers().speaker_form, expected);
}

#[test]
fn one_of_many_choices_is_marked_by_its_number_and_taken_by_enter() {
    let choices = (1..=120).map(|n| Choice::Plain(format!("variety {n}")));
    let kind = QuestionKind::Choice {
        choices: choices.collect(),
        other: false,
    };
    let script = Script {
        speaker_form: vec![question("variety", kind, true)],
        ..Script::default()
    };
    let marked = |keys: &[Command]| {
        let mut scene = Scene::new(&script);
        for key in keys {
            scene.press(key.clone());
        }
        match scene.question().answer {
            AnswerBy::Choice { marked, .. } => marked.map(|index| index + 1),
            AnswerBy::Line { .. } => panic!("no field"),
        }
    };
    let typed = |digits: &[u8]| {
        let keys: Vec<Command> = digits.iter().copied().map(Command::Choose).collect();
        marked(&keys)
    };
    assert_eq!(typed(&[3]), Some(3));
    assert_eq!(typed(&[1, 2]), Some(12));
    assert_eq!(typed(&[1, 1, 0]), Some(110));
    assert_eq!(
        typed(&[9, 8, 7]),
        Some(7),
        "a number that is not there begins anew"
    );
    assert_eq!(typed(&[0]), None);
    let moved = [Command::Choose(1), Command::Move(1), Command::Choose(5)];
    assert_eq!(marked(&moved), Some(5));

    let mut scene = Scene::new(&script);
    scene.press(Command::Choose(4)).press(Command::Choose(2));
    scene.press(Command::Accept).press(Command::Accept);
    let expected = form(&json!({"variety": "variety 42"}));
    assert_eq!(scene.answers().speaker_form, expected);
}

/// What stands in the field of a question, or which of its choices is marked.
fn begun_with(scene: &Scene) -> String {
    match scene.question().answer {
        AnswerBy::Line { begin_with, .. } => begin_with,
        AnswerBy::Choice { marked, .. } => format!("{marked:?}"),
    }
}

#[test]
fn what_was_typed_and_not_confirmed_is_there_again_and_is_no_answer_before() {
    let mut scene = Scene::new(&with_form());
    let back = |words: &str| Command::Back(words.into());
    scene.type_in("1980").press(Command::Choose(3));
    scene.press(back("Roma"));
    assert_eq!(begun_with(&scene), "None", "back to the choices");
    scene.press(Command::Choose(3));
    assert_eq!(begun_with(&scene), "Roma");
    scene.type_in("Romansh").press(back("Be"));
    assert_eq!(scene.asked(), "language?");
    scene.press(Command::Next);
    assert_eq!(
        (scene.asked(), begun_with(&scene)),
        ("dialect?".into(), "Be".into())
    );
    scene.type_in("Bern").press(Command::Previous);
    assert_eq!(
        begun_with(&scene),
        "Bern",
        "what was confirmed is in its place"
    );
    scene.press(back("Basel")).press(Command::Next);
    scene.type_in("").press(Command::Yes).press(Command::Accept);
    let expected = form(&json!({"year": 1980, "language": "Romansh"}));
    assert_eq!(scene.answers().speaker_form, expected);
}

#[test]
fn the_last_page_lists_all_answers_and_one_can_be_changed_from_there() {
    let mut scene = Scene::new(&with_form());
    scene
        .type_in("1980")
        .press(Command::Choose(1))
        .type_in("")
        .press(Command::Yes);
    let AskPage::Confirm { rows, marked } = scene.view().page else {
        panic!("the last page");
    };
    let answers: Vec<_> = rows.into_iter().map(|(_, answer)| answer).collect();
    let words = |words: &str| Some(AnswerView::Words(words.into()));
    assert_eq!(
        answers,
        [words("1980"), words("German"), None, Some(AnswerView::Yes)]
    );
    assert_eq!(marked, None);
    scene
        .press(Command::Move(1))
        .press(Command::Move(1))
        .press(Command::Accept);
    assert_eq!(scene.asked(), "language?");
    scene.press(Command::Choose(2));
    assert!(matches!(
        scene.view().page,
        AskPage::Confirm { marked: None, .. }
    ));
    scene.press(Command::Move(-1));
    let last = |page| {
        matches!(
            page,
            AskPage::Confirm {
                marked: Some(3),
                ..
            }
        )
    };
    assert!(last(scene.view().page), "up leads to the last");
    scene.press(Command::Move(-4)).press(Command::Accept);
    assert_eq!(scene.answers().speaker_form["language"], "fr");
}

#[test]
fn a_known_speaker_is_asked_only_what_has_no_answer_yet_and_the_session_form_every_time() {
    let said = SpeakerRecord {
        form: Some(form(&json!({"year": 1980, "dialect": "Bern"}))),
        ..who_agreed(&with_consent())
    };
    let mut scene = Scene::knowing(&with_form(), Some(said));
    assert_eq!(
        (scene.asked(), scene.view().place),
        ("language?".into(), Some((1, 2)))
    );
    scene.press(Command::Choose(1));
    assert_eq!(scene.asked(), "cold?");
}

#[test]
fn without_a_consent_the_microphone_gets_ready_behind_the_form_and_its_trouble_waits() {
    let mut scene = Scene::new(&with_form());
    assert!(scene.opened());
    scene.tell(&Input::Device(DeviceFact::Unavailable {
        reason: "none".into(),
        inputs: Vec::new(),
    }));
    assert_eq!(scene.asked(), "year?");
    scene
        .type_in("1980")
        .press(Command::Accept)
        .type_in("")
        .press(Command::No);
    scene.press(Command::Accept);
    let Some(View::Session(view)) = scene.lobby.view() else {
        panic!("the session's screen");
    };
    assert!(matches!(view.dialog, Some(Dialog::NoSource { .. })));
}

#[test]
fn leaving_is_possible_on_every_page() {
    for pressed in 0..4 {
        let mut scene = Scene::new(&with_consent());
        let all = [Command::Accept, Command::Yes, Command::Yes];
        for command in all.into_iter().take(pressed) {
            scene.press(command);
        }
        scene.press(Command::Quit);
        assert!(scene.left() && !scene.opened());
    }
}

#[test]
fn who_was_taken_for_another_goes_back_to_the_first_question_and_the_microphone_closes() {
    let known = KnownSpeaker {
        id: "p01".into(),
        last_here: "12 November 2026".into(),
    };
    let script = Script {
        session_form: vec![question("cold", QuestionKind::YesNo, true)],
        ..with_consent()
    };
    let lobby = Lobby::new(vec![known], None, "s2".into(), Mode::Keys).asking(Arc::new(script));
    let mut scene = Scene {
        lobby,
        effects: Vec::new(),
    };
    assert_eq!(scene.lobby.begin(), []);
    scene.press(Command::Accept);
    let said = who_agreed(&with_consent());
    assert_eq!(scene.lobby.recalled(Ok(Some(said))), [LobbyEffect::Open]);
    scene.tell(&Input::Device(DeviceFact::Opened(source())));
    scene.press(Command::Cancel);
    assert!(matches!(scene.lobby.view(), Some(View::WhoSpeaks(_))));
    assert!(scene.effects.contains(&LobbyEffect::Close));
    scene
        .press(Command::No)
        .press(Command::Speaker("p02".into()));
    assert!(scene.effects.contains(&LobbyEffect::Recall("p02".into())));
    assert_eq!(scene.lobby.recalled(Ok(None)), []);
    assert!(matches!(scene.view().page, AskPage::Read(_)));
    assert_eq!(scene.view().speaker, "p02");
}

#[test]
fn a_record_that_cannot_be_read_is_told_and_read_again_on_enter() {
    let mut scene = Scene::new(&with_consent());
    scene.lobby = Lobby::new(Vec::new(), Some("p01".into()), "s2".into(), Mode::Keys)
        .asking(Arc::new(with_consent()));
    scene.effects = scene.lobby.begin();
    assert_eq!(
        scene.lobby.view(),
        None,
        "nothing is said before it is known"
    );
    scene.lobby.recalled(Err("speaker.json:1:1: broken".into()));
    assert!(scene.is_settled(), "the trouble is on the session's screen");
    scene.effects.clear();
    scene.press(Command::Accept);
    assert_eq!(scene.effects, [LobbyEffect::Recall("p01".into())]);
    scene.lobby.recalled(Ok(None));
    assert!(matches!(scene.view().page, AskPage::Read(_)));
}

#[test]
fn another_input_asks_nothing_again() {
    let mut scene = Scene::new(&with_form());
    scene
        .type_in("1980")
        .press(Command::Accept)
        .type_in("")
        .press(Command::No);
    scene.press(Command::Accept);
    let answers = scene.answers();
    let mut next = Lobby::for_speaker("p01".into(), answers.clone(), Mode::Keys);
    assert_eq!(next.begin(), [LobbyEffect::Open]);
    assert_eq!(next.answers(), &answers);
    assert!(matches!(next.view(), Some(View::Session(_))));
}
