//! The plain log: what happened and when, without ids or texts of prompts and speakers.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, Result};
use etcetera::BaseStrategy;

/// An open log. One that was made for this program and in which nothing stands is taken away when this is dropped, and
/// its folder where that was made for it.
pub struct Log {
    file: File,
    made: Option<Made>,
}

struct Made {
    file: PathBuf,
    folder: Option<PathBuf>,
}

impl Log {
    /// The file, for what else writes there.
    pub fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let Some(made) = &self.made else { return };
        let empty = self.file.metadata().is_ok_and(|file| file.len() == 0);
        // Another program that has it open shares the lock: then the file stays.
        if empty && self.file.try_lock().is_ok() && std::fs::remove_file(&made.file).is_ok() {
            // Where something else stands in it, it stays.
            let _ = made.folder.as_ref().map(std::fs::remove_dir);
        }
    }
}

/// Opens the log at `path`, or at its place under the user's state folder, and sends `tracing` there. `None`: there is
/// no home folder, so there is no log.
///
/// # Errors
/// The file cannot be created.
pub fn open(path: Option<&Path>) -> Result<Option<Log>> {
    let Some(path) = path.map(Path::to_owned).or_else(usual_place) else {
        return Ok(None);
    };
    let mut made_folder = None;
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        std::fs::create_dir_all(folder).with_context(|| {
            format!("cannot create the folder of the log, {}", folder.display())
        })?;
        made_folder = Some(folder.to_owned());
    }
    let opened = |options: &mut OpenOptions| options.append(true).open(&path);
    let (file, new) = match opened(OpenOptions::new().create_new(true)) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            (opened(OpenOptions::new().create(true)), false)
        }
        file => (file, true),
    };
    let file = file.with_context(|| {
        format!(
            "cannot write the log {}; name another with --log",
            path.display()
        )
    })?;
    // Where files cannot be locked, an empty log may stay behind.
    let _ = file.lock_shared();
    let sink = file.try_clone().context("cannot write the log")?;
    tracing_subscriber::fmt()
        .with_writer(Mutex::new(sink))
        .with_ansi(false)
        .init();
    let made = new.then_some(Made {
        file: path,
        folder: made_folder,
    });
    Ok(Some(Log { file, made }))
}

fn usual_place() -> Option<PathBuf> {
    let places = etcetera::choose_base_strategy().ok()?;
    let folder = places.state_dir().unwrap_or_else(|| places.data_dir());
    Some(folder.join("voicebooth").join("voicebooth.log"))
}
