//! voicebooth itself, in a terminal: keys go in at known instants, screens come out with the instant they were read.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize};
use serde_json::Value;

/// Longest wait for a screen.
const PATIENCE: Duration = Duration::from_secs(20);
/// Settings under which a take is exactly its rolls, and nothing is asked after it.
pub const FIXED_ROLL: [&str; 6] = [
    "--post-roll",
    "300",
    "--post-roll-max",
    "0",
    "--review",
    "never",
];
/// How long the noise sounds before the first take, so that it is known as the room and not taken for speech.
pub const SETTLE: Duration = Duration::from_secs(6);
const SIZE: PtySize = PtySize {
    rows: 24,
    cols: 80,
    pixel_width: 0,
    pixel_height: 0,
};

/// A running program and its screens.
pub struct Booth {
    child: Box<dyn Child + Send + Sync>,
    keys: Arc<Mutex<Box<dyn Write + Send>>>,
    screens: Arc<Screens>,
    /// When it was started.
    pub launched: Instant,
    corpus: PathBuf,
    speaker: String,
    _terminal: Box<dyn MasterPty + Send>,
}

/// What was on the screen after each piece of output, oldest first.
#[derive(Default)]
struct Screens {
    shown: Mutex<Shown>,
    changed: Condvar,
}

#[derive(Default)]
struct Shown {
    screens: Vec<(Instant, String)>,
    ended: bool,
}

impl Screens {
    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Booth {
    /// Starts `voicebooth record` on a list of `prompts` prompts, the corpus in `folder`, with further arguments.
    pub fn record(folder: &Path, prompts: usize, further: &[&str]) -> anyhow::Result<Self> {
        let list = folder.join("prompts.txt");
        let mut lines = String::new();
        for number in 1..=prompts {
            writeln!(
                lines,
                "{}: too long a sentence for the big letters",
                prompt(number)
            )?;
        }
        fs::write(&list, lines)?;
        let further = [&["--no-check"], further].concat();
        Self::record_list(&list, "bench", &further)
    }

    /// Starts `voicebooth record` on a list for a speaker, the corpus beside the list, with further arguments.
    pub fn record_list(list: &Path, speaker: &str, further: &[&str]) -> anyhow::Result<Self> {
        let folder = list.parent().context("the list lies nowhere")?;
        let corpus = folder.join("corpus");
        let mut args: Vec<OsString> = vec![
            "record".into(),
            list.as_os_str().to_owned(),
            "--corpus".into(),
            corpus.clone().into(),
        ];
        args.extend(
            ["--speaker", speaker]
                .into_iter()
                .chain(further.iter().copied())
                .map(Into::into),
        );
        let pair = portable_pty::native_pty_system().openpty(SIZE)?;
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_voicebooth"));
        command.args(args);
        command.env("TERM", "xterm-256color");
        command.cwd(folder);
        let reader = pair.master.try_clone_reader()?;
        let keys = Arc::new(Mutex::new(pair.master.take_writer()?));
        let screens = Arc::new(Screens::default());
        let launched = Instant::now();
        let child = pair
            .slave
            .spawn_command(command)
            .map_err(|error| anyhow!("{error}"))?;
        let (ours, answers) = (screens.clone(), keys.clone());
        thread::spawn(move || watch(reader, &ours, &answers));
        Ok(Self {
            child,
            keys,
            screens,
            launched,
            corpus,
            speaker: speaker.to_owned(),
            _terminal: pair.master,
        })
    }

    /// Process id.
    pub fn id(&self) -> anyhow::Result<u32> {
        self.child.process_id().context("it has no process id")
    }

    /// Presses a key; the instant is taken just before.
    pub fn press(&self, key: &str) -> anyhow::Result<Instant> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let at = Instant::now();
        keys.write_all(key.as_bytes())?;
        keys.flush()?;
        Ok(at)
    }

    /// When the first screen at or after `since` was read that holds all these words; waits for it.
    pub fn shown(&self, since: Instant, words: &[&str]) -> anyhow::Result<Instant> {
        let holds = |screen: &str| words.iter().all(|word| screen.contains(word));
        self.wait(&words.join(", "), since, holds)
    }

