//! Files: copies, links, FLAC, encodings, channels, and takes that are not what they should be.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use voicebooth::corpus::sidecar::Encoding;
use voicebooth::export::render::{refuses, render};
use voicebooth::export::shape::Bits;
use voicebooth::export::{ExportError, Remarks, Shape};

use super::takes::{Audio, Booth, Kind, noise, planned};

const ENCODINGS: [Encoding; 3] = [Encoding::PcmS16le, Encoding::PcmS24le, Encoding::PcmF32le];
/// Around the sizes of FLAC's blocks.
const LENGTHS: [usize; 10] = [0, 1, 2, 15, 31, 33, 63, 4095, 4097, 9000];

#[test]
fn a_take_of_which_nothing_is_asked_is_copied_byte_for_byte() {
    let booth = Booth::new();
    for encoding in ENCODINGS {
        for (channels, frames) in [(1, 0), (1, 1), (1, 1001), (2, 77), (3, 5)] {
            let kind = Kind(48_000, channels, encoding);
            let take = booth.take(
                "a",
                kind,
                &noise(frames * usize::from(channels)),
                Some(0..1),
            );
            let as_it_is = Shape {
                rate_hz: Some(48_000),
                channels: Some(channels),
                ..Shape::default()
            };
            for shape in [Shape::default(), as_it_is] {
                let (rendered, _) = booth.export(&take, &shape);
                let made = fs::read(booth.out().join(&rendered.file)).unwrap();
                assert_eq!(made, fs::read(&take.wav).unwrap());
                assert_eq!(rendered.sha256, take.audio.sha256);
                assert_eq!(rendered.remarks, Remarks::default());
            }
        }
    }
    assert_eq!(booth.files(), ["a.wav"]);
}

#[test]
fn a_linked_take_is_the_recorded_file_and_a_changed_one_is_a_file_of_its_own() {
    let booth = Booth::new();
    let take = booth.take("a", Kind(16_000, 1, Encoding::PcmS16le), &noise(100), None);
    let link = Shape {
        link: true,
        ..Shape::default()
    };
    let inode = |path: &Path| fs::metadata(path).unwrap().ino();
    for _ in 0..2 {
        let (rendered, _) = booth.export(&take, &link);
        assert_eq!(inode(&booth.out().join(&rendered.file)), inode(&take.wav));
        assert!(!rendered.remarks.copied);
    }
    let other = Shape {
        bits: Some(Bits::B24),
        ..link
    };
    let before = fs::read(&take.wav).unwrap();
    let (rendered, _) = booth.export(&take, &other);
    assert_ne!(inode(&booth.out().join(&rendered.file)), inode(&take.wav));
    assert_eq!(fs::read(&take.wav).unwrap(), before);
}

#[test]
fn a_symbolic_link_in_the_corpus_leads_to_the_audio_itself() {
    let booth = Booth::new();
    let mut take = booth.take("a", Kind(16_000, 1, Encoding::PcmS16le), &noise(100), None);
    let symbolic = take.wav.with_file_name("b.wav");
    std::os::unix::fs::symlink("a.wav", &symbolic).unwrap();
    take.wav = symbolic;
    let link = Shape {
        link: true,
        ..Shape::default()
    };
    let (rendered, _) = booth.export(&take, &link);
    assert!(
        fs::symlink_metadata(booth.out().join(rendered.file))
            .unwrap()
            .is_file()
    );
}

#[test]
fn where_the_system_has_no_link_the_take_is_copied_and_that_is_told() {
    let booth = Booth::new();
    let take = booth.take("a", Kind(16_000, 1, Encoding::PcmS16le), &noise(100), None);
    let Ok(elsewhere) = tempfile::tempdir_in("/dev/shm") else {
        eprintln!("there is no second file system to try");
        return;
    };
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    if device(elsewhere.path()) == device(&take.wav) {
        eprintln!("there is no second file system to try");
        return;
    }
    let link = Shape {
        link: true,
        ..Shape::default()
    };
    let rendered = render(&take, &planned(&take), &link, 0.0, elsewhere.path()).unwrap();
    assert!(rendered.remarks.copied);
    let made = fs::read(elsewhere.path().join(&rendered.file)).unwrap();
    assert_eq!(made, fs::read(&take.wav).unwrap());
}

