//! Two ids that are one person: the records of the old id get the new one, and keep the old.
//!
//! A sidecar gets a revision that changes `speaker` and nothing else; `session.json` names the old id and UUID in
//! `joined`; events name takes by where they lie now. Names of files, numbers of takes, what supersedes what and the audio
//! stay: sessions never share a name, and among takes of the same number the newest counts.

use serde_json::{Map, Value, json};

use crate::corpus::records::utc;
use crate::corpus::sidecar::DecidedBy;

/// Who everything belongs to where it comes together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// Speaker id.
    pub id: String,
    /// `speaker_uuid`.
    pub uuid: String,
}

fn text<'a>(record: &'a Map<String, Value>, field: &str) -> &'a str {
    record
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Makes a `session.json` or a `speaker.json` one of `person`. Says whether that changed it.
pub(super) fn join_record(record: &mut Map<String, Value>, person: &Person, keep: bool) -> bool {
    let (id, uuid) = (text(record, "speaker"), text(record, "speaker_uuid"));
    if id == person.id && uuid == person.uuid {
        return false;
    }
    let was = json!({ "speaker": id, "speaker_uuid": uuid });
    record.insert("speaker".into(), person.id.clone().into());
    record.insert("speaker_uuid".into(), person.uuid.clone().into());
    if keep {
        let joined = record.entry("joined").or_insert_with(|| json!([]));
        if let Value::Array(joined) = joined {
            joined.push(was);
        }
    }
    true
}

/// A line of events, with its take where it lies now.
pub(super) fn join_event(line: &str, old: &str, new: &str) -> String {
    if old == new || !line.contains(old) {
        return line.to_owned();
    }
    let Ok(mut event) = serde_json::from_str::<Map<String, Value>>(line) else {
        return line.to_owned();
    };
    let take = text(&event, "take").strip_prefix(&format!("recordings/{old}/"));
    if let Some(rest) = take {
        let take = format!("recordings/{new}/{rest}");
        event.insert("take".into(), take.into());
        return serde_json::to_string(&event).unwrap_or_else(|_| line.to_owned());
    }
    line.to_owned()
}

/// A sidecar as it would be had nobody been joined, and the changes that joined.
pub(super) fn parted(mut take: Map<String, Value>) -> (Map<String, Value>, Vec<Value>) {
    let Some(Value::Array(history)) = take.get_mut("history") else {
        return (take, Vec::new());
    };
    let joins = |change: &Value| {
        let fields = change.get("to").and_then(Value::as_object);
        fields.is_some_and(|to| to.len() == 1 && to.contains_key("speaker"))
    };
    let (joined, others): (Vec<_>, Vec<_>) = std::mem::take(history).into_iter().partition(joins);
    *history = others;
    let first = joined.first();
    let was = first.and_then(|change| change.pointer("/from/speaker").cloned());
    if let Some(was) = was {
        take.insert("speaker".into(), was);
    }
    number(&mut take);
    (take, joined)
}

/// A parted sidecar with `joined` after all other changes, and one more where that does not lead to `id`.
pub(super) fn rejoined(
    mut take: Map<String, Value>,
    mut joined: Vec<Value>,
    id: &str,
    at: jiff::Timestamp,
) -> Map<String, Value> {
    let last = joined
        .last()
        .and_then(|change| change.pointer("/to/speaker"));
    let last = last.or(take.get("speaker")).cloned().unwrap_or_default();
    if last != id {
        joined.push(json!({
            "revision": 0, "at": utc(at), "by": DecidedBy::Operator,
            "from": { "speaker": last }, "to": { "speaker": id }
        }));
    }
    take.insert("speaker".into(), id.into());
    if let Some(Value::Array(history)) = take.get_mut("history") {
        history.extend(joined);
    }
    number(&mut take);
    take
}

