//! Hears a planted stream through what the capture thread hears it by: the running stream, hop by hop, with the noise
//! floor of what came before, the take's measures and what is known of the speaker.

use std::time::{Duration, Instant};

use voicebooth::audio::scripted::ScriptedSource;
use voicebooth::audio::{Stamp, StreamFormat};
use voicebooth::corpus::sidecar::PromptRecord;
use voicebooth::recorder::heard::{Besides, Heard as Listener};
use voicebooth::recorder::knowledge::{Knowledge, spoken};
use voicebooth::recorder::stream::Stream;
use voicebooth::recorder::window::KeyHops;
use voicebooth::signal::endpoint::{Endpoint, Endpointer};
use voicebooth::signal::mfcc::Features;
use voicebooth::signal::quality::Measures;
use voicebooth::units::Moment;

use super::defects::Planted;
use super::sounds::RATE_HZ;

const HOP: usize = RATE_HZ as usize / 100;

/// What was made of it.
pub struct Heard {
    pub warnings: Vec<String>,
    pub measures: Measures,
    pub features: Option<Features>,
    /// Utterances that the endpointer saw.
    pub utterances: usize,
    pub detail: String,
}

/// What it cost.
#[derive(Default)]
pub struct Cost {
    take_s: f64,
    analysis: Duration,
    longest_finish: Duration,
    stream_s: f64,
    stream: Duration,
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
            "The running stream (48 kHz: history, levels, voice activity) costs {:.3} % of a core ({:.0} s of stream).",
            share(self.stream, self.stream_s),
            self.stream_s
        );
    }
}

/// A stream in which `planted` has not been captured yet.
fn stream_of(planted: &Planted) -> Stream {
    let format = StreamFormat {
        sample_rate_hz: RATE_HZ,
        channels: 1,
    };
    let ms = planted.stream.len() as u64 * 1000 / u64::from(RATE_HZ);
    Stream::new(ScriptedSource::info(format), &stamp(0), ms as u32 + 1000)
}

/// The hop that begins with frame `at`.
fn stamp(at: usize) -> Stamp {
    Stamp {
        stream: 1,
        first_frame: at as u64,
        frames: HOP as u32,
        captured_at: Moment::from_nanos(at as i64 * 1_000_000_000 / i64::from(RATE_HZ)),
    }
}

/// Judges the take as one of `prompt` by a speaker of whom so much is `known`.
pub fn listen(
    planted: &Planted,
    prompt: &PromptRecord,
    known: &Knowledge,
    cost: &mut Cost,
) -> Heard {
    let take = planted.take.start as u64..planted.take.end as u64;
    let mut stream = stream_of(planted);
    let mut listener = Listener::new(&stream, take.start);
    let mut counting = Counting::new(planted, &stream);
    let mut sent = take.start;
    for (n, block) in planted.stream.chunks_exact(HOP).enumerate() {
        let began = Instant::now();
        stream.accept(stamp(n * HOP), block.to_vec());
        while stream.step(planted.take.contains(&(n * HOP))) {}
        cost.stream += began.elapsed();
        counting.hear(&stream);
        let heard = stream.end().min(take.end);
        if heard > sent && (heard == take.end || heard - sent >= 10 * HOP as u64) {
            let began = Instant::now();
            listener.push(
                &stream,
                stream.history().slices(sent..heard),
                &(sent..heard),
            );
            cost.analysis += began.elapsed();
            sent = heard;
        }
    }
    cost.stream_s += stream.end() as f64 / f64::from(RATE_HZ);
    cost.take_s += planted.take.len() as f64 / f64::from(RATE_HZ);
    let keys = keys(planted, &stream);
    let began = Instant::now();
    let measures = listener.measure(&stream, take.start, &keys);
    let features = listener.features(&measures);
    let read = (spoken(prompt), known.pace());
    let besides = Besides {
        lost_frames: false,
        max_take: false,
        length: known.length(prompt, RATE_HZ, &measures),
        misread: known.misread(prompt, &measures, features.as_ref()),
        repetition: listener.repetition(&measures, RATE_HZ, read),
        strayed: None,
    };
    let quality = listener.judge(&stream, &measures, besides, &known.thresholds);
    let finish = began.elapsed();
    cost.longest_finish = cost.longest_finish.max(finish);
    cost.analysis += finish;
    Heard {
        detail: detail(planted, &measures, counting.utterances),
        warnings: quality.warnings,
        measures,
        features,
        utterances: counting.utterances,
    }
}

/// A hands-free session that counts utterances, from the take's beginning on.
struct Counting {
    keys: KeyHops,
    from: u64,
    endpointer: Option<Endpointer>,
    /// The next hop whose level was not heard, and the next whose voice was not.
    next: [u64; 2],
    utterances: usize,
}

impl Counting {
    fn new(planted: &Planted, stream: &Stream) -> Self {
        Self {
            keys: keys(planted, stream),
            from: (planted.take.start / HOP + 1) as u64,
            endpointer: None,
            next: [0; 2],
            utterances: 0,
        }
    }

    /// Hears what became known with the stream's newest hop.
    fn hear(&mut self, stream: &Stream) {
        if stream.hops().next_hop() <= self.from {
            return;
        }
        let from = self.from;
        let endpointer = self.endpointer.get_or_insert_with(|| {
            self.next = [from; 2];
            Endpointer::new(from, 400)
        });
        let mut count = |event: Option<Endpoint>| {
            self.utterances += usize::from(matches!(event, Some(Endpoint::Ended { .. })));
        };
        let floor = stream.floor().reference_dbfs();
        for level in stream.hops().range(self.next[0]..u64::MAX).1 {
            count(endpointer.level(level, floor, self.keys.contains(self.next[0])));
            self.next[0] += 1;
        }
        for voice in stream.voice().range(self.next[1]..u64::MAX).1 {
            count(endpointer.voice(self.next[1], voice));
            self.next[1] += 1;
        }
    }
}

fn keys(planted: &Planted, stream: &Stream) -> KeyHops {
    KeyHops::new(stream, planted.keys.iter().map(|key| *key as u64))
}

/// What was planted and what was found, for whoever looks into a wrong verdict.
fn detail(planted: &Planted, measures: &Measures, utterances: usize) -> String {
    let ms = |frame: i64| frame * 1000 / i64::from(RATE_HZ);
    let from_take = |frame: usize| ms(frame as i64 - planted.take.start as i64);
    let truth = planted.truth.as_ref();
    let truth = truth.map(|t| (from_take(t.start), from_take(t.end)));
    let segments = measures.utterance.segments.iter();
    let segments: Vec<_> = segments
        .map(|s| (ms(s.start as i64), ms(s.end as i64)))
        .collect();
    let hum = measures.hum.as_ref();
    let hum = hum.map(|h| (h.mains_hz, h.dbfs as i32, h.above_noise_db as i32));
    format!(
        "truth {truth:?} of {} found {segments:?} snr {:.1?} hum {hum:?} drop {} uttered {utterances}",
        ms(planted.take.len() as i64),
        measures.snr_db,
        measures.dropouts,
    )
}
