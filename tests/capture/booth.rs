//! The whole capture thread against a simulated device, on a hand-cranked clock: blocks go through the real ring, keys
//! come as messages, and what reaches the writer's queue is put together again.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use voicebooth::audio::ring::{RingWriter, ring};
use voicebooth::corpus::draft::Closing;
use voicebooth::corpus::sidecar::{PromptRecord, Status};
use voicebooth::recorder::capture::{Capture, CaptureSettings, NextStep, Now};
use voicebooth::recorder::messages::{
    FromCapture, Outcome, Rolls, SessionEvent, TakeDraft, TakeHead, TakeRef, ToCapture, ToWriter,
    WindowSettings,
};
use voicebooth::recorder::meter::Meter;
use voicebooth::recorder::queue::{WriterReceiver, writer_queue};

use crate::device::{Block, Device, OPENED, frame_of};

pub const WINDOWS: WindowSettings = WindowSettings {
    pre_roll_ms: 300,
    post_roll_ms: 300,
    post_roll_max_ms: 1000,
    max_take_ms: 60_000,
    end_silence_ms: None,
    queue_frames: 48_000 * 30,
};

/// A take as the writer was told it.
#[derive(Debug)]
pub struct Written {
    pub draft: TakeDraft,
    pub head: TakeHead,
    pub samples: Vec<f32>,
    pub finish: Option<Closing>,
}

impl Written {
    pub fn finish(&self) -> &Closing {
        self.finish.as_ref().expect("the take is finished")
    }

    pub fn limited_by(&self) -> Vec<&str> {
        let words = &self.finish().timing.limited_by;
        words.iter().map(String::as_str).collect()
    }

    /// The true frames that the samples say they are, zeros left out.
    pub fn true_frames(&self) -> Vec<u64> {
        self.samples.iter().filter_map(|s| frame_of(*s)).collect()
    }

    /// The true frames, which must follow each other without a hole.
    pub fn true_range(&self) -> Range<u64> {
        let frames = self.true_frames();
        assert_eq!(frames.len(), self.samples.len(), "no zeros");
        assert!(
            frames.windows(2).all(|w| w[1] == w[0] + 1),
            "frames are lost or doubled"
        );
        frames
            .first()
            .map_or(0..0, |first| *first..first + frames.len() as u64)
    }
}

/// A capture thread whose time stands still until it is moved.
pub struct Booth {
    pub device: Device,
    pub capture: Capture,
    pub meter: Arc<Meter>,
    pub takes: BTreeMap<String, Written>,
    pub events: Vec<SessionEvent>,
    /// Nothing is taken from the queue while the disk stalls.
    pub disk_stalls: bool,
    pub suspended: Duration,
    pub last_step: NextStep,
    source: Option<RingWriter>,
    coming: Vec<Block>,
    delivered: usize,
    queue: WriterReceiver,
    facts: Arc<Mutex<Vec<FromCapture>>>,
    now_ms: f64,
}

impl Booth {
    pub fn new(device: Device, windows: WindowSettings) -> Self {
        Self::with_queue(device, windows, u64::MAX)
    }

    /// A booth whose device is attached and delivers for a minute at most.
    pub fn with_queue(device: Device, windows: WindowSettings, limit_samples: u64) -> Self {
        let mut booth = Self::empty(device, windows, limit_samples);
        booth.attach(1);
        booth
    }

    pub fn empty(device: Device, windows: WindowSettings, limit_samples: u64) -> Self {
        let (tx, queue) = writer_queue(limit_samples);
        let facts = Arc::new(Mutex::new(Vec::new()));
        let meter = Arc::new(Meter::default());
        let settings = CaptureSettings {
            windows,
            unattended: Outcome::ByVerdict,
            longest_pre_roll_ms: LONGEST_PRE_ROLL_MS,
        };
        let told = Arc::clone(&facts);
        let tell = Box::new(move |fact| told.lock().unwrap().push(fact));
        Self {
            coming: Vec::new(),
            capture: Capture::new(settings, tx, Arc::clone(&meter), tell),
            device,
            meter,
            takes: BTreeMap::new(),
            events: Vec::new(),
            disk_stalls: false,
            suspended: Duration::ZERO,
            last_step: NextStep::Wait,
            source: None,
            delivered: 0,
            queue,
            facts,
            now_ms: 0.0,
        }
    }

    /// Opens the device: its frame 0 is captured at [`OPENED`], whenever it is attached.
    pub fn attach(&mut self, stream: u32) {
        let (writer, reader) = ring(stream, self.device.format(), 4);
        self.source = Some(writer);
        let info = self.device.info();
        self.say(ToCapture::Attach { info, reader });
    }

    /// The blocks that the device will deliver, as many as `ms` milliseconds have.
    pub fn deliver(&mut self, ms: f64) {
        self.coming = self.device.run(ms);
        self.delivered = 0;
    }

    /// The device's thread ends.
    pub fn close_source(&mut self) {
        self.source = None;
    }

    pub fn now(&self) -> Now {
        let moment = Device::at_ms(self.now_ms);
        let since = jiff::SignedDuration::from_nanos(moment.nanos_since(OPENED));
        Now {
            moment,
            utc: utc_of_opening() + since,
            suspended: self.suspended,
        }
    }

