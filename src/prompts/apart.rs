//! Shuffled items so that no label comes twice in a row, where that can be helped.
//!
//! Promise: each place takes the first item that is left and has another label than the one before, but a label that
//! would otherwise be left over alone at the end goes first. So nothing is moved that need not be, and no two neighbours
//! have one label unless one label is more than half of what is shuffled together (or what came before it forces it).

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::Prompt;
use super::order::Item;

/// What must not come twice in a row: the label, or the prompt itself where it has none.
fn label(prompts: &[Prompt], item: Item) -> &str {
    let prompt = &prompts[item.prompt as usize];
    prompt.label.as_deref().unwrap_or(&prompt.id)
}

/// The items of one label that are left, each with its place in the shuffle.
type Left = VecDeque<(usize, Item)>;

/// Appends `group` to `items`, whose last is what comes before it; as it stands where it is not shuffled.
pub(super) fn keep_apart(
    prompts: &[Prompt],
    group: impl Iterator<Item = Item>,
    is_shuffled: bool,
    items: &mut Vec<Item>,
) {
    if !is_shuffled {
        items.extend(group);
        return;
    }
    let mut left: HashMap<&str, Left> = HashMap::new();
    let mut count = 0;
    for (place, item) in group.enumerate() {
        let of_label = left.entry(label(prompts, item)).or_default();
        of_label.push_back((place, item));
        count += 1;
    }
    // Labels by the first place that each has left, and by how many.
    let mut by_place = BTreeSet::new();
    let mut by_count = BTreeSet::new();
    for (label, left) in &left {
        by_place.extend(left.front().map(|(place, _)| (*place, *label)));
        by_count.insert((left.len(), *label));
    }
    let mut last = items.last().map(|item| label(prompts, *item));
    while count > 0 {
        let most = by_count
            .last()
            .filter(|(n, l)| 2 * n > count && Some(*l) != last);
        let other = || by_place.iter().find(|(_, l)| Some(*l) != last);
        let chosen = most.or_else(other).or_else(|| by_place.first());
        let Some(chosen) = chosen.map(|(_, label)| *label) else {
            return;
        };
        let Some(of_label) = left.get_mut(chosen) else {
            return;
        };
        by_count.remove(&(of_label.len(), chosen));
        if let Some((place, item)) = of_label.pop_front() {
            by_place.remove(&(place, chosen));
            items.push(item);
        }
        if let Some((place, _)) = of_label.front() {
            by_place.insert((*place, chosen));
            by_count.insert((of_label.len(), chosen));
        }
        last = Some(chosen);
        count -= 1;
    }
}
