//! What is spoken is in the take, sample for sample.

use voicebooth::corpus::sidecar::{Status, Verdict};

use super::booth::{Setting, Take};
use super::common::pipewire::VirtualCard;
use super::scene::{Scene, play};

/// The take counts and nothing is missing in it.
pub fn assert_fine(take: &Take) {
    let sidecar = &take.sidecar;
    let quality = sidecar.quality.as_ref().unwrap();
    let integrity = sidecar.integrity.as_ref().unwrap();
    assert_eq!(sidecar.status, Status::Accepted, "{sidecar:#?}");
    // What is said here is seldom as long as the prompt's text: that is for the operator, and nothing else is.
    let length = |word: &String| word == "long" || word == "short";
    assert!(quality.warnings.iter().all(length), "{sidecar:#?}");
    assert_ne!(quality.verdict, Verdict::Again);
    assert_eq!(integrity.gaps, []);
    assert_eq!((integrity.overruns, integrity.xruns), (0, 0));
    assert_eq!(sidecar.source, "microphone");
}

/// A word is spoken between the keys.
fn a_word_between_the_keys(card: &mut VirtualCard, scene: &mut Scene) {
    let heard_before = scene.room_heard();
    scene.start();
    scene.speak(card, "eleven");
    let heard_at_last = scene.room_heard();
    scene.stop();
    let take = scene.take("alpha_r1_1");
    assert_fine(&take);

    let explained = scene.assert_whole(&take.recording, 0);
    let spoken = explained.words[0];
    let timing = take.timing();
    let key_down = timing.key_down_frame.unwrap();
    let key_up = timing.key_up_frame.unwrap();
    let rolls = (timing.pre_roll_frames, timing.post_roll_frames);
    let roll = u64::from(take.sidecar.audio.as_ref().unwrap().sample_rate_hz) * 3 / 10;
    assert_eq!(rolls, (roll, roll), "{timing:?}");
    assert_eq!(timing.limited_by, Vec::<String>::new());
    assert_eq!(key_down, roll as i64);
    let frames = take.recording.samples.len();
    assert_eq!(key_up + roll as i64, frames as i64);

    // What was heard before a key was pressed lies before its frame, what was said once the screen had changed after it.
    let stride = take.recording.stride as f64;
    let error = timing.clock_error_ms.unwrap() * 48.0;
    let room_at = |frame: i64| explained.room_at + frame as f64 * stride + error;
    assert!(
        heard_before <= room_at(key_down),
        "{heard_before} {timing:?}"
    );
    assert!(
        heard_at_last <= room_at(key_up),
        "{heard_at_last} {timing:?}"
    );
    assert!(spoken.start >= key_down as f64 && spoken.end <= key_up as f64);
}

#[test]
fn a_take_holds_what_was_heard_sample_for_sample_with_both_rolls() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    for quantum in [128, 512, 2048] {
        card.set_quantum(quantum);
        play(&mut card, Setting::default(), a_word_between_the_keys);
    }
}

#[test]
fn a_take_at_16_khz_holds_what_was_heard() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    let setting = Setting {
        rate_hz: 16_000,
        ..Setting::default()
    };
    play(&mut card, setting, a_word_between_the_keys);
}

#[test]
fn words_that_are_under_way_at_the_keys_are_in_the_take_whole() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    play(&mut card, Setting::default(), |card, scene| {
        let mut early = scene.begin_to_speak(card, "eleven elephants");
        scene.wait_for_speech();
        scene.start();
        early.wait();
        scene.wait_for_silence();
        // Another word: the same one would be a reading begun anew, and told.
        let mut late = scene.begin_to_speak(card, "forty");
        scene.wait_for_speech();
        scene.stop();
        late.wait();
        let take = scene.take("alpha_r1_1");
        assert_fine(&take);
        scene.assert_whole(&take.recording, 1);
        let explained = scene.assert_whole(&take.recording, 0);
        let timing = take.timing();
        let under_way = |word: usize, key: Option<i64>| {
            let spoken = explained.words[word];
            (spoken.start..spoken.end).contains(&(key.unwrap() as f64))
        };
        assert!(
            under_way(0, timing.key_down_frame),
            "{explained:?} {timing:?}"
        );
        assert!(
            under_way(1, timing.key_up_frame),
            "{explained:?} {timing:?}"
        );
    });
}

#[test]
fn two_takes_one_right_after_the_other_share_what_was_heard_between_them() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    play(&mut card, Setting::default(), |card, scene| {
        scene.start();
        scene.speak(card, "eleven");
        scene.stop();
        scene.terminal.wait_for("2 of 2");
        scene.start();
        scene.speak(card, "seven");
        scene.stop();
        let takes = [scene.take("alpha_r1_1"), scene.take("bravo_r1_1")];
        takes.iter().for_each(assert_fine);
        let [first, second] = [0, 1].map(|n| scene.assert_whole(&takes[n].recording, n).room_at);
        let [stop, press] = [
            first + takes[0].timing().key_up_frame.unwrap() as f64,
            second + takes[1].timing().key_down_frame.unwrap() as f64,
        ];
        assert!(
            second >= stop,
            "the second begins before the first one's stop"
        );
        let end = first + takes[0].recording.samples.len() as f64;
        assert!(
            end <= press,
            "the first goes on after the second one's start"
        );
    });
}
