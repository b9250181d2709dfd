//! The widest stream that is promised: 32 channels at 192 kHz. `cargo test --release --test capture widest -- --nocapture`
//! prints how many times faster than real time the capture thread's work is done.

use std::sync::Arc;
use std::time::{Duration, Instant};

use voicebooth::audio::StreamFormat;
use voicebooth::audio::ring::ring;
use voicebooth::recorder::capture::{Capture, CaptureSettings, Now};
use voicebooth::recorder::messages::{Outcome, ToCapture, ToWriter};
use voicebooth::recorder::meter::Meter;
use voicebooth::recorder::queue::writer_queue;

use crate::booth::{WINDOWS, draft, take_ref, utc_of_opening};
use crate::device::{Device, OPENED};

const CHANNELS: u16 = 32;
const RATE_HZ: u32 = 192_000;
const BLOCK: u32 = 256;
const SECONDS: u32 = 6;

#[test]
fn the_widest_stream_comes_through_whole() {
    let format = StreamFormat {
        sample_rate_hz: RATE_HZ,
        channels: CHANNELS,
    };
    let (mut source, reader) = ring(1, format, 1);
    let (writer, queue) = writer_queue(u64::MAX);
    let settings = CaptureSettings {
        windows: WINDOWS,
        unattended: Outcome::ByVerdict,
        longest_pre_roll_ms: 0,
    };
    let mut capture = Capture::new(
        settings,
        writer,
        Arc::new(Meter::default()),
        Box::new(|_| ()),
    );
    let mut info = Device::default().info();
    info.format = format;
    let now = |frame: u32| Now {
        moment: OPENED.offset_nanos(i64::from(frame) * 1_000_000_000 / i64::from(RATE_HZ)),
        utc: utc_of_opening(),
        suspended: Duration::ZERO,
    };
    capture.handle(ToCapture::Attach { info, reader }, now(0));

    let mut working = Duration::ZERO;
    let mut next = 0;
    let (start, stop) = (RATE_HZ, (SECONDS - 1) * RATE_HZ);
    let first = start - RATE_HZ * 3 / 10;
    let mut n = first;
    for frame in (0..SECONDS * RATE_HZ).step_by(BLOCK as usize) {
        // Channel c of frame n is (n + c) mod 2^20, as a fraction: every sample says where it belongs.
        let block = (frame..frame + BLOCK).flat_map(|n| {
            (0..u32::from(CHANNELS)).map(move |c| ((n + c) % (1 << 20)) as f32 / (1 << 21) as f32)
        });
        assert!(source.push(now(frame).moment, BLOCK as usize, block));
        let begun = Instant::now();
        if frame <= start && start < frame + BLOCK {
            let (draft, at) = (draft("wide"), now(start).moment);
            capture.handle(ToCapture::Begin { draft, at }, now(frame));
        }
        if frame <= stop && stop < frame + BLOCK {
            let end = ToCapture::End {
                take_ref: take_ref("wide"),
                at: now(stop).moment,
                outcome: Outcome::ByVerdict,
            };
            capture.handle(end, now(frame));
        }
        // A thread that comes every 10 ms.
        if frame - next >= RATE_HZ / 100 {
            next = frame;
            capture.step(now(frame + BLOCK));
        }
        working += begun.elapsed();
        while let Ok(message) = queue.recv_timeout(Duration::ZERO) {
            if let ToWriter::Append { samples, .. } = message {
                for frame in samples.chunks_exact(usize::from(CHANNELS)) {
                    for (c, sample) in (0..).zip(frame) {
                        let says = (sample * (1 << 21) as f32) as u32;
                        assert_eq!(says, (n + c) % (1 << 20), "frame {n}, channel {c}");
                    }
                    n += 1;
                }
            }
        }
    }
    let factor = f64::from(SECONDS) / working.as_secs_f64();
    println!("32 channels at 192 kHz: {factor:.0} times faster than real time");

    assert_eq!(n, stop + RATE_HZ * 3 / 10, "the whole take");
}
