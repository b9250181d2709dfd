//! The review of a take, and what is played of it.

use std::sync::Arc;

use voicebooth::corpus::outline::Outline;
use voicebooth::corpus::sidecar::{Status, Verdict};
use voicebooth::recorder::messages::{FromCapture, TakeRef};
use voicebooth::session::Command;
use voicebooth::session::messages::{Effect, Input, PlaybackFact};
use voicebooth::session::setup::Review;
use voicebooth::session::view::{Notice, Phase};

use crate::booth::{Booth, earlier, fact, outline, quality};

#[test]
fn a_review_shows_the_take_as_soon_as_it_is_saved_and_read() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let take = booth.record();
    let review = booth.view().review.expect("a review");
    assert!(review.outline.is_none() && review.undecided);
    assert!(!booth.asks_to_look_at(&take), "it is not on the disk yet");
    booth.close(&take, Verdict::Fine, Status::Unreviewed);
    assert!(booth.save(&take, Status::Unreviewed).asks_to_look_at(&take));
    booth.answer(&take, Ok(Arc::new(outline())));
    let review = booth.view().review.unwrap();
    assert_eq!(review.outline.as_deref(), Some(&outline()));
}

#[test]
fn enter_keeps_the_take_under_review_and_redo_rejects_it() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    booth.reviewed();
    booth.press(Command::Accept);
    assert_eq!(booth.decided(), [Status::Accepted]);
    assert_eq!(
        (booth.prompt().as_str(), booth.view().review),
        ("two", None)
    );
    booth.reviewed();
    booth.press(Command::Redo);
    assert_eq!(booth.decided(), [Status::Rejected]);
    assert_eq!(
        (booth.prompt().as_str(), booth.view().phase),
        ("two", Phase::Idle)
    );
}

#[test]
fn a_take_that_cannot_be_read_says_why_and_can_be_kept_all_the_same() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let take = booth.record();
    booth.close(&take, Verdict::Fine, Status::Unreviewed);
    booth
        .save(&take, Status::Unreviewed)
        .answer(&take, Err("gone".into()));
    assert_eq!(booth.view().review.unwrap().failed.as_deref(), Some("gone"));
    assert_eq!(booth.press(Command::Accept).decided(), [Status::Accepted]);
}

#[test]
fn the_answer_about_another_take_is_not_shown_for_this_one() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let first = booth.record();
    booth.close(&first, Verdict::Fine, Status::Unreviewed);
    booth.save(&first, Status::Unreviewed).press(Command::Redo);
    booth.record();
    booth.answer(&first, Ok(Arc::new(outline())));
    assert_eq!(booth.view().review.unwrap().outline, None);
}

#[test]
fn a_take_of_an_earlier_session_is_looked_at_with_enter_and_stays_as_it_is() {
    let mut booth = Booth::with(Review::OnWarning, earlier());
    for _ in 0..3 {
        booth.press(Command::Previous);
    }
    booth.press(Command::Accept);
    let one = fact("one", 1, Status::Accepted).take_ref;
    assert_eq!(
        (booth.prompt().as_str(), booth.view().phase),
        ("one", Phase::Review)
    );
    assert!(booth.asks_to_look_at(&one));
    assert!(!booth.view().review.unwrap().undecided && booth.view().marks.flagged);
    booth.press(Command::Accept);
    assert_eq!((booth.view().phase, booth.decided()), (Phase::Idle, vec![]));
    booth.press(Command::Accept).press(Command::Redo);
    assert_eq!((booth.view().phase, booth.decided()), (Phase::Idle, vec![]));
    assert_eq!(booth.view().notice, Some(Notice::Redoing));
}

#[test]
fn p_plays_the_take_then_its_speech_alone_then_stops() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let take = booth.reviewed();
    booth.press(Command::Play);
    assert!(
        booth
            .effects
            .iter()
            .any(|e| matches!(e, Effect::Play(t) if *t == take))
    );
    booth.tell(Input::Playback(PlaybackFact::Started));
    booth.press(Command::Play);
    let part = booth.effects.iter().find_map(|e| match e {
        Effect::PlayPart { take_ref, frames } => Some((take_ref.clone(), frames.clone())),
        _ => None,
    });
    assert_eq!(part, Some((take, 10_000..30_000)));
    assert!(booth.view().review.unwrap().playing_speech);
    let until = booth.now;
    booth.tell(Input::Playback(PlaybackFact::Finished { until }));
    booth.tell(Input::Playback(PlaybackFact::Started));
    booth.press(Command::Play);
    assert!(
        matches!(&booth.effects[..], [Effect::StopPlaying]),
        "{:?}",
        booth.effects
    );
}

#[test]
fn where_the_speech_is_not_known_p_stops_the_take() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let take = booth.reviewed();
    let unknown = Outline {
        speech: None,
        ..outline()
    };
    booth.answer(&take, Ok(Arc::new(unknown)));
    booth.press(Command::Play);
    booth.tell(Input::Playback(PlaybackFact::Started));
    booth.press(Command::Play);
    assert!(
        matches!(&booth.effects[..], [Effect::StopPlaying]),
        "{:?}",
        booth.effects
    );
}

#[test]
fn nothing_is_said_of_takes_where_nobody_reviews() {
    for verdict in [Verdict::Again, Verdict::Look, Verdict::Fine] {
        let mut booth = Booth::new(Review::Never, &["one", "two"]);
        let take = booth.record();
        let status = if verdict == Verdict::Again {
            Status::Rejected
        } else {
            Status::Accepted
        };
        booth.close(&take, verdict, status).save(&take, status);
        assert_eq!(booth.view().notice, None, "{verdict:?}");
        assert_eq!(booth.view().phase, Phase::Idle);
    }
    let mut booth = Booth::new(Review::Never, &["one", "two"]);
    booth.press(Command::StartStop);
    let take = TakeRef::new("s", "t", "one_r1_1");
    booth.tell(Input::Capture(FromCapture::Closed {
        take_ref: take,
        quality: quality(Verdict::Look),
        status: Status::Accepted,
        frames: 48_000,
        cut_by: Some("max_take"),
        measures: None,
    }));
    assert_eq!(
        (booth.prompt().as_str(), booth.view().notice),
        ("two", None)
    );
}
