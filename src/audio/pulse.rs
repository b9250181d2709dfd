//! Questions to a Pulse server (PulseAudio, or PipeWire's door for such clients) that cpal does not ask: how a source
//! lays out its channels, and whether our stream still hangs on the very source it was opened on.
//!
//! Servers move streams to other sources, and mix channels whose layouts differ, without telling anybody. One blocking
//! connection, no thread; every answer is waited for a second at most, and no answer counts as "no longer there".

use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use pulseaudio::protocol::{
    AuthParams, AuthReply, ChannelMap, ChannelPosition, Command, CommandReply, GetSourceInfo,
    MAX_VERSION, Prop, Props, ProtocolError, SetClientNameReply, SourceInfo, SourceOutputInfoList,
    read_reply_message, write_command_message,
};

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// A connection that only asks.
#[derive(Debug)]
struct Asking {
    socket: BufReader<UnixStream>,
    version: u16,
}

impl Asking {
    fn connect() -> Result<Self, ProtocolError> {
        let path = pulseaudio::socket_path_from_env()
            .ok_or_else(|| ProtocolError::Invalid("no Pulse server".to_owned()))?;
        let socket = UnixStream::connect(path)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let mut asking = Self {
            socket: BufReader::new(socket),
            version: MAX_VERSION,
        };
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok());
        let hello: AuthReply = asking.ask(&Command::Auth(AuthParams {
            version: MAX_VERSION,
            supports_shm: false,
            supports_memfd: false,
            cookie: cookie.unwrap_or_default(),
        }))?;
        asking.version = MAX_VERSION.min(hello.version);
        let mut props = Props::new();
        props.set(Prop::ApplicationName, c"voicebooth");
        let _: SetClientNameReply = asking.ask(&Command::SetClientName(props))?;
        Ok(asking)
    }

    fn ask<T: CommandReply>(&mut self, command: &Command) -> Result<T, ProtocolError> {
        write_command_message(self.socket.get_mut(), 0, command, self.version)?;
        read_reply_message(&mut self.socket, self.version).map(|(_, reply)| reply)
    }

    fn source(&mut self, name: &str) -> Result<SourceInfo, ProtocolError> {
        let name = std::ffi::CString::new(name)
            .map_err(|_| ProtocolError::Invalid("a name with a NUL".to_owned()))?;
        self.ask(&Command::GetSourceInfo(GetSourceInfo {
            index: None,
            name: Some(name),
        }))
    }
}

/// A source that is being recorded, watched.
#[derive(Debug)]
pub struct Watch {
    asking: Asking,
    name: String,
    index: u32,
    layout: ChannelMap,
}

impl Watch {
    /// Starts to watch the source of this name.
    ///
    /// # Errors
    /// The server does not answer or knows no such source; in its words.
    pub fn start(name: &str) -> Result<Self, String> {
        let mut asking = Asking::connect().map_err(|error| error.to_string())?;
        let source = asking.source(name).map_err(|error| error.to_string())?;
        Ok(Self {
            asking,
            name: name.to_owned(),
            index: source.index,
            layout: source.channel_map,
        })
    }

    /// The source is still the same one (not one that was plugged in anew under the same name), and everything that
    /// this program records from the server comes from it. Blocks.
    pub fn is_there(&mut self) -> bool {
        let Ok(source) = self.asking.source(&self.name) else {
            return false;
        };
        let outputs: Result<SourceOutputInfoList, _> =
            self.asking.ask(&Command::GetSourceOutputInfoList);
        let own = std::process::id().to_string();
        source.index == self.index
            && outputs.is_ok_and(|outputs| {
                outputs
                    .iter()
                    .filter(|output| is_of(&output.props, &own))
                    .all(|output| output.source_index == self.index)
            })
    }

    /// How many channels to ask cpal for, so that the source's own channels come out one by one, in order and unmixed:
    /// its own number where its layout is the one that cpal asks for; where its channels are just numbered (`aux0`,
    /// `aux1`, ...), a number for which cpal asks for numbered channels too. `None`: the server would mix.
    pub fn channels_to_open(&self) -> Option<u16> {
        channels_to_open(&self.layout)
    }
}

