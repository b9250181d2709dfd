//! The real supervisor against a real audio server: what the microphone hears is captured sample for sample, and what
//! happens to the microphone is noticed.

#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do
#![allow(clippy::float_cmp)] // sample for sample

mod common;

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

use common::capture::{Capture, find, noise, read_wav, request, write_wav};
use common::pipewire::VirtualCard;
use common::session::inside_private_session;
use voicebooth::audio::inputs::{InputChoice, OpenRequest};
use voicebooth::audio::playback::{self, FromPlayback, ToPlayback};
use voicebooth::audio::supervisor::FromDevice;

/// Two seconds of noise, and a WAV file of it that ends in silence.
fn spoken(folder: &Path, rate_hz: u32) -> (Vec<i16>, PathBuf) {
    let wav = folder.join("noise.wav");
    let noise = noise(rate_hz as usize * 2);
    let silence = vec![0; 8192];
    write_wav(&wav, rate_hz, &[&noise[..], &silence].concat());
    (noise, wav)
}

/// Speaks the noise and asserts that all of it was captured exactly. Where the control recording beside it lost
/// something too, the machine was too slow for the server, and it is tried again, twice.
fn speak_and_compare(card: &VirtualCard, capture: &mut Capture) {
    let folder = tempfile::tempdir().unwrap();
    let (said, wav) = spoken(folder.path(), 48_000);
    let control = folder.path().join("control.wav");
    for _ in 0..3 {
        let mut recorder = card.control_recording(48_000, &control);
        capture.forget_samples();
        card.speak(&wav).wait();
        capture.wait_for_blocks(20);
        recorder.interrupt();
        let heard = first_wrong(&said, &capture.samples);
        if heard.is_none() {
            assert_eq!(capture.losses(), (0, 0));
            return;
        }
        let heard_by_control = first_wrong(&said, &read_wav(&control));
        assert!(
            heard_by_control.is_some(),
            "wrong from frame {heard:?} of {}; the control recording is right",
            said.len()
        );
    }
    panic!("the machine is too slow for its own recorder");
}

/// The first frame of `said` that was not heard exactly.
fn first_wrong(said: &[i16], heard: &[f32]) -> Option<usize> {
    let Some(start) = find(said, heard) else {
        return Some(0);
    };
    let heard = heard[start..].iter().chain(std::iter::repeat(&f32::NAN));
    said.iter()
        .zip(heard)
        .position(|(said, heard)| f32::from(*said) / 32_768.0 != *heard)
}

#[test]
fn what_is_spoken_is_captured_sample_for_sample() {
    if !inside_private_session("what_is_spoken_is_captured_sample_for_sample") {
        return;
    }
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    let mut capture = Capture::open(request(48_000));
    assert_eq!(capture.info.name, "Virtual microphone");
    for quantum in [512, 128, 2048] {
        card.set_quantum(quantum);
        speak_and_compare(&card, &mut capture);
    }
}

#[test]
fn one_channel_of_several_is_captured_unmixed() {
    if !inside_private_session("one_channel_of_several_is_captured_unmixed") {
        return;
    }
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    let layouts: [&[&str]; 4] = [
        &["FL", "FR"],
        &["AUX0", "AUX1"],
        &["FL", "FR", "RL", "RR"],
        &["AUX0", "AUX1", "AUX2", "AUX3"],
    ];
    for (number, layout) in layouts.iter().enumerate() {
        let name = format!("room{number}");
        card.add_source(&name, "Several microphones", layout);
        let last = layout.len() - 1;
        let port = format!("{name}:input_{}", layout[last]);
        card.connect("speaker:monitor_MONO", &port);
        let mut capture = Capture::open(OpenRequest {
            input: InputChoice::Named(name.clone()),
            channel_map: Some(vec![last as u16]),
            ..request(48_000)
        });
        speak_and_compare(&card, &mut capture);
    }
}

