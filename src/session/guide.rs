//! What a study tells between the items: instructions at the start and before a section, and the offer of a rest.
//!
//! Promise: a page comes only when the session moves on by itself from one item to the next (or begins), never in a take and
//! never because somebody looks around; while it is up nothing is listened to. One that something graver has covered comes
//! back after that.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use crate::units::Moment;

use super::Command;
use super::engine::Engine;
use super::state::Leaving;
use super::view::{Dialog, Phase};

/// A page that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Page {
    /// What is told at the start.
    Start(String),
    /// A rest.
    Rest(Option<String>),
    /// What is told before a section: its name, the words.
    Section(String, String),
    /// What is told before a prompt: its id, the words.
    Prompt(String, String),
}

/// What has been told, and what is due.
#[derive(Debug, Default)]
pub(super) struct Guide {
    due: VecDeque<Page>,
    /// Sections that were come to.
    sections: HashSet<String>,
    /// Prompts whose own page was due.
    prompts: HashSet<String>,
    /// Items since the last rest.
    items: u32,
    rested_at: Moment,
}

impl Engine {
    /// The session begins at the item that is up.
    pub(super) fn guide_start(&mut self) {
        self.guide.rested_at = self.now;
        let start = self.setup.script.instructions.start.clone();
        self.guide.due.extend(start.map(Page::Start));
        self.come_to_item();
    }

    /// From an item that is over to the next one.
    pub(super) fn move_on_to(&mut self, next: usize) {
        self.at = next;
        self.offer_rest();
        self.come_to_item();
        self.go_to(next);
    }

    /// An item is over: read to its end, or passed over.
    pub(super) fn item_is_over(&mut self) {
        self.guide.items = self.guide.items.saturating_add(1);
    }

    fn offer_rest(&mut self) {
        let Some(breaks) = &self.setup.script.breaks else {
            return;
        };
        let passed = self.now.since(self.guide.rested_at);
        let limit = |minutes: u32| Duration::from_secs(60 * u64::from(minutes));
        let tired = breaks.every_items.is_some_and(|n| self.guide.items >= n)
            || breaks.every_minutes.is_some_and(|n| passed >= limit(n));
        let rest = Page::Rest(breaks.text.clone());
        if tired && !self.guide.due.contains(&rest) {
            self.guide.due.push_back(rest);
        }
    }

    /// What is told before the item that is up: of its section the first time that a session comes to it, and of itself.
    fn come_to_item(&mut self) {
        let section = self.prompt_of(self.at).section.clone();
        if let Some(section) = section
            && self.guide.sections.insert(section.clone())
        {
            let words = self.section_instructions(&section);
            let page = words.map(|words| Page::Section(section, words));
            self.guide.due.extend(page);
        }
        let prompt = self.prompt_of(self.at);
        if let Some(words) = prompt.instructions.clone() {
            let id = prompt.id.clone();
            if self.guide.prompts.insert(id.clone()) {
                self.guide.due.push_back(Page::Prompt(id, words));
            }
        }
    }

    /// The study's words about a section; the prompt list's own where the study has none.
    fn section_instructions(&self, section: &str) -> Option<String> {
        let of_study = self.setup.script.instructions.sections.get(section);
        let of_list = || self.section_of(self.at)?.instructions.as_ref();
        of_study.or_else(of_list).cloned()
    }

    /// Puts up what is due where nothing is in its way. What is told before a section comes after the check, next to its
    /// items.
    pub(super) fn tell_what_is_due(&mut self) {
        let free = self.phase == Phase::Idle && self.dialog.is_none() && !self.playing;
        if !free || self.leaving != Leaving::No {
            return;
        }
        match self.guide.due.front().cloned() {
            Some(Page::Start(words)) => {
                self.note("instructions_shown", None, self.now, []);
                self.dialog = Some(Dialog::Instructions(words));
            }
            Some(Page::Section(section, words)) if !self.checks.due => {
                let section = [("section", section.into())];
                self.note("instructions_shown", None, self.now, section);
                self.dialog = Some(Dialog::Instructions(words));
            }
            Some(Page::Prompt(id, words)) if !self.checks.due => {
                let prompt = [("prompt", id.into())];
                self.note("instructions_shown", None, self.now, prompt);
                self.dialog = Some(Dialog::Instructions(words));
            }
            Some(Page::Rest(words)) => {
                let items = [("items", self.guide.items.into())];
                self.note("break_offered", None, self.now, items);
                self.dialog = Some(Dialog::Rest(words));
            }
            _ => {}
        }
    }

    /// Whether a page comes before the item that is up can be read.
    pub(super) fn page_is_due(&self) -> bool {
        !self.guide.due.is_empty()
    }

    /// A key while a page is up.
    pub(super) fn answer_page(&mut self, command: &Command, at: Moment) {
        let rests = matches!(self.dialog, Some(Dialog::Rest(_)));
        match command {
            Command::Accept => {}
            // Who rests has the start key under a finger: that one alone would end it unseen.
            Command::StartStop | Command::HoldStart if !rests => {}
            _ => return,
        }
        self.dialog = None;
        match self.guide.due.pop_front() {
            Some(Page::Rest(_)) => {
                self.note("break_ended", None, at, []);
                self.guide.items = 0;
                self.guide.rested_at = self.now;
            }
            Some(Page::Start(_)) => self.guide.rested_at = self.now,
            _ => {}
        }
        // The item was behind the page until now.
        if !self.page_is_due() {
            self.show();
        }
    }
}
