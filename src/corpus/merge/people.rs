//! Whose sessions they are: the same person in every corpus, or a conflict; and nobody who has withdrawn.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::join::Person;
use super::session::{Session, Source};
use super::told::What;
use super::{Options, Report};
use crate::corpus::error::CorpusError;
use crate::corpus::forgotten::{Forgotten, Kind};
use crate::corpus::layout::{recordings_folder, session_file, speaker_folder};
use crate::corpus::lock::{SpeakerLock, is_held};
use crate::corpus::names::check_speaker_id;
use crate::corpus::records::{self, SessionRecord};
use crate::corpus::recovery::recover;
use crate::corpus::scan::folders_in;

/// A speaker's folder in one of the corpora.
struct Folder {
    path: PathBuf,
    /// Speaker id there.
    id: String,
}

/// All speakers, and where every session lies.
pub(super) struct People<'a> {
    into: &'a Path,
    options: &'a Options<'a>,
    forgotten: &'a Forgotten,
    /// By the id that they get here.
    speakers: BTreeMap<String, Vec<Folder>>,
    /// By session, the speakers that have it once all is here.
    sessions: HashMap<String, BTreeSet<String>>,
}

impl<'a> People<'a> {
    /// Looks at the folders of all corpora. Blocks.
    ///
    /// # Errors
    /// A folder of all recordings, or of a speaker, cannot be read.
    pub fn of(
        into: &'a Path,
        from: &[PathBuf],
        forgotten: &'a Forgotten,
        options: &'a Options<'a>,
    ) -> Result<Self, CorpusError> {
        let mut people = Self {
            into,
            options,
            forgotten,
            speakers: BTreeMap::new(),
            sessions: HashMap::new(),
        };
        for folder in folders_in(&recordings_folder(into))? {
            people.lies(&folder, &name(&folder))?;
        }
        for corpus in from {
            for path in folders_in(&recordings_folder(corpus))? {
                let id = name(&path);
                let new = options.map.of(&id).to_owned();
                people.lies(&path, &new)?;
                let folders = people.speakers.entry(new).or_default();
                folders.push(Folder { path, id });
            }
        }
        Ok(people)
    }

    fn lies(&mut self, folder: &Path, speaker: &str) -> Result<(), CorpusError> {
        for session in folders_in(folder)? {
            let speakers = self.sessions.entry(name(&session)).or_default();
            speakers.insert(speaker.to_owned());
        }
        Ok(())
    }

    /// Takes in everybody, one after the other, each under the lock that a recording would take. Blocks.
    pub fn take_in(&self, report: &mut Report) {
        for (id, folders) in &self.speakers {
            if let Err(what) = self.speaker(id, folders, report) {
                report.tell(folders[0].path.clone(), what);
            }
        }
    }

    fn speaker(&self, id: &str, folders: &[Folder], report: &mut Report) -> Result<(), What> {
        check_speaker_id(id)?;
        let twin = |other: &&String| *other != id && other.eq_ignore_ascii_case(id);
        if let Some(twin) = self.speakers.keys().find(twin) {
            return Err(What::CaseTwin(twin.clone()));
        }
        let mut sources = self.sources(id, folders, report);
        let Some(person) = self.person(id, &mut sources, report)? else {
            return Ok(());
        };
        let by_session = self.by_session(id, sources, report);
        if by_session.is_empty() {
            return Ok(());
        }
        let folder = speaker_folder(self.into, id);
        let lock = if self.options.dry_run {
            if folder.is_dir() && is_held(&folder)? {
                return Err(What::SpeakerBusy);
            }
            None
        } else {
            let lock = SpeakerLock::take(self.into, id)?;
            // What a merge left that was cut off, as at a session's start.
            recover(&lock)?;
            Some(lock)
        };
        let done: Vec<Report> = by_session
            .par_iter()
            .map(|(session, from)| {
                let session = Session {
                    options: self.options,
                    forgotten: self.forgotten,
                    person: &person,
                    into: folder.join(session),
                    from,
                };
                session.take_in()
            })
            .collect();
        for done in done {
            report.add(done);
        }
        report.speakers += 1;
        drop(lock);
        Ok(())
    }

    /// The sessions of all corpora that may be taken in.
    fn sources(&self, id: &str, folders: &[Folder], report: &mut Report) -> Vec<(String, Source)> {
        let mut sources = Vec::new();
        for folder in folders {
            let held = is_held(&folder.path).unwrap_or(false);
            if held {
                report.tell(folder.path.clone(), What::BeingRecorded);
            }
            // It was read a moment ago.
            for session in folders_in(&folder.path).unwrap_or_default() {
                let path = session_file(&session);
                let record: SessionRecord = match records::read(&path) {
                    Ok(record) => record,
                    Err(error) => {
                        report.tell(path, error.into());
                        continue;
                    }
                };
                match self.withdrawn(id, &record) {
                    Some(what) => report.tell(session, what),
                    None => sources.push((
                        name(&session),
                        Source {
                            folder: session,
                            speaker: folder.id.clone(),
                            uuid: record.speaker_uuid,
                            held,
                        },
                    )),
                }
            }
        }
        sources
    }

    /// Whether a session's speaker has withdrawn, or the id that it would get is that of somebody who has.
    fn withdrawn(&self, id: &str, record: &SessionRecord) -> Option<What> {
        match self.forgotten.of_session(record) {
            Some(Kind::Speaker) | None => {}
            Some(_) => return Some(What::Forgotten),
        }
        let is_taken = self
            .forgotten
            .has(crate::corpus::forgotten::Subject::Speaker(id));
        is_taken.then_some(What::IdForgotten)
    }

    /// Who it is. Sessions of another person with the same id are left out.
    fn person(
        &self,
        id: &str,
        sources: &mut Vec<(String, Source)>,
        report: &mut Report,
    ) -> Result<Option<Person>, What> {
        let mut here = BTreeSet::new();
        for session in folders_in(&speaker_folder(self.into, id))? {
            let record: Result<SessionRecord, _> = records::read(&session_file(&session));
            here.extend(record.map(|record| record.speaker_uuid));
        }
        let own = |source: &&(String, Source)| source.1.speaker == id;
        let natural: BTreeSet<String> = sources.iter().filter(own).map(uuid).collect();
        let joined: BTreeSet<String> = sources.iter().map(uuid).collect();
        let known = if here.is_empty() { &natural } else { &here };
        if known.len() > 1 {
            return Err(What::TwoSpeakers);
        }
        // Where nobody has the new id yet, the first of the old ones gives the UUID.
        let Some(uuid) = known.first().or(joined.first()).cloned() else {
            return Ok(None);
        };
        sources.retain(|(_, source)| {
            let fits = source.speaker != id || source.uuid == uuid;
            if !fits {
                report.tell(source.folder.clone(), What::TwoSpeakers);
            }
            fits
        });
        let id = id.to_owned();
        Ok(Some(Person { id, uuid }))
    }

    fn by_session(
        &self,
        id: &str,
        sources: Vec<(String, Source)>,
        report: &mut Report,
    ) -> BTreeMap<String, Vec<Source>> {
        let mut by_session: BTreeMap<String, Vec<Source>> = BTreeMap::new();
        for (session, source) in sources {
            let speakers = self.sessions.get(&session);
            let elsewhere = speakers.and_then(|s| s.iter().find(|speaker| *speaker != id));
            match elsewhere {
                Some(other) => report.tell(source.folder, What::SessionElsewhere(other.clone())),
                None => by_session.entry(session).or_default().push(source),
            }
        }
        by_session
    }
}

fn uuid((_, source): &(String, Source)) -> String {
    source.uuid.clone()
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
