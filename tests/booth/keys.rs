//! Keys as terminals send them: held, repeated, pasted, released; and screens of every kind.

use std::collections::BTreeSet;

use voicebooth::corpus::sidecar::Sidecar;
use voicebooth::corpus::sidecar::Status::Accepted;

use crate::common::terminal::{Keyboard, Start, shows};
use crate::evidence::Corpus;
use crate::sitting::{Place, Sitting, is_ready, meter_on};

const LIST: &str = "list.txt";
/// Space as the kitty protocol reports it: pressed, repeated, released.
const SPACE_DOWN: &str = "\x1b[32;1:1u";
const SPACE_AGAIN: &str = "\x1b[32;1:2u";
const SPACE_UP: &str = "\x1b[32;1:3u";

fn place() -> Place {
    Place::with(LIST, "alpha\nbeta\ngamma\n")
}

/// From the start key to the stop, ms.
fn length_ms(take: &Sidecar) -> f64 {
    let timing = take.timing.as_ref().unwrap();
    let frames = timing.key_up_frame.unwrap() - timing.key_down_frame.unwrap();
    frames as f64 / 48.0
}

#[test]
fn a_timed_take_ends_by_itself_after_its_time() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST, "--mode", "timed", "--seconds", "1"]));
    assert!(shows(&sitting.text(), "it stops after 1 s"));
    sitting.press(" ");
    sitting.wait_for("recording 0 of 1 s");
    sitting.press(" "); // means nothing
    sitting.wait("the next prompt", |text| {
        is_ready(text) && text.contains("beta")
    });
    sitting.saved();
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(corpus.outline(), [("alpha", 1, Accepted)]);
    assert!((length_ms(&corpus.takes[0]) - 1000.0).abs() < 1.0);
    assert_eq!(corpus.sessions[0].setup.timed_ms, Some(1000));
}

#[test]
fn a_forgotten_stop_ends_the_take_and_the_take_is_kept() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST, "--max-take", "1"]));
    sitting.begin();
    sitting.wait_for("“alpha” took so long that the recording ended by itself. It is kept.");
    assert_eq!(sitting.ready(), "beta");
    sitting.saved();
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(corpus.outline(), [("alpha", 1, Accepted)]);
    let take = &corpus.takes[0];
    let warnings = &take.quality.as_ref().unwrap().warnings;
    assert!(warnings.contains(&"max_take".to_owned()), "{warnings:?}");
}

#[test]
fn where_the_terminal_tells_releases_a_take_lasts_as_long_as_the_key_is_held() {
    let place = place();
    let start = place
        .chatter(&[LIST, "--mode", "hold"])
        .keyboard(Keyboard::Kitty);
    let sitting = Sitting::open(&start);
    assert!(shows(&sitting.text(), "Hold Space down"));
    sitting.wait_for_bytes("\x1b[>15u");
    sitting.press(SPACE_DOWN);
    sitting.wait_for("Let go of Space");
    for _ in 0..10 {
        sitting.send(SPACE_AGAIN);
    }
    sitting.wait_for("recording 0:01");
    sitting.press(SPACE_UP);
    sitting.wait("the next prompt", |text| {
        is_ready(text) && text.contains("beta")
    });
    sitting.saved();

    // A window that loses the focus is not told when the key goes up.
    sitting.press(SPACE_DOWN);
    sitting.wait_for("recording");
    sitting.press("\x1b[O");
    sitting.wait("the last prompt", |text| {
        is_ready(text) && text.contains("gamma")
    });
    sitting.saved();
    sitting.press("\x1b[113;1:1u"); // q
    let mut sitting = sitting;
    assert!(sitting.end().success());
    sitting.assert_restored();

    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [("alpha", 1, Accepted), ("beta", 1, Accepted)]
    );
    assert!(length_ms(corpus.take("alpha", 1)) >= 1000.0);
    assert_eq!(corpus.sessions[0].setup.mode, "hold");
}

fn holding_is_not_available(keyboard: Keyboard) {
    let place = place();
    let start = place.chatter(&[LIST, "--mode", "hold"]).keyboard(keyboard);
    let sitting = Sitting::open(&start);
    sitting.wait_for("does not tell when a key is let go: press Space to start and again to stop");
    assert_eq!(sitting.tap(), "alpha");
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(corpus.outline(), [("alpha", 1, Accepted)]);
}

#[test]
fn where_the_terminal_tells_no_releases_it_says_so_and_toggles() {
    holding_is_not_available(Keyboard::Plain);
}

#[test]
fn where_the_terminal_does_not_even_answer_it_says_so_and_toggles() {
    holding_is_not_available(Keyboard::Mute);
}

