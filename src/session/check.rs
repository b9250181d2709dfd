//! The microphone check: five seconds of silence, a spoken sentence, and advice until it is good.
//!
//! Promise: it never stands in the way for longer than a key: Space goes on to the items at any time. What it records is
//! kept as takes with the role `check`; its numbers go into the session's events.

use std::time::Duration;

use serde_json::Value;

use crate::audio::Given;
use crate::corpus::names;
use crate::corpus::sidecar::{PromptRecord, Status};
use crate::recorder::messages::{Outcome, Rolls, TakeDraft, TakeRef, ToCapture};
use crate::signal::check::{Advice, CheckReport, became_noisier, report};
use crate::signal::quality::Measures;
use crate::units::Moment;

use super::Command;
use super::engine::Engine;
use super::messages::Effect;
use super::state::Leaving;
use super::view::{CheckStep, Dialog, Notice, Phase};

/// Prompt ids of what a check records.
const SILENCE_ID: &str = "check-silence";
const SENTENCE_ID: &str = "check-sentence";
/// What is to be said.
const SENTENCE: &str = "one two three four five six seven";
/// How long the room is listened to.
const SILENCE: Duration = Duration::from_secs(5);
/// How long the sentence is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
/// So many takes in a row with a level or noise that is not good open the check.
const FAILURES_LIMIT: u32 = 3;
/// So many takes in a row in a noisier room are told.
const NOISIER_TAKES: u32 = 3;

/// A check under way, and what earlier ones have found.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// It is to begin as soon as a source is ready.
    pub(super) due: bool,
    running: Option<Running>,
    /// Every take of a check in this session.
    takes: Vec<TakeRef>,
    /// The room's noise at the last one, dBFS.
    room_dbfs: Option<f64>,
    noisier: u32,
    failures: u32,
}

#[derive(Debug)]
struct Running {
    since: Moment,
    silence: TakeRef,
    room: Option<Box<Measures>>,
    sentence: Option<TakeRef>,
    /// The sentence is being said.
    hears: bool,
}

impl Engine {
    /// Begins a check where one is due and nothing is in its way.
    pub(super) fn begin_check_if_due(&mut self) {
        let free = self.phase == Phase::Idle && self.dialog.is_none() && !self.playing;
        if self.checks.due && free && self.leaving == Leaving::No {
            self.begin_check();
        }
    }

    /// Listens to the room.
    pub(super) fn begin_check(&mut self) {
        self.checks.due = false;
        self.checks.failures = 0;
        self.checks.noisier = 0;
        self.notice = None;
        let draft = self.check_draft(SILENCE_ID, "");
        let silence = draft.take_ref.clone();
        let at = self.now;
        self.pending.insert(silence.clone());
        self.effects
            .push(Effect::Capture(ToCapture::Begin { draft, at }));
        self.checks.running = Some(Running {
            since: at,
            silence,
            room: None,
            sentence: None,
            hears: false,
        });
        self.show_check(CheckStep::Silence {
            seconds_left: SILENCE.as_secs(),
        });
    }

    fn check_draft(&mut self, id: &str, text: &str) -> Box<TakeDraft> {
        let take = self.setup.checks_before + self.checks.takes.len() as u32 + 1;
        let stem = names::stem(id, 1, take);
        let take_ref = TakeRef::new(&self.setup.speaker, &self.setup.session, &stem);
        self.checks.takes.push(take_ref.clone());
        Box::new(TakeDraft {
            take_ref,
            prompt: PromptRecord {
                id: id.into(),
                text: text.into(),
                spoken: None,
                label: None,
                language: None,
                section: None,
                list_sha256: self.setup.list_sha256.clone(),
            },
            repeat: 1,
            pass: self.setup.pass,
            position: self.at as u32 + 1,
            role: "check",
            take,
            supersedes: None,
            shown_at: Some(self.now),
            rolls: Rolls::default(),
        })
    }

    fn show_check(&mut self, step: CheckStep) {
        self.dialog = Some(Dialog::Check(step));
    }

    /// This take belongs to a check.
    pub(super) fn is_check(&self, take_ref: &TakeRef) -> bool {
        self.checks.takes.contains(take_ref)
    }

    /// Time passes.
    pub(super) fn watch_check(&mut self) {
        let Some(running) = &self.checks.running else {
            return;
        };
        let passed = self.now.since(running.since);
        let (silence, waits) = (
            running.silence.clone(),
            running.sentence.is_some() && !running.hears,
        );
        match self.dialog {
            Some(Dialog::Check(CheckStep::Silence { .. })) if passed < SILENCE => {
                let left = SILENCE.saturating_sub(passed).as_millis().div_ceil(1000);
                self.show_check(CheckStep::Silence {
                    seconds_left: left as u64,
                });
            }
            Some(Dialog::Check(CheckStep::Silence { .. })) => {
                self.effects.push(Effect::Capture(ToCapture::End {
                    take_ref: silence,
                    at: self.now,
                    outcome: Outcome::ByVerdict,
                }));
                self.show_check(CheckStep::Wait);
            }
            Some(Dialog::Check(CheckStep::Sentence)) if waits && passed >= PATIENCE => {
                self.effects.push(Effect::Capture(ToCapture::Rest));
                self.conclude(None);
            }
            _ => {}
        }
    }

    /// A take of a check has begun by itself.
    pub(super) fn check_began(&mut self, take_ref: &TakeRef) {
        let at = self.now;
        match &mut self.checks.running {
            Some(running) if running.sentence.as_ref() == Some(take_ref) => {
                running.hears = true;
                self.pending.insert(take_ref.clone());
                self.show_check(CheckStep::Hearing);
            }
            _ => self.give_up(take_ref.clone(), at),
        }
    }

