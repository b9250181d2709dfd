//! The audio thread keeps its contract (`docs/realtime.md`): it allocates and frees nothing, and asks the system for
//! nothing that a stream with an empty callback does not ask for.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Cursor};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use common::pipewire::VirtualCard;
use common::session::{build_examples, say};
use pulseaudio::protocol::{
    Descriptor, DescriptorFlags, RecordLatency, encode_reply_message, write_descriptor,
};
use voicebooth::audio::StreamFormat;
use voicebooth::audio::callback::{BlockSink, DeviceSample, Fault, FaultSink};
use voicebooth::audio::convert::RateConverter;
use voicebooth::audio::pulse_input::{Recording, Settings};
use voicebooth::audio::ring::{RingReader, ring};
use voicebooth::platform;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const FORMAT: StreamFormat = StreamFormat {
    sample_rate_hz: 4800,
    channels: 2,
};

/// Two of three channels are kept.
fn sink() -> (BlockSink, FaultSink, RingReader) {
    let (writer, reader) = ring(1, FORMAT, 1);
    let (sink, faults, _) = BlockSink::new(writer, 3, &[2, 0]);
    (sink, faults, reader)
}

/// Delivers blocks of `sample` until the ring refuses them, and some more.
fn fill_and_overfill<T: DeviceSample>(sample: T) {
    let (mut sink, faults, reader) = sink();
    let block = vec![sample; 3 * 480];
    let taken = assert_no_alloc(|| {
        let mut taken = 0;
        for _ in 0..15 {
            let age = Duration::from_millis(20);
            taken += u32::from(sink.accept(&block, platform::now(), age));
            faults.note(Fault::Unclear);
        }
        faults.note(Fault::Xrun);
        faults.note(Fault::Fatal);
        taken
    });
    assert_eq!(taken, 10, "4800 frames fit");
    assert_eq!(reader.counters().overruns.load(Ordering::Relaxed), 5);
}

#[test]
fn the_callback_allocates_nothing_for_any_sample_format_nor_when_it_refuses() {
    fill_and_overfill(0.5f32);
    fill_and_overfill(0.5f64);
    fill_and_overfill(1i8);
    fill_and_overfill(1i16);
    fill_and_overfill(1i32);
    fill_and_overfill(1u8);
    fill_and_overfill(1u16);
    fill_and_overfill(1u32);
    fill_and_overfill(0.5f32.to_le_bytes());
    fill_and_overfill(cpal_i24());
}

fn cpal_i24() -> cpal::I24 {
    cpal::I24::new(-1).unwrap()
}

#[test]
fn the_callback_allocates_nothing_when_samples_are_no_numbers() {
    let (mut sink, _, reader) = sink();
    let block = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
    assert_no_alloc(|| sink.accept(&block, platform::now(), Duration::ZERO));
    assert_eq!(reader.counters().not_finite.load(Ordering::Relaxed), 2);
}

/// What a Pulse server sends for a stream: so many blocks, each followed by the answer how old the next frame is.
fn messages(blocks: usize, channel: u32, version: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..blocks {
        let data = Descriptor {
            length: 480 * 3 * 4,
            channel,
            offset: 0,
            flags: DescriptorFlags::empty(),
        };
        write_descriptor(&mut bytes, &data).unwrap();
        bytes.extend(0.25f32.to_le_bytes().repeat(480 * 3));
        let age = RecordLatency {
            sink_usec: 0,
            source_usec: 1000,
            playing: true,
            local_time: SystemTime::UNIX_EPOCH,
            remote_time: SystemTime::now(),
            write_offset: 0,
            read_offset: 0,
        };
        let mut answer = Vec::new();
        encode_reply_message(&mut answer, 1, &age, version).unwrap();
        bytes.extend(answer);
    }
    bytes
}

#[test]
fn the_thread_of_a_pulse_stream_allocates_nothing_in_steady_state() {
    let conversion = RateConverter::new(4800, 2400, 3);
    for (converter, frames) in [(None, 5 * 480), (conversion, 5 * 240)] {
        let (sink, _, mut reader) = sink();
        let settings = Settings {
            channel: 7,
            version: 32,
            rate_hz: 4800,
            channels: 3,
            converter,
        };
        let from_server = Cursor::new(messages(5, 7, 32));
        let mut recording = Recording::new(from_server, io::sink(), settings, sink).unwrap();
        assert_no_alloc(|| {
            for _ in 0..10 {
                recording.step().unwrap();
            }
        });
        let mut samples = Vec::new();
        while reader.pop(&mut samples).is_some() {}
        // A converter keeps back its delay and what does not fill a chunk.
        let kept_back = frames - samples.len() / 2;
        assert!(kept_back < 2400 / 10, "{kept_back} frames are missing");
    }
}

/// The kinds of system calls that the thread which `is_audio` accepts made in steady state, while an example ran under
/// `strace`.
fn calls(
    card: &VirtualCard,
    examples: &Path,
    example: &str,
    host: &str,
    is_audio: fn(&str) -> bool,
) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let output = card
        .command("strace")
        .args(["-f", "-ff", "-ttt", "-o"])
        .arg(&trace)
        .arg(examples.join(example))
        .args([host, "48000", "3"])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "{example} failed, see above");
    let instants = String::from_utf8(output.stdout).unwrap();
    let instants: Vec<f64> = instants.lines().map(|line| line.parse().unwrap()).collect();
    let mut kinds = BTreeSet::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let lines = fs::read_to_string(entry.unwrap().path()).unwrap();
        if is_audio(&lines) {
            let steady = lines.lines().filter_map(|line| {
                let (instant, call) = line.split_once(' ')?;
                let instant: f64 = instant.parse().ok()?;
                (instants[0]..instants[1])
                    .contains(&instant)
                    .then_some(call)
            });
            kinds.extend(steady.filter_map(kind));
        }
    }
    kinds
}

/// The name of the call on a line of strace's: `read(5, ...` or `<... read resumed>...`.
fn kind(call: &str) -> Option<String> {
    let call = call.strip_prefix("<... ").unwrap_or(call);
    let name: String = call
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

#[test]
fn the_audio_thread_asks_the_system_for_nothing_that_an_empty_callback_does_not() {
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    let tried = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .status();
    if !tried.is_ok_and(|status| status.success()) {
        return say("skipped: strace is not installed, or may not trace here");
    }
    let examples = build_examples();
    let named_alsa = |trace: &str| trace.contains("PR_SET_NAME, \"cpal_alsa_in\"");
    let named_pulse = |trace: &str| trace.contains("PR_SET_NAME, \"pulse input\"");
    // cpal's thread for a Pulse server has no name; it is the one that waits for events.
    let waits_for_events = |trace: &str| trace.contains("epoll_wait(");
    for (host, ours, theirs) in [
        (
            "alsa",
            named_alsa as fn(&str) -> bool,
            named_alsa as fn(&str) -> bool,
        ),
        ("pulseaudio", named_pulse, waits_for_events),
    ] {
        let real = calls(&card, &examples, "real_stream", host, ours);
        let empty = calls(&card, &examples, "empty_stream", host, theirs);
        println!("{host}: real stream {real:?}, empty callback {empty:?}");
        assert!(!real.is_empty(), "{host}: the audio thread was not found");
        assert!(real.is_subset(&empty), "{host}: {real:?} against {empty:?}");
    }
}
