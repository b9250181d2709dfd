//! Big letters out of half blocks (`▀▄█`), from bitmap fonts for Latin, Greek and Cyrillic.
//!
//! A text with a character that the fonts lack is not drawn big at all ([`draw`] says `None`): a hole in a prompt
//! would be read aloud as a hole.

use embedded_graphics::geometry::Point;
use embedded_graphics::image::GetPixel;
use embedded_graphics::mono_font::mapping::{self, StrGlyphMapping};
use embedded_graphics::mono_font::{
    MonoFont, iso_8859_1, iso_8859_2, iso_8859_3, iso_8859_5, iso_8859_7, iso_8859_9, iso_8859_10,
    iso_8859_13, iso_8859_14, iso_8859_15, iso_8859_16,
};
use embedded_graphics::pixelcolor::BinaryColor;
use unicode_normalization::UnicodeNormalization;

/// How large a letter is, in cells of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 10 columns × 10 rows.
    Huge,
    /// 9 columns × 8 rows.
    Large,
    /// 8 columns × 7 rows.
    Medium,
    /// 6 columns × 5 rows.
    Small,
}

impl Size {
    /// The largest first.
    pub const ALL: [Self; 4] = [Self::Huge, Self::Large, Self::Medium, Self::Small];

    /// Columns of one letter.
    pub fn columns(self) -> usize {
        fonts_of(0)[self as usize].character_size.width as usize
    }

    /// Rows of one line of letters.
    pub fn rows(self) -> usize {
        (fonts_of(0)[self as usize].character_size.height as usize).div_ceil(2)
    }
}

/// One character set and its fonts, in the order of [`Size::ALL`].
macro_rules! sets {
    ($($mapping:ident $module:ident),*) => {
        /// Western European first: most prompts need no other.
        const SETS: &[(StrGlyphMapping<'static>, [&MonoFont<'static>; 4])] = &[$((
            mapping::$mapping,
            [&$module::FONT_10X20, &$module::FONT_9X15_BOLD, &$module::FONT_8X13, &$module::FONT_6X10],
        )),*];
    };
}
sets!(
    ISO_8859_1 iso_8859_1, ISO_8859_15 iso_8859_15, ISO_8859_2 iso_8859_2, ISO_8859_5 iso_8859_5,
    ISO_8859_7 iso_8859_7, ISO_8859_9 iso_8859_9, ISO_8859_13 iso_8859_13, ISO_8859_16 iso_8859_16,
    ISO_8859_10 iso_8859_10, ISO_8859_14 iso_8859_14, ISO_8859_3 iso_8859_3
);

fn fonts_of(set: usize) -> &'static [&'static MonoFont<'static>; 4] {
    &SETS[set].1
}

/// `text` as the fonts spell it: composed, with plain hyphens for dashes. `None` where a character is missing.
pub fn spell(text: &str) -> Option<String> {
    let spelt: String = text
        .nfc()
        .map(|c| match c {
            '\u{2010}'..='\u{2014}' => '-',
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{a0}' | '\u{202f}' => ' ',
            other => other,
        })
        .collect();
    spelt
        .chars()
        .all(|c| set_with(c).is_some())
        .then_some(spelt)
}

/// The first set that has `c`. Soft hyphens and DEL are in the sets but not to be seen.
fn set_with(c: char) -> Option<usize> {
    if c.is_control() || c == '\u{ad}' {
        return None;
    }
    SETS.iter().position(|(mapping, _)| mapping.contains(c))
}

/// The rows of cells that show `text`, all `columns × characters` wide, or `None` where a character is missing.
pub fn draw(text: &str, size: Size) -> Option<Vec<String>> {
    let letters: Option<Vec<Letter>> = text.chars().map(|c| Letter::of(c, size)).collect();
    let letters = letters?;
    let row = |row: i32| {
        let cells = letters.iter().flat_map(|letter| {
            (0..letter.width)
                .map(move |x| half_block(letter.lit(x, 2 * row), letter.lit(x, 2 * row + 1)))
        });
        cells.collect()
    };
    Some((0..size.rows() as i32).map(row).collect())
}

/// Where one character stands in the picture of its font.
struct Letter {
    font: &'static MonoFont<'static>,
    corner: Point,
    width: i32,
    height: i32,
}

impl Letter {
    fn of(c: char, size: Size) -> Option<Self> {
        let font = fonts_of(set_with(c)?)[size as usize];
        let (width, height) = (
            font.character_size.width as i32,
            font.character_size.height as i32,
        );
        let per_row =
            embedded_graphics::geometry::OriginDimensions::size(&font.image).width as i32 / width;
        let index = font.glyph_mapping.index(c) as i32;
        let corner = Point::new(index % per_row * width, index / per_row * height);
        Some(Self {
            font,
            corner,
            width,
            height,
        })
    }

    fn lit(&self, x: i32, y: i32) -> bool {
        y < self.height
            && self.font.image.pixel(self.corner + Point::new(x, y)) == Some(BinaryColor::On)
    }
}

fn half_block(top: bool, bottom: bool) -> char {
    match (top, bottom) {
        (false, false) => ' ',
        (true, false) => '▀',
        (false, true) => '▄',
        (true, true) => '█',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_takes_the_cells_that_its_size_says() {
        for size in Size::ALL {
            let rows = draw("ab", size).unwrap();
            assert_eq!(rows.len(), size.rows());
            assert!(
                rows.iter()
                    .all(|row| row.chars().count() == 2 * size.columns())
            );
        }
    }

    #[test]
    fn letters_look_as_they_should() {
        let rows = draw("7", Size::Small).unwrap();
        let lines: Vec<&str> = rows.iter().map(|row| row.trim_end()).collect();
        assert_eq!(lines, ["▄▄▄▄▄", "   ▄▀", "  ▄▀", " █", ""]);
    }

    #[test]
    fn accents_tell_letters_apart_in_every_size() {
        for size in Size::ALL {
            let drawn: Vec<_> = "eéèêëēě"
                .chars()
                .map(|c| draw(&c.to_string(), size).unwrap())
                .collect();
            for (n, rows) in drawn.iter().enumerate() {
                assert!(!drawn[..n].contains(rows), "{size:?}: letter {n}");
            }
        }
    }

    #[test]
    fn a_character_that_the_fonts_lack_makes_the_whole_text_small() {
        assert_eq!(spell("seven 七"), None);
        assert_eq!(spell("tab\there"), None);
        assert_eq!(spell("soft\u{ad}hyphen"), None);
        assert_eq!(draw("七", Size::Huge), None);
    }

    #[test]
    fn a_combining_mark_and_typographic_punctuation_are_spelt_as_the_fonts_have_them() {
        assert_eq!(spell("e\u{301}").as_deref(), Some("é"));
        assert_eq!(
            spell("it’s well\u{2013}known").as_deref(),
            Some("it's well-known")
        );
    }

    #[test]
    fn european_scripts_can_be_large() {
        for text in [
            "Zażółć gęślą jaźń",
            "Příliš žluťoučký",
            "Съешь ещё",
            "Ξεσκεπάζω",
            "ağaç ışık",
            "şi ţară",
            "ķīļš",
        ] {
            assert!(spell(text).is_some(), "{text}");
        }
    }
}
