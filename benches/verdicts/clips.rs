//! Clean speech with the truth about where it is: the demo speaker, espeak-ng's voices, and recordings if there are any.

use std::ops::Range;
use std::path::Path;
use std::process::Command;

use voicebooth::audio::demo::{Voice, reading};
use voicebooth::signal::resample::Resampler;

use super::chance::rms;
use super::sounds::RATE_HZ;

/// Where a clip comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Demo,
    Synthetic,
    Real,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo speaker",
            Self::Synthetic => "espeak-ng",
            Self::Real => "recordings",
        }
    }
}

/// One utterance.
#[derive(Clone, Debug)]
pub struct Clip {
    pub kind: Kind,
    pub text: String,
    pub voice: String,
    /// Who speaks.
    pub speaker: String,
    pub samples: Vec<f32>,
    /// Where speech is.
    pub speech: Range<usize>,
    /// The same text read again, a little differently.
    pub again: Vec<f32>,
    /// The same text whispered, where a voice can.
    pub whispered: Option<Vec<f32>>,
    /// RMS of the speech.
    pub rms: f32,
}

impl Clip {
    /// The other reading, as a clip.
    pub fn other_reading(&self) -> Self {
        Self {
            samples: self.again.clone(),
            speech: 0..self.again.len(),
            rms: rms(&self.again),
            ..self.clone()
        }
    }
}

const TUNE_TEXTS: [&str; 26] = [
    "zero",
    "two",
    "four",
    "six",
    "eight",
    "yes",
    "stop",
    "house",
    "sister",
    "banana",
    "left",
    "ship",
    "the cat sat on the mat",
    "open the window please",
    "she sells sea shells",
    "what time is it, please",
    "river, window",
    "red; blue",
    "yes, yes",
    "far; car",
    "summer, winter",
    "well, come in",
    "one, two, three",
    "open, close, open",
    "it is late, so we leave",
    "a red hat, a red coat",
];
const REPORT_TEXTS: [&str; 26] = [
    "one",
    "three",
    "five",
    "seven",
    "nine",
    "no",
    "go",
    "right",
    "forest",
    "potato",
    "light",
    "chip",
    "a dog ran over the hill",
    "close the front door now",
    "five fresh fish for sale",
    "where is the station, sir",
    "garden, pencil",
    "north; south",
    "no, no",
    "nine; wine",
    "mother, brother",
    "oh, thank you",
    "four, five, six",
    "left, right, left",
    "if it rains, we stay",
    "a big dog, a big cat",
];
/// Voice, speed in words a minute, pitch.
const TUNE_VOICES: [(&str, u32, u32); 6] = [
    ("en+m3", 150, 40),
    ("en-us+f2", 165, 55),
    ("de+m1", 150, 45),
    ("en-gb+f5", 140, 60),
    ("nl+m5", 160, 50),
    ("it+f1", 170, 50),
];
const REPORT_VOICES: [(&str, u32, u32); 6] = [
    ("en-us+m7", 155, 42),
    ("en-gb+f4", 160, 58),
    ("fr+m2", 150, 48),
    ("es+f3", 165, 55),
    ("pl+m4", 145, 45),
    ("sv+f2", 155, 60),
];

const DIGITS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

/// Ten digits by each voice of one set; of recordings, those that there are.
pub fn digits(tune: bool, real: Option<&Path>) -> Vec<Clip> {
    of_texts(&DIGITS, tune, real)
}

/// Every clip of one set.
pub fn all(tune: bool, real: Option<&Path>) -> Vec<Clip> {
    of_texts(if tune { &TUNE_TEXTS } else { &REPORT_TEXTS }, tune, real)
}

