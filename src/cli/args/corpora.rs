//! What the commands are told that change corpora: `merge` and `forget`.

use std::path::PathBuf;

use clap::Args;

use super::Speaker;

/// What `merge` is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct MergeArgs {
    /// The corpus folder that takes everything in; made where it is missing.
    #[arg(value_name = "INTO")]
    pub into: PathBuf,
    /// Corpus folders of other booths; nothing is changed in them.
    #[arg(value_name = "FROM", required = true)]
    pub from: Vec<PathBuf>,
    /// Ids that are one person: a line `OLD NEW` each (spaces or a tab), or a TOML file of `OLD = "NEW"`.
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Say what would be done, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What `forget` is told.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct ForgetArgs {
    /// The corpus folder.
    #[arg(value_name = "CORPUS")]
    pub corpus: PathBuf,
    /// Who withdraws.
    #[arg(value_name = "SPEAKER")]
    pub speaker: Speaker,
    /// Only this session of the speaker.
    #[arg(long, value_name = "ID", conflicts_with = "take")]
    pub session: Option<String>,
    /// Only this take of the speaker: the id in its sidecar, a UUID.
    #[arg(long, value_name = "ID")]
    pub take: Option<String>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Say what would be deleted, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}
