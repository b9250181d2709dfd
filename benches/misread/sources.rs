//! Digits with a known truth: who said which word, and where in the take.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use voicebooth::audio::demo::{Voice, reading};

/// Names a folder of clips of people.
const CLIPS: &str = "VOICEBOOTH_DIGITS";
/// The set of all people, in which each is measured against the others.
const EVERYBODY: &str = "people among each other";
const WORDS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];
/// Takes of each word by a synthetic voice.
const TAKES: usize = 6;
/// The room before and after the word, s.
const ROLL_S: f64 = 0.3;

/// Takes of one kind.
pub struct Set {
    /// What they are.
    pub name: String,
    /// Who spoke.
    pub speakers: Vec<Speaker>,
    /// Whether speakers are measured against their own takes.
    pub own: bool,
}

/// One speaker's takes.
pub struct Speaker {
    /// As many of each word.
    pub takes: Vec<Take>,
}

/// One word in its room.
pub struct Take {
    /// Index of the word.
    pub word: usize,
    /// Which of the speaker's takes of the word.
    pub pass: usize,
    /// Frames per second.
    pub rate_hz: u32,
    /// Mono.
    pub samples: Vec<f32>,
    /// Where speech is, as found: up to 20 ms too narrow, up to 60 ms too wide on either side.
    pub speech: Range<u64>,
}

/// Random numbers, the same in every run (a linear congruential generator with Knuth's factor).
struct Chance(u64);

impl Chance {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal, with a spread of one.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.between(-0.5, 0.5)).sum()
    }
}

/// All sets that this machine has: those that thresholds are chosen by, or those that are reported.
pub fn all(tune: bool) -> anyhow::Result<Vec<Set>> {
    let mut sets = Vec::new();
    for (noise, snr_db) in [
        ("SNR 20 to 40 dB", (20.0, 40.0)),
        ("SNR 10 to 15 dB", (10.0, 15.0)),
    ] {
        let mut add = |name: &str, speakers: Vec<Speaker>| {
            if !speakers.is_empty() {
                let name = format!("{name}, {noise}");
                let own = !name.starts_with(EVERYBODY);
                sets.push(Set {
                    name,
                    speakers,
                    own,
                });
            }
        };
        add(
            "demo speaker",
            demo(if tune { 1..7 } else { 101..107 }, 16_000, snr_db),
        );
        add("espeak-ng", espeak(tune, snr_db)?);
        for (name, speakers) in people(tune, snr_db)? {
            add(&name, speakers);
        }
    }
    Ok(sets)
}

/// Takes at a rate for measuring costs.
pub fn for_costs(rate_hz: u32) -> anyhow::Result<Speaker> {
    demo(7..8, rate_hz, (20.0, 40.0))
        .pop()
        .context("there is no speaker")
}

fn demo(seeds: Range<u64>, rate_hz: u32, snr_db: (f64, f64)) -> Vec<Speaker> {
    let speaker = |seed| {
        let mut chance = Chance(seed);
        let voice = Voice::from_seed(seed);
        speaker_of(|word, pass| {
            let today = Voice {
                pitch_hz: voice.pitch_hz * chance.between(0.9, 1.1),
                formant_scale: voice.formant_scale * chance.between(0.97, 1.03),
                rate: voice.rate * chance.between(0.8, 1.2),
                breathiness: voice.breathiness * chance.between(0.5, 2.0),
                ..voice
            };
            let said = reading(WORDS[word], &today, rate_hz).samples;
            Ok(in_a_room(word, pass, rate_hz, &said, snr_db, &mut chance))
        })
    };
    seeds.filter_map(|seed| speaker(seed).ok()).collect()
}

fn speaker_of(
    mut take: impl FnMut(usize, usize) -> anyhow::Result<Take>,
) -> anyhow::Result<Speaker> {
    let mut takes = Vec::new();
    for pass in 0..TAKES {
        for word in 0..WORDS.len() {
            takes.push(take(word, pass)?);
        }
    }
    Ok(Speaker { takes })
}

/// Accents and voices of espeak-ng; none where it is not installed.
fn espeak(tune: bool, snr_db: (f64, f64)) -> anyhow::Result<Vec<Speaker>> {
    let voices = if tune {
        [
            "en-us+m1",
            "en-gb+f2",
            "en-gb-scotland+m3",
            "en-us+f4",
            "en-gb-x-gbcwmd+m7",
            "en-us+klatt2",
        ]
    } else {
        [
            "en-gb+m2",
            "en-us+f1",
            "en-029+m5",
            "en-gb-x-rp+f5",
            "en-us-nyc+m4",
            "en-gb-x-gbclan+f3",
        ]
    };
    let installed = Command::new("espeak-ng")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if !installed.is_ok_and(|status| status.success()) {
        eprintln!("espeak-ng is not installed; its rows are left out");
        return Ok(Vec::new());
    }
    let folder = tempfile::tempdir()?;
    let mut speakers = Vec::new();
    for (seed, voice) in (1..).zip(voices) {
        let mut chance = Chance(seed);
        let (speed, pitch) = (chance.between(130.0, 190.0), chance.between(30.0, 70.0));
        speakers.push(speaker_of(|word, pass| {
            let speed = speed * chance.between(0.85, 1.15);
            let pitch = pitch + chance.between(-12.0, 12.0);
            let (rate_hz, said) = speak(folder.path(), voice, WORDS[word], speed, pitch)?;
            Ok(in_a_room(word, pass, rate_hz, &said, snr_db, &mut chance))
        })?);
    }
    Ok(speakers)
}

