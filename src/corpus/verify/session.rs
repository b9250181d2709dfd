//! One session's folder: its records and events, and every take in it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use uuid::Uuid;

use super::Options;
use super::across::{Deleted, TakeFact, key};
use super::finding::{Finding, Problem};
use super::letter::{Letter, in_line, lines, tag};
use super::lists::Lists;
use super::take::{Against, Checked};
use crate::corpus::atomic::is_temp;
use crate::corpus::error::CorpusError;
use crate::corpus::forgotten::{Forgotten, Subject};
use crate::corpus::layout::{
    TakePaths, consent_file, events_file, session_file, speaker_file, study_file,
};
use crate::corpus::records::{EventRecord, SessionRecord, SpeakerRecord};
use crate::corpus::recovery::names_in;

/// What sessions are checked with.
pub(super) struct Check<'a> {
    pub letter: &'a Letter,
    pub lists: &'a Lists,
    pub forgotten: &'a Forgotten,
    pub options: &'a Options<'a>,
    pub corpus: &'a Path,
}

/// What a session's folder holds.
#[derive(Default)]
pub(super) struct SessionSeen {
    pub findings: Vec<Finding>,
    /// Sorted by name; the number beside each says which of the session's sidecars it is.
    pub facts: Vec<(u32, TakeFact)>,
    pub deleted: Deleted,
    /// `speaker_uuid` of its `speaker.json`.
    pub uuid: Option<String>,
    pub takes: u64,
    pub takes_with_gaps: u64,
    pub audio_bytes: u64,
}

/// The names in a session's folder, by what they are.
#[derive(Default)]
struct Names {
    sidecars: BTreeSet<String>,
    wavs: BTreeSet<String>,
    /// Of takes whose saving or deletion was cut off.
    unfinished: BTreeSet<String>,
    /// Audio that nothing describes.
    unknown: Vec<String>,
    left_over: Vec<String>,
    stray: Vec<String>,
}

const RECORDS: [&str; 3] = ["session.json", "speaker.json", "events.jsonl"];

impl Names {
    fn of(names: &BTreeSet<String>) -> Self {
        let mut sorted = Self::default();
        let described = |stem: &str| {
            [".json.part", ".json", ".json.deleted"]
                .iter()
                .any(|end| names.contains(&format!("{stem}{end}")))
        };
        for name in names {
            let stem = |end| name.strip_suffix(end).map(str::to_owned);
            if name.starts_with('.') {
                if is_temp(name) {
                    sorted.left_over.push(name.clone());
                }
            } else if RECORDS.contains(&name.as_str()) {
            } else if let Some(stem) = stem(".json.part").or_else(|| stem(".json.deleted")) {
                sorted.unfinished.insert(stem);
            } else if let Some(stem) = stem(".wav.part") {
                if described(&stem) {
                    sorted.unfinished.insert(stem);
                } else {
                    sorted.unknown.push(name.clone());
                }
            } else if let Some(stem) = stem(".json") {
                sorted.sidecars.insert(stem);
            } else if let Some(stem) = stem(".wav") {
                sorted.wavs.insert(stem);
            } else {
                sorted.stray.push(name.clone());
            }
        }
        sorted
    }
}

/// The sidecars of a session's folder without their extension, by name.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn sidecars(folder: &Path) -> Result<BTreeSet<String>, CorpusError> {
    Ok(Names::of(&names_in(folder)?).sidecars)
}

