//! Sound in and out: sources that are always open, the ring that carries them, the clock that dates their frames.

pub mod callback;
pub mod clip;
pub mod clock;
pub mod convert;
pub mod demo;
pub mod device;
pub mod file;
pub mod inputs;
pub mod paced;
pub mod plan;
pub mod playback;
#[cfg(unix)]
pub mod pulse;
#[cfg(unix)]
pub mod pulse_input;
pub mod ring;
pub mod scripted;
pub mod sources;
pub mod supervisor;

use crate::units::Moment;

/// Length of the ring between the callback and the capture thread.
pub const RING_SECONDS: u32 = 4;

/// What a source delivers after the channel pick: interleaved f32 at this rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamFormat {
    /// Nominal frames per second.
    pub sample_rate_hz: u32,
    /// Channels kept, at least 1.
    pub channels: u16,
}

/// What kind of thing speaks; written as the sidecar's `source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A real input device.
    Microphone,
    /// A WAV file fed in real time.
    File,
    /// The built-in demo speaker.
    Demo,
}

/// How a speaker was given what to say. Who presses the key may begin before it; who waits for a prompt cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// The start key was pressed.
    Key,
    /// The prompt appeared.
    Prompt,
}

/// An opened source, as the session record and the screen name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceInfo {
    /// Kind of source.
    pub kind: SourceKind,
    /// The audio system: `alsa`, `pulseaudio`, `file`, `demo`.
    pub host: String,
    /// Stable id that `--input` takes.
    pub id: String,
    /// For people.
    pub name: String,
    /// What reaches the ring.
    pub format: StreamFormat,
    /// Channels the device itself was opened with.
    pub device_channels: u16,
    /// Zero-based device channels that are kept, in this order.
    pub channel_map: Vec<u16>,
    /// The form of the samples as they were delivered, e.g. `i16`; `f32` from a server.
    pub sample_format: String,
    /// Frames per block asked for.
    pub block_frames: u32,
}

/// One block of the stream, as the callback stamped it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Number of the opening: a new one each time a source is opened in this run, from 1.
    pub stream: u32,
    /// Frames delivered by the device before this block, since the stream's opening. A refused block is a jump.
    pub first_frame: u64,
    /// Frames in this block.
    pub frames: u32,
    /// When the block's first frame was captured, by the device's own account.
    pub captured_at: Moment,
}
