//! What a face needs to draw the list of all items.

use super::ItemState;
use crate::corpus::sidecar::Verdict;

/// Which items are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ItemFilter {
    /// All.
    #[default]
    All,
    /// Those that were read and are to be read again.
    ToRedo,
    /// Those whose take is flagged.
    Flagged,
    /// Those passed over.
    Skipped,
}

impl ItemFilter {
    /// All of them, in the order of their keys.
    pub const EACH: [Self; 4] = [Self::All, Self::ToRedo, Self::Flagged, Self::Skipped];
}

/// The list of items: only the rows around the chosen one are in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemsView {
    /// Which items are listed.
    pub filter: ItemFilter,
    /// How many that are.
    pub count: usize,
    /// The last place in the speaker's order, listed or not: the places stand in a column that is as wide in every list.
    pub last: usize,
    /// How many stand before the first of `rows`.
    pub before: usize,
    /// The rows around the chosen one.
    pub rows: Vec<ItemRow>,
    /// The chosen one, from the first of `rows`; nothing where there are none.
    pub chosen: usize,
}

impl ItemsView {
    /// The row that Enter goes to.
    pub fn chosen(&self) -> Option<&ItemRow> {
        self.rows.get(self.chosen)
    }
}

/// An item and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// Place in the speaker's order, from 1.
    pub position: usize,
    /// What is to be read, its beginning at least.
    pub text: String,
    /// BCP 47, for the direction of the script.
    pub language: Option<String>,
    /// What has become of it.
    pub state: ItemState,
    /// It was read, but no take counts.
    pub to_redo: bool,
    /// Its take is flagged.
    pub flagged: bool,
    /// The judgement on its take, where there is one.
    pub verdict: Option<Verdict>,
    /// Length of its take.
    pub length_ms: Option<u64>,
}
