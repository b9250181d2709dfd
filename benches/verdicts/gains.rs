//! The microphone check's signs of gain control and noise suppression: a room and a sentence through gains that ride, and
//! through gates that close, judged as the check does.

use voicebooth::signal::check::{Advice, report};
use voicebooth::signal::thresholds::Thresholds;

use super::chance::{Chance, factor, rms};
use super::clips::Clip;
use super::defects::{Defect, Planted, at_snr};
use super::listen::{Cost, listen};
use super::session;
use super::sounds::{RATE_HZ, frames};
use super::table;

/// What lies between the microphone and us.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing,
    /// Loud sound turns the gain down within 50 ms; silence turns it up by 8 to 25 dB a second, up to 12 to 25 dB.
    GainControl,
    /// Noise without speech falls by 40 to 60 dB after 150 to 300 ms.
    Gate,
    /// The same, by only 12 to 24 dB: what spectral suppression leaves.
    Suppression,
}

impl Between {
    const ALL: [(Self, &'static str, Option<Advice>); 4] = [
        (Self::Nothing, "nothing (clean)", None),
        (
            Self::GainControl,
            "a gain that rides by 12 to 25 dB",
            Some(Advice::GainControl),
        ),
        (
            Self::Gate,
            "a gate, 40 to 60 dB",
            Some(Advice::NoiseSuppression),
        ),
        (
            Self::Suppression,
            "noise held down by 12 to 24 dB",
            Some(Advice::NoiseSuppression),
        ),
    ];

    /// What comes of the sound, whose room has the level `room` and whose speech `speech` (RMS).
    fn through(self, stream: &mut [f32], room: f32, speech: f32, chance: &mut Chance) {
        match self {
            Self::Nothing => {}
            Self::GainControl => ride(stream, speech, chance),
            Self::Gate => gate(stream, room, chance.between(-60.0, -40.0), chance),
            Self::Suppression => gate(stream, room, chance.between(-24.0, -12.0), chance),
        }
        for sample in stream {
            *sample = (*sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) / 32_768.0;
        }
    }
}

/// How loud it is in steps of 1 ms, over the last 20 ms.
fn loudness(stream: &[f32]) -> Vec<f32> {
    let step = frames(1.0);
    let ends = (0..stream.len()).step_by(step).map(|at| at + step);
    ends.map(|end| rms(&stream[end.saturating_sub(frames(20.0))..end.min(stream.len())]))
        .collect()
}

/// Multiplies each ms by its gain in dB.
fn apply(stream: &mut [f32], gains_db: &[f64]) {
    let step = frames(1.0);
    for (ms, block) in stream.chunks_mut(step).enumerate() {
        let (from, to) = (gains_db[ms.saturating_sub(1)], gains_db[ms]);
        let count = block.len() as f64;
        for (n, sample) in block.iter_mut().enumerate() {
            *sample *= factor(from + (to - from) * n as f64 / count);
        }
    }
}

fn ride(stream: &mut [f32], speech: f32, chance: &mut Chance) {
    let most_db = chance.between(12.0, 25.0);
    let up_db = chance.between(8.0, 25.0) / 1000.0;
    let mut gain_db = most_db;
    let gains: Vec<f64> = loudness(stream)
        .into_iter()
        .map(|level| {
            let wanted = 20.0 * f64::from(speech / level.max(1e-9)).log10();
            let wanted = wanted.clamp(0.0, most_db);
            gain_db += if wanted < gain_db {
                (wanted - gain_db) / 50.0
            } else {
                (wanted - gain_db).min(up_db)
            };
            gain_db
        })
        .collect();
    apply(stream, &gains);
}

fn gate(stream: &mut [f32], room: f32, closed_db: f64, chance: &mut Chance) {
    let hold_ms = chance.between(150.0, 300.0);
    let (mut since_ms, mut gain_db) = (1e3, closed_db);
    let gains: Vec<f64> = loudness(stream)
        .into_iter()
        .map(|level| {
            since_ms = if level > room * factor(10.0) {
                0.0
            } else {
                since_ms + 1.0
            };
            let wanted = if since_ms < hold_ms { 0.0 } else { closed_db };
            // It opens within some 5 ms and closes within 30.
            gain_db += (wanted - gain_db) / if wanted > gain_db { 2.0 } else { 10.0 };
            gain_db
        })
        .collect();
    apply(stream, &gains);
}

/// Prints how many of `takes` checks of each kind are seen through.
pub fn print(clips: &[Clip], takes: usize, chance: &mut Chance) {
    let sentences: Vec<&Clip> = clips
        .iter()
        .filter(|clip| clip.text.split_whitespace().count() >= 3)
        .collect();
    let mut rows = Vec::new();
    for (between, name, expected) in Between::ALL {
        let (mut found, mut alarmed) = (0, 0);
        for n in 0..takes {
            let advice = check(sentences[n % sentences.len()], between, chance);
            found += usize::from(expected.is_some_and(|word| advice.contains(&word)));
            let signs = [Advice::GainControl, Advice::NoiseSuppression];
            alarmed += usize::from(
                signs
                    .iter()
                    .any(|sign| Some(*sign) != expected && advice.contains(sign)),
            );
        }
        let share = |count: usize| format!("{:.1}", 100.0 * count as f64 / takes as f64);
        rows.push(vec![
            name.into(),
            expected.map_or("-", Advice::word).into(),
            takes.to_string(),
            expected.map_or("-".into(), |_| share(found)),
            share(alarmed),
        ]);
    }
    println!("## The microphone check\n");
    let head = [
        "between",
        "expected",
        "checks",
        "recall %",
        "the other sign %",
    ];
    table::print(&head, &rows);
}

/// What the check says of a room and a sentence in it.
fn check(clip: &Clip, between: Between, chance: &mut Chance) -> Vec<Advice> {
    let mut planted = loop {
        let snr_db = chance.between(26.0, 50.0);
        let planted = at_snr(Defect::None, clip, snr_db, chance);
        if planted.keys.is_empty() {
            break planted;
        }
    };
    let room = 0..planted.take.start;
    let truth = planted.truth.clone().unwrap_or(planted.take.clone());
    let levels = [room.clone(), truth].map(|part| rms(&planted.stream[part]));
    between.through(&mut planted.stream, levels[0], levels[1], chance);
    let silence = Planted {
        stream: planted.stream.clone(),
        take: frames(500.0)..room.end - frames(100.0),
        truth: None,
        name: planted.name.clone(),
        text: planted.text.clone(),
        speaker: planted.speaker.clone(),
        keys: Vec::new(),
        utterances: 0,
    };
    let prompt = session::prompt(&clip.text);
    let [silence, sentence] = [&silence, &planted]
        .map(|planted| listen(planted, &prompt, &session::nobody(), &mut Cost::default()).measures);
    let limits = Thresholds::DEFAULT;
    report(RATE_HZ, Some(&silence), Some(&sentence), &limits).advice
}
