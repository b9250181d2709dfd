//! Reading of what speakers are asked and told.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::consent::{Consent, Giver, KNOWN_SCOPES, Means, Scope};
use super::fields::{Fields, one_or_several, text_of};
use super::form::{Choice, Question, QuestionKind};
use super::{Breaks, Instructions};
use crate::toml_file::Found;

const TYPES: [(&str, Type); 4] = [
    ("text", Type::Text),
    ("number", Type::Number),
    ("choice", Type::Choice),
    ("yes_no", Type::YesNo),
];
const GIVERS: [(&str, Giver); 2] = [("self", Giver::Oneself), ("guardian", Giver::Guardian)];
const MEANS: [(&str, Means); 3] = [
    ("screen", Means::Screen),
    ("paper", Means::Paper),
    ("spoken", Means::Spoken),
];

/// Longest id of a question or a scope.
const ID_MAX: usize = 64;

#[derive(Clone, Copy)]
enum Type {
    Text,
    Number,
    Choice,
    YesNo,
}

/// `[instructions]`; gives the place of each section's text too.
pub(super) fn instructions(
    table: &DeTable,
    at: usize,
    found: &mut Found,
) -> (Instructions, Vec<(String, usize)>) {
    let known = ["start", "sections", "end"];
    let mut fields = Fields::of(table, (at, "[instructions]"), &known, found);
    let (start, end) = (fields.text("start"), fields.text("end"));
    let mut sections = BTreeMap::new();
    let mut places = Vec::new();
    for (name, value) in fields.table("sections").into_iter().flatten() {
        places.push((name.get_ref().to_string(), name.span().start));
        match text_of(value) {
            Ok(text) => drop(sections.insert(name.get_ref().to_string(), text)),
            Err(message) => {
                let message = format!("the text for section `{}` {message}", name.get_ref());
                fields.found.mistake(value.span().start, message);
            }
        }
    }
    let instructions = Instructions {
        start,
        sections,
        end,
    };
    (instructions, places)
}

/// `[breaks]`.
pub(super) fn breaks(table: &DeTable, at: usize, found: &mut Found) -> Breaks {
    let known = ["every-items", "every-minutes", "text"];
    let mut fields = Fields::of(table, (at, "[breaks]"), &known, found);
    let breaks = Breaks {
        every_items: fields.count("every-items"),
        every_minutes: fields.count("every-minutes"),
        text: fields.text("text"),
    };
    if fields.get("every-items").is_none() && fields.get("every-minutes").is_none() {
        fields
            .found
            .mistake(at, "[breaks] needs `every-items` or `every-minutes`");
    }
    breaks
}

/// `[[speaker-form]]` or `[[session-form]]`.
pub(super) fn form(tables: &[(usize, &DeTable)], found: &mut Found) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for (at, table) in tables {
        let Some(question) = question(table, *at, found) else {
            continue;
        };
        if questions.iter().any(|other| other.id == question.id) {
            let message = format!("another question has the id `{}` already", question.id);
            found.mistake(*at, message);
        }
        questions.push(question);
    }
    questions
}

fn question(table: &DeTable, at: usize, found: &mut Found) -> Option<Question> {
    // Which keys a question has depends on its type, which is looked for first.
    let any = [
        "id",
        "question",
        "help",
        "type",
        "required",
        "max-characters",
        "min",
        "max",
        "choices",
        "other",
    ];
    let mut quiet = Found::default();
    let kind = Fields::of(table, (at, ""), &any, &mut quiet).word("type", &TYPES);
    let (known, what) = match kind {
        Some(Type::Text) => (&any[..6], "a question of type text"),
        Some(Type::Number) => (
            &["id", "question", "help", "type", "required", "min", "max"][..],
            "a question of type number",
        ),
        Some(Type::Choice) => (
            &[
                "id", "question", "help", "type", "required", "choices", "other",
            ][..],
            "a question of type choice",
        ),
        Some(Type::YesNo) => (&any[..5], "a question of type yes_no"),
        None => (&any[..], "a question"),
    };
    let mut fields = Fields::of(table, (at, what), known, found);
    let id = fields.line("id");
    let id = fields.need("id", "the key of the answer in the records", id);
    let id = id.filter(|id| is_id(&mut fields, id));
    let asked = fields.text("question");
    let asked = fields.need("question", "what is asked", asked);
    let (help, required) = (fields.text("help"), fields.yes("required"));
    let kind = fields.word("type", &TYPES);
    let kind = match fields.need("type", "one of text, number, choice, yes_no", kind)? {
        Type::Text => QuestionKind::Text {
            max_characters: fields.count("max-characters"),
        },
        Type::Number => number(&mut fields),
        Type::Choice => QuestionKind::Choice {
            choices: choices(&mut fields),
            other: fields.yes("other"),
        },
        Type::YesNo => QuestionKind::YesNo,
    };
    Some(Question {
        id: id?,
        question: asked?,
        help,
        kind,
        required,
    })
}

