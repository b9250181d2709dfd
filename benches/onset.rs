//! What is in the file, against the keys: where takes begin and end, and whether all between is there. Tables of
//! voicebooth and of the other recorders that this machine has.
//!
//! A known noise plays into a virtual speaker that is wired to a virtual microphone; each recording is found in it,
//! which dates its frames to a fraction of a millisecond.

mod support;

use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Parser;
use serde_json::Value;

use support::booth::{self, Booth};
use support::common::session::signal;
use support::locate::{self, Found};
use support::player::Player;
use support::rivals::{self, Keys, Rival};
use support::{CardOptions, Dice, noise, table};

/// Rolls that voicebooth is told to keep.
const ROLL_MS: f64 = 300.0;
/// How far from where it is expected a recording is looked for, frames of the noise.
const ABOUT: f64 = 0.4 * noise::RATE_HZ as f64;

#[derive(Parser)]
struct Options {
    /// Takes of each recorder
    #[arg(long, default_value_t = 40)]
    takes: usize,
    /// Rate of the recordings, Hz
    #[arg(long, default_value_t = noise::RATE_HZ)]
    rate: u32,
    /// Only voicebooth, no other recorder
    #[arg(long)]
    alone: bool,
    #[command(flatten)]
    card: CardOptions,
}

fn main() -> ExitCode {
    let options = Options::parse();
    support::on_a_virtual_card(options.card.quantum, || measure(&options))
}

fn measure(options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let player = Player::start(options.card.quantum)?;
    println!(
        "Quantum {} at 48 kHz, recordings at {} Hz; min / median / p95 / max.\n",
        options.card.quantum, options.rate
    );
    let own = measure_voicebooth(&player, options, folder.path())?;
    let mut rows = vec![summary("voicebooth", &own.takes, options.takes, &player)?];
    if !options.alone {
        for rival in &mut rivals::at_hand(options.rate) {
            let takes = measure_rival(rival.as_mut(), &player, options, folder.path())?;
            rows.push(summary(rival.name(), &takes, options.takes, &player)?);
        }
    }
    println!("start: first recorded frame after the start key, ms (negative: before it)");
    println!("end: last recorded frame after the stop key, ms\n");
    let head = [
        "recorder",
        "takes",
        "start",
        "end",
        "frames lost or doubled",
        "takes not exact",
    ];
    table::print(&head, &rows);
    println!("voicebooth against what it promises, ms\n");
    table::print(&["what", "error", "p95 without sign"], &own.rows);
    println!("{}", own.control);
    println!(
        "player's stamps from those around them, ms: {}",
        table::figures(&player.residuals_ms(), 3)
    );
    Ok(())
}

/// A take and where it was found.
struct Located {
    keys: Keys,
    found: Found,
}

/// The row of a recorder in the table of all.
fn summary(
    name: &str,
    takes: &[Located],
    wanted: usize,
    player: &Player,
) -> anyhow::Result<Vec<String>> {
    let starts = each(takes, |take| {
        player.ms_after(take.keys.down, take.found.first_sound())
    })?;
    let ends = each(takes, |take| player.ms_after(take.keys.up, take.found.end))?;
    let lost = takes
        .iter()
        .fold(0.0, |sum, take| sum + take.found.lost_or_doubled);
    let exact = takes.iter().filter_map(|take| take.found.inexact_frames);
    let exact: Vec<usize> = exact.collect();
    Ok(vec![
        name.into(),
        if takes.len() == wanted {
            format!("{wanted}")
        } else {
            format!("{} of {wanted}", takes.len())
        },
        table::figures(&starts, 1),
        table::figures(&ends, 1),
        format!("{lost:.0}"),
        if exact.is_empty() {
            "rate converted".into()
        } else {
            format!("{}", exact.iter().filter(|frames| **frames > 0).count())
        },
    ])
}

fn each<T>(takes: &[T], measure: impl Fn(&T) -> anyhow::Result<f64>) -> anyhow::Result<Vec<f64>> {
    takes.iter().map(measure).collect()
}

fn measure_rival(
    rival: &mut dyn Rival,
    player: &Player,
    options: &Options,
    folder: &Path,
) -> anyhow::Result<Vec<Located>> {
    let mut dice = Dice::new(1);
    let mut takes = Vec::new();
    for number in 0..options.takes {
        let wav = rivals::wav_name(folder, rival.name(), number);
        let keys = rival.take(dice.ms(500, 1100), &wav)?;
        takes.push((keys, wav));
        thread::sleep(dice.ms(300, 700));
    }
    thread::sleep(Duration::from_millis(500));
    let mut located = Vec::new();
    for (keys, wav) in takes {
        match locate_file(&wav, player.frame_at(keys.down)?) {
            Ok(found) => located.push(Located { keys, found }),
            Err(error) => println!("{}: a take was left out: {error:#}", rival.name()),
        }
    }
    Ok(located)
}

fn locate_file(wav: &Path, near: f64) -> anyhow::Result<Found> {
    let (rate_hz, samples) = locate::read(wav)?;
    locate::find(rate_hz, &samples, near, ABOUT)
}

/// What voicebooth recorded.
struct Own {
    takes: Vec<Located>,
    rows: Vec<Vec<String>>,
    control: String,
}

