//! What is left to read: the order of a speaker's items, matched against the takes that the corpus already has.
//! Items are matched by id and text, so an edited list goes on where it can.

use std::collections::HashMap;
use std::sync::Arc;

use crate::corpus::marks::Marks;
use crate::corpus::sidecar::{Status, Verdict};
use crate::prompts::{Arrangement, Item, Order, Prompt, PromptList};
use crate::recorder::messages::TakeRef;

use super::view::ItemState;

/// A take that the corpus already has, as far as a plan needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeFact {
    /// Its name.
    pub take_ref: TakeRef,
    /// Prompt id.
    pub prompt_id: String,
    /// The text that was shown.
    pub prompt_text: String,
    /// Which repeat.
    pub repeat: u32,
    /// Which pass.
    pub pass: u32,
    /// Attempt at the item.
    pub take: u32,
    /// What counts of it.
    pub status: Status,
}

/// A session that the corpus already has, as far as a plan needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFact {
    /// Session id; ids sort by time.
    pub session: String,
    /// Its pass.
    pub pass: u32,
    /// Its order.
    pub order: Order,
    /// Its seed, where something was shuffled.
    pub seed: Option<u64>,
    /// Its `--repeat`.
    pub repeat: u32,
    /// Its `--labels-apart`.
    pub labels_apart: bool,
    /// Its prompt list.
    pub list_sha256: String,
}

/// How this run goes through the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// Which pass, from 1.
    pub pass: u32,
    /// Order of the items.
    pub order: Order,
    /// Seed of the order; `None` where nothing is shuffled.
    pub seed: Option<u64>,
    /// How often each prompt is read.
    pub repeat: u32,
    /// No label twice in a row.
    pub labels_apart: bool,
}

/// What was asked for on the command line; `None` leaves it to what the last session did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// `--order`.
    pub order: Option<Order>,
    /// `--seed`.
    pub seed: Option<u64>,
    /// `--repeat`.
    pub repeat: Option<u32>,
    /// `--labels-apart`.
    pub labels_apart: Option<bool>,
    /// `--restart`.
    pub restart: bool,
}

/// Finds the pass, order and seed: those of the latest session that went through this list, or the defaults. `draw` gives
/// the seed of an order that has none yet. `sections` have an order of their own.
pub fn course(
    draw: impl FnOnce() -> u64,
    wish: Wish,
    (prompts, sections): (&[Prompt], &[(String, Order)]),
    list_sha256: &str,
    sessions: &[SessionFact],
    takes: &[TakeFact],
) -> Course {
    let texts: HashMap<&str, &str> = prompts
        .iter()
        .map(|p| (p.id.as_str(), p.text.as_str()))
        .collect();
    let of_this_list =
        |take: &&TakeFact| texts.get(take.prompt_id.as_str()) == Some(&take.prompt_text.as_str());
    let touched: std::collections::HashSet<&str> = takes
        .iter()
        .filter(of_this_list)
        .filter_map(|t| session_of(&t.take_ref))
        .collect();
    let mut before: Vec<&SessionFact> = sessions
        .iter()
        .filter(|s| s.list_sha256 == list_sha256 || touched.contains(s.session.as_str()))
        .collect();
    before.sort_by_key(|s| (s.pass, &s.session));
    let last = before.last();
    let done = takes
        .iter()
        .filter(of_this_list)
        .map(|t| t.pass)
        .max()
        .unwrap_or(0);
    let latest = last.map_or(0, |s| s.pass).max(done);
    let repeat = wish.repeat.or(last.map(|s| s.repeat)).unwrap_or(1);
    let default_order = if repeat > 1 {
        Order::Blocked
    } else {
        Order::Sequential
    };
    let order = wish
        .order
        .or(last.map(|s| s.order))
        .unwrap_or(default_order);
    // A session in the list's own order, put in between, does not lose the seed.
    let kept = || before.iter().rev().find_map(|s| s.seed);
    let seed = wish.seed.or_else(kept);
    let arrangement = Arrangement {
        order,
        sections,
        ..Arrangement::default()
    };
    let labels_apart = wish.labels_apart.or(last.map(|s| s.labels_apart));
    Course {
        pass: if wish.restart {
            latest + 1
        } else {
            latest.max(1)
        },
        order,
        seed: arrangement.is_shuffled().then(|| seed.unwrap_or_else(draw)),
        repeat,
        labels_apart: labels_apart.unwrap_or(false),
    }
}

fn session_of(take_ref: &TakeRef) -> Option<&str> {
    take_ref.0.split('/').nth(2)
}

