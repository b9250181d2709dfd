//! Every call that is Unix only, behind one door, so that other systems need one file.

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