impl Check<'_> {
    /// Checks all that is in a session's folder. Blocks.
    pub fn session(&self, folder: &Path, speaker: &str) -> SessionSeen {
        let mut seen = SessionSeen::default();
        let names = match names_in(folder) {
            Ok(names) => Names::of(&names),
            Err(error) => {
                seen.finds(folder.to_owned(), error.into());
                return seen;
            }
        };
        let session = folder.file_name().unwrap_or_default().to_string_lossy();
        let record = self.records(folder, speaker, &session, &mut seen);
        self.withdrawn(folder, speaker, &session, record.as_ref(), &mut seen);
        self.events(
            folder,
            &format!("recordings/{speaker}/{session}/"),
            &mut seen,
        );
        names.tell(folder, &mut seen);
        let against = Against {
            letter: self.letter,
            lists: self.lists,
            forgotten: self.forgotten,
            speaker,
            session: &session,
            record: record.as_ref(),
            content: !self.options.fast,
        };
        let stems: Vec<&String> = names.sidecars.iter().collect();
        let checked: Vec<Checked> = stems
            .par_iter()
            .map(|stem| {
                let paths = TakePaths::in_folder(folder, stem);
                let has_wav = names.wavs.contains(*stem);
                let checked = against.check(&paths, stem, has_wav);
                (self.options.progress)();
                checked
            })
            .collect();
        for ((checked, stem), nth) in checked.into_iter().zip(stems).zip(0..) {
            let being_finished = names.unfinished.contains(stem);
            seen.add(
                checked,
                &TakePaths::in_folder(folder, stem),
                nth,
                being_finished,
            );
        }
        seen
    }

    /// What a record names by its content is stored.
    fn keeps(&self, record: &Path, file: &Path, seen: &mut SessionSeen) {
        if !self.lists.keeps(file) {
            let file = file.strip_prefix(self.corpus).unwrap_or(file);
            let file = file.display().to_string();
            seen.finds(record.to_owned(), Problem::KeptUnknown { file });
        }
    }

    /// Whether the session may be here at all. What lies under a forgotten id is one finding, of the speaker's folder.
    fn withdrawn(
        &self,
        folder: &Path,
        speaker: &str,
        session: &str,
        record: Option<&SessionRecord>,
        seen: &mut SessionSeen,
    ) {
        if self.forgotten.has(Subject::Speaker(speaker)) {
            return;
        }
        let uuid = seen.uuid.as_deref();
        let what = if self.forgotten.has(Subject::Session(session)) {
            Some("session")
        } else if uuid.is_some_and(|uuid| self.forgotten.has(Subject::Person(uuid))) {
            Some("speaker_uuid")
        } else {
            record.and_then(|record| Some(self.forgotten.of_session(record)?.word()))
        };
        if let Some(what) = what {
            let what = what.into();
            seen.finds(folder.to_owned(), Problem::Forgotten { what });
        }
    }

    /// `session.json` and `speaker.json`, against their place and each other.
    fn records(
        &self,
        folder: &Path,
        speaker: &str,
        session: &str,
        seen: &mut SessionSeen,
    ) -> Option<SessionRecord> {
        let (session_path, speaker_path) = (session_file(folder), speaker_file(folder));
        let read = self.letter.read::<SessionRecord>("session", &session_path);
        let record = read
            .map_err(|problem| seen.finds(session_path.clone(), problem))
            .ok();
        let read = self.letter.read::<SpeakerRecord>("speaker", &speaker_path);
        let person = read
            .map_err(|problem| seen.finds(speaker_path.clone(), problem))
            .ok();
        if let Some(record) = &record {
            seen.misplaced(&session_path, "speaker", &record.speaker, speaker);
            seen.misplaced(&session_path, "session", &record.session, session);
            let start = record.started_at.get(..19).unwrap_or_default();
            if !session.starts_with(&format!("{}Z-", without_colons(start))) {
                let how = "its started_at is not the start that names its session";
                seen.finds(session_path.clone(), contradiction(how));
            }
            if !self.lists.knows(&record.list_sha256) {
                let list = record.list_sha256.clone();
                seen.finds(session_path.clone(), Problem::ListUnknown { list });
            }
            if let Some(study) = &record.setup.study {
                self.keeps(&session_path, &study_file(self.corpus, study), seen);
            }
        }
        if let Some(person) = &person {
            seen.misplaced(&speaker_path, "speaker", &person.speaker, speaker);
            let uuid = record.as_ref().map(|record| &record.speaker_uuid);
            if uuid.is_some_and(|uuid| *uuid != person.speaker_uuid) {
                let how = "its speaker_uuid is not that of session.json beside it";
                seen.finds(speaker_path.clone(), contradiction(how));
            }
            let text = person.consent.as_ref().map(|consent| &consent.text_sha256);
            if let Some(digits) = text.and_then(|text| text.get(..12)) {
                self.keeps(&speaker_path, &consent_file(self.corpus, digits), seen);
            }
        }
        seen.uuid = person
            .map(|person| person.speaker_uuid)
            .or_else(|| Some(record.as_ref()?.speaker_uuid.clone()));
        record
    }

    fn events(&self, folder: &Path, takes: &str, seen: &mut SessionSeen) {
        let path = events_file(folder);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return seen.finds(path, Problem::Missing);
            }
            Err(error) => {
                let why = error.to_string();
                return seen.finds(path, Problem::Unreadable { why });
            }
        };
        for (number, line) in lines(&bytes) {
            if !line.ends_with(b"\n") {
                seen.finds(path.clone(), Problem::Unfinished);
                continue;
            }
            let tag = tag::<EventRecord>();
            match self.letter.parse::<EventRecord>("event", tag, line, &path) {
                Ok(event) => {
                    let take = event.take.as_deref().unwrap_or(takes);
                    if !take.starts_with(takes) {
                        let how = format!("line {number}: its take is of another session");
                        seen.finds(path.clone(), Problem::Contradiction { how });
                    }
                    seen.deleted.note(&event);
                }
                Err(problem) => seen.finds(path.clone(), in_line(problem, number)),
            }
        }
    }
}

