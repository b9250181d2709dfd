use serde_json::json;
use voicebooth::prompts::Lexicon;

use crate::corpus::{nasty, words};
use crate::loading::{Asked, export, in_splits, listed, load, load_with, refused};

#[test]
fn htk_reads_every_word_of_every_text_and_a_unit_for_each() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let expected = nasty(&corpus);
    let out = folder.path().join("out");
    export("htk", &corpus, &out, Asked::default()).unwrap();
    load("htk", &out, &expected);
}

#[test]
fn a_lexicon_makes_words_of_phones_and_each_split_has_a_script() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let of = [("a", "train"), ("a-b", "test"), ("a_b", "train")];
    let expected = in_splits(words(&corpus), &of);
    let out = folder.path().join("out");
    let lexicon = b"YES  Y EH1 S\nNO  N OW1\nOH  OW1\nREDONE  R IY0 D AH1 N\n";
    let asked = Asked {
        lexicon: Some(Lexicon::parse("lexicon", lexicon).unwrap()),
        split: listed(folder.path(), &of),
        ..Asked::default()
    };
    export("htk", &corpus, &out, asked).unwrap();
    let more = json!({ "splits": ["train", "test"], "whole_words": false });
    load_with("htk", &out, &expected, &more);
}

#[test]
fn a_take_with_a_word_that_the_lexicon_lacks_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    words(&corpus);
    let asked = Asked {
        lexicon: Some(Lexicon::parse("lexicon", b"yes Y EH S\nno N OW\nredone R\n").unwrap()),
        ..Asked::default()
    };
    let out = folder.path().join("out");
    let named = refused(export("htk", &corpus, &out, asked));
    let lacking = ("zero".to_owned(), "the lexicon lacks oh".to_owned());
    assert_eq!(named, vec![lacking; 3]);
    assert!(!out.exists());
}
