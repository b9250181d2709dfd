//! Takes with one defect each, within a stream that was open before them.

use std::f64::consts::TAU;
use std::ops::Range;

use voicebooth::signal::duration::expected_ms;

use super::chance::{Chance, factor, rms};
use super::clips::Clip;
use super::sounds::{RATE_HZ, clatter, cough, door, frames, hiss, noise_burst, slam, voiced_cough};

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    None,
    Silence,
    OnlyClick,
    OnlyCough,
    OnlyDoor,
    OnlyVoicedCough,
    OnlySlam,
    OnlyClatter,
    Whispered,
    Clipped,
    StartCut,
    EndCut,
    Dropout,
    Quiet,
    Noisy,
    Hum,
    Offset,
    DoubleReading,
    Correction,
    Shorter,
    Longer,
    RightWord,
    WrongWord,
    Click,
    Cough,
    Door,
    VoicedCough,
    Slam,
    Clatter,
    Breath,
}

impl Defect {
    pub const ALL: [Self; 30] = [
        Self::None,
        Self::Silence,
        Self::OnlyClick,
        Self::OnlyCough,
        Self::OnlyDoor,
        Self::OnlyVoicedCough,
        Self::OnlySlam,
        Self::OnlyClatter,
        Self::Whispered,
        Self::Clipped,
        Self::StartCut,
        Self::EndCut,
        Self::Dropout,
        Self::Quiet,
        Self::Noisy,
        Self::Hum,
        Self::Offset,
        Self::DoubleReading,
        Self::Correction,
        Self::Shorter,
        Self::Longer,
        Self::RightWord,
        Self::WrongWord,
        Self::Click,
        Self::Cough,
        Self::Door,
        Self::VoicedCough,
        Self::Slam,
        Self::Clatter,
        Self::Breath,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "nothing (clean)",
            Self::Silence => "nobody speaks",
            Self::OnlyClick => "a click and no speech",
            Self::OnlyCough => "a cough and no speech",
            Self::OnlyDoor => "a door and no speech",
            Self::OnlyVoicedCough => "a voiced cough and no speech",
            Self::OnlySlam => "a slammed door and no speech",
            Self::OnlyClatter => "clatter and no speech",
            Self::Whispered => "whispered",
            Self::Clipped => "clipped by 4 to 12 dB",
            Self::StartCut => "onset cut, 40 to 200 ms",
            Self::EndCut => "tail cut, 40 to 200 ms",
            Self::Dropout => "5 to 50 ms of zeros in the speech",
            Self::Quiet => "peak -33 to -42 dBFS",
            Self::Noisy => "SNR 5 to 18.5 dB",
            Self::Hum => "hum at -55 to -40 dBFS",
            Self::Offset => "offset of 2 to 10 %",
            Self::DoubleReading => "read twice",
            Self::Correction => "broken off at 40 to 80 %, said again",
            Self::Shorter => "another text, a third as long or less",
            Self::Longer => "another text, three times as long or more",
            Self::RightWord => "nothing (digit, one take known)",
            Self::WrongWord => "another digit (one take of each known)",
            Self::Click => "a click beside the speech",
            Self::Cough => "a cough beside the speech",
            Self::Door => "a door beside the speech",
            Self::VoicedCough => "a voiced cough beside the speech",
            Self::Slam => "a slammed door beside the speech",
            Self::Clatter => "clatter beside the speech",
            Self::Breath => "a breath before the speech",
        }
    }

    /// The reason that must be told.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Silence
            | Self::OnlyClick
            | Self::OnlyCough
            | Self::OnlyDoor
            | Self::OnlyVoicedCough
            | Self::OnlySlam
            | Self::OnlyClatter => Some("silent"),
            Self::Whispered => Some("no_voice"),
            Self::Clipped => Some("clipped"),
            Self::StartCut => Some("start_cut"),
            Self::EndCut => Some("end_cut"),
            Self::Dropout => Some("lost_frames"),
            Self::Quiet => Some("quiet"),
            Self::Noisy => Some("noisy"),
            Self::Hum => Some("hum"),
            Self::Offset => Some("dc_offset"),
            Self::DoubleReading => Some("double_reading"),
            Self::Correction => Some("correction"),
            Self::Shorter => Some("short"),
            Self::Longer => Some("long"),
            Self::WrongWord => Some("misread"),
            Self::None
            | Self::RightWord
            | Self::Click
            | Self::Cough
            | Self::Door
            | Self::VoicedCough
            | Self::Slam
            | Self::Clatter
            | Self::Breath => None,
        }
    }

    /// Reasons that are right as well.
    pub fn implies(self) -> &'static [&'static str] {
        match self {
            // Hum is noise, and a quiet voice in the same room stands out of it less.
            Self::Hum => &["noisy"],
            // Too soft to be told from noise: refused all the same.
            Self::Quiet => &["noisy", "silent"],
            // A soft noise where a word should be may have been one.
            Self::OnlyCough
            | Self::OnlyDoor
            | Self::OnlyVoicedCough
            | Self::OnlySlam
            | Self::OnlyClatter => &["quiet", "no_voice", "cough"],
            // What is cut to the bone is not much speech.
            Self::StartCut | Self::EndCut => &["silent"],
            // Which of the two it was is for the operator.
            Self::DoubleReading => &["correction", "long"],
            Self::Correction => &["double_reading", "long"],
            _ => &[],
        }
    }

    /// Labels are known, so that a wrong word can be told.
    pub fn is_of_labels(self) -> bool {
        matches!(self, Self::RightWord | Self::WrongWord)
    }

    /// The clips that can have it.
    pub fn can_have<'a>(self, clips: &[&'a Clip]) -> Vec<&'a Clip> {
        let can = |clip: &&&Clip| {
            self.asks_for(clip, clips)
                .is_none_or(|texts| !texts.is_empty())
                && (self != Self::Whispered || clip.whispered.is_some())
        };
        clips.iter().filter(can).copied().collect()
    }

    /// The texts that `clip` is read instead of; `None` where it is what was asked for.
    fn asks_for<'a>(self, clip: &Clip, clips: &[&'a Clip]) -> Option<Vec<&'a String>> {
        let length = |text: &str| expected_ms(text).unwrap_or(0.0);
        let is_asked: &dyn Fn(&Clip) -> bool = match self {
            Self::Shorter => &|other| length(&clip.text) * 3.0 <= length(&other.text),
            Self::Longer => &|other| length(&clip.text) >= 3.0 * length(&other.text),
            Self::WrongWord => &|other| clip.text != other.text,
            _ => return None,
        };
        let others = clips
            .iter()
            .filter(|c| c.speaker == clip.speaker && is_asked(c));
        Some(others.map(|clip| &clip.text).collect())
    }

    /// The number of utterances is known.
    pub fn can_be_counted(self) -> bool {
        // A whisper begins no take hands-free: nobody can tell it from a cough.
        !matches!(
            self,
            Self::DoubleReading | Self::Correction | Self::Whispered
        )
    }
}

