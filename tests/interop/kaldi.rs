use serde_json::json;

use crate::corpus::nasty;
use crate::loading::{Asked, export, in_splits, listed, load, load_with, refused, without};

/// Prompts whose texts have words that Kaldi keeps for itself.
const REFUSED: [&str; 2] = ["hash", "marks"];

#[test]
fn kaldi_reads_what_it_can_carry_and_the_rest_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let expected = nasty(&corpus);
    let out = folder.path().join("out");
    let mut named = refused(export("kaldi", &corpus, &out, Asked::default()));
    named.sort();
    named.dedup();
    let why = |word| format!("its text has the word `{word}`, which Kaldi keeps for itself");
    assert_eq!(
        named,
        [
            ("hash".to_owned(), why("#0")),
            ("marks".to_owned(), why("<s>"))
        ]
    );
    assert!(!out.exists());
    let asked = Asked {
        skip_refused: true,
        ..Asked::default()
    };
    let report = export("kaldi", &corpus, &out, asked).unwrap();
    assert_eq!(report.refused.len(), 6);
    load("kaldi", &out, &without(&expected, &REFUSED));
}

#[test]
fn each_split_is_a_data_folder_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let of = [("a", "train"), ("a-b", "dev"), ("a_b", "test")];
    let expected = in_splits(without(&nasty(&corpus), &REFUSED), &of);
    let out = folder.path().join("out");
    let asked = Asked {
        skip_refused: true,
        split: listed(folder.path(), &of),
        ..Asked::default()
    };
    export("kaldi", &corpus, &out, asked).unwrap();
    let more = json!({ "splits": ["train", "dev", "test"] });
    load_with("kaldi", &out, &expected, &more);
}
