//! What a screen reader has to speak: every change is said once, in words, and nothing is drawn over.

#![allow(clippy::unwrap_used)] // a test fails by panicking

#[allow(dead_code)] // the views of all screens; these tests need some
#[path = "screens/views.rs"]
mod views;

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

use tui_input::Input;
use voicebooth::corpus::marks::Marks;
use voicebooth::session::Face;
use voicebooth::session::view::{
    AskPage, AskView, Dialog, ItemFilter, ItemState, ItemsView, Notice, Phase, ReviewView,
    SessionView, TakeText, View, WhoSpeaks,
};
use voicebooth::tui::keys::Keymap;
use voicebooth::tui::lines::LineFace;
use voicebooth::tui::state::Shared;

use views::{asks, idle, session};

#[derive(Clone, Default)]
struct Said(Rc<RefCell<Vec<u8>>>);

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Listener {
    face: LineFace<Said>,
    said: Said,
    shared: Arc<Shared>,
}

impl Listener {
    fn new() -> Self {
        let (said, shared) = (Said::default(), Arc::new(Shared::default()));
        let face = LineFace::new(said.clone(), Keymap::default(), shared.clone());
        Self { face, said, shared }
    }

    /// What is said about a view.
    fn raw(&mut self, view: &View) -> String {
        self.face.show(view).unwrap();
        String::from_utf8(self.said.0.take()).unwrap()
    }

    fn hear(&mut self, view: &SessionView) -> Vec<String> {
        let raw = self.raw(&session(view.clone()));
        raw.split_terminator("\r\n").map(str::to_owned).collect()
    }
}

/// What is said about something that is asked.
fn heard(listener: &mut Listener, view: AskView) -> Vec<String> {
    let raw = listener.raw(&View::Ask(Box::new(view)));
    raw.split_terminator("\r\n").map(str::to_owned).collect()
}

#[test]
fn a_question_is_said_with_its_choices_and_then_only_what_the_mark_stands_at() {
    let mut listener = Listener::new();
    let told = heard(&mut listener, asks::languages(None));
    let expected = [
        "7 of 9",
        "Which language did you speak first, as a child?",
        "If there were several, the one that you speak most today.",
        "You need not answer: Enter alone passes over it.",
        "1: German",
        "2: French",
        "3: Italian",
        "4: Romansh",
        "5: Something else…",
        "Press 1 to 5, or ↑ ↓; Enter pass over it; ← back; Q leave.",
    ];
    assert_eq!(told, expected);
    let told = heard(&mut listener, asks::languages(Some(1)));
    assert_eq!(told, ["French", "Press Enter to take it."]);
    assert_eq!(heard(&mut listener, asks::languages(Some(1))), [""; 0]);
}

#[test]
fn an_answer_that_is_not_taken_is_told_why() {
    let mut listener = Listener::new();
    heard(&mut listener, asks::year(false));
    let told = heard(&mut listener, asks::year(true));
    // The line that was typed ends first.
    assert_eq!(told, ["", "Please type a whole number from 1900 to 2020."]);
}

#[test]
fn a_consent_is_said_whole_and_all_answers_are_said_before_they_are_confirmed() {
    let mut listener = Listener::new();
    let read = AskView {
        page: AskPage::Read(asks::own_text()),
        ..asks::scope()
    };
    let told = heard(&mut listener, read);
    assert!(
        told.contains(
            &"You are going to read texts aloud, and your voice will be recorded.".into()
        )
    );
    assert!(told.contains(&"Your speaker id is s7k3q.".into()));
    let told = heard(&mut listener, asks::scope());
    assert!(told.contains(&"Y: Yes, I agree".into()), "{told:?}");
    let told = heard(&mut listener, asks::confirm(None));
    assert_eq!(told[0], "Is this right?");
    assert_eq!(told[1], "My recordings may be used for this study. Yes");
    assert!(told.contains(&"Which dialect do you speak? not answered".into()));
}

#[test]
fn instructions_are_said_and_then_the_prompt_behind_them() {
    let mut listener = Listener::new();
    let told = "Read slowly.\n\nTake your time.".to_owned();
    let told = listener.hear(&with(|view| view.dialog = Some(Dialog::Instructions(told))));
    assert_eq!(told[1..3], ["Read slowly.", "Take your time."]);
    assert!(told[3].starts_with("Press Enter to go on"), "{told:?}");
    assert_eq!(listener.hear(&idle("seven"))[0], "3 of 40: seven");
}

