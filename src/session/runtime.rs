//! The loop that owns a booth: one queue in, the view out. It carries out what the state machines ask for and never
//! waits for a file or a device; those have threads of their own.

mod duties;
mod level;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use crate::audio::inputs::InputChoice as Choice;
use crate::audio::playback::{self, FromPlayback, ToPlayback};
use crate::audio::supervisor::{self, FromDevice, ToDevice};
use crate::corpus::records::SpeakerRecord;
use crate::platform;
use crate::prompts::Prompt;
use crate::recorder::capture::{self, CaptureSettings};
use crate::recorder::messages::{FromCapture, FromWriter, ToCapture};
use crate::recorder::meter::Meter;
use crate::recorder::queue::{WriterReceiver, WriterSender, writer_queue};
use crate::recorder::writer;

use level::Level;

use super::engine::Engine;
use super::lobby::{Lobby, LobbyEffect};
use super::manner::rolls;
use super::messages::{DeviceFact, Effect, Input, InputChoice, PlaybackFact};
use super::start::{self, BoothConfig, StartError, Started};
use super::view::{KnownSpeaker, Summary, View};
use super::{FromFace, Stage};

/// How often time is told to the state machines and the meter is drawn.
const FRAME: Duration = Duration::from_millis(33);
/// Audio of this length may wait for the disk before the screen says that saving is slow, ms.
const SLOW_DISK_MS: u64 = 1000;

/// Everything that wakes the loop.
pub enum Wake {
    /// For the state machines.
    Input(Input),
    /// From the source's thread; it carries the ring.
    Source(FromDevice),
    /// The session's folder is ready, or cannot be.
    Started(Result<Box<Started>, StartError>),
    /// What a speaker has said before, or why it cannot be read.
    Recalled(Result<Option<SpeakerRecord>, String>),
}

/// Why a booth ended without a summary.
#[derive(Debug, thiserror::Error)]
pub enum BoothError {
    /// The terminal cannot be written.
    #[error("the screen cannot be drawn: {0}; everything recorded so far is saved")]
    Screen(#[from] std::io::Error),
    /// A thread could not be started or has gone.
    #[error("a part of the program has ended: {0}; everything recorded so far is saved")]
    Thread(String),
}

/// Runs sittings until the speaker leaves. `None`: nothing was begun.
///
/// # Errors
/// [`BoothError`]; whatever was saved stays saved.
pub fn run(
    mut config: BoothConfig,
    known: Vec<KnownSpeaker>,
    face: &mut dyn Stage,
    wake: &(Sender<Wake>, Receiver<Wake>),
) -> Result<Option<Summary>, BoothError> {
    let config_mode = config.mode;
    let mut lobby = Lobby::new(
        known,
        config.speaker.clone(),
        start::generated_id(&config.corpus, &config.forgotten),
        config_mode,
    )
    .asking(config.script.clone())
    .refusing(config.forgotten.clone())
    .reading(format!("{}: {}", config.list.name, config.list.describe()));
    loop {
        let mut sitting = Sitting::open(&config, wake)?;
        match sitting.run(&mut lobby, face)? {
            End::Left(summary) => return Ok(summary),
            End::OtherInput(input, speaker) => {
                config.open.input = input;
                lobby = Lobby::for_speaker(speaker, lobby.answers().clone(), config_mode);
            }
        }
    }
}

/// How a sitting ended.
enum End {
    Left(Option<Summary>),
    OtherInput(Choice, String),
}

/// One source, one session at most.
struct Sitting<'a> {
    config: &'a BoothConfig,
    wake: &'a (Sender<Wake>, Receiver<Wake>),
    source: Sender<ToDevice>,
    capture: Sender<ToCapture>,
    playback: Sender<ToPlayback>,
    writer: WriterSender,
    writer_end: Option<WriterReceiver>,
    meter: Arc<Meter>,
    level: Level,
    slow: bool,
    samples_per_ms: u64,
}

