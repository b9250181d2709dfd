//! Views of every kind, for tests and for looking at.

pub mod asks;
pub mod reviews;

use voicebooth::corpus::marks::Marks;
use voicebooth::session::view::{
    AfterPractice, CheckStep, Dialog, Heard, ItemState, KnownSpeaker, Mode, Notice, Phase,
    PromptView, Seen, SessionView, SourceLine, Summary, View, WhoSpeaks,
};

use voicebooth::signal::check::{Advice, CheckReport};

/// A session that waits for the third prompt of forty.
pub fn idle(text: &str) -> SessionView {
    SessionView {
        practice: false,
        phase: Phase::Idle,
        mode: Mode::Keys,
        prompt: Some(prompt(text)),
        position: 3,
        total: 40,
        done: 2,
        saving: 0,
        item: ItemState::Open,
        notice: None,
        dialog: None,
        source: Some(SourceLine {
            name: "Studio USB Microphone".into(),
            sample_rate_hz: 48_000,
            channels: 1,
            bits: "16".into(),
        }),
        minutes_left: Some(754),
        level_dbfs: Some(-38.0),
        clipping: false,
        take_seconds: 0,
        has_last_take: true,
        playing: false,
        eliciting: false,
        review: None,
        marks: Marks::default(),
    }
}

pub fn prompt(text: &str) -> PromptView {
    PromptView {
        text: text.into(),
        ..PromptView::default()
    }
}

pub fn session(view: SessionView) -> View {
    View::Session(Box::new(view))
}

/// Four hundred words to read, without an end of line.
pub fn four_hundred_words() -> String {
    let sentence = "On the way home the old ferry passed slowly under the bridge and nobody looked up from the paper but me.";
    vec![sentence; 20].join(" ")
}

fn with(change: impl FnOnce(&mut SessionView)) -> View {
    let mut view = idle("seven");
    change(&mut view);
    session(view)
}

fn dialog(dialog: Dialog) -> View {
    with(|view| view.dialog = Some(dialog))
}

fn notice(notice: Notice) -> View {
    with(|view| view.notice = Some(notice))
}

fn text(text: &str) -> View {
    session(idle(text))
}

/// Every kind of screen, by name.
pub fn all() -> Vec<(&'static str, View)> {
    let mut views = before_and_after();
    views.extend(phases());
    views.extend(notices());
    views.extend(dialogs());
    views.extend(prompts());
    views.extend(reviews::all());
    views.extend(asks::all(dialog, summary()));
    views
}

fn summary() -> Summary {
    Summary {
        complete: true,
        recorded: 38,
        redone: 3,
        skipped: 2,
        remaining: 0,
        minutes: 4.26,
        speaker: "s7k3q".into(),
        folder: "/home/mara/digits/corpus".into(),
        command: "voicebooth export --corpus corpus".into(),
        closing: None,
        troubles: vec![],
    }
}

fn before_and_after() -> Vec<(&'static str, View)> {
    let known = KnownSpeaker {
        id: "s7k3q".into(),
        last_here: "12 November 2026".into(),
    };
    let who = WhoSpeaks {
        suggested: "p4wn2".into(),
        known: None,
        refused: None,
        list: Some("words.tsv: TSV, 40 prompts".into()),
    };
    let summary = summary();
    let stopped = Summary {
        complete: false,
        recorded: 11,
        redone: 0,
        skipped: 0,
        remaining: 29,
        minutes: 0.4,
        command: "voicebooth record prompts/digits-en.txt --corpus corpus --speaker s7k3q".into(),
        troubles: vec!["The part that saves takes failed. What was saved is safe; a take that was not is repaired at the next start.".into()],
        ..summary.clone()
    };
    let opening = SessionView {
        phase: Phase::Opening,
        prompt: None,
        position: 0,
        total: 0,
        done: 0,
        source: None,
        minutes_left: None,
        level_dbfs: None,
        ..idle("")
    };
    vec![
        ("who_speaks", View::WhoSpeaks(who.clone())),
        (
            "who_speaks_refused",
            View::WhoSpeaks(WhoSpeaks {
                refused: Some("An id may have letters, digits, - and _.".into()),
                ..who.clone()
            }),
        ),
        (
            "continue_as",
            View::WhoSpeaks(WhoSpeaks {
                known: Some(known),
                ..who
            }),
        ),
        ("opening", session(opening)),
        ("summary", View::Summary(summary)),
        ("summary_stopped", View::Summary(stopped)),
    ]
}

