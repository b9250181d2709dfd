//! The capture thread: drains the ring, moves the stream forward, lets the cutter cut, and tells what it notices.
//!
//! Promise: [`Capture`] is the whole thread as a state machine that is told the time; [`spawn`] is a dumb loop around it.
//! It touches no file and waits for nobody, so a stalled disk stops neither clock nor meter nor the next take.
//!
//! How it fails: where it panics, the takes that run are ended as they stand (`interrupted`, `program_error`), the
//! session hears [`FromCapture::Ended`] unasked, and what the writer has of a take is in its `.part`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::audio::SourceInfo;
use crate::audio::ring::RingReader;
use crate::platform;
use crate::signal::level::peak;
use crate::units::Moment;

use super::cutter::Cutter;
use super::messages::{
    FromCapture, Outcome, SessionEvent, StreamFrame, ToCapture, ToWriter, WindowSettings,
};
use super::meter::Meter;
use super::queue::WriterSender;
use super::stream::Stream;
use super::window::{LOOK_BACK_MS, words};

/// How long the ring may wait to be drained.
const DRAIN_EVERY: Duration = Duration::from_millis(10);
/// No block for so long is told.
const STALLED_AFTER: Duration = Duration::from_secs(1);
/// No block for so long ends the takes that run.
const LOST_AFTER: Duration = Duration::from_secs(3);
/// Exact digital silence of so many milliseconds is told.
const MUTED_AFTER_MS: u32 = 1000;
/// Asleep for longer than this, the stream is another one.
const SLEPT_FOR: Duration = Duration::from_millis(500);
/// Kept beyond what a take may reach back: device latency, late keys, a slow step, ms.
const SLACK_MS: u32 = 2000;

/// What the capture thread must know of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureSettings {
    /// The window rules' numbers.
    pub windows: WindowSettings,
    /// What becomes of takes that end by themselves (`max_take`).
    pub unattended: Outcome,
    /// Longest pre-roll that any prompt asks for, ms; 0 where none does.
    pub longest_pre_roll_ms: u32,
}

/// The system's clocks, read at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Monotonic.
    pub moment: Moment,
    /// Wall clock.
    pub utc: jiff::Timestamp,
    /// How long the machine has slept since it was started.
    pub suspended: Duration,
}

impl Now {
    /// Reads the clocks.
    pub fn read() -> Self {
        Self {
            moment: platform::now(),
            utc: jiff::Timestamp::now(),
            suspended: platform::suspended(),
        }
    }
}

/// Whether the thread goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Wait for a message or for a moment, then step again.
    Wait,
    /// It is over.
    Leave,
}

/// Where facts go.
pub type Tell = Box<dyn Fn(FromCapture) + Send>;

/// The capture thread's state.
pub struct Capture {
    keep_ms: u32,
    cutter: Cutter,
    attached: Option<Attached>,
    meter: Arc<Meter>,
    writer: WriterSender,
    tell: Tell,
    /// Told at the end of each call.
    facts: Vec<FromCapture>,
    suspended: Option<Duration>,
    /// The last microphone check's, dBFS.
    speech_peak_dbfs: Option<f64>,
    leaving: bool,
}

impl Capture {
    /// A capture thread's state with no source.
    pub fn new(
        settings: CaptureSettings,
        writer: WriterSender,
        meter: Arc<Meter>,
        tell: Tell,
    ) -> Self {
        Self {
            keep_ms: (settings.windows.pre_roll_ms)
                .max(settings.longest_pre_roll_ms)
                .max(LOOK_BACK_MS)
                + SLACK_MS,
            cutter: Cutter::new(settings.windows, settings.unattended, writer.clone()),
            attached: None,
            meter,
            writer,
            tell,
            facts: Vec::new(),
            suspended: None,
            speech_peak_dbfs: None,
            leaving: false,
        }
    }

