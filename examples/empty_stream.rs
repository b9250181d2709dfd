//! A cpal input stream with an empty callback: what any capturing program asks of the system.
//!
//! `empty_stream HOST RATE SECONDS`: opens the host's default input, mono, and lets it run; prints two instants (seconds
//! since 1970) between which it was in steady state. `tests/realtime.rs` compares its system calls with those of
//! `real_stream`.

use std::time::{Duration, SystemTime};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, HostId, SampleFormat, StreamConfig};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [host, rate, seconds] = &args[..] else {
        return Err("usage: empty_stream HOST RATE SECONDS".into());
    };
    let host = cpal::host_from_id(host.parse::<HostId>()?)?;
    let device = host.default_input_device().ok_or("no input")?;
    let sample_rate = rate.parse()?;
    let config = StreamConfig {
        channels: 1,
        sample_rate,
        buffer_size: BufferSize::Fixed(1024 * sample_rate / 48_000),
    };
    let stream = device.build_input_stream_raw(
        config,
        SampleFormat::F32,
        |_, _| {},
        |_| {},
        Some(Duration::from_secs(2)),
    )?;
    stream.play()?;
    let length = Duration::from_secs_f64(seconds.parse()?);
    std::thread::sleep(length / 3);
    print_instant()?;
    std::thread::sleep(length * 2 / 3);
    print_instant()
}

fn print_instant() -> Result<(), Box<dyn std::error::Error>> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    println!("{}", now.as_secs_f64());
    Ok(())
}
