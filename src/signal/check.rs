//! The microphone check: what five seconds of silence and a spoken sentence say about room and microphone.
//!
//! Promise: numbers, and advice in stable words, worst first; the screen says them in plain ones. No advice means that
//! nothing is to be done. Nothing fails; what was not measured brings no advice.
//!
//! How it fails: gain control and noise suppression are known by what they do to the room's noise, so in a very quiet
//! room, or where they work slowly, they are not seen.

use super::hum::Hum;
use super::quality::{Measures, Silence};
use super::thresholds::Thresholds;

/// A sentence whose peak is above this leaves no room for a louder word, dBFS (ACX: peak at most -3 dBFS).
const LOUD_PEAK_DBFS: f64 = -3.0;
/// A sentence whose peak is below this could well be louder, dBFS: 12 dB under the practice of 12 (EAGLES handbook), and
/// above the verdict's own limit.
const SOFT_PEAK_DBFS: f64 = -24.0;
/// Samples of a band narrower than this share of the rate come from Bluetooth or were resampled.
const NARROW: f64 = 0.4;
/// Half a second of exact zeros is no room, ms.
const DIGITAL_SILENCE_MS: f64 = 500.0;
/// The noise moves by so much where a gain is at work, dB.
const GAIN_DB: f64 = 6.0;
/// Silence right after speech, and long after it, ms.
const SOON_MS: std::ops::Range<f64> = 0.0..250.0;
/// A gate: silence falls to less than this, dBFS, and by so much below the noise that speech left behind, dB.
const GATED_DBFS: f64 = -80.0;
const GATED_DB: f64 = 15.0;
/// A room that became louder by this is worth a word, dB.
pub const NOISIER_DB: f64 = 6.0;

/// What to do, or what is wrong. The words are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Advice {
    /// `no_speech`: nothing was said, or nothing arrived.
    NoSpeech,
    /// `digital_silence`: the silence was exactly zero.
    DigitalSilence,
    /// `clipped`: samples at full scale.
    Clipped,
    /// `too_loud`
    TooLoud,
    /// `too_quiet`
    TooQuiet,
    /// `noisy_room`: speech does not stand out of the noise enough.
    NoisyRoom,
    /// `hum`: mains hum.
    Hum,
    /// `narrow_bandwidth`: Bluetooth, a telephone, or a resampled stream.
    NarrowBandwidth,
    /// `noise_suppression`
    NoiseSuppression,
    /// `gain_control`
    GainControl,
}

impl Advice {
    /// Its word in records.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoSpeech => "no_speech",
            Self::DigitalSilence => "digital_silence",
            Self::Clipped => "clipped",
            Self::TooLoud => "too_loud",
            Self::TooQuiet => "too_quiet",
            Self::NoisyRoom => "noisy_room",
            Self::Hum => "hum",
            Self::NarrowBandwidth => "narrow_bandwidth",
            Self::NoiseSuppression => "noise_suppression",
            Self::GainControl => "gain_control",
        }
    }
}

/// The numbers of a check and what follows from them. Levels in dBFS.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckReport {
    /// The room: the quietest 500 ms of the silence.
    pub room_dbfs: Option<f64>,
    /// Mains hum in the silence.
    pub hum: Option<Hum>,
    /// Longest run of exact zeros in the silence, ms.
    pub longest_zeros_ms: f64,
    /// RMS of the sentence.
    pub speech_dbfs: Option<f64>,
    /// Its peak.
    pub peak_dbfs: Option<f64>,
    /// Speech less room, dB.
    pub snr_db: Option<f64>,
    /// Samples at full scale in the sentence.
    pub clipped_samples: u64,
    /// How far up the sentence's sound reaches, Hz.
    pub bandwidth_hz: Option<f64>,
    /// What to do, worst first.
    pub advice: Vec<Advice>,
}

