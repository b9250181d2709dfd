//! How many wrong words are found, and how many right ones doubted: digits by the demo speaker, by espeak-ng where it is
//! installed, and by people where a folder of clips is named (`VOICEBOOTH_DIGITS`, files `{digit}_{speaker}_{index}.wav`).
//! Also what a take costs. `--tune` prints what thresholds are chosen by, from voices that are not reported.

mod sessions;
mod sources;
#[path = "../support/table.rs"]
#[allow(dead_code)] // other benchmarks take more of it
mod table;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use voicebooth::signal::mfcc::FeatureStream;
use voicebooth::signal::reading::{Comparison, Readings};

use sessions::{Scores, Session};
use sources::{Set, Speaker};

#[derive(Parser)]
struct Options {
    /// Use the voices that thresholds are chosen by, and print what to choose them by
    #[arg(long)]
    tune: bool,
    #[arg(long, hide = true)]
    bench: bool, // cargo says so
}

fn main() -> ExitCode {
    let options = Options::parse();
    match measure(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("could not run: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for set in sources::all(options.tune)? {
        let sessions = Session::ALL
            .into_iter()
            .filter(|session| set.own || session.is_of_others());
        for session in sessions {
            let scores = sessions::run(&set.speakers, session);
            if !scores.right.is_empty() {
                rows.push(row(&set, session, &scores, options.tune));
            }
        }
    }
    let mut head = vec![
        "takes",
        "speakers",
        "known before",
        "right",
        "doubted, %",
        "of the list",
        "found, %",
        "not of the list",
        "found, %",
    ];
    if options.tune {
        head.extend([
            "95 % of right below",
            "10 % of wrong below",
            "not of the list",
        ]);
    }
    table::print(&head, &rows);
    if !options.tune {
        costs()?;
    }
    Ok(())
}

fn row(set: &Set, session: Session, scores: &Scores, tune: bool) -> Vec<String> {
    let doubted = |comparisons: &[Option<Comparison>]| {
        let is_doubted = |c: &&Option<Comparison>| {
            c.as_ref()
                .is_some_and(|c| c.score > Comparison::threshold(c.against))
        };
        100.0 * comparisons.iter().filter(is_doubted).count() as f64 / comparisons.len() as f64
    };
    let mut row = vec![
        set.name.clone(),
        set.speakers.len().to_string(),
        session.name(),
    ];
    for comparisons in [&scores.right, &scores.listed, &scores.unlisted] {
        row.push(comparisons.len().to_string());
        row.push(format!("{:.1}", doubted(comparisons)));
    }
    if tune {
        row.push(share_below(&scores.right, 0.95));
        row.push(share_below(&scores.listed, 0.10));
        row.push(share_below(&scores.unlisted, 0.10));
    }
    row
}

/// The score that this share of the takes is below.
fn share_below(comparisons: &[Option<Comparison>], share: f64) -> String {
    let mut scores: Vec<f32> = comparisons.iter().flatten().map(|c| c.score).collect();
    scores.sort_by(f32::total_cmp);
    let at = (share * (scores.len().max(1) - 1) as f64).round() as usize;
    scores
        .get(at)
        .map_or("-".into(), |score| format!("{score:.2}"))
}

/// What a take costs with ten labels and with a thousand, as a share of its length.
fn costs() -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for (rate_hz, labels) in [(16_000, 10), (48_000, 10), (48_000, 1000), (192_000, 10)] {
        let speaker = sources::for_costs(rate_hz)?;
        let mut readings = Readings::default();
        for n in 0..labels * 4 {
            let take = &speaker.takes[n % speaker.takes.len()];
            readings.learn(
                &format!("label {}", n % labels),
                "one",
                sessions::features(take),
            );
        }
        rows.push(cost(&speaker, &mut readings, labels));
    }
    println!("What a take costs one core, % of its length; min / median / p95 / max\n");
    table::print(
        &[
            "rate, Hz",
            "labels",
            "listening",
            "judging",
            "learning",
            "all",
        ],
        &rows,
    );
    Ok(())
}

fn cost(speaker: &Speaker, readings: &mut Readings, labels: usize) -> Vec<String> {
    let mut spent: [Vec<f64>; 4] = Default::default();
    let rate_hz = speaker.takes[0].rate_hz;
    let mut stream = FeatureStream::new(rate_hz);
    for (n, take) in speaker.takes.iter().enumerate() {
        let length = Duration::from_secs_f64(take.samples.len() as f64 / f64::from(rate_hz));
        let mut all = 0.0;
        let mut add = |at: usize, since: Instant| {
            let share = 100.0 * since.elapsed().as_secs_f64() / length.as_secs_f64();
            spent[at].push(share);
            all += share;
        };
        let label = format!("label {}", n % labels);
        let begun = Instant::now();
        stream.restart();
        take.samples
            .chunks(480)
            .for_each(|block| stream.push(block));
        let Some(features) = stream.finish(take.speech.clone()) else {
            continue;
        };
        add(0, begun);
        let begun = Instant::now();
        std::hint::black_box(readings.judge(&label, "one", &features));
        add(1, begun);
        let begun = Instant::now();
        readings.learn(&label, "one", features);
        add(2, begun);
        spent[3].push(all);
    }
    let mut row = vec![rate_hz.to_string(), labels.to_string()];
    row.extend(spent.iter().map(|shares| table::figures(shares, 3)));
    row
}

/// Said by a session, for rows and their order.
impl Session {
    const ALL: [Self; 4] = [Self::Own(1), Self::Own(2), Self::Own(4), Self::Others];

    fn is_of_others(self) -> bool {
        matches!(self, Self::Others)
    }

    fn name(self) -> String {
        match self {
            Self::Own(1) => "1 own take each".into(),
            Self::Own(takes) => format!("{takes} own takes each"),
            Self::Others => "other speakers'".into(),
        }
    }
}
