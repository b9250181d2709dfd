//! The input thread: blocks on the terminal, stamps each event as soon as it is read, and passes on what it means.
//!
//! It alone reads the terminal (crossterm allows one thread). It never draws. When the terminal is gone it says
//! [`FromFace::Closed`] and ends; otherwise it ends with the program.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::gate::{Edge, Gate};
use super::keys::{Key, Keymap, Scroll};
use super::state::{FieldUse, Shared};
use crate::platform;
use crate::session::{Command, FromFace};
use crate::units::Moment;

/// How often a quiet terminal is asked whether it is still there.
const CHECK_EVERY: Duration = Duration::from_millis(500);
/// Events that arrive within this time of each other are one batch. A key waits so long before it acts; its stamp is
/// older.
const BATCH_WITHIN: Duration = Duration::from_millis(1);
/// A longer batch is cut: what comes then is a paste in any case.
const BATCH_MAX: usize = 256;

/// Starts the input thread. With `hold`, the terminal is first asked whether it reports key releases; where it does not
/// answer, that takes 2 s, and keys pressed meanwhile do nothing (their instants would be wrong). Call it after the first
/// frame has been drawn.
///
/// # Errors
/// The thread cannot be started.
pub fn spawn(
    shared: Arc<Shared>,
    keymap: Keymap,
    hold: bool,
    send: Box<dyn Fn(FromFace) + Send>,
) -> io::Result<JoinHandle<()>> {
    let thread = std::thread::Builder::new().name("input".into());
    thread.spawn(move || run(&mut Reader::new(shared, keymap), hold, &*send))
}

