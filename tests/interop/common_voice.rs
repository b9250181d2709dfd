use serde_json::json;

use crate::corpus::nasty;
use crate::loading::{Asked, export, in_splits, listed, load_with, refused, without};

#[test]
fn what_has_no_tab_in_it_is_a_row_of_other_tsv_and_of_its_split() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let of = [("a", "train"), ("a-b", "dev"), ("a_b", "train")];
    let expected = in_splits(without(&nasty(&corpus), &["tab"]), &of);
    let out = folder.path().join("out");
    let named = refused(export("common-voice", &corpus, &out, Asked::default()));
    assert_eq!(named.len(), 3);
    assert_eq!(
        named[0],
        (
            "tab".to_owned(),
            "its text has the character U+0009, and tables of Common Voice have no way to write it"
                .to_owned()
        )
    );
    let asked = Asked {
        skip_refused: true,
        split: listed(folder.path(), &of),
        ..Asked::default()
    };
    export("common-voice", &corpus, &out, asked).unwrap();
    let more = json!({ "splits": ["train", "dev"] });
    load_with("common_voice", &out, &expected, &more);
}
