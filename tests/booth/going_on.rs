//! The same command again goes on where the last session ended.

use voicebooth::corpus::records::SessionRecord;
use voicebooth::corpus::sidecar::Status::{Accepted, Skipped};

use crate::evidence::Corpus;
use crate::sitting::{Place, Sitting};

const LIST: &str = "list.tsv";
const SEVEN: &str = "alpha\nbeta\ngamma\ndelta\nepsilon\nzeta\neta\n";

fn place(list: &str) -> Place {
    Place::with(LIST, list)
}

/// Prompts as they come by with the right arrow, from the first to the last.
fn order(sitting: &Sitting, prompts: usize) -> Vec<String> {
    let mut seen = Vec::new();
    for number in 1..=prompts {
        let here = format!("{number} of {prompts}");
        sitting.wait(&here, |text| text.contains(&here));
        seen.push(sitting.ready());
        if number < prompts {
            sitting.press("\x1b[C");
        }
    }
    seen
}

#[test]
fn a_finished_list_is_over_until_restart_begins_a_new_pass() {
    let place = place("alpha\nbeta\n");
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    assert_eq!([sitting.tap(), sitting.tap()], ["alpha", "beta"]);
    sitting.over();
    sitting.leave();

    let sitting = Sitting::start(&place.chatter(&[LIST]));
    sitting.go_on();
    sitting.over();
    sitting.leave();

    let sitting = Sitting::open(&place.chatter(&[LIST, "--restart"]));
    assert_eq!(sitting.tap(), "alpha");
    let (_, printed) = sitting.leave();
    assert!(!printed.contains("--restart"), "{printed}");

    let sitting = Sitting::open(&place.chatter(&[LIST]));
    assert_eq!(sitting.tap(), "beta");
    sitting.over();
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    let passes: Vec<_> = corpus
        .takes
        .iter()
        .map(|t| (t.pass, &*t.prompt.text))
        .collect();
    assert_eq!(
        passes,
        [(1, "alpha"), (1, "beta"), (2, "alpha"), (2, "beta")]
    );
    for take in &corpus.takes {
        assert_eq!((take.status, take.supersedes.as_ref()), (Accepted, None));
    }
}

#[test]
fn an_edited_list_goes_on_with_what_is_new_in_it() {
    let place = place("id\ttext\na\talpha\nb\tbeta\nc\tgamma\nd\tdelta\n");
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    assert_eq!([sitting.tap(), sitting.tap()], ["alpha", "beta"]);
    sitting.leave();

    // The first stays, the second has another text, the third is gone, one is new and stands first.
    place.write(LIST, "id\ttext\ne\tepsilon\na\talpha\nb\tbravo\nd\tdelta\n");
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    let read: Vec<String> = (0..3).map(|_| sitting.tap()).collect();
    assert_eq!(read, ["epsilon", "bravo", "delta"]);
    sitting.over();
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    assert!(corpus.takes.iter().all(|take| take.status == Accepted));
    assert!(corpus.takes.iter().all(|take| take.pass == 1));
    let [first, second] = &corpus.sessions[..] else {
        panic!("two sittings are two sessions");
    };
    assert_ne!(first.list_sha256, second.list_sha256);
}

#[test]
fn skipped_prompts_come_back_only_when_they_are_asked_for() {
    let place = place("alpha\nbeta\n");
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    sitting.press("s");
    sitting.wait_for("Why do you skip this one?");
    sitting.press_for("4", "beta");
    sitting.tap();
    sitting.over();
    sitting.leave();

    let sitting = Sitting::start(&place.chatter(&[LIST]));
    sitting.go_on();
    sitting.over();
    sitting.leave();

    let sitting = Sitting::open(&place.chatter(&[LIST, "--skipped"]));
    assert_eq!(sitting.tap(), "alpha");
    sitting.over();
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    assert_eq!(
        corpus.outline(),
        [
            ("alpha", 1, Skipped),
            ("alpha", 2, Accepted),
            ("beta", 1, Accepted)
        ]
    );
}

/// A shuffled list, begun with `args` and gone on with twice: its first order, and the seeds of the three sessions.
fn shuffled(args: &[&str]) -> (Vec<String>, Vec<Option<u64>>) {
    let place = place(SEVEN);
    let shuffled = [&[LIST, "--order", "shuffled"], args].concat();
    let sitting = Sitting::open(&place.chatter(&shuffled));
    let first = order(&sitting, 7);
    sitting.leave();

    // Nothing was recorded, so the list itself is the only thing that is known again.
    let sitting = Sitting::open(&place.chatter(&[LIST]));
    let read = [sitting.tap(), sitting.tap()];
    assert_eq!(read, first[..2]);
    sitting.leave();

    let sitting = Sitting::open(&place.chatter(&[LIST]));
    assert_eq!(sitting.ready(), first[2]);
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    let seed = |session: &SessionRecord| {
        assert_eq!(session.setup.order, "shuffled");
        session.setup.seed
    };
    (first, corpus.sessions.iter().map(seed).collect())
}

#[test]
fn a_shuffled_list_keeps_its_order_when_it_goes_on() {
    let (order, seeds) = shuffled(&["--seed", "41"]);
    assert_ne!(order, SEVEN.lines().collect::<Vec<_>>());
    assert_eq!(seeds, [Some(41); 3]);
}

#[test]
fn without_a_seed_one_is_drawn_and_stands_in_every_session_that_goes_on() {
    let (_, seeds) = shuffled(&[]);
    assert!(seeds[0].is_some(), "{seeds:?}");
    assert_eq!(seeds, [seeds[0]; 3]);
    let (_, others) = shuffled(&[]);
    assert_ne!(seeds, others);
}
