//! Pronunciation lexicons in the style of CMUdict: a word, blanks, its phones; `WORD(2)` is another pronunciation, `;;;` and
//! `#` begin comments, digits behind a phone are its stress.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use thiserror::Error;

/// Words and their first pronunciations.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    words: HashMap<String, Vec<u16>>,
    phones: Vec<String>,
}

/// Why a lexicon was not taken.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct LexiconError(String);

impl Lexicon {
    /// Reads the lexicon at `path`. Blocks.
    ///
    /// # Errors
    /// It cannot be read, or a line is no word with phones.
    pub fn read(path: &Path) -> Result<Self, LexiconError> {
        let name = path.display();
        let bytes = std::fs::read(path)
            .map_err(|error| LexiconError(format!("{name}: it cannot be read: {error}")))?;
        Self::parse(&name.to_string(), &bytes)
    }

    /// Reads a lexicon's content; `name` is for messages.
    ///
    /// # Errors
    /// A line that is no word with phones.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, LexiconError> {
        let mut lexicon = Self::default();
        let mut numbers: BTreeMap<String, u16> = BTreeMap::new();
        for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            let line = String::from_utf8_lossy(line); // CMUdict has had names in Latin-1
            let line = line.split(" #").next().unwrap_or_default().trim();
            let line = line.trim_start_matches('\u{FEFF}');
            if line.is_empty() || line.starts_with(";;;") || line.starts_with('#') {
                continue;
            }
            let mut fields = line.split_whitespace();
            let word = fields.next().unwrap_or_default();
            let mut phones = Vec::new();
            for phone in fields {
                let phone = phone.trim_end_matches(|c: char| c.is_ascii_digit());
                let next = numbers.len() as u16;
                phones.push(*numbers.entry(phone.to_owned()).or_insert(next));
            }
            if phones.is_empty() || numbers.len() > 10_000 {
                let line = super::problem::excerpt(line);
                return Err(LexiconError(format!(
                    "{name}:{}:1: this is no word with its phones, so this is no lexicon like CMUdict: `{line}`",
                    index + 1
                )));
            }
            let is_variant = word.ends_with(')') && word.contains('(');
            if !is_variant {
                lexicon.words.entry(word.to_lowercase()).or_insert(phones);
            }
        }
        lexicon.phones = vec![String::new(); numbers.len()];
        for (phone, number) in numbers {
            lexicon.phones[usize::from(number)] = phone;
        }
        Ok(lexicon)
    }

    /// The phones of a word in small letters, by number.
    pub(super) fn phones_of(&self, word: &str) -> Option<&[u16]> {
        self.words.get(word).map(Vec::as_slice)
    }

    /// The phones of a word as it stands in a text: whatever its letters' case, and without the punctuation around it
    /// where the lexicon does not have it with that. `None`: it is not in the lexicon.
    pub fn pronunciation(&self, word: &str) -> Option<Vec<&str>> {
        let word = word.to_lowercase().replace('\u{2019}', "'");
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let phones = self.phones_of(&word).or_else(|| self.phones_of(bare))?;
        let names = phones
            .iter()
            .map(|&phone| &*self.phones[usize::from(phone)]);
        Some(names.collect())
    }

    /// Every phone that occurs, by number.
    pub(super) fn phones(&self) -> &[String] {
        &self.phones
    }
}
