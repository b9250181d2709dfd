//! `voicebooth verify`: is the corpus right, and where is it not?

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::args::VerifyArgs;
use super::progress::Progress;
use super::{End, Usage, say};
use crate::corpus::layout::{corpus_file, recordings_folder};
use crate::corpus::verify::{Finding, Options, Report, verify as verify_corpus};

/// Verifies; 1 where anything is wrong.
///
/// # Errors
/// There is no corpus, or a folder of it cannot be read.
pub fn verify(args: &VerifyArgs) -> Result<End> {
    require_corpus(&args.corpus)?;
    let progress = Progress::start("takes");
    let options = Options {
        fast: args.fast,
        repair: args.repair,
        progress: &|| progress.add(1),
    };
    let report = verify_corpus(&args.corpus, &options)?;
    progress.end();
    if args.json {
        say(&serde_json::to_string_pretty(&as_json(args, &report))?)?;
    } else {
        say(&in_words(args, &report))?;
    }
    Ok(if report.is_right() {
        End::Done
    } else {
        End::Wrong
    })
}

/// Refuses a folder that is no corpus: a wrong path must not pass for an empty corpus.
///
/// # Errors
/// Wrong usage.
pub(super) fn require_corpus(folder: &Path) -> Result<()> {
    if corpus_file(folder).exists() || recordings_folder(folder).is_dir() {
        return Ok(());
    }
    let folder = folder.display();
    Err(Usage(format!(
        "{folder} is no corpus: it has neither corpus.json nor recordings"
    ))
    .into())
}

/// A path as it stands in the corpus.
pub(super) fn within(corpus: &Path, path: &Path) -> String {
    let path = path.strip_prefix(corpus).unwrap_or(path);
    if path.as_os_str().is_empty() {
        ".".into()
    } else {
        path.display().to_string()
    }
}

fn as_json(args: &VerifyArgs, report: &Report) -> serde_json::Value {
    let finding = |found: &Finding| {
        json!({
            "path": within(&args.corpus, &found.path),
            "word": found.problem.word(),
            "wrong": found.problem.is_wrong(),
            "what": found.problem.to_string(),
            "advice": found.problem.advice(),
        })
    };
    let repaired = |done: &crate::corpus::recovery::Finding| json!({ "path": within(&args.corpus, &done.file), "what": done.what.in_short() });
    json!({
        "corpus": args.corpus.display().to_string(),
        "right": report.is_right(),
        "fast": args.fast,
        "speakers": report.speakers,
        "sessions": report.sessions,
        "takes": report.takes,
        "takes_with_gaps": report.takes_with_gaps,
        "audio_bytes": report.audio_bytes,
        "repaired": report.repaired.iter().map(repaired).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn in_words(args: &VerifyArgs, report: &Report) -> String {
    let mut lines = Vec::new();
    for done in &report.repaired {
        let file = within(&args.corpus, &done.file);
        lines.push(format!("repaired: {file}\n  {}", done.what.in_short()));
    }
    for found in &report.findings {
        let mark = if found.problem.is_wrong() {
            "wrong"
        } else {
            "note"
        };
        lines.push(format!(
            "{mark}: {}\n  {}: {}\n  To do: {}.",
            within(&args.corpus, &found.path),
            found.problem.word(),
            found.problem,
            found.problem.advice()
        ));
    }
    let wrong = report.findings.iter().filter(|f| f.problem.is_wrong());
    let outcome = match wrong.count() {
        0 => "Nothing is wrong".to_owned(),
        1 => "1 thing is wrong".to_owned(),
        more => format!("{more} things are wrong"),
    };
    let read = if args.fast {
        "lengths and headers of the audio were checked, not its bytes"
    } else {
        "all audio was read"
    };
    let gaps = match report.takes_with_gaps {
        0 => String::new(),
        takes => format!("; {takes} with lost frames, as their sidecars say"),
    };
    lines.push(format!(
        "{outcome} ({}, {}, {}{gaps}; {read}).",
        number(report.takes, "take"),
        number(report.sessions, "session"),
        number(report.speakers, "speaker")
    ));
    lines.join("\n")
}

pub(super) fn number(count: u64, of: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {of}{ending}")
}