/// Numbers revisions as they stand.
fn number(take: &mut Map<String, Value>) {
    let Some(Value::Array(history)) = take.get_mut("history") else {
        return;
    };
    for (change, revision) in history.iter_mut().zip(2..) {
        change["revision"] = json!(revision);
    }
    let revision = history.len() + 1;
    take.insert("revision".into(), json!(revision));
}

/// Whether `newer`, with its last changes taken back, is `older`.
pub(super) fn extends(newer: &Map<String, Value>, older: &Map<String, Value>) -> bool {
    let changes = |take: &Map<String, Value>| {
        let history = take.get("history").and_then(Value::as_array);
        history.map_or(0, Vec::len)
    };
    let kept = changes(older);
    let mut before = newer.clone();
    let Some(Value::Array(history)) = before.get_mut("history") else {
        return newer == older;
    };
    if history.len() < kept {
        return false;
    }
    for change in history.split_off(kept).into_iter().rev() {
        let from = change.get("from").and_then(Value::as_object);
        for (name, value) in from.into_iter().flatten() {
            before.insert(name.clone(), value.clone());
        }
    }
    number(&mut before);
    // What was not there before a change is null after it is taken back.
    let says =
        |take: &Map<String, Value>, name: &String| take.get(name).cloned().unwrap_or_default();
    let names = before.keys().chain(older.keys());
    names
        .into_iter()
        .all(|name| says(&before, name) == says(older, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(history: &Value, fields: &Value) -> Map<String, Value> {
        let revision = history.as_array().map_or(0, Vec::len) + 1;
        let mut take = json!({ "revision": revision, "history": history, "speaker": "a" });
        let more = fields.as_object().cloned().unwrap_or_default();
        let take = take.as_object_mut().unwrap();
        take.extend(more);
        take.clone()
    }

    fn change(revision: u32, from: &Value, to: &Value) -> Value {
        json!({ "revision": revision, "at": "", "by": "operator", "from": from, "to": to })
    }

    #[test]
    fn a_sidecar_extends_another_where_taking_back_leads_to_it() {
        let flag = change(2, &json!({"flagged": null}), &json!({"flagged": true}));
        let older = take(&json!([]), &json!({"status": "accepted"}));
        let newer = take(
            &json!([flag]),
            &json!({"status": "accepted", "flagged": true}),
        );
        assert!(extends(&newer, &older) && extends(&older, &older));
        assert!(!extends(&older, &newer));
        let edited = take(
            &json!([flag]),
            &json!({"status": "rejected", "flagged": true}),
        );
        assert!(!extends(&edited, &older));
        let note = change(2, &json!({"note": null}), &json!({"note": "x"}));
        let other = take(&json!([note]), &json!({"status": "accepted", "note": "x"}));
        assert!(!extends(&other, &newer) && !extends(&newer, &other));
    }

    #[test]
    fn what_was_joined_can_be_parted_and_joined_again() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let flag = change(2, &json!({"flagged": null}), &json!({"flagged": true}));
        let old = take(&json!([flag]), &json!({"flagged": true}));
        let joined = rejoined(old.clone(), Vec::new(), "b", at);
        assert_eq!(
            (&joined["speaker"], &joined["revision"]),
            (&json!("b"), &json!(3))
        );
        assert_eq!(joined["history"][1]["from"], json!({"speaker": "a"}));
        let (parted, changes) = parted(joined.clone());
        assert_eq!(parted, old);
        assert_eq!(
            rejoined(parted, changes, "b", jiff::Timestamp::now()),
            joined
        );
    }

    #[test]
    fn an_event_names_the_take_where_it_lies_now() {
        let line = r#"{"event":"key_down","take":"recordings/a/s/zero_r1_1","data":{"x":"a"}}"#;
        let joined = join_event(line, "a", "b");
        assert_eq!(joined, line.replace("recordings/a/", "recordings/b/"));
        assert_eq!(join_event("oops a", "a", "b"), "oops a");
    }
}
