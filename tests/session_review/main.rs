//! What somebody who looks at takes can rely on: the review, flags, transcripts, the list of all items.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed expectation is a failed test

mod booth;
mod listing;
mod looking;
mod marking;
