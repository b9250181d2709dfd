//! The virtual speaker: a quiet room, and sounds in it at known frames.

use anyhow::Context;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::support::chance::{Chance, factor};
use crate::support::player::Player;
use crate::support::sounds::RATE_HZ;

/// Frames asked for at once: a reaction is 250 ms, so what is said must be heard sooner than that.
const PERIOD_FRAMES: u32 = 2048;
/// The room's noise, RMS, dBFS.
const ROOM_DBFS: f64 = -66.0;
/// How much of it there is before it comes again, s.
const ROOM_S: usize = 20;

/// A sound that is or will be heard.
#[derive(Clone, Debug)]
pub struct Sound {
    pub frame: u64,
    pub samples: Arc<[f32]>,
}

impl Sound {
    /// The frame after its last.
    pub fn end(&self) -> u64 {
        self.frame + self.samples.len() as u64
    }
}

#[derive(Debug, Default)]
struct Queue {
    /// The next frame that is asked for.
    next: u64,
    sounds: Vec<Sound>,
}

/// Says what it is told to.
pub struct Mouth {
    player: Player,
    queue: Arc<Mutex<Queue>>,
}

impl Mouth {
    pub fn open(chance: &mut Chance) -> anyhow::Result<Self> {
        let mut room = chance.room(RATE_HZ as usize * ROOM_S);
        for sample in &mut room {
            *sample *= factor(ROOM_DBFS);
        }
        let queue = Arc::new(Mutex::new(Queue::default()));
        let asked = queue.clone();
        let player = Player::playing(PERIOD_FRAMES, move |first, block| {
            let quiet = room
                .iter()
                .cycle()
                .skip((first % room.len() as u64) as usize);
            for (sample, quiet) in block.iter_mut().zip(quiet) {
                *sample = *quiet;
            }
            let mut queue = asked.lock().unwrap_or_else(PoisonError::into_inner);
            queue.next = first + block.len() as u64;
            queue.sounds.retain(|sound| sound.end() > first);
            for sound in &queue.sounds {
                for (frame, sample) in (first..).zip(block.iter_mut()) {
                    let at = frame.checked_sub(sound.frame);
                    let heard = at.and_then(|at| sound.samples.get(at as usize));
                    *sample += heard.copied().unwrap_or(0.0);
                }
            }
        })?;
        Ok(Self { player, queue })
    }

    /// Says it so that its first frame is heard at that instant, which is less than half a second away; as soon as can be
    /// where it is too late for that.
    pub fn say_at(&self, at: Instant, samples: Vec<f32>) -> anyhow::Result<Sound> {
        let frame = self.player.frame_at(at)?.round().max(0.0) as u64;
        Ok(self.say(frame, samples))
    }

    /// Says it from that frame on.
    pub fn say(&self, frame: u64, samples: Vec<f32>) -> Sound {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let sound = Sound {
            frame: frame.max(queue.next),
            samples: samples.into(),
        };
        queue.sounds.push(sound.clone());
        sound
    }

    /// When this frame is heard, by the stamps around `near`.
    pub fn heard_at(&self, frame: u64, near: Instant) -> anyhow::Result<Instant> {
        let ms = self.player.ms_after(near, frame as f64)?;
        let shift = Duration::from_secs_f64(ms.abs() / 1e3);
        let at = if ms < 0.0 {
            near.checked_sub(shift)
        } else {
            near.checked_add(shift)
        };
        at.context("a frame that was heard before this machine was started")
    }
}
