//! Speech by level: stretches that stand out of the noise floor long enough to be somebody speaking.
//!
//! Promise: a stretch begins 8 dB above the floor and lasts while it stays 5 dB above it; pauses of up to 200 ms (stops,
//! breaths between syllables) do not end it, and what sounds for less than 60 ms in all is a click and no speech. Hops
//! around keys and hops with missing frames are never taken for speech, but a word that a key hides in part is one.
//!
//! How it fails: any sound that loud and that long is speech to it. That makes takes longer, never shorter; whispering
//! below the threshold is not seen, and then the fixed rolls are all there is.

use std::ops::Range;

use super::level::{HOP_MS, HopLevel};

/// Above the floor where a stretch begins, dB.
const ON_DB: f32 = 8.0;
/// Above the floor where it still lasts, dB.
const OFF_DB: f32 = 5.0;
/// What sounds for fewer hops is a click.
const LEAST_HOPS: u64 = 6;
/// Longest pause within speech, ms; speech counts as going on for so long after its last sound.
pub const HANGOVER_MS: u32 = 200;
/// Sounds this close to a key are the key, ms.
pub const KEY_MS: u32 = 60;

/// The stretches of speech among `levels`, whose first has the number `first_hop`, as hop numbers; without hangover.
pub fn speech(
    first_hop: u64,
    levels: impl Iterator<Item = HopLevel>,
    floor_dbfs: f32,
    is_key: impl Fn(u64) -> bool,
) -> Vec<Range<u64>> {
    let mut found: Vec<Stretch> = Vec::new();
    let mut run: Option<Range<u64>> = None;
    let mut loud = false;
    for (hop, level) in (first_hop..).zip(levels) {
        let above = match level {
            Some(level) if !is_key(hop) => level - floor_dbfs,
            _ => f32::NEG_INFINITY,
        };
        if above >= OFF_DB {
            run = Some(run.map_or(hop..hop + 1, |run| run.start..hop + 1));
            loud |= above >= ON_DB;
        } else if let Some(run) = run.take() {
            add(&mut found, run, loud);
            loud = false;
        }
    }
    if let Some(run) = run {
        add(&mut found, run, loud);
    }
    let speech = found.into_iter().filter(|s| s.sounding >= LEAST_HOPS);
    speech.map(|stretch| stretch.hops).collect()
}

/// Runs with short pauses between them.
struct Stretch {
    hops: Range<u64>,
    /// Hops without the pauses.
    sounding: u64,
}

fn add(found: &mut Vec<Stretch>, run: Range<u64>, loud: bool) {
    if !loud {
        return;
    }
    let sounding = run.end - run.start;
    match found.last_mut() {
        Some(last) if run.start - last.hops.end <= u64::from(HANGOVER_MS / HOP_MS) => {
            last.hops.end = run.end;
            last.sounding += sounding;
        }
        _ => found.push(Stretch {
            hops: run,
            sounding,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOR: f32 = -60.0;

    /// One letter a hop: `.` the room, `+` between the thresholds, `S` speech, `x` frames are missing.
    fn found(hops: &str) -> Vec<(u64, u64)> {
        with_keys(hops, |_| false)
    }

    fn with_keys(hops: &str, is_key: impl Fn(u64) -> bool) -> Vec<(u64, u64)> {
        let levels = hops.chars().map(|c| match c {
            'S' => Some(-30.0),
            '+' => Some(FLOOR + 6.0),
            'x' => None,
            _ => Some(FLOOR + 1.0),
        });
        let found = speech(100, levels, FLOOR, is_key);
        found
            .into_iter()
            .map(|hops| (hops.start, hops.end))
            .collect()
    }

    #[test]
    fn a_word_is_found_with_its_weak_edges() {
        assert_eq!(found("....++SSSSSS++...."), [(104, 114)]);
    }

    #[test]
    fn a_click_and_a_rise_that_never_gets_loud_are_no_speech() {
        assert_eq!(found("...SSSSS....++++++++++++..."), []);
    }

    #[test]
    fn a_short_pause_joins_and_a_long_one_parts() {
        let word = "SSSSSSSS";
        let short = format!("{word}{}{word}", ".".repeat(20));
        assert_eq!(found(&short), [(100, 136)]);
        let long = format!("{word}{}{word}", ".".repeat(21));
        assert_eq!(found(&long), [(100, 108), (129, 137)]);
    }

    #[test]
    fn a_key_in_the_middle_of_a_word_does_not_end_it_and_a_key_alone_is_nothing() {
        let key = |hop| (108..120).contains(&hop);
        assert_eq!(with_keys("SSSSSSSSSSSSSSSSSSSSSSSSSSSS", key), [(100, 128)]);
        assert_eq!(with_keys("........SSSSSSSSSSSS........", key), []);
    }

    #[test]
    fn a_short_word_of_which_a_key_hides_the_middle_is_a_word() {
        let key = |hop| (108..120).contains(&hop);
        assert_eq!(with_keys("....SSSSSSSSSSSSSSSSSSSSS...", key), [(104, 125)]);
    }

    #[test]
    fn missing_frames_are_no_speech() {
        assert_eq!(found("xxxxxxxxSSSSSSSSxxxxxxxx"), [(108, 116)]);
    }
}
