//! Samples as a WAV or FLAC file in memory.
//!
//! Integers are rounded to the nearest step, without dither: it would add noise to what is only cut, resampling leaves room
//! noise that decorrelates the rounding error as well, 16-bit rounding lies 98 dB down, below any microphone in a room, and
//! silence stays zeros. What is beyond full scale becomes the largest step and is counted.

use flacenc::bitsink::ByteSink;
use flacenc::component::BitRepr;
use flacenc::error::Verify;
use flacenc::source::MemSource;

use super::super::shape::Bits;
use crate::corpus::sidecar::Encoding;
use crate::corpus::wav::WavFormat;

/// Frames of a FLAC block: the reference encoder's.
const FLAC_BLOCK: usize = 4096;
/// Channels that FLAC can hold.
pub const FLAC_CHANNELS: u16 = 8;
/// Highest rate that every FLAC decoder takes, Hz.
pub const FLAC_RATE_HZ: u32 = 655_350;

/// The encoding of a WAV with such samples.
pub fn encoding_of(bits: Bits) -> Encoding {
    match bits {
        Bits::B16 => Encoding::PcmS16le,
        Bits::B24 => Encoding::PcmS24le,
        Bits::Float => Encoding::PcmF32le,
    }
}

/// The samples of a WAV with this encoding.
pub fn bits_of(encoding: Encoding) -> Bits {
    match encoding {
        Encoding::PcmS16le => Bits::B16,
        Encoding::PcmS24le => Bits::B24,
        Encoding::PcmF32le => Bits::Float,
    }
}

/// Bits a sample, 32 of a float.
pub fn width(bits: Bits) -> u16 {
    match bits {
        Bits::B16 => 16,
        Bits::B24 => 24,
        Bits::Float => 32,
    }
}

/// Puts `samples` of one channel into interleaved WAV `data`, whose first place is theirs and which has `channels`; says
/// how many were beyond full scale.
pub fn put_wav(
    samples: &[f64],
    gain: f64,
    bits: Bits,
    channels: usize,
    channel: usize,
    data: &mut [u8],
) -> u64 {
    let mut clipped = 0;
    match bits {
        Bits::B16 => put(samples, channels, channel, data, |sample| {
            (step(sample * gain, 32_768.0, &mut clipped) as i16).to_le_bytes()
        }),
        Bits::B24 => put(samples, channels, channel, data, |sample| {
            let [a, b, c, _] = step(sample * gain, 8_388_608.0, &mut clipped).to_le_bytes();
            [a, b, c]
        }),
        Bits::Float => put(samples, channels, channel, data, |sample| {
            ((sample * gain) as f32).to_le_bytes()
        }),
    }
    clipped
}

/// Writes samples of `WIDTH` bytes to the places of one channel.
fn put<const WIDTH: usize>(
    samples: &[f64],
    channels: usize,
    channel: usize,
    data: &mut [u8],
    mut bytes: impl FnMut(f64) -> [u8; WIDTH],
) {
    let places = data.as_chunks_mut().0;
    if channels == 1 {
        // Said plainly, it runs several times as fast.
        for (place, sample) in places.iter_mut().zip(samples) {
            *place = bytes(*sample);
        }
    } else {
        let own = places.iter_mut().skip(channel).step_by(channels);
        for (place, sample) in own.zip(samples) {
            *place = bytes(*sample);
        }
    }
}

/// The same as steps of an integer encoding, for FLAC.
pub fn put_steps(
    samples: &[f64],
    gain: f64,
    bits: Bits,
    channels: usize,
    channel: usize,
    data: &mut [i32],
) -> u64 {
    let full_scale = f64::from(1_u32 << (width(bits) - 1));
    let mut clipped = 0;
    for (frame, sample) in data.chunks_exact_mut(channels).zip(samples) {
        frame[channel] = step(sample * gain, full_scale, &mut clipped);
    }
    clipped
}

/// The nearest step, halves away from zero. What is no number is 0.
#[inline]
fn step(sample: f64, full_scale: f64, clipped: &mut u64) -> i32 {
    let scaled = sample * full_scale;
    // Casting cuts off the fraction.
    let rounded = scaled + 0.5_f64.copysign(scaled);
    let (least, most) = (-full_scale, full_scale - 1.0);
    *clipped += u64::from(rounded >= full_scale || rounded <= least - 1.0);
    rounded.clamp(least, most) as i32
}

/// A WAV's header for so many frames; `None` where no WAV can hold them.
pub fn wav_header(rate_hz: u32, channels: u16, bits: Bits, frames: u64) -> Option<Vec<u8>> {
    WavFormat {
        sample_rate_hz: rate_hz,
        channels,
        encoding: encoding_of(bits),
    }
    .closed_header(frames)
}

/// A FLAC file of interleaved steps.
///
/// # Errors
/// The encoder refused, in its words.
pub fn flac(steps: &[i32], channels: u16, bits: Bits, rate_hz: u32) -> Result<Vec<u8>, String> {
    let config = flacenc::config::Encoder::default()
        .into_verified()
        .map_err(|(_, error)| error.to_string())?;
    let (channels, width) = (usize::from(channels), usize::from(width(bits)));
    let source = MemSource::from_samples(steps, channels, width, rate_hz as usize);
    let mut stream = flacenc::encode_with_fixed_block_size(&config, source, FLAC_BLOCK)
        .map_err(|error| error.to_string())?;
    // The last block does not count (RFC 9639, 8.2), and decoders refuse a stream whose smallest is below 16 frames.
    stream
        .stream_info_mut()
        .set_block_sizes(FLAC_BLOCK, FLAC_BLOCK)
        .map_err(|error| error.to_string())?;
    let mut sink = ByteSink::new();
    stream.write(&mut sink).map_err(|error| error.to_string())?;
    Ok(sink.into_inner())
}
