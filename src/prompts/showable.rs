//! Characters that a terminal cannot show or whose width it may take otherwise, and letters of one alphabet that pass for
//! those of another.

use unicode_script::{Script, UnicodeScript};

use super::problem::turns_direction;

/// A place in a text, in bytes, and what is odd there.
pub(super) type Oddity = (usize, String);

/// Characters that nobody sees, or that each terminal shows in its own way. One of each kind.
pub(super) fn unshowable(text: &str) -> Vec<Oddity> {
    let mut found: Vec<(usize, &str, char)> = Vec::new();
    let mut before = None;
    for (at, character) in text.char_indices() {
        let why = match character {
            '\u{200D}' if before.is_some_and(is_pictograph) => {
                Some("joins pictures into one, which terminals give different widths")
            }
            '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{180E}' | '\u{E0000}'..='\u{E007F}' => {
                Some("cannot be seen")
            }
            _ if turns_direction(character) => {
                Some("cannot be seen and turns the direction of what follows")
            }
            '\u{FFFD}' => None, // told where the list is read
            _ if character.script() == Script::Unknown => {
                Some("is no character of Unicode's, or a private one: fonts lack it")
            }
            _ => None,
        };
        if let Some(why) = why
            && !found.iter().any(|(_, known, _)| *known == why)
        {
            found.push((at, why, character));
        }
        // A picture may have a variation selector or a skin colour behind it.
        if !matches!(character, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}') {
            before = Some(character);
        }
    }
    let told = |(at, why, character): (usize, &str, char)| {
        (at, format!("U+{:04X} {why}", u32::from(character)))
    };
    found.into_iter().map(told).collect()
}

fn is_pictograph(character: char) -> bool {
    matches!(character, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// A word with letters of two alphabets that look alike (Latin, Cyrillic, Greek, Armenian, Cherokee): the first.
pub(super) fn mixed_scripts(text: &str) -> Option<Oddity> {
    if text.is_ascii() {
        return None;
    }
    let mut word: Option<(Script, char)> = None;
    for (at, character) in text.char_indices() {
        if !character.is_alphabetic() {
            if !matches!(character.script(), Script::Inherited) {
                word = None;
            }
            continue;
        }
        let script = character.script();
        let is_confusable = matches!(
            script,
            Script::Latin | Script::Cyrillic | Script::Greek | Script::Armenian | Script::Cherokee
        );
        if !is_confusable {
            continue;
        }
        match word {
            None => word = Some((script, character)),
            Some((first, _)) if first == script => {}
            Some((first, first_letter)) => {
                let message = format!(
                    "{} `{character}` (U+{:04X}) in a word with {} `{first_letter}`",
                    script.full_name(),
                    u32::from(character),
                    first.full_name()
                );
                return Some((at, message));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_of_another_alphabet_in_a_word_is_found() {
        let (at, message) = mixed_scripts("the sp\u{430}m").unwrap();
        assert_eq!(at, 6);
        assert_eq!(
            message,
            "Cyrillic `\u{430}` (U+0430) in a word with Latin `s`"
        );
        for fine in [
            "Я читаю books",
            "5 µm",
            "Tシャツ",
            "SMS-ка",
            "naïve",
            "αβγ abc",
        ] {
            assert_eq!(mixed_scripts(fine), None, "{fine}");
        }
    }

    #[test]
    fn what_cannot_be_shown_is_told_once_of_each_kind() {
        let found = unshowable("a\u{200B}b\u{200B}c \u{E000} \u{378} 👩\u{200D}🚀");
        let places: Vec<_> = found.iter().map(|(at, _)| *at).collect();
        assert_eq!(places, [1, 10, 21], "{found:?}");
        // Persian and the scripts of India need joiners.
        assert_eq!(
            unshowable("می\u{200C}خواهم क\u{94D}\u{200D}ष 🙂 \u{200F}א"),
            []
        );
    }
}
