//! What tells words, coughs and whispers apart, beyond whether there is a voice in them.
//!
//! Promise: measures and no verdicts. A word's loudest part is a vowel, later than its start; a cough is loudest when it
//! bursts, before it groans; a whisper is hiss through the mouth, while thumps lie lower. Nothing fails.

use std::ops::Range;

use super::{BANDS, Island, SMOOTH, Scene};
use crate::signal::voice::{Attack, Voicing, has_pitch, mean_voicing};

/// The loudest of an utterance.
const LOUDEST_HOPS: usize = 5;
/// Whispering has less sound below 800 Hz than so many times what it has above.
const LOW_IN_WHISPER: f32 = 0.7;

/// How `speech` begins, loudness being that of the band of voicing where voicing is asked about.
pub(super) fn attack(scene: &Scene, speech: &[Range<usize>]) -> Option<Attack> {
    let powers = scene.ticks.powers();
    let mut hops: Vec<(f32, Voicing)> = Vec::new();
    for (n, hop) in scene.hops.iter().enumerate().filter(|(_, hop)| !hop.key) {
        let start = scene.first_hop_frame + (n as u64 * scene.hop_frames) as i64;
        let tick = |frame: i64| scene.ticks.tick_of(frame.max(0) as u64) as usize;
        let ticks = tick(start)..tick(start + scene.hop_frames as i64).min(powers.len());
        let spoken = speech
            .iter()
            .any(|s| s.start <= ticks.start && ticks.end <= s.end);
        if let Some(voicing) = hop.voice.filter(|_| spoken && !ticks.is_empty()) {
            hops.push((powers[ticks].iter().map(|p| p[0]).sum(), voicing));
        }
    }
    let clearest = hops.iter().map(|(_, voicing)| voicing.periodicity);
    let clearest = clearest.fold(0.0, f32::max);
    hops.sort_by(|a, b| b.0.total_cmp(&a.0));
    hops.truncate(LOUDEST_HOPS);
    let loudest: Vec<Voicing> = hops.into_iter().map(|(_, voicing)| voicing).collect();
    (!loudest.is_empty()).then(|| Attack {
        loudest_after_ms: loudest_after_ms(powers, speech),
        loudest: mean_voicing(&loudest),
        clearest,
    })
}

/// How long after its part begins the loudest of `speech` comes, ms.
fn loudest_after_ms(powers: &[[f32; BANDS]], speech: &[Range<usize>]) -> u32 {
    let loudness = |n: usize| -> f32 {
        powers[n..(n + SMOOTH).min(powers.len())]
            .iter()
            .flatten()
            .sum()
    };
    speech
        .iter()
        .flat_map(|s| s.clone().map(move |n| (n - s.start, n)))
        .max_by(|a, b| loudness(a.1).total_cmp(&loudness(b.1)))
        .map_or(0, |(since, _)| since as u32)
}

/// Ticks of these sounds without speech that may be some all the same: all of one with a pitch, whose voice the network may
/// have missed, and of others those above the band of voicing: whispering lies there, thumps do not.
pub(super) fn whispered(sounds: &[&Island], powers: &[[f32; BANDS]], noise: [f32; BANDS]) -> u64 {
    let high = |tick: &&[f32; BANDS]| {
        let over = |band: usize| tick[band] - noise[band];
        over(1) > 0.0 && over(1) + over(2) > over(0) * LOW_IN_WHISPER
    };
    let ticks = sounds.iter().map(|sound| {
        if has_pitch(sound.periodic_hops) {
            sound.ticks.len()
        } else {
            powers[sound.ticks.clone()].iter().filter(high).count()
        }
    });
    ticks.sum::<usize>() as u64
}
