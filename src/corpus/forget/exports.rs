//! The records of exports: which of them hold somebody who is forgotten, and hashes in the place of ids.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::survey::Survey;
use crate::corpus::atomic::{is_temp, write_file};
use crate::corpus::commit::remove_if_there;
use crate::corpus::error::{CorpusError, IoContext};
use crate::corpus::export_record::{self, ExportRecord, ExportedSpeaker};
use crate::corpus::forgotten::{Forgotten, Kind, Subject};
use crate::corpus::layout::exports_folder;
use crate::corpus::records;
use crate::corpus::recovery::names_in;

/// An export that holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Its record in the corpus.
    pub record: PathBuf,
    /// Its format.
    pub kind: String,
    /// Where it was written.
    pub out: String,
    /// UTC, when.
    pub at: String,
    /// Takes of it that are forgotten now, or were before.
    pub takes: u64,
}

/// The ids that go, and their placeholders.
#[derive(Default)]
struct Going {
    speakers: HashSet<String>,
    sessions: HashSet<String>,
    takes: HashSet<String>,
    /// Replaced also within other text.
    words: BTreeMap<String, String>,
}

impl Going {
    fn of(survey: &Survey) -> Self {
        let mut going = Self::default();
        let sessions = survey.session_ids.iter();
        let sessions = sessions.map(|session| Subject::Session(session));
        let subjects = survey.subjects.iter().map(super::Named::subject);
        for subject in subjects.chain(sessions) {
            let ids = match subject.kind() {
                Kind::Speaker => &mut going.speakers,
                Kind::Session => &mut going.sessions,
                // A UUID stands in no place of its own.
                Kind::Take | Kind::SpeakerUuid => &mut going.takes,
            };
            ids.insert(subject.id().to_owned());
            ids.insert(subject.placeholder());
            let words = &mut going.words;
            words.insert(subject.id().to_owned(), subject.placeholder());
        }
        going
    }

    /// Takes of a record that go.
    fn takes(&self, record: &ExportRecord) -> u64 {
        let mut count = 0;
        for speaker in &record.speakers {
            let all = self.speakers.contains(&speaker.speaker);
            for session in &speaker.sessions {
                let all = all || self.sessions.contains(&session.session);
                let takes = session.takes.iter();
                count += takes
                    .filter(|take| all || self.takes.contains(*take))
                    .count() as u64;
            }
        }
        count
    }

    /// What takes the place of what in a record.
    fn replacements(&self, speakers: &[ExportedSpeaker]) -> HashMap<String, String> {
        let mut by = HashMap::new();
        let mut replace = |subject: Subject<'_>| {
            if !subject.id().starts_with("sha256:") {
                by.insert(subject.id().to_owned(), subject.placeholder());
            }
        };
        for speaker in speakers {
            let all = self.speakers.contains(&speaker.speaker);
            if all {
                replace(Subject::Speaker(&speaker.speaker));
            }
            for session in &speaker.sessions {
                let all = all || self.sessions.contains(&session.session);
                if all {
                    replace(Subject::Session(&session.session));
                }
                for take in &session.takes {
                    if all || self.takes.contains(take) {
                        replace(Subject::Take(take));
                    }
                }
            }
        }
        by
    }
}

/// The exports that hold some of it, oldest first. A record that cannot be read is an error: nobody knows whom it names.
/// Blocks.
pub(super) fn holding(corpus: &Path, survey: &Survey) -> Result<Vec<Holding>, CorpusError> {
    let going = Going::of(survey);
    let mut holding = Vec::new();
    for path in export_record::files(corpus)? {
        let record: ExportRecord = records::read(&path)?;
        let takes = going.takes(&record);
        if takes > 0 {
            holding.push(Holding {
                record: path,
                kind: record.kind,
                out: record.out,
                at: record.at,
                takes,
            });
        }
    }
    Ok(holding)
}

/// Puts hashes in the place of ids in every record that names some of it. Blocks.
pub(super) fn rewrite(corpus: &Path, survey: &Survey) -> Result<(), CorpusError> {
    let going = Going::of(survey);
    for path in export_record::files(corpus)? {
        let text = fs::read_to_string(&path).at("read", &path)?;
        let record: ExportRecord = records::parse(&text, &path)?;
        let by = going.replacements(&record.speakers);
        let mut value: Value =
            serde_json::from_str(&text).map_err(|error| records::broken(&path, &error))?;
        if replace(&mut value, &by, &going.words) {
            write_file(&path, records::to_text(&value).as_bytes())?;
        }
    }
    remove_left_overs(corpus, &going)
}

