//! The files of prompts that are heard before they are read.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::prompts::PromptList;

/// Where the sounds of `list` are, by the ids of its prompts. They lie beside its `file`, or where they say.
pub(super) fn sounds(file: &Path, list: &PromptList) -> HashMap<String, PathBuf> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let named = |prompt: &crate::prompts::Prompt| {
        let sound = folder.join(prompt.audio.as_ref()?);
        Some((prompt.id.clone(), sound))
    };
    list.prompts.iter().filter_map(named).collect()
}

/// What is wrong with them, in the order of their ids: one sentence each.
pub(super) fn missing(sounds: &HashMap<String, PathBuf>) -> Vec<String> {
    let mut missing: Vec<_> = sounds.iter().filter(|(_, file)| !file.is_file()).collect();
    missing.sort();
    let sentence = |(id, file): (&String, &PathBuf)| {
        let file = file.display();
        format!("the sound of prompt `{id}` is not there: {file}")
    };
    missing.into_iter().map(sentence).collect()
}
