//! The demo speaker: a synthesised voice in a synthesised room, so that everything can be tried without a microphone.
//!
//! A stream of mono frames at any rate. Told that a key was pressed and what the prompt was, it answers as people do: after
//! a moment, now and then late, now and then with the key. Shown a prompt, it is now and then late and never early. The
//! same seed and the same cues at the same frames give the same samples, whatever the blocks. It does not fail; a text that
//! it cannot read gets syllables of its own.

mod letters;
mod phones;
mod random;
mod room;
mod tract;
mod voice;

pub use voice::{Utterance, Voice, reading};

use crate::units::frames_in_ms;
use random::Random;
use room::Room;
use voice::Reader;

/// How long an interrupted speaker takes to fall silent.
const BREAK_OFF_MS: u32 = 30;
/// Nobody has read within this time.
const SOON_MS: u32 = 100;
/// The median reaction.
const USUAL_REACTION_MS: u32 = 250;
/// One answer in so many is late, and one in so many comes with the key. None comes before it: how early it were would hang
/// on how far behind the stream is when the key is told.
const ODD_ONE_IN: u64 = 12;

/// A speaker who sits in a room and reads what the screen shows.
#[derive(Debug)]
pub struct DemoSpeaker {
    sample_rate_hz: u32,
    voice: Voice,
    habits: Random,
    room: Room,
    frames_rendered: u64,
    answers: Vec<Answer>,
    last_utterance: Option<(u64, u64)>,
}

/// A reading with its place in the stream.
#[derive(Debug)]
struct Answer {
    start: u64,
    end: u64,
    /// From here it fades to silence at `end`.
    fade_from: u64,
    reader: Reader,
}

impl DemoSpeaker {
    /// A speaker with the voice and the habits of `seed`, delivering `sample_rate_hz` frames a second.
    pub fn new(sample_rate_hz: u32, seed: u64) -> Self {
        let mut random = Random::new(seed);
        Self {
            sample_rate_hz,
            voice: Voice::from_seed(random.number()),
            room: Room::new(Random::new(random.number())),
            habits: random,
            frames_rendered: 0,
            answers: Vec::new(),
            last_utterance: None,
        }
    }

    /// The start key was pressed at `press_frame` of this stream while `text` was on the screen. The frame may be past or
    /// to come; nothing that was rendered changes. Whatever is being read is broken off.
    pub fn cue(&mut self, text: &str, press_frame: u64) {
        let start = self.reaction(press_frame);
        self.answer(text, press_frame, start);
    }

    /// `text` appeared at `frame` of this stream, to be read without a key: the same, but nobody reads what is not there.
    pub fn see(&mut self, text: &str, frame: u64) {
        let start = self.reaction(frame);
        let usual = frame + frames_in_ms(self.sample_rate_hz, USUAL_REACTION_MS);
        let soon = frame + frames_in_ms(self.sample_rate_hz, SOON_MS);
        self.answer(text, frame, if start < soon { usual } else { start });
    }

    fn answer(&mut self, text: &str, given_frame: u64, start: u64) {
        let fade_frames = frames_in_ms(self.sample_rate_hz, BREAK_OFF_MS);
        let start = start.max(self.frames_rendered);
        let stop = given_frame.max(self.frames_rendered);
        self.answers.retain_mut(|answer| {
            if answer.end > stop + fade_frames {
                answer.end = stop + fade_frames;
                answer.fade_from = stop;
            }
            answer.start < stop
        });
        // One mouth: the new answer waits until the old one is silent.
        let start = self
            .answers
            .iter()
            .fold(start, |start, answer| start.max(answer.end));
        let reader = Reader::new(text, &self.voice, self.sample_rate_hz);
        let end = start + reader.frames() as u64;
        self.last_utterance = Some((start, end));
        self.answers.push(Answer {
            start,
            end,
            fade_from: end,
            reader,
        });
    }

