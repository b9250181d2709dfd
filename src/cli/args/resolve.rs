//! From what was typed and what the configuration file says to what a session is run with.

use std::path::PathBuf;

use thiserror::Error;

use super::values::{Bidi, Bits, Input, Line, Mode, OrderName, Profile, Review, Screen};
use super::{RecordArgs, Settings};
use crate::audio::StreamFormat;
use crate::cli::config::{Config, KeyNames};
use crate::corpus::sidecar::Encoding;
use crate::prompts::{Order, ReadOptions};
use crate::recorder::messages::WindowSettings;
use crate::session::view;

/// Everything that `record` needs to know, defaults filled in; `None` where only the corpus or the machine knows them.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordConfig {
    /// How to read it.
    pub read: ReadOptions,
    /// The corpus folder.
    pub corpus: PathBuf,
    /// Speaker id; asked for where `None`.
    pub speaker: Option<String>,
    /// Source; the system's default device where `None`.
    pub input: Option<Input>,
    /// Audio system; the best there is where `None`.
    pub host: Option<String>,
    /// Hz.
    pub sample_rate_hz: u32,
    /// The device's channels to keep, from 0, in this order; at least one.
    pub channel_map: Vec<u16>,
    /// How samples are written.
    pub encoding: Encoding,
    /// How takes are made; never `HoldUnavailable`, which only a terminal can tell. Where `None`, as the list says or by keys.
    pub mode: Option<view::Mode>,
    /// When a take waits for a decision.
    pub review: Review,
    /// Fixed part before the key, ms.
    pub pre_roll_ms: u32,
    /// Fixed part after the stop, ms.
    pub post_roll_ms: u32,
    /// Where the post-roll ends at the latest, ms after the stop; 0 switches extension off, else at least `post_roll_ms`.
    pub post_roll_max_ms: u32,
    /// Longest take, ms.
    pub max_take_ms: u32,
    /// Hands-free: the silence that ends a reading, ms; text and speaker decide where `None`.
    pub end_silence_ms: Option<u32>,
    /// Order of the items; where `None` that of the pass that goes on, or the default for the repeats.
    pub order: Option<Order>,
    /// No label comes twice in a row where something is shuffled; where `None` as in the pass that goes on, or it may.
    pub labels_apart: Option<bool>,
    /// Seed of the shuffle; where `None` that of the pass that goes on, or drawn.
    pub seed: Option<u64>,
    /// How often each prompt is read, at least 1; where `None` as in the pass that goes on, or once.
    pub repeat: Option<u32>,
    /// Begin a new pass.
    pub restart: bool,
    /// Skipped items come back.
    pub skipped: bool,
    /// The microphone is checked before the first item.
    pub check: bool,
    /// Limits of the verdicts.
    pub profile: Profile,
    /// What is on the screen.
    pub screen: Screen,
    /// Who puts right-to-left text in order; the face decides where `None`.
    pub bidi: Option<Bidi>,
    /// The log; its usual place where `None`.
    pub log: Option<PathBuf>,
    /// For the session record.
    pub facts: SessionFacts,
    /// Flags that stand in place of what the study says.
    pub overrides: Vec<String>,
    /// Keys by command, where the configuration file changes them.
    pub keys: KeyNames,
}

/// What the session record says about the setting, as far as it was told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionFacts {
    /// The room.
    pub room: Option<String>,
    /// The microphone.
    pub microphone: Option<String>,
    /// From the mouth to the microphone, cm.
    pub distance_cm: Option<f64>,
    /// How the gain is set.
    pub gain: Option<String>,
    /// Who is in charge.
    pub operator: Option<String>,
}

/// Flags that do not fit together. Nothing was started.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs)] // the messages say what the variants and their fields are
pub enum UsageError {
    #[error("--seconds is the length of a take in mode timed; add --mode timed or leave it out")]
    SecondsWithoutTimed,
    /// An end-silence without the mode that has one.
    #[error("--end-silence goes with --mode hands-free only")]
    EndSilenceWithoutHandsFree,
    #[error("--mode timed needs the length of a take: add --seconds, such as --seconds 2")]
    TimedWithoutSeconds,
    #[error("--seconds {} is longer than --max-take {}; make --max-take longer", seconds(*ms), seconds(*max_ms))]
    TimedTooLong { ms: u32, max_ms: u32 },
    #[error(
        "--post-roll-max {max_ms} is shorter than --post-roll {ms}; make it longer, or 0 to keep just the post-roll"
    )]
    PostRollMax { ms: u32, max_ms: u32 },
    #[error(
        "--channels {channels}, but --channel-map names {mapped}; leave out one of them or make them agree"
    )]
    Channels { channels: u16, mapped: usize },
    #[error("a take of --max-take {} would not fit into a WAV file (4 GiB) in this format; give at most --max-take {}", seconds(*ms), seconds(*fits_ms))]
    TakeTooLong { ms: u32, fits_ms: u32 },
}

