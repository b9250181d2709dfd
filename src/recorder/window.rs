//! Take windows: where a take begins and ends, in frames of its stream.
//!
//! Promise: within their bounds the fixed rolls are whole. The pre-roll begins no earlier than the last key-up, the
//! stream's opening, a gap, or 200 ms after our own speaker was heard; the post-roll ends at the next key-down. Speech
//! under way at the start key is taken in from its onset, two seconds back at most; speech that goes on after the stop is
//! taken in up to the longest post-roll. What kept an edge from where it wanted to be is named.
//!
//! How it fails: speech is found by its level; what is too soft for that gets the fixed rolls.

use std::ops::Range;

use crate::signal::activity::{HANGOVER_MS, KEY_MS, speech};

use super::messages::WindowSettings;
use super::stream::Stream;

/// Words of `limited_by` and of the cutter's own warnings, which are part of the corpus format.
pub mod words {
    /// Hands-free: something was said before the prompt could be read.
    pub const EARLY_SPEECH: &str = "early_speech";
    /// Hands-free: something more was said after the end, when the next prompt was up already.
    pub const SPOKEN_ON: &str = "spoken_on";
    /// The key-up of the take before.
    pub const PREVIOUS_TAKE: &str = "previous_take";
    /// The opening of the stream.
    pub const STREAM_START: &str = "stream_start";
    /// Frames are missing before the take.
    pub const GAP: &str = "gap";
    /// Our own speaker was heard.
    pub const PLAYBACK: &str = "playback";
    /// Speech before the key was longer than is looked back.
    pub const LOOK_BACK: &str = "look_back";
    /// The start key reached the recorder so late that the audio before it was gone.
    pub const HISTORY: &str = "history";
    /// The key-down of the next take.
    pub const NEXT_TAKE: &str = "next_take";
    /// Speech went on beyond the longest post-roll.
    pub const POST_ROLL_MAX: &str = "post_roll_max";
    /// No stop within the longest take.
    pub const MAX_TAKE: &str = "max_take";
    /// Too much audio waited for the disk.
    pub const WRITER_QUEUE: &str = "writer_queue";
    /// The source ended or gave nothing for three seconds.
    pub const DEVICE_LOST: &str = "device_lost";
    /// The machine slept, or the program was stopped.
    pub const SUSPENDED: &str = "suspended";
    /// The program itself failed.
    pub const PROGRAM_ERROR: &str = "program_error";
}

/// Farthest that early speech is followed back from the start key, ms.
pub const LOOK_BACK_MS: u32 = 2000;
/// Taken in before a detected onset, ms: soft consonants begin below the threshold.
const ONSET_MARGIN_MS: u32 = 50;
/// Kept away from the end of our own playback, ms: the room's echo.
const AFTER_PLAYBACK_MS: u32 = 200;

/// Where a window begins or ends, and why not where it wanted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// First frame of the window, or the frame after its last.
    pub frame: u64,
    /// What held it back.
    pub limited_by: Option<&'static str>,
}

/// What begins and ends a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Keys, which do not know where speech is.
    Keys,
    /// Speech itself.
    Speech,
}

/// What a take's beginning must respect besides the stream itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// Key-up of the take before.
    pub last_stop: Option<u64>,
    /// Where our own speaker was heard last.
    pub played_until: Option<u64>,
}

/// The first frame of a take whose start key (or first speech) is frame `press`. The stream must have reached `press`, or
/// must have ended.
pub fn start(
    stream: &Stream,
    settings: &WindowSettings,
    (trigger, press): (Trigger, u64),
    before: Before,
) -> Edge {
    // Signed: what is wanted may lie before the stream.
    let back = |ms: u32| press as i64 - stream.frames_in_ms(ms) as i64;
    let (fixed, look_back) = (back(settings.pre_roll_ms), back(LOOK_BACK_MS));
    let onset = match trigger {
        Trigger::Keys => onset_under_way(stream, press, before.last_stop).unwrap_or(fixed),
        Trigger::Speech => fixed,
    };
    let wanted = fixed.min(onset.max(look_back));
    let history = stream.history();
    let opening = if history.start() > history.origin() {
        (history.start(), words::HISTORY)
    } else {
        (history.origin(), words::STREAM_START)
    };
    let bounds = [
        Some(opening),
        before.last_stop.map(|frame| (frame, words::PREVIOUS_TAKE)),
        before.played_until.map(|frame| {
            (
                frame + stream.frames_in_ms(AFTER_PLAYBACK_MS),
                words::PLAYBACK,
            )
        }),
        last_gap_end(stream, press).map(|frame| (frame, words::GAP)),
    ];
    let bounds = bounds.into_iter().flatten();
    let (bound, word) = bounds.max_by_key(|(frame, _)| *frame).unwrap_or(opening);
    let earliest = bound.min(press).max(history.start());
    let frame = u64::try_from(wanted).unwrap_or(0).max(earliest);
    let limited_by = if frame as i64 > wanted {
        Some(word)
    } else {
        (onset < wanted).then_some(words::LOOK_BACK)
    };
    Edge { frame, limited_by }
}

