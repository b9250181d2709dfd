//! What must hold of every prompt file, however broken. The fuzz targets beside this run it on what a fuzzer finds,
//! `tests/prompt_formats` on committed files and random changes of them.

use std::collections::HashSet;

use voicebooth::prompts::{CheckLimits, Format, PromptList, ReadOptions, check};

/// Reads the bytes as a format, or as what they seem to be.
///
/// # Panics
/// Something that must hold does not.
pub fn read_as(format: Option<Format>, bytes: &[u8]) {
    let options = ReadOptions {
        format,
        ..ReadOptions::default()
    };
    let report = check(
        "list",
        bytes,
        &options,
        CheckLimits {
            max_take_ms: 60_000,
        },
    );
    let lines = bytes.split(|&byte| byte == b'\n').count();
    for finding in &report.findings {
        assert!(
            finding.line.is_none_or(|line| (1..=lines).contains(&line)),
            "{finding:?}"
        );
        assert!(!finding.message.contains('\n'), "{finding:?}");
    }
    match PromptList::parse("list", bytes, &options) {
        Ok(list) => {
            assert!(!report.has_errors(), "{report:?}");
            is_sound(&list);
        }
        Err(errors) => {
            assert!(report.has_errors(), "{errors}");
            assert!(!errors.errors.is_empty());
        }
    }
}

/// A list that was read says what it says in every form that it can be written in.
fn is_sound(list: &PromptList) {
    let mut ids = HashSet::new();
    for prompt in &list.prompts {
        assert!(ids.insert(&prompt.id), "{} is there twice", prompt.id);
        assert!(!prompt.id.is_empty() && prompt.repeat > 0);
        assert!(!prompt.text.trim().is_empty());
        assert!(!prompt.text.contains(char::is_control), "{:?}", prompt.text);
    }
    let jsonl = list.to_jsonl();
    let back = PromptList::from_jsonl("list.jsonl", jsonl.as_bytes());
    let back = back.unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(back.prompts, list.prompts);
    assert_eq!(back.sections, list.sections);
    assert_eq!(back.sha256, list.sha256);
    let again = |format, text: &str| {
        let options = ReadOptions {
            format: Some(format),
            ..ReadOptions::default()
        };
        let read = PromptList::parse("list", text.as_bytes(), &options);
        read.unwrap_or_else(|errors| panic!("{errors}"))
    };
    assert_eq!(again(Format::JsonLines, &jsonl).to_jsonl(), jsonl);
    if let Ok(tsv) = list.to_tsv() {
        assert_eq!(again(Format::Tsv, &tsv).to_jsonl(), jsonl);
    }
}
