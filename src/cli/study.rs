//! `voicebooth study`, and the study that `record` is given.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use super::args::{OF_THE_BOOTH, RecordArgs, Settings, resolve};
use super::config::{Config, parse_flags, settings_command};
use super::{End, say, sounds};
use crate::prompts::{Problem, Prompt, PromptErrors, PromptList, ReadOptions};
use crate::study::{Practice, SettingRules, Study};
use crate::toml_file::{Mistake, Mistakes};

/// What `study init` writes.
const TEMPLATE: &str = include_str!("study.toml");

/// A study with its settings as flags.
pub(super) struct StudyFile {
    file: PathBuf,
    pub(super) study: Study,
    pub(super) settings: Settings,
}

/// All that is wrong with a study and the files that it names.
#[derive(Debug, Default, Serialize, thiserror::Error)]
pub(super) struct StudyMistakes(Vec<Named>);

/// Something wrong in one of the files.
#[derive(Debug, Serialize)]
struct Named {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: String,
}

impl fmt::Display for StudyMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, named) in self.0.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{}:", named.file)?;
            for number in [named.line, named.column].into_iter().flatten() {
                write!(f, "{number}:")?;
            }
            write!(f, " {}", named.message)?;
        }
        Ok(())
    }
}

impl StudyMistakes {
    fn add(&mut self, file: &Path, mistakes: impl IntoIterator<Item = Mistake>) {
        self.0.extend(mistakes.into_iter().map(|mistake| Named {
            file: file.display().to_string(),
            line: Some(mistake.line),
            column: Some(mistake.column),
            message: mistake.message,
        }));
    }

    fn add_prompts(&mut self, errors: PromptErrors) {
        let file = errors.file;
        self.0.extend(errors.errors.into_iter().map(|error| Named {
            file: file.clone(),
            line: error.place.map(|place| place.line),
            column: error.place.map(|place| place.column),
            message: match error.place {
                Some(_) => format!("{}: `{}`", error.problem, error.text),
                None => error.problem.to_string(),
            },
        }));
    }

    fn of(file: &Path, mistakes: Mistakes) -> Self {
        let mut all = Self::default();
        all.add(file, mistakes.mistakes);
        all
    }
}

/// The prompts of a study.
pub(super) struct StudyPrompts {
    /// Its lists as one.
    pub(super) list: PromptList,
    /// What is practised.
    pub(super) practice: Vec<Prompt>,
    /// What is odd in the files, each with its place.
    pub(super) warnings: Vec<String>,
    /// Files of the prompts that are heard, by id.
    pub(super) sounds: HashMap<String, PathBuf>,
}

impl StudyFile {
    /// Reads a study. Blocks.
    ///
    /// # Errors
    /// It cannot be read, or has mistakes.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let bytes = fs::read(file)
            .with_context(|| format!("{}: the study cannot be read", file.display()))?;
        let command = settings_command();
        let flags = command.get_arguments().filter_map(clap::Arg::get_long);
        let names: Vec<&str> = flags.filter(|name| !OF_THE_BOOTH.contains(name)).collect();
        let check = |name: &str, words: &str| parse_flags(&[flag(name, words)]).map(drop);
        let rules = SettingRules {
            names: &names,
            of_the_booth: &OF_THE_BOOTH,
            check: &check,
        };
        let study = Study::parse(file, &bytes, &rules);
        let study = study.map_err(|mistakes| StudyMistakes::of(file, mistakes))?;
        let flags = study.settings.iter().map(|(name, words)| flag(name, words));
        let settings = parse_flags(&flags.collect::<Vec<_>>()).map_err(anyhow::Error::msg)?;
        Ok(Self {
            file: file.to_owned(),
            study,
            settings,
        })
    }

    /// Reads the prompts that it names, and those of its practice. Blocks.
    ///
    /// # Errors
    /// They have mistakes, or do not fit to the study: everything that is wrong.
    pub(super) fn prompts(&self, options: &ReadOptions) -> Result<StudyPrompts, StudyMistakes> {
        let mut wrong = StudyMistakes::default();
        let mut warnings = Vec::new();
        let mut lists = Vec::new();
        for (index, prompts) in self.study.prompts.iter().enumerate() {
            let place = |message: String| self.study.mistake_in_prompts(index, message);
            lists.extend(self.list(prompts, options, place, (&mut wrong, &mut warnings)));
        }
        let place = |message: String| self.study.mistake_in_practice(message);
        let own = match &self.study.practice {
            Some(Practice::Own(prompts)) => {
                self.list(prompts, options, place, (&mut wrong, &mut warnings))
            }
            Some(Practice::First(_)) | None => None,
        };
        let mut sounds = HashMap::new();
        if wrong.0.is_empty() {
            sounds = self.sounds(own.as_ref(), &lists, &mut wrong);
        }
        if !wrong.0.is_empty() {
            return Err(wrong);
        }
        let list = PromptList::join(lists).map_err(|shared| {
            let mistake = self
                .study
                .mistake_in_prompts(shared.list, shared.to_string());
            let mut wrong = StudyMistakes::default();
            wrong.add(&self.file, [mistake]);
            wrong
        })?;
        let practice = match (&self.study.practice, own) {
            (_, Some(own)) => own.prompts,
            (Some(Practice::First(items)), None) => {
                let items = *items as usize;
                if items > list.prompts.len() {
                    let there = list.prompts.len();
                    let message = format!("{items} items to practise, but the list has {there}");
                    wrong.add(&self.file, [place(message)]);
                }
                list.prompts.iter().take(items).cloned().collect()
            }
            (_, None) => Vec::new(),
        };
        let mut sections: Vec<&str> = Vec::new();
        for section in list.prompts.iter().filter_map(|p| p.section.as_deref()) {
            if !sections.contains(&section) {
                sections.push(section);
            }
        }
        wrong.add(&self.file, self.study.unknown_sections(&sections));
        if wrong.0.is_empty() {
            Ok(StudyPrompts {
                list,
                practice,
                warnings,
                sounds,
            })
        } else {
            Err(wrong)
        }
    }

    /// The sounds of the practice and of all `lists`; what cannot be played is added to
    /// `wrong`.
    fn sounds(
        &self,
        own: Option<&PromptList>,
        lists: &[PromptList],
        wrong: &mut StudyMistakes,
    ) -> HashMap<String, PathBuf> {
        let of_practice = match &self.study.practice {
            Some(Practice::Own(file)) => own.map(|list| (file, list)),
            Some(Practice::First(_)) | None => None,
        };
        let named = self.study.prompts.iter().zip(lists);
        let mut all = HashMap::new();
        for (file, list) in of_practice.into_iter().chain(named) {
            let file = self.beside(file);
            for (place, message) in sounds::wrong(&file, &list.sounds) {
                wrong.0.push(Named {
                    file: file.display().to_string(),
                    line: Some(place.line),
                    column: Some(place.column),
                    message,
                });
            }
            all.extend(sounds::sounds(&file, list));
        }
        all
    }

    /// A file as the study names it.
    fn beside(&self, file: &Path) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(file)
    }

    /// Reads a prompt file that the study names; what is wrong with it is added to `wrong`, what is odd to `warnings`.
    fn list(
        &self,
        prompts: &Path,
        options: &ReadOptions,
        place: impl Fn(String) -> Mistake,
        (wrong, warnings): (&mut StudyMistakes, &mut Vec<String>),
    ) -> Option<PromptList> {
        let file = self.beside(prompts);
        match PromptList::read(&file, options) {
            Ok(list) => {
                warnings.extend(named(&file, &list));
                Some(list)
            }
            Err(errors) => {
                match errors.errors.first().map(|error| &error.problem) {
                    Some(Problem::Unreadable(why)) => {
                        let message = format!("{} cannot be read: {why}", errors.file);
                        wrong.add(&self.file, [place(message)]);
                    }
                    _ => wrong.add_prompts(errors),
                }
                None
            }
        }
    }
}

