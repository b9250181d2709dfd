//! Quantities that must not be mixed up: instants of the monotonic clock, frames and levels.

use std::ops::{Add, Sub};
use std::time::Duration;

/// An instant on the system's monotonic clock (`CLOCK_MONOTONIC` on Linux), in nanoseconds. Comparable between the
/// threads of one run, and on Linux between programs; meaningless after a reboot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The instant `nanos` nanoseconds after the clock's own zero.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the clock's own zero.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// `self - earlier` in nanoseconds, negative when `earlier` is later.
    pub const fn nanos_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The time that has passed since `earlier`, zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// This instant moved by a signed number of nanoseconds.
    #[must_use]
    pub const fn offset_nanos(self, nanos: i64) -> Self {
        Self(self.0 + nanos)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0 + span.as_nanos() as i64)
    }
}

impl Sub<Duration> for Moment {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self(self.0 - span.as_nanos() as i64)
    }
}

/// Frames in `ms` milliseconds at `sample_rate_hz`, rounded to the nearest frame.
pub fn frames_in_ms(sample_rate_hz: u32, ms: u32) -> u64 {
    (u64::from(sample_rate_hz) * u64::from(ms) + 500) / 1000
}

/// Milliseconds that `frames` last at `sample_rate_hz`.
pub fn ms_of_frames(sample_rate_hz: u32, frames: u64) -> f64 {
    frames as f64 * 1000.0 / f64::from(sample_rate_hz)
}

/// The level floor that stands for silence: below what 24 bits can carry.
pub const SILENCE_DBFS: f64 = -150.0;

/// A linear amplitude (1.0 is full scale) in dB below full scale, at least [`SILENCE_DBFS`].
pub fn dbfs(amplitude: f64) -> f64 {
    if amplitude > 0.0 {
        (20.0 * amplitude.log10()).max(SILENCE_DBFS)
    } else {
        SILENCE_DBFS
    }
}

/// `x` with so many decimal places, for records.
pub fn rounded(x: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    // Adding zero makes -0 plain.
    (x * scale).round() / scale + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_become_the_nearest_frame() {
        assert_eq!(frames_in_ms(48_000, 300), 14_400);
        assert_eq!(frames_in_ms(44_100, 1), 44);
        assert_eq!(frames_in_ms(11_025, 300), 3308);
    }

    #[test]
    fn a_rounded_number_is_written_with_its_places_at_most() {
        assert_eq!(rounded(-58.005_1, 2).to_string(), "-58.01");
        assert_eq!(rounded(47_999.196, 2).to_string(), "47999.2");
        assert_eq!(rounded(-0.000_000_2, 6).to_string(), "0");
    }

    #[test]
    fn full_scale_is_zero_and_silence_has_a_floor() {
        assert!(dbfs(1.0).abs() < 1e-12);
        assert!((dbfs(0.0) - SILENCE_DBFS).abs() < f64::EPSILON);
    }
}
