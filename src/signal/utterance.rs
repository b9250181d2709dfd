//! The utterance within a take: where speech begins and ends, and the pauses in it.
//!
//! Promise: the voice activity says what is speech, the power by the millisecond says where it begins and ends. A stretch
//! of sound that stands out of the noise in any band is an island; islands in which a voice is heard are speech, those
//! without are coughs, doors, clicks and breaths, and are left out, except where they touch a voice so closely that they
//! must be its consonants. Edges lie to the millisecond, rather a little outside than inside.
//!
//! How it fails: a breath or a cough without a pause to the word is taken for a part of it. Whispering, which the voice
//! activity often misses, is no speech. A weak consonant under the room's noise is cut off from the word.

use std::ops::Range;

use super::level::HopLevel;
use super::ticks::{BANDS, Ticks};
use super::voice::{Attack, HopVoice, has_pitch, is_periodic, is_speech, is_voice};

/// What is known of one hop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hop {
    /// Its level.
    pub level: HopLevel,
    /// Its voice activity.
    pub voice: HopVoice,
    /// A key can be heard in it (within ± 60 ms).
    pub key: bool,
}

/// A take, as it lies before [`find`].
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// Powers from the take's first frame on.
    pub ticks: &'a Ticks,
    /// Facts of the hops; those that reach beyond the take at either end may be among them.
    pub hops: &'a [Hop],
    /// The first of `hops` begins so many frames after the take's first frame; negative before it.
    pub first_hop_frame: i64,
    /// Frames in a hop.
    pub hop_frames: u64,
    /// The calibrated noise floor, dBFS.
    pub floor_dbfs: f32,
}

/// Speech within a take, in frames from its first.
#[allow(clippy::struct_excessive_bools)] // each is a finding of its own
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Utterance {
    /// Stretches of speech, in order, with a pause between each two.
    pub segments: Vec<Range<u64>>,
    /// The take begins in the midst of speech.
    pub touches_start: bool,
    /// The take ends in the midst of speech.
    pub touches_end: bool,
    /// How it begins: vowels are a voice and have a pitch, the burst of a cough is half a voice and has none. `None` where
    /// nobody spoke.
    pub attack: Option<Attack>,
    /// It has no pitch: a voice that creaks all through, or a noise that the network takes for a voice.
    pub unpitched: bool,
    /// Frames of sound that may be whispered: no voice in it, and more above 800 Hz than below.
    pub whispered_frames: u64,
    /// Frames of the longest sound that is not speech, or too soft to be told from noise.
    pub longest_other: u64,
}

impl Utterance {
    /// From the first frame of speech to the frame after its last; `None` where nobody spoke.
    pub fn span(&self) -> Option<Range<u64>> {
        Some(self.segments.first()?.start..self.segments.last()?.end)
    }

    /// The silences between its segments.
    pub fn pauses(&self) -> impl Iterator<Item = Range<u64>> {
        self.segments
            .windows(2)
            .map(|pair| pair[0].end..pair[1].start)
    }

    /// Whether it begins as a cough or a blow does ([`Attack::is_burst`]).
    pub fn may_be_cough(&self) -> bool {
        self.attack.is_some_and(|attack| attack.is_burst())
    }

    /// Frames of speech without the pauses.
    pub fn speech_frames(&self) -> u64 {
        self.segments.iter().map(|s| s.end - s.start).sum()
    }
}

