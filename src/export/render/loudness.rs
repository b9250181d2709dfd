//! The gain of each session that brings its speech to a loudness.
//!
//! Loudness is that of ITU-R BS.1770 with the gates of EBU R 128, measured over the speech of all exported takes of a session
//! one after the other, at the rate and in the channels of the export; every channel has weight 1, for microphones stand
//! nowhere in particular. One gain for all of a session keeps what is said softly soft. No take is made to clip: the gain ends
//! where the largest true peak of the session would be [`HIGHEST_PEAK_DBTP`], and that is told.

use std::collections::{BTreeMap, HashMap};

use ebur128::{Channel, EbuR128, Mode};
use rayon::prelude::*;

use super::super::error::ExportError;
use super::super::shape::Shape;
use super::super::utterance::Utterance;
use super::source::Source;
use super::{Job, with_workshop};
use crate::units::{SILENCE_DBFS, dbfs, rounded};

/// EBU R 128: the true peak that is permitted, dBTP.
const HIGHEST_PEAK_DBTP: f64 = -1.0;
/// Takes that are measured one after the other: pauses between words are not speech, and the meter needs 400 ms of it. The
/// same takes are always measured together, so that the gain is the same on every machine.
const TOGETHER: usize = 64;

/// Gains of sessions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gains {
    /// dB, by session; empty where no loudness is asked for.
    pub db: HashMap<String, f64>,
    /// What did not come out as asked for, in plain words.
    pub notes: Vec<String>,
}

/// The gain of each session that brings its speech to the loudness asked for. Reads all of them. Blocks.
///
/// # Errors
/// A WAV cannot be read, or is not what its sidecar says.
pub fn gains<'a>(
    utterances: impl Iterator<Item = &'a Utterance>,
    shape: &Shape,
) -> Result<Gains, ExportError> {
    let Some(wanted_lufs) = shape.loudness_lufs else {
        return Ok(Gains::default());
    };
    let mut sessions: BTreeMap<&str, Vec<&Utterance>> = BTreeMap::new();
    for utterance in utterances {
        sessions
            .entry(&utterance.session)
            .or_default()
            .push(utterance);
    }
    let mut parts = Vec::new();
    for (session, takes) in &mut sessions {
        takes.sort_by(|a, b| a.take_id.cmp(&b.take_id));
        parts.extend(takes.chunks(TOGETHER).map(|takes| (*session, takes)));
    }
    let measured: Vec<Result<Heard, ExportError>> = parts
        .par_iter()
        .map(|(_, takes)| Heard::of(takes, shape))
        .collect();
    let mut heard: BTreeMap<&str, Vec<Heard>> = BTreeMap::new();
    for ((session, _), measured) in parts.iter().zip(measured) {
        heard.entry(session).or_default().push(measured?);
    }
    let mut gains = Gains::default();
    for (session, heard) in heard {
        let (gain_db, note) = gain(wanted_lufs, &heard);
        gains.db.insert(session.to_owned(), gain_db);
        gains
            .notes
            .extend(note.map(|note| format!("session {session}: {note}")));
    }
    Ok(gains)
}

/// The gain, rounded to 0.01 dB, and what is to be said of it.
fn gain(wanted_lufs: f64, heard: &[Heard]) -> (f64, Option<String>) {
    let meters = heard.iter().flat_map(|part| &part.meters);
    let lufs = EbuR128::loudness_global_multiple(meters).unwrap_or(f64::NEG_INFINITY);
    if !lufs.is_finite() {
        let note = "it has less than 400 ms of speech, or none that is louder than -70 LUFS: its level is as recorded";
        return (0.0, Some(note.to_owned()));
    }
    let gain_db = rounded(wanted_lufs - lufs, 2);
    let peak = heard.iter().map(|part| part.peak).fold(0.0, f64::max);
    // Without a peak there is no loudness either.
    let most_db = HIGHEST_PEAK_DBTP - dbfs(peak).max(SILENCE_DBFS);
    if gain_db <= most_db {
        return (gain_db, None);
    }
    let limited_db = (most_db * 100.0).floor() / 100.0;
    let note = format!(
        "its gain is {limited_db:.1} dB instead of {gain_db:.1} dB, or its loudest take would clip: its speech has {:.1} LUFS",
        lufs + limited_db
    );
    (limited_db, Some(note))
}

/// What some takes of a session have.
struct Heard {
    /// One for each number of channels and rate; a session has one of each, as a rule.
    meters: Vec<EbuR128>,
    /// The largest true peak, 1.0 full scale.
    peak: f64,
}

impl Heard {
    fn of(takes: &[&Utterance], shape: &Shape) -> Result<Self, ExportError> {
        let mut heard = Self {
            meters: Vec::new(),
            peak: 0.0,
        };
        let mut frames = Vec::new();
        for utterance in takes {
            let job =
                Job::of(utterance, shape).map_err(|refusal| ExportError::Refused(vec![refusal]))?;
            job.interleaved(&mut frames)?;
            heard.take(&job, &frames);
        }
        Ok(heard)
    }

    /// Never fails but where a rate or a number of channels is beyond the meter's: such a take counts for nothing.
    fn take(&mut self, job: &Job<'_>, frames: &[f32]) {
        let (channels, rate_hz) = (u32::from(job.channels), job.window.rate_hz);
        if let Some(mut peak) = meter(channels, rate_hz, Mode::TRUE_PEAK)
            && peak.add_frames_f32(frames).is_ok()
        {
            let peaks = (0..channels).filter_map(|channel| peak.true_peak(channel).ok());
            self.peak = peaks.fold(self.peak, f64::max);
        }
        let speech = job.window.speech.clone();
        let speech = speech.unwrap_or(0..job.window.frames());
        let sample = |frame: u64| frame as usize * channels as usize;
        let Some(spoken) = frames.get(sample(speech.start)..sample(speech.end)) else {
            return;
        };
        let known = self
            .meters
            .iter()
            .position(|m| (m.channels(), m.rate()) == (channels, rate_hz));
        if known.is_none() {
            self.meters.extend(meter(channels, rate_hz, Mode::I));
        }
        let meter = match known {
            Some(at) => self.meters.get_mut(at),
            None => self.meters.last_mut(),
        };
        if let Some(meter) = meter {
            // It refuses nothing but memory.
            let _ = meter.add_frames_f32(spoken);
        }
    }
}

fn meter(channels: u32, rate_hz: u32, mode: Mode) -> Option<EbuR128> {
    let mut meter = EbuR128::new(channels, rate_hz, mode).ok()?;
    let all = vec![Channel::Left; channels as usize];
    meter.set_channel_map(&all).ok()?;
    Some(meter)
}

impl Job<'_> {
    /// The samples of the export before any gain, interleaved.
    fn interleaved(&self, frames: &mut Vec<f32>) -> Result<(), ExportError> {
        let channels = usize::from(self.channels);
        frames.clear();
        frames.resize(self.window.frames() as usize * channels, 0.0);
        with_workshop(|workshop| {
            let (wav, audio) = (&self.utterance.wav, &self.utterance.audio);
            let source = Source::read(wav, audio, &mut workshop.read)?;
            for channel in 0..channels {
                let mut places = frames
                    .chunks_exact_mut(channels)
                    .skip(self.window.zeros_before as usize);
                self.channel(&source, channel, &mut workshop.samples, |piece| {
                    for (sample, place) in piece.iter().zip(&mut places) {
                        place[channel] = *sample as f32;
                    }
                });
            }
            Ok(())
        })
    }
}
