//! A connection to a Pulse server (PulseAudio, or PipeWire's door for such clients): what sources there are.
//!
//! Questions are answered within a second or fail; nothing is kept between them. `docs/realtime.md` tells why sources
//! behind such a server are not opened through cpal.

use std::ffi::CString;
use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use pulseaudio::protocol::{
    AuthParams, AuthReply, Command, CommandReply, MAX_VERSION, Prop, Props, ProtocolError,
    ServerInfo, SetClientNameReply, SourceInfo, SourceInfoList, read_reply_message,
    write_command_message,
};

use super::inputs::{InputInfo, Native, OpenError, is_real_input};
use crate::platform;

/// The name of this audio system.
pub const HOST: &str = "pulseaudio";

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// A connection that has introduced itself.
#[derive(Debug)]
pub struct Connection {
    /// The server's end, with what was read ahead.
    pub socket: BufReader<UnixStream>,
    /// The version of the protocol that both sides speak.
    pub version: u16,
}

impl Connection {
    /// Connects and introduces this program. Blocks.
    ///
    /// # Errors
    /// There is no server, or it does not answer.
    pub fn open() -> Result<Self, OpenError> {
        Self::introduce().map_err(|error| silent(&error))
    }

    fn introduce() -> Result<Self, ProtocolError> {
        if let Err(error) = platform::provide_pulse_cookie() {
            tracing::warn!("no Pulse cookie: {error}");
        }
        let path = pulseaudio::socket_path_from_env()
            .ok_or_else(|| ProtocolError::Invalid("it is not running".to_owned()))?;
        let socket = UnixStream::connect(path)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let mut connection = Self {
            socket: BufReader::with_capacity(32 * 1024, socket),
            version: MAX_VERSION,
        };
        let cookie = pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok());
        let hello: AuthReply = connection.ask(&Command::Auth(AuthParams {
            version: MAX_VERSION,
            supports_shm: false,
            supports_memfd: false,
            cookie: cookie.unwrap_or_default(),
        }))?;
        connection.version = MAX_VERSION.min(hello.version);
        let mut props = Props::new();
        props.set(Prop::ApplicationName, c"voicebooth");
        let process = std::process::id().to_string();
        props.set(
            Prop::ApplicationProcessId,
            CString::new(process).unwrap_or_default(),
        );
        let _: SetClientNameReply = connection.ask(&Command::SetClientName(props))?;
        Ok(connection)
    }

    /// Asks for something and waits for the answer. Only for connections without streams, whose data would come between.
    ///
    /// # Errors
    /// The server refuses or does not answer.
    pub fn ask<T: CommandReply>(&mut self, command: &Command) -> Result<T, ProtocolError> {
        write_command_message(self.socket.get_mut(), 0, command, self.version)?;
        read_reply_message(&mut self.socket, self.version).map(|(_, reply)| reply)
    }

    /// The real sources there are (no monitors of what is played), each with how people see it. Blocks.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn sources(&mut self) -> Result<Vec<(SourceInfo, InputInfo)>, OpenError> {
        let server: Result<ServerInfo, _> = self.ask(&Command::GetServerInfo);
        let server = server.map_err(|error| silent(&error))?;
        let sources: Result<SourceInfoList, _> = self.ask(&Command::GetSourceInfoList);
        let sources = sources.map_err(|error| silent(&error))?;
        let default = server.default_source_name;
        let described = sources.into_iter().map(|source| {
            let mut input = describe(&source);
            input.is_default = default.as_ref() == Some(&source.name);
            (source, input)
        });
        let prefix = HOST.len() + 1;
        Ok(described
            .filter(|(_, input)| is_real_input(HOST, &input.id[prefix..]))
            .collect())
    }
}

/// Whether there is a server to connect to.
pub fn is_available() -> bool {
    pulseaudio::socket_path_from_env().is_some()
}

fn silent(error: &ProtocolError) -> OpenError {
    OpenError::Silent {
        host: HOST.to_owned(),
        reason: error.to_string(),
    }
}

fn describe(source: &SourceInfo) -> InputInfo {
    let id = source.name.to_string_lossy();
    let description = source
        .description
        .as_ref()
        .map(|text| text.to_string_lossy());
    let rate = source.sample_spec.sample_rate;
    InputInfo {
        id: format!("{HOST}:{id}"),
        name: description.unwrap_or_else(|| id.clone()).into_owned(),
        host: HOST.to_owned(),
        is_default: false,
        native: Some(Native {
            channels: vec![u16::from(source.sample_spec.channels)],
            rates_hz: vec![(rate, rate)],
            formats: vec![format!("{:?}", source.sample_spec.format).to_lowercase()],
        }),
    }
}
