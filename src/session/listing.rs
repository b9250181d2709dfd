//! The list of all items: filters, moves, jumps. Only the rows around the chosen one are made, so that a list of any
//! length opens at once.

use std::collections::HashSet;
use std::sync::Arc;

use crate::recorder::messages::TakeRef;

use super::Command;
use super::engine::Engine;
use super::plan::PlannedItem;
use super::view::{Dialog, ItemFilter, ItemRow, ItemState, ItemsView, Phase};

/// So many rows before and after the chosen one are made: more than a screen has.
const AROUND: usize = 100;
/// So many characters of a text are more than a row has.
const TEXT_MOST: usize = 200;

/// The open list.
#[derive(Debug)]
pub(super) struct Listing {
    filter: ItemFilter,
    /// The items of the filter, in order.
    found: Vec<usize>,
    /// The chosen one of them.
    at: usize,
}

impl Engine {
    /// Opens the list at the item that is up.
    pub(super) fn list(&mut self) {
        self.desk.listing = Some(self.filtered(ItemFilter::All, self.at));
        self.dialog = Some(Dialog::Items(Arc::default()));
    }

    /// The items of a filter, the one nearest to `near` chosen.
    fn filtered(&self, filter: ItemFilter, near: usize) -> Listing {
        let flagged = self.plan.heard.iter().filter(|(_, h)| h.marks.flagged);
        let flagged: HashSet<&TakeRef> = flagged.map(|(take_ref, _)| take_ref).collect();
        let is_in = |item: &PlannedItem| match filter {
            ItemFilter::All => true,
            ItemFilter::ToRedo => to_redo(item),
            ItemFilter::Flagged => {
                !flagged.is_empty() && shown_take(item).is_some_and(|t| flagged.contains(t))
            }
            ItemFilter::Skipped => item.state == ItemState::Skipped,
        };
        let items = self.plan.items.iter().enumerate();
        let items = items.skip(self.plan.practice.len());
        let found: Vec<usize> = items.filter(|(_, i)| is_in(i)).map(|(n, _)| n).collect();
        let after = found.partition_point(|item| *item < near);
        Listing {
            filter,
            at: after.min(found.len().saturating_sub(1)),
            found,
        }
    }

    /// Handles a command while the list is open; `false`: it is not.
    pub(super) fn answer_in_list(&mut self, command: &Command) -> bool {
        let Some(listing) = &mut self.desk.listing else {
            return false;
        };
        let last = listing.found.len().saturating_sub(1);
        let moved = |by: isize| listing.at.saturating_add_signed(by).min(last);
        match command {
            Command::Move(by) => listing.at = moved(*by),
            Command::Previous => listing.at = moved(-1),
            Command::Next => listing.at = moved(1),
            Command::Choose(n) => {
                let filter = ItemFilter::EACH.get(usize::from(*n).wrapping_sub(1));
                let near = listing.found.get(listing.at).copied().unwrap_or(self.at);
                if let Some(filter) = filter {
                    self.desk.listing = Some(self.filtered(*filter, near));
                }
            }
            Command::Accept => self.jump(),
            Command::Cancel | Command::List => self.dialog = None,
            _ => {}
        }
        true
    }

    /// To the chosen item, whatever its state.
    fn jump(&mut self) {
        let listing = self.desk.listing.take();
        self.dialog = None;
        let Some(item) = listing.and_then(|l| l.found.get(l.at).copied()) else {
            return;
        };
        if item == self.at && self.phase == Phase::Review {
            return; // it is looked at already
        }
        self.notice = None;
        self.idle();
        self.moved = true;
        self.go_to(item);
    }

    /// Makes the rows of the list as things stand; forgets a list that was closed.
    pub(super) fn refresh_list(&mut self) {
        if !matches!(self.dialog, Some(Dialog::Items(_))) {
            self.desk.listing = None;
        }
        let Some(listing) = &self.desk.listing else {
            return;
        };
        let first = listing.at.saturating_sub(AROUND);
        let end = (listing.at + AROUND + 1).min(listing.found.len());
        let rows = listing.found[first..end].iter();
        self.dialog = Some(Dialog::Items(Arc::new(ItemsView {
            filter: listing.filter,
            count: listing.found.len(),
            last: self.plan.total(),
            before: first,
            rows: rows.map(|item| self.row(*item)).collect(),
            chosen: listing.at - first,
        })));
    }

    fn row(&self, item: usize) -> ItemRow {
        let (planned, prompt) = (&self.plan.items[item], self.prompt_of(item));
        let heard = shown_take(planned).and_then(|take_ref| self.plan.heard.get(take_ref));
        ItemRow {
            position: self.plan.position(item),
            text: prompt.text.chars().take(TEXT_MOST).collect(),
            language: prompt.language.clone(),
            state: planned.state,
            to_redo: to_redo(planned),
            flagged: heard.is_some_and(|heard| heard.marks.flagged),
            verdict: heard.and_then(|heard| heard.verdict),
            length_ms: heard.map(|heard| heard.length_ms),
        }
    }
}

/// The take that a row tells of: the one that counts, else the latest.
fn shown_take(item: &PlannedItem) -> Option<&TakeRef> {
    item.current.as_ref().or(item.latest.as_ref())
}

fn to_redo(item: &PlannedItem) -> bool {
    item.state == ItemState::Open && item.latest.is_some()
}