fn is_id(fields: &mut Fields, id: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_id = id.len() <= ID_MAX && id.chars().all(fits);
    if !is_id {
        let message =
            format!("id `{id}`: give lower case letters a to z, digits and _, at most {ID_MAX}");
        fields.mistake("id", message);
    }
    is_id
}

fn number(fields: &mut Fields) -> QuestionKind {
    let any = i64::MIN..=i64::MAX;
    let (min, max) = (fields.whole("min", any.clone()), fields.whole("max", any));
    if min.zip(max).is_some_and(|(min, max)| min > max) {
        fields.mistake("max", "`max` is less than `min`");
    }
    QuestionKind::Number { min, max }
}

fn choices(fields: &mut Fields) -> Vec<Choice> {
    let Some(value) = fields.get("choices") else {
        fields.need::<()>("choices", "the answers, at least two", None);
        return Vec::new();
    };
    let mut choices: Vec<Choice> = Vec::new();
    let values = one_or_several(value);
    for value in &values {
        let at = value.span().start;
        let choice = match value.get_ref() {
            DeValue::Table(table) => {
                let known = ["value", "text"];
                let mut inner = Fields::of(table, (at, "a choice"), &known, fields.found);
                let (stored, shown) = (inner.line("value"), inner.line("text"));
                let stored = inner.need("value", "what is stored", stored);
                let shown = inner.need("text", "what is shown", shown);
                stored
                    .zip(shown)
                    .map(|(value, text)| Choice::Named { value, text })
            }
            _ => match text_of(value) {
                Ok(text) => Some(Choice::Plain(text)),
                Err(message) => {
                    fields.found.mistake(at, format!("a choice {message}"));
                    None
                }
            },
        };
        let Some(choice) = choice else { continue };
        if choices.iter().any(|other| other.value() == choice.value()) {
            let message = format!("the choice `{}` is there twice", choice.value());
            fields.found.mistake(at, message);
        }
        choices.push(choice);
    }
    if values.len() < 2 {
        fields.mistake("choices", "a choice has at least two answers");
    }
    choices
}

/// `[consent]`.
pub(super) fn consent(table: &DeTable, at: usize, found: &mut Found) -> Option<Consent> {
    let known = ["version", "text", "scopes", "givers", "means"];
    let mut fields = Fields::of(table, (at, "[consent]"), &known, found);
    let version = fields.line("version");
    let version = fields.need("version", "a new one asks everybody again", version);
    let text = fields.text("text");
    let givers = fields.words("givers", &GIVERS, Giver::Oneself);
    let means = fields.words("means", &MEANS, Means::Screen);
    if fields.get("scopes").is_none() {
        let what = "what can be agreed to, as [[consent.scopes]]";
        fields.need::<()>("scopes", what, None);
    }
    let mut scopes: Vec<Scope> = Vec::new();
    for (at, table) in fields.tables("scopes") {
        let Some(scope) = scope(table, at, fields.found) else {
            continue;
        };
        if scopes.iter().any(|other| other.id == scope.id) {
            let message = format!("another scope has the id `{}` already", scope.id);
            fields.found.mistake(at, message);
        }
        scopes.push(scope);
    }
    Some(Consent {
        version: version?,
        text,
        scopes,
        givers,
        means,
    })
}

fn scope(table: &DeTable, at: usize, found: &mut Found) -> Option<Scope> {
    let known = ["id", "text", "required"];
    let mut fields = Fields::of(table, (at, "[[consent.scopes]]"), &known, found);
    let id = fields.line("id");
    let id = fields.need("id", "a word for the records, such as study", id)?;
    let (text, required) = (fields.text("text"), fields.yes("required"));
    if !is_id(&mut fields, &id) {
        return None;
    }
    if text.is_none() && !KNOWN_SCOPES.contains(&id.as_str()) {
        let message = format!(
            "the scope `{id}` needs a `text`; only {} have one of the program",
            KNOWN_SCOPES.join(", ")
        );
        fields.mistake("id", message);
    }
    Some(Scope { id, text, required })
}