impl UsageError {
    /// The settings that it is about, as their flags are called; the first of them that somebody has given is meant.
    pub fn settings(&self) -> &'static [&'static str] {
        match self {
            Self::SecondsWithoutTimed => &["seconds", "mode"],
            Self::EndSilenceWithoutHandsFree => &["end-silence", "mode"],
            Self::TimedWithoutSeconds => &["mode", "seconds"],
            Self::TimedTooLong { .. } => &["seconds", "max-take"],
            Self::PostRollMax { .. } => &["post-roll-max", "post-roll"],
            Self::Channels { .. } => &["channels", "channel-map"],
            Self::TakeTooLong { .. } => &["max-take", "channels", "rate", "bits"],
        }
    }
}

fn seconds(ms: u32) -> f64 {
    f64::from(ms) / 1000.0
}

const SAMPLE_RATE_HZ: u32 = 48_000;
const ROLL_MS: u32 = 300;
const POST_ROLL_MAX_MS: u32 = 1000;
const MAX_TAKE_MS: u32 = 60_000;

/// Speech that is under way at the start key is kept from its onset, at most so far back.
const ONSET_BACK_MS: u32 = 2000;
/// RIFF sizes have 32 bits; the rest is more than any header takes.
const WAV_BYTES_MAX: u64 = u32::MAX as u64 - 4096;
/// Audio that may wait for the writer.
const QUEUE_MS: u32 = 30_000;
const QUEUE_BYTES_MAX: u64 = 256 << 20;

/// What `record` is run with: the command line, then the study, then the configuration file, then the defaults.
///
/// # Errors
/// Flags that do not fit together.
pub fn resolve(
    args: &RecordArgs,
    study: &Settings,
    config: &Config,
) -> Result<RecordConfig, UsageError> {
    let beneath = study.clone().or(config.settings.clone());
    let mode_asked = args.settings.mode.or(beneath.mode);
    let typed_timed = mode_asked == Some(Mode::Timed);
    if args.settings.seconds.is_some() && !typed_timed {
        return Err(UsageError::SecondsWithoutTimed);
    }
    let hands_free = mode_asked == Some(Mode::HandsFree);
    if args.settings.end_silence.is_some() && !hands_free {
        return Err(UsageError::EndSilenceWithoutHandsFree);
    }
    let settings = args.settings.clone().or(beneath);
    let max_take_ms = settings.max_take.map_or(MAX_TAKE_MS, |time| time.ms);
    let (post_roll_ms, post_roll_max_ms) = post_roll(&settings)?;
    let overrides = match args.study {
        Some(_) => settings.beside(study),
        None => Vec::new(),
    };
    let resolved = RecordConfig {
        read: settings.read_options(),
        speaker: args.speaker.clone().map(|speaker| speaker.0),
        sample_rate_hz: settings.rate.map_or(SAMPLE_RATE_HZ, super::Whole::get_u32),
        channel_map: channel_map(&settings)?,
        encoding: encoding(settings.bits),
        mode: mode(&settings, max_take_ms)?,
        review: settings.review.unwrap_or_default(),
        pre_roll_ms: settings.pre_roll.map_or(ROLL_MS, super::Whole::get_u32),
        post_roll_ms,
        post_roll_max_ms,
        max_take_ms,
        end_silence_ms: settings.end_silence.map(super::Whole::get_u32),
        order: settings.order.map(order),
        labels_apart: settings.labels_apart,
        seed: settings.seed.map(super::Whole::get),
        repeat: settings.repeat.map(super::Whole::get_u32),
        restart: args.restart,
        skipped: args.skipped,
        profile: settings.profile.unwrap_or_default(),
        check: !settings.no_check.unwrap_or(false),
        screen: settings.screen.unwrap_or_default(),
        bidi: settings.bidi,
        log: settings.log,
        facts: SessionFacts {
            room: settings.room.map(Line::into_string),
            microphone: settings.microphone.map(Line::into_string),
            distance_cm: settings.distance_cm.map(|distance| distance.0),
            gain: settings.gain.map(Line::into_string),
            operator: settings.operator.map(Line::into_string),
        },
        corpus: settings.corpus.unwrap_or_else(|| PathBuf::from("corpus")),
        input: settings.input,
        host: settings.host.map(Line::into_string),
        overrides,
        keys: config.keys.clone(),
    };
    resolved.check_wav_size()?;
    Ok(resolved)
}

