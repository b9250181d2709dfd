use crate::corpus::nasty;
use crate::loading::{Asked, export, load};

#[test]
fn python_reads_every_text_of_the_table_as_it_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    let expected = nasty(&corpus);
    let out = folder.path().join("out");
    export("csv", &corpus, &out, Asked::default()).unwrap();
    load("csv_table", &out, &expected);
}
