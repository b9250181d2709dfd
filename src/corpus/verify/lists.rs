//! What is stored by its content: prompt lists, studies, texts of consent. Each fits its name, and every take's prompt
//! stands in its list as the take says it.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::finding::{Finding, Problem};
use super::letter::{Letter, in_line, lines};
use super::withdrawn::files;
use crate::corpus::error::{CorpusError, IoContext};
use crate::corpus::names::sha256_hex;
use crate::corpus::records::broken;
use crate::corpus::sidecar::{PromptRecord, Sidecar};
use crate::prompts::{Prompt, PromptList};

/// The prompts of all stored lists, by the list's digits and the prompt's id, and what else is stored.
#[derive(Default)]
pub(super) struct Lists {
    lists: HashMap<String, List>,
    kept: HashSet<PathBuf>,
}

/// A stored list; `None` where what stands in it cannot be trusted, which is a finding of its own.
type List = Option<HashMap<String, Prompt>>;

impl Lists {
    /// Reads `prompts/` of a corpus.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn read(
        corpus: &Path,
        letter: &Letter,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, CorpusError> {
        let mut lists = Self::default();
        for path in files(&corpus.join("prompts"))? {
            let digits = path.file_stem().unwrap_or_default().to_string_lossy();
            let is_list = path.extension().is_some_and(|end| end == "jsonl");
            let prompts = if is_list {
                read(&path, &digits, letter)
            } else {
                Err(Problem::Stray)
            };
            match prompts {
                Ok(prompts) => drop(lists.lists.insert(digits.into_owned(), Some(prompts))),
                Err(problem) => {
                    if problem.is_wrong() {
                        lists.lists.insert(digits.into_owned(), None);
                    }
                    findings.push(Finding { path, problem });
                }
            }
        }
        for (folder, end) in [("studies", "toml"), ("consent", "txt")] {
            for path in files(&corpus.join(folder))? {
                if let Err(problem) = check_name(&path, end) {
                    findings.push(Finding {
                        path: path.clone(),
                        problem,
                    });
                }
                lists.kept.insert(path);
            }
        }
        Ok(lists)
    }

    /// Whether a study or a text of consent is stored here, at `path`.
    pub fn keeps(&self, path: &Path) -> bool {
        self.kept.contains(path)
    }

    /// Whether the list is stored here.
    pub fn knows(&self, list: &str) -> bool {
        self.lists.contains_key(list)
    }

    /// What a take says of its prompt against its list.
    pub fn check(&self, take: &Sidecar) -> Vec<Problem> {
        let prompt = &take.prompt;
        let Some(Some(list)) = self.lists.get(&prompt.list_sha256) else {
            // A list that is missing is a finding of the session, one that was changed of the list.
            return Vec::new();
        };
        match list.get(&prompt.id) {
            Some(listed) => differences(prompt, listed),
            // What is asked for besides the items stands in no list.
            None if take.role != "item" => Vec::new(),
            None => vec![Problem::PromptUnknown {
                id: prompt.id.clone(),
            }],
        }
    }
}

fn differences(take: &PromptRecord, list: &Prompt) -> Vec<Problem> {
    let text = (Some(&take.text), Some(&list.text));
    [
        ("text", text),
        ("spoken", (take.spoken.as_ref(), list.spoken.as_ref())),
        ("label", (take.label.as_ref(), list.label.as_ref())),
        ("language", (take.language.as_ref(), list.language.as_ref())),
        ("section", (take.section.as_ref(), list.section.as_ref())),
    ]
    .into_iter()
    .filter(|(_, (says, listed))| says != listed)
    .map(|(field, (says, listed))| Problem::PromptDiffers {
        field,
        says: in_words(says),
        list: in_words(listed),
    })
    .collect()
}

fn in_words(text: Option<&String>) -> String {
    text.map_or_else(|| "null".to_owned(), |text| format!("{text:?}"))
}

/// What is stored at `path` fits its name.
fn check_name(path: &Path, end: &str) -> Result<(), Problem> {
    if path.extension().is_none_or(|found| found != end) {
        return Err(Problem::Stray);
    }
    let digits = path.file_stem().unwrap_or_default().to_string_lossy();
    let bytes = fs::read(path).at("read", path)?;
    let fits = digits.len() == 12 && sha256_hex(&bytes).starts_with(&*digits);
    if fits {
        Ok(())
    } else {
        Err(Problem::ListChanged)
    }
}

fn read(path: &Path, digits: &str, letter: &Letter) -> Result<HashMap<String, Prompt>, Problem> {
    let bytes = fs::read(path).at("read", path)?;
    if !sha256_hex(&bytes).starts_with(digits) || digits.len() != 12 {
        return Err(Problem::ListChanged);
    }
    for (number, line) in lines(&bytes) {
        let value: Value = serde_json::from_slice(line)
            .map_err(|error| in_line(broken(path, &error).into(), number))?;
        letter
            .holds("prompt", &value)
            .map_err(|problem| in_line(problem, number))?;
    }
    let name = path.display().to_string();
    let list = PromptList::from_jsonl(&name, &bytes).map_err(|errors| Problem::Schema {
        line: None,
        at: String::new(),
        why: errors.to_string(),
    })?;
    let by_id = |prompt: Prompt| (prompt.id.clone(), prompt);
    Ok(list.prompts.into_iter().map(by_id).collect())
}
