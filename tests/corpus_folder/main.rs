//! The corpus folder as the writer leaves it, checked file by file.

#![allow(clippy::unwrap_used)] // clippy knows tests by their attribute, not what they call

mod booth;
mod check;
mod decisions;
mod disk_trouble;
mod forget;
mod kill;
mod marks;
mod merge;
mod scan;
mod start;
mod stats;
mod study;
mod takes;
mod verify;
