//! Who speaks: a new id by itself, one that is typed, one that is known.

use voicebooth::corpus::forgotten::{Subject, bury};

use crate::check;
use crate::common::terminal::Start;
use crate::sitting::{Place, SPEAKER, Sitting};

const LIST: &str = "list.txt";

fn place() -> Place {
    Place::with(LIST, "alpha\nbeta\n")
}

/// `voicebooth record` without a speaker.
fn nobody_yet(place: &Place) -> Start {
    let args = ["record", LIST, "--input", "demo", "--no-check"];
    Start::new(&place.path(""), &args).size(80, 10)
}

fn speakers(place: &Place) -> Vec<String> {
    check::corpus(&place.corpus());
    let names = check::names(&place.corpus().join("recordings"));
    names.into_iter().collect()
}

#[test]
fn enter_takes_the_id_that_is_suggested() {
    let place = place();
    let sitting = Sitting::start(&nobody_yet(&place));
    let text = sitting.wait_for("Who is speaking?");
    let field = text.lines().find(|line| line.trim().starts_with('>'));
    let suggested = field.unwrap().trim().trim_start_matches("> ").to_owned();
    sitting.press("\r");
    sitting.ready();
    sitting.leave();
    assert_eq!(speakers(&place), [suggested]);
}

#[test]
fn an_id_that_cannot_be_used_is_refused_with_the_reason_and_can_be_mended() {
    let place = place();
    let sitting = Sitting::start(&nobody_yet(&place).size(80, 24));
    sitting.wait_for("Who is speaking?");
    sitting.send("../anna");
    sitting.wait_for("> ../anna");
    sitting.press("\r");
    sitting.wait("the reason", |text| text.contains(" ! "));
    for _ in 0.."../anna".len() {
        sitting.press("\x7f");
    }
    sitting.send("p01");
    sitting.wait_for("> p01");
    sitting.resize(80, 10);
    sitting.press("\r");
    sitting.ready();
    sitting.leave();
    assert_eq!(speakers(&place), ["p01"]);
}

#[test]
fn who_was_here_last_is_asked_to_go_on_and_somebody_else_can_come() {
    let place = place();
    let sitting = Sitting::open(&place.demo(&[LIST]));
    sitting.leave();

    let sitting = Sitting::start(&nobody_yet(&place));
    sitting.wait_for(&format!("Go on as {SPEAKER}?"));
    sitting.press("n");
    sitting.wait_for("Who is speaking?");
    sitting.send("p02");
    sitting.wait_for("> p02");
    sitting.press("\r");
    sitting.ready();
    sitting.leave();

    let sitting = Sitting::start(&nobody_yet(&place));
    sitting.wait_for("Go on as p02?");
    sitting.press("q");
    let mut sitting = sitting;
    assert!(sitting.end().success());
    assert_eq!(speakers(&place), ["p02", SPEAKER]);
}

#[test]
fn who_has_withdrawn_is_refused_in_plain_words_and_somebody_else_can_record() {
    let place = place();
    bury(
        &place.corpus(),
        Subject::Speaker("p01"),
        jiff::Timestamp::now(),
    )
    .unwrap();
    let sitting = Sitting::start(&nobody_yet(&place).size(80, 24));
    sitting.wait_for("Who is speaking?");
    sitting.send("P01");
    sitting.wait_for("> P01");
    sitting.press("\r");
    sitting.wait_for("withdrawn");
    for _ in 0.."p01".len() {
        sitting.press("\x7f");
    }
    sitting.send("p02");
    sitting.wait_for("> p02");
    sitting.resize(80, 10);
    sitting.press("\r");
    sitting.ready();
    sitting.leave();
    assert_eq!(speakers(&place), ["p02"]);
}

#[test]
fn who_has_withdrawn_is_refused_on_the_command_line_before_anything_is_written() {
    let place = place();
    bury(
        &place.corpus(),
        Subject::Speaker("p01"),
        jiff::Timestamp::now(),
    )
    .unwrap();
    let start = nobody_yet(&place).arg("--speaker").arg("p01");
    let mut sitting = Sitting::start(&start.arg("--screen").arg("lines").size(80, 24));
    assert_eq!(sitting.end().exit_code(), 1);
    let text = sitting.text();
    assert!(
        text.contains("nothing was recorded") && text.contains("withdrawn"),
        "{text}"
    );
    assert!(!place.corpus().join("recordings").exists());
}
