//! The plain log: what happened and when, without ids or texts of prompts and speakers.

use std::fs::File;
use std::path::Path;
use std::sync::Mutex;

use anyhow::{Context, Result};

/// Opens the log at `path` and sends `tracing` there.
///
/// # Errors
/// The file cannot be created.
pub fn open(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder of the log, {}", folder.display()))?;
    }
    let file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("cannot write the log {}; name another with --log", path.display()))?;
    let sink = file.try_clone().context("cannot write the log")?;
    // A second call (only tests make one) leaves the first log in place.
    let _ = tracing_subscriber::fmt().with_writer(Mutex::new(sink)).with_ansi(false).try_init();
    Ok(file)
}
