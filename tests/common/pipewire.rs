//! A virtual sound card: a private PipeWire with a virtual speaker wired to a virtual microphone.
//!
//! Everything lives in a temporary folder (runtime folder, home, bus, logs), so that no sound server of the machine is
//! touched, and every program is a child that is killed by its id when the card is dropped. Starting it waits for
//! conditions, never for a time. Only one card exists at a time on a machine: a file lock makes the others wait.
//!
//! A test that captures inside its own process needs the private environment before it starts; it begins with
//!
//! ```ignore
//! if !inside_private_session("name_of_the_test") { return; }
//! let Some(card) = VirtualCard::start(512) else { return };
//! ```
//!
//! which runs the same test again in a child process with that environment. A test that starts a program instead
//! gives it [`VirtualCard::env`].

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::session::{PATIENCE, Running, SESSION, Session, say, wait_until};

/// Programs that must be there.
const PROGRAMS: [&str; 9] = [
    "dbus-daemon",
    "pipewire",
    "pipewire-pulse",
    "wireplumber",
    "pw-cli",
    "pw-link",
    "pw-metadata",
    "pw-cat",
    "pw-record",
];

/// Set to 1 where a missing PipeWire is an error and not a skip.
const REQUIRE: &str = "VOICEBOOTH_REQUIRE_VIRTUAL_MIC";

/// The card. Its microphone is the node `mic` ("Virtual microphone"), its loudspeaker `speaker`; both are mono, and
/// the graph runs at 48 kHz. What is played into the speaker comes out of the microphone.
#[derive(Debug)]
pub struct VirtualCard {
    session: Session,
    servers: Vec<Running>,
    quantum: u32,
    _own_folder: Option<tempfile::TempDir>,
    _one_at_a_time: File,
}

impl VirtualCard {
    /// Starts a card whose blocks are `quantum` frames. `None`, with a line that says so, where PipeWire is not
    /// installed.
    ///
    /// # Panics
    /// When it does not start, or is not installed where the environment demands it.
    pub fn start(quantum: u32) -> Option<Self> {
        if let Some(missing) = PROGRAMS.iter().find(|name| !is_installed(name)) {
            let required = std::env::var_os(REQUIRE).is_some_and(|value| value == "1");
            assert!(!required, "PipeWire is not installed: no {missing}");
            say(&format!(
                "skipped: PipeWire is not installed (no {missing})"
            ));
            return None;
        }
        let lock = File::create(std::env::temp_dir().join("voicebooth-virtual-card.lock"))
            .expect("a lock file");
        lock.lock().expect("the lock");
        let (folder, own_folder) = if let Some(folder) = std::env::var_os(SESSION) {
            (PathBuf::from(folder), None)
        } else {
            let own = tempfile::tempdir().expect("a temporary folder");
            (own.path().to_owned(), Some(own))
        };
        let session = Session::new(&folder);
        session.lay_out().expect("the session's folders");
        let mut card = Self {
            session,
            servers: Vec::new(),
            quantum,
            _own_folder: own_folder,
            _one_at_a_time: lock,
        };
        card.start_server();
        Some(card)
    }

    /// The environment that leads a program to this card, and to a home of its own.
    pub fn env(&self) -> Vec<(&'static str, OsString)> {
        self.session.env()
    }

