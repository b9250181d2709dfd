//! What a speaker sees: every kind of screen on terminals of four sizes, as pictures in `tests/snapshots`.
//!
//! After a change that is meant, `INSTA_UPDATE=always cargo test --test screens` draws them anew; look at the difference.

#![allow(clippy::unwrap_used)] // a test fails by panicking

#[path = "screens/looking.rs"]
mod looking;
#[path = "screens/views.rs"]
mod views;

use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Color;
use voicebooth::session::Face;
use voicebooth::session::view::{Mode, Notice, Phase, SessionView, View};
use voicebooth::tui::face::TerminalFace;
use voicebooth::tui::keys::{Keymap, Scroll};
use voicebooth::tui::state::Shared;
use voicebooth::tui::{Bidi, ScreenOptions};

use views::{four_hundred_words, idle, session};

/// A face on a terminal in memory.
struct Booth {
    face: TerminalFace<TestBackend>,
    shared: Arc<Shared>,
}

impl Booth {
    fn new(columns: u16, rows: u16, options: ScreenOptions) -> Self {
        let shared = Arc::new(Shared::default());
        let terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let face = TerminalFace::new(terminal, options, Keymap::default(), shared.clone());
        Self { face, shared }
    }

    fn show(&mut self, view: &View) -> &Buffer {
        self.face.show(view).unwrap();
        self.face.terminal().backend().buffer()
    }

    fn text(&mut self, view: &View) -> String {
        text_of(self.show(view))
    }
}

