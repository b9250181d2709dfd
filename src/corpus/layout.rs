//! Where everything in a corpus folder lies. No path here is ever taken apart again: the records say what a file is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::recorder::messages::TakeRef;

/// Begins the name of a session folder that is still being set up; such a folder never counts.
pub const UNFINISHED: &str = ".new-";

/// Begins the name of a folder that is being forgotten; such a folder never counts, and is deleted by who finds it.
pub const GOING: &str = ".forgotten-";

/// `corpus.json`.
pub fn corpus_file(corpus: &Path) -> PathBuf {
    corpus.join("corpus.json")
}

/// `prompts/<12 digits>.jsonl`.
pub fn list_file(corpus: &Path, list_sha256: &str) -> PathBuf {
    corpus.join("prompts").join(format!("{list_sha256}.jsonl"))
}

/// `studies/<12 digits>.toml`.
pub fn study_file(corpus: &Path, digits: &str) -> PathBuf {
    corpus.join("studies").join(format!("{digits}.toml"))
}

/// `consent/<12 digits>.txt`.
pub fn consent_file(corpus: &Path, digits: &str) -> PathBuf {
    corpus.join("consent").join(format!("{digits}.txt"))
}

/// `forgotten`, with one tombstone for each id that is forgotten.
pub fn forgotten_folder(corpus: &Path) -> PathBuf {
    corpus.join("forgotten")
}

/// `forgotten/<64 digits>.json`.
pub fn forgotten_file(corpus: &Path, sha256: &str) -> PathBuf {
    forgotten_folder(corpus).join(format!("{sha256}.json"))
}

/// `exports`, with one record for each export.
pub fn exports_folder(corpus: &Path) -> PathBuf {
    corpus.join("exports")
}

/// `recordings`, with one folder for each speaker.
pub fn recordings_folder(corpus: &Path) -> PathBuf {
    corpus.join("recordings")
}

/// `recordings/<speaker>`, with one folder for each session.
pub fn speaker_folder(corpus: &Path, speaker: &str) -> PathBuf {
    recordings_folder(corpus).join(speaker)
}

/// `session.json` of a session folder.
pub fn session_file(session_folder: &Path) -> PathBuf {
    session_folder.join("session.json")
}

/// `speaker.json` of a session folder.
pub fn speaker_file(session_folder: &Path) -> PathBuf {
    session_folder.join("speaker.json")
}

/// `events.jsonl` of a session folder.
pub fn events_file(session_folder: &Path) -> PathBuf {
    session_folder.join("events.jsonl")
}

/// The files that one take has in the course of its life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakePaths {
    base: PathBuf,
}

impl TakePaths {
    /// Those of `take_ref`.
    pub fn new(corpus: &Path, take_ref: &TakeRef) -> Self {
        Self {
            base: corpus.join(&*take_ref.0),
        }
    }

    /// Those of the take `stem` in `session_folder`.
    pub fn in_folder(session_folder: &Path, stem: &str) -> Self {
        Self {
            base: session_folder.join(stem),
        }
    }

    /// The session's folder.
    pub fn folder(&self) -> &Path {
        self.base.parent().unwrap_or(Path::new("."))
    }

    /// The finished WAV's name without its folder.
    pub fn wav_name(&self) -> String {
        let wav = self.wav();
        wav.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// The finished WAV.
    pub fn wav(&self) -> PathBuf {
        self.with(".wav")
    }

    /// The finished sidecar: its name is the commit.
    pub fn json(&self) -> PathBuf {
        self.with(".json")
    }

    /// The WAV while it grows.
    pub fn wav_part(&self) -> PathBuf {
        self.with(".wav.part")
    }

    /// The draft, then the sidecar until the commit.
    pub fn json_part(&self) -> PathBuf {
        self.with(".json.part")
    }

    /// The sidecar of a take whose deletion has been decided and is not done.
    pub fn json_deleted(&self) -> PathBuf {
        self.with(".json.deleted")
    }

    fn with(&self, ending: &str) -> PathBuf {
        let mut path = OsString::from(&self.base);
        path.push(ending);
        path.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_take_lies_in_its_sessions_folder() {
        let take = TakeRef::new("s7k3q", "2026-11-22T101502Z-7f3a", "zero_r1_2");
        let paths = TakePaths::new(Path::new("corpus"), &take);
        let folder = speaker_folder(Path::new("corpus"), "s7k3q").join("2026-11-22T101502Z-7f3a");
        assert_eq!(paths.folder(), folder);
        assert_eq!(paths.wav(), folder.join("zero_r1_2.wav"));
        assert_eq!(paths.json_part(), folder.join("zero_r1_2.json.part"));
        assert_eq!(paths.wav_name(), "zero_r1_2.wav");
        assert_eq!(TakePaths::in_folder(&folder, "zero_r1_2"), paths);
    }
}