    /// The frame at which a person who pressed the key at `press_frame` would begin to speak.
    fn reaction(&mut self, press_frame: u64) -> u64 {
        let frames = |ms: f64| frames_in_ms(self.sample_rate_hz, ms as u32);
        match self.habits.number() % ODD_ONE_IN {
            0 => press_frame + frames(self.habits.between(850.0, 950.0)),
            1 => press_frame + frames(self.habits.between(0.0, 30.0)),
            _ => press_frame + frames(180.0 + 270.0 * self.habits.between(0.0, 1.0).powi(2)),
        }
    }

    /// Fills `out` with the next mono frames. Allocates about once a second of speech, so it belongs on a thread of its own
    /// and not into an audio callback.
    pub fn render(&mut self, out: &mut [f32]) {
        let first = self.frames_rendered;
        let after = first + out.len() as u64;
        self.room.fill(out);
        for answer in &mut self.answers {
            let from = answer.start.max(first);
            let to = answer.end.min(after);
            for frame in from..to {
                let sample = answer.reader.next().unwrap_or(0.0);
                out[(frame - first) as usize] += sample * answer.gain_at(frame);
            }
        }
        self.answers.retain(|answer| answer.end > after);
        self.frames_rendered = after;
    }

    /// Frames delivered so far, which is the number of the next one.
    pub fn frames_rendered(&self) -> u64 {
        self.frames_rendered
    }

    /// The truth about the newest answer: its first frame of speech and the frame after its last one, known from the cue on.
    pub fn last_utterance(&self) -> Option<(u64, u64)> {
        self.last_utterance
    }
}

