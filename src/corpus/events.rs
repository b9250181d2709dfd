//! `events.jsonl`: one fact a line, appended and never changed.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::error::{CorpusError, IoContext};
use super::records::EventRecord;

/// Appends one line and hands it to the system, where it outlives this program. Blocks.
///
/// # Errors
/// The line is not in the file.
pub fn append(path: &Path, event: &EventRecord) -> Result<(), CorpusError> {
    let mut line = serde_json::to_vec(event)
        .map_err(io::Error::other)
        .at("write", path)?;
    line.push(b'\n');
    append_bytes(path, &line).at("write", path)
}

fn append_bytes(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut file = File::options().append(true).create(true).open(path)?;
    let before = file.metadata()?.len();
    let written = file.write_all(line);
    if written.is_err() {
        // Half a line is worse than none; if this fails too, `cut_torn_line` does it at the next start.
        let _ = file.set_len(before);
    }
    written
}

/// Brings the lines to the disk, where they outlive the power. Blocks.
///
/// # Errors
/// The file cannot be synced. One that does not exist is fine.
pub fn sync(path: &Path) -> Result<(), CorpusError> {
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        opened => opened.and_then(|file| file.sync_data()).at("sync", path),
    }
}

/// Cuts off a last line that was begun and not finished. Says whether there was one. Blocks.
///
/// # Errors
/// The file cannot be read or cut. One that does not exist is fine.
pub(super) fn cut_torn_line(path: &Path) -> Result<bool, CorpusError> {
    if !is_torn(path)? {
        return Ok(false);
    }
    let text = fs::read(path).at("read", path)?;
    let whole = text
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at + 1);
    let cut = File::options()
        .write(true)
        .open(path)
        .and_then(|file| file.set_len(whole as u64).and_then(|()| file.sync_all()));
    cut.at("cut a torn line from", path)?;
    Ok(true)
}

/// Whether the last line was begun and not finished. Blocks.
///
/// # Errors
/// The file cannot be read. One that does not exist is fine.
pub(super) fn is_torn(path: &Path) -> Result<bool, CorpusError> {
    Ok(path.exists() && !ends_with_line_feed(path).at("read", path)?)
}

fn ends_with_line_feed(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::records::Record;

    fn event(name: &str) -> EventRecord {
        EventRecord {
            format: EventRecord::FORMAT.into(),
            at: "2026-11-22T10:15:09.000000Z".into(),
            event: name.into(),
            take: None,
            stream: None,
            frame: None,
            data: serde_json::Map::new(),
        }
    }

    #[test]
    fn a_torn_last_line_is_cut_and_whole_lines_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.jsonl");
        assert!(!cut_torn_line(&path).unwrap());
        append(&path, &event("shown")).unwrap();
        append(&path, &event("key_down")).unwrap();
        assert!(!cut_torn_line(&path).unwrap());
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}{{\"form")).unwrap();
        assert!(cut_torn_line(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), whole);
        fs::write(&path, "{\"form").unwrap();
        assert!(cut_torn_line(&path).unwrap());
        assert!(!cut_torn_line(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }
}
