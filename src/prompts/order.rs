//! stub
use serde::{Deserialize, Serialize};
/// Order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// a
    Sequential,
    /// b
    Shuffled,
    /// c
    Blocked,
}
/// Item
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// p
    pub prompt: u32,
    /// r
    pub repeat: u32,
}
