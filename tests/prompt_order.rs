//! The order of items: what `docs/order.md` promises, and that its Python makes the same.

#![allow(clippy::unwrap_used)] // clippy.toml allows it in tests, but not in the functions that they share

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::process::Command;

use proptest::prelude::*;
use voicebooth::prompts::{Arrangement, ITEMS_MAX, Item, Order, Prompt, Shuffle, expand};

const DOC: &str = include_str!("../docs/order.md");

const SHUFFLE: Shuffle = Shuffle {
    seed: 11,
    speaker: "s7k3q",
    pass: 1,
};

fn prompt(id: &str, section: Option<&str>, repeat: u32) -> Prompt {
    Prompt {
        id: id.into(),
        text: id.into(),
        section: section.map(str::to_owned),
        repeat,
        ..Prompt::default()
    }
}

fn numbered(count: usize) -> Vec<Prompt> {
    (0..count)
        .map(|n| prompt(&format!("p{n}"), None, 1))
        .collect()
}

fn in_order(prompts: &[Prompt], order: Order, repeat: u32, shuffle: Shuffle) -> Vec<(String, u32)> {
    arranged(prompts, arrangement(order, repeat), shuffle)
}

fn arrangement(order: Order, repeat: u32) -> Arrangement<'static> {
    Arrangement {
        order,
        repeat,
        ..Arrangement::default()
    }
}

fn arranged(prompts: &[Prompt], arrangement: Arrangement, shuffle: Shuffle) -> Vec<(String, u32)> {
    expand(prompts, arrangement, shuffle)
        .unwrap()
        .into_iter()
        .map(|Item { prompt, repeat }| (prompts[prompt as usize].id.clone(), repeat))
        .collect()
}

/// The fenced blocks of the document in one language, joined.
fn blocks(language: &str) -> String {
    let fence = format!("```{language}\n");
    DOC.split(&fence)
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect()
}

/// The document's example: the fixed vectors. A corpus depends on them; they never change.
fn documented_example() -> String {
    let prompts = [
        prompt("one", Some("digits"), 1),
        prompt("two", Some("digits"), 2),
        prompt("three", Some("digits"), 1),
        prompt("नमस्ते", None, 1),
        prompt("ship-ahoy-9f99e23d", None, 1),
    ];
    let orders = [
        ("sequential", Order::Sequential),
        ("blocked", Order::Blocked),
        ("shuffled", Order::Shuffled),
    ];
    let mut lines = String::new();
    for (name, order) in orders {
        lines += name;
        for (id, repeat) in in_order(&prompts, order, 2, SHUFFLE) {
            write!(lines, " {id}/{repeat}").unwrap();
        }
        lines.push('\n');
    }
    lines + &labelled_example()
}

/// Two labels in each of two sections: kept apart, and with an order of its own in one section.
fn labelled_example() -> String {
    let mut prompts = Vec::new();
    for section in ["a", "b"] {
        for label in [section, "x"] {
            let of_label = [1, 2].map(|n| Prompt {
                label: Some(label.into()),
                ..prompt(&format!("{section}-{label}{n}"), Some(section), 1)
            });
            prompts.extend(of_label);
        }
    }
    let apart = Arrangement {
        labels_apart: true,
        ..arrangement(Order::Shuffled, 2)
    };
    let sections = [("b".to_owned(), Order::Shuffled)];
    let own = Arrangement {
        sections: &sections,
        ..arrangement(Order::Sequential, 2)
    };
    let mut lines = String::new();
    for (name, arrangement) in [("apart", apart), ("sections", own)] {
        lines += name;
        for (id, repeat) in arranged(&prompts, arrangement, SHUFFLE) {
            write!(lines, " {id}/{repeat}").unwrap();
        }
        lines.push('\n');
    }
    lines
}

#[test]
fn the_documented_example_is_what_the_program_does() {
    assert_eq!(documented_example(), blocks("text"));
}

#[test]
fn the_documented_python_makes_the_same_order() {
    let run = Command::new("python3")
        .args(["-c", &blocks("python")])
        .env("PYTHONIOENCODING", "utf-8")
        .output();
    let Ok(run) = run else {
        eprintln!("skipped: python3 is not installed");
        return;
    };
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&run.stdout), documented_example());
}

#[test]
fn another_seed_speaker_or_pass_makes_another_order() {
    let prompts = numbered(20);
    let shuffles = [
        SHUFFLE,
        Shuffle {
            seed: 12,
            ..SHUFFLE
        },
        Shuffle {
            speaker: "s7k3r",
            ..SHUFFLE
        },
        Shuffle { pass: 2, ..SHUFFLE },
    ];
    let orders: HashSet<_> = shuffles
        .map(|shuffle| in_order(&prompts, Order::Shuffled, 1, shuffle))
        .into();
    assert_eq!(orders.len(), shuffles.len());
}

#[test]
fn every_prompt_is_as_often_first_as_any_other() {
    let prompts = numbered(4);
    let mut first = HashMap::new();
    for seed in 0..4000 {
        let items = in_order(&prompts, Order::Shuffled, 1, Shuffle { seed, ..SHUFFLE });
        *first.entry(items[0].0.clone()).or_insert(0_u32) += 1;
    }
    // 1000 each, standard deviation 27.4: five of them.
    assert!(
        first.values().all(|count| (863..=1137).contains(count)),
        "{first:?}"
    );
}

