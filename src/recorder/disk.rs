//! What each [`ToWriter`] message does to the folder of a session. Order and repetition are the writer's business.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use jiff::Timestamp;
use serde_json::json;

use super::messages::{
    DiskTrouble, FromWriter, SessionEvent, TakeDraft, TakeHead, TakeRef, ToWriter,
};
use super::take_file::TakeFile;
use super::writer::Report;
use crate::corpus::atomic::write_file;
use crate::corpus::commit::{commit_without_audio, delete_take};
use crate::corpus::draft::{Closing, Draft, DraftAudio};
use crate::corpus::error::{CorpusError, IoContext};
use crate::corpus::events;
use crate::corpus::layout::{TakePaths, events_file};
use crate::corpus::marks::Mark;
use crate::corpus::records::{self, EventRecord, Record, source_word, utc};
use crate::corpus::recovery::{Found, recover_take};
use crate::corpus::revision::{FieldChange, revise};
use crate::corpus::sidecar::{DecidedBy, DeviceRecord, Sidecar, Software, Status};
use crate::corpus::start::OpenSession;
use crate::platform;

/// A message, and when it came (for an event: when it happened).
pub(super) struct Job {
    pub message: ToWriter,
    pub at: Timestamp,
}

/// Why a job was not done.
pub(super) enum Undone {
    /// The disk may take it later.
    Wait(CorpusError),
    /// It can never be done; what happened, for people.
    Never(String),
}

impl From<CorpusError> for Undone {
    fn from(error: CorpusError) -> Self {
        Self::Wait(error)
    }
}

/// A session's folder and the takes that are open in it.
pub(super) struct Disk {
    session: OpenSession,
    report: Report,
    takes: BTreeMap<TakeRef, TakeFile>,
    events_unsynced: bool,
}

impl Disk {
    pub fn new(session: OpenSession, report: Report) -> Self {
        Self {
            session,
            report,
            takes: BTreeMap::new(),
            events_unsynced: false,
        }
    }

    pub fn report(&self, message: FromWriter) {
        (self.report)(message);
    }

    pub fn failed(
        &self,
        take_ref: Option<TakeRef>,
        trouble: DiskTrouble,
        text: String,
        retrying: bool,
    ) {
        (self.report)(FromWriter::Failed {
            take_ref,
            trouble,
            text,
            retrying,
        });
    }

    pub fn is_open(&self, take_ref: &TakeRef) -> bool {
        self.takes.contains_key(take_ref)
    }

    pub fn has_open_takes(&self) -> bool {
        !self.takes.is_empty()
    }

    /// How long `samples` samples of this session last.
    pub fn seconds(&self, samples: u64) -> f64 {
        let audio = &self.session.record.audio;
        let per_second = u64::from(audio.sample_rate_hz) * u64::from(audio.channels);
        samples as f64 / per_second.max(1) as f64
    }

    pub fn free_bytes(&self) -> Option<u64> {
        platform::free_bytes(&self.session.folder).ok()
    }

    /// Does all that the message asks for, or can be called again.
    pub fn carry_out(&mut self, job: &Job) -> Result<(), Undone> {
        match &job.message {
            ToWriter::Begin { draft, head } => self.begin(draft, head),
            ToWriter::Append { take_ref, samples } => self.append(take_ref, samples),
            ToWriter::Finish { take_ref, closing } => self.finish(take_ref, closing),
            ToWriter::Skip { draft, reason } => self.skip(draft, reason, job.at),
            ToWriter::Decide {
                take_ref,
                status,
                by,
                reasons,
            } => self.decide(take_ref, (*status, *by, reasons), job.at),
            ToWriter::Annotate { take_ref, mark, by } => self.annotate(take_ref, mark, *by, job.at),
            ToWriter::Delete { take_ref } => self.delete(take_ref, job.at),
            ToWriter::Event(event) => self.write_event(event, job.at),
            ToWriter::Shutdown => self.shut_down(),
            ToWriter::Retry => Ok(()),
        }
    }

    fn begin(&mut self, draft: &TakeDraft, head: &TakeHead) -> Result<(), Undone> {
        let paths = self.paths(&draft.take_ref);
        let audio = DraftAudio {
            file: paths.wav_name(),
            sample_rate_hz: head.format.sample_rate_hz,
            channels: head.format.channels,
            encoding: self.session.record.audio.encoding,
        };
        let device = DeviceRecord {
            host: head.source.host.clone(),
            id: head.source.id.clone(),
            name: head.source.name.clone(),
            block_frames: head.source.block_frames,
        };
        let sidecar = Sidecar {
            source: source_word(head.source.kind).into(),
            ..self.sidecar(draft, head.started_at)
        };
        let known = Draft::new(sidecar, audio, head.timing.clone(), device);
        let file = TakeFile::begin(paths, known)?;
        self.takes.insert(draft.take_ref.clone(), file);
        Ok(())
    }

