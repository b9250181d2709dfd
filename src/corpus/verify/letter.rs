//! The letter of the format: records against the published schemas, which are compiled once.
//!
//! A newer format is named and not judged. Fields that no schema describes are fine: later programs may add some.

use std::fs;
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas, ValidationError};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::finding::Problem;
use crate::corpus::error::{CorpusError, IoContext};
use crate::corpus::records::{self, Record, broken, check_tag};
use crate::corpus::schemas;

/// The compiled schemas of all records.
pub(super) struct Letter {
    ready: Schemas,
    /// By the schema's name.
    indices: Vec<(&'static str, SchemaIndex)>,
}

impl Letter {
    /// Compiles the schemas.
    ///
    /// # Errors
    /// Never with the schemas of this program, which a test compiles too.
    pub fn new() -> Result<Self, CorpusError> {
        let wrong = |name: &str, text: String| CorpusError::Broken {
            path: format!("the schema {name}").into(),
            line: 1,
            column: 0,
            text,
        };
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        for (name, text) in schemas() {
            let schema = serde_json::from_str(text).map_err(|e| wrong(name, e.to_string()))?;
            compiler
                .add_resource(&urn(name), schema)
                .map_err(|e| wrong(name, e.to_string()))?;
        }
        let (mut ready, mut indices) = (Schemas::new(), Vec::new());
        for (name, _) in schemas() {
            let index = compiler
                .compile(&urn(name), &mut ready)
                .map_err(|e| wrong(name, e.to_string()))?;
            indices.push((*name, index));
        }
        Ok(Self { ready, indices })
    }

    /// Reads the record at `path`, which is one of the schema `name`.
    pub fn read<T: Record>(&self, name: &str, path: &Path) -> Result<T, Problem> {
        let bytes = fs::read(path).at("read", path)?;
        self.parse(name, T::FORMAT, &bytes, path)
    }

    /// The record that `bytes` say, where its tag is `tag` and it is as the schema `name` says.
    pub fn parse<T: DeserializeOwned>(
        &self,
        name: &str,
        tag: &'static str,
        bytes: &[u8],
        path: &Path,
    ) -> Result<T, Problem> {
        let value: Value = serde_json::from_slice(bytes).map_err(|e| broken(path, &e))?;
        if let Some(Value::String(found)) = value.get("format") {
            check_tag(found.clone(), tag, path)?;
        }
        self.holds(name, &value)?;
        // What the schema leaves open, such as numbers of more bits than a program has.
        serde_json::from_value(value).map_err(|error| Problem::Schema {
            line: None,
            at: String::new(),
            why: error.to_string(),
        })
    }

    /// Whether `value` is as the schema `name` says.
    pub fn holds(&self, name: &str, value: &Value) -> Result<(), Problem> {
        let index = self.indices.iter().find(|(known, _)| *known == name);
        let Some((_, index)) = index else {
            return Ok(());
        };
        self.ready.validate(value, *index).map_err(|error| {
            let cause = innermost(&error);
            Problem::Schema {
                line: None,
                at: cause.instance_location.to_string(),
                why: cause.kind.to_string(),
            }
        })
    }
}

fn urn(name: &str) -> String {
    format!("urn:voicebooth:{name}:1")
}

/// Of nested errors the first that has no further cause.
fn innermost<'e, 's, 'v>(error: &'e ValidationError<'s, 'v>) -> &'e ValidationError<'s, 'v> {
    error.causes.first().map_or(error, innermost)
}

/// Each line of a file of JSON lines, from 1, with what is wrong with it.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| (index + 1, line))
}

/// The same problem, in this line of a file.
pub(super) fn in_line(problem: Problem, number: usize) -> Problem {
    match problem {
        Problem::Broken { column, why, .. } => Problem::Broken {
            line: number,
            column,
            why,
        },
        Problem::Schema { at, why, .. } => Problem::Schema {
            line: Some(number),
            at,
            why,
        },
        other => other,
    }
}

/// The tag of records of the kind `T`.
pub(super) const fn tag<T: records::Record>() -> &'static str {
    T::FORMAT
}
