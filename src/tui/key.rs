//! A key of the keyboard: of an event, of the configuration file, and on the screen.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::session::Command;

/// A key with the modifiers that tell it from others. Letters are small; Shift is in the character itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    ctrl: bool,
    alt: bool,
}

impl Key {
    /// The key of an event.
    pub fn of(event: &KeyEvent) -> Self {
        Self {
            code: small(event.code),
            ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
            alt: event
                .modifiers
                .intersects(KeyModifiers::ALT | KeyModifiers::META),
        }
    }

    /// A key without modifiers.
    pub(super) fn plain(code: KeyCode) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
        }
    }

    /// Ctrl-C.
    pub fn is_interrupt(self) -> bool {
        self.is_ctrl('c')
    }

    /// Ctrl-Z.
    pub fn is_suspend(self) -> bool {
        self.is_ctrl('z')
    }

    fn is_ctrl(self, letter: char) -> bool {
        let wanted = Self {
            code: KeyCode::Char(letter),
            ctrl: true,
            alt: false,
        };
        self == wanted || self.on_us_layout() == Some(wanted)
    }

    /// The answer that this key always gives.
    pub(super) fn answer(self) -> Option<Command> {
        match self {
            Self {
                code: KeyCode::Char(c),
                ctrl: false,
                alt: false,
            } => match c {
                'y' => Some(Command::Yes),
                'n' => Some(Command::No),
                '0'..='9' => Some(Command::Choose(c as u8 - b'0')),
                _ => None,
            },
            _ => None,
        }
    }

    /// The key in the same place of a US keyboard, for letters of other layouts: terminals send what the key writes.
    /// Y and N are left out: Russian "н" (no) lies where Y is.
    pub(super) fn on_us_layout(self) -> Option<Self> {
        let KeyCode::Char(c) = self.code else {
            return None;
        };
        let (us, _) = OTHER_LAYOUTS
            .iter()
            .find(|(_, letters)| letters.contains(c))?;
        Some(Self {
            code: KeyCode::Char(*us),
            ..self
        })
    }
}

/// What the keys of the commands write in Russian, Ukrainian, Greek, Hebrew, Arabic, Korean and Thai layouts.
const OTHER_LAYOUTS: [(char, &str); 11] = [
    ('f', "аφכبㄹด"),
    ('l', "дλךمㅣส"),
    ('t', "еτאفㅅะ"),
    ('p', "зπפحㅔย"),
    ('q', "йضㅂๆ"),
    ('r', "кρרقㄱพ"),
    ('s', "ыіσדسㄴห"),
    ('u', "гθוعㅕี"),
    ('x', "чχסءㅌป"),
    ('c', "сψבؤㅊแ"),
    ('z', "яζזئㅋผ"),
];

fn small(code: KeyCode) -> KeyCode {
    match code {
        KeyCode::Char(c) => {
            let mut lower = c.to_lowercase();
            KeyCode::Char(lower.next().filter(|_| lower.next().is_none()).unwrap_or(c))
        }
        other => other,
    }
}

/// Keys with names of their own: in the configuration file, and on the screen.
const NAMED: [(KeyCode, &str, &str); 16] = [
    (KeyCode::Char(' '), "space", "Space"),
    (KeyCode::Enter, "enter", "Enter"),
    (KeyCode::Esc, "esc", "Esc"),
    (KeyCode::Tab, "tab", "Tab"),
    (KeyCode::BackTab, "shift-tab", "Shift-Tab"),
    (KeyCode::Backspace, "backspace", "Backspace"),
    (KeyCode::Delete, "delete", "Del"),
    (KeyCode::Insert, "insert", "Ins"),
    (KeyCode::Left, "left", "←"),
    (KeyCode::Right, "right", "→"),
    (KeyCode::Up, "up", "↑"),
    (KeyCode::Down, "down", "↓"),
    (KeyCode::Home, "home", "Home"),
    (KeyCode::End, "end", "End"),
    (KeyCode::PageUp, "pageup", "PgUp"),
    (KeyCode::PageDown, "pagedown", "PgDn"),
];

impl FromStr for Key {
    type Err = String;

    /// Reads `space`, `ctrl-x`, `alt-left`, `f5`, `a`.
    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || {
            format!(
                "\"{text}\" is no key: write one character, or space, enter, esc, left, pagedown, f5, ctrl-x"
            )
        };
        let lower = text.to_lowercase();
        let mut rest = lower.as_str();
        let (mut ctrl, mut alt) = (false, false);
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-").filter(|r| !r.is_empty()) {
                (ctrl, rest) = (true, after);
            } else if let Some(after) = rest.strip_prefix("alt-").filter(|r| !r.is_empty()) {
                (alt, rest) = (true, after);
            } else {
                break;
            }
        }
        let named = NAMED.iter().find(|(_, name, _)| *name == rest);
        let mut chars = rest.chars();
        let code = match (named, chars.next(), chars.next()) {
            (Some((code, ..)), ..) => *code,
            (None, Some(c), None) if !c.is_control() => KeyCode::Char(c),
            (None, Some('f'), Some(_)) => {
                let number = rest[1..].parse().ok().filter(|n| (1..=35).contains(n));
                KeyCode::F(number.ok_or_else(unknown)?)
            }
            _ => return Err(unknown()),
        };
        Ok(Self { code, ctrl, alt })
    }
}

impl fmt::Display for Key {
    /// As it stands on the key: `Space`, `Ctrl-X`, `←`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.ctrl { "Ctrl-" } else { "" })?;
        f.write_str(if self.alt { "Alt-" } else { "" })?;
        let named = NAMED.iter().find(|(code, ..)| *code == self.code);
        match (named, self.code) {
            (Some((_, _, label)), _) => f.write_str(label),
            (None, KeyCode::Char(c)) => write!(f, "{}", c.to_uppercase()),
            (None, code) => write!(f, "{code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        name.parse().unwrap()
    }

    #[test]
    fn every_name_of_a_key_reads_back_as_it_is_shown() {
        for name in [
            "space",
            "enter",
            "esc",
            "left",
            "pagedown",
            "f5",
            "ctrl-x",
            "alt-a",
            "a",
            "-",
            "shift-tab",
        ] {
            let shown = key(name).to_string();
            assert_eq!(
                key(&shown.replace('←', "left").replace("PgDn", "pagedown")),
                key(name),
                "{shown}"
            );
        }
    }
}
