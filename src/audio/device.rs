//! Real devices, in and out: the one file that knows cpal.
//!
//! An input is opened with the device's own number of channels and never paused; the callback picks the channels that
//! are kept, so that no server mixes them. What cannot be opened is an [`OpenError`] that says what to do; what breaks
//! later shows in the stream's [`Health`]. `docs/realtime.md` tells why the hosts are tried in this order.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, DeviceDirection, ErrorKind, HostId, SampleFormat, SizedSample, StreamConfig,
    SupportedBufferSize, SupportedStreamConfigRange,
};

use super::callback::{BlockSink, DeviceSample, Fault, FaultSink, Health};
use super::inputs::{InputChoice, InputInfo, Native, OpenError, OpenRequest, is_real_input, pick};
use super::plan::{self, Offer, OwnChannels, choose};
use super::pulse::Watch;
use super::ring::{RingReader, ring};
use super::{RING_SECONDS, SourceInfo, SourceKind};
use crate::platform;

/// How long a server may take to make a stream.
const PATIENCE: Duration = Duration::from_secs(3);

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

/// The audio systems of this machine, connected to when first needed.
#[derive(Default)]
pub struct Hosts {
    connected: Vec<(HostId, cpal::Host)>,
}

/// A stream that runs until it is dropped. Dropping it blocks until the device is closed.
pub struct InputStream {
    _stream: Arc<cpal::Stream>,
    health: Arc<Health>,
    watch: Option<Watch>,
}

impl std::fmt::Debug for InputStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InputStream")
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}

impl InputStream {
    /// The source has gone or the stream is broken.
    pub fn is_dead(&self) -> bool {
        self.health.is_dead()
    }

    /// The stream still hangs on the source it was opened on, where the system can say so; a device without a server
    /// kills its stream when it is unplugged. Blocks.
    pub fn is_there(&mut self) -> bool {
        self.watch.as_mut().is_none_or(Watch::is_there)
    }
}

impl Hosts {
    /// The inputs of one audio system, or of all of them, the preferred system first. Blocks.
    ///
    /// # Errors
    /// The audio system is unknown or does not answer.
    pub fn inputs(&mut self, host: Option<&str>) -> Result<Vec<InputInfo>, OpenError> {
        let mut all = Vec::new();
        let mut server = false;
        for id in candidates(host)? {
            match self.connect(id) {
                Ok(connected) => {
                    server |= is_server(id);
                    all.extend(inputs_of(id, connected).into_iter().map(|(_, info)| info));
                }
                Err(error) if host.is_some() => return Err(error),
                Err(error) => tracing::debug!("{error}"),
            }
        }
        if server {
            // ALSA's `default` leads to the server that has spoken for itself already.
            all.retain(|input| input.id != "alsa:default");
        }
        Ok(all)
    }