/// Powers are averaged over so many ticks; odd.
const SMOOTH: usize = 9;
/// What stands out of the noise by so much is sound, dB by band: some four standard deviations of noise averaged so long.
const SOUND_DB: [f32; BANDS] = [6.5, 5.0, 4.0];
/// Faint ends: speech goes on for as long as the next so many ms stand out by this, dB by band.
const FAINT_MS: usize = 24;
const FAINT_STEP_MS: usize = 8;
const FAINT_DB: [f32; BANDS] = [3.5, 2.3, 2.0];
/// An island must be louder than that somewhere, dB.
const LOUD_DB: f32 = 4.0;
/// Sounds so close to each other are one island, ms.
const JOIN_MS: usize = 20;
/// Shorter islands are clicks, ms.
const CLICK_MS: usize = 16;
/// A voice of fewer hops in all is none.
const LEAST_VOICE_HOPS: usize = 5;
/// A sound without voice belongs to the speech that it precedes or follows so closely, ms: hiss before a voice, and the
/// release of a stop after its closure.
const BEFORE_VOICE_MS: usize = 45;
const AFTER_VOICE_MS: usize = 130;
/// The same for what is longer than any consonant, ms: it must touch.
const CONSONANT_MS: usize = 220;
/// Shorter silences within speech are stops and no pauses, ms.
const PAUSE_MS: usize = 150;
/// Edges are laid so much outside, ms.
const MARGIN_MS: usize = 6;
/// What lies farther below the speech than this is its echo, dB.
const ECHO_DB: f32 = 48.0;
/// No band of a room is taken to be quieter than this: below lies dither.
const QUIETEST: f32 = 1e-9;
/// A hop is quiet when it is within this of the noise floor, dB; and so many of them tell what the noise is.
const QUIET_DB: f32 = 4.0;
const ENOUGH_QUIET: usize = 8;

/// Finds the utterance.
pub fn find(scene: &Scene) -> Utterance {
    let powers = scene.ticks.powers();
    let marks = Marks::new(scene);
    let noise = noise(scene, &marks);
    let excess = excess(powers, noise, &marks);
    let mut islands = islands(&excess, &marks.hidden);
    for island in &mut islands {
        let hops = |marks: &[bool]| marks[island.ticks.clone()].iter().filter(|m| **m).count() / 10;
        (island.voice_hops, island.periodic_hops) = (hops(&marks.voiced), hops(&marks.periodic));
        island.hidden_hops = hops(&marks.hidden);
        island.at_edge = island.ticks.start <= 2 || island.ticks.end + 2 >= powers.len();
    }
    let mut speech = select(&islands);
    for n in 0..speech.len() {
        let from = n.checked_sub(1).map_or(0, |n| speech[n].end);
        let to = speech.get(n + 1).map_or(powers.len(), |next| next.start);
        let is_sound = |ticks: Range<usize>| {
            stands_out(&powers[ticks.clone()], noise) && !marks.hidden[ticks].contains(&true)
        };
        speech[n] = with_faint_ends(speech[n].clone(), from..to, is_sound);
    }
    let periodic = speech.iter().flat_map(|s| &marks.periodic[s.clone()]);
    let periodic_hops = periodic.filter(|is_periodic| **is_periodic).count() / 10;
    let other = apart(&islands, &speech);
    let longest_other = other.iter().map(|i| i.ticks.len()).max().unwrap_or(0);
    let whispered = kinds::whispered(&other, powers, noise);
    let nobody_spoke = Utterance {
        longest_other: scene.ticks.frame_of(longest_other as u64),
        whispered_frames: scene.ticks.frame_of(whispered),
        ..Utterance::default()
    };
    let Some((first, last)) = speech.first().zip(speech.last()) else {
        return nobody_spoke;
    };
    let (touches_start, touches_end) = (first.start <= 2, last.end + 2 >= powers.len());
    let margin = |ticks: &Range<usize>| {
        ticks.start.saturating_sub(MARGIN_MS)..(ticks.end + MARGIN_MS).min(powers.len())
    };
    let frames = |ticks: Range<usize>| {
        scene.ticks.frame_of(ticks.start as u64)..scene.ticks.frame_of(ticks.end as u64)
    };
    Utterance {
        segments: speech.iter().map(margin).map(frames).collect(),
        touches_start,
        touches_end,
        attack: kinds::attack(scene, &speech),
        unpitched: !has_pitch(periodic_hops),
        ..nobody_spoke
    }
}

/// The islands that are no part of `speech`.
fn apart<'a>(islands: &'a [Island], speech: &[Range<usize>]) -> Vec<&'a Island> {
    let apart = |island: &&Island| {
        speech
            .iter()
            .all(|s| s.end <= island.ticks.start || island.ticks.end <= s.start)
    };
    islands.iter().filter(apart).collect()
}

