//! What the program bears: many channels at a high rate for a minute, and a disk that stalls while takes are recorded.
//! Everything recorded is compared with what was played, sample by sample.

mod disk;
#[path = "../support/mod.rs"]
mod support;
mod wide;

use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Parser;
use serde_json::Value;

use voicebooth::audio::StreamFormat;

use disk::StallingDisk;
use support::booth::{self, Booth};
use support::player::Player;
use support::rivals::Keys;
use support::{locate, noise, table};
use wide::Wide;

#[derive(Parser)]
struct Options {
    /// Length of the take of many channels, s
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Its channels
    #[arg(long, default_value_t = 32)]
    channels: u16,
    /// Its rate, Hz
    #[arg(long, default_value_t = 192_000)]
    rate: u32,
    /// How long the disk stalls, s
    #[arg(long, default_value_t = 5)]
    stall: u64,
    #[arg(long, hide = true)]
    bench: bool, // cargo says so
}

fn main() -> ExitCode {
    let options = Options::parse();
    if !support::is_inside() && support::run(|| measure_width(&options)) != ExitCode::SUCCESS {
        return ExitCode::FAILURE;
    }
    support::on_a_virtual_card(512, || measure_stall(&options))
}

fn measure_width(options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let format = StreamFormat {
        sample_rate_hz: options.rate,
        channels: options.channels,
    };
    let take = Wide {
        format,
        length: Duration::from_secs(options.seconds),
    };
    let done = take.record(folder.path())?;
    let sidecar = sidecar(&done.wav)?;
    let first_frame = sidecar["timing"]["first_frame"]
        .as_u64()
        .context("no first frame")?;
    let (samples, wrong) = compare(&done.wav, first_frame * u64::from(options.channels))?;
    println!(
        "{} channels at {} Hz for {} s from a scripted source, in real time.\n",
        options.channels, options.rate, options.seconds
    );
    let row = |what: &str, value: String| vec![what.into(), value];
    let rows = [
        row(
            "blocks that the ring refused",
            done.refused_blocks.to_string(),
        ),
        row(
            "gaps in the sidecar",
            sidecar["integrity"]["gaps"].to_string(),
        ),
        row("samples in the WAV", samples.to_string()),
        row("of them not as played", wrong.to_string()),
        row(
            "most audio that waited for the disk, s",
            format!("{:.2}", done.waiting_s),
        ),
        row(
            "window closed to saved, ms",
            format!("{:.0}", done.saved_after.as_secs_f64() * 1e3),
        ),
    ];
    table::print(&["what", "value"], &rows);
    Ok(())
}

/// Samples of a WAV, and how many of them are not the noise from sample `first` on.
fn compare(wav: &Path, first: u64) -> anyhow::Result<(u64, u64)> {
    let mut reader = hound::WavReader::open(wav)?;
    let (mut samples, mut wrong) = (0, 0);
    for sample in reader.samples::<i16>() {
        wrong += u64::from(sample? != noise::sample(first + samples));
        samples += 1;
    }
    Ok((samples, wrong))
}

/// Three takes: the disk stalls within the first, the second lies in the stall, the third outlasts it.
fn measure_stall(options: &Options) -> anyhow::Result<()> {
    let disk = match StallingDisk::mount() {
        Ok(disk) => disk,
        Err(error) => {
            println!("The stalled disk is left out: {error:#}");
            return Ok(());
        }
    };
    let player = Player::start(512)?;
    let args = ["--pre-roll", "300"];
    let args = [&args[..], &booth::FIXED_ROLL].concat();
    let mut booth = Booth::record(&disk.path(), 4, &args)?;
    booth.ready_for(1)?;
    thread::sleep(booth::SETTLE);
    let stall = Duration::from_secs(options.stall);
    let mut takes = Vec::new();
    let mut stalled_at = Instant::now();
    for number in 1..=3 {
        booth.ready_for(number)?;
        thread::sleep(Duration::from_millis(800));
        let down = booth.press(" ")?;
        let recording = booth.shown(down, &["recording"])?;
        thread::sleep(Duration::from_millis(500));
        if number == 1 {
            disk.stall()?;
            stalled_at = Instant::now();
        }
        thread::sleep(stall / 6);
        if number == 3 {
            thread::sleep((stalled_at + stall).saturating_duration_since(Instant::now()));
            disk.go_on()?;
            thread::sleep(Duration::from_millis(500));
        }
        let up = booth.press(" ")?;
        let next = booth.shown(up, &[&booth::prompt(number + 1)])?;
        takes.push((Keys { down, up }, recording, next));
    }
    booth.leave()?;

    let mut rows = Vec::new();
    for ((keys, recording, next), (path, sidecar)) in takes.into_iter().zip(booth.sidecars()?) {
        let (rate_hz, samples) = locate::read(&path.with_extension("wav"))?;
        let pre_roll = sidecar["timing"]["pre_roll_frames"].as_f64();
        let near = player.frame_at(keys.down)? - pre_roll.context("no pre-roll")?;
        let found = locate::find(rate_hz, &samples, near, 0.4 * f64::from(noise::RATE_HZ))?;
        let ms = |from: Instant, to: Instant| format!("{:.1}", (to - from).as_secs_f64() * 1e3);
        rows.push(vec![
            (rows.len() + 1).to_string(),
            ms(keys.down, recording),
            ms(keys.up, next),
            format!("{:.1}", player.ms_after(keys.down, found.start)?),
            format!("{:.1}", player.ms_after(keys.up, found.end)?),
            format!("{:.0}", found.lost_or_doubled),
            found
                .inexact_frames
                .map_or("-".into(), |frames| frames.to_string()),
        ]);
    }
    println!(
        "Disk stalled for {} s (a frozen file system) during three takes.\n",
        options.stall
    );
    let head = [
        "take",
        "start key to \"recording\", ms",
        "stop key to next prompt, ms",
        "first frame - start key, ms",
        "last frame - stop key, ms",
        "frames lost or doubled",
        "frames not exact",
    ];
    table::print(&head, &rows);
    Ok(())
}

fn sidecar(wav: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(wav.with_extension("json"))?;
    Ok(serde_json::from_str(&text)?)
}
