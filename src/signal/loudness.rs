//! How much louder a stream is made for the network that looks for voices in it.
//!
//! Promise: soft microphones and soft voices become as loud as the network is used to, within 24 dB, and the room's noise
//! never louder than it is used to. Loud sound stays as it is. There is no look ahead: the gain falls at once and rises
//! slowly, so a soft voice after loud sound needs some seconds. Nothing fails.
//!
//! How it fails: doors and coughs become louder with the voices; that they are none is told by their pitch.

use crate::units::dbfs;

use super::level::{peak, power_dbfs};

/// The speech that the network is used to peaks there.
pub const USUAL_PEAK_DBFS: f64 = -14.0;
const MOST_GAIN_DB: f64 = 24.0;
/// Noise that does not disturb it.
const USUAL_NOISE_DBFS: f64 = -60.0;
/// So fast the gain rises, dB a second, and what is believed of the noise.
const GAIN_RISES_DB_PER_S: f64 = 6.0;
const NOISE_RISES_DB_PER_S: f64 = 1.5;

/// How loud a stream has been of late.
#[derive(Clone, Copy, Debug)]
pub struct Loudness {
    peak_dbfs: f64,
    noise_dbfs: f64,
}

impl Default for Loudness {
    fn default() -> Self {
        Self {
            peak_dbfs: USUAL_PEAK_DBFS,
            noise_dbfs: USUAL_NOISE_DBFS,
        }
    }
}

impl Loudness {
    /// Speech is known to peak at `speech_peak_dbfs`.
    pub fn calibrate(&mut self, speech_peak_dbfs: f64) {
        self.peak_dbfs = speech_peak_dbfs.clamp(USUAL_PEAK_DBFS - MOST_GAIN_DB, USUAL_PEAK_DBFS);
    }

    /// The factor for the next frame, which it has heard.
    pub fn gain(&mut self, frame: &[f32], sample_rate_hz: u32) -> f32 {
        let seconds = frame.len() as f64 / f64::from(sample_rate_hz);
        let squares: f64 = frame.iter().map(|s| f64::from(s * s)).sum();
        let power = squares / frame.len().max(1) as f64;
        let risen = self.noise_dbfs + NOISE_RISES_DB_PER_S * seconds;
        self.noise_dbfs = f64::from(power_dbfs(power)).min(risen);
        let fallen = self.peak_dbfs - GAIN_RISES_DB_PER_S * seconds;
        self.peak_dbfs = dbfs(f64::from(peak(frame)))
            .max(fallen)
            .max(USUAL_PEAK_DBFS - MOST_GAIN_DB);
        let gain_db = (USUAL_PEAK_DBFS - self.peak_dbfs).min(USUAL_NOISE_DBFS - self.noise_dbfs);
        10_f64.powf(gain_db.max(0.0) / 20.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: u32 = 16_000;
    const FRAME: usize = 160;

    /// The gain after so many seconds of a tone with this peak, dB.
    fn gain_after(loudness: &mut Loudness, seconds: f64, peak_dbfs: f64) -> f64 {
        let peak = 10_f64.powf(peak_dbfs / 20.0);
        let tone = |n: usize| peak * (n as f64 * std::f64::consts::TAU / 16.0).sin();
        let frame: Vec<f32> = (0..FRAME).map(|n| tone(n) as f32).collect();
        let mut gain = 1.0;
        for _ in 0..(seconds * 100.0) as usize {
            gain = loudness.gain(&frame, RATE_HZ);
        }
        20.0 * f64::from(gain).log10()
    }

    /// A room in which the noise is known to be as low as noise gets.
    fn in_silence() -> Loudness {
        let mut loudness = Loudness::default();
        loudness.gain(&[0.0; FRAME], RATE_HZ);
        loudness
    }

    #[test]
    fn loud_sound_stays_as_it_is() {
        assert!(gain_after(&mut in_silence(), 5.0, -6.0).abs() < 1e-6);
    }

    #[test]
    fn soft_sound_becomes_louder_by_6_db_a_second_and_loud_sound_stops_that_at_once() {
        let mut loudness = in_silence();
        let after_two = gain_after(&mut loudness, 2.0, -50.0);
        assert!((after_two - 12.0).abs() < 0.1, "{after_two}");
        assert!(gain_after(&mut loudness, 0.01, -6.0).abs() < 1e-6);
    }

    #[test]
    fn a_soft_voice_becomes_as_loud_as_usual_and_nothing_by_more_than_24_db() {
        let mut loudness = in_silence();
        let usual = gain_after(&mut loudness, 4.0, USUAL_PEAK_DBFS - 15.0);
        assert!((usual - 15.0).abs() < 0.1, "{usual}");
        let mut loudness = in_silence();
        let most = gain_after(&mut loudness, 10.0, -80.0);
        assert!((most - MOST_GAIN_DB).abs() < 0.1, "{most}");
    }

    #[test]
    fn a_noisy_rooms_silence_is_not_made_louder() {
        let mut loudness = Loudness::default();
        let noisy = gain_after(&mut loudness, 10.0, USUAL_NOISE_DBFS + 6.0);
        assert!(noisy < 0.01, "{noisy}");
    }
}
