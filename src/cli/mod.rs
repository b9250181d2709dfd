//! Arguments, configuration, subcommands, exit codes.

mod again;
pub mod args;
pub mod config;
mod devices;
mod export;
mod forget;
mod log;
mod merge;
mod progress;
mod prompts;
mod record;
mod sounds;
mod stats;
mod study;
mod table;
mod verify;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, SchemaArgs, StudyTask, Task};

/// How a subcommand ended where it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Everything is well.
    Done,
    /// It ran, and something is wrong that it has named.
    Wrong,
}

/// What was asked for cannot be meant: nothing was done.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// Runs the program and maps its end to an exit code: 0 done, 1 it ran and something is wrong, 2 wrong usage.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let end = match arguments.task {
        Task::Record(args) => record::record(&args),
        Task::Prompts(task) => prompts::prompts(&task),
        Task::Verify(args) => verify::verify(&args),
        Task::Stats(args) => stats::stats(&args),
        Task::Export(args) => export::export(&args),
        Task::Merge(args) => merge::merge(&args),
        Task::Forget(args) => forget::forget(&args),
        Task::Devices(args) => devices::devices(&args),
        Task::Schema(args) => schema(&args),
        Task::Study(StudyTask::Init { file }) => study::init(&file),
        Task::Study(StudyTask::Check { file, json }) => study::check(&file, json),
    };
    match end {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Wrong) => ExitCode::FAILURE,
        Err(error) => {
            // Where the terminal has gone, nobody is left to be told.
            let _ = writeln!(std::io::stderr(), "voicebooth: {error:#}");
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}

fn schema(args: &SchemaArgs) -> anyhow::Result<End> {
    let schemas = crate::corpus::schemas();
    let names: Vec<&str> = schemas.iter().map(|(name, _)| *name).collect();
    let Some(wanted) = &args.name else {
        say(&names.join("\n"))?;
        return Ok(End::Done);
    };
    let Some((_, text)) = schemas.iter().find(|(name, _)| name == wanted) else {
        return Err(Usage(format!(
            "no schema {wanted}; there are {}",
            names.join(", ")
        ))
        .into());
    };
    say(text.trim_end())?;
    Ok(End::Done)
}

/// Prints to standard output. A reader that has gone away (`| head`) is no mistake.
fn say(text: &str) -> std::io::Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
