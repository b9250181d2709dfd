//! From a speaker and an opened source to a session: lock and repair the folder, see what is done, lay the plan, write
//! the session's records. Blocks, so it runs on a thread of its own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::audio::inputs::OpenRequest;
use crate::audio::{SourceInfo, SourceKind};
use crate::corpus::error::CorpusError;
use crate::corpus::forgotten::{Forgotten, Subject};
use crate::corpus::names;
use crate::corpus::records::SessionSetup;
use crate::corpus::scan::{self, TakeSummary};
use crate::corpus::sidecar::Encoding;
use crate::corpus::start::{NewSession, OpenSession, Said, claim_speaker, start_session};
use crate::corpus::study::keep_study;
use crate::prompts::{Arrangement, Order, Prompt, PromptList, Shuffle, TooManyItems, expand};
use crate::recorder::messages::{TakeRef, WindowSettings};
use crate::signal::thresholds::Thresholds;
use crate::study::{Consent, Script, Study};

use super::lobby::Answers;
use super::plan::{Course, Heard, Plan, SessionFact, TakeFact, Wish, course};
use super::setup::{Review, Setup};
use super::view::Mode;

/// Everything that is settled before anybody speaks.
#[derive(Clone, Debug)]
pub struct BoothConfig {
    /// The corpus folder.
    pub corpus: PathBuf,
    /// Who has withdrawn from it.
    pub forgotten: Arc<Forgotten>,
    /// What is read.
    pub list: Arc<PromptList>,
    /// What fixes how everybody is recorded, where a study does.
    pub study: Option<Arc<Study>>,
    /// What speakers are asked and told.
    pub script: Arc<Script>,
    /// What is read before it counts.
    pub practice: Arc<[Prompt]>,
    /// Flags that were given in place of what the study says.
    pub overrides: Vec<String>,
    /// Order, seed, repeats, new pass: what was asked for.
    pub wish: Wish,
    /// Items passed over come back.
    pub skipped: bool,
    /// The microphone is checked before the first item.
    pub check: bool,
    /// Name of the verdicts' limits,
    pub profile: &'static str,
    /// and the limits.
    pub thresholds: Thresholds,
    /// How takes are started and stopped.
    pub mode: Mode,
    /// Somebody said so, and the list's own modes do not count.
    pub mode_is_fixed: bool,
    /// Files of the prompts that are heard, by id.
    pub sounds: Arc<HashMap<String, PathBuf>>,
    /// Who looks at takes.
    pub review: Review,
    /// Rolls and limits.
    pub window: WindowSettings,
    /// How samples are stored.
    pub encoding: Encoding,
    /// The source asked for.
    pub open: OpenRequest,
    /// Speaker id, where one was given.
    pub speaker: Option<String>,
    /// What was said about the room.
    pub room: RoomFacts,
    /// The command that goes on.
    pub again: String,
}

/// What a researcher says about a session; kept as it is.
#[derive(Clone, Debug, Default)]
pub struct RoomFacts {
    /// The room.
    pub room: Option<String>,
    /// The microphone.
    pub microphone: Option<String>,
    /// From mouth to microphone, cm.
    pub distance_cm: Option<f64>,
    /// Gain setting.
    pub gain: Option<String>,
    /// Who is in charge.
    pub operator: Option<String>,
}

/// Why a session could not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The list.
    #[error(transparent)]
    TooManyItems(#[from] TooManyItems),
}

/// A session that can begin.
#[derive(Debug)]
pub struct Started {
    /// Its folder, locked.
    pub folder: OpenSession,
    /// For the engine.
    pub setup: Setup,
    /// For the engine.
    pub plan: Plan,
    /// What was left over from before and what became of it, or could not be read; for the log, so without names.
    pub findings: Vec<&'static str>,
}

/// What to begin.
#[derive(Debug)]
pub struct StartOrder {
    /// What was settled before.
    pub config: BoothConfig,
    /// Who speaks.
    pub speaker: String,
    /// What they have answered.
    pub answers: Answers,
    /// The opened source.
    pub source: SourceInfo,
    /// The mode as it turned out.
    pub mode: Mode,
}

