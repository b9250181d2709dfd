//! A test's own folder, and a person who sits in the booth: reads the screen, presses keys, waits for what they do.

use std::cell::Cell;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use portable_pty::ExitStatus;

use crate::common::terminal::{Start, Terminal, shows};

/// Who speaks in these tests.
pub const SPEAKER: &str = "s7k3q";

/// Prompt lists, corpus, settings and log of one test.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    /// One with a prompt list in it.
    pub fn with(list: &str, prompts: &str) -> Self {
        let place = Self::new();
        place.write(list, prompts);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn corpus(&self) -> PathBuf {
        self.path("corpus")
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// `voicebooth record` with `args`, for a corpus here and the speaker of these tests. The screen is so low that
    /// prompts stand on it as plain text.
    pub fn record(&self, args: &[&str]) -> Start {
        let all = [
            "record",
            "--corpus",
            "corpus",
            "--speaker",
            SPEAKER,
            "--no-check",
        ];
        let all: Vec<&str> = all.iter().chain(args).copied().collect();
        Start::new(self.folder.path(), &all).size(80, 10)
    }

    /// The same with the demo speaker, who reads what the screen says.
    pub fn demo(&self, args: &[&str]) -> Start {
        self.record(args).arg("--input").arg("demo")
    }

    /// The same with a source that speaks all the time, so that a take may be as short as a key.
    pub fn chatter(&self, args: &[&str]) -> Start {
        let wav = self.path("chatter.wav");
        if !wav.exists() {
            write_chatter(&wav);
        }
        let start = self.record(args).arg("--post-roll-max").arg("0");
        start.arg("--input").arg("chatter.wav")
    }
}

/// A minute of noise that draws breath every three seconds, first of all at its start: it sounds like speech to who knows
/// levels only, and has no voice that a take could cut off. As most of a short take is hidden by its keys, none may fall
/// into a breath.
fn write_chatter(path: &Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    let mut noise = 1_u32;
    for frame in 0..60 * 48_000 {
        let seconds = f64::from(frame) / 48_000.0;
        let level = if seconds % 3.2 < 0.12 { 4.0 } else { 4000.0 };
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let sample = f64::from(noise) / f64::from(u32::MAX) * 2.0 - 1.0;
        wav.write_sample((level * sample) as i16).unwrap();
    }
    wav.finalize().unwrap();
}

/// Longer than any silence within a word of the demo speaker.
const WITHIN_A_WORD: Duration = Duration::from_millis(250);

/// A person before the screen.
pub struct Sitting(Terminal);

impl Deref for Sitting {
    type Target = Terminal;

    fn deref(&self) -> &Terminal {
        &self.0
    }
}

impl Sitting {
    /// Starts the program and waits for the first prompt; where the speaker is known, says "go on".
    pub fn open(start: &Start) -> Self {
        let sitting = Self::start(start);
        sitting.go_on();
        sitting.ready();
        sitting
    }

    /// Starts the program.
    pub fn start(start: &Start) -> Self {
        Self(start.run())
    }

    /// Says "go on as this speaker" where that is asked.
    pub fn go_on(&self) {
        let asked = |text: &str| shows(text, "Go on as");
        let text = self.wait("a first screen", |text| {
            asked(text) || text.contains("opening") || is_ready(text) || is_over(text)
        });
        if asked(&text) {
            self.press("\r");
            self.wait("the question to be gone", |text| !asked(text));
        }
    }

    /// Waits until a take can be started; says what is to be read.
    pub fn ready(&self) -> String {
        prompt_on(&self.wait("a prompt, ready", is_ready))
    }

    /// Presses a key and waits until `wanted` prompt is up and can be read.
    pub fn press_for(&self, key: &str, wanted: &str) {
        self.press(key);
        self.wait(&format!("the prompt {wanted}"), |text| {
            is_ready(text) && prompt_on(text) == wanted
        });
    }

    /// Starts a take; says what is read.
    pub fn begin(&self) -> String {
        let prompt = self.ready();
        self.press(" ");
        self.wait_for("recording");
        prompt
    }

    /// Waits until the demo speaker has spoken: the meter has been up and is down again for longer than a stop consonant
    /// within a word, and a second has passed.
    pub fn listen(&self) {
        let (spoke, quiet_since) = (Cell::new(false), Cell::new(None));
        self.wait("the speaker to finish", |text| {
            let cells = meter_on(text).unwrap_or(0);
            spoke.set(spoke.get() || cells > 16);
            let now = Instant::now();
            let since = quiet_since.get().unwrap_or(now);
            quiet_since.set((cells <= 8).then_some(since));
            let long_enough = text.contains("recording 0:") && !text.contains("recording 0:00");
            long_enough && spoke.get() && cells <= 8 && now - since > WITHIN_A_WORD
        });
    }

    /// Stops the running take and waits for what comes then: the next prompt, or the end.
    pub fn stop(&self) {
        self.press(" ");
        self.wait("what comes after the take", |text| {
            is_ready(text) || is_over(text)
        });
    }

    /// Records one take of a second, and what the demo speaker says after it; says what was read.
    pub fn read(&self) -> String {
        let prompt = self.begin();
        self.listen();
        self.stop();
        self.saved();
        prompt
    }

    /// Records one take as short as a key, with its rolls whole; says what was read.
    pub fn tap(&self) -> String {
        let prompt = self.begin();
        self.stop();
        self.saved();
        prompt
    }

    /// Waits until everything is saved.
    pub fn saved(&self) {
        self.wait("everything to be saved", |text| !text.contains("saving"));
    }

    /// Waits for the end of the list.
    pub fn over(&self) {
        self.wait("the end", is_over);
    }

    /// Leaves by Q and waits for the program's end: how it ended, and what it printed.
    pub fn leave(mut self) -> (ExitStatus, String) {
        self.press("q");
        let status = self.0.end();
        self.assert_restored();
        (status, self.printed())
    }

    /// Waits for the program's end.
    pub fn end(&mut self) -> ExitStatus {
        self.0.end()
    }

    /// Closes the terminal.
    pub fn hang_up(&mut self) {
        self.0.hang_up();
    }
}

pub fn is_ready(text: &str) -> bool {
    text.contains("○ ready") && !prompt_on(text).is_empty()
}

pub fn is_over(text: &str) -> bool {
    text.contains("That was all")
}

/// The prompt on a screen of ten rows: what stands between the first row and the state's line.
pub fn prompt_on(text: &str) -> String {
    let body = text.lines().skip(1).take_while(|line| !line.contains("──"));
    body.map(str::trim)
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned()
}

/// How many cells of the meter are lit; the demo speaker's room takes up to six of forty.
pub fn meter_on(text: &str) -> Option<usize> {
    let meter = text
        .lines()
        .find(|line| line.trim_start().starts_with("quiet"));
    Some(meter?.chars().filter(|&cell| cell == '━').count())
}
