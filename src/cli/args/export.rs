//! What `export` is told.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::{Bits, Whole};
use crate::corpus::sidecar::{Status, Verdict};
use crate::export::formats::formats;
use crate::export::split::{Unit, check_name};
use crate::export::{Selection, Shard};

/// What `export` is told.
#[derive(Clone, Debug, PartialEq, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct ExportArgs {
    /// The format: see docs/exports.md for what each holds and what it cannot carry.
    #[arg(value_name = "FORMAT", value_parser = PossibleValuesParser::new(formats().iter().map(|f| f.name())))]
    pub format: String,
    /// The corpus folder.
    #[arg(value_name = "CORPUS")]
    pub corpus: PathBuf,
    /// The folder to make; it must not be there.
    #[arg(value_name = "OUT")]
    pub out: PathBuf,

    /// Export only these: label=…, speaker=…, session=…, verdict=fine|look|again, status=…, source=microphone|file|demo.
    /// Several values are parted by commas; several --select must all fit [default: the current takes, without the demo
    /// speaker's].
    #[arg(long, value_name = "WHAT=VALUE,…", help_heading = "Which takes")]
    pub select: Vec<Choice>,
    /// Only speakers who have agreed to this: study, sharing, publication, `voice_synthesis`, or the study's own word.
    #[arg(long, value_name = "SCOPE", help_heading = "Which takes")]
    pub scope: Option<String>,
    /// Leave out, and name, what the format cannot carry [default: nothing is exported then].
    #[arg(long, help_heading = "Which takes")]
    pub skip_refused: bool,

    /// Sample rate [default: as recorded, or as the format demands].
    #[arg(long, value_name = "HZ", help_heading = "Audio")]
    pub rate: Option<Whole<1000, 768_000>>,
    /// Bits per sample; `32f` is floating point [default: as recorded].
    #[arg(
        long,
        value_name = "16|24|32f",
        hide_possible_values = true,
        help_heading = "Audio"
    )]
    pub bits: Option<Bits>,
    /// Channels: 1 mixes all, more are the first so many [default: as recorded].
    #[arg(long, value_name = "N", help_heading = "Audio")]
    pub channels: Option<Whole<1, 128>>,
    /// Cut takes to their speech, with so much before and after it.
    #[arg(long, value_name = "MS", num_args = 0..=1, require_equals = true, default_missing_value = "150", help_heading = "Audio")]
    pub trim: Option<Whole<0, 10_000>>,
    /// Bring each session's speech to this loudness with one gain, e.g. -23.
    #[arg(
        long,
        value_name = "LUFS",
        allow_negative_numbers = true,
        help_heading = "Audio"
    )]
    pub loudness: Option<Lufs>,
    /// Write FLAC rather than WAV.
    #[arg(long, help_heading = "Audio")]
    pub flac: bool,
    /// Hard links where nothing changes: no copy, no space. Whoever changes such a file changes the corpus.
    #[arg(long, help_heading = "Audio")]
    pub link: bool,

    /// Share out by hash, e.g. train=80,dev=10,test=10.
    #[arg(
        long,
        value_name = "NAME=PART,…",
        conflicts_with = "split_file",
        help_heading = "Splits"
    )]
    pub split: Option<Parts>,
    /// What stays together in one split [default: speaker].
    #[arg(
        long,
        value_name = "speaker|session|take",
        hide_possible_values = true,
        requires = "split",
        help_heading = "Splits"
    )]
    pub by: Option<By>,
    /// Share out as a file says: in each line the id of a speaker, session or take, a tab, and the split's name.
    #[arg(long, value_name = "FILE", help_heading = "Splits")]
    pub split_file: Option<PathBuf>,

    /// Pronunciations in the style of CMUdict, for formats that have a dictionary.
    #[arg(long, value_name = "DICT")]
    pub lexicon: Option<PathBuf>,
    /// Make one part of the audio alone, beside OUT; the same command without --shard puts all parts together.
    #[arg(long, value_name = "K/N")]
    pub shard: Option<ShardArg>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What stays together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Everything of a speaker.
    Speaker,
    /// Everything of a session.
    Session,
    /// Each take for itself.
    Take,
}

impl From<By> for Unit {
    fn from(by: By) -> Self {
        match by {
            By::Speaker => Self::Speaker,
            By::Session => Self::Session,
            By::Take => Self::Take,
        }
    }
}