impl<'a> Sitting<'a> {
    fn open(
        config: &'a BoothConfig,
        wake: &'a (Sender<Wake>, Receiver<Wake>),
    ) -> Result<Self, BoothError> {
        let tell = |wrap: fn(Input) -> Wake| {
            let tx = wake.0.clone();
            move |input| drop(tx.send(wrap(input)))
        };
        let to_source = wake.0.clone();
        let source = supervisor::spawn(Box::new(move |fact| {
            let _ = to_source.send(Wake::Source(fact));
        }))
        .map_err(no_thread)?;
        let channels = u64::from(config.open.channels);
        let samples_per_second = u64::from(config.open.sample_rate_hz) * channels;
        let (writer, writer_end) = writer_queue(config.window.queue_frames * channels);
        let meter = Arc::new(Meter::default());
        let (capture, to_capture) = channel();
        let from_capture = tell(Wake::Input);
        let settings = CaptureSettings {
            windows: config.window.clone(),
            unattended: config.review.outcome(),
            longest_pre_roll_ms: longest_pre_roll_ms(&config.list.prompts),
        };
        capture::spawn(
            settings,
            to_capture,
            writer.clone(),
            meter.clone(),
            Box::new(move |fact: FromCapture| from_capture(Input::Capture(fact))),
        )
        .map_err(no_thread)?;
        let to_playback = tell(Wake::Input);
        let playback = playback::spawn(Box::new(move |fact| {
            to_playback(Input::Playback(match fact {
                FromPlayback::Started => PlaybackFact::Started,
                FromPlayback::Finished { until } => PlaybackFact::Finished { until },
                FromPlayback::Failed(why) => PlaybackFact::Failed(why),
            }));
        }))
        .map_err(no_thread)?;
        Ok(Self {
            config,
            wake,
            source,
            capture,
            playback,
            writer,
            writer_end: Some(writer_end),
            meter,
            level: Level::default(),
            slow: false,
            samples_per_ms: samples_per_second.div_ceil(1000),
        })
    }

    fn run(&mut self, lobby: &mut Lobby, face: &mut dyn Stage) -> Result<End, BoothError> {
        let mut effects = lobby.begin();
        loop {
            for effect in effects {
                match effect {
                    LobbyEffect::Leave => return Ok(End::Left(None)),
                    LobbyEffect::Stop => self.stop_process(face)?,
                    effect => self.carry_out_for(lobby, effect),
                }
            }
            if let Some(view) = lobby.view() {
                face.show(&view)?;
            }
            effects = match self.next() {
                Some(Wake::Input(input)) => lobby.update(&input),
                Some(Wake::Source(news)) => {
                    let input = self.source_fact(news);
                    lobby.update(&input)
                }
                Some(Wake::Recalled(said)) => lobby.recalled(said),
                Some(Wake::Started(Ok(started))) => {
                    return self.session(*started, lobby, face);
                }
                Some(Wake::Started(Err(why))) => {
                    lobby.start_failed(why.to_string());
                    Vec::new()
                }
                None => lobby.update(&Input::Tick),
            };
        }
    }
}

