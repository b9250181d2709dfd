//! The demo speaker: a synthesised voice in a synthesised room.

/// Stands in until the real speaker is here: it hums after each cue.
#[derive(Debug)]
pub struct DemoSpeaker {
    rate_hz: u32,
    frame: u64,
    speech: std::ops::Range<u64>,
}

impl DemoSpeaker {
    /// A speaker that delivers `sample_rate_hz` frames a second.
    pub fn new(sample_rate_hz: u32, _seed: u64) -> Self {
        Self {
            rate_hz: sample_rate_hz,
            frame: 0,
            speech: 0..0,
        }
    }

    /// The start key was pressed at `press_frame` of this stream while `text` was on the screen.
    pub fn cue(&mut self, _text: &str, press_frame: u64) {
        let start = press_frame + u64::from(self.rate_hz) / 4;
        self.speech = start..start + u64::from(self.rate_hz) / 2;
    }

    /// Fills `out` with the next mono frames.
    pub fn render(&mut self, out: &mut [f32]) {
        for sample in out {
            let phase = self.frame as f32 * 150.0 / self.rate_hz as f32;
            let loud = if self.speech.contains(&self.frame) {
                0.2
            } else {
                0.0003
            };
            *sample = (phase.fract() - 0.5) * loud;
            self.frame += 1;
        }
    }
}
