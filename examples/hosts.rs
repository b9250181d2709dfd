//! Which way to a microphone dates frames best and loses least: the measurements behind `docs/realtime.md`.
//!
//! `hosts WAY RATE dates|stall|load|follow|cost`, where WAY is `own` (voicebooth's), `cpal-pulseaudio` or `cpal-alsa`:
//! - `dates`: plays noise to the default output through ALSA and compares, block by block, when a frame was heard there
//!   with when the microphone says it was captured; needs a loopback from the output to the microphone;
//! - `stall`: stops the whole process for 1.5 s in the middle of 6 s and says how many frames are missing;
//! - `load`: captures for 10 s while eight busy loops keep the machine from its work, and says how many frames are missing;
//! - `follow`: says every second for 12 s how many frames came, how loud they were, and what was reported, while somebody
//!   unplugs microphones and kills servers;
//! - `cost`: captures for 10 s and says when the first block came and what the rest took of a core.

use std::error::Error;
use std::sync::mpsc::channel;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, HostId, SampleFormat, StreamConfig};
use voicebooth::audio::callback::BlockSink;
use voicebooth::audio::inputs::{InputChoice, OpenRequest};
use voicebooth::audio::ring::{RingReader, ring};
use voicebooth::audio::supervisor::{FromDevice, ToDevice, spawn};
use voicebooth::audio::{Stamp, StreamFormat};
use voicebooth::platform;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Frames of noise that are compared at a time, and how far apart.
const WINDOW: usize = 4096;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [way, rate, what] = &args[..] else {
        return Err("usage: hosts WAY RATE dates|stall|load|follow|cost".into());
    };
    let rate = rate.parse()?;
    match what.as_str() {
        "dates" => dates(way, rate),
        "stall" => stall(way, rate),
        "load" => load(way, rate),
        "follow" => follow(way, rate),
        "cost" => cost(way, rate),
        other => Err(format!("{other}?").into()),
    }
}

/// An open microphone; what it needs to stay open is kept beside its ring.
struct Microphone {
    reader: RingReader,
    /// What the supervisor reports later.
    reports: Option<std::sync::mpsc::Receiver<FromDevice>>,
    _open: Box<dyn std::any::Any>,
}

fn open(way: &str, rate: u32) -> Outcome<Microphone> {
    match way.strip_prefix("cpal-") {
        Some(host) => open_cpal(host, rate),
        None => open_own(rate),
    }
}

fn open_own(rate: u32) -> Outcome<Microphone> {
    let (sender, reports) = channel();
    let device = spawn(Box::new(move |report| {
        let _ = sender.send(report);
    }))?;
    device.send(ToDevice::Open(OpenRequest {
        input: InputChoice::Default,
        host: None,
        sample_rate_hz: rate,
        channels: 1,
        channel_map: None,
    }))?;
    match reports.recv()? {
        FromDevice::Opened { reader, .. } => Ok(Microphone {
            reader,
            reports: Some(reports),
            _open: Box::new(device),
        }),
        other => Err(format!("{other:?}").into()),
    }
}

fn open_cpal(host: &str, rate: u32) -> Outcome<Microphone> {
    let host = cpal::host_from_id(host.parse::<HostId>()?)?;
    let device = host.default_input_device().ok_or("no input")?;
    let (config, format) = (
        config(rate),
        StreamFormat {
            sample_rate_hz: rate,
            channels: 1,
        },
    );
    let (writer, reader) = ring(1, format, 20);
    let (mut sink, _, _) = BlockSink::new(writer, 1, &[0]);
    let stream = device.build_input_stream(
        config,
        move |block: &[f32], info: &cpal::InputCallbackInfo| {
            let stamp = info.timestamp();
            let age = stamp.callback.duration_since(stamp.capture);
            sink.accept(block, platform::now(), age);
        },
        |_| {},
        None,
    )?;
    stream.play()?;
    Ok(Microphone {
        reader,
        reports: None,
        _open: Box::new(stream),
    })
}

fn config(rate: u32) -> StreamConfig {
    StreamConfig {
        channels: 1,
        sample_rate: rate,
        buffer_size: BufferSize::Fixed(1024 * rate / 48_000),
    }
}

/// Captures for `seconds`.
fn capture(microphone: &mut Microphone, seconds: f64) -> (Vec<Stamp>, Vec<f32>) {
    let (mut stamps, mut samples) = (Vec::new(), Vec::new());
    let end = platform::now() + Duration::from_secs_f64(seconds);
    while platform::now() < end {
        std::thread::sleep(Duration::from_millis(20));
        while let Some(stamp) = microphone.reader.pop(&mut samples) {
            stamps.push(stamp);
        }
    }
    (stamps, samples)
}

