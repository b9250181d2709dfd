//! Names of speakers, takes and words for toolkits that take few characters: different wherever what they stand for is.

use std::fmt::Write as _;

use crate::corpus::names::sha256_hex;
use crate::export::utterance::Utterance;

/// Longest part of a prompt's id that stands as it is, and how much of a longer one, in bytes.
const LONGEST: usize = 96;
const READABLE: usize = 64;

/// `name` with nothing but the letters a to z (either case), digits, and what `is_plain` lets through. Anything else
/// is `Qd` (-), `Qu` (_), `QQ` (Q) or `Qx<hex>Q` (a Unicode scalar). Different names stay different.
pub fn escaped(name: &str, is_plain: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'Q' => escaped.push_str("QQ"),
            c if c.is_ascii_alphanumeric() || is_plain(c) => escaped.push(c),
            '-' => escaped.push_str("Qd"),
            '_' => escaped.push_str("Qu"),
            c => {
                let _ = write!(escaped, "Qx{:x}Q", u32::from(c));
            }
        }
    }
    escaped
}

/// `name` as letters a to z and digits: no joint sorts before or after its end.
pub fn part(name: &str) -> String {
    escaped(name, |_| false)
}

/// An id of a take: the speaker's, `-`, the session's start, `-`, and the item. Sorted by bytes, takes are sorted by
/// speaker, because nothing in a part sorts before the joint.
pub fn utterance_id(utterance: &Utterance) -> String {
    let sidecar = &utterance.sidecar;
    format!(
        "{}-{}-{}r{}t{}",
        part(&utterance.speaker.id),
        session(&utterance.session),
        short(&part(&sidecar.prompt.id)),
        sidecar.repeat,
        sidecar.take
    )
}

/// A part that leaves room in a file name: what is longer is cut, and told apart by `Qh` and 12 hex digits of its SHA-256.
fn short(part: &str) -> String {
    match part.get(..READABLE) {
        Some(readable) if part.len() > LONGEST => {
            format!("{readable}Qh{}", &sha256_hex(part.as_bytes())[..12])
        }
        _ => part.to_owned(),
    }
}

/// A session's id without its dashes, which stand at the same places in all of them.
fn session(id: &str) -> String {
    let dashes: Vec<usize> = id.match_indices('-').map(|(at, _)| at).collect();
    let is_usual =
        dashes == [4, 7, 18] && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if is_usual && !id.contains('Q') {
        id.replace('-', "")
    } else {
        part(id)
    }
}

/// An acoustic unit that stands for a whole word: small letters, digits, and `_<hex>_` for anything else, so that units
/// differ even where case does not count. Never begins with a digit, and is no name of silence.
pub fn unit(word: &str) -> String {
    let is_silence = matches!(word, "sil" | "sp");
    let mut unit = String::with_capacity(word.len());
    for (index, c) in word.chars().enumerate() {
        let must_be_escaped = index == 0 && (c.is_ascii_digit() || is_silence);
        if (c.is_ascii_lowercase() || c.is_ascii_digit()) && !must_be_escaped {
            unit.push(c);
        } else {
            let _ = write!(unit, "_{:x}_", u32::from(c));
        }
    }
    unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_are_told_apart_and_read_like_what_they_stand_for() {
        assert_eq!(part("a-b"), "aQdb");
        assert_eq!(part("a_b"), "aQub");
        assert_eq!(part("Quiet 零"), "QQuietQx20QQx96f6Q");
        assert_eq!(escaped("a-b_c", |c| c == '-'), "a-bQuc");
    }

    #[test]
    fn long_parts_leave_room_in_a_file_name() {
        let (a, b) = (part(&"零".repeat(80)), part(&("零".repeat(79) + "一")));
        assert!(short(&a).len() < 100);
        assert_ne!(short(&a), short(&b));
        assert_eq!(short("zero"), "zero");
    }

    #[test]
    fn units_are_no_numbers_and_no_silence() {
        assert_eq!(unit("zero"), "zero");
        assert_eq!(unit("5"), "_35_");
        assert_eq!(unit("Sil"), "_53_il");
        assert_eq!(unit("sil"), "_73_il");
        assert_eq!(unit("a5"), "a5");
    }

    #[test]
    fn a_session_keeps_its_time_readable() {
        assert_eq!(session("2026-11-22T101502Z-7f3a"), "20261122T101502Z7f3a");
        assert_eq!(session("x-y"), "xQdy");
    }

    /// The name that a part stands for.
    fn unescaped(part: &str) -> String {
        let (mut name, mut rest) = (String::new(), part.chars());
        while let Some(c) = rest.next() {
            match (c, if c == 'Q' { rest.next() } else { None }) {
                (_, Some('Q')) => name.push('Q'),
                (_, Some('d')) => name.push('-'),
                (_, Some('u')) => name.push('_'),
                (_, Some(_)) => {
                    let hex: String = rest.by_ref().take_while(|c| *c != 'Q').collect();
                    let code = u32::from_str_radix(&hex, 16).unwrap();
                    name.push(char::from_u32(code).unwrap());
                }
                (c, None) => name.push(c),
            }
        }
        name
    }

    proptest! {
        #[test]
        fn a_part_tells_the_whole_name(name in "\\PC{0,20}") {
            let part = part(&name);
            prop_assert!(part.bytes().all(|b| b.is_ascii_alphanumeric()));
            prop_assert_eq!(unescaped(&part), name);
        }

        #[test]
        fn takes_sort_as_their_speakers_do(a in "[a-zA-Z0-9_-]{1,6}", b in "[a-zA-Z0-9_-]{1,6}") {
            let (a, b) = (part(&a), part(&b));
            prop_assume!(a != b);
            prop_assert_eq!(format!("{a}-zz") < format!("{b}-00"), a < b);
        }

        #[test]
        fn units_differ_where_words_do_and_case_does_not_count(a in "[a-cA-C5 _é]{1,4}", b in "[a-cA-C5 _é]{1,4}") {
            prop_assume!(a != b);
            prop_assert_ne!(unit(&a).to_lowercase(), unit(&b).to_lowercase());
        }
    }
}
