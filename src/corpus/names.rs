//! Names of files and folders: safe on every file system, and different wherever the ids differ.
//!
//! A name is for people and is never parsed. An id stands in it as it is where every file system keeps it apart from
//! every other such id; otherwise the name is what is readable of the id, `~`, and 12 hex digits of the id's SHA-256.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::error::CorpusError;

/// Longest id that stands in a name as it is, in bytes: leaves room for the rest within the 143 bytes that the
/// strictest usual file system (eCryptfs) allows.
const LONGEST_PLAIN: usize = 80;
/// Longest readable part before a hash, in bytes.
const LONGEST_READABLE: usize = 48;
/// Hex digits of SHA-256 that tell ids apart: 48 bits.
const HASH_DIGITS: usize = 12;
/// Between a readable part and a hash; never part of a plain name.
const HASH_MARK: char = '~';
/// Longest speaker id, in bytes.
const LONGEST_SPEAKER: usize = 32;
/// Digits and letters that nobody takes for another (no 0, 1, i, l, o).
const UNMISTAKABLE: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// `<prompt>_r<repeat>_<take>`, the file name of a take without its extension. Different ids, repeats or takes give
/// names that differ even where case and normalisation do not count.
pub fn stem(prompt_id: &str, repeat: u32, take: u32) -> String {
    format!("{}_r{repeat}_{take}", safe_name(prompt_id))
}

/// A name for `id` without separators, control characters, dots or blanks, at most 80 bytes.
pub fn safe_name(id: &str) -> String {
    if is_plain(id) {
        return id.to_owned();
    }
    let mut name = readable(id);
    name.push(HASH_MARK);
    name.push_str(&sha256_hex(id.as_bytes())[..HASH_DIGITS]);
    name
}

fn is_plain(id: &str) -> bool {
    id.len() <= LONGEST_PLAIN
        && id.starts_with(char::is_alphanumeric)
        && id
            .chars()
            .all(|c| matches!(c, '_' | '-') || (is_kept(c) && is_own_fold(c)))
        && is_nfc(id)
        && !is_device(id)
}

/// Letters, digits and their marks, but no character that a file system may overlook.
fn is_kept(c: char) -> bool {
    (c.is_alphanumeric() || is_combining_mark(c)) && !is_overlooked(c)
}

/// Letters and marks that have Unicode's `Default_Ignorable_Code_Point` (`DerivedCoreProperties.txt`): HFS+ skips such
/// characters when it compares names.
fn is_overlooked(c: char) -> bool {
    matches!(c,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}')
}

/// Whether `c` is what all its case variants become: true of `a` and `零`, not of `A`, `ß` or `ς`.
fn is_own_fold(c: char) -> bool {
    c.to_uppercase().flat_map(char::to_lowercase).eq([c])
}

/// Names that Windows keeps for devices, with any extension.
fn is_device(name: &str) -> bool {
    let lower = name.to_lowercase();
    if matches!(
        lower.as_str(),
        "con" | "prn" | "aux" | "nul" | "conin$" | "conout$"
    ) {
        return true;
    }
    let port = lower
        .strip_prefix("com")
        .or_else(|| lower.strip_prefix("lpt"));
    port.is_some_and(|rest| {
        let mut chars = rest.chars();
        matches!(chars.next(), Some('0'..='9' | '¹' | '²' | '³')) && chars.next().is_none()
    })
}

/// What can be kept of an id for people to read.
fn readable(id: &str) -> String {
    let mut name = String::new();
    for c in id.nfc() {
        let c = if c == '_' || is_kept(c) { c } else { '-' };
        let begins = name.is_empty() && !c.is_alphanumeric();
        if begins || (c == '-' && name.ends_with('-')) {
            continue;
        }
        if name.len() + c.len_utf8() > LONGEST_READABLE {
            break;
        }
        name.push(c);
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "prompt" } else { name }.to_owned()
}

/// SHA-256 of `bytes`, 64 hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A session's name: its start in UTC, and four random hex digits so that two booths never make the same.
pub fn session_id(started_at: Timestamp, random: u16) -> String {
    format!("{}-{random:04x}", started_at.strftime("%Y-%m-%dT%H%M%SZ"))
}

/// A new speaker id such as `s7k3q` that `is_taken` does not know.
pub fn new_speaker_id(is_taken: impl Fn(&str) -> bool) -> String {
    loop {
        // Of a v4 UUID, the first 6 bytes are random throughout.
        let random = uuid::Uuid::new_v4();
        let id: String = random.as_bytes()[..4]
            .iter()
            .map(|byte| char::from(UNMISTAKABLE[usize::from(*byte) % UNMISTAKABLE.len()]))
            .collect();
        let id = format!("s{id}");
        if !is_taken(&id) {
            return id;
        }
    }
}

