//! Takes: cut out of the running stream by the capture thread, written by the writer thread.

mod disk;
pub mod capture;
pub mod cutter;
pub mod history;
pub mod messages;
pub mod meter;
pub mod queue;
mod take_file;
pub mod writer;
pub mod take;
pub mod tape;
pub mod timeline;
pub mod window;
