//! From text to phones.
//!
//! Latin letters by a small table of English-like rules, digits as English words, every other script by syllables that
//! the characters choose (the same character always the same one). Nothing is unreadable: a text without letters
//! gets syllables of its own. Good for a voice that sounds like speech, not for one that is understood.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::random::Random;

/// One spoken word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Symbols of `phones::PHONES`; at least one of them a vowel.
    pub(super) phones: Vec<&'static str>,
    /// A comma, full stop or the like follows.
    pub(super) ends_phrase: bool,
}

/// The digits' names and phones, from 0.
const DIGITS: [(&str, &str); 10] = [
    ("zero", "Z IY R OW"),
    ("one", "W AH N"),
    ("two", "T UW"),
    ("three", "TH R IY"),
    ("four", "F AO R"),
    ("five", "F AY V"),
    ("six", "S IH K S"),
    ("seven", "S EH V AH N"),
    ("eight", "EY T"),
    ("nine", "N AY N"),
];

/// Letters, what must follow them, phones; the first rule that fits is taken. `^` is the word's start, `$` its end, `#` a
/// consonant letter.
const RULES: &[(&str, &str, &str)] = &[
    ("^kn", "", "N"),
    ("^wr", "", "R"),
    ("^ps", "", "S"),
    ("^y", "", "Y"),
    ("^x", "", "Z"),
    ("ough", "", "AO"),
    ("augh", "", "AO"),
    ("eigh", "", "EY"),
    ("tion", "", "SH AH N"),
    ("sion", "", "ZH AH N"),
    ("ture", "", "CH ER"),
    ("igh", "", "AY"),
    ("tch", "", "CH"),
    ("sch", "", "SH"),
    ("dge", "$", "JH"),
    ("our", "", "AO R"),
    ("ear", "", "IH R"),
    ("air", "", "EH R"),
    ("ch", "", "CH"),
    ("ck", "", "K"),
    ("sh", "", "SH"),
    ("th", "", "TH"),
    ("ph", "", "F"),
    ("wh", "", "W"),
    ("gh", "$", ""),
    ("gh", "#", ""),
    ("ng", "$", "NG"),
    ("ng", "#", "NG"),
    ("nk", "", "NG K"),
    ("qu", "", "K W"),
    ("ge", "$", "JH"),
    ("ce", "$", "S"),
    ("se", "$", "Z"),
    ("le", "$", "AH L"),
    ("ar", "", "AA R"),
    ("or", "", "AO R"),
    ("er", "", "ER"),
    ("ir", "#", "ER"),
    ("ur", "", "ER"),
    ("ee", "", "IY"),
    ("ea", "", "IY"),
    ("ie", "", "IY"),
    ("ey", "", "IY"),
    ("ei", "", "AY"),
    ("ai", "", "EY"),
    ("ay", "", "EY"),
    ("au", "", "AO"),
    ("aw", "", "AO"),
    ("oo", "", "UW"),
    ("oa", "", "OW"),
    ("oi", "", "OY"),
    ("oy", "", "OY"),
    ("ow", "$", "OW"),
    ("ow", "", "AW"),
    ("ou", "", "AW"),
    ("ew", "", "UW"),
    ("ue", "", "UW"),
    ("ui", "", "UW"),
    ("a", "#e$", "EY"),
    ("e", "#e$", "IY"),
    ("i", "#e$", "AY"),
    ("o", "#e$", "OW"),
    ("u", "#e$", "UW"),
    ("a", "$", "AH"),
    ("e", "$", ""),
    ("i", "$", "IY"),
    ("o", "$", "OW"),
    ("u", "$", "UW"),
    ("y", "$", "IY"),
    ("c", "e", "S"),
    ("c", "i", "S"),
    ("c", "y", "S"),
    ("a", "", "AE"),
    ("b", "", "B"),
    ("c", "", "K"),
    ("d", "", "D"),
    ("e", "", "EH"),
    ("f", "", "F"),
    ("g", "", "G"),
    ("h", "", "HH"),
    ("i", "", "IH"),
    ("j", "", "JH"),
    ("k", "", "K"),
    ("l", "", "L"),
    ("m", "", "M"),
    ("n", "", "N"),
    ("o", "", "AA"),
    ("p", "", "P"),
    ("q", "", "K"),
    ("r", "", "R"),
    ("s", "", "S"),
    ("t", "", "T"),
    ("u", "", "AH"),
    ("v", "", "V"),
    ("w", "", "W"),
    ("x", "", "K S"),
    ("y", "", "IH"),
    ("z", "", "Z"),
];

