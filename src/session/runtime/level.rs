//! The level that is shown, read from the meter.

use std::time::Duration;

use super::FRAME;
use crate::recorder::meter::Meter;
use crate::units::Moment;

/// How long the last level is shown when no block comes.
const LEVEL_HELD: Duration = Duration::from_millis(500);
/// How long a clipped sample is shown.
const CLIPPING_SHOWN: Duration = Duration::from_secs(2);

/// What the meter said last. With large blocks a frame often brings no block: the level is held for a moment.
#[derive(Clone, Copy, Default)]
pub(super) struct Level {
    pub(super) dbfs: Option<f64>,
    heard_at: Moment,
    clipped_at: Option<Moment>,
    read_at: Moment,
}

impl Level {
    pub(super) fn read(&mut self, meter: &Meter, now: Moment) {
        if now.since(self.read_at) < FRAME {
            return;
        }
        self.read_at = now;
        match meter.read() {
            Some(reading) => {
                self.dbfs = Some(reading.peak_dbfs);
                self.heard_at = now;
                if reading.clipped {
                    self.clipped_at = Some(now);
                }
            }
            None if now.since(self.heard_at) > LEVEL_HELD => self.dbfs = None,
            None => {}
        }
    }

    pub(super) fn clipping(&self, now: Moment) -> bool {
        self.clipped_at
            .is_some_and(|at| now.since(at) < CLIPPING_SHOWN)
    }
}
