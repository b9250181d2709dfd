//! Which of the settings that a device offers to open it with. Pure: devices are described, not touched.

use super::inputs::{Native, OpenError, OpenRequest, rates_in_words};

/// Frames per block asked for at 48 kHz, scaled to other rates: 21 ms. Smaller blocks cost more (`docs/realtime.md`),
/// larger ones make the end of a take wait.
const BLOCK_FRAMES_AT_48_KHZ: u32 = 1024;
/// 85 ms; two such blocks are the buffer. With 21 ms, takes had holes while a compiler ran.
const OUTPUT_BLOCK_FRAMES_AT_48_KHZ: u32 = 4096;

/// The forms of samples that can be read, the best first: a server's own float, then those that lose nothing.
const READABLE: [&str; 10] = [
    "f32", "i32", "i24", "f64", "u32", "u24", "i16", "u16", "i8", "u8",
];

/// One range of settings that a device can be opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Channels.
    pub channels: u16,
    /// Lowest and highest rate.
    pub rates_hz: (u32, u32),
    /// The sample format, e.g. `i16`.
    pub format: String,
    /// Smallest and largest block, where it is known.
    pub block_frames: Option<(u32, u32)>,
}

/// How many channels to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnChannels {
    /// The device behind the server has exactly so many.
    Exactly(u16),
    /// The offers are the device's own.
    AsOffered,
    /// The offers are those of a converter, and what is behind it cannot be asked. Asked for one channel it would mix
    /// two into one, asked for two it does not.
    Hidden,
}

/// What to open: which offer, with how many frames per block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Index of the offer.
    pub offer: usize,
    /// Frames per block to ask for.
    pub block_frames: u32,
}

/// Chooses among `offers` for the source called `name`.
///
/// # Errors
/// The rate, a channel or every sample format is missing.
pub fn choose(
    offers: &[Offer],
    own: OwnChannels,
    name: &str,
    request: &OpenRequest,
) -> Result<Choice, OpenError> {
    let rate = request.sample_rate_hz;
    let fits = |offer: &&Offer| (offer.rates_hz.0..=offer.rates_hz.1).contains(&rate);
    if !offers.iter().any(|offer| fits(&offer)) {
        let rates: Vec<_> = offers.iter().map(|offer| offer.rates_hz).collect();
        return Err(OpenError::RateRefused {
            name: name.to_owned(),
            wanted_hz: rate,
            rates: rates_in_words(&rates),
        });
    }
    let least = match own {
        OwnChannels::Exactly(count) => count,
        OwnChannels::AsOffered => request.channels_needed(),
        OwnChannels::Hidden => request.channels_needed().max(2),
    };
    let counts = offers.iter().filter(fits).map(|offer| offer.channels);
    let enough = counts.clone().filter(|count| *count >= least).min();
    let channels = enough.or(counts.max()).unwrap_or(least);
    request.channels_of(name, channels)?;
    offers
        .iter()
        .enumerate()
        .filter(|(_, offer)| fits(offer) && offer.channels == channels)
        .filter_map(|(at, offer)| {
            let rank = READABLE.iter().position(|known| *known == offer.format)?;
            Some((rank, at))
        })
        .min()
        .map(|(_, offer)| Choice {
            offer,
            block_frames: block_frames(rate, offers[offer].block_frames),
        })
        .ok_or_else(|| OpenError::NoFormat {
            name: name.to_owned(),
        })
}

/// What `offers` say of a device.
pub fn native(offers: &[Offer]) -> Native {
    let mut native = Native {
        channels: offers.iter().map(|offer| offer.channels).collect(),
        rates_hz: offers.iter().map(|offer| offer.rates_hz).collect(),
        formats: offers.iter().map(|offer| offer.format.clone()).collect(),
    };
    native.channels.sort_unstable();
    native.channels.dedup();
    native.rates_hz.sort_unstable();
    native.rates_hz.dedup();
    native.formats.sort_unstable();
    native.formats.dedup();
    native
}

/// Frames per block at `rate_hz`, within what the device can do.
pub fn block_frames(rate_hz: u32, possible: Option<(u32, u32)>) -> u32 {
    frames_at(rate_hz, BLOCK_FRAMES_AT_48_KHZ, possible)
}