/// Where the speech began that was under way at the start key.
fn onset_under_way(stream: &Stream, press: u64, last_stop: Option<u64>) -> Option<i64> {
    let hangover = stream.frames_in_ms(HANGOVER_MS);
    // A little farther than the take can begin, to know whether more was said.
    let from = press.saturating_sub(stream.frames_in_ms(LOOK_BACK_MS) + hangover);
    let keys = [Some(press), last_stop];
    let last = stretches(stream, from..press, keys.into_iter().flatten()).pop()?;
    let onset = last.start as i64 - stream.frames_in_ms(ONSET_MARGIN_MS) as i64;
    (last.end + hangover >= press).then_some(onset)
}

fn last_gap_end(stream: &Stream, press: u64) -> Option<u64> {
    let history = stream.history();
    let gap = history.gaps_in(history.start()..press).last()?;
    Some(gap.at_frame + gap.frames)
}

/// Where a stopped take ends by its own rules: at the stop plus the fixed post-roll, or as long after as speech goes on.
/// `None` while the stream is not far enough to tell. After speech that ended by itself nothing more is waited for.
pub fn end(
    stream: &Stream,
    settings: &WindowSettings,
    (trigger, press): (Trigger, u64),
    stop: u64,
) -> Option<Edge> {
    let fixed = stop + stream.frames_in_ms(settings.post_roll_ms);
    let longest = stop + stream.frames_in_ms(settings.post_roll_max_ms);
    if stream.end() < fixed {
        return None;
    }
    if longest <= fixed || trigger == Trigger::Speech {
        return Some(Edge {
            frame: fixed,
            limited_by: None,
        });
    }
    let hangover = stream.frames_in_ms(HANGOVER_MS);
    let from = stop.saturating_sub(stream.frames_in_ms(1000));
    let mut frame = fixed;
    for stretch in stretches(stream, from..stream.end(), [press, stop].into_iter()) {
        if stretch.start <= frame {
            frame = frame.max(stretch.end + hangover);
        }
    }
    let limited = frame > longest;
    let edge = Edge {
        frame: frame.min(longest),
        limited_by: limited.then_some(words::POST_ROLL_MAX),
    };
    (stream.end() >= edge.frame).then_some(edge)
}

/// Speech within `frames`, away from `keys`, in frames.
fn stretches(
    stream: &Stream,
    frames: Range<u64>,
    keys: impl Iterator<Item = u64> + Clone,
) -> Vec<Range<u64>> {
    let hop = stream.hops().hop_frames();
    let (first, levels) = stream.hops().range(stream.hops_in(&frames));
    let key_hops = KeyHops::new(stream, keys);
    speech(first, levels, stream.floor().reference_dbfs(), |n| {
        key_hops.contains(n)
    })
    .into_iter()
    .map(|hops| hops.start * hop..hops.end * hop)
    .collect()
}

/// The hops that a key can be heard in.
#[derive(Clone, Debug)]
pub struct KeyHops(Vec<Range<u64>>);

impl KeyHops {
    /// Those around `keys`.
    pub fn new(stream: &Stream, keys: impl Iterator<Item = u64>) -> Self {
        let hop = stream.hops().hop_frames();
        let near = stream.frames_in_ms(KEY_MS);
        let around = |key: u64| key.saturating_sub(near) / hop..(key + near) / hop + 1;
        Self(keys.map(around).collect())
    }

    /// Whether hop `n` is one of them.
    pub fn contains(&self, n: u64) -> bool {
        self.0.iter().any(|hops| hops.contains(&n))
    }
}