fn run(reader: &mut Reader, hold: bool, send: &dyn Fn(FromFace)) {
    if hold {
        let releases = crossterm::terminal::supports_keyboard_enhancement().unwrap_or(false);
        reader.shared.set_releases(releases);
        while matches!(next_batch(Duration::ZERO), Ok(batch) if !batch.is_empty()) {}
        if !releases {
            send(FromFace::NoKeyRelease);
        }
    }
    // From its first poll on, crossterm notices new sizes. One may have come since the first drawing.
    let _ = crossterm::event::poll(BATCH_WITHIN);
    send(FromFace::Redraw);
    loop {
        match next_batch(CHECK_EVERY) {
            Ok(batch) if batch.is_empty() && platform::terminal_gone() => break,
            Ok(batch) => reader.step(&batch, send),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    send(FromFace::Closed);
}

/// What arrives next within `patience`, and what arrived with it, each with the instant of its reading.
fn next_batch(patience: Duration) -> io::Result<Vec<(Event, Moment)>> {
    let mut batch = Vec::new();
    let mut wait = patience.max(BATCH_WITHIN);
    while batch.len() < BATCH_MAX && crossterm::event::poll(wait)? {
        let event = crossterm::event::read()?;
        batch.push((event, platform::now()));
        wait = BATCH_WITHIN;
    }
    Ok(batch)
}

/// Turns terminal events into what the session is told.
struct Reader {
    shared: Arc<Shared>,
    keymap: Keymap,
    gate: Gate,
    /// The key that holds a take.
    held: Option<Key>,
}

impl Reader {
    fn new(shared: Arc<Shared>, keymap: Keymap) -> Self {
        Self {
            shared,
            keymap,
            gate: Gate::default(),
            held: None,
        }
    }

    /// Takes in what arrived at once.
    fn step(&mut self, batch: &[(Event, Moment)], send: &dyn Fn(FromFace)) {
        self.gate
            .batch(batch.iter().filter(|(event, _)| is_press(event)).count());
        for (event, at) in batch {
            match event {
                Event::Key(key) => self.key(key, *at, send),
                Event::Paste(text) => self.paste(text, send),
                Event::FocusLost => self.let_go(*at, send),
                Event::Resize(..) => {
                    self.shared.ask_redraw();
                    send(FromFace::Redraw);
                }
                Event::FocusGained | Event::Mouse(_) => {}
            }
        }
    }

    fn key(&mut self, event: &KeyEvent, at: Moment, send: &dyn Fn(FromFace)) {
        let key = Key::of(event);
        let pressed = event.kind == KeyEventKind::Press;
        if pressed && key.is_suspend() {
            return platform::suspend_group();
        }
        if pressed && key.is_interrupt() {
            return send(FromFace::Command(Command::Quit, at));
        }
        let typing = self.shared.field().is_some();
        if let Some(scroll) = self
            .keymap
            .scroll(key)
            .filter(|_| event.kind != KeyEventKind::Release)
            .filter(|scroll| !typing || !matches!(scroll, Scroll::End(_)))
        {
            if let Some(rows) = self.shared.list() {
                return send(FromFace::Command(Command::Move(scroll.rows(rows)), at));
            }
            self.shared.scroll(scroll);
            return send(FromFace::Redraw);
        }
        if typing {
            return self.type_key(event, at, send);
        }
        match self.gate.admit(event, at) {
            Some(Edge::Down(key)) => self.down(key, at, send),
            Some(Edge::Up(key)) if self.held == Some(key) => self.let_go(at, send),
            _ => {}
        }
    }

    fn down(&mut self, key: Key, at: Moment, send: &dyn Fn(FromFace)) {
        let Some(command) = self.keymap.command(key) else {
            return;
        };
        let leads_on = matches!(
            command,
            Command::Accept | Command::Next | Command::StartStop
        );
        if leads_on && self.shared.reads_on() {
            self.shared.scroll(Scroll::Page(1));
            return send(FromFace::Redraw);
        }
        if command == Command::StartStop && self.shared.releases() {
            self.held = Some(key);
            return send(FromFace::Command(Command::HoldStart, at));
        }
        send(FromFace::Command(command, at));
    }

    /// Ends a hold: the key went up, or the terminal lost the focus and would not tell when it does.
    fn let_go(&mut self, at: Moment, send: &dyn Fn(FromFace)) {
        if self.held.take().is_some() {
            send(FromFace::Command(Command::HoldEnd, at));
        }
    }

    fn type_key(&mut self, event: &KeyEvent, at: Moment, send: &dyn Fn(FromFace)) {
        // Only so that the repeats of a held Enter are known when the field has gone.
        let _ = self.gate.admit(event, at);
        if event.kind == KeyEventKind::Release {
            return;
        }
        let mut guard = self.shared.field();
        let Some(field) = guard.as_mut() else { return };
        let answer = match event.code {
            KeyCode::Enter => Some(match field.used_for {
                FieldUse::Id => Command::Speaker(field.answer()),
                FieldUse::Words | FieldUse::Answer { .. } => Command::Text(field.answer()),
            }),
            KeyCode::Esc => Some(match field.used_for {
                FieldUse::Id | FieldUse::Words => Command::Cancel,
                FieldUse::Answer { .. } => Command::Back(field.input.value().to_owned()),
            }),
            // Control and Alt make an editing key of a letter.
            KeyCode::Char(c)
                if !event
                    .modifiers
                    .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
            {
                field.insert(c.encode_utf8(&mut [0; 4]));
                None
            }
            _ => {
                field.edit(event);
                None
            }
        };
        drop(guard);
        send(answer.map_or(FromFace::Redraw, |command| FromFace::Command(command, at)));
    }

    /// Pasted text goes into a text field and nowhere else.
    fn paste(&self, text: &str, send: &dyn Fn(FromFace)) {
        let mut guard = self.shared.field();
        let Some(field) = guard.as_mut() else { return };
        let words = field.used_for != FieldUse::Id;
        let plain = |c: char| match c {
            '\r' | '\n' | '\t' if words => Some(' '),
            c if c.is_control() => None,
            c => Some(c),
        };
        let text = text.replace("\r\n", "\n");
        // The end of a copied line is no part of an answer.
        let text = text.trim_end_matches(['\r', '\n']);
        let text = if words { text } else { text.trim() };
        field.insert(&text.chars().filter_map(plain).collect::<String>());
        drop(guard);
        send(FromFace::Redraw);
    }
}

fn is_press(event: &Event) -> bool {
    matches!(event, Event::Key(key) if key.kind == KeyEventKind::Press && !matches!(key.code, KeyCode::Modifier(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::state::TextField;
    use std::cell::RefCell;

    struct Bench {
        reader: Reader,
        clock_ms: i64,
    }

    fn bench() -> Bench {
        Bench {
            reader: Reader::new(Arc::new(Shared::default()), Keymap::default()),
            clock_ms: 0,
        }
    }

    fn press(code: KeyCode) -> Event {
        Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn release(code: KeyCode) -> Event {
        Event::Key(KeyEvent::new_with_kind(
            code,
            KeyModifiers::NONE,
            KeyEventKind::Release,
        ))
    }

    impl Bench {
        /// What the events are turned into when they arrive at once, half a second after the ones before.
        fn at_once(&mut self, events: &[Event]) -> Vec<FromFace> {
            self.clock_ms += 500;
            let at = Moment::from_nanos(self.clock_ms * 1_000_000);
            let batch: Vec<(Event, Moment)> =
                events.iter().map(|event| (event.clone(), at)).collect();
            let told = RefCell::new(Vec::new());
            self.reader
                .step(&batch, &|message| told.borrow_mut().push(message));
            told.into_inner()
        }

        /// The commands that the events stand for when they arrive one by one.
        fn commands(&mut self, events: &[Event]) -> Vec<Command> {
            let told: Vec<FromFace> = events
                .iter()
                .flat_map(|event| self.at_once(std::slice::from_ref(event)))
                .collect();
            told.into_iter()
                .filter_map(|message| {
                    if let FromFace::Command(command, _) = message {
                        Some(command)
                    } else {
                        None
                    }
                })
                .collect()
        }

        fn open_field(&self) {
            *self.reader.shared.field() = Some(TextField {
                suggested: "s7k3q".into(),
                ..TextField::default()
            });
        }
    }

    const SPACE: KeyCode = KeyCode::Char(' ');

    #[test]
    fn a_command_carries_the_instant_of_its_reading() {
        let at = Moment::from_nanos(500_000_000);
        assert_eq!(
            bench().at_once(&[press(SPACE)]),
            [FromFace::Command(Command::StartStop, at)]
        );
    }

    #[test]
    fn pasted_text_does_nothing_outside_a_text_field() {
        let mut bench = bench();
        assert_eq!(bench.at_once(&[Event::Paste("x y q".into())]), []);
        let keys: Vec<Event> = "x y q".chars().map(|c| press(KeyCode::Char(c))).collect();
        assert_eq!(bench.at_once(&keys), []);
        assert_eq!(bench.commands(&[press(SPACE)]), [Command::StartStop]);
    }

    #[test]
    fn a_full_field_takes_no_more_letters_but_all_editing_keys() {
        let mut bench = bench();
        bench.open_field();
        let long = "x".repeat(FieldUse::Id.most());
        bench.at_once(&[Event::Paste(long.clone())]);
        let typed = |bench: &mut Bench| {
            let field = bench.reader.shared.field();
            field.as_ref().unwrap().input.value().to_owned()
        };
        bench.at_once(&[press(KeyCode::Char('y'))]);
        assert_eq!(typed(&mut bench), long);
        let untaken = |bench: &Bench| bench.reader.shared.field().as_ref().unwrap().untaken;
        assert_eq!(untaken(&bench), 1);
        bench.at_once(&[Event::Paste("z".repeat(30) + "\r\n")]);
        assert_eq!(untaken(&bench), 31, "the end of a line is not missed");
        bench.at_once(&[press(KeyCode::Left)]);
        assert_eq!(untaken(&bench), 31);
        bench.at_once(&[press(KeyCode::Backspace)]);
        assert_eq!(untaken(&bench), 0);
        let to_the_start = KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL);
        bench.at_once(&[Event::Key(to_the_start)]);
        assert_eq!(typed(&mut bench), "");
    }

    #[test]
    fn a_held_key_starts_and_ends_a_hold_where_releases_are_told() {
        let mut bench = bench();
        bench.reader.shared.set_releases(true);
        let told = bench.commands(&[
            press(SPACE),
            release(KeyCode::Char('p')),
            release(SPACE),
            release(SPACE),
        ]);
        assert_eq!(told, [Command::HoldStart, Command::HoldEnd]);
    }

    #[test]
    fn losing_the_focus_ends_a_hold() {
        let mut bench = bench();
        bench.reader.shared.set_releases(true);
        let told = bench.commands(&[press(SPACE), Event::FocusLost, release(SPACE)]);
        assert_eq!(told, [Command::HoldStart, Command::HoldEnd]);
        bench.reader.shared.set_releases(false);
        assert_eq!(bench.commands(&[Event::FocusLost]), []);
    }

    #[test]
    fn a_text_field_takes_letters_and_pasted_text_and_enter_hands_it_over() {
        let mut bench = bench();
        bench.open_field();
        assert_eq!(
            bench.at_once(&[press(KeyCode::Char('q'))]),
            [FromFace::Redraw]
        );
        bench.at_once(&[Event::Paste(" uinn\u{7}\n".into())]);
        bench.at_once(&[press(KeyCode::Backspace)]);
        assert_eq!(
            bench.commands(&[press(KeyCode::Enter)]),
            [Command::Speaker("quin".into())]
        );
    }

    #[test]
    fn what_leads_on_turns_a_page_over_that_is_to_be_read_on() {
        let mut bench = bench();
        bench.reader.shared.set_reads_on(true);
        for code in [KeyCode::Enter, SPACE] {
            assert_eq!(bench.at_once(&[press(code)]), [FromFace::Redraw]);
            assert_eq!(bench.reader.shared.take_scrolls(), [Scroll::Page(1)]);
        }
        assert_eq!(bench.commands(&[press(KeyCode::Esc)]), [Command::Cancel]);
        bench.reader.shared.set_reads_on(false);
        assert_eq!(bench.commands(&[press(KeyCode::Enter)]), [Command::Accept]);
    }

    #[test]
    fn enter_in_an_empty_field_takes_the_suggestion() {
        let mut bench = bench();
        bench.open_field();
        assert_eq!(
            bench.commands(&[press(KeyCode::Enter)]),
            [Command::Speaker("s7k3q".into())]
        );
    }

    #[test]
    fn a_text_field_does_not_grow_without_end() {
        let mut bench = bench();
        bench.open_field();
        bench.at_once(&[Event::Paste("a".repeat(1000))]);
        bench.commands(&[press(KeyCode::Char('b'))]);
        assert_eq!(
            bench.reader.shared.field().as_ref().unwrap().answer(),
            "a".repeat(FieldUse::Id.most())
        );
    }

    #[test]
    fn words_about_a_take_may_be_none_or_many_and_their_lines_become_one() {
        let mut bench = bench();
        let open = |bench: &Bench, begun_with: &str| {
            *bench.reader.shared.field() = Some(TextField {
                used_for: FieldUse::Words,
                input: begun_with.into(),
                ..TextField::default()
            });
        };
        let enter = [press(KeyCode::Enter)];
        open(&bench, "");
        assert_eq!(bench.commands(&enter), [Command::Text(String::new())]);
        open(&bench, "caf");
        bench.at_once(&[press(KeyCode::Char('é'))]);
        bench.at_once(&[Event::Paste(" 吾輩は\r\n猫である\u{7}".into())]);
        let words = "café 吾輩は 猫である".to_owned();
        assert_eq!(bench.commands(&enter), [Command::Text(words)]);
    }

    #[test]
    fn back_from_a_question_takes_along_what_was_typed() {
        let mut bench = bench();
        *bench.reader.shared.field() = Some(TextField {
            used_for: FieldUse::Answer { most: 9, field: 1 },
            ..TextField::default()
        });
        bench.at_once(&[press(KeyCode::Char('B'))]);
        let told = bench.commands(&[press(KeyCode::Esc)]);
        assert_eq!(told, [Command::Back("B".into())]);
    }

    #[test]
    fn the_keys_that_scroll_move_in_an_open_list_also_when_they_are_held() {
        let mut bench = bench();
        bench.reader.shared.set_list(Some(7));
        let keys = [
            KeyCode::Down,
            KeyCode::Up,
            KeyCode::PageDown,
            KeyCode::PageUp,
        ];
        let moves = [1, -1, 6, -6].map(Command::Move);
        assert_eq!(bench.commands(&keys.map(press)), moves);
        let ends = bench.commands(&[press(KeyCode::Home), press(KeyCode::End)]);
        assert_eq!(ends, [isize::MIN, isize::MAX].map(Command::Move));
        bench.reader.shared.set_list(None);
        assert_eq!(
            bench.commands(&[press(KeyCode::Down), press(KeyCode::Home)]),
            []
        );
    }

    #[test]
    fn control_c_leaves_from_everywhere() {
        let mut bench = bench();
        bench.open_field();
        let control_c = Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL));
        assert_eq!(bench.commands(&[control_c]), [Command::Quit]);
    }

    #[test]
    fn page_keys_and_the_wheel_scroll_and_are_not_told() {
        let mut bench = bench();
        let wheel = [
            press(KeyCode::Down),
            press(KeyCode::Down),
            press(KeyCode::Down),
        ];
        assert_eq!(
            bench.at_once(&wheel),
            [FromFace::Redraw, FromFace::Redraw, FromFace::Redraw]
        );
        assert_eq!(bench.reader.shared.take_scrolls(), [Scroll::Line(1); 3]);
        assert_eq!(bench.commands(&[press(KeyCode::PageDown)]), []);
        assert_eq!(bench.reader.shared.take_scrolls(), [Scroll::Page(1)]);
    }

    #[test]
    fn a_new_size_asks_for_a_fresh_drawing() {
        let mut bench = bench();
        assert_eq!(bench.at_once(&[Event::Resize(80, 24)]), [FromFace::Redraw]);
        assert!(bench.reader.shared.take_redraw());
    }
}
