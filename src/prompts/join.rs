//! Several lists as one, one after the other.

use std::collections::HashMap;

use thiserror::Error;

use super::{Prompt, PromptList, id, jsonl};

/// Two lists have one id for two prompts.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "id `{id}` is that of another prompt in {first}; ids are one for each prompt over all lists"
)]
pub struct SharedId {
    /// Which of the lists, from 0.
    pub list: usize,
    /// The id.
    pub id: String,
    /// Name of the list that has it already.
    pub first: String,
}

impl PromptList {
    /// Reads as `lists` one after the other; what two of them have in common is read as often as both say together.
    ///
    /// # Errors
    /// One id stands for two prompts.
    pub fn join(mut lists: Vec<Self>) -> Result<Self, SharedId> {
        if lists.len() == 1 {
            return Ok(lists.remove(0));
        }
        let names: Vec<String> = lists.iter().map(|list| list.name.clone()).collect();
        let mut joined = Self {
            name: names.join(" + "),
            ..Self::default()
        };
        let mut by_id: HashMap<String, (usize, usize)> = HashMap::new();
        for (number, list) in lists.into_iter().enumerate() {
            joined.warnings.extend(list.warnings);
            for prompt in list.prompts {
                match by_id.get(&prompt.id) {
                    None => {
                        by_id.insert(prompt.id.clone(), (joined.prompts.len(), number));
                        joined.prompts.push(prompt);
                    }
                    Some(&(at, first)) => joined.repeat(at, prompt, number, &names[first])?,
                }
            }
        }
        joined.sha256 = id::hex(joined.to_jsonl().as_bytes(), jsonl::LIST_HASH_DIGITS);
        Ok(joined)
    }

    fn repeat(
        &mut self,
        at: usize,
        prompt: Prompt,
        list: usize,
        first: &str,
    ) -> Result<(), SharedId> {
        let known = &mut self.prompts[at];
        let repeat = known.repeat;
        let same = Prompt {
            repeat,
            ..prompt.clone()
        };
        if *known != same {
            return Err(SharedId {
                list,
                id: prompt.id,
                first: first.to_owned(),
            });
        }
        known.repeat = repeat.saturating_add(prompt.repeat);
        Ok(())
    }
}
