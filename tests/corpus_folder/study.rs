//! A corpus and its study: kept by its hash, one name for all sessions, older versions beside newer ones.

use std::fs;
use std::path::Path;

use voicebooth::corpus::error::CorpusError;
use voicebooth::corpus::study::{check_study, keep_study};
use voicebooth::study::{SettingRules, Study};

fn study(name: &str, title: &str) -> Study {
    let rules = SettingRules {
        names: &[],
        of_the_booth: &[],
        check: &|_, _| Ok(()),
    };
    let text = format!("name = '{name}'\ntitle = '{title}'\nprompts = 'p.txt'\n");
    Study::parse(Path::new("s.toml"), text.as_bytes(), &rules).unwrap()
}

#[test]
fn a_study_is_kept_by_its_hash_and_named_by_the_corpus() {
    let folder = tempfile::tempdir().unwrap();
    let (corpus, study) = (folder.path().join("corpus"), study("a", "A"));
    keep_study(&corpus, Some(&study)).unwrap();
    let kept = corpus.join(format!("studies/{}.toml", study.sha256));
    assert_eq!(fs::read_to_string(kept).unwrap(), study.text);
    let record = fs::read_to_string(corpus.join("corpus.json")).unwrap();
    let expected = format!(
        "{{\n  \"format\": \"voicebooth-corpus/1\",\n  \"study\": \"{}\"\n}}\n",
        study.sha256
    );
    assert_eq!(record, expected);
    keep_study(&corpus, Some(&study)).unwrap();
}

#[test]
fn a_study_that_has_changed_is_kept_beside_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = (study("a", "A"), study("a", "Better"));
    keep_study(folder.path(), Some(&before)).unwrap();
    let record = fs::read(folder.path().join("corpus.json")).unwrap();
    keep_study(folder.path(), Some(&after)).unwrap();
    for study in [before, after] {
        let kept = folder.path().join(format!("studies/{}.toml", study.sha256));
        assert_eq!(fs::read_to_string(kept).unwrap(), study.text);
    }
    assert_eq!(
        fs::read(folder.path().join("corpus.json")).unwrap(),
        record,
        "written once"
    );
}

#[test]
fn a_corpus_of_a_study_takes_no_session_of_another_or_of_none() {
    let folder = tempfile::tempdir().unwrap();
    keep_study(folder.path(), Some(&study("a", "A"))).unwrap();
    let other = check_study(folder.path(), Some(&study("b", "B"))).unwrap_err();
    assert!(matches!(other, CorpusError::OtherStudy { .. }), "{other}");
    let none = keep_study(folder.path(), None).unwrap_err();
    assert!(matches!(none, CorpusError::StudyNeeded { .. }), "{none}");
    assert!(none.to_string().contains("--study FILE"), "{none}");
    let studies = fs::read_dir(folder.path().join("studies")).unwrap();
    assert_eq!(studies.count(), 1, "nothing was added");
}

#[test]
fn a_corpus_that_was_begun_without_a_study_takes_anything() {
    let folder = tempfile::tempdir().unwrap();
    keep_study(folder.path(), None).unwrap();
    keep_study(folder.path(), Some(&study("a", "A"))).unwrap();
    keep_study(folder.path(), Some(&study("b", "B"))).unwrap();
    let record = fs::read_to_string(folder.path().join("corpus.json")).unwrap();
    assert!(record.contains("\"study\": null"), "{record}");
}
