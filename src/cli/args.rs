//! The command line as it was typed, flag by flag; [`resolve()`] turns it and the configuration file into settings.
//!
//! Each value is checked where it is read, so that a wrong one is named with its flag (or its line in the configuration
//! file, which goes through the same parsers). What depends on several flags is checked in [`resolve()`].

mod corpora;
mod export;
mod prompts;
mod resolve;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use crate::prompts::Format;
pub use corpora::{ForgetArgs, MergeArgs};
pub use export::{By, Choice, ExportArgs, Lufs, Parts, ShardArg};
pub use prompts::{CheckArgs, ConvertArgs, PromptStatsArgs, PromptsTask, ReadArgs, Target};
pub use resolve::{RecordConfig, SessionFacts, UsageError, resolve};
pub use values::{
    Bidi, Bits, Centimetres, ChannelMap, Input, Language, Line, Mode, OrderName, Profile, Review,
    Screen, Seconds, Speaker, Whole,
};

/// A recording booth in the terminal: prompted speech in, a labelled corpus folder out.
#[derive(Clone, Debug, Parser)]
#[command(name = "voicebooth", version, about, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// The subcommands.
#[derive(Clone, Debug, Subcommand)]
pub enum Task {
    /// Record a speaker who reads a prompt list; go on where the last session ended.
    Record(Box<RecordArgs>),
    /// Check, convert and count prompt lists.
    #[command(subcommand)]
    Prompts(PromptsTask),
    /// Check that a corpus folder is right, and name what is not.
    Verify(VerifyArgs),
    /// Count what is in a corpus folder, and what is missing.
    Stats(StatsArgs),
    /// Make a folder that a toolkit reads: Kaldi, HTK, Hugging Face and others.
    Export(Box<ExportArgs>),
    /// Bring the corpora of many booths into one; nothing is written over.
    Merge(MergeArgs),
    /// Delete what was recorded of somebody who withdraws, for good; a tombstone without personal data stays.
    Forget(ForgetArgs),
    /// List the inputs that can be recorded from.
    Devices(DevicesArgs),
    /// Print a JSON Schema of the corpus format, or list their names.
    Schema(SchemaArgs),
    /// Begin or check a study: the file that fixes how everybody is recorded.
    #[command(subcommand)]
    Study(StudyTask),
}

/// What is done with a study.
#[derive(Clone, Debug, Subcommand)]
pub enum StudyTask {
    /// Write a commented study to begin with.
    Init {
        /// The file, which must not be there.
        #[arg(value_name = "FILE", default_value = "study.toml")]
        file: PathBuf,
    },
    /// Check a study and all that it names; every mistake with line and column.
    Check {
        /// The study.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What `record` is told, flag by flag.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct RecordArgs {
    /// The prompt list: plain text (one prompt a line), CSV, TSV, or a list of another tool (docs/prompts.md).
    #[arg(
        value_name = "PROMPTS",
        required_unless_present = "study",
        conflicts_with = "study"
    )]
    pub prompts: Option<PathBuf>,
    /// The study, which names the prompts and fixes how everybody is recorded; other flags win over it, and the session
    /// record says so.
    #[arg(long, value_name = "FILE")]
    pub study: Option<PathBuf>,
    /// Who speaks [default: asked, with a generated id]. Ids become folder names; they should not be real names.
    #[arg(long, value_name = "ID")]
    pub speaker: Option<Speaker>,
    /// Begin a new pass through the list.
    #[arg(long)]
    pub restart: bool,
    /// Ask for skipped prompts again.
    #[arg(long)]
    pub skipped: bool,
    /// Configuration file [default: voicebooth/config.toml in the XDG configuration folder].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What the configuration file can say too.
    #[command(flatten)]
    pub settings: Settings,
}

