//! The writer: carries out [`ToWriter`] messages in their order, and reports what is on the disk.
//!
//! `Saved` is said after everything succeeded, never before. Where the disk refuses, the message that failed and all
//! behind it stay in memory, in order, and are tried again every second; when the disk has room again nothing is missing.
//! What can never succeed (a decision on a take that is gone) is given up by itself and told.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::RecvTimeoutError;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::disk::{Disk, Job, Undone, kind_of, samples_in, take_of};
use super::messages::{DiskTrouble, FromWriter, ToWriter};
use super::queue::WriterReceiver;
use crate::corpus::error::CorpusError;
use crate::corpus::start::OpenSession;
use crate::platform;
use crate::units::Moment;

/// How often what has come is brought to the disk: what the power can take away.
const SYNC_EVERY: Duration = Duration::from_secs(1);
/// How often a failed message is tried again.
const RETRY_EVERY: Duration = Duration::from_secs(1);
/// How often the free space is told while takes are written.
const SPACE_EVERY: Duration = Duration::from_secs(5);
/// How long leaving waits for a disk that refuses.
const LEAVE_AFTER: Duration = Duration::from_secs(5);
/// How long the thread waits for a message before it looks after the rest.
const IDLE: Duration = Duration::from_millis(250);

/// The time, by both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Of the monotonic clock.
    pub moment: Moment,
    /// Of the calendar.
    pub utc: Timestamp,
}

impl Now {
    /// Reads both clocks.
    pub fn read() -> Self {
        Self {
            moment: platform::now(),
            utc: Timestamp::now(),
        }
    }

    /// The calendar's time of another moment.
    fn utc_of(self, moment: Moment) -> Timestamp {
        let ago = SignedDuration::from_nanos(self.moment.nanos_since(moment));
        self.utc.checked_sub(ago).unwrap_or(self.utc)
    }
}

/// What a [`Writer::step`] has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Samples that have left memory.
    pub samples: u64,
    /// Everything is written (or could not be, and was told); nothing more will be done.
    pub ended: bool,
}

/// Tells the session; called on the writer's thread.
pub type Report = Box<dyn Fn(FromWriter) + Send>;

/// The state of the writer's thread.
pub struct Writer {
    disk: Disk,
    /// What came and is not done, in order.
    jobs: VecDeque<Job>,
    /// Decisions on takes that are not closed yet.
    deferred: Vec<Job>,
    trouble: Option<Trouble>,
    asked_to_retry: bool,
    leaving_since: Option<Moment>,
    shut_down: bool,
    synced_at: Moment,
    space_told_at: Option<Moment>,
}

struct Trouble {
    kind: DiskTrouble,
    next_try: Moment,
}

/// Starts the writer's thread. It lets go of the speaker when it ends: after [`ToWriter::Shutdown`], or when every sender
/// is gone. `report` is called on it.
///
/// # Errors
/// The system gives no thread.
pub fn spawn(
    session: OpenSession,
    queue: WriterReceiver,
    report: Report,
) -> io::Result<JoinHandle<()>> {
    thread::Builder::new()
        .name("writer".into())
        .spawn(move || run(&mut Writer::new(session, report), &queue))
}

fn run(writer: &mut Writer, queue: &WriterReceiver) {
    loop {
        let message = match queue.recv_timeout(IDLE) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                if writer.leaving_since.is_some() {
                    thread::sleep(IDLE);
                }
                Some(ToWriter::Shutdown)
            }
        };
        let step = writer.step(message, Now::read());
        queue.written(step.samples);
        if step.ended {
            return;
        }
    }
}

impl Writer {
    /// A writer into `session`.
    pub fn new(session: OpenSession, report: Report) -> Self {
        Self {
            disk: Disk::new(session, report),
            jobs: VecDeque::new(),
            deferred: Vec::new(),
            trouble: None,
            asked_to_retry: false,
            leaving_since: None,
            shut_down: false,
            synced_at: Moment::default(),
            space_told_at: None,
        }
    }

    /// Takes the next message, does what can be done, and looks after syncs, tries and free space. Blocks.
    pub fn step(&mut self, message: Option<ToWriter>, now: Now) -> Step {
        if let Some(message) = message {
            self.take_in(message, now);
        }
        let mut step = Step::default();
        let due = self
            .trouble
            .as_ref()
            .is_none_or(|t| now.moment >= t.next_try);
        if due || self.asked_to_retry {
            self.do_jobs(now, &mut step);
            self.asked_to_retry = false;
        }
        let overdue = |since: Moment| now.moment.since(since) >= LEAVE_AFTER;
        if !step.ended && self.leaving_since.is_some_and(overdue) {
            self.give_up(&mut step);
        }
        if !step.ended {
            self.look_after(now);
        }
        step
    }