fn is_of(props: &Props, process_id: &str) -> bool {
    props
        .get(Prop::ApplicationProcessId)
        .is_some_and(|value| value.strip_suffix(&[0]).unwrap_or(value) == process_id.as_bytes())
}

/// The layouts that cpal 0.18 asks a Pulse server for, by number of channels; numbered channels for all other numbers.
fn asked_for(channels: usize) -> Option<&'static [ChannelPosition]> {
    use ChannelPosition::{
        FrontCenter, FrontLeft, FrontRight, Lfe, Mono, RearCenter, RearLeft, RearRight, SideLeft,
        SideRight, TopFrontLeft, TopFrontRight, TopRearLeft, TopRearRight,
    };
    const SURROUND: [ChannelPosition; 12] = [
        FrontLeft,
        FrontRight,
        FrontCenter,
        Lfe,
        RearLeft,
        RearRight,
        SideLeft,
        SideRight,
        TopFrontLeft,
        TopFrontRight,
        TopRearLeft,
        TopRearRight,
    ];
    const SEVEN: [ChannelPosition; 7] = [
        FrontLeft,
        FrontRight,
        FrontCenter,
        Lfe,
        RearLeft,
        RearRight,
        RearCenter,
    ];
    match channels {
        1 => Some(&[Mono]),
        4 => Some(&[FrontLeft, FrontRight, RearLeft, RearRight]),
        5 => Some(&[FrontLeft, FrontRight, FrontCenter, RearLeft, RearRight]),
        7 => Some(&SEVEN),
        2 | 3 | 6 | 8 | 10 | 12 => Some(&SURROUND[..channels]),
        _ => None,
    }
}

fn channels_to_open(layout: &ChannelMap) -> Option<u16> {
    let positions: Vec<ChannelPosition> = layout.into_iter().collect();
    let count = positions.len();
    if asked_for(count).is_some_and(|asked| asked == positions) {
        return Some(count as u16);
    }
    let first = ChannelPosition::Aux0 as usize;
    let numbered = positions
        .iter()
        .enumerate()
        .all(|(number, position)| *position as usize == first + number);
    let wide = (count..=32).find(|count| asked_for(*count).is_none());
    wide.filter(|_| numbered).map(|count| count as u16)
}

#[cfg(test)]
mod tests {
    use ChannelPosition::{
        Aux0, Aux1, Aux2, Aux3, Aux4, Aux5, Aux6, Aux7, Aux8, Aux9, FrontCenter, FrontLeft,
        FrontRight, Lfe, Mono,
    };

    use super::*;

    const TEN: [ChannelPosition; 10] = [Aux0, Aux1, Aux2, Aux3, Aux4, Aux5, Aux6, Aux7, Aux8, Aux9];

    fn opened(layout: &[ChannelPosition]) -> Option<u16> {
        channels_to_open(&ChannelMap::new(layout.iter().copied()))
    }

    #[test]
    fn the_usual_layouts_are_opened_as_they_are() {
        assert_eq!(opened(&[Mono]), Some(1));
        assert_eq!(opened(&[FrontLeft, FrontRight]), Some(2));
    }

    #[test]
    fn numbered_channels_are_opened_as_so_many_that_cpal_numbers_them_too() {
        assert_eq!(opened(&[Aux0]), Some(9));
        assert_eq!(opened(&[Aux0, Aux1, Aux2]), Some(9));
        assert_eq!(opened(&TEN), Some(11));
    }

    #[test]
    fn a_layout_that_the_server_would_mix_is_not_opened() {
        assert_eq!(opened(&[FrontLeft]), None);
        assert_eq!(opened(&[FrontRight, FrontLeft]), None);
        assert_eq!(opened(&[Aux1, Aux0]), None);
        assert_eq!(opened(&[FrontLeft, FrontRight, FrontCenter, Lfe]), None);
    }
}