/// What characters of other scripts choose from.
const ONSETS: [&str; 16] = [
    "B", "D", "G", "P", "T", "K", "M", "N", "L", "R", "W", "Y", "S", "SH", "V", "HH",
];
const NUCLEI: [&str; 10] = ["IY", "EH", "AA", "AO", "UW", "AH", "AE", "AY", "OW", "EY"];
const CODAS: [&str; 6] = ["", "", "", "N", "NG", "L"];

/// First code point from which a character stands for a syllable more often than for a sound (Devanagari).
const SYLLABIC_FROM: char = '\u{900}';

/// The words of `text`, at least one.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Words::default();
    let text: String = text.nfkd().collect();
    for cluster in text.graphemes(true) {
        words.add(cluster);
    }
    words.end_word();
    if words.done.is_empty() {
        let mut random = Random::from_text(&text);
        for _ in 0..2 {
            syllable(&mut random, &mut words.phones);
        }
        words.end_word();
    }
    words.done
}

#[derive(Default)]
struct Words {
    done: Vec<Word>,
    latin: String,
    phones: Vec<&'static str>,
}

impl Words {
    /// Takes one cluster (a character with its marks), decomposed.
    fn add(&mut self, cluster: &str) {
        let Some(letter) = cluster.chars().next() else {
            return;
        };
        match letter {
            'a'..='z' | 'A'..='Z' => self.latin.push(letter.to_ascii_lowercase()),
            'ß' => self.latin.push_str("ss"),
            'æ' | 'Æ' => self.latin.push_str("ae"),
            'œ' | 'Œ' => self.latin.push_str("oe"),
            'ø' | 'Ø' => self.latin.push('o'),
            'ł' | 'Ł' => self.latin.push('l'),
            'đ' | 'Đ' | 'ð' | 'Ð' => self.latin.push('d'),
            'þ' | 'Þ' => self.latin.push_str("th"),
            'ı' => self.latin.push('i'),
            '0'..='9' => {
                self.end_word();
                let (_, phones) = DIGITS[letter as usize - '0' as usize];
                self.phones.extend(phones.split(' '));
                self.end_word();
            }
            '\'' | '’' | '\u{AD}' | '\u{200C}' | '\u{200D}' => {}
            other if other.is_alphanumeric() => self.add_foreign(other, cluster),
            other => {
                self.end_word();
                let joins = other.is_whitespace() || matches!(other, '-' | '‐' | '¿' | '¡');
                if let Some(word) = self.done.last_mut() {
                    word.ends_phrase |= !joins;
                }
            }
        }
    }

    fn add_foreign(&mut self, letter: char, cluster: &str) {
        self.spell_latin();
        let mut random = Random::from_text(cluster);
        if letter >= SYLLABIC_FROM {
            syllable(&mut random, &mut self.phones);
        } else if self.phones.last().is_some_and(|last| !is_vowel(last)) {
            self.phones.push(random.pick(&NUCLEI));
        } else {
            self.phones.push(random.pick(&ONSETS));
        }
    }

    fn end_word(&mut self) {
        self.spell_latin();
        if self.phones.is_empty() {
            return;
        }
        if !self.phones.iter().any(|phone| is_vowel(phone)) {
            self.phones.push("AH");
        }
        self.done.push(Word {
            phones: std::mem::take(&mut self.phones),
            ends_phrase: false,
        });
    }

    fn spell_latin(&mut self) {
        let latin = std::mem::take(&mut self.latin);
        if let Some((_, phones)) = DIGITS.iter().find(|(name, _)| *name == latin) {
            self.phones.extend(phones.split(' '));
        } else {
            spell(&latin, &mut self.phones);
        }
    }
}

fn syllable(random: &mut Random, phones: &mut Vec<&'static str>) {
    let parts = [
        random.pick(&ONSETS),
        random.pick(&NUCLEI),
        random.pick(&CODAS),
    ];
    phones.extend(parts.into_iter().filter(|phone| !phone.is_empty()));
}

