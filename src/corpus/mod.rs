//! The corpus folder: layout, records, locks, recovery and scan. The folder is the database.
//!
//! Audio is never written over. A record is replaced atomically or not at all. What a killed program leaves is finished
//! or named at the next start. `docs/corpus-format.md` explains every file; [`schemas`] are its letter.

pub mod atomic;
pub mod commit;
pub mod draft;
pub mod error;
pub mod events;
pub mod export_record;
pub mod forget;
pub mod forgotten;
pub mod layout;
pub mod lock;
pub mod marks;
pub mod merge;
pub mod names;
pub mod outline;
pub mod records;
pub mod recovery;
pub mod revision;
pub mod scan;
pub mod sidecar;
pub mod start;
pub mod stats;
pub mod study;
pub mod verify;
pub mod wav;

/// The JSON Schemas (2020-12) of all files in a corpus: name and text. A line of `prompts/*.jsonl` and of `events.jsonl`
/// has a schema of its own.
pub fn schemas() -> &'static [(&'static str, &'static str)] {
    &[
        (
            "corpus",
            include_str!("../../docs/schemas/corpus.schema.json"),
        ),
        (
            "draft",
            include_str!("../../docs/schemas/draft.schema.json"),
        ),
        (
            "event",
            include_str!("../../docs/schemas/event.schema.json"),
        ),
        (
            "export-record",
            include_str!("../../docs/schemas/export-record.schema.json"),
        ),
        (
            "forgotten",
            include_str!("../../docs/schemas/forgotten.schema.json"),
        ),
        (
            "prompt",
            include_str!("../../docs/schemas/prompt.schema.json"),
        ),
        (
            "session",
            include_str!("../../docs/schemas/session.schema.json"),
        ),
        (
            "speaker",
            include_str!("../../docs/schemas/speaker.schema.json"),
        ),
        ("take", include_str!("../../docs/schemas/take.schema.json")),
    ]
}
