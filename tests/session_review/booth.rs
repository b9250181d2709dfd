//! A booth whose clock is cranked by hand and whose recorder answers when it is told to.

use std::sync::Arc;
use std::time::Duration;

use voicebooth::audio::{SourceInfo, SourceKind, StreamFormat};
use voicebooth::corpus::marks::{Mark, Marks};
use voicebooth::corpus::outline::Outline;
use voicebooth::corpus::sidecar::{DecidedBy, Quality, Status, Verdict};
use voicebooth::prompts::{Item, Prompt, PromptList};
use voicebooth::recorder::messages::{
    FromCapture, FromWriter, TakeDraft, TakeRef, ToCapture, ToWriter,
};
use voicebooth::session::engine::Engine;
use voicebooth::session::messages::{Effect, Input, Looked};
use voicebooth::session::plan::{Heard, Plan, TakeFact};
use voicebooth::session::setup::{Review, Setup};
use voicebooth::session::view::{Dialog, ItemsView, Mode, SessionView};
use voicebooth::session::{Command, FromFace};
use voicebooth::signal::thresholds::Thresholds;
use voicebooth::units::Moment;

/// An engine with a clock cranked by hand, and everything that it has asked for since the last look.
pub struct Booth {
    pub engine: Engine,
    pub now: Moment,
    pub effects: Vec<Effect>,
}

fn setup(review: Review) -> Setup {
    let source = SourceInfo {
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
    };
    Setup {
        speaker: "s".into(),
        session: "t".into(),
        list_sha256: "0123456789ab".into(),
        pass: 1,
        mode: Mode::Keys,
        mode_is_fixed: false,
        rolls_ms: (300, 300),
        review,
        thresholds: Thresholds::DEFAULT,
        check: false,
        checks_before: 0,
        bits: "16",
        bytes_per_second: 96_000,
        source,
        clock_ready: true,
        script: Arc::default(),
    }
}

/// A plan of these texts, each its own label, over takes that the corpus has already.
fn plan(texts: &[&str], takes: &[TakeFact]) -> Plan {
    let prompt = |t: &&str| Prompt {
        id: (*t).into(),
        text: (*t).into(),
        label: Some((*t).into()),
        repeat: 1,
        ..Prompt::default()
    };
    let list = PromptList {
        prompts: texts.iter().map(prompt).collect(),
        ..PromptList::default()
    };
    let item = |prompt| Item { prompt, repeat: 1 };
    let items: Vec<Item> = (0..texts.len() as u32).map(item).collect();
    Plan::new(Arc::new(list), &items, 1, takes, false)
}

pub fn outline() -> Outline {
    Outline {
        frames: 48_000,
        sample_rate_hz: 48_000,
        speech: Some(10_000..30_000),
        verdict: Some(Verdict::Fine),
        ..Outline::default()
    }
}

pub fn quality(verdict: Verdict) -> Quality {
    let json = serde_json::json!({
        "verdict": verdict, "warnings": [], "peak_dbfs": -9.0, "rms_dbfs": -24.0,
        "noise_floor_dbfs": null, "snr_db": null, "clipped_samples": 0, "dc_offset": 0.0
    });
    serde_json::from_value(json).unwrap()
}

impl Booth {
    pub fn new(review: Review, texts: &[&str]) -> Self {
        Self::with(review, plan(texts, &[]))
    }

    pub fn with(review: Review, plan: Plan) -> Self {
        let now = Moment::from_nanos(1_000_000_000);
        Self {
            engine: Engine::new(setup(review), plan, now),
            now,
            effects: Vec::new(),
        }
    }

    pub fn tell(&mut self, input: Input) -> &mut Self {
        self.effects = self.engine.update(input, self.now);
        self
    }

    pub fn press(&mut self, command: Command) -> &mut Self {
        self.now = self.now + Duration::from_millis(500);
        let at = self.now;
        self.tell(Input::Face(FromFace::Command(command, at)))
    }

