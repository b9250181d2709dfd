//! Keys and what they are for. A keymap says which command a key stands for, never what the command means in a phase.
//!
//! Some keys cannot be given away: Y, N and digits answer questions, Ctrl-C leaves, Ctrl-Z stops the program for now.

use std::str::FromStr;

use crossterm::event::KeyCode;

pub use super::key::Key;
use crate::session::Command;

/// What a key can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Start or stop a take.
    StartStop,
    /// Accept the last take.
    Accept,
    /// Read again.
    Redo,
    /// Play the last take.
    Play,
    /// Pass over.
    Skip,
    /// To the item before.
    Previous,
    /// To the item after.
    Next,
    /// Reverse the last decision.
    Undo,
    /// Delete the last take.
    Delete,
    /// Flag the last take, or take the flag back.
    Flag,
    /// Write down what was really said.
    Transcribe,
    /// List all items.
    List,
    /// Cancel, close.
    Cancel,
    /// Check the microphone.
    Check,
    /// Show all keys.
    Help,
    /// Save and leave.
    Quit,
}

/// Every action with its name in the configuration file and its keys unless told otherwise.
const DEFAULTS: [(Action, &str, &[&str]); 16] = [
    (Action::StartStop, "start-stop", &["space"]),
    (Action::Accept, "accept", &["enter"]),
    (Action::Redo, "redo", &["r"]),
    (Action::Play, "play", &["p"]),
    (Action::Skip, "skip", &["s"]),
    (Action::Previous, "previous", &["left"]),
    (Action::Next, "next", &["right"]),
    (Action::Undo, "undo", &["u"]),
    (Action::Delete, "delete", &["x"]),
    (Action::Flag, "flag", &["f"]),
    (Action::Transcribe, "transcribe", &["t"]),
    (Action::List, "list", &["l"]),
    (Action::Cancel, "cancel", &["esc"]),
    (Action::Check, "check", &["m"]),
    (Action::Help, "help", &["?", "f1"]),
    (Action::Quit, "quit", &["q"]),
];

impl Action {
    /// All of them, in the order of the help page.
    pub fn all() -> impl Iterator<Item = Self> {
        DEFAULTS.iter().map(|(action, ..)| *action)
    }

    /// Its name in the configuration file.
    pub fn name(self) -> &'static str {
        DEFAULTS[self as usize].1
    }

    fn command(self) -> Command {
        match self {
            Self::StartStop => Command::StartStop,
            Self::Accept => Command::Accept,
            Self::Redo => Command::Redo,
            Self::Play => Command::Play,
            Self::Skip => Command::Skip,
            Self::Previous => Command::Previous,
            Self::Next => Command::Next,
            Self::Undo => Command::Undo,
            Self::Delete => Command::Delete,
            Self::Flag => Command::Flag,
            Self::Transcribe => Command::Transcribe,
            Self::List => Command::List,
            Self::Cancel => Command::Cancel,
            Self::Check => Command::Check,
            Self::Help => Command::Help,
            Self::Quit => Command::Quit,
        }
    }
}

/// How to move in a text that is longer than the screen. The face does it alone; the session is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scroll {
    /// A line up (−1) or down (1).
    Line(i32),
    /// A page up (−1) or down (1).
    Page(i32),
    /// To the beginning (−1) or to the end (1).
    End(i32),
}

impl Scroll {
    /// So many rows down (up where negative) in a list of which so many can be seen. A row of the page before stays.
    pub fn rows(self, seen: usize) -> isize {
        match self {
            Self::Line(n) => n as isize,
            Self::Page(n) => n as isize * (seen as isize - 1).max(1),
            Self::End(n) if n < 0 => isize::MIN,
            Self::End(_) => isize::MAX,
        }
    }
}

/// Which key does what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    keys: Vec<(Action, Vec<Key>)>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::with_overrides(&[]).unwrap_or(Self { keys: Vec::new() }) // the defaults are tested to be sound
    }
}

