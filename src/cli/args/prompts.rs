//! What `prompts` is told.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Format, Language, Seconds};

/// What `prompts` does.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum PromptsTask {
    /// Name everything that is wrong or odd with prompt lists, with file, line and column.
    Check(CheckArgs),
    /// Write a prompt list as JSON Lines or TSV.
    Convert(ConvertArgs),
    /// Count what is in a prompt list: lengths, labels, minutes, characters, phones.
    Stats(PromptStatsArgs),
}

/// How a list is read.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct ReadArgs {
    /// What the file is, such as ljspeech or kaldi [default: its content tells].
    #[arg(long, value_name = "NAME")]
    pub format: Option<Format>,
    /// Lines that begin with `#` are comments.
    #[arg(long)]
    pub comments: bool,
    /// Language (BCP 47, such as en or pt-BR) of the prompts that do not say theirs.
    #[arg(long, value_name = "TAG")]
    pub language: Option<Language>,
}

/// What `prompts check` is told.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct CheckArgs {
    /// The prompt lists.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// How they are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// Longest take, seconds [default: 60].
    #[arg(long, value_name = "S")]
    pub max_take: Option<Seconds<1000, 3_600_000>>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What `prompts convert` is told.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct ConvertArgs {
    /// The prompt list.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How it is read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// What to write.
    #[arg(long, value_name = "jsonl|tsv", hide_possible_values = true)]
    pub to: Target,
    /// Where to; nothing that is there is written over [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What `prompts stats` is told.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct PromptStatsArgs {
    /// The prompt list.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How it is read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// Pronunciations in the style of CMUdict, for the coverage of phones.
    #[arg(long, value_name = "DICT")]
    pub lexicon: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What lists are converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// The normalised list, as corpora have it.
    Jsonl,
    /// Columns between tabs, with a header.
    Tsv,
}
