//! The way through what is asked, one page after the other: forth with an answer, back without losing one, at the end a
//! page that lists all answers. Pure; nothing is kept before that page is confirmed.

use serde_json::Value;

use super::number::number;
use super::steps::{About, Answers, Asked, Kind, Step, answers};
use crate::session::Command;
use crate::session::view::{
    AnswerBy, AnswerView, AskPage, AskView, AskedWords, QuestionView, Refused,
};
use crate::study::Script;

/// So many choices are told apart by one digit, which chooses at once.
const ONE_DIGIT: usize = 9;

/// What a command led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It goes on.
    On,
    /// Before the first page.
    Before,
    /// Everything is confirmed.
    Confirmed,
    /// The speaker does not take part.
    Refused,
}

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Given {
    /// One of the choices.
    Chosen(usize),
    /// Typed, in place of a choice or as a text.
    Typed(String),
    /// A number.
    Number(i64),
}

/// What is asked of one speaker, and how far it has come.
#[derive(Clone, Debug)]
pub(super) struct Interview {
    steps: Vec<Step>,
    given: Vec<Option<Given>>,
    /// What was typed and not confirmed: it stands there again when its page comes again, and is no answer.
    drafts: Vec<Option<String>>,
    /// The page; behind the last step it is that of all answers.
    at: usize,
    /// The choice, or the row of the last page, that Enter takes.
    marked: Option<usize>,
    /// The number that is being typed, of one of many choices.
    number: usize,
    /// A field is open in place of the choices.
    types_other: bool,
    /// What must be agreed to was refused.
    leaving: bool,
    /// One answer is changed; then it is back to the last page.
    changing: bool,
    refused: Option<Refused>,
}

impl Interview {
    /// At the first page; `None` where nothing is asked.
    pub(super) fn new(steps: Vec<Step>) -> Option<Self> {
        let given = vec![None; steps.len()];
        (!steps.is_empty()).then_some(Self {
            drafts: vec![None; steps.len()],
            steps,
            given,
            at: 0,
            marked: None,
            number: 0,
            types_other: false,
            leaving: false,
            changing: false,
            refused: None,
        })
    }

    /// Whether something is to be agreed to: its text comes first.
    pub(super) fn asks_for_consent(&self) -> bool {
        matches!(self.steps.first(), Some(Step::Read(_)))
    }

    /// What was answered, for the records.
    pub(super) fn answers(&self, script: &Script) -> Answers {
        let given = self.steps.iter().zip(&self.given);
        let kept = given.filter_map(|(step, given)| match step {
            Step::Ask(asked) => Some((asked.about.clone(), kept(asked, given.as_ref()?)?)),
            Step::Read(_) => None,
        });
        let mut answers = answers(script, kept);
        answers.consent = answers.consent.filter(|_| self.asks_for_consent());
        answers
    }

    /// Takes one command in.
    pub(super) fn command(&mut self, command: &Command) -> Way {
        if let Command::Back(words) = command {
            if let Some(draft) = self.drafts.get_mut(self.at) {
                *draft = Some(words.clone());
            }
            return self.command(&Command::Cancel);
        }
        if self.leaving {
            return self.answer_leave(command);
        }
        if *command == Command::Cancel && self.types_other {
            self.types_other = false;
            self.refused = None;
            return Way::On;
        }
        match command {
            Command::Cancel | Command::Previous => return self.back(),
            Command::Move(by) => self.mark(*by),
            _ if self.at == self.steps.len() => return self.confirm(command),
            _ => self.answer(command),
        }
        Way::On
    }

    fn answer_leave(&mut self, command: &Command) -> Way {
        match command {
            Command::Yes => return Way::Refused,
            Command::No | Command::Cancel | Command::Previous => {
                self.leaving = false;
                self.marked = None;
            }
            _ => {}
        }
        Way::On
    }

    fn back(&mut self) -> Way {
        if self.changing {
            self.go(self.steps.len());
        } else if self.at == 0 {
            return Way::Before;
        } else {
            self.go(self.at - 1);
        }
        Way::On
    }

