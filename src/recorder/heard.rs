//! What is heard in a take: gathers its measures while it is sent, and judges it when it is closed.
//!
//! Promise: everything costs the same per frame however long the take is; at the end only sums and hops are looked at.
//! Voice activity is known some 50 ms after the sound, so the last hops of a take count by their level alone.

use std::ops::Range;

use crate::corpus::sidecar::Quality;
use crate::signal::activity::speech;
use crate::signal::duration::Length;
use crate::signal::level::{HopLevel, power_dbfs};
use crate::signal::mfcc::{FeatureStream, Features};
use crate::signal::quality::{Around, Measures, TakeMeasures, mix};
use crate::signal::repeat::{self, Repetition};
use crate::signal::thresholds::Thresholds;
use crate::signal::utterance::Hop;
use crate::signal::verdict::{Facts, Verdict, judge};
use crate::signal::voice::HopVoice;

use super::stream::Stream;
use super::window::KeyHops;

/// The measures of a take under way.
#[derive(Debug)]
pub struct Heard {
    measures: TakeMeasures,
    features: FeatureStream,
    mono: Vec<f32>,
    /// Number of the first hop in `levels` and `voices`.
    first_hop: u64,
    levels: Vec<HopLevel>,
    voices: Vec<HopVoice>,
}

/// What is known of a take besides its sound.
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Besides {
    /// Frames are missing.
    pub lost_frames: bool,
    /// It ran into the longest length.
    pub max_take: bool,
    /// What its length says of its text.
    pub length: Length,
    /// It does not sound like the other takes of its label.
    pub misread: bool,
    /// Whether something in it was said again.
    pub repetition: Repetition,
    /// Something was said that belongs to another reading, in a stable word.
    pub strayed: Option<&'static str>,
}

impl Heard {
    /// Nothing of a take whose first frame is `first_frame`.
    pub fn new(stream: &Stream, first_frame: u64) -> Self {
        let format = stream.source().format;
        Self {
            measures: TakeMeasures::new(format.sample_rate_hz, usize::from(format.channels)),
            features: FeatureStream::new(format.sample_rate_hz),
            mono: Vec::new(),
            first_hop: first_frame.div_ceil(stream.hops().hop_frames()),
            levels: Vec::new(),
            voices: Vec::new(),
        }
    }

    /// Takes in the next frames, which lie at `frames` of the stream.
    pub fn push(&mut self, stream: &Stream, slices: [&[f32]; 2], frames: &Range<u64>) {
        for samples in slices {
            self.measures.push(samples);
            mix(samples, stream.history().channels(), &mut self.mono);
            self.features.push(&self.mono);
        }
        self.hear(stream, stream.hops_in(frames).end);
    }

    /// Takes over what the stream knows of the hops before `end`.
    fn hear(&mut self, stream: &Stream, end: u64) {
        let next_level = self.first_hop + self.levels.len() as u64;
        self.levels.extend(stream.hops().range(next_level..end).1);
        let next_voice = self.first_hop + self.voices.len() as u64;
        self.voices.extend(stream.voice().range(next_voice..end).1);
    }

    /// What was measured. `first_frame` is the take's.
    pub fn measure(&self, stream: &Stream, first_frame: u64, keys: &KeyHops) -> Measures {
        let hops: Vec<Hop> = (self.first_hop..)
            .zip(&self.levels)
            .enumerate()
            .map(|(index, (hop, level))| Hop {
                level: *level,
                voice: self.voices.get(index).copied().flatten(),
                key: keys.contains(hop),
            })
            .collect();
        let first_hop_frame = self.first_hop * stream.hops().hop_frames();
        self.measures.finish(&Around {
            hops: &hops,
            first_hop_frame: first_hop_frame as i64 - first_frame as i64,
            reference_dbfs: stream.floor().reference_dbfs(),
            floor_dbfs: stream.floor().dbfs(),
        })
    }

    /// What the speech sounds like; `None` of what cannot be compared with other takes.
    pub fn features(&self, measures: &Measures) -> Option<Features> {
        self.features.finish(measures.utterance.span()?)
    }

    /// Whether something was said again in a reading of `text` by a speaker of this `pace` ([`repeat::find`]).
    pub fn repetition(
        &self,
        measures: &Measures,
        sample_rate_hz: u32,
        (text, pace): (&str, Option<f64>),
    ) -> Repetition {
        repeat::find(
            &measures.utterance,
            &self.features,
            sample_rate_hz,
            (text, pace),
        )
    }

    /// Hops of a sound that fills the take: by its level alone, since there is no silence in the take that it could stand
    /// out of. 0 where there is some.
    fn filling_hops(&self, stream: &Stream) -> u64 {
        let floor = stream.floor().reference_dbfs();
        let levels = self.levels.iter().copied();
        let stretches = speech(self.first_hop, levels, floor, |_| false);
        let sounding: u64 = stretches.iter().map(|hops| hops.end - hops.start).sum();
        if sounding * 4 >= self.levels.len() as u64 * 3 {
            sounding
        } else {
            0
        }
    }

    /// The verdict, with the figures that it rests on.
    pub fn judge(
        &self,
        stream: &Stream,
        measures: &Measures,
        besides: Besides,
        thresholds: &Thresholds,
    ) -> Quality {
        let of_sound = Facts::of(measures, stream.source().format.sample_rate_hz);
        let facts = Facts {
            lost_frames: of_sound.lost_frames || besides.lost_frames,
            max_take: besides.max_take,
            length: besides.length,
            misread: besides.misread,
            repetition: besides.repetition,
            whispered_hops: of_sound.whispered_hops.max(self.filling_hops(stream)),
            ..of_sound
        };
        let (mut verdict, mut warnings) = judge(&facts, thresholds);
        warnings.extend(besides.strayed);
        if verdict == Verdict::Fine && besides.strayed.is_some() {
            verdict = Verdict::Look;
        }
        Quality {
            verdict,
            warnings: warnings.into_iter().map(str::to_owned).collect(),
            peak_dbfs: measures.peak_dbfs,
            speech_peak_dbfs: measures.speech_peak_dbfs,
            rms_dbfs: measures
                .rms_dbfs
                .unwrap_or_else(|| f64::from(power_dbfs(self.measures.power()))),
            noise_floor_dbfs: measures.noise_dbfs,
            snr_db: measures.snr_db,
            clipped_samples: measures.clipped_samples,
            dc_offset: measures.dc_offset,
            hum_dbfs: measures.hum.map(|hum| hum.dbfs),
            bandwidth_hz: measures.bandwidth_hz,
        }
    }
}
