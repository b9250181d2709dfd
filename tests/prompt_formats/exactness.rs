//! A text comes out exactly as it went in, whatever the format that carried it.

use proptest::prelude::*;
use unicode_width::UnicodeWidthChar;
use voicebooth::prompts::{Format, Prompt, PromptList, ReadOptions};

/// Texts as they occur: any characters, with many of those that the formats give a meaning.
fn text() -> impl Strategy<Value = String> {
    let any = "[^\\p{C}\\p{Z}]([\\P{C}--[\u{2028}\u{2029}]]|[\"\\\\|,;()<>&{}\\[\\]: \u{a0}\u{200f}👩e\u{301}]){0,30}[^\\p{C}\\p{Z}]";
    // A text of marks alone has nothing that can be seen, and is refused.
    let is_seen = |c: char| c.is_alphanumeric() && c.width().is_some_and(|columns| columns > 0);
    any.prop_filter("seen", move |text| text.chars().any(is_seen))
}

/// A list with those texts, each under an id of its own.
fn texts() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::hash_set(text(), 1..6).prop_map(|texts| texts.into_iter().collect())
}

/// What a file of the format says.
fn read(format: Format, file: &str) -> Vec<Prompt> {
    let options = ReadOptions {
        format: Some(format),
        ..ReadOptions::default()
    };
    let list = PromptList::parse("list", file.as_bytes(), &options);
    list.unwrap_or_else(|errors| panic!("{errors}\n{file}"))
        .prompts
}

/// A file with the texts, each written as the format has it.
fn file(texts: &[String], end: &str, line: impl Fn(usize, &str) -> String) -> String {
    let lines: Vec<String> = texts
        .iter()
        .enumerate()
        .map(|(n, text)| line(n, text))
        .collect();
    format!("\u{FEFF}{}", lines.join(end))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// XML's layout means nothing, so runs of blanks are one there.
fn one_blank(text: &str) -> String {
    let words = text.split(' ').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

proptest! {
    #[test]
    fn every_format_keeps_the_texts(texts in texts(), crlf: bool) {
        let end = if crlf { "\r\n" } else { "\n" };
        let lines = |line: &dyn Fn(usize, &str) -> String| file(&texts, end, line);
        let csv = format!("id,text\n{}", lines(&|n, text| format!("i{n},{}", quoted(text))).trim_start_matches('\u{FEFF}'));
        let web = lines(&|n, text| format!("{{\"itemcode\":\"i{n}\",\"mediaitems\":[{{\"text\":{}}}]}}", serde_json::to_string(text).unwrap()));
        let web = web.trim_start_matches('\u{FEFF}').replace("}\r\n{", "},\r\n{").replace("}\n{", "},\n{");
        let recorder = lines(&|n, text| format!("<recording itemcode=\"i{n}\"><recprompt><mediaitem>\n  {}\n</mediaitem></recprompt></recording>", xml(text)));
        let cases = [
            (Format::Csv, csv),
            (Format::Tsv, format!("id\ttext\n{}", lines(&|n, text| format!("i{n}\t{text}")).trim_start_matches('\u{FEFF}'))),
            (Format::Piper, lines(&|n, text| format!("i{n}\t{text}"))),
            (Format::Festvox, lines(&|n, text| format!("( i{n} \"{}\" )", escaped(text)))),
            (Format::Festvox, lines(&|n, text| format!("i{n} \"{}\"", escaped(text)))),
            (Format::Timit, lines(&|n, text| format!("x{text} (i{n})"))),
            (Format::VoxForge, lines(&|n, text| format!("*/i{n} {text}"))),
            (Format::Kaldi, lines(&|n, text| format!("i{n} {text}"))),
            (Format::JsonLines, lines(&|n, text| format!("{{\"id\":\"i{n}\",\"text\":{}}}", serde_json::to_string(text).unwrap()))),
            (Format::SpeechRecorder, format!("<session><recordingscript><section>{}</section></recordingscript></session>", recorder.trim_start_matches('\u{FEFF}'))),
            (Format::WebSpeechRecorder, format!("{{\"sections\":[{{\"promptItems\":[{web}]}}]}}")),
        ];
        for (format, file) in cases {
            let prompts = read(format, &file);
            prop_assert_eq!(prompts.len(), texts.len(), "{} {:?}", format, file);
            for (n, (prompt, text)) in prompts.iter().zip(&texts).enumerate() {
                let expected = match format {
                    Format::SpeechRecorder | Format::WebSpeechRecorder => one_blank(text),
                    Format::Timit => format!("x{text}"),
                    _ => text.clone(),
                };
                prop_assert_eq!(&prompt.text, &expected, "{} {:?}", format, file);
                prop_assert_eq!(&prompt.id, &format!("i{n}"));
            }
        }
    }

    #[test]
    fn without_ids_too(texts in texts()) {
        let mut cases = vec![
            (Format::Text, file(&texts, "\n", |_, text| text.to_owned())),
            (Format::Mimic, file(&texts, "\n", |_, text| format!("{text}\t{}", text.chars().count()))),
        ];
        if texts.iter().all(|text| !text.contains('|')) {
            cases.push((Format::LjSpeech, file(&texts, "\n", |n, text| format!("i{n}|{text}|{text}"))));
        }
        let cv = file(&texts, "\n", |_, text| format!("c\tp.mp3\t{text}\t2"));
        cases.push((Format::CommonVoice, format!("client_id\tpath\tsentence\tup_votes\n{}", cv.trim_start_matches('\u{FEFF}'))));
        for (format, file) in cases {
            use unicode_normalization::UnicodeNormalization;
            let mut composed: Vec<String> = texts.iter().map(|text| text.nfc().collect()).collect();
            composed.sort();
            composed.dedup();
            prop_assume!(composed.len() == texts.len()); // two encodings of one text are refused
            let prompts = read(format, &file);
            let found: Vec<&String> = prompts.iter().map(|prompt| &prompt.text).collect();
            prop_assert_eq!(found, texts.iter().collect::<Vec<_>>(), "{}", format);
        }
    }
}
