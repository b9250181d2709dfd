//! A sitting in lines, as with a screen reader: the terminal keeps what it had, and everything is said.

use crate::sitting::{Place, Sitting};

#[test]
fn a_sitting_in_lines_records_and_leaves_everything_said_on_the_terminal() {
    let place = Place::new();
    let list = place.write("list.txt", "one\ntwo\n");
    let start = place.chatter(&[list.to_str().unwrap(), "--screen", "lines"]);
    let mut sitting = Sitting::start(&start.size(100, 40));
    sitting.wait_for("1 of 2: one");
    sitting.press(" ");
    sitting.wait_for("Recording.");
    sitting.press(" ");
    sitting.wait_for("2 of 2: two");
    sitting.press("s");
    sitting.wait_for("4: Another reason");
    sitting.press("4");
    sitting.wait_for("That was all.");
    sitting.press("q");
    let status = sitting.end();
    assert!(status.success(), "{status:?}");
    let text = sitting.text();
    for said in [
        "chatter.wav",
        "1 of 2: one",
        "Recording.",
        "Why do you skip",
        "recorded",
        "skipped",
    ] {
        assert!(text.contains(said), "{said:?} is not in {text}");
    }
}
