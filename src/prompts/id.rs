//! Ids made from texts: slugs that are safe in file names, with a hash where the slug says less than the text.

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark, is_nfc};

use super::letters::{is_alphanumeric, is_composed};

/// Longest slug in front of a hash, in bytes of UTF-8: with `-` and 8 digits 73, so that a whole file name stays below
/// the 143 bytes that the strictest common file system (eCryptfs) allows.
const SLUG_MAX_BYTES: usize = 64;
const HASH_DIGITS: usize = 8;
const WHOLE_MAX_BYTES: usize = SLUG_MAX_BYTES + 1 + HASH_DIGITS;

/// An id for `text`, told apart from the id of every other text and safe in file names.
///
/// Letters and digits of any script and the marks on them are kept, lower-case and in NFC; `_` is kept; anything else
/// becomes a single `-` between them. Where that says less than the NFC text (capitals, blanks, punctuation, more than 73
/// bytes), or where it could be taken for something else (it has a second spelling in small letters, as `ß` has in `ss`,
/// or Windows has a device of that name), it is cut to 64 bytes, and `-` and 8 hex digits of SHA-256(NFC text) follow.
/// Such an id is its own id, and two texts never get ids that differ in case alone.
pub(super) fn id_of_text(text: &str) -> String {
    let text = nfc(text);
    let plain = slug(&text);
    if plain == text && is_whole(&plain) {
        return plain;
    }
    let mut name = plain;
    loop {
        cut(&mut name, SLUG_MAX_BYTES);
        name = fold(name);
        if name.len() <= SLUG_MAX_BYTES {
            break; // folding may lengthen a name (ß, ss), but not twice
        }
    }
    if !name.is_empty() {
        name.push('-');
    }
    name + &hex(text.as_bytes(), HASH_DIGITS)
}

/// The first `digits` hex digits of SHA-256.
pub(super) fn hex(bytes: &[u8], digits: usize) -> String {
    let digest = Sha256::digest(bytes);
    let mut hex = String::with_capacity(digits + 1);
    for byte in digest.iter().take(digits.div_ceil(2)) {
        for nibble in [byte >> 4, byte & 15] {
            hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0')); // a nibble is below 16
        }
    }
    hex.truncate(digits);
    hex
}

/// The text in NFC, copied only where it is not.
fn nfc(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_composed) || is_nfc(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// The text's letters, digits and marks, or as many of them as a name can have and some more.
fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len().min(2 * WHOLE_MAX_BYTES));
    let mut small = String::new();
    let mut gap = false;
    // Word by word, for most of a long text is cut anyway; neither case nor NFC looks beyond a blank.
    for word in text.split_inclusive(' ') {
        to_lowercase(word, &mut small);
        for character in nfc(&small).chars() {
            if is_kept(character, !gap && !slug.is_empty()) {
                if gap && !slug.is_empty() {
                    slug.push('-');
                }
                gap = false;
                slug.push(character);
            } else {
                gap = true;
            }
        }
        if slug.len() > WHOLE_MAX_BYTES {
            break; // it will be cut anyway
        }
    }
    slug
}

/// Puts `word` in small letters into `small`, as `str::to_lowercase` does, without a new string for each.
fn to_lowercase(word: &str, small: &mut String) {
    small.clear();
    if word.contains('Σ') {
        small.push_str(&word.to_lowercase()); // the one letter that looks at its neighbours
    } else {
        small.extend(word.chars().flat_map(char::to_lowercase));
    }
}

/// Whether a slug has it; `after_kept` tells whether it has the character before.
fn is_kept(character: char, after_kept: bool) -> bool {
    is_alphanumeric(character) || character == '_' || (after_kept && is_mark(character))
}

