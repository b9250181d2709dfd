//! Which format a file has: by its content; its name is a hint where the content may be several things.

use std::collections::HashSet;
use std::path::Path;

use super::Format;
use super::columns::{column, is_header};
use super::problem::Problem;
use super::source::{Source, is_blank};
use super::studio::mimic_fields;
use super::transcripts::{id_and_words, is_comment, timit_fields};

/// Lines that are looked at.
const SAMPLE: usize = 500;

/// The format of a file.
///
/// # Errors
/// The extension says that it is none of them, and the content does not say otherwise.
pub(super) fn detect(name: &str, source: &Source, comments: bool) -> Result<Format, Problem> {
    let path = Path::new(name);
    let extension = path.extension().and_then(|extension| extension.to_str());
    let extension = extension.unwrap_or_default().to_ascii_lowercase();
    let sample = source.sample(comments, SAMPLE);
    let Some(first) = sample.first() else {
        return Ok(Format::Text);
    };
    if let Some(format) = of_markup(first, source, &extension) {
        return Ok(format);
    }
    if let Some(format) = of_tabs(&sample, &extension) {
        return Ok(format);
    }
    let form = of_lines(&sample, path.file_name().is_some_and(|name| name == "text"));
    match extension.as_str() {
        "tsv" | "tab" => Ok(Format::Tsv),
        _ if is_csv(first, &extension) => Ok(Format::Csv),
        "csv" if first.contains('|') => Ok(Format::LjSpeech),
        "csv" => Ok(Format::Csv),
        "json" | "jsonl" | "ndjson" => Ok(Format::JsonLines),
        "xml" => Ok(Format::SpeechRecorder),
        "toml" | "yaml" | "yml" => Err(Problem::UnknownFormat { extension }),
        _ => Ok(form.unwrap_or_default()),
    }
}

/// XML and JSON begin as nothing that is read aloud does.
fn of_markup(first: &str, source: &Source, extension: &str) -> Option<Format> {
    let first = first.trim_start();
    let tags = ["<?xml", "<!DOCTYPE", "<!--", "<session", "<script"];
    if tags.iter().any(|tag| first.starts_with(tag)) {
        return Some(Format::SpeechRecorder);
    }
    if let Some(inside) = first.strip_prefix('[') {
        let is_array = inside.trim_start().starts_with(['{', ']']) || inside.is_empty();
        let is_json = matches!(extension, "json" | "jsonl" | "ndjson");
        return (is_array || is_json).then_some(Format::JsonLines);
    }
    if !first.starts_with('{') {
        return None;
    }
    let is_one_object = serde_json::from_str::<serde::de::IgnoredAny>(first).is_ok();
    let is_script = |text: &str| text.contains("\"sections\"");
    if is_one_object {
        let is_web = is_script(first) && !first.contains("\"text\":\"sections\"");
        return Some(if is_web {
            Format::WebSpeechRecorder
        } else {
            Format::JsonLines
        });
    }
    let (_, whole) = source.whole(&mut Vec::new())?;
    if is_script(whole) && extension != "jsonl" {
        return Some(Format::WebSpeechRecorder);
    }
    let is_json = matches!(extension, "json" | "jsonl" | "ndjson") || first.contains("\":");
    is_json.then_some(Format::JsonLines)
}

/// Files with tabs: headers, else what the columns look like.
fn of_tabs(sample: &[&str], extension: &str) -> Option<Format> {
    let first = sample.first()?;
    let names: Vec<&str> = first
        .split('\t')
        .map(|name| name.trim_matches(is_blank))
        .collect();
    let has = |wanted: &str| names.contains(&wanted);
    if has("sentence") && (has("client_id") || has("sentence_id")) {
        return Some(Format::CommonVoice);
    }
    let tabs = sample
        .iter()
        .filter(|line| line.trim_matches(is_blank).contains('\t'))
        .count();
    if tabs == 0 {
        return None;
    }
    let is_tsv = matches!(extension, "tsv" | "tab");
    let first_has_tab = names.len() > 1 && first.trim_matches(is_blank).contains('\t');
    if first_has_tab && is_header(names.iter().copied()) {
        return Some(Format::Tsv);
    }
    let counts = sample
        .iter()
        .filter(|line| mimic_fields(line).is_some())
        .count();
    let exact = |line: &&&str| {
        mimic_fields(line).is_some_and(|(text, count)| text.chars().count().to_string() == count)
    };
    let exact = sample.iter().filter(exact).count();
    if counts == sample.len() && (extension == "csv" || 2 * exact > counts) {
        return Some(Format::Mimic);
    }
    if is_tsv {
        return Some(Format::Tsv);
    }
    // Lists of words with a tab that slipped in are no columns.
    if !first_has_tab && 2 * tabs < sample.len() {
        return None;
    }
    let fields = |line: &&str| line.trim_matches(is_blank).split('\t').count();
    Some(match sample.iter().map(fields).max() {
        Some(2) => Format::Piper, // as Kaldi's, where a tab stands behind the id
        _ => Format::Tsv,
    })
}

