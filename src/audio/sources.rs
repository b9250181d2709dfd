//! Everything that can be opened as a source: a device, a WAV file, the demo speaker.

use std::path::Path;
use std::time::Duration;

use super::callback::BlockSink;
use super::demo::DemoSpeaker;
use super::device::{self, InputStream};
use super::file::WavFeed;
use super::inputs::{InputChoice, InputInfo, OpenError, OpenRequest, leads_somewhere};
use super::paced::{Feed, Pace, PacedSource};
use super::plan::block_frames;
use super::ring::{RingReader, ring};
use super::{Given, RING_SECONDS, SourceInfo, SourceKind};
use crate::units::Moment;

/// From the demo speaker's mouth to the ring. It is told of a key only after it was pressed, and with this head start
/// it can still have begun to speak a little before.
const DEMO_LATENCY: Duration = Duration::from_millis(200);

/// An opened source and the other end of its ring.
#[derive(Debug)]
pub struct Opened {
    /// What it is.
    pub info: SourceInfo,
    /// Its ring.
    pub reader: RingReader,
    /// Keeps it open until it is dropped.
    pub running: Box<dyn Running>,
}

/// A source that is open for as long as this lives.
pub trait Running: Send + std::fmt::Debug {
    /// It has gone and will not deliver again.
    fn is_dead(&self) -> bool {
        false
    }

    /// At `at` the speaker was given `text` to say.
    fn cue(&self, text: &str, at: Moment, given: Given) {
        let _ = (text, at, given);
    }
}

/// Opens sources and looks after them; the supervisor's only way to the world.
pub trait Sources: Send {
    /// Opens a source as opening number `stream`. Blocks.
    ///
    /// # Errors
    /// See [`OpenError`].
    fn open(&mut self, request: &OpenRequest, stream: u32) -> Result<Opened, OpenError>;

    /// The inputs there are. Blocks.
    fn inputs(&mut self) -> Vec<InputInfo>;
}

/// The real ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealSources;

impl Sources for RealSources {
    fn open(&mut self, request: &OpenRequest, stream: u32) -> Result<Opened, OpenError> {
        match &request.input {
            InputChoice::Demo => open_demo(request, stream),
            InputChoice::File(path) => open_file(path, request, stream),
            InputChoice::Default | InputChoice::Named(_) => open_device(request, stream),
        }
    }

    fn inputs(&mut self) -> Vec<InputInfo> {
        inputs(None).unwrap_or_default()
    }
}

/// The inputs of one audio system, or of all of them, the preferred system first. Blocks.
///
/// # Errors
/// The audio system that was named is unknown or does not answer.
pub fn inputs(host: Option<&str>) -> Result<Vec<InputInfo>, OpenError> {
    let mut all = Vec::new();
    let mut server = false;
    for name in hosts(host)? {
        match inputs_of(&name) {
            Ok(inputs) => {
                server |= name == PULSE;
                all.extend(inputs);
            }
            Err(error) if host.is_some() => return Err(error),
            Err(error) => tracing::warn!("{error}"),
        }
    }
    all.retain(|input| leads_somewhere(input, server));
    Ok(all)
}

/// Opens a device in the first audio system that has it. A system that is there but does not answer is passed over.
fn open_device(request: &OpenRequest, stream: u32) -> Result<Opened, OpenError> {
    let mut names_there = Vec::new();
    let mut silent = None;
    for host in hosts(request.host.as_deref())? {
        match open_in(&host, request, stream) {
            Err(OpenError::NotFound { there, .. }) => names_there.extend(there),
            Err(error @ OpenError::Silent { .. }) => {
                tracing::warn!("{error}");
                silent = Some(error);
            }
            outcome => return outcome,
        }
    }
    Err(match (&request.input, silent) {
        (_, Some(silent)) if names_there.is_empty() => silent,
        (InputChoice::Named(wanted), _) => OpenError::NotFound {
            wanted: wanted.clone(),
            there: names_there,
        },
        _ => OpenError::NoInput,
    })
}

/// The audio systems to try, the preferred one first.
fn hosts(wanted: Option<&str>) -> Result<Vec<String>, OpenError> {
    let mut there = device::hosts();
    if pulse_is_available() {
        there.insert(0, PULSE.to_owned());
    }
    match wanted.map(str::to_lowercase) {
        None => Ok(there),
        Some(wanted) if there.contains(&wanted) => Ok(vec![wanted]),
        Some(wanted) => Err(OpenError::NoHost { wanted, there }),
    }
}

