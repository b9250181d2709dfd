//! Croissant 1.0: `metadata.json`, which describes the data to search engines and to `mlcroissant`.
//!
//! It says what a dataset must say (name, licence, who made it, when), names `takes.json` with its SHA-256 and the audio as
//! a set of files, and describes a record set, `takes`, with a field for each fact. `takes.json` is one object whose `takes`
//! are the rows: readers of its tables guess types (`007` becomes 7, `null` nothing), readers of its JSON do not. Each row has
//! the path and the SHA-256 of its audio.
//!
//! A corpus has no address and no maker's name: `url` is made of the table's SHA-256 and `creator` of the title. Put your own
//! in before publishing. Nothing is refused: JSON carries every text.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::error::{ExportError, IoContext, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::utterance::Utterance;
use super::shared::{self, Row};
use crate::corpus::names::hex;

/// `metadata.json`, `takes.json` and `audio/`.
#[derive(Debug)]
pub struct Croissant;

const TABLE: &str = "takes.json";

/// The columns of [`Row`]: name, type, what it is.
const FIELDS: [(&str, &str, &str); 22] = [
    ("id", "sc:Text", "Id of the utterance"),
    (
        "file",
        "sc:Text",
        "Path of the audio file, from the folder of metadata.json",
    ),
    ("split", "sc:Text", "Part of the data that it belongs to"),
    ("speaker", "sc:Text", "Id of who speaks"),
    (
        "gender",
        "sc:Text",
        "female or male, where the speaker said so",
    ),
    ("session", "sc:Text", "Id of the recording session"),
    ("prompt", "sc:Text", "Id of the prompt"),
    ("repeat", "sc:Integer", "Which repeat of the prompt, from 1"),
    ("take", "sc:Integer", "Which attempt at it, from 1"),
    ("label", "sc:Text", "Class"),
    ("text", "sc:Text", "What was said"),
    ("shown", "sc:Text", "What was on the screen"),
    ("language", "sc:Text", "Language, BCP 47"),
    (
        "started_at",
        "sc:Text",
        "When the recording began, RFC 3339, UTC",
    ),
    ("seconds", "sc:Float", "Length of the audio, seconds"),
    ("sample_rate_hz", "sc:Integer", "Sample rate, Hz"),
    ("channels", "sc:Integer", "Channels"),
    (
        "speech_start_s",
        "sc:Float",
        "Where the speech begins, seconds",
    ),
    ("speech_end_s", "sc:Float", "Where the speech ends, seconds"),
    (
        "verdict",
        "sc:Text",
        "How the recording was judged: fine, look or again",
    ),
    (
        "snr_db",
        "sc:Float",
        "Level of the speech over the noise, dB",
    ),
    ("sha256", "sc:Text", "SHA-256 of the audio file"),
];

impl Format for Croissant {
    fn name(&self) -> &'static str {
        "croissant"
    }

    fn about(&self) -> &'static str {
        "a description for search and for loaders (Croissant, mlcroissant)"
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        shared::plan(utterances, |u| Ok(format!("audio/{}", u.speaker.id)))
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        let table = export.folder.join(TABLE);
        let sha256 = write_table(&table, export)
            .and_then(|()| sha256_of(&table))
            .at("write", &table)?;
        let metadata = metadata(export, &sha256);
        shared::write(
            &export.folder.join("metadata.json"),
            format!("{metadata:#}\n"),
        )
    }
}

/// `{"takes": [rows]}`, a row a line.
fn write_table(path: &Path, export: &Export<'_>) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(b"{\"takes\":[")?;
    for (index, row) in export.utterances.iter().enumerate() {
        file.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut file, &Row::new(export.splits, row))?;
    }
    file.write_all(b"\n]}\n")?;
    file.flush()
}

fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut file = BufReader::new(File::open(path)?);
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&digest.finalize())),
            read => digest.update(&buffer[..read]),
        }
    }
}

fn metadata(export: &Export<'_>, table_sha256: &str) -> Value {
    let day = export.newest_take_at.split('T').next().unwrap_or_default();
    json!({
        "@context": context(),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": export.title,
        "description": export.card,
        "license": licence(export.licence),
        "url": format!("urn:sha256:{table_sha256}"),
        "creator": { "@type": "sc:Organization", "name": format!("Makers of {}", export.title) },
        "datePublished": day,
        "version": "1.0.0",
        "distribution": distribution(export, table_sha256),
        "recordSet": [{
            "@type": "cr:RecordSet",
            "@id": "takes",
            "name": "takes",
            "description": "One record for each recording.",
            "key": { "@id": "takes/id" },
            "field": FIELDS.map(field),
        }],
    })
}

