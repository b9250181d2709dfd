//! The corpus folder: layout, records, locks, recovery and scan. The folder is the database.

pub mod layout;
pub mod sidecar;
