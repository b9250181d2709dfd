//! The configuration file: defaults for flags under the flags' own names, and `[keys]`.
//!
//! Each setting goes through the parser of its flag, so that both take the same values and refuse the same. All that is
//! wrong is named at once, with line and column; nothing is started then. `docs/configuration.md` shows an example.

use std::error::Error as _;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Command, FromArgMatches};
use etcetera::BaseStrategy;
use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::args::Settings;
use crate::toml_file::{self, Found, Mistakes, words};
use crate::tui::keys::Action;

/// Commands whose keys are changed, each with its new keys (at least one), e.g. `("redo", ["f5", "ctrl-r"])`: lower-case,
/// no key twice. Whether a key exists, and whether another command has it by default, the face knows.
pub type KeyNames = Vec<(String, Vec<String>)>;

/// What the configuration file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Defaults for flags.
    pub settings: Settings,
    /// Keys by command.
    pub keys: KeyNames,
}

/// Why the configuration file was not taken.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{}: the configuration file cannot be read: {error}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It has mistakes.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
}

/// Reads the configuration file `named`, or else `voicebooth/config.toml` in the XDG configuration folder, which need not
/// exist. Blocks.
///
/// # Errors
/// The file cannot be read or has mistakes.
pub fn load(named: Option<&Path>) -> Result<Config, ConfigError> {
    if let Some(file) = named {
        return read(file);
    }
    // Without a home folder there is no usual place, so there is nothing in it.
    let usual = etcetera::choose_base_strategy()
        .map(|folders| folders.config_dir().join("voicebooth/config.toml"));
    match usual {
        Ok(file) if file.exists() => read(&file),
        _ => Ok(Config::default()),
    }
}

fn read(file: &Path) -> Result<Config, ConfigError> {
    let bytes = std::fs::read(file).map_err(|error| ConfigError::Unreadable {
        file: file.to_owned(),
        error,
    })?;
    Ok(parse(file, &bytes)?)
}

/// Reads the content of a configuration file; `file` is for messages. `~/` in front of a path is the home folder.
///
/// # Errors
/// Everything that is wrong in it.
pub fn parse(file: &Path, bytes: &[u8]) -> Result<Config, Mistakes> {
    toml_file::parse(file, bytes, |table, found| {
        let mut reader = Reader {
            flags: Vec::new(),
            keys: KeyNames::new(),
            found,
        };
        let settings = reader.read(table);
        Config {
            settings,
            keys: reader.keys,
        }
    })
}

/// Goes through the file's tables and keeps what is wrong for the end.
struct Reader<'a> {
    /// The settings as flags.
    flags: Vec<String>,
    keys: KeyNames,
    found: &'a mut Found,
}