/// A mark that can be seen: vowel signs and accents, not variation selectors or joiners.
fn is_mark(character: char) -> bool {
    is_combining_mark(character)
        && !matches!(character, '\u{34F}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// A slug in the one spelling that all its spellings in capitals and small letters share.
fn fold(slug_of_text: String) -> String {
    if slug_of_text.is_ascii() {
        slug_of_text
    } else {
        nfc(&slug_of_text.to_uppercase().to_lowercase()).into_owned()
    }
}

/// Whether a slug can stand without a hash.
fn is_whole(slug: &str) -> bool {
    (1..=WHOLE_MAX_BYTES).contains(&slug.len())
        && fold(slug.to_owned()) == slug
        && !is_windows_device(slug)
}

/// Names that Windows keeps for devices, with any extension ("Naming Files, Paths, and Namespaces", Microsoft Learn).
fn is_windows_device(slug: &str) -> bool {
    let numbered = |name: &str| {
        slug.strip_prefix(name).is_some_and(|rest| {
            rest.chars().count() == 1 && rest.contains(|c| "0123456789¹²³".contains(c))
        })
    };
    matches!(slug, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// Shortens `slug` to whole characters within `bytes_max`, without a `-` at the end.
fn cut(slug: &mut String, bytes_max: usize) {
    while slug.len() > bytes_max || slug.ends_with('-') {
        slug.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_plain_word_is_its_own_id() {
        for word in [
            "zero",
            "kw-start",
            "a_b",
            "7",
            "μηδέν",
            "ноль",
            "零",
            "ゼロ",
            "शून्य",
            "ศูนย์",
            "zéro",
            "ዜሮ",
        ] {
            assert_eq!(id_of_text(word), word);
        }
    }

    #[test]
    fn a_hash_follows_where_the_slug_says_less() {
        // printf %s 'Ship ahoy!' | sha256sum
        assert_eq!(id_of_text("Ship ahoy!"), "ship-ahoy-9f99e23d");
        assert_eq!(id_of_text("👍"), "5d57d39e");
        let twins = [
            "Zero", "ZERO", "zero", "zero!", " zero", "ze ro", "ze-ro", "ze  ro",
        ];
        let names: std::collections::HashSet<_> =
            twins.iter().map(|text| id_of_text(text)).collect();
        assert_eq!(names.len(), twins.len());
    }

    #[test]
    fn composed_and_decomposed_accents_have_one_id() {
        assert_eq!(id_of_text("ze\u{301}ro"), "z\u{e9}ro");
        assert_eq!(id_of_text("Ze\u{301}ro"), id_of_text("Z\u{e9}ro"));
    }

    #[test]
    fn windows_devices_and_long_texts_are_escaped() {
        for device in ["con", "aux", "com1", "lpt²"] {
            assert!(
                id_of_text(device).starts_with(&format!("{device}-")),
                "{device}"
            );
        }
        assert_eq!(id_of_text("com"), "com");
        assert_eq!(id_of_text("com10"), "com10");
        let name = id_of_text(&"九".repeat(100));
        assert_eq!(name.len(), 63 + 1 + 8);
    }

    proptest! {
        #[test]
        fn word_by_word_is_no_other_than_at_once(
            text in "\\PC{0,80}|[\\p{L}\\p{M} ]{0,80}|[aσςΣİß\u{301}\u{323} -]{0,40}",
        ) {
            let mut small = String::new();
            let mut word_by_word = String::new();
            for word in text.split_inclusive(' ') {
                to_lowercase(word, &mut small);
                word_by_word += &nfc(&small);
            }
            let at_once: String = text.to_lowercase().nfc().collect();
            prop_assert_eq!(word_by_word, at_once);
        }

        #[test]
        fn an_id_made_from_a_text_is_its_own_id(text in "\\PC{0,80}|[\\p{L}\\p{M}]{0,80}|[a-zA-Zéßİıςσ _-]{0,20}") {
            let name = id_of_text(&text);
            prop_assert_eq!(id_of_text(&name), name.clone());
            prop_assert!(!name.is_empty() && name.len() <= 73);
        }

        #[test]
        fn names_that_differ_differ_without_case_too(a in "[a-zA-Zßıİςσµſ]{1,4}", b in "[a-zA-Zßıİςσµſ]{1,4}") {
            let [name_a, name_b] = [&a, &b].map(|text| id_of_text(text).to_uppercase());
            prop_assert_eq!(name_a == name_b, a == b, "{} {}", name_a, name_b);
        }
    }
}
