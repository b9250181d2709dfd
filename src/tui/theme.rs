//! Colours and shapes. The 16 colours of the terminal's own palette only, so that the screen fits any background; every
//! colour stands beside a shape and a word, so that nothing is told by colour alone.

use ratatui::style::{Color, Modifier, Style};

use super::ScreenOptions;

/// What a piece of text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// To be read aloud.
    Prompt,
    /// Ordinary words.
    Plain,
    /// Words that may be overlooked.
    Quiet,
    /// Something that matters now: keys to press, titles.
    Strong,
    /// A state in which a key may be pressed.
    Ready,
    /// A take runs.
    Recording,
    /// The line that goes with it.
    Alert,
    /// Something is under way.
    Busy,
    /// Well done.
    Good,
    /// Something is wrong.
    Warning,
}

/// How to draw.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    no_color: bool,
    ascii: bool,
}

impl Theme {
    /// The theme that the options ask for.
    pub fn new(options: ScreenOptions) -> Self {
        Self {
            no_color: options.no_color,
            ascii: options.ascii,
        }
    }

    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        let plain = Style::new();
        match role {
            Role::Prompt | Role::Strong => plain.add_modifier(Modifier::BOLD),
            Role::Plain => plain,
            Role::Quiet => plain.add_modifier(Modifier::DIM),
            Role::Ready | Role::Good => self
                .colored(plain, Color::Green)
                .add_modifier(Modifier::BOLD),
            Role::Alert => self.colored(plain, Color::Red),
            Role::Busy => self.colored(plain, Color::Cyan),
            Role::Warning => self.badge(Color::Black, Color::Yellow),
            Role::Recording => self
                .badge(Color::White, Color::Red)
                .add_modifier(Modifier::BOLD),
        }
    }

    fn colored(self, style: Style, color: Color) -> Style {
        if self.no_color {
            style
        } else {
            style.fg(color)
        }
    }

    /// Light on dark or dark on light, whatever the background: a badge shows on both.
    fn badge(self, ink: Color, paper: Color) -> Style {
        if self.no_color {
            Style::new().add_modifier(Modifier::REVERSED)
        } else {
            Style::new().fg(ink).bg(paper)
        }
    }

    /// The shape, or what stands for it in ASCII.
    pub fn shape(self, shape: Shape) -> &'static str {
        let (fine, ascii) = match shape {
            Shape::Ready => ("○", "o"),
            Shape::Recording => ("●", "*"),
            Shape::Busy => ("◌", "~"),
            Shape::Done => ("✓", "+"),
            Shape::Ask => ("◇", "?"),
            Shape::Play => ("▶", ">"),
            Shape::Paused => ("□", "="),
            Shape::Skipped => ("–", "-"),
            Shape::Above => ("▲", "^"),
            Shape::Below => ("▼", "v"),
            Shape::Full => ("━", "#"),
            Shape::Empty => ("─", "-"),
            Shape::Dot => ("·", "|"),
            Shape::Flag => ("◆", "!"),
            Shape::Again => ("↺", "@"),
            Shape::Chosen => ("›", ">"),
            Shape::SpanStart => ("├", "|"),
            Shape::SpanEnd => ("┤", "|"),
        };
        if self.ascii { ascii } else { fine }
    }

    /// Whether only ASCII is to be drawn.
    pub fn is_ascii(self) -> bool {
        self.ascii
    }
}

/// What stands for the punctuation of our own sentences where only ASCII can be drawn, cell for cell.
pub fn ascii_for(symbol: &str) -> Option<&'static str> {
    const TABLE: [(&str, &str); 7] = [
        ("“", "\""),
        ("”", "\""),
        ("…", "."),
        ("←", "<"),
        ("→", ">"),
        ("↑", "^"),
        ("↓", "v"),
    ];
    let found = TABLE.iter().find(|(fine, _)| *fine == symbol);
    found.map(|(_, ascii)| *ascii)
}

/// A mark beside a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Waiting for the speaker.
    Ready,
    /// A take runs.
    Recording,
    /// Something is under way.
    Busy,
    /// Done, kept.
    Done,
    /// A decision is asked for.
    Ask,
    /// A take is played.
    Play,
    /// Stopped for now.
    Paused,
    /// Passed over.
    Skipped,
    /// More above; too loud.
    Above,
    /// More below.
    Below,
    /// The full part of a bar.
    Full,
    /// The empty part of a bar.
    Empty,
    /// Between figures.
    Dot,
    /// Flagged.
    Flag,
    /// To be read again.
    Again,
    /// The chosen row.
    Chosen,
    /// Where a stretch begins.
    SpanStart,
    /// Where a stretch ends.
    SpanEnd,
}
