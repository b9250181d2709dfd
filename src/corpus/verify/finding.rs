//! What verify can find: each kind has a stable word for programs, a sentence, and an advice for people.

use std::fmt;
use std::path::PathBuf;

use crate::corpus::error::CorpusError;

/// Something about one file or folder of a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file or folder it is about.
    pub path: PathBuf,
    /// What it is.
    pub problem: Problem,
}

/// What is wrong with a file or folder, or should be known of it ([`Problem::is_wrong`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A record that every such folder has is not there.
    Missing,
    /// The system does not let us read it.
    Unreadable {
        /// What the system said.
        why: String,
    },
    /// It is no JSON.
    Broken {
        /// From 1.
        line: usize,
        /// From 1, in bytes.
        column: usize,
        /// What is wrong there.
        why: String,
    },
    /// It is not as its schema says.
    Schema {
        /// In a file of many lines, from 1.
        line: Option<usize>,
        /// JSON pointer; empty for the whole record.
        at: String,
        /// What is wrong there.
        why: String,
    },
    /// Its format tag is that of another kind of record.
    OtherFormat {
        /// The tag that should stand there.
        expected: &'static str,
        /// The tag that stands there.
        found: String,
    },
    /// A later program wrote it.
    Newer {
        /// The tag known here.
        known: &'static str,
        /// The tag that stands there.
        found: String,
    },
    /// A stored prompt list, study or text is not what its name says.
    ListChanged,
    /// A session or take is of a prompt list that is not stored here.
    ListUnknown {
        /// Its 12 digits.
        list: String,
    },
    /// A study or a text that was agreed to is not stored here.
    KeptUnknown {
        /// Its file, from the corpus.
        file: String,
    },
    /// A take's prompt is not in its list.
    PromptUnknown {
        /// Its id.
        id: String,
    },
    /// A take says something else of its prompt than the list.
    PromptDiffers {
        /// `text`, `spoken`, `label`, `language` or `section`.
        field: &'static str,
        /// What the take says.
        says: String,
        /// What the list says.
        list: String,
    },
    /// A record says that it belongs elsewhere.
    Misplaced {
        /// Which field.
        field: &'static str,
        /// What it says.
        says: String,
        /// What its place says.
        place: String,
    },
    /// The file's name is not that of the take which it describes.
    Misnamed {
        /// The name that fits.
        expected: String,
    },
    /// A take and its session do not say the same.
    SessionDiffers {
        /// Which field.
        field: &'static str,
        /// What the take says.
        says: String,
        /// What the session's record says.
        session: String,
    },
    /// The parts of a record contradict one another.
    Contradiction {
        /// How.
        how: String,
    },
    /// The sidecar's WAV is not there.
    WavMissing,
    /// Nothing says what this WAV is.
    SidecarMissing,
    /// The WAV is not as long as its sidecar says.
    WavLength {
        /// Bytes it should have.
        expected: u64,
        /// Bytes it has.
        found: u64,
    },
    /// The WAV's header is another than its sidecar asks for.
    WavHeader {
        /// What the header says.
        says: String,
        /// What the sidecar says.
        sidecar: String,
    },
    /// The WAV's bytes are not those that were saved.
    AudioChanged {
        /// SHA-256 of what is there, hex.
        sha256: String,
    },
    /// Two takes have one UUID.
    IdTwice {
        /// The other.
        other: PathBuf,
    },
    /// Two takes have the same audio.
    AudioTwice {
        /// The other.
        other: PathBuf,
    },
    /// One speaker id, two people.
    TwoSpeakers {
        /// `speaker_uuid` of the one.
        first: String,
        /// `speaker_uuid` of the other.
        second: String,
    },
    /// A take was superseded, and no other take of its item is there.
    SupersededAlone,
    /// A take names one that it supersedes, and that is not there.
    SupersedesUnknown {
        /// Its UUID.
        id: String,
    },
    /// Two accepted takes of an item; the newest counts.
    AcceptedTwice {
        /// The one that counts.
        newest: PathBuf,
    },
    /// Its consent was withdrawn, and it is here all the same.
    Forgotten {
        /// `speaker`, `speaker_uuid`, `session`, `take` or `export`.
        what: String,
    },
    /// A saving, a recording, a deletion or a forgetting that was cut off.
    Unfinished,
    /// A speaker who is being recorded.
    BeingRecorded,
    /// A file or folder that was on its way to its place; it never counts.
    LeftOver,
    /// A file that the format does not know.
    Stray,
}

