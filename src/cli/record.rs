//! `voicebooth record`: from the command line to a booth on the screen, and to the summary after it.

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;

use anyhow::{Context, Result};

use super::again::command_again;
use super::args::{
    Input as InputArg, RecordArgs, RecordConfig, Review as ReviewArg, Screen as ScreenArg, resolve,
};
use super::study::{StudyFile, StudyPrompts, named};
use super::{End, Usage, config, log, say, sounds};
use crate::audio::inputs::{InputChoice, OpenRequest};
use crate::corpus::forget::refuse_forgotten;
use crate::corpus::forgotten::{Forgotten, Subject};
use crate::corpus::scan;
use crate::corpus::study::check_study;
use crate::platform::{self, ProcessSignal};
use crate::prompts::{Prompt, PromptList};
use crate::session::messages::{Input, Signal};
use crate::session::plan::Wish;
use crate::session::runtime::{self, Wake};
use crate::session::setup::Review;
use crate::session::start::{BoothConfig, RoomFacts};
use crate::session::view::{KnownSpeaker, Mode, Summary, View};
use crate::session::{Face, FromFace, Stage};
use crate::signal::thresholds::Thresholds;
use crate::study::Study;
use crate::tui::face::TerminalFace;
use crate::tui::keys::Keymap;
use crate::tui::lines::LineFace;
use crate::tui::state::Shared;
use crate::tui::terminal::Use;
use crate::tui::{Bidi, ScreenOptions, input, strings, terminal};

/// Records until the speaker leaves.
///
/// # Errors
/// Wrong usage, a prompt list with mistakes, or a booth that cannot go on; what was recorded is saved.
pub fn record(args: &RecordArgs) -> Result<End> {
    let file = config::load(args.config.as_deref()).map_err(|e| Usage(e.to_string()))?;
    let study = args.study.as_deref().map(StudyFile::read).transpose()?;
    let of_study = study.as_ref().map(|study| study.settings.clone());
    let settings =
        resolve(args, &of_study.unwrap_or_default(), &file).map_err(|e| Usage(e.to_string()))?;
    let mut keymap = Keymap::with_overrides(&settings.keys).map_err(Usage)?;
    if settings.screen == ScreenArg::Speaker {
        keymap = keymap.of_speaker();
    }
    let material = material(args, study, &settings)?;
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(Usage(
            "recording needs a terminal to show prompts on and to read keys from; nothing was recorded"
                .into(),
        )
        .into());
    }
    let log = log::open(settings.log.as_deref())?;
    check_study(&settings.corpus, material.study.as_deref())?;
    for warning in &material.warnings {
        say(&format!("warning: {warning}"))?;
    }
    let forgotten = Forgotten::read(&settings.corpus)?;
    if let Some(speaker) = &settings.speaker {
        refuse_forgotten(&settings.corpus, speaker).context("nothing was recorded")?;
    }
    let known = known_speakers(&settings.corpus, &forgotten)?;
    let mut booth = booth(&settings, material);
    booth.forgotten = Arc::new(forgotten);
    let written = log.as_ref().and_then(|log| log.file().ok());
    let summary = on_screen(&settings, booth, known, keymap, written)?;
    let Some(summary) = summary else {
        say("Nothing was recorded.")?;
        return Ok(End::Done);
    };
    say(&strings::pages::summary_text(&summary))?;
    Ok(if summary.troubles.is_empty() {
        End::Done
    } else {
        End::Wrong
    })
}

/// What is read, and what a study says beyond settings.
struct Material {
    list: PromptList,
    practice: Vec<Prompt>,
    sounds: HashMap<String, PathBuf>,
    /// What is odd in the prompt files, each with its place.
    warnings: Vec<String>,
    study: Option<Arc<Study>>,
}

fn material(
    args: &RecordArgs,
    study: Option<StudyFile>,
    settings: &RecordConfig,
) -> Result<Material> {
    let Some(file) = study else {
        let prompts = args.prompts.as_deref().unwrap_or(Path::new(""));
        let list = PromptList::read(prompts, &settings.read)?;
        let wrong = sounds::wrong_in(prompts, &list);
        if !wrong.is_empty() {
            anyhow::bail!("{}\nnothing was recorded", wrong.join("\n"));
        }
        return Ok(Material {
            sounds: sounds::sounds(prompts, &list),
            warnings: named(prompts, &list).collect(),
            list,
            practice: Vec::new(),
            study: None,
        });
    };
    let StudyPrompts {
        list,
        practice,
        sounds,
        warnings,
    } = file.prompts(&settings.read)?;
    Ok(Material {
        list,
        practice,
        sounds,
        warnings,
        study: Some(Arc::new(file.study)),
    })
}

