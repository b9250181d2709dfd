//! The room the demo speaker sits in: a quiet, pink-ish noise that never becomes digital silence.

use super::random::Random;

/// Scale from the filter's own RMS to -62 dBFS, what a headset microphone hears of a quiet office; a test holds it to that.
const GAIN: f32 = 4.56e-4;

/// White noise through three one-pole low-passes: Paul Kellet's economical pink filter (-3 dB an octave within 0.5 dB
/// above some 10 Hz at 48 kHz; at other rates the slope moves along with the rate, the level does not).
#[derive(Debug)]
pub(super) struct Room {
    random: Random,
    poles: [f32; 3],
}

impl Room {
    pub(super) const fn new(random: Random) -> Self {
        Self {
            random,
            poles: [0.0; 3],
        }
    }

    /// Overwrites `out` with the next frames.
    pub(super) fn fill(&mut self, out: &mut [f32]) {
        let [mut slow, mut middle, mut fast] = self.poles;
        for sample in out {
            let white = self.random.white();
            slow = 0.997_65 * slow + white * 0.099_046;
            middle = 0.963 * middle + white * 0.296_516_4;
            fast = 0.57 * fast + white * 1.052_691_3;
            *sample = GAIN * (slow + middle + fast + white * 0.184_8);
        }
        self.poles = [slow, middle, fast];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::dbfs;

    const ROOM_RMS_DBFS: f64 = -62.0;

    fn minute() -> Vec<f32> {
        let mut room = Room::new(Random::new(9));
        let mut out = vec![0.0; 60 * 48_000];
        room.fill(&mut out);
        out
    }

    fn rms_dbfs(samples: &[f32]) -> f64 {
        let power: f64 = samples.iter().map(|&x| f64::from(x).powi(2)).sum();
        dbfs((power / samples.len() as f64).sqrt())
    }

    #[test]
    fn the_room_has_its_level_and_is_never_digital_silence() {
        let noise = minute();
        let level = rms_dbfs(&noise);
        assert!((level - ROOM_RMS_DBFS).abs() < 0.5, "{level} dBFS");
        assert!(noise.iter().all(|&sample| sample != 0.0));
    }

    #[test]
    fn the_room_is_pink_its_low_half_is_louder_than_its_high_half() {
        let noise = minute();
        let rises: Vec<f32> = noise.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // White noise would gain 3 dB from differencing; pink loses.
        assert!(rms_dbfs(&rises) < rms_dbfs(&noise) - 1.0);
    }
}
