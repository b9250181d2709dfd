//! A WAV file as a source, fed in real time.
//!
//! Its samples reach the ring exactly (integers of up to 24 bits, floats). After its end the stream goes on, as a
//! microphone's would, with noise at -90 dBFS: silence that is not the exact digital silence of a muted microphone.
//! The file's own rate and channels are the device's: another rate is refused.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec};

use super::inputs::{OpenError, OpenRequest, rates_in_words};
use super::paced::Feed;

/// Peak of the noise after the end: 10^(-90/20).
const NOISE_PEAK: f32 = 3.162_277_7e-5;

/// The samples of a file, then noise.
pub struct WavFeed {
    samples: Samples,
    noise: u32,
}

type Samples = Box<dyn Iterator<Item = f32> + Send>;

impl std::fmt::Debug for WavFeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WavFeed").finish_non_exhaustive()
    }
}

impl WavFeed {
    /// Opens `path` for `request`; says also how many channels it has and how its samples are stored (`i16`, `f32`).
    ///
    /// # Errors
    /// It is no WAV file, or its rate is not the one asked for.
    pub fn open(path: &Path, request: &OpenRequest) -> Result<(Self, u16, String), OpenError> {
        let reader = WavReader::open(path).map_err(|error| OpenError::File {
            path: path.to_owned(),
            reason: match error {
                hound::Error::IoError(error) => error.to_string(),
                other => format!("it is no WAV file that can be read ({other})"),
            },
        })?;
        let spec = reader.spec();
        if spec.sample_rate != request.sample_rate_hz {
            return Err(OpenError::RateRefused {
                name: path.display().to_string(),
                wanted_hz: request.sample_rate_hz,
                rates: rates_in_words(&[(spec.sample_rate, spec.sample_rate)]),
            });
        }
        let letter = match spec.sample_format {
            SampleFormat::Int => 'i',
            SampleFormat::Float => 'f',
        };
        let feed = Self {
            samples: samples(reader, spec),
            noise: 1,
        };
        let stored = format!("{letter}{}", spec.bits_per_sample);
        Ok((feed, spec.channels, stored))
    }

    /// The next sample of a small generator of white noise (Marsaglia, "Xorshift RNGs", 2003).
    fn noise(&mut self) -> f32 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        self.noise.cast_signed() as f32 / 2_147_483_648.0 * NOISE_PEAK
    }
}

impl Feed for WavFeed {
    fn fill(&mut self, block: &mut [f32]) {
        for sample in block {
            *sample = match self.samples.next() {
                Some(stored) => stored,
                None => self.noise(),
            };
        }
    }
}

/// The samples with full scale at 1.0. A file that breaks off in the middle ends there.
fn samples(reader: WavReader<BufReader<File>>, spec: WavSpec) -> Samples {
    match spec.sample_format {
        SampleFormat::Float => Box::new(reader.into_samples::<f32>().map_while(Result::ok)),
        SampleFormat::Int => {
            let full_scale = (1u32 << (spec.bits_per_sample - 1)) as f32;
            let whole = reader.into_samples::<i32>().map_while(Result::ok);
            Box::new(whole.map(move |sample| sample as f32 / full_scale))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp)] // exactly these values are promised

    use super::*;
    use crate::audio::inputs::InputChoice;

    fn request(path: &Path, sample_rate_hz: u32) -> OpenRequest {
        OpenRequest {
            input: InputChoice::File(path.to_owned()),
            host: None,
            sample_rate_hz,
            channels: 1,
            channel_map: None,
        }
    }

    fn write(path: &Path, spec: WavSpec, samples: &[i32]) {
        let mut wav = hound::WavWriter::create(path, spec).unwrap();
        for sample in samples {
            match spec.sample_format {
                SampleFormat::Int => wav.write_sample(*sample).unwrap(),
                SampleFormat::Float => wav.write_sample(*sample as f32 / 8.0).unwrap(),
            }
        }
        wav.finalize().unwrap();
    }

    fn spec(bits_per_sample: u16, sample_format: SampleFormat) -> WavSpec {
        WavSpec {
            channels: 1,
            sample_rate: 16_000,
            bits_per_sample,
            sample_format,
        }
    }

    #[test]
    fn samples_of_every_depth_are_exact_and_silence_after_the_end_is_not_digital() {
        let folder = tempfile::tempdir().unwrap();
        for (bits, kind, full_scale) in [
            (8, SampleFormat::Int, 128.0),
            (16, SampleFormat::Int, 32_768.0),
            (24, SampleFormat::Int, 8_388_608.0),
            (32, SampleFormat::Float, 8.0),
        ] {
            let path = folder.path().join(format!("{bits}.wav"));
            write(&path, spec(bits, kind), &[-128, 0, 127, 1]);
            let (mut feed, channels, _) = WavFeed::open(&path, &request(&path, 16_000)).unwrap();
            let mut block = [0.0; 6];
            feed.fill(&mut block);
            let exact = [-128.0, 0.0, 127.0, 1.0].map(|sample: f32| sample / full_scale);
            assert_eq!((&block[..4], channels), (&exact[..], 1));
            let after = block[4..].iter().map(|sample| sample.abs());
            assert!(
                after
                    .clone()
                    .all(|level| level > 0.0 && level <= NOISE_PEAK)
            );
        }
    }

    #[test]
    fn another_rate_is_refused_with_the_files_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        write(&path, spec(16, SampleFormat::Int), &[1]);
        let refused = WavFeed::open(&path, &request(&path, 48_000)).unwrap_err();
        assert!(
            refused.to_string().contains("it gives 16000 Hz"),
            "{refused}"
        );
    }

    #[test]
    fn what_is_no_wav_file_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        for content in [None, Some("no sound")] {
            if let Some(content) = content {
                std::fs::write(&path, content).unwrap();
            }
            let refused = WavFeed::open(&path, &request(&path, 48_000)).unwrap_err();
            assert!(refused.to_string().contains("a.wav cannot be played in"));
        }
    }
}
