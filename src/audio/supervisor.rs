//! The thread that owns the stream: opens it, sees when the source has gone, and takes the same one again.
//!
//! Only the same source in the same format is ever taken by itself; anything else waits to be asked for. A source that
//! cannot be opened is told with the reason and the inputs there are, and nothing is tried again until
//! [`ToDevice::Reopen`] or [`ToDevice::Open`] comes. Opening and closing may take as long as the audio server pleases,
//! so nobody waits for this thread.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::inputs::{InputChoice, InputInfo, OpenRequest};
use super::ring::RingReader;
use super::sources::{Opened, RealSources, Running, Sources};
use super::{Given, SourceInfo};
use crate::platform;
use crate::units::Moment;

/// How often an open stream is asked whether it is dead: a load of an atomic.
const GLANCE: Duration = Duration::from_millis(250);
/// How often a source that has gone is looked for.
const LOOK: Duration = Duration::from_secs(1);
/// How long closing may hold things up; a server that hangs is left to its fate.
const CLOSING: Duration = Duration::from_secs(1);

/// From the session to the supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToDevice {
    /// Open this source; whatever was open is closed.
    Open(OpenRequest),
    /// Close and open again what was last asked for: the very source that it led to, if it was ever opened. A source that
    /// has gone goes on being waited for.
    Reopen,
    /// The speaker is to say something; the demo speaker does, others ignore it.
    Cue {
        /// What to say.
        text: String,
        /// When it was given.
        at: Moment,
        /// By what.
        given: Given,
    },
    /// Close the source. The thread itself ends when all senders are gone.
    Close,
}

/// From the supervisor to the session.
#[derive(Debug)]
pub enum FromDevice {
    /// A source is open; `reader.stream()` is the number of the opening, from 1 in this run.
    Opened {
        /// What it is.
        info: SourceInfo,
        /// Its ring.
        reader: RingReader,
    },
    /// What was asked for cannot be opened; nothing is open.
    Unavailable {
        /// What happened and what to do, in plain words.
        reason: String,
        /// The inputs there are.
        inputs: Vec<InputInfo>,
    },
    /// The source has gone. It is taken again by itself when it is back.
    Gone {
        /// Its name.
        name: String,
    },
}

/// Starts the thread, which reports through `report` and ends when the sender is dropped.
///
/// # Errors
/// The system gives no thread.
pub fn spawn(report: Box<dyn Fn(FromDevice) + Send>) -> std::io::Result<Sender<ToDevice>> {
    let (sender, inbox) = channel();
    let supervisor = Supervisor::new(RealSources, report);
    thread::Builder::new()
        .name("device".to_owned())
        .spawn(move || run(supervisor, &inbox))?;
    Ok(sender)
}

