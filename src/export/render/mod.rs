//! The audio of an export: one file for each utterance, as its [`Shape`] says.
//!
//! Promise: a file holds the sound of its take and nothing else happens to it than was asked for. Where nothing was, it is the
//! recorded file byte for byte. Every WAV is proved by its sidecar's SHA-256 while it is read (a hard link reads nothing: its
//! length and header are compared). The same takes give the same files.
//!
//! How it fails: with the take, before its file is there. What a shape cannot make of a take is [refused](refuses) before
//! anything is written; what should be known of a file that was made is in its [`Remarks`].
//!
//! A thread has one take in memory: its file, and what is made of it.

mod encode;
mod file;
mod loudness;
mod resample;
mod source;
mod window;

use std::cell::RefCell;
use std::path::Path;

use super::error::{ExportError, Refusal};
use super::format::Planned;
use super::shape::{Bits, Shape};
use super::utterance::{Remarks, Rendered, Utterance};
use crate::corpus::names::sha256_hex;
use resample::Converter;
use source::{Source, check_length, format_of};
use window::Window;

pub use loudness::{Gains, gains};

/// Frames that are decoded at a time where the rate stays.
const PIECE: u64 = 8192;
/// Rates that a thread keeps converters for.
const CONVERTERS: usize = 4;
/// Larger buffers than this are not kept from take to take, bytes.
const KEPT: usize = 64 << 20;

/// Why an utterance cannot be made as `shape` says; `None`: it can.
pub fn refuses(utterance: &Utterance, shape: &Shape) -> Option<Refusal> {
    Job::of(utterance, shape).err()
}

/// Makes the file of one utterance in `folder`, whole or not at all. Blocks.
///
/// # Errors
/// The WAV cannot be read or is not what its sidecar says, or the file cannot be written.
pub fn render(
    utterance: &Utterance,
    planned: &Planned,
    shape: &Shape,
    gain_db: f64,
    folder: &Path,
) -> Result<Rendered, ExportError> {
    let job = Job::of(utterance, shape).map_err(|refusal| ExportError::Refused(vec![refusal]))?;
    let file = format!("{}.{}", planned.stem, shape.ending());
    let path = folder.join(&file);
    let mut rendered = job.rendered(file);
    if !job.changes_nothing(gain_db) {
        let made = with_workshop(|workshop| job.make(gain_db, workshop, &path))?;
        rendered.bytes = made.bytes;
        rendered.sha256 = made.sha256;
        rendered.remarks.clipped_samples = made.clipped_samples;
        return Ok(rendered);
    }
    if shape.link {
        check_length(&utterance.wav, &utterance.audio)?;
        if file::link(&utterance.wav, &path)? {
            return Ok(rendered);
        }
        rendered.remarks.copied = true;
    }
    with_workshop(|workshop| {
        let source = Source::read(&utterance.wav, &utterance.audio, &mut workshop.read)?;
        file::place(&path, source.bytes)
    })?;
    Ok(rendered)
}

/// What is to be made of an utterance.
struct Job<'a> {
    utterance: &'a Utterance,
    window: Window,
    bits: Bits,
    channels: u16,
    flac: bool,
}

/// A file that was made.
struct Made {
    bytes: u64,
    sha256: String,
    clipped_samples: u64,
}

impl<'a> Job<'a> {
    fn of(utterance: &'a Utterance, shape: &Shape) -> Result<Self, Refusal> {
        let refused = |why| Refusal {
            take: utterance.name.clone(),
            why,
        };
        let audio = &utterance.audio;
        let window = Window::of(utterance, shape).map_err(refused)?;
        let job = Self {
            utterance,
            window,
            bits: shape.bits.unwrap_or(encode::bits_of(audio.encoding)),
            channels: shape.channels.unwrap_or(audio.channels),
            flac: shape.flac,
        };
        match job.cannot(audio.channels) {
            None => Ok(job),
            Some(why) => Err(refused(why)),
        }
    }

