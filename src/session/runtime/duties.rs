//! What the state machines ask for, carried out: handed to the threads that do it, never waited for.

use std::sync::Arc;

use super::{Sitting, Wake, chosen, no_thread};
use crate::audio::SourceInfo;
use crate::audio::inputs::InputInfo;
use crate::audio::playback::ToPlayback;
use crate::audio::supervisor::{FromDevice, ToDevice};
use crate::corpus::layout::TakePaths;
use crate::corpus::records::utc;
use crate::corpus::{outline, scan};
use crate::recorder::messages::{TakeRef, ToCapture};
use crate::recorder::recall;
use crate::session::lobby::{Lobby, LobbyEffect};
use crate::session::messages::{DeviceFact, Effect, Input, InputName, Looked};
use crate::session::runtime::BoothError;
use crate::session::start::StartOrder;

/// Inputs that can be chosen by a digit, with the demo speaker as the last.
const INPUTS_MAX: usize = 8;
/// Columns of a take's outline: as many dots as the widest picture of it has.
const OUTLINE_COLUMNS: usize = 240;

impl Sitting<'_> {
    pub(super) fn carry_out_for(&self, lobby: &mut Lobby, effect: LobbyEffect) {
        match effect {
            LobbyEffect::Open => drop(self.source.send(ToDevice::Open(self.config.open.clone()))),
            LobbyEffect::OpenInput(choice) => {
                let mut request = self.config.open.clone();
                request.input = chosen(choice);
                let _ = self.source.send(ToDevice::Open(request));
            }
            LobbyEffect::Reopen => drop(self.source.send(ToDevice::Reopen)),
            LobbyEffect::Close => drop(self.source.send(ToDevice::Close)),
            LobbyEffect::Recall(speaker) => self.recall(speaker),
            LobbyEffect::Confirmed => lobby.confirmed_at(&utc(jiff::Timestamp::now())),
            LobbyEffect::Start { speaker, source } => self.begin(speaker, *source, lobby),
            LobbyEffect::Leave | LobbyEffect::Stop => {}
        }
    }

    /// Reads what a speaker has said before on a thread of its own; `Wake::Recalled` has it.
    pub(super) fn recall(&self, speaker: String) {
        let (corpus, wake) = (self.config.corpus.clone(), self.wake.0.clone());
        std::thread::spawn(move || {
            let said = scan::speaker(&corpus, &speaker).map_err(|why| why.to_string());
            drop(wake.send(Wake::Recalled(said)));
        });
    }

    /// Hands the ring on to the capture thread and keeps the fact.
    pub(super) fn source_fact(&mut self, fact: FromDevice) -> Input {
        Input::Device(match fact {
            FromDevice::Opened { info, reader } => {
                tracing::info!(
                    host = info.host,
                    rate = info.format.sample_rate_hz,
                    "source opened"
                );
                let _ = self.capture.send(ToCapture::Attach {
                    info: info.clone(),
                    reader,
                });
                DeviceFact::Opened(info)
            }
            FromDevice::Unavailable { reason, inputs } => {
                tracing::warn!(reason, "no source");
                let name = |i: InputInfo| InputName {
                    id: i.id,
                    name: i.name,
                };
                let inputs = inputs.into_iter().map(name).take(INPUTS_MAX).collect();
                DeviceFact::Unavailable { reason, inputs }
            }
            FromDevice::Gone { name } => {
                tracing::warn!("source gone");
                DeviceFact::Gone { name }
            }
        })
    }

    /// Prepares the session's folder on a thread of its own; `Wake::Started` says how it went.
    pub(super) fn begin(&self, speaker: String, source: SourceInfo, lobby: &Lobby) {
        let order = StartOrder {
            config: self.config.clone(),
            speaker,
            answers: lobby.answers().clone(),
            source,
            mode: lobby.mode(),
        };
        let wake = self.wake.0.clone();
        std::thread::spawn(move || drop(wake.send(Wake::Started(order.carry_out().map(Box::new)))));
    }

    /// Tells the capture thread who speaks, and what the corpus's takes of this list's labels sound like.
    pub(super) fn meet(&self, speaker: &str) -> Result<(), BoothError> {
        let _ = self.capture.send(ToCapture::Meet {
            speaker: speaker.to_owned(),
            thresholds: self.config.thresholds.clone(),
        });
        let labels = self
            .config
            .list
            .prompts
            .iter()
            .filter_map(|p| p.label.clone());
        let labels: Vec<String> = labels.collect();
        let capture = self.capture.clone();
        let tell = move |take| capture.send(ToCapture::Recall(Box::new(take))).is_ok();
        recall::spawn(self.config.corpus.clone(), speaker.to_owned(), labels, tell)
            .map(drop)
            .map_err(no_thread)
    }

    pub(super) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Capture(message) => drop(self.capture.send(message)),
            Effect::Note(event) => drop(self.capture.send(ToCapture::Note(event))),
            Effect::Write(message) => drop(self.writer.send(message)),
            Effect::Reopen => drop(self.source.send(ToDevice::Reopen)),
            Effect::Cue { text, at, given } => {
                drop(self.source.send(ToDevice::Cue { text, at, given }));
            }
            Effect::Play(take_ref) => {
                let wav = self.config.corpus.join(format!("{}.wav", take_ref.0));
                let _ = self.playback.send(ToPlayback::Play(wav));
            }
            Effect::PlayPart { take_ref, frames } => {
                let wav = self.config.corpus.join(format!("{}.wav", take_ref.0));
                let _ = self.playback.send(ToPlayback::PlayPart(wav, frames));
            }
            Effect::PlayPrompt(id) => {
                let sound = self.config.sounds.get(&id).cloned();
                // Without one, the player says that there is no such file.
                let _ = self
                    .playback
                    .send(ToPlayback::Play(sound.unwrap_or_default()));
            }
            Effect::Look(take_ref) => self.look(take_ref),
            Effect::StopPlaying => drop(self.playback.send(ToPlayback::Stop)),
            Effect::OpenInput(_) | Effect::Leave | Effect::Stop => {}
        }
    }

    /// Reads a take on a thread of its own; `Input::Looked` says what it looks like.
    pub(super) fn look(&self, take_ref: TakeRef) {
        let paths = TakePaths::new(&self.config.corpus, &take_ref);
        let wake = self.wake.0.clone();
        std::thread::spawn(move || {
            let outline = outline::outline(&paths, OUTLINE_COLUMNS);
            let outline = outline.map(Arc::new).map_err(|why| why.to_string());
            let looked = Looked { take_ref, outline };
            drop(wake.send(Wake::Input(Input::Looked(looked))));
        });
    }
}