fn on_screen(
    settings: &RecordConfig,
    booth: BoothConfig,
    known: Vec<KnownSpeaker>,
    keymap: Keymap,
    log: Option<std::fs::File>,
) -> Result<Option<Summary>> {
    let shared = Arc::new(Shared::default());
    let (wake, inbox) = channel();
    let signals = wake.clone();
    platform::watch_signals(Box::new(move |signal| {
        let signal = match signal {
            ProcessSignal::Terminate => Signal::Terminate,
            ProcessSignal::Stop => Signal::Stop,
        };
        drop(signals.send(Wake::Input(Input::Signal(signal))));
    }))
    .context("cannot listen for signals")?;
    terminal::give_back_on_panic();
    let in_lines = settings.screen == ScreenArg::Lines;
    let used = if in_lines { Use::Lines } else { Use::Screen };
    let screen = terminal::Screen::enter(used, log).context("cannot use this terminal")?;
    let face: Box<dyn Face> = if in_lines {
        Box::new(LineFace::new(
            terminal::Lines,
            keymap.clone(),
            shared.clone(),
        ))
    } else {
        let drawing = terminal::drawing().context("cannot draw on this terminal")?;
        let (options, keymap) = (options(settings), keymap.clone());
        Box::new(TerminalFace::new(drawing, options, keymap, shared.clone()))
    };
    let mut face = OnScreen {
        screen,
        face,
        shared: shared.clone(),
        start: None,
    };
    let keys = wake.clone();
    let hold = booth.mode == Mode::Hold;
    face.start = Some(Box::new(move || {
        input::spawn(
            shared,
            keymap,
            hold,
            Box::new(move |fact: FromFace| {
                drop(keys.send(Wake::Input(Input::Face(fact))));
            }),
        )
        .map(drop)
    }));
    Ok(runtime::run(booth, known, &mut face, &(wake, inbox))?)
}

/// A face that can give its terminal back, and that reads keys once its first view is up.
struct OnScreen {
    screen: terminal::Screen,
    face: Box<dyn Face>,
    shared: Arc<Shared>,
    start: Option<Box<dyn FnOnce() -> io::Result<()>>>,
}

impl Face for OnScreen {
    fn show(&mut self, view: &View) -> io::Result<()> {
        self.face.show(view)?;
        self.start.take().map_or(Ok(()), |start| start())
    }
}

impl Stage for OnScreen {
    fn leave(&mut self) -> io::Result<()> {
        self.screen.leave();
        Ok(())
    }

    fn enter(&mut self) -> io::Result<()> {
        self.screen.resume()?;
        self.shared.ask_redraw();
        Ok(())
    }
}

fn options(settings: &RecordConfig) -> ScreenOptions {
    ScreenOptions {
        speaker_only: settings.screen == ScreenArg::Speaker,
        bidi: match settings.bidi {
            Some(super::args::Bidi::Booth) => Bidi::Booth,
            Some(super::args::Bidi::Terminal) | None => Bidi::Terminal,
        },
        ..ScreenOptions::from_env(|name| std::env::var(name).ok())
    }
}

fn booth(settings: &RecordConfig, material: Material) -> BoothConfig {
    let Material {
        list,
        practice,
        sounds,
        study,
        ..
    } = material;
    let script = study.as_ref().map(|study| study.script.clone());
    let limits = study.as_ref().map(|study| study.limits.clone());
    let profile = Thresholds::by_name(settings.profile.name()).unwrap_or_default();
    let open = OpenRequest {
        input: match settings.input.clone() {
            None => InputChoice::Default,
            Some(InputArg::Demo) => InputChoice::Demo,
            Some(InputArg::File(path)) => InputChoice::File(path),
            Some(InputArg::Device(name)) => InputChoice::Named(name),
        },
        host: settings.host.clone(),
        sample_rate_hz: settings.sample_rate_hz,
        channels: settings.channel_map.len() as u16,
        channel_map: Some(settings.channel_map.clone()),
    };
    BoothConfig {
        corpus: settings.corpus.clone(),
        forgotten: Arc::default(),
        list: Arc::new(list),
        study,
        script: Arc::new(script.unwrap_or_default()),
        practice: practice.into(),
        overrides: settings.overrides.clone(),
        wish: Wish {
            order: settings.order,
            seed: settings.seed,
            repeat: settings.repeat,
            labels_apart: settings.labels_apart,
            restart: settings.restart,
        },
        skipped: settings.skipped,
        check: settings.check,
        profile: settings.profile.name(),
        thresholds: limits.unwrap_or_default().over(&profile),
        mode: settings.mode.unwrap_or(Mode::Keys),
        mode_is_fixed: settings.mode.is_some(),
        sounds: Arc::new(sounds),
        review: match settings.review {
            ReviewArg::Always => Review::Always,
            ReviewArg::OnWarning => Review::OnWarning,
            ReviewArg::Never => Review::Never,
        },
        window: settings.windows(open.format()),
        encoding: settings.encoding,
        open,
        speaker: settings.speaker.clone(),
        room: RoomFacts {
            room: settings.facts.room.clone(),
            microphone: settings.facts.microphone.clone(),
            distance_cm: settings.facts.distance_cm,
            gain: settings.facts.gain.clone(),
            operator: settings.facts.operator.clone(),
        },
        again: command_again(),
    }
}

/// Speakers of the corpus, the latest first, without those who have withdrawn. A broken record is no reason not to record: the session's start names it.
fn known_speakers(corpus: &Path, forgotten: &Forgotten) -> Result<Vec<KnownSpeaker>> {
    let mut found = scan::speakers(corpus)?;
    found
        .speakers
        .retain(|s| !forgotten.has(Subject::Speaker(&s.speaker)));
    let known = |s: scan::SpeakerSummary| {
        let local = s.last_session_at.to_zoned(jiff::tz::TimeZone::system());
        KnownSpeaker {
            id: s.speaker,
            last_here: local.strftime("%-d %B %Y").to_string(),
        }
    };
    Ok(found.speakers.into_iter().map(known).collect())
}