fn text_of(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width);
    let mut text = String::new();
    for row in buffer.content.chunks(width) {
        let mut skip = 0;
        let mut line = String::new();
        for cell in row {
            if skip == 0 {
                line.push_str(cell.symbol());
                skip = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
            } else {
                skip -= 1;
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn screen(view: &View, columns: u16, rows: u16) -> String {
    Booth::new(columns, rows, ScreenOptions::default()).text(view)
}

fn snapshots(columns: u16, rows: u16, names: &[&str]) {
    let views = views::all();
    for name in names {
        let (_, view) = views
            .iter()
            .find(|(n, _)| n == name)
            .unwrap_or_else(|| panic!("no view {name}"));
        insta::assert_snapshot!(
            format!("{name}-{columns}x{rows}"),
            screen(view, columns, rows)
        );
    }
}

#[test]
fn every_screen_on_a_usual_terminal() {
    let views = views::all();
    let names: Vec<&str> = views.iter().map(|(name, _)| *name).collect();
    snapshots(80, 24, &names);
}

#[test]
fn the_screens_that_matter_on_a_large_terminal() {
    let names = [
        "idle",
        "recording",
        "prompt_words",
        "prompt_sentence",
        "prompt_long",
        "prompt_cjk",
        "dialog_help",
        "summary_stopped",
    ];
    snapshots(120, 40, &names);
}

#[test]
fn the_screens_that_matter_on_a_small_terminal() {
    let names = [
        "who_speaks",
        "who_speaks_refused",
        "idle",
        "recording",
        "prompt_sentence",
        "prompt_long",
        "prompt_cjk",
        "prompt_arabic",
        "notice_lost_frames",
        "dialog_help",
        "dialog_skip",
        "dialog_no_source",
        "summary",
        "review_fine",
        "review_clipped",
        "review_noted",
        "dialog_note",
        "dialog_transcript",
        "items_all",
        "ask_consent",
        "ask_scope",
        "ask_leave",
        "ask_choice",
        "ask_choice_marked",
        "ask_number_refused",
        "ask_text",
        "ask_confirm",
        "ask_confirm_marked",
        "ask_foreign_hebrew",
        "told_start",
        "told_rest",
        "told_end",
    ];
    snapshots(40, 12, &names);
}

#[test]
fn every_screen_can_be_drawn_on_any_terminal() {
    let sizes = (1..30)
        .flat_map(|n| [(n, n), (80, n), (n, 24), (n * 7, n)])
        .chain([(0, 0), (500, 200)]);
    for (columns, rows) in sizes {
        for (_, view) in views::all() {
            Booth::new(columns, rows, ScreenOptions::default()).show(&view);
        }
    }
}

#[test]
fn a_terminal_that_is_too_small_says_so_in_as_many_words_as_fit() {
    assert_eq!(screen(&session(idle("seven")), 1, 1), "!\n");
    assert_eq!(screen(&session(idle("seven")), 12, 1), "too small\n");
    assert_eq!(
        screen(&session(idle("seven")), 23, 3),
        "The window is too\nsmall. Make it larger.\nNothing is lost.\n"
    );
    assert!(
        screen(&session(idle("seven")), 60, 5)
            .contains("Nothing is lost; what is being recorded goes on.")
    );
}

#[test]
fn without_colour_words_and_shapes_tell_everything() {
    let options = ScreenOptions {
        no_color: true,
        ..ScreenOptions::default()
    };
    for (name, view) in views::all() {
        let mut booth = Booth::new(80, 24, options);
        let buffer = booth.show(&view).clone();
        let colours = |color: Color| color != Color::Reset;
        assert!(
            buffer
                .content
                .iter()
                .all(|cell| !colours(cell.fg) && !colours(cell.bg)),
            "{name} has colours"
        );
        assert_eq!(text_of(&buffer), screen(&view, 80, 24), "{name} tells less");
    }
}

#[test]
fn only_the_terminals_own_sixteen_colours_are_used() {
    for (name, view) in views::all() {
        let mut booth = Booth::new(80, 24, ScreenOptions::default());
        let own = |color: Color| !matches!(color, Color::Rgb(..) | Color::Indexed(_));
        assert!(
            booth
                .show(&view)
                .content
                .iter()
                .all(|cell| own(cell.fg) && own(cell.bg)),
            "{name}"
        );
    }
}

#[test]
fn ascii_is_enough_where_the_prompt_is_ascii() {
    let options = ScreenOptions {
        ascii: true,
        ..ScreenOptions::default()
    };
    for (name, view) in views::all() {
        let foreign =
            name.starts_with("prompt_") || name.starts_with("ask_foreign_") || name == "items_all";
        let text = Booth::new(80, 24, options).text(&view);
        assert!(text.is_ascii() || foreign, "{name}: {text}");
    }
}

#[test]
fn a_speaker_who_should_not_watch_figures_sees_none() {
    let options = ScreenOptions {
        speaker_only: true,
        ..ScreenOptions::default()
    };
    let mut view = idle("seven");
    (view.phase, view.clipping, view.level_dbfs) = (Phase::Recording, true, Some(0.0));
    let text = Booth::new(80, 24, options).text(&session(view));
    assert!(text.contains("recording"));
    assert!(!text.contains(|c: char| c.is_ascii_digit()), "{text}");
    assert!(
        !text.contains("quiet") && !text.contains("Studio"),
        "{text}"
    );
}

#[test]
fn no_control_character_of_a_prompt_reaches_the_terminal() {
    let mut view = idle("a\u{7}\u{1b}[2J\u{9b}b\u{202e}");
    view.prompt.as_mut().unwrap().hint = Some("\u{1b}]0;x\u{7}".into());
    view.source.as_mut().unwrap().name = "\u{1b}[31mMic".into();
    view.notice = Some(Notice::CannotPlay("\u{1b}c".into()));
    let mut booth = Booth::new(80, 24, ScreenOptions::default());
    let harmless = |c: char| !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c);
    for cell in &booth.show(&session(view)).content {
        assert!(cell.symbol().chars().all(harmless), "{:?}", cell.symbol());
    }
}

#[test]
fn a_long_text_can_be_read_to_its_end_page_by_page() {
    let view = session(idle(
        &four_hundred_words().replace("paper but me.", "paper, but X."),
    ));
    let mut booth = Booth::new(80, 24, ScreenOptions::default());
    let mut seen = booth.text(&view);
    assert!(seen.contains("▼ more below (PgDn)"));
    for _ in 0..4 {
        booth.shared.scroll(Scroll::Page(1));
        seen = booth.text(&view);
    }
    assert!(
        seen.contains("▲ more above (PgUp)") && !seen.contains("more below"),
        "{seen}"
    );
    assert!(seen.contains("Press Space and read aloud"));
}

#[test]
fn the_next_prompt_begins_at_its_top() {
    let mut booth = Booth::new(80, 24, ScreenOptions::default());
    booth.show(&session(idle(&four_hundred_words())));
    booth.shared.scroll(Scroll::Page(1));
    assert!(
        booth
            .text(&session(idle(&four_hundred_words())))
            .contains("more above")
    );
    let next = SessionView {
        position: 4,
        ..idle(&four_hundred_words())
    };
    assert!(!booth.text(&session(next)).contains("more above"));
}

#[test]
fn nothing_is_drawn_where_nothing_changed() {
    let mut booth = Booth::new(80, 24, ScreenOptions::default());
    booth.show(&session(idle("seven")));
    let frames = booth.face.frames();
    booth.show(&session(idle("seven")));
    let a_hair_louder = SessionView {
        level_dbfs: Some(-37.9),
        ..idle("seven")
    };
    booth.show(&session(a_hair_louder));
    assert_eq!(booth.face.frames(), frames);
    let louder = SessionView {
        level_dbfs: Some(-20.0),
        ..idle("seven")
    };
    booth.show(&session(louder));
    assert_eq!(booth.face.frames(), frames + 1);
}

#[test]
fn a_terminal_that_was_resized_is_drawn_anew() {
    let mut booth = Booth::new(80, 24, ScreenOptions::default());
    booth.show(&session(idle("seven")));
    booth.shared.ask_redraw();
    let frames = booth.face.frames();
    booth.show(&session(idle("seven")));
    assert_eq!(booth.face.frames(), frames + 1);
}

#[test]
fn the_cursor_rests_on_the_prompt_and_shows_only_where_something_is_typed() {
    let mut booth = Booth::new(80, 24, ScreenOptions::default());
    booth.show(&session(idle(
        "Say these five words now, please, and then a few more of them.",
    )));
    let backend = booth.face.terminal().backend();
    let at = backend.cursor_position();
    assert!(!backend.cursor_visible());
    assert_eq!(backend.buffer()[at].symbol(), "S");
    let (_, who) = views::all()
        .into_iter()
        .find(|(name, _)| *name == "who_speaks")
        .unwrap();
    booth.show(&who);
    assert!(booth.face.terminal().backend().cursor_visible());
}

#[test]
fn the_text_field_is_open_only_while_the_view_asks_for_an_id() {
    let mut booth = Booth::new(80, 24, ScreenOptions::default());
    let views = views::all();
    let named = |name: &str| &views.iter().find(|(n, _)| *n == name).unwrap().1;
    booth.show(named("who_speaks"));
    assert_eq!(booth.shared.field().as_ref().unwrap().answer(), "p4wn2");
    booth.shared.field().as_mut().unwrap().input = tui_input::Input::new("anna".into());
    assert!(booth.text(named("who_speaks_refused")).contains("> anna"));
    booth.show(named("continue_as"));
    assert!(booth.shared.field().is_none());
}

#[test]
fn a_hold_asks_for_a_held_key() {
    let view = session(SessionView {
        mode: Mode::Hold,
        ..idle("seven")
    });
    assert!(screen(&view, 80, 24).contains("Hold Space down and read aloud"));
}

#[test]
fn keys_are_named_as_they_are_mapped() {
    let overrides = [
        ("start-stop".to_owned(), vec!["f5".to_owned()]),
        ("help".to_owned(), vec!["h".to_owned()]),
    ];
    let keys = Keymap::with_overrides(&overrides).unwrap();
    let terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut face = TerminalFace::new(terminal, ScreenOptions::default(), keys, Arc::default());
    face.show(&session(idle("seven"))).unwrap();
    let text = text_of(face.terminal().backend().buffer());
    assert!(text.contains("Press F5 and read aloud   H help"), "{text}");
}

#[test]
fn a_prompt_is_not_hidden_by_a_trouble_while_it_is_read() {
    let views = views::all();
    let (_, view) = views
        .iter()
        .find(|(name, _)| *name == "recording_disk_full")
        .unwrap();
    let text = screen(view, 80, 24);
    assert!(
        text.contains("The disk is full") && text.contains("when you have finished"),
        "{text}"
    );
}

#[test]
fn right_to_left_text_is_reordered_only_when_it_is_asked_for() {
    let view = session(idle("שלום 123"));
    assert!(screen(&view, 80, 24).contains("שלום 123"));
    let options = ScreenOptions {
        bidi: Bidi::Booth,
        ..ScreenOptions::default()
    };
    assert!(Booth::new(80, 24, options).text(&view).contains("123 םולש"));
}