/// What the hops say, spread over the take's ticks.
struct Marks {
    voiced: Vec<bool>,
    /// There is a pitch.
    periodic: Vec<bool>,
    /// Keys and missing frames: nothing is to be told from these.
    hidden: Vec<bool>,
    quiet: Vec<bool>,
}

impl Marks {
    fn new(scene: &Scene) -> Self {
        let count = scene.ticks.powers().len();
        let mut marks = Self {
            voiced: vec![false; count],
            periodic: vec![false; count],
            hidden: vec![false; count],
            quiet: vec![false; count],
        };
        for (n, hop) in scene.hops.iter().enumerate() {
            let start = scene.first_hop_frame + (n as u64 * scene.hop_frames) as i64;
            let tick = |frame: i64| (scene.ticks.tick_of(frame.max(0) as u64) as usize).min(count);
            let range = tick(start)..tick(start + scene.hop_frames as i64);
            let voice = is_voice(hop.level, hop.voice);
            let near_floor = hop
                .level
                .is_some_and(|level| level <= scene.floor_dbfs + QUIET_DB);
            marks.voiced[range.clone()].fill(voice && !hop.key);
            marks.periodic[range.clone()].fill(!hop.key && is_periodic(hop.voice));
            marks.hidden[range.clone()].fill(hop.key || hop.level.is_none());
            marks.quiet[range].fill(near_floor && !voice && !hop.key);
        }
        marks
    }
}

/// The noise's power by band, as the take itself shows it.
fn noise(scene: &Scene, marks: &Marks) -> [f32; BANDS] {
    let powers = scene.ticks.powers();
    let known = powers.iter().enumerate().filter(|(n, _)| !marks.hidden[*n]);
    let quiet: Vec<_> = known
        .clone()
        .filter(|(n, _)| marks.quiet[*n])
        .map(|(_, p)| *p)
        .collect();
    let mean = |ticks: &[[f32; BANDS]]| {
        let count = ticks.len().max(1) as f32;
        std::array::from_fn(|band| ticks.iter().map(|p| p[band]).sum::<f32>() / count)
    };
    let noise: [f32; BANDS] = if quiet.len() >= 10 * ENOUGH_QUIET {
        mean(&quiet)
    } else {
        // No room is heard: the quietest tenth of what there is.
        let mut blocks: Vec<_> = known
            .map(|(_, p)| *p)
            .collect::<Vec<_>>()
            .chunks(20)
            .map(mean)
            .collect();
        blocks.sort_by(|a, b| a.iter().sum::<f32>().total_cmp(&b.iter().sum()));
        blocks.truncate(blocks.len().div_ceil(10));
        mean(&blocks)
    };
    let voiced: Vec<_> = powers
        .iter()
        .zip(&marks.voiced)
        .filter(|(_, v)| **v)
        .map(|(p, _)| *p)
        .collect();
    let speech = mean(&voiced).iter().sum::<f32>();
    let echo = speech * 10_f32.powf(-ECHO_DB / 10.0);
    noise.map(|power| power.max(echo).max(QUIETEST))
}

/// By how much each tick stands out of the noise, in the band where it does most; 0 dB is the threshold.
fn excess(powers: &[[f32; BANDS]], noise: [f32; BANDS], marks: &Marks) -> Vec<f32> {
    let half = SMOOTH / 2;
    let over = |n: usize| {
        let near = &powers[n.saturating_sub(half)..(n + half + 1).min(powers.len())];
        let by_band = (0..BANDS).map(|band| {
            let power = near.iter().map(|p| p[band]).sum::<f32>() / near.len() as f32;
            10.0 * (power / noise[band]).max(1e-6).log10() - SOUND_DB[band]
        });
        by_band.fold(f32::NEG_INFINITY, f32::max)
    };
    let told = |n: usize| {
        if marks.hidden[n] && !marks.voiced[n] {
            f32::NEG_INFINITY
        } else {
            over(n)
        }
    };
    (0..powers.len()).map(told).collect()
}

