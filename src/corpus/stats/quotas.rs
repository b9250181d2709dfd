//! What a study asks for in all, beside what is there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use super::Stats;
use crate::corpus::layout::{speaker_file, study_file};
use crate::corpus::records::{self, SpeakerRecord};
use crate::corpus::scan::Session;
use crate::study::Quotas;

/// One number that the study asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// In words: `speakers`, `takes of yes`, `speakers with gender = female`.
    pub what: String,
    /// How many are there.
    pub there: u64,
    /// How many are asked for.
    pub asked: u64,
}

/// What speakers and sessions say that quotas are about.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// When the newest session with a study began, and its study's 12 digits.
    newest: Option<(Timestamp, String)>,
    /// Speakers with a current take by question and answer.
    answers: BTreeMap<(String, String), u64>,
}

impl Asked {
    /// Takes in the last session of a speaker.
    pub fn hear(&mut self, latest: &Session, has_take: bool) {
        if let Some(study) = &latest.record.setup.study {
            let this = (latest.started_at, study.clone());
            self.newest = self.newest.take().max(Some(this));
        }
        if !has_take {
            return;
        }
        // Verify names a record that cannot be read; here its answers count for nothing.
        let record = records::read::<SpeakerRecord>(&speaker_file(&latest.folder));
        for (question, answer) in record.ok().and_then(|r| r.form).into_iter().flatten() {
            let answer = match answer {
                Value::String(text) => text,
                other => other.to_string(),
            };
            *self.answers.entry((question, answer)).or_default() += 1;
        }
    }

    /// Every quota of the newest session's study.
    pub fn quotas(&self, corpus: &Path, stats: &Stats) -> Vec<Quota> {
        let study = self.newest.as_ref();
        let text =
            study.and_then(|(_, digits)| fs::read_to_string(study_file(corpus, digits)).ok());
        let asked = Quotas::of(&text.unwrap_or_default());
        let mut quotas = Vec::new();
        let mut quota = |what: String, there: u64, asked: u32| {
            let asked = u64::from(asked);
            quotas.push(Quota { what, there, asked });
        };
        if let Some(speakers) = asked.speakers {
            let there = stats.speakers.iter().filter(|s| s.tally.current > 0);
            quota("speakers".into(), there.count() as u64, speakers);
        }
        let mut labels: BTreeMap<&str, u64> =
            asked.labels.keys().map(|l| (l.as_str(), 0)).collect();
        for (label, tally) in &stats.labels {
            labels.extend(label.iter().map(|label| (label.as_str(), tally.current)));
        }
        for (label, there) in labels {
            if let Some(takes) = asked.of_label(label) {
                quota(format!("takes of {label}"), there, takes);
            }
        }
        for (question, answers) in &asked.answers {
            for (answer, speakers) in answers {
                let key = (question.clone(), answer.clone());
                let there = self.answers.get(&key).copied().unwrap_or(0);
                quota(
                    format!("speakers with {question} = {answer}"),
                    there,
                    *speakers,
                );
            }
        }
        quotas
    }
}
