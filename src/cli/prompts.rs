//! `voicebooth prompts`: lists checked, converted and counted before anybody reads them.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context, Result};

use super::args::{CheckArgs, ConvertArgs, PromptStatsArgs, PromptsTask, ReadArgs, Target};
use super::{End, Usage, say, sounds};
use crate::prompts::{
    CheckLimits, Count, Finding, Kind, Lexicon, PromptList, ReadOptions, Report, Spread, Stats,
    check,
};

/// Longest take where none is given, ms: as `record` has it.
const MAX_TAKE_MS: u32 = 60_000;
/// How many of a long table's rows are printed; `--json` has them all.
const ROWS: usize = 12;

/// Does what was asked for.
///
/// # Errors
/// A list that cannot be read, or a file that cannot be written.
pub fn prompts(task: &PromptsTask) -> Result<End> {
    match task {
        PromptsTask::Check(args) => check_lists(args),
        PromptsTask::Convert(args) => convert(args),
        PromptsTask::Stats(args) => stats(args),
    }
}

fn options(args: &ReadArgs) -> ReadOptions {
    ReadOptions {
        format: args.format,
        comments: args.comments,
        language: args.language.clone().map(|language| language.0),
    }
}

fn check_lists(args: &CheckArgs) -> Result<End> {
    let options = options(&args.read);
    let max_take_ms = args.max_take.map_or(MAX_TAKE_MS, |time| time.ms);
    let limits = CheckLimits { max_take_ms };
    let reports: Vec<Report> = args
        .files
        .iter()
        .map(|file| report(file, &options, limits))
        .collect();
    if args.json {
        say(&serde_json::to_string_pretty(&reports)?)?;
    } else {
        let text: String = reports.iter().map(report_text).collect();
        say(text.trim_end())?;
    }
    let wrong = reports.iter().any(Report::has_errors);
    Ok(if wrong { End::Wrong } else { End::Done })
}

fn report(file: &Path, options: &ReadOptions, limits: CheckLimits) -> Report {
    let name = file.display().to_string();
    match std::fs::read(file) {
        Ok(bytes) => {
            let mut report = check(&name, &bytes, options, limits);
            let wrong = sounds::wrong(file, &report.sounds);
            report.add_errors(wrong);
            report
        }
        Err(error) => Report {
            file: name,
            format: None,
            prompts: 0,
            findings: vec![Finding {
                kind: Kind::Error,
                line: None,
                column: None,
                message: format!("it cannot be read: {error}"),
            }],
            sounds: Vec::new(),
        },
    }
}

fn report_text(report: &Report) -> String {
    let mut text = String::new();
    let file = &report.file;
    for finding in &report.findings {
        let place = match (finding.line, finding.column) {
            (Some(line), Some(column)) => format!(":{line}:{column}"),
            _ => String::new(),
        };
        let kind = match finding.kind {
            Kind::Error => "error",
            Kind::Warning => "warning",
        };
        let _ = writeln!(text, "{file}{place}: {kind}: {}", finding.message);
    }
    let count = |kind| {
        report
            .findings
            .iter()
            .filter(|finding| finding.kind == kind)
            .count()
    };
    let plural = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    let read = report.format.map(|format| format!("read as {format}, "));
    let _ = writeln!(
        text,
        "{file}: {}{}, {}, {}",
        read.unwrap_or_default(),
        plural(report.prompts, "prompt"),
        plural(count(Kind::Error), "error"),
        plural(count(Kind::Warning), "warning"),
    );
    text
}

fn convert(args: &ConvertArgs) -> Result<End> {
    let list = PromptList::read(&args.file, &options(&args.read))?;
    let text = match args.to {
        Target::Jsonl => list.to_jsonl(),
        Target::Tsv => match list.to_tsv() {
            Ok(tsv) => tsv,
            Err(refused) => anyhow::bail!("nothing was written:\n{refused}"),
        },
    };
    let mut notes = std::io::stderr();
    for warning in &list.warnings {
        let _ = writeln!(notes, "{}:{warning}", args.file.display());
    }
    let _ = writeln!(
        notes,
        "{}: read as {}",
        args.file.display(),
        list.describe()
    );
    let Some(out) = &args.out else {
        say(text.trim_end_matches('\n'))?;
        return Ok(End::Done);
    };
    let file = OpenOptions::new().write(true).create_new(true).open(out);
    let mut file = match file {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let out = out.display();
            return Err(Usage(format!("{out} is there already; nothing was written")).into());
        }
        other => other.with_context(|| format!("{}: it cannot be written", out.display()))?,
    };
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("{}: it could not be written whole", out.display()))?;
    Ok(End::Done)
}

fn stats(args: &PromptStatsArgs) -> Result<End> {
    let list = PromptList::read(&args.file, &options(&args.read))?;
    let lexicon = args.lexicon.as_deref().map(Lexicon::read).transpose()?;
    let stats = list.stats(lexicon.as_ref());
    if args.json {
        say(&serde_json::to_string_pretty(&stats)?)?;
    } else {
        let name = args.file.display();
        let text = format!(
            "{name}: read as {}\n{}",
            list.describe(),
            stats_text(&stats)
        );
        say(text.trim_end())?;
    }
    Ok(End::Done)
}

fn stats_text(stats: &Stats) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<12} {value}");
    };
    let spread = |s: Spread| {
        let Spread {
            min,
            median,
            mean,
            max,
        } = s;
        format!("{min} to {max}, median {median}, mean {mean:.1}")
    };
    line(
        "readings",
        format!(
            "{}, about {} of speech",
            stats.readings,
            length(stats.expected_minutes)
        ),
    );
    line("characters", spread(stats.characters));
    line(
        "words",
        format!(
            "{}; {} different",
            spread(stats.words),
            stats.different_words
        ),
    );
    for (name, counts) in [
        ("labels", &stats.labels),
        ("languages", &stats.languages),
        ("sections", &stats.sections),
        ("coverage", &stats.coverage),
    ] {
        if !counts.is_empty() {
            line(name, table(counts));
        }
    }
    if let Some(phones) = &stats.phones {
        line("phones", table(&phones.phones));
        if !phones.uncovered.is_empty() {
            line("uncovered", phones.uncovered.join(" "));
        }
        if !phones.missing_words.is_empty() {
            line("not in dict", table(&phones.missing_words));
        }
    }
    text
}

/// `7 seconds`, `3.5 minutes`, `2.1 hours`: as people say it.
fn length(minutes: f64) -> String {
    match (60.0 * minutes).ceil() {
        1.0 => "1 second".to_owned(),
        seconds if seconds < 100.0 => format!("{seconds:.0} seconds"),
        _ if minutes < 100.0 => format!("{minutes:.1} minutes"),
        _ => format!("{:.1} hours", minutes / 60.0),
    }
}

/// `10 different: zero 3, one 3, ...`
fn table(counts: &[Count]) -> String {
    let shown = counts.iter().take(ROWS);
    let shown: Vec<String> = shown
        .map(|Count { name, count }| format!("{name} {count}"))
        .collect();
    let more = match counts.len().saturating_sub(ROWS) {
        0 => String::new(),
        more => format!(", and {more} more (--json has them all)"),
    };
    format!("{} different: {}{more}", counts.len(), shown.join(", "))
}
