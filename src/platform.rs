//! Every call that is Unix only, behind one door, so that other systems need one file.

use std::io;
use std::path::Path;

use crate::units::Moment;

/// Reads the monotonic clock. Realtime-safe.
#[cfg(unix)]
pub fn now() -> Moment {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Moment::from_nanos(t.tv_sec * 1_000_000_000 + t.tv_nsec)
}

/// Reads the monotonic clock. Realtime-safe.
#[cfg(not(unix))]
pub fn now() -> Moment {
    use std::sync::OnceLock;
    use std::time::Instant;
    static ZERO: OnceLock<Instant> = OnceLock::new();
    Moment::default() + ZERO.get_or_init(Instant::now).elapsed()
}

/// Makes the names in a folder durable. Elsewhere than on Unix a folder cannot be synced, and the system is trusted. Blocks.
///
/// # Errors
/// The folder cannot be opened or synced.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Makes everything that was written to the disk of `path` durable. Elsewhere than on Linux the system is trusted. Blocks.
///
/// # Errors
/// The disk cannot be synced.
pub fn sync_disk(path: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(std::fs::File::open(path)?)?;
    #[cfg(not(target_os = "linux"))]
    let _ = path;
    Ok(())
}

/// Bytes that this user may still write to the disk of `path`. Blocks.
///
/// # Errors
/// The system does not say, or cannot be asked here.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    #[cfg(unix)]
    {
        let disk = rustix::fs::statvfs(path)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// How long the machine has been asleep since it was started. Grows only by suspending; zero where that cannot be told.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn suspended() -> std::time::Duration {
    use rustix::time::{ClockId, clock_gettime};
    let nanos = |id| {
        let t = clock_gettime(id);
        Moment::from_nanos(t.tv_sec * 1_000_000_000 + t.tv_nsec)
    };
    let awake = nanos(ClockId::Monotonic);
    nanos(ClockId::Boottime).since(awake)
}

/// How long the machine has been asleep since it was started. Grows only by suspending; zero where that cannot be told.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn suspended() -> std::time::Duration {
    std::time::Duration::ZERO
}

/// What the system asks of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessSignal {
    /// SIGTERM, SIGHUP or SIGINT.
    Terminate,
    /// SIGTSTP.
    Stop,
}

/// Passes signals on to `out` from a thread of its own, for the rest of the run.
///
/// # Errors
/// The handlers or the thread cannot be set up.
#[cfg(unix)]
pub fn watch_signals(out: Box<dyn Fn(ProcessSignal) + Send>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT, SIGTSTP])?;
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for signal in signals.forever() {
                out(if signal == SIGTSTP {
                    ProcessSignal::Stop
                } else {
                    ProcessSignal::Terminate
                });
            }
        })?;
    Ok(())
}

/// Passes signals on: there are none to pass on here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn watch_signals(_out: Box<dyn Fn(ProcessSignal) + Send>) -> io::Result<()> {
    Ok(())
}

/// Stops this process until somebody continues it. Blocks.
pub fn stop_this_process() {
    #[cfg(unix)]
    {
        let _ =
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
    }
}

/// Makes the cookie that Pulse servers ask for, as their own client library does, where there is none. Any will do:
/// servers let their own user in by the socket's permissions, but not without some cookie.
///
/// # Errors
/// It cannot be written.
pub fn provide_pulse_cookie() -> std::io::Result<()> {
    use std::io::Write;
    let Some(home) = std::env::home_dir() else {
        return Ok(());
    };
    let folder = home.join(".config/pulse");
    let own = folder.join("cookie");
    let named = std::env::var_os("PULSE_COOKIE").map(std::path::PathBuf::from);
    let known = [named, Some(own.clone()), Some(home.join(".pulse-cookie"))];
    if known.iter().flatten().any(|path| path.exists()) {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let bytes: Vec<u8> = (0..16)
        .flat_map(|_| uuid::Uuid::new_v4().into_bytes())
        .collect();
    options.open(own)?.write_all(&bytes)
}

/// Sends what is written to file descriptor 2 (by C libraries, too) to `to`, until the guard is dropped.
///
/// # Errors
/// The descriptors could not be duplicated; nothing has changed.
#[cfg(unix)]
pub fn redirect_stderr(to: &std::fs::File) -> std::io::Result<StderrGuard> {
    use rustix::stdio::{dup2_stderr, stderr};
    let before = rustix::io::fcntl_dupfd_cloexec(stderr(), 3)?;
    dup2_stderr(to)?;
    Ok(StderrGuard { before })
}

/// Restores file descriptor 2 when it is dropped.
#[cfg(unix)]
#[derive(Debug)]
pub struct StderrGuard {
    before: rustix::fd::OwnedFd,
}

#[cfg(unix)]
impl Drop for StderrGuard {
    fn drop(&mut self) {
        // A failure leaves messages in the log: there is nowhere better to tell it.
        let _ = rustix::stdio::dup2_stderr(&self.before);
    }
}

/// Does nothing here: the screen is exposed to what libraries print.
#[cfg(not(unix))]
pub fn redirect_stderr(_to: &std::fs::File) -> std::io::Result<StderrGuard> {
    Ok(StderrGuard {})
}

/// Has nothing to restore.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct StderrGuard {}

/// Throws away what was typed into the terminal and has not been read.
pub fn discard_typed_ahead() {
    #[cfg(unix)]
    {
        // Not a terminal, or gone: then nothing was typed.
        let _ = rustix::termios::tcflush(
            rustix::stdio::stdin(),
            rustix::termios::QueueSelector::IFlush,
        );
    }
}

/// Whether the terminal on standard input has hung up. Its read then gives "end of file" for ever.
pub fn terminal_gone() -> bool {
    #[cfg(unix)]
    {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let stdin = rustix::stdio::stdin();
        let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
        let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        poll(&mut fds, Some(&Timespec::default())).is_ok() && fds[0].revents().intersects(gone)
    }
    #[cfg(not(unix))]
    {
        false
    }
}

/// Writes all of `bytes` to standard output, past the locks of `std::io` (which a panicking thread may hold). Blocks.
///
/// # Errors
/// The terminal cannot be written.
pub fn write_stdout(bytes: &[u8]) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        let mut rest = bytes;
        while !rest.is_empty() {
            match rustix::io::write(rustix::stdio::stdout(), rest) {
                Ok(written) => rest = &rest[written..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => wait_until_writable()?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
    #[cfg(not(unix))]
    {
        use std::io::Write;
        std::io::stdout().write_all(bytes)
    }
}

/// Somebody who shares the terminal has made it non-blocking, and it is full.
#[cfg(unix)]
fn wait_until_writable() -> std::io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    let stdout = rustix::stdio::stdout();
    match poll(&mut [PollFd::new(&stdout, PollFlags::OUT)], None) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether standard output takes something at once. A terminal that was stopped (Ctrl-S, a stalled connection) does not.
pub fn stdout_is_free() -> bool {
    #[cfg(unix)]
    {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let stdout = rustix::stdio::stdout();
        let mut fds = [PollFd::new(&stdout, PollFlags::OUT)];
        poll(&mut fds, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    }
    #[cfg(not(unix))]
    {
        true
    }
}

/// Stops this program and those that were started with it, as Ctrl-Z does in a terminal that is not in raw mode.
pub fn suspend_group() {
    #[cfg(unix)]
    {
        // Cannot fail: the group exists, and it is our own.
        let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
    }
}