fn run<S: Sources>(mut supervisor: Supervisor<S>, inbox: &Receiver<ToDevice>) {
    loop {
        let message = match supervisor.patience() {
            Some(wait) => inbox.recv_timeout(wait),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match message {
            Ok(message) => supervisor.step(Some(message), platform::now()),
            Err(RecvTimeoutError::Timeout) => supervisor.step(None, platform::now()),
            Err(RecvTimeoutError::Disconnected) => return supervisor.close(),
        }
    }
}

/// The thread's step, with the audio system and the clock outside.
struct Supervisor<S> {
    sources: S,
    report: Box<dyn Fn(FromDevice) + Send>,
    /// What was last asked for; once opened, it names the very source.
    request: Option<OpenRequest>,
    state: State,
    openings: u32,
}

enum State {
    /// Nothing is open and nothing is tried.
    Closed,
    /// A source is open.
    Open {
        info: SourceInfo,
        running: Box<dyn Running>,
    },
    /// The source has gone and is waited for.
    Lost { info: SourceInfo, try_at: Moment },
}

impl<S: Sources> Supervisor<S> {
    fn new(sources: S, report: Box<dyn Fn(FromDevice) + Send>) -> Self {
        Self {
            sources,
            report,
            request: None,
            state: State::Closed,
            openings: 0,
        }
    }

    /// How long to wait for a message before the next step; `None`: for as long as it takes.
    fn patience(&self) -> Option<Duration> {
        match self.state {
            State::Closed => None,
            State::Open { .. } => Some(GLANCE),
            State::Lost { .. } => Some(LOOK),
        }
    }

    fn step(&mut self, message: Option<ToDevice>, now: Moment) {
        match message {
            Some(ToDevice::Open(request)) => {
                self.request = Some(request);
                self.open();
            }
            Some(ToDevice::Reopen) => self.reopen(now),
            Some(ToDevice::Close) => self.close(),
            Some(ToDevice::Cue { text, at, given }) => {
                if let State::Open { running, .. } = &self.state {
                    running.cue(&text, at, given);
                }
            }
            None => self.look(now),
        }
    }

    fn close(&mut self) {
        if let State::Open { running, .. } = std::mem::replace(&mut self.state, State::Closed) {
            let (done, closed) = channel();
            thread::spawn(move || {
                drop(running);
                let _ = done.send(());
            });
            let _ = closed.recv_timeout(CLOSING);
        }
    }

    fn reopen(&mut self, now: Moment) {
        match &self.state {
            State::Closed => self.open(),
            State::Open { info, .. } => {
                let info = info.clone();
                let name = info.name.clone();
                self.close();
                let try_at = now + LOOK;
                self.state = State::Lost {
                    info: info.clone(),
                    try_at,
                };
                self.try_again(&info);
                if matches!(self.state, State::Lost { .. }) {
                    (self.report)(FromDevice::Gone { name });
                }
            }
            State::Lost { info, .. } => {
                let info = info.clone();
                self.try_again(&info);
            }
        }
    }

    /// Opens what was asked for, and tells it or why not.
    fn open(&mut self) {
        self.close();
        let Some(request) = self.request.clone() else {
            return;
        };
        match self.sources.open(&request, self.openings + 1) {
            Ok(opened) => self.opened(opened),
            Err(error) => self.unavailable(error.to_string()),
        }
    }

    fn opened(&mut self, opened: Opened) {
        let Opened {
            info,
            reader,
            running,
        } = opened;
        self.openings += 1;
        if let Some(request) = &mut self.request
            && matches!(request.input, InputChoice::Default | InputChoice::Named(_))
        {
            request.input = InputChoice::Named(info.id.clone());
            request.host = Some(info.host.clone());
        }
        self.state = State::Open {
            info: info.clone(),
            running,
        };
        (self.report)(FromDevice::Opened { info, reader });
    }

    fn unavailable(&mut self, reason: String) {
        let inputs = self.sources.inputs();
        (self.report)(FromDevice::Unavailable { reason, inputs });
    }

    /// Time has passed: is the source still there, or there again?
    fn look(&mut self, now: Moment) {
        match &mut self.state {
            State::Closed => {}
            State::Open { info, running } => {
                if running.is_dead() {
                    let info = info.clone();
                    self.lose(info, now);
                }
            }
            State::Lost { info, try_at } => {
                if now >= *try_at {
                    *try_at = now + LOOK;
                    let info = info.clone();
                    self.try_again(&info);
                }
            }
        }
    }

    fn lose(&mut self, info: SourceInfo, now: Moment) {
        self.close();
        let name = info.name.clone();
        let try_at = now + LOOK;
        self.state = State::Lost { info, try_at };
        (self.report)(FromDevice::Gone { name });
    }

    /// Takes the lost source again if it is back as it was.
    fn try_again(&mut self, lost: &SourceInfo) {
        let Some(request) = self.request.clone() else {
            return;
        };
        let Ok(opened) = self.sources.open(&request, self.openings + 1) else {
            return; // not back yet
        };
        if is_same(lost, &opened.info) {
            return self.opened(opened);
        }
        self.state = State::Closed;
        self.unavailable(format!(
            "{} came back with other settings ({} channels, before {}); choose it anew to go on",
            lost.name, opened.info.device_channels, lost.device_channels
        ));
    }
}

/// The same source in the same format.
fn is_same(before: &SourceInfo, now: &SourceInfo) -> bool {
    let key = |info: &SourceInfo| {
        (
            info.host.clone(),
            info.id.clone(),
            info.format,
            info.device_channels,
            info.channel_map.clone(),
        )
    };
    key(before) == key(now)
}

#[cfg(test)]
mod tests;
