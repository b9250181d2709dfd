//! Takes are played, and what is played is in no take.

use super::booth::Setting;
use super::common::pipewire::VirtualCard;
use super::common::terminal::shows;
use super::scene::play;
use super::sound::RATE_HZ;
use super::takes::assert_fine;

/// 200 ms, the room's echo.
const ECHO_FRAMES: f64 = 9600.0;

#[test]
fn a_take_is_played_through_the_loudspeaker_and_the_next_one_begins_after_its_echo() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    play(&mut card, Setting::default(), |card, scene| {
        scene.start();
        scene.speak(card, "eleven");
        scene.stop();
        let first = scene.take("alpha_r1_1");
        scene.also_heard(&first.recording);
        scene.ready();
        scene.terminal.press("p");
        scene.terminal.wait_for("playing");
        scene.wait_for_speech();
        scene
            .terminal
            .wait("the playback to end", |screen| !shows(screen, "playing"));
        scene.hear(RATE_HZ as usize / 4); // longer than the echo, with the time that the screen takes
        scene.start();
        scene.speak(card, "seven");
        scene.stop();
        let second = scene.take("bravo_r1_1");
        assert_fine(&second);
        println!("{:#?}", second.timing());
        let explained = scene.assert_whole(&second.recording, 2);
        println!("{explained:?}");

        let control = scene.explain(&scene.control());
        println!("{control:?}");
        let played = control.words.iter().find(|spoken| spoken.word == 1);
        let played = played.expect("the take was not heard");
        let silence = explained.room_at - (control.room_at + played.end);
        println!("{silence}");
        assert!(
            silence >= ECHO_FRAMES,
            "only {silence} frames after the playback"
        );
        assert_eq!(second.timing().limited_by, ["playback"]);
    });
}