/// One item of the speaker's work and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedItem {
    /// Index of its prompt in the list, or in the practice.
    pub prompt: u32,
    /// Which repeat, from 1.
    pub repeat: u32,
    /// What has become of it.
    pub state: ItemState,
    /// Highest take number so far.
    pub takes: u32,
    /// The take that counts.
    pub current: Option<TakeRef>,
    /// The latest take that has audio, whether it counts or not.
    pub latest: Option<TakeRef>,
}

/// What is known of a take besides what counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The judgement on it.
    pub verdict: Option<Verdict>,
    /// Its length.
    pub length_ms: u64,
    /// What was noted on it.
    pub marks: Marks,
}

/// A speaker's way through a list, with what is already done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is read.
    pub list: Arc<PromptList>,
    /// What is read before it counts: the prompts of the first items, so many.
    pub practice: Arc<[Prompt]>,
    /// The items, in the speaker's order, after those of the practice.
    pub items: Vec<PlannedItem>,
    /// What is known of takes; empty after [`Plan::new`].
    pub heard: HashMap<TakeRef, Heard>,
}

impl Plan {
    /// Lays `takes` (oldest first) of `pass` over `order`. With `skipped`, items that were passed over are open again.
    pub fn new(
        list: Arc<PromptList>,
        order: &[Item],
        pass: u32,
        takes: &[TakeFact],
        skipped: bool,
    ) -> Self {
        let mut by_item: HashMap<(&str, u32), Vec<&TakeFact>> = HashMap::new();
        for take in takes.iter().filter(|t| t.pass == pass) {
            by_item
                .entry((&take.prompt_id, take.repeat))
                .or_default()
                .push(take);
        }
        let items = order
            .iter()
            .map(|item| {
                let prompt = &list.prompts[item.prompt as usize];
                let known = by_item.get(&(prompt.id.as_str(), item.repeat));
                planned(*item, prompt, known.map_or(&[], Vec::as_slice), skipped)
            })
            .collect();
        Self {
            list,
            practice: Arc::default(),
            items,
            heard: HashMap::new(),
        }
    }

    /// Puts a practice in front, where there is anything to practise for.
    pub fn begin_with(&mut self, practice: &Arc<[Prompt]>) {
        if self.count(ItemState::Open) == 0 {
            return;
        }
        self.practice = Arc::clone(practice);
        let item = |index| PlannedItem {
            prompt: index as u32,
            repeat: 1,
            state: ItemState::Open,
            takes: 0,
            current: None,
            latest: None,
        };
        let items = (0..practice.len()).map(item);
        self.items.splice(..0, items);
    }

    /// The item belongs to the practice: nothing of it is kept, and it counts nowhere.
    pub fn is_practice(&self, item: usize) -> bool {
        item < self.practice.len()
    }

    /// The prompt of an item.
    pub fn prompt_of(&self, item: usize) -> &Prompt {
        match self.practice.get(item) {
            Some(prompt) => prompt,
            None => &self.list.prompts[self.items[item].prompt as usize],
        }
    }

    /// How many items count.
    pub fn total(&self) -> usize {
        self.items.len() - self.practice.len()
    }

    /// Place of an item, from 1: among those of the practice, or among those that count.
    pub fn position(&self, item: usize) -> usize {
        if self.is_practice(item) {
            item + 1
        } else {
            item + 1 - self.practice.len()
        }
    }

    /// How many items that count are in this state.
    pub fn count(&self, state: ItemState) -> usize {
        let items = &self.items[self.practice.len()..];
        items.iter().filter(|i| i.state == state).count()
    }
}

