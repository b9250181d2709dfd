//! The corpus, read by nothing of voicebooth's: its sidecars as JSON, its WAVs as samples, and the words found in them by
//! cross-correlation with what was played.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

use crate::sitting::{Held, Said};
use crate::support::chance::rms;
use crate::support::locate::{self, alike};
use crate::support::sounds::frames;

/// A word is looked for in takes that are not further away than this, s.
const NEAR_S: f64 = 3.0;
/// A piece of a word is recognised above this correlation.
const SURE: f64 = 0.9;
/// All of it that can be in the WAV is like it above this.
const ALIKE: f64 = 0.8;
/// Length of the pieces that a word is recognised by, ms.
const PIECE_MS: f64 = 80.0;
/// It is looked for roughly at every so many-th sample first.
const COARSE: usize = 6;

/// A take of an item.
pub struct Take {
    pub path: PathBuf,
    /// Of the prompt, from 1.
    pub item: usize,
    pub number: u64,
    pub status: String,
    pub verdict: String,
    pub warnings: Vec<String>,
    pub flagged: bool,
    /// When it was made, seconds on the session's clock.
    pub heard_s: Range<f64>,
    /// The words in it.
    pub words: Vec<Found>,
    pub lost_frames: bool,
}

/// A word in a take.
pub struct Found {
    /// Of those that were said.
    pub said: usize,
    /// Where it lies in the WAV; beyond its edges where it was cut.
    pub at: Range<i64>,
    /// Frames of the WAV.
    pub of: i64,
}

impl Found {
    pub fn is_whole(&self) -> bool {
        self.at.start >= 0 && self.at.end <= self.of
    }
}

impl Take {
    /// Somebody is told that something may be wrong.
    pub fn is_told(&self) -> bool {
        self.verdict != "fine" || self.flagged
    }

    pub fn counts(&self) -> bool {
        self.status == "accepted"
    }
}

/// Every take of an item.
pub fn read(held: &Held) -> anyhow::Result<Vec<Take>> {
    let mut takes = Vec::new();
    for session in fs::read_dir(&held.recordings)? {
        let Ok(files) = fs::read_dir(session?.path()) else {
            continue;
        };
        for file in files {
            let path = file?.path();
            if path.extension().is_some_and(|end| end == "json") {
                let told: Value = serde_json::from_slice(&fs::read(&path)?)?;
                if told["role"] == "item" && !told["audio"].is_null() {
                    takes.push(take(held, &path, &told)?);
                }
            }
        }
    }
    takes.sort_by(|a, b| a.heard_s.start.total_cmp(&b.heard_s.start));
    Ok(takes)
}

fn take(held: &Held, sidecar: &Path, told: &Value) -> anyhow::Result<Take> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let id = text(&told["prompt"]["id"]);
    let path = sidecar.with_file_name(text(&told["audio"]["file"]));
    let (rate_hz, wav) = locate::read(&path)?;
    let started: jiff::Timestamp = text(&told["started_at"]).parse()?;
    let start_s = started.duration_since(held.clocks.1).as_secs_f64();
    let heard_s = start_s..start_s + wav.len() as f64 / f64::from(rate_hz);
    let near = |said: &Said| {
        let [start, end] = [said.start, said.end].map(|at| held.seconds(at));
        start < heard_s.end + NEAR_S && end > heard_s.start - NEAR_S
    };
    let candidates = held.said.iter().enumerate().filter(|(_, said)| near(said));
    let found = |(index, said): (usize, &Said)| {
        let start = place(&wav, &said.sound.samples)?;
        Some(Found {
            said: index,
            at: start..start + said.sound.samples.len() as i64,
            of: wav.len() as i64,
        })
    };
    Ok(Take {
        item: id.trim_start_matches('w').parse().context(id.clone())?,
        number: told["take"].as_u64().unwrap_or(0),
        status: text(&told["status"]),
        verdict: text(&told["quality"]["verdict"]),
        warnings: told["quality"]["warnings"]
            .as_array()
            .map(|words| words.iter().map(text).collect())
            .unwrap_or_default(),
        flagged: told["flagged"] == true,
        words: candidates.filter_map(found).collect(),
        lost_frames: told["integrity"]["gaps"] != Value::Array(Vec::new()),
        heard_s,
        path,
    })
}

impl Held {
    /// An instant in seconds on the session's clock.
    pub fn seconds(&self, at: std::time::Instant) -> f64 {
        let (zero, _) = self.clocks;
        let seconds = |span: Duration| span.as_secs_f64();
        at.checked_duration_since(zero)
            .map_or_else(|| -seconds(zero - at), seconds)
    }
}

/// The WAV's frame at which the word begins (negative: before the WAV), by any third of it that is recognised.
fn place(wav: &[f32], word: &[f32]) -> Option<i64> {
    let loudest = rms(word);
    thirds(word).find_map(|piece| {
        let samples = &word[piece.clone()];
        if rms(samples) < 0.05 * loudest {
            return None;
        }
        let start = search(wav, samples)? as i64 - piece.start as i64;
        // A vowel of another word may be like it, all of it is not.
        let skipped = (-start).max(0) as usize;
        let heard = &wav[start.max(0) as usize..];
        let word = &word[skipped..word.len().min(skipped + heard.len())];
        (alike(word, heard) > ALIKE).then_some(start)
    })
}

/// The loudest piece of each third.
fn thirds(word: &[f32]) -> impl Iterator<Item = Range<usize>> {
    let (piece, third) = (frames(PIECE_MS), word.len() / 3);
    let step = piece / 8;
    (0..3).filter_map(move |part| {
        let places = (part * third..(part + 1) * third).step_by(step);
        places
            .map(|at| at..at + piece)
            .filter(|place| place.end <= word.len())
            .max_by(|a, b| rms(&word[a.clone()]).total_cmp(&rms(&word[b.clone()])))
    })
}

fn search(wav: &[f32], samples: &[f32]) -> Option<usize> {
    let last = wav.len().checked_sub(samples.len())?;
    let (rough, rough_samples) = (thinned(wav), thinned(samples));
    let lags = 0..=rough.len().checked_sub(rough_samples.len())?;
    let likely = best(lags, |lag| alike(&rough_samples, &rough[lag..]))?.0 * COARSE;
    let around = likely.saturating_sub(2 * COARSE)..=(likely + 2 * COARSE).min(last);
    let (at, sure) = best(around, |lag| alike(samples, &wav[lag..]))?;
    (sure > SURE).then_some(at)
}

fn best(lags: impl Iterator<Item = usize>, how: impl Fn(usize) -> f64) -> Option<(usize, f64)> {
    lags.map(|lag| (lag, how(lag)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The means of so many samples each.
fn thinned(samples: &[f32]) -> Vec<f32> {
    let mean = |part: &[f32]| part.iter().sum::<f32>() / part.len() as f32;
    samples.chunks(COARSE).map(mean).collect()
}
