//! The plain log: what happened and when, without ids or texts of prompts and speakers.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result};
use etcetera::BaseStrategy;

/// Opens the log at `path`, or at its place under the user's state folder, and sends `tracing` there. `None`: there is
/// no home folder, so there is no log.
///
/// # Errors
/// The file cannot be created.
pub fn open(path: Option<&Path>) -> Result<Option<File>> {
    let Some(path) = path.map(Path::to_owned).or_else(usual_place) else {
        return Ok(None);
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| {
            format!("cannot create the folder of the log, {}", folder.display())
        })?;
    }
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .with_context(|| {
            format!(
                "cannot write the log {}; name another with --log",
                path.display()
            )
        })?;
    let sink = file.try_clone().context("cannot write the log")?;
    tracing_subscriber::fmt()
        .with_writer(Mutex::new(sink))
        .with_ansi(false)
        .init();
    Ok(Some(file))
}

fn usual_place() -> Option<PathBuf> {
    let places = etcetera::choose_base_strategy().ok()?;
    let folder = places.state_dir().unwrap_or_else(|| places.data_dir());
    Some(folder.join("voicebooth").join("voicebooth.log"))
}
