//! What several test files share.

#![allow(dead_code)] // every test file takes the part that it needs
#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

pub mod capture;
pub mod pipewire;
pub mod session;
pub mod terminal;