#[test]
fn what_only_the_operator_is_told_is_said_behind_the_prompt() {
    let told = Listener::new().hear(&with(|view| {
        let prompt = view.prompt.as_mut().unwrap();
        prompt.note = Some("Say it as a year.".into());
        prompt.comment = Some("mind the vowel".into());
    }));
    let expected = [
        "3 of 40: seven",
        "Say it as a year.",
        "(for the operator: mind the vowel)",
    ];
    assert_eq!(told[1..4], expected);
}

fn with(change: impl FnOnce(&mut SessionView)) -> SessionView {
    let mut view = idle("seven");
    change(&mut view);
    view
}

#[test]
fn a_take_is_a_word_when_it_starts_and_the_next_prompt_when_it_stops() {
    let mut listener = Listener::new();
    let first = listener.hear(&idle("seven"));
    assert_eq!(first[0], "Studio USB Microphone, 48 kHz, mono, 16 bit");
    assert_eq!(first[1], "3 of 40: seven");
    assert!(
        first[2].starts_with("Press Space and read aloud; "),
        "{first:?}"
    );
    let recording = with(|view| view.phase = Phase::Recording);
    let told = listener.hear(&recording);
    assert_eq!(told[0], "Recording.");
    assert!(told[1].starts_with("Press Space when you have finished"));
    let next = SessionView {
        position: 4,
        ..idle("eight")
    };
    assert_eq!(listener.hear(&next), ["4 of 40: eight"]);
}

#[test]
fn what_only_the_eye_needs_is_not_said() {
    let mut listener = Listener::new();
    listener.hear(&idle("seven"));
    let moved = with(|view| {
        view.level_dbfs = Some(-3.0);
        view.saving = 1;
        view.minutes_left = Some(12);
    });
    assert_eq!(listener.hear(&moved), [""; 0]);
    let longer = |seconds| {
        with(|view| {
            view.phase = Phase::Recording;
            view.take_seconds = seconds;
        })
    };
    listener.hear(&longer(0));
    assert_eq!(listener.hear(&longer(1)), [""; 0]);
}

#[test]
fn the_same_prompt_again_is_said_again_with_the_reason_before_it() {
    let mut listener = Listener::new();
    listener.hear(&with(|view| view.phase = Phase::Recording));
    let told = listener.hear(&with(|view| view.notice = Some(Notice::Cancelled)));
    assert!(told[0].starts_with("Cancelled"), "{told:?}");
    assert_eq!(told[1], "3 of 40: seven");
}

#[test]
fn an_item_that_has_a_take_says_so_and_clipping_is_said_once() {
    let mut listener = Listener::new();
    let recorded = with(|view| view.item = ItemState::Recorded);
    assert!(
        listener
            .hear(&recorded)
            .contains(&"3 of 40 (recorded): seven".to_owned())
    );
    let clipping = SessionView {
        clipping: true,
        ..recorded
    };
    assert_eq!(listener.hear(&clipping), ["Too loud."]);
    assert_eq!(listener.hear(&clipping), [""; 0]);
}

#[test]
fn a_question_is_read_with_its_choices_and_after_it_the_prompt() {
    let mut listener = Listener::new();
    listener.hear(&idle("seven"));
    let told = listener.hear(&with(|view| view.dialog = Some(Dialog::SkipReason)));
    assert_eq!(told[0], "Why do you skip this one?");
    assert_eq!(told[1], "1: I don't know how to say it");
    assert!(told.last().unwrap().contains("do not skip"));
    assert_eq!(listener.hear(&idle("seven"))[0], "3 of 40: seven");
}

#[test]
fn a_prompt_with_lines_and_control_characters_moves_nothing_but_the_line() {
    let mut listener = Listener::new();
    let raw = listener.raw(&session(idle("one\u{1b}[2J\ntwo\tthree")));
    assert!(raw.contains("3 of 40: one[2J\r\ntwo three\r\n"), "{raw:?}");
    assert!(
        !raw.replace("\r\n", "").contains(char::is_control),
        "{raw:?}"
    );
}

