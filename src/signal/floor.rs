//! The running noise floor: how loud the room is while nobody speaks.
//!
//! Promise: the quietest tenth of a second among the last four seconds between takes (minimum statistics after Martin,
//! "Noise power spectral density estimation based on optimal smoothing and minimum statistics", 2001). Speech has
//! pauses of that length, so a floor is found while somebody talks from the first second. During takes it can only fall.
//!
//! How it fails: it may read a decibel or two too low, and a room that becomes louder is believed four seconds later;
//! until then its noise passes for speech, which makes takes longer and never shorter.

use std::collections::VecDeque;

use super::level::HopLevel;

/// Hops that are averaged: 100 ms.
const SMOOTH_HOPS: usize = 10;
/// Hops in one part of the memory: 500 ms.
const PART_HOPS: u32 = 50;
/// Parts that are remembered: 4 s.
const PARTS: usize = 8;
/// Until the memory is full the floor is not believed to be louder than this: somebody may be talking.
const WARM_UP_DBFS: f32 = -50.0;
/// A room is never taken to be quieter than this: below lies dither and digital silence, which any sound would exceed.
const QUIETEST_DBFS: f32 = -75.0;

/// Follows the noise floor of one stream.
#[derive(Clone, Debug, Default)]
pub struct NoiseFloor {
    smooth: VecDeque<f64>,
    parts: VecDeque<f64>,
    part: Option<f64>,
    part_hops: u32,
}

impl NoiseFloor {
    /// Takes in the next hop; `in_take` while a take runs. Hops with missing frames tell nothing.
    pub fn push(&mut self, level: HopLevel, in_take: bool) {
        let Some(level) = level else { return };
        if self.smooth.len() == SMOOTH_HOPS {
            self.smooth.pop_front();
        }
        self.smooth.push_back(10_f64.powf(f64::from(level) / 10.0));
        if self.smooth.len() < SMOOTH_HOPS {
            return;
        }
        let power = self.smooth.iter().sum::<f64>() / SMOOTH_HOPS as f64;
        if in_take && self.least().is_some_and(|least| power >= least) {
            return;
        }
        self.part = Some(self.part.map_or(power, |least| least.min(power)));
        if in_take {
            return;
        }
        self.part_hops += 1;
        if self.part_hops == PART_HOPS {
            if self.parts.len() == PARTS {
                self.parts.pop_front();
            }
            self.parts.extend(self.part.take());
            self.part_hops = 0;
        }
    }

    fn least(&self) -> Option<f64> {
        self.parts
            .iter()
            .chain(self.part.iter())
            .copied()
            .reduce(f64::min)
    }

    /// The floor as measured, dBFS; `None` before the first tenth of a second.
    pub fn dbfs(&self) -> Option<f64> {
        self.least().map(|power| 10.0 * power.log10())
    }

    /// The floor that speech is held against, dBFS.
    pub fn reference_dbfs(&self) -> f32 {
        let measured = self.dbfs().map_or(WARM_UP_DBFS, |floor| floor as f32);
        let warm = self.parts.len() == PARTS;
        let believed = if warm {
            measured
        } else {
            measured.min(WARM_UP_DBFS)
        };
        believed.max(QUIETEST_DBFS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SILENCE_DBFS;

    fn floor_after(levels: impl IntoIterator<Item = f32>) -> NoiseFloor {
        let mut floor = NoiseFloor::default();
        for level in levels {
            floor.push(Some(level), false);
        }
        floor
    }

    #[test]
    fn a_quiet_room_is_known_after_a_tenth_of_a_second() {
        let floor = floor_after([-60.0; 10]);
        assert!((floor.reference_dbfs() + 60.0).abs() < 0.1);
    }

    #[test]
    fn somebody_who_talks_from_the_first_second_is_not_taken_for_the_room() {
        let floor = floor_after([-25.0; 150]);
        assert!((floor.reference_dbfs() - WARM_UP_DBFS).abs() < 0.1);
    }

    #[test]
    fn pauses_in_talk_show_the_room() {
        let talk = (0..1000).map(|hop| if hop % 150 < 12 { -58.0 } else { -25.0 });
        let floor = floor_after(talk);
        assert!((floor.reference_dbfs() + 58.0).abs() < 1.0);
    }

    #[test]
    fn in_digital_silence_any_real_sound_still_stands_out() {
        let floor = floor_after([SILENCE_DBFS as f32; 500]);
        assert!((floor.reference_dbfs() - QUIETEST_DBFS).abs() < 0.1);
    }

    #[test]
    fn a_room_that_becomes_louder_is_believed_four_seconds_later_and_not_during_a_take() {
        let mut floor = floor_after([-65.0; 500]);
        for _ in 0..1000 {
            floor.push(Some(-45.0), true);
        }
        assert!((floor.reference_dbfs() + 65.0).abs() < 0.1);
        for _ in 0..460 {
            floor.push(Some(-45.0), false);
        }
        assert!((floor.reference_dbfs() + 45.0).abs() < 0.1);
    }

    #[test]
    fn a_room_that_becomes_quieter_is_believed_at_once_even_during_a_take() {
        let mut floor = floor_after([-45.0; 500]);
        for _ in 0..20 {
            floor.push(Some(-65.0), true);
        }
        assert!((floor.reference_dbfs() + 65.0).abs() < 0.1);
    }
}