fn measure_voicebooth(player: &Player, options: &Options, folder: &Path) -> anyhow::Result<Own> {
    let control = Control::start(folder)?;
    let keys = press_through(options, folder)?;
    let control = control.end(player)?;
    let mut takes = Vec::new();
    let mut timings = Vec::new();
    for (keys, (path, sidecar)) in keys.pressed.into_iter().zip(keys.sidecars) {
        let timing = sidecar["timing"].clone();
        let pre_roll = frame(&timing, "pre_roll_frames") / f64::from(options.rate);
        let near = player.frame_at(keys.down)? - pre_roll * f64::from(noise::RATE_HZ);
        match locate_file(&path.with_extension("wav"), near) {
            Ok(found) => {
                takes.push(Located { keys, found });
                timings.push(timing);
            }
            Err(error) => println!("voicebooth: a take was left out: {error:#}"),
        }
    }
    let rows = against_promises(player, &takes, &timings)?;
    Ok(Own {
        takes,
        rows,
        control,
    })
}

/// The keys that were pressed and the sidecars that came of it.
struct Session {
    pressed: Vec<Keys>,
    sidecars: Vec<(PathBuf, Value)>,
}

fn press_through(options: &Options, folder: &Path) -> anyhow::Result<Session> {
    let rate = options.rate.to_string();
    let roll = ROLL_MS.to_string();
    let mut args = vec!["--rate", &rate, "--pre-roll", &roll, "--post-roll", &roll];
    args.extend(["--post-roll-max", "0", "--review", "never"]);
    args.extend(options.card.host());
    let mut booth = Booth::record(folder, options.takes, &args)?;
    booth.ready_for(1)?;
    thread::sleep(booth::SETTLE);
    let mut dice = Dice::new(1);
    let mut pressed = Vec::new();
    for number in 1..=options.takes {
        booth.ready_for(number)?;
        // Longer than both rolls, so that no neighbour cuts them.
        thread::sleep(dice.ms(700, 1300));
        let down = booth.press(" ")?;
        thread::sleep(dice.ms(500, 1100));
        let up = booth.press(" ")?;
        pressed.push(Keys { down, up });
    }
    thread::sleep(Duration::from_secs(1));
    booth.leave()?;
    let sidecars = booth.sidecars()?;
    ensure!(
        sidecars.len() == pressed.len(),
        "{} takes came of {}",
        sidecars.len(),
        pressed.len()
    );
    Ok(Session { pressed, sidecars })
}

fn frame(timing: &Value, field: &str) -> f64 {
    timing[field].as_f64().unwrap_or(f64::NAN)
}

/// Errors of the four places that a sidecar and its WAV name.
fn against_promises(
    player: &Player,
    takes: &[Located],
    timings: &[Value],
) -> anyhow::Result<Vec<Vec<String>>> {
    let key_error = |field: &str, key: fn(&Keys) -> Instant| -> anyhow::Result<Vec<f64>> {
        let pairs: Vec<_> = takes.iter().zip(timings).collect();
        each(&pairs, |(take, timing)| {
            let place = take.found.noise_frame(frame(timing, field));
            player.ms_after(key(&take.keys), place)
        })
    };
    let whole = |timing: &Value| timing["limited_by"].as_array().is_some_and(Vec::is_empty);
    println!(
        "takes cut by something (limited_by): {}",
        timings.iter().filter(|t| !whole(t)).count()
    );
    // Sound that was taken for speech under way lengthens the pre-roll.
    let early = |rolled: &f64| *rolled < -ROLL_MS / 2.0;
    let first = each(takes, |take| {
        Ok(player.ms_after(take.keys.down, take.found.start)? + ROLL_MS)
    })?;
    let (longer, first): (Vec<f64>, Vec<f64>) = first.into_iter().partition(early);
    println!(
        "takes begun earlier than asked (speech under way): {}\n",
        longer.len()
    );
    let last = each(takes, |take| {
        Ok(player.ms_after(take.keys.up, take.found.end)? - ROLL_MS)
    })?;
    let clock: Vec<f64> = timings
        .iter()
        .map(|timing| frame(timing, "clock_error_ms"))
        .collect();
    let row = |name: &str, errors: &[f64]| {
        vec![
            name.into(),
            table::figures(errors, 2),
            format!("{:.2}", table::p95_distance(errors)),
        ]
    };
    Ok(vec![
        row(
            "key_down_frame - start key",
            &key_error("key_down_frame", |keys| keys.down)?,
        ),
        row(
            "key_up_frame - stop key",
            &key_error("key_up_frame", |keys| keys.up)?,
        ),
        row("first frame - (start key - pre-roll)", &first),
        row("last frame - (stop key + post-roll)", &last),
        row("clock_error_ms as written", &clock),
    ])
}

/// One recording by PipeWire's own recorder beside voicebooth: what it loses is the machine's loss.
struct Control {
    child: std::process::Child,
    wav: PathBuf,
    started: Instant,
}

impl Control {
    fn start(folder: &Path) -> anyhow::Result<Self> {
        let wav = folder.join("control.wav");
        let mut command = std::process::Command::new("pw-record");
        command
            .args(["--format", "s16", "--channels", "1", "--rate", "48000"])
            .arg(&wav);
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        Ok(Self {
            child,
            wav,
            started,
        })
    }

    fn end(mut self, player: &Player) -> anyhow::Result<String> {
        signal(self.child.id(), rustix::process::Signal::INT);
        self.child.wait()?;
        let said = match locate_file(&self.wav, player.frame_at(self.started)?) {
            Ok(found) => format!("{:.0} frames lost or doubled", found.lost_or_doubled),
            Err(error) => format!("{error:#}"),
        };
        Ok(format!(
            "control (one pw-record beside voicebooth all the time): {said}"
        ))
    }
}
