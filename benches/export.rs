//! What exports cost: resampling against a call of `sox` for each file, and tables against lhotse's
//! `RecordingSet.from_dir` over the same WAVs. The takes are made here in a temporary folder, and voicebooth runs as the
//! program that it is, from the corpus on the disk to the export on the disk.

#[path = "../tests/export_audio/takes.rs"]
#[allow(dead_code, clippy::unwrap_used)]
mod booth;
#[path = "support/table.rs"]
#[allow(dead_code)]
mod table;
#[path = "support/takes.rs"]
mod takes;
#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Parser;
use voicebooth::corpus::sidecar::Encoding;
use voicebooth::export::Shape;
use voicebooth::export::shape::Bits;

use booth::{Booth, Kind, db, rms, swelling};
use takes::Many;
use tools::run;

#[derive(Parser)]
struct Options {
    /// Takes of 3 s at 48 kHz that are resampled
    #[arg(long, default_value_t = 400)]
    resampled: u64,
    /// Tiny takes that are exported for their tables
    #[arg(long, default_value_t = 20_000)]
    takes: u64,
    /// Format of that export
    #[arg(long, default_value = "kaldi")]
    format: String,
    /// A Python that has lhotse
    #[arg(long, default_value = "target/interop-lhotse/bin/python")]
    python: PathBuf,
    /// Where to make the corpora
    #[arg(long)]
    folder: Option<PathBuf>,
    #[arg(long, hide = true)]
    bench: bool, // cargo says so
}

fn main() -> ExitCode {
    let options = Options::parse();
    match resampling(&options).and_then(|()| tables(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("could not run: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn temporary(options: &Options) -> anyhow::Result<tempfile::TempDir> {
    Ok(match &options.folder {
        Some(parent) => tempfile::tempdir_in(parent)?,
        None => tempfile::tempdir()?,
    })
}

/// `voicebooth export`, on so many cores.
fn export(format: &str, corpus: &Path, out: &Path, cores: usize, further: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voicebooth"));
    command.args(["export", format]).arg(corpus).arg(out);
    command.args(further);
    command.env("RAYON_NUM_THREADS", cores.to_string());
    command
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, Into::into)
}

fn resampling(options: &Options) -> anyhow::Result<()> {
    let folder = temporary(options)?;
    let corpus = folder.path().join("corpus");
    let many = Many {
        takes: options.resampled,
        per_speaker: 100,
        frames: 3 * 48_000,
        sample_rate_hz: 48_000,
    };
    many.record(&corpus)?;
    println!(
        "## {} takes of 3 s, 48 kHz to 16 kHz (ms a take)\n",
        many.takes
    );
    let per_take = |time: Duration| time.as_secs_f64() * 1e3 / options.resampled as f64;
    let mut rows = Vec::new();
    for cores in 1..=cores().min(2) {
        let out = folder.path().join(format!("out{cores}"));
        let ours = run(&mut export(
            "csv",
            &corpus,
            &out,
            cores,
            &["--rate", "16000"],
        ))?
        .0;
        fs::remove_dir_all(&out)?;
        let theirs = sox(&corpus, &folder.path().join("sox"), cores)?;
        rows.push(vec![
            cores.to_string(),
            format!("{:.2}", per_take(ours)),
            theirs.map_or("not installed".into(), |t| format!("{:.2}", per_take(t))),
            theirs.map_or("-".into(), |t| {
                format!("{:.1}", t.as_secs_f64() / ours.as_secs_f64())
            }),
        ]);
    }
    let head = [
        "cores",
        "voicebooth export csv",
        "sox a file",
        "times as fast",
    ];
    table::print(&head, &rows);
    let shown = |shape: &str, db: f64| vec![shape.to_owned(), format!("{db:.1}")];
    let rows = [
        shown(
            "loudest of what 16 kHz cannot hold",
            stop_band_db(8000.0, 24_000.0),
        ),
        shown("softest up to 7600 Hz", softest_db(7600.0)),
    ];
    table::print(&["48 kHz to 16 kHz", "dB"], &rows);
    Ok(())
}

/// The gain of a tone, dB.
fn gain_db(booth: &Booth, tone_hz: f64) -> f64 {
    let tone = swelling(48_000, 48_000, tone_hz, 0.5);
    let take = booth.take("tone", Kind(48_000, 1, Encoding::PcmF32le), &tone, None);
    let shape = Shape {
        rate_hz: Some(16_000),
        bits: Some(Bits::Float),
        ..Shape::default()
    };
    let (_, audio) = booth.export(&take, &shape);
    db(rms(&audio.values) / rms(&tone))
}

fn stop_band_db(from_hz: f64, to_hz: f64) -> f64 {
    let booth = Booth::new();
    let tones = (0..200).map(|n| from_hz + 20.0 + (to_hz - from_hz - 40.0) * f64::from(n) / 199.0);
    tones
        .map(|tone_hz| gain_db(&booth, tone_hz))
        .fold(f64::NEG_INFINITY, f64::max)
}

fn softest_db(to_hz: f64) -> f64 {
    let booth = Booth::new();
    (1..=100)
        .map(|n| gain_db(&booth, to_hz * f64::from(n) / 100.0))
        .fold(0.0, f64::min)
}

/// A call for each WAV, so many at a time; `None` where there is no sox.
fn sox(corpus: &Path, out: &Path, at_a_time: usize) -> anyhow::Result<Option<Duration>> {
    if Command::new("sox").arg("--version").output().is_err() {
        return Ok(None);
    }
    fs::create_dir_all(out)?;
    let wavs = wavs(corpus)?;
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    let worker = || -> anyhow::Result<()> {
        while let Some(wav) = wavs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let made = out.join(wav.file_name().context("a name")?);
            let status = Command::new("sox")
                .arg(wav)
                .args(["-r", "16000"])
                .arg(made)
                .stderr(Stdio::null()) // the noise of these takes clips
                .status()?;
            ensure!(status.success(), "sox ended with {status}");
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..at_a_time).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err(anyhow::anyhow!("a thread died")))
        })
    })?;
    Ok(Some(began.elapsed()))
}

