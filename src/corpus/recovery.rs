//! What a killed program or a lost current left behind is finished or named, before anything new is recorded.
//!
//! Works only under the speaker's lock. A take whose audio was growing becomes an `interrupted` take as long as its
//! file; one whose saving was under way is saved; a deletion that was decided is done. What cannot be understood is left
//! exactly as it lies and reported, at every start again. Doing it twice changes nothing more.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::atomic::is_temp;
use super::commit::{Commit, finish_deletion, remove_if_there, rename_new};
use super::draft::Draft;
use super::error::{CorpusError, IoContext};
use super::events;
use super::layout::{GOING, TakePaths, UNFINISHED, events_file};
use super::lock::SpeakerLock;
use super::records;
use super::sidecar::{DecidedBy, Sidecar, Status};
use super::wav::{ClosedWav, WavFormat, WavPart, file_sha256};

/// In `reasons` of a take whose WAV is not what its sidecar says.
const DAMAGED: &str = "damaged";

/// One thing that was found and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The file it is about.
    pub file: PathBuf,
    /// What became of it.
    pub what: Found,
}

/// What became of a left-over.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// The take was complete; its saving was finished.
    Saved,
    /// The recording had been cut off; it is an `interrupted` take now.
    Interrupted {
        /// What is there, seconds.
        seconds: f64,
    },
    /// A take had been begun and nothing recorded; its draft is gone.
    NothingRecorded,
    /// A deletion was finished.
    Deleted,
    /// A forgetting was finished.
    Forgotten,
    /// A half-written last line of the events was cut off.
    TornEvent,
    /// Audio without any record of what it is; it was left alone.
    Unknown,
    /// It could not be finished, and was left alone.
    Left(String),
}

impl Found {
    /// In short and without a name, for the log.
    pub fn in_short(&self) -> &'static str {
        match self {
            Self::Saved => "the saving of a take had been cut off; it is saved now",
            Self::Interrupted { .. } => "a recording had been cut off; what was there is kept",
            Self::NothingRecorded => "a take had been begun and nothing recorded",
            Self::Deleted => "a deletion had been cut off; it is done now",
            Self::Forgotten => "what was being forgotten had been cut off; it is deleted now",
            Self::TornEvent => "a half-written last event was cut off",
            Self::Unknown => "a recording of which nothing is known was left as it is",
            Self::Left(_) => "something that could not be finished was left as it is",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match &self.what {
            Found::Saved => write!(f, "{file}: its saving had been cut off; it is saved now"),
            Found::Interrupted { seconds } => {
                write!(
                    f,
                    "{file}: its recording had been cut off; {seconds:.1} s are kept"
                )
            }
            Found::NothingRecorded => write!(f, "{file}: begun, but nothing had been recorded"),
            Found::Deleted => write!(
                f,
                "{file}: its deletion had been cut off; it is deleted now"
            ),
            Found::Forgotten => write!(
                f,
                "{file}: its forgetting had been cut off; it is deleted now"
            ),
            Found::TornEvent => write!(f, "{file}: a half-written last line was cut off"),
            Found::Unknown => write!(
                f,
                "{file}: nothing says what this recording is; it was left as it is"
            ),
            Found::Left(why) => write!(f, "{file}: left as it is, because: {why}"),
        }
    }
}

/// Finishes or names every left-over of the lock's speaker. Blocks.
///
/// # Errors
/// A folder cannot be read. Trouble with a single take is a [`Finding`].
pub fn recover(lock: &SpeakerLock) -> Result<Vec<Finding>, CorpusError> {
    let mut findings = Vec::new();
    for name in names_in(lock.folder())? {
        let folder = lock.folder().join(&name);
        if !folder.is_dir() {
            continue;
        }
        if name.starts_with(UNFINISHED) || name.starts_with(GOING) {
            // Set up and never begun, so that no take can be in it; or forgotten.
            fs::remove_dir_all(&folder).at("remove", &folder)?;
        } else {
            recover_session(&folder, &mut findings)?;
        }
    }
    Ok(findings)
}

/// Whether [`recover`] would find anything to do in a speaker's folder, or to name. Blocks.
///
/// # Errors
/// A folder cannot be read.
pub fn has_left_overs(speaker_folder: &Path) -> Result<bool, CorpusError> {
    for name in names_in(speaker_folder)? {
        let folder = speaker_folder.join(&name);
        if !folder.is_dir() {
            continue;
        }
        let names = names_in(&folder)?;
        let is_open = |stem: &str| {
            let ends = |end: &str| names.contains(&format!("{stem}{end}"));
            !ends(".json") || ends(".wav.part") || ends(".json.part") || ends(".json.deleted")
        };
        if name.starts_with(UNFINISHED)
            || name.starts_with(GOING)
            || names.iter().any(|name| is_temp(name))
            || stems(&names).into_iter().any(is_open)
            || events::is_torn(&events_file(&folder))?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn recover_session(folder: &Path, findings: &mut Vec<Finding>) -> Result<(), CorpusError> {
    let names = names_in(folder)?;
    for name in names.iter().filter(|name| is_temp(name)) {
        remove_if_there(&folder.join(name))?;
    }
    let events = events_file(folder);
    match events::cut_torn_line(&events) {
        Ok(false) => {}
        Ok(true) => findings.push(Finding {
            file: events,
            what: Found::TornEvent,
        }),
        Err(error) => findings.push(Finding {
            file: events,
            what: Found::Left(error.to_string()),
        }),
    }
    for stem in stems(&names) {
        let paths = TakePaths::in_folder(folder, stem);
        if let Some(what) =
            recover_take(&paths).unwrap_or_else(|e| Some(Found::Left(e.to_string())))
        {
            let file = paths.wav();
            findings.push(Finding { file, what });
        }
    }
    Ok(())
}

/// The names of all that lies in a folder. Blocks.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn names_in(folder: &Path) -> Result<BTreeSet<String>, CorpusError> {
    let entries = fs::read_dir(folder).at("read", folder)?;
    entries
        .map(|entry| {
            let name = entry.at("read", folder)?.file_name();
            Ok(name.to_string_lossy().into_owned())
        })
        .collect()
}

/// The takes that `names` belong to.
fn stems(names: &BTreeSet<String>) -> BTreeSet<&str> {
    const ENDINGS: [&str; 4] = [".wav.part", ".json.part", ".json.deleted", ".wav"];
    let stem = |name: &'_ String| {
        ENDINGS
            .iter()
            .find_map(|ending| Some(name.strip_suffix(ending)?.len()))
    };
    names
        .iter()
        .filter(|name| !name.starts_with('.'))
        .filter_map(|name| Some(&name[..stem(name)?]))
        .collect()
}

