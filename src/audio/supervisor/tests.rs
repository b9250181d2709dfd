//! The supervisor against sources that are scripted, by a clock that is cranked by hand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::*;
use crate::audio::inputs::OpenError;
use crate::audio::scripted::ScriptedSource;
use crate::audio::{SourceKind, StreamFormat};

const FORMAT: StreamFormat = StreamFormat {
    sample_rate_hz: 1000,
    channels: 1,
};

/// A world with one microphone, which a test plugs in and out.
#[derive(Clone, Default)]
struct World {
    unplugged: Arc<AtomicBool>,
    dead: Arc<AtomicBool>,
    channels_now: Arc<Mutex<u16>>,
    asked_for: Arc<Mutex<Vec<OpenRequest>>>,
    cues: Arc<Mutex<Vec<String>>>,
}

#[derive(Debug)]
struct Mic {
    unplugged: Arc<AtomicBool>,
    dead: Arc<AtomicBool>,
    cues: Arc<Mutex<Vec<String>>>,
}

impl Running for Mic {
    fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed) || self.unplugged.load(Ordering::Relaxed)
    }

    fn cue(&self, text: &str, _at: Moment, _given: Given) {
        self.cues.lock().unwrap().push(text.to_owned());
    }
}

impl Sources for World {
    fn open(&mut self, request: &OpenRequest, stream: u32) -> Result<Opened, OpenError> {
        self.asked_for.lock().unwrap().push(request.clone());
        if self.unplugged.load(Ordering::Relaxed) {
            return Err(OpenError::NoInput);
        }
        self.dead.store(false, Ordering::Relaxed);
        let (_, reader) = ScriptedSource::open(stream, FORMAT, Moment::default());
        let info = SourceInfo {
            kind: SourceKind::Microphone,
            device_channels: *self.channels_now.lock().unwrap(),
            ..ScriptedSource::info(FORMAT)
        };
        let running = Box::new(Mic {
            unplugged: self.unplugged.clone(),
            dead: self.dead.clone(),
            cues: self.cues.clone(),
        });
        Ok(Opened {
            info,
            reader,
            running,
        })
    }

    fn inputs(&mut self) -> Vec<InputInfo> {
        Vec::new()
    }
}

/// A supervisor, its world, what it reported, and the time.
struct Scene {
    world: World,
    supervisor: Supervisor<World>,
    reports: Receiver<FromDevice>,
    now: Moment,
}

impl Scene {
    fn new() -> Self {
        let world = World::default();
        let (sender, reports) = channel();
        let report = Box::new(move |report| sender.send(report).unwrap());
        Self {
            supervisor: Supervisor::new(world.clone(), report),
            world,
            reports,
            now: Moment::from_nanos(1),
        }
    }

    fn tell(&mut self, message: ToDevice) {
        self.supervisor.step(Some(message), self.now);
    }

    fn open(&mut self) {
        self.tell(ToDevice::Open(OpenRequest {
            input: InputChoice::Default,
            host: None,
            sample_rate_hz: FORMAT.sample_rate_hz,
            channels: 1,
            channel_map: None,
        }));
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        self.supervisor.step(None, self.now);
    }

    fn plug(&mut self, there: bool) {
        self.world.unplugged.store(!there, Ordering::Relaxed);
    }

    /// What was reported since the last call, in one word each; an opening by its number.
    fn reported(&self) -> Vec<String> {
        let word = |report| match report {
            FromDevice::Opened { reader, .. } => format!("opened {}", reader.stream()),
            FromDevice::Unavailable { reason, .. } => format!("unavailable: {reason}"),
            FromDevice::Gone { name } => format!("gone: {name}"),
        };
        self.reports.try_iter().map(word).collect()
    }
}

#[test]
fn a_source_that_is_unplugged_is_told_and_taken_again_when_it_is_back() {
    let mut scene = Scene::new();
    scene.open();
    scene.plug(false);
    scene.pass(LOOK);
    assert_eq!(scene.reported(), ["opened 1", "gone: Scripted source"]);
    scene.pass(LOOK);
    assert!(scene.reported().is_empty());
    scene.plug(true);
    scene.pass(LOOK);
    assert_eq!(scene.reported(), ["opened 2"]);
}

#[test]
fn it_is_the_very_source_that_is_taken_again_and_not_the_default_of_the_day() {
    let mut scene = Scene::new();
    scene.open();
    scene.plug(false);
    scene.pass(LOOK);
    scene.plug(true);
    scene.pass(LOOK);
    let asked_for = scene.world.asked_for.lock().unwrap();
    let again = asked_for.last().unwrap();
    assert_eq!(again.input, InputChoice::Named("scripted:1".to_owned()));
    assert_eq!(again.host.as_deref(), Some("scripted"));
}

#[test]
fn a_stream_that_dies_is_noticed_at_a_glance_and_opened_anew() {
    let mut scene = Scene::new();
    scene.open();
    scene.world.dead.store(true, Ordering::Relaxed);
    scene.pass(GLANCE);
    assert_eq!(scene.reported(), ["opened 1", "gone: Scripted source"]);
    scene.pass(LOOK);
    assert_eq!(scene.reported(), ["opened 2"]);
}

#[test]
fn a_source_that_comes_back_otherwise_is_not_taken() {
    let mut scene = Scene::new();
    scene.open();
    scene.plug(false);
    scene.pass(LOOK);
    *scene.world.channels_now.lock().unwrap() = 6;
    scene.plug(true);
    scene.pass(LOOK);
    let reported = scene.reported();
    assert!(reported[2].contains("came back with other settings (6 channels"));
    assert_eq!(scene.supervisor.patience(), None);
}

#[test]
fn what_cannot_be_opened_is_not_tried_again_by_itself() {
    let mut scene = Scene::new();
    scene.plug(false);
    scene.open();
    scene.plug(true);
    for _ in 0..5 {
        scene.pass(LOOK);
    }
    assert_eq!(
        scene.reported(),
        ["unavailable: there is no microphone; plug one in, or try `--input demo`"]
    );
    scene.tell(ToDevice::Reopen);
    assert_eq!(scene.reported(), ["opened 1"]);
}

#[test]
fn opening_anew_while_the_source_is_away_goes_on_waiting_for_it() {
    let mut scene = Scene::new();
    scene.open();
    scene.plug(false);
    scene.tell(ToDevice::Reopen);
    scene.tell(ToDevice::Reopen);
    assert_eq!(scene.reported(), ["opened 1", "gone: Scripted source"]);
    scene.plug(true);
    scene.pass(LOOK);
    assert_eq!(scene.reported(), ["opened 2"]);
}

#[test]
fn a_stalled_source_is_opened_anew_when_it_is_asked_for() {
    let mut scene = Scene::new();
    scene.open();
    scene.tell(ToDevice::Reopen);
    assert_eq!(scene.reported(), ["opened 1", "opened 2"]);
}

#[test]
fn a_closed_source_is_left_alone_and_hears_no_cues() {
    let mut scene = Scene::new();
    scene.open();
    let cue = |text: &str| ToDevice::Cue {
        text: text.to_owned(),
        at: Moment::default(),
        given: Given::Key,
    };
    scene.tell(cue("one"));
    scene.tell(ToDevice::Close);
    scene.tell(cue("two"));
    scene.plug(false);
    scene.pass(LOOK);
    assert_eq!(scene.reported(), ["opened 1"]);
    assert_eq!(*scene.world.cues.lock().unwrap(), ["one"]);
}
