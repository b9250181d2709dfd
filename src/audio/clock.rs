//! The stream clock: turns instants into frames by the capture stamps of the device.
//!
//! Promise: stamps may be late by up to a block and are never early, so the line under them (their lower envelope) tells
//! when each frame was really captured. The line is the edge of the lower convex hull under the middle of the last ten
//! seconds, which has the least mean lateness of all lines below the stamps (Zhang, Liu and Xia, "Clock synchronization
//! algorithms for network measurements", INFOCOM 2002; the linear programme of Moon, Skelly and Towsley, INFOCOM 1999).
//! A delay-locked loop (Adriaensen, "Using a DLL to filter time", 2005) follows the mean of the stamps instead, needs
//! seconds to forget a lie, and cannot say which stamps it disbelieves.
//!
//! How it fails: servers lie at start-up, and later may change their mind about their latency. A line that the newest
//! half second contradicts is forgotten, so a lie costs half a second (eight blocks, if they are longer) and is visible
//! in [`StreamClock::error_ms`] as long as it lasts. One that is small (1 ms, or three times the jitter) can look like
//! jitter that long, and is forgotten after 1.5 s (30 blocks, if they are longer); a slope that no device has proves one
//! too, and is not laid. Memory is bounded: 200 points of the envelope and the stamps of the last half second.
//!
//! How good the line is, is told by how well the stamps near it agree, not by how late the late ones are: a server on a
//! busy machine tells one block in ten 4 ms late, and the line under the other nine is right to 0.3 ms all the same.

use std::collections::VecDeque;

use crate::units::Moment;

/// How far back the line looks, s. Long enough for the slope (0.02 ms of jitter: 2 ppm), short enough to follow warming.
const MEMORY_S: f64 = 10.0;
/// One point of the envelope is kept for each so many seconds.
const BIN_S: f64 = 0.05;
/// The stretch whose stamps are judged, s.
const RECENT_S: f64 = 0.5;
/// Big blocks: so many stamps are judged even if that takes longer.
const MIN_RECENT: usize = 8;
/// Before the envelope is this long, s, its slope says more about jitter than about the device: until then the nominal
/// rate is laid under the recent stamps (100 ppm are 0.05 ms in half a second).
const SLOPE_AFTER_S: f64 = 3.0;
/// With big blocks, it needs so many points as well.
const SLOPE_POINTS: usize = 30;
/// A rate is told once the envelope is this long, s.
const RATE_AFTER_S: f64 = 5.0;
/// No device drifts by more (crystals: tens of ppm; servers that follow another device's rate: a few hundred).
const MAX_DRIFT: f64 = 500e-6;
/// A line that is off by less than this is not forgotten, ns,
const CONTRADICTION_NS: f64 = 1e6;
/// nor one that is off by less than so many times the height of the band that the recent stamps fill.
const CONTRADICTION_BANDS: f64 = 3.0;
/// A line that the recent stamps do not contradict is forgotten when it lies below so many points of the envelope in a
/// row (by chance, with stamps that are late by anything up to a limit: once in a billion),
const LONG_POINTS: usize = 30;
/// by more than this, ns,
const LONG_CONTRADICTION_NS: f64 = 0.1e6;
/// and by more than so many times the height of the band that those points fill.
const LONG_CONTRADICTION_BANDS: f64 = 1.0;
/// The recent stamps are judged in so many parts, one after the other; each has two stamps at least.
const PARTS: usize = 4;
/// Locked below this error, ns.
const LOCK_NS: f64 = 1e6;
/// Most stamps that are judged; smaller blocks than 32 frames at 192 kHz are judged over a shorter stretch.
const MAX_RECENT: usize = 3_200;

/// A stamp relative to the first one: how many frames later, and how much later than the nominal rate says.
#[derive(Clone, Copy, Debug)]
struct Point {
    frames: f64,
    late_ns: f64,
}

/// `late_ns` as a straight line over frames.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    offset_ns: f64,
    ns_per_frame: f64,
}

impl Line {
    fn at(self, frames: f64) -> f64 {
        self.offset_ns + self.ns_per_frame * frames
    }

    /// The highest line of this slope that lies above none of the points.
    fn under<'a>(ns_per_frame: f64, points: impl Iterator<Item = &'a Point>) -> Self {
        let offset_ns = points
            .map(|p| p.late_ns - ns_per_frame * p.frames)
            .fold(f64::INFINITY, f64::min);
        Self {
            offset_ns,
            ns_per_frame,
        }
    }
}