/// A stream with a take in it.
#[derive(Debug)]
pub struct Planted {
    pub name: String,
    /// What should be read, and by whom.
    pub text: String,
    pub speaker: String,
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

/// Seconds of room before each take: enough for a calibrated floor.
const LEAD_MS: f64 = 4700.0;

/// A take of the `n`th clip with this defect.
pub fn plant(defect: Defect, clips: &[&Clip], n: usize, chance: &mut Chance) -> Planted {
    let snr_db = match defect {
        Defect::Noisy => chance.between(5.0, 18.5),
        _ => chance.between(26.0, 50.0),
    };
    let able = defect.can_have(clips);
    let clip = able[n % able.len()];
    let mut planted = at_snr(defect, clip, snr_db, chance);
    if let Some(others) = defect.asks_for(clip, clips) {
        planted.text.clone_from(chance.pick(&others));
    }
    planted
}

/// A take of `clip` with this defect, its speech `snr_db` above the room.
pub fn at_snr(defect: Defect, clip: &Clip, snr_db: f64, chance: &mut Chance) -> Planted {
    let speaks = defect.word() != Some("silent");
    let mut spoken = match (&clip.whispered, defect) {
        (Some(whispered), Defect::Whispered) => whispered.clone(),
        _ => clip.samples.clone(),
    };
    if defect == Defect::DoubleReading {
        spoken.truncate(clip.speech.end);
        spoken.extend(vec![0.0; frames(chance.between(350.0, 900.0))]);
        spoken.extend_from_slice(&clip.again);
    }
    if defect == Defect::Correction {
        let length = clip.speech.len() as f64 * chance.between(0.4, 0.8);
        spoken.truncate(clip.speech.start + length as usize);
        // A voice that stops does not stop within a sample.
        fade_out(&mut spoken, frames(8.0));
        spoken.extend(vec![0.0; frames(chance.between(150.0, 500.0))]);
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
    let speech_end = if matches!(defect, Defect::DoubleReading | Defect::Correction) {
        spoken.len()
    } else {
        clip.speech.end
    };
    let truth = speech_at + clip.speech.start..speech_at + speech_end;
    let mut planted = Planted {
        name: format!("{} {} {snr_db:.0} dB", clip.voice, clip.text),
        text: clip.text.clone(),
        speaker: clip.speaker.clone(),
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

fn fade_out(samples: &mut [f32], frames: usize) {
    let from = samples.len().saturating_sub(frames);
    for (n, sample) in samples[from..].iter_mut().enumerate() {
        *sample *= 1.0 - n as f32 / frames as f32;
    }
}

impl Planted {
    /// A reason that is right as well: by the defect, or because what was planted was louder than the converter bears.
    pub fn implies(&self, defect: Defect, word: &str) -> bool {
        let full = |sample: &f32| sample.abs() >= 32_767.0 / 32_768.0;
        let clips = || {
            self.stream[self.take.clone()]
                .windows(3)
                .any(|w| w.iter().all(full))
        };
        defect.implies().contains(&word) || (word == "clipped" && clips())
    }

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
            | Defect::DoubleReading
            | Defect::Correction
            | Defect::Shorter
            | Defect::Longer
            | Defect::RightWord
            | Defect::WrongWord => {}
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

/// Length of a sound.
fn ms_of(sound: &[f32]) -> f64 {
    sound.len() as f64 * 1000.0 / f64::from(RATE_HZ)
}