    /// Opens the input that `request` means as opening number `stream` and lets it run. Blocks.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(
        &mut self,
        request: &OpenRequest,
        stream: u32,
    ) -> Result<(SourceInfo, RingReader, InputStream), OpenError> {
        let (id, device, name) = self.find(request)?;
        let watch = watch(id, &device, &name)?;
        let plan = plan_for(watch.as_ref(), &device, &name, request)?;
        let info = SourceInfo {
            kind: SourceKind::Microphone,
            host: id.to_string(),
            id: device_id(&device),
            name: name.clone(),
            format: request.format(),
            device_channels: plan.config.channels,
            channel_map: request.channels_of(&name, plan.config.channels)?,
            sample_format: plan.format.to_string(),
            block_frames: plan.block_frames,
        };
        let (writer, reader) = ring(stream, info.format, RING_SECONDS);
        let (sink, faults, health) =
            BlockSink::new(writer, info.device_channels, &info.channel_map);
        let stream = build(&device, &plan, sink, faults).map_err(|error| refused(&name, &error))?;
        let stream = Arc::new(stream);
        if is_server(id) {
            start_in_the_background(&stream, &health);
        } else {
            stream.play().map_err(|error| refused(&name, &error))?;
        }
        Ok((
            info,
            reader,
            InputStream {
                _stream: stream,
                health,
                watch,
            },
        ))
    }

    /// Connects to an audio system, again where the connection has died with its server.
    fn connect(&mut self, id: HostId) -> Result<&cpal::Host, OpenError> {
        let known = self.connected.iter().position(|(known, _)| *known == id);
        let alive = known.filter(|at| !is_server(id) || self.connected[*at].1.devices().is_ok());
        if let (Some(dead), None) = (known, alive) {
            self.connected.remove(dead);
        }
        if alive.is_none() {
            if is_server(id)
                && let Err(error) = platform::provide_pulse_cookie()
            {
                tracing::warn!("no Pulse cookie: {error}");
            }
            let host = cpal::host_from_id(id).map_err(|error| refused(id.name(), &error))?;
            self.connected.push((id, host));
        }
        let at = alive.unwrap_or(self.connected.len() - 1);
        Ok(&self.connected[at].1)
    }

    /// The device that a request means, with its host and its name for people.
    fn find(&mut self, request: &OpenRequest) -> Result<(HostId, cpal::Device, String), OpenError> {
        let mut failure = None;
        let mut there = Vec::new();
        for id in candidates(request.host.as_deref())? {
            let host = match self.connect(id) {
                Ok(host) => host,
                Err(error) => {
                    tracing::warn!("{error}");
                    failure.get_or_insert(error);
                    continue;
                }
            };
            match &request.input {
                InputChoice::Named(wanted) => {
                    let mut inputs = inputs_of(id, host);
                    let infos: Vec<_> = inputs.iter().map(|(_, info)| info.clone()).collect();
                    match pick(&infos, wanted) {
                        Ok(picked) => {
                            let at = infos.iter().position(|info| info == picked).unwrap_or(0);
                            return Ok((id, inputs.swap_remove(at).0, picked.name.clone()));
                        }
                        Err(OpenError::NotFound { there: names, .. }) => there.extend(names),
                        Err(error) => return Err(error),
                    }
                }
                _ => {
                    let device = host
                        .default_input_device()
                        .filter(|device| is_listed(id, device))
                        .or_else(|| {
                            inputs_of(id, host)
                                .into_iter()
                                .next()
                                .map(|(device, _)| device)
                        })
                        .ok_or(OpenError::NoInput)?;
                    let name = device.to_string();
                    return Ok((id, device, name));
                }
            }
        }
        Err(match (&request.input, failure) {
            (_, Some(failure)) if there.is_empty() => failure,
            (InputChoice::Named(wanted), _) => OpenError::NotFound {
                wanted: wanted.clone(),
                there,
            },
            _ => OpenError::NoInput,
        })
    }
}

/// What a stream is opened with.
struct Plan {
    config: StreamConfig,
    format: SampleFormat,
    block_frames: u32,
}

/// Where there is a server, a watch over the source behind it.
fn watch(host: HostId, device: &cpal::Device, name: &str) -> Result<Option<Watch>, OpenError> {
    if !is_server(host) {
        return Ok(None);
    }
    let watch = Watch::start(&bare_id(device)).map_err(|reason| OpenError::Device {
        name: name.to_owned(),
        reason,
    })?;
    Ok(Some(watch))
}

fn plan_for(
    watch: Option<&Watch>,
    device: &cpal::Device,
    name: &str,
    request: &OpenRequest,
) -> Result<Plan, OpenError> {
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
    let own = if let Some(watch) = watch {
        let own = device
            .default_input_config()
            .map_err(|error| refused(name, &error))?;
        request.channels_of(name, own.channels())?;
        let opened = watch.channels_to_open();
        OwnChannels::Exactly(opened.ok_or_else(|| OpenError::WouldMix {
            name: name.to_owned(),
        })?)
    } else if device_id(device).ends_with(":default") {
        OwnChannels::Hidden
    } else {
        OwnChannels::AsOffered
    };
    let choice = choose(&offers, own, name, request)?;
    Ok(Plan {
        config: StreamConfig {
            channels: offers[choice.offer].channels,
            sample_rate: request.sample_rate_hz,
            buffer_size: BufferSize::Fixed(choice.block_frames),
        },
        format: ranges[choice.offer].sample_format(),
        block_frames: choice.block_frames,
    })
}

