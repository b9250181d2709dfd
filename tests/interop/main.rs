//! Every export is read by a program that is not ours and knows nothing of this project.
//!
//! `scripts/interop` installs those programs in `target/interop` and runs these tests. Without them the tests say that
//! they are skipped; with `VOICEBOOTH_REQUIRE_INTEROP=1` they fail. A loader is
//! `loaders/<format>.py EXPORT EXPECTED.json`: it reads the export as its users do, compares it with what the corpus was
//! made of (see [`corpus::Recorded`]), and ends with an error where something differs.

#![allow(clippy::unwrap_used)] // clippy knows tests by their attribute, not what they call

#[path = "../corpus_folder/booth.rs"]
#[allow(dead_code)] // the parts that a corpus is made with
mod booth;
#[path = "../common/mod.rs"]
mod common;
mod corpus;
mod loading;

mod common_voice;
mod csv;
mod digits;
mod fsdd;
mod htk;
mod kaldi;
mod nemo;
mod speech_commands;
mod sphinxtrain;
mod texts;
