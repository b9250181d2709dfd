//! What the tables of Unicode say of a character, remembered: a long list asks the same few hundred characters millions
//! of times, and each answer is a search.

use std::sync::OnceLock;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc_quick};

/// The first plane in pages of 256 characters, each filled when it is first asked for.
static PAGES: [OnceLock<Page>; 256] = [const { OnceLock::new() }; 256];

/// A bit for each character of a page.
#[derive(Debug, Default)]
struct Page {
    alphanumeric: [u64; 4],
    composed: [u64; 4],
}

/// As `char::is_alphanumeric`.
pub(super) fn is_alphanumeric(character: char) -> bool {
    match place(character) {
        Some((page, word, bit)) => page.alphanumeric[word] & bit != 0,
        None => character.is_alphanumeric(),
    }
}

/// In NFC wherever it stands: no mark that could have to move, and nothing that could melt with what is before it.
pub(super) fn is_composed(character: char) -> bool {
    match place(character) {
        Some((page, word, bit)) => page.composed[word] & bit != 0,
        None => is_composed_by_tables(character),
    }
}

fn is_composed_by_tables(character: char) -> bool {
    is_nfc_quick(std::iter::once(character)) == IsNormalized::Yes
        && canonical_combining_class(character) == 0
}

/// Where the answers about a character are; `None` beyond the first plane.
fn place(character: char) -> Option<(&'static Page, usize, u64)> {
    let code = u32::from(character);
    let page = PAGES.get(code as usize >> 8)?;
    let page = page.get_or_init(|| Page::of(code >> 8));
    Some((page, code as usize >> 6 & 3, 1 << (code & 63)))
}

impl Page {
    fn of(number: u32) -> Self {
        let mut page = Self::default();
        for at in 0..256 {
            // Surrogates are no characters.
            let Some(character) = char::from_u32(number << 8 | at) else {
                continue;
            };
            let (word, bit) = (at as usize >> 6, 1 << (at & 63));
            if character.is_alphanumeric() {
                page.alphanumeric[word] |= bit;
            }
            if is_composed_by_tables(character) {
                page.composed[word] |= bit;
            }
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_the_tables_say() {
        for character in '\0'..=char::MAX {
            let said = (is_alphanumeric(character), is_composed(character));
            let tables = (
                character.is_alphanumeric(),
                is_composed_by_tables(character),
            );
            assert_eq!(said, tables, "{character:?}");
        }
    }
}
