//! `voicebooth stats`: what is in a corpus, and what is missing.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::args::StatsArgs;
use super::progress::Progress;
use super::table::{csv, table};
use super::verify::require_corpus;
use super::{End, say};
use crate::corpus::stats::{SpeakerStats, Stats, Tally, stats as count};

/// What stands for a label that is none.
const NO_LABEL: &str = "(no label)";

/// Counts; 1 where a record cannot be read.
///
/// # Errors
/// There is no corpus, or a folder of it cannot be read.
pub fn stats(args: &StatsArgs) -> Result<End> {
    require_corpus(&args.corpus)?;
    let progress = Progress::start("takes");
    let stats = count(&args.corpus, &|takes| progress.add(takes))?;
    progress.end();
    if args.json {
        say(&serde_json::to_string_pretty(&as_json(&stats))?)?;
    } else if args.csv {
        say(&as_csv(&stats))?;
        for error in &stats.broken {
            eprintln!("voicebooth: left out: {error}");
        }
    } else {
        say(&in_words(&stats))?;
    }
    Ok(if stats.broken.is_empty() {
        End::Done
    } else {
        End::Wrong
    })
}

fn tally_json(tally: &Tally) -> Value {
    let round = |seconds: f64| crate::units::rounded(seconds, 3);
    json!({
        "takes": tally.takes,
        "current": tally.current,
        "audio_s": round(tally.seconds),
        "speech_s": round(tally.speech_seconds),
    })
}

/// `tally` as JSON, with further fields before it.
fn with(mut fields: Value, tally: &Tally) -> Value {
    if let (Value::Object(fields), Value::Object(counts)) = (&mut fields, tally_json(tally)) {
        fields.extend(counts);
    }
    fields
}

