//! Takes are played, and prompts before they are read, and what is played is in no take.

use super::booth::{Setting, Take};
use super::common::pipewire::VirtualCard;
use super::common::terminal::shows;
use super::scene::{Scene, play};
use super::sound::{RATE_HZ, word};

/// 200 ms, the room's echo.
const ECHO_FRAMES: f64 = 9_600.0;

/// The pre-roll is longer than any pause here: nothing but what was played keeps it short, however slow the machine is.
const LONG_PRE_ROLL: Setting = Setting {
    prompts: &["alpha", "bravo"],
    args: &["--pre-roll", "10000"],
    rate_hz: RATE_HZ,
    heard: "",
};

/// The second prompt is heard before it is read.
const HEARD_BEFORE: Setting = Setting {
    prompts: &["id\ttext\taudio", "alpha\talpha", "bravo\tbravo\theard.wav"],
    heard: "eleven",
    ..LONG_PRE_ROLL
};

/// Outputs date their sound up to a block of the server too soon, so the largest matters most; with the smallest the
/// control itself loses blocks wherever a machine is busy.
const QUANTA: [u32; 2] = [512, 2048];

/// The take that is played, as a word of the scene; the first is what was said in it.
const PLAYED: usize = 1;
/// The prompt that is heard, where one is: it is known before anything is said.
const HEARD: usize = 0;
/// What is said after it.
const SAID_AFTER: usize = 2;

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

/// Plays a scene with each size of the server's blocks.
fn at_each_quantum(setting: Setting, scene: impl Fn(&mut VirtualCard, &mut Scene)) {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    for quantum in QUANTA {
        card.set_quantum(quantum);
        play(&mut card, setting, &scene);
    }
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
fn assert_clear_of_the_playback(scene: &Scene, take: &Take, what: usize, since: usize) {
    let [played, word] = scene.explain_words(&scene.control_since(since))[..] else {
        panic!("not what was played and a word");
    };
    let [same_word] = scene.explain_words(&take.recording)[..] else {
        panic!("not one word");
    };
    assert_eq!((played.word, word.word), (what, SAID_AFTER));
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
    at_each_quantum(LONG_PRE_ROLL, |card, scene| {
        let since = record_and_listen(card, scene, "eleven");
        wait_for_the_end(scene);
        let next = record_another(card, scene);
        assert_clear_of_the_playback(scene, &next, PLAYED, since);
    });
}

#[test]
fn a_pre_roll_begins_200_ms_after_the_last_sample_that_was_played() {
    at_each_quantum(LONG_PRE_ROLL, |card, scene| {
        let since = record_and_listen(card, scene, "eleven");
        wait_for_the_end(scene);
        scene.hear(RATE_HZ as usize / 2);
        let next = record_another(card, scene);
        assert_clear_of_the_playback(scene, &next, PLAYED, since);
        assert!(next.timing().pre_roll_frames > 0, "{:?}", next.timing());
    });
}

#[test]
fn space_stops_what_plays_and_none_of_it_is_in_the_next_take() {
    at_each_quantum(LONG_PRE_ROLL, |card, scene| {
        let since = record_and_listen(card, scene, "eleven elephants came along");
        scene.terminal.press(" ");
        wait_for_the_end(scene);
        let next = record_another(card, scene);
        let (whole, heard) = scene.broken_off(PLAYED, &scene.control_since(since));
        assert!(heard < whole, "all of its {whole} frames were played");
        assert_clear_of_the_playback(scene, &next, PLAYED, since);
    });
}

/// Reads the first prompt in a room that is silent from then on, and waits until the second is heard. Gives the control's frame before
/// it sounds; nothing of it is in the take before, whose tail would have had room for it.
fn read_and_listen(card: &VirtualCard, scene: &mut Scene) -> usize {
    assert_eq!(scene.heard_too(word(HEARD_BEFORE.heard)), HEARD);
    scene.start();
    scene.speak(card, "five");
    let before = scene.silence_the_room();
    scene.stop();
    scene.terminal.wait_for("playing");
    scene.wait_for_speech();
    let first = scene.take("alpha_r1_1");
    let said = scene.explain(&first.recording).words;
    assert!(said.iter().all(|word| word.word != HEARD), "{said:?}");
    before
}

#[test]
fn a_prompt_is_heard_before_its_take_and_none_of_it_is_in_one() {
    at_each_quantum(HEARD_BEFORE, |card, scene| {
        let since = read_and_listen(card, scene);
        wait_for_the_end(scene);
        let next = record_another(card, scene);
        assert_clear_of_the_playback(scene, &next, HEARD, since);
    });
}

#[test]
fn the_start_key_ends_what_is_heard_and_none_of_it_is_in_the_take() {
    at_each_quantum(HEARD_BEFORE, |card, scene| {
        let since = read_and_listen(card, scene);
        let next = record_another(card, scene);
        let (whole, heard) = scene.broken_off(HEARD, &scene.control_since(since));
        assert!(heard < whole, "all of its {whole} frames were played");
        assert_clear_of_the_playback(scene, &next, HEARD, since);
        assert_eq!(next.timing().pre_roll_frames, 0);
    });
}
