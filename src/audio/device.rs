//! Devices through cpal, in and out: the one file that knows it.
//!
//! An input is opened with the device's own number of channels and never paused; the callback picks the channels that
//! are kept. What cannot be opened is an [`OpenError`] that says what to do; what breaks later shows in the stream's
//! [`Health`]. Sources behind a Pulse server are `pulse_input.rs`'s; sound goes out to such a server through cpal.

use std::sync::Arc;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, DeviceDirection, ErrorKind, FromSample, HostId, SampleFormat, SizedSample,
    StreamConfig, SupportedBufferSize, SupportedStreamConfigRange,
};

use super::callback::{BlockSink, DeviceSample, Fault, FaultSink, Health};
use super::inputs::{InputChoice, InputInfo, OpenError, OpenRequest, is_real_input, pick};
use super::plan::{self, Choice, Offer, OwnChannels};
use super::ring::{RingReader, ring};
use super::{RING_SECONDS, SourceInfo, SourceKind};
use crate::platform;
use crate::units::Moment;

/// How long a device may keep its thread waiting before its state is looked at.
const PATIENCE: Duration = Duration::from_secs(2);

// The topmost byte of a 24-bit sample is not promised to hold anything, so it is shifted out.
impl DeviceSample for cpal::I24 {
    fn to_f32(self) -> f32 {
        (self.inner() << 8).to_f32()
    }
}

impl DeviceSample for cpal::U24 {
    fn to_f32(self) -> f32 {
        ((self.inner() as u32) << 8).to_f32()
    }
}

/// A stream that runs until it is dropped. Dropping it blocks until the device is closed.
pub struct InputStream {
    _stream: cpal::Stream,
    health: Arc<Health>,
}

impl std::fmt::Debug for InputStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InputStream")
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}

impl InputStream {
    /// The device has gone or the stream is broken.
    pub fn is_dead(&self) -> bool {
        self.health.is_dead()
    }
}

/// The audio systems that devices are opened through here, the preferred one first.
pub fn hosts() -> Vec<String> {
    let names = cpal::available_hosts().into_iter().map(|id| id.to_string());
    names.filter(|name| name != "pulseaudio").collect()
}

/// The inputs of one audio system. Blocks: devices that are free are opened to ask what they can do.
///
/// # Errors
/// The audio system does not answer.
pub fn inputs(host: &str) -> Result<Vec<InputInfo>, OpenError> {
    let inputs = inputs_of(&connect(host)?)?;
    Ok(inputs.into_iter().map(|(_, info)| info).collect())
}

/// Opens the input of `host` that `request` means as opening number `stream` and lets it run. Blocks.
///
/// # Errors
/// See [`OpenError`].
pub fn open(
    host: &str,
    request: &OpenRequest,
    stream: u32,
) -> Result<(SourceInfo, RingReader, InputStream), OpenError> {
    let (device, name) = find(&connect(host)?, request)?;
    let plan = plan_for(&device, &name, request)?;
    let info = SourceInfo {
        kind: SourceKind::Microphone,
        host: host.to_owned(),
        id: device_id(&device),
        name: name.clone(),
        format: request.format(),
        device_channels: plan.config.channels,
        channel_map: request.channels_of(&name, plan.config.channels)?,
        sample_format: plan.format.to_string(),
        block_frames: plan.choice.block_frames,
    };
    let (writer, reader) = ring(stream, info.format, RING_SECONDS);
    let (sink, faults, health) = BlockSink::new(writer, info.device_channels, &info.channel_map);
    let running = build(&device, &plan, sink, faults)
        .and_then(|stream| stream.play().map(|()| stream))
        .map_err(|error| refused(&name, &error))?;
    let running = InputStream {
        _stream: running,
        health,
    };
    Ok((info, reader, running))
}

fn connect(host: &str) -> Result<cpal::Host, OpenError> {
    host.parse::<HostId>()
        .and_then(cpal::host_from_id)
        .map_err(|error| OpenError::Silent {
            host: host.to_owned(),
            reason: error.to_string(),
        })
}

/// The device that a request means, and its name for people.
fn find(host: &cpal::Host, request: &OpenRequest) -> Result<(cpal::Device, String), OpenError> {
    if let InputChoice::Named(wanted) = &request.input {
        let mut inputs = inputs_of(host)?;
        let infos: Vec<InputInfo> = inputs.iter().map(|(_, info)| info.clone()).collect();
        let picked = pick(&infos, wanted)?;
        let at = infos.iter().position(|info| info == picked).unwrap_or(0);
        return Ok((inputs.swap_remove(at).0, picked.name.clone()));
    }
    let device = host.default_input_device().ok_or(OpenError::NoInput)?;
    let name = device.to_string();
    Ok((device, name))
}

/// What a stream is opened with.
struct Plan {
    choice: Choice,
    config: StreamConfig,
    format: SampleFormat,
}

