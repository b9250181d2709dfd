//! The whole program in a real terminal, from the first key to the folder it leaves behind.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

mod a_session;
mod asking;
#[path = "../corpus_folder/check.rs"]
mod check;
mod checking;
#[path = "../common/mod.rs"]
mod common;
mod deciding;
mod disk;
mod ends;
mod evidence;
mod from_a_file;
mod going_on;
mod hands_free;
mod keys;
mod lines;
mod looking;
mod refused;
mod scripts;
mod sitting;
mod studying;
mod telling;
mod who_speaks;
