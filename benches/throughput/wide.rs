//! The recorder by itself, without screen and device: a scripted source of many channels, the real ring, capture
//! thread, writer and disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};

use voicebooth::audio::StreamFormat;
use voicebooth::audio::scripted::ScriptedSource;
use voicebooth::corpus::records::SessionSetup;
use voicebooth::corpus::sidecar::{Encoding, PromptRecord};
use voicebooth::corpus::start::{NewSession, claim_speaker, start_session};
use voicebooth::platform;
use voicebooth::recorder::messages::{
    FromCapture, FromWriter, Outcome, Rolls, TakeDraft, TakeRef, ToCapture, ToWriter,
    WindowSettings,
};
use voicebooth::recorder::meter::Meter;
use voicebooth::recorder::queue::{WriterSender, writer_queue};
use voicebooth::recorder::{capture, writer};

use crate::support::noise;

/// Frames of a block.
const BLOCK_FRAMES: u64 = 960;

/// A take of a scripted source.
pub struct Wide {
    /// Rate and channels.
    pub format: StreamFormat,
    /// Length between the keys.
    pub length: Duration,
}

/// What became of it.
pub struct Outcomes {
    /// The WAV; its sidecar is beside it.
    pub wav: PathBuf,
    /// Blocks that the ring refused.
    pub refused_blocks: u64,
    /// The most audio that waited for the writer at once, s.
    pub waiting_s: f64,
    /// From the end of the post-roll to saved.
    pub saved_after: Duration,
}

/// Both ends of the recorder.
struct Recorder {
    to_capture: Sender<ToCapture>,
    to_writer: WriterSender,
    heard: Receiver<Heard>,
    folder: PathBuf,
    take: TakeRef,
    list: String,
}

enum Heard {
    Capture(FromCapture),
    Writer(FromWriter),
}

impl Wide {
    /// Records one take into `corpus` at the pace of a real device.
    pub fn record(&self, corpus: &Path) -> anyhow::Result<Outcomes> {
        let recorder = self.start(corpus)?;
        let (source, reader) = ScriptedSource::open(1, self.format, platform::now());
        let info = ScriptedSource::info(self.format);
        recorder.tell(ToCapture::Attach { info, reader })?;
        let (stop, stopped) = mpsc::channel();
        let format = self.format;
        let device = thread::spawn(move || deliver(source, format, &stopped));
        recorder.until("the clock", |heard| {
            matches!(heard, Heard::Capture(FromCapture::ClockReady { .. }))
        })?;

        let at = platform::now();
        recorder.tell(ToCapture::Begin {
            draft: Box::new(recorder.draft()),
            at,
        })?;
        let mut waiting_samples = 0;
        let end = Instant::now() + self.length;
        while Instant::now() < end {
            waiting_samples = waiting_samples.max(recorder.to_writer.waiting_samples());
            thread::sleep(Duration::from_millis(20));
        }
        let (take_ref, at) = (recorder.take.clone(), platform::now());
        recorder.tell(ToCapture::End {
            take_ref,
            at,
            outcome: Outcome::Unreviewed,
        })?;
        recorder.until("the end of the take", |heard| {
            matches!(heard, Heard::Capture(FromCapture::Closed { .. }))
        })?;
        let closed = Instant::now();
        recorder.until("the take on the disk", |heard| {
            matches!(heard, Heard::Writer(FromWriter::Saved { .. }))
        })?;
        let saved_after = closed.elapsed();
        drop(stop);
        let refused_blocks = device.join().ok().context("the scripted device failed")?;
        recorder.tell(ToCapture::Shutdown {
            cause: "program_error",
        })?;
        recorder.to_writer.send(ToWriter::Shutdown);
        let per_second = f64::from(format.sample_rate_hz) * f64::from(format.channels);
        Ok(Outcomes {
            wav: recorder.folder.join("wide_r1_1.wav"),
            refused_blocks,
            waiting_s: waiting_samples as f64 / per_second,
            saved_after,
        })
    }