/// Finishes one take; `None` where it is finished already.
///
/// # Errors
/// It could not be finished; what is there was left, or can be finished at the next start.
pub fn recover_take(paths: &TakePaths) -> Result<Option<Found>, CorpusError> {
    if paths.json_deleted().exists() {
        finish_deletion(paths, Timestamp::now())?;
        return Ok(Some(Found::Deleted));
    }
    let draft = paths.json_part();
    if draft.exists() {
        let text = fs::read_to_string(&draft).at("read", &draft)?;
        return match records::parse::<Sidecar>(&text, &draft) {
            Ok(sidecar) => finish_commit(paths, sidecar).map(Some),
            Err(CorpusError::OtherFormat { .. }) => {
                finish_draft(paths, records::parse(&text, &draft)?).map(Some)
            }
            Err(error) => Err(error),
        };
    }
    let json = paths.json();
    if !paths.wav_part().exists() {
        return Ok((!json.exists()).then_some(Found::Unknown));
    }
    if json.exists() && !paths.wav().exists() {
        // Only a file system that reorders renames leaves this.
        return name_wav(paths, &records::read::<Sidecar>(&json)?).map(Some);
    }
    Ok(Some(Found::Unknown))
}

fn name_wav(paths: &TakePaths, sidecar: &Sidecar) -> Result<Found, CorpusError> {
    let part = paths.wav_part();
    let sha256 = file_sha256(&part).at("read", &part)?;
    if sidecar
        .audio
        .as_ref()
        .is_none_or(|audio| audio.sha256 != sha256)
    {
        return Ok(Found::Unknown);
    }
    rename_new(&part, &paths.wav())?;
    Ok(Found::Saved)
}

/// The draft was complete: all that was missing are names.
fn finish_commit(paths: &TakePaths, mut sidecar: Sidecar) -> Result<Found, CorpusError> {
    let mut found = Found::Saved;
    if let Some(audio) = &mut sidecar.audio {
        let path = audio_of(paths).ok_or_else(|| missing(paths))?;
        if file_sha256(&path).at("read", &path)? != audio.sha256 {
            let format = WavFormat {
                sample_rate_hz: audio.sample_rate_hz,
                channels: audio.channels,
                encoding: audio.encoding,
            };
            let closed = close_as_it_is(&path, format)?;
            (audio.frames, audio.sha256) = (closed.frames, closed.sha256);
            found = interrupted(closed.frames, audio.sample_rate_hz);
            sidecar.status = Status::Interrupted;
            sidecar.decided_by = DecidedBy::Auto;
            sidecar.reasons.push(DAMAGED.into());
        }
    }
    Commit::new(paths.clone(), sidecar).finish()?;
    Ok(found)
}

/// The take was growing.
fn finish_draft(paths: &TakePaths, draft: Draft) -> Result<Found, CorpusError> {
    let Some(path) = audio_of(paths) else {
        remove_if_there(&paths.json_part())?;
        return Ok(Found::NothingRecorded);
    };
    let format = draft.audio.format();
    if WavPart::reopen(&path, format).at("read", &path)?.frames() == 0 {
        remove_if_there(&path)?;
        remove_if_there(&paths.json_part())?;
        return Ok(Found::NothingRecorded);
    }
    let closed = close_as_it_is(&path, format)?;
    let found = interrupted(closed.frames, format.sample_rate_hz);
    Commit::new(paths.clone(), draft.cut_off(closed)).finish()?;
    Ok(found)
}

fn close_as_it_is(path: &Path, format: WavFormat) -> Result<ClosedWav, CorpusError> {
    WavPart::reopen(path, format)
        .and_then(|mut wav| wav.close())
        .at("finish", path)
}

fn interrupted(frames: u64, sample_rate_hz: u32) -> Found {
    Found::Interrupted {
        seconds: frames as f64 / f64::from(sample_rate_hz.max(1)),
    }
}

/// Where the audio is while a take is being committed.
fn audio_of(paths: &TakePaths) -> Option<PathBuf> {
    [paths.wav_part(), paths.wav()]
        .into_iter()
        .find(|path| path.exists())
}

fn missing(paths: &TakePaths) -> CorpusError {
    CorpusError::Io {
        doing: "find the audio",
        path: paths.wav(),
        source: std::io::ErrorKind::NotFound.into(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