/// A header whose names stand between commas or semicolons.
fn is_csv(first: &str, extension: &str) -> bool {
    let bare = |name: &str| name.trim_matches(is_blank).trim_matches('"').to_owned();
    [',', ';'].iter().any(|&delimiter| {
        let names: Vec<String> = first.split(delimiter).map(bare).collect();
        let known = names.iter().filter(|name| column(name).is_some()).count();
        let has_header = is_header(names.iter().map(String::as_str));
        has_header && (extension == "csv" || (names.len() > 1 && known == names.len()))
    })
}

/// Lines that all have one form. Where a list of prompts could have it by chance, the ids must look like ids.
fn of_lines(sample: &[&str], is_kaldi_name: bool) -> Option<Format> {
    let lines: Vec<&str> = sample
        .iter()
        .copied()
        .filter(|line| !is_comment(line))
        .collect();
    let first = *lines.first()?;
    if first.trim_start().starts_with('(') && is_festvox(first.trim_start()[1..].trim_start()) {
        return Some(Format::Festvox);
    }
    let all = |is: &dyn Fn(&str) -> bool| lines.iter().all(|line| is(line));
    if all(&|line| is_festvox(line) && line.trim_end().ends_with('"')) {
        return Some(Format::Festvox);
    }
    if all(&is_ljspeech) {
        return Some(Format::LjSpeech);
    }
    let is_timit = |line: &str| {
        timit_fields(line).is_some_and(|(id, text)| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
            let is_id = id.bytes().all(is_plain) && id.bytes().any(|byte| byte.is_ascii_digit());
            is_id && !text.trim().is_empty()
        })
    };
    if all(&is_timit) {
        return Some(Format::Timit);
    }
    if all(&|line| line.trim_start().starts_with("*/") && id_and_words(line).is_some()) {
        return Some(Format::VoxForge);
    }
    is_kaldi(&lines, is_kaldi_name).then_some(Format::Kaldi)
}

/// An id and a text in quotation marks, as far as the line goes.
fn is_festvox(line: &str) -> bool {
    let Some((id, rest)) = id_and_words(line) else {
        return false;
    };
    !id.contains('"') && rest.trim_start().starts_with('"')
}

fn is_ljspeech(line: &str) -> bool {
    let fields: Vec<&str> = line.split('|').collect();
    let id = fields[0].trim_matches(is_blank);
    matches!(fields.len(), 2 | 3) && !id.is_empty() && !id.contains(char::is_whitespace)
}

/// Ids of one form, all different, each with letters (or `-`, `_`) and at least two digits, in front of at least two lines.
fn is_kaldi(lines: &[&str], is_named_so: bool) -> bool {
    let mut ids = HashSet::new();
    let mut form = None;
    let are_ids = lines.iter().all(|line| {
        let Some((id, words)) = id_and_words(line) else {
            return false;
        };
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
        let digits = id.bytes().filter(u8::is_ascii_digit).count();
        let this = form_of(id);
        let form = form.get_or_insert_with(|| this.clone());
        id.bytes().all(is_plain)
            && digits >= 2
            && digits < id.len()
            && (is_named_so || *form == this)
            && !words.trim().is_empty()
            && ids.insert(id.to_owned())
    });
    are_ids && (lines.len() > 1 || is_named_so)
}

/// An id with its runs of letters and of digits made one each.
fn form_of(id: &str) -> String {
    let mut form = String::new();
    for character in id.chars() {
        let kind = match character {
            '0'..='9' => '0',
            'A'..='Z' | 'a'..='z' => 'a',
            other => other,
        };
        if !form.ends_with(kind) || !matches!(kind, '0' | 'a') {
            form.push(kind);
        }
    }
    form
}
