//! Several lists as one, one after the other.

use std::collections::HashMap;

use thiserror::Error;

use super::{Place, Prompt, PromptList, Section, id, jsonl};

/// Two lists contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{what} `{name}` is that of another {of} in {first}; {rule} over all lists")]
pub struct Clash {
    /// Which of the lists, from 0.
    pub list: usize,
    /// Where in its file.
    pub place: Option<Place>,
    /// What is said twice: `id` or `section`.
    what: &'static str,
    /// Which.
    name: String,
    /// The list that has it already, and the line.
    first: String,
    of: &'static str,
    rule: &'static str,
}

/// The list that is being put together.
struct Joined<'a> {
    list: PromptList,
    /// Names and places of all lists.
    of: &'a [(String, Vec<Place>)],
    /// By id: where it is in `list`, and which prompt of which list it was.
    by_id: HashMap<String, (usize, At)>,
    /// Which list spoke of a section first.
    by_section: HashMap<String, At>,
    clashes: Vec<Clash>,
}

/// A prompt of a list, both from 0.
#[derive(Clone, Copy)]
struct At {
    list: usize,
    prompt: usize,
}

impl PromptList {
    /// Reads as `lists` one after the other; what two of them have in common is read as often as both say together. Their
    /// warnings, which name no file, are left to them.
    ///
    /// # Errors
    /// One id stands for two prompts, or of one section two things are said: each of them.
    pub fn join(mut lists: Vec<Self>) -> Result<Self, Vec<Clash>> {
        if lists.len() == 1 {
            let places = Vec::new();
            return Ok(Self {
                places,
                ..lists.remove(0)
            });
        }
        let told = |list: &mut Self| (list.name.clone(), std::mem::take(&mut list.places));
        let of: Vec<_> = lists.iter_mut().map(told).collect();
        let mut joined = Joined {
            list: Self {
                format: lists.first().map(|list| list.format).unwrap_or_default(),
                ..Self::default()
            },
            of: &of,
            by_id: HashMap::new(),
            by_section: HashMap::new(),
            clashes: Vec::new(),
        };
        for (number, list) in lists.into_iter().enumerate() {
            joined.add(number, list);
        }
        let Joined {
            mut list, clashes, ..
        } = joined;
        if !clashes.is_empty() {
            return Err(clashes);
        }
        let names: Vec<&str> = of.iter().map(|(name, _)| name.as_str()).collect();
        list.name = names.join(" + ");
        list.sha256 = id::hex(list.to_jsonl().as_bytes(), jsonl::LIST_HASH_DIGITS);
        Ok(list)
    }
}

impl Joined<'_> {
    fn add(&mut self, list: usize, other: PromptList) {
        for section in other.sections {
            let opens = |prompt: &Prompt| prompt.section.as_deref() == Some(&*section.name);
            let prompt = other.prompts.iter().position(opens).unwrap_or(0);
            self.section(section, At { list, prompt });
        }
        for (prompt, read) in other.prompts.into_iter().enumerate() {
            self.prompt(read, At { list, prompt });
        }
    }

    fn section(&mut self, section: Section, at: At) {
        let Some(first) = self.by_section.get(&section.name).copied() else {
            self.by_section.insert(section.name.clone(), at);
            self.list.sections.push(section);
            return;
        };
        if !self.list.sections.contains(&section) {
            let rule = "sections are arranged and explained in one way";
            self.clash(("section", section.name), (first, at), "arrangement", rule);
        }
    }

    fn prompt(&mut self, prompt: Prompt, at: At) {
        let Some(&(known, first)) = self.by_id.get(&prompt.id) else {
            let index = self.list.prompts.len();
            self.by_id.insert(prompt.id.clone(), (index, at));
            self.list.prompts.push(prompt);
            return;
        };
        let known = &mut self.list.prompts[known];
        let repeat = known.repeat;
        let same = Prompt {
            repeat,
            ..prompt.clone()
        };
        if *known == same {
            known.repeat = repeat.saturating_add(prompt.repeat);
        } else {
            let rule = "ids are one for each prompt";
            self.clash(("id", prompt.id), (first, at), "prompt", rule);
        }
    }

    fn clash(
        &mut self,
        (what, name): (&'static str, String),
        (first, at): (At, At),
        of: &'static str,
        rule: &'static str,
    ) {
        let place = |at: At| self.of[at.list].1.get(at.prompt).copied();
        let in_line = place(first).map(|place| format!(", line {}", place.line));
        self.clashes.push(Clash {
            list: at.list,
            place: place(at),
            what,
            name,
            first: self.of[first.list].0.clone() + &in_line.unwrap_or_default(),
            of,
            rule,
        });
    }
}
