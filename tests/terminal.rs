//! The terminal itself: taken, read, and given back on every way out. Each test runs a small booth in a terminal of its
//! own: this very program, started again on the far side of a pty.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use voicebooth::session::view::{View, WhoSpeaks};
use voicebooth::session::{Command, Face, FromFace};
use voicebooth::tui::face::TerminalFace;
use voicebooth::tui::keys::Keymap;
use voicebooth::tui::state::Shared;
use voicebooth::tui::{ScreenOptions, input, terminal};

#[path = "screens/views.rs"]
#[allow(dead_code)] // the pictures need more of them
mod views;

/// Names the folder in which the far side leaves its notes; without it, the far side does nothing.
const FOLDER: &str = "VOICEBOOTH_TEST_FOLDER";
/// Names what the far side is to do.
const PLAY: &str = "VOICEBOOTH_TEST_PLAY";
/// Anything that takes longer is taken for a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// The far side: not a test of its own.
#[test]
#[ignore = "started by the other tests"]
fn far_side() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let play = std::env::var(PLAY).unwrap();
    let folder = Path::new(&folder);
    let notes = std::fs::File::create(folder.join("notes")).unwrap();
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let stop_asked = heed_signals();
    terminal::give_back_on_panic();
    let shared = Arc::new(Shared::default());
    let mut screen = terminal::Screen::enter(terminal::Use::Screen, Some(log)).unwrap();
    let mut face = TerminalFace::new(
        terminal::drawing().unwrap(),
        ScreenOptions::default(),
        Keymap::default(),
        shared.clone(),
    );
    let mut view = first_view(&play);
    face.show(&view).unwrap();
    let (send, receive) = channel();
    let told = move |told| drop(send.send(told));
    input::spawn(
        shared.clone(),
        Keymap::default(),
        play == "hold",
        Box::new(told),
    )
    .unwrap();
    match play.as_str() {
        "panic" => {
            let thread = std::thread::spawn(|| panic!("the far side is out of luck"));
            assert!(thread.join().is_err());
            return;
        }
        "stderr" => {
            let remark = b"ALSA lib: a remark\n";
            rustix::io::write(rustix::stdio::stderr(), remark).unwrap();
        }
        "stop" => {
            while !stop_asked.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            screen.leave();
            println!("the shell");
            screen.resume().unwrap();
            shared.ask_redraw();
            face.show(&view).unwrap();
        }
        _ => {}
    }
    obey(&receive, notes, &mut face, &mut view);
    drop(screen);
}

fn first_view(play: &str) -> View {
    match play {
        "field" => View::WhoSpeaks(WhoSpeaks {
            suggested: "p4wn2".into(),
            known: None,
            refused: None,
            list: None,
        }),
        _ => views::session(views::idle("seven")),
    }
}

/// Notes what is told until it is to leave.
fn obey<F: Face>(
    receive: &Receiver<FromFace>,
    mut notes: std::fs::File,
    face: &mut F,
    view: &mut View,
) {
    for told in receive {
        match &told {
            FromFace::Command(command, _) => writeln!(notes, "{command:?}").unwrap(),
            other => writeln!(notes, "{other:?}").unwrap(),
        }
        match told {
            FromFace::Command(Command::Quit, _) | FromFace::Closed => return,
            FromFace::Command(Command::Speaker(id), _) => *view = views::session(views::idle(&id)),
            _ => {}
        }
        // A terminal that has gone cannot be drawn on: the input thread tells it.
        let _ = face.show(view);
    }
}

/// A hang-up is ignored; whether a stop was asked for is noted.
fn heed_signals() -> Arc<AtomicBool> {
    let (hangup, stop) = (Arc::default(), Arc::new(AtomicBool::new(false)));
    signal_hook::flag::register(signal_hook::consts::SIGHUP, hangup).unwrap();
    signal_hook::flag::register(signal_hook::consts::SIGTSTP, stop.clone()).unwrap();
    stop
}

