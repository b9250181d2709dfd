use super::*;
use crate::signal::level::HopLevels;
use crate::signal::voice::Voicing;

const RATE_HZ: u32 = 16_000;
const FLOOR: f32 = -60.0;

/// What is heard in a stretch: ms, level of a buzz, level of a hiss, and whether the voice activity takes it for a voice.
type Part = (usize, f32, f32, bool);
const ROOM: f32 = -120.0;

/// A take of these parts in a room of white noise at the floor.
fn found(parts: &[Part], key_ms: Option<u64>) -> Utterance {
    let mut state = 9_u32;
    let mut white = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state >> 8) / f64::from(1 << 23) - 1.0) * 3_f64.sqrt()
    };
    let factor = |db: f32| 10_f64.powf(f64::from(db) / 20.0);
    let (mut samples, mut voiced, mut before) = (Vec::new(), Vec::new(), 0.0);
    let mut pitched = Vec::new();
    for (ms, buzz, hiss, voice) in parts {
        for _ in 0..ms * 16 {
            let t = samples.len() as f64 / f64::from(RATE_HZ);
            let tones: f64 = (1..12)
                .map(|k| (t * 120.0 * f64::from(k) * std::f64::consts::TAU).sin())
                .sum();
            let noise = white();
            // The difference of white noise is a hiss.
            let high = (noise - before) / 2_f64.sqrt();
            before = noise;
            let sum = tones / 5.5_f64.sqrt() * factor(*buzz)
                + high * factor(*hiss)
                + white() * factor(FLOOR);
            samples.push(sum as f32);
        }
        voiced.extend(vec![*voice; ms / 10]);
        pitched.extend(vec![buzz > hiss; ms / 10]);
    }
    let mut ticks = Ticks::new(RATE_HZ);
    ticks.push(&samples);
    let mut levels = HopLevels::new(RATE_HZ, 1, 0, voiced.len());
    let mut hops = Vec::new();
    levels.push(&samples, |level| {
        let near = |key: u64| (hops.len() as u64 * 10).abs_diff(key) <= 60;
        let likely = if voiced[hops.len()] { 0.9 } else { 0.1 };
        let voice = Some(Voicing {
            probability: likely,
            periodicity: if pitched[hops.len()] { 0.6 } else { 0.1 },
        });
        hops.push(Hop {
            level,
            voice,
            key: key_ms.is_some_and(near),
        });
    });
    find(&Scene {
        ticks: &ticks,
        hops: &hops,
        first_hop_frame: 0,
        hop_frames: 160,
        floor_dbfs: FLOOR,
    })
}

fn segments_ms(utterance: &Utterance) -> Vec<(u64, u64)> {
    utterance
        .segments
        .iter()
        .map(|s| (s.start / 16, s.end / 16))
        .collect()
}

fn assert_near(found: &[(u64, u64)], truth: &[(u64, u64)]) {
    // Rather outside than inside: up to 20 ms against up to 5.
    let outside = |by: i64| (-5..=20).contains(&by);
    let near = |(a, b): (&(u64, u64), &(u64, u64))| {
        outside(b.0 as i64 - a.0 as i64) && outside(a.1 as i64 - b.1 as i64)
    };
    assert!(
        found.len() == truth.len() && found.iter().zip(truth).all(near),
        "{found:?} is not {truth:?}"
    );
}

const BEFORE: Part = (500, ROOM, ROOM, false);

#[test]
fn a_word_is_found_with_its_hiss_and_the_release_after_its_closure() {
    let parts = [
        BEFORE,
        (80, ROOM, -45.0, false),
        (200, -30.0, ROOM, true),
        (80, ROOM, ROOM, true),
        (40, ROOM, -45.0, false),
        BEFORE,
    ];
    assert_near(&segments_ms(&found(&parts, None)), &[(500, 900)]);
}

#[test]
fn the_late_end_of_the_voice_activity_is_not_the_words_end() {
    let parts = [
        BEFORE,
        (250, -30.0, ROOM, true),
        (80, ROOM, ROOM, true),
        BEFORE,
    ];
    assert_near(&segments_ms(&found(&parts, None)), &[(500, 750)]);
}

#[test]
fn a_cough_a_door_and_a_click_are_not_the_utterance() {
    let noise = (250, ROOM, -25.0, false);
    let gap = (300, ROOM, ROOM, false);
    let parts = [
        BEFORE,
        noise,
        gap,
        (300, -30.0, ROOM, true),
        gap,
        (5, ROOM, -10.0, true),
        gap,
        noise,
        BEFORE,
    ];
    assert_near(&segments_ms(&found(&parts, None)), &[(1050, 1350)]);
    let alone = found(&[BEFORE, noise, BEFORE], None);
    assert_eq!(alone.segments, []);
    assert!(
        (240..280).contains(&(alone.longest_other / 16)),
        "{alone:?}"
    );
}

#[test]
fn pauses_part_an_utterance_and_closures_do_not() {
    let word = (300, -30.0, ROOM, true);
    let parts = [
        BEFORE,
        word,
        (100, ROOM, ROOM, false),
        word,
        (400, ROOM, ROOM, false),
        word,
        BEFORE,
    ];
    let utterance = found(&parts, None);
    assert_near(&segments_ms(&utterance), &[(500, 1200), (1600, 1900)]);
    let pauses: Vec<u64> = utterance.pauses().map(|p| (p.end - p.start) / 16).collect();
    assert!(
        pauses.len() == 1 && pauses[0].abs_diff(400) <= 24,
        "{pauses:?}"
    );
}

#[test]
fn speech_that_touches_an_edge_is_told() {
    let word = (300, -30.0, ROOM, true);
    let cut = found(&[word, BEFORE], None);
    assert!(cut.touches_start && !cut.touches_end);
    let cut = found(&[BEFORE, word], None);
    assert!(!cut.touches_start && cut.touches_end);
    let whole = found(&[(60, ROOM, ROOM, false), word, BEFORE], None);
    assert!(!whole.touches_start && !whole.touches_end);
}

#[test]
fn a_key_is_not_the_utterance_even_where_the_voice_activity_falls_for_it() {
    let parts = [BEFORE, (90, ROOM, -20.0, true), BEFORE];
    assert_eq!(found(&parts, Some(540)).segments, []);
}
