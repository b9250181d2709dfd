//! The running stream: everything that is known of it, from its opening to now.
//!
//! Promise: blocks go in as the ring gives them; frames come out on one timeline, dated, measured hop by hop and kept for
//! some seconds. [`Stream::step`] moves it forward by at most 100 ms, so that whoever cuts takes out of it never comes
//! too late, however large a block or a gap is.

use std::ops::Range;
use std::sync::Arc;

use crate::audio::clock::StreamClock;
use crate::audio::ring::Counters;
use crate::audio::{SourceInfo, Stamp};
use crate::signal::floor::NoiseFloor;
use crate::signal::level::{HOP_MS, HopLevels};
use crate::signal::quality::mix;
use crate::signal::voice::VoiceActivity;
use crate::units::{Moment, frames_in_ms};

use super::history::{History, Mishaps};
use super::timeline::{Piece, StreamGap, Timeline};

/// The stream moves in steps of this, ms.
const STEP_MS: u32 = 100;

/// One stream, running.
#[derive(Debug)]
pub struct Stream {
    number: u32,
    source: Arc<SourceInfo>,
    timeline: Timeline,
    history: History,
    hops: HopLevels,
    voice: VoiceActivity,
    mono: Vec<f32>,
    floor: NoiseFloor,
    /// The piece under way, and how many of its samples are in the history.
    piece: Option<(Piece, usize)>,
    counted: Mishaps,
}

impl Stream {
    /// The stream whose first block is stamped `first`; the newest `keep_ms` can be read.
    pub fn new(source: SourceInfo, first: &Stamp, keep_ms: u32) -> Self {
        let format = source.format;
        let channels = usize::from(format.channels);
        Self {
            number: first.stream,
            source: Arc::new(source),
            timeline: Timeline::new(format, first.first_frame),
            history: History::new(format, first.first_frame, keep_ms),
            hops: HopLevels::new(
                format.sample_rate_hz,
                channels,
                first.first_frame,
                (keep_ms / HOP_MS) as usize,
            ),
            voice: VoiceActivity::new(
                format.sample_rate_hz,
                first.first_frame,
                (keep_ms / HOP_MS) as usize,
            ),
            mono: Vec::new(),
            floor: NoiseFloor::default(),
            piece: None,
            counted: Mishaps::default(),
        }
    }

    /// Takes in a block; [`Stream::step`] makes it part of the history.
    pub fn accept(&mut self, stamp: Stamp, samples: Vec<f32>) {
        self.timeline.accept(stamp, samples);
    }

    /// Nothing more will come: what was held back is taken as it stands.
    pub fn release(&mut self) {
        self.timeline.release();
    }

    /// Moves forward by at most 100 ms; `false` where nothing waits. `in_take`: a take runs, so the noise floor does not
    /// learn and long gaps come in steps.
    pub fn step(&mut self, in_take: bool) -> bool {
        let next = || self.timeline.next_piece().map(|piece| (piece, 0));
        let Some((piece, done)) = self.piece.take().or_else(next) else {
            return false;
        };
        let step_frames = self.frames_in_ms(STEP_MS);
        match piece {
            Piece::Audio(samples) => {
                let step = step_frames as usize * self.history.channels();
                let end = samples.len().min(done + step);
                self.lay(&samples[done..end], in_take);
                if end < samples.len() {
                    self.piece = Some((Piece::Audio(samples), end));
                }
            }
            Piece::Gap(gap) => {
                let frames = if in_take {
                    gap.frames.min(step_frames)
                } else {
                    gap.frames
                };
                self.history.push_gap(StreamGap { frames, ..gap });
                self.hops.push_gap(frames);
                self.voice.push_gap(frames, |_, _| ());
                if frames < gap.frames {
                    let rest = StreamGap {
                        at_frame: gap.at_frame + frames,
                        frames: gap.frames - frames,
                        ..gap
                    };
                    self.piece = Some((Piece::Gap(rest), 0));
                }
            }
        }
        true
    }

    fn lay(&mut self, samples: &[f32], in_take: bool) {
        self.history.push(samples);
        let floor = &mut self.floor;
        self.hops.push(samples, |level| floor.push(level, in_take));
        mix(samples, self.history.channels(), &mut self.mono);
        self.voice.push(&self.mono, |_, _| ());
    }

    /// Notes what the callbacks have counted since the last time, at the newest frame.
    pub fn note(&mut self, counters: &Counters) {
        use std::sync::atomic::Ordering::Relaxed;
        let now = Mishaps {
            overruns: counters.overruns.load(Relaxed),
            xruns: counters.xruns.load(Relaxed),
            not_finite: counters.not_finite.load(Relaxed),
        };
        let newest = self.history.end().saturating_sub(1);
        self.history.note(newest, now.since(self.counted));
        self.counted = now;
    }

    /// Number of the opening.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What is recorded from.
    pub fn source(&self) -> &Arc<SourceInfo> {
        &self.source
    }

    /// Dates the frames.
    pub fn clock(&self) -> &StreamClock {
        self.timeline.clock()
    }

    /// The clock can be relied on, or will not become better.
    pub fn ready(&self) -> bool {
        self.timeline.ready()
    }

    /// The newest seconds.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The levels of the newest seconds.
    pub fn hops(&self) -> &HopLevels {
        &self.hops
    }

    /// The voice activity of the newest seconds; it lags some 50 ms behind the levels.
    pub fn voice(&self) -> &VoiceActivity {
        &self.voice
    }

    /// Speech peaks at this level, dBFS.
    pub fn calibrate(&mut self, speech_peak_dbfs: f64) {
        self.voice.calibrate(speech_peak_dbfs);
    }

    /// The noise floor.
    pub fn floor(&self) -> &NoiseFloor {
        &self.floor
    }

    /// The frame after the newest.
    pub fn end(&self) -> u64 {
        self.history.end()
    }

    /// Frames in `ms` milliseconds.
    pub fn frames_in_ms(&self, ms: u32) -> u64 {
        frames_in_ms(self.source.format.sample_rate_hz, ms)
    }

    /// The frame captured at `at`, not before the stream's opening.
    pub fn frame_at(&self, at: Moment) -> u64 {
        self.clock()
            .frame_at(at)
            .map_or(0, |frame| frame.round().max(0.0) as u64)
    }

    /// The hops that begin within `frames`.
    pub fn hops_in(&self, frames: &Range<u64>) -> Range<u64> {
        let hop = self.hops.hop_frames();
        frames.start.div_ceil(hop)..frames.end.div_ceil(hop)
    }
}