/// Judges a check at `sample_rate_hz`: `silence` measures the room, `sentence` a spoken sentence; either may be missing.
pub fn report(
    sample_rate_hz: u32,
    silence: Option<&Measures>,
    sentence: Option<&Measures>,
    thresholds: &Thresholds,
) -> CheckReport {
    let room_dbfs = silence.and_then(|silence| silence.quietest_500_ms_dbfs.or(silence.noise_dbfs));
    let speech_dbfs = sentence.and_then(|sentence| sentence.rms_dbfs);
    let noise_dbfs = silence
        .and_then(|silence| silence.noise_dbfs)
        .or(sentence.and_then(|s| s.noise_dbfs));
    let mut report = CheckReport {
        room_dbfs,
        hum: silence.and_then(|silence| silence.hum),
        longest_zeros_ms: silence.map_or(0.0, |silence| silence.longest_zeros_ms),
        speech_dbfs,
        peak_dbfs: sentence.and_then(|sentence| sentence.speech_peak_dbfs),
        snr_db: speech_dbfs
            .zip(noise_dbfs)
            .map(|(speech, noise)| speech - noise),
        clipped_samples: sentence.map_or(0, |sentence| sentence.clipped_samples),
        bandwidth_hz: sentence.and_then(|sentence| sentence.bandwidth_hz),
        advice: Vec::new(),
    };
    report.advice = advice(&report, sample_rate_hz, silence, sentence, thresholds);
    report
}

/// The room is noisier by so much than at the check that the speaker should be told.
pub fn became_noisier(room_at_check_dbfs: f64, room_now_dbfs: f64) -> bool {
    room_now_dbfs - room_at_check_dbfs >= NOISIER_DB
}

fn advice(
    report: &CheckReport,
    sample_rate_hz: u32,
    silence: Option<&Measures>,
    sentence: Option<&Measures>,
    thresholds: &Thresholds,
) -> Vec<Advice> {
    let peak = report.peak_dbfs;
    let clipped = sentence.is_some_and(|s| s.clipped_run >= thresholds.clipped_run);
    let narrow_hz = NARROW * f64::from(sample_rate_hz);
    let found = [
        (
            sentence.is_some_and(|s| s.utterance.segments.is_empty()),
            Advice::NoSpeech,
        ),
        (
            report.longest_zeros_ms >= DIGITAL_SILENCE_MS,
            Advice::DigitalSilence,
        ),
        (clipped, Advice::Clipped),
        (
            !clipped && peak.is_some_and(|peak| peak > LOUD_PEAK_DBFS),
            Advice::TooLoud,
        ),
        (
            peak.is_some_and(|peak| peak < SOFT_PEAK_DBFS),
            Advice::TooQuiet,
        ),
        (
            report.snr_db.is_some_and(|snr| snr < thresholds.snr_db),
            Advice::NoisyRoom,
        ),
        (
            report.hum.is_some_and(|hum| hum.dbfs > thresholds.hum_dbfs),
            Advice::Hum,
        ),
        (
            report.bandwidth_hz.is_some_and(|hz| hz < narrow_hz),
            Advice::NarrowBandwidth,
        ),
        (
            sentence.is_some_and(|s| is_gated(&s.silence)),
            Advice::NoiseSuppression,
        ),
        (gain_moves(silence, sentence), Advice::GainControl),
    ];
    found
        .into_iter()
        .filter(|(found, _)| *found)
        .map(|(_, advice)| advice)
        .collect()
}

/// The noise right after speech falls to next to nothing soon after.
fn is_gated(silence: &[Silence]) -> bool {
    let soon = mean(silence, |ms| SOON_MS.contains(&ms));
    let later = mean(silence, |ms| ms >= SOON_MS.end);
    let falls = soon
        .zip(later)
        .is_some_and(|(soon, later)| later < GATED_DBFS && soon - later >= GATED_DB);
    // Or it is closed before and after, and open in the pauses of speech.
    let quietest = silence.iter().map(|s| s.dbfs).fold(f64::INFINITY, f64::min);
    let loudest = silence
        .iter()
        .map(|s| s.dbfs)
        .fold(f64::NEG_INFINITY, f64::max);
    falls || (quietest < GATED_DBFS && loudest - quietest >= 2.0 * GATED_DB)
}

/// The noise is lower right after speech than in the silence before: loud sound turned a gain down.
fn gain_moves(silence: Option<&Measures>, sentence: Option<&Measures>) -> bool {
    let room = silence.and_then(|silence| silence.noise_dbfs);
    let soon = sentence.and_then(|sentence| mean(&sentence.silence, |ms| SOON_MS.contains(&ms)));
    room.zip(soon)
        .is_some_and(|(room, soon)| soon > GATED_DBFS && room - soon >= GAIN_DB)
}

