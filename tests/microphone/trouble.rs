//! The microphone goes and comes back, or is silent: what was heard is kept, and the screen says what is wrong.

use voicebooth::corpus::sidecar::Status;

use super::booth::{Booth, Setting, Take};
use super::common::capture::write_wav;
use super::common::pipewire::VirtualCard;
use super::common::terminal::shows;
use super::scene::{Scene, play};
use super::sound::{RATE_HZ, noise};
use super::takes::assert_fine;

const ONE_PROMPT: Setting = Setting {
    prompts: &["alpha"],
    args: &[],
    rate_hz: RATE_HZ,
    heard: "",
};

/// The microphone goes in mid-take, after a word.
fn lose_the_microphone(card: &mut VirtualCard, scene: &mut Scene, lose: impl Fn(&mut VirtualCard)) {
    scene.start();
    scene.speak(card, "eleven");
    lose(card);
    // Until the take has been ended, its screen says the first of these in a line; then all stands on a page.
    scene.terminal.wait("the page that says so", |screen| {
        [
            "The microphone has gone",
            "“Virtual microphone” is no longer there.",
            "What you have recorded is kept.",
        ]
        .iter()
        .all(|words| shows(screen, words))
    });
    let take = scene.take("alpha_r1_1");
    assert_interrupted(&take);
    scene.assert_whole(&take.recording, 0);
}

fn assert_interrupted(take: &Take) {
    let sidecar = &take.sidecar;
    assert_eq!(sidecar.status, Status::Interrupted);
    assert_eq!(sidecar.reasons, ["device_lost"]);
    assert_eq!(take.timing().limited_by, ["device_lost"]);
    assert_eq!(take.timing().key_up_frame, None);
    assert_eq!(take.timing().stream, 1);
}

/// The item is asked for again and the next take of it is from the same microphone, opened anew.
fn record_with_the_microphone_that_is_back(card: &VirtualCard, scene: &mut Scene) {
    scene.listen_again(card);
    let screen = scene.ready();
    assert!(shows(&screen, "The microphone is back."), "{screen}");
    scene.start();
    scene.speak(card, "seven");
    scene.stop();
    let take = scene.take("alpha_r1_2");
    assert_fine(&take);
    scene.assert_whole(&take.recording, 1);
    assert_eq!(take.timing().stream, 2);
    assert_eq!(take.sidecar.device.as_ref().unwrap().id, "pulseaudio:mic");
}

#[test]
fn a_take_is_kept_when_the_sound_server_dies_and_the_next_one_works_when_it_is_back() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    play(&mut card, ONE_PROMPT, |card, scene| {
        lose_the_microphone(card, scene, VirtualCard::kill_server);
        card.start_server();
        record_with_the_microphone_that_is_back(card, scene);
    });
}

#[test]
fn a_microphone_that_is_unplugged_is_waited_for_and_no_other_is_taken() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    card.add_source("other", "Other input", &["MONO"]);
    card.connect("speaker:monitor_MONO", "other:input_MONO");
    play(&mut card, ONE_PROMPT, |card, scene| {
        lose_the_microphone(card, scene, |card| card.remove_source("mic"));
        card.plug_in_mic();
        record_with_the_microphone_that_is_back(card, scene);
    });
}

#[test]
fn a_muted_microphone_is_told_until_it_is_heard_again() {
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    card.disconnect("speaker:monitor_MONO", "mic:input_MONO");
    let mut booth = Booth::open(&card, Setting::default());
    let room = booth.folder().join("room.wav");
    write_wav(&room, RATE_HZ, &noise(60 * RATE_HZ as usize, 6));
    let _player = card.speak(&room);
    let muted = "The microphone gives no sound at all";
    booth.terminal.wait_for(muted);
    card.connect("speaker:monitor_MONO", "mic:input_MONO");
    booth
        .terminal
        .wait("the notice to go", |screen| !shows(screen, muted));
    booth.leave();
}
