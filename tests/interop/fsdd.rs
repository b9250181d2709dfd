use serde_json::json;
use voicebooth::export::Shape;

use crate::corpus::words;
use crate::loading::{Asked, export, in_splits, listed, load_with};

#[test]
fn a_files_name_tells_label_speaker_and_index_at_8_khz() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let expected = words(&corpus);
    let out = folder.path().join("out");
    export("fsdd", &corpus, &out, Asked::default()).unwrap();
    load_with("fsdd", &out, &expected, &json!({ "rate_hz": 8000 }));
}

#[test]
fn at_the_recordings_own_rate_every_sample_is_there_and_each_split_is_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let of = [("a", "train"), ("a-b", "test"), ("a_b", "test")];
    let expected = in_splits(words(&corpus), &of);
    let out = folder.path().join("out");
    let asked = Asked {
        shape: Shape {
            rate_hz: Some(16_000),
            ..Shape::default()
        },
        split: listed(folder.path(), &of),
        ..Asked::default()
    };
    export("fsdd", &corpus, &out, asked).unwrap();
    let more = json!({ "rate_hz": 16_000, "splits": ["train", "test"] });
    load_with("fsdd", &out, &expected, &more);
}
