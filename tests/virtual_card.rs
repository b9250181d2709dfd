//! The virtual sound card that other tests build on does what it says.

#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

mod common;

use common::pipewire::VirtualCard;

/// A WAV file of one second of a 440 Hz tone.
fn tone(path: &std::path::Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for frame in 0..48_000 {
        let phase = f64::from(frame) * 440.0 / 48_000.0 * std::f64::consts::TAU;
        wav.write_sample((phase.sin() * 8000.0) as i16).unwrap();
    }
    wav.finalize().unwrap();
}

fn peak(path: &std::path::Path) -> f32 {
    let mut wav = hound::WavReader::open(path).unwrap();
    wav.samples::<f32>()
        .map(|sample| sample.unwrap().abs())
        .fold(0.0, f32::max)
}

#[test]
fn what_is_spoken_comes_out_of_the_microphone_also_after_a_crash() {
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (spoken, heard) = (folder.path().join("a.wav"), folder.path().join("b.wav"));
    tone(&spoken);
    for _ in 0..2 {
        let mut control = card.control_recording(48_000, &heard);
        card.speak(&spoken).wait();
        control.interrupt();
        assert!((0.2..0.3).contains(&peak(&heard)), "{}", peak(&heard));
        card.kill_server();
        card.start_server();
    }
}

#[test]
fn a_source_can_be_unplugged_and_plugged_in_again() {
    let Some(card) = VirtualCard::start(1024) else {
        return;
    };
    card.remove_source("mic");
    assert!(!card.has_source("mic"));
    card.plug_in_mic();
    assert!(card.has_source("mic"));
    card.add_source("pair", "Two microphones", &["FL", "FR"]);
    card.connect("speaker:monitor_MONO", "pair:input_FR");
    card.remove_source("pair");
    assert!(!card.has_source("pair"));
}

/// Not a test but the measurement behind `docs/realtime.md`; takes ten minutes and wants a quiet machine.
#[test]
#[ignore = "a measurement: cargo test --test virtual_card ways -- --ignored --nocapture"]
fn the_ways_to_a_microphone_measured() {
    let examples = common::session::build_examples();
    let ways = ["own", "cpal-pulseaudio", "cpal-alsa"];
    for quantum in [128, 512, 2048] {
        let Some(card) = VirtualCard::start(quantum) else {
            return;
        };
        let measure = |way: &str, rate: &str, what: &str| {
            let args = [way, rate, what];
            let output = card.command(examples.join("hosts")).args(args).output();
            let said = String::from_utf8_lossy(&output.unwrap().stdout).into_owned();
            println!(
                "quantum {quantum}, {way}, {rate} Hz, {what}: {}",
                said.trim()
            );
        };
        for way in ways {
            for rate in ["48000", "16000"] {
                measure(way, rate, "dates");
            }
            if quantum == 512 {
                for what in ["stall", "load", "cost"] {
                    measure(way, "48000", what);
                }
            }
        }
    }
}