    pub fn text(&mut self, words: &str) -> &mut Self {
        self.press(Command::Text(words.into()))
    }

    pub fn record(&mut self) -> TakeRef {
        self.press(Command::StartStop);
        let begun = |e: &Effect| match e {
            Effect::Capture(ToCapture::Begin { draft, .. }) => Some((**draft).clone()),
            _ => None,
        };
        let draft: TakeDraft = self.effects.iter().find_map(begun).expect("a take begins");
        self.press(Command::StartStop);
        draft.take_ref
    }

    pub fn close(&mut self, take: &TakeRef, verdict: Verdict, status: Status) -> &mut Self {
        self.tell(Input::Capture(FromCapture::Closed {
            take_ref: take.clone(),
            quality: quality(verdict),
            status,
            frames: 60_000,
            cut_by: None,
            measures: None,
        }))
    }

    pub fn save(&mut self, take: &TakeRef, status: Status) -> &mut Self {
        self.tell(Input::Writer(FromWriter::Saved {
            take_ref: take.clone(),
            status,
        }))
    }

    /// A take that is under review, saved and read.
    pub fn reviewed(&mut self) -> TakeRef {
        let take = self.record();
        self.close(&take, Verdict::Fine, Status::Unreviewed)
            .save(&take, Status::Unreviewed)
            .answer(&take, Ok(Arc::new(outline())));
        take
    }

    pub fn accepted(&mut self) -> TakeRef {
        let take = self.record();
        self.close(&take, Verdict::Fine, Status::Accepted)
            .save(&take, Status::Accepted);
        take
    }

    pub fn answer(&mut self, take: &TakeRef, outline: Result<Arc<Outline>, String>) -> &mut Self {
        let take_ref = take.clone();
        self.tell(Input::Looked(Looked { take_ref, outline }))
    }

    pub fn view(&self) -> SessionView {
        self.engine.view(self.now)
    }

    pub fn prompt(&self) -> String {
        self.view().prompt.unwrap().text
    }

    pub fn items(&self) -> ItemsView {
        match self.view().dialog {
            Some(Dialog::Items(items)) => (*items).clone(),
            other => panic!("a list, not {other:?}"),
        }
    }

    pub fn listed(&self) -> Vec<String> {
        self.items().rows.into_iter().map(|row| row.text).collect()
    }

    pub fn asks_to_look_at(&self, take: &TakeRef) -> bool {
        let look = |e: &Effect| matches!(e, Effect::Look(t) if t == take);
        self.effects.iter().any(look)
    }

    /// What is written about takes.
    pub fn noted(&self) -> Vec<(TakeRef, Mark)> {
        let noted = |e: &Effect| match e {
            Effect::Write(ToWriter::Annotate { take_ref, mark, by }) => {
                assert_eq!(*by, DecidedBy::Operator);
                Some((take_ref.clone(), mark.clone()))
            }
            _ => None,
        };
        self.effects.iter().filter_map(noted).collect()
    }

    pub fn decided(&self) -> Vec<Status> {
        let decided = |e: &Effect| match e {
            Effect::Write(ToWriter::Decide { status, .. }) => Some(*status),
            _ => None,
        };
        self.effects.iter().filter_map(decided).collect()
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

/// Four items from an earlier session: recorded and flagged, to be read again, skipped, and untouched.
pub fn earlier() -> Plan {
    let takes = [
        fact("one", 1, Status::Accepted),
        fact("two", 1, Status::Rejected),
        fact("three", 1, Status::Skipped),
    ];
    let mut plan = plan(&["one", "two", "three", "four"], &takes);
    let heard = |verdict, flagged| Heard {
        verdict: Some(verdict),
        length_ms: 1500,
        marks: Marks {
            flagged,
            ..Marks::default()
        },
    };
    let [one, two, _] = takes.map(|take| take.take_ref);
    plan.heard.insert(one, heard(Verdict::Look, true));
    plan.heard.insert(two, heard(Verdict::Again, false));
    plan
}
