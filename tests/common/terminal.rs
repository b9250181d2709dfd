//! The program in a real terminal: a pty, its screen as vt100 reads it, keys as a person presses them.
//!
//! The screen is seen frame by frame, never half drawn: what stands between the marks of a synchronized update is shown
//! when the update ends, as in a terminal that knows them. Every wait is for something on the screen or for the program
//! itself, and fails after [`PATIENCE`] with what the screen says.

use std::cell::Cell;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::fs::{Mode, OFlags};
use rustix::process::Signal;
use rustix::termios::{InputModes, LocalModes, OutputModes, tcgetattr};

use super::session::{signal, wait_until};

/// Keys that a person presses lie farther apart: the same key again within 100 ms is auto-repeat, and any within 10 ms a
/// burst.
const FINGER: Duration = Duration::from_millis(130);

/// How long anything may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

const BEGIN_FRAME: &[u8] = b"\x1b[?2026h";
const END_FRAME: &[u8] = b"\x1b[?2026l";
/// Asks for the kitty protocol's flags, then for the terminal's attributes, which every terminal knows.
const ASK_KEYBOARD: &[u8] = b"\x1b[?u\x1b[c";

/// What the terminal says about its keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keyboard {
    /// It is any terminal: it answers, and knows no key releases.
    #[default]
    Plain,
    /// It speaks the kitty protocol.
    Kitty,
    /// It never answers.
    Mute,
}

/// A terminal that is not there yet.
#[derive(Clone, Debug)]
pub struct Start {
    program: PathBuf,
    folder: PathBuf,
    args: Vec<String>,
    env: Vec<(String, String)>,
    size: (u16, u16),
    keyboard: Keyboard,
}

impl Start {
    /// `voicebooth` of this build with `args`, in `folder`, which holds its settings and its log too; 80 × 24.
    pub fn new(folder: &Path, args: &[&str]) -> Self {
        Self {
            program: env!("CARGO_BIN_EXE_voicebooth").into(),
            folder: folder.to_owned(),
            args: args.iter().map(|&arg| arg.into()).collect(),
            env: Vec::new(),
            size: (80, 24),
            keyboard: Keyboard::default(),
        }
    }

    /// Another program in its place.
    pub fn program(self, program: &Path) -> Self {
        Self {
            program: program.to_owned(),
            ..self
        }
    }

    /// With one more argument.
    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.into());
        self
    }

    /// With an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// On a terminal of so many columns and rows.
    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// On a terminal that says this about its keyboard.
    pub fn keyboard(mut self, keyboard: Keyboard) -> Self {
        self.keyboard = keyboard;
        self
    }

    /// Starts it.
    pub fn run(&self) -> Terminal {
        let (columns, rows) = self.size;
        let pty = native_pty_system()
            .openpty(pty_size(columns, rows))
            .expect("a pty");
        let tty = pty.master.tty_name().expect("a pty has a name");
        let untouched = modes(&tty);
        let mut command = CommandBuilder::new(&self.program);
        command.args(&self.args);
        command.cwd(&self.folder);
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        for (name, folder) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            command.env(name, self.folder.join(folder));
        }
        for (name, value) in &self.env {
            command.env(name, value);
        }
        let child = pty.slave.spawn_command(command).expect("voicebooth starts");
        drop(pty.slave);
        let keys = pty.master.take_writer().expect("the terminal's keyboard");
        let seen = Arc::new(Seen {
            screen: Mutex::new(Screen::new(columns, rows)),
            changed: Condvar::new(),
            keys: Mutex::new(keys),
        });
        let output = pty
            .master
            .try_clone_reader()
            .expect("the terminal's output");
        let (shared, keyboard) = (seen.clone(), self.keyboard);
        let reader = std::thread::spawn(move || read(output, &shared, keyboard));
        Terminal {
            seen,
            last_key: Cell::new(Instant::now()),
            child,
            master: Some(pty.master),
            reader: Some(reader),
            tty,
            untouched,
        }
    }
}

/// A program on its own terminal.
pub struct Terminal {
    seen: Arc<Seen>,
    last_key: Cell<Instant>,
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    reader: Option<JoinHandle<()>>,
    tty: PathBuf,
    untouched: Modes,
}

/// What the reading thread and the test share.
struct Seen {
    screen: Mutex<Screen>,
    changed: Condvar,
    keys: Mutex<Box<dyn Write + Send>>,
}

