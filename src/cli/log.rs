//! The plain log: what happened and when, without ids or texts of prompts and speakers.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result};

/// Opens the log at `path`, or at its place under the user's state folder, and sends `tracing` there.
///
/// # Errors
/// The file cannot be created.
pub fn open(path: Option<&Path>) -> Result<File> {
    let path = match path {
        Some(path) => path.to_owned(),
        None => default_path()?,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder of the log, {}", folder.display()))?;
    }
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .with_context(|| format!("cannot write the log {}; name another with --log", path.display()))?;
    let sink = file.try_clone().context("cannot write the log")?;
    // A second call (only tests make one) leaves the first log in place.
    let _ = tracing_subscriber::fmt().with_writer(Mutex::new(sink)).with_ansi(false).try_init();
    Ok(file)
}

fn default_path() -> Result<PathBuf> {
    use etcetera::BaseStrategy;
    let dirs = etcetera::choose_base_strategy().context("there is no home folder; name a log with --log")?;
    let folder = dirs.state_dir().unwrap_or_else(|| dirs.data_dir());
    Ok(folder.join("voicebooth").join("voicebooth.log"))
}