/// What an export that was killed left of its record is no record, and could name somebody all the same.
fn remove_left_overs(corpus: &Path, going: &Going) -> Result<(), CorpusError> {
    let folder = exports_folder(corpus);
    if !folder.is_dir() {
        return Ok(());
    }
    for name in names_in(&folder)?.iter().filter(|name| is_temp(name)) {
        let path = folder.join(name);
        let bytes = fs::read(&path).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        if going.words.keys().any(|word| text.contains(word.as_str())) {
            remove_if_there(&path)?;
        }
    }
    Ok(())
}

/// The text of a record with hashes in the place of all that is forgotten.
///
/// # Errors
/// It is no record that this program knows; `path` is for the error.
pub fn redacted(text: &str, path: &Path, forgotten: &Forgotten) -> Result<String, CorpusError> {
    let record: ExportRecord = records::parse(text, path)?;
    if !names_forgotten(&record, forgotten) {
        return Ok(text.to_owned());
    }
    let mut going = Going::default();
    let mut go = |subject: Subject<'_>| {
        if !forgotten.has(subject) {
            return false;
        }
        let words = &mut going.words;
        words.insert(subject.id().to_owned(), subject.placeholder());
        true
    };
    let (mut speakers, mut sessions, mut takes) = (HashSet::new(), HashSet::new(), HashSet::new());
    for speaker in &record.speakers {
        if go(Subject::Speaker(&speaker.speaker)) {
            speakers.insert(speaker.speaker.clone());
        }
        for session in &speaker.sessions {
            if go(Subject::Session(&session.session)) {
                sessions.insert(session.session.clone());
            }
            takes.extend(
                session
                    .takes
                    .iter()
                    .filter(|take| go(Subject::Take(take)))
                    .cloned(),
            );
        }
    }
    (going.speakers, going.sessions, going.takes) = (speakers, sessions, takes);
    let by = going.replacements(&record.speakers);
    let mut value: Value =
        serde_json::from_str(text).map_err(|error| records::broken(path, &error))?;
    replace(&mut value, &by, &going.words);
    Ok(records::to_text(&value))
}

/// Replaces strings that are an id, and ids within the others. Says whether there were any.
fn replace(
    value: &mut Value,
    by: &HashMap<String, String>,
    words: &BTreeMap<String, String>,
) -> bool {
    match value {
        Value::String(text) => {
            let new = match by.get(text) {
                Some(placeholder) => placeholder.clone(),
                None if text.starts_with("sha256:") => return false,
                None => replace_words(text, words),
            };
            let changed = new != *text;
            *text = new;
            changed
        }
        Value::Array(values) => {
            let changed = values.iter_mut().map(|value| replace(value, by, words));
            changed.fold(false, |any, one| any | one)
        }
        Value::Object(fields) => {
            let changed = fields.values_mut().map(|value| replace(value, by, words));
            changed.fold(false, |any, one| any | one)
        }
        _ => false,
    }
}

/// Replaces ids where no letter or digit stands beside them, such as in a path or in `--select speaker=ID`.
fn replace_words(text: &str, words: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for (word, placeholder) in words {
        let mut replaced = String::new();
        let mut rest = &*text;
        while let Some(at) = rest.find(word.as_str()) {
            let (before, after) = (&rest[..at], &rest[at + word.len()..]);
            let joined =
                before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
            replaced.push_str(before);
            replaced.push_str(if joined { word } else { placeholder });
            rest = after;
        }
        replaced.push_str(rest);
        text = replaced;
    }
    text
}

/// Whether a record still says an id that is forgotten.
pub fn names_forgotten(record: &ExportRecord, forgotten: &Forgotten) -> bool {
    let speakers = record.speakers.iter();
    speakers.into_iter().any(|speaker| {
        forgotten.has(Subject::Speaker(&speaker.speaker))
            || speaker.sessions.iter().any(|session| {
                let takes = &session.takes;
                forgotten.has(Subject::Session(&session.session))
                    || takes.iter().any(|take| forgotten.has(Subject::Take(take)))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_replaced_within_other_text_where_it_is_a_word() {
        let words = BTreeMap::from([("s7k3q".to_owned(), "sha256:x".to_owned())]);
        let replaced = |text| replace_words(text, &words);
        assert_eq!(replaced("/out/s7k3q-16k"), "/out/sha256:x-16k");
        assert_eq!(replaced("speaker=s7k3q,s7k3q"), "speaker=sha256:x,sha256:x");
        assert_eq!(replaced("s7k3qq xs7k3q"), "s7k3qq xs7k3q");
        assert_eq!(replaced("s7k3q"), "sha256:x");
    }
}
