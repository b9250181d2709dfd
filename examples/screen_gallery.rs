//! Shows every kind of screen in this terminal, one after the other: any key goes on, Q leaves.
//!
//! `cargo run --example screen_gallery -- [NAME]` shows one alone. `NO_COLOR=1` and other environment count as always.

#[path = "../tests/screens/views.rs"]
mod views;

use std::sync::Arc;

use crossterm::event::{Event, KeyCode, read};
use voicebooth::session::Face;
use voicebooth::tui::face::TerminalFace;
use voicebooth::tui::keys::Keymap;
use voicebooth::tui::state::Shared;
use voicebooth::tui::{ScreenOptions, terminal};

fn main() -> std::io::Result<()> {
    let wanted = std::env::args().nth(1);
    let options = ScreenOptions {
        speaker_only: std::env::var_os("SPEAKER_ONLY").is_some(),
        ..ScreenOptions::from_env(|name| std::env::var(name).ok())
    };
    terminal::give_back_on_panic();
    let shared = Arc::new(Shared::default());
    let screen = terminal::Screen::enter(terminal::Use::Screen, None)?;
    let mut face = TerminalFace::new(
        terminal::drawing()?,
        options,
        Keymap::default(),
        shared.clone(),
    );
    for (name, view) in views::all() {
        if wanted.as_deref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        shared.ask_redraw();
        face.show(&view)?;
        loop {
            match read()? {
                Event::Key(key) if key.code == KeyCode::Char('q') => return Ok(()),
                Event::Key(_) => break,
                _ => face.show(&view)?,
            }
        }
    }
    drop(screen);
    Ok(())
}
