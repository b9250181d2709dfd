//! Private sessions for tests: runtime folder, home and bus in a temporary folder, and children that are killed by id.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

/// The folder of the private session that a test runs in.
pub(super) const SESSION: &str = "VOICEBOOTH_PRIVATE_SESSION";
/// How long anything may take before the test fails.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

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
pub struct Session {
    pub(super) folder: PathBuf,
}

impl Session {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    pub(super) fn run(&self) -> PathBuf {
        self.folder.join("run")
    }

    pub(super) fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    pub(super) fn env(&self) -> Vec<(&'static str, OsString)> {
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
    pub(super) fn lay_out(&self) -> std::io::Result<()> {
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
    pub(super) child: Child,
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

/// Prints a line past the test harness, which hides what a passing test prints.
pub fn say(line: &str) {
    use std::io::Write;
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Builds the examples and says where they are: beside the tests, but `cargo test --test NAME` alone does not build them.
///
/// # Panics
/// When they do not build.
pub fn build_examples() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--examples"]);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success(), "the examples are built");
    folder.join("examples")
}