/// Vowels, diphthongs included, are the symbols that begin with a vowel letter.
pub(super) fn is_vowel(phone: &str) -> bool {
    phone.starts_with(['A', 'E', 'I', 'O', 'U'])
}

/// Spells a word of `a`..=`z`.
fn spell(word: &str, phones: &mut Vec<&'static str>) {
    let mut at = 0;
    while at < word.len() {
        let rest = &word[at..];
        let letter = &rest[..1];
        if at > 0 && word[..at].ends_with(letter) && is_consonant(letter) {
            at += 1; // a doubled consonant sounds once
            continue;
        }
        let fitting = RULES.iter().find(|(letters, ahead, _)| {
            let (letters, only_first) = letters
                .strip_prefix('^')
                .map_or((*letters, false), |letters| (letters, true));
            (!only_first || at == 0)
                && rest
                    .strip_prefix(letters)
                    .is_some_and(|after| follows(after, ahead))
        });
        // Every single letter has a rule, so one always fits.
        let Some((letters, _, sound)) = fitting else {
            return;
        };
        phones.extend(sound.split_whitespace());
        at += letters.trim_start_matches('^').len();
    }
}

fn is_consonant(letter: &str) -> bool {
    !matches!(letter, "a" | "e" | "i" | "o" | "u")
}

fn follows(rest: &str, ahead: &str) -> bool {
    let mut letters = rest.chars();
    ahead.chars().all(|wanted| match (wanted, letters.next()) {
        ('$', None) => true,
        ('#', Some(letter)) => is_consonant(letter.encode_utf8(&mut [0; 4])),
        (wanted, Some(letter)) => wanted == letter,
        (_, None) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::phones::phone;
    use super::*;

    fn said(text: &str) -> String {
        let words: Vec<String> = words(text).iter().map(|w| w.phones.join(" ")).collect();
        words.join(" | ")
    }

    #[test]
    fn latin_letters_are_read_roughly_as_in_english() {
        assert_eq!(said("knight"), "N AY T");
        assert_eq!(said("Make hello"), "M EY K | HH EH L OW");
        assert_eq!(said("the ship"), "TH AH | SH IH P");
        assert_eq!(said("don't"), "D AA N T");
    }

    #[test]
    fn a_digit_sounds_like_its_english_word() {
        assert_eq!(said("7"), said("seven"));
        assert_eq!(said("42"), said("four two"));
        assert_eq!(said("７"), said("seven"));
    }

    #[test]
    fn marks_and_composition_do_not_change_what_is_read() {
        assert_eq!(said("caf\u{e9}"), said("cafe\u{301}"));
        assert_eq!(said("\u{d55c}\u{ae00}"), said("한글"));
        assert_eq!(said("naïve"), said("naive"));
    }

    #[test]
    fn every_script_has_words_with_a_vowel() {
        for text in [
            "ноль",
            "صفر",
            "שתיים",
            "शून्य",
            "ศูนย์",
            "零",
            "ぜろ",
            "제로",
            "ዜሮ",
            "😀",
            "?!",
            "",
            "hmm",
            "b",
        ] {
            let words = words(text);
            assert!(!words.is_empty(), "{text:?}");
            for word in words {
                assert!(
                    word.phones.iter().any(|phone| is_vowel(phone)),
                    "{text:?}: {word:?}"
                );
            }
        }
    }

    #[test]
    fn a_comma_ends_a_phrase_and_a_space_does_not() {
        let ends: Vec<bool> = words("one two, three. four")
            .iter()
            .map(|word| word.ends_phrase)
            .collect();
        assert_eq!(ends, [false, true, true, false]);
    }

    #[test]
    fn every_symbol_that_can_be_written_can_be_spoken() {
        let symbols = RULES
            .iter()
            .map(|rule| rule.2)
            .chain(DIGITS.iter().map(|digit| digit.1))
            .chain(ONSETS)
            .chain(NUCLEI)
            .chain(CODAS)
            .flat_map(str::split_whitespace);
        for symbol in symbols {
            assert!(phone(symbol).is_some(), "{symbol}");
        }
        for letter in 'a'..='z' {
            let mut phones = Vec::new();
            spell(&format!("{letter}q"), &mut phones);
            assert!(!phones.is_empty(), "{letter}");
        }
    }
}
