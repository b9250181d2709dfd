//! Praat: a `TextGrid` beside each WAV, `<speaker>/<id>.TextGrid`.
//!
//! One interval tier, `text`, from 0 to the exact length of the audio: what is said, between the silence before and after
//! it, which are empty intervals. Where the speech is not known, the text has all of it. No finer times are written: nobody
//! has measured them. UTF-8, the long text form; a `"` is doubled.
//!
//! Refused: a line break or another control character in the text. A backslash stays as it is, though Praat's screen shows
//! some letters after one as another letter.

use std::fmt::Write as _;

use super::super::error::{ExportError, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::utterance::{Rendered, Utterance};
use super::shared;

/// Folders by speaker, with `.wav` and `.TextGrid`.
#[derive(Debug)]
pub struct TextGrid;

impl Format for TextGrid {
    fn name(&self) -> &'static str {
        "textgrid"
    }

    fn about(&self) -> &'static str {
        "a TextGrid beside each recording (Praat, MFA)"
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        shared::plan(utterances, |utterance| {
            if let Some(what) = shared::not_on_a_line(&utterance.text) {
                let why = format!("its text has {what}, which readers of TextGrids part lines at");
                return Err(shared::refusal(utterance, why));
            }
            Ok(utterance.speaker.id.clone())
        })
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        for (utterance, planned, rendered) in export.utterances {
            let path = export.folder.join(format!("{}.TextGrid", planned.stem));
            shared::write(&path, text_grid(&utterance.text, rendered))?;
        }
        Ok(())
    }
}

fn text_grid(text: &str, rendered: &Rendered) -> String {
    let speech = rendered.speech.clone().unwrap_or(0..rendered.frames);
    let intervals: Vec<_> = [
        (0..speech.start, ""),
        (speech.clone(), text),
        (speech.end..rendered.frames, ""),
    ]
    .into_iter()
    .filter(|(range, _)| !range.is_empty())
    .collect();
    let end = rendered.seconds();
    let size = intervals.len();
    let mut grid = format!(
        "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0 \nxmax = {end} \ntiers? <exists> \nsize = 1 \nitem []: \n    \
         item [1]:\n        class = \"IntervalTier\" \n        name = \"text\" \n        xmin = 0 \n        xmax = {end} \n        intervals: size = {size} \n"
    );
    for (index, (range, text)) in intervals.into_iter().enumerate() {
        let _ = write!(
            grid,
            "        intervals [{}]:\n            xmin = {} \n            xmax = {} \n            text = \"{}\" \n",
            index + 1,
            rendered.time(range.start),
            rendered.time(range.end),
            text.replace('"', "\"\""),
        );
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::formats::fixture::Fixture;

    const FILE: &str = "s2/s2-019ab7e2-0000-7000-8000-000000000001.TextGrid";

    #[test]
    fn the_text_lies_between_silences_and_ends_where_the_audio_ends() {
        let mut fixture = Fixture::default();
        fixture.say("say \"ah\"");
        let made = fixture.export(&TextGrid);
        let grid = made.text(FILE);
        assert!(made.path(FILE).with_extension("wav").exists());
        let values = |key: &str| -> Vec<String> {
            grid.lines()
                .filter_map(|line| line.trim().strip_prefix(&format!("{key} = ")))
                .map(ToOwned::to_owned)
                .collect()
        };
        assert_eq!(values("xmin"), ["0", "0", "0", "0.1", "0.4"]);
        assert_eq!(values("xmax"), ["0.5", "0.5", "0.1", "0.4", "0.5"]);
        assert_eq!(values("text"), ["\"\"", "\"say \"\"ah\"\"\"", "\"\""]);
    }

    #[test]
    fn without_boundaries_the_text_has_the_whole_take_and_no_interval_is_empty_in_time() {
        let mut fixture = Fixture::default();
        fixture.say("ah").speech = None;
        assert!(
            fixture
                .export(&TextGrid)
                .text(FILE)
                .contains("intervals: size = 1")
        );
        fixture.utterances[0].speech = Some(0..100);
        assert!(
            fixture
                .export(&TextGrid)
                .text(FILE)
                .contains("intervals: size = 2")
        );
    }

    #[test]
    fn a_line_break_is_refused_and_every_other_text_is_not() {
        assert!(
            Fixture::refused(&TextGrid, "a\r\nb")
                .unwrap()
                .contains("line break")
        );
        assert_eq!(Fixture::refused(&TextGrid, "|\u{a0}'7' مرحبا \\al"), None);
    }
}