impl StartOrder {
    /// Begins it. Blocks.
    ///
    /// # Errors
    /// The folder is in use, cannot be written or is newer than this program; nothing of the session is there.
    pub fn carry_out(self) -> Result<Started, StartError> {
        let study = self.config.study.as_deref();
        keep_study(&self.config.corpus, study)?;
        let claim = claim_speaker(&self.config.corpus, &self.speaker)?;
        let mut findings: Vec<_> = claim.findings.iter().map(|f| f.what.in_short()).collect();
        let found = scan::takes(&self.config.corpus, &self.speaker)?;
        findings.extend(found.broken.iter().map(|_| "a record cannot be read"));
        let sessions = scan::sessions_in(&crate::corpus::layout::speaker_folder(
            &self.config.corpus,
            &self.speaker,
        ))?;
        let sessions: Vec<SessionFact> = sessions.iter().filter_map(session_fact).collect();
        let checks = found.takes.iter().filter(|take| take.role == "check");
        let checks_before = checks.map(|take| take.take).max().unwrap_or(0);
        let heard = found.takes.iter().map(heard).collect();
        let takes: Vec<TakeFact> = found.takes.into_iter().map(take_fact).collect();
        let list = &self.config.list;
        let sections = section_orders(list);
        let course = course(
            drawn_seed,
            self.config.wish,
            (&list.prompts, &sections),
            &list.sha256,
            &sessions,
            &takes,
        );
        let shuffle = Shuffle {
            // Where nothing is shuffled it is not looked at.
            seed: course.seed.unwrap_or_default(),
            speaker: &self.speaker,
            pass: course.pass,
        };
        let arrangement = Arrangement {
            order: course.order,
            repeat: course.repeat,
            sections: &sections,
            labels_apart: course.labels_apart,
        };
        let order = expand(&list.prompts, arrangement, shuffle)?;
        let mut plan = Plan::new(
            list.clone(),
            &order,
            course.pass,
            &takes,
            self.config.skipped,
        );
        plan.heard = heard;
        plan.begin_with(&self.config.practice);
        let new = NewSession {
            setup: self.record(course, &sections),
            source: &self.source,
            encoding: self.config.encoding,
            list_jsonl: &list.to_jsonl(),
            said: self.said(),
        };
        let folder = start_session(claim, new)?;
        let setup = self.engine_setup(&folder, course, checks_before);
        Ok(Started {
            folder,
            setup,
            plan,
            findings,
        })
    }

    fn said(&self) -> Said {
        let text = self.config.script.consent.as_ref().map(Consent::document);
        Said {
            consent: self.answers.consent.clone().zip(text),
            speaker_form: self.answers.speaker_form.clone(),
            session_form: self.answers.session_form.clone(),
        }
    }

    fn record(&self, course: Course, sections: &[(String, Order)]) -> SessionSetup {
        let config = &self.config;
        let (mode, timed_ms) = match self.mode {
            Mode::HandsFree => ("hands-free", None),
            Mode::Keys | Mode::HoldUnavailable => ("keys", None),
            Mode::Hold => ("hold", None),
            Mode::Timed { ms } => ("timed", Some(ms)),
        };
        SessionSetup {
            list_name: config.list.name.clone(),
            pass: course.pass,
            order: order_word(course.order).into(),
            seed: course.seed,
            repeat: course.repeat,
            section_orders: sections
                .iter()
                .map(|(name, order)| (name.clone(), order_word(*order).to_owned()))
                .collect(),
            labels_apart: course.labels_apart,
            mode: mode.into(),
            timed_ms,
            review: review_word(config.review).into(),
            pre_roll_ms: config.window.pre_roll_ms,
            post_roll_ms: config.window.post_roll_ms,
            post_roll_max_ms: config.window.post_roll_max_ms,
            max_take_ms: config.window.max_take_ms,
            end_silence_ms: config.window.end_silence_ms,
            profile: config.profile.into(),
            thresholds: Some(config.thresholds.clone()),
            study: config.study.as_ref().map(|study| study.sha256.clone()),
            overrides: config.overrides.clone(),
            room: config.room.room.clone(),
            microphone: config.room.microphone.clone(),
            distance_cm: config.room.distance_cm,
            gain: config.room.gain.clone(),
            operator: config.room.operator.clone(),
        }
    }

