//! `voicebooth study`, and the study that `record` is given.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use super::args::{OF_THE_BOOTH, RecordArgs, Settings, resolve};
use super::config::{Config, as_keys, parse_flags, settings_command};
use super::{End, say, sounds};
use crate::prompts::{Place, Problem, Prompt, PromptErrors, PromptList, ReadOptions};
use crate::study::{Practice, SettingRules, Study};
use crate::toml_file::Mistake;

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
        self.0.extend(errors.errors.into_iter().map(|error| {
            let message = match error.place {
                Some(_) => format!("{}: `{}`", error.problem, error.text),
                None => error.problem.to_string(),
            };
            Named::at(file.clone(), error.place, message)
        }));
    }

    /// Nothing, if there are none.
    fn or_none(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl Named {
    fn at(file: String, place: Option<Place>, message: String) -> Self {
        Self {
            file,
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            message,
        }
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
        let (study, wrong) = Self::read_partly(file)?;
        wrong.or_none()?;
        Ok(study)
    }

    /// What is right in a study, and what is wrong in its file. Blocks.
    fn read_partly(file: &Path) -> Result<(Self, StudyMistakes)> {
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
        let (study, mistakes) = Study::parse_partly(file, &bytes, &rules);
        let mut wrong = StudyMistakes::default();
        wrong.add(file, mistakes.map(|all| all.mistakes).into_iter().flatten());
        let flags = study.settings.iter().map(|(name, words)| flag(name, words));
        let settings = parse_flags(&flags.collect::<Vec<_>>()).map_err(anyhow::Error::msg)?;
        let file = file.to_owned();
        let read = Self {
            file,
            study,
            settings,
        };
        Ok((read, wrong))
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
            lists.push(self.list(prompts, options, place, (&mut wrong, &mut warnings)));
        }
        let are_whole = wrong.0.is_empty();
        let place = |message: String| self.study.mistake_in_practice(message);
        let own = match &self.study.practice {
            Some(Practice::Own(prompts)) => {
                Some(self.list(prompts, options, place, (&mut wrong, &mut warnings)))
            }
            Some(Practice::First(_)) | None => None,
        };
        let sounds = self.sounds(own.as_ref(), &lists, &mut wrong);
        let list = PromptList::join(lists).unwrap_or_else(|clashes| {
            wrong.0.extend(clashes.into_iter().map(|clash| {
                let file = self.beside(&self.study.prompts[clash.list]);
                Named::at(file.display().to_string(), clash.place, clash.to_string())
            }));
            PromptList::default()
        });
        // Of a list that has mistakes it is not known what else it would have.
        if are_whole && !list.prompts.is_empty() {
            wrong.add(&self.file, self.unfit(&list));
        }
        let practice = match (&self.study.practice, own) {
            (_, Some(own)) => own.prompts,
            (Some(Practice::First(items)), None) => {
                let first = list.prompts.iter().take(*items as usize);
                first.cloned().collect()
            }
            (_, None) => Vec::new(),
        };
        wrong.or_none()?;
        Ok(StudyPrompts {
            list,
            practice,
            warnings,
            sounds,
        })
    }

    /// Where the study speaks of what `list` does not have.
    fn unfit(&self, list: &PromptList) -> Vec<Mistake> {
        let mut sections: Vec<&str> = Vec::new();
        let mut labels: HashSet<&str> = HashSet::new();
        for prompt in &list.prompts {
            labels.extend(prompt.label.as_deref());
            let section = prompt.section.as_deref();
            sections.extend(section.filter(|section| !sections.contains(section)));
        }
        let mut unfit = self.study.unknown_sections(&sections);
        unfit.extend(self.study.unknown_labels(&labels));
        let there = list.prompts.len();
        if let Some(Practice::First(items)) = self.study.practice
            && items as usize > there
        {
            let message = format!("{items} items to practise, but the list has {there}");
            unfit.push(self.study.mistake_in_practice(message));
        }
        unfit
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
            let name = file.display().to_string();
            let unheard = sounds::wrong(&file, &list.sounds).into_iter();
            let told =
                unheard.map(|(place, message)| Named::at(name.clone(), Some(place), message));
            wrong.0.extend(told);
            all.extend(sounds::sounds(&file, list));
        }
        all
    }

    /// A file as the study names it.
    fn beside(&self, file: &Path) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(file)
    }

    /// What is right in a prompt file that the study names; what is wrong with it is added to `wrong`, what is odd to
    /// `warnings`.
    fn list(
        &self,
        prompts: &Path,
        options: &ReadOptions,
        place: impl Fn(String) -> Mistake,
        (wrong, warnings): (&mut StudyMistakes, &mut Vec<String>),
    ) -> PromptList {
        let file = self.beside(prompts);
        let (list, errors) = PromptList::read_partly(&file, options);
        warnings.extend(named(&file, &list));
        if let Some(errors) = errors {
            match errors.errors.first().map(|error| &error.problem) {
                Some(Problem::Unreadable(why)) => {
                    let message = format!("{} cannot be read: {why}", errors.file);
                    wrong.add(&self.file, [place(message)]);
                }
                _ => wrong.add_prompts(errors),
            }
        }
        list
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
    look(file, &mut told)?;
    if json {
        say(&serde_json::to_string_pretty(&told)?)?;
    } else {
        say(&told.to_string())?;
    }
    let right = told.mistakes.0.is_empty();
    Ok(if right { End::Done } else { End::Wrong })
}

/// Takes down what a study is, and everything that is wrong with it and the files that it names.
fn look(file: &Path, told: &mut Told) -> Result<()> {
    let (found, mut wrong) = StudyFile::read_partly(file)?;
    // As if all of it had been typed: what stands in a study must fit together by itself.
    let args = RecordArgs {
        settings: found.settings.clone(),
        ..RecordArgs::default()
    };
    if let Err(error) = resolve(&args, &Settings::default(), &Config::default()) {
        let names = error.settings();
        // A value that was not taken is told already; what does not fit without it may fit with a right one.
        if !names.iter().any(|name| found.study.is_wrong_setting(name)) {
            let message = as_keys(&error.to_string());
            wrong.add(file, [found.study.mistake_in_settings(names, message)]);
        }
    }
    match found.prompts(&found.settings.read_options()) {
        Ok(prompts) => {
            told.prompts = Some(prompts.list.prompts.len());
            told.practice = prompts.practice.len();
            told.warnings = prompts.warnings;
        }
        Err(of_files) => wrong.0.extend(of_files.0),
    }
    // The study's own mistakes first, by place; then its files, one after the other.
    let name = file.display().to_string();
    wrong.0.sort_by_key(|named| {
        let is_own = named.file == name;
        (!is_own, is_own.then_some((named.line, named.column)))
    });
    if wrong.0.is_empty() {
        told.name = Some(found.study.name);
        told.sha256 = Some(found.study.sha256);
    }
    told.mistakes = wrong;
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
