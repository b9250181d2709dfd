//! Takes are played, and what is played is in no take.

use super::booth::{Setting, Take};
use super::common::pipewire::VirtualCard;
use super::common::terminal::shows;
use super::scene::{Scene, play};
use super::sound::RATE_HZ;

/// 200 ms, the room's echo.
const ECHO_FRAMES: f64 = 9_600.0;

/// The pre-roll is longer than any pause here: nothing but what was played keeps it short, however slow the machine is.
const LONG_PRE_ROLL: Setting = Setting {
    prompts: &["alpha", "bravo"],
    args: &["--pre-roll", "10000"],
    rate_hz: RATE_HZ,
};

/// Outputs date their sound up to a block of the server too soon, so the largest matters most; with the smallest the
/// control itself loses blocks wherever a machine is busy.
const QUANTA: [u32; 2] = [512, 2048];

/// The take that is played, as a word of the scene.
const PLAYED: usize = 1;

/// Records a take in a room that is silent from then on, presses P and waits until it is heard. Gives the control's
/// frame before it sounds.
fn record_and_listen(card: &VirtualCard, scene: &mut Scene, text: &str) -> usize {
    scene.start();
    scene.speak(card, text);
    scene.stop();
    let take = scene.take("alpha_r1_1");
    assert_eq!(scene.also_heard(&take.recording), PLAYED);
    let before = scene.silence_the_room();
    scene.ready();
    scene.terminal.press("p");
    scene.terminal.wait_for("playing");
    scene.wait_for_speech();
    before
}

fn wait_for_the_end(scene: &Scene) {
    scene
        .terminal
        .wait("the playback to end", |screen| !shows(screen, "playing"));
}

/// Starts the next take now and says a word.
fn record_another(card: &VirtualCard, scene: &mut Scene) -> Take {
    scene.start();
    scene.speak(card, "seven");
    scene.stop();
    scene.take("bravo_r1_1")
}

/// What was played was heard sample for sample, all that the scene knows of it, and the take has the word after it and
/// nothing else: its pre-roll begins 200 ms after the last sample that was played, or, where the key came before that,
/// at the key, for nothing that is said after a key is cut off.
fn assert_clear_of_the_playback(scene: &Scene, take: &Take, since: usize) {
    let [played, word] = scene.explain_words(&scene.control_since(since))[..] else {
        panic!("not what was played and a word");
    };
    let [same_word] = scene.explain_words(&take.recording)[..] else {
        panic!("not one word");
    };
    assert_eq!((played.word, word.word), (PLAYED, PLAYED + 1));
    assert_eq!(same_word.word, word.word);
    let timing = take.timing();
    assert!(same_word.start >= 0.0, "{same_word:?} {timing:?}");

    let silence = word.start - same_word.start - played.end;
    assert_eq!(timing.limited_by, ["playback"], "{silence} {timing:?}");
    let least = match timing.pre_roll_frames {
        0 => 0.0,
        _ => ECHO_FRAMES,
    };
    assert!(
        silence >= least,
        "only {silence} frames after the playback: {timing:?}"
    );
}

#[test]
fn a_take_is_played_sample_for_sample_and_none_of_it_is_in_one_that_starts_at_once() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    for quantum in QUANTA {
        card.set_quantum(quantum);
        play(&mut card, LONG_PRE_ROLL, |card, scene| {
            let since = record_and_listen(card, scene, "eleven");
            wait_for_the_end(scene);
            let next = record_another(card, scene);
            assert_clear_of_the_playback(scene, &next, since);
        });
    }
}

#[test]
fn a_pre_roll_begins_200_ms_after_the_last_sample_that_was_played() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    for quantum in QUANTA {
        card.set_quantum(quantum);
        play(&mut card, LONG_PRE_ROLL, |card, scene| {
            let since = record_and_listen(card, scene, "eleven");
            wait_for_the_end(scene);
            scene.hear(RATE_HZ as usize / 2);
            let next = record_another(card, scene);
            assert_clear_of_the_playback(scene, &next, since);
            assert!(next.timing().pre_roll_frames > 0, "{:?}", next.timing());
        });
    }
}

#[test]
fn space_stops_what_plays_and_none_of_it_is_in_the_next_take() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    for quantum in QUANTA {
        card.set_quantum(quantum);
        play(&mut card, LONG_PRE_ROLL, |card, scene| {
            let since = record_and_listen(card, scene, "eleven elephants came along");
            scene.terminal.press(" ");
            wait_for_the_end(scene);
            let next = record_another(card, scene);
            let (whole, heard) = scene.broken_off(PLAYED, &scene.control_since(since));
            assert!(heard < whole, "all of its {whole} frames were played");
            assert_clear_of_the_playback(scene, &next, since);
        });
    }
}
