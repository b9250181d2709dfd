//! Views of takes that are looked at, and of the list of all items.

use std::sync::Arc;

use voicebooth::corpus::marks::Marks;
use voicebooth::corpus::outline::{Column, Outline};
use voicebooth::corpus::sidecar::Verdict;
use voicebooth::session::view::{
    Dialog, ItemFilter, ItemRow, ItemState, ItemsView, Phase, ReviewView, SessionView, TakeText,
    View,
};

use super::{idle, prompt, session};

/// A take of 1.5 s: a word of two syllables between a quiet beginning and a quiet end.
pub fn outline() -> Outline {
    let level = |n: u32| {
        let at = f32::from(n as u16) / 240.0;
        let syllable = |middle: f32, width: f32| (-((at - middle) / width).powi(2)).exp();
        let ripple = 0.75 + 0.25 * (at * 190.0).sin();
        0.003 + ripple * (0.30 * syllable(0.42, 0.07) + 0.16 * syllable(0.62, 0.05))
    };
    let column = |n| Column {
        low: -0.8 * level(n),
        high: level(n),
        clipped: false,
    };
    Outline {
        columns: (0..240).map(column).collect(),
        frames: 72_000,
        sample_rate_hz: 48_000,
        start_frame: Some(14_400),
        stop_frame: Some(57_600),
        speech: Some(20_000..51_000),
        verdict: Some(Verdict::Fine),
        warnings: Vec::new(),
        peak_dbfs: Some(-9.8),
        snr_db: Some(38.2),
    }
}

fn clipped() -> Outline {
    let mut outline = outline();
    for column in &mut outline.columns {
        (column.low, column.high) = ((4.0 * column.low).max(-1.0), (4.0 * column.high).min(1.0));
        column.clipped = column.high >= 1.0;
    }
    Outline {
        verdict: Some(Verdict::Again),
        warnings: vec!["clipped".into(), "hum".into()],
        peak_dbfs: Some(0.0),
        ..outline
    }
}

/// A take of "seven" that waits for a decision.
fn take() -> ReviewView {
    ReviewView {
        label: Some("seven".into()),
        outline: Some(Arc::new(outline())),
        failed: None,
        marks: Marks::default(),
        undecided: true,
        playing_speech: false,
    }
}

/// Its review.
pub fn review() -> SessionView {
    SessionView {
        phase: Phase::Review,
        review: Some(take()),
        ..idle("seven")
    }
}

fn with(change: impl FnOnce(&mut SessionView, &mut ReviewView)) -> View {
    let (mut view, mut take) = (review(), take());
    change(&mut view, &mut take);
    view.review = Some(take);
    session(view)
}

fn dialog(dialog: Dialog) -> View {
    session(SessionView {
        dialog: Some(dialog),
        ..review()
    })
}

/// The list of forty items around the third.
pub fn items(filter: ItemFilter, count: usize) -> ItemsView {
    let texts = [
        "zero",
        "The birch canoe slid on the smooth planks, and glue was spread over the blue background.",
        "seven",
        "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所で",
        "مرحبا بالعالم، كيف حالك اليوم؟",
        "one\nline",
    ];
    let row = |n: usize| {
        let state = [ItemState::Recorded, ItemState::Recorded, ItemState::Open];
        let heard = n < 4;
        ItemRow {
            position: n + 1,
            text: texts[n % texts.len()].into(),
            language: None,
            state: match n {
                4 => ItemState::Skipped,
                n => state.get(n).copied().unwrap_or(ItemState::Open),
            },
            to_redo: n == 2,
            flagged: n == 1 && heard,
            verdict: match n {
                0 => Some(Verdict::Fine),
                1 => Some(Verdict::Look),
                2 => Some(Verdict::Again),
                _ => None,
            },
            length_ms: (n < 3).then_some(1234 * (n as u64 + 1)),
        }
    };
    ItemsView {
        filter,
        count,
        last: count,
        before: 0,
        rows: (0..count).map(row).collect(),
        chosen: 1.min(count.saturating_sub(1)),
    }
}

/// Every one of them by name.
pub fn all() -> Vec<(&'static str, View)> {
    let sentence =
        "The birch canoe slid on the smooth planks, and glue was spread over the blue background.";
    let about = |begin_with: &str| TakeText {
        prompt: sentence.into(),
        begin_with: begin_with.into(),
    };
    let list = |filter, count| {
        let list = Dialog::Items(Arc::new(items(filter, count)));
        session(SessionView {
            dialog: Some(list),
            ..idle("seven")
        })
    };
    let noted = |view: &mut SessionView, review: &mut ReviewView| {
        view.prompt = Some(prompt(sentence));
        (view.item, review.undecided) = (ItemState::Recorded, false);
        review.marks = Marks {
            flagged: true,
            note: Some("a door slams at the end".into()),
            transcript: Some("The birch canoe slid on the smooth plants".into()),
            label_confirmed: Some(false),
        };
        view.marks = review.marks.clone();
    };
    vec![
        ("review_fine", session(review())),
        (
            "review_clipped",
            with(|_, review| review.outline = Some(Arc::new(clipped()))),
        ),
        ("review_noted", with(noted)),
        ("review_waiting", with(|_, review| review.outline = None)),
        (
            "review_failed",
            with(|_, review| {
                review.outline = None;
                review.failed = Some("cannot read corpus/seven_r1_1.wav: gone".into());
            }),
        ),
        (
            "review_without_boundaries",
            with(|_, review| {
                let outline = Outline {
                    speech: None,
                    start_frame: None,
                    stop_frame: None,
                    snr_db: None,
                    ..outline()
                };
                review.outline = Some(Arc::new(outline));
            }),
        ),
        ("review_playing", with(|view, _| view.playing = true)),
        ("dialog_note", dialog(Dialog::Note(about("")))),
        (
            "dialog_transcript",
            dialog(Dialog::Transcript(about(sentence))),
        ),
        (
            "dialog_label",
            dialog(Dialog::ConfirmLabel {
                label: "seven".into(),
                said: "siete, no, seven".into(),
            }),
        ),
        ("items_all", list(ItemFilter::All, 40)),
        ("items_few", list(ItemFilter::ToRedo, 2)),
        ("items_none", list(ItemFilter::Flagged, 0)),
    ]
}
