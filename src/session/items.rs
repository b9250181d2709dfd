//! The way through the items: which one is up, which comes next, and what a take of one is called.

use std::ops::Range;

use crate::corpus::names;
use crate::corpus::sidecar::{PromptRecord, Status};
use crate::prompts::Prompt;
use crate::recorder::messages::{Rolls, TakeDraft, TakeRef};

use super::engine::Engine;
use super::plan::PlannedItem;
use super::view::ItemState;

/// How often one item is asked again by itself in a session.
pub(super) const ASK_AGAIN_LIMIT: u32 = 2;

impl Engine {
    /// The item that is up.
    pub(super) fn item(&self) -> &PlannedItem {
        &self.plan.items[self.at]
    }

    /// The prompt of an item.
    pub(super) fn prompt_of(&self, item: usize) -> &Prompt {
        &self.plan.list.prompts[self.plan.items[item].prompt as usize]
    }

    /// The first open item from `from` on, around the end of the list. Those asked again come at the end of their section:
    /// read again at once, they would be over-articulated.
    pub(super) fn next_open(&self, from: usize) -> Option<usize> {
        if self.open == 0 {
            return None;
        }
        let is_open = |i: &usize| self.plan.items[*i].state == ItemState::Open && !self.in_work(*i);
        let len = self.plan.items.len();
        let from = from.min(len);
        let section = self.section_around(from.saturating_sub(1));
        let again = |i: &usize| self.asked_again.contains_key(i) && is_open(i);
        (from..section.end)
            .find(is_open)
            .or_else(|| (section.start..from).find(again))
            .or_else(|| (section.end.max(from)..len).chain(0..from).find(is_open))
    }

    /// The items around `item` that stand in its section; all of a list without sections.
    fn section_around(&self, item: usize) -> Range<usize> {
        let len = self.plan.items.len();
        let section = self.prompt_of(item).section.as_ref();
        if section.is_none() || self.asked_again.is_empty() {
            return 0..len;
        }
        let other = |i: &usize| self.prompt_of(*i).section.as_ref() != section;
        let start = (0..item).rfind(other).map_or(0, |i| i + 1);
        start..(item..len).find(other).unwrap_or(len)
    }

    /// A take of this item runs or waits for its verdict.
    fn in_work(&self, item: usize) -> bool {
        self.running.as_ref().is_some_and(|r| r.item == item)
            || self.pending.iter().any(|p| {
                self.takes
                    .get(p)
                    .is_some_and(|k| k.item == item && k.status == Status::Unreviewed)
            })
            || self
                .asked_again
                .get(&item)
                .is_some_and(|n| *n > ASK_AGAIN_LIMIT)
    }

    /// Puts an item up.
    pub(super) fn go_to(&mut self, item: usize) {
        self.at = item;
        self.show();
    }

    /// Notes that the prompt is on the screen from now on.
    pub(super) fn show(&mut self) {
        self.shown_at = Some(self.now);
        let prompt = serde_json::Value::from(self.prompt_of(self.at).id.clone());
        self.note("shown", None, self.now, [("prompt", prompt)]);
    }

    /// Changes what has become of an item, and the counts with it.
    pub(super) fn set_state(&mut self, item: usize, state: ItemState) {
        let old = std::mem::replace(&mut self.plan.items[item].state, state);
        for (which, sign) in [(old, -1_isize), (state, 1)] {
            match which {
                ItemState::Open => self.open = self.open.saturating_add_signed(sign),
                ItemState::Recorded => self.recorded = self.recorded.saturating_add_signed(sign),
                ItemState::Skipped => {}
            }
        }
    }

    /// The draft of the next take of an item. Takes the number.
    pub(super) fn draft(&mut self, item: usize) -> Box<TakeDraft> {
        let draft = self.next_draft(item);
        self.plan.items[item].takes += 1;
        draft
    }

    /// The draft of a take of an item that may never begin.
    pub(super) fn next_draft(&self, item: usize) -> Box<TakeDraft> {
        // A redo may begin before the take that it replaces counts.
        let undecided = self.undecided_last().filter(|(of, _)| *of == item);
        let planned = &self.plan.items[item];
        let current = planned.current.clone();
        let take = planned.takes + 1;
        let prompt = &self.plan.list.prompts[planned.prompt as usize];
        let stem = names::stem(&prompt.id, planned.repeat, take);
        Box::new(TakeDraft {
            take_ref: TakeRef::new(&self.setup.speaker, &self.setup.session, &stem),
            prompt: PromptRecord {
                id: prompt.id.clone(),
                text: prompt.text.clone(),
                spoken: prompt.spoken.clone(),
                label: prompt.label.clone(),
                language: prompt.language.clone(),
                section: prompt.section.clone(),
                list_sha256: self.setup.list_sha256.clone(),
            },
            repeat: planned.repeat,
            pass: self.setup.pass,
            position: item as u32 + 1,
            role: "item",
            take,
            supersedes: undecided.map(|(_, take_ref)| take_ref).or(current),
            shown_at: self.shown_at,
            rolls: Rolls::default(),
        })
    }
}
