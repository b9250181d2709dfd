//! What people note on a take besides what counts: a flag with a note, and what was really said. The verdict and the
//! status stay as they are.

use serde::Deserialize;
use serde_json::json;

use super::revision::FieldChange;

/// What is noted on a take, as its sidecar says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Marks {
    /// The operator wants to look at it again.
    pub flagged: bool,
    /// Anybody's remark.
    pub note: Option<String>,
    /// What was really said, where somebody corrected it.
    pub transcript: Option<String>,
    /// Whether the label fits the transcript; `None` where there is no transcript or no label.
    pub label_confirmed: Option<bool>,
}

/// One thing that is noted on a take, or taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is flagged, with a remark or without.
    Flag {
        /// The remark.
        note: Option<String>,
    },
    /// It is not flagged any more; its remark goes with the flag.
    Unflag,
    /// This was really said; `None`: what the prompt says.
    Transcript {
        /// What was said.
        text: Option<String>,
        /// Whether the label fits that; `None` where there is no transcript or no label.
        label_confirmed: Option<bool>,
    },
    /// The label fits the transcript, or does not.
    Label {
        /// It fits.
        confirmed: bool,
    },
}

impl Mark {
    /// The fields of the sidecar that it sets: one revision.
    pub fn changes(&self) -> Vec<FieldChange> {
        match self {
            Self::Flag { note } => vec![("flagged", json!(true)), ("note", json!(note))],
            Self::Unflag => vec![("flagged", json!(false)), ("note", json!(null))],
            Self::Transcript {
                text,
                label_confirmed,
            } => vec![
                ("transcript", json!(text)),
                ("label_confirmed", json!(label_confirmed)),
            ],
            Self::Label { confirmed } => vec![("label_confirmed", json!(confirmed))],
        }
    }
}

impl Marks {
    /// Whether the label is as good as the prompt list made it.
    pub fn label_is_trusted(&self) -> bool {
        self.label_confirmed != Some(false)
    }

    /// Notes one thing more.
    pub fn apply(&mut self, mark: Mark) {
        match mark {
            Mark::Flag { note } => (self.flagged, self.note) = (true, note),
            Mark::Unflag => (self.flagged, self.note) = (false, None),
            Mark::Transcript {
                text,
                label_confirmed,
            } => (self.transcript, self.label_confirmed) = (text, label_confirmed),
            Mark::Label { confirmed } => self.label_confirmed = Some(confirmed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn what_is_kept_in_memory_is_what_the_fields_say() {
        let noted = [
            Mark::Flag {
                note: Some("door".into()),
            },
            Mark::Transcript {
                text: Some("siete".into()),
                label_confirmed: Some(false),
            },
            Mark::Label { confirmed: true },
            Mark::Unflag,
        ];
        let (mut marks, mut fields) = (Marks::default(), json!({}));
        for mark in noted {
            for (name, value) in mark.changes() {
                fields[name] = value;
            }
            marks.apply(mark);
            let read: Marks = serde_json::from_value(fields.clone()).unwrap();
            assert_eq!(read, marks);
        }
        assert_eq!(fields["label_confirmed"], Value::Bool(true));
    }
}
