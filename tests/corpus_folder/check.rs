//! Is a corpus folder right? Every file is known, valid by its schema, and says the truth about the others.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use voicebooth::corpus::sidecar::Sidecar;
use voicebooth::corpus::wav::file_sha256;
use voicebooth::corpus::{layout, records, schemas};

/// Checks `value` against the schema `name`, in which every field must be described.
pub fn valid(name: &str, value: &Value, what: &Path) {
    let (schemas, compiled) = compiled(name);
    if let Err(error) = schemas.validate(value, compiled) {
        panic!("{}: {error:#}", what.display());
    }
}

/// A schema, checked against its own metaschema, ready to check values and to refuse what it does not describe.
fn compiled(name: &str) -> (boon::Schemas, boon::SchemaIndex) {
    let mut compiler = boon::Compiler::new();
    // All of them, because one refers to another.
    for (name, text) in schemas() {
        let mut schema: Value = serde_json::from_str(text).unwrap();
        close(&mut schema);
        compiler.add_resource(&urn(name), schema).unwrap();
    }
    let mut schemas = boon::Schemas::new();
    let index = compiler
        .compile(&urn(name), &mut schemas)
        .unwrap_or_else(|error| panic!("{error:#}"));
    (schemas, index)
}

fn urn(name: &str) -> String {
    format!("urn:voicebooth:{name}:1")
}

/// Refuses fields that are not described.
fn close(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::Object(properties)) = fields.get_mut("properties") {
        properties.values_mut().for_each(close);
        fields.insert("additionalProperties".into(), json!(false));
    }
    if let Some(items) = fields.get_mut("items") {
        close(items);
    }
}

/// Checks a whole corpus of which nothing is being recorded. Gives the sidecars, by file name.
pub fn corpus(corpus: &Path) -> Vec<Sidecar> {
    file("corpus", &layout::corpus_file(corpus));
    for list in names(&corpus.join("prompts")) {
        let path = corpus.join("prompts").join(&list);
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            valid("prompt", &serde_json::from_str(line).unwrap(), &path);
        }
    }
    let consent = corpus.join("consent");
    let texts = if consent.exists() {
        names(&consent)
    } else {
        BTreeSet::new()
    };
    for text in texts {
        let path = consent.join(&text);
        assert_eq!(text, format!("{}.txt", &file_sha256(&path).unwrap()[..12]));
    }
    let mut takes = Vec::new();
    for speaker in names(&corpus.join("recordings")) {
        let folder = corpus.join("recordings").join(speaker);
        for name in names(&folder) {
            if name != ".lock" {
                session(&folder.join(name), &mut takes);
            }
        }
    }
    takes
}

fn session(folder: &Path, takes: &mut Vec<Sidecar>) {
    file("session", &layout::session_file(folder));
    let speaker = file("speaker", &layout::speaker_file(folder));
    if let Some(digits) = speaker["consent"]["text_sha256"].as_str() {
        let corpus = folder.ancestors().nth(3).unwrap();
        assert!(layout::consent_file(corpus, &digits[..12]).exists());
    }
    let path = layout::events_file(folder);
    let events = fs::read_to_string(&path).unwrap();
    assert!(events.is_empty() || events.ends_with('\n'));
    for line in events.lines() {
        valid("event", &serde_json::from_str(line).unwrap(), &path);
    }
    let mut left = names(folder);
    for known in ["session.json", "speaker.json", "events.jsonl"] {
        assert!(left.remove(known));
    }
    for name in &names(folder) {
        if Path::new(name).extension() != Some("json".as_ref()) {
            continue;
        }
        if left.remove(name) {
            let take = take(folder, name);
            if let Some(audio) = &take.audio {
                assert!(left.remove(&audio.file), "{} is missing", audio.file);
            }
            takes.push(take);
        }
    }
    assert!(
        left.is_empty(),
        "nobody knows {left:?} in {}",
        folder.display()
    );
}

fn take(folder: &Path, name: &str) -> Sidecar {
    let path = folder.join(name);
    file("take", &path);
    rounded(&path);
    let take: Sidecar = records::read(&path).unwrap();
    assert_eq!(take.revision as usize, take.history.len() + 1);
    assert_eq!(folder.file_name().unwrap().to_str(), Some(&*take.session));
    if let Some(audio) = &take.audio {
        let path = folder.join(&audio.file);
        assert_eq!(file_sha256(&path).unwrap(), audio.sha256);
        let wav = hound::WavReader::open(&path).unwrap();
        assert_eq!(u64::from(wav.duration()), audio.frames);
        assert_eq!(wav.spec().sample_rate, audio.sample_rate_hz);
        assert_eq!(wav.spec().channels, audio.channels);
    }
    take
}

/// Figures have no more decimal places than anybody knows.
fn rounded(path: &Path) {
    let take: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let places = |figure: &Value| {
        let text = figure.to_string();
        text.split_once('.').map_or(0, |(_, digits)| digits.len())
    };
    for (field, most) in [
        ("/quality/peak_dbfs", 2),
        ("/quality/rms_dbfs", 2),
        ("/quality/noise_floor_dbfs", 2),
        ("/quality/snr_db", 2),
        ("/quality/dc_offset", 6),
        ("/timing/measured_sample_rate_hz", 2),
        ("/timing/clock_error_ms", 3),
    ] {
        let figure = take.pointer(field).unwrap_or(&Value::Null);
        assert!(
            places(figure) <= most,
            "{field} is {figure} in {}",
            path.display()
        );
    }
}

fn file(schema: &str, path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.ends_with("}\n"), "{}", path.display());
    let value = serde_json::from_str(&text).unwrap();
    valid(schema, &value, path);
    value
}

/// What lies in a folder.
pub fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn every_schema_is_itself_valid_and_names_the_format_it_describes() {
    for (name, text) in schemas() {
        let schema: Value = serde_json::from_str(text).unwrap();
        compiled(name);
        assert_eq!(schema["$id"], urn(name));
        if *name != "prompt" {
            let tag = &schema["properties"]["format"]["const"];
            assert_eq!(*tag, format!("voicebooth-{name}/1"));
        }
    }
}

#[test]
fn every_field_of_every_schema_is_explained() {
    fn explained(schema: &Value, at: &str) {
        if let Some(properties) = schema["properties"].as_object() {
            for (name, field) in properties {
                let at = format!("{at}.{name}");
                assert!(field["description"].is_string(), "{at} has no description");
                explained(field, &at);
                explained(&field["items"], &at);
            }
        }
    }
    for (name, text) in schemas() {
        explained(&serde_json::from_str(text).unwrap(), name);
    }
}
