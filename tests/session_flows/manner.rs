//! What a prompt list asks of its items: how they start and stop, with which rolls, seen or heard before.

use std::sync::Arc;
use std::time::Duration;

use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::prompts::{Prompt, PromptList, PromptPhase, Section, SectionMode};
use voicebooth::recorder::messages::{Rolls, ToCapture};
use voicebooth::session::Command;
use voicebooth::session::messages::{Effect, Input, PlaybackFact};
use voicebooth::session::setup::Setup;
use voicebooth::session::view::{Mode, Notice, Phase, Seen};
use voicebooth::units::Moment;

use crate::booth::{Booth, setup};

/// One section of two prompts and one prompt in none.
fn asking(of_section: Section, of_first: impl FnOnce(&mut Prompt)) -> Arc<PromptList> {
    let prompt = |id: &str, section: Option<&str>| Prompt {
        id: id.into(),
        text: id.into(),
        section: section.map(str::to_owned),
        repeat: 1,
        ..Prompt::default()
    };
    let mut prompts = vec![
        prompt("one", Some("a")),
        prompt("two", Some("a")),
        prompt("three", None),
    ];
    of_first(&mut prompts[0]);
    let name = "a".to_owned();
    Arc::new(PromptList {
        name: "list".into(),
        prompts,
        sections: vec![Section { name, ..of_section }],
        sha256: "0123456789ab".into(),
        ..PromptList::default()
    })
}

fn in_mode(mode: SectionMode) -> Section {
    Section {
        mode: Some(mode),
        ..Section::default()
    }
}

fn reading(list: Arc<PromptList>, change: impl FnOnce(&mut Setup)) -> Booth {
    let mut setup = setup();
    change(&mut setup);
    Booth::reading((list, &[]), setup, &[])
}

fn heard(prompt: &mut Prompt) {
    prompt.audio = Some("one.wav".into());
}

/// A booth in which the first prompt is being heard.
fn hearing(change: impl FnOnce(&mut Setup)) -> Booth {
    let mut booth = reading(asking(Section::default(), heard), change);
    booth.tell(Input::Tick);
    assert!(plays_the_prompt(&booth));
    booth
}

/// The last of it was heard just now.
fn silent(booth: &mut Booth) {
    let until = booth.now;
    booth.tell(Input::Playback(PlaybackFact::Finished { until }));
}

fn plays_the_prompt(booth: &Booth) -> bool {
    booth.has(|e| matches!(e, Effect::PlayPrompt(id) if id == "one"))
}

fn is_listening(booth: &Booth) -> bool {
    booth.has(|e| matches!(e, Effect::Capture(ToCapture::Listen { .. })))
}

#[test]
fn a_timed_section_stops_by_itself_and_the_prompts_outside_of_it_do_not() {
    let list = asking(in_mode(SectionMode::Timed), |one| {
        one.duration_ms = Some(800);
    });
    let mut booth = reading(list, |_| {});
    assert_eq!(booth.view().mode, Mode::Timed { ms: 800 });
    booth.press(Command::StartStop);
    booth.press(Command::StartStop);
    assert_eq!(
        booth.view().phase,
        Phase::Recording,
        "a key does not stop it"
    );
    booth.after_ms(900).tell(Input::Tick);
    assert_eq!(booth.view().prompt.unwrap().text, "two");
    assert_eq!(booth.view().mode, Mode::Keys, "it has no duration");
    booth.press(Command::Next);
    assert_eq!(booth.view().mode, Mode::Keys);
}

#[test]
fn a_hands_free_section_is_listened_to_and_the_rest_waits_for_keys() {
    let mut booth = reading(asking(in_mode(SectionMode::HandsFree), |_| {}), |_| {});
    booth.tell(Input::Tick);
    assert_eq!(booth.view().mode, Mode::HandsFree);
    assert!(is_listening(&booth));
    booth.press(Command::Next);
    booth.press(Command::Next);
    assert_eq!(booth.view().prompt.unwrap().text, "three");
    assert_eq!(booth.view().mode, Mode::Keys);
    assert!(booth.has(|e| matches!(e, Effect::Capture(ToCapture::Rest))));
}

#[test]
fn a_mode_that_somebody_fixed_wins_over_the_lists() {
    let list = asking(in_mode(SectionMode::HandsFree), |_| {});
    let booth = reading(list, |setup| setup.mode_is_fixed = true);
    assert_eq!(booth.view().mode, Mode::Keys);
}

#[test]
fn rolls_are_as_long_as_the_list_asks_and_never_shorter_than_the_sessions() {
    let list = asking(Section::default(), |one| {
        one.pre_delay_ms = Some(2_000);
        one.post_delay_ms = Some(100);
    });
    let mut booth = reading(list, |_| {});
    booth.press(Command::StartStop);
    let asked = Rolls {
        pre_roll_ms: Some(2_000),
        post_roll_ms: None,
    };
    assert_eq!(booth.begun().rolls, asked);
    booth.press(Command::StartStop);
    booth.press(Command::StartStop);
    assert_eq!(booth.begun().rolls, Rolls::default());
}

