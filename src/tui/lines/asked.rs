//! What a study asks, in lines.

use super::said;
use crate::session::view::{AnswerBy, AnswerView, AskPage, AskView, AskedWords, QuestionView};
use crate::tui::keys::Keymap;
use crate::tui::strings::ask;

/// What is asked; where only the mark has moved, what it stands at; where an answer was not taken, why.
pub(super) fn news(before: Option<&AskView>, now: &AskView, keys: &Keymap) -> Vec<String> {
    let same_question = before.is_some_and(|before| unmarked(before) == unmarked(now));
    let mut lines = Vec::new();
    if !same_question {
        lines.extend(now.place.map(ask::place));
        lines.push(ask::title(&now.page));
        if let AskPage::Read(words) = &now.page {
            lines.extend(ask::paragraphs(words));
        }
        lines.extend(ask::below(now, keys));
        lines.extend(ask::choices(now).iter().map(choice));
        if let AskPage::Confirm { rows, .. } = &now.page {
            lines.extend(rows.iter().map(answered));
        }
        lines.extend(said(&ask::hints(now, keys)));
    }
    lines.extend(now.refused.filter(|_| same_question).map(ask::refused));
    if same_question && marked(&now.page) != before.and_then(|before| marked(&before.page)) {
        lines.extend(marked(&now.page));
        lines.extend(said(&ask::hints(now, keys)[..1]));
    }
    lines
}

fn choice((key, words): &(String, String)) -> String {
    format!("{key}: {words}")
}

/// A question and its answer, as one line.
fn answered((asked, answer): &(AskedWords, Option<AnswerView>)) -> String {
    let answer = answer.as_ref().map_or(ask::NOT_ANSWERED, ask::answer);
    format!("{} {answer}", ask::asked(asked))
}

/// What Enter takes now, in words.
fn marked(page: &AskPage) -> Option<String> {
    match page {
        AskPage::Question(QuestionView {
            answer: AnswerBy::Choice { choices, marked },
            ..
        }) => choices
            .get((*marked)?)
            .map(|choice| ask::answer(choice).to_owned()),
        AskPage::Confirm { rows, marked } => rows.get((*marked)?).map(answered),
        _ => None,
    }
}

/// The same page without its mark.
fn unmarked(view: &AskView) -> AskView {
    let mut view = view.clone();
    match &mut view.page {
        AskPage::Question(QuestionView {
            answer: AnswerBy::Choice { marked, .. },
            ..
        })
        | AskPage::Confirm { marked, .. } => *marked = None,
        _ => {}
    }
    view.refused = None;
    view
}
