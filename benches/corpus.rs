//! What the corpus tools cost: `stats` and `verify --fast` over many takes, and `verify` against `sha256sum` over the
//! same files. The takes are tiny, made here in a temporary folder; the programs run by themselves, so that their memory
//! is theirs.

#[path = "support/table.rs"]
#[allow(dead_code)]
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Parser;
use voicebooth::audio::{SourceInfo, SourceKind, StreamFormat};
use voicebooth::corpus::layout::TakePaths;
use voicebooth::corpus::names::{sha256_hex, stem};
use voicebooth::corpus::records::{Record, SessionSetup, to_text, utc};
use voicebooth::corpus::sidecar::{
    AudioRecord, DecidedBy, DeviceRecord, Encoding, PromptRecord, Sidecar, Software, Status, Timing,
};
use voicebooth::corpus::start::{NewSession, OpenSession, Said, claim_speaker, start_session};
use voicebooth::corpus::wav::WavFormat;
use voicebooth::prompts::Prompt;

const FORMAT: WavFormat = WavFormat {
    sample_rate_hz: 16_000,
    channels: 1,
    encoding: Encoding::PcmS16le,
};

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
    let list = list(options.per_speaker);
    let mut made = 0;
    while made < options.takes {
        let count = options.per_speaker.min(options.takes - made);
        session(corpus, &list, made, count, options.frames)?;
        made += count;
    }
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

/// How long a command takes and the most memory that it has: it is asked every 5 ms.
fn run(command: &mut Command) -> anyhow::Result<(Duration, u64)> {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_bytes = 0;
    let status = loop {
        peak_bytes = peak_bytes.max(high_water(Path::new(&status_file)).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(Duration::from_millis(5));
    };
    ensure!(status.success(), "it ended with {status}");
    Ok((began.elapsed(), peak_bytes))
}

fn high_water(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

fn list(prompts: u64) -> String {
    let prompt = |n: u64| Prompt {
        id: format!("word{n}"),
        text: format!("word {n}"),
        label: Some(format!("l{}", n % 10)),
        repeat: 1,
        ..Prompt::default()
    };
    let line = |prompt: Prompt| serde_json::to_string(&prompt).unwrap_or_default() + "\n";
    (0..prompts).map(prompt).map(line).collect()
}

fn session(corpus: &Path, list: &str, first: u64, count: u64, frames: u64) -> anyhow::Result<()> {
    let claim = claim_speaker(corpus, &format!("s{first}"))?;
    let source = SourceInfo {
        kind: SourceKind::Demo,
        host: "none".into(),
        id: "demo".into(),
        name: "Demo".into(),
        format: StreamFormat {
            sample_rate_hz: FORMAT.sample_rate_hz,
            channels: FORMAT.channels,
        },
        device_channels: 1,
        channel_map: vec![0],
        sample_format: "f32".into(),
        block_frames: 480,
    };
    let setup = SessionSetup {
        list_name: "words".into(),
        pass: 1,
        order: "sequential".into(),
        repeat: 1,
        mode: "keys".into(),
        review: "never".into(),
        max_take_ms: 60_000,
        profile: "default".into(),
        ..SessionSetup::default()
    };
    let new = NewSession {
        setup,
        source: &source,
        encoding: FORMAT.encoding,
        list_jsonl: list,
        said: Said::default(),
    };
    let session = start_session(claim, new)?;
    for n in 0..count {
        take(&session, n, first + n, frames)?;
    }
    Ok(())
}

/// Writes take `n` of a session, without the syncs of a recording. `seed` makes its audio its own.
fn take(session: &OpenSession, n: u64, seed: u64, frames: u64) -> anyhow::Result<()> {
    let prompt = format!("word{n}");
    let paths = TakePaths::in_folder(&session.folder, &stem(&prompt, 1, 1));
    let mut wav = FORMAT.closed_header(frames).context("too long")?;
    let bytes =
        (0..frames * 2).map(|at| (seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (at % 7 * 8)) as u8);
    wav.extend(bytes);
    let record = &session.record;
    let sidecar = Sidecar {
        format: Sidecar::FORMAT.into(),
        id: uuid::Uuid::now_v7().to_string(),
        revision: 1,
        history: Vec::new(),
        source: record.source.clone(),
        prompt: PromptRecord {
            id: prompt,
            text: format!("word {n}"),
            label: Some(format!("l{}", n % 10)),
            list_sha256: record.list_sha256.clone(),
            ..PromptRecord::default()
        },
        repeat: 1,
        pass: 1,
        position: n as u32 + 1,
        role: "item".into(),
        take: 1,
        supersedes: None,
        status: Status::Accepted,
        decided_by: DecidedBy::Auto,
        reasons: Vec::new(),
        transcript: None,
        label_confirmed: None,
        flagged: false,
        note: None,
        speaker: record.speaker.clone(),
        session: record.session.clone(),
        started_at: utc(jiff::Timestamp::now()),
        audio: Some(AudioRecord {
            file: paths.wav_name(),
            sample_rate_hz: FORMAT.sample_rate_hz,
            channels: FORMAT.channels,
            encoding: FORMAT.encoding,
            frames,
            sha256: sha256_hex(&wav),
        }),
        timing: Some(Timing {
            stream: 1,
            ..Timing::default()
        }),
        integrity: None,
        quality: None,
        device: Some(DeviceRecord {
            host: record.device.host.clone(),
            id: record.device.id.clone(),
            name: record.device.name.clone(),
            block_frames: record.device.block_frames,
        }),
        software: Software::this(),
    };
    fs::write(paths.wav(), wav)?;
    fs::write(paths.json(), to_text(&sidecar))?;
    Ok(())
}