/// The same for an output: nobody waits for what plays, so it may have enough in hand for a busy machine.
pub fn output_block_frames(rate_hz: u32, possible: Option<(u32, u32)>) -> u32 {
    frames_at(rate_hz, OUTPUT_BLOCK_FRAMES_AT_48_KHZ, possible)
}

fn frames_at(rate_hz: u32, frames_at_48_khz: u32, possible: Option<(u32, u32)>) -> u32 {
    let wanted = u64::from(frames_at_48_khz) * u64::from(rate_hz) / 48_000;
    let wanted = wanted.max(1) as u32;
    possible.map_or(wanted, |(min, max)| wanted.clamp(min, max.max(min)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::inputs::InputChoice;

    fn offer(channels: u16, rate_hz: u32, format: &str) -> Offer {
        Offer {
            channels,
            rates_hz: (rate_hz, rate_hz),
            format: format.to_owned(),
            block_frames: None,
        }
    }

    fn request(rate_hz: u32, channels: u16) -> OpenRequest {
        OpenRequest {
            input: InputChoice::Default,
            host: None,
            sample_rate_hz: rate_hz,
            channels,
            channel_map: None,
        }
    }

    #[test]
    fn a_rate_that_is_not_offered_is_refused_with_those_that_are() {
        let offers = [offer(2, 44_100, "f32"), offer(2, 48_000, "f32")];
        let refused = choose(&offers, OwnChannels::AsOffered, "Yeti", &request(16_000, 1));
        assert_eq!(
            refused.unwrap_err().to_string(),
            "Yeti cannot give 16000 Hz; it gives 44100, 48000 Hz; ask for one of these with --rate"
        );
    }

    #[test]
    fn the_devices_own_channels_are_opened_whatever_a_server_offers() {
        let offers: Vec<_> = (1..=8)
            .map(|channels| offer(channels, 48_000, "f32"))
            .collect();
        let opened = |own, channels| {
            let choice = choose(&offers, own, "m", &request(48_000, channels)).unwrap();
            offers[choice.offer].channels
        };
        assert_eq!(opened(OwnChannels::Exactly(6), 1), 6);
        assert_eq!(opened(OwnChannels::AsOffered, 1), 1);
        assert_eq!(opened(OwnChannels::AsOffered, 3), 3);
        assert_eq!(opened(OwnChannels::Hidden, 1), 2);
    }

    #[test]
    fn more_channels_than_there_are_are_refused() {
        let offers = [offer(1, 48_000, "f32"), offer(2, 48_000, "f32")];
        let refused = choose(&offers, OwnChannels::AsOffered, "m", &request(48_000, 4));
        assert_eq!(
            refused.unwrap_err(),
            OpenError::NoSuchChannel {
                name: "m".to_owned(),
                wanted: 3,
                there: 2
            }
        );
    }

    #[test]
    fn the_best_readable_format_is_taken() {
        let offers = [
            offer(1, 48_000, "i16"),
            offer(1, 48_000, "i32"),
            offer(1, 48_000, "dsd"),
        ];
        let choice = choose(&offers, OwnChannels::AsOffered, "m", &request(48_000, 1)).unwrap();
        assert_eq!(choice.offer, 1);
        let unreadable = &offers[2..];
        let refused = choose(unreadable, OwnChannels::AsOffered, "m", &request(48_000, 1));
        assert!(matches!(refused, Err(OpenError::NoFormat { .. })));
    }

    #[test]
    fn a_device_is_described_without_repetition() {
        let offers = [
            offer(2, 48_000, "i32"),
            offer(1, 48_000, "i16"),
            offer(2, 44_100, "i16"),
        ];
        let native = native(&offers);
        assert_eq!(native.channels, [1, 2]);
        assert_eq!(native.rates_hz, [(44_100, 44_100), (48_000, 48_000)]);
        assert_eq!(native.formats, ["i16", "i32"]);
    }

    #[test]
    fn blocks_last_about_as_long_at_every_rate() {
        assert_eq!(block_frames(48_000, None), 1024);
        assert_eq!(block_frames(16_000, None), 341);
        assert_eq!(output_block_frames(48_000, Some((64, 2_048))), 2_048);
        assert_eq!(block_frames(192_000, Some((64, 2048))), 2048);
        assert_eq!(block_frames(8_000, Some((512, 4096))), 512);
    }
}
