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
