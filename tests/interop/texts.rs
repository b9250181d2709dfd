//! The formats of texts: every text comes back exactly, or was refused by name.

use std::path::{Path, PathBuf};

use serde_json::json;
use voicebooth::export::Shape;

use crate::corpus::{Recorded, nasty, words};
use crate::loading::{Asked, export, in_splits, listed, load, load_with, refused, without};

/// Who goes where, for formats with splits.
const SPLITS: [(&str, &str); 3] = [("a", "train"), ("a-b", "dev"), ("a_b", "train")];

/// A corpus of nasty texts, and a place for its export.
struct Trial {
    folder: tempfile::TempDir,
    expected: Vec<Recorded>,
}

impl Trial {
    fn of(record: impl Fn(&Path) -> Vec<Recorded>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let expected = record(&folder.path().join("corpus"));
        Self { folder, expected }
    }

    fn corpus(&self) -> PathBuf {
        self.folder.path().join("corpus")
    }

    /// Exports with splits and has the export read.
    fn in_splits(self, format: &str, loader: &str) {
        let out = self.folder.path().join("split");
        let asked = Asked {
            split: listed(self.folder.path(), &SPLITS),
            skip_refused: true,
            ..Asked::default()
        };
        export(format, &self.corpus(), &out, asked).unwrap();
        let more = json!({ "splits": ["train", "dev"] });
        load_with(loader, &out, &in_splits(self.expected, &SPLITS), &more);
    }

    /// Exports everything, of which nothing may be refused, and has it read.
    fn whole(&self, format: &str, loader: &str) {
        let out = self.folder.path().join(format);
        export(format, &self.corpus(), &out, Asked::default()).unwrap();
        load(loader, &out, &self.expected);
    }
}

#[test]
fn ljspeech_refuses_a_bar_and_carries_every_other_text() {
    let mut trial = Trial::of(nasty);
    let out = trial.folder.path().join("out");
    let refused = refused(export("ljspeech", &trial.corpus(), &out, Asked::default()));
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(
        refused
            .iter()
            .all(|(prompt, why)| prompt == "pipe" && why.contains('|')),
        "{refused:?}"
    );
    assert!(!out.exists());
    trial.expected = without(&trial.expected, &["pipe"]);
    let skipping = Asked {
        skip_refused: true,
        ..Asked::default()
    };
    export("ljspeech", &trial.corpus(), &out, skipping).unwrap();
    load("ljspeech_table", &out, &trial.expected);
    trial.in_splits("ljspeech", "ljspeech_table");
}

#[test]
fn datasets_reads_the_audio_folder_with_every_text_and_label() {
    Trial::of(nasty).whole("huggingface", "huggingface_folder");
    Trial::of(words).whole("huggingface", "huggingface_folder");
    Trial::of(nasty).in_splits("huggingface", "huggingface_folder");
}

#[test]
fn lhotse_validates_the_manifests_and_cuts_the_audio() {
    Trial::of(nasty).whole("lhotse", "lhotse_manifests");
    Trial::of(words).in_splits("lhotse", "lhotse_manifests");
}

#[test]
fn webdataset_streams_every_sample_whole() {
    Trial::of(nasty).whole("webdataset", "webdataset_tars");
    Trial::of(words).in_splits("webdataset", "webdataset_tars");
    let trial = Trial::of(words);
    let out = trial.folder.path().join("flac");
    let shape = Shape {
        flac: true,
        ..Shape::default()
    };
    export(
        "webdataset",
        &trial.corpus(),
        &out,
        Asked {
            shape,
            ..Asked::default()
        },
    )
    .unwrap();
    load_with(
        "webdataset_tars",
        &out,
        &trial.expected,
        &json!({ "ending": "flac" }),
    );
}

#[test]
fn praatio_reads_every_text_grid_to_the_sample() {
    Trial::of(nasty).whole("textgrid", "textgrid_praatio");
}

#[test]
fn an_emu_database_keeps_the_rules_that_emur_loads_it_by() {
    Trial::of(nasty).whole("emu", "emu_db");
    Trial::of(words).whole("emu", "emu_db");
}

#[test]
fn a_strict_reader_takes_every_partitur() {
    Trial::of(nasty).whole("bpf", "bpf_partitur");
}

#[test]
fn mlcroissant_validates_the_description_and_iterates_the_takes() {
    Trial::of(nasty).whole("croissant", "croissant_metadata");
    Trial::of(words).whole("croissant", "croissant_metadata");
}
