//! The booth in a terminal, and the folder that it fills.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use voicebooth::corpus::sidecar::{Sidecar, Timing};

use super::common::capture::write_wav;
use super::common::pipewire::VirtualCard;
use super::common::session::wait_until;
use super::common::terminal::{PATIENCE, Start, Terminal};
use super::sound::{RATE_HZ, Recording, word};

/// `record` with a list, a corpus and a speaker.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// One prompt a line.
    pub prompts: &'a [&'a str],
    /// Further arguments.
    pub args: &'a [&'a str],
    /// Rate of the recording, Hz.
    pub rate_hz: u32,
    /// What somebody says in `heard.wav`, beside the list; nothing where there is no such file.
    pub heard: &'a str,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Self {
            prompts: &["alpha", "bravo"],
            args: &[],
            rate_hz: RATE_HZ,
            heard: "",
        }
    }
}

/// The booth.
pub struct Booth {
    /// Its terminal.
    pub terminal: Terminal,
    folder: tempfile::TempDir,
    rate_hz: u32,
}

/// A saved take.
#[derive(Debug)]
pub struct Take {
    /// What the folder says of it.
    pub sidecar: Sidecar,
    /// Its WAV.
    pub recording: Recording,
}

impl Take {
    /// Where frames are missing.
    pub fn gaps(&self) -> Vec<Range<usize>> {
        let integrity = self.sidecar.integrity.as_ref().expect("a take with audio");
        let gaps = integrity.gaps.iter();
        gaps.map(|gap| gap.at_frame as usize..(gap.at_frame + gap.frames) as usize)
            .collect()
    }

    /// Where things are.
    pub fn timing(&self) -> &Timing {
        self.sidecar.timing.as_ref().expect("a take with audio")
    }
}

impl Booth {
    /// Opens it on the card.
    pub fn open(card: &VirtualCard, setting: Setting) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let prompts = folder.path().join("prompts.txt");
        fs::write(&prompts, setting.prompts.join("\n")).expect("a prompt list");
        if !setting.heard.is_empty() {
            write_wav(
                &folder.path().join("heard.wav"),
                RATE_HZ,
                &word(setting.heard),
            );
        }
        let rate = setting.rate_hz.to_string();
        let args = [
            "record",
            "prompts.txt",
            "--corpus",
            "corpus",
            "--speaker",
            "x",
            "--no-check",
        ];
        let args = [&args[..], &["--rate", &rate], setting.args].concat();
        let mut start = Start::new(folder.path(), &args);
        for (name, value) in card.env() {
            start = start.env(name, value.to_str().expect("a plain path"));
        }
        Self {
            terminal: start.run(),
            folder,
            rate_hz: setting.rate_hz,
        }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Waits for the next prompt to be ready.
    pub fn ready(&self) -> String {
        self.terminal.wait_for("ready")
    }

    /// Presses the start key and waits until the screen says that it records.
    pub fn start(&self) {
        self.terminal.press(" ");
        self.terminal.wait_for("recording");
    }

    /// Presses the stop key.
    pub fn stop(&self) {
        self.terminal.press(" ");
    }

    /// Leaves and waits for the end.
    pub fn leave(&mut self) {
        self.terminal.press("q");
        let status = self.terminal.end();
        assert!(status.success(), "{status}\n{}", self.terminal.text());
    }

    /// The take of this name once it is saved.
    pub fn take(&self, stem: &str) -> Take {
        let mut json = None;
        wait_until("the take to be saved", PATIENCE, || {
            json = self
                .sidecars()
                .into_iter()
                .find(|json| json.file_stem() == Some(stem.as_ref()));
            json.is_some()
        });
        self.read(&json.expect("waited for"))
    }

    /// All takes that are saved.
    pub fn takes(&self) -> Vec<Take> {
        self.sidecars().iter().map(|json| self.read(json)).collect()
    }

    fn sidecars(&self) -> Vec<PathBuf> {
        let files_in = |folder: &Path| {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            entries.map(|entry| entry.path())
        };
        let sessions = files_in(&self.folder().join("corpus/recordings/x"));
        sessions
            .flat_map(|session| files_in(&session).collect::<Vec<_>>())
            .filter(|file| {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                name.ends_with(".json") && !["session.json", "speaker.json"].contains(&&*name)
            })
            .collect()
    }

    fn read(&self, json: &Path) -> Take {
        let text = fs::read_to_string(json).expect("a sidecar");
        let sidecar: Sidecar = serde_json::from_str(&text).expect("a sidecar");
        let audio = sidecar.audio.as_ref().expect("audio");
        let mut wav = hound::WavReader::open(json.with_file_name(&audio.file)).expect("its WAV");
        let samples: Vec<i16> = wav.samples().map(Result::unwrap).collect();
        assert_eq!(wav.spec().sample_rate, self.rate_hz);
        assert_eq!(samples.len() as u64, audio.frames);
        Take {
            recording: Recording::of_pcm16(self.rate_hz, &samples),
            sidecar,
        }
    }
}