    fn start(&self, corpus: &Path) -> anyhow::Result<Recorder> {
        let list = "{\"id\":\"wide\",\"text\":\"wide\"}\n";
        let source = ScriptedSource::info(self.format);
        let new = NewSession {
            setup: SessionSetup::default(),
            source: &source,
            encoding: Encoding::PcmS16le,
            list_jsonl: list,
        };
        let session = start_session(claim_speaker(corpus, "bench")?, new)?;
        let folder = session.folder.clone();
        let take = TakeRef::new("bench", &session.record.session, "wide_r1_1");
        let list = session.record.list_sha256.clone();
        let samples_a_second =
            u64::from(self.format.sample_rate_hz) * u64::from(self.format.channels);
        // As the program sets it: 30 s, at most 256 MiB.
        let limit = (30 * samples_a_second).min((256 << 20) / 4);
        let (to_writer, from_all) = writer_queue(limit);
        let (tell, heard) = mpsc::channel();
        let told = tell.clone();
        let report = Box::new(move |fact| {
            let _ = told.send(Heard::Writer(fact));
        });
        writer::spawn(session, from_all, report)?;
        let settings = capture::CaptureSettings {
            windows: WindowSettings {
                pre_roll_ms: 300,
                post_roll_ms: 300,
                post_roll_max_ms: 0,
                max_take_ms: 600_000,
                end_silence_ms: None,
                queue_frames: limit / u64::from(self.format.channels),
            },
            unattended: Outcome::Unreviewed,
            longest_pre_roll_ms: 0,
        };
        let (to_capture, inbox) = mpsc::channel();
        let tell = Box::new(move |fact| {
            let _ = tell.send(Heard::Capture(fact));
        });
        capture::spawn(
            settings,
            inbox,
            to_writer.clone(),
            Arc::new(Meter::default()),
            tell,
        )?;
        Ok(Recorder {
            to_capture,
            to_writer,
            heard,
            folder,
            take,
            list,
        })
    }
}

impl Recorder {
    fn tell(&self, message: ToCapture) -> anyhow::Result<()> {
        let gone = |_| anyhow!("the capture thread has ended");
        self.to_capture.send(message).map_err(gone)
    }

    fn draft(&self) -> TakeDraft {
        TakeDraft {
            take_ref: self.take.clone(),
            prompt: PromptRecord {
                id: "wide".into(),
                text: "wide".into(),
                list_sha256: self.list.clone(),
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
        }
    }

    fn until(&self, what: &str, is_it: impl Fn(&Heard) -> bool) -> anyhow::Result<()> {
        loop {
            let heard = self.heard.recv_timeout(Duration::from_secs(60));
            let heard = heard.with_context(|| format!("{what} did not come"))?;
            match &heard {
                fact if is_it(fact) => return Ok(()),
                Heard::Writer(FromWriter::Failed { text, .. }) => bail!("{text}"),
                Heard::Capture(FromCapture::Closed { cut_by, .. }) => bail!("cut by {cut_by:?}"),
                _ => {}
            }
        }
    }
}

/// Delivers the noise, sample after sample over all channels, as fast as a device of this format would, until told to
/// stop. Gives how many blocks were refused.
fn deliver(mut source: ScriptedSource, format: StreamFormat, stopped: &Receiver<()>) -> u64 {
    let began = Instant::now();
    let mut block = vec![0.0; BLOCK_FRAMES as usize * usize::from(format.channels)];
    let (mut frames, mut sample, mut refused) = (0, 0, 0);
    while stopped.try_recv() != Err(mpsc::TryRecvError::Disconnected) {
        for value in &mut block {
            *value = noise::full_scale(sample);
            sample += 1;
        }
        frames += BLOCK_FRAMES;
        let due =
            began + Duration::from_nanos(frames * 1_000_000_000 / u64::from(format.sample_rate_hz));
        thread::sleep(due.saturating_duration_since(Instant::now()));
        refused += u64::from(!source.deliver(&block, Duration::ZERO));
    }
    refused
}
