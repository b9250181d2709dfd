//! What the corpus tools cost: `stats` and `verify --fast` over many takes, and `verify` against `sha256sum` over the
//! same files. The takes are tiny, made here in a temporary folder; the programs run by themselves, so that their memory
//! is theirs.

#[path = "support/table.rs"]
#[allow(dead_code)]
mod table;
#[path = "support/takes.rs"]
mod takes;
#[path = "support/tools.rs"]
mod tools;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::Context;
use clap::Parser;

use takes::Many;
use tools::run;

#[derive(Parser)]
struct Options {
    /// Takes
    #[arg(long, default_value_t = 20_000)]
    takes: u64,
    /// Takes of each speaker, in one session
    #[arg(long, default_value_t = 1000)]
    per_speaker: u64,
    /// Frames of each take, 16 kHz
    #[arg(long, default_value_t = 160)]
    frames: u64,
    /// Where to make the corpus
    #[arg(long)]
    folder: Option<PathBuf>,
    #[arg(long, hide = true)]
    bench: bool, // cargo says so
}

fn main() -> ExitCode {
    match measure(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("could not run: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> anyhow::Result<()> {
    let folder = match &options.folder {
        Some(parent) => tempfile::tempdir_in(parent)?,
        None => tempfile::tempdir()?,
    };
    let corpus = folder.path();
    let many = Many {
        takes: options.takes,
        per_speaker: options.per_speaker,
        frames: options.frames,
        sample_rate_hz: 16_000,
    };
    many.record(corpus)?;
    println!(
        "{} takes of {} frames (16 bit), {} by each speaker.\n",
        options.takes, options.frames, options.per_speaker
    );
    let hashes = "find . -name '*.wav' -print0 | xargs -0 -P2 sha256sum >/dev/null";
    let all = corpus.display().to_string();
    let tool = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
        command.args(args).arg(&all).arg("--json");
        command
    };
    let mut shell = Command::new("sh");
    shell.args(["-c", hashes]).current_dir(corpus);
    let runs = [
        ("(once through, not counted)", tool(&["verify"])),
        ("voicebooth stats", tool(&["stats"])),
        ("voicebooth verify --fast", tool(&["verify", "--fast"])),
        ("voicebooth verify", tool(&["verify"])),
        ("xargs -P2 sha256sum", shell),
    ];
    let mut rows = Vec::new();
    for (what, mut command) in runs {
        let (time, peak_bytes) = run(&mut command).with_context(|| what.to_owned())?;
        let peak = if what.starts_with("xargs") {
            "-".to_owned()
        } else {
            format!("{:.1}", peak_bytes as f64 / 1e6)
        };
        rows.push(vec![
            what.to_owned(),
            format!("{:.2}", time.as_secs_f64()),
            format!("{:.1}", time.as_secs_f64() * 1e6 / options.takes as f64),
            peak,
            format!("{:.0}", peak_bytes as f64 / options.takes as f64),
        ]);
    }
    let head = [
        "what",
        "s",
        "µs per take",
        "peak memory, MB",
        "bytes per take",
    ];
    table::print(&head, &rows[1..]);
    Ok(())
}
