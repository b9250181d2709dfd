//! What somebody who looks at takes can rely on: the review, flags, transcripts, the list of all items.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed expectation is a failed test

use std::sync::Arc;
use std::time::Duration;

use voicebooth::audio::{SourceInfo, SourceKind, StreamFormat};
use voicebooth::corpus::marks::{Mark, Marks};
use voicebooth::corpus::outline::Outline;
use voicebooth::corpus::sidecar::{DecidedBy, Quality, Status, Verdict};
use voicebooth::prompts::{Item, Prompt, PromptList};
use voicebooth::recorder::messages::{
    FromCapture, FromWriter, TakeDraft, TakeRef, ToCapture, ToWriter,
};
use voicebooth::session::engine::Engine;
use voicebooth::session::messages::{Effect, Input, Looked, PlaybackFact};
use voicebooth::session::plan::{Heard, Plan, TakeFact};
use voicebooth::session::setup::{Review, Setup};
use voicebooth::session::view::{
    Dialog, ItemFilter, ItemState, ItemsView, Mode, Notice, Phase, SessionView,
};
use voicebooth::session::{Command, FromFace};
use voicebooth::units::Moment;

/// An engine with a clock cranked by hand, and everything that it has asked for since the last look.
struct Booth {
    engine: Engine,
    now: Moment,
    effects: Vec<Effect>,
}

fn setup(review: Review) -> Setup {
    let source = SourceInfo {
        kind: SourceKind::Microphone,
        host: "alsa".into(),
        id: "alsa:default".into(),
        name: "Microphone".into(),
        format: StreamFormat {
            sample_rate_hz: 48_000,
            channels: 1,
        },
        device_channels: 1,
        channel_map: vec![0],
        sample_format: "i16".into(),
        block_frames: 480,
    };
    Setup {
        speaker: "s".into(),
        session: "t".into(),
        list_sha256: "0123456789ab".into(),
        pass: 1,
        mode: Mode::Keys,
        review,
        bits: "16",
        bytes_per_second: 96_000,
        source,
        clock_ready: true,
    }
}

/// A plan of these texts, each its own label, over takes that the corpus has already.
fn plan(texts: &[&str], takes: &[TakeFact]) -> Plan {
    let prompt = |t: &&str| Prompt {
        id: (*t).into(),
        text: (*t).into(),
        label: Some((*t).into()),
        repeat: 1,
        ..Prompt::default()
    };
    let list = PromptList {
        prompts: texts.iter().map(prompt).collect(),
        ..PromptList::default()
    };
    let item = |prompt| Item { prompt, repeat: 1 };
    let items: Vec<Item> = (0..texts.len() as u32).map(item).collect();
    Plan::new(Arc::new(list), &items, 1, takes, false)
}

fn outline() -> Outline {
    Outline {
        frames: 48_000,
        sample_rate_hz: 48_000,
        speech: Some(10_000..30_000),
        verdict: Some(Verdict::Fine),
        ..Outline::default()
    }
}

fn quality(verdict: Verdict) -> Quality {
    let json = serde_json::json!({
        "verdict": verdict, "warnings": [], "peak_dbfs": -9.0, "rms_dbfs": -24.0,
        "noise_floor_dbfs": null, "snr_db": null, "clipped_samples": 0, "dc_offset": 0.0
    });
    serde_json::from_value(json).unwrap()
}

impl Booth {
    fn new(review: Review, texts: &[&str]) -> Self {
        Self::with(review, plan(texts, &[]))
    }

    fn with(review: Review, plan: Plan) -> Self {
        let now = Moment::from_nanos(1_000_000_000);
        Self {
            engine: Engine::new(setup(review), plan, now),
            now,
            effects: Vec::new(),
        }
    }

    fn tell(&mut self, input: Input) -> &mut Self {
        self.effects = self.engine.update(input, self.now);
        self
    }

    fn press(&mut self, command: Command) -> &mut Self {
        self.now = self.now + Duration::from_millis(500);
        let at = self.now;
        self.tell(Input::Face(FromFace::Command(command, at)))
    }

    fn text(&mut self, words: &str) -> &mut Self {
        self.press(Command::Text(words.into()))
    }

    fn record(&mut self) -> TakeRef {
        self.press(Command::StartStop);
        let begun = |e: &Effect| match e {
            Effect::Capture(ToCapture::Begin { draft, .. }) => Some((**draft).clone()),
            _ => None,
        };
        let draft: TakeDraft = self.effects.iter().find_map(begun).expect("a take begins");
        self.press(Command::StartStop);
        draft.take_ref
    }

    fn close(&mut self, take: &TakeRef, verdict: Verdict, status: Status) -> &mut Self {
        self.tell(Input::Capture(FromCapture::Closed {
            take_ref: take.clone(),
            quality: quality(verdict),
            status,
            frames: 60_000,
            cut_by: None,
        }))
    }