/// Checks an id that somebody gave: ASCII letters, digits, `-` and `_`, at most 32, a letter or digit first.
///
/// # Errors
/// [`CorpusError::BadSpeakerId`] says why not.
pub fn check_speaker_id(id: &str) -> Result<(), CorpusError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let why = if id.is_empty() {
        "it is empty"
    } else if id.len() > LONGEST_SPEAKER {
        "it is longer than 32 characters"
    } else if !id.chars().all(allowed) {
        "only the letters a to z, digits, - and _ can stand in it"
    } else if !id.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        "it has to begin with a letter or a digit"
    } else if is_device(id) {
        "Windows keeps this name for a device"
    } else {
        return Ok(());
    };
    Err(CorpusError::BadSpeakerId {
        id: id.to_owned(),
        why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the least discerning file system makes of a name.
    fn as_seen(name: &str) -> String {
        let nfd: String = name.nfd().filter(|c| !is_overlooked(*c)).collect();
        nfd.to_uppercase().to_lowercase().nfd().collect()
    }

    fn is_safe(name: &str) -> bool {
        let bad = |c: char| {
            c.is_control() || c.is_whitespace() || "/\\:*?\"<>|.".contains(c) || is_overlooked(c)
        };
        !name.contains(bad)
            && name.len() <= LONGEST_PLAIN
            && is_nfc(name)
            && name.starts_with(char::is_alphanumeric)
            && !is_device(name)
    }

    #[test]
    fn an_ordinary_id_stands_in_the_name_as_it_is() {
        assert_eq!(stem("zero", 1, 2), "zero_r1_2");
        assert_eq!(
            safe_name("the-quick-fox-1a2b3c4d"),
            "the-quick-fox-1a2b3c4d"
        );
        assert_eq!(safe_name("零"), "零");
        assert_eq!(safe_name("अठारह"), "अठारह");
    }

    #[test]
    fn case_twins_are_told_apart() {
        assert_eq!(safe_name("a"), "a");
        assert!(safe_name("A").starts_with("A~"));
        assert_ne!(
            as_seen(&safe_name("LJ001-0001")),
            as_seen(&safe_name("lj001-0001"))
        );
        for (one, other) in [("dreißig", "dreissig"), ("ς", "σ"), ("ſ", "s"), ("µ", "μ")] {
            assert_ne!(as_seen(&safe_name(one)), as_seen(&safe_name(other)));
        }
    }

    #[test]
    fn what_no_file_system_takes_is_left_out_of_the_name() {
        for id in [
            "", ".", "..", "a/b", "a\\b", "nul", "COM1", "con", "a.b", "a b", "\u{0}", "-x",
            "\u{301}a", "?!",
        ] {
            let name = safe_name(id);
            assert!(
                name.contains(HASH_MARK) && is_safe(&name),
                "{id:?} became {name:?}"
            );
        }
        assert!(safe_name("?!").starts_with("prompt~"));
        assert!(safe_name(&"x".repeat(500)).len() <= LONGEST_PLAIN);
        assert!(safe_name(&"字".repeat(500)).len() <= LONGEST_PLAIN);
    }

    fn ids() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[aAbB_r12~ßSsςσé-]{0,6}",
            "[a-z]{1,3}(\u{301}|\u{308}|_r1_1|~[0-9a-f]{12})?",
        ]
    }

    /// An id, and one that some file system might take for it.
    fn twins() -> impl Strategy<Value = (String, String)> {
        (ids(), ids(), 0..6).prop_map(|(id, other, kind)| {
            let twin = match kind {
                0 => id.to_uppercase(),
                1 => id.to_lowercase(),
                2 => id.nfd().collect(),
                3 => id.nfc().collect(),
                4 => safe_name(&id),
                _ => other,
            };
            (id, twin)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5000))]

        #[test]
        fn different_ids_never_share_a_name((one, other) in twins(), r in 1u32..3, t in 1u32..3) {
            if one != other {
                prop_assert_ne!(as_seen(&stem(&one, 1, 1)), as_seen(&stem(&other, r, t)));
            } else if (r, t) != (1, 1) {
                prop_assert_ne!(stem(&one, 1, 1), stem(&one, r, t));
            }
        }

        #[test]
        fn every_name_is_safe_everywhere(id in ids()) {
            prop_assert!(is_safe(&safe_name(&id)), "{:?}", safe_name(&id));
        }
    }

    #[test]
    fn a_session_is_named_by_its_start() {
        let at: Timestamp = "2026-11-22T10:15:02.9Z".parse().unwrap();
        assert_eq!(session_id(at, 0x7f3a), "2026-11-22T101502Z-7f3a");
        assert_eq!(session_id(at, 1), "2026-11-22T101502Z-0001");
    }

    #[test]
    fn a_generated_speaker_id_is_valid_unmistakable_and_new() {
        let first = std::cell::RefCell::new(None);
        for _ in 0..200 {
            let id = new_speaker_id(|id| first.borrow_mut().get_or_insert(id.to_owned()) == id);
            check_speaker_id(&id).unwrap();
            assert_eq!(id.len(), 5);
            assert!(!id[1..].contains(['0', '1', 'i', 'l', 'o']), "{id}");
            assert_ne!(Some(id), *first.borrow());
        }
    }

    #[test]
    fn a_speaker_id_that_cannot_be_a_folder_everywhere_is_refused_with_the_reason() {
        for id in ["s7k3q", "P01", "anna-b_2"] {
            check_speaker_id(id).unwrap();
        }
        for id in [
            "",
            ".",
            "..",
            "a b",
            "a/b",
            "é",
            "-a",
            ".a",
            "nul",
            "Com1",
            &"x".repeat(33),
        ] {
            let error = check_speaker_id(id).unwrap_err().to_string();
            assert!(error.contains("cannot be used"), "{error}");
        }
    }
}
