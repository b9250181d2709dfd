//! What can stand behind a flag, or behind its name in the configuration file.

use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;

use crate::corpus::names::check_speaker_id;
use crate::prompts::is_language_tag;

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }

    /// The number; no `MAX` that is used with this lies above 32 bits.
    pub fn get_u32(self) -> u32 {
        const { assert!(MAX <= u32::MAX as u64) };
        self.0 as u32
    }
}

impl<const MIN: u64, const MAX: u64> FromStr for Whole<MIN, MAX> {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, String> {
        match value.parse() {
            Ok(number) if (MIN..=MAX).contains(&number) => Ok(Self(number)),
            _ => Err(format!("give a whole number from {MIN} to {MAX}")),
        }
    }
}

/// A time from `MIN_MS` to `MAX_MS`, written in seconds with or without a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds<const MIN_MS: u64, const MAX_MS: u64> {
    /// Milliseconds.
    pub ms: u32,
}

impl<const MIN_MS: u64, const MAX_MS: u64> FromStr for Seconds<MIN_MS, MAX_MS> {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, String> {
        let range_ms = MIN_MS as f64..=MAX_MS as f64;
        match value
            .parse::<f64>()
            .map(|seconds| (seconds * 1000.0).round())
        {
            Ok(ms) if range_ms.contains(&ms) => Ok(Self { ms: ms as u32 }),
            _ => Err(format!(
                "give seconds, from {} to {}",
                MIN_MS as f64 / 1000.0,
                MAX_MS as f64 / 1000.0
            )),
        }
    }
}

/// Channels of a device, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelMap {
    /// Counted from 0.
    pub channels: Vec<u16>,
}

impl FromStr for ChannelMap {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, String> {
        let mut channels = Vec::new();
        for part in value.split(',') {
            match part.trim().parse::<u16>() {
                Ok(number @ 1..=128) if !channels.contains(&(number - 1)) => {
                    channels.push(number - 1);
                }
                _ => {
                    return Err(
                        "give the numbers of channels, each once, from 1 to 128, such as 3,4"
                            .into(),
                    );
                }
            }
        }
        Ok(Self { channels })
    }
}

/// One line of free text, not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    /// The text, without blanks at its ends.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The text, without blanks at its ends.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Line {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, String> {
        let value = value.trim();
        if value.is_empty() || value.contains(char::is_control) {
            return Err("give one line of text, without control characters".into());
        }
        Ok(Self(value.to_owned()))
    }
}

/// A speaker's id, as the corpus takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker(pub String);

impl FromStr for Speaker {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, String> {
        check_speaker_id(value).map_err(|error| error.to_string())?;
        Ok(Self(value.to_owned()))
    }
}

/// A BCP 47 language tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language(pub String);

impl FromStr for Language {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, String> {
        if is_language_tag(value) {
            return Ok(Self(value.to_owned()));
        }
        Err("give a BCP 47 tag, such as en, pt-BR or zh-Hans".into())
    }
}

/// A distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Centimetres(pub f64);

impl FromStr for Centimetres {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, String> {
        match value.parse() {
            Ok(number) if (0.0..=10_000.0).contains(&number) => Ok(Self(number)),
            _ => Err("give centimetres, from 0 to 10000".into()),
        }
    }
}

/// Where the sound comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The built-in demo speaker.
    Demo,
    /// A WAV file, fed in real time.
    File(PathBuf),
    /// A device: its id, or a part of its name that no other has.
    Device(String),
}

impl FromStr for Input {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, String> {
        let path = PathBuf::from(value);
        let is_wav = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("wav"));
        if is_wav {
            return Ok(Self::File(path));
        }
        match Line::from_str(value)?.into_string() {
            name if name == "demo" => Ok(Self::Demo),
            name => Ok(Self::Device(name)),
        }
    }
}

/// How takes start and stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Space starts, Space stops.
    Keys,
    /// Space is held.
    Hold,
    /// Speech starts and stops the take.
    HandsFree,
    /// Space starts; the take stops by itself.
    Timed,
}

/// When a take waits for a decision before the next prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Review {
    /// After every take.
    Always,
    /// After none; what is wrong with a take is shown in one line, and its item comes back later.
    #[default]
    OnWarning,
    /// Never; what is wrong is not shown, and its item comes back all the same.
    Never,
}

/// Limits of the verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// For recognition and the study of speech.
    #[default]
    Default,
    /// For speech synthesis.
    Tts,
    /// For audio books.
    Audiobook,
}

impl Profile {
    /// Its name in the session record.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Tts => "tts",
            Self::Audiobook => "audiobook",
        }
    }
}

/// Bits per sample in the WAV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Bits {
    /// 16-bit integers.
    #[value(name = "16")]
    Pcm16,
    /// 24-bit integers.
    #[value(name = "24")]
    Pcm24,
    /// 32-bit floats.
    #[value(name = "32f")]
    Float32,
}

/// Names of the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OrderName {
    /// The list's order.
    Sequential,
    /// All shuffled.
    Shuffled,
    /// Rounds, each shuffled.
    Blocked,
}

/// What is on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Screen {
    /// Everything.
    #[default]
    Full,
    /// Neither meter nor figures.
    Speaker,
    /// Lines of text instead of a screen, for screen readers.
    Lines,
}

/// Who puts right-to-left text in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Bidi {
    /// The terminal.
    Terminal,
    /// This program, for terminals that do not.
    Booth,
}
