use serde_json::json;

use crate::corpus::{nasty, words};
use crate::loading::{Asked, export, in_splits, listed, load, load_with};

#[test]
fn nemo_reads_every_text_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let expected = nasty(&corpus);
    let out = folder.path().join("out");
    export("nemo", &corpus, &out, Asked::default()).unwrap();
    load("nemo", &out, &expected);
}

#[test]
fn each_split_has_a_manifest_and_words_have_their_labels() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let of = [("a", "train"), ("a-b", "dev"), ("a_b", "train")];
    let expected = in_splits(words(&corpus), &of);
    let out = folder.path().join("out");
    let asked = Asked {
        split: listed(folder.path(), &of),
        ..Asked::default()
    };
    export("nemo", &corpus, &out, asked).unwrap();
    let more = json!({ "splits": ["train", "dev"] });
    load_with("nemo", &out, &expected, &more);
}
