//! Several lists as one, one after the other.

use std::collections::HashMap;

use thiserror::Error;

use super::{Prompt, PromptList, Section, id, jsonl};

/// Two lists contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{what} `{name}` is that of another {of} in {first}; {rule} over all lists")]
pub struct Clash {
    /// Which of the lists, from 0.
    pub list: usize,
    /// What is said twice: `id` or `section`.
    pub what: &'static str,
    /// Which.
    pub name: String,
    /// Name of the list that has it already.
    pub first: String,
    of: &'static str,
    rule: &'static str,
}

impl PromptList {
    /// Reads as `lists` one after the other; what two of them have in common is read as often as both say together. Their
    /// warnings, which name no file, are left to them.
    ///
    /// # Errors
    /// One id stands for two prompts, or of one section two things are said.
    pub fn join(mut lists: Vec<Self>) -> Result<Self, Clash> {
        if lists.len() == 1 {
            return Ok(lists.remove(0));
        }
        let names: Vec<String> = lists.iter().map(|list| list.name.clone()).collect();
        let mut joined = Self {
            name: names.join(" + "),
            format: lists.first().map(|list| list.format).unwrap_or_default(),
            ..Self::default()
        };
        let mut by_id: HashMap<String, (usize, usize)> = HashMap::new();
        for (number, list) in lists.into_iter().enumerate() {
            for section in list.sections {
                joined.add_section(section, number, &names)?;
            }
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

    fn add_section(
        &mut self,
        section: Section,
        list: usize,
        names: &[String],
    ) -> Result<(), Clash> {
        match self
            .sections
            .iter()
            .find(|known| known.name == section.name)
        {
            None => self.sections.push(section),
            Some(known) if *known == section => {}
            Some(_) => {
                return Err(Clash {
                    list,
                    what: "section",
                    name: section.name,
                    first: names[..list].join(" or "),
                    of: "arrangement",
                    rule: "sections are arranged and explained in one way",
                });
            }
        }
        Ok(())
    }

    fn repeat(&mut self, at: usize, prompt: Prompt, list: usize, first: &str) -> Result<(), Clash> {
        let known = &mut self.prompts[at];
        let repeat = known.repeat;
        let same = Prompt {
            repeat,
            ..prompt.clone()
        };
        if *known != same {
            return Err(Clash {
                list,
                what: "id",
                name: prompt.id,
                first: first.to_owned(),
                of: "prompt",
                rule: "ids are one for each prompt",
            });
        }
        known.repeat = repeat.saturating_add(prompt.repeat);
        Ok(())
    }
}
