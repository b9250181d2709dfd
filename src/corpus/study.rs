//! The study of a corpus: `corpus.json` names the one that the corpus was begun with, `studies/` keeps each that was
//! recorded by, under the SHA-256 of its bytes.
//!
//! A corpus that was begun with a study takes no session without one, nor by a study of another name: its speakers would
//! not all be recorded, or asked, alike. A study that has changed keeps its name and is kept beside the one before; which
//! one a session was recorded by stands in its `session.json`. A corpus that was begun without a study takes anything.

use std::fs;
use std::path::Path;

use super::atomic::{create_folders, keep_text, write_file};
use super::error::{CorpusError, IoContext};
use super::layout::{corpus_file, study_file};
use super::records::{self, CorpusRecord, Record};
use crate::study::Study;

/// Whether this corpus can be recorded into by `study`. Changes nothing. Blocks.
///
/// # Errors
/// It belongs to another study, or to one where none is given; or it cannot be read.
pub fn check_study(corpus: &Path, study: Option<&Study>) -> Result<(), CorpusError> {
    let path = corpus_file(corpus);
    if !path.exists() {
        return Ok(());
    }
    let record: CorpusRecord = records::read(&path)?;
    let Some(digits) = record.study else {
        return Ok(());
    };
    if study.is_some_and(|study| study.sha256 == digits) {
        return Ok(());
    }
    let path = study_file(corpus, &digits);
    let text = fs::read_to_string(&path).at("read", &path)?;
    let there = name_of(&text).unwrap_or(digits);
    let corpus = corpus.to_owned();
    match study {
        Some(study) if study.name == there => Ok(()),
        Some(study) => Err(CorpusError::OtherStudy {
            corpus,
            there,
            given: study.name.clone(),
        }),
        None => Err(CorpusError::StudyNeeded { corpus, there }),
    }
}

/// Makes the corpus where there is none, and keeps the study's file in it. Blocks.
///
/// # Errors
/// As [`check_study`]; what is kept under the study's name is something else; or the folder cannot be written.
pub fn keep_study(corpus: &Path, study: Option<&Study>) -> Result<(), CorpusError> {
    check_study(corpus, study)?;
    create_folders(corpus)?;
    if let Some(study) = study {
        keep_text(&study_file(corpus, &study.sha256), &study.text)?;
    }
    let path = corpus_file(corpus);
    if path.exists() {
        return Ok(());
    }
    let record = CorpusRecord {
        format: CorpusRecord::FORMAT.into(),
        study: study.map(|study| study.sha256.clone()),
    };
    // Two booths on one shared folder write the same bytes.
    write_file(&path, records::to_text(&record).as_bytes())
}

/// The name in a study's text, whatever else this version makes of it.
pub(super) fn name_of(text: &str) -> Option<String> {
    let table: toml::Table = text.parse().ok()?;
    Some(table.get("name")?.as_str()?.trim().to_owned())
}
