//! A WAV file as the source: takes hold its very samples, from the frame that their sidecar names.

use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use voicebooth::corpus::sidecar::Status::Rejected;

use crate::evidence::Corpus;
use crate::sitting::{Place, Sitting};

const LIST: &str = "list.txt";
const RATE_HZ: u32 = 48_000;
/// Longer than any of these tests sits.
const SECONDS: u32 = 30;

/// Every sample of a file says where it stands: no two frames within 2^20 are the same.
fn sample(frame: u32, channel: u16, bits: u16) -> i32 {
    let wide = (frame.wrapping_mul(0x9E37_79B1) ^ (u32::from(channel) << 17)).cast_signed();
    wide >> (32 - bits) >> 2 // an eighth of full scale is plenty
}

fn write(path: &Path, channels: u16, bits: u16) {
    let spec = WavSpec {
        channels,
        sample_rate: RATE_HZ,
        bits_per_sample: bits,
        sample_format: SampleFormat::Int,
    };
    let mut wav = WavWriter::create(path, spec).unwrap();
    for frame in 0..SECONDS * RATE_HZ {
        for channel in 0..channels {
            wav.write_sample(sample(frame, channel, bits)).unwrap();
        }
    }
    wav.finalize().unwrap();
}

/// Three takes, one of them at once after the other, with `args`; every sample of theirs is that of `kept` channels of
/// the file.
fn takes_hold_the_file(channels: u16, bits: u16, kept: &[u16], args: &[&str]) {
    let place = Place::with(LIST, "alpha\nbeta\ngamma\n");
    write(&place.path("numbers.wav"), channels, bits);
    let start = place.record(&[LIST, "--input", "numbers.wav", "--review", "never"]);
    let sitting = Sitting::open(&args.iter().fold(start, |start, arg| start.arg(arg)));
    for _ in 0..3 {
        sitting.begin();
        sitting.stop();
    }
    sitting.saved();
    sitting.leave();

    let corpus = Corpus::read(&place.corpus());
    assert!(corpus.takes.len() >= 3);
    for take in &corpus.takes {
        assert_eq!(take.source, "file");
        let audio = take.audio.as_ref().unwrap();
        assert_eq!(usize::from(audio.channels), kept.len());
        let first = take.timing.as_ref().unwrap().first_frame as u32;
        let file = corpus.session_folder(&take.session).join(&audio.file);
        let samples: Vec<i32> = WavReader::open(file)
            .unwrap()
            .samples()
            .map(Result::unwrap)
            .collect();
        let expected = (first..).take(audio.frames as usize);
        let expected = expected.flat_map(|frame| kept.iter().map(move |c| sample(frame, *c, bits)));
        let wrong = samples
            .iter()
            .copied()
            .zip(expected)
            .position(|(is, should)| is != should);
        assert_eq!(
            wrong,
            None,
            "of {} samples from frame {first} on",
            samples.len()
        );
        assert_eq!(samples.len(), audio.frames as usize * kept.len());
    }
}

#[test]
fn takes_hold_the_very_samples_of_the_file() {
    takes_hold_the_file(1, 16, &[0], &[]);
}

#[test]
fn channels_are_taken_as_they_are_asked_for_and_never_mixed() {
    takes_hold_the_file(3, 24, &[2, 0], &["--channel-map", "3,1", "--bits", "24"]);
}

#[test]
fn a_rate_that_the_file_does_not_have_is_refused_with_its_own() {
    let place = Place::with(LIST, "alpha\n");
    write(&place.path("numbers.wav"), 1, 16);
    let args = [LIST, "--input", "numbers.wav", "--rate", "44100"];
    let sitting = Sitting::start(&place.record(&args).size(80, 24));
    let text = sitting.wait_for("48000 Hz");
    assert!(text.contains("cannot give 44100 Hz"), "{text}");
    sitting.leave();
}

#[test]
fn a_missing_microphone_is_told_and_the_demo_speaker_is_offered() {
    let place = Place::with(LIST, "alpha\n");
    let args = [LIST, "--input", "a microphone that nobody has"];
    let sitting = Sitting::start(&place.record(&args).size(80, 24));
    let text = sitting.wait_for("No microphone");
    let offer = text.lines().find(|line| line.contains("The demo speaker"));
    let number = offer.unwrap().split_whitespace().next().unwrap();
    sitting.resize(80, 10);
    sitting.press(number);
    assert_eq!(sitting.read(), "alpha");
    sitting.over();
    sitting.leave();
    assert_eq!(Corpus::read(&place.corpus()).takes[0].source, "demo");
}

#[test]
fn a_microphone_that_gives_exact_silence_is_told() {
    let place = Place::with(LIST, "alpha\n");
    let spec = WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut wav = WavWriter::create(place.path("muted.wav"), spec).unwrap();
    (0..SECONDS * RATE_HZ).for_each(|_| wav.write_sample(0_i16).unwrap());
    wav.finalize().unwrap();
    let sitting = Sitting::open(&place.record(&[LIST, "--input", "muted.wav"]));
    sitting.wait_for("gives no sound at all");
    sitting.begin();
    sitting.stop();
    sitting.wait_for("Nothing was heard for “alpha”");
    assert_eq!(sitting.ready(), "alpha");
    sitting.leave();
    let corpus = Corpus::read(&place.corpus());
    assert_eq!(corpus.outline(), [("alpha", 1, Rejected)]);
    assert_eq!(corpus.takes[0].reasons, ["silent"]);
}
