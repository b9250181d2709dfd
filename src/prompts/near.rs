//! Prompts that are nearly the same: alike but for case, punctuation and blanks, or but for one letter of a long text.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Prompt;
use super::letters::is_alphanumeric;

/// Shortest text, in letters and digits, that is looked at for one other letter: shorter ones are words that differ on
/// purpose.
const LONG: usize = 20;
/// Letters at either end by which long texts are sorted into buckets: a slip leaves one end as it is.
const END: usize = 10;
/// Fullest bucket that is compared, so that a hundred thousand lines of one pattern stay quick.
const BUCKET_MAX: usize = 32;

/// How a prompt is like an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// But for case, punctuation and blanks.
    Spelling,
    /// But for one letter.
    Letter,
}

/// Pairs of an earlier and a later prompt that are nearly the same, each later one once, by the later one.
pub(super) fn pairs(prompts: &[Prompt]) -> Vec<(usize, usize, Likeness)> {
    let keys: Vec<String> = prompts.iter().map(|prompt| key(&prompt.text)).collect();
    let mut pairs = Vec::new();
    let mut first_with: HashMap<&str, usize> = HashMap::with_capacity(keys.len());
    let mut buckets: HashMap<(bool, &str), Vec<usize>> = HashMap::new();
    for (index, key) in keys.iter().enumerate() {
        if key.is_empty() {
            continue;
        }
        if let Some(&first) = first_with.get(key.as_str()) {
            pairs.push((first, index, Likeness::Spelling));
            continue;
        }
        first_with.insert(key, index);
        let mut nearest = None;
        for end in ends(key).into_iter().flatten() {
            let bucket = buckets.entry(end).or_default();
            if bucket.len() <= BUCKET_MAX {
                let like = |&&other: &&usize| differ_by_a_letter(&keys[other], key);
                nearest = nearest.or(bucket.iter().find(like).copied());
                bucket.push(index);
            }
        }
        if let Some(first) = nearest {
            pairs.push((first, index, Likeness::Letter));
        }
    }
    pairs
}

/// The text's letters, digits and marks, in small letters and NFC.
fn key(text: &str) -> String {
    let is_kept = |c: &char| is_alphanumeric(*c) || is_combining_mark(*c);
    if text.is_ascii() {
        let kept = text.bytes().filter(u8::is_ascii_alphanumeric);
        return kept
            .map(|byte| char::from(byte.to_ascii_lowercase()))
            .collect();
    }
    text.to_lowercase().nfc().filter(is_kept).collect()
}

/// The beginning and the end of a long key.
fn ends(key: &str) -> [Option<(bool, &str)>; 2] {
    if key.len() < LONG || key.chars().nth(LONG - 1).is_none() {
        return [None, None];
    }
    let head = key
        .char_indices()
        .nth(END)
        .map(|(at, _)| (false, &key[..at]));
    let tail = key
        .char_indices()
        .nth_back(END - 1)
        .map(|(at, _)| (true, &key[at..]));
    [head, tail]
}

/// Whether one letter is left out, put in, replaced or changed places with the next. Figures differ on purpose.
fn differ_by_a_letter(a: &str, b: &str) -> bool {
    if a.len().abs_diff(b.len()) > 4 {
        return false;
    }
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let figure = |text: &str| text.as_bytes().get(common).is_some_and(u8::is_ascii_digit);
    !figure(a) && !figure(b) && strsim::osa_distance(a, b) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[&str]) -> Vec<(usize, usize, Likeness)> {
        let prompt = |text: &&str| Prompt {
            text: (*text).to_owned(),
            ..Prompt::default()
        };
        pairs(&texts.iter().map(prompt).collect::<Vec<_>>())
    }

    #[test]
    fn case_punctuation_blanks_and_encoding_do_not_make_a_text_another() {
        let texts = [
            "Ship ahoy!",
            "ship  ahoy",
            "Shi-pahoy",
            "caf\u{e9}",
            "Cafe\u{301}?",
            "🙂",
            "🙁",
        ];
        let like = Likeness::Spelling;
        assert_eq!(found(&texts), [(0, 1, like), (0, 2, like), (3, 4, like)]);
    }

    #[test]
    fn a_slip_of_one_letter_in_a_long_text_is_found_at_either_end() {
        let texts = [
            "He went down to the harbour.",
            "He wend down to the harbour.",
            "He went down to the harbur.",
            "He went down to the hotel.",
        ];
        let like = Likeness::Letter;
        assert_eq!(found(&texts), [(0, 1, like), (0, 2, like)]);
    }

    #[test]
    fn words_and_figures_that_differ_on_purpose_are_not_told() {
        let texts = [
            "cat",
            "bat",
            "Turn on the light in room 1",
            "Turn on the light in room 2",
        ];
        assert_eq!(found(&texts), []);
    }
}
