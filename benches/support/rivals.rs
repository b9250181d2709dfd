//! Other ways to record a take, for comparison: what is at hand on this machine.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::common::session::signal;

/// The usual script: `PyAudio` with a callback.
const PYAUDIO: &str = include_str!("pyaudio_takes.py");

/// When the keys of a take were pressed.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    /// To start.
    pub down: Instant,
    /// To stop.
    pub up: Instant,
}

/// Something that records one take at a time into a WAV.
pub trait Rival {
    /// For the table.
    fn name(&self) -> &str;
    /// Presses start, waits, presses stop, and waits until the WAV is there.
    fn take(&mut self, length: Duration, wav: &Path) -> anyhow::Result<Keys>;
}

/// All that can run here.
pub fn at_hand(rate_hz: u32) -> Vec<Box<dyn Rival>> {
    let mut rivals: Vec<Box<dyn Rival>> = Vec::new();
    let rate = rate_hz.to_string();
    let per_take = [
        (
            "arecord per take",
            "arecord",
            vec!["-q", "-f", "S16_LE", "-c", "1", "-r", &rate],
        ),
        (
            "pw-record per take",
            "pw-record",
            vec!["--format", "s16", "--channels", "1", "--rate", &rate],
        ),
    ];
    for (name, program, args) in per_take {
        if runs(program, &["--version"]) {
            let args = args.into_iter().map(String::from).collect();
            rivals.push(Box::new(PerTake {
                name,
                program,
                args,
            }));
        } else {
            println!("left out: {program} is not installed");
        }
    }
    let python = ["python3", "/usr/bin/python3"];
    let Some(python) = python
        .into_iter()
        .find(|python| runs(python, &["-c", "import pyaudio"]))
    else {
        println!("left out: PyAudio is not installed");
        return rivals;
    };
    for (name, design) in [
        ("PyAudio, one open stream, flag in the callback", "open"),
        ("PyAudio, a stream opened per take", "per-take"),
    ] {
        match Script::start(name, python, design, rate_hz) {
            Ok(script) => rivals.push(Box::new(script)),
            Err(error) => println!("left out: {name}: {error:#}"),
        }
    }
    rivals
}

fn runs(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A program that is started for each take and interrupted.
struct PerTake {
    name: &'static str,
    program: &'static str,
    args: Vec<String>,
}

impl Rival for PerTake {
    fn name(&self) -> &str {
        self.name
    }

    fn take(&mut self, length: Duration, wav: &Path) -> anyhow::Result<Keys> {
        let mut command = Command::new(self.program);
        command
            .args(&self.args)
            .arg(wav)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let down = Instant::now();
        let mut child = command.stderr(Stdio::null()).spawn()?;
        thread::sleep(length);
        let up = Instant::now();
        signal(child.id(), rustix::process::Signal::INT);
        child.wait()?;
        Ok(Keys { down, up })
    }
}

/// The script, told what to do on its standard input.
struct Script {
    name: &'static str,
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Script {
    fn start(name: &'static str, python: &str, design: &str, rate_hz: u32) -> anyhow::Result<Self> {
        let mut child = Command::new(python)
            .args(["-c", PYAUDIO, design, &rate_hz.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let commands = child.stdin.take().context("no standard input")?;
        let answers = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut script = Self {
            name,
            child,
            commands,
            answers,
        };
        script.expect("ready")?;
        Ok(script)
    }

    fn say(&mut self, command: &str) -> anyhow::Result<Instant> {
        let at = Instant::now();
        writeln!(self.commands, "{command}")?;
        self.commands.flush()?;
        Ok(at)
    }

    fn expect(&mut self, word: &str) -> anyhow::Result<()> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(line.trim() == word, "it said {line:?}");
        Ok(())
    }
}

impl Rival for Script {
    fn name(&self) -> &str {
        self.name
    }

    fn take(&mut self, length: Duration, wav: &Path) -> anyhow::Result<Keys> {
        let down = self.say("start")?;
        thread::sleep(length);
        let up = self.say(&format!("stop {}", wav.display()))?;
        self.expect("saved")?;
        Ok(Keys { down, up })
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The `number`th file of a rival in a folder.
pub fn wav_name(folder: &Path, name: &str, number: usize) -> PathBuf {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    folder.join(format!("{plain}-{number}.wav"))
}
