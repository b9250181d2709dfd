//! `voicebooth export`: the current takes of a corpus as a toolkit wants them.

use std::sync::OnceLock;

use anyhow::{Result, anyhow};
use serde_json::{Value, json};

use super::again::quoted;
use super::args::{Bits as BitsArg, ExportArgs};
use super::progress::Progress;
use super::verify::require_corpus;
use super::{End, Usage, say};
use crate::export::card::duration;
use crate::export::formats::format;
use crate::export::shape::Bits;
use crate::export::{Cut, ExportError, Report, Request, Shape, Split, Stage, export as run};
use crate::prompts::Lexicon;
use crate::units::rounded;

/// So many refusals are printed; of what is left its number. The card and `--json` have all.
const PRINTED: usize = 20;

/// Exports.
///
/// # Errors
/// Nothing was exported.
pub fn export(args: &ExportArgs) -> Result<End> {
    require_corpus(&args.corpus)?;
    let Some(format) = format(&args.format) else {
        return Err(Usage(format!("there is no format {}", args.format)).into());
    };
    let lexicon = args.lexicon.as_deref().map(Lexicon::read).transpose()?;
    let split = match (&args.split, &args.split_file) {
        (_, Some(path)) => Split::read(path)?,
        (Some(parts), None) => Split::Parts {
            parts: parts.0.clone(),
            by: args.by.map(Into::into).unwrap_or_default(),
        },
        (None, None) => Split::None,
    };
    let read = Progress::start("takes read");
    let made: OnceLock<Progress> = OnceLock::new();
    let request = Request {
        format,
        selection: args.selection(),
        shape: shape(args),
        split,
        lexicon,
        skip_refused: args.skip_refused,
        shard: args.shard.map(|shard| shard.0),
        command: std::env::args().skip(1).map(quoted).collect(),
        progress: &|stage, count| match stage {
            Stage::Read => read.add(count),
            Stage::Made => {
                let started = || {
                    read.end();
                    Progress::start("audio files")
                };
                made.get_or_init(started).add(count);
            }
        },
    };
    let ended = run(&args.corpus, &args.out, &request);
    read.end();
    if let Some(made) = made.get() {
        made.end();
    }
    let report = ended.map_err(shortened)?;
    if args.json {
        say(&serde_json::to_string_pretty(&as_json(args, &report))?)?;
    } else {
        say(&in_words(args, &report))?;
    }
    Ok(End::Done)
}

/// A long list of refusals with its beginning and its end alone.
fn shortened(error: ExportError) -> anyhow::Error {
    let ExportError::Refused(refused) = &error else {
        return error.into();
    };
    if refused.len() <= PRINTED {
        return error.into();
    }
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let more = refused.len() - PRINTED;
    let (last, first) = (lines.last().copied().unwrap_or_default(), &lines[..PRINTED]);
    anyhow!("{}\nand {more} more\n{last}", first.join("\n"))
}

fn shape(args: &ExportArgs) -> Shape {
    Shape {
        rate_hz: args.rate.map(super::args::Whole::get_u32),
        bits: args.bits.map(|bits| match bits {
            BitsArg::Pcm16 => Bits::B16,
            BitsArg::Pcm24 => Bits::B24,
            BitsArg::Float32 => Bits::Float,
        }),
        channels: args.channels.map(|channels| channels.get_u32() as u16),
        cut: args.trim.map_or(Cut::Whole, |margin| Cut::Speech {
            margin_ms: margin.get_u32(),
        }),
        loudness_lufs: args.loudness.map(|lufs| lufs.0),
        flac: args.flac,
        link: args.link,
    }
}

fn as_json(args: &ExportArgs, report: &Report) -> Value {
    let refused = report.refused.iter();
    let refused: Vec<Value> = refused
        .map(|refusal| json!({"take": refusal.take, "why": refusal.why}))
        .collect();
    let splits: serde_json::Map<String, Value> = report
        .splits
        .iter()
        .map(|(name, count)| (name.clone(), (*count).into()))
        .collect();
    json!({
        "format": args.format,
        "corpus": args.corpus.display().to_string(),
        "out": args.out.display().to_string(),
        "shard": args.shard.map(|shard| format!("{}/{}", shard.0.number, shard.0.of)),
        "utterances": report.utterances,
        "speakers": report.speakers,
        "audio_s": rounded(report.seconds, 3),
        "splits": splits,
        "texts_in_several_splits": report.shared_texts,
        "left_out": report.left_out,
        "refused": refused,
        "notes": report.notes,
        "audio_files_found": report.found,
        "shards_found": report.parts,
    })
}

fn in_words(args: &ExportArgs, report: &Report) -> String {
    let mut lines = Vec::new();
    for refusal in report.refused.iter().take(PRINTED) {
        lines.push(format!("left out: {}\n  {}", refusal.take, refusal.why));
    }
    if report.refused.len() > PRINTED {
        let more = report.refused.len() - PRINTED;
        lines.push(format!("left out: {more} more, named in the card"));
    }
    for (reason, takes) in &report.left_out {
        lines.push(format!("left out: {} {reason}", number(*takes, "take")));
    }
    for (name, count) in &report.splits {
        lines.push(format!("{name}: {}", number(*count, "utterance")));
    }
    if report.shared_texts > 0 {
        lines.push(format!(
            "note: {} in more than one split: what a model has read in training, it knows",
            number(report.shared_texts, "text")
        ));
    }
    for note in &report.notes {
        lines.push(format!("note: {note}"));
    }
    if report.parts > 0 {
        lines.push(format!(
            "put together from {}",
            number(report.parts, "finished part")
        ));
    }
    if report.found > 0 {
        lines.push(format!(
            "{} were there already",
            number(report.found, "audio file")
        ));
    }
    let out = args.out.display();
    let out = args.shard.map_or_else(
        || format!("{out}"),
        |shard| format!("{out}.{}-of-{}", shard.0.number, shard.0.of),
    );
    lines.push(format!(
        "Exported {} of {} ({}) to {out}.",
        number(report.utterances, "utterance"),
        number(report.speakers, "speaker"),
        duration(report.seconds)
    ));
    if args.shard.is_some() {
        lines.push(
            "When all parts are there, the same command without --shard puts them together.".into(),
        );
    }
    lines.join("\n")
}

fn number(count: u64, of: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {of}{ending}")
}
