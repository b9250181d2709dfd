//! Files that are there whole or not at all: written beside their place, synced, renamed into it.
//!
//! Where a call fails, the file of that name is as it was before, and what was begun beside it is removed. Where the
//! program dies, a file that [`is_temp`] knows is left over; it never counts.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::{CorpusError, IoContext};
use super::names::hex;
use crate::platform;

/// Ends the name of a file that is not in its place yet.
const TEMP: &str = ".tmp";
/// Bytes that are copied at once.
const COPIED_AT_ONCE: usize = 1 << 18;

/// Replaces or creates `path` with `bytes`, and makes its name durable. Blocks.
///
/// # Errors
/// Nothing at `path` was changed, unless only the folder's sync failed.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CorpusError> {
    replace_file(path, bytes)?;
    sync_parent(path)
}

/// Like [`write_file`], but leaves the sync of the folder to the caller. Blocks.
///
/// # Errors
/// Nothing at `path` was changed.
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), CorpusError> {
    let temp = temp_beside(path);
    let written = write_synced(&temp, bytes).and_then(|()| fs::rename(&temp, path));
    if written.is_err() {
        // The first error is the one to tell; a left-over is harmless.
        let _ = fs::remove_file(&temp);
    }
    written.at("write", path)
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Copies a file to `to`, synced, where its SHA-256 is `sha256`; else `false`, and nothing is there. The sync of the
/// folder is left to the caller. Blocks.
///
/// # Errors
/// It cannot be read or written; nothing at `to` was changed.
pub(super) fn copy_verified(from: &Path, to: &Path, sha256: &str) -> Result<bool, CorpusError> {
    let mut source = File::open(from).at("read", from)?;
    let temp = temp_beside(to);
    let copied = copy_synced(&mut source, &temp).and_then(|copied| {
        let is_right = copied == sha256;
        if is_right {
            fs::rename(&temp, to)?;
        }
        Ok(is_right)
    });
    if !matches!(copied, Ok(true)) {
        // A left-over is harmless.
        let _ = fs::remove_file(&temp);
    }
    copied.at("write", to)
}

/// SHA-256 of what was copied, hex.
fn copy_synced(source: &mut File, path: &Path) -> io::Result<String> {
    let mut file = File::create_new(path)?;
    let mut sha = Sha256::new();
    let mut buffer = vec![0; COPIED_AT_ONCE];
    loop {
        let read = match source.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            break;
        }
        sha.update(&buffer[..read]);
        file.write_all(&buffer[..read])?;
    }
    file.sync_all()?;
    Ok(hex(&sha.finalize()))
}

fn temp_beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let random = uuid::Uuid::new_v4().simple().to_string();
    path.with_file_name(format!(".{name}.{}{TEMP}", &random[..8]))
}

/// Whether a file of this name is what an interrupted [`write_file`] leaves.
pub fn is_temp(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(TEMP)
}

/// Makes names in `folder` durable. Blocks.
///
/// # Errors
/// The folder cannot be opened or synced.
pub fn sync_folder(folder: &Path) -> Result<(), CorpusError> {
    platform::sync_folder(folder).at("sync the folder", folder)
}

/// Makes the name of `path` durable. Blocks.
///
/// # Errors
/// Its folder cannot be opened or synced.
pub fn sync_parent(path: &Path) -> Result<(), CorpusError> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
        _ => sync_folder(Path::new(".")),
    }
}

/// Creates `folder` and what is missing above it, each name durable. Blocks.
///
/// # Errors
/// A folder cannot be created.
pub fn create_folders(folder: &Path) -> Result<(), CorpusError> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        create_folders(parent)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made
            .at("create the folder", folder)
            .and_then(|()| sync_parent(folder)),
    }
}

/// Keeps a text in the file that is named by its content; what lies there already is left alone. Blocks.
///
/// # Errors
/// Something else lies there, or it cannot be written.
pub(super) fn keep_text(path: &Path, text: &str) -> Result<(), CorpusError> {
    match fs::read(path) {
        Ok(stored) if stored == text.as_bytes() => Ok(()),
        Ok(_) => Err(CorpusError::ListChanged {
            path: path.to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_folders(path.parent().unwrap_or(path))?;
            write_file(path, text.as_bytes())
        }
        Err(error) => Err(error).at("read", path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write_file(&path, b"first").unwrap();
        write_file(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_file_that_cannot_take_its_place_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::create_dir(&path).unwrap();
        let error = write_file(&path, b"text").unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_temporary_name_is_known_as_such() {
        let temp = temp_beside(Path::new("x/zero_r1_1.json.part"));
        assert!(is_temp(temp.file_name().unwrap().to_str().unwrap()));
        assert!(!is_temp("zero_r1_1.json.part"));
    }

    #[test]
    fn folders_are_made_all_the_way_down_and_twice_is_fine() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b/c");
        create_folders(&deep).unwrap();
        create_folders(&deep).unwrap();
        assert!(deep.is_dir());
    }
}