    /// Moves the mark; above the first there is none.
    fn mark(&mut self, by: isize) {
        self.number = 0;
        let rows = match self.steps.get(self.at) {
            None => self.rows().len(),
            Some(Step::Ask(Asked {
                kind: Kind::Choice { shown, .. },
                ..
            })) if !self.types_other => shown.len(),
            Some(_) => return,
        };
        // From nowhere, up leads to the last.
        let nowhere = if by < 0 { rows as isize } else { -1 };
        let at = self.marked.map_or(nowhere, |row| row as isize);
        let to = at.saturating_add(by).clamp(-1, rows as isize - 1);
        self.marked = usize::try_from(to).ok();
    }

    fn confirm(&mut self, command: &Command) -> Way {
        match (command, self.marked) {
            (Command::Accept, None) => return Way::Confirmed,
            (Command::Accept, Some(row)) => {
                if let Some(step) = self.rows().get(row).copied() {
                    self.changing = true;
                    self.go(step);
                }
            }
            _ => {}
        }
        Way::On
    }

    /// The steps that have an answer to list.
    fn rows(&self) -> Vec<usize> {
        let asks = |at: &usize| matches!(self.steps[*at], Step::Ask(_));
        (0..self.steps.len()).filter(asks).collect()
    }

    fn answer(&mut self, command: &Command) {
        let (asked, most) = match self.steps.get(self.at) {
            Some(Step::Ask(asked)) => (asked.clone(), asked.kind.most()),
            Some(Step::Read(_)) if matches!(command, Command::Accept | Command::Next) => {
                return self.forth();
            }
            _ => return,
        };
        match (&asked.kind, command) {
            (_, Command::Next) if self.given[self.at].is_some() => self.forth(),
            (Kind::Choice { other: true, .. }, Command::Text(words)) if self.types_other => {
                let words: String = words.chars().take(most as usize).collect();
                if words.is_empty() {
                    self.pass_over(&asked);
                } else {
                    self.give(Some(Given::Typed(words)));
                }
            }
            (Kind::Choice { shown, .. }, command) if !self.types_other => {
                let picked = |answer| shown.iter().position(|shown| *shown == answer);
                match command {
                    Command::Accept if self.marked.is_none() => self.pass_over(&asked),
                    Command::Accept => self.choose(&asked, self.marked),
                    Command::Choose(n) if shown.len() > ONE_DIGIT => self.count(*n, shown.len()),
                    Command::Choose(n) => self.choose(&asked, usize::from(*n).checked_sub(1)),
                    Command::Yes => self.choose(&asked, picked(AnswerView::Yes)),
                    Command::No => self.choose(&asked, picked(AnswerView::No)),
                    _ => {}
                }
            }
            (Kind::Text { .. } | Kind::Number { .. }, Command::Text(words)) if words.is_empty() => {
                self.pass_over(&asked);
            }
            (Kind::Text { .. }, Command::Text(words)) => {
                let words = words.chars().take(most as usize).collect();
                self.give(Some(Given::Typed(words)));
            }
            (Kind::Number { min, max }, Command::Text(words)) => match number(words, *min, *max) {
                Some(number) => self.give(Some(Given::Number(number))),
                None => {
                    self.refused = Some(Refused::Number {
                        min: *min,
                        max: *max,
                    });
                }
            },
            _ => {}
        }
    }

    /// Moves the mark by a number of several digits, of which this is the next: nobody can tell before Enter whether
    /// another one follows.
    fn count(&mut self, digit: u8, choices: usize) {
        let digit = usize::from(digit);
        let longer = self.number.saturating_mul(10) + digit;
        self.number = if longer <= choices { longer } else { digit };
        self.marked = self.number.checked_sub(1).or(self.marked);
    }

    /// Nothing was answered.
    fn pass_over(&mut self, asked: &Asked) {
        // A scope is agreed to or not; nothing is no answer to that.
        if asked.required || matches!(asked.about, About::Scope(_)) {
            self.refused = Some(Refused::Needed);
        } else {
            self.give(None);
        }
    }