#[test]
fn what_is_typed_is_echoed_and_what_is_taken_back_is_rubbed_out() {
    let mut listener = Listener::new();
    let who = View::WhoSpeaks(WhoSpeaks {
        suggested: "s7k3q".into(),
        known: None,
        refused: None,
        list: None,
    });
    let asked = listener.raw(&who);
    assert!(asked.contains("Who is speaking?\r\n") && asked.contains("Enter alone takes s7k3q."));
    let typed = |listener: &mut Listener, text: &str| {
        listener.shared.field().as_mut().unwrap().input = Input::new(text.into());
        listener.raw(&who)
    };
    assert_eq!(typed(&mut listener, "an"), "an");
    assert_eq!(typed(&mut listener, "a"), "\u{8} \u{8}");
    assert_eq!(typed(&mut listener, "a"), "");
    assert!(listener.raw(&session(idle("seven"))).starts_with("\r\n"));
    assert!(listener.shared.field().is_none());
}

#[test]
fn what_finds_no_room_in_a_field_is_said_once() {
    let mut listener = Listener::new();
    let year = View::Ask(Box::new(asks::year(false)));
    listener.raw(&year);
    let paste = |listener: &Listener, text: &str| {
        listener.shared.field().as_mut().unwrap().insert(text);
    };
    paste(&listener, &"1".repeat(30));
    let told = "This answer can have 20 characters; 10 were not taken.";
    let echoed = "1".repeat(20);
    assert_eq!(listener.raw(&year), format!("{echoed}\r\n{told}\r\n"));
    assert_eq!(listener.raw(&year), "");
    paste(&listener, "2");
    assert!(listener.raw(&year).contains("11 were not taken."));
}

#[test]
fn a_review_is_said_in_words_once_it_is_known_and_then_only_what_is_noted_on_it() {
    let mut listener = Listener::new();
    let review = views::reviews::review();
    let waiting = SessionView {
        review: review.review.clone().map(|review| ReviewView {
            outline: None,
            ..review
        }),
        ..review.clone()
    };
    listener.hear(&idle("seven"));
    assert_eq!(listener.hear(&waiting)[0], "Keep it?");
    assert_eq!(
        listener.hear(&review),
        [
            "Fine.",
            "1.50 s, speech 0.65 s, peak -9.8 dB, 38 dB over the room.",
            "Speech from 0.42 to 1.06 s."
        ]
    );
    assert_eq!(listener.hear(&review), [""; 0]);
    let mut noted = review.clone();
    noted.review.as_mut().unwrap().marks = Marks {
        flagged: true,
        note: Some("a door".into()),
        transcript: Some("siete".into()),
        label_confirmed: Some(false),
    };
    assert_eq!(
        listener.hear(&noted),
        [
            "Flagged: a door.",
            "Said: “siete”.",
            "Label “seven” not trusted."
        ]
    );
}

#[test]
fn the_list_is_said_row_by_row() {
    let mut listener = Listener::new();
    listener.hear(&idle("seven"));
    let list = |filter, chosen| {
        let items = ItemsView {
            chosen,
            ..views::reviews::items(filter, 40)
        };
        with(|view| view.dialog = Some(Dialog::Items(Arc::new(items))))
    };
    let told = listener.hear(&list(ItemFilter::All, 0));
    assert_eq!(told[0], "Items, all: 40");
    assert_eq!(told[1], "1: zero (recorded, fine, 1.2 s)");
    assert!(
        told[2].starts_with("Press Enter to go there; 1 to 4"),
        "{told:?}"
    );
    let told = listener.hear(&list(ItemFilter::All, 2));
    assert_eq!(told, ["3: seven (to redo, again, 3.7 s)"]);
    assert_eq!(listener.hear(&list(ItemFilter::All, 2)), [""; 0]);
    assert_eq!(
        listener.hear(&list(ItemFilter::Skipped, 2))[0],
        "Items, skipped: 40"
    );
    assert_eq!(listener.shared.list(), Some(10), "the page keys move in it");
    assert_eq!(listener.hear(&idle("seven"))[0], "3 of 40: seven");
    assert_eq!(listener.shared.list(), None);
}

#[test]
fn a_transcript_is_typed_after_what_stands_there_already() {
    let mut listener = Listener::new();
    let about = TakeText {
        prompt: "seven".into(),
        begin_with: "seven".into(),
    };
    let asked = with(|view| view.dialog = Some(Dialog::Transcript(about)));
    let raw = listener.raw(&session(asked.clone()));
    assert!(raw.contains("What was really said?\r\n"), "{raw:?}");
    assert!(raw.ends_with("\r\nseven"), "{raw:?}");
    listener.shared.field().as_mut().unwrap().input = Input::new("seven, no".into());
    assert_eq!(listener.raw(&session(asked)), ", no");
}
