//! voicebooth: a recording booth in the terminal.
//!
//! A stream that is always open, takes that are windows cut out of it in retrospect, and a folder of plain WAV and JSON
//! that is right or says what is wrong. Floors import downward only: `cli` > `tui` > `session` > `corpus`, `recorder` >
//! `audio` > `prompts`, `signal`, `study`, `toml_file`, `units`, `platform`. `docs/architecture.md` tells why.

pub mod audio;
pub mod cli;
pub mod corpus;
pub mod export;
pub mod platform;
pub mod prompts;
pub mod recorder;
pub mod session;
pub mod signal;
pub mod study;
pub mod toml_file;
pub mod tui;
pub mod units;