    fn choose(&mut self, asked: &Asked, choice: Option<usize>) {
        let Kind::Choice { shown, .. } = &asked.kind else {
            return;
        };
        let Some((index, answer)) = choice.and_then(|index| Some((index, shown.get(index)?)))
        else {
            return;
        };
        self.refused = None;
        let refuses = matches!(asked.about, About::Scope(_)) && *answer == AnswerView::No;
        if refuses && asked.required {
            self.leaving = true;
        } else if *answer == AnswerView::Other {
            self.types_other = true;
        } else {
            self.give(Some(Given::Chosen(index)));
        }
    }

    fn give(&mut self, given: Option<Given>) {
        self.given[self.at] = given;
        self.drafts[self.at] = None;
        self.forth();
    }

    fn forth(&mut self) {
        let end = self.steps.len();
        self.go(if self.changing { end } else { self.at + 1 });
    }

    fn go(&mut self, at: usize) {
        self.at = at;
        self.refused = None;
        self.types_other = false;
        self.number = 0;
        self.changing &= at < self.steps.len();
        self.marked = self.given.get(at).and_then(|given| match given {
            Some(Given::Chosen(index)) => Some(*index),
            Some(Given::Typed(_)) => self.other_of(at),
            _ => None,
        });
    }

    /// The choice that opens a field.
    fn other_of(&self, at: usize) -> Option<usize> {
        match self.steps.get(at) {
            Some(Step::Ask(Asked {
                kind: Kind::Choice { shown, .. },
                ..
            })) => shown.len().checked_sub(1),
            _ => None,
        }
    }

    /// The page as it stands.
    pub(super) fn view(&self, speaker: &str) -> AskView {
        let end = self.steps.len();
        AskView {
            speaker: speaker.to_owned(),
            place: (self.at < end && !self.leaving).then_some((self.at + 1, end)),
            page: self.page(),
            refused: self.refused,
            back: self.at > 0 || self.types_other,
        }
    }

    fn page(&self) -> AskPage {
        match self.steps.get(self.at) {
            _ if self.leaving => AskPage::Leave,
            Some(Step::Read(text)) => AskPage::Read(text.clone()),
            Some(Step::Ask(asked)) => AskPage::Question(QuestionView {
                words: asked.words.clone(),
                help: asked.help.clone(),
                required: asked.required,
                answer: self.answer_by(asked),
            }),
            None => AskPage::Confirm {
                rows: self
                    .rows()
                    .into_iter()
                    .filter_map(|at| self.row(at))
                    .collect(),
                marked: self.marked,
            },
        }
    }

    fn answer_by(&self, asked: &Asked) -> AnswerBy {
        match &asked.kind {
            Kind::Choice { shown, .. } if !self.types_other => AnswerBy::Choice {
                choices: shown.clone(),
                marked: self.marked,
            },
            kind => AnswerBy::Line {
                begin_with: match (&self.drafts[self.at], &self.given[self.at]) {
                    (Some(words), _) | (None, Some(Given::Typed(words))) => words.clone(),
                    (None, Some(Given::Number(number))) => number.to_string(),
                    _ => String::new(),
                },
                most: kind.most(),
                field: self.at,
            },
        }
    }

    fn row(&self, at: usize) -> Option<(AskedWords, Option<AnswerView>)> {
        let Some(Step::Ask(asked)) = self.steps.get(at) else {
            return None;
        };
        let answer = self.given[at]
            .as_ref()
            .and_then(|given| match (given, &asked.kind) {
                (Given::Chosen(index), Kind::Choice { shown, .. }) => shown.get(*index).cloned(),
                (Given::Chosen(_), _) => None,
                (Given::Typed(words), _) => Some(AnswerView::Words(words.clone())),
                (Given::Number(number), _) => Some(AnswerView::Words(number.to_string())),
            });
        Some((asked.words.clone(), answer))
    }
}

/// An answer as it is kept.
fn kept(asked: &Asked, given: &Given) -> Option<Value> {
    match (given, &asked.kind) {
        (Given::Chosen(index), Kind::Choice { kept, .. }) => kept.get(*index).cloned(),
        (Given::Chosen(_), _) => None,
        (Given::Typed(words), _) => Some(words.as_str().into()),
        (Given::Number(number), _) => Some((*number).into()),
    }
}