fn plan_for(device: &cpal::Device, name: &str, request: &OpenRequest) -> Result<Plan, OpenError> {
    let ranges: Vec<_> = device
        .supported_input_configs()
        .map_err(|error| match error.kind() {
            // ALSA's `default` exists on machines without any sound.
            ErrorKind::DeviceNotAvailable if request.input == InputChoice::Default => {
                OpenError::NoInput
            }
            _ => refused(name, &error),
        })?
        .collect();
    let offers: Vec<_> = ranges.iter().map(offer).collect();
    let own = if device_id(device).ends_with(":default") {
        OwnChannels::Hidden
    } else {
        OwnChannels::AsOffered
    };
    let choice = plan::choose(&offers, own, name, request)?;
    Ok(Plan {
        choice,
        config: StreamConfig {
            channels: offers[choice.offer].channels,
            sample_rate: request.sample_rate_hz,
            buffer_size: BufferSize::Fixed(choice.block_frames),
        },
        format: ranges[choice.offer].sample_format(),
    })
}

fn offer(range: &SupportedStreamConfigRange) -> Offer {
    Offer {
        channels: range.channels(),
        rates_hz: (range.min_sample_rate(), range.max_sample_rate()),
        format: range.sample_format().to_string(),
        block_frames: block_range(*range.buffer_size()),
    }
}

fn block_range(size: SupportedBufferSize) -> Option<(u32, u32)> {
    match size {
        SupportedBufferSize::Range { min, max } => Some((min, max)),
        SupportedBufferSize::Unknown => None,
    }
}

fn device_id(device: &cpal::Device) -> String {
    device.id().map(|id| id.to_string()).unwrap_or_default()
}

fn is_listed(device: &cpal::Device) -> bool {
    let real = device
        .id()
        .is_ok_and(|id| is_real_input(&id.host().to_string(), id.id()));
    real && device
        .description()
        .is_ok_and(|description| description.direction() != DeviceDirection::Output)
}

fn inputs_of(host: &cpal::Host) -> Result<Vec<(cpal::Device, InputInfo)>, OpenError> {
    let name = host.id().to_string();
    let default = host.default_input_device().map(|device| device_id(&device));
    let devices = host.devices().map_err(|error| OpenError::Silent {
        host: name.clone(),
        reason: error.to_string(),
    })?;
    let described = devices.filter(is_listed).map(|device| {
        let id = device_id(&device);
        let offers = device.supported_input_configs();
        let offers = offers.map(|ranges| ranges.map(|range| offer(&range)).collect::<Vec<_>>());
        let info = InputInfo {
            name: device.to_string(),
            host: name.clone(),
            is_default: default.as_ref() == Some(&id),
            native: offers.ok().map(|offers| plan::native(&offers)),
            id,
        };
        (device, info)
    });
    Ok(described.collect())
}

fn refused(name: &str, error: &cpal::Error) -> OpenError {
    let reason = match error.kind() {
        ErrorKind::DeviceBusy => "another program has it; close that program".to_owned(),
        ErrorKind::DeviceNotAvailable => "it is not there (any more)".to_owned(),
        ErrorKind::PermissionDenied => format!("the system does not allow it ({error})"),
        _ => error.to_string(),
    };
    OpenError::Device {
        name: name.to_owned(),
        reason,
    }
}

fn fault(kind: ErrorKind) -> Fault {
    match kind {
        ErrorKind::Xrun => Fault::Xrun,
        ErrorKind::RealtimeDenied => Fault::Harmless,
        // A stream that was led to another device is no longer the one that was asked for.
        ErrorKind::DeviceChanged
        | ErrorKind::DeviceNotAvailable
        | ErrorKind::HostUnavailable
        | ErrorKind::StreamInvalidated => Fault::Fatal,
        _ => Fault::Unclear,
    }
}

fn build(
    device: &cpal::Device,
    plan: &Plan,
    sink: BlockSink,
    faults: FaultSink,
) -> Result<cpal::Stream, cpal::Error> {
    match plan.format {
        SampleFormat::F32 => build_as::<f32>(device, plan, sink, faults),
        SampleFormat::F64 => build_as::<f64>(device, plan, sink, faults),
        SampleFormat::I32 => build_as::<i32>(device, plan, sink, faults),
        SampleFormat::I24 => build_as::<cpal::I24>(device, plan, sink, faults),
        SampleFormat::I16 => build_as::<i16>(device, plan, sink, faults),
        SampleFormat::I8 => build_as::<i8>(device, plan, sink, faults),
        SampleFormat::U32 => build_as::<u32>(device, plan, sink, faults),
        SampleFormat::U24 => build_as::<cpal::U24>(device, plan, sink, faults),
        SampleFormat::U16 => build_as::<u16>(device, plan, sink, faults),
        SampleFormat::U8 => build_as::<u8>(device, plan, sink, faults),
        _ => Err(ErrorKind::UnsupportedConfig.into()), // never chosen
    }
}

