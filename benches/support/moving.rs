//! How long it takes from a key that moves in a list to the frame that shows where it led: engine, view, and drawing on a
//! terminal in memory.

#[path = "../../tests/session_flows/booth.rs"]
#[allow(dead_code, clippy::expect_used, clippy::unwrap_used)] // a part of it is needed
mod booth;

use std::io::Error;
use std::sync::Arc;
use std::time::Instant;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use voicebooth::platform;
use voicebooth::prompts::{Prompt, PromptList};
use voicebooth::recorder::messages::TakeRef;
use voicebooth::session::engine::Engine;
use voicebooth::session::messages::Input;
use voicebooth::session::plan::{Heard, Plan};
use voicebooth::session::view::{ItemState, View};
use voicebooth::session::{Command, Face, FromFace};
use voicebooth::tui::ScreenOptions;
use voicebooth::tui::face::TerminalFace;
use voicebooth::tui::keys::Keymap;

/// Keys of each kind.
const KEYS: usize = 200;

/// A session of so many items, every second of them with a take, before somebody who presses keys.
struct Desk {
    engine: Engine,
    face: TerminalFace<TestBackend>,
}

impl Desk {
    fn new(items: usize) -> Result<Self, Error> {
        let terminal = Terminal::new(TestBackend::new(80, 24)).map_err(Error::other)?;
        let (options, keys) = (ScreenOptions::default(), Keymap::default());
        Ok(Self {
            engine: Engine::new(booth::setup(), plan(items), platform::now()),
            face: TerminalFace::new(terminal, options, keys, Arc::default()),
        })
    }

    /// Presses a key; gives what passes until its frame is drawn, µs.
    fn press(&mut self, command: Command) -> Result<f64, Error> {
        let begun = Instant::now();
        let at = platform::now();
        let _ = self
            .engine
            .update(Input::Face(FromFace::Command(command, at)), at);
        let view = self.engine.view(at);
        self.face.show(&View::Session(Box::new(view)))?;
        Ok(begun.elapsed().as_secs_f64() * 1e6)
    }

    fn press_often(&mut self, commands: &[Command]) -> Result<String, Error> {
        let mut times = Vec::new();
        for _ in 0..KEYS {
            for (index, command) in commands.iter().enumerate() {
                let took = self.press(command.clone())?;
                if index == 0 {
                    times.push(took);
                }
            }
        }
        times.sort_by(f64::total_cmp);
        Ok(format!(
            "{:.0} / {:.0} / {:.0}",
            times[0],
            times[KEYS / 2],
            times[KEYS - 1]
        ))
    }
}

/// Prints a row for a list of so many items.
///
/// # Errors
/// The terminal in memory cannot be drawn on.
pub fn row(items: usize) -> Result<(), Error> {
    let mut desk = Desk::new(items)?;
    let next = desk.press_often(&[Command::Next])?;
    let list = desk.press_often(&[Command::List, Command::Cancel])?;
    desk.press(Command::List)?;
    let within = desk.press_often(&[Command::Move(1)])?;
    let to_redo = desk.press_often(&[Command::Choose(2), Command::Choose(1)])?;
    println!("| {items} | {next} | {list} | {within} | {to_redo} |");
    Ok(())
}

fn plan(items: usize) -> Plan {
    let prompt = |n: usize| Prompt {
        id: format!("s-{n}"),
        text: format!("Sentence {n} says that the harbour is calm."),
        section: Some(format!("part {}", n * 10 / items)),
        repeat: 1,
        ..Prompt::default()
    };
    let list = PromptList {
        prompts: (0..items).map(prompt).collect(),
        ..PromptList::default()
    };
    let mut plan = Plan::new(Arc::new(list), &booth::items(items), 1, &[], false);
    for (n, item) in plan.items.iter_mut().enumerate().step_by(2) {
        let take_ref = TakeRef::new("s", "t", &format!("s-{n}_r1_1"));
        plan.heard.insert(take_ref.clone(), Heard::default());
        item.state = ItemState::Recorded;
        item.latest = Some(take_ref.clone());
        item.current = Some(take_ref);
    }
    plan
}
