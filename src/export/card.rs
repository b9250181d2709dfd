//! The card of an export: what, who, licence, counts, thresholds, tool version, command. Markdown, the same bytes for the
//! same takes and the same command.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::error::{ExportError, IoContext};
use super::facts::Facts;
use super::format::Planned;
use super::run::{Report, Request};
use super::shape::{Bits, Cut, Shape};
use super::utterance::{Rendered, Utterance};

/// The file in the export, where the format has not written one of its own.
const FILE: &str = "CARD.md";
/// So many rows of a table are printed; of what is left its number.
const ROWS: usize = 200;

/// All that the card is written from.
pub struct Card<'a> {
    /// What was asked for.
    pub request: &'a Request<'a>,
    /// How the audio is.
    pub shape: &'a Shape,
    /// Of the corpus.
    pub facts: &'a Facts,
    /// Counts.
    pub report: &'a Report,
    /// What is in it.
    pub rows: &'a [(Utterance, Planned, Rendered)],
    /// UTC.
    pub newest_take_at: &'a str,
}

/// The card's text.
pub fn text(card: &Card<'_>) -> String {
    let (facts, report) = (card.facts, card.report);
    let mut text = format!("# {}\n\n", facts.title);
    let _ = writeln!(
        text,
        "{} of prompted speech by {}, {}, exported as `{}`. The newest take is of {}.\n",
        count(report.utterances, "recording"),
        count(report.speakers, "speaker"),
        duration(report.seconds),
        card.request.format.name(),
        day(card.newest_take_at),
    );
    let licence = facts.licence.as_deref();
    let _ = writeln!(
        text,
        "Licence: {}",
        licence.unwrap_or("not stated; ask whoever made the recordings")
    );
    let _ = writeln!(text, "\n## Audio\n\n{}", audio(card));
    counts(card, &mut text);
    consent(card, &mut text);
    made(card, &mut text);
    text
}

/// Writes the card, unless the format has a place of its own for it (`README.md`).
///
/// # Errors
/// It cannot be written.
pub fn write(folder: &Path, card: &str) -> Result<(), ExportError> {
    if folder.join("README.md").exists() {
        return Ok(());
    }
    let path = folder.join(FILE);
    fs::write(&path, card).at("write", &path)
}

fn audio(card: &Card<'_>) -> String {
    let mut lines = Vec::new();
    let mut formats: BTreeMap<(u32, u16, u16), u64> = BTreeMap::new();
    for (_, _, made) in card.rows {
        *formats
            .entry((made.sample_rate_hz, made.channels, made.bits))
            .or_default() += 1;
    }
    for ((rate_hz, channels, bits), files) in formats {
        let kind = if card.shape.flac { "FLAC" } else { "WAV" };
        lines.push(format!(
            "- {kind}, {rate_hz} Hz, {}, {bits} bit: {}",
            count(u64::from(channels), "channel"),
            count(files, "file")
        ));
    }
    lines.push(match card.shape.cut {
        Cut::Whole => "- Takes are whole: with what was recorded before and after the keys.".into(),
        Cut::Speech { margin_ms } => {
            format!("- Cut to the speech, with {margin_ms} ms before and after it.")
        }
        Cut::Window { ms } => format!("- A window of {ms} ms, centred on the speech."),
    });
    lines.push(match card.shape.loudness_lufs {
        None => "- Levels are as they were recorded.".into(),
        Some(lufs) => format!("- One gain per session, to {lufs} LUFS."),
    });
    if let Some(bits) = card.shape.bits {
        let bits = match bits {
            Bits::B16 => "16-bit integers",
            Bits::B24 => "24-bit integers",
            Bits::Float => "32-bit floats",
        };
        lines.push(format!("- Samples were converted to {bits}."));
    }
    lines.extend(
        card.report
            .notes
            .iter()
            .map(|note| format!("- Note: {note}.")),
    );
    lines.join("\n") + "\n"
}