/// `WHAT=VALUE,…`.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// `label`.
    Labels(Vec<String>),
    /// `speaker`.
    Speakers(Vec<String>),
    /// `session`.
    Sessions(Vec<String>),
    /// `verdict`.
    Verdicts(Vec<Verdict>),
    /// `status`.
    Statuses(Vec<Status>),
    /// `source`.
    Sources(Vec<String>),
}

/// One word of a record, as JSON has it.
fn word<T: serde::de::DeserializeOwned>(value: &str, words: &str) -> Result<T, String> {
    serde_json::from_value(value.into()).map_err(|_| format!("`{value}` is none of {words}"))
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (what, values) = text
            .split_once('=')
            .ok_or("give WHAT=VALUE, such as label=zero,one")?;
        let values: Vec<&str> = values.split(',').map(str::trim).collect();
        if values.iter().any(|value| value.is_empty()) {
            return Err(format!(
                "nothing stands behind `{what}=` or between two commas"
            ));
        }
        let texts = || values.iter().map(|&value| value.to_owned()).collect();
        match what.trim() {
            "label" => Ok(Self::Labels(texts())),
            "speaker" => Ok(Self::Speakers(texts())),
            "session" => Ok(Self::Sessions(texts())),
            "verdict" => {
                let words = values.iter().map(|value| word(value, "fine, look, again"));
                Ok(Self::Verdicts(words.collect::<Result<_, _>>()?))
            }
            "status" => {
                let all = "accepted, superseded, rejected, unreviewed, interrupted";
                let words = values.iter().map(|value| word(value, all));
                Ok(Self::Statuses(words.collect::<Result<_, _>>()?))
            }
            "source" => {
                let known = ["microphone", "file", "demo"];
                match values.iter().find(|value| !known.contains(value)) {
                    None => Ok(Self::Sources(texts())),
                    Some(other) => Err(format!("`{other}` is none of microphone, file, demo")),
                }
            }
            other => Err(format!(
                "`{other}` is none of label, speaker, session, verdict, status, source"
            )),
        }
    }
}

impl ExportArgs {
    /// What is asked for.
    pub fn selection(&self) -> Selection {
        let mut selection = Selection {
            scope: self.scope.clone(),
            ..Selection::default()
        };
        for choice in self.select.iter().cloned() {
            match choice {
                Choice::Labels(labels) => selection.labels.extend(labels),
                Choice::Speakers(speakers) => selection.speakers.extend(speakers),
                Choice::Sessions(sessions) => selection.sessions.extend(sessions),
                Choice::Verdicts(verdicts) => selection.verdicts.extend(verdicts),
                Choice::Statuses(statuses) => selection.statuses.extend(statuses),
                Choice::Sources(sources) => selection.sources.extend(sources),
            }
        }
        selection
    }
}

/// A loudness, LUFS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lufs(pub f64);

impl FromStr for Lufs {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, String> {
        match value.parse() {
            Ok(lufs) if (-70.0..=-5.0).contains(&lufs) => Ok(Self(lufs)),
            _ => Err("give LUFS from -70 to -5; speech is often brought to -23".into()),
        }
    }
}

/// `train=80,dev=10,test=10`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts(pub Vec<(String, u32)>);

impl FromStr for Parts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts: Vec<(String, u32)> = Vec::new();
        for part in text.split(',') {
            let (name, size) = part
                .split_once('=')
                .ok_or_else(|| format!("`{part}` is not NAME=PART, such as train=80"))?;
            let name = name.trim();
            check_name(name)?;
            let Ok(size @ 1..=1_000_000) = size.trim().parse() else {
                return Err(format!("the part of {name} is a whole number from 1 on"));
            };
            if parts
                .iter()
                .any(|(other, _)| other.eq_ignore_ascii_case(name))
            {
                return Err(format!("{name} is there twice"));
            }
            parts.push((name.to_owned(), size));
        }
        Ok(Self(parts))
    }
}

/// `3/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardArg(pub Shard);

impl FromStr for ShardArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once('/')
            .and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) && of <= 100_000 => {
                Ok(Self(Shard { number, of }))
            }
            _ => Err("give K/N, such as 3/16: K from 1 to N".into()),
        }
    }
}
