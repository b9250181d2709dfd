//! The study as it stands in its file.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::{Fields, one_or_several, plain, text_of, unknown};
use super::{Limits, Quotas, Script, script};
use crate::toml_file::{self, Found, Mistake, Mistakes, words};

/// Digits of a study's SHA-256 that name its file in a corpus.
const HASH_DIGITS: usize = 12;

/// What belongs to a study alone; every other key of the file is a setting.
const OWN: [&str; 12] = [
    "name",
    "title",
    "licence",
    "prompts",
    "practice",
    "limits",
    "quotas",
    "instructions",
    "breaks",
    "speaker-form",
    "session-form",
    "consent",
];

/// A study as its file says it; nothing that it names has been looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Study {
    /// For records and people; one line.
    pub name: String,
    /// For the speaker; one line.
    pub title: Option<String>,
    /// Of what is recorded, an SPDX expression.
    pub licence: Option<String>,
    /// The prompt files, as they are named: relative to the study's folder.
    pub prompts: Vec<PathBuf>,
    /// What is read before it counts.
    pub practice: Option<Practice>,
    /// Names of flags without dashes in front, and what would stand behind them.
    pub settings: Vec<(String, String)>,
    /// Limits of the verdicts in place of the profile's.
    pub limits: Limits,
    /// How much is to be recorded in all.
    pub quotas: Quotas,
    /// What speakers are asked and told.
    pub script: Script,
    /// The file's content.
    pub text: String,
    /// First 12 hex digits of the SHA-256 of the content.
    pub sha256: String,
    /// Byte offsets of what can only be checked with the files that the study names.
    places: Places,
}

/// Items that are read before it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Practice {
    /// The first prompts of the list, so many.
    First(u32),
    /// The prompts of a file of their own.
    Own(PathBuf),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Places {
    /// Of the settings, by name.
    settings: Vec<(String, usize)>,
    prompts: Vec<usize>,
    practice: usize,
    sections: Vec<(String, usize)>,
    /// Of the labels that have quotas of their own.
    quotas: Vec<(String, usize)>,
}

/// The settings that a study can fix, which only the command line knows.
pub struct SettingRules<'a> {
    /// Names of flags that a study can fix.
    pub names: &'a [&'a str],
    /// Names of flags that it cannot: they are the booth's.
    pub of_the_booth: &'a [&'a str],
    /// Whether a value can stand behind a flag; why not, otherwise.
    pub check: &'a dyn Fn(&str, &str) -> Result<(), String>,
}

impl Study {
    /// Reads the content of a study file; `file` is for messages.
    ///
    /// # Errors
    /// Everything that is wrong in it.
    pub fn parse(file: &Path, bytes: &[u8], rules: &SettingRules) -> Result<Self, Mistakes> {
        let (study, mistakes) = Self::parse_partly(file, bytes, rules);
        mistakes.map_or(Ok(study), Err)
    }

    /// What is right in the content of a study file, for checks, and everything that is wrong in it.
    pub fn parse_partly(
        file: &Path,
        bytes: &[u8],
        rules: &SettingRules,
    ) -> (Self, Option<Mistakes>) {
        let read = |table: &DeTable, found: &mut Found| read(table, rules, found);
        let (study, mistakes) = toml_file::parse_partly(file, bytes, read);
        let mut study = study.unwrap_or_default();
        study.text = String::from_utf8_lossy(bytes).into_owned();
        let digest = Sha256::digest(bytes);
        let hex = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digit = |half: u8| char::from_digit(u32::from(half), 16);
        study.sha256 = hex.take(HASH_DIGITS).filter_map(digit).collect();
        (study, mistakes)
    }

    /// Whether the file says something under this name that is no value for the setting.
    pub fn is_wrong_setting(&self, name: &str) -> bool {
        let is_read = self.settings.iter().any(|(known, _)| known == name);
        let mut said = self.places.settings.iter();
        !is_read && said.any(|(known, _)| known == name)
    }

    /// Something is wrong with the prompt file of this number.
    pub fn mistake_in_prompts(&self, index: usize, message: impl Into<String>) -> Mistake {
        let at = self.places.prompts.get(index).copied().unwrap_or(0);
        self.mistake_at(at, message)
    }

