//! Numbers as people type them: in the digits of any script, kept as a plain number.

/// The zeros of the scripts other than ASCII; the other nine digits follow each of them (Unicode 14, general category Nd).
const ZEROS: [char; 65] = [
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{ff10}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e950}',
    '\u{1fbf0}',
];

/// A whole number within its limits.
pub(super) fn number(words: &str, min: Option<i64>, max: Option<i64>) -> Option<i64> {
    let plain: String = words.trim().chars().map(ascii).collect();
    let number: i64 = plain.parse().ok()?;
    let fits = min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max);
    fits.then_some(number)
}

/// A digit or a sign in ASCII; anything else as it is.
fn ascii(c: char) -> char {
    match c {
        '\u{2212}' | '\u{ff0d}' => '-',
        '\u{ff0b}' => '+',
        _ => digit(c).unwrap_or(c),
    }
}

fn digit(c: char) -> Option<char> {
    let above = |zero: &char| u32::from(c).checked_sub(u32::from(*zero));
    let value = ZEROS.iter().filter_map(above).find(|value| *value < 10)?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_in_the_digits_of_any_script() {
        let typed = [
            "1980",
            " 1980 ",
            "１９８０",
            "١٩٨٠",
            "۱۹۸۰",
            "१९८०",
            "১৯৮০",
            "๑๙๘๐",
        ];
        for words in typed {
            assert_eq!(number(words, Some(1900), Some(2020)), Some(1980), "{words}");
        }
        assert_eq!(number("－３", None, None), Some(-3));
        assert_eq!(number("−3", None, None), Some(-3));
    }

    #[test]
    fn what_is_no_whole_number_or_beyond_its_limits_is_none() {
        for words in ["", "12a", "二十", "½", "²", "1.5", "-"] {
            assert_eq!(number(words, None, None), None, "{words}");
        }
        assert_eq!(number("１８９９", Some(1900), None), None);
        assert_eq!(number("٣", None, Some(2)), None);
    }

    #[test]
    fn every_zero_begins_ten_digits() {
        for zero in ZEROS {
            let digits = (0..10).filter_map(|n| char::from_u32(u32::from(zero) + n));
            assert!(digits.clone().all(char::is_numeric), "{zero}");
            assert_eq!(
                digits.filter_map(digit).collect::<String>(),
                "0123456789",
                "{zero}"
            );
        }
    }
}