    /// Does what the session says. Never blocks.
    pub fn handle(&mut self, message: ToCapture, now: Now) {
        self.notice_sleep(now);
        match message {
            ToCapture::Attach { info, reader } => {
                self.detach(words::DEVICE_LOST, now.moment);
                let mut attached = Attached::new(info, reader, now.moment);
                attached.speech_peak_dbfs = self.speech_peak_dbfs;
                self.attached = Some(attached);
            }
            ToCapture::Begin { draft, at } => match attached_stream(self.attached.as_ref()) {
                Some(stream) => self.cutter.begin(stream, draft, at, (now.moment, now.utc)),
                None => self.facts.push(FromCapture::Refused {
                    take_ref: draft.take_ref,
                }),
            },
            ToCapture::End {
                take_ref,
                at,
                outcome,
            } => {
                if let Some(stream) = attached_stream(self.attached.as_ref()) {
                    self.cutter.end(stream, &take_ref, at, outcome);
                }
            }
            ToCapture::Listen {
                draft,
                shown_at,
                outcome,
            } => {
                // Without a source the session says so by itself, and listens again when it is back.
                if let Some(stream) = attached_stream(self.attached.as_ref()) {
                    let clocks = (now.moment, now.utc);
                    self.cutter
                        .listen(stream, (draft, outcome), shown_at, clocks);
                }
            }
            ToCapture::Rest => self.cutter.rest(),
            ToCapture::Calibrate { speech_peak_dbfs } => {
                self.speech_peak_dbfs = Some(speech_peak_dbfs);
                if let Some(attached) = &mut self.attached {
                    attached.calibrate(speech_peak_dbfs);
                }
            }
            ToCapture::Meet {
                speaker,
                thresholds,
            } => self.cutter.meet(&speaker, thresholds),
            ToCapture::Recall(take) => self.cutter.recall(*take),
            ToCapture::Played { until } => self.cutter.played(until),
            ToCapture::Suspended => self.detach(words::SUSPENDED, now.moment),
            ToCapture::Note(event) => self.note(event),
            ToCapture::Shutdown { cause } => {
                self.detach(cause, now.moment);
                self.leaving = true;
            }
        }
        self.tell_facts();
    }

    /// Drains the ring, cuts, and tells what it noticed. Never blocks.
    pub fn step(&mut self, now: Now) -> NextStep {
        self.notice_sleep(now);
        if let Some(attached) = &mut self.attached {
            // Asked before draining: what was pushed before the end is drained after it is known.
            let over = attached.reader.is_abandoned();
            attached.drain(
                self.keep_ms,
                &mut self.cutter,
                &self.meter,
                &mut self.facts,
                now.moment,
            );
            attached.watch(&mut self.cutter, &mut self.facts, now.moment);
            if over {
                self.detach(words::DEVICE_LOST, now.moment);
                self.facts.push(FromCapture::Stalled(true));
            }
        }
        self.tell_facts();
        if self.leaving {
            NextStep::Leave
        } else {
            NextStep::Wait
        }
    }

    fn notice_sleep(&mut self, now: Now) {
        let before = self.suspended.replace(now.suspended);
        if before.is_some_and(|before| now.suspended.saturating_sub(before) > SLEPT_FOR) {
            self.detach(words::SUSPENDED, now.moment);
            self.facts.push(FromCapture::Slept);
        }
    }

    /// The stream is over: everything it gave is used, then its takes end.
    fn detach(&mut self, cause: &'static str, now: Moment) {
        let Some(mut attached) = self.attached.take() else {
            return;
        };
        attached.drain(
            self.keep_ms,
            &mut self.cutter,
            &self.meter,
            &mut self.facts,
            now,
        );
        attached.give_up(&mut self.cutter, cause, &mut self.facts);
    }

    fn note(&mut self, mut event: SessionEvent) {
        event.frame = attached_stream(self.attached.as_ref()).and_then(|stream| {
            let frame = stream.clock().frame_at(event.at)?.round() as i64;
            Some(StreamFrame {
                stream: stream.number(),
                frame,
            })
        });
        self.writer.send(ToWriter::Event(event));
    }

    fn tell_facts(&mut self) {
        for fact in self.facts.drain(..) {
            (self.tell)(fact);
        }
    }
}

fn attached_stream(attached: Option<&Attached>) -> Option<&Stream> {
    attached?.stream.as_ref()
}

/// The source that is attached.
struct Attached {
    info: SourceInfo,
    reader: RingReader,
    /// From the first block on.
    stream: Option<Stream>,
    last_block: Moment,
    /// Frames of exact digital silence up to now.
    zero_frames: u64,
    muted: bool,
    stalled: bool,
    clock_told: bool,
    /// For the stream, when its first block comes.
    speech_peak_dbfs: Option<f64>,
}

impl Attached {
    fn new(info: SourceInfo, reader: RingReader, now: Moment) -> Self {
        Self {
            info,
            reader,
            stream: None,
            last_block: now,
            zero_frames: 0,
            muted: false,
            stalled: false,
            clock_told: false,
            speech_peak_dbfs: None,
        }
    }

    fn calibrate(&mut self, speech_peak_dbfs: f64) {
        self.speech_peak_dbfs = Some(speech_peak_dbfs);
        if let Some(stream) = &mut self.stream {
            stream.calibrate(speech_peak_dbfs);
        }
    }

