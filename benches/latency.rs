//! How long a speaker waits: from the stop key to the next prompt and to the saved take, from launch to the first
//! screen and to the first prompt.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Parser;

use support::booth::{self, Booth};
use support::player::Player;
use support::{CardOptions, Dice, table};

/// The post-roll that voicebooth is told to keep, ms; a take cannot be saved before it is over.
const POST_ROLL_MS: f64 = 300.0;

#[derive(Parser)]
struct Options {
    /// Takes
    #[arg(long, default_value_t = 40)]
    takes: usize,
    /// Launches
    #[arg(long, default_value_t = 20)]
    launches: usize,
    #[command(flatten)]
    card: CardOptions,
}

fn main() -> ExitCode {
    let options = Options::parse();
    support::on_a_virtual_card(options.card.quantum, || measure(&options))
}

fn measure(options: &Options) -> anyhow::Result<()> {
    let _player = Player::start(options.card.quantum)?;
    let further = [&booth::FIXED_ROLL, &options.card.host()[..]].concat();
    let launches = launch(options.launches, &further)?;
    let stops = stop(options.takes, &further)?;
    println!(
        "Quantum {}; ms, min / median / p95 / max.\n",
        options.card.quantum
    );
    let row = |name: &str, values: &[f64]| vec![name.into(), table::figures(values, 1)];
    let rows = [
        row(
            "stop key to next prompt on the screen",
            &stops.next_prompt_ms,
        ),
        row("stop key to saved, less the post-roll", &stops.saved_ms),
        row("launch to first screen", &launches.screen_ms),
        row("launch to first prompt, ready", &launches.ready_ms),
    ];
    table::print(&["what", "ms"], &rows);
    Ok(())
}

struct Launches {
    screen_ms: Vec<f64>,
    ready_ms: Vec<f64>,
}

fn launch(times: usize, further: &[&str]) -> anyhow::Result<Launches> {
    let mut launches = Launches {
        screen_ms: Vec::new(),
        ready_ms: Vec::new(),
    };
    for _ in 0..times {
        let folder = tempfile::tempdir()?;
        let mut booth = Booth::record(folder.path(), 2, further)?;
        launches
            .screen_ms
            .push(ms(booth.launched, booth.first_screen()?));
        launches
            .ready_ms
            .push(ms(booth.launched, booth.ready_for(1)?));
        booth.leave()?;
    }
    Ok(launches)
}

struct Stops {
    next_prompt_ms: Vec<f64>,
    saved_ms: Vec<f64>,
}

fn stop(takes: usize, further: &[&str]) -> anyhow::Result<Stops> {
    let folder = tempfile::tempdir()?;
    // One more than is read, so that there is always a next prompt.
    let mut booth = Booth::record(folder.path(), takes + 1, further)?;
    let mut dice = Dice::new(2);
    let mut stops = Stops {
        next_prompt_ms: Vec::new(),
        saved_ms: Vec::new(),
    };
    for number in 1..=takes {
        booth.ready_for(number)?;
        thread::sleep(dice.ms(700, 1000));
        booth.press(" ")?;
        thread::sleep(dice.ms(500, 900));
        let before = sidecars(&booth.recordings());
        let stop = booth.press(" ")?;
        let saved = appears(&booth.recordings(), &before)?;
        let next = booth.shown(stop, &[&booth::prompt(number + 1)])?;
        stops.next_prompt_ms.push(ms(stop, next));
        stops.saved_ms.push(ms(stop, saved) - POST_ROLL_MS);
    }
    booth.leave()?;
    Ok(stops)
}

/// When a sidecar that was not there before has its final name: looked for every millisecond.
fn appears(recordings: &Path, before: &BTreeSet<PathBuf>) -> anyhow::Result<Instant> {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if sidecars(recordings).difference(before).next().is_some() {
            return Ok(Instant::now());
        }
        thread::sleep(Duration::from_millis(1));
    }
    bail!("the take was not saved")
}

/// Names of what looks like a sidecar.
fn sidecars(recordings: &Path) -> BTreeSet<PathBuf> {
    let sessions = fs::read_dir(recordings).into_iter().flatten().flatten();
    let files = sessions
        .filter_map(|session| fs::read_dir(session.path()).ok())
        .flatten()
        .flatten();
    let json = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    };
    files.map(|file| file.path()).filter(json).collect()
}

fn ms(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1e3
}