/// Dates the frames of one stream.
#[derive(Clone, Debug)]
pub struct StreamClock {
    rate_hz: f64,
    zero: Option<(u64, Moment)>,
    /// Nothing from before this frame is believed.
    since: f64,
    was_locked: bool,
    envelope: VecDeque<Point>,
    recent: VecDeque<Point>,
    line: Line,
    /// How far above the line the earliest stamp of the worst part of the recent ones lies.
    error_ns: f64,
    /// p95 of what the recent stamps lie above the line.
    late_ns: f64,
    /// Height of the band that the recent stamps fill.
    band_ns: f64,
    scratch: Vec<f64>,
    hull: Vec<Point>,
}

impl StreamClock {
    /// A clock for a stream of `sample_rate_hz` that knows nothing yet.
    pub fn new(sample_rate_hz: u32) -> Self {
        Self {
            rate_hz: f64::from(sample_rate_hz),
            zero: None,
            since: 0.0,
            was_locked: false,
            envelope: VecDeque::new(),
            recent: VecDeque::new(),
            line: Line::default(),
            error_ns: 0.0,
            late_ns: 0.0,
            band_ns: 0.0,
            scratch: Vec::new(),
            hull: Vec::new(),
        }
    }

    /// Takes in that `frame` was captured at `captured_at`, by the device's account. Frames must not go back.
    pub fn feed(&mut self, frame: u64, captured_at: Moment) {
        let (zero_frame, zero_at) = *self.zero.get_or_insert((frame, captured_at));
        let frames = frame.saturating_sub(zero_frame) as f64;
        let late_ns = captured_at.nanos_since(zero_at) as f64 - frames * self.nominal_ns();
        let point = Point { frames, late_ns };
        let below_ns = self.line.at(frames) - late_ns;
        if self.recent.is_empty() || below_ns > self.contradiction_ns() {
            // Never early: a stamp this far below the line proves that everything before it was late.
            self.envelope.clear();
            self.recent.clear();
            self.since = frames;
        }
        self.recent.push_back(point);
        let too_old = frames - RECENT_S * self.rate_hz;
        while self.recent.len() > MAX_RECENT
            || (self.recent.len() > MIN_RECENT && self.recent[0].frames < too_old)
        {
            self.recent.pop_front();
        }
        let new_bin = self.extend_envelope(point);
        if new_bin || below_ns > 0.0 {
            self.fit();
        }
    }

    /// Puts a point into its bin of the envelope; says whether it opened a bin.
    fn extend_envelope(&mut self, point: Point) -> bool {
        let bin_frames = BIN_S * self.rate_hz;
        let bin = |p: &Point| (p.frames / bin_frames).floor();
        let too_old = point.frames - MEMORY_S * self.rate_hz;
        while self.envelope.front().is_some_and(|p| p.frames < too_old) {
            self.envelope.pop_front();
        }
        match self.envelope.back_mut() {
            Some(last) if bin(last) >= bin(&point) => {
                if point.late_ns < last.late_ns {
                    *last = point;
                }
                false
            }
            _ => {
                self.envelope.push_back(point);
                true
            }
        }
    }

    /// Lays the line, judges the recent stamps by it, and forgets what they contradict.
    fn fit(&mut self) {
        self.lay_line();
        let least_ns = self.judge();
        let recent_s = self.heard_since(self.recent.front().map_or(0.0, |p| p.frames));
        let enough = self.recent.len() >= MIN_RECENT && recent_s >= RECENT_S * 0.8;
        if enough && least_ns > self.contradiction_ns() {
            // Half a second without one stamp near the line, though they agree with each other: the old ones lied.
            self.line = Line::default();
            self.believe_recent();
            self.lay_line();
            self.judge();
        } else if self.envelope_contradicts() {
            // A small lie hides from half a second, not from two.
            self.line = Line::default();
            self.envelope.drain(..self.envelope.len() - LONG_POINTS);
            self.since = self.envelope[0].frames;
            self.lay_line();
            self.judge();
        }
        if !self.was_locked && self.locked() {
            // The opening's stamps were no part of this; the next seconds' slope does not rest on them either.
            self.was_locked = true;
            self.believe_recent();
        }
    }