impl Reader<'_> {
    fn mistake(&mut self, offset: usize, message: impl Into<String>) {
        self.found.mistake(offset, message);
    }

    fn read(&mut self, table: &DeTable) -> Settings {
        for (name, value) in table {
            if name.get_ref() == "keys" {
                self.read_keys(value);
            } else {
                self.read_setting(name, value);
            }
        }
        parse_flags(&self.flags).unwrap_or_else(|message| {
            self.mistake(0, message); // each flag has been read by itself, so this is none of the file's doing
            Settings::default()
        })
    }

    fn read_setting(&mut self, name: &Spanned<impl AsRef<str>>, value: &Spanned<DeValue>) {
        let offset = name.span().start;
        let name = name.get_ref().as_ref();
        let command = settings_command();
        let mut known = command.get_arguments().filter_map(clap::Arg::get_long);
        if !known.any(|long| long == name) {
            let known: Vec<_> = command
                .get_arguments()
                .filter_map(clap::Arg::get_long)
                .collect();
            let known = known.join(", ");
            return self.mistake(
                offset,
                format!("unknown setting `{name}`; settings are {known}, and [keys]"),
            );
        }
        let Some(mut words) = words(value.get_ref()) else {
            return self.mistake(
                value.span().start,
                format!("`{name}` is one value, not a table or a date"),
            );
        };
        if let ("corpus" | "log" | "input", Some(rest)) = (name, words.strip_prefix("~/"))
            && let Ok(home) = etcetera::home_dir()
        {
            words = home.join(rest).display().to_string();
        }
        let flag = format!("--{name}={words}");
        match parse_flags(std::slice::from_ref(&flag)) {
            Ok(_) => self.flags.push(flag),
            Err(message) => self.mistake(value.span().start, message),
        }
    }

    fn read_keys(&mut self, value: &Spanned<DeValue>) {
        let DeValue::Table(table) = value.get_ref() else {
            return self.mistake(
                value.span().start,
                "`keys` is a table: [keys], then one command a line",
            );
        };
        for (command, keys) in table {
            let known: Vec<&str> = Action::all().map(Action::name).collect();
            if !known.contains(&command.get_ref().as_ref()) {
                let message = format!(
                    "unknown command `{}`; commands are {}",
                    command.get_ref(),
                    known.join(", ")
                );
                self.mistake(command.span().start, message);
                continue;
            }
            let mut names = Vec::new();
            for key in key_list(keys) {
                match key.get_ref() {
                    DeValue::String(name) => match self.key(command.get_ref(), name, &names) {
                        Ok(name) => names.push(name),
                        Err(message) => self.mistake(key.span().start, message),
                    },
                    _ => self.mistake(
                        key.span().start,
                        "a key is a name in quotes, such as \"space\" or \"f5\"",
                    ),
                }
            }
            if key_list(keys).is_empty() {
                let message = format!(
                    "`{}` has no key; leave the line out to keep its own",
                    command.get_ref()
                );
                self.mistake(keys.span().start, message);
            }
            self.keys.push((command.get_ref().to_string(), names));
        }
    }

    /// The key's name as it is compared, unless it has a command already; `names` are those that this command has.
    fn key(&self, command: &str, name: &str, names: &[String]) -> Result<String, String> {
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(format!(
                "`{}` is no name of a key, such as space, enter, f5 or ctrl-x",
                name.escape_debug()
            ));
        }
        let name = name.to_lowercase();
        let mut owners = self.keys.iter().filter(|(_, keys)| keys.contains(&name));
        match owners.next() {
            Some((owner, _)) => Err(format!("key `{name}` has the command `{owner}` already")),
            None if names.contains(&name) => {
                Err(format!("key `{name}` is there twice for `{command}`"))
            }
            None => Ok(name),
        }
    }
}

/// One key, or a list of them.
fn key_list<'a, 'i>(value: &'a Spanned<DeValue<'i>>) -> Vec<&'a Spanned<DeValue<'i>>> {
    match value.get_ref() {
        DeValue::Array(keys) => keys.iter().collect(),
        _ => vec![value],
    }
}

pub(super) fn settings_command() -> Command {
    let command = Command::new("settings").no_binary_name(true);
    Settings::augment_args(command).disable_help_flag(true)
}

/// Reads settings of a file, each a flag, as the command line would; what is wrong is told in one line that speaks of keys.
pub(super) fn parse_flags(flags: &[String]) -> Result<Settings, String> {
    let matches = settings_command().try_get_matches_from(flags);
    let settings = matches.and_then(|matches| Settings::from_arg_matches(&matches));
    settings.map_err(|error| {
        wrong_value(&error).unwrap_or_else(|| {
            let rendered = error.render().to_string();
            let told = rendered.trim_start_matches("error: ").split("\n\n").next();
            let words = told.unwrap_or_default().split_whitespace();
            as_keys(&words.collect::<Vec<_>>().join(" "))
        })
    })
}

/// What is said of a value that a key cannot have.
fn wrong_value(error: &clap::Error) -> Option<String> {
    if !matches!(
        error.kind(),
        ErrorKind::ValueValidation | ErrorKind::InvalidValue
    ) {
        return None;
    }
    let text = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        _ => None,
    };
    let flag = text(ContextKind::InvalidArg)?;
    let key = flag.trim_start_matches('-').split([' ', '=', '[']).next()?;
    let value = text(ContextKind::InvalidValue)?;
    let why = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) => format!("give one of {}", valid.join(", ")),
        _ => error.source()?.to_string(),
    };
    Some(if value.is_empty() {
        format!("`{key}` is empty: {why}")
    } else {
        format!("`{key}` cannot be `{value}`: {why}")
    })
}

