//! `WebDataset`: tar archives that are read from end to end, `<split>-000000.tar`, `all` where there are no splits.
//!
//! A sample is `<id>.wav` (or `.flac`), `<id>.json` (every fact), `<id>.txt` (what was said) and, where it has a label,
//! `<id>.cls`: the label's place in `classes.json`, from 0. An archive ends at 1 GB or 10,000 samples. Within a split samples
//! go in the order of the SHA-256 of their ids, so that each archive is a fair part of the whole and no speaker is alone in
//! one. `sizes.json` says how many samples each archive has. The same takes give the same bytes: all members are of the
//! year 1970 and of user 0. Texts are refused by nothing; ids have no dot, which would end the key.
//!
//! The audio is packed and removed, archive by archive: no more than one is on the disk twice.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::super::error::{ExportError, IoContext, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::utterance::{Rendered, Utterance};
use super::shared::{self, Row};

/// `<split>-<number>.tar`.
#[derive(Debug)]
pub struct WebDataset;

/// Where an archive ends.
struct Limits {
    bytes: u64,
    samples: usize,
}

const LIMITS: Limits = Limits {
    bytes: 1_000_000_000,
    samples: 10_000,
};
/// Of the audio until it is packed.
const FOLDER: &str = "unpacked";

type Sample = (Utterance, Planned, Rendered);

impl Format for WebDataset {
    fn name(&self) -> &'static str {
        "webdataset"
    }

    fn about(&self) -> &'static str {
        "tar archives to train from (webdataset, PyTorch)"
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        shared::plan(utterances, |_| Ok(FOLDER.into()))
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        pack(export, &LIMITS)
    }
}

fn pack(export: &Export<'_>, limits: &Limits) -> Result<(), ExportError> {
    let mut classes: Vec<&str> = export
        .utterances
        .iter()
        .filter_map(|(u, ..)| u.label.as_deref())
        .collect();
    classes.sort_unstable();
    classes.dedup();
    let mut sizes = Map::new();
    let splits: Vec<(&str, Option<usize>)> = match export.splits {
        [] => vec![("all", None)],
        splits => splits
            .iter()
            .enumerate()
            .map(|(i, name)| (name.as_str(), Some(i)))
            .collect(),
    };
    for (split, index) in splits {
        let samples = export
            .utterances
            .iter()
            .filter(|(u, ..)| index.is_none() || u.split == index);
        for (number, samples) in archives(samples.collect(), limits).into_iter().enumerate() {
            let name = format!("{split}-{number:06}.tar");
            write_archive(export, &name, &samples, &classes)?;
            for (_, _, rendered) in &samples {
                let path = export.folder.join(&rendered.file);
                fs::remove_file(&path).at("remove", &path)?;
            }
            sizes.insert(name, json!(samples.len()));
        }
    }
    let folder = export.folder.join(FOLDER);
    fs::remove_dir(&folder).at("remove", &folder)?;
    shared::write(
        &export.folder.join("sizes.json"),
        format!("{:#}\n", Value::Object(sizes)),
    )?;
    if !classes.is_empty() {
        shared::write(
            &export.folder.join("classes.json"),
            format!("{:#}\n", json!(classes)),
        )?;
    }
    Ok(())
}

/// Samples in the order in which they are packed, parted where an archive ends.
fn archives<'a>(samples: Vec<&'a Sample>, limits: &Limits) -> Vec<Vec<&'a Sample>> {
    let mut samples = samples;
    samples.sort_by_cached_key(|(_, planned, _)| Sha256::digest(&planned.id));
    let mut archives: Vec<Vec<&Sample>> = Vec::new();
    let mut bytes = 0;
    for sample in samples {
        let size = sample.2.bytes;
        match archives.last_mut() {
            Some(last) if last.len() < limits.samples && bytes + size <= limits.bytes => {
                last.push(sample);
                bytes += size;
            }
            _ => {
                archives.push(vec![sample]);
                bytes = size;
            }
        }
    }
    archives
}

/// One archive, whole or not at all.
fn write_archive(
    export: &Export<'_>,
    name: &str,
    samples: &[&Sample],
    classes: &[&str],
) -> Result<(), ExportError> {
    let (path, part) = (
        export.folder.join(name),
        export.folder.join(format!("{name}.part")),
    );
    let mut archive = tar::Builder::new(BufWriter::new(File::create(&part).at("write", &part)?));
    for sample in samples {
        let (utterance, planned, rendered) = sample;
        let audio = export.folder.join(&rendered.file);
        let audio = fs::read(&audio).at("read", &audio)?;
        let ending = Path::new(&rendered.file)
            .extension()
            .unwrap_or_default()
            .to_string_lossy();
        let facts = facts(export.splits, sample).to_string();
        let mut members = vec![
            (&*ending, audio),
            ("json", facts.into_bytes()),
            ("txt", utterance.text.clone().into_bytes()),
        ];
        let class = utterance
            .label
            .as_deref()
            .and_then(|label| classes.binary_search(&label).ok());
        if let Some(class) = class {
            members.push(("cls", class.to_string().into_bytes()));
        }
        for (ending, bytes) in members {
            append(&mut archive, &format!("{}.{ending}", planned.id), &bytes).at("write", &part)?;
        }
    }
    let written = archive.into_inner().and_then(|file| {
        file.into_inner()
            .map_err(std::io::IntoInnerError::into_error)
    });
    written.at("write", &part)?;
    fs::rename(&part, &path).at("rename", &part)
}

