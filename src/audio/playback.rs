//! Plays takes through the default output, on a thread of its own; the output is open only while something plays.
//!
//! A file that cannot be read and an output that cannot be opened or breaks are told as [`FromPlayback::Failed`]; the
//! recording is not touched by either.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::clip::Clip;
use super::device::{Output, OutputStream};
use crate::platform;
use crate::units::Moment;

/// How often the end of what plays is looked for.
const GLANCE: Duration = Duration::from_millis(20);
/// Outputs date their sound early by up to a block of their server: 10 ms at 512 frames and 42 ms at 2048, measured
/// through PipeWire. An end is told so much later than its date: what must stay clear of it may wait, not begin early.
const DATED_EARLY: Duration = Duration::from_millis(50);
/// So long after the date of its last frame an output is closed.
const TAIL: Duration = Duration::from_millis(100);
/// An output that has not played a clip so long after it should have ended never will.
const GRACE: Duration = Duration::from_secs(5);

/// From the session to the player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToPlayback {
    /// Play this WAV file; what plays is cut off.
    Play(PathBuf),
    /// Play these frames of it; what plays is cut off.
    PlayPart(PathBuf, Range<u64>),
    /// Stop. Answered by `Finished` if something plays.
    Stop,
}

/// From the player to the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromPlayback {
    /// Sound is on its way.
    Started,
    /// The last sound was heard.
    Finished {
        /// When at the latest.
        until: Moment,
    },
    /// It could not be played (to its end); why, in plain words.
    Failed(String),
}

/// Starts the thread, which reports through `report` and ends when the sender is dropped.
///
/// # Errors
/// The system gives no thread.
pub fn spawn(report: Box<dyn Fn(FromPlayback) + Send>) -> std::io::Result<Sender<ToPlayback>> {
    let (sender, inbox) = channel();
    let player = Player {
        report,
        playing: None::<Playing<OutputStream>>,
        start: start_on_default_output,
    };
    thread::Builder::new()
        .name("playback".to_owned())
        .spawn(move || run(player, &inbox))?;
    Ok(sender)
}