#[test]
fn audio_that_is_not_the_recorded_one_is_named_and_nothing_is_made_of_it() {
    let booth = Booth::new();
    let take = booth.take("a", Kind(16_000, 1, Encoding::PcmS16le), &noise(1000), None);
    let good = fs::read(&take.wav).unwrap();
    let mut flipped = good.clone();
    flipped[1044] ^= 1;
    let mut of_another_rate = good.clone();
    of_another_rate[24] ^= 1;
    let longer = [&good[..], &[0, 0]].concat();
    let resampled = Shape {
        rate_hz: Some(8000),
        ..Shape::default()
    };
    let linked = Shape {
        link: true,
        ..Shape::default()
    };
    let cases: [(&[u8], &str, bool); 5] = [
        (&flipped, "not the audio that was recorded", false),
        (&of_another_rate, "not the audio that was recorded", false),
        (&good[..900], "it has 900 bytes", true),
        (&longer, "it has 2046 bytes", true),
        (&[], "it has 0 bytes", true),
    ];
    for (bytes, why, shows_in_its_length) in cases {
        fs::write(&take.wav, bytes).unwrap();
        let mut shapes = vec![&resampled];
        let plain = Shape::default();
        shapes.push(&plain);
        if shows_in_its_length {
            shapes.push(&linked);
        }
        for shape in shapes {
            let error = render(&take, &planned(&take), shape, 0.0, &booth.out()).unwrap_err();
            let text = error.to_string();
            assert!(matches!(error, ExportError::Audio { .. }), "{text}");
            assert!(text.contains("a.wav") && text.contains(why), "{text}");
        }
    }
    fs::remove_file(&take.wav).unwrap();
    let error = render(&take, &planned(&take), &resampled, 0.0, &booth.out()).unwrap_err();
    assert!(error.to_string().contains("a.wav"), "{error}");
    assert!(booth.files().is_empty());
}

#[test]
fn a_header_that_contradicts_the_sidecar_is_found_even_where_the_hash_is_right() {
    let booth = Booth::new();
    let mut take = booth.take("a", Kind(16_000, 1, Encoding::PcmS16le), &noise(1000), None);
    take.audio.sample_rate_hz = 48_000;
    let error = render(&take, &planned(&take), &Shape::default(), 0.0, &booth.out()).unwrap_err();
    assert!(error.to_string().contains("header"), "{error}");
}

#[test]
fn flac_gives_back_every_sample() {
    let booth = Booth::new();
    let flac = Shape {
        flac: true,
        ..Shape::default()
    };
    for encoding in [Encoding::PcmS16le, Encoding::PcmS24le] {
        for (channels, rate_hz) in [(1, 48_000), (2, 44_100), (8, 16_000), (1, 47_999)] {
            for frames in LENGTHS {
                let kind = Kind(rate_hz, channels, encoding);
                let samples = noise(frames * usize::from(channels));
                let take = booth.take("a", kind, &samples, None);
                let (rendered, audio) = booth.export(&take, &flac);
                assert_eq!(rendered.file, "audio/a.flac");
                assert_eq!(audio, Audio::read(&take.wav), "{kind:?}, {frames} frames");
                proves_itself(&booth.out().join(&rendered.file));
            }
        }
    }
    assert_eq!(booth.files(), ["a.flac"]);
}

/// The reference decoder compares the samples with the MD5 of them that the file carries, where it is installed.
fn proves_itself(file: &Path) {
    if let Ok(run) = Command::new("flac").args(["-t", "-s"]).arg(file).output() {
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{said}");
    }
}

