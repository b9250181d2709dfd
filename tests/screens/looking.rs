//! What somebody sees who looks at takes: the review, the fields about a take, the list.

use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tui_input::Input;
use voicebooth::session::Face;
use voicebooth::session::view::{Dialog, ItemFilter, ItemsView, SessionView};
use voicebooth::tui::face::TerminalFace;
use voicebooth::tui::keys::{Keymap, Scroll};
use voicebooth::tui::state::Shared;
use voicebooth::tui::{Bidi, ScreenOptions};

use super::views::{self, idle, session};
use super::{Booth, text_of};

#[test]
fn a_speaker_sees_the_wave_and_the_verdict_of_a_take_but_no_figures_and_nothing_of_the_operators() {
    let options = ScreenOptions {
        speaker_only: true,
        ..ScreenOptions::default()
    };
    let shared = Arc::new(Shared::default());
    let terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let keys = Keymap::default().of_speaker();
    let mut face = TerminalFace::new(terminal, options, keys, shared);
    for name in ["review_fine", "review_noted", "items_few"] {
        let views = views::all();
        let (_, view) = views.iter().find(|(n, _)| *n == name).unwrap();
        face.show(view).unwrap();
        let text = text_of(face.terminal().backend().buffer());
        let figures = text
            .lines()
            .filter(|line| line.contains(" dB") || line.contains(" s "));
        assert_eq!(figures.count(), 0, "{text}");
        for operators in ["flag", "transcript", "said:", "◆"] {
            assert!(!text.contains(operators), "{operators} in {text}");
        }
    }
}

#[test]
fn the_screens_that_matter_in_ascii() {
    let options = ScreenOptions {
        ascii: true,
        ..ScreenOptions::default()
    };
    for name in ["review_clipped", "items_few"] {
        let views = views::all();
        let (_, view) = views.iter().find(|(n, _)| *n == name).unwrap();
        let text = Booth::new(80, 24, options).text(view);
        insta::with_settings!({snapshot_path => "../snapshots"}, {
            insta::assert_snapshot!(format!("{name}-ascii"), text);
        });
    }
}

#[test]
fn the_chosen_row_is_seen_wherever_it_is_and_the_input_thread_knows_how_many_there_are() {
    let mut booth = Booth::new(80, 24, ScreenOptions::default());
    for chosen in [0, 1, 20, 38, 39] {
        let items = ItemsView {
            chosen,
            ..views::reviews::items(ItemFilter::All, 40)
        };
        let view = session(SessionView {
            dialog: Some(Dialog::Items(Arc::new(items))),
            ..idle("seven")
        });
        let row = format!("› {:>4}  ", chosen + 1);
        let text = booth.text(&view);
        assert!(text.contains(&row), "{row} is not in {text}");
        assert_eq!(booth.shared.list(), Some(10));
    }
    booth.show(&session(idle("seven")));
    assert_eq!(booth.shared.list(), None);
}

#[test]
fn what_finds_no_room_in_a_field_is_told_beside_it() {
    let views = views::all();
    let fields = [
        (
            "ask_text",
            "This answer can have 4000 characters; 31 were not",
        ),
        (
            "dialog_note",
            "This text can have 4000 characters; 31 were not",
        ),
        ("who_speaks", "An id can have 64 characters; 31 were not"),
    ];
    for (name, told) in fields {
        let (_, view) = views.iter().find(|(n, _)| *n == name).unwrap();
        for (columns, rows) in [(80, 24), (40, 12)] {
            let mut booth = Booth::new(columns, rows, ScreenOptions::default());
            booth.show(view);
            let insert = |booth: &Booth, words: &str| {
                booth.shared.field().as_mut().unwrap().insert(words);
            };
            let most = booth.shared.field().as_ref().unwrap().used_for.most();
            let begun = booth.shared.field().as_ref().unwrap().input.value().len();
            insert(&booth, &"x".repeat(most - begun));
            assert!(!booth.text(view).contains("not taken"));
            insert(&booth, &"y".repeat(31));
            let text = booth.text(view);
            let words: Vec<&str> = text.split_whitespace().collect();
            assert!(words.join(" ").contains(told), "{name}: {text}");
            assert!(text.contains("x\n"), "what is typed is seen: {text}");
        }
    }
}

