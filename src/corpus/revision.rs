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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::recovery::tests::{accepted, closed, draft};
    use crate::corpus::sidecar::Status;
    use serde_json::json;

    fn revised(text: &str, status: Status) -> Option<String> {
        let at = "2026-11-22T10:16:00Z".parse().unwrap();
        let changes = vec![
            ("status", json!(status)),
            ("decided_by", json!(DecidedBy::Speaker)),
            ("reasons", json!(["noise"])),
        ];
        revise(text, Path::new("a.json"), DecidedBy::Speaker, at, changes).unwrap()
    }

    #[test]
    fn a_decision_is_one_revision_with_what_was_before() {
        let text = records::to_text(&draft().close(closed(10), accepted()));
        let text = revised(&text, Status::Superseded).unwrap();
        let take: Sidecar = records::parse(&text, Path::new("a.json")).unwrap();
        assert_eq!(take.revision, 2);
        assert_eq!(take.status, Status::Superseded);
        assert_eq!(take.reasons, ["noise"]);
        let [change] = &take.history[..] else {
            panic!("one change, not {:?}", take.history)
        };
        assert_eq!((change.revision, change.by), (2, DecidedBy::Speaker));
        assert_eq!(change.at, "2026-11-22T10:16:00.000000Z");
        assert_eq!(change.from["status"], "accepted");
        assert_eq!(change.to["status"], "superseded");
    }

    #[test]
    fn a_decision_that_changes_nothing_makes_no_revision() {
        let text = records::to_text(&draft().close(closed(10), accepted()));
        let text = revised(&text, Status::Rejected).unwrap();
        assert_eq!(revised(&text, Status::Rejected), None);
    }

    #[test]
    fn unknown_fields_survive_a_rewrite_at_every_depth() {
        let mut take = json!(draft().close(closed(10), accepted()));
        take["of_tomorrow"] = json!({"a": [1, null]});
        take["audio"]["of_tomorrow"] = json!("x");
        let text = records::to_text(&take);
        let after = revised(&text, Status::Rejected).unwrap();
        let mut expected = take;
        let after: Value = serde_json::from_str(&after).unwrap();
        for name in ["revision", "history", "status", "decided_by", "reasons"] {
            expected[name] = after[name].clone();
        }
        assert_eq!(after, expected);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

        #[test]
        fn figures_keep_their_digits(figure in -1e5..1e5f64) {
            let mut take = json!(draft().close(closed(10), accepted()));
            take["figure"] = json!(figure);
            let after = revised(&records::to_text(&take), Status::Rejected).unwrap();
            let kept = format!("\"figure\": {}", json!(figure));
            proptest::prop_assert!(after.contains(&kept), "{}", after);
        }
    }

    #[test]
    fn a_newer_sidecar_is_not_rewritten() {
        let text = r#"{"format": "voicebooth-take/2"}"#;
        let refused = revise(
            text,
            Path::new("a.json"),
            DecidedBy::Auto,
            Timestamp::now(),
            vec![],
        );
        assert!(matches!(refused, Err(CorpusError::Newer { .. })));
    }
}