impl Seen {
    fn screen(&self) -> MutexGuard<'_, Screen> {
        // A test that fails while it looks does not disturb what is seen.
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, keys: &[u8]) {
        let mut keyboard = self.keys.lock().unwrap();
        keyboard.write_all(keys).expect("the terminal takes keys");
        keyboard.flush().expect("the terminal takes keys");
    }
}

/// The screen, and all that was ever written to it.
struct Screen {
    parser: vt100::Parser,
    /// Begun and not ended: not to be seen yet.
    unfinished: Vec<u8>,
    written: Vec<u8>,
    /// The person has left.
    closing: bool,
}

impl Screen {
    fn new(columns: u16, rows: u16) -> Self {
        let (columns, rows) = cells(columns, rows);
        Self {
            parser: vt100::Parser::new(rows, columns, 0),
            unfinished: Vec::new(),
            written: Vec::new(),
            closing: false,
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
        self.unfinished.extend_from_slice(bytes);
        let begun = rfind(&self.unfinished, BEGIN_FRAME);
        let ended = rfind(&self.unfinished, END_FRAME);
        let whole = match (begun, ended) {
            (Some(begun), ended) if ended.is_none_or(|ended| ended < begun) => begun,
            _ => self.unfinished.len() - begins(&self.unfinished, BEGIN_FRAME),
        };
        let rest = self.unfinished.split_off(whole);
        self.parser.process(&self.unfinished);
        self.unfinished = rest;
    }

    fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Whether the terminal is on its own screen, with its cursor, and reports nothing but keys.
    fn is_restored(&self) -> bool {
        let shown = self.parser.screen();
        let written = String::from_utf8_lossy(&self.written);
        let focus = (written.rfind("\x1b[?1004h"), written.rfind("\x1b[?1004l"));
        let (pushed, popped) = (kitty_pushes(&written), written.matches("\x1b[<1u").count());
        let reports = shown.bracketed_paste() || focus.0 > focus.1 || pushed > popped;
        !shown.alternate_screen() && !shown.hide_cursor() && !reports
    }
}

fn rfind(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}

/// How many bytes at the end of `bytes` are the beginning of `part`.
fn begins(bytes: &[u8], part: &[u8]) -> usize {
    (1..part.len())
        .rev()
        .find(|&length| bytes.ends_with(&part[..length]))
        .unwrap_or(0)
}

fn read(mut output: Box<dyn Read + Send>, seen: &Seen, keyboard: Keyboard) {
    let answer: &[u8] = match keyboard {
        Keyboard::Plain => b"\x1b[?62;22c",
        Keyboard::Kitty => b"\x1b[?0u\x1b[?62;22c",
        Keyboard::Mute => b"",
    };
    let mut bytes = [0; 16_384];
    while let Ok(count @ 1..) = output.read(&mut bytes) {
        let mut screen = seen.screen();
        screen.write(&bytes[..count]);
        let known = screen.written.len() - count;
        let news = &screen.written[known.saturating_sub(ASK_KEYBOARD.len() - 1)..];
        let asked = rfind(news, ASK_KEYBOARD).is_some();
        let closing = screen.closing;
        drop(screen);
        if asked {
            seen.send(answer);
        }
        seen.changed.notify_all();
        if closing {
            break;
        }
    }
}

impl Terminal {
    /// Presses a key (its bytes), as a person does: some time after the last one.
    pub fn press(&self, key: &str) {
        std::thread::sleep(FINGER.saturating_sub(self.last_key.get().elapsed()));
        self.send(key);
    }

    /// Sends bytes at once, as no person can.
    pub fn send(&self, bytes: &str) {
        self.seen.send(bytes.as_bytes());
        self.last_key.set(Instant::now());
    }

    /// What the screen says now.
    pub fn text(&self) -> String {
        self.seen.screen().text()
    }

    /// What the program printed after it had given the terminal back.
    pub fn printed(&self) -> String {
        let written = self.written();
        let printed = written.rsplit("\x1b[?1049l").next().unwrap_or_default();
        let printed = printed.trim_start_matches("\x1b[?25h");
        printed.replace("\r\n", "\n")
    }

    /// All that was written to the terminal so far, escapes and all.
    pub fn written(&self) -> String {
        String::from_utf8_lossy(&self.seen.screen().written).into_owned()
    }

    /// Waits until the screen satisfies `wanted`, and gives it. `wanted` looks at nothing but the text.
    pub fn wait(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        self.wait_until(what, |screen| wanted(&screen.text()))
    }

