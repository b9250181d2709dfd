//! Pure measurements on samples: levels, the running noise floor, speech by level, verdicts, whether a take is its word. No
//! I/O, no clock.

pub mod activity;
pub mod decimate;
pub mod dtw;
pub mod floor;
pub mod level;
pub mod mfcc;
pub mod reading;
pub mod verdict;
