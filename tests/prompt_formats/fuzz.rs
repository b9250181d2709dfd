//! The fuzz targets, run on the committed files, on what once crashed, and on random changes of both.
//!
//! `VOICEBOOTH_FUZZ_ROUNDS` makes it run longer, `VOICEBOOTH_FUZZ_SEED` elsewhere. What fails is kept in the folder for
//! temporary files, by name of its format: put it into `crashes/` with its correction.

use std::panic::catch_unwind;

use voicebooth::prompts::Format;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

/// What the grammars are made of.
const PIECES: [&str; 34] = [
    "\"",
    "\"\"",
    "\\",
    "\\\"",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "|",
    ",",
    ";",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ":",
    " ",
    "\u{a0}",
    "\u{FEFF}",
    "\u{200F}",
    "e\u{301}",
    "👩\u{200D}🚀",
    "null",
    "&#7;",
    "&amp;",
    "<!--",
    "-->",
    "<![CDATA[",
    "text",
    "section_properties",
    "9999999999",
    "\\ud800",
];

/// Small and reproducible (xorshift64*, Vigna 2016).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end.max(1)
    }

    /// A changed copy.
    fn change(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut changed = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(changed.len() + 1);
            let end = (at + self.below(24)).min(changed.len());
            match self.below(7) {
                0 => drop(changed.drain(at..end)),
                1 => {
                    let piece = PIECES[self.below(PIECES.len())];
                    drop(changed.splice(at..at, piece.bytes()));
                }
                2 => {
                    let copy = changed[at..end].to_vec();
                    let to = self.below(changed.len() + 1);
                    drop(changed.splice(to..to, copy));
                }
                3 if at < changed.len() => changed[at] = self.below(256) as u8,
                4 if at < changed.len() => changed[at] ^= 1 << self.below(8),
                5 => {
                    let from = self.below(other.len() + 1);
                    let to = (from + self.below(60)).min(other.len());
                    drop(changed.splice(at..end, other[from..to].iter().copied()));
                }
                _ => changed.truncate(at.max(1)),
            }
        }
        changed
    }
}

fn formats() -> Vec<Option<Format>> {
    let all = Format::ALL.into_iter().map(Some);
    all.chain([None]).collect()
}

fn number(name: &str, otherwise: u64) -> u64 {
    let value = std::env::var(name).ok();
    value.map_or(otherwise, |value| value.parse().unwrap())
}

#[test]
fn what_once_crashed_and_every_committed_file_is_read_or_refused_as_any_format() {
    for (name, bytes) in [super::files("files"), super::files("crashes")].concat() {
        println!("{name}");
        for format in formats() {
            targets::read_as(format, &bytes);
        }
    }
}

#[test]
fn random_changes_of_the_files_are_read_or_refused() {
    let corpus = [super::files("files"), super::files("crashes")].concat();
    let seed = number("VOICEBOOTH_FUZZ_SEED", 1);
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut failed = Vec::new();
    for round in 0..number("VOICEBOOTH_FUZZ_ROUNDS", 4000) {
        let bytes = &corpus[chance.below(corpus.len())].1;
        let other = &corpus[chance.below(corpus.len())].1;
        let changed = chance.change(bytes, other);
        let formats = formats();
        // As what it seems to be, and as one other thing.
        for format in [None, formats[chance.below(formats.len())]] {
            if catch_unwind(|| targets::read_as(format, &changed)).is_err() {
                let name = format.map_or("detected", Format::name);
                let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
                    .join(format!("{name}-{seed}-{round}"));
                std::fs::write(&file, &changed).unwrap();
                failed.push(file);
            }
        }
    }
    std::panic::set_hook(quiet);
    assert!(failed.is_empty(), "{failed:#?}");
}