    fn save(&mut self, take: &TakeRef, status: Status) -> &mut Self {
        self.tell(Input::Writer(FromWriter::Saved {
            take_ref: take.clone(),
            status,
        }))
    }

    /// A take that is under review, saved and read.
    fn reviewed(&mut self) -> TakeRef {
        let take = self.record();
        self.close(&take, Verdict::Fine, Status::Unreviewed)
            .save(&take, Status::Unreviewed)
            .answer(&take, Ok(Arc::new(outline())));
        take
    }

    fn accepted(&mut self) -> TakeRef {
        let take = self.record();
        self.close(&take, Verdict::Fine, Status::Accepted)
            .save(&take, Status::Accepted);
        take
    }

    fn answer(&mut self, take: &TakeRef, outline: Result<Arc<Outline>, String>) -> &mut Self {
        let take_ref = take.clone();
        self.tell(Input::Looked(Looked { take_ref, outline }))
    }

    fn view(&self) -> SessionView {
        self.engine.view(self.now)
    }

    fn prompt(&self) -> String {
        self.view().prompt.unwrap().text
    }

    fn items(&self) -> ItemsView {
        match self.view().dialog {
            Some(Dialog::Items(items)) => (*items).clone(),
            other => panic!("a list, not {other:?}"),
        }
    }

    fn listed(&self) -> Vec<String> {
        self.items().rows.into_iter().map(|row| row.text).collect()
    }

    fn asks_to_look_at(&self, take: &TakeRef) -> bool {
        let look = |e: &Effect| matches!(e, Effect::Look(t) if t == take);
        self.effects.iter().any(look)
    }

    /// What is written about takes.
    fn noted(&self) -> Vec<(TakeRef, Mark)> {
        let noted = |e: &Effect| match e {
            Effect::Write(ToWriter::Annotate { take_ref, mark, by }) => {
                assert_eq!(*by, DecidedBy::Operator);
                Some((take_ref.clone(), mark.clone()))
            }
            _ => None,
        };
        self.effects.iter().filter_map(noted).collect()
    }

    fn decided(&self) -> Vec<Status> {
        let decided = |e: &Effect| match e {
            Effect::Write(ToWriter::Decide { status, .. }) => Some(*status),
            _ => None,
        };
        self.effects.iter().filter_map(decided).collect()
    }
}

fn fact(text: &str, take: u32, status: Status) -> TakeFact {
    TakeFact {
        take_ref: TakeRef::new("s", "old", &format!("{text}_r1_{take}")),
        prompt_id: text.into(),
        prompt_text: text.into(),
        repeat: 1,
        pass: 1,
        take,
        status,
    }
}

/// Four items from an earlier session: recorded and flagged, to be read again, skipped, and untouched.
fn earlier() -> Plan {
    let takes = [
        fact("one", 1, Status::Accepted),
        fact("two", 1, Status::Rejected),
        fact("three", 1, Status::Skipped),
    ];
    let mut plan = plan(&["one", "two", "three", "four"], &takes);
    let heard = |verdict, flagged| Heard {
        verdict: Some(verdict),
        length_ms: 1500,
        marks: Marks {
            flagged,
            ..Marks::default()
        },
    };
    let [one, two, _] = takes.map(|take| take.take_ref);
    plan.heard.insert(one, heard(Verdict::Look, true));
    plan.heard.insert(two, heard(Verdict::Again, false));
    plan
}

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
    assert!(!booth.view().review.unwrap().undecided && booth.view().flagged);
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
fn f_flags_with_a_remark_and_f_again_takes_both_back() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let take = booth.reviewed();
    booth.press(Command::Flag);
    assert!(matches!(booth.view().dialog, Some(Dialog::Note(_))));
    assert_eq!(booth.noted(), []);
    booth.text(" a door ");
    let note = Some("a door".to_owned());
    assert_eq!(
        booth.noted(),
        [(take.clone(), Mark::Flag { note: note.clone() })]
    );
    assert!(booth.view().flagged && booth.view().phase == Phase::Review);
    assert_eq!(booth.view().review.unwrap().marks.note, note);
    booth.press(Command::Flag);
    assert_eq!(booth.noted(), [(take, Mark::Unflag)]);
    assert_eq!(booth.view().review.unwrap().marks, Marks::default());
}

#[test]
fn a_flag_needs_no_remark_and_escape_flags_nothing() {
    let mut booth = Booth::new(Review::OnWarning, &["one", "two"]);
    let take = booth.accepted();
    booth.press(Command::Flag).press(Command::Cancel);
    assert_eq!((booth.view().dialog, booth.view().flagged), (None, false));
    booth.press(Command::Flag).text("");
    assert_eq!(booth.noted(), [(take, Mark::Flag { note: None })]);
    assert_eq!(booth.prompt(), "two", "the screen stays where it is");
}

