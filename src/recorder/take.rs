//! A take under way: what has been sent of it to the writer, and what has been measured on the way.
//!
//! Promise: what is measured is what was sent, frame by frame: levels, clipping, gaps and mishaps are of exactly the
//! frames in the WAV. Of a practice the same is measured, and nothing is sent.

use std::sync::Arc;

use crate::corpus::draft::Closing;
use crate::corpus::sidecar::{Gap, Integrity, PromptRecord, Timing, Verdict};
use crate::units::Moment;

use super::heard::{Besides, Heard};
use super::history::Mishaps;
use super::knowledge::{Knowledge, spoken};
use super::messages::{
    FromCapture, Outcome, PRACTICE, TakeDraft, TakeHead, TakeRef, ToWriter, WindowSettings,
    first_status,
};
use super::queue::{QueueFull, WriterSender};
use super::stream::Stream;
use super::window::{Before, Edge, KeyHops, Trigger};

/// Most audio in one message to the writer, ms.
const MESSAGE_MS: u32 = 500;

/// A take between its start key and its last frame.
#[derive(Debug)]
pub struct Take {
    pub(super) name: TakeRef,
    /// Goes to the writer when the first frame is known.
    draft: Option<Box<TakeDraft>>,
    shown_at: Option<Moment>,
    /// What is read.
    prompt: PromptRecord,
    role: &'static str,
    /// One instant on both clocks, read at the take's beginning.
    pub(super) begun: (Moment, jiff::Timestamp),
    /// Rolls and limits, as its prompt asks for them.
    pub(super) settings: WindowSettings,
    /// Whether keys or speech begin and end it.
    pub(super) trigger: Trigger,
    /// Frame of the start key, or of the first speech.
    pub(super) press: u64,
    /// What it must respect at its beginning.
    pub(super) before: Before,
    /// Frame of the stop key, or after the last speech.
    pub(super) stop: Option<u64>,
    /// Frame of the next take's start key.
    pub(super) next_press: Option<u64>,
    pub(super) outcome: Outcome,
    /// Something was said too early, or after it, that belongs to another reading.
    pub(super) strayed: Option<&'static str>,
    pub(super) sent: Option<Sent>,
}

/// What the writer has of a take.
#[derive(Debug)]
pub struct Sent {
    /// First frame in the WAV.
    pub(super) first: u64,
    /// The frame after the last that was sent.
    pub(super) end: u64,
    limited_by: Vec<String>,
    heard: Heard,
    gaps: Vec<Gap>,
    mishaps: Mishaps,
}

/// How a take ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// At its stop, with the post-roll that the window rules give it.
    ByRules,
    /// The stop was forgotten.
    TooLong,
    /// Something else cut it short.
    Interrupted,
}

impl Take {
    /// A take that begins at frame `press` and ends as `outcome` unless a stop says otherwise.
    pub fn new(
        draft: Box<TakeDraft>,
        settings: WindowSettings,
        (trigger, press): (Trigger, u64),
        begun: (Moment, jiff::Timestamp),
        before: Before,
        outcome: Outcome,
    ) -> Self {
        Self {
            name: draft.take_ref.clone(),
            shown_at: draft.shown_at,
            prompt: draft.prompt.clone(),
            role: draft.role,
            draft: Some(draft),
            begun,
            settings,
            trigger,
            press,
            before,
            stop: None,
            next_press: None,
            outcome,
            strayed: None,
            sent: None,
        }
    }

    /// Tells the writer where the window begins.
    pub fn open(&mut self, stream: &Stream, start: Edge, writer: &WriterSender) {
        self.sent = Some(Sent {
            first: start.frame,
            end: start.frame,
            limited_by: start.limited_by.into_iter().map(str::to_owned).collect(),
            heard: Heard::new(stream, start.frame),
            gaps: Vec::new(),
            mishaps: Mishaps::default(),
        });
        if let Some(draft) = self.draft.take().filter(|draft| draft.role != PRACTICE) {
            let head = TakeHead {
                timing: Timing {
                    key_up_frame: None,
                    trigger_end_frame: None,
                    pre_roll_frames: self.press.saturating_sub(start.frame),
                    ..self.timing(stream, None)
                },
                started_at: self.utc_of(stream, start.frame),
                format: stream.source().format,
                source: Arc::clone(stream.source()),
            };
            // Where the writer is gone, the first append says so.
            writer.send(ToWriter::Begin { draft, head });
        }
    }

    /// Where keys can be heard.
    fn keys(&self, stream: &Stream) -> KeyHops {
        let keys = [
            Some(self.press),
            self.stop,
            self.next_press,
            self.before.last_stop,
        ];
        let pressed = keys
            .into_iter()
            .flatten()
            .filter(|_| self.trigger == Trigger::Keys);
        KeyHops::new(stream, pressed)
    }

    fn utc_of(&self, stream: &Stream, frame: u64) -> jiff::Timestamp {
        let (moment, utc) = self.begun;
        let at = stream.clock().moment_of(frame as f64).unwrap_or(moment);
        let since = jiff::SignedDuration::from_nanos(at.nanos_since(moment));
        utc.checked_add(since).unwrap_or(utc)
    }

    /// Sends the frames up to `end`.
    ///
    /// # Errors
    /// [`QueueFull`]: what was sent before stays sent; the rest was not.
    pub fn send_up_to(
        &mut self,
        stream: &Stream,
        end: u64,
        writer: &WriterSender,
    ) -> Result<(), QueueFull> {
        let Some(sent) = &mut self.sent else {
            return Ok(());
        };
        let most = stream.frames_in_ms(MESSAGE_MS).max(1);
        while sent.end < end {
            let to = end.min(sent.end + most);
            let slices = stream.history().slices(sent.end..to);
            if self.role != PRACTICE {
                writer.append(&self.name, slices.concat())?;
            }
            sent.measure(stream, slices, to);
        }
        Ok(())
    }

