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