    /// A take of a check is closed.
    pub(super) fn check_closed(
        &mut self,
        take_ref: &TakeRef,
        status: Status,
        measures: Option<Box<Measures>>,
    ) {
        let Some(running) = &mut self.checks.running else {
            return;
        };
        if status == Status::Interrupted {
            // The source went away: it begins anew when it is back.
            self.checks.running = None;
            self.checks.due = true;
            if matches!(self.dialog, Some(Dialog::Check(_))) {
                self.dialog = None;
            }
        } else if *take_ref == running.silence {
            running.room = measures;
            running.since = self.now;
            self.ask_for_the_sentence();
        } else if running.sentence.as_ref() == Some(take_ref) {
            self.conclude(measures.as_deref());
        }
    }

    fn ask_for_the_sentence(&mut self) {
        let draft = self.check_draft(SENTENCE_ID, SENTENCE);
        let shown_at = self.now;
        if let Some(running) = &mut self.checks.running {
            running.sentence = Some(draft.take_ref.clone());
        }
        self.show_check(CheckStep::Sentence);
        self.effects.push(Effect::Capture(ToCapture::Listen {
            draft,
            shown_at,
            outcome: Outcome::ByVerdict,
        }));
        self.effects.push(Effect::Cue {
            text: SENTENCE.into(),
            at: shown_at,
            given: Given::Prompt,
        });
    }

    /// Says what was found. Where nothing is to be done, the items follow at once.
    fn conclude(&mut self, sentence: Option<&Measures>) {
        let Some(running) = self.checks.running.take() else {
            return;
        };
        let rate_hz = self.setup.source.format.sample_rate_hz;
        let room = running.room.as_deref();
        let mut report = report(rate_hz, room, sentence, &self.setup.thresholds);
        if sentence.is_none() && !report.advice.contains(&Advice::NoSpeech) {
            report.advice.insert(0, Advice::NoSpeech);
        }
        self.checks.room_dbfs = room.and_then(|room| room.noise_dbfs).or(report.room_dbfs);
        self.note_check(&report);
        if let Some(speech_peak_dbfs) = report.peak_dbfs {
            self.effects
                .push(Effect::Capture(ToCapture::Calibrate { speech_peak_dbfs }));
        }
        if report.advice.is_empty() {
            self.end_check(Some(Notice::CheckGood));
        } else {
            self.show_check(CheckStep::Report(Box::new(report)));
        }
    }

    fn note_check(&mut self, report: &CheckReport) {
        let level = |value: Option<f64>| {
            value.map_or(Value::Null, |v| ((v * 100.0).round() / 100.0).into())
        };
        let advice: Vec<&str> = report.advice.iter().map(|advice| advice.word()).collect();
        let data = [
            ("room_dbfs", level(report.room_dbfs)),
            ("hum_dbfs", level(report.hum.map(|hum| hum.dbfs))),
            ("longest_zeros_ms", level(Some(report.longest_zeros_ms))),
            ("speech_dbfs", level(report.speech_dbfs)),
            ("peak_dbfs", level(report.peak_dbfs)),
            ("snr_db", level(report.snr_db)),
            ("clipped_samples", report.clipped_samples.into()),
            ("bandwidth_hz", level(report.bandwidth_hz)),
            ("advice", advice.into()),
        ];
        self.note("checked", None, self.now, data);
    }

    fn end_check(&mut self, notice: Option<Notice>) {
        self.dialog = None;
        self.notice = notice;
        // The item was behind the check until now.
        self.show();
    }

    /// A key during a check; `false` lets it through.
    pub(super) fn answer_check(&mut self, step: &CheckStep, command: &Command) {
        let reported = matches!(step, CheckStep::Report(_));
        match command {
            Command::Accept | Command::Check if reported => {
                self.dialog = None;
                self.begin_check();
            }
            Command::StartStop | Command::Cancel => self.skip_check(),
            _ => {}
        }
    }

    /// Goes on to the items; what runs of the check is given up.
    pub(super) fn skip_check(&mut self) {
        if let Some(running) = self.checks.running.take() {
            let at = self.now;
            for take_ref in [Some(running.silence), running.sentence]
                .into_iter()
                .flatten()
            {
                if self.pending.contains(&take_ref) {
                    self.give_up(take_ref, at);
                } else {
                    self.effects.push(Effect::Capture(ToCapture::Rest));
                }
            }
            self.note("check_skipped", None, at, []);
        }
        if matches!(self.dialog, Some(Dialog::Check(_))) {
            self.end_check(None);
        }
    }

    /// What a take says of level and room: failures in a row open the check, a noisier room is told.
    pub(super) fn watch_room(&mut self, warnings: &[String], noise_floor_dbfs: Option<f64>) {
        let bad = ["clipped", "quiet", "loud", "noisy"];
        let failed = warnings.iter().any(|word| bad.contains(&word.as_str()));
        self.checks.failures = if failed { self.checks.failures + 1 } else { 0 };
        if self.checks.failures >= FAILURES_LIMIT && self.setup.check {
            self.checks.failures = 0;
            self.checks.due = true;
        }
        let noisier = self
            .checks
            .room_dbfs
            .zip(noise_floor_dbfs)
            .is_some_and(|(room, now)| became_noisier(room, now));
        self.checks.noisier = if noisier { self.checks.noisier + 1 } else { 0 };
        if self.checks.noisier == NOISIER_TAKES {
            self.notice = Some(Notice::RoomNoisier);
            self.note("room_noisier", None, self.now, []);
        }
    }
}