fn planned(item: Item, prompt: &Prompt, takes: &[&TakeFact], skipped: bool) -> PlannedItem {
    let same_text = || takes.iter().filter(|t| t.prompt_text == prompt.text);
    let newest = |status: Status| {
        same_text()
            .filter(|t| t.status == status)
            .max_by_key(|t| (t.take, &t.take_ref))
    };
    let current = newest(Status::Accepted);
    let state = match (current, newest(Status::Skipped)) {
        (Some(_), _) => ItemState::Recorded,
        (None, Some(_)) if !skipped => ItemState::Skipped,
        _ => ItemState::Open,
    };
    PlannedItem {
        prompt: item.prompt,
        repeat: item.repeat,
        state,
        takes: takes.iter().map(|t| t.take).max().unwrap_or(0),
        current: current.map(|t| t.take_ref.clone()),
        latest: same_text()
            .filter(|t| t.status != Status::Skipped)
            .max_by_key(|t| (t.take, &t.take_ref))
            .map(|t| t.take_ref.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompts(ids: &[&str]) -> Vec<Prompt> {
        let prompt = |id: &&str| Prompt {
            id: (*id).into(),
            text: (*id).into(),
            repeat: 1,
            ..Prompt::default()
        };
        ids.iter().map(prompt).collect()
    }

    /// What comes of `wish` for a list of one prompt, and after `sessions`; a seed that is drawn is 99.
    fn course_of(wish: Wish, sessions: &[SessionFact]) -> Course {
        course(|| 99, wish, (&prompts(&["a"]), &[]), "l", sessions, &[])
    }

    fn session(name: &str, pass: u32, list: &str) -> SessionFact {
        SessionFact {
            session: name.into(),
            pass,
            order: Order::Shuffled,
            seed: Some(7),
            repeat: 2,
            labels_apart: true,
            list_sha256: list.into(),
        }
    }

    fn take(session: &str, id: &str, pass: u32) -> TakeFact {
        TakeFact {
            take_ref: TakeRef::new("s", session, &format!("{id}_r1_1")),
            prompt_id: id.into(),
            prompt_text: id.into(),
            repeat: 1,
            pass,
            take: 1,
            status: Status::Accepted,
        }
    }

    #[test]
    fn a_first_session_is_sequential_and_shuffled_in_blocks_where_prompts_repeat() {
        let first = course_of(Wish::default(), &[]);
        assert_eq!((first.pass, first.order), (1, Order::Sequential));
        let wish = Wish {
            repeat: Some(3),
            ..Wish::default()
        };
        assert_eq!(course_of(wish, &[]).order, Order::Blocked);
    }

    #[test]
    fn an_order_by_chance_has_the_seed_that_was_given_else_the_one_on_record_else_one_that_is_drawn()
     {
        let shuffled = Wish {
            order: Some(Order::Shuffled),
            ..Wish::default()
        };
        let given = Wish {
            seed: Some(3),
            ..shuffled
        };
        let on_record = [session("1", 1, "l")];
        assert_eq!(course_of(given, &on_record).seed, Some(3));
        assert_eq!(course_of(shuffled, &on_record).seed, Some(7));
        assert_eq!(course_of(shuffled, &[]).seed, Some(99));
    }

    #[test]
    fn the_lists_own_order_has_no_seed_and_does_not_lose_the_one_on_record() {
        let sequential = Wish {
            order: Some(Order::Sequential),
            seed: Some(3),
            ..Wish::default()
        };
        assert_eq!(course_of(sequential, &[]).seed, None);
        let in_between = SessionFact {
            order: Order::Sequential,
            seed: None,
            ..session("2", 1, "l")
        };
        let shuffled = Wish {
            order: Some(Order::Shuffled),
            ..Wish::default()
        };
        let sessions = [session("1", 1, "l"), in_between];
        assert_eq!(course_of(shuffled, &sessions).seed, Some(7));
    }

    #[test]
    fn a_section_with_an_order_by_chance_has_a_seed_in_a_list_that_is_not_shuffled() {
        let sections = [("x".to_owned(), Order::Shuffled)];
        let of = |sections| {
            let prompts = prompts(&["a"]);
            course(|| 99, Wish::default(), (&prompts, sections), "l", &[], &[])
        };
        assert_eq!(of(&sections).seed, Some(99));
        assert_eq!(of(&[]).seed, None);
    }

    #[test]
    fn the_same_command_again_keeps_pass_order_seed_and_repeats() {
        let sessions = [
            session("1", 1, "l"),
            session("2", 2, "l"),
            session("3", 1, "other"),
        ];
        let again = course_of(Wish::default(), &sessions);
        assert_eq!(
            again,
            Course {
                pass: 2,
                order: Order::Shuffled,
                seed: Some(7),
                repeat: 2,
                labels_apart: true,
            }
        );
    }

    #[test]
    fn an_edited_list_is_known_by_its_takes() {
        let sessions = [session("1", 3, "before")];
        let takes = [take("1", "a", 3)];
        let edited = course(
            || 99,
            Wish::default(),
            (&prompts(&["a", "b"]), &[]),
            "after",
            &sessions,
            &takes,
        );
        assert_eq!((edited.pass, edited.seed), (3, Some(7)));
    }

    #[test]
    fn restart_begins_the_pass_after_the_latest() {
        let wish = Wish {
            restart: true,
            ..Wish::default()
        };
        let sessions = [session("1", 2, "l")];
        assert_eq!(course_of(wish, &sessions).pass, 3);
    }

    #[test]
    fn another_list_of_the_same_speaker_starts_at_its_own_first_pass() {
        let sessions = [session("1", 4, "other")];
        let takes = [take("1", "z", 4)];
        let wish = Wish::default();
        let first = course(|| 99, wish, (&prompts(&["a"]), &[]), "l", &sessions, &takes);
        assert_eq!(first.pass, 1);
    }
}
