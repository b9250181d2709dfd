//! The level meter: one number and one flag that the capture thread writes and the screen reads.
//!
//! Promise: no peak is missed between two readings, and neither side waits for the other.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::signal::verdict::FULL_SCALE;
use crate::units::dbfs;

/// Peak and clipping since the last reading.
#[derive(Debug, Default)]
pub struct Meter {
    /// One more than the bits of the largest magnitude; 0 where no block has come.
    peak: AtomicU32,
    clipped: AtomicBool,
}

/// What a [`Meter`] says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Largest sample since the last reading, dBFS.
    pub peak_dbfs: f64,
    /// A sample was at full scale.
    pub clipped: bool,
}

impl Meter {
    /// Takes in a block's largest magnitude. Realtime-safe.
    pub fn raise(&self, peak: f32) {
        self.peak.fetch_max(peak.to_bits() + 1, Ordering::Relaxed);
        if peak >= FULL_SCALE {
            self.clipped.store(true, Ordering::Relaxed);
        }
    }

    /// Reads and starts anew. `None` where no block has come since the last reading: at 30 readings a second that is
    /// usual with large blocks, so a screen holds the last level for a moment. Realtime-safe.
    pub fn read(&self) -> Option<Reading> {
        let peak = self.peak.swap(0, Ordering::Relaxed).checked_sub(1)?;
        Some(Reading {
            peak_dbfs: dbfs(f64::from(f32::from_bits(peak))),
            clipped: self.clipped.swap(false, Ordering::Relaxed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SILENCE_DBFS;

    #[test]
    fn the_largest_peak_since_the_last_reading_is_told_once() {
        let meter = Meter::default();
        for peak in [0.1, 0.5, 0.25] {
            meter.raise(peak);
        }
        let reading = meter.read().unwrap();
        assert!((reading.peak_dbfs + 6.02).abs() < 0.01);
        assert!(!reading.clipped);
        assert_eq!(meter.read(), None);
    }

    #[test]
    fn silence_is_a_level_and_nothing_is_none() {
        let meter = Meter::default();
        assert_eq!(meter.read(), None);
        meter.raise(0.0);
        let level = meter.read().unwrap().peak_dbfs;
        assert!((level - SILENCE_DBFS).abs() < f64::EPSILON);
    }

    #[test]
    fn one_sample_at_full_scale_shows_as_clipping() {
        let meter = Meter::default();
        meter.raise(1.0);
        meter.raise(0.2);
        assert!(meter.read().unwrap().clipped);
    }
}
