//! What the program costs: processor and memory while a prompt is up with the meter on, and while a take runs.

mod support;

use std::fs;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Parser;

use support::booth::Booth;
use support::player::Player;
use support::{CardOptions, table};

#[derive(Parser)]
struct Options {
    /// Seconds to watch each state
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    #[command(flatten)]
    card: CardOptions,
}

fn main() -> ExitCode {
    let options = Options::parse();
    support::on_a_virtual_card(options.card.quantum, || measure(&options))
}

fn measure(options: &Options) -> anyhow::Result<()> {
    let _player = Player::start(options.card.quantum)?;
    let folder = tempfile::tempdir()?;
    let mut booth = Booth::record(folder.path(), 2, &options.card.host())?;
    booth.ready_for(1)?;
    let span = Duration::from_secs(options.seconds);
    let id = booth.id()?;
    thread::sleep(Duration::from_secs(3));
    let idle = watch("a prompt is up, meter on", id, span)?;
    booth.press(" ")?;
    thread::sleep(Duration::from_secs(1));
    let recording = watch("a take runs", id, span)?;
    booth.press(" ")?;
    booth.leave()?;
    println!(
        "Mono, 48 kHz, quantum {}, over {} s each.\n",
        options.card.quantum, options.seconds
    );
    let head = [
        "state",
        "% of a core",
        "resident now, MB",
        "resident at most, MB",
    ];
    table::print(&head, &[idle, recording]);
    Ok(())
}

fn watch(state: &str, id: u32, span: Duration) -> anyhow::Result<Vec<String>> {
    let (began, before_s) = (Instant::now(), processor_s(id)?);
    thread::sleep(span);
    let busy_s = processor_s(id)? - before_s;
    let share = 100.0 * busy_s / began.elapsed().as_secs_f64();
    let memory = |field| memory_mb(id, field).map(|mb| format!("{mb:.1}"));
    Ok(vec![
        state.into(),
        format!("{share:.2}"),
        memory("VmRSS:")?,
        memory("VmHWM:")?,
    ])
}

/// Processor time of the living threads, user and system, seconds (proc(5), `schedstat`: finer than `stat`).
fn processor_s(id: u32) -> anyhow::Result<f64> {
    let mut nanos = 0;
    for thread in fs::read_dir(format!("/proc/{id}/task"))? {
        let told = fs::read_to_string(thread?.path().join("schedstat"))?;
        let on_processor = told
            .split_whitespace()
            .next()
            .context("an empty schedstat")?;
        nanos += on_processor.parse::<u64>()?;
    }
    Ok(nanos as f64 / 1e9)
}

fn memory_mb(id: u32, field: &str) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status
        .lines()
        .find(|line| line.starts_with(field))
        .context("no such field")?;
    let kib = line.split_whitespace().nth(1).context("an empty field")?;
    Ok(kib.parse::<f64>()? * 1024.0 / 1e6)
}
