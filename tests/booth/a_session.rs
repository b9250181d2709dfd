//! A whole session with the demo speaker, with all that can go wrong in one, and the folder it leaves.

use std::fs;
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use rustix::process::Signal;
use voicebooth::corpus::sidecar::DecidedBy;
use voicebooth::corpus::sidecar::Status::{
    Accepted, Interrupted, Rejected, Skipped, Superseded, Unreviewed,
};

use crate::evidence::{Corpus, assert_within};
use crate::sitting::{Place, SPEAKER, Sitting};

const DIGITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/prompts/digits-en.txt");
/// What a killed program may lose of a running take.
const LOSS_LIMIT: SignedDuration = SignedDuration::from_millis(500);

/// What was on the screen when a take was started, and within which instants its keys were pressed.
struct Reading {
    prompt: String,
    down: Range<Timestamp>,
    up: Option<Range<Timestamp>>,
}

fn during<T>(what: impl FnOnce() -> T) -> (T, Range<Timestamp>) {
    let before = Timestamp::now();
    let result = what();
    (result, before..Timestamp::now())
}

/// Starts a take and lets it become a second long.
fn begin(sitting: &Sitting) -> Reading {
    let (prompt, down) = during(|| sitting.begin());
    sitting.listen();
    let up = None;
    Reading { prompt, down, up }
}

fn read(sitting: &Sitting) -> Reading {
    let mut reading = begin(sitting);
    let ((), up) = during(|| sitting.stop());
    reading.up = Some(up);
    sitting.saved(); // a late answer has been heard out
    reading
}

/// Up to the fifth digit, with a redo, a skip, an undo and a cancelled take; killed in the middle of the sixth.
fn first_sitting(place: &Place, readings: &mut Vec<Reading>) -> Timestamp {
    let mut sitting = Sitting::open(&place.demo(&[DIGITS]));
    readings.push(read(&sitting)); // zero

    readings.push(read(&sitting)); // one, and once more
    sitting.press_for("r", "one");
    readings.push(read(&sitting));

    assert_eq!(sitting.ready(), "two");
    sitting.press("s");
    sitting.wait_for("Why do you skip this one?");
    sitting.press_for("2", "three");

    readings.push(read(&sitting)); // three, undone
    sitting.press_for("u", "three");
    readings.push(read(&sitting));

    readings.push(begin(&sitting)); // four, cancelled
    let ((), up) = during(|| sitting.press_for("\x1b", "four"));
    readings.last_mut().unwrap().up = Some(up);
    readings.push(read(&sitting));

    readings.push(begin(&sitting)); // five, killed
    let killed = Timestamp::now();
    sitting.signal(Signal::KILL);
    assert!(!sitting.end().success());
    killed
}

#[test]
fn ten_digits_with_a_redo_a_skip_an_undo_and_a_kill_leave_a_folder_that_is_right() {
    let place = Place::new();
    let mut readings = Vec::new();
    let killed = first_sitting(&place, &mut readings);

    let sitting = Sitting::open(&place.demo(&[DIGITS]));
    for digit in ["five", "six", "seven", "eight", "nine"] {
        readings.push(read(&sitting));
        assert_eq!(readings.last().unwrap().prompt, digit);
    }
    sitting.over();
    let (status, printed) = sitting.leave();
    assert!(status.success(), "{printed}");

    let corpus = Corpus::read(&place.corpus());
    check_outline(&corpus);
    check_labels(&corpus, &readings);
    check_decisions(&corpus);
    check_killed(&corpus, killed);
    for take in corpus.takes.iter().filter(|t| t.status == Accepted) {
        corpus.assert_spoken(take);
    }
    check_sessions(&corpus);
    let log = fs::read_to_string(place.path("state/voicebooth/voicebooth.log")).unwrap();
    assert!(log.contains("a recording had been cut off"), "{log}");
    for secret in [SPEAKER, "five", "nine"] {
        assert!(!log.contains(secret), "the log names {secret}:\n{log}");
    }
}