fn run<T, F: Start<T>>(mut player: Player<T, F>, inbox: &Receiver<ToPlayback>) {
    loop {
        let message = match player.playing {
            Some(_) => inbox.recv_timeout(GLANCE),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match message {
            Ok(message) => player.step(Some(message), platform::now()),
            Err(RecvTimeoutError::Timeout) => player.step(None, platform::now()),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Starts to play a part of a file, and returns what keeps it playing.
trait Start<T>: FnMut(&Path, Part, Moment) -> Result<Playing<T>, String> {}
impl<T, F: FnMut(&Path, Part, Moment) -> Result<Playing<T>, String>> Start<T> for F {}

/// Which frames of a file; `None`: all.
type Part = Option<Range<u64>>;

/// The thread's step, with the output and the clock outside.
struct Player<T, F> {
    report: Box<dyn Fn(FromPlayback) + Send>,
    playing: Option<Playing<T>>,
    start: F,
}

/// Something that plays for as long as `open` lives.
struct Playing<T> {
    open: T,
    progress: Arc<Progress>,
    give_up_at: Moment,
}

impl<T, F: Start<T>> Player<T, F> {
    fn step(&mut self, message: Option<ToPlayback>, now: Moment) {
        match message {
            Some(ToPlayback::Play(path)) => self.play(&path, None, now),
            Some(ToPlayback::PlayPart(path, frames)) => self.play(&path, Some(frames), now),
            Some(ToPlayback::Stop) => self.stop(now),
            None => self.look(now),
        }
    }

    fn play(&mut self, path: &Path, part: Part, now: Moment) {
        self.stop(now);
        match (self.start)(path, part, now) {
            Ok(playing) => {
                self.playing = Some(playing);
                (self.report)(FromPlayback::Started);
            }
            Err(reason) => (self.report)(FromPlayback::Failed(reason)),
        }
    }

    fn stop(&mut self, now: Moment) {
        if let Some(playing) = self.playing.take() {
            drop(playing.open);
            let end = playing.progress.end().map_or(now, |end| end.min(now));
            (self.report)(finished(end));
        }
    }

    fn look(&mut self, now: Moment) {
        let Some(playing) = &self.playing else { return };
        let outcome = match playing.progress.end() {
            _ if playing.progress.failed.load(Ordering::Relaxed) => {
                FromPlayback::Failed("the loudspeaker has gone".to_owned())
            }
            Some(until) if now >= until + TAIL => finished(until),
            None if now >= playing.give_up_at => {
                FromPlayback::Failed("the loudspeaker takes no sound".to_owned())
            }
            _ => return,
        };
        self.playing = None;
        (self.report)(outcome);
    }
}

/// The last sound that is dated `end` was surely heard.
fn finished(end: Moment) -> FromPlayback {
    FromPlayback::Finished {
        until: end + DATED_EARLY,
    }
}

/// How far the audio thread has come.
#[derive(Debug, Default)]
struct Progress {
    /// When the last frame is heard, nanoseconds; 0 while that is not known.
    end_nanos: AtomicI64,
    failed: AtomicBool,
}

impl Progress {
    fn end(&self) -> Option<Moment> {
        let nanos = self.end_nanos.load(Ordering::Relaxed);
        (nanos != 0).then(|| Moment::from_nanos(nanos))
    }
}

/// A clip and the place in it, for the audio thread.
struct Performance {
    clip: Clip,
    out_channels: usize,
    next_frame: usize,
    progress: Arc<Progress>,
}

impl Performance {
    /// Writes the next frames, silence after the end. Realtime-safe.
    fn fill(&mut self, out: &mut [f32], heard_at: Moment) {
        let before = self.next_frame;
        for frame in out.chunks_mut(self.out_channels) {
            for (channel, sample) in frame.iter_mut().enumerate() {
                *sample = self.clip.sample(self.next_frame, channel);
            }
            self.next_frame += 1;
        }
        let left = self.clip.frames().saturating_sub(before);
        if self.next_frame >= self.clip.frames() && self.progress.end().is_none() {
            let nanos = left as u64 * 1_000_000_000 / u64::from(self.clip.rate_hz());
            let end = heard_at + Duration::from_nanos(nanos);
            self.progress
                .end_nanos
                .store(end.nanos(), Ordering::Relaxed);
        }
    }
}

fn start_on_default_output(
    path: &Path,
    part: Part,
    now: Moment,
) -> Result<Playing<OutputStream>, String> {
    let mut clip = Clip::read(path).map_err(|error| error.to_string())?;
    if let Some(frames) = part {
        clip = clip.part(frames);
    }
    let length = clip.length();
    let output = Output::find(clip.rate_hz()).map_err(no_loudspeaker)?;
    let progress = Arc::new(Progress::default());
    let mut performance = Performance {
        clip: clip.at_rate(output.rate_hz()),
        out_channels: usize::from(output.channels()),
        next_frame: 0,
        progress: progress.clone(),
    };
    let broken = progress.clone();
    let open = output
        .play(
            move |out, heard_at| performance.fill(out, heard_at),
            move || broken.failed.store(true, Ordering::Relaxed),
        )
        .map_err(no_loudspeaker)?;
    Ok(Playing {
        open,
        progress,
        give_up_at: now + length + GRACE,
    })
}

/// What the audio system says of it is for the log: nobody in the booth can do anything with its words.
#[allow(clippy::needless_pass_by_value)] // the form that `map_err` takes
fn no_loudspeaker(error: impl std::fmt::Display) -> String {
    tracing::warn!("no loudspeaker: {error}");
    "there is no loudspeaker".to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::float_cmp)] // exactly these values are promised

    use super::*;

    /// A player whose output is a clip of 0.3 s that is cranked by hand, and what it reported.
    struct Scene<F> {
        player: Player<(), F>,
        reports: Receiver<FromPlayback>,
        performances: Receiver<Performance>,
    }

    fn scene() -> Scene<impl Start<()>> {
        let (sender, reports) = channel();
        let (stage, performances) = channel();
        let start = move |path: &Path, part: Part, now: Moment| {
            if path == Path::new("missing.wav") {
                return Err("missing.wav is not there".to_owned());
            }
            let progress = Arc::new(Progress::default());
            let clip = Clip::new(vec![0.5; 300], 1, 1000);
            let performance = Performance {
                clip: clip.part(part.unwrap_or(0..300)),
                out_channels: 2,
                next_frame: 0,
                progress: progress.clone(),
            };
            stage.send(performance).unwrap();
            Ok(Playing {
                open: (),
                progress,
                give_up_at: now + GRACE,
            })
        };
        let report = Box::new(move |report| sender.send(report).unwrap());
        Scene {
            player: Player {
                report,
                playing: None,
                start,
            },
            reports,
            performances,
        }
    }

    fn play(path: &str) -> ToPlayback {
        ToPlayback::Play(path.into())
    }

    fn at(ms: u64) -> Moment {
        Moment::from_nanos(1) + Duration::from_millis(ms)
    }

    #[test]
    fn a_take_is_over_when_its_last_frame_was_heard() {
        let mut scene = scene();
        scene.player.step(Some(play("a.wav")), at(0));
        let mut performance = scene.performances.recv().unwrap();
        let mut out = [9.0; 400];
        performance.fill(&mut out, at(50));
        assert!(out.iter().all(|sample| *sample == 0.5));
        performance.fill(&mut out, at(250));
        assert_eq!((out[199], out[200]), (0.5, 0.0));
        scene
            .player
            .step(None, at(350) + TAIL - Duration::from_nanos(1));
        assert_eq!(
            scene.reports.try_iter().collect::<Vec<_>>(),
            [FromPlayback::Started]
        );
        scene.player.step(None, at(350) + TAIL);
        let heard = scene.reports.try_iter().collect::<Vec<_>>();
        assert_eq!(heard, [finished(at(350))]);
    }

    #[test]
    fn a_part_of_a_take_is_over_when_its_own_last_frame_was_heard() {
        let mut scene = scene();
        let part = ToPlayback::PlayPart("a.wav".into(), 100..200);
        scene.player.step(Some(part), at(0));
        let mut performance = scene.performances.recv().unwrap();
        let mut out = [9.0; 400];
        performance.fill(&mut out, at(50));
        assert_eq!((out[199], out[200]), (0.5, 0.0));
        scene.player.step(None, at(150) + TAIL);
        let heard = scene.reports.try_iter().last();
        assert_eq!(heard, Some(finished(at(150))));
    }

    #[test]
    fn stopping_is_answered_once_and_only_while_something_plays() {
        let mut scene = scene();
        scene.player.step(Some(ToPlayback::Stop), at(0));
        scene.player.step(Some(play("a.wav")), at(1));
        scene.player.step(Some(ToPlayback::Stop), at(2));
        scene.player.step(Some(ToPlayback::Stop), at(3));
        let reports: Vec<_> = scene.reports.try_iter().collect();
        assert_eq!(reports, [FromPlayback::Started, finished(at(2))]);
    }

    #[test]
    fn what_cannot_be_played_is_told() {
        let mut scene = scene();
        scene.player.step(Some(play("missing.wav")), at(0));
        let failed = FromPlayback::Failed("missing.wav is not there".to_owned());
        assert_eq!(scene.reports.try_iter().collect::<Vec<_>>(), [failed]);
    }

    #[test]
    fn an_output_that_takes_no_sound_or_breaks_is_given_up() {
        for breaks in [false, true] {
            let mut scene = scene();
            scene.player.step(Some(play("a.wav")), at(0));
            let performance = scene.performances.recv().unwrap();
            performance.progress.failed.store(breaks, Ordering::Relaxed);
            scene.player.step(None, at(6_000));
            let last = scene.reports.try_iter().last();
            assert!(matches!(last, Some(FromPlayback::Failed(_))), "{last:?}");
        }
    }
}