fn dates(way: &str, rate: u32) -> Outcome<()> {
    let score = noise(rate as usize * 20);
    let (_player, heard) = play(stretched(&score, PLAYED_HZ / rate as usize))?;
    let mut microphone = open(way, rate)?;
    capture(&mut microphone, 2.0); // stamps lie at first
    let (stamps, samples) = capture(&mut microphone, 8.0);
    let starts: Vec<(i64, i64)> = heard.try_iter().collect();
    let mut at = 0;
    let mut late_ms = Vec::new();
    for (number, stamp) in stamps.iter().enumerate() {
        if let Some(window) = samples.get(at..at + WINDOW).filter(|_| number % 4 == 0) {
            // Where the player was by its own account, give or take 60 ms.
            let start = start_around(&starts, stamp.captured_at.nanos());
            let near = (stamp.captured_at.nanos() - start) as f64 / 1e9 * f64::from(rate);
            if let Some(truly) = locate(window, &score, near, rate as usize * 6 / 100) {
                late_ms.push((near - truly) * 1000.0 / f64::from(rate));
            }
        }
        at += stamp.frames as usize;
    }
    report(&mut late_ms);
    Ok(())
}

/// When the score's first frame would have been heard, by the median of what the player said in the half second around
/// `at`: single dates of a player are as bad as those of a recorder.
fn start_around(starts: &[(i64, i64)], at: i64) -> i64 {
    let near = starts
        .iter()
        .filter(|(heard, _)| (heard - at).abs() < 250_000_000);
    let mut near: Vec<i64> = near.map(|(_, start)| *start).collect();
    near.sort_unstable();
    near.get(near.len() / 2).copied().unwrap_or(at)
}

/// Where in `score` the window begins, within `reach` frames of `near`, to a fraction of a frame.
fn locate(window: &[f32], score: &[f32], near: f64, reach: usize) -> Option<f64> {
    let from = (near as usize).checked_sub(reach)?;
    let to = (near as usize + reach).min(score.len().checked_sub(window.len())?);
    // Every fourth frame is enough to find noise; then all of them, to date it.
    let match_at = |at: usize, step: usize| -> f64 {
        let pairs = window.iter().zip(&score[at..]).step_by(step);
        pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let best = (from..to).max_by(|a, b| match_at(*a, 4).total_cmp(&match_at(*b, 4)))?;
    let [before, peak, after] =
        [best.checked_sub(1)?, best, best + 1].map(|at| match_at(at.min(to), 1));
    let power: f64 = score[best..best + window.len()]
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum();
    let bend = before - 2.0 * peak + after;
    (peak > 0.3 * power).then(|| best as f64 + 0.5 * (before - after) / bend)
}

fn report(late_ms: &mut [f64]) {
    late_ms.sort_by(f64::total_cmp);
    let at = |share: f64| late_ms[((late_ms.len() - 1) as f64 * share) as usize];
    if late_ms.is_empty() {
        return println!("the noise was not found");
    }
    println!(
        "stamps late by, ms: min {:.3} p5 {:.3} median {:.3} p95 {:.3} max {:.3} ({} blocks)",
        at(0.0),
        at(0.05),
        at(0.5),
        at(0.95),
        at(1.0),
        late_ms.len()
    );
}

/// The player's own rate, that of the server, so that nothing is resampled on its side.
const PLAYED_HZ: usize = 48_000;

/// What the player says of each block: when it is heard, and by that when the score's first frame was; nanoseconds.
type Heard = std::sync::mpsc::Receiver<(i64, i64)>;

/// Plays `score`.
fn play(score: Vec<f32>) -> Outcome<(cpal::Stream, Heard)> {
    let (sender, heard) = channel();
    let host = cpal::host_from_id("alsa".parse::<HostId>()?)?;
    let device = host.default_output_device().ok_or("no output")?;
    let mut next = 0;
    let stream = device.build_output_stream_raw(
        config(PLAYED_HZ as u32),
        SampleFormat::F32,
        move |data: &mut cpal::Data, info: &cpal::OutputCallbackInfo| {
            let Some(out) = data.as_slice_mut::<f32>() else {
                return;
            };
            let stamp = info.timestamp();
            let at = platform::now() + stamp.playback.duration_since(stamp.callback);
            let before = Duration::from_secs_f64(next as f64 / PLAYED_HZ as f64);
            let _ = sender.send((at.nanos(), (at - before).nanos()));
            for sample in out {
                *sample = score.get(next).copied().unwrap_or(0.0);
                next += 1;
            }
        },
        |_| {},
        None,
    )?;
    stream.play()?;
    Ok((stream, heard))
}

/// The same sound at `times` the rate, by a windowed sinc of 32 periods, without delay.
fn stretched(score: &[f32], times: usize) -> Vec<f32> {
    if times == 1 {
        return score.to_vec();
    }
    let reach = 16.0;
    (0..score.len() * times)
        .map(|at| {
            let place = at as f64 / times as f64;
            let first = (place - reach).ceil().max(0.0) as usize;
            let last = ((place + reach) as usize).min(score.len() - 1);
            let sum: f64 = (first..=last)
                .map(|from| {
                    let x = (place - from as f64) * std::f64::consts::PI;
                    let sinc = if x.abs() < 1e-9 { 1.0 } else { x.sin() / x };
                    f64::from(score[from]) * sinc * (0.5 + 0.5 * (x / reach).cos())
                })
                .sum();
            sum as f32
        })
        .collect()
}

/// White noise up to a third of the rate, so that resampling keeps its shape.
fn noise(frames: usize) -> Vec<f32> {
    let mut state = 0x2545_f491_u32;
    let mut last = [0.0f32; 3];
    (0..frames)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            last = [state.cast_signed() as f32 / 1e10, last[0], last[1]];
            last[0] * 0.25 + last[1] * 0.5 + last[2] * 0.25
        })
        .collect()
}

