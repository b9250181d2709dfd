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
fn a_word_with_the_key_in_its_midst_is_whole() {
    let key = 650;
    let early = [
        BEFORE,
        (100, ROOM, -40.0, false),
        (190, -30.0, ROOM, true),
        BEFORE,
    ];
    assert_near(&segments_ms(&found(&early, Some(key))), &[(500, 790)]);
    // What ends well before the key is another sound.
    let breath = [
        (390, ROOM, ROOM, false),
        (150, ROOM, -35.0, false),
        (180, ROOM, ROOM, false),
        (250, -30.0, ROOM, true),
        BEFORE,
    ];
    assert_near(&segments_ms(&found(&breath, Some(key))), &[(720, 970)]);
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

#[test]
fn a_burst_before_a_groan_is_loudest_at_once_and_a_word_is_not() {
    let cough = [
        BEFORE,
        (40, ROOM, -10.0, true),
        (200, -35.0, ROOM, true),
        BEFORE,
    ];
    let found_cough = found(&cough, None);
    let attack = found_cough.attack.unwrap();
    assert!(attack.loudest_after_ms <= 60 && !found_cough.unpitched);
    let word = [
        BEFORE,
        (100, -40.0, ROOM, true),
        (200, -30.0, ROOM, true),
        BEFORE,
    ];
    let word = found(&word, None);
    let attack = word.attack.unwrap();
    assert!(attack.loudest_after_ms > 60);
    let vowel = attack.loudest;
    assert!(
        vowel.probability > 0.8 && vowel.periodicity > 0.5,
        "{vowel:?}"
    );
}

#[test]
fn noise_that_the_network_takes_for_a_voice_is_no_speech_unless_it_lasts_and_then_it_has_no_pitch()
{
    let creaking = |ms| found(&[BEFORE, (ms, ROOM, -30.0, true), BEFORE], None);
    assert_eq!(creaking(250).segments, []);
    let long = creaking(400);
    assert_near(&segments_ms(&long), &[(500, 900)]);
    assert!(long.unpitched);
    assert!(!found(&[BEFORE, (400, -30.0, ROOM, true), BEFORE], None).unpitched);
}

#[test]
fn of_a_word_that_was_cut_off_to_its_hiss_the_networks_word_is_enough() {
    let cut = found(&[(100, ROOM, -30.0, true), BEFORE], None);
    assert!(cut.touches_start, "{cut:?}");
}

#[test]
fn hiss_through_the_mouth_may_be_whispered_and_what_belongs_to_a_word_is_not() {
    let whisper = found(&[BEFORE, (300, ROOM, -35.0, false), BEFORE], None);
    assert_eq!(whisper.segments, []);
    let ms = whisper.whispered_frames / 16;
    assert!((250..=320).contains(&ms), "{ms}");
    let parts = [
        BEFORE,
        (80, ROOM, -45.0, false),
        (200, -30.0, ROOM, true),
        BEFORE,
    ];
    assert_eq!(found(&parts, None).whispered_frames, 0);
}

#[test]
fn a_burst_that_is_hardly_a_voice_may_be_a_cough_and_a_words_loud_start_is_none() {
    let may_be_cough = |probability, periodicity, loudest_after_ms| {
        let utterance = Utterance {
            attack: Some(Attack {
                loudest_after_ms,
                loudest: Voicing {
                    probability,
                    periodicity,
                },
                clearest: periodicity + 0.15,
            }),
            ..Utterance::default()
        };
        utterance.may_be_cough()
    };
    assert!(may_be_cough(0.57, 0.13, 20));
    assert!(
        !may_be_cough(0.57, 0.13, 150),
        "a vowel came later and louder"
    );
    assert!(may_be_cough(0.8, 0.05, 90), "a blow that rings");
    assert!(!may_be_cough(0.8, 0.2, 20), "a creaking vowel");
    assert!(!may_be_cough(0.6, 0.4, 20), "a voice that is less sure");
    assert!(!Utterance::default().may_be_cough(), "nobody spoke");
}