    fn engine_setup(&self, folder: &OpenSession, course: Course, checks_before: u32) -> Setup {
        let format = self.source.format;
        let (bits, bytes) = match self.config.encoding {
            Encoding::PcmS16le => ("16", 2),
            Encoding::PcmS24le => ("24", 3),
            Encoding::PcmF32le => ("32f", 4),
        };
        Setup {
            thresholds: self.config.thresholds.clone(),
            check: self.config.check && self.source.kind != SourceKind::File,
            checks_before,
            speaker: self.speaker.clone(),
            session: folder.record.session.clone(),
            list_sha256: folder.record.list_sha256.clone(),
            pass: course.pass,
            mode: self.mode,
            mode_is_fixed: self.config.mode_is_fixed,
            rolls_ms: (
                self.config.window.pre_roll_ms,
                self.config.window.post_roll_ms,
            ),
            review: self.config.review,
            bits,
            bytes_per_second: u64::from(format.sample_rate_hz) * u64::from(format.channels) * bytes,
            source: self.source.clone(),
            clock_ready: false,
            script: self.config.script.clone(),
        }
    }
}

/// Sections of the list that have an order of their own.
fn section_orders(list: &PromptList) -> Vec<(String, Order)> {
    let own = list.sections.iter();
    own.filter_map(|section| Some((section.name.clone(), section.order?)))
        .collect()
}

fn heard(take: &TakeSummary) -> (TakeRef, Heard) {
    let heard = Heard {
        verdict: take.verdict,
        length_ms: (take.seconds * 1000.0).round() as u64,
        marks: take.marks.clone(),
    };
    (take.take_ref.clone(), heard)
}

fn take_fact(take: TakeSummary) -> TakeFact {
    TakeFact {
        take_ref: take.take_ref,
        prompt_id: take.prompt_id,
        prompt_text: take.prompt_text,
        repeat: take.repeat,
        pass: take.pass,
        take: take.take,
        status: take.status,
    }
}

/// `None` for an order that this version does not know: such a session is no model to go on with.
fn session_fact(session: &scan::Session) -> Option<SessionFact> {
    let setup = &session.record.setup;
    let order = [Order::Sequential, Order::Shuffled, Order::Blocked]
        .into_iter()
        .find(|o| order_word(*o) == setup.order)?;
    Some(SessionFact {
        session: session.record.session.clone(),
        pass: setup.pass,
        order,
        seed: setup.seed,
        repeat: setup.repeat,
        labels_apart: setup.labels_apart,
        list_sha256: session.record.list_sha256.clone(),
    })
}

/// A seed by chance, at most 2^53 - 1.
fn drawn_seed() -> u64 {
    // Of a v4 UUID, the last 62 bits are random throughout.
    let (_, random) = uuid::Uuid::new_v4().as_u64_pair();
    random & ((1 << 53) - 1)
}

fn order_word(order: Order) -> &'static str {
    match order {
        Order::Sequential => "sequential",
        Order::Shuffled => "shuffled",
        Order::Blocked => "blocked",
    }
}

fn review_word(review: Review) -> &'static str {
    match review {
        Review::Always => "always",
        Review::OnWarning => "on-warning",
        Review::Never => "never",
    }
}

/// A new speaker id that nobody in `corpus` has, or had.
pub fn generated_id(corpus: &Path, forgotten: &Forgotten) -> String {
    names::new_speaker_id(|id| {
        forgotten.has(Subject::Speaker(id))
            || crate::corpus::layout::speaker_folder(corpus, id).exists()
    })
}