fn speak(
    folder: &Path,
    voice: &str,
    word: &str,
    speed: f64,
    pitch: f64,
) -> anyhow::Result<(u32, Vec<f32>)> {
    let wav = folder.join("said.wav");
    let [speed, pitch] = [speed, pitch].map(|x| format!("{x:.0}"));
    let status = Command::new("espeak-ng")
        .args(["-v", voice, "-s", &speed, "-p", &pitch, "-w"])
        .args([wav.as_os_str(), word.as_ref()])
        .status()?;
    ensure!(status.success(), "espeak-ng does not speak as {voice}");
    let (rate_hz, samples) = read(&wav)?;
    // It writes silence around the word; samples below a hundredth of the peak there are none of it.
    let peak = samples.iter().fold(0.0, |peak: f32, x| peak.max(x.abs()));
    let loud = |x: &f32| x.abs() > peak / 100.0;
    let (first, last) = (
        samples.iter().position(loud),
        samples.iter().rposition(loud),
    );
    let (first, last) = first.zip(last).context("espeak-ng said nothing")?;
    Ok((rate_hz, samples[first..=last].to_vec()))
}

fn read(wav: &Path) -> anyhow::Result<(u32, Vec<f32>)> {
    let mut reader =
        hound::WavReader::open(wav).with_context(|| format!("{} does not open", wav.display()))?;
    let samples: Result<Vec<i16>, _> = reader.samples().collect();
    let samples = samples?
        .into_iter()
        .map(|x| f32::from(x) / 32_768.0)
        .collect();
    Ok((reader.spec().sample_rate, samples))
}

/// People in the folder, each a set of one: the first by name is for choosing thresholds, the others are reported, and so
/// are all among each other.
fn people(tune: bool, snr_db: (f64, f64)) -> anyhow::Result<Vec<(String, Vec<Speaker>)>> {
    let mut named: Vec<_> = clips(snr_db)?.into_iter().collect();
    if tune {
        named.truncate(1);
    } else if !named.is_empty() {
        named.remove(0);
    }
    let alone = named
        .into_iter()
        .map(|(name, speaker)| (format!("people: {name}"), vec![speaker]));
    let mut sets: Vec<_> = alone.collect();
    if !tune {
        sets.push((EVERYBODY.into(), clips(snr_db)?.into_values().collect()));
    }
    Ok(sets)
}

/// The clips of the folder, by speaker.
fn clips(snr_db: (f64, f64)) -> anyhow::Result<BTreeMap<String, Speaker>> {
    let mut speakers: BTreeMap<String, Speaker> = BTreeMap::new();
    let Some(folder) = std::env::var_os(CLIPS) else {
        eprintln!("{CLIPS} names no folder; rows of people are left out");
        return Ok(speakers);
    };
    let mut chance = Chance(9);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("{CLIPS} cannot be read"))? {
        paths.push(entry?.path());
    }
    paths.sort();
    for path in paths {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let [word, speaker, pass] = name.split('_').collect::<Vec<_>>()[..] else {
            continue;
        };
        let (rate_hz, said) = read(&path)?;
        let take = in_a_room(
            word.parse()?,
            pass.parse()?,
            rate_hz,
            &said,
            snr_db,
            &mut chance,
        );
        let speaker = speakers
            .entry(speaker.into())
            .or_insert_with(|| Speaker { takes: Vec::new() });
        speaker.takes.push(take);
    }
    Ok(speakers)
}

fn in_a_room(
    word: usize,
    pass: usize,
    rate_hz: u32,
    said: &[f32],
    snr_db: (f64, f64),
    chance: &mut Chance,
) -> Take {
    let frames = |s: f64| (s * f64::from(rate_hz)) as i64;
    let roll = frames(ROLL_S);
    let gain = 10.0_f64.powf(chance.between(-6.0, 0.0) / 20.0);
    let power = said.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / said.len() as f64;
    let snr_db = chance.between(snr_db.0, snr_db.1);
    let noise = (power * 10.0_f64.powf(-snr_db / 10.0)).sqrt();
    let length = said.len() as i64 + 2 * roll;
    let samples = (0..length).map(|n| {
        let speech = usize::try_from(n - roll).ok().and_then(|n| said.get(n));
        let speech = f64::from(speech.copied().unwrap_or(0.0));
        (gain * (speech + noise * chance.normal())) as f32
    });
    let samples = samples.collect();
    let start = roll - frames(chance.between(-0.02, 0.06));
    let end = roll + said.len() as i64 + frames(chance.between(-0.02, 0.06));
    Take {
        word,
        pass,
        rate_hz,
        samples,
        speech: start as u64..end as u64,
    }
}