    fn append(&mut self, take_ref: &TakeRef, samples: &[f32]) -> Result<(), Undone> {
        if !self.take(take_ref)?.append(samples)? {
            let text = format!(
                "{} is as large as a WAV file can be; what came until then is kept, what follows is not",
                take_ref.0
            );
            self.failed(Some(take_ref.clone()), DiskTrouble::Other, text, false);
        }
        Ok(())
    }

    fn finish(&mut self, take_ref: &TakeRef, closing: &Closing) -> Result<(), Undone> {
        let status = self.take(take_ref)?.finish(closing)?;
        self.takes.remove(take_ref);
        (self.report)(FromWriter::Saved {
            take_ref: take_ref.clone(),
            status,
        });
        Ok(())
    }

    fn skip(&mut self, draft: &TakeDraft, reason: &str, at: Timestamp) -> Result<(), Undone> {
        let sidecar = Sidecar {
            status: Status::Skipped,
            decided_by: DecidedBy::Speaker,
            reasons: vec![reason.into()],
            ..self.sidecar(draft, at)
        };
        commit_without_audio(&self.paths(&draft.take_ref), &sidecar)?;
        (self.report)(FromWriter::Saved {
            take_ref: draft.take_ref.clone(),
            status: Status::Skipped,
        });
        Ok(())
    }

    fn decide(
        &mut self,
        take_ref: &TakeRef,
        (status, by, reasons): (Status, DecidedBy, &[String]),
        at: Timestamp,
    ) -> Result<(), Undone> {
        let changes = vec![
            ("status", json!(status)),
            ("decided_by", json!(by)),
            ("reasons", json!(reasons)),
        ];
        self.rewrite(take_ref, changes, by, at)?;
        (self.report)(FromWriter::Decided {
            take_ref: take_ref.clone(),
            status,
        });
        Ok(())
    }

    fn annotate(
        &mut self,
        take_ref: &TakeRef,
        mark: &Mark,
        by: DecidedBy,
        at: Timestamp,
    ) -> Result<(), Undone> {
        self.rewrite(take_ref, mark.changes(), by, at)?;
        (self.report)(FromWriter::Annotated {
            take_ref: take_ref.clone(),
        });
        Ok(())
    }

