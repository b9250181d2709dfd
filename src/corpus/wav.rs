//! The WAV of a take while it grows, and its closing.
//!
//! Until it is closed its header says "as long as the file", so that other programs play it and its length is the
//! file's. Every write names its place: one that failed half-way is repeated without harm. A WAV cannot hold 4 GiB; what
//! would go beyond is refused, and what came before is whole.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

mod check;

pub use check::{WavFault, check};

use super::names::hex;
use super::sidecar::Encoding;

/// Rate, channels and encoding of a WAV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WavFormat {
    /// Nominal frames per second, above 0.
    pub sample_rate_hz: u32,
    /// Channels, at least 1.
    pub channels: u16,
    /// How samples are stored.
    pub encoding: Encoding,
}

impl WavFormat {
    /// Bytes that one frame takes in the file.
    pub fn bytes_per_frame(self) -> u64 {
        u64::from(self.channels) * u64::from(bits(self.encoding) / 8)
    }

    /// Frames that fit in one WAV: sizes in it have 32 bits.
    pub fn max_frames(self) -> u64 {
        let largest = u64::from(u32::MAX) - 1 - self.header().len() as u64;
        largest / self.bytes_per_frame().max(1)
    }

    /// The header of a closed WAV of so many frames; `None` where no WAV can hold them.
    pub fn closed_header(self, frames: u64) -> Option<Vec<u8>> {
        (frames <= self.max_frames()).then(|| {
            let mut header = self.header();
            self.put_sizes(&mut header, frames);
            header
        })
    }

    /// The length of a closed WAV of so many frames, bytes.
    pub fn closed_bytes(self, frames: u64) -> u64 {
        let data_bytes = frames.saturating_mul(self.bytes_per_frame());
        // RIFF pads chunks of an odd length; the pad is not part of the data.
        (self.header().len() as u64)
            .saturating_add(data_bytes)
            .saturating_add(data_bytes % 2)
    }

    fn put_sizes(self, header: &mut [u8], frames: u64) {
        let riff_bytes = self.closed_bytes(frames) - 8;
        let data_bytes = frames * self.bytes_per_frame();
        let size_at = header.len() - 4;
        header[4..8].copy_from_slice(&(riff_bytes as u32).to_le_bytes());
        header[size_at..].copy_from_slice(&(data_bytes as u32).to_le_bytes());
    }

    /// The header of a WAV whose length is not known yet, ending with the size of its data.
    fn header(self) -> Vec<u8> {
        hound::WavSpec {
            channels: self.channels.max(1),
            sample_rate: self.sample_rate_hz.max(1),
            bits_per_sample: bits(self.encoding),
            sample_format: match self.encoding {
                Encoding::PcmF32le => hound::SampleFormat::Float,
                Encoding::PcmS16le | Encoding::PcmS24le => hound::SampleFormat::Int,
            },
        }
        .into_header_for_infinite_file()
    }
}

fn bits(encoding: Encoding) -> u16 {
    match encoding {
        Encoding::PcmS16le => 16,
        Encoding::PcmS24le => 24,
        Encoding::PcmF32le => 32,
    }
}

/// Appends `samples` (1.0 is full scale) to `bytes`: integers are rounded to the nearest step and clamped, without
/// dither; a 16- or 24-bit converter's values come out as they went in.
pub fn encode(samples: &[f32], encoding: Encoding, bytes: &mut Vec<u8>) {
    match encoding {
        Encoding::PcmS16le => bytes.extend(samples.iter().flat_map(|sample| {
            // A float that is out of range becomes the nearest integer.
            ((sample * 32_768.0).round() as i16).to_le_bytes()
        })),
        Encoding::PcmS24le => bytes.extend(samples.iter().flat_map(|sample| {
            let step = (sample * 8_388_608.0).round() as i32;
            let [a, b, c, _] = step.clamp(-8_388_608, 8_388_607).to_le_bytes();
            [a, b, c]
        })),
        Encoding::PcmF32le => bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes())),
    }
}

/// A closed WAV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedWav {
    /// Its length.
    pub frames: u64,
    /// SHA-256 of the whole file, hex.
    pub sha256: String,
}

/// A WAV that grows.
#[derive(Debug)]
pub struct WavPart {
    file: File,
    format: WavFormat,
    header: Vec<u8>,
    frames: u64,
    max_frames: u64,
    bytes: Vec<u8>,
    unsynced: bool,
    doubtful: bool,
}