fn mean(silence: &[Silence], when: impl Fn(f64) -> bool) -> Option<f64> {
    let levels: Vec<f64> = silence
        .iter()
        .filter(|s| s.after_speech_ms.is_some_and(&when))
        .map(|s| s.dbfs)
        .collect();
    (!levels.is_empty()).then(|| levels.iter().sum::<f64>() / levels.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::utterance::Utterance;

    /// What a good microphone in a quiet room gives.
    fn good() -> Measures {
        Measures {
            utterance: Utterance {
                segments: std::iter::once(10_000..90_000).collect(),
                ..Utterance::default()
            },
            peak_dbfs: -12.0,
            speech_peak_dbfs: Some(-12.0),
            rms_dbfs: Some(-26.0),
            noise_dbfs: Some(-60.0),
            snr_db: Some(34.0),
            quietest_500_ms_dbfs: Some(-61.0),
            dc_offset: 0.0,
            clipped_samples: 0,
            clipped_run: 0,
            hum: None,
            bandwidth_hz: Some(24_000.0),
            longest_zeros_ms: 0.0,
            zeros_in_silence: 0.0,
            dropouts: 0,
            longest_pause_ms: 0.0,
            silence: after_speech(&[-60.0; 20]),
        }
    }

    /// 50 ms each, from the end of speech on.
    fn after_speech(levels: &[f64]) -> Vec<Silence> {
        let silence = |(n, dbfs): (usize, &f64)| Silence {
            dbfs: *dbfs,
            after_speech_ms: Some(50.0 + 50.0 * n as f64),
        };
        levels.iter().enumerate().map(silence).collect()
    }

    fn advice(silence: &Measures, sentence: &Measures) -> Vec<&'static str> {
        let report = report(48_000, Some(silence), Some(sentence), &Thresholds::DEFAULT);
        report.advice.into_iter().map(Advice::word).collect()
    }

    #[test]
    fn of_a_good_microphone_in_a_quiet_room_nothing_is_said() {
        assert_eq!(advice(&good(), &good()), [""; 0]);
        let report = report(48_000, Some(&good()), Some(&good()), &Thresholds::DEFAULT);
        assert_eq!((report.room_dbfs, report.snr_db), (Some(-61.0), Some(34.0)));
    }

    #[test]
    fn each_fault_has_its_advice() {
        let hum = Some(Hum {
            mains_hz: 50,
            dbfs: -45.0,
            above_noise_db: 20.0,
        });
        let rooms = [
            (Measures { hum, ..good() }, "hum"),
            (
                Measures {
                    longest_zeros_ms: 4000.0,
                    ..good()
                },
                "digital_silence",
            ),
            (
                Measures {
                    noise_dbfs: Some(-44.0),
                    ..good()
                },
                "noisy_room",
            ),
        ];
        for (room, word) in rooms {
            assert!(advice(&room, &good()).contains(&word), "{word}");
        }
        let sentences = [
            (
                Measures {
                    speech_peak_dbfs: Some(-27.0),
                    ..good()
                },
                "too_quiet",
            ),
            (
                Measures {
                    speech_peak_dbfs: Some(-1.0),
                    ..good()
                },
                "too_loud",
            ),
            (
                Measures {
                    speech_peak_dbfs: Some(0.0),
                    clipped_run: 9,
                    ..good()
                },
                "clipped",
            ),
            (
                Measures {
                    bandwidth_hz: Some(8000.0),
                    ..good()
                },
                "narrow_bandwidth",
            ),
            (
                Measures {
                    utterance: Utterance::default(),
                    ..good()
                },
                "no_speech",
            ),
        ];
        for (sentence, word) in sentences {
            assert_eq!(advice(&good(), &sentence), [word]);
        }
    }

    #[test]
    fn a_gate_that_closes_after_speech_is_noise_suppression() {
        let levels = [[-58.0; 4].as_slice(), &[-95.0; 16]].concat();
        let gated = Measures {
            silence: after_speech(&levels),
            ..good()
        };
        assert_eq!(advice(&good(), &gated), ["noise_suppression"]);
    }

    #[test]
    fn noise_that_is_lower_right_after_speech_is_gain_control() {
        let levels: Vec<f64> = (0..20).map(|n| -70.0 + f64::from(n) * 0.5).collect();
        let pumped = Measures {
            silence: after_speech(&levels),
            ..good()
        };
        assert_eq!(advice(&good(), &pumped), ["gain_control"]);
    }

    #[test]
    fn a_room_six_decibels_louder_is_noticed() {
        assert!(became_noisier(-60.0, -53.9));
        assert!(!became_noisier(-60.0, -55.0));
    }
}
