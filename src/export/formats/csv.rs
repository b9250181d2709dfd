//! One table for spreadsheets and statistics: every fact of a take in a column of its own.

use super::super::error::{ExportError, IoContext, Refusal};
use super::super::format::{Export, Format, Naming, Planned};
use super::super::utterance::Utterance;
use super::shared::{self, Row};

/// `takes.csv` and `audio/`.
#[derive(Debug)]
pub struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "one table (pandas, R, spreadsheets) and its audio"
    }

    fn plan(&self, utterances: &[Utterance], _: &Naming<'_>) -> Vec<Result<Planned, Refusal>> {
        let plan = |utterance: &Utterance| {
            shared::id(utterance)?;
            Ok(Planned {
                id: utterance.take_id.clone(),
                stem: format!("audio/{}/{}", utterance.speaker.id, utterance.take_id),
            })
        };
        utterances.iter().map(plan).collect()
    }

    fn write(&self, export: &Export<'_>) -> Result<(), ExportError> {
        let path = export.folder.join("takes.csv");
        let write = || -> Result<(), csv::Error> {
            let mut table = csv::Writer::from_path(&path)?;
            for row in export.utterances {
                table.serialize(Row::new(export.splits, row))?;
            }
            Ok(table.flush()?)
        };
        write().map_err(std::io::Error::other).at("write", &path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::formats::fixture::Fixture;

    #[test]
    fn every_text_and_figure_comes_back_from_the_table_exactly() {
        let texts = ["a \"b\", c|d", "two\nlines", " 007\t", "年 مرحبا\u{a0}!"];
        let mut fixture = Fixture::default();
        for text in texts {
            fixture.say(text);
        }
        let made = fixture.export(&Csv);
        let mut table = csv::Reader::from_path(made.path("takes.csv")).unwrap();
        let header = table.headers().unwrap().clone();
        let column = |name: &str| header.iter().position(|h| h == name).unwrap();
        for (row, text) in table.records().map(Result::unwrap).zip(texts) {
            assert_eq!(&row[column("text")], text);
            let figure = |name: &str| row[column(name)].parse::<f64>().unwrap();
            assert_eq!(figure("seconds").to_string(), "0.5");
            assert_eq!(figure("speech_start_s").to_string(), "0.1");
            assert!(made.path(&row[column("file")]).exists());
        }
    }
}
