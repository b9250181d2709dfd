//! How far verdicts can be trusted: takes with planted defects and clean ones, made here, judged as the recorder would.
//!
//! `cargo bench --bench verdicts` reports on other voices, texts and seeds than those that the thresholds were tuned on;
//! `-- --tune` shows the latter. `-- --real DIR` (or `VOICEBOOTH_SPEECH`) adds recordings of words, one to a WAV.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a bench that cannot run says why and stops

#[path = "../support/chance.rs"]
mod chance;
mod clips;
mod defects;
mod edges;
mod gains;
mod listen;
mod session;
#[path = "../support/sounds.rs"]
mod sounds;
mod sox;
mod summary;
#[allow(dead_code)] // shared with the other benches
#[path = "../support/table.rs"]
mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Parser;

use chance::Chance;
use clips::{Clip, Kind};
use defects::{Defect, Planted};
use edges::Edges;
use listen::{Heard, listen};
use session::Sessions;
use summary::Summary;

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
    /// Name every take that was judged wrongly
    #[arg(long)]
    detail: bool,
    /// Only the defects that are told by these reasons (`clean` for none, `check` for the microphone
    /// check), and no boundaries
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    #[arg(long, hide = true)]
    bench: bool, // cargo says so
}

/// What came of one kind of defect.
#[derive(Default)]
struct Tally {
    takes: usize,
    found: usize,
    /// Warnings that nothing was planted for.
    alarms: BTreeMap<String, usize>,
    with_alarm: usize,
    /// Takes that passed as good.
    fine: usize,
    /// Takes of which the endpointer made another number of utterances than there are.
    miscounted: usize,
}

fn main() {
    let options = Options::parse();
    let real = options
        .real
        .clone()
        .or_else(|| std::env::var_os("VOICEBOOTH_SPEECH").map(PathBuf::from));
    let clips = clips::all(options.tune, real.as_deref());
    let digits = clips::digits(options.tune, real.as_deref());
    let mut edges = Edges::default();
    let mut cost = listen::Cost::default();
    let mut summary = Summary::default();
    for kind in [Kind::Demo, Kind::Synthetic, Kind::Real] {
        let clips: Vec<&Clip> = clips.iter().filter(|clip| clip.kind == kind).collect();
        if clips.is_empty() {
            println!("{}: none here.\n", kind.name());
            continue;
        }
        let seed = u64::from(options.tune) * 1000 + kind as u64;
        let mut chance = Chance::new(seed);
        let sessions = Sessions::learn(&clips, &mut chance, &mut cost);
        let digits: Vec<&Clip> = digits.iter().filter(|clip| clip.kind == kind).collect();
        let labelled = Sessions::learn_labels(&digits, &mut chance, &mut cost);
        let mut tallies = Vec::new();
        for defect in Defect::ALL {
            if !options.only.is_empty()
                && !options
                    .only
                    .iter()
                    .any(|w| defect.word().unwrap_or("clean") == w)
            {
                continue;
            }
            let (clips, sessions) = if defect.is_of_labels() {
                (&digits, &labelled)
            } else {
                (&clips, &sessions)
            };
            if defect.can_have(clips).is_empty() {
                continue;
            }
            let takes = options.takes
                * if matches!(defect, Defect::None | Defect::RightWord) {
                    6
                } else {
                    1
                };
            let mut tally = Tally::default();
            for n in 0..takes {
                let planted = defects::plant(defect, clips, n, &mut chance);
                let (prompt, known) = sessions.of(&planted, n);
                let heard = listen(&planted, &prompt, known, &mut cost);
                tally.add(defect, &planted, &heard, options.detail);
            }
            tallies.push((defect, tally));
        }
        let rows: Vec<_> = tallies.iter().map(|(d, tally)| tally.row(*d)).collect();
        println!("## {} ({} clips)\n", kind.name(), clips.len());
        table::print(
            &[
                "planted",
                "expected",
                "takes",
                "recall %",
                "fine %",
                "takes with another warning %",
                "which",
                "hands-free miscounts %",
            ],
            &rows,
        );
        summary.add(kind, tallies);
        if options.only.is_empty() {
            edges.measure(kind, &clips, &mut chance, &mut cost, options.detail);
        }
    }
    let only_check = options.only.iter().any(|word| word == "check");
    if options.only.is_empty() || only_check {
        let seed = 78 + u64::from(options.tune);
        gains::print(&clips, options.takes, &mut Chance::new(seed));
    }
    if !options.only.is_empty() {
        return;
    }
    summary.print();
    edges.print();
    sox::compare(&clips.iter().collect::<Vec<_>>(), &mut Chance::new(77));
    cost.print();
}

/// A good take of it has nothing to be told.
fn passes(defect: Defect) -> bool {
    defect.word().is_none()
}

impl Tally {
    fn add(&mut self, defect: Defect, planted: &Planted, heard: &Heard, detail: bool) {
        self.takes += 1;
        let expected = defect.word();
        let found = expected.is_none_or(|word| heard.warnings.iter().any(|w| w == word));
        self.found += usize::from(found);
        self.fine += usize::from(heard.warnings.is_empty());
        let others = |word: &&String| Some(&***word) != expected && !planted.implies(defect, word);
        let mut alarms = heard.warnings.iter().filter(others).peekable();
        let alarmed = alarms.peek().is_some();
        self.with_alarm += usize::from(alarmed);
        for word in alarms {
            *self.alarms.entry(word.clone()).or_default() += 1;
        }
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
            if passes(defect) {
                "-".into()
            } else {
                share(self.fine)
            },
            share(self.with_alarm),
            which.join(", "),
            if defect.can_be_counted() {
                share(self.miscounted)
            } else {
                "-".into()
            },
        ]
    }
}
