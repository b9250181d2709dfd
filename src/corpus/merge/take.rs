//! One take, as it stands in one corpus or in many: the sidecar whose history extends all the others' wins.
//!
//! The WAV comes first and the sidecar's name is the commit, so that a merge which is cut off goes on. Where the versions
//! do not agree, none of them is changed.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::join::{extends, parted, rejoined};
use super::told::What;
use crate::corpus::atomic::{copy_verified, replace_file};
use crate::corpus::error::CorpusError;
use crate::corpus::layout::TakePaths;
use crate::corpus::records;
use crate::corpus::sidecar::{AudioRecord, Sidecar};
use crate::corpus::wav::file_sha256;

/// What became of a take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    /// It is new here; so many bytes of audio.
    New(u64),
    /// It was here, with an older sidecar.
    Updated,
    /// It was here as it is.
    Same,
}

/// A take as one corpus has it.
pub(super) struct Version {
    pub paths: TakePaths,
    text: String,
    sidecar: Sidecar,
    /// As it would be had nobody been joined.
    bare: Map<String, Value>,
    joined: Vec<Value>,
}

impl Version {
    /// Reads a take's sidecar; `None` where there is none. Blocks.
    ///
    /// # Errors
    /// It cannot be read, or is no sidecar that this program knows.
    pub fn read(paths: TakePaths) -> Result<Option<Self>, CorpusError> {
        let path = paths.json();
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                let doing = "read";
                return Err(CorpusError::Io {
                    doing,
                    path,
                    source,
                });
            }
            Ok(text) => text,
        };
        let sidecar: Sidecar = records::parse(&text, &path)?;
        let fields = serde_json::from_str(&text).map_err(|e| records::broken(&path, &e))?;
        let (bare, joined) = parted(fields);
        Ok(Some(Self {
            paths,
            text,
            sidecar,
            bare,
            joined,
        }))
    }

    /// Whether its WAV has not got its name yet.
    pub fn is_being_saved(&self) -> bool {
        self.sidecar.audio.is_some() && !self.paths.wav().exists()
    }

    /// Its UUID.
    pub fn id(&self) -> &str {
        &self.sidecar.id
    }
}

/// How a take is taken in.
pub(super) struct Taking<'a> {
    /// Speaker id where everything comes together.
    pub speaker: &'a str,
    /// When ids are joined.
    pub at: jiff::Timestamp,
    /// Nothing is written.
    pub dry_run: bool,
}

impl Taking<'_> {
    /// Brings the take `into` to what all versions come to, of which `here` is the one that is there. Blocks.
    ///
    /// # Errors
    /// What is wrong with which file: nothing there was changed.
    pub fn take(
        &self,
        into: &TakePaths,
        here: Option<&Version>,
        from: &[Version],
    ) -> Result<Became, (PathBuf, What)> {
        let all: Vec<&Version> = here.into_iter().chain(from).collect();
        let Some(winner) = winner(&all)? else {
            return Ok(Became::Same);
        };
        let text = self.text(winner, here, &all);
        let audio = winner.sidecar.audio.as_ref();
        let bytes = match audio {
            Some(audio) => self.wav(into, audio, here.is_some(), from)?,
            None => 0,
        };
        if here.is_some_and(|here| here.text == text) {
            return Ok(Became::Same);
        }
        if !self.dry_run {
            let written = replace_file(&into.json(), text.as_bytes());
            written.map_err(|error| (into.json(), error.into()))?;
        }
        Ok(match here {
            Some(_) => Became::Updated,
            None => Became::New(bytes),
        })
    }

    /// What the sidecar is to say.
    fn text(&self, winner: &Version, here: Option<&Version>, all: &[&Version]) -> String {
        let settled = here.into_iter().chain([winner]);
        let mut settled =
            settled.filter(|v| v.bare == winner.bare && v.sidecar.speaker == self.speaker);
        if let Some(version) = settled.next() {
            return version.text.clone();
        }
        // The same joins whichever corpus comes first: the most of them, then the earliest.
        let order = |v: &&&Version| {
            let first = v.joined.first().and_then(|change| change.get("at"));
            let first = first.map(ToString::to_string).unwrap_or_default();
            (usize::MAX - v.joined.len(), first)
        };
        let joined = all.iter().min_by_key(order);
        let joined = joined.map_or_else(Vec::new, |v| v.joined.clone());
        let text = rejoined(winner.bare.clone(), joined, self.speaker, self.at);
        records::to_text(&text)
    }

    /// Sees to it that the WAV is there; gives its bytes where it had to be copied.
    fn wav(
        &self,
        into: &TakePaths,
        audio: &AudioRecord,
        is_here: bool,
        from: &[Version],
    ) -> Result<u64, (PathBuf, What)> {
        let path = into.wav();
        if path.exists() {
            // One without a sidecar is what a merge left that was cut off, or anything else.
            let fits = is_here || file_sha256(&path).is_ok_and(|sha256| sha256 == audio.sha256);
            return if fits {
                Ok(0)
            } else {
                Err((path, What::OtherAudio))
            };
        }
        let mut wrong = (
            from.first().map_or(path.clone(), |v| v.paths.wav()),
            What::WavMissing,
        );
        for version in from {
            let source = version.paths.wav();
            let Ok(about) = source.metadata() else {
                continue;
            };
            if self.dry_run {
                return Ok(about.len());
            }
            match copy_verified(&source, &path, &audio.sha256) {
                Ok(true) => return Ok(about.len()),
                Ok(false) => wrong = (source, What::AudioChanged),
                Err(error) => wrong = (source, error.into()),
            }
        }
        Err(wrong)
    }
}

/// The version that all others lead to; `None` where there are none.
fn winner<'a>(all: &[&'a Version]) -> Result<Option<&'a Version>, (PathBuf, What)> {
    let Some(longest) = all.iter().max_by_key(|version| changes(version)) else {
        return Ok(None);
    };
    for version in all {
        let told = |what| Err((version.paths.json(), what));
        if version.sidecar.id != longest.sidecar.id {
            return told(What::OtherTake);
        }
        let sha256 = |v: &Version| v.sidecar.audio.as_ref().map(|audio| audio.sha256.clone());
        if sha256(version) != sha256(longest) {
            return told(What::OtherAudio);
        }
        if !extends(&longest.bare, &version.bare) {
            return told(What::HistoryForks);
        }
    }
    Ok(Some(longest))
}

fn changes(version: &Version) -> usize {
    let history = version.bare.get("history").and_then(Value::as_array);
    history.map_or(0, Vec::len)
}

/// The takes in a session's folder, by name, and what is not finished there. Blocks.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn stems(folder: &Path) -> Result<(Vec<String>, Vec<PathBuf>), CorpusError> {
    let (mut takes, mut unfinished) = (Vec::new(), Vec::new());
    let names = crate::corpus::recovery::names_in(folder)?;
    for name in names.iter().filter(|name| !name.starts_with('.')) {
        if let Some(stem) = name.strip_suffix(".json") {
            if !["session", "speaker"].contains(&stem) {
                takes.push(stem.to_owned());
            }
        } else if let Some(stem) = name.strip_suffix(".wav") {
            let described = |end: &str| names.contains(&format!("{stem}{end}"));
            if ![".json", ".json.part", ".json.deleted"]
                .into_iter()
                .any(described)
            {
                unfinished.push(folder.join(name));
            }
        } else if [".json.part", ".json.deleted", ".wav.part"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            unfinished.push(folder.join(name));
        }
    }
    Ok((takes, unfinished))
}
