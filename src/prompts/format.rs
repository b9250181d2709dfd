//! The formats that prompt files come in, by the names that they are asked for and told with.

use std::fmt;
use std::str::FromStr;

/// A format that prompt files come in. `docs/prompt-formats.md` describes each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// One prompt a line.
    #[default]
    Text,
    /// RFC 4180, with a header; commas or semicolons.
    Csv,
    /// Columns between tabs, no quoting, with or without a header.
    Tsv,
    /// Piper Recording Studio: id, tab, text; or the text alone.
    Piper,
    /// Mimic Recording Studio: text, tab, number of characters.
    Mimic,
    /// id, bar, text, and perhaps bar and the normalised text.
    LjSpeech,
    /// `( id "text" )` or `id "text"`.
    Festvox,
    /// `text (id)`.
    Timit,
    /// `*/id WORDS`.
    VoxForge,
    /// `id words`.
    Kaldi,
    /// An object a line: our own fields, or those of NeMo.
    JsonLines,
    /// SpeechRecorder's XML.
    SpeechRecorder,
    /// WebSpeechRecorder's JSON.
    WebSpeechRecorder,
    /// Common Voice's TSV.
    CommonVoice,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 14] = [
        Self::Text,
        Self::Csv,
        Self::Tsv,
        Self::Piper,
        Self::Mimic,
        Self::LjSpeech,
        Self::Festvox,
        Self::Timit,
        Self::VoxForge,
        Self::Kaldi,
        Self::JsonLines,
        Self::SpeechRecorder,
        Self::WebSpeechRecorder,
        Self::CommonVoice,
    ];

    /// The word behind `--format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Piper => "piper",
            Self::Mimic => "mimic",
            Self::LjSpeech => "ljspeech",
            Self::Festvox => "festvox",
            Self::Timit => "timit",
            Self::VoxForge => "voxforge",
            Self::Kaldi => "kaldi",
            Self::JsonLines => "jsonl",
            Self::SpeechRecorder => "speechrecorder",
            Self::WebSpeechRecorder => "webspeechrecorder",
            Self::CommonVoice => "commonvoice",
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Text => "plain text",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Piper => "Piper",
            Self::Mimic => "Mimic",
            Self::LjSpeech => "LJSpeech",
            Self::Festvox => "Festvox",
            Self::Timit => "TIMIT",
            Self::VoxForge => "VoxForge",
            Self::Kaldi => "Kaldi",
            Self::JsonLines => "JSON Lines",
            Self::SpeechRecorder => "SpeechRecorder",
            Self::WebSpeechRecorder => "WebSpeechRecorder",
            Self::CommonVoice => "Common Voice",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|format| format.name() == name);
        known.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("formats are {names}")
        })
    }
}
