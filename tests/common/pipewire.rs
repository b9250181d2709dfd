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
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

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
/// The folder of the private session that a test runs in.
const SESSION: &str = "VOICEBOOTH_PRIVATE_SESSION";
/// How long anything may take before the test fails with the servers' own words.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until `condition` holds, and fails naming `what` when it does not within `patience`.
///
/// # Panics
/// When it never holds.
pub fn wait_until(what: &str, patience: Duration, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < patience, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// True inside a private session; else runs the test `name` of this very program in one, asserts that it passes, and
/// says false.
///
/// # Panics
/// When the test fails there.
pub fn inside_private_session(name: &str) -> bool {
    if std::env::var_os(SESSION).is_some() {
        return true;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let status = Command::new(std::env::current_exe().expect("this test's own program"))
        .args(["--exact", name, "--nocapture", "--include-ignored"])
        .envs(Session::new(folder.path()).env())
        .status()
        .expect("this test runs again");
    assert!(
        status.success(),
        "{name} failed inside its private session, see above"
    );
    false
}

/// The folders of a private session.
#[derive(Debug)]
struct Session {
    folder: PathBuf,
}

impl Session {
    fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    fn run(&self) -> PathBuf {
        self.folder.join("run")
    }

    fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    fn env(&self) -> Vec<(&'static str, OsString)> {
        let home = self.home();
        let bus = format!("unix:path={}", self.run().join("bus").display());
        vec![
            (SESSION, self.folder.clone().into()),
            ("XDG_RUNTIME_DIR", self.run().into()),
            ("HOME", home.clone().into()),
            ("XDG_CONFIG_HOME", home.join(".config").into()),
            ("XDG_STATE_HOME", home.join(".local/state").into()),
            ("XDG_DATA_HOME", home.join(".local/share").into()),
            ("XDG_CACHE_HOME", home.join(".cache").into()),
            ("DBUS_SESSION_BUS_ADDRESS", bus.into()),
            (
                "PULSE_COOKIE",
                home.join(".config/pulse/cookie").into_os_string(),
            ),
        ]
    }

    /// Writes the configuration: no hardware, no services, a mono speaker wired to nothing yet, `default` is PipeWire.
    fn lay_out(&self) -> std::io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let config = self.home().join(".config");
        for folder in [
            config.join("pulse"),
            config.join("wireplumber/main.lua.d"),
            config.join("wireplumber/bluetooth.lua.d"),
            config.join("wireplumber/wireplumber.conf.d"),
            self.run(),
        ] {
            fs::create_dir_all(folder)?;
        }
        fs::set_permissions(self.run(), fs::Permissions::from_mode(0o700))?;
        // Any 256 bytes will do for pipewire-pulse.
        fs::write(config.join("pulse/cookie"), [7; 256])?;
        fs::write(
            config.join("wireplumber/main.lua.d/51-no-hardware.lua"),
            "alsa_monitor.enabled = false\nv4l2_monitor.enabled = false\nlibcamera_monitor.enabled = false\n",
        )?;
        fs::write(
            config.join("wireplumber/bluetooth.lua.d/51-no-hardware.lua"),
            "bluez_monitor.enabled = false\nbluez_midi_monitor = { enabled = false }\n",
        )?;
        // The same for WirePlumber 0.5.
        fs::write(
            config.join("wireplumber/wireplumber.conf.d/51-no-hardware.conf"),
            "wireplumber.profiles = { main = { monitor.alsa = disabled monitor.alsa-midi = disabled \
             monitor.bluez = disabled monitor.bluez-midi = disabled monitor.v4l2 = disabled \
             monitor.libcamera = disabled } }\n",
        )?;
        fs::write(
            self.home().join(".asoundrc"),
            "</usr/share/alsa/alsa.conf.d/50-pipewire.conf>\npcm.!default { type pipewire }\n\
             ctl.!default { type pipewire }\n",
        )?;
        fs::write(
            self.folder.join("bus.conf"),
            format!(
                "<busconfig><type>session</type><listen>unix:path={}</listen>\
                 <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
                 <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n",
                self.run().join("bus").display()
            ),
        )
    }
}

/// A child that is killed by its id when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// It still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// When it does not.
    pub fn wait(&mut self) {
        wait_until("a program to end", 6 * PATIENCE, || !self.is_running());
    }

    /// Ends it as Ctrl-C would, so that it closes its files, and waits.
    pub fn interrupt(&mut self) {
        signal(self.id(), rustix::process::Signal::INT);
        self.wait();
    }

    /// Stops it in its tracks until [`Running::proceed`].
    pub fn freeze(&self) {
        signal(self.id(), rustix::process::Signal::STOP);
    }

    /// Lets it go on.
    pub fn proceed(&self) {
        signal(self.id(), rustix::process::Signal::CONT);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to one process by its id.
pub fn signal(id: u32, signal: rustix::process::Signal) {
    if let Some(pid) = i32::try_from(id)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

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
            println!("skipped: PipeWire is not installed (no {missing})");
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

    /// Speaks a WAV file into the microphone.
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
    pub fn set_quantum(&mut self, quantum: u32) {
        self.quantum = quantum;
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
            .iter()
            .map(|name| {
                let log = fs::read_to_string(self.log(name)).unwrap_or_default();
                format!("--- {name}\n{log}")
            })
            .collect()
    }
}

impl Drop for VirtualCard {
    fn drop(&mut self) {
        // The servers before their bus.
        while self.servers.pop().is_some() {}
    }
}

fn is_installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}