impl Problem {
    /// Its stable word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable { .. } => "unreadable",
            Self::Broken { .. } => "broken",
            Self::Schema { .. } => "schema",
            Self::OtherFormat { .. } => "other_format",
            Self::Newer { .. } => "newer_format",
            Self::ListChanged => "list_changed",
            Self::ListUnknown { .. } => "list_unknown",
            Self::KeptUnknown { .. } => "kept_unknown",
            Self::PromptUnknown { .. } => "prompt_unknown",
            Self::PromptDiffers { .. } => "prompt_differs",
            Self::Misplaced { .. } => "misplaced",
            Self::Misnamed { .. } => "misnamed",
            Self::SessionDiffers { .. } => "session_differs",
            Self::Contradiction { .. } => "contradiction",
            Self::WavMissing => "wav_missing",
            Self::SidecarMissing => "sidecar_missing",
            Self::WavLength { .. } => "wav_length",
            Self::WavHeader { .. } => "wav_header",
            Self::AudioChanged { .. } => "audio_changed",
            Self::IdTwice { .. } => "id_twice",
            Self::AudioTwice { .. } => "audio_twice",
            Self::TwoSpeakers { .. } => "two_speakers",
            Self::SupersededAlone => "superseded_alone",
            Self::SupersedesUnknown { .. } => "supersedes_unknown",
            Self::AcceptedTwice { .. } => "accepted_twice",
            Self::Forgotten { .. } => "forgotten",
            Self::Unfinished => "unfinished",
            Self::BeingRecorded => "being_recorded",
            Self::LeftOver => "left_over",
            Self::Stray => "stray",
        }
    }

    /// Whether the corpus is wrong; otherwise it is right and this should be known.
    pub fn is_wrong(&self) -> bool {
        !matches!(
            self,
            Self::AcceptedTwice { .. } | Self::BeingRecorded | Self::LeftOver | Self::Stray
        )
    }

    /// Whether a recording that is under way may look like this.
    pub(super) fn may_be_under_way(&self) -> bool {
        matches!(
            self,
            Self::Unfinished
                | Self::LeftOver
                | Self::Missing
                | Self::SidecarMissing
                | Self::WavMissing
                | Self::AcceptedTwice { .. }
                | Self::SupersededAlone
                | Self::SupersedesUnknown { .. }
        )
    }

    /// What to do.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Missing
            | Self::Broken { .. }
            | Self::Schema { .. }
            | Self::OtherFormat { .. }
            | Self::ListChanged => "bring it back from a copy of the corpus",
            Self::Unreadable { .. } => "see to its permissions or its disk, then verify again",
            Self::Newer { .. } => "use the newer program",
            Self::ListUnknown { .. } => "copy the list from the corpus where it was recorded",
            Self::KeptUnknown { .. } => "copy it from the corpus where it was recorded",
            Self::PromptUnknown { .. }
            | Self::PromptDiffers { .. }
            | Self::SessionDiffers { .. }
            | Self::Contradiction { .. } => {
                "somebody edited it: bring it back from a copy of the corpus"
            }
            Self::Misplaced { .. } => "move it to where it belongs, with all that it belongs to",
            Self::Misnamed { .. } => "give sidecar and WAV the name that fits",
            Self::WavMissing => "bring the WAV back from a copy, or move the sidecar away",
            Self::SidecarMissing => "bring the sidecar back from a copy, or move the WAV away",
            Self::WavLength { .. } | Self::WavHeader { .. } | Self::AudioChanged { .. } => {
                "bring the WAV back from a copy, or record the prompt again"
            }
            Self::IdTwice { .. } => "one is a copy: move it out of the corpus",
            Self::AudioTwice { .. } => "listen to both, and move the one that is wrong away",
            Self::TwoSpeakers { .. } => "two booths gave this id: rename one of the two",
            Self::SupersededAlone => "bring the newer take back from a copy, or accept this one",
            Self::SupersedesUnknown { .. } => "bring the other take back from a copy",
            Self::AcceptedTwice { .. } => "nothing has to be done: readers take the newest",
            Self::Forgotten { .. } => {
                "voicebooth forget deletes it again; copy nothing from where it came from until it is forgotten there too"
            }
            Self::Unfinished => {
                "the speaker's next session repairs it, and so does verify --repair"
            }
            Self::BeingRecorded => "verify again when the recording has ended",
            Self::LeftOver => "nothing has to be done: it never counts",
            Self::Stray => "nothing has to be done: voicebooth leaves it alone",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "it is missing"),
            Self::Unreadable { why } => write!(f, "it cannot be read: {why}"),
            Self::Broken { line, column, why } => {
                write!(f, "line {line}, column {column}: it is no JSON: {why}")
            }
            Self::Schema { line, at, why } => {
                if let Some(line) = line {
                    write!(f, "line {line}: ")?;
                }
                let place = if at.is_empty() { "the record" } else { at };
                write!(f, "{place} is not as its schema says: {why}")
            }
            Self::OtherFormat { expected, found } => {
                write!(f, "it should be a {expected} record and says {found:?}")
            }
            Self::Newer { known, found } => write!(
                f,
                "a newer voicebooth wrote it ({found}; this one knows {known}), so it was not judged"
            ),
            Self::ListChanged => write!(f, "it was changed: its SHA-256 does not fit its name"),
            Self::ListUnknown { list } => {
                write!(f, "its prompt list, prompts/{list}.jsonl, is not here")
            }
            Self::KeptUnknown { file } => write!(f, "what it names, {file}, is not here"),
            Self::PromptUnknown { id } => write!(f, "its prompt {id:?} is not in its list"),
            Self::PromptDiffers { field, says, list } => {
                write!(f, "its prompt's {field} is {says}, and {list} in the list")
            }
            Self::Misplaced { field, says, place } => {
                write!(f, "its {field} is {says:?}, but it lies in {place:?}")
            }
            Self::Misnamed { expected } => write!(f, "what it says would be named {expected}"),
            Self::SessionDiffers {
                field,
                says,
                session,
            } => write!(f, "its {field} is {says}, and {session} in session.json"),
            Self::Contradiction { how } => f.write_str(how),
            Self::WavMissing => write!(f, "its WAV is missing"),
            Self::SidecarMissing => write!(f, "nothing says what it is: its sidecar is missing"),
            Self::WavLength { expected, found } => {
                write!(f, "it has {found} bytes, and {expected} by its sidecar")
            }
            Self::WavHeader { says, sidecar } => {
                write!(f, "its header says {says}; its sidecar {sidecar}")
            }
            Self::AudioChanged { .. } => {
                write!(
                    f,
                    "its bytes were changed: its SHA-256 is not its sidecar's"
                )
            }
            Self::IdTwice { other } => {
                write!(f, "it has the same UUID as {}", other.display())
            }
            Self::AudioTwice { other } => {
                write!(f, "it has the same audio as {}", other.display())
            }
            Self::TwoSpeakers { first, second } => {
                write!(f, "the id stands for two people, {first} and {second}")
            }
            Self::SupersededAlone => {
                write!(
                    f,
                    "it was superseded, but no newer take of its item is here"
                )
            }
            Self::SupersedesUnknown { id } => {
                write!(f, "it supersedes the take {id}, which is not here")
            }
            Self::AcceptedTwice { newest } => {
                write!(f, "a newer take is accepted too: {}", newest.display())
            }
            Self::Forgotten { what } => {
                let what = match what.as_str() {
                    "speaker" => "a speaker of this id has withdrawn",
                    "speaker_uuid" => "its speaker has withdrawn, perhaps under another id",
                    "session" => "this session was withdrawn",
                    "take" => "this take was withdrawn",
                    _ => "it names somebody or something that was withdrawn",
                };
                f.write_str(what)
            }
            Self::Unfinished => write!(f, "it was cut off and is not finished"),
            Self::BeingRecorded => write!(
                f,
                "a program is recording this speaker: what is unfinished was not judged"
            ),
            Self::LeftOver => write!(f, "it was on its way to its place when a program ended"),
            Self::Stray => write!(f, "the corpus format does not know it"),
        }
    }
}

impl From<CorpusError> for Problem {
    fn from(error: CorpusError) -> Self {
        match error {
            CorpusError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Self::Missing
            }
            CorpusError::Broken {
                line, column, text, ..
            } => Self::Broken {
                line,
                column,
                why: text,
            },
            CorpusError::OtherFormat {
                expected, found, ..
            } => Self::OtherFormat { expected, found },
            CorpusError::Newer { found, known, .. } => Self::Newer { known, found },
            CorpusError::ListChanged { .. } => Self::ListChanged,
            other => Self::Unreadable {
                why: other.to_string(),
            },
        }
    }
}
