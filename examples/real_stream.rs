//! The program's own input stream, opened and drained as the program does, and nothing else.
//!
//! `real_stream HOST RATE SECONDS`: prints two instants (seconds since 1970) between which it was in steady state.
//! `tests/realtime.rs` compares the system calls of its audio thread with those of `empty_stream`.

use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use voicebooth::audio::inputs::{InputChoice, OpenRequest};
use voicebooth::audio::supervisor::{FromDevice, ToDevice, spawn};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [host, rate, seconds] = &args[..] else {
        return Err("usage: real_stream HOST RATE SECONDS".into());
    };
    let (sender, reports) = channel();
    let device = spawn(Box::new(move |report| {
        let _ = sender.send(report);
    }))?;
    device.send(ToDevice::Open(OpenRequest {
        input: InputChoice::Default,
        host: Some(host.clone()),
        sample_rate_hz: rate.parse()?,
        channels: 1,
        channel_map: None,
    }))?;
    let FromDevice::Opened { mut reader, .. } = reports.recv()? else {
        return Err("not opened".into());
    };
    let mut samples = Vec::new();
    let start = SystemTime::now();
    let mut steady = false;
    let length = Duration::from_secs_f64(seconds.parse()?);
    while start.elapsed()? < length {
        std::thread::sleep(Duration::from_millis(20));
        while reader.pop(&mut samples).is_some() {}
        samples.clear();
        if !steady && start.elapsed()? > length / 3 {
            steady = true;
            print_instant()?;
        }
    }
    print_instant()?;
    Ok(())
}

fn print_instant() -> Result<(), Box<dyn std::error::Error>> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    println!("{}", now.as_secs_f64());
    Ok(())
}