    fn take_in(&mut self, message: ToWriter, now: Now) {
        let at = match &message {
            ToWriter::Retry => {
                self.asked_to_retry = true;
                return;
            }
            ToWriter::Event(event) => now.utc_of(event.at),
            ToWriter::Shutdown => {
                self.leaving_since.get_or_insert(now.moment);
                now.utc
            }
            _ => now.utc,
        };
        self.jobs.push_back(Job { message, at });
    }

    /// Does jobs in order until one fails for now.
    fn do_jobs(&mut self, now: Now, step: &mut Step) {
        while let Some(job) = self.jobs.pop_front() {
            if self.is_early(&job) {
                self.deferred.push(job);
                continue;
            }
            match self.disk.carry_out(&job) {
                Ok(()) => self.done(&job),
                Err(Undone::Never(text)) => {
                    let take_ref = take_of(&job.message).cloned();
                    self.disk.failed(take_ref, DiskTrouble::Other, text, false);
                }
                Err(Undone::Wait(error)) => {
                    self.wait(&job, &error, now);
                    self.jobs.push_front(job);
                    return;
                }
            }
            step.samples += samples_in(&job.message);
        }
        if self.trouble.take().is_some() {
            self.disk.report(FromWriter::Resumed);
        }
        if self.shut_down {
            self.disk.report(FromWriter::Ended);
            step.ended = true;
        }
    }

    /// Whether this decides on a take that is still open: its closing comes from another thread.
    fn is_early(&self, job: &Job) -> bool {
        let about_it = matches!(
            &job.message,
            ToWriter::Decide { .. } | ToWriter::Annotate { .. } | ToWriter::Delete { .. }
        );
        about_it && take_of(&job.message).is_some_and(|take_ref| self.disk.is_open(take_ref))
    }

    fn done(&mut self, job: &Job) {
        match &job.message {
            ToWriter::Finish { take_ref, .. } => {
                let (due, later): (Vec<Job>, _) = std::mem::take(&mut self.deferred)
                    .into_iter()
                    .partition(|job| take_of(&job.message) == Some(take_ref));
                self.deferred = later;
                for job in due.into_iter().rev() {
                    self.jobs.push_front(job);
                }
            }
            ToWriter::Shutdown => {
                self.shut_down = true;
                self.jobs.extend(self.deferred.drain(..));
            }
            _ => {}
        }
    }

    fn wait(&mut self, job: &Job, error: &CorpusError, now: Now) {
        let kind = kind_of(error);
        let news = self.trouble.as_ref().is_none_or(|t| t.kind != kind);
        self.trouble = Some(Trouble {
            kind,
            next_try: now.moment + RETRY_EVERY,
        });
        if news || self.asked_to_retry {
            let text = format!(
                "{error}; what was recorded is kept in memory and written as soon as that is possible"
            );
            self.disk
                .failed(take_of(&job.message).cloned(), kind, text, true);
        }
    }

    /// Leaves although the disk refuses, and says what that costs.
    fn give_up(&mut self, step: &mut Step) {
        let samples: u64 = self.jobs.iter().map(|job| samples_in(&job.message)).sum();
        let seconds = self.disk.seconds(samples);
        let text = format!(
            "the disk took nothing more: {seconds:.1} s of audio and the last decisions are lost; what reached the disk before is finished at the next start"
        );
        let kind = self.trouble.as_ref().map_or(DiskTrouble::Other, |t| t.kind);
        self.disk.failed(None, kind, text, false);
        self.disk.report(FromWriter::Ended);
        self.jobs.clear();
        step.samples += samples;
        step.ended = true;
    }

    fn look_after(&mut self, now: Now) {
        if now.moment.since(self.synced_at) >= SYNC_EVERY {
            self.synced_at = now.moment;
            self.disk.sync();
        }
        let due = self
            .space_told_at
            .is_none_or(|told| self.disk.has_open_takes() && now.moment.since(told) >= SPACE_EVERY);
        if due && let Some(free_bytes) = self.disk.free_bytes() {
            self.space_told_at = Some(now.moment);
            self.disk.report(FromWriter::Space { free_bytes });
        }
    }
}