    /// Lets time pass until `ms` after the opening, in steps of 10 ms as the thread's loop takes them.
    pub fn run_until(&mut self, ms: f64) {
        if self.coming.is_empty() {
            self.deliver(60_000.0);
        }
        while self.now_ms < ms {
            self.now_ms = (self.now_ms + 10.0).min(ms);
            self.hand_over();
            self.step();
        }
    }

    /// Time passes, the callback works, but the capture thread gets no processor.
    pub fn starve_until(&mut self, ms: f64) {
        self.now_ms = ms;
        self.hand_over();
    }

    fn hand_over(&mut self) {
        let now = Device::at_ms(self.now_ms);
        while let Some(block) = self.coming.get(self.delivered) {
            if block.delivered > now {
                break;
            }
            if let Some(source) = &mut self.source {
                let samples = self.device.samples(block);
                source.push(block.captured_at, block.frames as usize, samples);
            }
            self.delivered += 1;
        }
    }

    pub fn step(&mut self) {
        self.last_step = self.capture.step(self.now());
        self.write();
    }

    pub fn say(&mut self, message: ToCapture) {
        self.capture.handle(message, self.now());
        self.write();
    }

    pub fn begin(&mut self, name: &str, ms: f64) {
        self.begin_with(name, Rolls::default(), ms);
    }

    pub fn begin_with(&mut self, name: &str, rolls: Rolls, ms: f64) {
        let at = Device::at_ms(ms);
        let mut draft = draft(name);
        draft.rolls = rolls;
        self.say(ToCapture::Begin { draft, at });
    }

    pub fn end(&mut self, name: &str, ms: f64) {
        self.end_as(name, ms, Outcome::ByVerdict);
    }

    pub fn end_as(&mut self, name: &str, ms: f64, outcome: Outcome) {
        self.say(ToCapture::End {
            take_ref: take_ref(name),
            at: Device::at_ms(ms),
            outcome,
        });
    }

    /// Does what the writer thread does.
    fn write(&mut self) {
        while !self.disk_stalls {
            let Ok(message) = self.queue.recv_timeout(Duration::ZERO) else {
                break;
            };
            match message {
                ToWriter::Begin { draft, head } => {
                    let written = Written {
                        draft: *draft,
                        head,
                        samples: Vec::new(),
                        finish: None,
                    };
                    let name = written.draft.take_ref.0.to_string();
                    assert!(self.takes.insert(name, written).is_none(), "begun once");
                }
                ToWriter::Append { take_ref, samples } => {
                    self.queue.written(samples.len() as u64);
                    let take = self.takes.get_mut(&*take_ref.0).expect("begun first");
                    assert!(take.finish.is_none(), "nothing after the finish");
                    take.samples.extend(samples);
                }
                ToWriter::Finish { take_ref, closing } => {
                    let take = self.takes.get_mut(&*take_ref.0).expect("begun first");
                    assert!(take.finish.replace(*closing).is_none(), "finished once");
                }
                ToWriter::Event(event) => self.events.push(event),
                other => panic!("not from the capture thread: {other:?}"),
            }
        }
    }

    /// The disk works again.
    pub fn disk_recovers(&mut self) {
        self.disk_stalls = false;
        self.write();
    }

    pub fn take(&self, name: &str) -> &Written {
        &self.takes[&*take_ref(name).0]
    }

    /// Everything the session was told.
    pub fn facts(&self) -> Vec<FromCapture> {
        self.facts.lock().unwrap().clone()
    }

    /// How a take's end was told.
    pub fn closed(&self, name: &str) -> Option<(Status, u64, Option<&'static str>)> {
        self.facts().into_iter().find_map(|fact| match fact {
            FromCapture::Closed {
                take_ref: told,
                status,
                frames,
                cut_by,
                ..
            } if told == take_ref(name) => Some((status, frames, cut_by)),
            _ => None,
        })
    }
}

/// 2026-11-22T10:15:09Z, by the wall clock.
/// What a booth keeps for prompts that ask for a long pre-roll, ms.
pub const LONGEST_PRE_ROLL_MS: u32 = 3_000;

pub fn utc_of_opening() -> jiff::Timestamp {
    "2026-11-22T10:15:09Z".parse().unwrap()
}

pub fn take_ref(name: &str) -> TakeRef {
    TakeRef::new("s7k3q", "2026-11-22T101502Z-7f3a", name)
}

pub fn draft(name: &str) -> Box<TakeDraft> {
    Box::new(TakeDraft {
        take_ref: take_ref(name),
        prompt: PromptRecord {
            id: name.into(),
            text: name.into(),
            list_sha256: "0123456789ab".into(),
            ..PromptRecord::default()
        },
        repeat: 1,
        pass: 1,
        position: 1,
        role: "item",
        take: 1,
        supersedes: None,
        shown_at: None,
        rolls: Rolls::default(),
    })
}

/// A frame is where it should be, to within `tolerance` frames.
pub fn assert_near(got: u64, wanted: f64, tolerance: f64, what: &str) {
    let off = got as f64 - wanted;
    assert!(
        off.abs() <= tolerance,
        "{what}: {got} is {off} frames off {wanted}"
    );
}