/// The mean of these powers is more than noise is likely to have.
fn stands_out(powers: &[[f32; BANDS]], noise: [f32; BANDS]) -> bool {
    (0..BANDS).any(|band| {
        let power = powers.iter().map(|p| p[band]).sum::<f32>() / powers.len().max(1) as f32;
        10.0 * (power / noise[band]).max(1e-6).log10() > FAINT_DB[band]
    })
}

/// Looks outward from both ends, so that a sharp edge is not smeared.
fn with_faint_ends(
    mut speech: Range<usize>,
    within: Range<usize>,
    is_sound: impl Fn(Range<usize>) -> bool,
) -> Range<usize> {
    while speech.end + FAINT_MS <= within.end && is_sound(speech.end..speech.end + FAINT_MS) {
        speech.end += FAINT_STEP_MS;
    }
    while speech.start >= within.start + FAINT_MS && is_sound(speech.start - FAINT_MS..speech.start)
    {
        speech.start -= FAINT_STEP_MS;
    }
    speech
}

/// A stretch of sound.
#[derive(Clone, Debug)]
struct Island {
    ticks: Range<usize>,
    voice_hops: usize,
    periodic_hops: usize,
    /// Nothing is told of these.
    hidden_hops: usize,
    /// The take begins or ends in it.
    at_edge: bool,
}

impl Island {
    fn is_voice(&self) -> bool {
        // Of a word that was cut off little pitch may be left.
        self.may_be_voice() && (self.at_edge || is_speech(self.voice_hops, self.periodic_hops))
    }

    /// The network takes it for a voice, and a click in a hangover of it is none.
    fn may_be_voice(&self) -> bool {
        self.voice_hops >= 3 && (self.voice_hops * 4 + self.hidden_hops) * 10 >= self.ticks.len()
    }
}

/// What lies under a key is sound where there is sound at both sides of it: who speaks before the key is heard whole.
fn islands(excess: &[f32], hidden: &[bool]) -> Vec<Island> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (n, _) in excess.iter().enumerate().filter(|(_, over)| **over > 0.0) {
        let silent = |last: &Range<usize>| hidden[last.end..n].iter().filter(|h| !**h).count();
        match found.last_mut() {
            Some(last) if silent(last) < JOIN_MS => last.end = n + 1,
            _ => found.push(n..n + 1),
        }
    }
    found.retain(|ticks| {
        let loudest = excess[ticks.clone()]
            .iter()
            .copied()
            .fold(f32::NEG_INFINITY, f32::max);
        ticks.len() >= CLICK_MS && loudest >= LOUD_DB
    });
    found
        .into_iter()
        .map(|ticks| Island {
            ticks,
            voice_hops: 0,
            periodic_hops: 0,
            hidden_hops: 0,
            at_edge: false,
        })
        .collect()
}

/// The islands that are speech, joined where no pause lies between.
fn select(islands: &[Island]) -> Vec<Range<usize>> {
    let voice_hops: usize = islands
        .iter()
        .filter(|i| i.is_voice())
        .map(|i| i.voice_hops)
        .sum();
    if voice_hops < LEAST_VOICE_HOPS {
        return Vec::new();
    }
    let mut taken: Vec<bool> = islands.iter().map(Island::is_voice).collect();
    let is_consonant =
        |n: usize| islands[n].ticks.len() <= CONSONANT_MS || islands[n].may_be_voice();
    for n in 1..islands.len() {
        let gap = islands[n].ticks.start - islands[n - 1].ticks.end;
        taken[n] |= taken[n - 1] && is_consonant(n) && gap <= AFTER_VOICE_MS;
    }
    for n in (1..islands.len()).rev() {
        let gap = islands[n].ticks.start - islands[n - 1].ticks.end;
        taken[n - 1] |= taken[n] && is_consonant(n - 1) && gap <= BEFORE_VOICE_MS;
    }
    let mut speech: Vec<Range<usize>> = Vec::new();
    for (island, _) in islands.iter().zip(taken).filter(|(_, taken)| *taken) {
        match speech.last_mut() {
            Some(last) if island.ticks.start - last.end < PAUSE_MS => last.end = island.ticks.end,
            _ => speech.push(island.ticks.clone()),
        }
    }
    speech
}

mod kinds;
#[cfg(test)]
mod tests;
