//! Stream clock, timeline and take cutter against a simulated device whose truth is known: every sample says which frame
//! it is, so a take can be compared with what it should be, frame by frame.

mod booth;
mod clock;
mod device;
mod rooms;
mod takes;
mod throughput;
mod timeline;
mod trouble;