impl Keymap {
    /// The default keys, except where `overrides` gives a command other ones. Names of commands: `start-stop`, `accept`,
    /// `redo`, `play`, `skip`, `previous`, `next`, `undo`, `delete`, `flag`, `transcribe`, `list`, `cancel`, `help`,
    /// `quit`. Names of keys: one character, or `space`, `enter`, `esc`, `tab`, `left`, `pagedown`, `f5`, ..., with `ctrl-` or `alt-` before it.
    ///
    /// # Errors
    /// An unknown command or key, a command without a key, a key with two commands, a key that cannot be given away.
    pub fn with_overrides(overrides: &[(String, Vec<String>)]) -> Result<Self, String> {
        let mut keys = Vec::new();
        for (action, name, default) in DEFAULTS {
            let own = overrides.iter().rev().find(|(command, _)| command == name);
            let names: Vec<&str> = own.map_or(default.to_vec(), |(_, names)| {
                names.iter().map(String::as_str).collect()
            });
            let parsed: Result<Vec<Key>, String> = names.into_iter().map(Key::from_str).collect();
            let parsed = parsed.map_err(|why| format!("keys of {name}: {why}"))?;
            if parsed.is_empty() {
                return Err(format!(
                    "keys of {name}: give at least one, so that it can be reached"
                ));
            }
            keys.push((action, parsed));
        }
        if let Some((unknown, _)) = overrides
            .iter()
            .find(|(command, _)| DEFAULTS.iter().all(|(_, name, _)| name != command))
        {
            let names: Vec<&str> = DEFAULTS.iter().map(|(_, name, _)| *name).collect();
            return Err(format!(
                "\"{unknown}\" is no command: there are {}",
                names.join(", ")
            ));
        }
        let map = Self { keys };
        map.check()?;
        Ok(map)
    }

    /// The same without the keys that are the operator's: nothing that a speaker presses flags or transcribes.
    #[must_use]
    pub fn of_speaker(mut self) -> Self {
        let is_operators = |action| matches!(action, Action::Flag | Action::Transcribe);
        self.keys.retain(|(action, _)| !is_operators(*action));
        self
    }

    fn check(&self) -> Result<(), String> {
        let mut seen: Vec<(Key, Action)> = Vec::new();
        for (action, key) in self
            .keys
            .iter()
            .flat_map(|(action, keys)| keys.iter().map(move |key| (*action, *key)))
        {
            if key.answer().is_some() || key.is_interrupt() || key.is_suspend() {
                return Err(format!(
                    "keys of {}: {key} has a fixed meaning and cannot be given away",
                    action.name()
                ));
            }
            if let Some((_, other)) = seen.iter().find(|(k, other)| *k == key && *other != action) {
                return Err(format!(
                    "{key} is a key of both {} and {}: take it from one of them",
                    other.name(),
                    action.name()
                ));
            }
            seen.push((key, action));
        }
        Ok(())
    }

    /// What a key stands for.
    pub fn command(&self, key: Key) -> Option<Command> {
        if key.is_interrupt() {
            return Some(Command::Quit);
        }
        let found = |key: Key| self.keys.iter().find(|(_, keys)| keys.contains(&key));
        key.answer().or_else(|| {
            let (action, _) = found(key).or_else(|| found(key.on_us_layout()?))?;
            Some(action.command())
        })
    }

    /// Where a key scrolls to, unless it has been given a command.
    pub fn scroll(&self, key: Key) -> Option<Scroll> {
        if self.command(key).is_some() {
            return None;
        }
        let plain = [
            (KeyCode::Up, Scroll::Line(-1)),
            (KeyCode::Down, Scroll::Line(1)),
            (KeyCode::PageUp, Scroll::Page(-1)),
            (KeyCode::PageDown, Scroll::Page(1)),
            (KeyCode::Home, Scroll::End(-1)),
            (KeyCode::End, Scroll::End(1)),
        ];
        plain
            .into_iter()
            .find(|(code, _)| Key::plain(*code) == key)
            .map(|(_, scroll)| scroll)
    }

    /// The label of the key that scrolls down (`down`) or up, where one is left.
    pub fn scroll_label(&self, down: bool) -> Option<String> {
        let codes = if down {
            [KeyCode::PageDown, KeyCode::Down]
        } else {
            [KeyCode::PageUp, KeyCode::Up]
        };
        codes
            .into_iter()
            .map(Key::plain)
            .find(|key| self.scroll(*key).is_some())
            .map(|key| key.to_string())
    }

    /// The label of the first key of an action.
    pub fn label(&self, action: Action) -> String {
        self.keys_of(action)
            .next()
            .map(ToString::to_string)
            .unwrap_or_default()
    }

    /// All keys of an action: `? F1`.
    pub fn labels(&self, action: Action) -> String {
        let labels: Vec<String> = self.keys_of(action).map(ToString::to_string).collect();
        labels.join(" ")
    }

