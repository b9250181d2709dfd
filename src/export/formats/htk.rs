//! HTK: master label files, scripts, a dictionary and a configuration.
//!
//! Strings are read as the HTK book's chapter on strings and names says: between blanks, or between quotes; `\` before
//! a character takes it as it is, and before three octal digits it is a byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::names::unit;
use super::shared::write;
use super::words::{by_split, free, plain_wav, plan, words, write_takes};
use crate::export::error::{ExportError, Refusal};
use crate::export::format::{Export, Format, Naming, Planned};
use crate::export::shape::Shape;
use crate::export::utterance::Utterance;
use crate::prompts::Lexicon;

/// `words.mlf`, `units.mlf`, `dict`, `codetrain.scp` and what belongs to them.
#[derive(Debug)]
pub struct Htk;

/// 25 ms windows, 10 ms apart; 12 cepstra with energy and both derivatives. Times are in 100 ns.
const CODING: &str = "\
SOURCEKIND = WAVEFORM
SOURCEFORMAT = WAV
TARGETKIND = MFCC_0_D_A
TARGETRATE = 100000.0
WINDOWSIZE = 250000.0
USEHAMMING = T
PREEMCOEF = 0.97
NUMCHANS = 26
CEPLIFTER = 22
NUMCEPS = 12
";

impl Format for Htk {
    fn name(&self) -> &'static str {
        "htk"
    }

    fn about(&self) -> &'static str {
        "label files, scripts and a dictionary for HTK and Julius"
    }

    fn pronounces(&self) -> bool {
        true
    }

    fn shape(&self, asked: &Shape) -> Result<Shape, String> {
        plain_wav(asked, "HTK")
    }

    fn allows_splits(&self, names: &[String]) -> Result<(), String> {
        free(names, &["codetrain", "wav", "mfc"])
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        let plan = |utterance| plan(utterance, wrong);
        utterances.iter().map(plan).collect()
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        let mut spoken = String::from("#!MLF!#\n");
        let mut units = spoken.clone();
        let mut coding = String::new();
        let mut dictionary: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (utterance, planned, rendered) in export.utterances {
            let id = &planned.id;
            for file in [&mut spoken, &mut units] {
                let _ = writeln!(file, "\"*/{id}.lab\"");
            }
            units.push_str("sil\n");
            for word in words(&utterance.text) {
                let _ = writeln!(spoken, "{}", string(word));
                let said = units_of(word, export.lexicon);
                for unit in &said {
                    let _ = writeln!(units, "{}", string(unit));
                }
                dictionary.insert(string(word), said);
            }
            units.push_str("sil\n.\n");
            spoken.push_str(".\n");
            let _ = writeln!(coding, "{} mfc/{id}.mfc", rendered.file);
        }
        let folder = export.folder;
        write(&folder.join("words.mlf"), spoken)?;
        write(&folder.join("units.mlf"), units)?;
        write(&folder.join("codetrain.scp"), coding)?;
        write(&folder.join("hcopy.conf"), CODING)?;
        // HCopy does not make folders.
        write(&folder.join("mfc/.keep"), "")?;
        for (split, rows) in by_split(export, "train") {
            let mut script = String::new();
            for (_, planned, _) in rows {
                let _ = writeln!(script, "mfc/{}.mfc", planned.id);
            }
            write(&folder.join(format!("{split}.scp")), script)?;
        }
        write_dictionary(export, &dictionary)?;
        write_takes(export)
    }
}

/// `dict`, `wordlist` and `units`.
fn write_dictionary(
    export: &Export<'_>,
    dictionary: &BTreeMap<String, Vec<String>>,
) -> Result<(), ExportError> {
    let mut dict = String::from("!ENTER [] sil\n!EXIT [] sil\n");
    let mut list = String::new();
    let mut all: BTreeSet<String> = BTreeSet::from(["sil".to_owned()]);
    for (word, units) in dictionary {
        let written: Vec<String> = units.iter().map(|unit| string(unit)).collect();
        let _ = writeln!(dict, "{word} {}", written.join(" "));
        let _ = writeln!(list, "{word}");
        all.extend(written);
    }
    write(&export.folder.join("dict"), dict)?;
    write(&export.folder.join("wordlist"), list)?;
    let all: String = all.into_iter().map(|unit| unit + "\n").collect();
    write(&export.folder.join("units"), all)
}

/// The phones of a word, or a unit that is all of it.
pub(super) fn units_of(word: &str, lexicon: Option<&Lexicon>) -> Vec<String> {
    let phones = lexicon.and_then(|lexicon| lexicon.pronunciation(word));
    phones.map_or_else(
        || vec![unit(word)],
        |phones| phones.into_iter().map(ToOwned::to_owned).collect(),
    )
}

/// Why HTK cannot have a word.
fn wrong(word: &str) -> Option<&'static str> {
    match word {
        "." => Some("which ends a transcription in an MLF"),
        "///" => Some("which parts alternatives in an MLF"),
        "!ENTER" | "!EXIT" | "!NULL" => Some("which HTK keeps for itself"),
        // HTK's own limit is 255 bytes, and it cuts what is longer in silence.
        word if word.len() > 255 => Some("which is longer than the 255 bytes that HTK reads"),
        _ => None,
    }
}

/// A word as HTK reads it: in quotes where it would be taken for a time or an output symbol, with what is no ASCII as
/// bytes.
fn string(word: &str) -> String {
    let mut escaped = String::with_capacity(word.len() + 2);
    for byte in word.bytes() {
        match byte {
            b'"' | b'\'' | b'\\' => {
                escaped.push('\\');
                escaped.push(char::from(byte));
            }
            b'!'..=b'~' => escaped.push(char::from(byte)),
            byte => {
                let _ = write!(escaped, "\\{byte:03o}");
            }
        }
    }
    let could_be_a_number = word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    if could_be_a_number || word.starts_with(['[', '#', '<']) {
        return format!("\"{escaped}\"");
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_could_be_something_else_are_quoted_or_escaped() {
        assert_eq!(string("yes"), "yes");
        assert_eq!(string("'tis"), r"\'tis");
        assert_eq!(string("5"), "\"5\"");
        assert_eq!(string("-1e5"), "\"-1e5\"");
        assert_eq!(string("[x]"), "\"[x]\"");
        assert_eq!(string("\"no\","), r#"\"no\","#);
        assert_eq!(string(r"C:\1"), r"C:\\1");
        assert_eq!(string("né"), r"n\303\251");
    }

    #[test]
    fn a_word_is_a_unit_of_its_own_where_no_lexicon_says_more() {
        assert_eq!(units_of("Yes,", None), ["_59_es_2c_"]);
        let lexicon = Lexicon::parse("lex", b"YES Y EH1 S\n").unwrap_or_default();
        assert_eq!(units_of("Yes,", Some(&lexicon)), ["Y", "EH", "S"]);
    }
}
