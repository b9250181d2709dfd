//! Takes: cut out of the running stream by the capture thread, written by the writer thread.

mod disk;
pub mod messages;
pub mod queue;
mod take_file;
pub mod writer;