    /// Makes one revision of a saved take's sidecar.
    fn rewrite(
        &self,
        take_ref: &TakeRef,
        changes: Vec<FieldChange>,
        by: DecidedBy,
        at: Timestamp,
    ) -> Result<(), Undone> {
        let path = self.paths(take_ref).json();
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let text = format!("{} is not there, so nothing was decided on it", take_ref.0);
                return Err(Undone::Never(text));
            }
            read => read.at("read", &path)?,
        };
        // A sidecar that is not understood today will not be understood in a second.
        let revised = revise(&text, &path, by, at, changes)
            .map_err(|error| Undone::Never(format!("{error}; the decision was not written")))?;
        if let Some(text) = revised {
            write_file(&path, text.as_bytes())?;
        }
        Ok(())
    }

    fn delete(&mut self, take_ref: &TakeRef, at: Timestamp) -> Result<(), Undone> {
        delete_take(&self.paths(take_ref), at)?;
        (self.report)(FromWriter::Deleted {
            take_ref: take_ref.clone(),
        });
        Ok(())
    }

    fn write_event(&mut self, event: &SessionEvent, at: Timestamp) -> Result<(), Undone> {
        let record = EventRecord {
            format: EventRecord::FORMAT.into(),
            at: utc(at),
            event: event.event.into(),
            take: event
                .take_ref
                .as_ref()
                .map(|take_ref| take_ref.0.to_string()),
            stream: event.frame.map(|at| at.stream),
            frame: event.frame.map(|at| at.frame),
            data: event.data.clone(),
        };
        events::append(&events_file(&self.session.folder), &record)?;
        self.events_unsynced = true;
        Ok(())
    }

    /// Commits what nobody closed, as recovery would, and syncs the events.
    fn shut_down(&mut self) -> Result<(), Undone> {
        while let Some((take_ref, file)) = self.takes.pop_first() {
            let paths = file.paths().clone();
            drop(file);
            // Where this fails, the next start does it again.
            match recover_take(&paths) {
                Ok(Some(Found::Interrupted { .. })) => (self.report)(FromWriter::Saved {
                    take_ref,
                    status: Status::Interrupted,
                }),
                Ok(_) => {}
                Err(error) => {
                    let text = format!("{error}; the take is finished at the next start");
                    self.failed(Some(take_ref), kind_of(&error), text, false);
                }
            }
        }
        events::sync(&events_file(&self.session.folder))?;
        Ok(())
    }

    /// Brings what came so far to the disk.
    pub fn sync(&mut self) {
        let mut failures = Vec::new();
        for (take_ref, file) in &mut self.takes {
            if let Err(error) = file.sync() {
                failures.push((take_ref.clone(), error));
            }
        }
        for (take_ref, error) in failures {
            let text = format!("{error}; the take goes on and will say that a part may be lost");
            self.failed(Some(take_ref), kind_of(&error), text, false);
        }
        if std::mem::take(&mut self.events_unsynced)
            && let Err(error) = events::sync(&events_file(&self.session.folder))
        {
            self.failed(None, kind_of(&error), error.to_string(), false);
        }
    }

    fn take(&mut self, take_ref: &TakeRef) -> Result<&mut TakeFile, Undone> {
        self.takes.get_mut(take_ref).ok_or_else(|| {
            Undone::Never(format!(
                "{} was never begun, so nothing of it was written",
                take_ref.0
            ))
        })
    }

    fn paths(&self, take_ref: &TakeRef) -> TakePaths {
        TakePaths::new(&self.session.corpus, take_ref)
    }

    /// The sidecar of a take that nothing is known of but what the session knows.
    fn sidecar(&self, draft: &TakeDraft, started_at: Timestamp) -> Sidecar {
        Sidecar {
            format: Sidecar::FORMAT.into(),
            id: uuid::Uuid::now_v7().to_string(),
            revision: 1,
            history: Vec::new(),
            source: self.session.record.source.clone(),
            prompt: draft.prompt.clone(),
            repeat: draft.repeat,
            pass: draft.pass,
            position: draft.position,
            role: draft.role.into(),
            take: draft.take,
            supersedes: draft.supersedes.as_ref().and_then(|old| self.id_of(old)),
            status: Status::Unreviewed,
            decided_by: DecidedBy::Auto,
            reasons: Vec::new(),
            transcript: None,
            label_confirmed: None,
            flagged: false,
            note: None,
            speaker: self.session.record.speaker.clone(),
            session: self.session.record.session.clone(),
            started_at: utc(started_at),
            audio: None,
            timing: None,
            integrity: None,
            quality: None,
            device: None,
            software: Software::this(),
        }
    }

    /// The UUID of a take that is open or saved.
    fn id_of(&self, take_ref: &TakeRef) -> Option<String> {
        if let Some(open) = self.takes.get(take_ref) {
            return Some(open.id().to_owned());
        }
        let saved = records::read::<Sidecar>(&self.paths(take_ref).json());
        saved.ok().map(|sidecar| sidecar.id)
    }
}

/// The take that a message is about.
pub(super) fn take_of(message: &ToWriter) -> Option<&TakeRef> {
    match message {
        ToWriter::Begin { draft, .. } | ToWriter::Skip { draft, .. } => Some(&draft.take_ref),
        ToWriter::Append { take_ref, .. }
        | ToWriter::Finish { take_ref, .. }
        | ToWriter::Decide { take_ref, .. }
        | ToWriter::Annotate { take_ref, .. }
        | ToWriter::Delete { take_ref } => Some(take_ref),
        ToWriter::Event(_) | ToWriter::Retry | ToWriter::Shutdown => None,
    }
}

/// Samples that a message keeps in memory.
pub(super) fn samples_in(message: &ToWriter) -> u64 {
    match message {
        ToWriter::Append { samples, .. } => samples.len() as u64,
        _ => 0,
    }
}

pub(super) fn kind_of(error: &CorpusError) -> DiskTrouble {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error {
        CorpusError::Io { source, .. } => match source.kind() {
            StorageFull | QuotaExceeded => DiskTrouble::Full,
            ReadOnlyFilesystem | PermissionDenied => DiskTrouble::ReadOnly,
            _ => DiskTrouble::Other,
        },
        _ => DiskTrouble::Other,
    }
}