    /// The first screen that was read after the first `seen` of them, and when; `None` where none comes in time.
    ///
    /// # Errors
    /// The program has ended.
    pub fn screen(&self, seen: usize, wait: Duration) -> anyhow::Result<Option<(Instant, String)>> {
        let shown = self.screens.lock();
        let waits = |shown: &mut Shown| shown.screens.len() <= seen && !shown.ended;
        let waited = self.screens.changed.wait_timeout_while(shown, wait, waits);
        let shown = waited.unwrap_or_else(PoisonError::into_inner).0;
        match shown.screens.get(seen) {
            None if shown.ended => bail!("voicebooth has ended"),
            screen => Ok(screen.cloned()),
        }
    }

    fn wait(
        &self,
        what: &str,
        since: Instant,
        is_it: impl Fn(&str) -> bool,
    ) -> anyhow::Result<Instant> {
        let deadline = Instant::now() + PATIENCE;
        let mut shown = self.screens.lock();
        let mut next = shown.screens.partition_point(|(at, _)| *at < since);
        loop {
            while let Some((at, screen)) = shown.screens.get(next) {
                if is_it(screen) {
                    return Ok(*at);
                }
                next += 1;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || shown.ended {
                let last = shown.screens.last().map_or("nothing", |(_, screen)| screen);
                bail!("{what} did not come up; the last screen was\n{last}");
            }
            shown = match self.screens.changed.wait_timeout(shown, left) {
                Ok((shown, _)) => shown,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    /// When the first screen with anything on it was read; waits for it.
    pub fn first_screen(&self) -> anyhow::Result<Instant> {
        self.wait("anything", self.launched, |screen| {
            !screen.trim().is_empty()
        })
    }

    /// Waits for the prompt with this number to be up and ready to be recorded.
    pub fn ready_for(&self, number: usize) -> anyhow::Result<Instant> {
        self.shown(self.launched, &[&prompt(number), "ready"])
    }

    /// The sidecars of the corpus in the order of their prompts.
    pub fn sidecars(&self) -> anyhow::Result<Vec<(PathBuf, Value)>> {
        let mut found = Vec::new();
        for session in fs::read_dir(self.recordings())? {
            let Ok(files) = fs::read_dir(session?.path()) else {
                continue;
            };
            for file in files {
                let path = file?.path();
                if path.extension().is_none_or(|extension| extension != "json") {
                    continue;
                }
                let sidecar: Value = serde_json::from_slice(&fs::read(&path)?)?;
                if sidecar.get("take").is_some() {
                    found.push((path, sidecar));
                }
            }
        }
        found.sort_by_key(|(_, sidecar)| sidecar["position"].as_u64());
        Ok(found)
    }

    /// Where sessions are.
    pub fn recordings(&self) -> PathBuf {
        self.corpus.join("recordings").join(&self.speaker)
    }

    /// Leaves, and waits until everything is saved and the program has ended.
    pub fn leave(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                bail!("voicebooth does not end");
            }
            self.press("q")?;
            thread::sleep(Duration::from_millis(300));
        }
        Ok(())
    }
}

impl Drop for Booth {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the prompt with this number begins with, from 1.
pub fn prompt(number: usize) -> String {
    format!("Sentence-{number:04}")
}

/// Reads what the program writes, keeps every screen, and answers as a plain terminal does.
fn watch(
    mut reader: Box<dyn Read + Send>,
    screens: &Screens,
    answers: &Mutex<Box<dyn Write + Send>>,
) {
    let (Ok(rows), Ok(columns)) = (SIZE.rows.try_into(), SIZE.cols.try_into()) else {
        return;
    };
    let mut parser = vt100::Parser::new(rows, columns, 0);
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = reader.read(&mut bytes) {
        let at = Instant::now();
        let output = &bytes[..count];
        parser.process(output);
        if output.windows(3).any(|part| part == b"\x1b[c") {
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = answers.write_all(b"\x1b[?62c");
        }
        screens
            .lock()
            .screens
            .push((at, parser.screen().contents()));
        screens.changed.notify_all();
    }
    screens.lock().ended = true;
    screens.changed.notify_all();
}