    /// Something is wrong with one of these settings: with the first that is there.
    pub fn mistake_in_settings(&self, names: &[&str], message: impl Into<String>) -> Mistake {
        let place = |name: &&str| {
            let mut places = self.places.settings.iter();
            places.find(|(known, _)| known == name).map(|(_, at)| *at)
        };
        self.mistake_at(names.iter().find_map(place).unwrap_or(0), message)
    }

    /// Something is wrong with the practice.
    pub fn mistake_in_practice(&self, message: impl Into<String>) -> Mistake {
        self.mistake_at(self.places.practice, message)
    }

    /// Quotas of labels that are not among `labels`.
    pub fn unknown_labels(&self, labels: &HashSet<&str>) -> Vec<Mistake> {
        let quotas = self.places.quotas.iter();
        let unknown = quotas.filter(|(label, _)| !labels.contains(label.as_str()));
        let told = |(label, at): &(String, usize)| {
            let message = format!("a quota of label `{label}`, which no prompt has");
            self.mistake_at(*at, message)
        };
        unknown.map(told).collect()
    }

    /// Instructions for sections that are not among `sections`.
    pub fn unknown_sections(&self, sections: &[&str]) -> Vec<Mistake> {
        let missing = |(name, _): &&(String, usize)| !sections.contains(&name.as_str());
        let told = |(name, at): &(String, usize)| {
            let message = match sections {
                [] => {
                    format!("instructions for section `{name}`, but the prompts have no sections")
                }
                _ => unknown_section(name, sections),
            };
            self.mistake_at(*at, message)
        };
        self.places
            .sections
            .iter()
            .filter(missing)
            .map(told)
            .collect()
    }

    fn mistake_at(&self, offset: usize, message: impl Into<String>) -> Mistake {
        let (line, column) = toml_file::place(&self.text, offset);
        Mistake {
            line,
            column,
            message: message.into(),
        }
    }
}

fn unknown_section(name: &str, sections: &[&str]) -> String {
    let all: Vec<String> = sections.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "instructions for section `{name}`, which the prompts do not have; their sections are {}",
        all.join(", ")
    )
}

fn read(table: &DeTable, rules: &SettingRules, found: &mut Found) -> Study {
    let settings = settings(table, rules, found);
    // Everything else has been named as unknown by now.
    let own = table
        .iter()
        .filter(|(key, _)| OWN.contains(&&*plain(key.get_ref())));
    let own: DeTable = own
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut fields = Fields::of(&own, (0, "a study"), &OWN, found);
    let name = fields.line("name");
    let name = fields.need("name", "a word or two for the records", name);
    let (title, licence) = (fields.line("title"), licence(&mut fields));
    let place = |key: &Spanned<Cow<str>>| (plain(key.get_ref()).into_owned(), key.span().start);
    let mut places = Places {
        settings: table.keys().map(place).collect(),
        ..Places::default()
    };
    let prompts = prompts(&mut fields, &mut places);
    let practice = fields.table("practice").and_then(|table| {
        let at = fields.get("practice").map_or(0, |value| value.span().start);
        let (practice, place) = practice(table, at, fields.found);
        places.practice = place;
        practice
    });
    let limits = section(&mut fields, "limits", Limits::read).unwrap_or_default();
    let (quotas, quota_places) = section(&mut fields, "quotas", Quotas::read).unwrap_or_default();
    let (instructions, sections) =
        section(&mut fields, "instructions", script::instructions).unwrap_or_default();
    places.sections = sections;
    let script = Script {
        instructions,
        breaks: section(&mut fields, "breaks", script::breaks),
        speaker_form: form(&mut fields, "speaker-form"),
        session_form: form(&mut fields, "session-form"),
        consent: section(&mut fields, "consent", script::consent).flatten(),
    };
    for (at, message) in quota_places.unanswerable(&script.speaker_form) {
        fields.found.mistake(at, message);
    }
    places.quotas = quota_places.labels;
    Study {
        name: name.unwrap_or_default(),
        title,
        licence,
        prompts,
        practice,
        settings,
        limits,
        quotas,
        script,
        places,
        ..Study::default()
    }
}

