//! What a speaker's list still lacks: items of the last session's pass without a current take.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::corpus::error::{CorpusError, IoContext};
use crate::corpus::layout::list_file;
use crate::corpus::records::SessionRecord;
use crate::corpus::scan::{ItemKey, TakeSummary};
use crate::prompts::PromptList;

/// Items without a current take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Items of the pass.
    pub items: u64,
    /// Id of the prompt and its repeat, in the list's order.
    pub without: Vec<(String, u32)>,
}

/// The stored lists, each read once.
pub(super) struct Lists<'a> {
    corpus: &'a Path,
    read: HashMap<String, PromptList>,
}

impl<'a> Lists<'a> {
    pub fn new(corpus: &'a Path) -> Self {
        let read = HashMap::new();
        Self { corpus, read }
    }

    /// What the pass of `session` lacks.
    ///
    /// # Errors
    /// Its list cannot be read.
    pub fn missing(
        &mut self,
        session: &SessionRecord,
        current: &HashMap<ItemKey<'_>, &TakeSummary>,
    ) -> Result<Missing, CorpusError> {
        let list = self.list(&session.list_sha256)?;
        let mut missing = Missing::default();
        for prompt in &list.prompts {
            for repeat in 1..=prompt.repeat.saturating_mul(session.setup.repeat) {
                let item = ItemKey {
                    prompt_id: &prompt.id,
                    prompt_text: &prompt.text,
                    repeat,
                    pass: session.setup.pass,
                };
                missing.items += 1;
                if !current.contains_key(&item) {
                    missing.without.push((prompt.id.clone(), repeat));
                }
            }
        }
        Ok(missing)
    }

    fn list(&mut self, digits: &str) -> Result<&PromptList, CorpusError> {
        if !self.read.contains_key(digits) {
            let list = read(list_file(self.corpus, digits))?;
            self.read.insert(digits.to_owned(), list);
        }
        Ok(&self.read[digits])
    }
}

fn read(path: PathBuf) -> Result<PromptList, CorpusError> {
    let bytes = fs::read(&path).at("read", &path)?;
    PromptList::from_jsonl(&path.display().to_string(), &bytes).map_err(|errors| {
        CorpusError::Broken {
            path,
            line: 1,
            column: 0,
            text: errors.to_string(),
        }
    })
}
