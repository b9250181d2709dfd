//! What an export holds, whatever its format: the right takes, whole or not at all, the same however it was made.

#![allow(clippy::unwrap_used)] // clippy knows tests by their attribute, not what they call

#[path = "../corpus_folder/booth.rs"]
#[allow(dead_code)] // the parts that a corpus is made with
mod booth;
#[path = "../interop/corpus.rs"]
#[allow(dead_code)]
mod corpus;
mod program;

mod choice;
mod making;
mod splits;