fn stall(way: &str, rate: u32) -> Outcome<()> {
    let mut microphone = open(way, rate)?;
    capture(&mut microphone, 2.0);
    let id = std::process::id();
    let mut stopper = std::process::Command::new("sh")
        .args([
            "-c",
            &format!("sleep 1; kill -STOP {id}; sleep 1.5; kill -CONT {id}"),
        ])
        .spawn()?;
    let (stamps, _) = capture(&mut microphone, 6.0);
    stopper.wait()?;
    lost("in a stall of 1.5 s", &stamps, rate)
}

fn load(way: &str, rate: u32) -> Outcome<()> {
    let mut microphone = open(way, rate)?;
    capture(&mut microphone, 2.0);
    let mut busy = Vec::new();
    for _ in 0..8 {
        let mut loops = std::process::Command::new("timeout");
        busy.push(
            loops
                .args(["10", "sh", "-c", "while :; do :; done"])
                .spawn()?,
        );
    }
    let (mut stamps, _) = capture(&mut microphone, 10.0);
    for child in &mut busy {
        child.wait()?;
    }
    stamps.extend(capture(&mut microphone, 1.0).0);
    lost("under load", &stamps, rate)
}

/// By the dates of the first and the last block against the frames between them.
fn lost(when: &str, stamps: &[Stamp], rate: u32) -> Outcome<()> {
    let [first, .., last] = stamps else {
        return Err("no blocks".into());
    };
    let true_frames = last.captured_at.since(first.captured_at).as_secs_f64() * f64::from(rate);
    let frames = (last.first_frame - first.first_frame) as f64;
    println!("frames lost {when}: {:.0}", true_frames - frames);
    Ok(())
}

fn follow(way: &str, rate: u32) -> Outcome<()> {
    let mut microphone = open(way, rate)?;
    for second in 1..=12 {
        let (_, samples) = capture(&mut microphone, 1.0);
        let peak = samples
            .iter()
            .fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        print!("{second:2} s: {} frames, peak {peak:.2}", samples.len());
        let reports = microphone
            .reports
            .as_ref()
            .map(|reports| reports.try_iter());
        for report in reports.into_iter().flatten().collect::<Vec<_>>() {
            match report {
                FromDevice::Opened { reader, info } => {
                    print!("; opened {} ({})", info.id, reader.stream());
                    microphone.reader = reader;
                }
                FromDevice::Gone { name } => print!("; gone: {name}"),
                FromDevice::Unavailable { reason, .. } => print!("; {reason}"),
            }
        }
        println!();
    }
    Ok(())
}

fn cost(way: &str, rate: u32) -> Outcome<()> {
    let start = platform::now();
    let mut microphone = open(way, rate)?;
    while microphone.reader.pop(&mut Vec::new()).is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let opened = platform::now().since(start);
    capture(&mut microphone, 1.0);
    let before = used()?;
    capture(&mut microphone, 10.0);
    let status = std::fs::read_to_string("/proc/self/status")?;
    let resident = status.lines().find(|line| line.starts_with("VmRSS"));
    println!(
        "first block after {} ms; {:.2} % of a core; {}",
        opened.as_millis(),
        (used()? - before) / 10.0 * 100.0,
        resident.unwrap_or_default()
    );
    Ok(())
}

/// Processor seconds used by this process.
fn used() -> Outcome<f64> {
    let mut total = 0.0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let spent = std::fs::read_to_string(task?.path().join("schedstat"))?;
        total += spent.split(' ').next().unwrap_or("0").parse::<f64>()? / 1e9;
    }
    Ok(total)
}
