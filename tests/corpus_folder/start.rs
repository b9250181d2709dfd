use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use voicebooth::corpus::error::CorpusError;
use voicebooth::corpus::layout;
use voicebooth::corpus::names::sha256_hex;
use voicebooth::corpus::records::{self, ConsentRecord, SpeakerRecord};
use voicebooth::corpus::sidecar::Encoding;
use voicebooth::corpus::start::{NewSession, OpenSession, Said, claim_speaker, start_session};

use crate::booth::{SPEAKER, list, open, setup, source};
use crate::check;

fn start(corpus: &Path) -> OpenSession {
    open(corpus, 1, Encoding::PcmS16le)
}

fn refusal(corpus: &Path) -> CorpusError {
    claim_speaker(corpus, SPEAKER).unwrap_err()
}

fn change(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, records::to_text(&value)).unwrap();
}

#[test]
fn a_new_corpus_has_its_record_the_list_and_the_sessions_own_files() {
    let corpus = tempfile::tempdir().unwrap();
    let session = start(&corpus.path().join("deep/corpus"));
    let corpus = &session.corpus;
    check::corpus(corpus);
    let expected = ["corpus.json", "prompts", "recordings"];
    assert!(check::names(corpus).iter().eq(expected));
    let stored = layout::list_file(corpus, &session.record.list_sha256);
    assert_eq!(fs::read_to_string(stored).unwrap(), list());
    let record = layout::session_file(&session.folder);
    assert_eq!(records::read(&record).ok(), Some(session.record.clone()));
    assert_eq!(session.record.setup, setup());
}

#[test]
fn corpus_json_is_the_same_at_every_booth() {
    let corpus = tempfile::tempdir().unwrap();
    start(corpus.path());
    assert_eq!(
        fs::read_to_string(corpus.path().join("corpus.json")).unwrap(),
        "{\n  \"format\": \"voicebooth-corpus/1\",\n  \"study\": null\n}\n"
    );
}

#[test]
fn a_speaker_keeps_the_uuid_and_what_a_later_version_wrote() {
    let corpus = tempfile::tempdir().unwrap();
    let first = start(corpus.path());
    let (folder, uuid) = (first.folder.clone(), first.record.speaker_uuid.clone());
    drop(first);
    change(&layout::speaker_file(&folder), |record| {
        record["of_tomorrow"] = json!({"deep": [1]});
    });
    let second = start(corpus.path());
    assert_eq!(second.record.speaker_uuid, uuid);
    assert_ne!(second.folder, folder);
    let path = layout::speaker_file(&second.folder);
    assert_eq!(
        records::read::<SpeakerRecord>(&path).unwrap().speaker_uuid,
        uuid
    );
    assert!(fs::read_to_string(path).unwrap().contains("of_tomorrow"));
}

#[test]
fn one_id_for_two_people_is_told() {
    let corpus = tempfile::tempdir().unwrap();
    let folder = start(corpus.path()).folder;
    drop(start(corpus.path()));
    change(&layout::speaker_file(&folder), |record| {
        record["speaker_uuid"] = json!("11111111-1111-4111-8111-111111111111");
    });
    let error = refusal(corpus.path());
    assert!(matches!(error, CorpusError::TwoSpeakers { .. }), "{error}");
    assert!(error.to_string().contains("11111111-"), "{error}");
}

#[test]
fn a_corpus_of_a_newer_program_is_refused() {
    for file in ["corpus.json", "session.json", "speaker.json"] {
        let corpus = tempfile::tempdir().unwrap();
        let session = start(corpus.path()).folder;
        let folder = if file == "corpus.json" {
            corpus.path()
        } else {
            &session
        };
        change(&folder.join(file), |record| {
            let tag = record["format"].as_str().unwrap().replace("/1", "/2");
            record["format"] = tag.into();
        });
        let error = refusal(corpus.path());
        assert!(matches!(error, CorpusError::Newer { .. }), "{error}");
    }
}

