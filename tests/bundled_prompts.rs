//! The lists that come with the program read without a complaint.

use std::path::Path;

use voicebooth::corpus::names::safe_name;
use voicebooth::prompts::{PromptList, ReadOptions};

#[test]
fn every_bundled_list_reads_without_error_or_warning() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
    let mut lists = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if !matches!(extension, Some("txt" | "tsv")) {
            continue;
        }
        let list = PromptList::read(&path, &ReadOptions::default())
            .unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(list.warnings, [], "{}", path.display());
        // Ids are file names as they stand.
        for prompt in &list.prompts {
            assert_eq!(safe_name(&prompt.id), prompt.id, "{}", path.display());
        }
        lists += 1;
    }
    assert!(lists >= 20, "{lists} lists");
}
