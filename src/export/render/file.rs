//! Files of an export, each whole or not there.
//!
//! They are written beside their place and renamed, and not synced one by one: an export is a copy that can be made again, so
//! it is brought to the disk once, when all of it is there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::error::{ExportError, IoContext};

/// Writes a file; what is missing of its folders is made.
///
/// # Errors
/// It cannot be written; what was at `path` is there still.
pub fn place(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let temp = beside(path);
    let written =
        in_its_folder(path, || fs::write(&temp, bytes)).and_then(|()| fs::rename(&temp, path));
    if written.is_err() {
        // The first error is the one to tell; a left-over counts as nothing.
        let _ = fs::remove_file(&temp);
    }
    written.at("write", path)
}

/// Makes `path` another name of the file `of`; `false` where the system cannot.
///
/// # Errors
/// Something else went wrong.
pub fn link(of: &Path, path: &Path) -> Result<bool, ExportError> {
    // A link to a symbolic link would be one, and lead nowhere from there.
    let of = fs::canonicalize(of).at("find", of)?;
    let try_it = || in_its_folder(path, || fs::hard_link(&of, path));
    let made = match try_it() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path).and_then(|()| try_it())
        }
        first => first,
    };
    match made {
        Ok(()) => Ok(true),
        Err(error) if is_no_place_for_links(&error) => Ok(false),
        Err(error) => Err(error).at("link", path),
    }
}

/// Another file system, one without links, one that forbids them, or a file with as many names as it can have.
fn is_no_place_for_links(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::CrossesDevices
            | io::ErrorKind::Unsupported
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::TooManyLinks
    )
}

/// Tries, and where a folder is missing makes it and tries again.
fn in_its_folder(path: &Path, write: impl Fn() -> io::Result<()>) -> io::Result<()> {
    match write() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            write()
        }
        written => written,
    }
}

/// A name that [`crate::corpus::atomic::is_temp`] knows. One program at a time works in an export's folder.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.tmp"))
}