/// A microphone that is too far away, in a room with a fan, on a bad socket.
fn check_report() -> CheckStep {
    CheckStep::Report(Box::new(CheckReport {
        room_dbfs: Some(-48.0),
        hum: None,
        longest_zeros_ms: 0.0,
        speech_dbfs: Some(-41.0),
        peak_dbfs: Some(-29.0),
        snr_db: Some(7.0),
        clipped_samples: 0,
        bandwidth_hz: Some(20_000.0),
        advice: vec![Advice::TooQuiet, Advice::NoisyRoom, Advice::Hum],
    }))
}

fn phases() -> Vec<(&'static str, View)> {
    vec![
        ("hands_free", with(|view| view.mode = Mode::HandsFree)),
        (
            "hands_free_paused",
            with(|view| {
                (view.mode, view.phase) = (Mode::HandsFree, Phase::Paused);
                view.notice = Some(Notice::ThreeMisses);
            }),
        ),
        ("idle", with(|_| ())),
        (
            "first",
            with(|view| (view.position, view.done, view.has_last_take) = (1, 0, false)),
        ),
        (
            "recording",
            with(|view| {
                (view.phase, view.take_seconds, view.level_dbfs) =
                    (Phase::Recording, 7, Some(-9.0));
            }),
        ),
        (
            "recording_clipped",
            with(|view| {
                (view.phase, view.clipping, view.level_dbfs) = (Phase::Recording, true, Some(0.0));
            }),
        ),
        (
            "saving",
            with(|view| (view.saving, view.item) = (1, ItemState::Recorded)),
        ),
        ("closing", with(|view| view.phase = Phase::Closing)),
        ("review", with(|view| view.phase = Phase::Review)),
        (
            "playing",
            with(|view| (view.phase, view.playing) = (Phase::Review, true)),
        ),
        ("paused", with(|view| view.phase = Phase::Paused)),
        (
            "done",
            with(|view| (view.phase, view.done, view.position) = (Phase::Done, 40, 40)),
        ),
        ("hold", with(|view| view.mode = Mode::Hold)),
        (
            "prompt_unseen",
            with(|view| {
                view.prompt = Some(PromptView {
                    seen: Seen::FromTheKey,
                    ..PromptView::default()
                });
            }),
        ),
        (
            "prompt_heard",
            with(|view| {
                (view.playing, view.eliciting) = (true, true);
                view.prompt = Some(PromptView {
                    translation: Some("the water".into()),
                    comment: Some("mind the vowel".into()),
                    heard: Heard::First,
                    ..prompt("sea")
                });
            }),
        ),
        (
            "prompt_unheard",
            with(|view| {
                let why = "there is no loudspeaker".into();
                view.notice = Some(Notice::CannotPlayPrompt(why));
                view.prompt = Some(PromptView {
                    heard: Heard::First,
                    unheard: true,
                    ..prompt("sea")
                });
            }),
        ),
        (
            "practice",
            with(|view| {
                (view.practice, view.position, view.total, view.done) = (true, 2, 2, 1);
                let (trouble, then) = (Some("clipped"), AfterPractice::Another);
                view.notice = Some(Notice::Practised { trouble, then });
            }),
        ),
        (
            "timed_recording",
            with(|view| {
                (view.phase, view.mode, view.take_seconds) =
                    (Phase::Recording, Mode::Timed { ms: 2500 }, 1);
            }),
        ),
    ]
}

