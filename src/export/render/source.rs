//! A take's WAV, read once and proved while it is read.
//!
//! Promise: what comes out are the bytes that the sidecar's SHA-256 is of. How it fails: with the file and what is wrong with
//! it, before anything is written.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use super::super::error::{ExportError, IoContext};
use crate::corpus::names::sha256_hex;
use crate::corpus::sidecar::{AudioRecord, Encoding};
use crate::corpus::wav::{self, WavFault, WavFormat};

/// The format that a record of audio names.
pub fn format_of(audio: &AudioRecord) -> WavFormat {
    WavFormat {
        sample_rate_hz: audio.sample_rate_hz,
        channels: audio.channels,
        encoding: audio.encoding,
    }
}

/// A WAV that is what its record says, in memory.
#[derive(Debug)]
pub struct Source<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    samples: &'a [u8],
    format: WavFormat,
}

impl<'a> Source<'a> {
    /// Reads it into `room` (its length grows as needed). Blocks.
    ///
    /// # Errors
    /// It cannot be read, or is not what `audio` says.
    pub fn read(
        path: &Path,
        audio: &AudioRecord,
        room: &'a mut Vec<u8>,
    ) -> Result<Self, ExportError> {
        let format = format_of(audio);
        let expected = format.closed_bytes(audio.frames);
        let found = read_all(path, expected, room).at("read", path)?;
        if found != expected {
            return Err(wrong(path, &WavFault::Length { expected, found }));
        }
        let sha256 = sha256_hex(room);
        if sha256 != audio.sha256 {
            return Err(wrong(path, &WavFault::Content { sha256 }));
        }
        let header = format.closed_header(audio.frames).unwrap_or_default();
        let end = header.len() + (audio.frames * format.bytes_per_frame()) as usize;
        match room.get(header.len()..end) {
            Some(samples) if room.starts_with(&header) => Ok(Self {
                bytes: room,
                samples,
                format,
            }),
            _ => Err(not_its_header(path)),
        }
    }

    /// Channel `channel` of some frames, 1.0 full scale, in the place of what is in `out`. Frames that the take does not
    /// have are left out.
    pub fn decode(&self, frames: Range<u64>, channel: usize, out: &mut Vec<f64>) {
        out.clear();
        let channels = usize::from(self.format.channels);
        let all = self.samples.len() / self.format.bytes_per_frame() as usize;
        let within = |frame: u64| (frame as usize).min(all) * channels;
        let samples = within(frames.start)..within(frames.end).max(within(frames.start));
        match self.format.encoding {
            Encoding::PcmS16le => pick(self.samples, samples, channels, channel, out, |bytes| {
                f64::from(i16::from_le_bytes(bytes)) / 32_768.0
            }),
            Encoding::PcmS24le => pick(
                self.samples,
                samples,
                channels,
                channel,
                out,
                |[a, b, c]| f64::from(i32::from_le_bytes([0, a, b, c])) / 2_147_483_648.0,
            ),
            Encoding::PcmF32le => pick(self.samples, samples, channels, channel, out, |bytes| {
                f64::from(f32::from_le_bytes(bytes))
            }),
        }
    }
}

/// Appends one channel of some samples of `WIDTH` bytes to `out`.
fn pick<const WIDTH: usize>(
    bytes: &[u8],
    samples: Range<usize>,
    channels: usize,
    channel: usize,
    out: &mut Vec<f64>,
    value: impl Fn([u8; WIDTH]) -> f64,
) {
    let samples = bytes.as_chunks().0.get(samples).unwrap_or_default();
    if channels == 1 {
        // Said plainly, it runs several times as fast.
        out.extend(samples.iter().map(|bytes| value(*bytes)));
    } else {
        let own = samples.iter().skip(channel).step_by(channels);
        out.extend(own.map(|bytes| value(*bytes)));
    }
}

/// Reads a file that should be `expected` bytes long; says how long it is. Not more than that and one byte is read.
fn read_all(path: &Path, expected: u64, room: &mut Vec<u8>) -> io::Result<u64> {
    room.clear();
    let mut file = File::open(path)?;
    let wanted = usize::try_from(expected).map_err(io::Error::other)?;
    room.resize(wanted, 0);
    let mut read = 0;
    while read < wanted {
        match file.read(&mut room[read..]) {
            Ok(0) => return Ok(read as u64),
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    match file.read(&mut [0])? {
        0 => Ok(expected),
        _ => Ok(file.metadata()?.len()),
    }
}

/// Compares length and header of a WAV with its record, and does not read the rest. Blocks.
///
/// # Errors
/// It cannot be read, or is not what `audio` says.
pub fn check_length(path: &Path, audio: &AudioRecord) -> Result<(), ExportError> {
    match wav::check(path, audio, false).at("read", path)? {
        None => Ok(()),
        Some(fault) => Err(wrong(path, &fault)),
    }
}

fn wrong(path: &Path, fault: &WavFault) -> ExportError {
    let what = match fault {
        WavFault::Length { expected, found } => {
            format!("it has {found} bytes, and by its sidecar it should have {expected}")
        }
        WavFault::Content { sha256 } => format!(
            "it is not the audio that was recorded: its SHA-256 is {sha256}, and its sidecar has another"
        ),
        WavFault::Header { .. } => return not_its_header(path),
    };
    ExportError::Audio {
        path: path.to_owned(),
        what,
    }
}

fn not_its_header(path: &Path) -> ExportError {
    ExportError::Audio {
        path: path.to_owned(),
        what: "its header is not that of the format and length that its sidecar names".to_owned(),
    }
}