fn check_outline(corpus: &Corpus) {
    assert_eq!(
        corpus.outline(),
        [
            ("zero", 1, Accepted),
            ("one", 1, Superseded),
            ("one", 2, Accepted),
            ("two", 1, Skipped),
            ("three", 1, Unreviewed),
            ("three", 2, Accepted),
            ("four", 1, Rejected),
            ("four", 2, Accepted),
            ("five", 1, Interrupted),
            ("five", 2, Accepted),
            ("six", 1, Accepted),
            ("seven", 1, Accepted),
            ("eight", 1, Accepted),
            ("nine", 1, Accepted),
        ]
    );
}

/// Every take says what stood on the screen when its key was pressed, and when that was.
fn check_labels(corpus: &Corpus, readings: &[Reading]) {
    let spoken: Vec<_> = corpus.takes.iter().filter(|t| t.audio.is_some()).collect();
    assert_eq!(spoken.len(), readings.len());
    for (take, reading) in spoken.into_iter().zip(readings) {
        assert_eq!(take.prompt.text, reading.prompt);
        assert_eq!(take.prompt.id, reading.prompt);
        assert_eq!(take.prompt.label.as_ref(), Some(&reading.prompt));
        let timing = take.timing.as_ref().unwrap();
        let key = timing.key_down_frame.expect("every take says its key");
        assert_within(Corpus::at_frame(take, key), &reading.down, "start key");
        if let (Some(frame), Some(up)) = (timing.key_up_frame, &reading.up) {
            assert_within(Corpus::at_frame(take, frame), up, "stop key");
        }
    }
}

fn check_decisions(corpus: &Corpus) {
    let [first, second] = [1, 2].map(|n| corpus.take("one", n));
    assert_eq!(second.supersedes.as_ref(), Some(&first.id));
    assert_eq!(first.history.last().unwrap().from["status"], "accepted");
    assert_eq!(corpus.take("two", 1).reasons, ["wrong_text"]);
    assert_eq!(corpus.take("two", 1).decided_by, DecidedBy::Speaker);
    let undone = corpus.take("three", 1);
    assert_eq!(undone.reasons, ["undone"]);
    assert_eq!(undone.history.last().unwrap().from["status"], "accepted");
    assert_eq!(corpus.take("three", 2).supersedes, None);
    assert_eq!(corpus.take("four", 1).reasons, ["cancelled"]);
    for take in corpus.takes.iter().filter(|t| t.take == 1) {
        assert_eq!(take.supersedes, None);
    }
}

/// What had been said until the kill is there, but for the last half second.
fn check_killed(corpus: &Corpus, killed: Timestamp) {
    let take = corpus.take("five", 1);
    assert_eq!(take.reasons, ["program_ended"]);
    let frames = take.audio.as_ref().unwrap().frames;
    let lost = killed.duration_since(Corpus::at_frame(take, frames as i64));
    assert!(lost <= LOSS_LIMIT, "{lost:?} were lost");
}

fn check_sessions(corpus: &Corpus) {
    let [first, second] = &corpus.sessions[..] else {
        panic!("two sittings are two sessions");
    };
    for session in [first, second] {
        assert_eq!(session.source, "demo");
        assert_eq!(session.setup.list_name, "digits-en.txt");
        assert_eq!((session.setup.pass, session.setup.repeat), (1, 1));
        assert_eq!(
            (&*session.setup.mode, &*session.setup.order),
            ("keys", "sequential")
        );
        assert_eq!(session.audio.sample_rate_hz, 48_000);
    }
    assert_eq!(first.list_sha256, second.list_sha256);
    for take in &corpus.takes {
        let texts = fs::read_to_string(DIGITS).unwrap();
        let position = texts.lines().position(|text| text == take.prompt.text);
        assert_eq!(position.map(|at| at as u32 + 1), Some(take.position));
    }
}