/// A member without time, owner or place.
fn append(
    archive: &mut tar::Builder<BufWriter<File>>,
    name: &str,
    bytes: &[u8],
) -> std::io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    archive.append_data(&mut header, name, bytes)
}

/// Every fact; the audio is beside it and not where it was before.
fn facts(splits: &[String], sample: &Sample) -> Value {
    let mut facts = serde_json::to_value(Row::new(splits, sample)).unwrap_or_default(); // text keys only: cannot fail
    if let Value::Object(fields) = &mut facts {
        fields.remove("file");
        fields.retain(|_, value| !value.is_null());
    }
    facts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Read;

    use super::*;
    use crate::export::formats::fixture::{FRAMES, Fixture, Made};

    /// Members of an archive in their order.
    fn members(made: &Made, name: &str) -> Vec<(String, Vec<u8>)> {
        let mut archive = tar::Archive::new(File::open(made.path(name)).unwrap());
        let read = |entry: std::io::Result<tar::Entry<'_, File>>| {
            let mut entry = entry.unwrap();
            assert_eq!(
                (
                    entry.header().mtime().unwrap(),
                    entry.header().uid().unwrap()
                ),
                (0, 0)
            );
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.path().unwrap().to_str().unwrap().to_owned(), bytes)
        };
        archive.entries().unwrap().map(read).collect()
    }

    #[test]
    fn a_sample_is_audio_facts_text_and_class_side_by_side_under_one_key() {
        let mut fixture = Fixture::default();
        fixture.say("\"a|b\"\n年\t").label = Some("b".into());
        fixture.say("x").label = Some("a".into());
        fixture.say("y");
        let made = fixture.export(&WebDataset);
        assert_eq!(
            made.files(),
            ["all-000000.tar", "classes.json", "sizes.json"]
        );
        let mut samples: BTreeMap<String, Vec<(String, Vec<u8>)>> = BTreeMap::new();
        let mut last = String::new();
        for (name, bytes) in members(&made, "all-000000.tar") {
            let (key, ending) = name.split_once('.').unwrap();
            assert!(
                last == key || !samples.contains_key(key),
                "{key} is torn apart"
            );
            last = key.to_owned();
            samples
                .entry(key.to_owned())
                .or_default()
                .push((ending.to_owned(), bytes));
        }
        let first = &samples["s2-019ab7e2-0000-7000-8000-000000000001"];
        let endings: Vec<&str> = first.iter().map(|(ending, _)| &**ending).collect();
        assert_eq!(endings, ["wav", "json", "txt", "cls"]);
        assert_eq!(first[0].1.len() as u64, 44 + 2 * FRAMES);
        assert_eq!(
            (&*first[2].1, &*first[3].1),
            ("\"a|b\"\n年\t".as_bytes(), &b"1"[..])
        );
        let facts: Value = serde_json::from_slice(&first[1].1).unwrap();
        assert_eq!(
            (&facts["label"], &facts["seconds"]),
            (&json!("b"), &json!(0.5))
        );
        assert_eq!(
            samples["s2-019ab7e2-0000-7000-8000-000000000003"].len(),
            3,
            "no label, no class"
        );
    }

    #[test]
    fn archives_end_where_they_are_full_and_lose_no_sample() {
        let mut fixture = Fixture::default();
        (0..5).for_each(|_| drop(fixture.say("a").take_id.clone()));
        let rows: Vec<Sample> = fixture.rows(&WebDataset);
        let all = |limits: &Limits| -> Vec<usize> {
            archives(rows.iter().collect(), limits)
                .iter()
                .map(Vec::len)
                .collect()
        };
        let bytes = rows[0].2.bytes;
        assert_eq!(
            all(&Limits {
                bytes: 2 * bytes,
                samples: 100
            }),
            [2, 2, 1]
        );
        assert_eq!(
            all(&Limits {
                bytes: u64::MAX,
                samples: 3
            }),
            [3, 2]
        );
        assert_eq!(
            all(&Limits {
                bytes: 1,
                samples: 9
            }),
            [1; 5],
            "a sample larger than an archive has one of its own"
        );
    }

    #[test]
    fn the_same_takes_make_the_same_archives_and_a_split_has_its_own() {
        let mut fixture = Fixture {
            splits: vec!["train".into(), "test".into()],
            ..Fixture::default()
        };
        fixture.say("one").split = Some(0);
        fixture.say("two").split = Some(1);
        let (one, other) = (fixture.export(&WebDataset), fixture.export(&WebDataset));
        assert_eq!(
            one.files(),
            ["sizes.json", "test-000000.tar", "train-000000.tar"]
        );
        for file in one.files() {
            assert_eq!(
                fs::read(one.path(&file)).unwrap(),
                fs::read(other.path(&file)).unwrap(),
                "{file}"
            );
        }
        assert_eq!(members(&one, "test-000000.tar")[2].1, b"two");
    }
}
