//! The audio of an export is the sound of its takes, and only what was asked for is done to it.

#![allow(clippy::unwrap_used, clippy::float_cmp)] // what cannot be made is a failed test, and exact values are promised

mod cuts;
mod files;
mod levels;
mod rates;
mod takes;
