//! What the words in the corpus say about the session.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::Take;
use crate::sitting::{Disturbance, Held};
use crate::support::sounds::RATE_HZ;
use crate::support::table;
use crate::words::Noise;

/// Sessions added up.
pub struct Report {
    end_silence_ms: u32,
    noises: bool,
    detail: bool,
    counts: BTreeMap<Count, usize>,
    /// End of speech to the next prompt, less the end-silence, ms.
    waited_ms: Vec<f64>,
    /// How much later than meant words were said.
    lasted_s: f64,
    by_noise: BTreeMap<Noise, [usize; 3]>,
    false_words: BTreeMap<String, usize>,
    pauses: BTreeMap<String, usize>,
}

/// What is counted, in the order of the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Count {
    Items,
    Said,
    Takes,
    Misses,
    Doubles,
    Shifted,
    CutOnsets,
    CutTails,
    Strays,
    Unheard,
    CutEarly,
    AskedAgain,
    LostFrames,
    Clean,
    CleanTold,
    Noises,
    False,
    FalseUntold,
}

const LINES: [(Count, &str); 18] = [
    (Count::Items, "items"),
    (Count::Said, "words said"),
    (Count::Takes, "takes"),
    (Count::Misses, "misses: items whose take lacks their word"),
    (
        Count::Doubles,
        "doubles: words in two takes, takes with two words",
    ),
    (
        Count::Shifted,
        "shifted labels: takes with another item's word instead",
    ),
    (Count::CutOnsets, "words cut at their onset"),
    (Count::CutTails, "words cut at their tail"),
    (Count::Strays, "takes with a part of another word"),
    (Count::Unheard, "words in no take"),
    (Count::CutEarly, "prompts that changed in mid-word"),
    (Count::AskedAgain, "takes asked again"),
    (Count::LostFrames, "takes with lost frames"),
    (Count::Clean, "takes with their word and no noise"),
    (Count::CleanTold, "of them flagged or not fine"),
    (Count::Noises, "noises"),
    (Count::False, "false items: takes without any word"),
    (Count::FalseUntold, "of them neither flagged nor refused"),
];

impl Report {
    pub fn new(end_silence_ms: u32, noises: bool, detail: bool) -> Self {
        Self {
            end_silence_ms,
            noises,
            detail,
            counts: BTreeMap::new(),
            waited_ms: Vec::new(),
            lasted_s: 0.0,
            by_noise: BTreeMap::new(),
            false_words: BTreeMap::new(),
            pauses: BTreeMap::new(),
        }
    }

    fn count(&mut self, what: Count, how_many: usize) {
        *self.counts.entry(what).or_default() += how_many;
    }

    /// Adds a session.
    pub fn add(&mut self, held: &Held, takes: &[Take]) {
        self.count(Count::Items, held.items);
        self.count(Count::Said, held.said.len());
        self.count(Count::Takes, takes.len());
        self.count(Count::Noises, held.disturbances.len());
        self.lasted_s += held.lasted.as_secs_f64();
        for why in &held.pauses {
            *self.pauses.entry(why.clone()).or_default() += 1;
        }
        for disturbance in &held.disturbances {
            self.by_noise.entry(disturbance.noise).or_default()[0] += 1;
        }
        for take in takes {
            self.judge(held, take);
        }
        self.look_for_items(held, takes);
        self.look_for_words(held, takes);
    }

    fn judge(&mut self, held: &Held, take: &Take) {
        let is_own = |said: usize| held.said[said].item == take.item;
        let own = take.words.iter().find(|found| is_own(found.said));
        let others = || take.words.iter().filter(|found| !is_own(found.said));
        let noises: Vec<&Disturbance> = held.disturbances_in(take).collect();
        let mut wrong = Vec::new();
        let mut note = |report: &mut Self, applies: bool, what: Count| {
            if applies {
                report.count(what, 1);
                wrong.push(
                    LINES
                        .iter()
                        .find(|line| line.0 == what)
                        .map_or("", |line| line.1),
                );
            }
        };
        note(self, take.verdict == "again", Count::AskedAgain);
        note(self, take.lost_frames, Count::LostFrames);
        let whole = take.words.iter().filter(|found| found.is_whole()).count();
        note(self, whole > 1, Count::Doubles);
        note(
            self,
            own.is_none() && others().next().is_some(),
            Count::Shifted,
        );
        note(
            self,
            own.is_some_and(|found| found.at.start < 0),
            Count::CutOnsets,
        );
        note(
            self,
            own.is_some_and(|found| found.at.end > found.of),
            Count::CutTails,
        );
        note(
            self,
            own.is_some() && others().any(|found| !found.is_whole()),
            Count::Strays,
        );
        if own.is_some() && noises.is_empty() {
            self.count(Count::Clean, 1);
            note(self, take.is_told(), Count::CleanTold);
        }
        if take.words.is_empty() {
            note(self, true, Count::False);
            note(self, !take.is_told(), Count::FalseUntold);
            self.blame(take, &noises);
        }
        if self.detail && !wrong.is_empty() {
            let noises: Vec<&str> = noises.iter().map(|noise| noise.noise.name()).collect();
            println!(
                "{} ({} {} {:?}{}) after {noises:?}: {}",
                take.path.display(),
                take.status,
                take.verdict,
                take.warnings,
                if take.flagged { ", flagged" } else { "" },
                wrong.join("; ")
            );
        }
    }

