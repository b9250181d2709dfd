//! Inputs as people see and name them: which are real, which one `--input` means.
//!
//! Nothing here opens anything. What a name does not settle is an error that lists the names there are.

use std::path::PathBuf;

use thiserror::Error;

use super::StreamFormat;

/// An input device that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputInfo {
    /// What `--input` takes, stable between boots, e.g. `alsa:hw:CARD=PCH,DEV=0` or `pulseaudio:alsa_input.usb-...`.
    pub id: String,
    /// For people.
    pub name: String,
    /// The audio system: `alsa`, `pulseaudio`, ...
    pub host: String,
    /// The one that is taken when none is named.
    pub is_default: bool,
    /// What the device itself does; `None` where it cannot be asked (busy, or hidden behind a server).
    pub native: Option<Native>,
}

/// What a device does by itself, without a server that converts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Native {
    /// Channel counts it can be opened with.
    pub channels: Vec<u16>,
    /// Rates it gives, Hz, lowest and highest of each range.
    pub rates_hz: Vec<(u32, u32)>,
    /// Sample formats, e.g. `i16`.
    pub formats: Vec<String>,
}

/// What to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// Which source.
    pub input: InputChoice,
    /// The audio system, by its name, or the best there is.
    pub host: Option<String>,
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// Channels to keep, at least 1.
    pub channels: u16,
    /// Zero-based device channels to keep, in this order; the first `channels` where none are named.
    pub channel_map: Option<Vec<u16>>,
}

/// Which source is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputChoice {
    /// The system's default input.
    Default,
    /// An id, or a unique part of an id or a name.
    Named(String),
    /// The built-in demo speaker.
    Demo,
    /// A WAV file, fed in real time.
    File(PathBuf),
}

impl InputChoice {
    /// What `--input` means: `demo`, a path that ends in `.wav`, `default`, or a device.
    pub fn parse(text: &str) -> Self {
        let is_wav = text.len() > 4 && text.to_lowercase().ends_with(".wav");
        match text {
            "demo" => Self::Demo,
            "default" => Self::Default,
            _ if is_wav => Self::File(text.into()),
            _ => Self::Named(text.to_owned()),
        }
    }
}

impl OpenRequest {
    /// The channels to keep of `device_channels`.
    ///
    /// # Errors
    /// A channel is asked for that the device does not have.
    pub fn channels_of(&self, name: &str, device_channels: u16) -> Result<Vec<u16>, OpenError> {
        let map = self
            .channel_map
            .clone()
            .unwrap_or_else(|| (0..self.channels).collect());
        match map.iter().find(|channel| **channel >= device_channels) {
            Some(channel) => Err(OpenError::NoSuchChannel {
                name: name.to_owned(),
                wanted: channel + 1,
                there: device_channels,
            }),
            None => Ok(map),
        }
    }

    /// Channels that the device must at least have.
    pub fn channels_needed(&self) -> u16 {
        match &self.channel_map {
            Some(map) => map.iter().max().map_or(1, |highest| highest + 1),
            None => self.channels,
        }
    }

    /// What reaches the ring.
    pub fn format(&self) -> StreamFormat {
        let kept = self.channel_map.as_ref().map(Vec::len);
        StreamFormat {
            sample_rate_hz: self.sample_rate_hz,
            channels: kept.map_or(self.channels, |kept| kept as u16),
        }
    }
}

/// Why a source could not be opened. Nothing was recorded and nothing is lost.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OpenError {
    /// There is no input at all.
    #[error("there is no microphone; plug one in, or try `--input demo`")]
    NoInput,
    /// There is nothing to play to.
    #[error("none is there")]
    NoOutput,
    /// An audio system that is there and does not answer.
    #[error("the audio system {host} does not answer: {reason}")]
    Silent {
        /// Its name.
        host: String,
        /// In its words.
        reason: String,
    },
    /// Nothing has that name.
    #[error("no input is called \"{wanted}\"; {}", list(.there))]
    NotFound {
        /// What was asked for.
        wanted: String,
        /// The names there are.
        there: Vec<String>,
    },
    /// Several have that name.
    #[error("\"{wanted}\" means several inputs; give one of these ids: {}", .ids.join(", "))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// The ids it could mean.
        ids: Vec<String>,
    },
    /// The device cannot give this rate.
    #[error(
        "{name} cannot give {wanted_hz} Hz; it gives {rates}; ask for one of these with --rate"
    )]
    RateRefused {
        /// The source.
        name: String,
        /// Asked for.
        wanted_hz: u32,
        /// Those it gives, in words.
        rates: String,
    },
    /// A channel that is not there.
    #[error("{name} has {there} channel(s), so there is no channel {wanted} (counted from 1)")]
    NoSuchChannel {
        /// The source.
        name: String,
        /// Asked for, from 1.
        wanted: u16,
        /// How many there are.
        there: u16,
    },
    /// Samples that we cannot read.
    #[error(
        "{name} gives samples in none of the forms that can be recorded (integer or float PCM)"
    )]
    NoFormat {
        /// The source.
        name: String,
    },
    /// An unknown or missing audio system.
    #[error("there is no audio system \"{wanted}\" here; there is {}", .there.join(", "))]
    NoHost {
        /// Asked for.
        wanted: String,
        /// Those there are.
        there: Vec<String>,
    },
    /// The audio system refused.
    #[error("{name} cannot be opened: {reason}")]
    Device {
        /// The source.
        name: String,
        /// In the system's words.
        reason: String,
    },
    /// A WAV file that cannot be fed.
    #[error("{} cannot be played in as a source: {reason}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "there is none".to_owned()
    } else {
        format!("there is: {}", names.join(", "))
    }
}

