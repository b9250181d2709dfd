//! Arguments, configuration, subcommands, exit codes.

pub mod args;
pub mod config;

/// Runs the program and maps its end to an exit code: 0 done, 1 it ran and something is wrong, 2 wrong usage.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