    fn cannot(&self, recorded: u16) -> Option<String> {
        let (channels, rate_hz) = (self.channels, self.window.rate_hz);
        if channels == 0 || channels > recorded {
            return Some(format!(
                "it has {recorded} channels, and {channels} were asked for"
            ));
        }
        if rate_hz == 0 {
            return Some("no rate of 0 Hz can be made".to_owned());
        }
        if self.flac && self.bits == Bits::Float {
            return Some("its samples are floats, which FLAC has not; add --bits 24".to_owned());
        }
        if self.flac && channels > encode::FLAC_CHANNELS {
            return Some(format!(
                "it has {channels} channels, and FLAC has {} at most",
                encode::FLAC_CHANNELS
            ));
        }
        if self.flac && rate_hz > encode::FLAC_RATE_HZ {
            return Some(format!("{rate_hz} Hz is more than FLAC can hold"));
        }
        let frames = self.window.frames();
        let fits = encode::wav_header(rate_hz, channels, self.bits, frames).is_some();
        (!fits).then(|| "it would be longer than a WAV can be (4 GiB)".to_owned())
    }

    /// All that is known before it is made; size and hash are those of the recorded file.
    fn rendered(&self, file: String) -> Rendered {
        let audio = &self.utterance.audio;
        Rendered {
            file,
            sample_rate_hz: self.window.rate_hz,
            channels: self.channels,
            frames: self.window.frames(),
            bits: encode::width(self.bits),
            bytes: format_of(audio).closed_bytes(audio.frames),
            sha256: audio.sha256.clone(),
            speech: self.window.speech.clone(),
            remarks: Remarks {
                zeros_before: self.window.zeros_before,
                zeros_after: self.window.zeros_after,
                left_whole: self.window.left_whole,
                ..Remarks::default()
            },
        }
    }

    fn changes_nothing(&self, gain_db: f64) -> bool {
        let audio = &self.utterance.audio;
        self.window.is_whole
            && self.window.rate_hz == audio.sample_rate_hz
            && self.channels == audio.channels
            && self.bits == encode::bits_of(audio.encoding)
            && !self.flac
            && gain_db == 0.0
    }

    fn make(
        &self,
        gain_db: f64,
        workshop: &mut Workshop,
        path: &Path,
    ) -> Result<Made, ExportError> {
        let gain = 10_f64.powf(gain_db / 20.0);
        let Workshop {
            read,
            write,
            steps,
            samples,
        } = workshop;
        let source = Source::read(&self.utterance.wav, &self.utterance.audio, read)?;
        let clipped_samples;
        if self.flac {
            clipped_samples = self.steps(&source, gain, samples, steps);
            let (rate_hz, bits) = (self.window.rate_hz, self.bits);
            *write = encode::flac(steps, self.channels, bits, rate_hz).map_err(|what| {
                ExportError::Audio {
                    path: self.utterance.wav.clone(),
                    what: format!("it cannot be made a FLAC file: {what}"),
                }
            })?;
        } else {
            clipped_samples = self.wav(&source, gain, samples, write);
        }
        file::place(path, write)?;
        Ok(Made {
            bytes: write.len() as u64,
            sha256: sha256_hex(write),
            clipped_samples,
        })
    }

    /// A whole WAV file; says how many samples were beyond full scale.
    fn wav(&self, source: &Source, gain: f64, samples: &mut Samples, file: &mut Vec<u8>) -> u64 {
        let (rate_hz, channels, bits) = (self.window.rate_hz, self.channels, self.bits);
        let header = encode::wav_header(rate_hz, channels, bits, self.window.frames());
        let header = header.unwrap_or_default(); // refused where there is none
        let per_frame = usize::from(channels * encode::width(bits) / 8);
        let data_bytes = self.window.frames() as usize * per_frame;
        file.clear();
        file.extend_from_slice(&header);
        file.resize(header.len() + data_bytes + data_bytes % 2, 0);
        let data = &mut file[header.len()..header.len() + data_bytes];
        let mut clipped = 0;
        for channel in 0..usize::from(channels) {
            let mut at = self.window.zeros_before as usize * per_frame;
            self.channel(source, channel, samples, |piece| {
                let place = &mut data[at..at + piece.len() * per_frame];
                clipped += encode::put_wav(piece, gain, bits, channels.into(), channel, place);
                at += place.len();
            });
        }
        clipped
    }

