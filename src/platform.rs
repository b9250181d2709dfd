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