    /// Which noise a false item comes from, and what is said of it.
    fn blame(&mut self, take: &Take, noises: &[&Disturbance]) {
        for disturbance in noises {
            let counts = self.by_noise.entry(disturbance.noise).or_default();
            counts[1] += 1;
            counts[2] += usize::from(!take.is_told());
        }
        let said = match (&take.warnings[..], take.flagged) {
            ([], false) => "nothing".into(),
            ([], true) => "a flag".into(),
            (words, _) => words.join(" and "),
        };
        let said = format!("{}: {said}", take.verdict);
        *self.false_words.entry(said).or_default() += 1;
    }

    /// Every item has its word in the take that counts.
    fn look_for_items(&mut self, held: &Held, takes: &[Take]) {
        for item in 1..=held.items {
            let of_it = takes
                .iter()
                .filter(|take| take.item == item && take.counts());
            let current = of_it.max_by_key(|take| take.number);
            let has_word = current.is_some_and(|take| {
                let mut words = take.words.iter();
                words.any(|found| held.said[found.said].item == item && found.is_whole())
            });
            if !has_word {
                self.count(Count::Misses, 1);
                if self.detail {
                    let of_it = takes.iter().filter(|take| take.item == item);
                    let states: Vec<&str> = of_it.map(|take| take.status.as_str()).collect();
                    println!("item {item} lacks its word; its takes are {states:?}");
                }
            }
        }
    }

    /// Every word is in one take, and the next prompt came in time.
    fn look_for_words(&mut self, held: &Held, takes: &[Take]) {
        let mut once = BTreeSet::new();
        for take in takes {
            for found in take.words.iter().filter(|found| found.is_whole()) {
                if !once.insert(found.said) {
                    self.count(Count::Doubles, 1);
                }
            }
        }
        let in_part: BTreeSet<usize> = takes
            .iter()
            .flat_map(|take| take.words.iter().map(|found| found.said))
            .collect();
        for (index, said) in held.said.iter().enumerate() {
            if !in_part.contains(&index) {
                self.count(Count::Unheard, 1);
                if self.detail {
                    println!("a word for item {} is in no take", said.item);
                }
            }
            let Some(next) = said.next_prompt else {
                continue;
            };
            let waited_ms = (held.seconds(next) - held.seconds(said.end)) * 1e3;
            if waited_ms < 0.0 {
                self.count(Count::CutEarly, 1);
            }
            let disturbed = |noise: &Disturbance| noise.start < next && noise.end > said.start;
            if !held.disturbances.iter().any(disturbed) {
                self.waited_ms
                    .push(waited_ms - f64::from(self.end_silence_ms));
            }
        }
    }

    pub fn print(&self) {
        let of = |what: Count| self.counts.get(&what).copied().unwrap_or(0);
        println!(
            "End-silence {} ms, words of 500 ms at {RATE_HZ} Hz, reaction 250 ms{}.\n",
            self.end_silence_ms,
            if self.noises { ", with noises" } else { "" }
        );
        let shown = |(what, _): &&(Count, &str)| self.noises || *what < Count::Noises;
        let row = |(what, name): &(Count, &str)| vec![(*name).into(), of(*what).to_string()];
        let mut rows: Vec<Vec<String>> = LINES.iter().filter(shown).map(row).collect();
        let hourly = of(Count::Items) as f64 * 3600.0 / self.lasted_s.max(f64::MIN_POSITIVE);
        rows.push(vec![
            "end of speech to next prompt, less the end-silence, ms: min / median / p95 / max"
                .into(),
            table::figures(&self.waited_ms, 1),
        ]);
        rows.push(vec!["items per hour".into(), format!("{hourly:.0}")]);
        table::print(&["what", "count"], &rows);
        if self.noises {
            let row = |(noise, counts): (&Noise, &[usize; 3])| {
                let mut row = vec![noise.name().to_owned()];
                row.extend(counts.map(|count| count.to_string()));
                row
            };
            let rows: Vec<_> = self.by_noise.iter().map(row).collect();
            table::print(&["noise", "played", "false items", "of them untold"], &rows);
            print_counts("what is said of a false item", &self.false_words);
        }
        print_counts("pauses", &self.pauses);
    }
}

impl Held {
    fn disturbances_in<'a>(&'a self, take: &'a Take) -> impl Iterator<Item = &'a Disturbance> {
        self.disturbances.iter().filter(|noise| {
            let [start, end] = [noise.start, noise.end].map(|at| self.seconds(at));
            start < take.heard_s.end && end > take.heard_s.start
        })
    }
}

fn print_counts(what: &str, counts: &BTreeMap<String, usize>) {
    if !counts.is_empty() {
        let row = |(said, count): (&String, &usize)| vec![said.clone(), count.to_string()];
        table::print(
            &[what, "times"],
            &counts.iter().map(row).collect::<Vec<_>>(),
        );
    }
}
