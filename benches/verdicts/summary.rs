//! The defects that a signal shows by itself, against the goal: told in 99 % of the takes that have them, and in 1 % of
//! those that do not.

use super::Tally;
use super::clips::Kind;
use super::defects::Defect;
use super::table;

/// Goals, %.
const RECALL: f64 = 99.0;
const FALSE_ALARMS: f64 = 1.0;

/// What each of them is called, and where it is planted.
const SIGNALS: [(&str, Defect); 11] = [
    ("clipping", Defect::Clipped),
    ("cut onset", Defect::StartCut),
    ("cut tail", Defect::EndCut),
    ("quiet", Defect::Quiet),
    ("noise at known SNR", Defect::Noisy),
    ("hum", Defect::Hum),
    ("dropout", Defect::Dropout),
    ("silence", Defect::Silence),
    ("double reading", Defect::DoubleReading),
    ("click", Defect::OnlyClick),
    ("cough-like burst", Defect::OnlyCough),
];

/// What came of every kind of clip.
#[derive(Default)]
pub struct Summary {
    columns: Vec<(Kind, Vec<(Defect, Tally)>)>,
}

impl Summary {
    pub fn add(&mut self, kind: Kind, tallies: Vec<(Defect, Tally)>) {
        self.columns.push((kind, tallies));
    }

    pub fn print(&self) {
        let mut head = vec!["defect".to_owned()];
        head.extend(self.columns.iter().map(|(kind, _)| kind.name().to_owned()));
        head.push("reached".into());
        let row = |(name, defect): &(&str, Defect)| {
            let figures: Vec<[f64; 2]> = self
                .columns
                .iter()
                .map(|(_, tallies)| [recall(*defect, tallies), false_alarms(*defect, tallies)])
                .collect();
            let reached = |f: &[f64; 2]| f[0] >= RECALL && f[1] <= FALSE_ALARMS;
            let mut row = vec![(*name).to_owned()];
            row.extend(figures.iter().map(|f| format!("{:.1} / {:.1}", f[0], f[1])));
            row.push(
                if figures.iter().all(reached) {
                    "yes"
                } else {
                    "no"
                }
                .into(),
            );
            row
        };
        println!("## Signal defects: recall % / false alarms %\n");
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        table::print(&head, &SIGNALS.iter().map(row).collect::<Vec<_>>());
    }
}

/// Of the takes that have it. A noise where a word should be is told by any word, so that it does not pass.
fn recall(defect: Defect, tallies: &[(Defect, Tally)]) -> f64 {
    let tally = tallies.iter().find(|(of, _)| *of == defect);
    tally.map_or(f64::NAN, |(_, tally)| {
        let found = match defect {
            Defect::OnlyClick | Defect::OnlyCough => tally.takes - tally.fine,
            _ => tally.found,
        };
        100.0 * found as f64 / tally.takes as f64
    })
}

/// Of the takes in which somebody speaks that do not have it; of noises, of those that have them beside the speech.
fn false_alarms(defect: Defect, tallies: &[(Defect, Tally)]) -> f64 {
    let beside = match defect {
        Defect::OnlyClick => Some(Defect::Click),
        Defect::OnlyCough => Some(Defect::Cough),
        _ => None,
    };
    let word = defect.word().unwrap_or_default();
    let (mut takes, mut alarms) = (0, 0);
    for (other, tally) in tallies {
        if let Some(beside) = beside {
            if *other == beside {
                takes += tally.takes;
                alarms += tally.with_alarm;
            }
            continue;
        }
        let speaks = other.word() != Some("silent");
        if speaks && other.word() != Some(word) && !other.implies().contains(&word) {
            takes += tally.takes;
            alarms += tally.alarms.get(word).copied().unwrap_or(0);
        }
    }
    100.0 * alarms as f64 / f64::from(takes.max(1) as u32)
}
