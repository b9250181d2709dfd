//! An engine whose threads are played by the test.

use std::sync::Arc;
use std::time::Duration;

use voicebooth::audio::{SourceInfo, SourceKind, StreamFormat};
use voicebooth::corpus::sidecar::{Quality, Status, Verdict};
use voicebooth::prompts::Item;
use voicebooth::prompts::{Prompt, PromptList};
use voicebooth::recorder::messages::{
    FromCapture, FromWriter, Outcome, TakeDraft, TakeRef, ToCapture, ToWriter,
};
use voicebooth::session::engine::Engine;
use voicebooth::session::messages::{Effect, Input};
use voicebooth::session::plan::{Plan, TakeFact};
use voicebooth::session::setup::{Review, Setup};
use voicebooth::session::view::{Mode, SessionView};
use voicebooth::session::{Command, FromFace};
use voicebooth::signal::thresholds::Thresholds;
use voicebooth::units::Moment;

/// An engine with a clock cranked by hand and a recorder that answers when it is told to.
pub struct Booth {
    pub engine: Engine,
    pub now: Moment,
    pub effects: Vec<Effect>,
}

pub fn list(texts: &[&str]) -> Arc<PromptList> {
    let prompt = |t: &&str| Prompt {
        id: (*t).into(),
        text: (*t).into(),
        repeat: 1,
        ..Prompt::default()
    };
    let prompts = texts.iter().map(prompt).collect();
    Arc::new(PromptList {
        prompts,
        ..PromptList::default()
    })
}

pub fn items(count: usize) -> Vec<Item> {
    (0..count as u32)
        .map(|prompt| Item { prompt, repeat: 1 })
        .collect()
}

pub fn source() -> SourceInfo {
    SourceInfo {
        kind: SourceKind::Microphone,
        host: "alsa".into(),
        id: "alsa:default".into(),
        name: "Microphone".into(),
        format: StreamFormat {
            sample_rate_hz: 48_000,
            channels: 1,
        },
        device_channels: 1,
        channel_map: vec![0],
        sample_format: "i16".into(),
        block_frames: 480,
    }
}

pub fn setup() -> Setup {
    Setup {
        speaker: "s".into(),
        session: "t".into(),
        list_sha256: "0123456789ab".into(),
        pass: 1,
        mode: Mode::Keys,
        review: Review::OnWarning,
        thresholds: Thresholds::DEFAULT,
        check: false,
        checks_before: 0,
        bits: "16",
        bytes_per_second: 96_000,
        source: source(),
        clock_ready: true,
        script: Arc::default(),
    }
}

pub fn quality(verdict: Verdict, warning: &str) -> Quality {
    Quality {
        verdict,
        warnings: if warning.is_empty() {
            vec![]
        } else {
            vec![warning.into()]
        },
        peak_dbfs: -9.0,
        speech_peak_dbfs: Some(-9.0),
        rms_dbfs: -24.0,
        noise_floor_dbfs: None,
        snr_db: None,
        clipped_samples: 0,
        dc_offset: 0.0,
        hum_dbfs: None,
        bandwidth_hz: None,
    }
}

impl Booth {
    pub fn new(texts: &[&str]) -> Self {
        Self::with(setup(), texts, &[])
    }

    pub fn with(setup: Setup, texts: &[&str], takes: &[TakeFact]) -> Self {
        Self::reading(list(texts), setup, takes)
    }

    pub fn reading(list: Arc<PromptList>, setup: Setup, takes: &[TakeFact]) -> Self {
        let items = items(list.prompts.len());
        let plan = Plan::new(list, &items, setup.pass, takes, false);
        Self::following(plan, setup)
    }

    /// A booth whose speaker first reads `practice`.
    pub fn practising(setup: Setup, practice: &[&str], texts: &[&str], takes: &[TakeFact]) -> Self {
        let mut plan = Plan::new(list(texts), &items(texts.len()), setup.pass, takes, false);
        plan.begin_with(&list(practice).prompts.as_slice().into());
        Self::following(plan, setup)
    }

    fn following(plan: Plan, setup: Setup) -> Self {
        let now = Moment::from_nanos(1_000_000_000);
        Self {
            engine: Engine::new(setup, plan, now),
            now,
            effects: Vec::new(),
        }
    }

    pub fn tell(&mut self, input: Input) -> &mut Self {
        self.effects = self.engine.update(input, self.now);
        self
    }

    pub fn after_ms(&mut self, ms: u64) -> &mut Self {
        self.now = self.now + Duration::from_millis(ms);
        self
    }

    pub fn press(&mut self, command: Command) -> &mut Self {
        let at = self.now;
        self.tell(Input::Face(FromFace::Command(command, at)))
    }

    pub fn space(&mut self) -> &mut Self {
        self.after_ms(500).press(Command::StartStop)
    }

    /// Space, Space; the take is named.
    pub fn record(&mut self) -> TakeRef {
        let take = self.space().begun().take_ref;
        self.space();
        take
    }

    /// Space, Space, a verdict of fine, saved.
    pub fn record_and_save(&mut self) -> TakeRef {
        let take = self.record();
        self.close(&take, Verdict::Fine, "", Status::Accepted)
            .save(&take, Status::Accepted);
        take
    }

    pub fn close(
        &mut self,
        take: &TakeRef,
        v: Verdict,
        warning: &str,
        status: Status,
    ) -> &mut Self {
        self.cut(take, v, warning, status, None)
    }

    pub fn cut(
        &mut self,
        take: &TakeRef,
        verdict: Verdict,
        warning: &str,
        status: Status,
        cut_by: Option<&'static str>,
    ) -> &mut Self {
        self.tell(Input::Capture(FromCapture::Closed {
            take_ref: take.clone(),
            quality: quality(verdict, warning),
            status,
            frames: 48_000,
            cut_by,
            measures: None,
        }))
    }

    pub fn save(&mut self, take: &TakeRef, status: Status) -> &mut Self {
        self.tell(Input::Writer(FromWriter::Saved {
            take_ref: take.clone(),
            status,
        }))
    }

    pub fn view(&self) -> SessionView {
        self.engine.view(self.now)
    }

    pub fn text(&self) -> String {
        self.view().prompt.unwrap().text
    }

    pub fn begun(&self) -> TakeDraft {
        let begun = |e: &Effect| match e {
            Effect::Capture(ToCapture::Begin { draft, .. }) => Some((**draft).clone()),
            _ => None,
        };
        self.effects.iter().find_map(begun).expect("a take begins")
    }

    pub fn ended(&self) -> Option<(TakeRef, Moment, Outcome)> {
        self.effects.iter().find_map(|e| match e {
            Effect::Capture(ToCapture::End {
                take_ref,
                at,
                outcome,
            }) => Some((take_ref.clone(), *at, outcome.clone())),
            _ => None,
        })
    }

    pub fn decided(&self) -> Vec<(TakeRef, Status)> {
        let decided = |e: &Effect| match e {
            Effect::Write(ToWriter::Decide {
                take_ref, status, ..
            }) => Some((take_ref.clone(), *status)),
            _ => None,
        };
        self.effects.iter().filter_map(decided).collect()
    }

    pub fn has(&self, wanted: impl Fn(&Effect) -> bool) -> bool {
        self.effects.iter().any(wanted)
    }
}

pub fn fact(text: &str, take: u32, status: Status) -> TakeFact {
    TakeFact {
        take_ref: TakeRef::new("s", "old", &format!("{text}_r1_{take}")),
        prompt_id: text.into(),
        prompt_text: text.into(),
        repeat: 1,
        pass: 1,
        take,
        status,
    }
}
