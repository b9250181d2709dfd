//! `[quotas]`: how much is to be recorded in all. Reported, never enforced, and never a reason to put items into another
//! order.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::fields::Fields;
use crate::toml_file::Found;

/// How much is to be recorded; nothing where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    /// Speakers with at least one current take.
    pub speakers: Option<u32>,
    /// Current takes of every label, by all speakers together.
    pub takes_per_label: Option<u32>,
    /// The same of single labels, in place of `takes_per_label`.
    pub labels: BTreeMap<String, u32>,
    /// Speakers by what they answered: question, answer, how many.
    pub answers: BTreeMap<String, BTreeMap<String, u32>>,
}

const KEYS: [&str; 4] = ["speakers", "takes-per-label", "labels", "answers"];

impl Quotas {
    /// The quotas in a study's text that was checked when it was recorded by; none where it says none.
    pub fn of(text: &str) -> Self {
        let mut found = Found::default();
        let table = DeTable::parse(text).ok();
        let quotas = table.as_ref().and_then(|table| {
            let (_, value) = table
                .get_ref()
                .iter()
                .find(|(key, _)| &**key.get_ref() == "quotas")?;
            match value.get_ref() {
                DeValue::Table(table) => Some(Self::read(table, 0, &mut found)),
                _ => None,
            }
        });
        quotas.unwrap_or_default()
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How many takes of a label are to be there.
    pub fn of_label(&self, label: &str) -> Option<u32> {
        self.labels.get(label).copied().or(self.takes_per_label)
    }

    pub(super) fn read(table: &DeTable, at: usize, found: &mut Found) -> Self {
        let mut fields = Fields::of(table, (at, "[quotas]"), &KEYS, found);
        let speakers = fields.count("speakers");
        let takes_per_label = fields.count("takes-per-label");
        let labels = fields
            .table("labels")
            .map(|table| counts(table, "[quotas.labels]", fields.found));
        let mut answers = BTreeMap::new();
        for (question, value) in fields.table("answers").into_iter().flatten() {
            let name = question.get_ref();
            if let DeValue::Table(table) = value.get_ref() {
                let what = format!("[quotas.answers.{name}]");
                answers.insert(name.to_string(), counts(table, &what, fields.found));
            } else {
                let message = format!(
                    "`{name}` is a table: [quotas.answers.{name}], then an answer and its number a line"
                );
                fields.found.mistake(question.span().start, message);
            }
        }
        Self {
            speakers,
            takes_per_label,
            labels: labels.unwrap_or_default(),
            answers,
        }
    }
}

/// Numbers by names that are the researcher's own.
fn counts(table: &DeTable, what: &str, found: &mut Found) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for (name, value) in table {
        let number = match value.get_ref() {
            DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let name = name.get_ref();
        match number.filter(|number| *number > 0) {
            Some(number) => {
                counts.insert(name.to_string(), number);
            }
            None => found.mistake(
                value.span().start,
                format!("`{name}` in {what} is a whole number from 1"),
            ),
        }
    }
    counts
}
