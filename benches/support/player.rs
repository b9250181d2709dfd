//! Plays the noise, or anything else, into the default output and knows which frame is heard at which instant.
//!
//! It goes through ALSA (pipewire-alsa): its playback stamps and its capture stamps agree to 0.02 ms in a loop, those
//! of the Pulse host are 10 ms off. The median of the stamps around an instant dates the frames; their spread says how
//! well.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};

use super::noise;

/// Stamps this close to an instant, seconds, date the frames around it.
const NEAR_S: f64 = 0.5;

/// Frames asked for at once: enough to bear a busy machine.
const PERIOD_FRAMES: u32 = 4096;

/// A player that goes on until it is dropped.
pub struct Player {
    _stream: cpal::Stream,
    heard: Arc<Mutex<Vec<(u64, Instant)>>>,
    zero: Instant,
}

impl Player {
    /// Starts the noise, and waits until the stamps have settled.
    pub fn start(quantum: u32) -> anyhow::Result<Self> {
        Self::playing(quantum.max(PERIOD_FRAMES), |first, block| {
            for (frame, sample) in (first..).zip(block) {
                *sample = noise::full_scale(frame);
            }
        })
    }

    /// Starts what `fill` gives for a block whose first frame has this number, in periods of so many frames; waits until
    /// the stamps have settled.
    pub fn playing(
        period_frames: u32,
        mut fill: impl FnMut(u64, &mut [f32]) + Send + 'static,
    ) -> anyhow::Result<Self> {
        let host = cpal::host_from_id(cpal::HostId::Alsa).context("no ALSA")?;
        let device = host.default_output_device().context("no default output")?;
        let config = cpal::StreamConfig {
            channels: 1,
            sample_rate: noise::RATE_HZ,
            buffer_size: cpal::BufferSize::Fixed(period_frames),
        };
        let heard = Arc::new(Mutex::new(Vec::with_capacity(1 << 18)));
        let log = heard.clone();
        let mut next = 0;
        let stream = device.build_output_stream(
            config,
            move |block: &mut [f32], info: &cpal::OutputCallbackInfo| {
                let stamp = info.timestamp();
                let ahead = stamp.playback.saturating_duration_since(stamp.callback);
                let heard_at = Instant::now() + ahead;
                if let Ok(mut log) = log.lock() {
                    log.push((next, heard_at));
                }
                fill(next, block);
                next += block.len() as u64;
            },
            |error| eprintln!("player: {error}"),
            None,
        )?;
        stream.play()?;
        let zero = Instant::now();
        thread::sleep(Duration::from_secs(3));
        let player = Self {
            _stream: stream,
            heard,
            zero,
        };
        ensure!(
            player.stamps().len() > 10,
            "the player is not asked for sound"
        );
        Ok(player)
    }

    /// The frame heard at this instant, which must be over for [`NEAR_S`] to be exact.
    pub fn frame_at(&self, instant: Instant) -> anyhow::Result<f64> {
        Ok((self.seconds(instant) - self.zero_heard_s(instant)?) * f64::from(noise::RATE_HZ))
    }

    /// Milliseconds by which frame `frame`, heard near `instant`, came after it.
    pub fn ms_after(&self, instant: Instant, frame: f64) -> anyhow::Result<f64> {
        let heard_s = self.zero_heard_s(instant)? + frame / f64::from(noise::RATE_HZ);
        Ok((heard_s - self.seconds(instant)) * 1e3)
    }

    /// The distance of every seventh stamp from what those around it say, ms: how well frames are dated.
    pub fn residuals_ms(&self) -> Vec<f64> {
        let settled = |(_, at): &&(u64, Instant)| self.seconds(*at) > 2.0;
        let stamps = self.stamps();
        let some = stamps.iter().filter(settled).step_by(7);
        some.filter_map(|&(frame, at)| self.ms_after(at, frame as f64).ok())
            .collect()
    }

    fn stamps(&self) -> Vec<(u64, Instant)> {
        self.heard.lock().map(|log| log.clone()).unwrap_or_default()
    }

    /// When noise frame 0 would have been heard by the stamps around an instant, seconds after the start: their median.
    /// The server's virtual clock is the monotonic clock itself, so a frame lasts 1/48000 s; a player that was late
    /// shifts all that follows, so only what is near counts.
    fn zero_heard_s(&self, instant: Instant) -> anyhow::Result<f64> {
        let centre = self.seconds(instant);
        let mut zeros: Vec<f64> = self
            .stamps()
            .into_iter()
            .map(|(frame, at)| (frame, self.seconds(at)))
            .filter(|(_, at)| (at - centre).abs() < NEAR_S)
            .map(|(frame, at)| at - frame as f64 / f64::from(noise::RATE_HZ))
            .collect();
        ensure!(zeros.len() >= 5, "the player was not running then");
        zeros.sort_by(f64::total_cmp);
        Ok(zeros[zeros.len() / 2])
    }

    fn seconds(&self, instant: Instant) -> f64 {
        match instant.checked_duration_since(self.zero) {
            Some(after) => after.as_secs_f64(),
            None => -(self.zero - instant).as_secs_f64(),
        }
    }
}
