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