fn as_json(stats: &Stats) -> Value {
    let missing = |speaker: &SpeakerStats| {
        speaker.missing.as_ref().map(|missing| {
            let without = missing.without.iter();
            let without: Vec<_> = without
                .map(|(prompt, repeat)| json!({"prompt": prompt, "repeat": repeat}))
                .collect();
            json!({"items": missing.items, "without_take": without})
        })
    };
    let speakers = stats.speakers.iter().map(|speaker| {
        let id = json!({"speaker": speaker.speaker, "sessions": speaker.sessions, "missing": missing(speaker)});
        with(id, &speaker.tally)
    });
    let sessions = stats.sessions.iter().map(|session| {
        let id = json!({"speaker": session.speaker, "session": session.session});
        with(id, &session.tally)
    });
    let labels = stats.labels.iter();
    let labels = labels.map(|(label, tally)| with(json!({"label": label}), tally));
    let coverage = stats.coverage.iter().map(|(label, takes)| {
        let by_speaker: BTreeMap<&str, u64> = takes
            .iter()
            .map(|(at, count)| (stats.speakers[*at].speaker.as_str(), *count))
            .collect();
        json!({"label": label, "current": by_speaker})
    });
    json!({
        "total": tally_json(&stats.total),
        "checks_and_practice": stats.others,
        "flagged": stats.flagged,
        "statuses": stats.statuses,
        "verdicts": stats.verdicts,
        "speakers": speakers.collect::<Vec<_>>(),
        "sessions": sessions.collect::<Vec<_>>(),
        "labels": labels.collect::<Vec<_>>(),
        "coverage": coverage.collect::<Vec<_>>(),
        "quotas": stats.quotas.iter().map(|q| json!({"what": q.what, "there": q.there, "asked": q.asked})).collect::<Vec<_>>(),
        "broken": stats.broken.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn label(label: Option<&String>) -> String {
    label.map_or(NO_LABEL, String::as_str).to_owned()
}

/// Label and one column for each speaker; the last is of all.
fn coverage(stats: &Stats, last: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let speakers = stats.speakers.iter().map(|speaker| speaker.speaker.clone());
    let head = std::iter::once("label".to_owned()).chain(speakers);
    let rows = stats.coverage.iter().map(|(of, takes)| {
        let count = |at: usize| takes.get(&at).copied().unwrap_or(0).to_string();
        let counts = (0..stats.speakers.len()).map(count);
        let all = takes.values().sum::<u64>().to_string();
        let row = std::iter::once(label(of.as_ref())).chain(counts);
        row.chain([all]).collect()
    });
    (head.chain([last.to_owned()]).collect(), rows.collect())
}

fn as_csv(stats: &Stats) -> String {
    let (head, rows) = coverage(stats, "all");
    let lines: Vec<String> = std::iter::once(&head)
        .chain(&rows)
        .map(|r| csv(r))
        .collect();
    lines.join("\n")
}

fn minutes(seconds: f64) -> String {
    format!("{:.1}", seconds / 60.0)
}

fn counts(tally: &Tally) -> [String; 4] {
    [
        tally.takes.to_string(),
        tally.current.to_string(),
        minutes(tally.seconds),
        minutes(tally.speech_seconds),
    ]
}

const COUNTS: [&str; 4] = ["takes", "current", "audio min", "speech min"];

fn counted(name: &str, rows: impl Iterator<Item = (String, Tally)>) -> Vec<String> {
    let head = [&[name], &COUNTS[..]]
        .concat()
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows
        .map(|(name, tally)| std::iter::once(name).chain(counts(&tally)).collect())
        .collect();
    table(&head, &rows)
}

fn numbers(name: &str, counts: &BTreeMap<&'static str, u64>) -> Vec<String> {
    let head = [name, "takes"].map(str::to_owned);
    let row = |(word, count): (&&str, &u64)| vec![(*word).to_owned(), count.to_string()];
    table(&head, &counts.iter().map(row).collect::<Vec<_>>())
}

fn in_words(stats: &Stats) -> String {
    let total = std::iter::once(("all".to_owned(), stats.total));
    let mut parts = vec![
        counted("corpus", total),
        numbers("status", &stats.statuses),
        numbers("verdict", &stats.verdicts),
        speakers(stats),
        counted(
            "session",
            stats.sessions.iter().map(|s| (s.session.clone(), s.tally)),
        ),
        counted(
            "label",
            stats
                .labels
                .iter()
                .map(|(of, tally)| (label(of.as_ref()), *tally)),
        ),
    ];
    let (head, rows) = coverage(stats, "all");
    let mut covered = vec!["Current takes by label and speaker:".to_owned()];
    covered.extend(table(&head, &rows));
    parts.push(covered);
    parts.push(quotas(stats));
    let mut end = Vec::new();
    if stats.others > 0 {
        end.push(format!(
            "Not counted: {} takes of checks and practice.",
            stats.others
        ));
    }
    if stats.flagged > 0 {
        end.push(format!("Flagged: {} takes.", stats.flagged));
    }
    for error in &stats.broken {
        end.push(format!("Left out: {error}"));
    }
    parts.push(end);
    let parts: Vec<String> = parts
        .iter()
        .filter(|lines| !lines.is_empty())
        .map(|lines| lines.join("\n"))
        .collect();
    parts.join("\n\n")
}

fn quotas(stats: &Stats) -> Vec<String> {
    if stats.quotas.is_empty() {
        return Vec::new();
    }
    let head = ["quota", "there", "asked", "missing"].map(str::to_owned);
    let rows = stats.quotas.iter().map(|quota| {
        let missing = quota.asked.saturating_sub(quota.there);
        let numbers = [quota.there, quota.asked, missing].map(|n| n.to_string());
        std::iter::once(quota.what.clone()).chain(numbers).collect()
    });
    table(&head, &rows.collect::<Vec<_>>())
}

fn speakers(stats: &Stats) -> Vec<String> {
    let head: Vec<String> = [&["speaker"], &COUNTS[..], &["sessions", "missing"]]
        .concat()
        .iter()
        .map(ToString::to_string)
        .collect();
    let rows = stats.speakers.iter().map(|speaker| {
        let missing = speaker.missing.as_ref().map_or("?".to_owned(), |missing| {
            format!("{} of {}", missing.without.len(), missing.items)
        });
        let id = std::iter::once(speaker.speaker.clone());
        id.chain(counts(&speaker.tally))
            .chain([speaker.sessions.to_string(), missing])
            .collect()
    });
    table(&head, &rows.collect::<Vec<_>>())
}
