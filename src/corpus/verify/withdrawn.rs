//! Tombstones and records of exports, and what lies where a tombstone forbids it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::finding::{Finding, Problem};
use super::letter::Letter;
use crate::corpus::error::{CorpusError, IoContext};
use crate::corpus::export_record::ExportRecord;
use crate::corpus::forget::{going, names_forgotten};
use crate::corpus::forgotten::{Forgotten, Tombstone};
use crate::corpus::layout::{exports_folder, forgotten_folder};

/// Checks `forgotten/` and `exports/`, and what is on its way out. Blocks.
///
/// # Errors
/// A folder cannot be read.
pub(super) fn check(
    corpus: &Path,
    letter: &Letter,
    forgotten: &Forgotten,
    findings: &mut Vec<Finding>,
) -> Result<(), CorpusError> {
    let mut finds = |path: PathBuf, problem| findings.push(Finding { path, problem });
    for path in files(&forgotten_folder(corpus))? {
        if let Err(problem) = tombstone(&path, letter) {
            finds(path, problem);
        }
    }
    for path in files(&exports_folder(corpus))? {
        if path.extension().is_none_or(|end| end != "json") {
            finds(path, Problem::Stray);
            continue;
        }
        match letter.read::<ExportRecord>("export-record", &path) {
            Err(problem) => finds(path, problem),
            Ok(record) if names_forgotten(&record, forgotten) => {
                let what = "export".into();
                finds(path, Problem::Forgotten { what });
            }
            Ok(_) => {}
        }
    }
    for folder in going(corpus)? {
        finds(folder, Problem::Unfinished);
    }
    Ok(())
}

fn tombstone(path: &Path, letter: &Letter) -> Result<(), Problem> {
    if path.extension().is_none_or(|end| end != "json") {
        return Err(Problem::Stray);
    }
    let tombstone: Tombstone = letter.read("forgotten", path)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    if name == tombstone.sha256 {
        return Ok(());
    }
    let expected = tombstone.sha256;
    Err(Problem::Misnamed { expected })
}

/// What lies in a folder and counts, by name; nothing where it does not exist.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.at("read", folder)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.at("read", folder)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}