#[test]
fn auto_repeat_neither_starts_nor_stops_a_take() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.begin();
    // The key is held on: its repeats begin within 100 ms of each other, long after it went down.
    repeat(&sitting, 40);
    sitting.wait_for("recording 0:01");
    sitting.stop();
    repeat(&sitting, 10);
    assert!(sitting.ready().contains("beta"));
    sitting.saved();
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(corpus.outline(), [("alpha", 1, Accepted)]);
    assert!(length_ms(&corpus.takes[0]) >= 1000.0);
}

/// Space again and again, every 30 ms as keyboards do, within 100 ms of the last.
fn repeat(sitting: &Sitting, times: usize) {
    for _ in 0..times {
        std::thread::sleep(std::time::Duration::from_millis(30)); // the keyboard's own rate
        sitting.send(" ");
    }
}

#[test]
fn a_paste_does_nothing_marked_or_not() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.press("\x1b[200~ q x y\r\x1b[201~");
    sitting.press(" sq\r");
    // A key that shows that what came before it has been read.
    sitting.press("?");
    sitting.wait_for("All keys");
    sitting.press_for("\x1b", "alpha");
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    assert!(corpus.takes.is_empty());
    let events = corpus.events(&corpus.sessions[0].session);
    let words: BTreeSet<_> = events.iter().map(|event| event.event.as_str()).collect();
    assert!(!words.contains("key_down"), "{words:?}");
}

#[test]
fn a_window_that_is_too_small_says_so_while_the_take_goes_on() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.begin();
    sitting.resize(10, 3);
    sitting.wait_for("too small");
    sitting.resize(1, 1);
    sitting.wait("a mark in the only cell", |text| text.trim() == "!");
    sitting.resize(80, 10);
    sitting.wait_for("recording 0:01");
    sitting.resize(10, 3);
    sitting.wait_for("too small");
    sitting.press(" ");
    sitting.resize(80, 10);
    sitting.wait("the next prompt", |text| {
        is_ready(text) && text.contains("beta")
    });
    sitting.saved();
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(corpus.outline(), [("alpha", 1, Accepted)]);
}

#[test]
fn the_speakers_screen_has_no_meter_and_no_figures() {
    let place = place();
    let full = Sitting::open(&place.chatter(&[LIST]));
    full.wait("the meter", |text| {
        meter_on(text).is_some_and(|cells| cells > 0)
    });
    for figure in ["1 of 3", "48 kHz", "mono", "16 bit", "room for"] {
        full.wait_for(figure);
    }
    full.leave();
    let speakers = Sitting::open(&place.chatter(&[LIST, "--screen", "speaker"]));
    speakers.begin();
    let text = speakers.text();
    assert_eq!(meter_on(&text), None);
    assert!(!text.chars().any(|c| c.is_ascii_digit()), "{text}");
    speakers.stop();
    speakers.saved();
    speakers.leave();
}

#[test]
fn without_colour_nothing_is_coloured_and_everything_is_said() {
    let place = place();
    let start = place.chatter(&[LIST]);
    assert!(colours(&start) > 0);
    assert_eq!(colours(&start.env("NO_COLOR", "1").arg("--restart")), 0);
}

/// How often a take on this screen asks for a colour.
fn colours(start: &Start) -> usize {
    let sitting = Sitting::open(start);
    sitting.tap();
    let written = sitting.written();
    sitting.leave();
    let sgr = written
        .split("\x1b[")
        .filter_map(|part| part.split_once('m'));
    let codes = sgr.flat_map(|(codes, _)| codes.split(';'));
    let is_colour =
        |code: &&str| matches!(code.parse(), Ok(30..=38 | 40..=48 | 90..=97 | 100..=107));
    codes.filter(is_colour).count()
}

#[test]
fn keys_of_the_configuration_file_are_named_and_work() {
    let place = place();
    let config = place.path("config/voicebooth");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(
        config.join("config.toml"),
        "[keys]\nstart-stop = [\"pagedown\"]\n",
    )
    .unwrap();
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    assert!(shows(&sitting.text(), "Press PgDn and read aloud"));
    sitting.press(" ");
    sitting.press("\x1b[6~");
    sitting.wait_for("Press PgDn when you have finished");
    sitting.press("\x1b[6~");
    sitting.wait("the next prompt", |text| {
        is_ready(text) && text.contains("beta")
    });
    sitting.saved();
    sitting.leave();
    assert_eq!(
        Corpus::read(&place.corpus()).outline(),
        [("alpha", 1, Accepted)]
    );
}
