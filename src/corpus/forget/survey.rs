//! What is there of somebody who is to be forgotten. Records that cannot be read stand in nobody's way: what they lie in
//! goes all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;

use super::{Named, Wish};
use crate::corpus::error::{CorpusError, IoContext};
use crate::corpus::forgotten::{Forgotten, Subject};
use crate::corpus::layout::{TakePaths, session_file, speaker_file, speaker_folder};
use crate::corpus::records::{self, Record, SessionRecord, SpeakerRecord};
use crate::corpus::scan::folders_in;
use crate::corpus::sidecar::Sidecar;

/// What is there.
#[derive(Default)]
pub(super) struct Survey {
    /// A tombstone is there already.
    pub was_forgotten: bool,
    /// Ids that get a tombstone; the first is what was asked for.
    pub subjects: Vec<Named>,
    /// Folders that go whole.
    pub sessions: Vec<PathBuf>,
    /// Ids of these sessions.
    pub session_ids: BTreeSet<String>,
    /// Where only a take goes: its files.
    pub found: Vec<TakePaths>,
    /// Sessions in which a take stays that one which goes had superseded, with the prompt.
    pub left_superseded: Vec<(PathBuf, String)>,
    pub takes: u64,
    pub files: u64,
    pub bytes: u64,
}

/// The few fields of a sidecar that are needed.
#[derive(Deserialize)]
struct Light {
    id: String,
    prompt: LightPrompt,
    supersedes: Option<String>,
}

#[derive(Deserialize)]
struct LightPrompt {
    id: String,
}

impl Record for Light {
    const FORMAT: &'static str = Sidecar::FORMAT;
}

/// A session's folder, and what its sidecars say.
struct Looked {
    folder: PathBuf,
    record: Option<SessionRecord>,
    takes: Vec<(TakePaths, Option<Light>)>,
}

impl Survey {
    /// Looks at what is there of `speaker`, or of one session or take. Blocks.
    pub fn of(corpus: &Path, speaker: &str, wish: &Wish) -> Result<Self, CorpusError> {
        let forgotten = Forgotten::read(corpus)?;
        let folder = speaker_folder(corpus, speaker);
        let sessions = folders_in(&folder)?;
        let main = match wish {
            Wish::Speaker => Subject::Speaker(speaker),
            Wish::Session(session) => Subject::Session(session),
            Wish::Take(id) => Subject::Take(id),
        };
        let mut survey = Self {
            was_forgotten: forgotten.has(main),
            subjects: vec![Named::new(main)],
            ..Self::default()
        };
        let looked: Vec<Looked> = sessions
            .par_iter()
            .map(|session| Looked::at(session))
            .collect::<Result<_, _>>()?;
        let found = match wish {
            Wish::Speaker => {
                survey.speaker(speaker, &looked)?;
                survey.add_files(&folder)?;
                folder.is_dir()
            }
            Wish::Session(id) => survey.session(id, &looked)?,
            Wish::Take(id) => survey.take(id, &looked),
        };
        if !found && !survey.was_forgotten {
            let what = match wish {
                Wish::Speaker => format!("the speaker {speaker:?}"),
                Wish::Session(id) => format!("the session {id:?} of {speaker:?}"),
                Wish::Take(id) => format!("the take {id:?} of {speaker:?}"),
            };
            let corpus = corpus.to_owned();
            return Err(CorpusError::NotHere { what, corpus });
        }
        Ok(survey)
    }

    /// What was asked for.
    pub fn main(&self) -> &Named {
        &self.subjects[0]
    }

    fn speaker(&mut self, speaker: &str, looked: &[Looked]) -> Result<(), CorpusError> {
        let mut people = BTreeSet::new();
        for session in looked {
            let path = speaker_file(&session.folder);
            let person = records::read::<SpeakerRecord>(&path).ok();
            people.extend(person.map(|person| person.speaker_uuid));
            if let Some(record) = &session.record {
                people.insert(record.speaker_uuid.clone());
            }
            self.takes += session.takes.len() as u64;
            self.goes(&session.folder);
        }
        let mut people_of = people.iter();
        if let (Some(first), Some(second)) = (people_of.next(), people_of.next()) {
            return Err(CorpusError::ForgetsTwo {
                speaker: speaker.to_owned(),
                first: first.clone(),
                second: second.clone(),
            });
        }
        let joined = looked.iter().filter_map(|session| session.record.as_ref());
        let joined = joined.flat_map(|record| &record.joined);
        let mut more: BTreeSet<Named> = joined
            .flat_map(|was| {
                let was = [
                    Subject::Speaker(&was.speaker),
                    Subject::Person(&was.speaker_uuid),
                ];
                was.map(Named::new)
            })
            .collect();
        more.extend(people.iter().map(|uuid| Named::new(Subject::Person(uuid))));
        more.remove(self.main());
        self.subjects.extend(more);
        Ok(())
    }