fn without_colons(time: &str) -> String {
    time.chars().filter(|c| *c != ':').collect()
}

fn contradiction(how: &str) -> Problem {
    Problem::Contradiction {
        how: how.to_owned(),
    }
}

impl Deleted {
    fn note(&mut self, event: &EventRecord) {
        if !["deleted", "forgotten"].contains(&&*event.event) {
            return;
        }
        let text = |field: &str| event.data.get(field).and_then(|value| value.as_str());
        let id = text("id").and_then(|id| Uuid::parse_str(id).ok());
        self.ids.extend(id.map(Uuid::into_bytes));
        self.prompts.extend(text("prompt").map(|id| key(&[id])));
    }
}

impl Names {
    /// What is told by names alone.
    fn tell(&self, folder: &Path, seen: &mut SessionSeen) {
        for stem in &self.unfinished {
            let paths = TakePaths::in_folder(folder, stem);
            let parts = [paths.json_part(), paths.wav_part(), paths.json_deleted()];
            let there = parts.into_iter().find(|path| path.exists());
            seen.finds(
                there.unwrap_or_else(|| paths.json_part()),
                Problem::Unfinished,
            );
        }
        for stem in &self.wavs {
            if !self.sidecars.contains(stem) && !self.unfinished.contains(stem) {
                let wav = TakePaths::in_folder(folder, stem).wav();
                seen.finds(wav, Problem::SidecarMissing);
            }
        }
        for name in &self.unknown {
            seen.finds(folder.join(name), Problem::SidecarMissing);
        }
        for name in &self.left_over {
            seen.finds(folder.join(name), Problem::LeftOver);
        }
        for name in &self.stray {
            seen.finds(folder.join(name), Problem::Stray);
        }
    }
}

impl SessionSeen {
    fn finds(&mut self, path: PathBuf, problem: Problem) {
        self.findings.push(Finding { path, problem });
    }

    fn misplaced(&mut self, path: &Path, field: &'static str, says: &str, place: &str) {
        if says != place {
            let (says, place) = (says.to_owned(), place.to_owned());
            let problem = Problem::Misplaced { field, says, place };
            self.finds(path.to_owned(), problem);
        }
    }

    fn add(&mut self, checked: Checked, paths: &TakePaths, nth: u32, being_finished: bool) {
        self.takes += 1;
        self.takes_with_gaps += u64::from(checked.has_gaps);
        self.audio_bytes += checked.audio_bytes;
        for problem in checked.sidecar {
            // Its WAV still has the name of one that grows.
            if !(being_finished && problem == Problem::WavMissing) {
                self.finds(paths.json(), problem);
            }
        }
        if let Some(problem) = checked.wav {
            self.finds(paths.wav(), problem);
        }
        self.facts.extend(checked.fact.map(|fact| (nth, fact)));
    }
}
