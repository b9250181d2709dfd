//! Plays the noise into the default output and knows which frame of it is heard at which instant.
//!
//! It goes through ALSA (pipewire-alsa): its playback stamps and its capture stamps agree to 0.02 ms in a loop, those
//! of the Pulse host are 10 ms off. A line fitted to the stamps around an instant dates frames; its residual says how
//! well.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};

use super::noise;

/// Stamps this close to an instant, seconds, date the frames around it.
const NEAR_S: f64 = 2.0;

/// Frames asked for at once: enough to bear a busy machine.
const PERIOD_FRAMES: u32 = 4096;

/// A player that goes on until it is dropped.
pub struct Player {
    _stream: cpal::Stream,
    heard: Arc<Mutex<Vec<(u64, Instant)>>>,
    zero: Instant,
}

impl Player {
    /// Starts, and waits until the stamps have settled.
    pub fn start(quantum: u32) -> anyhow::Result<Self> {
        let host = cpal::host_from_id(cpal::HostId::Alsa).context("no ALSA")?;
        let device = host.default_output_device().context("no default output")?;
        let config = cpal::StreamConfig {
            channels: 1,
            sample_rate: noise::RATE_HZ,
            buffer_size: cpal::BufferSize::Fixed(quantum.max(PERIOD_FRAMES)),
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
                for sample in block.iter_mut() {
                    *sample = noise::full_scale(next);
                    next += 1;
                }
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

    /// The noise frame heard at this instant (it must be over for [`NEAR_S`], or nearly, to be exact).
    pub fn frame_at(&self, instant: Instant) -> anyhow::Result<f64> {
        let line = self.line(instant)?;
        Ok((self.seconds(instant) - line.start_s) / line.frame_s)
    }

    /// Milliseconds by which noise frame `frame`, heard near `instant`, came after it.
    pub fn ms_after(&self, instant: Instant, frame: f64) -> anyhow::Result<f64> {
        let line = self.line(instant)?;
        Ok((line.start_s + frame * line.frame_s - self.seconds(instant)) * 1e3)
    }

    /// The distance of all stamps after the first two seconds from the line around each, ms: how well frames are dated.
    pub fn residuals_ms(&self) -> Vec<f64> {
        let stamps = self.stamps();
        let settled = stamps
            .iter()
            .filter(|(_, at)| (*at - self.zero).as_secs_f64() > NEAR_S);
        settled
            .step_by(7)
            .filter_map(|&(frame, at)| self.ms_after(at, frame as f64).ok())
            .collect()
    }

    fn stamps(&self) -> Vec<(u64, Instant)> {
        self.heard.lock().map(|log| log.clone()).unwrap_or_default()
    }

    /// The least-squares line through the stamps around an instant.
    fn line(&self, instant: Instant) -> anyhow::Result<Line> {
        let centre = self.seconds(instant);
        let points: Vec<(f64, f64)> = self
            .stamps()
            .into_iter()
            .map(|(frame, at)| (frame as f64, self.seconds(at)))
            .filter(|(_, at)| (at - centre).abs() < NEAR_S)
            .collect();
        ensure!(points.len() > 10, "the player was not running then");
        let count = points.len() as f64;
        let mean_frame = points.iter().map(|point| point.0).sum::<f64>() / count;
        let mean_at = points.iter().map(|point| point.1).sum::<f64>() / count;
        let (mut over, mut under) = (0.0, 0.0);
        for (frame, at) in &points {
            over += (frame - mean_frame) * (at - mean_at);
            under += (frame - mean_frame).powi(2);
        }
        let frame_s = over / under;
        Ok(Line {
            start_s: mean_at - mean_frame * frame_s,
            frame_s,
        })
    }

    fn seconds(&self, instant: Instant) -> f64 {
        match instant.checked_duration_since(self.zero) {
            Some(after) => after.as_secs_f64(),
            None => -(self.zero - instant).as_secs_f64(),
        }
    }
}

/// Frame `n` is heard at `start_s + n * frame_s` seconds after the player's start.
struct Line {
    start_s: f64,
    frame_s: f64,
}