    /// Moves the stream forward by every block of the ring and lets the cutter follow.
    fn drain(
        &mut self,
        keep_ms: u32,
        cutter: &mut Cutter,
        meter: &Meter,
        facts: &mut Vec<FromCapture>,
        now: Moment,
    ) {
        loop {
            let mut samples = Vec::new();
            let Some(stamp) = self.reader.pop(&mut samples) else {
                break;
            };
            let loudest = peak(&samples);
            meter.raise(loudest);
            let silent = loudest.to_bits() == 0;
            self.zero_frames = if silent {
                self.zero_frames + u64::from(stamp.frames)
            } else {
                0
            };
            self.last_block = now;
            let stream = self.stream.get_or_insert_with(|| {
                facts.push(FromCapture::Attached(self.info.clone()));
                let mut stream = Stream::new(self.info.clone(), &stamp, keep_ms);
                if let Some(speech_peak_dbfs) = self.speech_peak_dbfs {
                    stream.calibrate(speech_peak_dbfs);
                }
                stream
            });
            stream.accept(stamp, samples);
            advance(stream, cutter, facts);
            stream.note(self.reader.counters());
        }
        if let Some(stream) = &self.stream {
            cutter.advance(stream, facts);
        }
    }

    /// Tells what has changed, and gives up takes whose audio does not come.
    fn watch(&mut self, cutter: &mut Cutter, facts: &mut Vec<FromCapture>, now: Moment) {
        let waited = now.since(self.last_block);
        if (waited >= STALLED_AFTER) != self.stalled {
            self.stalled = !self.stalled;
            facts.push(FromCapture::Stalled(self.stalled));
        }
        if waited >= LOST_AFTER && !cutter.is_idle() {
            self.give_up(cutter, words::DEVICE_LOST, facts);
        }
        let Some(stream) = &self.stream else { return };
        if (self.zero_frames >= stream.frames_in_ms(MUTED_AFTER_MS)) != self.muted {
            self.muted = !self.muted;
            facts.push(FromCapture::Muted(self.muted));
        }
        if stream.ready() && !self.clock_told {
            self.clock_told = true;
            facts.push(FromCapture::ClockReady {
                error_ms: stream.clock().error_ms(),
                locked: stream.clock().locked(),
            });
        }
    }

    fn give_up(&mut self, cutter: &mut Cutter, cause: &'static str, facts: &mut Vec<FromCapture>) {
        if let Some(stream) = &mut self.stream {
            stream.release();
            advance(stream, cutter, facts);
            cutter.interrupt(stream, cause, facts);
        }
    }
}

fn advance(stream: &mut Stream, cutter: &mut Cutter, facts: &mut Vec<FromCapture>) {
    while stream.step(!cutter.is_idle()) {
        cutter.advance(stream, facts);
    }
}

/// Starts the capture thread. It ends after [`ToCapture::Shutdown`], or when `inbox` has no sender any more; its last
/// word is [`FromCapture::Ended`].
///
/// # Errors
/// The system gives no thread.
pub fn spawn(
    settings: CaptureSettings,
    inbox: Receiver<ToCapture>,
    writer: WriterSender,
    meter: Arc<Meter>,
    tell: Tell,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("capture".into())
        .spawn(move || {
            let mut capture = Capture::new(settings, writer, meter, tell);
            if catch_unwind(AssertUnwindSafe(|| run(&mut capture, &inbox))).is_err() {
                tracing::error!("the capture thread failed; running takes are ended as they stand");
                // Where even that fails, the writer's .part is repaired at the next start.
                let shutdown = ToCapture::Shutdown {
                    cause: words::PROGRAM_ERROR,
                };
                let rescue = AssertUnwindSafe(|| capture.handle(shutdown, Now::read()));
                if catch_unwind(rescue).is_err() {
                    tracing::error!("they could not be ended");
                }
            }
            (capture.tell)(FromCapture::Ended);
        })
}

fn run(capture: &mut Capture, inbox: &Receiver<ToCapture>) {
    loop {
        match inbox.recv_timeout(DRAIN_EVERY) {
            Ok(message) => {
                capture.handle(message, Now::read());
                for message in inbox.try_iter() {
                    capture.handle(message, Now::read());
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                let cause = words::PROGRAM_ERROR;
                capture.handle(ToCapture::Shutdown { cause }, Now::read());
            }
        }
        if capture.step(Now::read()) == NextStep::Leave {
            return;
        }
    }
}
