//! A stream from a source behind a Pulse server.
//!
//! The source's own channels in its own layout, at its own level: the server neither mixes nor moves the stream, and
//! keeps what is not fetched in time for as long as it can (4 MiB). Another rate than the source's is made here. When the
//! source goes, the stream ends. Its thread blocks on the socket; in steady state it neither allocates nor locks.
//!
//! Dates come from the server: after each block it is asked how old the next frame is by its own clock. So a date does
//! not depend on when this thread happens to run, is never early, and late by what the server took to answer.

use std::io::{BufRead, Cursor, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    self, ChannelVolume, Command, CommandTag, CreateRecordStreamReply, LatencyParams,
    ProtocolError, RecordLatency, RecordStreamParams, SampleFormat, SampleSpec, TagStructReader,
    encode_command_message,
};

use super::callback::{BlockSink, DeviceSample, Fault, FaultSink, Health};
use super::convert::RateConverter;
use super::inputs::{InputChoice, InputInfo, OpenError, OpenRequest, pick};
use super::plan::block_frames;
use super::pulse::{Connection, HOST};
use super::ring::{RingReader, ring};
use super::{RING_SECONDS, SourceInfo, SourceKind};
use crate::platform;
use crate::units::Moment;

/// The sequence number of our only question.
const AGE_QUESTION: u32 = 1;

/// Room for any message about a stream, bytes.
const LONGEST_NEWS: usize = 16 * 1024;

/// A sample as it stands in the socket's bytes: little-endian f32.
impl DeviceSample for [u8; 4] {
    fn to_f32(self) -> f32 {
        f32::from_le_bytes(self)
    }
}

/// A stream that runs until it is dropped.
#[derive(Debug)]
pub struct PulseInput {
    socket: UnixStream,
    health: Arc<Health>,
    thread: Option<JoinHandle<()>>,
}

impl PulseInput {
    /// The source has gone, or the server has.
    pub fn is_dead(&self) -> bool {
        self.health.is_dead()
    }
}

