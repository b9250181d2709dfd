//! What several test files share.

#![allow(dead_code)] // every test file takes the part that it needs

pub mod pipewire;