#[test]
fn fewer_bits_are_the_nearest_step_and_more_bits_the_same_value() {
    let booth = Booth::new();
    let kind = |encoding| Kind(16_000, 1, encoding);
    let bits = |bits| Shape {
        bits: Some(bits),
        ..Shape::default()
    };
    let samples = noise(3000);
    let fine = booth.take("fine", kind(Encoding::PcmS24le), &samples, None);
    let (_, audio) = booth.export(&fine, &bits(Bits::B16));
    for (step, sample) in audio.values.iter().zip(&samples) {
        assert!((step - sample * 32_768.0).abs() <= 0.5 || *step == 32_767.0);
    }
    let (_, audio) = booth.export(&fine, &bits(Bits::Float));
    assert_eq!(audio.values, samples);
    let coarse = booth.take("coarse", kind(Encoding::PcmS16le), &samples, None);
    let recorded = Audio::read(&coarse.wav).values;
    let (_, audio) = booth.export(&coarse, &bits(Bits::B24));
    let wider: Vec<f64> = recorded.iter().map(|step| step * 256.0).collect();
    assert_eq!(audio.values, wider);
}

#[test]
fn what_is_beyond_full_scale_becomes_the_largest_step_and_is_counted() {
    let booth = Booth::new();
    let samples = [0.5, 1.5, -1.5, -1.0, 0.999, 0.0];
    let take = booth.take("a", Kind(16_000, 1, Encoding::PcmF32le), &samples, None);
    for (bits, most) in [(Bits::B16, 32_767.0), (Bits::B24, 8_388_607.0)] {
        for flac in [false, true] {
            let shape = Shape {
                bits: Some(bits),
                flac,
                ..Shape::default()
            };
            let (rendered, audio) = booth.export(&take, &shape);
            assert_eq!(audio.values[1..4], [most, -most - 1.0, -most - 1.0]);
            assert_eq!(rendered.remarks.clipped_samples, 2);
        }
    }
}

#[test]
fn one_channel_is_the_mean_of_all_and_more_are_the_first() {
    let booth = Booth::new();
    let samples = noise(300);
    let take = booth.take("a", Kind(16_000, 3, Encoding::PcmF32le), &samples, None);
    let channels = |count| Shape {
        channels: Some(count),
        ..Shape::default()
    };
    let (_, one) = booth.export(&take, &channels(1));
    for (mean, frame) in one.values.iter().zip(samples.chunks(3)) {
        assert!((mean - (frame[0] + frame[1] + frame[2]) / 3.0).abs() < 1e-7);
    }
    let (_, two) = booth.export(&take, &channels(2));
    let first: Vec<f64> = samples.chunks(3).flat_map(|f| [f[0], f[1]]).collect();
    assert_eq!(two.values, first);
}

#[test]
fn what_cannot_be_made_of_a_take_is_said_beforehand() {
    let booth = Booth::new();
    let take = booth.take("a", Kind(16_000, 1, Encoding::PcmF32le), &noise(10), None);
    let refused = |shape: Shape| refuses(&take, &shape).unwrap();
    let two = refused(Shape {
        channels: Some(2),
        ..Shape::default()
    });
    assert_eq!(two.take, "a");
    assert_eq!(two.why, "it has 1 channels, and 2 were asked for");
    let flac = Shape {
        flac: true,
        ..Shape::default()
    };
    assert!(refused(flac.clone()).why.contains("--bits 24"));
    let fitting = Shape {
        bits: Some(Bits::B24),
        ..flac
    };
    assert_eq!(refuses(&take, &fitting), None);
    assert_eq!(refuses(&take, &Shape::default()), None);
    let mut endless = take.clone();
    endless.audio.frames = 1 << 30;
    let long = refuses(&endless, &Shape::default()).unwrap();
    assert!(long.why.contains("4 GiB"), "{}", long.why);
}
