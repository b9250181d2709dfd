//! Hands-free, proved: voicebooth in a terminal records from a virtual microphone, and a simulated speaker reads what the
//! screen shows. It knows nothing of the booth: it sees a prompt come up, waits 250 ms, and says that prompt's word. What
//! was said is known to the sample, so the corpus can be read afterwards and asked which word lies in which file.
//!
//! `cargo bench --bench handsfree -- --items 500 --end-silence 400`; with `--noises` there are coughs, doors and other
//! people's voices between the words.

#[path = "../support/mod.rs"]
mod support;

mod corpus;
mod mouth;
mod report;
mod sitting;
mod words;

use std::process::ExitCode;

use clap::Parser;

use mouth::Mouth;
use report::Report;
use sitting::Sitting;
use support::CardOptions;
use support::chance::Chance;
use words::VOICES;

/// How hands-free sessions turn out
#[derive(Parser)]
struct Options {
    /// Words to be read, in five sessions with a voice each
    #[arg(long, default_value_t = 500)]
    items: usize,
    /// Silence that ends a word, ms
    #[arg(long, default_value_t = 400)]
    end_silence: u32,
    /// Coughs, doors and other people's voices between the words
    #[arg(long)]
    noises: bool,
    /// Other words, readings and noises
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Name every take that is not as it should be
    #[arg(long)]
    detail: bool,
    /// Keep the corpora in this folder
    #[arg(long)]
    keep: Option<std::path::PathBuf>,
    #[command(flatten)]
    card: CardOptions,
}

fn main() -> ExitCode {
    let options = Options::parse();
    support::on_a_virtual_card(options.card.quantum, || measure(&options))
}

fn measure(options: &Options) -> anyhow::Result<()> {
    let mut chance = Chance::new(options.seed);
    let mouth = Mouth::open(&mut chance)?;
    let own = tempfile::tempdir()?;
    let folder = options.keep.as_deref().unwrap_or(own.path());
    let mut report = Report::new(options.end_silence, options.noises, options.detail);
    let sessions = VOICES.len().min(options.items.max(1));
    for (number, voice) in VOICES.into_iter().take(sessions).enumerate() {
        let share = (options.items + sessions - 1 - number) / sessions;
        let sitting = Sitting {
            folder: folder.join(format!("session-{number}")),
            voice,
            items: share,
            first_word: options.seed as usize + number * share,
            end_silence_ms: options.end_silence,
            noises: options.noises,
            further: options.card.host(),
        };
        eprintln!("session {} of {sessions}: {share} items", number + 1);
        let heard = sitting.hold(&mouth, &mut chance)?;
        report.add(&heard, &corpus::read(&heard)?);
    }
    report.print();
    Ok(())
}