/// What is odd in a prompt file, with its name.
pub(super) fn named(file: &Path, list: &PromptList) -> impl Iterator<Item = String> {
    let warnings = list.warnings.iter();
    warnings.map(move |warning| format!("{}:{warning}", file.display()))
}

fn flag(name: &str, words: &str) -> String {
    format!("--{name}={words}")
}

/// Writes a commented study to begin with.
///
/// # Errors
/// The file is there, or cannot be written.
pub(super) fn init(file: &Path) -> Result<End> {
    let name = file.display();
    let mut created = match fs::File::create_new(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            anyhow::bail!("{name} is there already and was not changed; give another name");
        }
        other => other.with_context(|| format!("{name} cannot be written"))?,
    };
    created
        .write_all(TEMPLATE.as_bytes())
        .with_context(|| format!("{name} cannot be written"))?;
    say(&format!(
        "{name} is written. Name your prompt file in it, then: voicebooth study check {name}"
    ))?;
    Ok(End::Done)
}

/// What is told of a study.
#[derive(Serialize)]
struct Told {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompts: Option<usize>,
    practice: usize,
    mistakes: StudyMistakes,
    warnings: Vec<String>,
}

/// Checks a study and all that it names.
///
/// # Errors
/// It cannot be read. Mistakes are no errors: they are told.
pub(super) fn check(file: &Path, json: bool) -> Result<End> {
    let mut told = Told {
        file: file.display().to_string(),
        name: None,
        sha256: None,
        prompts: None,
        practice: 0,
        mistakes: StudyMistakes::default(),
        warnings: Vec::new(),
    };
    match checked(file, &mut told) {
        Ok(()) => {}
        Err(error) => told.mistakes = error.downcast()?,
    }
    if json {
        say(&serde_json::to_string_pretty(&told)?)?;
    } else {
        say(&told.to_string())?;
    }
    let right = told.mistakes.0.is_empty();
    Ok(if right { End::Done } else { End::Wrong })
}

fn checked(file: &Path, told: &mut Told) -> Result<()> {
    let found = StudyFile::read(file)?;
    told.name = Some(found.study.name.clone());
    told.sha256 = Some(found.study.sha256.clone());
    // As if all of it had been typed: what stands in a study must fit together by itself.
    let args = RecordArgs {
        settings: found.settings.clone(),
        ..RecordArgs::default()
    };
    let mut wrong = StudyMistakes::default();
    if let Err(error) = resolve(&args, &Settings::default(), &Config::default()) {
        let message = error.to_string();
        let mistake = found.study.mistake_in_settings(error.settings(), message);
        wrong.add(file, [mistake]);
    }
    let prompts = match found.prompts(&found.settings.read_options()) {
        Ok(prompts) if wrong.0.is_empty() => prompts,
        prompts => {
            let named = prompts.err().unwrap_or_default();
            wrong.0.extend(named.0);
            return Err(wrong.into());
        }
    };
    told.prompts = Some(prompts.list.prompts.len());
    told.practice = prompts.practice.len();
    told.warnings = prompts.warnings;
    Ok(())
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for warning in &self.warnings {
            writeln!(f, "{warning}")?;
        }
        if !self.mistakes.0.is_empty() {
            return self.mistakes.fmt(f);
        }
        write!(f, "{}: all is well", self.file)?;
        if let (Some(name), Some(prompts)) = (&self.name, self.prompts) {
            write!(
                f,
                ": {name}, {prompts} prompts, {} to practise",
                self.practice
            )?;
        }
        Ok(())
    }
}
