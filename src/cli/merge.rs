//! `voicebooth merge`: the corpora of many booths into one.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::args::MergeArgs;
use super::progress::Progress;
use super::verify::{number, require_corpus};
use super::{End, Usage, say};
use crate::corpus::layout::speaker_folder;
use crate::corpus::merge::{Options, Report, SpeakerMap, Told, merge as merge_corpora};

/// Merges; 1 where anything could not be taken in.
///
/// # Errors
/// Wrong usage, a folder that cannot be read, or a corpus that cannot be written.
pub fn merge(args: &MergeArgs) -> Result<End> {
    for from in &args.from {
        require_corpus(from)?;
        refuse_within(&args.into, from)?;
    }
    let map = read_map(args)?;
    let progress = Progress::start("takes");
    let options = Options {
        map: &map,
        dry_run: args.dry_run,
        at: Timestamp::now(),
        progress: &|| progress.add(1),
    };
    let report = merge_corpora(&args.into, &args.from, &options)?;
    progress.end();
    if args.json {
        say(&serde_json::to_string_pretty(&as_json(args, &report))?)?;
    } else {
        say(&in_words(args, &report))?;
    }
    Ok(if report.is_whole() {
        End::Done
    } else {
        End::Wrong
    })
}

/// A corpus is not merged into itself, nor into or from a part of it.
fn refuse_within(into: &Path, from: &Path) -> Result<()> {
    let Ok(into) = into.canonicalize() else {
        return Ok(());
    };
    let from = from.canonicalize().unwrap_or_else(|_| from.to_owned());
    if into.starts_with(&from) || from.starts_with(&into) {
        let (into, from) = (into.display(), from.display());
        return Err(Usage(format!(
            "{from} and {into} are not two folders beside each other; nothing was changed"
        ))
        .into());
    }
    Ok(())
}

/// The map, which renames only what comes in.
fn read_map(args: &MergeArgs) -> Result<SpeakerMap> {
    let Some(file) = &args.map else {
        return Ok(SpeakerMap::default());
    };
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let map = SpeakerMap::parse(file, &bytes).map_err(|e| Usage(e.to_string()))?;
    for old in map.old() {
        if speaker_folder(&args.into, old).exists() {
            let into = args.into.display();
            return Err(Usage(format!(
                "{old} is in {into} already, and a map renames only what comes in; nothing was changed: map the other id to {old}, or merge everything into a new folder"
            ))
            .into());
        }
    }
    Ok(map)
}

fn as_json(args: &MergeArgs, report: &Report) -> Value {
    let told = |told: &Told| {
        json!({
            "path": told.path.display().to_string(),
            "word": told.what.word(),
            "conflict": told.what.is_conflict(),
            "what": told.what.to_string(),
            "advice": told.what.advice(),
        })
    };
    json!({
        "into": args.into.display().to_string(),
        "from": args.from.iter().map(|from| from.display().to_string()).collect::<Vec<_>>(),
        "dry_run": args.dry_run,
        "whole": report.is_whole(),
        "speakers": report.speakers,
        "sessions": report.sessions,
        "joined_sessions": report.joined,
        "takes": report.takes,
        "audio_bytes": report.audio_bytes,
        "updated": report.updated,
        "same": report.same,
        "files": report.files,
        "tombstones": report.tombstones,
        "deleted": report.deleted,
        "told": report.told.iter().map(told).collect::<Vec<_>>(),
    })
}

fn in_words(args: &MergeArgs, report: &Report) -> String {
    let mut lines = Vec::new();
    for told in &report.told {
        let mark = if told.what.is_conflict() {
            "conflict"
        } else {
            "note"
        };
        lines.push(format!(
            "{mark}: {}\n  {}: {}\n  To do: {}.",
            told.path.display(),
            told.what.word(),
            told.what,
            told.what.advice()
        ));
    }
    let begin = if args.dry_run {
        "Would be taken in"
    } else {
        "Taken in"
    };
    let mut done = vec![format!(
        "{begin}: {} of {:.1} MB, {}",
        number(report.takes, "take"),
        report.audio_bytes as f64 / 1e6,
        number(report.sessions, "new session")
    )];
    for (count, what) in [
        (report.updated, "with newer sidecars"),
        (report.same, "here as they are"),
        (report.deleted, "deleted, as tombstones say"),
    ] {
        if count > 0 {
            done.push(format!("{} {what}", number(count, "take")));
        }
    }
    if report.joined > 0 {
        done.push(format!(
            "{} under another id",
            number(report.joined, "session")
        ));
    }
    let conflicts = report.told.iter().filter(|told| told.what.is_conflict());
    let end = match conflicts.count() {
        0 => "nothing is in conflict".to_owned(),
        count => number(count as u64, "conflict"),
    };
    lines.push(format!("{}; {end}.", done.join("; ")));
    lines.join("\n")
}