impl RecordConfig {
    /// The take cutter's numbers, once the source is open: up to 30 s of audio and 256 MiB may wait for the writer.
    pub fn windows(&self, format: StreamFormat) -> WindowSettings {
        let frame_bytes = u64::from(format.channels) * size_of::<f32>() as u64;
        let queue_frames = crate::units::frames_in_ms(format.sample_rate_hz, QUEUE_MS);
        WindowSettings {
            pre_roll_ms: self.pre_roll_ms,
            post_roll_ms: self.post_roll_ms,
            post_roll_max_ms: self.post_roll_max_ms,
            max_take_ms: self.max_take_ms,
            end_silence_ms: self.end_silence_ms,
            queue_frames: queue_frames.min(QUEUE_BYTES_MAX / frame_bytes.max(1)),
        }
    }

    /// Refuses takes that a WAV file could not hold, before anything is recorded.
    fn check_wav_size(&self) -> Result<(), UsageError> {
        let sample_bytes = match self.encoding {
            Encoding::PcmS16le => 2,
            Encoding::PcmS24le => 3,
            Encoding::PcmF32le => 4,
        };
        let frame_bytes = self.channel_map.len() as u64 * sample_bytes;
        let fits_ms = WAV_BYTES_MAX * 1000 / (frame_bytes * u64::from(self.sample_rate_hz));
        let around_ms =
            self.pre_roll_ms + ONSET_BACK_MS + self.post_roll_ms.max(self.post_roll_max_ms);
        if u64::from(self.max_take_ms + around_ms) <= fits_ms {
            return Ok(());
        }
        Err(UsageError::TakeTooLong {
            ms: self.max_take_ms,
            fits_ms: (fits_ms as u32).saturating_sub(around_ms) / 1000 * 1000,
        })
    }
}

impl Settings {
    /// How prompt files are read.
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions {
            format: self.format,
            comments: self.comments.unwrap_or(false),
            language: self.language.clone().map(|language| language.0),
        }
    }
}

/// Without `--post-roll-max` a longer post-roll takes it along.
fn post_roll(settings: &Settings) -> Result<(u32, u32), UsageError> {
    let ms = settings.post_roll.map_or(ROLL_MS, super::Whole::get_u32);
    match settings.post_roll_max.map(super::Whole::get_u32) {
        None => Ok((ms, POST_ROLL_MAX_MS.max(ms))),
        Some(max_ms) if max_ms == 0 || max_ms >= ms => Ok((ms, max_ms)),
        Some(max_ms) => Err(UsageError::PostRollMax { ms, max_ms }),
    }
}

fn channel_map(settings: &Settings) -> Result<Vec<u16>, UsageError> {
    let channels = settings.channels.map(|channels| channels.get_u32() as u16);
    match (&settings.channel_map, channels) {
        (None, channels) => Ok((0..channels.unwrap_or(1)).collect()),
        (Some(map), Some(channels)) if map.channels.len() != usize::from(channels) => {
            let mapped = map.channels.len();
            Err(UsageError::Channels { channels, mapped })
        }
        (Some(map), _) => Ok(map.channels.clone()),
    }
}

fn mode(settings: &Settings, max_ms: u32) -> Result<Option<view::Mode>, UsageError> {
    Ok(Some(match settings.mode {
        None => return Ok(None),
        Some(Mode::Keys) => view::Mode::Keys,
        Some(Mode::Hold) => view::Mode::Hold,
        Some(Mode::HandsFree) => view::Mode::HandsFree,
        Some(Mode::Timed) => match settings.seconds {
            None => return Err(UsageError::TimedWithoutSeconds),
            Some(time) if time.ms > max_ms => {
                let ms = time.ms;
                return Err(UsageError::TimedTooLong { ms, max_ms });
            }
            Some(time) => view::Mode::Timed { ms: time.ms },
        },
    }))
}

fn encoding(bits: Option<Bits>) -> Encoding {
    match bits {
        None | Some(Bits::Pcm16) => Encoding::PcmS16le,
        Some(Bits::Pcm24) => Encoding::PcmS24le,
        Some(Bits::Float32) => Encoding::PcmF32le,
    }
}

fn order(order: OrderName) -> Order {
    match order {
        OrderName::Sequential => Order::Sequential,
        OrderName::Shuffled => Order::Shuffled,
        OrderName::Blocked => Order::Blocked,
    }
}