    fn session(&mut self, id: &str, looked: &[Looked]) -> Result<bool, CorpusError> {
        let (going, staying): (Vec<_>, Vec<_>) = looked.iter().partition(|session| session.is(id));
        for session in &going {
            self.takes += session.takes.len() as u64;
            self.add_files(&session.folder)?;
            self.goes(&session.folder);
        }
        let lights = going.iter().flat_map(|session| &session.takes);
        self.leaves(
            lights.filter_map(|(_, take)| take.as_ref()),
            &staying,
            |_| true,
        );
        Ok(!going.is_empty())
    }

    fn take(&mut self, id: &str, looked: &[Looked]) -> bool {
        let is = |take: &Light| take.id.eq_ignore_ascii_case(id);
        let takes = looked.iter().flat_map(|session| &session.takes);
        let mut going = Vec::new();
        for (paths, take) in takes {
            let Some(take) = take.as_ref().filter(|take| is(take)) else {
                continue;
            };
            going.push(take);
            self.takes += 1;
            for path in [paths.json(), paths.wav()] {
                if let Ok(about) = path.metadata() {
                    self.files += 1;
                    self.bytes += about.len();
                }
            }
            self.found.push(paths.clone());
        }
        let all: Vec<&Looked> = looked.iter().collect();
        let found = !going.is_empty();
        self.leaves(going.into_iter(), &all, |take| !is(take));
        found
    }

    /// What stays and is tied to what goes: takes that were superseded by it get an event; takes that superseded it name
    /// it, so it gets a tombstone.
    fn leaves<'a>(
        &mut self,
        going: impl Iterator<Item = &'a Light>,
        staying: &[&Looked],
        stays: impl Fn(&Light) -> bool,
    ) {
        let mut gone = BTreeSet::new();
        let mut superseded: BTreeMap<&str, &str> = BTreeMap::new();
        for take in going {
            gone.insert(&*take.id);
            superseded.extend(take.supersedes.as_deref().map(|id| (id, &*take.prompt.id)));
        }
        for session in staying {
            let takes = session.takes.iter().filter_map(|(_, take)| take.as_ref());
            for take in takes.filter(|take| stays(take)) {
                if let Some(prompt) = superseded.get(&*take.id) {
                    let left = (session.folder.clone(), (*prompt).to_owned());
                    self.left_superseded.push(left);
                }
                let known = take.supersedes.as_deref().filter(|id| gone.contains(id));
                let new = known.map(|id| Named::new(Subject::Take(id)));
                let new = new.filter(|new| !self.subjects.contains(new));
                self.subjects.extend(new);
            }
        }
    }

    fn goes(&mut self, session: &Path) {
        let name = session.file_name().unwrap_or_default().to_string_lossy();
        self.session_ids.insert(name.into_owned());
        self.sessions.push(session.to_owned());
    }

    /// Counts the files in a folder.
    fn add_files(&mut self, folder: &Path) -> Result<(), CorpusError> {
        if !folder.is_dir() {
            return Ok(());
        }
        for entry in fs::read_dir(folder).at("read", folder)? {
            let path = entry.at("read", folder)?.path();
            let about = path.symlink_metadata().at("read", &path)?;
            if about.is_dir() {
                self.add_files(&path)?;
            } else if path.file_name().is_some_and(|name| name != ".lock") {
                self.files += 1;
                self.bytes += about.len();
            }
        }
        Ok(())
    }
}

impl Looked {
    fn at(folder: &Path) -> Result<Self, CorpusError> {
        let mut takes = Vec::new();
        for entry in fs::read_dir(folder).at("read", folder)? {
            let name = entry.at("read", folder)?.file_name();
            let name = name.to_string_lossy();
            let stem = name
                .strip_suffix(".json")
                .filter(|stem| !stem.starts_with('.'));
            if let Some(stem) = stem.filter(|stem| !["session", "speaker"].contains(stem)) {
                let paths = TakePaths::in_folder(folder, stem);
                let light = records::read::<Light>(&paths.json()).ok();
                takes.push((paths, light));
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            record: records::read(&session_file(folder)).ok(),
            takes,
        })
    }

    fn is(&self, session: &str) -> bool {
        let name = self.folder.file_name().unwrap_or_default();
        name.to_string_lossy() == session
    }
}