#[test]
fn a_flag_on_a_take_that_is_being_saved_is_written_when_it_is_saved_whatever_becomes_of_it() {
    for status in [Status::Accepted, Status::Interrupted] {
        let mut booth = Booth::new(Review::OnWarning, &["one", "two"]);
        let take = booth.record();
        booth.press(Command::Flag).text("door");
        assert_eq!(booth.noted(), []);
        booth.close(&take, Verdict::Fine, Status::Accepted);
        booth.save(&take, status);
        assert_eq!(booth.noted().len(), 1, "{status:?}");
    }
}

#[test]
fn without_a_take_there_is_nothing_to_flag_or_to_write_down() {
    for command in [Command::Flag, Command::Transcribe] {
        let mut booth = Booth::new(Review::OnWarning, &["one"]);
        booth.press(command);
        assert_eq!(booth.view().notice, Some(Notice::NoTake));
        assert_eq!(booth.view().dialog, None);
    }
}

fn begins_with(booth: &Booth) -> String {
    match booth.view().dialog {
        Some(Dialog::Transcript(asked)) => asked.begin_with,
        other => panic!("a transcript is asked for, not {other:?}"),
    }
}

#[test]
fn a_transcript_begins_with_the_prompt_and_its_label_is_trusted_again_by_a_yes_only() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let take = booth.reviewed();
    booth.press(Command::Transcribe);
    assert_eq!(begins_with(&booth), "one");
    booth.text("uno");
    let transcript = Mark::Transcript {
        text: Some("uno".into()),
        label_confirmed: Some(false),
    };
    assert_eq!(booth.noted(), [(take.clone(), transcript)]);
    assert!(matches!(
        booth.view().dialog,
        Some(Dialog::ConfirmLabel { .. })
    ));
    booth.press(Command::Accept);
    assert_eq!((booth.noted(), booth.view().dialog), (vec![], None));
    assert_eq!(
        booth.view().review.unwrap().marks.label_confirmed,
        Some(false)
    );

    booth.press(Command::Transcribe);
    assert_eq!(begins_with(&booth), "uno");
    booth.text("uno").press(Command::Yes);
    assert_eq!(booth.noted(), [(take, Mark::Label { confirmed: true })]);
    assert_eq!(
        booth.view().review.unwrap().marks.label_confirmed,
        Some(true)
    );
    assert_eq!(booth.prompt(), "one", "the prompt is not touched");
}

#[test]
fn a_transcript_that_nobody_changed_writes_nothing_and_an_empty_one_takes_it_back() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    let take = booth.reviewed();
    for words in ["one", ""] {
        booth.press(Command::Transcribe).text(words);
        assert_eq!(
            (booth.noted(), booth.view().dialog),
            (vec![], None),
            "{words:?}"
        );
    }
    booth
        .press(Command::Transcribe)
        .text("uno")
        .press(Command::No);
    booth.press(Command::Transcribe).text("");
    let nothing = Mark::Transcript {
        text: None,
        label_confirmed: None,
    };
    assert_eq!(booth.noted(), [(take, nothing)]);
    assert_eq!(booth.view().review.unwrap().marks, Marks::default());
    assert_eq!(booth.view().notice, Some(Notice::NoTranscript));
}

#[test]
fn another_transcript_puts_a_confirmed_label_in_doubt_again() {
    let mut booth = Booth::new(Review::Always, &["one", "two"]);
    booth.reviewed();
    booth
        .press(Command::Transcribe)
        .text("uno")
        .press(Command::Yes);
    booth
        .press(Command::Transcribe)
        .text("due")
        .press(Command::No);
    assert_eq!(
        booth.view().review.unwrap().marks.label_confirmed,
        Some(false)
    );
}

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
    use ItemState::{Open, Recorded, Skipped};
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

#[test]
fn while_a_take_runs_nothing_is_listed_flagged_or_written_down() {
    let mut booth = Booth::new(Review::OnWarning, &["one", "two"]);
    booth.accepted();
    booth.press(Command::StartStop);
    for command in [Command::Flag, Command::Transcribe, Command::List] {
        booth.press(command);
        assert_eq!(
            (booth.view().phase, booth.view().dialog),
            (Phase::Recording, None)
        );
    }
}

#[test]
fn a_deleted_take_takes_its_flag_along() {
    let mut booth = Booth::new(Review::OnWarning, &["one", "two"]);
    booth.accepted();
    booth.press(Command::Flag).text("door");
    booth.press(Command::Delete).press(Command::Yes);
    booth.press(Command::List);
    let row = booth.items().rows[0].clone();
    assert_eq!(
        (row.flagged, row.to_redo, row.verdict),
        (false, false, None)
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
    }));
    assert_eq!(
        (booth.prompt().as_str(), booth.view().notice),
        ("two", None)
    );
}
