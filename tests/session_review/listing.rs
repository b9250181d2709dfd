//! The list of all items.

use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::session::Command;
use voicebooth::session::setup::Review;
use voicebooth::session::view::ItemState::{Open, Recorded, Skipped};
use voicebooth::session::view::{ItemFilter, Phase};

use crate::booth::{Booth, earlier};

#[test]
fn the_list_tells_of_every_item_its_state_verdict_length_and_flag() {
    let mut booth = Booth::with(Review::OnWarning, earlier());
    booth.press(Command::List);
    let items = booth.items();
    assert_eq!((items.count, items.chosen().unwrap().position), (4, 2));
    let told: Vec<_> = items
        .rows
        .iter()
        .map(|r| (r.state, r.to_redo, r.flagged, r.verdict, r.length_ms))
        .collect();
    assert_eq!(
        told,
        [
            (Recorded, false, true, Some(Verdict::Look), Some(1500)),
            (Open, true, false, Some(Verdict::Again), Some(1500)),
            (Skipped, false, false, None, None),
            (Open, false, false, None, None),
        ]
    );
}

#[test]
fn a_take_of_this_session_is_in_the_list_at_once_with_its_verdict() {
    let mut booth = Booth::new(Review::OnWarning, &["one", "two"]);
    let take = booth.record();
    booth.press(Command::List);
    assert_eq!(booth.items().rows[0].verdict, None);
    booth.close(&take, Verdict::Again, Status::Rejected);
    let row = booth.items().rows[0].clone();
    assert_eq!(
        (row.verdict, row.length_ms),
        (Some(Verdict::Again), Some(1250))
    );
    assert!(row.to_redo);
}

#[test]
fn the_filters_list_what_they_say_and_enter_goes_there() {
    let mut booth = Booth::with(Review::OnWarning, earlier());
    booth.press(Command::List).press(Command::Choose(2));
    assert_eq!(
        (booth.listed(), booth.items().filter),
        (vec!["two".into()], ItemFilter::ToRedo)
    );
    booth.press(Command::Choose(3));
    assert_eq!(booth.listed(), ["one"]);
    booth.press(Command::Choose(4));
    assert_eq!(booth.listed(), ["three"]);
    booth.press(Command::Choose(9));
    assert_eq!(booth.listed(), ["three"]);
    booth.press(Command::Accept);
    assert_eq!(
        (booth.prompt().as_str(), booth.view().dialog),
        ("three", None)
    );
    assert_eq!(booth.view().phase, Phase::Idle);
}

#[test]
fn a_filter_that_finds_nothing_has_nothing_to_go_to() {
    let mut booth = Booth::new(Review::OnWarning, &["one", "two"]);
    booth.press(Command::List).press(Command::Choose(3));
    assert_eq!((booth.items().count, booth.items().chosen()), (0, None));
    booth.press(Command::Move(1)).press(Command::Accept);
    assert_eq!(
        (booth.prompt().as_str(), booth.view().dialog),
        ("one", None)
    );
}

#[test]
fn moves_stop_at_the_ends_of_the_list() {
    let mut booth = Booth::with(Review::OnWarning, earlier());
    let chosen = |booth: &Booth| booth.items().chosen().unwrap().position;
    booth.press(Command::List).press(Command::Move(7));
    assert_eq!(chosen(&booth), 4);
    booth.press(Command::Move(isize::MIN));
    assert_eq!(chosen(&booth), 1);
    booth
        .press(Command::Next)
        .press(Command::Next)
        .press(Command::Previous);
    assert_eq!(chosen(&booth), 2);
    booth.press(Command::Move(isize::MAX));
    assert_eq!(chosen(&booth), 4);
}

#[test]
fn a_hundred_thousand_items_are_listed_by_the_rows_around_the_chosen_one() {
    let texts: Vec<String> = (0..100_000).map(|n| n.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut booth = Booth::new(Review::OnWarning, &texts);
    booth.press(Command::List).press(Command::Move(50_000));
    let items = booth.items();
    assert_eq!(
        (items.count, items.chosen().unwrap().text.as_str()),
        (100_000, "50000")
    );
    assert!(items.rows.len() < 500, "{} rows are made", items.rows.len());
    assert_eq!(items.rows[0].position, items.before + 1);
    assert_eq!(items.last, 100_000, "says how wide the places get");
    booth.press(Command::Accept);
    assert_eq!(booth.prompt(), "50000");
}

#[test]
fn the_list_opens_and_closes_over_a_review_without_ending_it() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    booth.reviewed();
    for close in [Command::Cancel, Command::List, Command::Accept] {
        booth.press(Command::List).press(close);
        assert_eq!(
            (booth.view().phase, booth.view().dialog),
            (Phase::Review, None)
        );
        assert!(booth.view().review.is_some());
    }
}

#[test]
fn the_list_is_there_when_everything_is_done_and_leads_back_to_an_item() {
    let mut booth = Booth::new(Review::OnWarning, &["one"]);
    booth.accepted();
    assert!(booth.engine.is_done());
    booth.press(Command::List);
    assert!(!booth.engine.is_done(), "the list is on the screen");
    booth.press(Command::Accept);
    assert_eq!(
        (booth.prompt().as_str(), booth.view().phase),
        ("one", Phase::Idle)
    );
}
