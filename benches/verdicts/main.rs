//! How far verdicts can be trusted: takes with planted defects and clean ones, made here, judged as the recorder would.
//!
//! `cargo bench --bench verdicts` reports on other voices, texts and seeds than those that the thresholds were tuned on;
//! `-- --tune` shows the latter. `-- --real DIR` (or `VOICEBOOTH_SPEECH`) adds recordings of words, one to a WAV.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a bench that cannot run says why and stops

mod chance;
mod clips;
mod defects;
mod edges;
mod listen;
mod planted;
mod sounds;
mod sox;
#[allow(dead_code)] // shared with the other benches
#[path = "../support/table.rs"]
mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Parser;

use chance::Chance;
use clips::{Clip, Kind};
use defects::Defect;
use edges::Edges;
use listen::{Heard, listen};
use planted::Planted;

#[derive(Parser)]
struct Options {
    /// Show the set that the thresholds were tuned on
    #[arg(long)]
    tune: bool,
    /// Takes with each defect; six times as many are clean
    #[arg(long, default_value_t = 200)]
    takes: usize,
    /// Folder of WAVs with one word each
    #[arg(long)]
    real: Option<PathBuf>,
    /// Only the rows whose name has this in it, and no boundaries
    #[arg(long)]
    only: Option<String>,
    /// Name every take that was judged wrongly
    #[arg(long)]
    detail: bool,
    #[arg(long, hide = true)]
    bench: bool, // cargo says so
}

/// What came of one kind of defect.
#[derive(Default)]
struct Tally {
    takes: usize,
    found: usize,
    /// Warnings that nothing was planted for.
    alarms: BTreeMap<&'static str, usize>,
    with_alarm: usize,
    /// Takes of which the endpointer made another number of utterances than there are.
    miscounted: usize,
    /// Takes of which more utterances than there are would have become takes without a reason to look at them.
    unflagged: usize,
}

fn main() {
    let options = Options::parse();
    let real = options
        .real
        .clone()
        .or_else(|| std::env::var_os("VOICEBOOTH_SPEECH").map(PathBuf::from));
    let clips = clips::all(options.tune, real.as_deref());
    let mut edges = Edges::default();
    let mut cost = listen::Cost::default();
    for kind in [Kind::Demo, Kind::Synthetic, Kind::Real] {
        let clips: Vec<&Clip> = clips.iter().filter(|clip| clip.kind == kind).collect();
        if clips.is_empty() {
            println!("{}: none here.\n", kind.name());
            continue;
        }
        let seed = u64::from(options.tune) * 1000 + kind as u64;
        let mut chance = Chance::new(seed);
        let mut rows = Vec::new();
        let wanted = |defect: &Defect| {
            let named = |only: &str| defect.name().contains(only);
            let possible =
                *defect != Defect::Whispered || clips.iter().all(|c| c.whispered.is_some());
            possible && options.only.as_deref().is_none_or(named)
        };
        for defect in Defect::ALL.into_iter().filter(wanted) {
            let takes = options.takes * if defect == Defect::None { 6 } else { 1 };
            let mut tally = Tally::default();
            for n in 0..takes {
                let planted = planted::plant(defect, &clips, n, &mut chance);
                let heard = listen(&planted, &mut cost);
                tally.add(defect, &planted, &heard, options.detail);
            }
            rows.push(tally.row(defect));
        }
        println!("## {} ({} clips)\n", kind.name(), clips.len());
        table::print(
            &[
                "planted",
                "expected",
                "takes",
                "recall %",
                "takes with another warning %",
                "which",
                "hands-free miscounts %",
                "too many of them fine %",
            ],
            &rows,
        );
        if options.only.is_some() {
            continue;
        }
        edges.measure(kind, &clips, &mut chance, &mut cost, options.detail);
    }
    edges.print();
    sox::compare(&clips.iter().collect::<Vec<_>>(), &mut Chance::new(77));
    cost.print();
}

impl Tally {
    fn add(&mut self, defect: Defect, planted: &Planted, heard: &Heard, detail: bool) {
        self.takes += 1;
        let expected = defect.word();
        if detail && let Some(differ) = heard.measures.readings_differ {
            println!(
                "readings differ by {differ:.2}: {} {}",
                defect.name(),
                planted.name
            );
        }
        let found = expected.is_none_or(|word| heard.warnings.contains(&word));
        self.found += usize::from(found);
        let others = |word: &&&str| Some(**word) != expected && !defect.implies().contains(*word);
        let mut alarms = heard.warnings.iter().filter(others).peekable();
        let alarmed = alarms.peek().is_some();
        self.with_alarm += usize::from(alarmed);
        for word in alarms {
            *self.alarms.entry(word).or_default() += 1;
        }
        self.unflagged += usize::from(heard.fine_utterances > planted.utterances);
        self.miscounted += usize::from(heard.utterances != planted.utterances);
        if detail && (!found || alarmed) {
            println!(
                "{defect:?} {}: {:?} {}",
                planted.name, heard.warnings, heard.detail
            );
        }
    }

    fn row(&self, defect: Defect) -> Vec<String> {
        let share = |count: usize| format!("{:.1}", 100.0 * count as f64 / self.takes as f64);
        let which: Vec<String> = self
            .alarms
            .iter()
            .map(|(word, count)| format!("{word} {count}"))
            .collect();
        vec![
            defect.name().into(),
            defect.word().unwrap_or("-").into(),
            self.takes.to_string(),
            if defect.word().is_some() {
                share(self.found)
            } else {
                "-".into()
            },
            share(self.with_alarm),
            which.join(", "),
            if defect.can_be_counted() {
                share(self.miscounted)
            } else {
                "-".into()
            },
            if defect.can_be_counted() {
                share(self.unflagged)
            } else {
                "-".into()
            },
        ]
    }
}