impl Sitting<'_> {
    /// The next thing to wake the loop; `None` when a frame's time has passed without one.
    fn next(&mut self) -> Option<Wake> {
        self.wake.1.recv_timeout(FRAME).ok()
    }

    fn session(
        &mut self,
        started: Started,
        lobby: &Lobby,
        face: &mut dyn Stage,
    ) -> Result<End, BoothError> {
        let Some(queue) = self.writer_end.take() else {
            return Err(BoothError::Thread("the writer".into()));
        };
        let speaker = started.setup.speaker.clone();
        let to_writer = self.wake.0.clone();
        let report = move |fact: FromWriter| drop(to_writer.send(Wake::Input(Input::Writer(fact))));
        writer::spawn(started.folder, queue, Box::new(report)).map_err(no_thread)?;
        for finding in &started.findings {
            tracing::warn!("{finding}");
        }
        self.meet(&speaker)?;
        let mut setup = started.setup;
        setup.mode = lobby.mode();
        setup.clock_ready = lobby.clock_ready;
        let mut engine = Engine::new(setup, started.plan, platform::now());
        if !lobby.has_source() {
            let _ = engine.update(
                Input::Device(DeviceFact::Gone {
                    name: String::new(),
                }),
                platform::now(),
            );
        }
        let mut other = None;
        let mut gone = None;
        loop {
            if gone.is_none() {
                let shown = self.show(&engine, face);
                gone = self.screen_gone(shown);
            }
            let input = match self.next() {
                Some(Wake::Input(input)) => input,
                Some(Wake::Source(news)) => self.source_fact(news),
                Some(Wake::Started(_) | Wake::Recalled(_)) => continue,
                None => self.time_has_passed(),
            };
            for effect in engine.update(input, platform::now()) {
                match effect {
                    Effect::OpenInput(choice) => other = Some(chosen(choice)),
                    Effect::Leave => {
                        let _ = self.source.send(ToDevice::Close);
                        let summary = engine.summary(self.folder(), self.config.again.clone());
                        if let Some(error) = gone {
                            return Err(error);
                        }
                        return Ok(match other {
                            Some(input) => End::OtherInput(input, speaker),
                            None => End::Left(Some(summary)),
                        });
                    }
                    Effect::Stop => {
                        let stopped = self.stop_process(face);
                        gone = self.screen_gone(stopped);
                    }
                    effect => self.carry_out(effect),
                }
            }
        }
    }

    /// Where the screen could not be used, nobody sees or presses anything any more: the session ends and keeps what
    /// runs, and nothing more is drawn. Says why.
    fn screen_gone(&self, used: Result<(), BoothError>) -> Option<BoothError> {
        let error = used.err()?;
        let _ = self.wake.0.send(Wake::Input(Input::Face(FromFace::Closed)));
        Some(error)
    }

    fn folder(&self) -> String {
        self.config.corpus.display().to_string()
    }

    /// A frame without news: time passes, and the disk may have become slow or quick again.
    fn time_has_passed(&mut self) -> Input {
        let slow = self.writer.waiting_samples() > SLOW_DISK_MS * self.samples_per_ms;
        if slow == self.slow {
            return Input::Tick;
        }
        self.slow = slow;
        Input::DiskSlow(slow)
    }

    /// Draws the session, with the meter of this frame.
    fn show(&mut self, engine: &Engine, face: &mut dyn Stage) -> Result<(), BoothError> {
        let now = platform::now();
        self.level.read(&self.meter, now);
        if engine.is_done() {
            let summary = engine.summary(self.folder(), self.config.again.clone());
            return Ok(face.show(&View::Summary(summary))?);
        }
        let mut view = engine.view(now);
        view.level_dbfs = self.level.dbfs;
        view.clipping = self.level.clipping(now);
        Ok(face.show(&View::Session(Box::new(view)))?)
    }

    /// Gives the terminal back, stops, and takes it again when the process is continued.
    fn stop_process(&mut self, face: &mut dyn Stage) -> Result<(), BoothError> {
        face.leave()?;
        platform::stop_this_process();
        face.enter()?;
        let _ = self.wake.0.send(Wake::Input(Input::Signal(
            super::messages::Signal::Continue,
        )));
        Ok(())
    }
}

fn chosen(choice: InputChoice) -> Choice {
    match choice {
        InputChoice::Id(id) => Choice::Named(id),
        InputChoice::Demo => Choice::Demo,
    }
}

#[allow(clippy::needless_pass_by_value)] // the form that `map_err` takes
fn no_thread(error: std::io::Error) -> BoothError {
    BoothError::Thread(error.to_string())
}

/// Longest pre-roll that any prompt asks for, ms.
fn longest_pre_roll_ms(prompts: &[Prompt]) -> u32 {
    let asked = prompts.iter().map(|prompt| rolls(prompt, (0, 0)));
    asked
        .filter_map(|rolls| rolls.pre_roll_ms)
        .max()
        .unwrap_or(0)
}
