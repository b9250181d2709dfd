//! However the program is ended or stopped: the running take is kept, and the terminal is given back.

use rustix::process::Signal;
use voicebooth::corpus::sidecar::Status::{Accepted, Interrupted};

use crate::evidence::Corpus;
use crate::sitting::{Place, Sitting};

const LIST: &str = "list.txt";

/// A first take, and a second that runs for a second.
fn in_mid_take(place: &Place) -> Sitting {
    place.write(LIST, "alpha\nbeta\n");
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.tap();
    sitting.begin();
    sitting.wait_for("recording 0:01");
    sitting
}

/// Fails unless both takes are there, the second cut short for `reason` after its second, but for what was still on its
/// way from the source.
fn assert_kept(place: &Place, reason: &str) {
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [("alpha", 1, Accepted), ("beta", 1, Interrupted)]
    );
    let take = corpus.take("beta", 1);
    assert_eq!(take.reasons, [reason]);
    let key = take.timing.as_ref().unwrap().key_down_frame.unwrap();
    let after_key = take.audio.as_ref().unwrap().frames as i64 - key;
    assert!(after_key >= 43_200, "{after_key} frames after the key");
    let samples = corpus.samples(take);
    let loud = samples.iter().filter(|sample| sample.abs() > 0.01).count();
    assert!(loud > samples.len() / 2, "only {loud} loud samples");
}

fn a_signal_ends_it(signal: Signal) {
    let place = Place::new();
    let mut sitting = in_mid_take(&place);
    sitting.signal(signal);
    let status = sitting.end();
    let printed = sitting.printed();
    assert!(status.success(), "{status:?}: {printed}");
    sitting.assert_restored();
    assert!(printed.contains("Everything so far is saved."), "{printed}");
    assert_kept(&place, "terminated");
}

#[test]
fn sigterm_in_mid_take_keeps_the_take_and_gives_the_terminal_back() {
    a_signal_ends_it(Signal::TERM);
}

#[test]
fn sighup_in_mid_take_keeps_the_take_and_gives_the_terminal_back() {
    a_signal_ends_it(Signal::HUP);
}

#[test]
fn sigint_in_mid_take_keeps_the_take_and_gives_the_terminal_back() {
    a_signal_ends_it(Signal::INT);
}

#[test]
fn a_signal_before_anybody_has_said_who_speaks_leaves_nothing_behind() {
    let place = Place::with(LIST, "alpha\n");
    let start = crate::common::terminal::Start::new(
        &place.path(""),
        &["record", LIST, "--input", "demo", "--no-check"],
    );
    let mut sitting = Sitting::start(&start);
    sitting.wait_for("Who is speaking?");
    sitting.signal(Signal::TERM);
    assert!(sitting.end().success());
    sitting.assert_restored();
    assert_eq!(sitting.printed(), "Nothing was recorded.\n");
    assert!(!place.corpus().exists());
}

#[test]
fn what_was_done_is_printed_after_leaving_with_the_command_to_go_on() {
    let place = Place::with("my list.txt", "alpha\nbeta\ngamma\ndelta\n");
    let sitting = Sitting::open(&place.chatter(&["my list.txt", "--restart"]));
    sitting.tap();
    sitting.press_for("r", "alpha");
    sitting.tap();
    sitting.press("s");
    sitting.wait_for("Why do you skip this one?");
    sitting.press_for("1", "gamma");
    sitting.tap();
    let (status, printed) = sitting.leave();
    assert!(status.success());
    let mut lines = printed.lines();
    assert_eq!(lines.next(), Some("Everything so far is saved. Thank you!"));
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines: Vec<String> = lines.map(words).collect();
    let command = lines.pop().unwrap();
    let sound = lines.remove(4);
    assert_eq!(
        lines,
        [
            "recorded 2",
            "read again 1",
            "skipped 1",
            "still to read 1",
            "speaker s7k3q",
            "folder corpus"
        ]
    );
    assert!(
        sound.starts_with("this time ") && sound.ends_with(" s"),
        "{sound}"
    );
    let program = env!("CARGO_BIN_EXE_voicebooth");
    let again = "record --corpus corpus --speaker s7k3q --no-check 'my list.txt' --post-roll-max 0 --input chatter.wav";
    assert_eq!(command, format!("next {program} {again}"));
}

/// The last line of what is printed after looking in with this variable set.
fn printed_command(variable: (&str, &str)) -> String {
    let place = Place::new();
    let list = place.write(LIST, "alpha\n");
    let start = place.chatter(&[list.to_str().unwrap()]);
    let sitting = Sitting::open(&start.env(variable.0, variable.1));
    let (_, printed) = sitting.leave();
    printed.lines().last().unwrap().trim().to_owned()
}

#[test]
fn the_command_to_go_on_is_the_one_that_can_be_typed() {
    let args = format!(
        "--corpus corpus --speaker s7k3q --no-check {LIST} --post-roll-max 0 --input chatter.wav"
    );
    let command = printed_command(("VOICEBOOTH_LAUNCHER", "scripts/record"));
    assert!(
        command.ends_with(&format!("  scripts/record {args}")),
        "{command}"
    );
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_voicebooth")).parent();
    let path = std::env::join_paths([folder.unwrap(), "/usr/bin".as_ref()]).unwrap();
    let command = printed_command(("PATH", path.to_str().unwrap()));
    assert!(
        command.ends_with(&format!("  voicebooth record {args}")),
        "{command}"
    );
}

#[test]
fn ctrl_c_in_mid_take_keeps_the_whole_take() {
    let place = Place::new();
    let mut sitting = in_mid_take(&place);
    sitting.press("\x03");
    assert!(sitting.end().success());
    sitting.assert_restored();
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [("alpha", 1, Accepted), ("beta", 1, Accepted)]
    );
}

#[test]
fn a_closed_terminal_in_mid_take_keeps_the_take() {
    let place = Place::new();
    let mut sitting = in_mid_take(&place);
    sitting.hang_up();
    sitting.end();
    assert_kept(&place, "terminated");
}

/// Stops by `stop` in mid-take, continues, and goes on.
fn stopped_and_continued(stop: impl FnOnce(&Sitting)) {
    let place = Place::new();
    let sitting = in_mid_take(&place);
    stop(&sitting);
    sitting.wait_until_stopped();
    sitting.assert_restored();
    assert_kept(&place, "suspended");

    sitting.signal(Signal::CONT);
    assert_eq!(sitting.tap(), "beta");
    assert!(sitting.is_taken());
    sitting.over();
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(corpus.outline()[2..], [("beta", 2, Accepted)]);
}

#[test]
fn sigtstp_keeps_the_take_and_gives_the_terminal_back_until_sigcont() {
    stopped_and_continued(|sitting| sitting.signal(Signal::TSTP));
}

#[test]
fn ctrl_z_does_the_same() {
    stopped_and_continued(|sitting| sitting.press("\x1a"));
}

#[test]
fn stopping_and_continuing_between_takes_changes_nothing() {
    let place = Place::with(LIST, "alpha\nbeta\n");
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.tap();
    sitting.signal(Signal::TSTP);
    sitting.wait_until_stopped();
    sitting.assert_restored();
    sitting.send(" q"); // to whoever has the terminal now
    sitting.signal(Signal::CONT);
    assert_eq!(sitting.tap(), "beta");
    sitting.over();
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [("alpha", 1, Accepted), ("beta", 1, Accepted)]
    );
    let streams: Vec<u32> = corpus
        .takes
        .iter()
        .map(|t| t.timing.as_ref().unwrap().stream)
        .collect();
    assert_eq!(streams, [1, 2]);
}