/// Says whether a device's bare id (without its host) names something to record from, and not a converter, a monitor
/// of what is played, or a second name of the same thing.
pub fn is_real_input(host: &str, id: &str) -> bool {
    match host {
        // `hw:CARD=PCH,DEV=0` is the device itself; `plughw`, `dsnoop`, `sysdefault` and `front` convert or share it,
        // and cards by number change between boots. The rest of a usual list are converters (`lavrate`, `speex`,
        // `upmix`, ...), dead ends (`null`) and doors to servers, of which `default` is the one to take.
        "alsa" => {
            let card = id
                .strip_prefix("hw:CARD=")
                .and_then(|rest| rest.split(',').next());
            id == "default" || card.is_some_and(|card| card.parse::<u32>().is_err())
        }
        "pulseaudio" => !id.ends_with(".monitor"),
        _ => true,
    }
}

/// Says whether a listed input leads to something that the list does not have by another name. `beside_pulse`: the list
/// has the inputs of a Pulse server.
///
/// ALSA's `default` is only a door. Where a Pulse server runs, it leads to what the server has told itself. Where no server
/// runs and there is no card, it still has a name, even that of an output ("Default ALSA Output (currently `PipeWire`
/// Media Server)"), but nothing is behind it, so it cannot say what it gives. A card that cannot is merely busy.
pub fn leads_somewhere(input: &InputInfo, beside_pulse: bool) -> bool {
    let is_door = input.id == "alsa:default";
    !is_door || (!beside_pulse && input.native.is_some())
}

/// Finds the one input that `wanted` means: an exact id, or a part of an id or a name that only one has (case does not
/// matter).
///
/// # Errors
/// None or several match.
pub fn pick<'a>(inputs: &'a [InputInfo], wanted: &str) -> Result<&'a InputInfo, OpenError> {
    if let Some(exact) = inputs.iter().find(|input| input.id == wanted) {
        return Ok(exact);
    }
    let part = wanted.to_lowercase();
    let found: Vec<&InputInfo> = inputs
        .iter()
        .filter(|input| {
            input.id.to_lowercase().contains(&part) || input.name.to_lowercase().contains(&part)
        })
        .collect();
    match found[..] {
        [one] => Ok(one),
        [] => Err(OpenError::NotFound {
            wanted: wanted.to_owned(),
            there: inputs.iter().map(|input| input.name.clone()).collect(),
        }),
        _ => Err(OpenError::Ambiguous {
            wanted: wanted.to_owned(),
            ids: found.iter().map(|input| input.id.clone()).collect(),
        }),
    }
}

