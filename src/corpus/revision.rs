//! Rewriting a sidecar: one revision, one entry in its `history`, and everything unknown stays.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::error::CorpusError;
use super::records;
use super::sidecar::{DecidedBy, Sidecar};

/// One field of a decision: its name and its new value.
pub type FieldChange = (&'static str, Value);

/// The text of a sidecar with `changes` made as one revision, or `None` where it says all that already. Fields unknown
/// here, at whatever depth, come out as they went in.
///
/// # Errors
/// `text` is no sidecar that this program knows; `path` is for the error.
pub fn revise(
    text: &str,
    path: &Path,
    by: DecidedBy,
    at: Timestamp,
    changes: Vec<FieldChange>,
) -> Result<Option<String>, CorpusError> {
    let revision = records::parse::<Sidecar>(text, path)?.revision + 1;
    let mut fields: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| records::broken(path, &error))?;
    let (mut from, mut to) = (Map::new(), Map::new());
    for (name, value) in changes {
        let before = fields.get(name).cloned().unwrap_or_default();
        if before != value {
            from.insert(name.into(), before);
            to.insert(name.into(), value.clone());
            fields.insert(name.into(), value);
        }
    }
    if to.is_empty() {
        return Ok(None);
    }
    let change = serde_json::json!({
        "revision": revision, "at": records::utc(at), "by": by, "from": from, "to": to
    });
    fields.insert("revision".into(), revision.into());
    if let Some(Value::Array(history)) = fields.get_mut("history") {
        history.push(change);
    }
    Ok(Some(records::to_text(&fields)))
}
