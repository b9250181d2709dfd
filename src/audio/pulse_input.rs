//! A stream from a source behind a Pulse server.
//!
//! The source's own channels in its own layout, at its own level: the server neither mixes nor moves the stream, and
//! keeps what is not fetched in time for as long as it can (4 MiB). When the source goes, the stream ends. Its thread
//! blocks on the socket; in steady state it neither allocates nor locks.
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
    let reply: CreateRecordStreamReply = connection
        .ask(&Command::CreateRecordStream(parameters(&source, &info)))
        .map_err(|error| refused(name, &error))?;
    let (writer, reader) = ring(stream, info.format, RING_SECONDS);
    let (sink, faults, health) = BlockSink::new(writer, info.device_channels, &info.channel_map);
    let running = start(connection, &reply, sink, faults, health, &info)
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

fn parameters(source: &protocol::SourceInfo, info: &SourceInfo) -> RecordStreamParams {
    let frame_bytes = 4 * u32::from(info.device_channels);
    let channels = source.sample_spec.channels;
    RecordStreamParams {
        sample_spec: SampleSpec {
            format: SampleFormat::Float32Le,
            channels,
            sample_rate: info.format.sample_rate_hz,
        },
        channel_map: source.channel_map,
        source_index: Some(source.index),
        buffer_attr: BufferAttr {
            max_length: u32::MAX, // as much as the server can
            fragment_size: info.block_frames * frame_bytes,
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
    reply: &CreateRecordStreamReply,
    sink: BlockSink,
    faults: FaultSink,
    health: Arc<Health>,
    info: &SourceInfo,
) -> Result<PulseInput, ProtocolError> {
    let socket = connection.socket.get_ref().try_clone()?;
    let answers = socket.try_clone()?;
    socket.set_read_timeout(None)?;
    let recording = Recording::new(
        connection.socket,
        answers,
        reply.channel,
        connection.version,
        info,
        sink,
    )?;
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

/// The stream as its thread sees it: one message of the server at a time.
#[derive(Debug)]
pub struct Recording<R, W> {
    from_server: R,
    to_server: W,
    version: u16,
    channel: u32,
    /// The question how old the next frame is, ready to send.
    question: Vec<u8>,
    /// It was sent and is not answered.
    asked: bool,
    /// One block.
    bytes: Vec<u8>,
    frame_bytes: usize,
    rate_hz: u32,
    /// Frames received.
    frames: u64,
    /// A frame, and when it was captured.
    date: Option<(u64, Moment)>,
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
    /// The record stream `channel` of a connection that speaks `version`, delivering to `sink` what `info` says.
    ///
    /// # Errors
    /// The question cannot be encoded.
    pub fn new(
        from_server: R,
        to_server: W,
        channel: u32,
        version: u16,
        info: &SourceInfo,
        sink: BlockSink,
    ) -> Result<Self, ProtocolError> {
        let mut question = Vec::new();
        let ask = Command::GetRecordLatency(LatencyParams {
            channel,
            now: SystemTime::UNIX_EPOCH, // comes back as it is; nobody reads it
        });
        encode_command_message(&mut question, AGE_QUESTION, &ask, version)?;
        let frame_bytes = 4 * usize::from(info.device_channels);
        // The news of a stream are short; a block may be shorter still.
        let bytes = (frame_bytes * info.block_frames as usize).max(LONGEST_NEWS);
        Ok(Self {
            from_server,
            to_server,
            version,
            channel,
            question,
            asked: false,
            bytes: vec![0; bytes],
            frame_bytes,
            rate_hz: info.format.sample_rate_hz,
            frames: 0,
            date: None,
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
        if message.channel == self.channel {
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
            let now = platform::now();
            let frames = (part / self.frame_bytes) as u64;
            let captured_at = match self.date {
                Some((frame, at)) => at + self.span(self.frames - frame),
                None => now - self.span(frames),
            };
            let (samples, _) = self.bytes[..part].as_chunks::<4>();
            self.sink.accept(samples, now, now.since(captured_at));
            self.frames += frames;
            left -= part;
        }
        Ok(())
    }

    /// A message about the stream: the answer to our question, or the news of its end.
    fn listen(&mut self, length: usize) -> Result<(), Over> {
        let mut payload = Cursor::new(&self.bytes[..length]);
        let mut words = TagStructReader::new(&mut payload, self.version);
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
        let waiting = (age.write_offset - age.read_offset).max(0) as usize / self.frame_bytes;
        let age_of_next = Duration::from_micros(age.source_usec) + self.span(waiting as u64);
        // The same machine, so its clock is ours; should it have been set just now, the answer is as old as it is new.
        let since_answer = SystemTime::now().duration_since(age.remote_time);
        let since_answer = since_answer
            .ok()
            .filter(|span| *span < Duration::from_secs(1));
        let answered_at = platform::now() - since_answer.unwrap_or_default();
        self.date = Some((self.frames, answered_at - age_of_next));
    }

    fn span(&self, frames: u64) -> Duration {
        Duration::from_nanos(frames * 1_000_000_000 / u64::from(self.rate_hz))
    }
}
