//! Takes with one defect each, within a stream that was open before them.

use std::f64::consts::TAU;
use std::ops::Range;

use super::chance::{Chance, factor, rms};
use super::clips::{Clip, RATE_HZ};
use super::defects::Defect;
use super::sounds::{clatter, cough, door, hiss, noise_burst, slam, voiced_cough};

/// A stream with a take in it.
#[derive(Debug)]
pub struct Planted {
    pub name: String,
    pub stream: Vec<f32>,
    /// The take's frames.
    pub take: Range<usize>,
    /// Frames of the stream that speech is in.
    pub truth: Option<Range<usize>>,
    /// Frames of keys.
    pub keys: Vec<usize>,
    /// How many utterances a hands-free session should see.
    pub utterances: usize,
}

/// Frames in `ms`.
pub fn frames(ms: f64) -> usize {
    (ms * f64::from(RATE_HZ) / 1000.0) as usize
}

/// Length of a sound, ms.
fn ms_of(sound: &[f32]) -> f64 {
    sound.len() as f64 * 1000.0 / f64::from(RATE_HZ)
}

/// Seconds of room before each take: enough for a calibrated floor.
const LEAD_MS: f64 = 4700.0;

/// A take of the `n`th clip with this defect.
pub fn plant(defect: Defect, clips: &[&Clip], n: usize, chance: &mut Chance) -> Planted {
    let snr_db = match defect {
        Defect::Noisy => chance.between(5.0, 18.5),
        _ => chance.between(26.0, 50.0),
    };
    at_snr(defect, clips[n % clips.len()], snr_db, chance)
}

/// A take of `clip` with this defect, its speech `snr_db` above the room.
pub fn at_snr(defect: Defect, clip: &Clip, snr_db: f64, chance: &mut Chance) -> Planted {
    let speaks = defect.speaks();
    let mut spoken = match (&clip.whispered, defect) {
        (Some(whispered), Defect::Whispered) => whispered.clone(),
        _ => clip.samples.clone(),
    };
    if defect == Defect::DoubleReading {
        spoken.truncate(clip.speech.end);
        spoken.extend(vec![0.0; frames(chance.between(350.0, 900.0))]);
        spoken.extend_from_slice(&clip.again);
    }
    let peak_dbfs = match defect {
        Defect::Quiet => chance.between(-42.0, -33.0),
        _ => chance.between(-20.0, -6.0),
    };
    let loudest = spoken.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
    let gain = factor(peak_dbfs) / loudest;
    let room = clip.rms * gain * factor(-snr_db);
    let (before, mut after) = (
        frames(chance.between(550.0, 900.0)),
        frames(chance.between(550.0, 1000.0)),
    );
    if matches!(defect, Defect::VoicedCough | Defect::Slam | Defect::Clatter) {
        // Room for a long noise.
        after += frames(900.0);
    }
    let start = frames(LEAD_MS);
    let speech_at = start + before;
    let end = speech_at + spoken.len() + after;
    let mut stream = chance.room(end + frames(500.0));

    for s in &mut stream {
        *s *= room;
    }
    if speaks {
        for (s, spoken) in stream[speech_at..].iter_mut().zip(&spoken) {
            *s += spoken * gain;
        }
    }
    let speech_end = if defect == Defect::DoubleReading {
        spoken.len()
    } else {
        clip.speech.end
    };
    let truth = speech_at + clip.speech.start..speech_at + speech_end;
    let mut planted = Planted {
        name: format!("{} {} {snr_db:.0} dB", clip.voice, clip.text),
        stream,
        take: start..end,
        truth: speaks.then(|| truth.clone()),
        keys: Vec::new(),
        utterances: usize::from(speaks),
    };
    planted.press_keys(clip.rms * gain, chance);
    planted.spoil(defect, clip.rms * gain, chance);
    // As a 16-bit converter delivers it.
    for sample in &mut planted.stream {
        *sample = (*sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) / 32_768.0;
    }
    planted
}

impl Planted {
    /// Half of the takes are made with keys that can be heard, the others hands-free.
    fn press_keys(&mut self, speech: f32, chance: &mut Chance) {
        if chance.one_in(2) {
            return;
        }
        let keys = [
            self.take.start + frames(300.0),
            self.take.end - frames(300.0),
        ];
        for key in keys {
            let click = noise_burst(chance, 18.0, 4.0);
            self.add(key, &click, speech * factor(chance.between(-20.0, 0.0)));
        }
        self.keys = keys.to_vec();
    }

    /// Adds `sound` (RMS of about 1 where it is loudest) at frame `at`.
    fn add(&mut self, at: usize, sound: &[f32], gain: f32) {
        for (s, sound) in self.stream[at..].iter_mut().zip(sound) {
            *s += sound * gain;
        }
    }