#[test]
fn a_list_whose_content_is_not_what_its_name_says_is_not_recorded_from() {
    let corpus = tempfile::tempdir().unwrap();
    let session = start(corpus.path());
    let stored = layout::list_file(corpus.path(), &session.record.list_sha256);
    drop(session);
    fs::write(&stored, "{\"id\": \"zero\", \"text\": \"changed\"}\n").unwrap();
    let new = NewSession {
        setup: setup(),
        source: &source(1),
        encoding: Encoding::PcmS16le,
        list_jsonl: &list(),
        said: Said::default(),
    };
    let claim = claim_speaker(corpus.path(), SPEAKER).unwrap();
    let error = start_session(claim, new).unwrap_err();
    assert!(matches!(error, CorpusError::ListChanged { .. }), "{error}");
    assert!(fs::read_to_string(stored).unwrap().contains("changed"));
}

/// Starts a session of somebody who has said this before it; gives its `speaker.json` and `session.json`.
fn answering(corpus: &Path, said: Said) -> (SpeakerRecord, Value) {
    let new = NewSession {
        setup: setup(),
        source: &source(1),
        encoding: Encoding::PcmS16le,
        list_jsonl: &list(),
        said,
    };
    let session = start_session(claim_speaker(corpus, SPEAKER).unwrap(), new).unwrap();
    let record = fs::read_to_string(layout::session_file(&session.folder)).unwrap();
    let speaker = records::read(&layout::speaker_file(&session.folder)).unwrap();
    (speaker, serde_json::from_str(&record).unwrap())
}

fn agreement(text: &str, agrees: bool) -> (ConsentRecord, String) {
    let record = json!({
        "version": "1", "text_sha256": sha256_hex(text.as_bytes()), "scopes": {"study": true, "sharing": agrees},
        "giver": "self", "means": "screen", "given_at": "2026-11-22T10:15:09.500000Z",
    });
    (serde_json::from_value(record).unwrap(), text.to_owned())
}

fn form(answers: &Value) -> serde_json::Map<String, Value> {
    answers.as_object().unwrap().clone()
}

#[test]
fn answers_are_added_to_what_is_known_of_the_speaker_and_the_text_agreed_to_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path();
    let first = Said {
        consent: Some(agreement("We record you.\n", false)),
        speaker_form: form(&json!({"age": 30, "dialect": "Bern"})),
        session_form: form(&json!({"cold": false})),
    };
    let (speaker, session) = answering(corpus, first);
    assert_eq!(session["form"], json!({"cold": false}));
    assert_eq!(
        speaker.form,
        Some(form(&json!({"age": 30, "dialect": "Bern"})))
    );

    let second = Said {
        consent: Some(agreement("We record you and listen.\n", true)),
        speaker_form: form(&json!({"dialect": "Basel", "hand": "left"})),
        ..Said::default()
    };
    let (speaker, session) = answering(corpus, second);
    assert_eq!(session["form"], Value::Null);
    let all = json!({"age": 30, "dialect": "Basel", "hand": "left"});
    assert_eq!(speaker.form, Some(form(&all)));
    assert!(speaker.consent.unwrap().agrees_to("sharing"));

    let (speaker, _) = answering(corpus, Said::default());
    assert!(speaker.consent.unwrap().agrees_to("sharing"), "carried on");
    assert_eq!(check::names(&corpus.join("consent")).len(), 2);
    check::corpus(corpus);
}

#[test]
fn a_session_lets_go_of_its_speaker_when_it_ends() {
    let corpus = tempfile::tempdir().unwrap();
    let session = start(corpus.path());
    assert!(matches!(
        refusal(corpus.path()),
        CorpusError::SpeakerBusy { .. }
    ));
    drop(session);
    claim_speaker(corpus.path(), SPEAKER).unwrap();
}

#[test]
fn a_corpus_that_cannot_be_written_says_which_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("corpus");
    fs::write(&file, "not a folder").unwrap();
    let error = refusal(&file).to_string();
    assert!(error.contains("corpus"), "{error}");
    assert_eq!(fs::read_to_string(file).unwrap(), "not a folder");
}
