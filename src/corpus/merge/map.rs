//! Which ids are one person: what people write for `--map`.
//!
//! A line `OLD NEW` each, with a tab or spaces between and `#` before a comment; or, in a file that ends in `.toml`,
//! `OLD = "NEW"`. Read whole or not at all, with every mistake named by its place.

use std::collections::BTreeMap;
use std::path::Path;

use crate::corpus::names::check_speaker_id;
use crate::toml_file::{self, Mistake, Mistakes};

/// Old ids, each with the one that takes its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpeakerMap {
    new: BTreeMap<String, String>,
}

/// A pair, and where it stands.
type Pair = (String, String, usize, usize);

impl SpeakerMap {
    /// Reads a map from a file's content; `file` is for messages, and tells TOML by its ending.
    ///
    /// # Errors
    /// Everything that is wrong in it.
    pub fn parse(file: &Path, bytes: &[u8]) -> Result<Self, Mistakes> {
        let pairs = if file.extension().is_some_and(|end| end == "toml") {
            toml_pairs(file, bytes)?
        } else {
            line_pairs(file, bytes)?
        };
        let mut mistakes = Vec::new();
        let mut new: BTreeMap<String, String> = BTreeMap::new();
        for (old, id, line, column) in &pairs {
            let mut mistake = |message: String| {
                mistakes.push(Mistake {
                    line: *line,
                    column: *column,
                    message,
                });
            };
            for id in [old, id] {
                if let Err(error) = check_speaker_id(id) {
                    mistake(error.to_string());
                }
            }
            if old == id {
                mistake(format!("{old:?} is its own new id: leave the line out"));
            } else if pairs.iter().any(|(other, ..)| other == id) {
                mistake(format!("{id:?} is replaced too: give the last id for both"));
            }
            if new.insert(old.clone(), id.clone()).is_some() {
                mistake(format!("{old:?} stands here twice"));
            }
        }
        if mistakes.is_empty() {
            return Ok(Self { new });
        }
        let file = file.to_owned();
        Err(Mistakes { file, mistakes })
    }

    /// The id that `speaker` has where everything comes together.
    pub fn of<'a>(&'a self, speaker: &'a str) -> &'a str {
        self.new.get(speaker).map_or(speaker, String::as_str)
    }

    /// The ids that are replaced.
    pub fn old(&self) -> impl Iterator<Item = &str> {
        self.new.keys().map(String::as_str)
    }
}

fn line_pairs(file: &Path, bytes: &[u8]) -> Result<Vec<Pair>, Mistakes> {
    let mistake = |line, message: &str| Mistakes {
        file: file.to_owned(),
        mistakes: vec![Mistake {
            line,
            column: 1,
            message: message.to_owned(),
        }],
    };
    let text = std::str::from_utf8(bytes)
        .map_err(|_| mistake(1, "this is not UTF-8; save the file as UTF-8"))?;
    let mut pairs = Vec::new();
    for (line, number) in text.trim_start_matches('\u{feff}').lines().zip(1..) {
        let content = line.split('#').next().unwrap_or_default();
        match content.split_whitespace().collect::<Vec<_>>()[..] {
            [] => {}
            [old, new] => pairs.push((old.to_owned(), new.to_owned(), number, 1)),
            _ => return Err(mistake(number, "give two ids, the old and the new")),
        }
    }
    Ok(pairs)
}

fn toml_pairs(file: &Path, bytes: &[u8]) -> Result<Vec<Pair>, Mistakes> {
    let text = String::from_utf8_lossy(bytes);
    toml_file::parse(file, bytes, |table, found| {
        let mut pairs = Vec::new();
        for (old, new) in table {
            let start = old.span().start;
            let (line, column) = toml_file::place(&text, start);
            match toml_file::words(new.get_ref()) {
                Some(new) => pairs.push((old.get_ref().to_string(), new, line, column)),
                None => found.mistake(start, "give the new id as a text"),
            }
        }
        pairs
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, text: &str) -> Result<SpeakerMap, String> {
        SpeakerMap::parse(Path::new(file), text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_map_is_lines_or_toml() {
        let lines = read("map.tsv", "# booth 2\ns2222\ts7k3q\n\ns3333  s7k3q # too\n").unwrap();
        let toml = read("map.toml", "s2222 = \"s7k3q\"\ns3333 = \"s7k3q\"\n").unwrap();
        assert_eq!(lines, toml);
        assert_eq!(lines.of("s3333"), "s7k3q");
        assert_eq!(lines.of("s7k3q"), "s7k3q");
        assert_eq!(lines.old().collect::<Vec<_>>(), ["s2222", "s3333"]);
    }

    #[test]
    fn what_is_wrong_in_a_map_is_named_with_its_place() {
        for (file, text, expected) in [
            ("m", "a b c", "m:1:1: give two ids"),
            ("m", "a b\nb c", "m:1:1: \"b\" is replaced too"),
            ("m", "a a", "m:1:1: \"a\" is its own new id"),
            ("m", "a b\na c", "m:2:1: \"a\" stands here twice"),
            ("m", "\n../x b", "m:2:1: the speaker id"),
            ("m.toml", "a = 'b'\nc = {}", "m.toml:2:1: give the new id"),
            ("m.toml", "a =", "m.toml:1:"),
        ] {
            let error = read(file, text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
