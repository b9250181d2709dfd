//! A row of a prompt file, whatever its format: its fields, each with its place in the file.

use std::borrow::Cow;

use super::columns::COLUMNS;
use super::source::{Line, is_blank};

/// A row's fields by column.
pub(super) struct Row<'a> {
    /// Byte offset in the file.
    pub start: usize,
    fields: [Option<Field<'a>>; COLUMNS.len()],
}

/// What stands in a column: not empty, without blanks at its ends.
#[derive(Clone)]
struct Field<'a> {
    /// Byte offset in the file.
    offset: usize,
    value: Cow<'a, str>,
}

impl<'a> Row<'a> {
    /// A row without fields.
    pub fn new(start: usize) -> Self {
        Self {
            start,
            fields: [const { None }; COLUMNS.len()],
        }
    }

    /// A row with the fields of a line: each as its column and a piece of the line.
    pub fn of_line(line: Line<'a>, fields: &[(usize, &'a str)]) -> Self {
        let mut row = Self::new(line.start);
        for &(column, field) in fields {
            row.put(
                column,
                line.start + super::source::offset_in(line.text, field),
                field,
            );
        }
        row
    }

    /// Puts what stands literally at byte `offset` of the file.
    pub fn put(&mut self, column: usize, offset: usize, value: &'a str) {
        let from_start = value.trim_start_matches(is_blank);
        let offset = offset + value.len() - from_start.len();
        let value = from_start.trim_end_matches(is_blank);
        self.fields[column] = (!value.is_empty()).then_some(Field {
            offset,
            value: Cow::Borrowed(value),
        });
    }

    /// Puts what is written at byte `offset` of the file with escapes, quotes or markup.
    pub fn put_decoded(&mut self, column: usize, offset: usize, value: Cow<'a, str>) {
        let value = match value {
            Cow::Borrowed(value) => return self.put(column, offset, value),
            Cow::Owned(value) => {
                let trimmed = value.trim_matches(is_blank);
                if trimmed.len() == value.len() {
                    value
                } else {
                    trimmed.to_owned()
                }
            }
        };
        self.fields[column] = (!value.is_empty()).then_some(Field {
            offset,
            value: Cow::Owned(value),
        });
    }

    /// What stands there, where anything does.
    pub fn get(&self, column: usize) -> Option<&str> {
        self.fields[column].as_ref().map(|field| &*field.value)
    }

    /// As [`Row::get`], as a string of its own.
    pub fn owned(&self, column: usize) -> Option<String> {
        self.get(column).map(str::to_owned)
    }

    /// The fields that are there.
    pub fn fields(&self) -> impl Iterator<Item = (usize, &str)> {
        let fields = self.fields.iter().enumerate();
        fields.filter_map(|(column, field)| Some((column, &*field.as_ref()?.value)))
    }

    /// The place of a field's byte `within`; its beginning where it is not written literally, the row's where it is missing.
    pub fn offset(&self, column: usize, within: usize) -> usize {
        match &self.fields[column] {
            None => self.start,
            Some(field) if matches!(field.value, Cow::Borrowed(_)) => field.offset + within,
            Some(field) => field.offset,
        }
    }

    /// Whether a field is written literally.
    pub fn is_literal(&self, column: usize) -> bool {
        let field = self.fields[column].as_ref();
        field.is_some_and(|field| matches!(field.value, Cow::Borrowed(_)))
    }
}
