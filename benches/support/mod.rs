//! What the benchmarks share: a private sound server, a known noise, a program in a terminal, tables.

#![allow(dead_code)] // every benchmark takes the part that it needs

#[path = "../../tests/common/mod.rs"]
pub mod common;

pub mod booth;
pub mod chance;
pub mod locate;
pub mod noise;
pub mod player;
pub mod rivals;
pub mod sounds;
pub mod table;

use std::process::{Command, ExitCode};

use common::pipewire::VirtualCard;

/// Options of every benchmark on a virtual card.
#[derive(Debug, clap::Args)]
pub struct CardOptions {
    /// Frames of the server's blocks at 48 kHz
    #[arg(long, default_value_t = 512)]
    pub quantum: u32,
    /// Audio system that voicebooth uses: alsa or pulseaudio; its own choice if not given
    #[arg(long)]
    host: Option<String>,
    #[arg(long, hide = true)]
    bench: bool, // cargo says so
}

impl CardOptions {
    /// What voicebooth is told of the audio system.
    pub fn host(&self) -> Vec<&str> {
        self.host
            .as_deref()
            .map_or(vec![], |host| vec!["--host", host])
    }
}

/// Set inside the private session.
const INSIDE: &str = "VOICEBOOTH_BENCH_INSIDE";

/// Runs `bench` in a private sound server whose blocks are `quantum` frames: this program starts itself again with
/// that environment. 1 where it could not run.
pub fn on_a_virtual_card(quantum: u32, bench: impl FnOnce() -> anyhow::Result<()>) -> ExitCode {
    if is_inside() {
        return run(bench);
    }
    let Some(card) = VirtualCard::start(quantum) else {
        return ExitCode::FAILURE;
    };
    let again = std::env::current_exe().and_then(|program| {
        let mut command: Command = card.command(program);
        command
            .args(std::env::args_os().skip(1))
            .env(INSIDE, "1")
            .status()
    });
    match again {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the benchmark does not start again: {error}");
            ExitCode::FAILURE
        }
    }
}

/// This program already runs in the private session.
pub fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Runs `bench` and says what kept it from running.
pub fn run(bench: impl FnOnce() -> anyhow::Result<()>) -> ExitCode {
    match bench() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("could not run: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Random numbers for gaps and lengths, the same in every run.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Begins a sequence.
    pub fn new(seed: u64) -> Self {
        Self(seed << 32)
    }

    /// A number of milliseconds from `least` up to `most`.
    pub fn ms(&mut self, least: u64, most: u64) -> std::time::Duration {
        self.0 += 1;
        let share = (i64::from(noise::sample(self.0)) + 8192) as u64;
        std::time::Duration::from_micros(least * 1000 + (most - least) * 1000 * share / 16_384)
    }
}
