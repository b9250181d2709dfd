//! Whether a finished WAV is what its record says.
//!
//! There is exactly one header for a format and a length, so the file's is compared byte by byte and interpreted only to be
//! named where it differs. A full check reads the file once.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{WavFormat, read_through};
use crate::corpus::names::hex;
use crate::corpus::sidecar::AudioRecord;

/// What is wrong with a closed WAV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WavFault {
    /// It is not as long as so many frames in this format make it.
    Length {
        /// Bytes that it should have.
        expected: u64,
        /// Bytes that it has.
        found: u64,
    },
    /// Its header is not that of a WAV in this format and of this length.
    Header {
        /// What the header says, in words.
        says: String,
    },
    /// Its bytes are not those that were hashed.
    Content {
        /// SHA-256 of what is there, hex.
        sha256: String,
    },
}

/// Compares a closed WAV with what its record says: length and header, and with `content` all of its bytes. Blocks.
///
/// # Errors
/// The file cannot be read.
pub fn check(path: &Path, audio: &AudioRecord, content: bool) -> io::Result<Option<WavFault>> {
    let format = WavFormat {
        sample_rate_hz: audio.sample_rate_hz,
        channels: audio.channels,
        encoding: audio.encoding,
    };
    let mut file = File::open(path)?;
    let (expected, found) = (format.closed_bytes(audio.frames), file.metadata()?.len());
    if found != expected {
        return Ok(Some(WavFault::Length { expected, found }));
    }
    let Some(header) = format.closed_header(audio.frames) else {
        return Ok(Some(WavFault::Length { expected, found }));
    };
    let mut stands = vec![0; header.len()];
    file.read_exact(&mut stands)?;
    if stands != header {
        let says = header_in_words(path);
        return Ok(Some(WavFault::Header { says }));
    }
    if !content {
        return Ok(None);
    }
    let mut sha = Sha256::new();
    sha.update(&stands);
    read_through(&mut file, |bytes| sha.update(bytes))?;
    let sha256 = hex(&sha.finalize());
    Ok((sha256 != audio.sha256).then_some(WavFault::Content { sha256 }))
}

fn header_in_words(path: &Path) -> String {
    match hound::WavReader::open(path) {
        Ok(wav) => {
            let spec = wav.spec();
            let kind = match spec.sample_format {
                hound::SampleFormat::Float => " float",
                hound::SampleFormat::Int => "",
            };
            format!(
                "{} Hz, {} channels, {} bit{kind}, {} frames",
                spec.sample_rate,
                spec.channels,
                spec.bits_per_sample,
                wav.duration()
            )
        }
        Err(error) => format!("nothing that is understood ({error})"),
    }
}
