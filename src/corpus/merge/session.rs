//! One session, as it stands in one corpus or in many: its records, its events and every take in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::{Map, Value};

use super::join::{Person, join_event, join_record};
use super::take::{Became, Taking, Version, stems};
use super::told::{Told, What};
use super::{Options, Report};
use crate::corpus::atomic::{replace_file, sync_folder, write_file};
use crate::corpus::commit::rename_new;
use crate::corpus::error::{CorpusError, IoContext};
use crate::corpus::forgotten::{Forgotten, Subject};
use crate::corpus::layout::{TakePaths, UNFINISHED, events_file, session_file, speaker_file};
use crate::corpus::records::{self, EventRecord};

/// A session as another corpus has it.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Its folder.
    pub folder: PathBuf,
    /// Speaker id there.
    pub speaker: String,
    /// `speaker_uuid` there.
    pub uuid: String,
    /// A program is recording that speaker there.
    pub held: bool,
}

/// A session that is taken in.
pub(super) struct Session<'a> {
    pub options: &'a Options<'a>,
    pub forgotten: &'a Forgotten,
    /// Whom it belongs to here.
    pub person: &'a Person,
    /// Its folder here, which may not be there yet.
    pub into: PathBuf,
    /// At least one.
    pub from: &'a [Source],
}

/// The three records of a session, as they are to be here.
struct Records {
    session: Map<String, Value>,
    speaker: Map<String, Value>,
    texts: [String; 2],
    events: String,
    joined: bool,
}

impl Session<'_> {
    /// Takes it in. Blocks.
    pub fn take_in(&self) -> Report {
        let mut report = Report::default();
        if let Err((path, what)) = self.try_to(&mut report) {
            report.told.push(Told { path, what });
        }
        report
    }

    fn try_to(&self, report: &mut Report) -> Result<(), (PathBuf, What)> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |error: CorpusError| (path, What::from(error))
        };
        let is_new = !self.into.is_dir();
        let records = self.records(is_new)?;
        self.write_records(&records, is_new)
            .map_err(at(&self.into))?;
        if is_new {
            report.sessions += 1;
            report.joined += u64::from(records.joined);
        }
        self.takes(&records.events, is_new, report)?;
        if !self.options.dry_run {
            sync_folder(&self.into).map_err(at(&self.into))?;
        }
        Ok(())
    }

    /// What the records of all corpora come to.
    fn records(&self, is_new: bool) -> Result<Records, (PathBuf, What)> {
        let mut all = Vec::new();
        for source in self.from {
            all.push(self.read(&source.folder, &source.speaker)?);
        }
        if !is_new {
            all.push(self.read(&self.into, &self.person.id)?);
        }
        let mut all = all.into_iter();
        // There is one source at least.
        let Some(mut records) = all.next() else {
            return Err((self.into.clone(), What::SessionDiffers));
        };
        for other in all {
            if (&other.session, &other.speaker) != (&records.session, &records.speaker) {
                return Err((session_file(&self.from[0].folder), What::SessionDiffers));
            }
            records.events = united(&records.events, &other.events);
        }
        Ok(records)
    }

    fn read(&self, folder: &Path, old: &str) -> Result<Records, (PathBuf, What)> {
        let read = |path: PathBuf| {
            let text = fs::read_to_string(&path).at("read", &path);
            let text = text.map_err(|error| (path.clone(), error.into()))?;
            let fields = serde_json::from_str::<Map<String, Value>>(&text);
            let fields = fields.map_err(|e| (path.clone(), records::broken(&path, &e).into()))?;
            Ok((fields, text))
        };
        let (mut session, mut session_text) = read(session_file(folder))?;
        let (mut speaker, mut speaker_text) = read(speaker_file(folder))?;
        let joined = join_record(&mut session, self.person, true);
        if joined {
            session_text = records::to_text(&session);
        }
        if join_record(&mut speaker, self.person, false) {
            speaker_text = records::to_text(&speaker);
        }
        let path = events_file(folder);
        let events = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read
                .at("read", &path)
                .map_err(|error| (path, What::from(error)))?,
        };
        // A line that was begun and not finished, or is being written, comes with the next merge.
        let whole = events
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        let events =
            whole.map(|line| join_event(line.trim_end_matches('\n'), old, &self.person.id) + "\n");
        Ok(Records {
            session,
            speaker,
            texts: [session_text, speaker_text],
            events: events.collect(),
            joined,
        })
    }

    /// A new session's folder gets its name when all three are in it.
    fn write_records(&self, records: &Records, is_new: bool) -> Result<(), CorpusError> {
        if self.options.dry_run {
            return Ok(());
        }
        let [session, speaker] = &records.texts;
        if !is_new {
            let path = events_file(&self.into);
            let there = fs::read(&path).unwrap_or_default();
            if there != records.events.as_bytes() {
                write_file(&path, records.events.as_bytes())?;
            }
            return Ok(());
        }
        let name = self.into.file_name().unwrap_or_default().to_string_lossy();
        let parent = self.into.parent().unwrap_or(&self.into);
        let unfinished = parent.join(format!("{UNFINISHED}{name}"));
        fs::create_dir(&unfinished).at("create the folder", &unfinished)?;
        replace_file(&session_file(&unfinished), session.as_bytes())?;
        replace_file(&speaker_file(&unfinished), speaker.as_bytes())?;
        replace_file(&events_file(&unfinished), records.events.as_bytes())?;
        sync_folder(&unfinished)?;
        rename_new(&unfinished, &self.into)?;
        sync_folder(parent)
    }

    fn takes(
        &self,
        events: &str,
        is_new: bool,
        report: &mut Report,
    ) -> Result<(), (PathBuf, What)> {
        let deleted = deleted(events);
        if !is_new {
            self.tell_of_deleted(&deleted, report);
        }
        let mut sources: BTreeMap<String, Vec<&Source>> = BTreeMap::new();
        for source in self.from {
            let listed = stems(&source.folder);
            let (takes, unfinished) =
                listed.map_err(|error| (source.folder.clone(), error.into()))?;
            for stem in takes {
                sources.entry(stem).or_default().push(source);
            }
            let told = unfinished.into_iter().map(|path| Told {
                path,
                what: What::Unfinished,
            });
            report.told.extend(told);
        }
        let takes: Vec<_> = sources.into_iter().collect();
        let became: Vec<_> = takes
            .par_iter()
            .map(|(stem, sources)| {
                let became = self.one_take(stem, sources, &deleted, is_new);
                (self.options.progress)();
                became
            })
            .collect();
        for (became, told) in became {
            report.told.extend(told);
            match became {
                Some(Became::New(bytes)) => {
                    report.takes += 1;
                    report.audio_bytes += bytes;
                }
                Some(Became::Updated) => report.updated += 1,
                Some(Became::Same) => report.same += 1,
                None => {}
            }
        }
        Ok(())
    }

    /// Takes that are here and were deleted at another booth.
    fn tell_of_deleted(&self, deleted: &HashMap<String, String>, report: &mut Report) {
        for (id, file) in deleted {
            let stem = file.strip_suffix(".wav").unwrap_or(file);
            let paths = TakePaths::in_folder(&self.into, stem);
            let path = paths.json();
            // One that cannot be read is told with the takes.
            let here = Version::read(paths).ok().flatten();
            if here.is_some_and(|here| here.id() == id) {
                report.tell(path, What::DeletedElsewhere);
            }
        }
    }

    fn one_take(
        &self,
        stem: &str,
        sources: &[&Source],
        deleted: &HashMap<String, String>,
        is_new: bool,
    ) -> (Option<Became>, Vec<Told>) {
        let mut told = Vec::new();
        let mut tell = |path: PathBuf, what: What| told.push(Told { path, what });
        let into = TakePaths::in_folder(&self.into, stem);
        let mut versions = Vec::new();
        for source in sources {
            let paths = TakePaths::in_folder(&source.folder, stem);
            match Version::read(paths.clone()) {
                Ok(Some(version)) if self.forgotten.has(Subject::Take(version.id())) => {
                    tell(paths.json(), What::Forgotten);
                }
                // Its WAV still has the name of one that grows.
                Ok(Some(version)) if source.held && version.is_being_saved() => {
                    tell(paths.json(), What::Unfinished);
                }
                Ok(version) => versions.extend(version),
                Err(error) => tell(paths.json(), error.into()),
            }
        }
        let here = if is_new {
            Ok(None)
        } else {
            Version::read(into.clone())
        };
        let here = match here {
            Ok(here) => here,
            Err(error) => {
                tell(into.json(), error.into());
                return (None, told);
            }
        };
        if versions.is_empty() {
            return (None, told);
        }
        if versions.iter().any(|v| deleted.contains_key(v.id())) {
            return (None, told);
        }
        let taking = Taking {
            speaker: &self.person.id,
            at: self.options.at,
            dry_run: self.options.dry_run,
        };
        match taking.take(&into, here.as_ref(), &versions) {
            Ok(became) => (Some(became), told),
            Err((path, what)) => {
                tell(path, what);
                (None, told)
            }
        }
    }
}

