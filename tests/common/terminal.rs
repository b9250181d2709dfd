//! The program in a real terminal: a pty, its screen as vt100 reads it, keys as a person presses them.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a screen may take to say what is expected.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program on its own terminal.
pub struct Terminal {
    screen: Arc<(Mutex<vt100::Parser>, Condvar)>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts the voicebooth of this build in `folder` on a terminal of `columns` × `rows`.
    pub fn start(folder: &Path, args: &[&str], env: &[(&str, String)], size: (u16, u16)) -> Self {
        let (columns, rows) = size;
        let pty = native_pty_system()
            .openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .expect("a pty");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_voicebooth"));
        command.args(args);
        command.cwd(folder);
        command.env("TERM", "xterm-256color");
        command.env("XDG_STATE_HOME", folder.join("state"));
        command.env("XDG_CONFIG_HOME", folder.join("config"));
        command.env_remove("NO_COLOR");
        for (name, value) in env {
            command.env(name, value);
        }
        let child = pty.slave.spawn_command(command).expect("voicebooth starts");
        drop(pty.slave);
        let screen = Arc::new((Mutex::new(vt100::Parser::new(rows, columns, 0)), Condvar::new()));
        let mut output = pty.master.try_clone_reader().expect("the terminal's output");
        let seen = screen.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                seen.0.lock().unwrap().process(&bytes[..count]);
                seen.1.notify_all();
            }
        });
        let keys = pty.master.take_writer().expect("the terminal's keyboard");
        Self { screen, keys, child, _master: pty.master }
    }

    /// Types, as one write.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    /// What the screen says now.
    pub fn text(&self) -> String {
        self.screen.0.lock().unwrap().screen().contents()
    }

    /// Waits until the screen satisfies `wanted`; the screen is in the failure's message.
    pub fn wait(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let until = Instant::now() + PATIENCE;
        let mut parser = self.screen.0.lock().unwrap();
        loop {
            let text = parser.screen().contents();
            if wanted(&text) {
                return text;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited for {what}; the screen says:\n{text}");
            parser = self.screen.1.wait_timeout(parser, left).unwrap().0;
        }
    }

    /// Waits until the screen shows `words`.
    pub fn wait_for(&self, words: &str) -> String {
        self.wait(words, |text| text.contains(words))
    }

    /// The program's process id.
    pub fn id(&self) -> u32 {
        self.child.process_id().expect("the program runs")
    }

    /// Waits until the program has ended; its exit code.
    pub fn end(&mut self) -> u32 {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("the program can be waited for") {
                return status.exit_code();
            }
            assert!(Instant::now() < until, "the program does not end:\n{}", self.text());
            std::thread::yield_now();
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Whether the program left the alternate screen and shows its cursor again.
    pub fn is_restored(&self) -> bool {
        let parser = self.screen.0.lock().unwrap();
        !parser.screen().alternate_screen() && !parser.screen().hide_cursor()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