#[test]
fn a_page_that_goes_on_below_is_read_on_before_it_is_left() {
    let views = views::all();
    let rest = Dialog::Rest(Some("Rest your voice. ".repeat(40)));
    let told = Dialog::Instructions("Read each word as it stands. ".repeat(40));
    let page = |dialog| {
        let dialog = Some(dialog);
        session(SessionView {
            dialog,
            ..idle("seven")
        })
    };
    let named = |name: &str| views.iter().find(|(n, _)| *n == name).unwrap().1.clone();
    let pages = [
        named("ask_consent"),
        named("ask_confirm"),
        page(rest),
        page(told),
    ];
    for view in pages {
        let mut booth = Booth::new(50, 14, ScreenOptions::default());
        let mut turned = 0;
        loop {
            let text = booth.text(&view);
            let goes_on = text.contains("more below");
            assert_eq!(booth.shared.reads_on(), goes_on, "{text}");
            assert_eq!(text.contains("Press Enter to read on"), goes_on, "{text}");
            if !goes_on {
                break;
            }
            booth.shared.scroll(Scroll::Page(1));
            turned += 1;
        }
        assert!(turned > 0, "{view:?}");
    }
    let mut booth = Booth::new(50, 14, ScreenOptions::default());
    booth.show(&named("ask_consent"));
    assert!(booth.shared.reads_on());
    booth.show(&session(idle("seven")));
    assert!(!booth.shared.reads_on());
}

#[test]
fn right_to_left_words_are_typed_from_the_right_where_the_terminal_does_not_turn_them() {
    let views = views::all();
    let (_, view) = views.iter().find(|(n, _)| *n == "dialog_note").unwrap();
    let options = ScreenOptions {
        bidi: Bidi::Booth,
        ..ScreenOptions::default()
    };
    // The line of the field and the cell that the cursor is on, with so many characters before it.
    let typed = |words: &str, before: usize| {
        let mut booth = Booth::new(80, 24, options);
        booth.show(view);
        let input = Input::from(words).with_cursor(before);
        booth.shared.field().as_mut().unwrap().input = input;
        let text = booth.text(view);
        let at = booth.face.terminal().backend().cursor_position();
        let line = text.lines().nth(at.y.into()).unwrap();
        let under = line.chars().nth(at.x.into()).unwrap_or(' ');
        (line.trim().to_owned(), at.x, under)
    };
    let (line, end, _) = typed("שלום", 4);
    assert_eq!(line, "םולש <");
    assert_eq!(typed("שלום", 0).1, end + 4, "the first stands at the right");
    assert_eq!(typed("שלום", 1).2, 'ל');
    assert_eq!(typed("עמוד 42", 5).2, '4');
    assert_eq!(typed("עמוד 42", 5).0, "42 דומע <");
    let (line, end, under) = typed("word", 4);
    assert_eq!((&*line, under), ("> word", ' '));
    assert_eq!(typed("word", 0).1 + 4, end);
    assert_eq!(typed("word", 1).2, 'o');
    assert_eq!(typed("a שלום", 3).2, 'ל');
}

#[test]
fn the_columns_of_a_list_stand_where_they_stand_however_long_the_list_is() {
    let at = |first: usize, last: usize| {
        let mut items = views::reviews::items(ItemFilter::All, 3);
        items.last = last;
        for (index, row) in items.rows.iter_mut().enumerate() {
            row.position = first + index;
            row.text = "here".into();
        }
        let dialog = Some(Dialog::Items(Arc::new(items)));
        let view = SessionView {
            dialog,
            ..idle("seven")
        };
        let text = Booth::new(80, 24, ScreenOptions::default()).text(&session(view));
        let column = |line: &str| line.chars().position(|c| c == 'h');
        let lines = text.lines().filter(|line| line.ends_with("here"));
        lines.filter_map(column).collect::<Vec<_>>()
    };
    let usual = at(1, 9_999)[0];
    assert_eq!(at(9_997, 9_999), [usual; 3]);
    assert_eq!(at(99_999, 100_001), [usual + 2; 3]);
    assert_eq!(at(1, 100_001), [usual + 2; 3]);
}

#[test]
fn a_field_about_a_take_begins_with_what_there_is_and_keeps_what_was_typed() {
    let mut booth = Booth::new(40, 12, ScreenOptions::default());
    let views = views::all();
    let named = |name: &str| &views.iter().find(|(n, _)| *n == name).unwrap().1;
    booth.show(named("dialog_transcript"));
    let first = booth.shared.field().as_ref().unwrap().answer();
    assert!(first.starts_with("The birch canoe"), "{first}");
    booth.shared.field().as_mut().unwrap().input = tui_input::Input::new("café 猫".into());
    assert!(booth.text(named("dialog_transcript")).contains("> café 猫"));
    booth.show(named("dialog_note"));
    assert_eq!(booth.shared.field().as_ref().unwrap().answer(), "");
    booth.show(named("review_fine"));
    assert!(booth.shared.field().is_none());
}
