//! The verdict on a take: `fine`, `look` (for the operator) or `again`, with reasons in stable words.
//!
//! Promise: `again` only where the take cannot be used as it is: nobody spoke (`silent`), frames are missing
//! (`lost_frames`), it clipped (`clipped`), or speech was cut off (`start_cut`, `end_cut`). Everything else is for the
//! operator: `quiet`, `loud`, `noisy`, `hum`, `dc_offset`, `narrow_band`, `digital_silence`, `short`, `long`, `misread`,
//! `double_reading`, `correction`, `no_voice`, `cough`, `max_take`. Accents are never errors: length and another word than
//! expected never ask again. What was not measured is no reason. Nothing fails.

use serde::{Deserialize, Serialize};

pub use super::clipping::{Clipping, FULL_SCALE};
use super::duration::Length;
use super::quality::Measures;
use super::repeat::Repetition;
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
    /// What was taken for speech has no pitch, and was not cut off.
    pub unpitched: bool,
    /// It begins with its loudest sound, which is hardly a voice: a cough with a groan in it.
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
    /// Whether something in it was said again.
    pub repetition: Repetition,
    /// It ran into the longest length: the stop was forgotten.
    pub max_take: bool,
}

impl Facts {
    /// Those that a take's samples tell; `lost_frames` also where the samples show it. Length, misreading,
    /// repetition and a forgotten stop are told by others.
    pub fn of(measures: &Measures, sample_rate_hz: u32) -> Self {
        let utterance = &measures.utterance;
        let other_ms = utterance.longest_other * 1000 / u64::from(sample_rate_hz.max(1));
        Self {
            speech_hops: utterance.speech_frames() * 100 / u64::from(sample_rate_hz.max(1)),
            whispered_hops: utterance.whispered_frames * 100 / u64::from(sample_rate_hz.max(1)),
            unpitched: utterance.unpitched && !utterance.touches_start && !utterance.touches_end,
            cough: utterance.may_be_cough(),
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
    let no_voice = (!silent && (voiceless || facts.unpitched)).then_some("no_voice");
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
        (facts.repetition == Repetition::Twice, "double_reading"),
        (facts.repetition == Repetition::Begun, "correction"),
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
mod tests;