impl Answer {
    fn gain_at(&self, frame: u64) -> f32 {
        if frame < self.fade_from {
            1.0
        } else {
            (self.end - frame) as f32 / (self.end - self.fade_from) as f32
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::units::{dbfs, ms_of_frames};

    const RATE_HZ: u32 = 16_000;

    fn render(speaker: &mut DemoSpeaker, frames: u64) -> Vec<f32> {
        let mut out = vec![0.0; frames as usize];
        speaker.render(&mut out);
        out
    }

    fn ms(ms: u32) -> u64 {
        frames_in_ms(RATE_HZ, ms)
    }

    fn rms_dbfs(samples: &[f32]) -> f64 {
        let power: f64 = samples.iter().map(|&x| f64::from(x).powi(2)).sum();
        dbfs((power / samples.len().max(1) as f64).sqrt())
    }

    /// Milliseconds from press to speech for each of `count` cues far apart, none of them rendered yet.
    fn reactions_ms(seed: u64, count: u64) -> Vec<f64> {
        let mut speaker = DemoSpeaker::new(RATE_HZ, seed);
        (1..=count)
            .map(|n| {
                let press = n * ms(10_000);
                speaker.cue("two", press);
                let (start, _) = speaker.last_utterance().unwrap();
                ms_of_frames(RATE_HZ, start) - ms_of_frames(RATE_HZ, press)
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn blocks_of_any_size_give_the_same_samples(
            seed: u64,
            blocks in prop::collection::vec(0_usize..3000, 1..60),
        ) {
            let story = |pieces: &mut dyn FnMut(&mut DemoSpeaker, u64) -> Vec<f32>| {
                let mut speaker = DemoSpeaker::new(RATE_HZ, seed);
                let mut heard = pieces(&mut speaker, ms(300));
                for (text, press_ms, listen_ms) in [("seven", 250, 700), ("一", 1100, 300), ("fox, box", 1200, 1500)] {
                    speaker.cue(text, ms(press_ms));
                    heard.extend(pieces(&mut speaker, ms(listen_ms)));
                }
                heard
            };
            let whole = story(&mut render);
            let mut sizes = blocks.iter().cycle();
            let pieces = story(&mut |speaker, frames| {
                let mut heard = Vec::new();
                let mut zeros = 0;
                while (heard.len() as u64) < frames {
                    // All blocks may be empty; then take frames one by one.
                    let size = sizes.next().copied().filter(|_| zeros < 60).unwrap_or(1) as u64;
                    zeros = if size == 0 { zeros + 1 } else { 0 };
                    heard.extend(render(speaker, size.min(frames - heard.len() as u64)));
                }
                heard
            });
            prop_assert!(whole == pieces);
        }
    }

    #[test]
    fn another_seed_is_another_voice_with_other_reactions() {
        assert_ne!(
            DemoSpeaker::new(RATE_HZ, 1).voice,
            DemoSpeaker::new(RATE_HZ, 2).voice
        );
        assert_ne!(reactions_ms(1, 5), reactions_ms(2, 5));
        assert_eq!(reactions_ms(1, 5), reactions_ms(1, 5));
    }

    #[test]
    fn most_answers_come_after_a_moment_some_late_and_some_with_the_key() {
        let mut reactions = reactions_ms(7, 1200);
        reactions.sort_by(f64::total_cmp);
        let count = |low: f64, high: f64| {
            let within = |&&reaction: &&f64| (low..=high).contains(&reaction);
            reactions.iter().filter(within).count()
        };
        let (at_once, usual, late) = (count(0.0, 30.0), count(179.0, 451.0), count(849.0, 951.0));
        assert_eq!(at_once + usual + late, reactions.len(), "{reactions:?}");
        assert!((60..=140).contains(&at_once), "{at_once} of 1200 at once");
        assert!((60..=140).contains(&late), "{late} of 1200 late");
        let median = reactions[600];
        assert!((230.0..=270.0).contains(&median), "median {median} ms");
    }

    #[test]
    fn a_prompt_without_a_key_is_never_answered_before_anybody_could_have_read_it() {
        for seed in 0..100 {
            let mut speaker = DemoSpeaker::new(RATE_HZ, seed);
            for n in 1..=10 {
                let shown = n * ms(10_000);
                speaker.see("two", shown);
                let (start, _) = speaker.last_utterance().unwrap();
                assert!(start >= shown + ms(179), "{start} of {shown}");
            }
        }
    }

    #[test]
    fn the_truth_about_an_utterance_is_where_its_energy_is() {
        let words = [
            "six",
            "five",
            "hat",
            "no",
            "零",
            "Stop the pump, Ben!",
            "ноль",
        ];
        for (seed, text) in (0..).zip(words) {
            let mut speaker = DemoSpeaker::new(RATE_HZ, seed);
            speaker.cue(text, ms(500));
            let (start, end) = speaker.last_utterance().unwrap();
            let heard = render(&mut speaker, end + ms(500));
            let window = ms(10) as usize;
            let loud: Vec<u64> = heard
                .chunks(window)
                .enumerate()
                .filter(|(_, chunk)| rms_dbfs(chunk) > -52.0)
                .map(|(n, _)| (n * window) as u64)
                .collect();
            let (first, last) = (loud[0], loud[loud.len() - 1] + window as u64);
            assert!(
                first + ms(10) > start,
                "{text}: sound at {first}, before {start}"
            );
            assert!(
                last < end + ms(10),
                "{text}: sound until {last}, after {end}"
            );
            assert!(
                first < start + ms(30),
                "{text}: sound from {first}, truth {start}"
            );
            assert!(
                last + ms(40) > end,
                "{text}: sound until {last}, truth {end}"
            );
        }
    }

    #[test]
    fn speech_peaks_at_12_dbfs_over_a_quiet_room() {
        for seed in 0..20 {
            let mut speaker = DemoSpeaker::new(RATE_HZ, seed);
            let quiet = rms_dbfs(&render(&mut speaker, ms(2000)));
            assert!((quiet + 62.0).abs() < 1.0, "room at {quiet} dBFS");
            speaker.cue("eight", speaker.frames_rendered());
            let heard = render(&mut speaker, ms(3000));
            let peak = dbfs(
                heard
                    .iter()
                    .fold(0.0, |peak, &x| f64::from(x.abs()).max(peak)),
            );
            assert!((peak + 12.0).abs() < 2.0, "peak at {peak} dBFS");
        }
    }

    #[test]
    fn nothing_begins_before_what_was_rendered() {
        let mut speaker = DemoSpeaker::new(RATE_HZ, 3);
        let mut at_once = 0;
        for _ in 0..100 {
            render(&mut speaker, ms(2000));
            let now = speaker.frames_rendered();
            speaker.cue("one", now - ms(20));
            let (start, _) = speaker.last_utterance().unwrap();
            assert!(start >= now);
            at_once += u32::from(start == now);
        }
        assert!(
            at_once > 0,
            "answers that come too late begin as soon as they can"
        );
    }

    #[test]
    fn a_new_cue_silences_the_reading_within_30_ms() {
        for seed in 0..30 {
            let mut speaker = DemoSpeaker::new(RATE_HZ, seed);
            speaker.cue("a long sentence that goes on and on", 0);
            let (start, _) = speaker.last_utterance().unwrap();
            render(&mut speaker, start + ms(400));
            let press = speaker.frames_rendered() + ms(100);
            speaker.cue("one", press);
            let [old, new] = &speaker.answers[..] else {
                panic!("{:?}", speaker.answers)
            };
            let (silent, start, end) = (old.end, new.start, new.end);
            assert!(silent <= press + ms(30) && silent <= start);
            let now = speaker.frames_rendered();
            let heard = render(&mut speaker, end - now);
            let (silent, start) = ((silent - now) as usize, (start - now) as usize);
            assert!(rms_dbfs(&heard[..silent]) > -45.0, "it went on until then");
            if start > silent {
                assert!(rms_dbfs(&heard[silent..start]) < -58.0);
            }
            assert!(rms_dbfs(&heard[start..]) > -45.0);
        }
    }

    #[test]
    fn a_broken_off_reading_fades_instead_of_clicking() {
        let mut room = DemoSpeaker::new(RATE_HZ, 5);
        let mut undisturbed = DemoSpeaker::new(RATE_HZ, 5);
        let mut broken_off = DemoSpeaker::new(RATE_HZ, 5);
        for speaker in [&mut undisturbed, &mut broken_off] {
            speaker.cue("a long sentence that goes on and on", 0);
        }
        let press = undisturbed.answers[0].start + ms(300);
        broken_off.cue("one", press);
        let silent = broken_off.answers[0].end;
        let stop = silent - ms(30);
        assert!(stop <= press);
        let [room, undisturbed, broken_off] =
            [&mut room, &mut undisturbed, &mut broken_off].map(|speaker| render(speaker, silent));
        for frame in 0..room.len() {
            let into_fade = (frame as f32 - stop as f32).max(0.0);
            let expected = (undisturbed[frame] - room[frame]) * (1.0 - into_fade / ms(30) as f32);
            assert!((broken_off[frame] - room[frame] - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn an_answer_that_has_not_begun_is_replaced() {
        let mut twice = DemoSpeaker::new(RATE_HZ, 11);
        twice.cue("one", ms(5000));
        twice.cue("two", ms(1000));
        assert_eq!(twice.answers.len(), 1);
        let (start, end) = twice.last_utterance().unwrap();
        let heard = render(&mut twice, ms(8000));
        assert!(rms_dbfs(&heard[start as usize..end as usize]) > -45.0);
        assert!(rms_dbfs(&heard[end as usize..]) < -60.0);
    }

    #[test]
    #[ignore = "measures; run in release with --nocapture"]
    fn what_a_minute_costs() {
        let mut block = vec![0.0; 480];
        for (what, rate_hz, text) in [
            ("room alone, 48 kHz", 48_000, None),
            (
                "speech, 48 kHz",
                48_000,
                Some("the quick brown fox ".repeat(60)),
            ),
            (
                "speech, 192 kHz",
                192_000,
                Some("the quick brown fox ".repeat(60)),
            ),
        ] {
            let mut speaker = DemoSpeaker::new(rate_hz, 1);
            if let Some(text) = text {
                speaker.cue(&text, 0);
            }
            let started = std::time::Instant::now();
            for _ in 0..rate_hz / 8 {
                speaker.render(&mut block);
            }
            let taken = started.elapsed();
            println!(
                "{what}: {taken:?} a minute, {:.3} % of a core",
                taken.as_secs_f64() / 0.6
            );
        }
    }
}