    /// Whether the newest points of the envelope agree with each other better than with the line.
    fn envelope_contradicts(&self) -> bool {
        let older = self.envelope.len().saturating_sub(LONG_POINTS);
        let newest = self.envelope.range(older..);
        let above = newest.map(|p| p.late_ns - self.line.at(p.frames));
        let (least, most) = above.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), ns| {
            (a.min(ns), b.max(ns))
        });
        let band = LONG_CONTRADICTION_BANDS * (most - least);
        older > 0 && least > LONG_CONTRADICTION_NS.max(band)
    }

    /// Forgets everything but the recent stamps.
    fn believe_recent(&mut self) {
        self.envelope.clear();
        for point in std::mem::take(&mut self.recent) {
            self.extend_envelope(point);
            self.recent.push_back(point);
        }
        let newest = self.recent.back().map_or(0.0, |p| p.frames);
        let oldest = self.recent.front().map_or(0.0, |p| p.frames);
        self.since = oldest.min(newest - RECENT_S * self.rate_hz);
    }

    fn lay_line(&mut self) {
        let known = self.heard_since(self.since) >= SLOPE_AFTER_S;
        if known && self.envelope.len() >= SLOPE_POINTS {
            let slope = middle_edge_slope(&self.envelope, &mut self.hull);
            // No device drifts by more: then some of these stamps lie.
            if slope.abs() <= MAX_DRIFT * self.nominal_ns() {
                self.line = Line::under(slope, self.envelope.iter());
                return;
            }
        }
        self.line = Line::under(self.line.ns_per_frame, self.recent.iter());
    }

    /// Measures the recent stamps against the line; gives the least residual, ns.
    fn judge(&mut self) -> f64 {
        self.scratch.clear();
        let line = self.line;
        self.scratch
            .extend(self.recent.iter().map(|p| p.late_ns - line.at(p.frames)));
        let least = |stamps: &[f64]| stamps.iter().copied().fold(f64::INFINITY, f64::min);
        let least_ns = least(&self.scratch);
        let count = self.scratch.len();
        let parts = (count / 2).clamp(1, PARTS);
        self.error_ns = (0..parts)
            .map(|part| least(&self.scratch[part * count / parts..(part + 1) * count / parts]))
            .fold(0.0, f64::max);
        let rank = ((count as f64 * 0.95).ceil() as usize).clamp(1, count) - 1;
        let (_, p95, _) = self.scratch.select_nth_unstable_by(rank, f64::total_cmp);
        self.late_ns = *p95;
        self.band_ns = *p95 - least_ns;
        least_ns
    }

    fn contradiction_ns(&self) -> f64 {
        CONTRADICTION_NS.max(CONTRADICTION_BANDS * self.band_ns)
    }

    fn nominal_ns(&self) -> f64 {
        1e9 / self.rate_hz
    }

    /// Seconds of stream from `frames` to the newest stamp.
    fn heard_since(&self, frames: f64) -> f64 {
        let newest = self.recent.back().map_or(frames, |p| p.frames);
        (newest - frames) / self.rate_hz
    }

    /// The frame that was (or will be) captured at `at`, counted as the frames fed; `None` before the first stamp.
    pub fn frame_at(&self, at: Moment) -> Option<f64> {
        let (zero_frame, zero_at) = self.zero?;
        let ns = at.nanos_since(zero_at) as f64 - self.line.offset_ns;
        Some(ns / (self.nominal_ns() + self.line.ns_per_frame) + zero_frame as f64)
    }

    /// When `frame` was (or will be) captured; `None` before the first stamp.
    pub fn moment_of(&self, frame: f64) -> Option<Moment> {
        let (zero_frame, zero_at) = self.zero?;
        let frames = frame - zero_frame as f64;
        let ns = frames * self.nominal_ns() + self.line.at(frames);
        Some(zero_at.offset_nanos(ns.round() as i64))
    }

    /// How wrong the dates may be, ms: by so much the line would lie later if only the worst quarter of the last half
    /// second had been heard.
    pub fn error_ms(&self) -> f64 {
        self.error_ns / 1e6
    }

    /// p95 of what the stamps of the last half second lie above the line, ms: how late blocks are told.
    pub fn lateness_ms(&self) -> f64 {
        self.late_ns / 1e6
    }

    /// Whether every quarter of half a second has a stamp within 1 ms of the line.
    pub fn locked(&self) -> bool {
        self.heard_since(self.since) >= RECENT_S && self.error_ns < LOCK_NS
    }

    /// The device's rate by the monotonic clock, Hz; `None` before five seconds agree on it.
    pub fn measured_rate_hz(&self) -> Option<f64> {
        let long = self.heard_since(self.since) >= RATE_AFTER_S;
        let known = long && self.envelope.len() >= SLOPE_POINTS;
        known.then(|| 1e9 / (self.nominal_ns() + self.line.ns_per_frame))
    }
}

/// Slope of the lower hull's edge under the mean of `points` (at least two, ordered by frames), ns per frame.
fn middle_edge_slope(points: &VecDeque<Point>, hull: &mut Vec<Point>) -> f64 {
    let slope = |a: Point, b: Point| (b.late_ns - a.late_ns) / (b.frames - a.frames);
    hull.clear();
    let mut sum_frames = 0.0;
    for &point in points {
        sum_frames += point.frames;
        while let [.., before, last] = hull[..] {
            if slope(before, last) < slope(last, point) {
                break;
            }
            hull.pop();
        }
        hull.push(point);
    }
    let middle = sum_frames / points.len() as f64;
    let edge = hull.windows(2).find(|edge| edge[1].frames >= middle);
    edge.map_or(0.0, |edge| slope(edge[0], edge[1]))
}
