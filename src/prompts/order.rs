//! The order in which a speaker reads a list. Pure and reproducible: the shuffle is a sort by SHA-256, so it needs no
//! generator, stays what it is in every later version, and keeps its order when prompts are added to the list.
//! `docs/order.md` has the same in ten lines of Python.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::Prompt;

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

/// The items of one pass, in the order in which the speaker reads them. Each prompt comes `prompt.repeat * repeat` times.
///
/// Sections (prompts next to each other with one `section`) keep their place: only what is inside one is shuffled.
///
/// # Errors
/// There are more than [`ITEMS_MAX`].
pub fn expand(
    prompts: &[Prompt],
    order: Order,
    repeat: u32,
    shuffle: Shuffle,
) -> Result<Vec<Item>, TooManyItems> {
    let times = |prompt: &Prompt| u64::from(prompt.repeat) * u64::from(repeat);
    let items = prompts.iter().map(times).fold(0, u64::saturating_add);
    if items > ITEMS_MAX || prompts.len() as u64 > ITEMS_MAX {
        return Err(TooManyItems { items });
    }
    let mut keyed = Vec::with_capacity(items as usize);
    let mut section = 0_u32;
    for (index, prompt) in prompts.iter().enumerate() {
        if index > 0 && prompt.section != prompts[index - 1].section {
            section += 1;
        }
        for repeat in 1..=times(prompt) as u32 {
            let block = if order == Order::Shuffled { 0 } else { repeat };
            let key = match order {
                Order::Sequential => [0; 32],
                Order::Shuffled | Order::Blocked => key(shuffle, block, &prompt.id, repeat),
            };
            let item = Item {
                prompt: index as u32,
                repeat,
            };
            keyed.push(((block, section, key, item.prompt), item));
        }
    }
    keyed.sort_unstable_by_key(|&(rank, _)| rank);
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
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