fn counts(card: &Card<'_>, text: &mut String) {
    let _ = writeln!(text, "## Counts\n");
    if !card.report.splits.is_empty() {
        table(
            text,
            ("split", "recordings"),
            card.report
                .splits
                .iter()
                .map(|(name, n)| (name.clone(), *n)),
        );
        if card.report.shared_texts > 0 {
            let shared = count(card.report.shared_texts, "text");
            let _ = writeln!(text, "In more than one split: {shared}.\n");
        }
    }
    let mut speakers: BTreeMap<&str, u64> = BTreeMap::new();
    let mut labels: BTreeMap<&str, u64> = BTreeMap::new();
    let mut verdicts: BTreeMap<String, u64> = BTreeMap::new();
    for (utterance, _, _) in card.rows {
        *speakers.entry(&utterance.speaker.id).or_default() += 1;
        if let Some(label) = &utterance.label {
            *labels.entry(label).or_default() += 1;
        }
        let quality = utterance.sidecar.quality.as_ref();
        let verdict = quality.and_then(|q| serde_json::to_value(q.verdict).ok());
        let verdict = verdict.and_then(|v| v.as_str().map(ToOwned::to_owned));
        *verdicts
            .entry(verdict.unwrap_or_else(|| "not measured".into()))
            .or_default() += 1;
    }
    let named = |counts: BTreeMap<&str, u64>| {
        counts
            .into_iter()
            .map(|(name, n)| (name.replace('|', "\\|"), n))
            .collect::<Vec<_>>()
    };
    table(text, ("speaker", "recordings"), named(speakers).into_iter());
    if !labels.is_empty() {
        table(text, ("label", "recordings"), named(labels).into_iter());
    }
    table(text, ("verdict", "recordings"), verdicts.into_iter());
    if !card.report.left_out.is_empty() || !card.report.refused.is_empty() {
        let _ = writeln!(text, "Left out:\n");
        for (reason, takes) in &card.report.left_out {
            let _ = writeln!(text, "- {} {reason}", count(*takes, "take"));
        }
        for refusal in card.report.refused.iter().take(ROWS) {
            let _ = writeln!(text, "- {}: {}", refusal.take, refusal.why);
        }
        if card.report.refused.len() > ROWS {
            let _ = writeln!(text, "- and {} more", card.report.refused.len() - ROWS);
        }
        text.push('\n');
    }
}

fn consent(card: &Card<'_>, text: &mut String) {
    let mut speakers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (utterance, _, _) in card.rows {
        let speaker = &utterance.speaker;
        speakers.entry(&speaker.id).or_insert_with(|| {
            speaker.consent.as_ref().map_or_else(Vec::new, |consent| {
                let scopes = consent.scopes.keys().map(String::as_str);
                scopes.filter(|scope| consent.agrees_to(scope)).collect()
            })
        });
    }
    let mut scopes: BTreeMap<String, u64> = BTreeMap::new();
    for agreed in speakers.values() {
        let agreed = if agreed.is_empty() {
            "none on record".to_owned()
        } else {
            agreed.join(", ")
        };
        *scopes.entry(agreed).or_default() += 1;
    }
    let _ = writeln!(text, "## Consent\n");
    table(text, ("agreed to", "speakers"), scopes.into_iter());
}

fn made(card: &Card<'_>, text: &mut String) {
    let _ = writeln!(text, "## How it was made\n");
    let version = env!("CARGO_PKG_VERSION");
    let _ = writeln!(
        text,
        "- Exported by voicebooth {version}: `voicebooth {}`",
        card.request.command.join(" ")
    );
    let by: Vec<&str> = card.facts.recorded_by.iter().map(String::as_str).collect();
    let _ = writeln!(text, "- Recorded by {}", by.join(", "));
    if !card.facts.studies.is_empty() {
        let studies: Vec<&str> = card.facts.studies.iter().map(String::as_str).collect();
        let _ = writeln!(
            text,
            "- Studies (first 12 digits of SHA-256): {}",
            studies.join(", ")
        );
    }
    for (profile, thresholds) in &card.facts.thresholds {
        let _ = writeln!(text, "- Verdicts by profile `{profile}`: `{thresholds}`");
    }
}

fn table(text: &mut String, head: (&str, &str), rows: impl Iterator<Item = (String, u64)>) {
    let _ = writeln!(text, "| {} | {} |\n| --- | ---: |", head.0, head.1);
    let mut left = 0;
    for (index, (name, n)) in rows.enumerate() {
        if index < ROWS {
            let _ = writeln!(text, "| {name} | {n} |");
        } else {
            left += 1;
        }
    }
    if left > 0 {
        let _ = writeln!(text, "| and {left} more | |");
    }
    text.push('\n');
}

fn count(n: u64, of: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{n} {of}{ending}")
}

/// A length of time in words.
pub fn duration(seconds: f64) -> String {
    if seconds < 120.0 {
        format!("{seconds:.1} seconds")
    } else if seconds < 7200.0 {
        format!("{:.1} minutes", seconds / 60.0)
    } else {
        format!("{:.1} hours", seconds / 3600.0)
    }
}

/// The date in a time.
fn day(at: &str) -> &str {
    at.split('T').next().unwrap_or(at)
}
