//! A cpal input stream with an empty callback: what any capturing program asks of the system.
//!
//! `empty_stream HOST RATE FRAMES SECONDS`: opens the host's default input, mono, and lets it run. `tests/realtime.rs`
//! compares its system calls with those of voicebooth's own stream; `docs/realtime.md` uses it for idle costs.

use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, HostId, SampleFormat, StreamConfig};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [host, rate, frames, seconds] = &args[..] else {
        return Err("usage: empty_stream HOST RATE FRAMES SECONDS".into());
    };
    let host = cpal::host_from_id(host.parse::<HostId>()?)?;
    let device = host.default_input_device().ok_or("no input")?;
    let config = StreamConfig {
        channels: 1,
        sample_rate: rate.parse()?,
        buffer_size: BufferSize::Fixed(frames.parse()?),
    };
    let stream = device.build_input_stream_raw(
        config,
        SampleFormat::F32,
        |_, _| {},
        |_| {},
        Some(Duration::from_secs(2)),
    )?;
    stream.play()?;
    std::thread::sleep(Duration::from_secs_f64(seconds.parse()?));
    Ok(())
}
