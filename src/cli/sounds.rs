//! The files of prompts that are heard before they are read.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::audio::clip::Clip;
use crate::prompts::{Place, PromptList, Sound};

/// Where the sounds of `list` are, by the ids of its prompts. They lie beside its `file`, or where they say.
pub(super) fn sounds(file: &Path, list: &PromptList) -> HashMap<String, PathBuf> {
    let named = |sound: &Sound| (sound.id.clone(), beside(file, sound));
    list.sounds.iter().map(named).collect()
}

/// Those of the list `file` that cannot be played, and why. Blocks: each is opened.
pub(super) fn wrong(file: &Path, sounds: &[Sound]) -> Vec<(Place, String)> {
    let wrong = |sound: &Sound| {
        let why = Clip::look(&beside(file, sound)).err()?;
        let id = &sound.id;
        let message = format!("the sound of prompt `{id}` cannot be played: {why}");
        Some((sound.place, message))
    };
    sounds.iter().filter_map(wrong).collect()
}

/// The same of a list, each with its file, line and column.
pub(super) fn wrong_in(file: &Path, list: &PromptList) -> Vec<String> {
    let wrong = wrong(file, &list.sounds).into_iter();
    let sentence = |(Place { line, column }, message): (Place, String)| {
        format!("{}:{line}:{column}: {message}", file.display())
    };
    wrong.map(sentence).collect()
}

fn beside(file: &Path, sound: &Sound) -> PathBuf {
    let folder = file.parent().unwrap_or(Path::new(""));
    folder.join(&sound.file)
}
