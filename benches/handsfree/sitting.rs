//! One session of the simulated speaker.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use voicebooth::audio::demo::{Voice, reading};

use crate::mouth::{Mouth, Sound};
use crate::support::booth::Booth;
use crate::support::chance::{Chance, rms};
use crate::support::sounds::{RATE_HZ, frames};
use crate::words::{Noise, say_word, word};

/// From a prompt on the screen, or the end of a noise, to the first sound of its word.
const REACTION: Duration = Duration::from_millis(250);
/// What is to be said is handed over so long before.
const AHEAD: Duration = Duration::from_millis(200);
/// A prompt that stays for so long after it was read is read again.
const READ_AGAIN_AFTER: Duration = Duration::from_secs(3);
/// A pause is noticed and ended after so long.
const GO_ON_AFTER: Duration = Duration::from_millis(700);
/// A session in which nothing moves for so long is given up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Names a prompt on the screen, where the text itself is drawn in big letters.
const MARK: &str = "word no. ";
const DIGITS: usize = 4;

/// What a session is held with.
pub struct Sitting<'a> {
    pub folder: PathBuf,
    pub voice: Voice,
    pub items: usize,
    pub first_word: usize,
    pub end_silence_ms: u32,
    pub noises: bool,
    pub further: Vec<&'a str>,
}

/// A word that was said.
pub struct Said {
    /// Of the prompt that it was said for, from 1.
    pub item: usize,
    pub sound: Sound,
    /// When it was heard.
    pub start: Instant,
    pub end: Instant,
    /// When another prompt was on the screen.
    pub next_prompt: Option<Instant>,
}

/// A noise between the words.
pub struct Disturbance {
    pub noise: Noise,
    pub start: Instant,
    pub end: Instant,
}

/// A session that was held.
pub struct Held {
    pub recordings: PathBuf,
    pub items: usize,
    pub said: Vec<Said>,
    pub disturbances: Vec<Disturbance>,
    /// From the first prompt to the end of the list.
    pub lasted: Duration,
    /// What the screen said whenever it paused.
    pub pauses: Vec<String>,
    /// One instant on both clocks.
    pub clocks: (Instant, jiff::Timestamp),
}

/// What the screen asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Up {
    /// Silence.
    Nothing,
    /// The test sentence of the microphone check.
    Sentence,
    /// What the check found.
    Advice,
    /// The word with this number.
    Word(usize),
    Paused(String),
    Done,
}

impl Up {
    /// `None` for screens that ask for nothing.
    fn of(screen: &str) -> Option<Self> {
        if screen.contains("Checking the microphone") {
            return Some(Self::Nothing);
        }
        if screen.contains("Now count aloud") {
            return Some(Self::Sentence);
        }
        if screen.contains("go on anyway") {
            return Some(Self::Advice);
        }
        // All of it, or all but what was asked for too often.
        if screen.contains("Thank you!") {
            return Some(Self::Done);
        }
        if screen.contains("paused") {
            let why = |line: &&str| line.contains("to go on.");
            let line = screen.lines().find(why).unwrap_or_default();
            return Some(Self::Paused(line.trim().into()));
        }
        let number = screen.split_once(MARK)?.1.get(..DIGITS)?;
        number.parse().ok().map(Self::Word)
    }
}

impl Sitting<'_> {
    /// Holds it.
    pub fn hold(&self, mouth: &Mouth, chance: &mut Chance) -> anyhow::Result<Held> {
        fs::create_dir_all(&self.folder)?;
        let list = self.folder.join("words.tsv");
        let mut lines = String::from("id\ttext\tlabel\tnote\n");
        for item in 1..=self.items {
            let word = word(self.first_word + item);
            writeln!(
                lines,
                "w{item:0DIGITS$}\t{word}\t{word}\t{MARK}{item:0DIGITS$}"
            )?;
        }
        fs::write(&list, lines)?;
        let end_silence = self.end_silence_ms.to_string();
        let mut args = vec!["--mode", "hands-free", "--end-silence", &end_silence];
        args.extend(&self.further);
        let mut booth = Booth::record_list(&list, "bench", &args)?;
        let mut speaker = Speaker::new(self, mouth, chance);
        let clocks = (Instant::now(), jiff::Timestamp::now());
        speaker.read_everything(&booth)?;
        booth.leave()?;
        let (first_prompt, ended) = (speaker.first_prompt, speaker.moved_at);
        let first = first_prompt.context("no prompt came up")?;
        Ok(Held {
            recordings: booth.recordings(),
            items: self.items,
            said: speaker.said,
            disturbances: speaker.disturbances,
            lasted: ended.saturating_duration_since(first),
            pauses: speaker.pauses,
            clocks,
        })
    }
}

