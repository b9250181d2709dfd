//! How utterances are shared out among `train`, `dev`, `test`, or whatever the splits are called.
//!
//! Rule, reproduced in `docs/exports.md`: the first 8 bytes of SHA-256 of `split/` and the unit's name (speaker id,
//! session id or take id) are a big-endian number; divided by 2^64 and multiplied by the sum of all parts it falls into one
//! of the splits, in the order given. Nothing else plays a part, so a new speaker never moves an old one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::{ExportError, IoContext};
use super::utterance::Utterance;

/// What stays together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Everything of a speaker.
    #[default]
    Speaker,
    /// Everything of a session.
    Session,
    /// Each take for itself.
    Take,
}

/// How utterances are shared out.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Split {
    /// Not at all.
    #[default]
    None,
    /// By hash.
    Parts {
        /// Names and how much of the whole each gets, relative to the sum of all.
        parts: Vec<(String, u32)>,
        /// What stays together.
        by: Unit,
    },
    /// As a file says it.
    Listed {
        /// Names, in the order of their first lines.
        names: Vec<String>,
        /// Split by speaker, session or take id: index in `names`.
        of: HashMap<String, usize>,
        /// The file, for messages.
        file: String,
    },
}

impl Split {
    /// Reads a split file: two columns parted by a tab, the id of a speaker, session or take, and the split's name. The
    /// most precise line counts. Blank lines and lines that begin with `#` mean nothing. Blocks.
    ///
    /// # Errors
    /// It cannot be read, or a line is something else, or an id has two splits.
    pub fn read(path: &Path) -> Result<Self, ExportError> {
        let text = std::fs::read_to_string(path).at("read", path)?;
        let file = path.display().to_string();
        let (mut names, mut of) = (Vec::<String>::new(), HashMap::new());
        for (index, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let line_number = index + 1;
            let wrong = |column: usize, what: &str| {
                ExportError::Asked(format!("{file}:{line_number}:{column}: {what}"))
            };
            let Some((id, name)) = line.split_once('\t') else {
                return Err(wrong(
                    1,
                    "a line is the id of a speaker, session or take, a tab, and the name of its split",
                ));
            };
            let (id, name) = (id.trim(), name.trim());
            let column = line.find('\t').unwrap_or(0) + 2;
            check_name(name).map_err(|why| wrong(column, &why))?;
            let split = names.iter().position(|n| n == name).unwrap_or_else(|| {
                names.push(name.to_owned());
                names.len() - 1
            });
            if of
                .insert(id.to_owned(), split)
                .is_some_and(|other| other != split)
            {
                return Err(wrong(1, &format!("{id} is in two splits")));
            }
        }
        if names.is_empty() {
            return Err(ExportError::Asked(format!(
                "{file}:1:1: no split is named in it"
            )));
        }
        Ok(Self::Listed { names, of, file })
    }

    /// Names of the splits.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::Parts { parts, .. } => parts.iter().map(|(name, _)| name.clone()).collect(),
            Self::Listed { names, .. } => names.clone(),
        }
    }

    /// Gives every utterance its split.
    ///
    /// # Errors
    /// The file has no split for a take.
    pub fn share(&self, utterances: &mut [Utterance]) -> Result<(), ExportError> {
        match self {
            Self::None => return Ok(()),
            Self::Parts { parts, by } => {
                for utterance in utterances.iter_mut() {
                    utterance.split = Some(part_of(parts, by.name(utterance)));
                }
            }
            Self::Listed { of, file, .. } => {
                for utterance in utterances.iter_mut() {
                    let found = [
                        &utterance.take_id,
                        &utterance.session,
                        &utterance.speaker.id,
                    ]
                    .into_iter()
                    .find_map(|id| of.get(id));
                    let Some(split) = found else {
                        return Err(ExportError::Asked(format!(
                            "{file} has no split for {} (neither for the speaker {}, nor for the session, nor for the take {}); nothing was written. Add a line, or leave the take out with --select",
                            utterance.name, utterance.speaker.id, utterance.take_id
                        )));
                    };
                    utterance.split = Some(*split);
                }
            }
        }
        Ok(())
    }

    /// Whether every split has something.
    ///
    /// # Errors
    /// A split would be empty, with advice.
    pub fn check_filled<'a>(
        &self,
        utterances: impl Iterator<Item = &'a Utterance>,
    ) -> Result<(), ExportError> {
        let names = self.names();
        let (mut used, mut speakers) = (BTreeSet::new(), BTreeSet::new());
        for utterance in utterances {
            used.extend(utterance.split);
            speakers.insert(&*utterance.speaker.id);
        }
        let empty: Vec<&str> = (0..names.len())
            .filter(|index| !used.contains(index))
            .map(|index| names[index].as_str())
            .collect();
        if empty.is_empty() {
            return Ok(());
        }
        let advice = match self {
            Self::Parts {
                by: Unit::Speaker, ..
            } => format!(
                "all takes of a speaker stay together, and there are {} of them. Record more speakers, give that split a larger part, name its speakers in a --split-file, or use --by session or --by take",
                speakers.len()
            ),
            Self::Parts {
                by: Unit::Session, ..
            } => "all takes of a session stay together. Record more, give that split a larger part, or use --split-file or --by take".to_owned(),
            _ => "give it more, or leave it out".to_owned(),
        };
        Err(ExportError::Asked(format!(
            "nothing would be in {}: {advice}. Nothing was written",
            empty.join(" and ")
        )))
    }
}

impl Unit {
    fn name(self, utterance: &Utterance) -> &str {
        match self {
            Self::Speaker => &utterance.speaker.id,
            Self::Session => &utterance.session,
            Self::Take => &utterance.take_id,
        }
    }
}

/// Whether a split can have this name: it becomes a folder.
///
/// # Errors
/// Why not, in plain words.
pub fn check_name(name: &str) -> Result<(), String> {
    let fits = !name.is_empty()
        && name.len() <= 32
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fits {
        Ok(())
    } else {
        Err(format!(
            "`{name}` cannot name a split: 1 to 32 letters a to z, digits, - and _"
        ))
    }
}

/// Index of the part that a unit falls into.
fn part_of(parts: &[(String, u32)], unit: &str) -> usize {
    let digest = Sha256::digest(format!("split/{unit}"));
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    let total: u64 = parts.iter().map(|(_, part)| u64::from(*part)).sum();
    // In whole numbers, so that every machine and language gets the same.
    let at = (u128::from(u64::from_be_bytes(first)) * u128::from(total)) >> 64;
    let mut end = 0;
    parts
        .iter()
        .position(|(_, part)| {
            end += u128::from(*part);
            at < end
        })
        .unwrap_or(0)
}

/// How many texts stand in more than one split: what a model has read in training it knows.
pub fn shared_texts<'a>(utterances: impl Iterator<Item = &'a Utterance>) -> u64 {
    let mut splits: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for utterance in utterances {
        if let Some(split) = utterance.split {
            splits.entry(&utterance.text).or_default().insert(split);
        }
    }
    splits.values().filter(|splits| splits.len() > 1).count() as u64
}