/// Flags that are keys of the configuration file too, under the same names.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct Settings {
    /// The corpus folder; made where it is missing [default: corpus].
    #[arg(long, value_name = "DIR")]
    pub corpus: Option<PathBuf>,

    /// `demo`, a WAV file, or a device: its id or a part of its name that no other has [default: the system's].
    #[arg(long, value_name = "DEVICE|demo|FILE.wav", help_heading = "Sound")]
    pub input: Option<Input>,
    /// Audio system to look for the device in [default: the best there is].
    #[arg(long, value_name = "NAME", help_heading = "Sound")]
    pub host: Option<Line>,
    /// Sample rate [default: 48000].
    #[arg(long, value_name = "HZ", help_heading = "Sound")]
    pub rate: Option<Whole<1000, 768_000>>,
    /// Channels to record [default: 1].
    #[arg(long, value_name = "N", help_heading = "Sound")]
    pub channels: Option<Whole<1, 128>>,
    /// The device's channels to record, counted from 1, such as `3,4` [default: the first].
    #[arg(long, value_name = "LIST", help_heading = "Sound")]
    pub channel_map: Option<ChannelMap>,
    /// Bits per sample; `32f` is floating point [default: 16].
    #[arg(
        long,
        hide_possible_values = true,
        value_name = "16|24|32f",
        help_heading = "Sound"
    )]
    pub bits: Option<Bits>,

    /// How takes start and stop: Space starts and stops, is held, or starts a fixed time; or speech does [default: keys].
    #[arg(
        long,
        hide_possible_values = true,
        value_name = "keys|hold|hands-free|timed",
        help_heading = "Takes"
    )]
    pub mode: Option<Mode>,
    /// Length of a take in mode `timed`, seconds.
    #[arg(long, value_name = "S", help_heading = "Takes")]
    pub seconds: Option<Seconds<100, 3_600_000>>,
    /// When a take waits for a decision before the next prompt [default: on-warning].
    #[arg(
        long,
        hide_possible_values = true,
        value_name = "always|on-warning|never",
        help_heading = "Takes"
    )]
    pub review: Option<Review>,
    /// Limits of the verdicts: for recognition, speech synthesis, or audio books [default: default].
    #[arg(
        long,
        hide_possible_values = true,
        value_name = "default|tts|audiobook",
        help_heading = "Takes"
    )]
    pub profile: Option<Profile>,
    /// Leave out the microphone check before the first prompt; M does it at any time.
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true",
          hide_possible_values = true, help_heading = "Takes")]
    pub no_check: Option<bool>,
    /// Sound kept from before the start key, ms [default: 300].
    #[arg(long, value_name = "MS", help_heading = "Takes")]
    pub pre_roll: Option<Whole<0, 10_000>>,
    /// Sound kept from after the stop key, ms [default: 300].
    #[arg(long, value_name = "MS", help_heading = "Takes")]
    pub post_roll: Option<Whole<0, 10_000>>,
    /// Most sound kept from after the stop key while speech goes on, ms; 0: never more than the post-roll [default: 1000].
    #[arg(long, value_name = "MS", help_heading = "Takes")]
    pub post_roll_max: Option<Whole<0, 10_000>>,
    /// The silence that ends a reading in mode `hands-free`, ms [default: 400 for a word, more for more].
    #[arg(long, value_name = "MS", help_heading = "Takes")]
    pub end_silence: Option<Whole<150, 10_000>>,
    /// Longest take, seconds [default: 60].
    #[arg(long, value_name = "S", help_heading = "Takes")]
    pub max_take: Option<Seconds<1000, 3_600_000>>,

    /// Order of the prompts [default: sequential, or blocked where --repeat is above 1].
    #[arg(
        long,
        hide_possible_values = true,
        value_name = "sequential|shuffled|blocked",
        help_heading = "List"
    )]
    pub order: Option<OrderName>,
    /// Seed of the shuffle [default: that of the session gone on with, else drawn; kept in the session record].
    #[arg(long, value_name = "N", help_heading = "List")]
    pub seed: Option<Whole<0, 9_007_199_254_740_991>>, // 2^53 - 1: what every reader of JSON keeps exactly
    /// Where prompts are shuffled, never the same label twice in a row, if that can be helped.
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true",
          hide_possible_values = true, help_heading = "List")]
    pub labels_apart: Option<bool>,
    /// How often each prompt is read [default: 1].
    #[arg(long, value_name = "N", help_heading = "List")]
    pub repeat: Option<Whole<1, 10_000>>,
    /// What the list is, such as ljspeech or kaldi [default: its content tells].
    #[arg(long, value_name = "NAME", help_heading = "List")]
    pub format: Option<Format>,
    /// Lines of the list that begin with `#` are comments.
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true",
          hide_possible_values = true, help_heading = "List")]
    pub comments: Option<bool>,
    /// Language (BCP 47, such as en or pt-BR) of the prompts that do not say theirs.
    #[arg(long, value_name = "TAG", help_heading = "List")]
    pub language: Option<Language>,

    /// What is shown: `speaker` hides meter and figures, `lines` is for screen readers [default: full].
    #[arg(
        long,
        hide_possible_values = true,
        value_name = "full|speaker|lines",
        help_heading = "Screen"
    )]
    pub screen: Option<Screen>,
    /// Who puts right-to-left text in order: the terminal, or the booth for terminals that do not.
    #[arg(
        long,
        hide_possible_values = true,
        value_name = "terminal|booth",
        help_heading = "Screen"
    )]
    pub bidi: Option<Bidi>,
    /// The log, without ids and texts [default: voicebooth/voicebooth.log in the XDG state folder].
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,

    /// The room, for the session record.
    #[arg(long, value_name = "TEXT", help_heading = "Session record")]
    pub room: Option<Line>,
    /// The microphone, for the session record.
    #[arg(long, value_name = "TEXT", help_heading = "Session record")]
    pub microphone: Option<Line>,
    /// From the mouth to the microphone, for the session record.
    #[arg(long, value_name = "CM", help_heading = "Session record")]
    pub distance_cm: Option<Centimetres>,
    /// How the gain is set, for the session record.
    #[arg(long, value_name = "TEXT", help_heading = "Session record")]
    pub gain: Option<Line>,
    /// Who is in charge, for the session record; an id, not a real name.
    #[arg(long, value_name = "TEXT", help_heading = "Session record")]
    pub operator: Option<Line>,
}