/// A message about flags for those who have written keys: `--max-take` is `max-take` in backticks.
pub(super) fn as_keys(message: &str) -> String {
    let mut parts = message.split("--");
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_of_name = |c: char| c.is_ascii_lowercase() || c == '-';
        let end = part.find(|c| !is_of_name(c)).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        told.extend(["`", name, "`", rest]);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(content: impl AsRef<[u8]>) -> Vec<String> {
        let error = parse(Path::new("c.toml"), content.as_ref()).unwrap_err();
        error.to_string().lines().map(str::to_owned).collect()
    }

    #[test]
    fn an_empty_file_changes_nothing() {
        assert_eq!(parse(Path::new("c.toml"), b"").unwrap(), Config::default());
    }

    #[test]
    fn keys_are_a_name_or_a_list_of_names() {
        let config = parse(
            Path::new("c.toml"),
            b"[keys]\nstart-stop = [\"Space\", \"pagedown\"]\nredo = \"F5\"\n",
        )
        .unwrap();
        let pair = |command: &str, keys: &[&str]| {
            (
                command.to_owned(),
                keys.iter().map(|&key| key.to_owned()).collect(),
            )
        };
        assert_eq!(
            config.keys,
            [
                pair("redo", &["f5"]),
                pair("start-stop", &["space", "pagedown"])
            ]
        );
    }

    #[test]
    fn every_command_of_the_screen_can_be_given_a_key() {
        for command in Action::all().map(Action::name) {
            let line = format!("[keys]\n{command} = \"f9\"\n");
            let config = parse(Path::new("c.toml"), line.as_bytes()).unwrap();
            assert_eq!(config.keys, [(command.to_owned(), vec!["f9".to_owned()])]);
        }
    }

    #[test]
    fn all_mistakes_are_named_with_line_and_column() {
        let found = mistakes(
            "rate = 10\ncolour = \"red\" # no\nbits = 20\nhost = { a = 1 }\n\n[keys]\nredo = [\"f5\", \"ä b\"]\nskip = \"F5\"\nplay = []\nfly = \"f\"\nquit = 3\n",
        );
        let expected = [
            "c.toml:1:8: `rate` cannot be `10`: give a whole number from 1000 to 768000",
            "c.toml:2:1: unknown setting `colour`; settings are corpus, input, host, rate, ",
            "c.toml:3:8: `bits` cannot be `20`: give one of 16, 24, 32f",
            "c.toml:4:8: `host` is one value, not a table or a date",
            "c.toml:7:15: `ä b` is no name of a key, such as space, enter, f5 or ctrl-x",
            "c.toml:8:8: key `f5` has the command `redo` already",
            "c.toml:9:8: `play` has no key; leave the line out to keep its own",
            "c.toml:10:1: unknown command `fly`; commands are start-stop, accept, redo, ",
            "c.toml:11:8: a key is a name in quotes, such as \"space\" or \"f5\"",
        ];
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}\n{expected}");
        }
    }

    #[test]
    fn slips_in_the_grammar_are_named_with_line_and_column() {
        assert!(
            mistakes("rate = 16000\nrate = 44100\n")[0].starts_with("c.toml:2:1: duplicate key")
        );
        assert!(mistakes("rate = \n")[0].starts_with("c.toml:1:8: "));
        assert_eq!(
            mistakes(b"room = \"R\"\ngain = \"\xff\"\n"),
            ["c.toml:2:9: this is not UTF-8; save the file as UTF-8"]
        );
        assert_eq!(
            mistakes("keys = 3"),
            ["c.toml:1:8: `keys` is a table: [keys], then one command a line"]
        );
    }

    #[test]
    fn numbers_lists_and_text_are_taken_as_toml_writes_them() {
        let config = parse(
            Path::new("c.toml"),
            b"rate = 44_100\nbits = 24\nchannel-map = [3, 1]\nmax-take = 0x0A\ndistance-cm = 20.5\nroom = '--x = \"1\"'\ncomments = false\n",
        )
        .unwrap()
        .settings;
        let flags = [
            "--rate=44100",
            "--bits=24",
            "--channel-map=3,1",
            "--max-take=10",
            "--distance-cm=20.5",
            "--room=--x = \"1\"",
            "--comments=false",
        ];
        assert_eq!(Ok(config), parse_flags(&flags.map(str::to_owned)));
    }

    #[test]
    fn what_belongs_to_one_session_is_no_setting() {
        for name in ["speaker", "restart", "skipped", "config", "help"] {
            assert!(
                mistakes(format!("{name} = true"))[0].contains("unknown setting"),
                "{name}"
            );
        }
    }

    #[test]
    fn home_is_where_a_tilde_points() {
        let settings = parse(
            Path::new("c.toml"),
            b"corpus = \"~/corpora/one\"\nroom = \"~/\"",
        )
        .unwrap()
        .settings;
        assert_eq!(
            settings.corpus,
            Some(etcetera::home_dir().unwrap().join("corpora/one"))
        );
        assert_eq!(settings.room.unwrap().as_str(), "~/");
    }

    #[test]
    fn a_named_file_must_exist() {
        let error = load(Some(Path::new("no/such.toml")))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("no/such.toml: the configuration file cannot be read: "),
            "{error}"
        );
    }
}
