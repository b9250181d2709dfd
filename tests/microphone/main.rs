//! The whole program with a microphone whose sound is known: a private PipeWire, a terminal, keys, and the folder.
//!
//! Every scene is played beside a control recording (`pw-record`) of the same microphone: what the control has lost too
//! is the machine's loss, and the scene is played again.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do
#![allow(clippy::float_cmp)] // what is planted is found exactly
#![allow(clippy::many_single_char_names)] // four neighbours of a sample, as the formula names them

mod booth;
#[path = "../common/mod.rs"]
mod common;
mod inputs;
mod loss;
mod playback;
mod scene;
mod sound;
mod takes;
mod trouble;