/// Somebody who reads what the screen shows.
struct Speaker<'a> {
    sitting: &'a Sitting<'a>,
    mouth: &'a Mouth,
    chance: &'a mut Chance,
    said: Vec<Said>,
    disturbances: Vec<Disturbance>,
    pauses: Vec<String>,
    first_prompt: Option<Instant>,
    /// What is up, since when it is waited with, and whether it was answered.
    up: Option<Up>,
    moved_at: Instant,
    answered: bool,
    /// Nothing is said before.
    quiet_from: Instant,
}

impl<'a> Speaker<'a> {
    fn new(sitting: &'a Sitting<'a>, mouth: &'a Mouth, chance: &'a mut Chance) -> Self {
        Self {
            sitting,
            mouth,
            chance,
            said: Vec::new(),
            disturbances: Vec::new(),
            pauses: Vec::new(),
            first_prompt: None,
            up: None,
            moved_at: Instant::now(),
            answered: false,
            quiet_from: Instant::now(),
        }
    }

    fn read_everything(&mut self, booth: &Booth) -> anyhow::Result<()> {
        let mut seen = 0;
        let mut last = String::new();
        loop {
            if let Some((at, screen)) = booth.screen(seen, Duration::from_millis(10))? {
                seen += 1;
                if let Some(up) = Up::of(&screen).filter(|up| self.up.as_ref() != Some(up)) {
                    self.sees(up, at);
                }
                last = screen;
            }
            if self.up == Some(Up::Done) {
                return Ok(());
            }
            if self.moved_at.elapsed() > PATIENCE {
                bail!("nothing moves any more; the last screen was\n{last}");
            }
            self.answer(booth)?;
        }
    }

    /// Something new is up.
    fn sees(&mut self, up: Up, at: Instant) {
        if matches!(up, Up::Word(_) | Up::Done)
            && let Some(said) = self.said.last_mut()
        {
            said.next_prompt.get_or_insert(at);
        }
        if matches!(up, Up::Word(_)) {
            self.first_prompt.get_or_insert(at);
        }
        self.up = Some(up);
        self.moved_at = at;
        self.answered = false;
    }

    /// Says or presses what is asked for, when it is time.
    fn answer(&mut self, booth: &Booth) -> anyhow::Result<()> {
        let at = (self.moved_at + REACTION).max(self.quiet_from + REACTION);
        let now = Instant::now();
        match self.up.clone() {
            Some(Up::Word(_) | Up::Sentence)
                if self.answered
                    && now <= self.quiet_from.max(self.moved_at) + READ_AGAIN_AFTER => {}
            Some(Up::Word(_) | Up::Sentence) if self.answered => {
                self.answered = false;
                self.quiet_from = now;
            }
            Some(Up::Word(item)) if at < now + AHEAD => self.say(item, at)?,
            Some(Up::Sentence) if at < now + AHEAD => {
                let text = "one two three four five six seven";
                let samples = reading(text, &self.sitting.voice, RATE_HZ).samples;
                let sound = self.mouth.say_at(at, samples)?;
                self.quiet_from = self.mouth.heard_at(sound.end(), at)?;
                self.answered = true;
            }
            Some(Up::Advice | Up::Paused(_)) if now > self.moved_at + GO_ON_AFTER => {
                if let Some(Up::Paused(why)) = self.up.take() {
                    self.pauses.push(why);
                }
                booth.press(" ")?;
            }
            _ => {}
        }
        Ok(())
    }

    fn say(&mut self, item: usize, at: Instant) -> anyhow::Result<()> {
        let text = word(self.sitting.first_word + item);
        let samples = say_word(text, &self.sitting.voice, self.chance);
        let loudness = rms(&samples);
        let sound = self.mouth.say_at(at, samples)?;
        let start = self.mouth.heard_at(sound.frame, at)?;
        let end = self.mouth.heard_at(sound.end(), at)?;
        self.quiet_from = end;
        self.answered = true;
        if self.sitting.noises && self.chance.one_in(2) {
            let noise = self.chance.pick(&Noise::ALL);
            let after = frames(self.chance.between(100.0, 1500.0)) as u64;
            let samples = noise.sound(loudness, self.chance);
            let played = self.mouth.say(sound.end() + after, samples);
            self.quiet_from = self.mouth.heard_at(played.end(), at)?;
            self.disturbances.push(Disturbance {
                noise,
                start: self.mouth.heard_at(played.frame, at)?,
                end: self.quiet_from,
            });
        }
        self.said.push(Said {
            item,
            sound,
            start,
            end,
            next_prompt: None,
        });
        Ok(())
    }
}