/// The near side: a terminal, seen as a person sees it and as bytes.
struct Near {
    folder: tempfile::TempDir,
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    keyboard: Option<Box<dyn Write + Send>>,
    output: Arc<Mutex<Vec<u8>>>,
    /// The reading thread lets the terminal go when more comes.
    let_go: Arc<AtomicBool>,
    reading: Option<std::thread::JoinHandle<()>>,
}

impl Near {
    fn start(play: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pty = native_pty_system()
            .openpty(PtySize {
                rows: 24,
                cols: 80,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "far_side", "--nocapture"]);
        command.env(FOLDER, folder.path());
        command.env(PLAY, play);
        command.env("TERM", "xterm-256color");
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let output = Arc::new(Mutex::new(Vec::new()));
        let (mut reader, sink) = (pty.master.try_clone_reader().unwrap(), output.clone());
        let let_go = Arc::new(AtomicBool::new(false));
        let stop = let_go.clone();
        let reading = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                if stop.load(Ordering::Acquire) {
                    return;
                }
                sink.lock().unwrap().extend_from_slice(&bytes[..n]);
            }
        });
        let keyboard = pty.master.take_writer().unwrap();
        Self {
            folder,
            child,
            master: Some(pty.master),
            keyboard: Some(keyboard),
            output,
            let_go,
            reading: Some(reading),
        }
    }

    fn output(&self) -> String {
        String::from_utf8_lossy(&self.output.lock().unwrap()).into_owned()
    }

    fn notes(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("notes")).unwrap_or_default()
    }

    /// Presses keys as a person does: not within a few milliseconds of the ones before, which would be a burst.
    fn press(&mut self, keys: &str) {
        std::thread::sleep(Duration::from_millis(50));
        let keyboard = self.keyboard.as_mut().unwrap();
        keyboard.write_all(keys.as_bytes()).unwrap();
        keyboard.flush().unwrap();
    }

    /// Waits until `holds`, or fails with all there is to know.
    fn until(&mut self, what: &str, holds: impl Fn(&mut Self) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(
                start.elapsed() < PATIENCE,
                "{what} did not come about:\n{}\n---\n{}",
                self.notes(),
                self.output()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn until_output(&mut self, text: &str) {
        self.until(text, |near| near.output().contains(text));
    }

    /// Waits for exactly these notes, after the drawing that is always asked for when the reading has begun.
    fn until_notes(&mut self, notes: &str) {
        let all = format!("Redraw\n{notes}");
        self.until(notes, |near| near.notes() == all);
    }

    fn until_it_ends(&mut self) {
        self.until("the end", |near| near.child.try_wait().unwrap().is_some());
        let reading = self.reading.take();
        reading
            .map(std::thread::JoinHandle::join)
            .transpose()
            .unwrap();
    }

    /// The screen after the far side has given the terminal back.
    fn screen_after(&self) -> vt100::Parser {
        let mut parser = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
        parser.process(&self.output.lock().unwrap());
        parser
    }
}

impl Drop for Near {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The last thing that a drawn screen holds.
const DRAWN: &str = "room for";

#[test]
fn keys_become_commands_and_the_terminal_is_given_back_as_it_was() {
    let mut near = Near::start("keys");
    near.until_output(DRAWN);
    near.press(" ");
    near.until_notes("StartStop\n");
    near.press("\u{1b}[D");
    near.until_notes("StartStop\nPrevious\n");
    near.press("q");
    near.until_it_ends();
    let after = near.screen_after();
    let screen = after.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
    assert!(
        near.output().contains("\u{1b}[?1004l"),
        "focus reports are still on"
    );
}

#[test]
fn pasted_text_is_ignored_marked_or_not() {
    let mut near = Near::start("keys");
    near.until_output(DRAWN);
    near.press("\u{1b}[200~delete x y\u{1b}[201~");
    near.press("quit x y now");
    near.press("\u{1b}[6~"); // PageDown: told as a redrawing, so that the end of the paste is seen
    near.until_notes("Redraw\n");
    near.press("q");
    near.until_notes("Redraw\nQuit\n");
}

#[test]
fn an_id_can_be_typed() {
    let mut near = Near::start("field");
    near.until_output("Who is speaking?");
    near.press("anna q");
    near.press("\r");
    near.until("the id", |near| {
        near.notes().contains("Speaker(\"anna q\")\n")
    });
    near.until_output(DRAWN);
}

#[test]
fn a_panic_on_any_thread_gives_the_terminal_back_and_can_be_read() {
    let mut near = Near::start("panic");
    near.until_it_ends();
    near.until_output("out of luck");
    let after = near.screen_after();
    assert!(!after.screen().alternate_screen() && !after.screen().hide_cursor());
    assert!(
        after
            .screen()
            .contents()
            .contains("the far side is out of luck")
    );
}

#[test]
fn a_terminal_that_goes_away_is_told() {
    let mut near = Near::start("keys");
    near.until_output(DRAWN);
    near.let_go.store(true, Ordering::Release);
    near.press("\u{1b}[6~"); // is answered by a drawing, which ends the reading
    near.until_notes("Redraw\n");
    near.keyboard = None;
    near.master = None;
    near.until("the closing", |near| near.notes().ends_with("Closed\n"));
}

#[test]
fn what_libraries_print_goes_to_the_log_and_not_to_the_screen() {
    let mut near = Near::start("stderr");
    near.until("the remark", |near| {
        std::fs::read_to_string(near.folder.path().join("log"))
            .is_ok_and(|log| log.contains("ALSA lib: a remark"))
    });
    near.press("q");
    near.until_it_ends();
    assert!(!near.output().contains("a remark"));
}

#[test]
fn a_terminal_that_knows_key_releases_can_be_held() {
    let mut near = Near::start("hold");
    near.until_output("\u{1b}[?u\u{1b}[c");
    near.press("\u{1b}[?0u\u{1b}[?62c");
    near.until_output("\u{1b}[>15u");
    near.press("\u{1b}[32;1:1u");
    near.press("\u{1b}[32;1:2u\u{1b}[32;1:2u");
    near.press("\u{1b}[32;1:3u");
    near.until_notes("HoldStart\nHoldEnd\n");
    near.press("\u{1b}[113;1:1u");
    near.until_it_ends();
    assert!(
        near.output().contains("\u{1b}[<1u"),
        "key releases are still reported"
    );
}

#[test]
fn a_terminal_that_does_not_know_key_releases_says_so() {
    let mut near = Near::start("hold");
    near.until_output("\u{1b}[?u\u{1b}[c");
    near.press("\u{1b}[?62c");
    near.until("the notes", |near| near.notes() == "NoKeyRelease\nRedraw\n");
    near.press(" ");
    near.until("the key", |near| near.notes().ends_with("StartStop\n"));
}

#[test]
fn control_z_stops_and_the_screen_comes_back_afterwards() {
    let mut near = Near::start("stop");
    near.until_output(DRAWN);
    near.press("\u{1a}");
    near.until("a second drawing", |near| {
        near.output().matches(DRAWN).count() == 2
    });
    let output = near.output();
    let order = [
        "\u{1b}[?1049h",
        DRAWN,
        "\u{1b}[?1049l",
        "the shell",
        "\u{1b}[?1049h",
        DRAWN,
    ];
    let found = order.iter().try_fold(0, |from, part| {
        output[from..].find(part).map(|at| from + at + part.len())
    });
    assert!(found.is_some(), "{output}");
    near.press("q");
    near.until_it_ends();
}

#[test]
fn a_new_size_is_drawn_on() {
    let mut near = Near::start("keys");
    near.until_output(DRAWN);
    let size = PtySize {
        rows: 2,
        cols: 20,
        pixel_width: 0,
        pixel_height: 0,
    };
    near.master.as_ref().unwrap().resize(size).unwrap();
    near.until_output("small");
}