/// Reads a table of the file, where it is there.
fn section<T>(
    fields: &mut Fields,
    name: &str,
    read: fn(&DeTable, usize, &mut Found) -> T,
) -> Option<T> {
    let table = fields.table(name)?;
    let at = fields.get(name).map_or(0, |value| value.span().start);
    Some(read(table, at, fields.found))
}

fn form(fields: &mut Fields, name: &str) -> Vec<super::Question> {
    let tables = fields.tables(name);
    script::form(&tables, fields.found)
}

/// The keys that are settings, each checked by its flag's own rules.
fn settings(table: &DeTable, rules: &SettingRules, found: &mut Found) -> Vec<(String, String)> {
    let known: Vec<&str> = OWN.iter().chain(rules.names).copied().collect();
    let mut settings: Vec<(String, String)> = Vec::new();
    for (key, value) in table {
        let name = plain(key.get_ref());
        let at = key.span().start;
        if OWN.contains(&&*name) {
            continue;
        }
        if rules.of_the_booth.contains(&&*name) {
            let message = format!(
                "`{name}` is the booth's, not the study's: give it in the configuration file, or as --{name}"
            );
            found.mistake(at, message);
        } else if !rules.names.contains(&&*name) {
            found.mistake(at, unknown(key.get_ref(), "a study", &known));
        } else if settings.iter().any(|(other, _)| *other == name) {
            found.mistake(at, format!("`{name}` is there twice; - and _ are the same"));
        } else {
            match setting(&name, value, rules) {
                Ok(words) => settings.push((name.into_owned(), words)),
                Err(message) => found.mistake(value.span().start, message),
            }
        }
    }
    settings
}

fn setting(name: &str, value: &Spanned<DeValue>, rules: &SettingRules) -> Result<String, String> {
    let words = words(value.get_ref())
        .ok_or_else(|| format!("`{name}` is one value, not a table or a date"))?;
    (rules.check)(name, &words).map(|()| words)
}

/// An SPDX licence expression, as far as its form goes.
fn licence(fields: &mut Fields) -> Option<String> {
    let text = fields.line("licence")?;
    let is_id = |word: &str| {
        let id = word.trim_matches(['(', ')']).trim_end_matches('+');
        !id.is_empty()
            && id
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
    };
    let mut words = text.split(' ').enumerate();
    let fits = words.all(|(index, word)| match index % 2 {
        0 => is_id(word) && !["AND", "OR", "WITH"].contains(&word),
        _ => ["AND", "OR", "WITH"].contains(&word),
    });
    if fits && text.split(' ').count() % 2 == 1 {
        return Some(text);
    }
    let message = format!(
        "`{text}` is no licence in the form of SPDX, such as CC0-1.0, CC-BY-4.0 or LicenseRef-ours"
    );
    fields.mistake("licence", message);
    None
}

fn prompts(fields: &mut Fields, places: &mut Places) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let value = fields.get("prompts");
    let values = value.map(one_or_several).unwrap_or_default();
    for value in &values {
        match text_of(value) {
            Ok(file) => {
                places.prompts.push(value.span().start);
                files.push(file.into());
            }
            Err(message) => {
                let message = format!("`prompts` {message}");
                fields.found.mistake(value.span().start, message);
            }
        }
    }
    if values.is_empty() {
        let what = "the prompt file, or a list of files, seen from the study's folder";
        fields.mistake("prompts", format!("`prompts` is missing: {what}"));
    }
    files
}

/// What is practised, and where it is said.
fn practice(table: &DeTable, at: usize, found: &mut Found) -> (Option<Practice>, usize) {
    let mut fields = Fields::of(table, (at, "[practice]"), &["items", "prompts"], found);
    let first = fields.count("items").map(Practice::First);
    let own = fields.line("prompts");
    let own = own.map(|file| Practice::Own(file.into()));
    match (fields.get("items"), fields.get("prompts")) {
        (Some(_), Some(_)) => {
            let message =
                "[practice] has `items` (the first of the list) or `prompts` (a file), not both";
            found.mistake(at, message);
            (None, at)
        }
        (None, None) => {
            let message = "[practice] needs `items`, how many, or `prompts`, a file";
            found.mistake(at, message);
            (None, at)
        }
        (Some(said), None) | (None, Some(said)) => (first.or(own), said.span().start),
    }
}
