//! Hears a planted stream as the recorder would: hop by hop, with the noise floor of what came before.

use std::ops::Range;
use std::time::{Duration, Instant};

use voicebooth::signal::endpoint::{Endpoint, Endpointer};
use voicebooth::signal::floor::NoiseFloor;
use voicebooth::signal::level::{HopLevel, HopLevels};
use voicebooth::signal::quality::{Around, Measures, TakeMeasures};
use voicebooth::signal::thresholds::Thresholds;
use voicebooth::signal::utterance::Hop;
use voicebooth::signal::verdict::{Facts, judge};
use voicebooth::signal::voice::VoiceActivity;

use super::clips::RATE_HZ;
use super::planted::Planted;

const HOP: usize = RATE_HZ as usize / 100;
/// A hands-free take has so many frames before the speech and after it: 300 ms.
const ROLL: usize = RATE_HZ as usize * 3 / 10;

/// What was made of it.
pub struct Heard {
    pub warnings: Vec<&'static str>,
    pub measures: Measures,
    /// Utterances that the endpointer saw.
    pub utterances: usize,
    /// Those whose own take would have been `fine`.
    pub fine_utterances: usize,
    pub detail: String,
}

/// What it cost.
#[derive(Default)]
pub struct Cost {
    take_s: f64,
    analysis: Duration,
    longest_finish: Duration,
    stream_s: f64,
    voice: Duration,
}

impl Cost {
    pub fn print(&self) {
        let share = |spent: Duration, s: f64| 100.0 * spent.as_secs_f64() / s;
        println!(
            "A take's measures cost {:.3} % of its length ({:.0} s of takes); the longest last step took {:.2} ms.",
            share(self.analysis, self.take_s),
            self.take_s,
            self.longest_finish.as_secs_f64() * 1000.0
        );
        println!(
            "Voice activity at 48 kHz costs {:.3} % of a core ({:.0} s of stream).",
            share(self.voice, self.stream_s),
            self.stream_s
        );
    }
}

/// Judges the take.
pub fn listen(planted: &Planted, cost: &mut Cost) -> Heard {
    let stream = &planted.stream;
    let mut levels = HopLevels::new(RATE_HZ, 1, 0, stream.len() / HOP + 1);
    let mut voice = VoiceActivity::new(RATE_HZ, 0, stream.len() / HOP + 1);
    let mut floor = NoiseFloor::default();
    let is_key = |hop: usize| {
        planted
            .keys
            .iter()
            .any(|key| (hop * HOP).abs_diff(*key) <= RATE_HZ as usize * 60 / 1000)
    };
    let mut endpointer: Option<Endpointer> = None;
    let mut uttered = Vec::new();
    for (n, block) in stream.chunks_exact(HOP).enumerate() {
        let in_take = planted.take.contains(&(n * HOP));
        let mut level: HopLevel = None;
        levels.push(block, |l| level = l);
        floor.push(level, in_take);
        if n * HOP > planted.take.start && endpointer.is_none() {
            endpointer = Some(Endpointer::new(n as u64, 400));
        }
        let mut count = |event: Option<Endpoint>| {
            if let Some(Endpoint::Ended { onset_hop, end_hop }) = event {
                uttered.push(onset_hop as usize * HOP..end_hop as usize * HOP);
            }
        };
        if let Some(endpointer) = &mut endpointer {
            count(endpointer.level(level, floor.reference_dbfs(), is_key(n)));
        }
        let began = Instant::now();
        let mut known = Vec::new();
        voice.push(block, |hop, p| known.push((hop, p)));
        cost.voice += began.elapsed();
        if let Some(endpointer) = &mut endpointer {
            for (hop, p) in known {
                count(endpointer.voice(hop, p));
            }
        }
    }
    cost.stream_s += stream.len() as f64 / f64::from(RATE_HZ);
    let judged = |take: &Range<usize>| {
        let first = take.start / HOP;
        let range = first as u64..take.end.div_ceil(HOP) as u64;
        let (_, hop_levels) = levels.range(range.clone());
        let (_, voices) = voice.range(range);
        let hops: Vec<Hop> = hop_levels
            .zip(voices)
            .enumerate()
            .map(|(n, (level, voice))| Hop {
                level,
                voice,
                key: is_key(first + n),
            })
            .collect();
        let mut measures = TakeMeasures::new(RATE_HZ, 1);
        for block in stream[take.clone()].chunks(4800) {
            measures.push(block);
        }
        let finish = Instant::now();
        let measures = measures.finish(&Around {
            hops: &hops,
            first_hop_frame: (first * HOP) as i64 - take.start as i64,
            reference_dbfs: floor.reference_dbfs(),
            floor_dbfs: floor.dbfs(),
        });
        let (_, warnings) = judge(&Facts::of(&measures, RATE_HZ), &Thresholds::DEFAULT);
        (measures, warnings, finish.elapsed())
    };
    let began = Instant::now();
    let (measures, warnings, finish) = judged(&planted.take);
    cost.longest_finish = cost.longest_finish.max(finish);
    cost.analysis += began.elapsed();
    cost.take_s += planted.take.len() as f64 / f64::from(RATE_HZ);
    let its_take = |speech: &Range<usize>| {
        speech.start.saturating_sub(ROLL)..(speech.end + ROLL).min(stream.len())
    };
    let utterances = uttered.len();
    let is_fine = |speech: &&Range<usize>| judged(&its_take(speech)).1.is_empty();
    let fine_utterances = uttered.iter().filter(is_fine).count();
    let detail = format!("{} uttered {utterances}", detail(planted, &measures));
    Heard {
        warnings,
        measures,
        utterances,
        fine_utterances,
        detail,
    }
}

/// What was found, beside what is true.
fn detail(planted: &Planted, measures: &Measures) -> String {
    let ms = |frame: i64| frame * 1000 / i64::from(RATE_HZ);
    let truth = planted.truth.as_ref().map(|t| {
        (
            ms(t.start as i64 - planted.take.start as i64),
            ms(t.end as i64 - planted.take.start as i64),
        )
    });
    let segments: Vec<_> = measures
        .utterance
        .segments
        .iter()
        .map(|s| (ms(s.start as i64), ms(s.end as i64)))
        .collect();
    format!(
        "truth {truth:?} of {} found {segments:?} snr {:.1?} hum {:?} differ {:.2?} drop {}",
        ms(planted.take.len() as i64),
        measures.snr_db,
        measures
            .hum
            .map(|h| (h.mains_hz, h.dbfs as i32, h.above_noise_db as i32)),
        measures.readings_differ,
        measures.dropouts
    )
}