#[test]
fn more_items_than_a_pass_can_have_are_refused() {
    let prompts = [prompt("a", None, u32::MAX)];
    let error = expand(&prompts, arrangement(Order::Sequential, u32::MAX), SHUFFLE).unwrap_err();
    assert_eq!(error.items, u64::from(u32::MAX) * u64::from(u32::MAX));
    assert!(error.items > ITEMS_MAX);
}

#[test]
fn sequential_repeats_are_rounds_through_the_list() {
    let prompts = [prompt("a", None, 1), prompt("b", None, 1)];
    let items = in_order(&prompts, Order::Sequential, 2, SHUFFLE);
    let expected = [("a", 1), ("b", 1), ("a", 2), ("b", 2)];
    assert_eq!(items, expected.map(|(id, repeat)| (id.to_owned(), repeat)));
}

fn orders() -> impl Strategy<Value = Order> {
    prop_oneof![
        Just(Order::Sequential),
        Just(Order::Shuffled),
        Just(Order::Blocked)
    ]
}

/// Lists with sections in runs and some prompts more than once.
fn lists() -> impl Strategy<Value = Vec<Prompt>> {
    prop::collection::vec((prop::option::of("[xy]"), 1..3_u32), 1..25).prop_map(|rows| {
        let numbered = rows.into_iter().enumerate();
        numbered
            .map(|(n, (section, repeat))| prompt(&format!("p{n}"), section.as_deref(), repeat))
            .collect()
    })
}

proptest! {
    #[test]
    fn every_item_comes_once(prompts in lists(), order in orders(), repeat in 1..4_u32, seed: u64) {
        let items = in_order(&prompts, order, repeat, Shuffle { seed, ..SHUFFLE });
        let wanted: HashSet<_> = prompts
            .iter()
            .flat_map(|p| (1..=p.repeat * repeat).map(|r| (p.id.clone(), r)))
            .collect();
        prop_assert_eq!(items.len(), wanted.len());
        prop_assert_eq!(items.into_iter().collect::<HashSet<_>>(), wanted);
    }

    #[test]
    fn a_new_prompt_leaves_the_others_in_their_order(
        prompts in lists(), order in orders(), repeat in 1..4_u32, seed: u64, at: prop::sample::Index,
    ) {
        let shuffle = Shuffle { seed, ..SHUFFLE };
        let before = in_order(&prompts, order, repeat, shuffle);
        let at = at.index(prompts.len());
        let mut longer = prompts.clone();
        longer.insert(at, Prompt { id: "new".into(), ..prompts[at].clone() });
        let mut after = in_order(&longer, order, repeat, shuffle);
        after.retain(|(id, _)| id != "new");
        prop_assert_eq!(after, before);
    }

    #[test]
    fn a_block_holds_every_prompt_once(count in 1..20_usize, repeat in 1..5_u32, seed: u64) {
        let items = in_order(&numbered(count), Order::Blocked, repeat, Shuffle { seed, ..SHUFFLE });
        for (block, items) in items.chunks(count).enumerate() {
            let ids: HashSet<_> = items.iter().map(|(id, _)| id).collect();
            prop_assert_eq!(ids.len(), count);
            prop_assert!(items.iter().all(|(_, repeat)| *repeat as usize == block + 1));
        }
    }

    #[test]
    fn a_shuffle_stays_within_a_section(
        prompts in lists(), blocked: bool, repeat in 1..3_u32, seed: u64,
    ) {
        let order = if blocked { Order::Blocked } else { Order::Shuffled };
        let items = expand(&prompts, arrangement(order, repeat), Shuffle { seed, ..SHUFFLE }).unwrap();
        let run_of = |item: &Item| {
            let upto = &prompts[..=item.prompt as usize];
            upto.windows(2).filter(|pair| pair[0].section != pair[1].section).count()
        };
        let block_of = |item: &Item| if blocked { item.repeat } else { 0 };
        prop_assert!(items.is_sorted_by_key(|item| (block_of(item), run_of(item))));
    }

    #[test]
    fn labels_stay_apart_wherever_no_label_is_more_than_half(
        counts in prop::collection::vec(1..6_u32, 2..6), blocked: bool, seed: u64,
    ) {
        let prompts: Vec<Prompt> = (0..).zip(&counts).flat_map(|(label, count)| {
            (0..*count).map(move |n| Prompt {
                label: Some(format!("l{label}")),
                ..prompt(&format!("p{label}-{n}"), None, 1)
            })
        }).collect();
        let order = if blocked { Order::Blocked } else { Order::Shuffled };
        let arrangement = Arrangement { labels_apart: true, ..arrangement(order, 2) };
        let items = expand(&prompts, arrangement, Shuffle { seed, ..SHUFFLE }).unwrap();
        let label = |item: &Item| prompts[item.prompt as usize].label.clone();
        let twice = items.windows(2).filter(|pair| label(&pair[0]) == label(&pair[1])).count();
        let total: u32 = counts.iter().sum();
        if counts.iter().all(|count| 2 * count <= total) {
            prop_assert_eq!(twice, 0);
        }
        // Nothing is lost or doubled by it.
        let all: HashSet<_> = items.iter().collect();
        prop_assert_eq!(all.len(), prompts.len() * 2);
    }

    #[test]
    fn what_has_its_labels_apart_already_is_left_as_it_is(count in 1..30_usize, seed: u64) {
        let shuffle = Shuffle { seed, ..SHUFFLE };
        let apart = Arrangement { labels_apart: true, ..arrangement(Order::Shuffled, 1) };
        let prompts = numbered(count);
        prop_assert_eq!(
            arranged(&prompts, apart, shuffle),
            in_order(&prompts, Order::Shuffled, 1, shuffle)
        );
    }
}
