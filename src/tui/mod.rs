//! The terminal face: reads and stamps keys, maps them to commands, draws the view.
//!
//! Two threads touch the terminal: the input thread alone reads ([`input`]), the session's loop alone draws
//! ([`face`]). What they share is [`state::Shared`]. The terminal is given back on every way out ([`terminal`]).
//!
//! For screen readers there is a face in lines ([`lines`]). On the full screen, too, the cursor is hidden but always left
//! on the first character of what is to be read (or in the text field, where it shows), never in the meter; every state
//! is a word; the meter can be switched off ([`ScreenOptions::speaker_only`]) so that nothing moves between keys.

mod ask;
mod body;
mod dialogs;
pub mod face;
mod field;
mod gate;
mod glyphs;
pub mod input;
mod items;
mod key;
pub mod keys;
mod layout;
pub mod lines;
mod prompt;
mod review;
mod screen;
pub mod state;
pub mod strings;
pub mod terminal;
mod text;
mod theme;
mod wave;

/// Who puts right-to-left text into its visual order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bidi {
    /// The terminal does (or the text is shown in logical order).
    #[default]
    Terminal,
    /// This program does, for terminals that do not.
    Booth,
}

/// How the screen is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScreenOptions {
    /// Hides meter and figures from speakers who should not watch them.
    pub speaker_only: bool,
    /// Sets no colour at all; words and shapes tell everything.
    pub no_color: bool,
    /// Who orders right-to-left text.
    pub bidi: Bidi,
    /// Draws with ASCII only, apart from the prompts.
    pub ascii: bool,
}

impl ScreenOptions {
    /// What the environment asks for: `NO_COLOR` (<https://no-color.org>: set and not empty), and ASCII on a text
    /// console or in a locale that is neither UTF-8 nor the bare `C`.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(set)
            .unwrap_or_default();
        let locale = locale.to_ascii_lowercase().replace('-', "");
        let bare = matches!(locale.as_str(), "" | "c" | "posix");
        let console = matches!(
            set("TERM").as_deref(),
            Some("linux" | "dumb" | "vt100" | "vt220")
        );
        Self {
            no_color: set("NO_COLOR").is_some(),
            ascii: console || !(bare || locale.contains("utf8")),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &'static [(&str, &str)]) -> ScreenOptions {
        ScreenOptions::from_env(|name| {
            pairs
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn no_color_counts_when_it_is_not_empty() {
        assert!(env(&[("NO_COLOR", "1")]).no_color);
        assert!(!env(&[("NO_COLOR", "")]).no_color);
    }

    #[test]
    fn a_console_or_a_latin_1_locale_gets_ascii() {
        assert!(env(&[("TERM", "linux"), ("LANG", "de_DE.UTF-8")]).ascii);
        assert!(env(&[("LC_ALL", "de_DE.ISO-8859-1"), ("LANG", "de_DE.UTF-8")]).ascii);
        assert!(!env(&[("TERM", "xterm-256color"), ("LANG", "C.utf8")]).ascii);
        assert!(!env(&[("TERM", "xterm"), ("LANG", "C")]).ascii);
    }
}
