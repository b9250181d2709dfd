//! From a study's script and what a speaker has said before to the questions that are asked now.

use serde_json::{Map, Value};

use crate::corpus::names::sha256_hex;
use crate::corpus::records::{ConsentRecord, SpeakerRecord};
use crate::session::view::{AnswerView, AskedWords};
use crate::study::{Consent, Giver, Means, Question, QuestionKind, Scope, Script};

/// Most characters of a text without a limit of its own.
const LONGEST_TEXT: u32 = 4000;
/// Most characters of a number.
const LONGEST_NUMBER: u32 = 20;

/// One page to be gone through.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// A text to read.
    Read(String),
    /// A question.
    Ask(Asked),
}

/// A question as it is asked now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) about: About,
    pub(super) words: AskedWords,
    pub(super) help: Option<String>,
    pub(super) required: bool,
    pub(super) kind: Kind,
}

/// What an answer is kept as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    Scope(String),
    Giver,
    Means,
    Speaker(String),
    Session(String),
}

/// How it can be answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// One of these: as they are shown, and as they are kept. With `other`, the last opens a field.
    Choice {
        shown: Vec<AnswerView>,
        kept: Vec<Value>,
        other: bool,
    },
    Text {
        most: u32,
    },
    Number {
        min: Option<i64>,
        max: Option<i64>,
    },
}

impl Kind {
    /// Most characters of what is typed.
    pub(super) fn most(&self) -> u32 {
        match self {
            Self::Choice { .. } => LONGEST_TEXT,
            Self::Text { most } => *most,
            Self::Number { .. } => LONGEST_NUMBER,
        }
    }
}

/// What to ask of somebody whose newest record is `said`.
pub(super) fn steps(script: &Script, said: Option<&SpeakerRecord>) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Some(consent) = &script.consent
        && !has_agreed(consent, said)
    {
        steps.push(Step::Read(consent.words().to_owned()));
        steps.extend(consent.scopes.iter().map(scope));
        steps.extend(giver(&consent.givers));
        steps.extend(means(&consent.means));
    }
    let answered = said.and_then(|said| said.form.as_ref());
    let open = |question: &&Question| {
        answered.is_none_or(|answers| answers.get(&question.id).is_none_or(Value::is_null))
    };
    let of_speaker = script.speaker_form.iter().filter(open);
    steps.extend(of_speaker.map(|q| asked(q, About::Speaker(q.id.clone()))));
    let of_session = script.session_form.iter();
    steps.extend(of_session.map(|q| asked(q, About::Session(q.id.clone()))));
    steps
}

/// Whether this very text was agreed to, with all that is required.
fn has_agreed(consent: &Consent, said: Option<&SpeakerRecord>) -> bool {
    let given = said.and_then(|said| said.consent.as_ref());
    given.is_some_and(|given| {
        let required = |scope: &Scope| !scope.required || given.agrees_to(&scope.id);
        given.version == consent.version
            && given.text_sha256 == sha256_hex(consent.document().as_bytes())
            && consent.scopes.iter().all(required)
    })
}

fn choice(about: About, words: AskedWords, shown: Vec<AnswerView>, kept: Vec<Value>) -> Asked {
    Asked {
        about,
        words,
        help: None,
        required: true,
        kind: Kind::Choice {
            shown,
            kept,
            other: false,
        },
    }
}

fn yes_no(about: About, words: AskedWords) -> Asked {
    let shown = vec![AnswerView::Yes, AnswerView::No];
    choice(about, words, shown, vec![true.into(), false.into()])
}

fn scope(scope: &Scope) -> Step {
    let words = AskedWords::Scope(scope.words().to_owned());
    Step::Ask(Asked {
        required: scope.required,
        ..yes_no(About::Scope(scope.id.clone()), words)
    })
}

/// Asked only where there is a choice.
fn giver(givers: &[Giver]) -> Option<Step> {
    let shown = givers.iter().map(|giver| AnswerView::Giver(*giver));
    let kept = givers.iter().map(|giver| word_of(*giver));
    let asked = choice(
        About::Giver,
        AskedWords::Giver,
        shown.collect(),
        kept.collect(),
    );
    (givers.len() > 1).then_some(Step::Ask(asked))
}

fn means(means: &[Means]) -> Option<Step> {
    let shown = means.iter().map(|means| AnswerView::Means(*means));
    let kept = means.iter().map(|means| word_of(*means));
    let asked = choice(
        About::Means,
        AskedWords::Means,
        shown.collect(),
        kept.collect(),
    );
    (means.len() > 1).then_some(Step::Ask(asked))
}

/// The word in records; words of one variant cannot fail to be made.
fn word_of(word: impl serde::Serialize) -> Value {
    serde_json::to_value(word).unwrap_or_default()
}

fn asked(question: &Question, about: About) -> Step {
    let words = AskedWords::Words(question.question.clone());
    let kind = match &question.kind {
        QuestionKind::Text { max_characters } => Kind::Text {
            most: max_characters.unwrap_or(LONGEST_TEXT),
        },
        QuestionKind::Number { min, max } => Kind::Number {
            min: *min,
            max: *max,
        },
        QuestionKind::Choice { choices, other } => {
            let shown = choices.iter().map(|c| AnswerView::Words(c.text().into()));
            let more = other.then_some(AnswerView::Other);
            Kind::Choice {
                shown: shown.chain(more).collect(),
                kept: choices.iter().map(|c| c.value().into()).collect(),
                other: *other,
            }
        }
        QuestionKind::YesNo => yes_no(about.clone(), words.clone()).kind,
    };
    Step::Ask(Asked {
        about,
        words,
        help: question.help.clone(),
        required: question.required,
        kind,
    })
}

/// What a speaker has answered; what was not asked or not answered is not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// What was agreed to, where it was asked; its instant is the runtime's to add.
    pub consent: Option<ConsentRecord>,
    /// Of the speaker form, by question.
    pub speaker_form: Map<String, Value>,
    /// Of the session form, by question.
    pub session_form: Map<String, Value>,
}

/// Brings answers into the form of records.
pub(super) fn answers(script: &Script, all: impl Iterator<Item = (About, Value)>) -> Answers {
    let mut answers = Answers::default();
    let mut scopes = Map::new();
    let (mut giver, mut means) = (None, None);
    for (about, value) in all {
        match about {
            About::Scope(id) => drop(scopes.insert(id, value)),
            About::Giver => giver = serde_json::from_value(value).ok(),
            About::Means => means = serde_json::from_value(value).ok(),
            About::Speaker(id) => drop(answers.speaker_form.insert(id, value)),
            About::Session(id) => drop(answers.session_form.insert(id, value)),
        }
    }
    answers.consent = script.consent.as_ref().map(|consent| ConsentRecord {
        version: consent.version.clone(),
        text_sha256: sha256_hex(consent.document().as_bytes()),
        scopes,
        giver: giver
            .or(consent.givers.first().copied())
            .unwrap_or(Giver::Oneself),
        means: means
            .or(consent.means.first().copied())
            .unwrap_or(Means::Screen),
        given_at: String::new(),
    });
    answers
}
