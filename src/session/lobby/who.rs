//! Who speaks?

use std::sync::Arc;

use crate::corpus::error::CorpusError;
use crate::corpus::forgotten::{Forgotten, Subject};
use crate::corpus::names;
use crate::session::Command;
use crate::session::view::{KnownSpeaker, WhoSpeaks};

/// The first question, until it is answered and after.
#[derive(Clone, Debug)]
pub(super) struct Who {
    known: Vec<KnownSpeaker>,
    asks: WhoSpeaks,
    speaker: Option<String>,
    was_asked: bool,
    forgotten: Arc<Forgotten>,
}

impl Who {
    /// `asked`: the id on the command line, taken as it is where it is new.
    pub(super) fn new(known: Vec<KnownSpeaker>, asked: Option<String>, generated: String) -> Self {
        let found = match &asked {
            Some(id) => known.iter().find(|k| k.id == *id),
            None => known.first(),
        };
        let asks = WhoSpeaks {
            suggested: generated,
            known: found.cloned(),
            refused: None,
            list: None,
        };
        let speaker = asked.filter(|_| asks.known.is_none());
        Self {
            known,
            asks,
            was_asked: speaker.is_none(),
            speaker,
            forgotten: Arc::default(),
        }
    }

    /// Says what is going to be read.
    pub(super) fn reading(&mut self, list: String) {
        self.asks.list = Some(list);
    }

    /// Refuses who has withdrawn.
    pub(super) fn refusing(&mut self, forgotten: Arc<Forgotten>) {
        self.forgotten = forgotten;
    }

    pub(super) fn speaker(&self) -> Option<&str> {
        self.speaker.as_deref()
    }

    /// The speaker was not settled from the start.
    pub(super) fn was_asked(&self) -> bool {
        self.was_asked
    }

    pub(super) fn view(&self) -> WhoSpeaks {
        self.asks.clone()
    }

    /// Asks once more; `false` where it was never asked.
    pub(super) fn again(&mut self) -> bool {
        if self.was_asked {
            self.speaker = None;
        }
        self.was_asked
    }

    pub(super) fn command(&mut self, command: &Command) {
        match (&self.asks.known, command) {
            (Some(known), Command::Accept | Command::Yes) => self.speaker = Some(known.id.clone()),
            (Some(_), Command::No) => self.asks.known = None,
            (_, Command::Speaker(id)) => self.typed(id),
            _ => {}
        }
    }

    fn typed(&mut self, id: &str) {
        let id = id.trim();
        if let Err(why) = names::check_speaker_id(id) {
            self.asks.refused = Some(why.to_string());
            return;
        }
        if self.forgotten.has(Subject::Speaker(id)) {
            let speaker = id.to_owned();
            self.asks.refused = Some(CorpusError::Forgotten { speaker }.to_string());
            return;
        }
        self.asks.refused = None;
        match self.known.iter().find(|k| k.id == id) {
            Some(known) if self.asks.known.as_ref() != Some(known) => {
                self.asks.known = Some(known.clone());
            }
            _ => self.speaker = Some(id.to_owned()),
        }
    }
}