impl Drop for PulseInput {
    fn drop(&mut self) {
        // Wakes the thread from its read, whatever the server does.
        let _ = self.socket.shutdown(Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Opens the source that `request` means as opening number `stream` and lets it run. Blocks.
///
/// # Errors
/// See [`OpenError`].
pub fn open(
    request: &OpenRequest,
    stream: u32,
) -> Result<(SourceInfo, RingReader, PulseInput), OpenError> {
    let mut connection = Connection::open()?;
    let (source, input) = find(&mut connection, request)?;
    let name = &input.name;
    let channels = source.sample_spec.channels;
    let info = SourceInfo {
        kind: SourceKind::Microphone,
        host: HOST.to_owned(),
        id: input.id.clone(),
        name: name.clone(),
        format: request.format(),
        device_channels: u16::from(channels),
        channel_map: request.channels_of(name, u16::from(channels))?,
        sample_format: "f32".to_owned(),
        block_frames: block_frames(request.sample_rate_hz, None),
    };
    let own_rate_hz = source.sample_spec.sample_rate;
    let converter = (own_rate_hz != request.sample_rate_hz)
        .then(|| RateConverter::new(own_rate_hz, request.sample_rate_hz, u16::from(channels)))
        .flatten();
    let opened_hz = match converter {
        Some(_) => own_rate_hz,
        None => request.sample_rate_hz,
    };
    let reply: CreateRecordStreamReply = connection
        .ask(&Command::CreateRecordStream(parameters(&source, opened_hz)))
        .map_err(|error| refused(name, &error))?;
    let (writer, reader) = ring(stream, info.format, RING_SECONDS);
    let (sink, faults, health) = BlockSink::new(writer, info.device_channels, &info.channel_map);
    let recording = Settings {
        channel: reply.channel,
        version: connection.version,
        rate_hz: opened_hz,
        channels: u16::from(channels),
        converter,
    };
    let running = start(connection, recording, sink, faults, health)
        .map_err(|error| refused(name, &error))?;
    Ok((info, reader, running))
}

fn refused(name: &str, error: &ProtocolError) -> OpenError {
    OpenError::Device {
        name: name.to_owned(),
        reason: error.to_string(),
    }
}

fn find(
    connection: &mut Connection,
    request: &OpenRequest,
) -> Result<(protocol::SourceInfo, InputInfo), OpenError> {
    let mut sources = connection.sources()?;
    let inputs: Vec<InputInfo> = sources.iter().map(|(_, input)| input.clone()).collect();
    let at = match &request.input {
        InputChoice::Named(wanted) => {
            let picked = pick(&inputs, wanted)?;
            inputs.iter().position(|input| input == picked)
        }
        _ => inputs.iter().position(|input| input.is_default),
    };
    // Where the default is a monitor of what is played, the first real source is meant.
    let at = at.or((!sources.is_empty()).then_some(0));
    Ok(sources.swap_remove(at.ok_or(OpenError::NoInput)?))
}

fn parameters(source: &protocol::SourceInfo, rate_hz: u32) -> RecordStreamParams {
    let channels = source.sample_spec.channels;
    RecordStreamParams {
        sample_spec: SampleSpec {
            format: SampleFormat::Float32Le,
            channels,
            sample_rate: rate_hz,
        },
        channel_map: source.channel_map,
        source_index: Some(source.index),
        buffer_attr: BufferAttr {
            max_length: u32::MAX, // as much as the server can
            fragment_size: block_frames(rate_hz, None) * 4 * u32::from(channels),
            ..BufferAttr::default()
        },
        flags: StreamFlags {
            no_remap_channels: true,
            no_remix_channels: true,
            no_move: true,
            adjust_latency: true,
            // Or the server sets the level that it remembers of an earlier run.
            start_muted: Some(false),
            ..StreamFlags::default()
        },
        cvolume: Some(ChannelVolume::norm(channels)),
        ..RecordStreamParams::default()
    }
}

fn start(
    connection: Connection,
    settings: Settings,
    sink: BlockSink,
    faults: FaultSink,
    health: Arc<Health>,
) -> Result<PulseInput, ProtocolError> {
    let socket = connection.socket.get_ref().try_clone()?;
    let questions = socket.try_clone()?;
    socket.set_read_timeout(None)?;
    let recording = Recording::new(connection.socket, questions, settings, sink)?;
    let thread = thread::Builder::new()
        .name("pulse input".to_owned())
        .spawn(move || run(recording, &faults))?;
    Ok(PulseInput {
        socket,
        health,
        thread: Some(thread),
    })
}

fn run<R: BufRead, W: Write>(mut recording: Recording<R, W>, faults: &FaultSink) {
    while recording.step().is_ok() {}
    faults.note(Fault::Fatal);
}

/// What a recording is told about its stream.
#[derive(Debug)]
pub struct Settings {
    /// The stream's number in the connection.
    pub channel: u32,
    /// The version of the protocol.
    pub version: u16,
    /// Frames per second that the server sends.
    pub rate_hz: u32,
    /// Channels that it sends.
    pub channels: u16,
    /// Makes another rate of them.
    pub converter: Option<RateConverter>,
}

/// The stream as its thread sees it: one message of the server at a time.
#[derive(Debug)]
pub struct Recording<R, W> {
    from_server: R,
    to_server: W,
    settings: Settings,
    /// The question how old the next frame is, ready to send.
    question: Vec<u8>,
    /// It was sent and is not answered.
    asked: bool,
    /// One block, or one message.
    bytes: Vec<u8>,
    frame_bytes: usize,
    /// Frames received.
    frames: u64,
    /// When the stream began, by the newest answer.
    began: Option<Moment>,
    sink: BlockSink,
}

/// The stream is over: the source or the server has gone, or speaks another language.
#[derive(Debug)]
pub struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

impl From<ProtocolError> for Over {
    fn from(_: ProtocolError) -> Self {
        Self
    }
}

impl<R: BufRead, W: Write> Recording<R, W> {
    /// A stream that delivers to `sink`.
    ///
    /// # Errors
    /// The question cannot be encoded.
    pub fn new(
        from_server: R,
        to_server: W,
        settings: Settings,
        sink: BlockSink,
    ) -> Result<Self, ProtocolError> {
        let mut question = Vec::new();
        let ask = Command::GetRecordLatency(LatencyParams {
            channel: settings.channel,
            now: SystemTime::UNIX_EPOCH, // comes back as it is; nobody reads it
        });
        encode_command_message(&mut question, AGE_QUESTION, &ask, settings.version)?;
        let frame_bytes = 4 * usize::from(settings.channels);
        let block = frame_bytes * block_frames(settings.rate_hz, None) as usize;
        Ok(Self {
            from_server,
            to_server,
            settings,
            question,
            asked: false,
            bytes: vec![0; block.max(LONGEST_NEWS)],
            frame_bytes,
            frames: 0,
            began: None,
            sink,
        })
    }

    /// Waits for the server's next message and does what it asks for. Allocates nothing. Blocks.
    ///
    /// # Errors
    /// The stream is over.
    pub fn step(&mut self) -> Result<(), Over> {
        let message = protocol::read_descriptor(&mut self.from_server)?;
        let length = message.length as usize;
        if message.channel == self.settings.channel {
            self.take_frames(length)?;
            if !self.asked {
                self.to_server.write_all(&self.question)?;
                self.asked = true;
            }
            return Ok(());
        }
        if length > self.bytes.len() {
            return Err(Over);
        }
        self.from_server.read_exact(&mut self.bytes[..length])?;
        if message.channel == u32::MAX {
            self.listen(length)?;
        }
        Ok(())
    }

    fn take_frames(&mut self, length: usize) -> Result<(), Over> {
        if !length.is_multiple_of(self.frame_bytes) {
            return Err(Over);
        }
        let most = self.bytes.len() - self.bytes.len() % self.frame_bytes;
        let mut left = length;
        while left > 0 {
            let part = left.min(most);
            self.from_server.read_exact(&mut self.bytes[..part])?;
            let frames = (part / self.frame_bytes) as u64;
            self.deliver(part, frames);
            self.frames += frames;
            left -= part;
        }
        Ok(())
    }

    /// Hands on `frames` frames, the first `length` of the bytes.
    fn deliver(&mut self, length: usize, frames: u64) {
        let now = platform::now();
        let (samples, _) = self.bytes[..length].as_chunks::<4>();
        let rate_hz = self.settings.rate_hz;
        // Before the first answer: as if the block had come at once.
        let began = self
            .began
            .unwrap_or_else(|| now - span(self.frames + frames, rate_hz));
        let sink = &mut self.sink;
        if let Some(converter) = &mut self.settings.converter {
            let to_hz = converter.to_hz();
            let samples = samples.iter().map(|sample| sample.to_f32());
            converter.convert(samples, |samples, first| {
                let captured_at = began + span(first, to_hz);
                sink.accept(samples, now, now.since(captured_at));
            });
        } else {
            let captured_at = began + span(self.frames, rate_hz);
            sink.accept(samples, now, now.since(captured_at));
        }
    }

    /// A message about the stream: the answer to our question, or the news of its end.
    fn listen(&mut self, length: usize) -> Result<(), Over> {
        let mut payload = Cursor::new(&self.bytes[..length]);
        let mut words = TagStructReader::new(&mut payload, self.settings.version);
        let (tag, sequence): (CommandTag, u32) = (words.read_enum()?, words.read_u32()?);
        match tag {
            CommandTag::Reply if sequence == AGE_QUESTION => {
                let age: RecordLatency = words.read()?;
                self.asked = false;
                self.date_next_frame(&age);
                Ok(())
            }
            CommandTag::Error | CommandTag::RecordStreamKilled | CommandTag::RecordStreamMoved => {
                Err(Over)
            }
            _ => Ok(()),
        }
    }

    /// All that the server had sent before its answer is here, so the answer is about the next frame: it was captured so
    /// long before the answer as the source's latency and what waits in the server last.
    fn date_next_frame(&mut self, age: &RecordLatency) {
        let rate_hz = self.settings.rate_hz;
        let waiting = (age.write_offset - age.read_offset).max(0) as usize / self.frame_bytes;
        let age_of_next = Duration::from_micros(age.source_usec) + span(waiting as u64, rate_hz);
        // The same machine, so its clock is ours; should it have been set just now, the answer is as old as it is new.
        let since_answer = SystemTime::now().duration_since(age.remote_time);
        let since_answer = since_answer
            .ok()
            .filter(|span| *span < Duration::from_secs(1));
        let answered_at = platform::now() - since_answer.unwrap_or_default();
        self.began = Some(answered_at - age_of_next - span(self.frames, rate_hz));
    }
}

/// How long so many frames last. 128 bits: a stream may run for weeks.
fn span(frames: u64, rate_hz: u32) -> Duration {
    let nanos = u128::from(frames) * 1_000_000_000 / u128::from(rate_hz);
    Duration::from_nanos(nanos as u64)
}
