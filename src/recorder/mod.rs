//! Takes: cut out of the running stream by the capture thread, written by the writer thread.

pub mod capture;
pub mod cutter;
mod disk;
pub mod heard;
pub mod history;
pub mod knowledge;
pub mod listener;
pub mod messages;
pub mod meter;
pub mod queue;
pub mod recall;
pub mod stream;
pub mod take;
mod take_file;
pub mod timeline;
pub mod window;
pub mod writer;