    /// The same as interleaved steps.
    fn steps(&self, source: &Source, gain: f64, samples: &mut Samples, data: &mut Vec<i32>) -> u64 {
        let channels = usize::from(self.channels);
        data.clear();
        data.resize(self.window.frames() as usize * channels, 0);
        let mut clipped = 0;
        for channel in 0..channels {
            let mut at = self.window.zeros_before as usize * channels;
            self.channel(source, channel, samples, |piece| {
                let place = &mut data[at..at + piece.len() * channels];
                clipped += encode::put_steps(piece, gain, self.bits, channels, channel, place);
                at += place.len();
            });
        }
        clipped
    }

    /// Channel `channel` of the part of the take that is exported, at the rate of the export, in pieces.
    fn channel(
        &self,
        source: &Source,
        channel: usize,
        samples: &mut Samples,
        mut hand_on: impl FnMut(&[f64]),
    ) {
        let Samples {
            converters,
            piece,
            other,
        } = samples;
        let (from_hz, to_hz) = (self.utterance.audio.sample_rate_hz, self.window.rate_hz);
        let recorded = usize::from(self.utterance.audio.channels);
        let mixes = self.channels == 1 && recorded > 1;
        let mut read = |frames: std::ops::Range<u64>, piece: &mut Vec<f64>| {
            source.decode(frames.clone(), channel, piece);
            if mixes {
                for further in 1..recorded {
                    source.decode(frames.clone(), further, other);
                    for (sum, sample) in piece.iter_mut().zip(&*other) {
                        *sum += sample;
                    }
                }
                for sum in piece {
                    *sum /= recorded as f64;
                }
            }
        };
        let part = self.window.part.clone();
        if from_hz != to_hz {
            if let Some(converter) = converter(converters, from_hz, to_hz) {
                converter.convert(part, read, hand_on);
            }
            return;
        }
        let mut next = part.start;
        while next < part.end {
            let end = (next + PIECE).min(part.end);
            read(next..end, piece);
            hand_on(piece);
            next = end;
        }
    }
}

/// The converter of these rates, the last used first.
fn converter(kept: &mut Vec<Converter>, from_hz: u32, to_hz: u32) -> Option<&mut Converter> {
    if let Some(at) = kept.iter().position(|c| c.is_of(from_hz, to_hz)) {
        kept[..=at].rotate_right(1);
    } else {
        kept.truncate(CONVERTERS - 1);
        kept.insert(0, Converter::new(from_hz, to_hz)?);
    }
    kept.first_mut()
}

/// What a thread keeps from take to take: buffers, and converters with their tables.
#[derive(Default)]
struct Workshop {
    read: Vec<u8>,
    write: Vec<u8>,
    steps: Vec<i32>,
    samples: Samples,
}

#[derive(Default)]
struct Samples {
    converters: Vec<Converter>,
    piece: Vec<f64>,
    other: Vec<f64>,
}

fn with_workshop<T>(work: impl FnOnce(&mut Workshop) -> T) -> T {
    thread_local! {
        static OWN: RefCell<Workshop> = RefCell::default();
    }
    let mut workshop = OWN.take();
    let result = work(&mut workshop);
    for buffer in [&mut workshop.read, &mut workshop.write] {
        if buffer.capacity() > KEPT {
            *buffer = Vec::new();
        }
    }
    if workshop.steps.capacity() > KEPT / 4 {
        workshop.steps = Vec::new();
    }
    OWN.set(workshop);
    result
}
