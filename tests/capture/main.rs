//! Stream clock, timeline and take cutter against a simulated device whose truth is known: every sample says which frame
//! it is, so a take can be compared with what it should be, frame by frame.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a helper of a test fails the test

mod booth;
mod clock;
mod device;
mod edges;
mod hands_free;
mod rooms;
mod takes;
mod throughput;
mod timeline;
mod trouble;