/// Rates in words: `44100, 48000 Hz` or `8000 to 192000 Hz`.
pub fn rates_in_words(rates_hz: &[(u32, u32)]) -> String {
    let mut ranges = rates_hz.to_vec();
    ranges.sort_unstable();
    ranges.dedup();
    let words: Vec<String> = ranges
        .iter()
        .map(|(lowest, highest)| {
            if lowest == highest {
                lowest.to_string()
            } else {
                format!("{lowest} to {highest}")
            }
        })
        .collect();
    format!("{} Hz", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(id: &str, name: &str) -> InputInfo {
        InputInfo {
            id: id.to_owned(),
            name: name.to_owned(),
            host: "pulseaudio".to_owned(),
            is_default: false,
            native: None,
        }
    }

    fn request(channels: u16, channel_map: Option<Vec<u16>>) -> OpenRequest {
        OpenRequest {
            input: InputChoice::Default,
            host: None,
            sample_rate_hz: 48_000,
            channels,
            channel_map,
        }
    }

    #[test]
    fn converters_and_dead_ends_are_no_inputs() {
        let clutter = [
            "null",
            "lavrate",
            "samplerate",
            "speexrate",
            "jack",
            "oss",
            "pipewire",
            "pulse",
            "speex",
            "upmix",
            "vdownmix",
            "plughw:CARD=PCH,DEV=0",
            "sysdefault:CARD=PCH",
            "front:CARD=PCH,DEV=0",
            "dsnoop:CARD=PCH,DEV=0",
            "hw:CARD=0,DEV=0",
            "usbstream:CARD=PCH",
        ];
        for id in clutter {
            assert!(!is_real_input("alsa", id), "{id}");
        }
        assert!(is_real_input("alsa", "hw:CARD=PCH,DEV=0"));
        assert!(is_real_input("alsa", "default"));
        assert!(is_real_input("pulseaudio", "alsa_input.usb-Blue_Yeti"));
        assert!(!is_real_input("pulseaudio", "alsa_output.pci.monitor"));
    }

    #[test]
    fn a_default_with_nothing_behind_it_is_no_input() {
        let door = input(
            "alsa:default",
            "Default ALSA Output (currently PipeWire Media Server)",
        );
        assert!(!leads_somewhere(&door, false));
        let native = Native {
            channels: vec![1, 2],
            rates_hz: vec![(8_000, 192_000)],
            formats: vec!["f32".to_owned()],
        };
        let open = InputInfo {
            native: Some(native),
            ..door
        };
        assert!(leads_somewhere(&open, false));
        assert!(!leads_somewhere(&open, true), "the server has told its own");
        let busy = input("alsa:hw:CARD=PCH,DEV=0", "HDA Intel PCH, ALC257 Analog");
        assert!(leads_somewhere(&busy, false));
        let of_a_server = input("pulseaudio:alsa_input.usb-Blue_Yeti", "Yeti");
        assert!(leads_somewhere(&of_a_server, true));
    }

    #[test]
    fn an_input_is_found_by_its_id_or_by_a_part_that_only_one_has() {
        let inputs = [
            input("pulseaudio:mic", "Virtual microphone"),
            input("pulseaudio:mic2", "Headset"),
        ];
        assert_eq!(pick(&inputs, "pulseaudio:mic").unwrap(), &inputs[0]);
        assert_eq!(pick(&inputs, "headset").unwrap(), &inputs[1]);
        assert_eq!(pick(&inputs, "VIRTUAL").unwrap(), &inputs[0]);
    }

    #[test]
    fn a_name_that_is_unknown_or_not_unique_is_refused_with_what_there_is() {
        let inputs = [
            input("pulseaudio:mic", "Virtual microphone"),
            input("pulseaudio:mic2", "Headset"),
        ];
        let unknown = pick(&inputs, "yeti").unwrap_err().to_string();
        assert_eq!(
            unknown,
            "no input is called \"yeti\"; there is: Virtual microphone, Headset"
        );
        let several = pick(&inputs, "mic").unwrap_err().to_string();
        assert!(several.ends_with("give one of these ids: pulseaudio:mic, pulseaudio:mic2"));
    }

    #[test]
    fn channels_are_the_first_ones_unless_a_map_names_others() {
        assert_eq!(request(2, None).channels_of("m", 4), Ok(vec![0, 1]));
        let mapped = request(1, Some(vec![3, 1]));
        assert_eq!(mapped.channels_of("m", 4), Ok(vec![3, 1]));
        assert_eq!(mapped.format().channels, 2);
        assert_eq!(mapped.channels_needed(), 4);
        let refused = mapped.channels_of("m", 2).unwrap_err().to_string();
        assert_eq!(
            refused,
            "m has 2 channel(s), so there is no channel 4 (counted from 1)"
        );
    }

    #[test]
    fn what_input_means_is_plain() {
        assert_eq!(InputChoice::parse("demo"), InputChoice::Demo);
        assert_eq!(InputChoice::parse("default"), InputChoice::Default);
        assert_eq!(
            InputChoice::parse("a b.WAV"),
            InputChoice::File("a b.WAV".into())
        );
        assert_eq!(
            InputChoice::parse("yeti"),
            InputChoice::Named("yeti".to_owned())
        );
    }

    #[test]
    fn rates_are_told_in_words() {
        assert_eq!(
            rates_in_words(&[(48_000, 48_000), (44_100, 44_100), (48_000, 48_000)]),
            "44100, 48000 Hz"
        );
        assert_eq!(rates_in_words(&[(8_000, 96_000)]), "8000 to 96000 Hz");
    }
}