    /// Waits until `bytes` have been written to the terminal.
    pub fn wait_for_bytes(&self, bytes: &str) {
        let what = bytes.escape_debug().to_string();
        self.wait_until(&what, |screen| {
            rfind(&screen.written, bytes.as_bytes()).is_some()
        });
    }

    fn wait_until(&self, what: &str, wanted: impl Fn(&Screen) -> bool) -> String {
        let until = Instant::now() + PATIENCE;
        let mut screen = self.seen.screen();
        while !wanted(&screen) {
            let left = until.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "waited in vain for {what}; the screen says:\n{}",
                screen.text()
            );
            screen = self.seen.changed.wait_timeout(screen, left).unwrap().0;
        }
        screen.text()
    }

    /// Waits until the screen shows `words`; line breaks count as blanks.
    pub fn wait_for(&self, words: &str) -> String {
        self.wait(words, |text| shows(text, words))
    }

    /// Gives the terminal another size, as dragging its corner does.
    pub fn resize(&self, columns: u16, rows: u16) {
        let master = self.master.as_ref().expect("the terminal is open");
        let mut screen = self.seen.screen();
        master.resize(pty_size(columns, rows)).expect("a new size");
        let (columns, rows) = cells(columns, rows);
        screen.parser.set_size(rows, columns);
    }

    /// The program's process id.
    pub fn id(&self) -> u32 {
        self.child.process_id().expect("the program was started")
    }

    /// Sends the program a signal.
    pub fn signal(&self, which: Signal) {
        signal(self.id(), which);
    }

    /// Waits until the program is stopped, as by SIGSTOP.
    pub fn wait_until_stopped(&self) {
        let stat = format!("/proc/{}/stat", self.id());
        wait_until("the program to stop", PATIENCE, || {
            let stat = std::fs::read_to_string(&stat).unwrap();
            let state = stat.rsplit(')').next().unwrap().trim_start().chars().next();
            state == Some('T')
        });
    }

    /// Waits until the program has ended.
    pub fn end(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                self.read_to_the_end();
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!(
            "the program does not end; the screen says:\n{}",
            self.text()
        );
    }

    /// Takes in what the program wrote last. Nobody else has the terminal, so its output ends with the program.
    fn read_to_the_end(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
    }

    /// Closes the terminal, as closing its window does. The program runs on, if it likes.
    pub fn hang_up(&mut self) {
        self.seen.screen().closing = true;
        // What is drawn for the new size wakes the reading thread, which holds the terminal open too.
        let rows = self.seen.screen().parser.screen().size().0.get();
        self.resize(77, rows);
        self.read_to_the_end();
        // Taken out, for it holds the terminal open as well.
        *self.seen.keys.lock().unwrap() = Box::new(std::io::sink());
        self.master = None;
    }

    /// Waits until the terminal is as it was before the program: its modes, its screen, its cursor. The program has ended
    /// or is stopped, so only what it wrote last can be on its way still.
    pub fn assert_restored(&self) {
        self.wait_until("the terminal as it was before", Screen::is_restored);
        assert_eq!(modes(&self.tty), self.untouched, "modes of the terminal");
    }

    /// Whether the program has the terminal: its own screen, keys read one by one.
    pub fn is_taken(&self) -> bool {
        let on_own_screen = self.seen.screen().parser.screen().alternate_screen();
        on_own_screen && modes(&self.tty) != self.untouched
    }
}

/// How often key releases were asked for.
fn kitty_pushes(written: &str) -> usize {
    let flags = |rest: &str| {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
        digits > 0 && rest[digits..].starts_with('u')
    };
    written.split("\x1b[>").skip(1).filter(|r| flags(r)).count()
}

/// Whether a screen shows `words`, wherever its lines break.
pub fn shows(text: &str, words: &str) -> bool {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    flat(text).contains(&flat(words))
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A stopped program is killed, too; one that has ended is left alone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a terminal treats keys and output.
type Modes = (InputModes, OutputModes, LocalModes);

fn modes(tty: &Path) -> Modes {
    // Not as a terminal of this test's own.
    let tty = rustix::fs::open(tty, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())
        .expect("the terminal can be opened");
    let modes = tcgetattr(&tty).expect("it is a terminal");
    (modes.input_modes, modes.output_modes, modes.local_modes)
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells(columns: u16, rows: u16) -> (NonZeroU16, NonZeroU16) {
    let cells = |n| NonZeroU16::new(n).expect("a terminal has cells");
    (cells(columns), cells(rows))
}