fn wavs(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(wavs(&path)?);
        } else if path.extension().is_some_and(|e| e == "wav") {
            found.push(path);
        }
    }
    Ok(found)
}

fn tables(options: &Options) -> anyhow::Result<()> {
    let folder = temporary(options)?;
    let corpus = folder.path().join("corpus");
    let many = Many {
        takes: options.takes,
        per_speaker: 1000,
        frames: 160,
        sample_rate_hz: 16_000,
    };
    many.record(&corpus)?;
    println!("## {} takes of 10 ms: {}\n", many.takes, options.format);
    let mut rows = Vec::new();
    let per_take = |seconds: f64| format!("{:.1}", seconds * 1e6 / options.takes as f64);
    let mut row = |what: String, seconds: f64, peak_bytes: u64| {
        let peak = peak_bytes as f64;
        rows.push(vec![
            what,
            format!("{seconds:.2}"),
            per_take(seconds),
            format!("{:.0}", peak / options.takes as f64),
        ]);
    };
    for (n, further) in [vec![], vec!["--link"]].iter().enumerate() {
        let out = folder.path().join(format!("out{n}"));
        let mut command = export(&options.format, &corpus, &out, cores(), further);
        let (time, peak_bytes) = run(&mut command)?;
        let what = [&["voicebooth export", &*options.format], &further[..]].concat();
        row(what.join(" "), time.as_secs_f64(), peak_bytes);
    }
    for jobs in 1..=cores().min(2) {
        let Some(seconds) = lhotse(&options.python, &corpus, jobs)? else {
            println!("lhotse is not installed (scripts/interop does that)\n");
            break;
        };
        row(format!("lhotse, {jobs} jobs"), seconds, 0);
    }
    table::print(&["what", "s", "µs a take", "bytes of memory a take"], &rows);
    Ok(())
}

/// How long it takes, seconds, without the start of Python; `None` where it is not installed.
fn lhotse(python: &Path, corpus: &Path, jobs: usize) -> anyhow::Result<Option<f64>> {
    const PROGRAM: &str = "import sys, time
from lhotse import RecordingSet
began = time.monotonic()
found = RecordingSet.from_dir(sys.argv[1], '**/*.wav', num_jobs=int(sys.argv[2]))
print(time.monotonic() - began)";
    if !python.exists() {
        return Ok(None);
    }
    let output = Command::new(python)
        .args(["-c", PROGRAM])
        .arg(corpus)
        .arg(jobs.to_string())
        .stderr(Stdio::null())
        .output()?;
    ensure!(
        output.status.success(),
        "lhotse ended with {}",
        output.status
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().context("lhotse said nothing")?;
    Ok(Some(last.parse()?))
}