impl WavPart {
    /// Begins a WAV at `path`, in the place of any that is there. Blocks.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(path: &Path, format: WavFormat) -> io::Result<Self> {
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)?;
        let header = format.header();
        file.write_all(&header)?;
        Ok(Self::over(file, format, header, 0))
    }

    /// Goes on with a WAV whose recording was cut off: its length is the file's, in whole frames. Blocks.
    ///
    /// # Errors
    /// The file cannot be read and written.
    pub fn reopen(path: &Path, format: WavFormat) -> io::Result<Self> {
        let file = File::options().read(true).write(true).open(path)?;
        let header = format.header();
        let data = file.metadata()?.len().saturating_sub(header.len() as u64);
        let frames = (data / format.bytes_per_frame().max(1)).min(format.max_frames());
        Ok(Self::over(file, format, header, frames))
    }

    fn over(file: File, format: WavFormat, header: Vec<u8>, frames: u64) -> Self {
        Self {
            file,
            format,
            header,
            frames,
            max_frames: format.max_frames(),
            bytes: Vec::new(),
            unsynced: true,
            doubtful: false,
        }
    }

    /// Frames in it so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Appends whole frames as far as they fit and hands them to the system, where they outlive this program. Says
    /// whether all of them fitted. Blocks.
    ///
    /// # Errors
    /// None of these frames counts; the same call may be tried again.
    pub fn append(&mut self, samples: &[f32]) -> io::Result<bool> {
        let channels = usize::from(self.format.channels.max(1));
        let frames = (samples.len() / channels) as u64;
        let fitting = frames.min(self.max_frames - self.frames);
        self.bytes.clear();
        let samples = &samples[..fitting as usize * channels];
        encode(samples, self.format.encoding, &mut self.bytes);
        self.file.seek(SeekFrom::Start(self.end_of_data()))?;
        self.file.write_all(&self.bytes)?;
        self.frames += fitting;
        self.unsynced = true;
        Ok(fitting == frames)
    }

    /// Brings what is in the file to the disk, where it outlives the power. Blocks.
    ///
    /// # Errors
    /// The disk did not take it: what was written since the last sync may be lost.
    pub fn sync(&mut self) -> io::Result<()> {
        if self.unsynced {
            self.bring_to_disk()?;
        }
        Ok(())
    }

    /// Whether a sync has failed. Systems forget what they could not write and report it once: a later sync that
    /// succeeds says nothing about those frames.
    pub fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    fn bring_to_disk(&mut self) -> io::Result<()> {
        let synced = self.file.sync_data();
        self.doubtful |= synced.is_err();
        self.unsynced = false;
        synced
    }

    /// Writes the sizes, brings the file to the disk and hashes it. May be called again. Blocks.
    ///
    /// # Errors
    /// The file cannot be written, synced or read.
    pub fn close(&mut self) -> io::Result<ClosedWav> {
        self.format.put_sizes(&mut self.header, self.frames);

        self.file.set_len(self.end_of_data())?;
        self.file.set_len(self.format.closed_bytes(self.frames))?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&self.header)?;
        self.bring_to_disk()?;
        Ok(ClosedWav {
            frames: self.frames,
            sha256: self.hash()?,
        })
    }

    /// Of the file as it is. Read back, because the header is known last; what was just written is still in memory.
    fn hash(&mut self) -> io::Result<String> {
        self.file.seek(SeekFrom::Start(0))?;
        hash_of(&mut self.file)
    }

    fn end_of_data(&self) -> u64 {
        self.header.len() as u64 + self.frames * self.format.bytes_per_frame()
    }

    #[cfg(test)]
    pub(crate) fn limit_frames(&mut self, max_frames: u64) {
        self.max_frames = max_frames;
    }

    #[cfg(test)]
    pub(crate) fn doubt(&mut self) {
        self.doubtful = true;
    }
}

fn hash_of(file: &mut File) -> io::Result<String> {
    let mut sha = Sha256::new();
    read_through(file, |bytes| sha.update(bytes))?;
    Ok(hex(&sha.finalize()))
}

/// Reads a file to its end in pieces: a take may be larger than memory.
fn read_through(file: &mut File, mut piece: impl FnMut(&[u8])) -> io::Result<()> {
    /// Longest piece, bytes.
    const PIECE: u64 = 256 * 1024;
    // One more than the file has, so that its end is seen without asking for much.
    let room = (file.metadata()?.len() + 1).min(PIECE);
    let mut buffer = vec![0; room as usize];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            count => piece(&buffer[..count]),
        }
    }
}