    /// Tells the writer and the session that the window is closed. Everything up to its end must have been sent.
    pub fn close(
        self,
        stream: &Stream,
        limited_by: Option<&'static str>,
        ended: Ended,
        known: &mut Knowledge,
        writer: &WriterSender,
    ) -> Option<FromCapture> {
        let mut timing = self.timing(stream, limited_by);
        let keys = self.keys(stream);
        let given_up = matches!(self.outcome, Outcome::Rejected { .. });
        let sent = self.sent?;
        let rate_hz = stream.source().format.sample_rate_hz;
        let measures = sent.heard.measure(stream, sent.first, &keys);
        let features = sent.heard.features(&measures);
        let read = (spoken(&self.prompt), known.pace());
        let besides = Besides {
            lost_frames: !sent.gaps.is_empty(),
            max_take: ended == Ended::TooLong,
            length: known.length(&self.prompt, rate_hz, &measures),
            misread: known.misread(&self.prompt, &measures, features.as_ref()),
            repetition: sent.heard.repetition(&measures, rate_hz, read),
            strayed: self.strayed,
        };
        let mut quality = sent
            .heard
            .judge(stream, &measures, besides, &known.thresholds);
        if self.role == "check" {
            // The room's tone is kept for being silent.
            quality.verdict = Verdict::Fine;
            quality.warnings.clear();
        } else if quality.verdict != Verdict::Again && !given_up && self.role != PRACTICE {
            known.learn(&self.prompt, rate_hz, &measures, features);
        }
        if let Some(speech) = measures.utterance.span() {
            timing.speech_start_frame = Some(speech.start as i64);
            timing.speech_end_frame = Some(speech.end as i64);
        }
        let interrupted = ended == Ended::Interrupted && !given_up;
        let cut_by = limited_by.filter(|_| ended != Ended::ByRules);
        let (status, decided_by) = first_status(&self.outcome, quality.verdict, interrupted);
        if self.outcome == Outcome::LastTry && quality.verdict == Verdict::Again {
            // It will not be asked again: what is unusable is for the operator.
            quality.verdict = Verdict::Look;
        }
        let reasons = match self.outcome {
            Outcome::Rejected { reason } => vec![reason.to_owned()],
            _ if interrupted => cut_by.iter().map(|&word| word.to_owned()).collect(),
            _ => quality.warnings.clone(),
        };
        let frames = sent.end - sent.first;
        if self.role != PRACTICE {
            writer.send(ToWriter::Finish {
                take_ref: self.name.clone(),
                closing: Box::new(Closing {
                    timing,
                    integrity: sent.integrity(),
                    quality: quality.clone(),
                    status,
                    decided_by,
                    reasons,
                }),
            });
        }
        Some(FromCapture::Closed {
            take_ref: self.name,
            quality,
            status,
            frames,
            cut_by,
            measures: (self.role == "check").then(|| Box::new(measures)),
        })
    }

    fn timing(&self, stream: &Stream, limited_by: Option<&'static str>) -> Timing {
        let Some(sent) = &self.sent else {
            return Timing::default();
        };
        let from_first = |frame: u64| frame as i64 - sent.first as i64;
        let mut words = sent.limited_by.clone();
        words.extend(limited_by.map(str::to_owned));
        let shown = self.shown_at.and_then(|at| stream.clock().frame_at(at));
        let (start, end) = (Some(from_first(self.press)), self.stop.map(from_first));
        let by_keys = self.trigger == Trigger::Keys;
        let only = |frame: Option<i64>, when: bool| frame.filter(|_| when);
        Timing {
            stream: stream.number(),
            first_frame: sent.first,
            shown_frame: shown.map(|frame| frame.round() as i64 - sent.first as i64),
            key_down_frame: only(start, by_keys),
            key_up_frame: only(end, by_keys),
            trigger_start_frame: only(start, !by_keys),
            trigger_end_frame: only(end, !by_keys),
            pre_roll_frames: self.press.min(sent.end).saturating_sub(sent.first),
            post_roll_frames: self.stop.map_or(0, |stop| sent.end.saturating_sub(stop)),
            limited_by: words,
            speech_start_frame: None,
            speech_end_frame: None,
            measured_sample_rate_hz: stream.clock().measured_rate_hz(),
            clock_error_ms: Some(stream.clock().error_ms()),
        }
    }
}

impl Sent {
    fn measure(&mut self, stream: &Stream, slices: [&[f32]; 2], to: u64) {
        let frames = self.end..to;
        self.heard.push(stream, slices, &frames);
        for gap in stream.history().gaps_in(frames.clone()) {
            let at_frame = gap.at_frame - self.first;
            match self.gaps.last_mut() {
                Some(last)
                    if last.at_frame + last.frames == at_frame
                        && last.cause == gap.cause.word() =>
                {
                    last.frames += gap.frames;
                }
                _ => self.gaps.push(Gap {
                    at_frame,
                    frames: gap.frames,
                    cause: gap.cause.word().to_owned(),
                    estimated: gap.estimated,
                }),
            }
        }
        self.mishaps += stream.history().mishaps_in(&frames);
        self.end = to;
    }

    fn integrity(&self) -> Integrity {
        Integrity {
            gaps: self.gaps.clone(),
            overruns: self.mishaps.overruns,
            xruns: self.mishaps.xruns,
            not_finite: self.mishaps.not_finite,
        }
    }
}
