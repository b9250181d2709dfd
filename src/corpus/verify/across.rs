//! What only shows when takes are seen together: which one counts, what superseded what, and what is there twice.
//!
//! All facts of a speaker are in memory while that speaker is checked (about 160 bytes per take); of all takes of the
//! corpus stays only [`Seen`], 48 bytes per take.

use std::collections::HashSet;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::finding::Problem;
use crate::corpus::forgotten::{Forgotten, Subject};
use crate::corpus::sidecar::Status;

/// The first half of a SHA-256, or a UUID: enough to tell takes apart.
pub(super) type Key = [u8; 16];

/// What a take is compared with the speaker's others by.
pub(super) struct TakeFact {
    /// Index of its session.
    pub session: u32,
    /// Its name.
    pub stem: Box<str>,
    /// Its UUID.
    pub id: Key,
    /// Its audio.
    pub audio: Option<Key>,
    /// UUID of the take that it supersedes.
    pub supersedes: Option<Key>,
    /// Its prompt's id.
    pub prompt: Key,
    /// Its item.
    pub item: Key,
    /// Of WAV frame 0.
    pub started_at: Timestamp,
    /// Attempt at its item.
    pub take: u32,
    /// What counts of it.
    pub status: Status,
}

/// Takes that were deleted or forgotten, as the events tell.
#[derive(Default)]
pub(super) struct Deleted {
    /// Their UUIDs.
    pub ids: HashSet<Key>,
    /// Their prompts.
    pub prompts: HashSet<Key>,
}

/// What is wrong with the take at an index; where it names another take, that one's index.
pub(super) struct About {
    pub fact: usize,
    pub problem: Problem,
    pub other: Option<usize>,
}

/// A key of `parts`.
pub(super) fn key(parts: &[&str]) -> Key {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_le_bytes());
        sha.update(part);
    }
    let mut key = Key::default();
    key.copy_from_slice(&sha.finalize()[..16]);
    key
}

/// The rule of the current take over the takes of a speaker, which are sorted for it.
pub(super) fn check_items(
    facts: &mut [TakeFact],
    deleted: &Deleted,
    forgotten: &Forgotten,
) -> Vec<About> {
    facts.sort_unstable_by(|a, b| {
        let order = |fact: &TakeFact| (fact.item, fact.started_at, fact.take, fact.id);
        order(a).cmp(&order(b))
    });
    let mut found = Vec::new();
    let mut begin = 0;
    for item in facts.chunk_by(|a, b| a.item == b.item) {
        check_item(item, begin, deleted, &mut found);
        begin += item.len();
    }
    found.extend(check_supersedes(facts, deleted, forgotten));
    found
}

fn check_item(item: &[TakeFact], begin: usize, deleted: &Deleted, found: &mut Vec<About>) {
    let newest = item.iter().rposition(|t| t.status == Status::Accepted);
    for (index, take) in item.iter().enumerate() {
        let about = |problem, other: Option<usize>| About {
            fact: begin + index,
            problem,
            other: other.map(|other| begin + other),
        };
        let last = index + 1 == item.len();
        match take.status {
            Status::Accepted if newest.is_some_and(|newest| newest > index) => {
                let problem = Problem::AcceptedTwice {
                    newest: std::path::PathBuf::new(),
                };
                found.push(about(problem, newest));
            }
            Status::Superseded if last && !deleted.prompts.contains(&take.prompt) => {
                found.push(about(Problem::SupersededAlone, None));
            }
            _ => {}
        }
    }
}

fn check_supersedes(facts: &[TakeFact], deleted: &Deleted, forgotten: &Forgotten) -> Vec<About> {
    let mut ids: Vec<Key> = facts.iter().map(|fact| fact.id).collect();
    ids.sort_unstable();
    let is_forgotten = |id: &Key| {
        let id = uuid::Uuid::from_bytes(*id).to_string();
        forgotten.has(Subject::Take(&id))
    };
    let is_known =
        |id: &Key| ids.binary_search(id).is_ok() || deleted.ids.contains(id) || is_forgotten(id);
    let unknown = facts.iter().enumerate().filter_map(|(index, fact)| {
        let id = fact.supersedes.filter(|id| !is_known(id))?;
        Some(About {
            fact: index,
            problem: Problem::SupersedesUnknown {
                id: uuid::Uuid::from_bytes(id).to_string(),
            },
            other: None,
        })
    });
    unknown.collect()
}

/// Where a take lies: its session, and which of the session's sidecars by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub session: u32,
    pub nth: u32,
}

/// The UUIDs and the audio of all takes of a corpus.
#[derive(Default)]
pub(super) struct Seen {
    ids: Vec<(Key, Place)>,
    audio: Vec<(Key, Place)>,
}

/// Two takes that have something in common which no two takes have.
pub(super) struct Twins {
    pub one: Place,
    pub other: Place,
    /// Their UUID; otherwise it is their audio.
    pub by_id: bool,
}

impl Seen {
    /// Remembers a take.
    pub fn add(&mut self, fact: &TakeFact, place: Place) {
        self.ids.push((fact.id, place));
        self.audio.extend(fact.audio.map(|audio| (audio, place)));
    }

    /// All that is there twice; a take that was copied whole is named once.
    pub fn twins(mut self) -> Vec<Twins> {
        let ids = pairs(&mut self.ids);
        let copies: HashSet<(Place, Place)> = ids.iter().copied().collect();
        let audio = pairs(&mut self.audio);
        let audio = audio.into_iter().filter(|pair| !copies.contains(pair));
        let twins = |(one, other), by_id| Twins { one, other, by_id };
        let ids = ids.into_iter().map(|pair| twins(pair, true));
        ids.chain(audio.map(|pair| twins(pair, false))).collect()
    }
}

/// Those with the same key, each with the first of them.
fn pairs(keyed: &mut [(Key, Place)]) -> Vec<(Place, Place)> {
    keyed.sort_unstable();
    let same = keyed.chunk_by(|a, b| a.0 == b.0);
    same.filter(|same| same.len() > 1)
        .flat_map(|same| same[1..].iter().map(|(_, place)| (*place, same[0].1)))
        .collect()
}