#[test]
fn a_microphone_that_is_unplugged_is_told_and_taken_again_when_it_is_back() {
    if !inside_private_session(
        "a_microphone_that_is_unplugged_is_told_and_taken_again_when_it_is_back",
    ) {
        return;
    }
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    card.add_source("other", "Another microphone", &["MONO"]);
    let mut capture = Capture::open(OpenRequest {
        input: InputChoice::Named("virtual".to_owned()),
        ..request(48_000)
    });
    card.remove_source("mic");
    assert_eq!(capture.wait_until_gone(), "Virtual microphone");
    card.plug_in_mic();
    capture.reopened();
    assert_eq!(capture.info.id, "pulseaudio:mic");
    assert_eq!(capture.stamps[0].stream, 2);
    speak_and_compare(&card, &mut capture);
}

#[test]
fn a_server_that_crashes_is_told_and_the_microphone_taken_again_when_it_is_back() {
    if !inside_private_session(
        "a_server_that_crashes_is_told_and_the_microphone_taken_again_when_it_is_back",
    ) {
        return;
    }
    let Some(mut card) = VirtualCard::start(512) else {
        return;
    };
    for host in ["pulseaudio", "alsa"] {
        let mut capture = Capture::open(OpenRequest {
            host: Some(host.to_owned()),
            ..request(48_000)
        });
        let name = capture.info.name.clone();
        card.kill_server();
        assert_eq!(capture.wait_until_gone(), name);
        card.start_server();
        capture.reopened();
        assert_eq!(capture.info.host, host);
        if host == "pulseaudio" {
            // ALSA's plugin loses frames on a busy machine, and does not say so.
            speak_and_compare(&card, &mut capture);
        }
    }
}

#[test]
fn without_a_microphone_the_reason_is_told() {
    if !inside_private_session("without_a_microphone_the_reason_is_told") {
        return;
    }
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    card.remove_source("mic");
    match Capture::try_open(request(48_000)) {
        FromDevice::Unavailable { reason, inputs } => {
            assert!(reason.contains("no microphone"), "{reason}");
            assert!(inputs.is_empty(), "{inputs:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_lost_while_the_program_is_stopped_for_a_second_and_a_half() {
    if !inside_private_session(
        "nothing_is_lost_while_the_program_is_stopped_for_a_second_and_a_half",
    ) {
        return;
    }
    let Some(card) = VirtualCard::start(512) else {
        return;
    };
    let mut capture = Capture::open(request(48_000));
    let id = std::process::id();
    let script = format!("sleep 0.5; kill -STOP {id}; sleep 1.5; kill -CONT {id}");
    let mut stopper = card.spawn("sh", &["-c", &script]);
    speak_and_compare(&card, &mut capture);
    stopper.wait();
}

#[test]
fn a_take_that_is_played_is_heard_to_its_end() {
    if !inside_private_session("a_take_that_is_played_is_heard_to_its_end") {
        return;
    }
    let Some(_card) = VirtualCard::start(512) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("take.wav");
    let said = noise(48_000);
    write_wav(&wav, 48_000, &said);
    let mut capture = Capture::open(request(48_000));
    let (sender, reports) = channel();
    let player = playback::spawn(Box::new(move |report| sender.send(report).unwrap())).unwrap();
    player.send(ToPlayback::Play(wav)).unwrap();
    assert_eq!(reports.recv().unwrap(), FromPlayback::Started);
    let FromPlayback::Finished { until } = reports.recv().unwrap() else {
        panic!("not played to its end");
    };
    capture.wait_for_blocks(20);
    let start = find(&said, &capture.samples).expect("it was heard");
    assert_eq!(first_wrong(&said, &capture.samples), None);
    let last = capture.captured_at(start + said.len());
    let apart_ms = last.nanos_since(until).abs() / 1_000_000;
    println!("the end was told {apart_ms} ms off");
    assert!(apart_ms < 200, "the end was told {apart_ms} ms off"); // what a take's pre-roll keeps away from
}

#[test]
fn a_file_that_cannot_be_played_is_told() {
    let (sender, reports) = channel();
    let player = playback::spawn(Box::new(move |report| sender.send(report).unwrap())).unwrap();
    player.send(ToPlayback::Play("nowhere.wav".into())).unwrap();
    let FromPlayback::Failed(reason) = reports.recv().unwrap() else {
        panic!("played");
    };
    assert!(reason.contains("nowhere.wav: "), "{reason}");
}
