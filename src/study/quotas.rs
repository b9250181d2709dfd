//! `[quotas]`: how much is to be recorded in all. Reported, never enforced, and never a reason to put items into another
//! order.

use std::borrow::Cow;
use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::Fields;
use super::form::{Question, QuestionKind};
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
                DeValue::Table(table) => Some(Self::read(table, 0, &mut found).0),
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

    pub(super) fn read(table: &DeTable, at: usize, found: &mut Found) -> (Self, Places) {
        let mut fields = Fields::of(table, (at, "[quotas]"), &KEYS, found);
        let speakers = fields.count("speakers");
        let takes_per_label = fields.count("takes-per-label");
        let mut places = Places::default();
        let labels = fields.table("labels").map(|table| {
            places.labels = keys(table);
            counts(table, "[quotas.labels]", fields.found)
        });
        let mut answers = BTreeMap::new();
        for (question, value) in fields.table("answers").into_iter().flatten() {
            let name = question.get_ref();
            if let DeValue::Table(table) = value.get_ref() {
                let what = format!("[quotas.answers.{name}]");
                answers.insert(name.to_string(), counts(table, &what, fields.found));
                let at = question.span().start;
                places.answers.push((name.to_string(), at, keys(table)));
            } else {
                let message = format!(
                    "`{name}` is a table: [quotas.answers.{name}], then an answer and its number a line"
                );
                fields.found.mistake(question.span().start, message);
            }
        }
        let quotas = Self {
            speakers,
            takes_per_label,
            labels: labels.unwrap_or_default(),
            answers,
        };
        (quotas, places)
    }
}

/// Where quotas name something that has to be elsewhere too: byte offsets.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Labels.
    pub labels: Named,
    /// Questions, each with its answers.
    answers: Vec<(String, usize, Named)>,
}

/// Names and where they stand.
type Named = Vec<(String, usize)>;

impl Places {
    /// Quotas that no speaker can fill, as `form` has no such question or answer.
    pub fn unanswerable(&self, form: &[Question]) -> Vec<(usize, String)> {
        let mut mistakes = Vec::new();
        for (id, at, answers) in &self.answers {
            let Some(question) = form.iter().find(|question| question.id == *id) else {
                let message =
                    format!("quotas by the answer to `{id}`, but the speaker form does not ask it");
                mistakes.push((*at, message));
                continue;
            };
            let unheard = answers
                .iter()
                .filter(|(answer, _)| !can_be_answered(&question.kind, answer));
            mistakes.extend(unheard.map(|(answer, at)| {
                let message =
                    format!("a quota of `{answer}`, which is no answer to the question `{id}`");
                (*at, message)
            }));
        }
        mistakes
    }
}

/// Whether `answer`, as records say it, can be the answer to such a question.
fn can_be_answered(kind: &QuestionKind, answer: &str) -> bool {
    match kind {
        QuestionKind::Text { .. } => true,
        QuestionKind::Number { min, max } => answer.parse::<i64>().is_ok_and(|number| {
            min.is_none_or(|min| min <= number) && max.is_none_or(|max| number <= max)
        }),
        QuestionKind::Choice { choices, other } => {
            *other || choices.iter().any(|choice| choice.value() == answer)
        }
        QuestionKind::YesNo => ["true", "false"].contains(&answer),
    }
}

fn keys(table: &DeTable) -> Named {
    let key = |key: &Spanned<Cow<str>>| (key.get_ref().to_string(), key.span().start);
    table.keys().map(key).collect()
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