/// What `verify` is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct VerifyArgs {
    /// The corpus folder.
    #[arg(value_name = "CORPUS")]
    pub corpus: PathBuf,
    /// Do not read the audio's bytes: check lengths and headers only.
    #[arg(long)]
    pub fast: bool,
    /// First repair what the next session would repair: takes and deletions that were cut off.
    #[arg(long)]
    pub repair: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// What `stats` is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct StatsArgs {
    /// The corpus folder.
    #[arg(value_name = "CORPUS")]
    pub corpus: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Print the coverage table alone, as CSV.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

/// What `devices` is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct DevicesArgs {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Only this audio system.
    #[arg(long, value_name = "NAME")]
    pub host: Option<Line>,
}

/// What `schema` is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct SchemaArgs {
    /// Which schema; without it their names are listed.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// Settings that are the booth's: they differ from place to place, or are nobody's business but its own.
pub const OF_THE_BOOTH: [&str; 11] = [
    "corpus",
    "input",
    "host",
    "channel-map",
    "bidi",
    "log",
    "room",
    "microphone",
    "distance-cm",
    "gain",
    "operator",
];

macro_rules! each_setting {
    ($of:ident) => {
        $of! {
            corpus input host rate channels channel_map bits mode seconds review profile no_check pre_roll post_roll post_roll_max
            max_take end_silence order seed labels_apart repeat format comments language screen bidi log room microphone distance_cm gain
            operator
        }
    };
}

impl Settings {
    /// These settings, and those of `other` where these say nothing. Channels and their map belong together, so that
    /// one of them here is not mixed with the other there.
    #[must_use]
    pub fn or(self, mut other: Self) -> Self {
        if self.channels.is_some() || self.channel_map.is_some() {
            (other.channels, other.channel_map) = (None, None);
        }
        macro_rules! first_of {
            ($($field:ident)*) => { Self { $($field: self.$field.or(other.$field)),* } };
        }
        each_setting!(first_of)
    }

    /// Names of these settings that are not the study's: they stand in place of another value of `study`, or of what it
    /// leaves as it is by itself. What is each booth's own is not named where the study says nothing of it.
    pub fn beside(&self, study: &Self) -> Vec<String> {
        let mut names = Vec::new();
        macro_rules! note {
            ($($field:ident)*) => { $(
                let name = stringify!($field).replace('_', "-");
                let said = study.$field.is_some();
                if self.$field.is_some() && self.$field != study.$field && (said || !OF_THE_BOOTH.contains(&&*name)) {
                    names.push(name);
                }
            )* };
        }
        each_setting!(note);
        if self.channel_map.is_some() && study.channels.is_some() {
            names.push("channel-map".into());
        }
        names
    }
}

#[cfg(test)]
mod tests;
