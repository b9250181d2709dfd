//! Decisions between takes: read again, go back and forth, undo, delete, and what becomes of the files.

use std::path::PathBuf;

use voicebooth::corpus::sidecar::Status::{Accepted, Rejected, Superseded, Unreviewed};

use crate::check;
use crate::evidence::Corpus;
use crate::sitting::{Place, Sitting, is_ready};

const LIST: &str = "list.txt";

fn place() -> Place {
    Place::with(LIST, "alpha\nbeta\ngamma\n")
}

/// The only session's folder.
fn session(place: &Place) -> PathBuf {
    let speaker = place
        .corpus()
        .join("recordings")
        .join(crate::sitting::SPEAKER);
    let names = check::names(&speaker);
    speaker.join(names.iter().find(|name| *name != ".lock").unwrap())
}

#[test]
fn deleting_takes_a_yes_and_then_nothing_of_the_take_is_left() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.tap();
    sitting.tap();
    let files =
        |name: &str| ["wav", "json"].map(|kind| session(&place).join(format!("{name}.{kind}")));
    assert!(files("beta_r1_1").iter().all(|file| file.exists()));

    sitting.press("x");
    sitting.wait_for("Delete your recording of “beta” for good?");
    sitting.press_for("n", "gamma");
    assert!(files("beta_r1_1").iter().all(|file| file.exists()));

    sitting.press("x");
    sitting.wait_for("for good?");
    sitting.press_for("y", "beta");
    sitting.wait_for("Deleted for good.");
    assert!(!files("beta_r1_1").iter().any(|file| file.exists()));

    // The last decision that is left is the one on the prompt before.
    sitting.press_for("u", "alpha");
    assert_eq!(
        [sitting.tap(), sitting.tap(), sitting.tap()],
        ["alpha", "beta", "gamma"]
    );
    sitting.over();
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [
            ("alpha", 1, Unreviewed),
            ("alpha", 2, Accepted),
            ("beta", 2, Accepted),
            ("gamma", 1, Accepted)
        ]
    );
    let events = corpus.events(&corpus.sessions[0].session);
    let deleted: Vec<_> = events.iter().filter(|e| e.event == "deleted").collect();
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0].data["file"], "beta_r1_1.wav");
}

#[test]
fn undo_takes_back_a_skip_a_redo_and_what_the_redo_replaced() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.tap();
    sitting.press("s");
    sitting.wait_for("Why do you skip this one?");
    sitting.press_for("1", "gamma");
    sitting.press_for("u", "beta");

    sitting.press_for("r", "alpha"); // once for nothing, once for a new take
    sitting.press_for("u", "beta");
    sitting.press_for("r", "alpha");
    sitting.tap();
    assert_eq!(sitting.ready(), "beta");
    sitting.press_for("u", "alpha");
    assert!(sitting.text().contains("✓ recorded"));
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [
            ("alpha", 1, Accepted),
            ("alpha", 2, Unreviewed),
            ("beta", 1, Rejected)
        ]
    );
    let statuses: Vec<_> = corpus
        .take("alpha", 1)
        .history
        .iter()
        .map(|c| &c.to["status"])
        .collect();
    assert_eq!(statuses, ["superseded", "accepted"]);
    assert_eq!(corpus.take("beta", 1).reasons, ["undone"]);
}

#[test]
fn a_redo_at_once_names_the_take_that_it_replaces() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.begin();
    sitting.stop();
    sitting.press_for("r", "alpha");
    sitting.tap();
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [("alpha", 1, Superseded), ("alpha", 2, Accepted)]
    );
    let [first, second] = [1, 2].map(|n| corpus.take("alpha", n));
    assert_eq!(second.supersedes.as_ref(), Some(&first.id));
}

#[test]
fn a_take_that_is_started_over_begins_at_the_very_key() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.begin();
    sitting.press("r");
    sitting.wait_for("Started over");
    sitting.stop();
    sitting.saved();
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [("alpha", 1, Rejected), ("alpha", 2, Accepted)]
    );
    let [first, second] = [1, 2].map(|n| corpus.take("alpha", n));
    assert_eq!(first.reasons, ["restarted"]);
    let key = |take: &'_ voicebooth::corpus::sidecar::Sidecar, down: bool| {
        let timing = take.timing.as_ref().unwrap();
        let key = if down {
            timing.key_down_frame
        } else {
            timing.key_up_frame
        };
        timing.first_frame as i64 + key.unwrap()
    };
    assert_eq!(key(first, false), key(second, true));
}

#[test]
fn where_every_take_is_reviewed_the_next_prompt_waits_for_it() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST, "--review", "always"]));
    sitting.begin();
    sitting.press(" ");
    sitting.wait_for("keep it?");
    sitting.press_for("\r", "beta");
    sitting.begin();
    sitting.press(" ");
    sitting.wait_for("keep it?");
    sitting.press_for("r", "beta");
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [("alpha", 1, Accepted), ("beta", 1, Rejected)]
    );
    assert_eq!(corpus.take("beta", 1).reasons, ["redone"]);
}

#[test]
fn listening_to_a_take_leaves_it_as_it_is_with_or_without_a_loudspeaker() {
    let place = place();
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.tap();
    let files = ["wav", "json"].map(|kind| session(&place).join(format!("alpha_r1_1.{kind}")));
    let before = files.each_ref().map(|file| std::fs::read(file).unwrap());
    sitting.press("p");
    sitting.wait("sound, or a word why there is none", |text| {
        text.contains("playing") || text.contains("It cannot be played")
    });
    sitting.wait("the end of it", is_ready);
    assert_eq!(sitting.tap(), "beta");
    sitting.leave();
    assert_eq!(files.map(|file| std::fs::read(file).unwrap()), before);
}