    /// A place for a sound of `ms` away from speech and keys: before the speech, or after it.
    fn beside(&self, ms: f64, chance: &mut Chance) -> usize {
        let Some(truth) = self.truth.clone() else {
            return self.take.start + frames(chance.between(430.0, 500.0));
        };
        // 180 ms at least between it and the speech, and 70 ms to the keys.
        let early = (
            self.take.start + frames(30.0),
            truth.start.saturating_sub(frames(180.0 + ms)),
        );
        let late = (truth.end + frames(180.0), self.take.end - frames(ms + 30.0));
        let (from, to) = if chance.one_in(2) && early.1 > early.0 {
            early
        } else {
            late
        };
        chance.between(from as f64, to.max(from + 1) as f64) as usize
    }

    fn spoil(&mut self, defect: Defect, speech: f32, chance: &mut Chance) {
        match defect {
            Defect::Click | Defect::OnlyClick => {
                let click = noise_burst(chance, 6.0, 1.5);
                let at = self.beside(6.0, chance);
                self.add(at, &click, speech * factor(chance.between(-6.0, 6.0)));
            }
            Defect::Cough | Defect::OnlyCough => {
                let cough = cough(chance);
                let at = self.beside(330.0, chance);
                self.add(at, &cough, speech * factor(chance.between(-12.0, 3.0)));
            }
            Defect::Door | Defect::OnlyDoor => {
                let door = door(chance);
                let at = self.beside(300.0, chance);
                self.add(at, &door, speech * factor(chance.between(-12.0, 3.0)));
            }
            Defect::VoicedCough | Defect::OnlyVoicedCough => {
                let cough = voiced_cough(chance);
                let at = self.beside(ms_of(&cough), chance);
                self.add(at, &cough, speech * factor(chance.between(-9.0, 6.0)));
            }
            Defect::Slam | Defect::OnlySlam => {
                let slam = slam(chance);
                let at = self.beside(ms_of(&slam), chance);
                self.add(at, &slam, speech * factor(chance.between(-9.0, 9.0)));
            }
            Defect::Clatter | Defect::OnlyClatter => {
                let clatter = clatter(chance);
                let at = self.beside(ms_of(&clatter), chance);
                self.add(at, &clatter, speech * factor(chance.between(-9.0, 9.0)));
            }
            Defect::Breath => {
                let ms = chance.between(150.0, 350.0);
                let breath = hiss(chance, ms);
                let at = self.truth.as_ref().map_or(0, |truth| {
                    truth.start - frames(ms + chance.between(80.0, 160.0))
                });
                self.add(at, &breath, speech * factor(chance.between(-34.0, -24.0)));
            }
            Defect::Clipped => {
                let loudest = self.stream[self.take.clone()]
                    .iter()
                    .fold(0.0_f32, |a, b| a.max(b.abs()));
                let gain = factor(chance.between(4.0, 12.0)) / loudest;

                for s in &mut self.stream {
                    *s *= gain;
                }
            }
            Defect::StartCut | Defect::EndCut => {
                self.cut(defect == Defect::StartCut, speech, chance);
            }
            Defect::Dropout => {
                let truth = self.truth.clone().unwrap_or_default();
                let ms = chance.between(5.0, 50.0);
                let at =
                    chance.between(truth.start as f64, (truth.end - frames(ms)) as f64) as usize;
                self.stream[at..at + frames(ms)].fill(0.0);
            }
            Defect::Hum => {
                let mains = chance.pick(&[50.0, 60.0]);
                let level = factor(chance.between(-55.0, -40.0)) * std::f32::consts::SQRT_2;
                let strength = [1.0, chance.between(0.2, 0.8), chance.between(0.2, 0.8)];
                let norm = strength.iter().map(|a| a * a).sum::<f64>().sqrt();
                for (n, s) in self.stream.iter_mut().enumerate() {
                    let turn = TAU * mains * n as f64 / f64::from(RATE_HZ);
                    let tone: f64 = strength
                        .iter()
                        .enumerate()
                        .map(|(k, a)| a * (turn * (k + 1) as f64).sin())
                        .sum();
                    *s += (tone / norm) as f32 * level;
                }
            }
            Defect::Offset => {
                let offset = chance.between(0.02, 0.1) as f32 * chance.pick(&[-1.0, 1.0]);

                for s in &mut self.stream {
                    *s += offset;
                }
            }
            Defect::None
            | Defect::Silence
            | Defect::Quiet
            | Defect::Noisy
            | Defect::Whispered
            | Defect::DoubleReading => {}
        }
    }

    /// Moves the take's edge into the speech, to a place where something sounds (no machine hears that a closure was cut).
    fn cut(&mut self, start: bool, speech: f32, chance: &mut Chance) {
        let truth = self.truth.clone().unwrap_or_default();
        let length = truth.len() as f64 * 1000.0 / f64::from(RATE_HZ);
        let most = (length / 2.0).min(200.0);
        let mut edge = truth.start;
        for _ in 0..40 {
            let cut = frames(chance.between(40.0, most.max(41.0)));
            edge = if start {
                truth.start + cut
            } else {
                truth.end - cut
            };
            let inside = if start {
                edge..edge + frames(8.0)
            } else {
                edge - frames(8.0)..edge
            };
            if rms(&self.stream[inside]) > speech * factor(-20.0) {
                break;
            }
        }
        if start {
            self.take.start = edge;
        } else {
            self.take.end = edge;
        }
        self.keys.retain(|key| self.take.contains(key));
    }
}
