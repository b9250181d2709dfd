//! The order in which a speaker reads a list. Pure and reproducible: the shuffle is a sort by SHA-256, so it needs no
//! generator, stays what it is in every later version, and keeps its order when prompts are added to the list.
//! `docs/order.md` has the same in a few lines of Python.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::Prompt;
use super::apart::keep_apart;

/// In which order a list's prompts come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The file's order; repeats are rounds through the list.
    #[default]
    Sequential,
    /// All repeats shuffled together.
    Shuffled,
    /// Rounds through the list, each shuffled for itself: a block holds every prompt once.
    Blocked,
}

/// One line of the speaker's work, apart from its pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// Index into the list's prompts.
    pub prompt: u32,
    /// Which repeat of the prompt, from 1.
    pub repeat: u32,
}

/// How a list is gone through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrangement<'a> {
    /// Order of all that has none of its own.
    pub order: Order,
    /// How often each prompt is read, beyond what the list itself says.
    pub repeat: u32,
    /// Sections that have an order of their own, by name.
    pub sections: &'a [(String, Order)],
    /// Where something is shuffled, no label comes twice in a row if that can be helped.
    pub labels_apart: bool,
}

impl Arrangement<'_> {
    /// The order within a section.
    pub fn order_in(&self, section: Option<&str>) -> Order {
        let own = self
            .sections
            .iter()
            .find(|(name, _)| Some(name.as_str()) == section);
        own.map_or(self.order, |(_, order)| *order)
    }

    /// Something depends on the seed.
    pub fn is_shuffled(&self) -> bool {
        let orders = self.sections.iter().map(|(_, order)| *order);
        orders
            .chain([self.order])
            .any(|order| order != Order::Sequential)
    }
}

/// What a shuffle depends on, besides the prompts' ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shuffle<'a> {
    /// Of the session record.
    pub seed: u64,
    /// Speaker id.
    pub speaker: &'a str,
    /// Which pass through the list, from 1.
    pub pass: u32,
}

/// Most items in a pass: a million prompts ten times over.
pub const ITEMS_MAX: u64 = 10_000_000;

/// A list and its repeats make more items than [`ITEMS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the list has {items} items with its repeats, more than the {ITEMS_MAX} that one pass can have; give fewer prompts or repeats"
)]
pub struct TooManyItems {
    /// How many.
    pub items: u64,
}

/// What an item is sorted by: its round and its section, then its place among those. What belongs to one round and one
/// section is a group.
struct Rank {
    group: (u32, u32),
    inner: (u32, [u8; 32], u32),
}

/// The items of one pass, in the order in which the speaker reads them. Each prompt comes `prompt.repeat * repeat` times.
///
/// Sections (prompts next to each other with one `section`) keep their place: only what is inside one is shuffled.
///
/// # Errors
/// There are more than [`ITEMS_MAX`].
pub fn expand(
    prompts: &[Prompt],
    arrangement: Arrangement,
    shuffle: Shuffle,
) -> Result<Vec<Item>, TooManyItems> {
    let times = |prompt: &Prompt| u64::from(prompt.repeat) * u64::from(arrangement.repeat);
    let items = prompts.iter().map(times).fold(0, u64::saturating_add);
    if items > ITEMS_MAX || prompts.len() as u64 > ITEMS_MAX {
        return Err(TooManyItems { items });
    }
    let mut ranked = Vec::with_capacity(items as usize);
    let mut section = 0_u32;
    let mut order = Order::Sequential;
    for (index, prompt) in prompts.iter().enumerate() {
        let other = index > 0 && prompt.section != prompts[index - 1].section;
        section += u32::from(other);
        if index == 0 || other {
            order = arrangement.order_in(prompt.section.as_deref());
        }
        for repeat in 1..=times(prompt) as u32 {
            let item = Item {
                prompt: index as u32,
                repeat,
            };
            let round = if arrangement.order == Order::Shuffled {
                0
            } else {
                repeat
            };
            let block = if order == Order::Shuffled { 0 } else { repeat };
            let key = match order {
                Order::Sequential => [0; 32],
                Order::Shuffled | Order::Blocked => key(shuffle, block, &prompt.id, repeat),
            };
            let rank = Rank {
                group: (round, section),
                inner: (block, key, item.prompt),
            };
            ranked.push((rank, item));
        }
    }
    ranked.sort_unstable_by_key(|(rank, _)| (rank.group, rank.inner));
    if !arrangement.labels_apart {
        return Ok(ranked.into_iter().map(|(_, item)| item).collect());
    }
    let mut items = Vec::with_capacity(ranked.len());
    for group in ranked.chunk_by(|(a, _), (b, _)| a.group == b.group) {
        let is_shuffled = group
            .first()
            .is_some_and(|(rank, _)| rank.inner.1 != [0; 32]);
        keep_apart(
            prompts,
            group.iter().map(|(_, item)| *item),
            is_shuffled,
            &mut items,
        );
    }
    Ok(items)
}

/// SHA-256 of `seed/speaker/pass/block/prompt id/repeat`.
fn key(shuffle: Shuffle, block: u32, id: &str, repeat: u32) -> [u8; 32] {
    let Shuffle {
        seed,
        speaker,
        pass,
    } = shuffle;
    Sha256::digest(format!("{seed}/{speaker}/{pass}/{block}/{id}/{repeat}")).into()
}
