//! BAS Partitur (`WebMAUS`, emuR, the BAS tools): a `.par` beside each WAV, `<speaker>/<id>.par`.
//!
//! Header: `LHD REP SNB SAM SBF SSB NCH SPN`, then `LBD:`. Body: `ORT: <number> <word>`, words from 0, and where the speech is
//! known, `TRN: <first sample> <samples - 1> <numbers of all words> <all words>`: the next segment could begin at their sum
//! and one. UTF-8. A word is what stands between blanks (any of Unicode's), so Chinese, Japanese or Thai text is one word
//! unless it is written with blanks; what kind of blank it was, and how many, is not kept.
//!
//! The header describes integers: 16 bit unless 24 is asked for. Refused: control characters in a text, a take in which
//! nothing is said, FLAC, floats.

use std::fmt::Write as _;

use super::super::error::{ExportError, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::shape::{Bits, Shape};
use super::super::utterance::{Rendered, Utterance};
use super::shared;

/// Folders by speaker, with `.wav` and `.par`.
#[derive(Debug)]
pub struct Bpf;

impl Format for Bpf {
    fn name(&self) -> &'static str {
        "bpf"
    }

    fn about(&self) -> &'static str {
        "a BAS Partitur file beside each recording (WebMAUS, BAS)"
    }

    fn shape(&self, asked: &Shape) -> Result<Shape, String> {
        if asked.flac {
            return Err("a BAS Partitur file describes a WAV; leave out --flac".into());
        }
        if asked.bits == Some(Bits::Float) {
            return Err(
                "a BAS Partitur file describes integers; give --bits 16 or --bits 24".into(),
            );
        }
        Ok(Shape {
            bits: asked.bits.or(Some(Bits::B16)),
            ..asked.clone()
        })
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        shared::plan(utterances, |utterance| {
            // Blanks of every kind part words; what is left of the controls is no text.
            let word_with_control = words(&utterance.text).find_map(shared::not_on_a_line);
            if let Some(what) = word_with_control {
                let why = format!("its text has {what}, which is no part of a word");
                return Err(shared::refusal(utterance, why));
            }
            if words(&utterance.text).next().is_none() {
                let why = "it has no words, and the tier ORT is made of words";
                return Err(shared::refusal(utterance, why));
            }
            Ok(utterance.speaker.id.clone())
        })
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        for (utterance, planned, rendered) in export.utterances {
            let path = export.folder.join(format!("{}.par", planned.stem));
            shared::write(&path, partitur(utterance, rendered))?;
        }
        Ok(())
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

fn partitur(utterance: &Utterance, rendered: &Rendered) -> String {
    let mut text = format!(
        "LHD: Partitur 1.3\nREP: unknown\nSNB: {}\nSAM: {}\nSBF: 01\nSSB: {}\nNCH: {}\nSPN: {}\nLBD:\n",
        rendered.bits.div_ceil(8),
        rendered.sample_rate_hz,
        rendered.bits,
        rendered.channels,
        utterance.speaker.id,
    );
    let words: Vec<&str> = words(&utterance.text).collect();
    for (number, word) in words.iter().enumerate() {
        let _ = writeln!(text, "ORT: {number} {word}"); // a String takes everything
    }
    if let Some(speech) = rendered.speech.as_ref().filter(|speech| !speech.is_empty()) {
        let numbers: Vec<String> = (0..words.len()).map(|number| number.to_string()).collect();
        let _ = writeln!(
            text,
            "TRN: {} {} {} {}",
            speech.start,
            speech.end - speech.start - 1,
            numbers.join(","),
            words.join(" "),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::formats::fixture::Fixture;

    const FILE: &str = "s2/s2-019ab7e2-0000-7000-8000-000000000001.par";

    #[test]
    fn a_partitur_has_its_header_a_line_for_each_word_and_where_they_are() {
        let mut fixture = Fixture::default();
        fixture.say("'tis  \"7\"\u{a0}年月");
        let made = fixture.export(&Bpf);
        assert!(made.path(FILE).with_extension("wav").exists());
        assert_eq!(
            made.text(FILE),
            "LHD: Partitur 1.3\nREP: unknown\nSNB: 2\nSAM: 16000\nSBF: 01\nSSB: 16\nNCH: 1\nSPN: s2\nLBD:\n\
             ORT: 0 'tis\nORT: 1 \"7\"\nORT: 2 年月\nTRN: 1600 4799 0,1,2 'tis \"7\" 年月\n"
        );
    }

    #[test]
    fn what_is_no_word_is_refused_and_the_header_describes_integers() {
        assert!(
            Fixture::refused(&Bpf, "a\u{1}b")
                .unwrap()
                .contains("U+0001")
        );
        assert!(Fixture::refused(&Bpf, " \n").unwrap().contains("no words"));
        assert_eq!(Fixture::refused(&Bpf, "a\nb|c"), None);
        let float = Shape {
            bits: Some(Bits::Float),
            ..Shape::default()
        };
        assert!(Bpf.shape(&float).is_err());
        assert_eq!(Bpf.shape(&Shape::default()).unwrap().bits, Some(Bits::B16));
    }
}
