//! Frames that are lost are told and counted, and what was not lost is where it belongs.

use rustix::process::Signal;
use voicebooth::corpus::sidecar::{DecidedBy, Status, Verdict};

use super::booth::{Setting, Take};
use super::common::pipewire::VirtualCard;
use super::common::session::signal;
use super::scene::{Scene, play};
use super::sound::RATE_HZ;
use super::takes::assert_fine;

/// Both words that are said: with a prompt of one word the second is rightly held for the first one said again, as they
/// rhyme.
const PROMPT: &str = "eleven; seven";
/// What names the takes of its only item.
const ITEM: &str = "eleven-seven-6f222bfa_r1";
const SETTING: Setting = Setting {
    prompts: &[PROMPT],
    args: &[],
    rate_hz: RATE_HZ,
    heard: "",
};
/// A second and a half.
const FROZEN_FRAMES: usize = 72_000;

/// Two words with a stall between them.
fn two_words_and_a_stall(
    card: &mut VirtualCard,
    scene: &mut Scene,
    freeze: impl Fn(&VirtualCard, &Scene),
    proceed: impl Fn(&VirtualCard, &Scene),
) -> Take {
    scene.start();
    scene.speak(card, "eleven");
    freeze(card, scene);
    scene.hear(FROZEN_FRAMES);
    proceed(card, scene);
    scene.speak(card, "seven");
    scene.stop();
    scene.take(&format!("{ITEM}_1"))
}

fn freeze_the_booth(_: &VirtualCard, scene: &Scene) {
    signal(scene.terminal.id(), Signal::STOP);
}

fn let_the_booth_proceed(_: &VirtualCard, scene: &Scene) {
    signal(scene.terminal.id(), Signal::CONT);
}

/// The take has one gap of zeros where frames are missing, and all the rest in its place; it is asked for again.
fn assert_loss_is_told(scene: &Scene, take: &Take) {
    let sidecar = &take.sidecar;
    let quality = sidecar.quality.as_ref().unwrap();
    assert_eq!(sidecar.status, Status::Rejected);
    assert_eq!(sidecar.decided_by, DecidedBy::Auto);
    assert_eq!(sidecar.reasons[0], "lost_frames");
    assert_eq!(quality.verdict, Verdict::Again);
    let integrity = sidecar.integrity.as_ref().unwrap();
    let [gap] = &integrity.gaps[..] else {
        panic!("not one gap: {integrity:?}");
    };
    assert_eq!((gap.cause.as_str(), gap.estimated), ("device", true));

    let (start, end) = (gap.at_frame as usize, (gap.at_frame + gap.frames) as usize);
    let recording = &take.recording;
    assert!(
        recording.samples[start..end]
            .iter()
            .all(|sample| *sample == 0.0)
    );
    // A block is dated as a whole: where one was torn, its parts cannot be told apart.
    let block = sidecar.device.as_ref().unwrap().block_frames as usize;
    let before = scene.assert_whole(&recording.part(0..start - block), 0);
    let rest = end + block;
    let after = scene.assert_whole(&recording.part(rest..recording.samples.len()), 1);
    let shift = after.room_at - before.room_at - rest as f64;
    // What is too little to be told from jitter: 10 ms.
    let jitter = f64::from(RATE_HZ) / 100.0;
    assert!(
        shift.abs() <= jitter,
        "what follows the gap is {shift} frames out of place"
    );
    let lost = gap.frames as usize;
    assert!(
        lost > FROZEN_FRAMES / 2,
        "only {lost} frames are said to be lost"
    );

    scene
        .terminal
        .wait_for(&format!("Some sound of “{PROMPT}” was lost."));
    scene.ready();
    scene.terminal.wait_for("1 of 1");
}

#[test]
fn a_booth_that_was_frozen_in_mid_take_has_lost_nothing() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    play(&mut card, SETTING, |card, scene| {
        let take = two_words_and_a_stall(card, scene, freeze_the_booth, let_the_booth_proceed);
        assert_fine(&take);
        scene.assert_whole(&take.recording, 0);
        scene.assert_whole(&take.recording, 1);
    });
}

#[test]
fn what_a_sound_server_loses_in_silence_is_told() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    play(&mut card, SETTING, |card, scene| {
        let take = two_words_and_a_stall(
            card,
            scene,
            |card, _| card.pulse_server().freeze(),
            |card, _| card.pulse_server().proceed(),
        );
        assert_loss_is_told(scene, &take);
    });
}

#[test]
fn what_alsa_loses_in_silence_while_the_booth_is_frozen_is_told() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    let setting = Setting {
        args: &["--host", "alsa"],
        ..SETTING
    };
    play(&mut card, setting, |card, scene| {
        let take = two_words_and_a_stall(card, scene, freeze_the_booth, let_the_booth_proceed);
        assert_loss_is_told(scene, &take);
        scene.start();
        scene.speak(card, "nine");
        scene.stop();
        let again = scene.take(&format!("{ITEM}_2"));
        assert_fine(&again);
        scene.assert_whole(&again.recording, 2);
    });
}