    /// A command in that environment.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.envs(self.env());
        command
    }

    /// Starts a program in that environment, its output in the card's log folder.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn spawn(&self, program: &str, args: &[&str]) -> Running {
        let log = File::create(self.log(program)).expect("a log file");
        let child = self
            .command(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the log file"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
        Running { child }
    }

    /// Speaks a WAV file into the microphone. `pw-cat` leaves out the last, incomplete block of a file: end it with
    /// silence of at least a quantum.
    pub fn speak(&self, wav: &Path) -> Running {
        let wav = wav.to_str().expect("a plain path");
        self.spawn("pw-cat", &["-p", "--target", "speaker", wav])
    }

    /// Records the microphone by PipeWire's own recorder, as a control: what it loses too is the machine's loss.
    /// End it with [`Running::interrupt`].
    pub fn control_recording(&self, rate_hz: u32, wav: &Path) -> Running {
        let rate = rate_hz.to_string();
        let wav = wav.to_str().expect("a plain path");
        let args = ["--target", "mic", "--channels", "1", "--format", "f32"];
        self.spawn("pw-record", &[&args[..], &["--rate", &rate, wav]].concat())
    }

    /// PipeWire's door for Pulse clients. While it is frozen the graph runs on, and what its clients miss is lost.
    ///
    /// # Panics
    /// When the server was killed.
    pub fn pulse_server(&self) -> &Running {
        assert!(self.servers.len() > 1, "the server was killed");
        &self.servers[self.servers.len() - 1]
    }

    /// Kills the whole sound server, as a crash would.
    pub fn kill_server(&mut self) {
        // The bus stays; it is the first.
        self.servers.truncate(1);
        let _ = fs::remove_file(self.session.run().join("pulse/native"));
    }

    /// Starts the server (again): the speaker, the microphone, and the cable between them.
    pub fn start_server(&mut self) {
        let run = self.session.run();
        if self.servers.is_empty() {
            let config = self.session.folder.join("bus.conf");
            let config = format!("--config-file={}", config.display());
            let bus = self.spawn("dbus-daemon", &[&config, "--nofork", "--nopidfile"]);
            self.servers.push(bus);
            self.wait_for("the bus", || UnixStream::connect(run.join("bus")).is_ok());
        }
        self.servers.push(self.spawn("pipewire", &[]));
        self.wait_for("PipeWire", || self.says("pw-cli", &["info", "0"], "core"));
        self.servers.push(self.spawn("wireplumber", &[]));
        self.servers.push(self.spawn("pipewire-pulse", &[]));
        self.add_sink("speaker", "Virtual speaker", &["MONO"]);
        self.plug_in_mic();
        self.set_quantum(self.quantum);
        for (key, node) in [("sink", "speaker"), ("source", "mic")] {
            let value = format!("key:'default.audio.{key}' value:'{{\"name\":\"{node}\"}}'");
            self.wait_for("the default device", || {
                self.says("pw-metadata", &["-n", "default", "0"], &value)
            });
        }
        self.wait_for("the Pulse server", || {
            UnixStream::connect(run.join("pulse/native")).is_ok()
        });
    }

    /// Sets the frames of the server's blocks.
    pub fn set_quantum(&self, quantum: u32) {
        let value = quantum.to_string();
        let args = ["-n", "settings", "0", "clock.force-quantum", &value];
        let wanted = format!("key:'clock.force-quantum' value:'{quantum}'");
        self.wait_for("the quantum", || {
            self.run("pw-metadata", &args);
            self.says("pw-metadata", &["-n", "settings", "0"], &wanted)
        });
    }

    /// Takes a source away, as when it is unplugged.
    pub fn remove_source(&self, name: &str) {
        self.wait_for("the source to go", || {
            self.run("pw-cli", &["destroy", name]);
            !self.has_source(name)
        });
    }

    /// A source (or speaker) of this name is there.
    pub fn has_source(&self, name: &str) -> bool {
        let line = format!("node.name = \"{name}\"");
        self.says("pw-cli", &["ls", "Node"], &line)
    }

    /// Plugs the microphone in again and wires it to the speaker.
    pub fn plug_in_mic(&self) {
        self.add_source("mic", "Virtual microphone", &["MONO"]);
        self.connect("speaker:monitor_MONO", "mic:input_MONO");
    }

    /// Adds a source with these channels (`MONO`, `FL`, `FR`, `AUX0`, ...), wired to nothing.
    pub fn add_source(&self, name: &str, description: &str, channels: &[&str]) {
        self.create(name, description, "Audio/Source/Virtual", channels);
    }

    /// Adds a loudspeaker with these channels.
    pub fn add_sink(&self, name: &str, description: &str, channels: &[&str]) {
        self.create(name, description, "Audio/Sink", channels);
    }

    /// Lays a cable between two ports, e.g. `speaker:monitor_MONO` and `mic:input_MONO`.
    pub fn connect(&self, from: &str, to: &str) {
        self.wait_for("a cable", || {
            self.run("pw-link", &[from, to]);
            let links = self.output("pw-link", &["-l"]);
            links
                .split(from)
                .nth(1)
                .is_some_and(|rest| rest.contains(to))
        });
    }

    /// Takes a cable away.
    pub fn disconnect(&self, from: &str, to: &str) {
        self.run("pw-link", &["-d", from, to]);
    }

    fn create(&self, name: &str, description: &str, class: &str, channels: &[&str]) {
        let properties = format!(
            "{{ factory.name=support.null-audio-sink node.name={name} \
             node.description=\"{description}\" media.class={class} audio.position=[ {} ] \
             monitor.channel-volumes=true object.linger=true }}",
            channels.join(" ")
        );
        self.run("pw-cli", &["create-node", "adapter", &properties]);
        let port = match class {
            "Audio/Sink" => format!("{name}:playback_{}", channels[0]),
            _ => format!("{name}:input_{}", channels[0]),
        };
        self.wait_for("a node's ports", || self.says("pw-link", &["-i"], &port));
    }

    fn run(&self, program: &str, args: &[&str]) -> Output {
        self.command(program)
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"))
    }

    fn output(&self, program: &str, args: &[&str]) -> String {
        String::from_utf8_lossy(&self.run(program, args).stdout).into_owned()
    }

    fn says(&self, program: &str, args: &[&str], words: &str) -> bool {
        self.output(program, args).contains(words)
    }

    fn wait_for(&self, what: &str, condition: impl FnMut() -> bool) {
        let waited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            wait_until(what, PATIENCE, condition);
        }));
        assert!(waited.is_ok(), "{what} did not come\n{}", self.logs());
    }

    fn log(&self, program: &str) -> PathBuf {
        let name = Path::new(program).file_name().unwrap_or_default();
        self.session.folder.join(name).with_extension("log")
    }

    fn logs(&self) -> String {
        ["dbus-daemon", "pipewire", "wireplumber", "pipewire-pulse"]
            .map(|name| {
                let log = fs::read_to_string(self.log(name)).unwrap_or_default();
                ["--- ", name, "\n", &log].concat()
            })
            .concat()
    }
}

impl Drop for VirtualCard {
    fn drop(&mut self) {
        // The servers before their bus.
        while self.servers.pop().is_some() {}
    }
}

/// A program is found on the path.
pub fn is_installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}