/// The UUIDs of takes that were deleted, with the names of their files.
fn deleted(events: &str) -> HashMap<String, String> {
    let take = |line: &str| {
        let event: EventRecord = serde_json::from_str(line).ok()?;
        let text = |field: &str| Some(event.data.get(field)?.as_str()?.to_owned());
        let is_deletion = event.event == "deleted";
        is_deletion.then_some(())?;
        Some((text("id")?, text("file")?))
    };
    let lines = events.lines().filter(|line| line.contains("\"deleted\""));
    lines.filter_map(take).collect()
}

/// Every line of two events files once: the one that has all of the other's as it is, else by time.
fn united(one: &str, other: &str) -> String {
    if one == other {
        return one.to_owned();
    }
    let lines = |text| str::lines(text).collect::<BTreeSet<&str>>();
    let (of_one, of_other) = (lines(one), lines(other));
    if of_one.is_superset(&of_other) && of_one != of_other {
        return one.to_owned();
    }
    if of_other.is_superset(&of_one) && of_one != of_other {
        return other.to_owned();
    }
    let at = |line: &&str| {
        let event = serde_json::from_str::<EventRecord>(line);
        event.map(|event| event.at).unwrap_or_default()
    };
    let mut all: Vec<&str> = of_one.union(&of_other).copied().collect();
    all.sort_by_cached_key(|line| (at(line), *line));
    all.into_iter().flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_one_booth_has_alone_are_kept_and_the_order_of_booths_does_not_matter() {
        let line = |second: u32| {
            let event = "\"format\":\"voicebooth-event/1\",\"event\":\"shown\"";
            format!("{{{event},\"at\":\"2026-11-22T10:15:0{second}.000000Z\"}}\n")
        };
        let of = |seconds: &[u32]| seconds.iter().map(|s| line(*s)).collect::<String>();
        assert_eq!(united(&of(&[2, 1]), &of(&[2])), of(&[2, 1]));
        assert_eq!(united(&of(&[2]), &of(&[2, 1])), of(&[2, 1]));
        assert_eq!(united(&of(&[1, 4]), &of(&[1, 2])), of(&[1, 2, 4]));
        assert_eq!(united(&of(&[1, 2]), &of(&[1, 4])), of(&[1, 2, 4]));
    }
}