const PULSE: &str = "pulseaudio";

#[cfg(unix)]
fn pulse_is_available() -> bool {
    super::pulse::is_available()
}

#[cfg(not(unix))]
fn pulse_is_available() -> bool {
    false
}

fn inputs_of(host: &str) -> Result<Vec<InputInfo>, OpenError> {
    #[cfg(unix)]
    if host == PULSE {
        let sources = super::pulse::Connection::open()?.sources()?;
        return Ok(sources.into_iter().map(|(_, input)| input).collect());
    }
    device::inputs(host)
}

fn open_in(host: &str, request: &OpenRequest, stream: u32) -> Result<Opened, OpenError> {
    #[cfg(unix)]
    if host == PULSE {
        let (info, reader, running) = super::pulse_input::open(request, stream)?;
        let running = Box::new(running);
        return Ok(Opened {
            info,
            reader,
            running,
        });
    }
    let (info, reader, running) = device::open(host, request, stream)?;
    let running = Box::new(running);
    Ok(Opened {
        info,
        reader,
        running,
    })
}

impl Running for InputStream {
    fn is_dead(&self) -> bool {
        InputStream::is_dead(self)
    }
}

#[cfg(unix)]
impl Running for super::pulse_input::PulseInput {
    fn is_dead(&self) -> bool {
        super::pulse_input::PulseInput::is_dead(self)
    }
}

impl Running for PacedSource {
    fn cue(&self, text: &str, at: Moment, given: Given) {
        PacedSource::cue(self, text, at, given);
    }
}

impl Feed for DemoSpeaker {
    fn fill(&mut self, block: &mut [f32]) {
        self.render(block);
    }

    fn cue(&mut self, text: &str, frame: u64, given: Given) {
        match given {
            Given::Key => DemoSpeaker::cue(self, text, frame),
            Given::Prompt => self.see(text, frame),
        }
    }
}

fn open_demo(request: &OpenRequest, stream: u32) -> Result<Opened, OpenError> {
    let seed = u64::from_le_bytes(first_eight(uuid::Uuid::new_v4().as_bytes()));
    let info = SourceInfo {
        kind: SourceKind::Demo,
        host: "demo".to_owned(),
        id: "demo".to_owned(),
        name: "Demo speaker".to_owned(),
        sample_format: "f32".to_owned(),
        ..paced_info(request, "Demo speaker", 1)?
    };
    let feed = DemoSpeaker::new(request.sample_rate_hz, seed);
    start(feed, info, DEMO_LATENCY, stream)
}

fn open_file(path: &Path, request: &OpenRequest, stream: u32) -> Result<Opened, OpenError> {
    let (feed, channels, stored) = WavFeed::open(path, request)?;
    let name = path.display().to_string();
    let info = SourceInfo {
        sample_format: stored,
        ..paced_info(request, &name, channels)?
    };
    start(feed, info, Duration::ZERO, stream)
}

/// What all sources without a device have in common, filled in for a file called `name`.
fn paced_info(request: &OpenRequest, name: &str, channels: u16) -> Result<SourceInfo, OpenError> {
    Ok(SourceInfo {
        kind: SourceKind::File,
        host: "file".to_owned(),
        id: name.to_owned(),
        name: name.to_owned(),
        format: request.format(),
        device_channels: channels,
        channel_map: request.channels_of(name, channels)?,
        sample_format: String::new(),
        block_frames: block_frames(request.sample_rate_hz, None),
    })
}

fn start(
    feed: impl Feed,
    info: SourceInfo,
    latency: Duration,
    stream: u32,
) -> Result<Opened, OpenError> {
    let (writer, reader) = ring(stream, info.format, RING_SECONDS);
    let (sink, _, _) = BlockSink::new(writer, info.device_channels, &info.channel_map);
    let pace = Pace {
        rate_hz: info.format.sample_rate_hz,
        channels: info.device_channels,
        block_frames: info.block_frames,
        latency,
    };
    let running = PacedSource::start(feed, pace, sink).map_err(|error| OpenError::Device {
        name: info.name.clone(),
        reason: error.to_string(),
    })?;
    Ok(Opened {
        info,
        reader,
        running: Box::new(running),
    })
}

fn first_eight(bytes: &[u8; 16]) -> [u8; 8] {
    std::array::from_fn(|at| bytes[at])
}
