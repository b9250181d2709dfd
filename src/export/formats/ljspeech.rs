//! LJSpeech, as most text-to-speech trainers read it (Piper, Coqui, `ESPnet`, `NeMo`): `metadata.csv` and `wavs/`.
//!
//! `metadata.csv` has no header and three fields parted by `|`, never quoted: id, text as shown, text as said. Where
//! somebody corrected what was said, the correction is in both. Where there are splits, a file of the same form stands
//! beside it for each, `<split>.csv`. The audio's form is the asker's to choose: 22,050 Hz, one channel and 16 bit are
//! LJSpeech's own, and no reader insists on them.
//!
//! Refused: a `|`, a line break or another control character in either text, and a take in which nothing is said.

use std::fmt::Write as _;

use super::super::error::{ExportError, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::shape::Shape;
use super::super::utterance::Utterance;
use super::shared;

/// `metadata.csv` and `wavs/`.
#[derive(Debug)]
pub struct LjSpeech;

impl Format for LjSpeech {
    fn name(&self) -> &'static str {
        "ljspeech"
    }

    fn about(&self) -> &'static str {
        "texts and WAVs for text-to-speech (Piper, Coqui, ESPnet)"
    }

    fn shape(&self, asked: &Shape) -> Result<Shape, String> {
        if asked.flac {
            return Err("LJSpeech is made of WAV files; leave out --flac".into());
        }
        Ok(asked.clone())
    }

    fn allows_splits(&self, names: &[String]) -> Result<(), String> {
        if names
            .iter()
            .any(|name| name.eq_ignore_ascii_case("metadata"))
        {
            return Err(
                "no split can be called metadata: metadata.csv has the takes of all splits".into(),
            );
        }
        Ok(())
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        shared::plan(utterances, |utterance| {
            for text in [shown(utterance), &utterance.text] {
                if text.contains('|') {
                    let why = "its text has a `|`, which parts the fields of metadata.csv";
                    return Err(shared::refusal(utterance, why));
                }
                if let Some(what) = shared::not_on_a_line(text) {
                    let why =
                        format!("its text has {what}, and metadata.csv has one line for each take");
                    return Err(shared::refusal(utterance, why));
                }
            }
            if utterance.text.trim().is_empty() {
                let why = "it has no text, so there is nothing to learn to say from it";
                return Err(shared::refusal(utterance, why));
            }
            Ok("wavs".into())
        })
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        table(export, "metadata", None)?;
        for (index, name) in export.splits.iter().enumerate() {
            table(export, name, Some(index))?;
        }
        Ok(())
    }
}

/// `<name>.csv`: the takes of one split, or all.
fn table(export: &Export<'_>, name: &str, split: Option<usize>) -> Result<(), ExportError> {
    let rows = export.utterances.iter();
    let mut lines = String::new();
    for (utterance, planned, _) in rows.filter(|(u, ..)| split.is_none() || u.split == split) {
        let (id, said) = (&planned.id, &utterance.text);
        let _ = writeln!(lines, "{id}|{}|{said}", shown(utterance));
    }
    shared::write(&export.folder.join(format!("{name}.csv")), lines)
}

fn shown(utterance: &Utterance) -> &str {
    let sidecar = &utterance.sidecar;
    sidecar.transcript.as_ref().unwrap_or(&sidecar.prompt.text)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::export::formats::fixture::Fixture;

    #[test]
    fn a_line_has_the_id_what_was_shown_and_what_was_said() {
        let mut fixture = Fixture::default();
        Arc::make_mut(&mut fixture.say("five \"o'clock\"").sidecar)
            .prompt
            .text = "5 o'clock".into();
        let corrected = fixture.say("five bells");
        Arc::make_mut(&mut corrected.sidecar).prompt.text = "5 o'clock".into();
        Arc::make_mut(&mut corrected.sidecar).transcript = Some("five bells".into());
        let made = fixture.export(&LjSpeech);
        assert_eq!(
            made.text("metadata.csv"),
            "s2-019ab7e2-0000-7000-8000-000000000001|5 o'clock|five \"o'clock\"\n\
             s2-019ab7e2-0000-7000-8000-000000000002|five bells|five bells\n"
        );
        assert!(
            made.path("wavs/s2-019ab7e2-0000-7000-8000-000000000001.wav")
                .exists()
        );
    }

    #[test]
    fn each_split_has_its_own_table_and_all_takes_stand_in_metadata() {
        let mut fixture = Fixture {
            splits: vec!["train".into(), "test".into()],
            ..Fixture::default()
        };
        fixture.say("one").split = Some(1);
        fixture.say("two").split = Some(0);
        let made = fixture.export(&LjSpeech);
        assert_eq!(
            made.text("test.csv"),
            "s2-019ab7e2-0000-7000-8000-000000000001|one|one\n"
        );
        assert_eq!(
            made.text("train.csv"),
            "s2-019ab7e2-0000-7000-8000-000000000002|two|two\n"
        );
        assert_eq!(made.text("metadata.csv").lines().count(), 2);
        assert!(LjSpeech.allows_splits(&["Metadata".into()]).is_err());
    }

    #[test]
    fn what_would_part_a_line_is_refused_in_what_was_shown_too() {
        for (text, why) in [
            ("a|b", "`|`"),
            ("a\nb", "line break (U+000A)"),
            ("a\u{2028}b", "line break"),
            ("a\u{7}b", "U+0007"),
            (" ", "no text"),
        ] {
            let refused = Fixture::refused(&LjSpeech, text).unwrap();
            assert!(refused.contains(why), "{text:?}: {refused}");
        }
        let mut fixture = Fixture::default();
        Arc::make_mut(&mut fixture.say("a or b").sidecar)
            .prompt
            .text = "a|b".into();
        assert!(fixture.plan(&LjSpeech)[0].is_err());
    }

    proptest! {
        #[test]
        fn a_text_that_is_not_refused_comes_back_exactly(text in "\\PC{0,20}|[|\"' \t\r\n\u{85}a]{0,8}") {
            prop_assume!(Fixture::refused(&LjSpeech, &text).is_none());
            let mut fixture = Fixture::default();
            fixture.say(&text);
            let table = fixture.export(&LjSpeech).text("metadata.csv");
            let fields: Vec<&str> = table.strip_suffix('\n').unwrap().split('|').collect();
            prop_assert_eq!(fields[1..].to_vec(), vec![&*text, &*text]);
        }
    }
}