fn of_texts(texts: &[&str], tune: bool, real: Option<&Path>) -> Vec<Clip> {
    let voices = if tune { TUNE_VOICES } else { REPORT_VOICES };
    let mut clips = Vec::new();
    for seed in 0..6_u64 {
        let voice = Voice::from_seed(seed + if tune { 500 } else { 1300 });
        clips.extend(texts.iter().map(|text| demo(text, &voice)));
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for voice in voices {
        clips.extend(
            texts
                .iter()
                .filter_map(|text| espeak(text, voice, folder.path())),
        );
    }
    if let Some(folder) = real {
        // Other speakers or other words would be better; there may be few, so every other recording.
        clips.extend(
            recordings(folder)
                .into_iter()
                .enumerate()
                .filter(|(n, _)| (n % 2 == 0) == tune)
                .map(|(_, clip)| clip),
        );
    }
    clips
}

fn demo(text: &str, voice: &Voice) -> Clip {
    let read = reading(text, voice, RATE_HZ);
    let other = Voice {
        rate: voice.rate * 1.06,
        pitch_hz: voice.pitch_hz * 1.04,
        ..*voice
    };
    let whispering = Voice {
        whispers: true,
        ..*voice
    };
    let speech = 0..read.samples.len();
    clip(
        Kind::Demo,
        text,
        (format!("{:.0} Hz", voice.pitch_hz), None),
        read.samples,
        speech,
        reading(text, &other, RATE_HZ).samples,
        Some(reading(text, &whispering, RATE_HZ).samples),
    )
}

fn clip(
    kind: Kind,
    text: &str,
    (voice, speaker): (String, Option<String>),
    samples: Vec<f32>,
    speech: Range<usize>,
    again: Vec<f32>,
    whispered: Option<Vec<f32>>,
) -> Clip {
    let rms = rms(&samples[speech.clone()]);
    Clip {
        kind,
        text: text.into(),
        speaker: speaker.unwrap_or_else(|| voice.clone()),
        voice,
        samples,
        speech,
        again,
        whispered,
        rms,
    }
}

/// `None` where espeak-ng is not installed.
fn espeak(text: &str, (voice, speed, pitch): (&str, u32, u32), folder: &Path) -> Option<Clip> {
    let file = folder.join("clip.wav");
    let say = |voice: &str, speed: u32, pitch: u32| {
        let mut command = Command::new("espeak-ng");
        command
            .args([
                "-v",
                voice,
                "-s",
                &speed.to_string(),
                "-p",
                &pitch.to_string(),
                "-w",
            ])
            .arg(&file)
            .arg(text);
        command
            .status()
            .ok()
            .filter(std::process::ExitStatus::success)?;
        read(&file)
    };
    let samples = say(voice, speed, pitch)?;
    let again = say(voice, speed * 105 / 100, pitch + 4)?;
    // Its whispering variants are the only ones without a pitch.
    let (language, variant) = voice.split_once('+').unwrap_or((voice, "m"));
    let whisper = if variant.starts_with('f') {
        "whisperf"
    } else {
        "whisper"
    };
    let whispered = say(&format!("{language}+{whisper}"), speed, pitch);
    let (speech, spoken_again) = (audible(&samples), audible(&again));
    Some(clip(
        Kind::Synthetic,
        text,
        (voice.into(), None),
        samples,
        speech,
        again[spoken_again].to_vec(),
        whispered,
    ))
}

fn recordings(folder: &Path) -> Vec<Clip> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "wav"))
        .collect();
    paths.sort();
    let clips = paths.iter().enumerate().filter_map(|(n, path)| {
        let samples = read(path)?;
        let name = path.file_stem()?.to_string_lossy().into_owned();
        // Another reading of the same word is the next file, if its name begins the same.
        let label = name.split('_').next()?.to_owned();
        let speaker = name.split('_').nth(1).map(str::to_owned);
        let same = |other: &&std::path::PathBuf| {
            other.file_stem().is_some_and(|o| {
                o.to_string_lossy().rsplit_once('_').map(|p| p.0.to_owned())
                    == name.rsplit_once('_').map(|p| p.0.to_owned())
            })
        };
        let again = paths
            .get(n + 1)
            .filter(same)
            .or_else(|| n.checked_sub(1).and_then(|n| paths.get(n)).filter(same))?;
        let again = read(again)?;
        let speech = audible(&samples);
        let spoken_again = audible(&again);
        Some(clip(
            Kind::Real,
            &label,
            (name, speaker),
            samples,
            speech,
            again[spoken_again].to_vec(),
            None,
        ))
    });
    clips.collect()
}

/// A mono WAV at the clips' rate.
fn read(path: &Path) -> Option<Vec<f32>> {
    let mut reader = hound::WavReader::open(path).ok()?;
    let rate_hz = reader.spec().sample_rate;
    let samples: Vec<f32> = reader
        .samples::<i16>()
        .map_while(Result::ok)
        .map(|s| f32::from(s) / 32_768.0)
        .collect();
    let mut out = Vec::new();
    let mut resampler = Resampler::new(rate_hz, RATE_HZ);
    resampler.push(&samples, &mut out);
    resampler.push(&vec![0.0; rate_hz as usize / 20], &mut out);
    Some(out)
}

/// Where a clip can be heard: from the first to the last 2 ms within 35 dB of its loudest 20 ms. The truth about
/// synthetic voices, which fade in and out of nothing, and about recordings, as far as there is one.
fn audible(samples: &[f32]) -> Range<usize> {
    let step = RATE_HZ as usize / 500;
    let loudest = samples.chunks(step * 10).map(rms).fold(0.0, f32::max);
    let loud = |part: &[f32]| rms(part) >= loudest * 0.017_8;
    let first = samples.chunks(step).position(loud).unwrap_or(0);
    let last = samples.chunks(step).rposition(loud).unwrap_or(0);
    first * step..((last + 1) * step).min(samples.len())
}
