//! Takes the terminal and gives it back: raw mode, alternate screen, bracketed paste, focus reports, key releases, and
//! file descriptor 2, which goes to the log meanwhile so that nothing a library prints lands on the screen.
//!
//! There is one terminal, so its state is one static. It is given back when [`Screen`] is dropped, when any thread
//! panics ([`give_back_on_panic`]), and whenever [`restore`] is called, once or often, from any thread. From then on
//! nothing more is drawn until [`Screen::enter`] or [`Screen::resume`].

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use crossterm::Command;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange,
    KeyboardEnhancementFlags, PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::platform::{self, StderrGuard};

/// How the terminal is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A full screen of its own.
    Screen,
    /// Lines, after what is there already.
    Lines,
}

/// Held while the terminal is ours.
struct Taken {
    stderr: Option<StderrGuard>,
    releases: bool,
    used: Use,
}

static TAKEN: Mutex<Option<Taken>> = Mutex::new(None);

fn taken() -> MutexGuard<'static, Option<Taken>> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The terminal, ours until this is dropped.
#[derive(Debug)]
pub struct Screen {
    log: Option<File>,
    used: Use,
}

impl Screen {
    /// Takes the terminal. What is written to file descriptor 2 goes to `log` (without one it stays where it is).
    ///
    /// # Errors
    /// There is no terminal, or it cannot be set; it is as it was.
    pub fn enter(used: Use, log: Option<File>) -> io::Result<Self> {
        let mut screen = Self { log, used };
        screen.resume()?;
        Ok(screen)
    }

    /// Gives the terminal back for a while, before the program stops itself.
    pub fn leave(&mut self) {
        restore();
    }

    /// Takes the terminal again. What was typed meanwhile is thrown away; everything must be drawn anew
    /// ([`super::state::Shared::ask_redraw`]).
    ///
    /// # Errors
    /// As for [`Screen::enter`].
    pub fn resume(&mut self) -> io::Result<()> {
        let mut state = taken();
        if state.is_some() {
            return Ok(());
        }
        crossterm::terminal::enable_raw_mode()?;
        if let Err(error) = platform::write_stdout(&ansi(|out| {
            if self.used == Use::Screen {
                EnterAlternateScreen.write_ansi(out)?;
                crossterm::cursor::Hide.write_ansi(out)?;
            }
            EnableBracketedPaste.write_ansi(out)?;
            EnableFocusChange.write_ansi(out)
        })) {
            let _ = crossterm::terminal::disable_raw_mode(); // the first error is the one to tell
            return Err(error);
        }
        platform::discard_typed_ahead();
        // Without the redirection a library's message may cross the screen: no reason not to record.
        let stderr = self
            .log
            .as_ref()
            .and_then(|log| platform::redirect_stderr(log).ok());
        *state = Some(Taken {
            stderr,
            releases: false,
            used: self.used,
        });
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back if it is taken: the second call does nothing. Safe from any thread, not from within a signal
/// handler (call it from the thread that waits for signals). Blocks for 100 ms at most, also where the terminal takes
/// nothing any more: then its modes are set back and its picture is left as it is.
pub fn restore() {
    let state = patiently_taken();
    let taken = match state {
        Some(mut state) => match state.take() {
            Some(taken) => Some(taken),
            None => return,
        },
        None => None, // somebody is stuck in a write: give back what can be
    };
    let releases = taken.as_ref().is_none_or(|t| t.releases);
    let screen = taken.as_ref().is_none_or(|t| t.used == Use::Screen);
    let bytes = ansi(|out| {
        if releases {
            PopKeyboardEnhancementFlags.write_ansi(out)?;
        }
        DisableFocusChange.write_ansi(out)?;
        DisableBracketedPaste.write_ansi(out)?;
        if !screen {
            return Ok(());
        }
        EndSynchronizedUpdate.write_ansi(out)?;
        LeaveAlternateScreen.write_ansi(out)?;
        crossterm::cursor::Show.write_ansi(out)
    });
    if platform::stdout_is_free() {
        // The terminal may be gone: then there is nothing to give back.
        let _ = platform::write_stdout(&bytes);
    }
    platform::discard_typed_ahead();
    let _ = crossterm::terminal::disable_raw_mode();
    drop(taken.and_then(|t| t.stderr));
}

/// The state, or `None` when another thread has held it for 100 ms: it hangs in a terminal that takes nothing.
fn patiently_taken() -> Option<MutexGuard<'static, Option<Taken>>> {
    for _ in 0..20 {
        match TAKEN.try_lock() {
            Ok(state) => return Some(state),
            Err(TryLockError::Poisoned(state)) => return Some(state.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    None
}

/// From now on a panic on any thread first gives the terminal back, so that its message can be read.
pub fn give_back_on_panic() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        report(info);
    }));
}

/// Asks the terminal to report key releases, or to stop. Text fields need it off, for input methods. Blocks.
///
/// # Errors
/// The terminal cannot be written.
pub fn report_releases(on: bool) -> io::Result<()> {
    let mut state = taken();
    let Some(taken) = state.as_mut().filter(|taken| taken.releases != on) else {
        return Ok(());
    };
    let flags = KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES
        | KeyboardEnhancementFlags::REPORT_EVENT_TYPES
        | KeyboardEnhancementFlags::REPORT_ALL_KEYS_AS_ESCAPE_CODES
        | KeyboardEnhancementFlags::REPORT_ALTERNATE_KEYS;
    platform::write_stdout(&ansi(|out| {
        if on {
            PushKeyboardEnhancementFlags(flags).write_ansi(out)
        } else {
            PopKeyboardEnhancementFlags.write_ansi(out)
        }
    }))?;
    taken.releases = on;
    Ok(())
}

fn ansi(write: impl FnOnce(&mut String) -> std::fmt::Result) -> Vec<u8> {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut text);
    text.into_bytes()
}

/// A ratatui terminal on standard output.
///
/// # Errors
/// The size of the terminal cannot be read.
pub fn drawing() -> io::Result<Terminal<CrosstermBackend<Frames>>> {
    Terminal::new(CrosstermBackend::new(Frames::default()))
}

/// Writes lines to standard output while the terminal is taken.
#[derive(Debug, Default)]
pub struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if taken().is_some() {
            platform::write_stdout(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Collects what is drawn and sends it as one synchronized update (terminals that do not know the mark ignore it), and
/// only while the terminal is taken.
#[derive(Debug, Default)]
pub struct Frames {
    collected: Vec<u8>,
}

impl Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.collected.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.collected.is_empty() {
            return Ok(());
        }
        let mut frame = ansi(|out| BeginSynchronizedUpdate.write_ansi(out));
        frame.append(&mut self.collected);
        frame.extend(ansi(|out| EndSynchronizedUpdate.write_ansi(out)));
        let state = taken();
        if state.is_some() {
            platform::write_stdout(&frame)?;
        }
        Ok(())
    }
}
