//! The verdict on a take: `fine`, `look` (for the operator) or `again`, with reasons in stable words.
//!
//! Promise: `again` only where the take cannot be used as it is: nobody spoke (`silent`), frames are missing
//! (`lost_frames`), it clipped (`clipped`), or speech was cut off (`start_cut`, `end_cut`). Everything else is for the
//! operator: `quiet`, `loud`, `noisy`, `hum`, `dc_offset`, `narrow_band`, `digital_silence`, `short`, `long`, `misread`,
//! `double_reading`, `no_voice`, `cough`, `max_take`. Accents are never errors: length and another word than expected never ask again. What was
//! not measured is no reason. Nothing fails.

use serde::{Deserialize, Serialize};

pub use super::clipping::{Clipping, FULL_SCALE};
use super::duration::Length;
use super::quality::Measures;
use super::thresholds::Thresholds;

/// What is to be done with a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Good.
    Fine,
    /// For the operator to look at.
    Look,
    /// To be read again.
    Again,
}

/// Zeros in more of the silence than this are digital silence.
const MOSTLY: f64 = 0.5;

/// Speech whose loudest part is less periodic may be a cough with a groan in it: vowels are voiced, and louder than all else.
const COUGH_PERIODICITY: f32 = 0.2;

/// A sound as long as this may have been a word, ms.
const WORD_MS: u64 = 150;

/// What a verdict rests on. Levels in dBFS; what is `None` was not measured.
#[allow(clippy::struct_excessive_bools)] // each is a finding of its own
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Facts {
    /// Hops of speech found in the take.
    pub speech_hops: u64,
    /// Hops of sound without a voice that may have been whispered.
    pub whispered_hops: u64,
    /// It begins with its loudest sound, which has no pitch: a cough with a groan in it.
    pub cough: bool,
    /// Longest run of samples at full scale on one channel.
    pub clipped_run: u32,
    /// Frames are missing.
    pub lost_frames: bool,
    /// The take begins in the midst of speech.
    pub start_cut: bool,
    /// The take ends in the midst of speech.
    pub end_cut: bool,
    /// Largest sample of the speech.
    pub speech_peak_dbfs: Option<f64>,
    /// Largest sample of the take, where something sounded that is no speech, or too soft to be told.
    pub other_peak_dbfs: Option<f64>,
    /// RMS of the speech.
    pub rms_dbfs: Option<f64>,
    /// The noise.
    pub noise_dbfs: Option<f64>,
    /// Speech less noise, dB.
    pub snr_db: Option<f64>,
    /// Mains hum.
    pub hum_dbfs: Option<f64>,
    /// Constant offset, 1.0 is full scale.
    pub dc_offset: f64,
    /// How far up the sound reaches, Hz.
    pub bandwidth_hz: Option<f64>,
    /// Share of the silence that is exactly zero.
    pub zeros_in_silence: f64,
    /// What its length says of its text.
    pub length: Length,
    /// It does not sound like the other takes of its label.
    pub misread: bool,
    /// How different two readings in it are; `None` where there are no two, or where the text asks for both.
    pub readings_differ: Option<f32>,
    /// It ran into the longest length: the stop was forgotten.
    pub max_take: bool,
}

impl Facts {
    /// Those that a take's samples tell; `lost_frames` also where the samples show it. Length, misreading and a forgotten
    /// stop are told by others.
    pub fn of(measures: &Measures, sample_rate_hz: u32) -> Self {
        let utterance = &measures.utterance;
        let other_ms = utterance.longest_other * 1000 / u64::from(sample_rate_hz.max(1));
        Self {
            speech_hops: utterance.speech_frames() * 100 / u64::from(sample_rate_hz.max(1)),
            whispered_hops: utterance.whispered_frames * 100 / u64::from(sample_rate_hz.max(1)),
            cough: utterance.loudest_at_once
                && utterance
                    .loudest_periodicity
                    .is_some_and(|periodicity| periodicity < COUGH_PERIODICITY),
            clipped_run: measures.clipped_run,
            lost_frames: measures.dropouts > 0,
            start_cut: utterance.touches_start,
            end_cut: utterance.touches_end,
            speech_peak_dbfs: measures.speech_peak_dbfs,
            other_peak_dbfs: (other_ms >= WORD_MS).then_some(measures.peak_dbfs),
            rms_dbfs: measures.rms_dbfs,
            noise_dbfs: measures.noise_dbfs,
            snr_db: measures.snr_db,
            hum_dbfs: measures.hum.map(|hum| hum.dbfs),
            dc_offset: measures.dc_offset,
            bandwidth_hz: measures.bandwidth_hz,
            zeros_in_silence: measures.zeros_in_silence,
            readings_differ: measures.readings_differ,
            ..Self::default()
        }
    }
}