#[test]
fn a_prompt_that_is_not_to_be_seen_before_the_key_is_shown_by_it() {
    let at_the_key = Section {
        prompt_phase: Some(PromptPhase::Recording),
        ..Section::default()
    };
    let mut booth = reading(asking(at_the_key, |_| {}), |_| {});
    let prompt = booth.view().prompt.unwrap();
    assert!(prompt.seen == Seen::FromTheKey && prompt.text.is_empty());
    assert!(booth.noted("shown").is_none());
    booth.press(Command::StartStop);
    assert_eq!(booth.view().prompt.unwrap().text, "one");
    let shown = booth.noted("shown").unwrap();
    assert_eq!(booth.begun().shown_at, Some(shown.at));
    assert_eq!(booth.noted("key_down").unwrap().at, shown.at);
}

#[test]
fn a_prompt_that_is_heard_comes_before_the_reading_which_a_start_key_begins_as_soon_as_it_is_silent()
 {
    let mut booth = hearing(|_| {});
    assert!(booth.view().eliciting);
    booth.after_ms(300).press(Command::StartStop);
    assert!(booth.has(|e| matches!(e, Effect::StopPlaying)));
    assert_eq!(booth.view().phase, Phase::Idle);
    let until = booth.after_ms(20).now + Duration::from_millis(50);
    booth.tell(Input::Playback(PlaybackFact::Finished { until }));
    assert!(booth.has(|e| matches!(e, Effect::Capture(ToCapture::Played { .. }))));
    assert_eq!(booth.view().phase, Phase::Idle);
    booth.after_ms(60).tell(Input::Tick);
    assert_eq!(booth.view().phase, Phase::Recording);
    let begins =
        |e: &Effect| matches!(e, Effect::Capture(ToCapture::Begin { at, .. }) if *at == until);
    assert!(booth.has(begins));
}

#[test]
fn a_key_that_is_let_go_before_the_prompt_is_silent_begins_nothing() {
    let mut booth = hearing(|setup| setup.mode = Mode::Hold);
    booth.press(Command::HoldStart);
    booth.press(Command::HoldEnd);
    silent(&mut booth);
    booth.tell(Input::Tick);
    assert_eq!(booth.view().phase, Phase::Idle);
}

#[test]
fn a_prompt_is_heard_when_the_take_before_it_is_closed() {
    let heard_second = |one: &mut Prompt| one.audio = None;
    let mut list = asking(Section::default(), heard_second);
    Arc::make_mut(&mut list).prompts[1].audio = Some("two.wav".into());
    let mut booth = reading(list, |_| {});
    let plays = |booth: &Booth| booth.has(|e| matches!(e, Effect::PlayPrompt(id) if id == "two"));
    let take = booth.record();
    assert_eq!(booth.text(), "two");
    assert!(!plays(&booth));
    booth.after_ms(300).tell(Input::Tick);
    assert!(!plays(&booth), "it would be in the take before");
    booth.close(&take, Verdict::Fine, "", Status::Accepted);
    assert!(plays(&booth));
}

#[test]
fn a_prompt_that_must_be_heard_to_its_end_is() {
    let must = |one: &mut Prompt| {
        heard(one);
        one.blocked = true;
    };
    let mut booth = reading(asking(Section::default(), must), |_| {});
    booth.tell(Input::Tick);
    booth.press(Command::StartStop);
    assert!(!booth.has(|e| matches!(e, Effect::StopPlaying)));
    silent(&mut booth);
    assert_eq!(booth.view().phase, Phase::Idle);
    booth.press(Command::StartStop);
    assert_eq!(booth.view().phase, Phase::Recording);
}

#[test]
fn hands_free_the_reading_is_waited_for_when_the_prompt_was_heard() {
    let mut booth = reading(asking(in_mode(SectionMode::HandsFree), heard), |_| {});
    booth.tell(Input::Tick);
    assert!(plays_the_prompt(&booth) && !is_listening(&booth));
    booth.after_ms(700).tell(Input::Tick);
    let until = booth.now;
    booth.tell(Input::Playback(PlaybackFact::Finished { until }));
    let since = |e: &Effect| match e {
        Effect::Capture(ToCapture::Listen { shown_at, .. }) => Some(*shown_at),
        _ => None,
    };
    let listened: Vec<Moment> = booth.effects.iter().filter_map(since).collect();
    assert_eq!(listened, [until]);
}

#[test]
fn a_prompt_that_cannot_be_played_is_told_and_can_be_read_all_the_same() {
    let mut booth = hearing(|_| {});
    let why = "no output".to_owned();
    booth.tell(Input::Playback(PlaybackFact::Failed(why.clone())));
    let noted = booth.noted("prompt_not_played").unwrap();
    assert_eq!(noted.data["prompt"], "one");
    assert_eq!(noted.data["reason"], "no output");
    assert_eq!(booth.view().notice, Some(Notice::CannotPlayPrompt(why)));
    assert!(booth.view().prompt.unwrap().unheard);
    booth.press(Command::StartStop);
    assert_eq!(booth.view().phase, Phase::Recording);
}

#[test]
fn play_means_the_prompt_until_there_is_a_take_of_it() {
    let mut booth = hearing(|_| {});
    silent(&mut booth);
    assert!(!plays_the_prompt(&booth));
    assert!(!booth.view().prompt.unwrap().unheard);
    booth.press(Command::Play);
    assert!(plays_the_prompt(&booth));
}