fn offer(range: &SupportedStreamConfigRange) -> Offer {
    Offer {
        channels: range.channels(),
        rates_hz: (range.min_sample_rate(), range.max_sample_rate()),
        format: range.sample_format().to_string(),
        block_frames: match *range.buffer_size() {
            SupportedBufferSize::Range { min, max } => Some((min, max)),
            SupportedBufferSize::Unknown => None,
        },
    }
}

/// A PulseAudio source or PipeWire's door for such clients: it converts rates, mixes channels, and has a list of
/// devices that can be asked.
fn is_server(host: HostId) -> bool {
    host.to_string() == "pulseaudio"
}

/// The audio systems to try, the preferred one first.
fn candidates(wanted: Option<&str>) -> Result<Vec<HostId>, OpenError> {
    let here = cpal::available_hosts();
    let Some(wanted) = wanted else {
        return Ok(here);
    };
    match here
        .iter()
        .find(|id| id.to_string() == wanted.to_lowercase())
    {
        Some(id) => Ok(vec![*id]),
        None => Err(OpenError::NoHost {
            wanted: wanted.to_owned(),
            there: here.iter().map(ToString::to_string).collect(),
        }),
    }
}

fn device_id(device: &cpal::Device) -> String {
    device.id().map(|id| id.to_string()).unwrap_or_default()
}

/// The id without its host.
fn bare_id(device: &cpal::Device) -> String {
    device.id().map(|id| id.id().to_owned()).unwrap_or_default()
}

fn is_input(device: &cpal::Device) -> bool {
    device.description().is_ok_and(|description| {
        matches!(
            description.direction(),
            DeviceDirection::Input | DeviceDirection::Duplex | DeviceDirection::Unknown
        )
    })
}

fn is_listed(host: HostId, device: &cpal::Device) -> bool {
    let bare = bare_id(device);
    is_input(device) && is_real_input(&host.to_string(), &bare)
}

fn inputs_of(id: HostId, host: &cpal::Host) -> Vec<(cpal::Device, InputInfo)> {
    let default = host.default_input_device().map(|device| device_id(&device));
    let Ok(devices) = host.devices() else {
        return Vec::new();
    };
    devices
        .filter(|device| is_listed(id, device))
        .map(|device| {
            let own_id = device_id(&device);
            let info = InputInfo {
                name: device.to_string(),
                host: id.to_string(),
                is_default: default.as_ref() == Some(&own_id),
                native: native(id, &device),
                id: own_id,
            };
            (device, info)
        })
        .collect()
}

fn native(host: HostId, device: &cpal::Device) -> Option<Native> {
    if is_server(host) {
        let own = device.default_input_config().ok()?;
        return Some(Native {
            channels: vec![own.channels()],
            rates_hz: vec![(own.sample_rate(), own.sample_rate())],
            formats: vec![own.sample_format().to_string()],
        });
    }
    let offers: Vec<_> = device
        .supported_input_configs()
        .ok()?
        .map(|range| offer(&range))
        .collect();
    Some(plan::native(&offers))
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

/// Starts a Pulse stream without waiting: cpal waits for the first block, which never comes where there is no source.
/// Should it come after the stream was given up, the thread is the last to hold it and closes it.
fn start_in_the_background(stream: &Arc<cpal::Stream>, health: &Arc<Health>) {
    let (stream, health) = (stream.clone(), health.clone());
    thread::spawn(move || {
        if stream.play().is_err() {
            health.declare_dead();
        }
    });
}
