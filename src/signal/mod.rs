//! Pure measurements on samples: levels, the noise floor, where somebody speaks, what a take lacks, verdicts, whether a take
//! is its word. No I/O, no clock.

pub mod activity;
pub mod check;
pub mod clipping;
pub mod dtw;
pub mod duration;
pub mod endpoint;
pub mod floor;
pub mod hum;
pub mod level;
pub mod loudness;
pub mod mfcc;
pub mod periodicity;
pub mod quality;
pub mod reading;
pub mod repeat;
pub mod resample;
pub mod spectrum;
pub mod thresholds;
pub mod ticks;
pub mod utterance;
pub mod verdict;
pub mod voice;
pub mod zeros;