/// SHA-256 of a whole file, hex. Blocks.
///
/// # Errors
/// The file cannot be read.
pub fn file_sha256(path: &Path) -> io::Result<String> {
    hash_of(&mut File::open(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ENCODINGS: [Encoding; 3] = [Encoding::PcmS16le, Encoding::PcmS24le, Encoding::PcmF32le];

    fn format(encoding: Encoding, channels: u16) -> WavFormat {
        WavFormat {
            sample_rate_hz: 48_000,
            channels,
            encoding,
        }
    }

    /// Steps of a 24-bit converter.
    fn ramp(count: usize) -> Vec<f32> {
        let steps = (0..count).map(|i| (i as i32 * 7919) % 8_388_608);
        steps.map(|step| step as f32 / 8_388_608.0).collect()
    }

    fn steps_of(path: &Path) -> Vec<i64> {
        let mut wav = hound::WavReader::open(path).unwrap();
        match wav.spec().sample_format {
            hound::SampleFormat::Int => wav.samples::<i32>().map(|s| s.unwrap().into()).collect(),
            hound::SampleFormat::Float => {
                let samples = wav.samples::<f32>();
                samples.map(|s| (s.unwrap() * 8_388_608.0) as i64).collect()
            }
        }
    }

    #[test]
    fn every_encoding_and_channel_count_reads_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        for encoding in ENCODINGS {
            for channels in [1, 2, 3, 32] {
                let format = format(encoding, channels);
                let samples = ramp(usize::from(channels) * 7);
                let mut wav = WavPart::create(&path, format).unwrap();
                assert!(wav.append(&samples[..usize::from(channels) * 3]).unwrap());
                assert!(wav.append(&samples[usize::from(channels) * 3..]).unwrap());
                let closed = wav.close().unwrap();
                assert_eq!(closed.frames, 7);
                assert_eq!(closed.sha256, file_sha256(&path).unwrap());
                let expected = ramp(samples.len()).into_iter().map(|x| match encoding {
                    Encoding::PcmS16le => (x * 32_768.0).round().min(32_767.0) as i64,
                    _ => (x * 8_388_608.0) as i64,
                });
                assert_eq!(steps_of(&path), expected.collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn sixteen_bit_mono_is_the_plain_format_that_every_program_reads() {
        let header = format(Encoding::PcmS16le, 1).header();
        assert_eq!(header.len(), 44);
        assert_eq!(&header[20..22], &[1, 0]);
    }

    #[test]
    fn an_odd_number_of_bytes_is_padded_and_the_pad_is_no_frame() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let format = format(Encoding::PcmS24le, 1);
        let mut wav = WavPart::create(&path, format).unwrap();
        wav.append(&ramp(5)).unwrap();
        wav.close().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len() % 2, 0);
        let riff = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
        assert_eq!(riff as usize, bytes.len() - 8);
        assert_eq!(hound::WavReader::open(&path).unwrap().len(), 5);
        assert_eq!(WavPart::reopen(&path, format).unwrap().frames(), 5);
    }

    #[test]
    fn a_wav_that_was_cut_off_is_as_long_as_its_whole_frames() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav.part");
        let format = format(Encoding::PcmS16le, 2);
        let mut wav = WavPart::create(&path, format).unwrap();
        wav.append(&ramp(20)).unwrap();
        drop(wav);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 3]).unwrap();
        let mut wav = WavPart::reopen(&path, format).unwrap();
        assert_eq!(wav.close().unwrap().frames, 9);
        assert_eq!(hound::WavReader::open(&path).unwrap().duration(), 9);
        std::fs::write(&path, &bytes[..10]).unwrap();
        assert_eq!(WavPart::reopen(&path, format).unwrap().frames(), 0);
    }

    #[test]
    fn closing_twice_gives_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut wav = WavPart::create(&path, format(Encoding::PcmS24le, 1)).unwrap();
        wav.append(&ramp(3)).unwrap();
        let first = wav.close().unwrap();
        assert_eq!(wav.close().unwrap(), first);
    }

    #[test]
    fn what_goes_beyond_the_largest_wav_is_refused_and_the_rest_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut wav = WavPart::create(&path, format(Encoding::PcmS16le, 1)).unwrap();
        wav.limit_frames(5);
        assert!(wav.append(&ramp(4)).unwrap());
        assert!(!wav.append(&ramp(4)).unwrap());
        assert!(!wav.append(&ramp(4)).unwrap());
        assert_eq!(wav.close().unwrap().frames, 5);
        assert_eq!(hound::WavReader::open(&path).unwrap().len(), 5);
    }

    #[test]
    fn the_largest_wav_keeps_its_sizes_within_32_bits() {
        for encoding in ENCODINGS {
            let format = format(encoding, 3);
            let bytes = format.max_frames() * format.bytes_per_frame();
            assert!(bytes + 68 < u64::from(u32::MAX));
            assert!(bytes + 68 + 2 * format.bytes_per_frame() > u64::from(u32::MAX));
        }
    }

    #[test]
    fn levels_beyond_full_scale_are_clamped() {
        let mut bytes = Vec::new();
        encode(&[1.0, -1.0, 9.0, -9.0], Encoding::PcmS16le, &mut bytes);
        assert_eq!(bytes, [0xFF, 0x7F, 0, 0x80, 0xFF, 0x7F, 0, 0x80]);
        bytes.clear();
        encode(&[1.0, -9.0], Encoding::PcmS24le, &mut bytes);
        assert_eq!(bytes, [0xFF, 0xFF, 0x7F, 0, 0, 0x80]);
    }

    proptest! {
        #[test]
        fn what_a_converter_gives_is_stored_exactly(a in any::<i16>(), b in -8_388_608i32..8_388_608) {
            let mut bytes = Vec::new();
            encode(&[f32::from(a) / 32_768.0], Encoding::PcmS16le, &mut bytes);
            prop_assert_eq!(&bytes[..], a.to_le_bytes());
            bytes.clear();
            encode(&[b as f32 / 8_388_608.0], Encoding::PcmS24le, &mut bytes);
            prop_assert_eq!(&bytes[..], &b.to_le_bytes()[..3]);
        }
    }
}
