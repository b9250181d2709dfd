//! Takes: cut out of the running stream by the capture thread, written by the writer thread.

pub mod messages;
pub mod queue;