    fn keys_of(&self, action: Action) -> impl Iterator<Item = &Key> {
        self.keys
            .iter()
            .filter(move |(a, _)| *a == action)
            .flat_map(|(_, keys)| keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyEvent, KeyModifiers};

    fn key(name: &str) -> Key {
        name.parse().unwrap()
    }

    fn overriding(command: &str, keys: &[&str]) -> Result<Keymap, String> {
        Keymap::with_overrides(&[(
            command.to_owned(),
            keys.iter().map(|k| (*k).to_owned()).collect(),
        )])
    }

    #[test]
    fn every_default_key_does_what_the_manual_says() {
        let map = Keymap::with_overrides(&[]).unwrap();
        let expected = [
            ("space", Command::StartStop),
            ("enter", Command::Accept),
            ("r", Command::Redo),
            ("p", Command::Play),
            ("s", Command::Skip),
            ("left", Command::Previous),
            ("right", Command::Next),
            ("u", Command::Undo),
            ("x", Command::Delete),
            ("f", Command::Flag),
            ("t", Command::Transcribe),
            ("l", Command::List),
            ("esc", Command::Cancel),
            ("?", Command::Help),
            ("f1", Command::Help),
            ("q", Command::Quit),
            ("ctrl-c", Command::Quit),
            ("y", Command::Yes),
            ("n", Command::No),
            ("1", Command::Choose(1)),
            ("9", Command::Choose(9)),
            ("0", Command::Choose(0)),
        ];
        for (name, command) in expected {
            assert_eq!(map.command(key(name)), Some(command), "{name}");
        }
        assert_eq!(map.command(key("ctrl-r")), None);
        assert_eq!(map.command(key("ctrl-z")), None);
        assert_eq!(map.command(key("ctrl-0")), None);
    }

    #[test]
    fn capital_letters_are_the_same_keys() {
        let event = KeyEvent::new(KeyCode::Char('R'), KeyModifiers::SHIFT);
        assert_eq!(
            Keymap::default().command(Key::of(&event)),
            Some(Command::Redo)
        );
    }

    #[test]
    fn a_russian_keyboard_need_not_be_switched() {
        let map = Keymap::default();
        assert_eq!(map.command(key("к")), Some(Command::Redo));
        assert_eq!(map.command(key("Й")), Some(Command::Quit));
        assert_eq!(
            map.command(key("н")),
            None,
            "means no to a reader and lies where Y is"
        );
    }

    #[test]
    fn a_pedal_or_a_presenter_can_be_given_commands() {
        let map = overriding("start-stop", &["PageDown", "f5"]).unwrap();
        assert_eq!(map.command(key("pagedown")), Some(Command::StartStop));
        assert_eq!(map.command(key("space")), None);
        assert_eq!(map.label(Action::StartStop), "PgDn");
        assert_eq!(map.labels(Action::StartStop), "PgDn F5");
        assert_eq!(map.scroll(key("pagedown")), None);
        assert_eq!(map.scroll_label(true).as_deref(), Some("↓"));
    }

    #[test]
    fn a_key_cannot_mean_two_things() {
        let why = overriding("accept", &["space"]).unwrap_err();
        assert_eq!(
            why,
            "Space is a key of both start-stop and accept: take it from one of them"
        );
        let why = overriding("redo", &["y"]).unwrap_err();
        assert_eq!(
            why,
            "keys of redo: Y has a fixed meaning and cannot be given away"
        );
        assert!(overriding("redo", &["ctrl-c"]).is_err());
    }

    #[test]
    fn a_speakers_keys_neither_flag_nor_transcribe() {
        let map = Keymap::default().of_speaker();
        assert_eq!([map.command(key("f")), map.command(key("t"))], [None, None]);
        assert_eq!(map.label(Action::Flag), "");
        assert_eq!(map.command(key("l")), Some(Command::List));
    }

    #[test]
    fn mistakes_in_the_configuration_are_named() {
        assert!(
            overriding("redo", &["hyper-x"])
                .unwrap_err()
                .starts_with("keys of redo: \"hyper-x\" is no key")
        );
        assert!(overriding("redo", &["f99"]).is_err());
        assert!(
            overriding("redo", &[])
                .unwrap_err()
                .contains("at least one")
        );
        assert!(
            overriding("record", &["a"])
                .unwrap_err()
                .starts_with("\"record\" is no command")
        );
    }
}