/// Judges a take: the word, and the reasons that led to it.
pub fn judge(facts: &Facts, thresholds: &Thresholds) -> (Verdict, Vec<&'static str>) {
    let voiceless = facts.speech_hops < thresholds.least_speech_hops;
    // Whispering has no voice that could be found: it is for the operator to tell it from a cough.
    let silent = voiceless && facts.whispered_hops < thresholds.least_speech_hops;
    let clipped = facts.clipped_run >= thresholds.clipped_run;
    let again = [
        (facts.lost_frames, "lost_frames"),
        (silent, "silent"),
        (clipped, "clipped"),
        (facts.start_cut && !voiceless, "start_cut"),
        (facts.end_cut && !voiceless, "end_cut"),
    ];
    let look = |found: &(bool, &'static str)| found.0;
    let again: Vec<&str> = again
        .into_iter()
        .filter(look)
        .map(|(_, word)| word)
        .collect();
    let no_voice = (voiceless && !silent).then_some("no_voice");
    let looks: Vec<&str> = no_voice
        .into_iter()
        .chain(looks(facts, thresholds, voiceless))
        .collect();
    let verdict = match (again.is_empty(), looks.is_empty()) {
        (false, _) => Verdict::Again,
        (true, false) => Verdict::Look,
        (true, true) => Verdict::Fine,
    };
    (verdict, [again, looks].concat())
}

/// The reasons for the operator to look. Of a take without a voice nothing is said about how it sounds, but that what did
/// sound may have been too soft.
fn looks(facts: &Facts, limits: &Thresholds, voiceless: bool) -> Vec<&'static str> {
    let below =
        |value: Option<f64>, limit: Option<f64>| value.zip(limit).is_some_and(|(v, l)| v < l);
    let above =
        |value: Option<f64>, limit: Option<f64>| value.zip(limit).is_some_and(|(v, l)| v > l);
    let (peak, rms) = (facts.speech_peak_dbfs, facts.rms_dbfs);
    let quiet = below(peak, Some(limits.quiet_peak_dbfs))
        || below(rms, limits.rms_dbfs.map(|(least, _)| least));
    let loud =
        above(peak, limits.loud_peak_dbfs) || above(rms, limits.rms_dbfs.map(|(_, most)| most));
    let noisy =
        below(facts.snr_db, Some(limits.snr_db)) || above(facts.noise_dbfs, limits.noise_dbfs);
    let same_twice = facts
        .readings_differ
        .is_some_and(|difference| difference < limits.readings_differ);
    let spoken = [
        (quiet, "quiet"),
        (loud, "loud"),
        (noisy, "noisy"),
        (above(facts.hum_dbfs, Some(limits.hum_dbfs)), "hum"),
        (facts.dc_offset.abs() > limits.dc_offset, "dc_offset"),
        (
            below(facts.bandwidth_hz, limits.bandwidth_hz),
            "narrow_band",
        ),
        (
            limits.digital_silence && facts.zeros_in_silence > MOSTLY,
            "digital_silence",
        ),
        (facts.length == Length::Short, "short"),
        (facts.length == Length::Long, "long"),
        (facts.misread, "misread"),
        (facts.cough, "cough"),
        (same_twice, "double_reading"),
    ];
    let spoken = spoken
        .into_iter()
        .filter(|(found, _)| *found && !voiceless)
        .map(|(_, word)| word);
    let unheard = voiceless && below(facts.other_peak_dbfs, Some(limits.quiet_peak_dbfs));
    spoken
        .chain(unheard.then_some("quiet"))
        .chain(facts.max_take.then_some("max_take"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Thresholds = Thresholds::DEFAULT;

    fn spoken() -> Facts {
        Facts {
            speech_hops: 40,
            speech_peak_dbfs: Some(-12.0),
            rms_dbfs: Some(-26.0),
            noise_dbfs: Some(-58.0),
            snr_db: Some(32.0),
            ..Facts::default()
        }
    }

    #[test]
    fn a_spoken_take_without_trouble_is_fine() {
        assert_eq!(judge(&spoken(), &LIMITS), (Verdict::Fine, vec![]));
        let only_hops = Facts {
            speech_hops: 40,
            ..Facts::default()
        };
        assert_eq!(
            judge(&only_hops, &LIMITS),
            (Verdict::Fine, vec![]),
            "what was not measured is no reason"
        );
    }

    #[test]
    fn a_forgotten_stop_is_for_the_operator_but_never_softens_again() {
        let forgotten = Facts {
            max_take: true,
            ..spoken()
        };
        assert_eq!(
            judge(&forgotten, &LIMITS),
            (Verdict::Look, vec!["max_take"])
        );
        let silent = Facts {
            speech_hops: 0,
            ..forgotten
        };
        assert_eq!(
            judge(&silent, &LIMITS),
            (Verdict::Again, vec!["silent", "max_take"])
        );
    }

    #[test]
    fn what_cannot_be_used_is_read_again() {
        let broken = [
            (
                Facts {
                    lost_frames: true,
                    ..spoken()
                },
                "lost_frames",
            ),
            (
                Facts {
                    start_cut: true,
                    ..spoken()
                },
                "start_cut",
            ),
            (
                Facts {
                    end_cut: true,
                    ..spoken()
                },
                "end_cut",
            ),
            (
                Facts {
                    clipped_run: 3,
                    ..spoken()
                },
                "clipped",
            ),
            (
                Facts {
                    speech_hops: 7,
                    ..spoken()
                },
                "silent",
            ),
        ];
        for (facts, word) in broken {
            assert_eq!(judge(&facts, &LIMITS), (Verdict::Again, vec![word]));
        }
    }

    #[test]
    fn what_sounds_or_reads_wrong_is_for_the_operator() {
        let odd = [
            (
                Facts {
                    speech_peak_dbfs: Some(-30.1),
                    ..spoken()
                },
                "quiet",
            ),
            (
                Facts {
                    snr_db: Some(19.9),
                    ..spoken()
                },
                "noisy",
            ),
            (
                Facts {
                    hum_dbfs: Some(-50.0),
                    ..spoken()
                },
                "hum",
            ),
            (
                Facts {
                    dc_offset: -0.02,
                    ..spoken()
                },
                "dc_offset",
            ),
            (
                Facts {
                    length: Length::Short,
                    ..spoken()
                },
                "short",
            ),
            (
                Facts {
                    length: Length::Long,
                    ..spoken()
                },
                "long",
            ),
            (
                Facts {
                    misread: true,
                    ..spoken()
                },
                "misread",
            ),
            (
                Facts {
                    readings_differ: Some(0.2),
                    ..spoken()
                },
                "double_reading",
            ),
        ];
        for (facts, word) in odd {
            assert_eq!(judge(&facts, &LIMITS), (Verdict::Look, vec![word]));
        }
    }

    #[test]
    fn of_a_take_without_speech_nothing_is_said_about_its_sound() {
        let facts = Facts {
            speech_hops: 0,
            end_cut: true,
            snr_db: Some(1.0),
            hum_dbfs: Some(-40.0),
            ..Facts::default()
        };
        assert_eq!(judge(&facts, &LIMITS).1, ["silent"]);
    }

    #[test]
    fn where_something_soft_was_heard_but_no_voice_the_speaker_may_have_been_too_quiet() {
        let soft = |peak| Facts {
            other_peak_dbfs: Some(peak),
            ..Facts::default()
        };
        assert_eq!(
            judge(&soft(-38.0), &LIMITS),
            (Verdict::Again, vec!["silent", "quiet"])
        );
        assert_eq!(
            judge(&soft(-12.0), &LIMITS),
            (Verdict::Again, vec!["silent"])
        );
    }

    #[test]
    fn a_study_for_synthesis_or_audio_books_looks_more_closely() {
        let dull = Facts {
            bandwidth_hz: Some(8000.0),
            snr_db: Some(30.0),
            ..spoken()
        };
        assert_eq!(judge(&dull, &LIMITS).0, Verdict::Fine);
        assert_eq!(
            judge(&dull, &Thresholds::TTS),
            (Verdict::Look, vec!["noisy", "narrow_band"])
        );
        let book = judge(&spoken(), &Thresholds::AUDIOBOOK);
        assert_eq!(book, (Verdict::Look, vec!["quiet", "noisy"]));
    }
}