fn notices() -> Vec<(&'static str, View)> {
    vec![
        ("notice_too_loud", notice(Notice::TooLoud("six".into()))),
        (
            "notice_lost_frames",
            notice(Notice::LostFrames(
                "The quick brown fox jumps over the lazy dog".into(),
            )),
        ),
        ("notice_accepted", notice(Notice::Accepted)),
        (
            "notice_interrupted",
            notice(Notice::Interrupted {
                text: "six".into(),
                cause: "device_lost",
            }),
        ),
        (
            "notice_hold",
            with(|view| {
                (view.notice, view.mode) = (Some(Notice::HoldUnavailable), Mode::HoldUnavailable);
            }),
        ),
        ("notice_disk_low", with(|view| view.minutes_left = Some(4))),
    ]
}

fn dialogs() -> Vec<(&'static str, View)> {
    let inputs = vec![
        "Studio USB Microphone".into(),
        "Built-in Audio Analog Stereo".into(),
    ];
    vec![
        ("dialog_skip", dialog(Dialog::SkipReason)),
        (
            "dialog_delete",
            dialog(Dialog::ConfirmDelete("seven".into())),
        ),
        ("dialog_help", dialog(Dialog::Help)),
        (
            "check_silence",
            dialog(Dialog::Check(CheckStep::Silence { seconds_left: 4 })),
        ),
        ("check_sentence", dialog(Dialog::Check(CheckStep::Sentence))),
        ("check_report", dialog(Dialog::Check(check_report()))),
        (
            "dialog_no_source",
            dialog(Dialog::NoSource {
                reason: "The microphone “Headset” is not connected".into(),
                inputs,
            }),
        ),
        (
            "dialog_gone",
            dialog(Dialog::SourceGone {
                name: "Studio USB Microphone".into(),
            }),
        ),
        (
            "dialog_disk_full",
            dialog(Dialog::DiskFull(
                "No space is left for corpus/recordings/s7k3q; the last take waits in memory."
                    .into(),
            )),
        ),
        (
            "dialog_read_only",
            dialog(Dialog::CannotWrite("corpus is read-only".into())),
        ),
        (
            "recording_disk_full",
            with(|view| {
                (view.phase, view.dialog) =
                    (Phase::Recording, Some(Dialog::DiskFull("full".into())));
            }),
        ),
    ]
}

fn prompts() -> Vec<(&'static str, View)> {
    let aside = |view: &mut SessionView| {
        view.prompt = Some(PromptView {
            text: "1984".into(),
            hint: Some("nineteen eighty-four".into()),
            note: Some("Say it as the year, not as a number.".into()),
            language: Some("en".into()),
            ..PromptView::default()
        });
    };
    vec![
        ("prompt_digit", text("7")),
        ("prompt_hint", with(aside)),
        ("prompt_words", text("Good morning, Zoë!")),
        ("prompt_cyrillic", text("девять")),
        (
            "prompt_sentence",
            text(
                "The birch canoe slid on the smooth planks, and glue was spread over the blue background.",
            ),
        ),
        ("prompt_paragraph", text(&four_hundred_words()[..520])),
        ("prompt_long", text(&four_hundred_words())),
        (
            "prompt_cjk",
            text(
                "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。",
            ),
        ),
        ("prompt_arabic", text("مرحبا بالعالم، كيف حالك اليوم؟")),
        ("prompt_hebrew", text("שלום 123 (עולם)")),
        (
            "prompt_thai",
            text("ภาษาไทยเขียนติดกันโดยไม่มีช่องว่างระหว่างคำจึงต้องรู้จักคำก่อนตัดบรรทัดเสมอ"),
        ),
        (
            "prompt_combining",
            text("e\u{301}te\u{301} Z\u{351}\u{36b}a\u{300}\u{301}\u{302}"),
        ),
        ("prompt_emoji", text("👩‍👩‍👧‍👦 waves 👋🏽 at 🇨🇦")),
        (
            "prompt_hostile",
            text("ring\u{7} \u{1b}[31mred\u{1b}[0m \u{9b}2J \u{202e}evil"),
        ),
    ]
}