fn build_as<T: SizedSample + DeviceSample>(
    device: &cpal::Device,
    plan: &Plan,
    mut sink: BlockSink,
    faults: FaultSink,
) -> Result<cpal::Stream, cpal::Error> {
    device.build_input_stream(
        plan.config,
        move |block: &[T], info: &cpal::InputCallbackInfo| {
            // Stream time has its own zero, so only the difference is taken from it.
            let stamp = info.timestamp();
            let age = stamp.callback.saturating_duration_since(stamp.capture);
            sink.accept(block, platform::now(), age);
        },
        move |error: cpal::Error| faults.note(fault(error.kind())),
        Some(PATIENCE),
    )
}

/// The default output, ready to be played to.
pub struct Output {
    device: cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
}

/// Sound that plays until this is dropped.
pub struct OutputStream {
    _stream: cpal::Stream,
}

impl Output {
    /// The default output, at `rate_hz` if it can. Blocks.
    ///
    /// # Errors
    /// There is none, or it cannot be asked.
    pub fn find(rate_hz: u32) -> Result<Self, OpenError> {
        let host = cpal::default_host();
        let device = host.default_output_device().ok_or(OpenError::NoOutput)?;
        let name = device.to_string();
        let own = device
            .default_output_config()
            .map_err(|error| refused(&name, &error))?;
        let ranges = device
            .supported_output_configs()
            .map_err(|error| refused(&name, &error))?;
        let fits = |range: &SupportedStreamConfigRange| {
            (range.channels(), range.sample_format()) == (own.channels(), own.sample_format())
                && (range.min_sample_rate()..=range.max_sample_rate()).contains(&rate_hz)
        };
        let sample_rate = if ranges.into_iter().any(|range| fits(&range)) {
            rate_hz
        } else {
            own.sample_rate()
        };
        let block_frames = plan::output_block_frames(sample_rate, block_range(*own.buffer_size()));
        Ok(Self {
            config: StreamConfig {
                channels: own.channels(),
                sample_rate,
                buffer_size: BufferSize::Fixed(block_frames),
            },
            format: own.sample_format(),
            device,
        })
    }

    /// Frames per second.
    pub fn rate_hz(&self) -> u32 {
        self.config.sample_rate
    }

    /// Channels.
    pub fn channels(&self) -> u16 {
        self.config.channels
    }

    /// Plays what `fill` writes: it is called on the audio thread with interleaved samples to be written and the
    /// instant at which the first of them will be heard. `failed` is called there, too, when the output breaks.
    ///
    /// # Errors
    /// The output cannot be opened.
    pub fn play(
        self,
        fill: impl FnMut(&mut [f32], Moment) + Send + 'static,
        failed: impl Fn() + Send + 'static,
    ) -> Result<OutputStream, OpenError> {
        let name = self.device.to_string();
        let stream = match self.format {
            SampleFormat::F32 => self.play_as::<f32>(fill, failed),
            SampleFormat::I32 => self.play_as::<i32>(fill, failed),
            SampleFormat::I24 => self.play_as::<cpal::I24>(fill, failed),
            SampleFormat::I16 => self.play_as::<i16>(fill, failed),
            SampleFormat::U8 => self.play_as::<u8>(fill, failed),
            _ => Err(ErrorKind::UnsupportedConfig.into()),
        };
        let stream = stream.map_err(|error| refused(&name, &error))?;
        stream.play().map_err(|error| refused(&name, &error))?;
        Ok(OutputStream { _stream: stream })
    }

    fn play_as<T: SizedSample + FromSample<f32>>(
        &self,
        mut fill: impl FnMut(&mut [f32], Moment) + Send + 'static,
        failed: impl Fn() + Send + 'static,
    ) -> Result<cpal::Stream, cpal::Error> {
        let mut scratch = vec![0.0; 4096 * usize::from(self.config.channels)];
        let part_nanos = 4096 * 1_000_000_000 / u64::from(self.config.sample_rate);
        self.device.build_output_stream(
            self.config,
            move |out: &mut [T], info: &cpal::OutputCallbackInfo| {
                let stamp = info.timestamp();
                let ahead = stamp.playback.saturating_duration_since(stamp.callback);
                let mut heard_at = platform::now() + ahead;
                for part in out.chunks_mut(scratch.len()) {
                    let samples = &mut scratch[..part.len()];
                    fill(samples, heard_at);
                    for (out, sample) in part.iter_mut().zip(samples) {
                        *out = T::from_sample(*sample);
                    }
                    heard_at = heard_at + Duration::from_nanos(part_nanos);
                }
            },
            move |error: cpal::Error| {
                if matches!(fault(error.kind()), Fault::Fatal | Fault::Unclear) {
                    failed();
                }
            },
            Some(PATIENCE),
        )
    }
}