/// The table, and the audio as a set of files for each ending that occurs.
fn distribution(export: &Export<'_>, table_sha256: &str) -> Vec<Value> {
    let mut files = vec![json!({
        "@type": "cr:FileObject",
        "@id": TABLE,
        "name": TABLE,
        "description": "What is known of each recording.",
        "contentUrl": TABLE,
        "encodingFormat": "application/json",
        "sha256": table_sha256,
    })];
    for (ending, mime) in [("wav", "audio/wav"), ("flac", "audio/flac")] {
        let occurs = |file: &str| Path::new(file).extension().is_some_and(|e| e == ending);
        if export
            .utterances
            .iter()
            .any(|(_, _, rendered)| occurs(&rendered.file))
        {
            files.push(json!({
                "@type": "cr:FileSet",
                "@id": format!("audio-{ending}"),
                "name": format!("audio-{ending}"),
                "description": "The recordings; the SHA-256 of each is in the table.",
                "encodingFormat": mime,
                "includes": format!("audio/*/*.{ending}"),
            }));
        }
    }
    files
}

fn field((name, data_type, description): (&str, &str, &str)) -> Value {
    json!({
        "@type": "cr:Field",
        "@id": format!("takes/{name}"),
        "name": name,
        "description": description,
        "dataType": data_type,
        "source": {
            "fileObject": { "@id": TABLE },
            "extract": { "jsonPath": format!("$.takes[*].{name}") },
        },
    })
}

/// An address, as the format wants it, where the licence has one of SPDX's.
fn licence(licence: Option<&str>) -> String {
    match licence {
        None => "unknown".into(),
        Some(expression) if expression.contains(' ') => expression.into(),
        Some(id) => format!("https://spdx.org/licenses/{id}.html"),
    }
}

/// What the words of Croissant 1.0 mean; a reader warns where it is not just this.
fn context() -> Value {
    json!({
        "@language": "en",
        "@vocab": "https://schema.org/",
        "citeAs": "cr:citeAs",
        "column": "cr:column",
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "data": { "@id": "cr:data", "@type": "@json" },
        "dataType": { "@id": "cr:dataType", "@type": "@vocab" },
        "dct": "http://purl.org/dc/terms/",
        "equivalentProperty": "cr:equivalentProperty",
        "examples": { "@id": "cr:examples", "@type": "@json" },
        "extract": "cr:extract",
        "field": "cr:field",
        "fileProperty": "cr:fileProperty",
        "fileObject": "cr:fileObject",
        "fileSet": "cr:fileSet",
        "format": "cr:format",
        "includes": "cr:includes",
        "isLiveDataset": "cr:isLiveDataset",
        "jsonPath": "cr:jsonPath",
        "key": "cr:key",
        "md5": "cr:md5",
        "parentField": "cr:parentField",
        "path": "cr:path",
        "recordSet": "cr:recordSet",
        "references": "cr:references",
        "regex": "cr:regex",
        "repeated": "cr:repeated",
        "replace": "cr:replace",
        "samplingRate": "cr:samplingRate",
        "sc": "https://schema.org/",
        "separator": "cr:separator",
        "source": "cr:source",
        "subField": "cr:subField",
        "transform": "cr:transform",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::names::sha256_hex;
    use crate::export::formats::fixture::Fixture;

    #[test]
    fn the_table_is_named_with_its_hash_and_every_column_is_a_field() {
        let mut fixture = Fixture::default();
        fixture.say("\"a|b\"\n年").label = Some("007".into());
        fixture.say("null");
        let made = fixture.export(&Croissant);
        let metadata: Value = serde_json::from_str(&made.text("metadata.json")).unwrap();
        let table = made.text("takes.json");
        assert_eq!(
            metadata["distribution"][0]["sha256"],
            sha256_hex(table.as_bytes())
        );
        let takes = serde_json::from_str::<Value>(&table).unwrap()["takes"].clone();
        assert_eq!(
            (&takes[0]["text"], &takes[0]["label"]),
            (&json!("\"a|b\"\n年"), &json!("007"))
        );
        let columns: Vec<&String> = takes[1].as_object().unwrap().keys().collect();
        assert_eq!(
            columns,
            FIELDS.map(|(name, ..)| name),
            "a column that is not known is null, and never absent"
        );
    }

    #[test]
    fn each_audio_file_is_in_the_set_and_has_its_hash_in_the_table() {
        let mut fixture = Fixture::default();
        fixture.say("a");
        let made = fixture.export(&Croissant);
        let takes: Value = serde_json::from_str(&made.text("takes.json")).unwrap();
        let file = takes["takes"][0]["file"].as_str().unwrap();
        assert_eq!(file.split('/').count(), 3, "as audio/*/*.wav says");
        let audio = std::fs::read(made.path(file)).unwrap();
        assert_eq!(takes["takes"][0]["sha256"], sha256_hex(&audio));
    }

    #[test]
    fn a_licence_of_spdx_has_its_address() {
        assert_eq!(
            licence(Some("CC0-1.0")),
            "https://spdx.org/licenses/CC0-1.0.html"
        );
        assert_eq!(licence(Some("CC0-1.0 OR MIT")), "CC0-1.0 OR MIT");
        assert_eq!(licence(None), "unknown");
    }
}
