//! Audio files of an export.
//!
//! They are written where they belong: the folder counts for nothing until it is renamed, and its journal names those that
//! are whole. They are not synced one by one: an export is a copy that can be made again, so it is brought to the disk once,
//! when all of it is there.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::super::error::{ExportError, IoContext};

/// Writes a file; what is missing of its folders is made.
///
/// # Errors
/// It cannot be written; nothing is at `path` then.
pub fn place(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let written = make(path, || {
        File::create_new(path).and_then(|mut file| file.write_all(bytes))
    });
    if written.is_err() {
        // The first error is the one to tell; a left-over counts as nothing.
        let _ = fs::remove_file(path);
    }
    written.at("write", path)
}

/// Makes `path` another name of the file `of`; `false` where the system cannot.
///
/// # Errors
/// Something else went wrong.
pub fn link(of: &Path, path: &Path) -> Result<bool, ExportError> {
    let mut of = Cow::Borrowed(of);
    if fs::symlink_metadata(&of).at("find", &of)?.is_symlink() {
        // A link to a symbolic link would be one, and lead nowhere from there.
        of = fs::canonicalize(&of).at("find", &of)?.into();
    }
    match make(path, || fs::hard_link(&of, path)) {
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

/// Tries, and where a folder is missing or something is there, makes or removes that and tries again. What is there may be
/// a link into the corpus: nothing is ever written into it.
fn make(path: &Path, new: impl Fn() -> io::Result<()>) -> io::Result<()> {
    match new() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            new()
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            new()
        }
        made => made,
    }
}
