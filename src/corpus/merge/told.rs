//! What a merge tells: conflicts, which leave something where it was, and what should be known.

use std::fmt;
use std::path::PathBuf;

use crate::corpus::error::CorpusError;

/// Something about one file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The file or folder it is about, in one of the corpora.
    pub path: PathBuf,
    /// What it is.
    pub what: What,
}

/// What a merge tells of a file or folder. Where it is a conflict ([`What::is_conflict`]), that file or folder stayed where
/// it was and nothing of the other corpus was changed by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It cannot be read.
    Unreadable(String),
    /// It belongs to another study.
    StudyDiffers,
    /// It does not fit its name.
    ListChanged,
    /// An id that differs from another's by case alone.
    CaseTwin(String),
    /// One id, two people.
    TwoSpeakers,
    /// A program is recording that speaker into the corpus that takes in.
    SpeakerBusy,
    /// The same session lies under another speaker.
    SessionElsewhere(String),
    /// Its records are not those of the session of the same name.
    SessionDiffers,
    /// Another take has its name.
    OtherTake,
    /// The same take with other audio.
    OtherAudio,
    /// Both were changed, each in another way.
    HistoryForks,
    /// One of them was deleted at another booth.
    DeletedElsewhere,
    /// The WAV is not there.
    WavMissing,
    /// The WAV's bytes are not those that were saved.
    AudioChanged,
    /// The id of another speaker, who has withdrawn.
    IdForgotten,
    /// Its consent was withdrawn: left out, or deleted where it was taken in before.
    Forgotten,
    /// A recording, a saving or a deletion that is not finished.
    Unfinished,
    /// A speaker who is being recorded there.
    BeingRecorded,
}

impl What {
    /// Its stable word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::StudyDiffers => "study_differs",
            Self::ListChanged => "list_changed",
            Self::CaseTwin(_) => "case_twin",
            Self::TwoSpeakers => "two_speakers",
            Self::SpeakerBusy => "speaker_busy",
            Self::SessionElsewhere(_) => "session_elsewhere",
            Self::SessionDiffers => "session_differs",
            Self::OtherTake => "other_take",
            Self::OtherAudio => "other_audio",
            Self::HistoryForks => "history_forks",
            Self::DeletedElsewhere => "deleted_elsewhere",
            Self::WavMissing => "wav_missing",
            Self::AudioChanged => "audio_changed",
            Self::IdForgotten => "id_forgotten",
            Self::Forgotten => "forgotten",
            Self::Unfinished => "unfinished",
            Self::BeingRecorded => "being_recorded",
        }
    }

    /// Whether something could not be taken in that somebody has to see to.
    pub fn is_conflict(&self) -> bool {
        !matches!(
            self,
            Self::Forgotten | Self::Unfinished | Self::BeingRecorded
        )
    }

    /// What to do.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreadable(_) | Self::ListChanged | Self::WavMissing | Self::AudioChanged => {
                "bring it back from a copy there, then merge again; verify says more"
            }
            Self::StudyDiffers => "merge the corpora of each study into a folder of their own",
            Self::CaseTwin(_) | Self::TwoSpeakers => {
                "two booths gave this id: give one of the two another, by a line of --map"
            }
            Self::SpeakerBusy | Self::BeingRecorded => "merge again when the recording has ended",
            Self::SessionElsewhere(_) => {
                "two ids were joined before: give the same --map again, or take one of the two away"
            }
            Self::SessionDiffers => "somebody edited it: bring it back from a copy",
            Self::OtherTake | Self::OtherAudio => {
                "look at both, and take away the one that is wrong"
            }
            Self::HistoryForks => {
                "look at both sidecars, and put the one that is right in both places"
            }
            Self::DeletedElsewhere => {
                "where it should go, voicebooth forget --take deletes it for good"
            }
            Self::IdForgotten => "give this speaker another id, by a line of --map",
            Self::Forgotten => "nothing has to be done; forget it there too",
            Self::Unfinished => {
                "the speaker's next session there repairs it, and so does verify --repair; then merge again"
            }
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable(why) => return write!(f, "it cannot be read: {why}"),
            Self::CaseTwin(other) => {
                return write!(f, "some disks cannot tell this id from {other:?}");
            }
            Self::SessionElsewhere(speaker) => {
                return write!(f, "the same session lies under the speaker {speaker:?}");
            }
            Self::StudyDiffers => "it belongs to another study",
            Self::ListChanged => "it does not fit its name, or what has that name already",
            Self::TwoSpeakers => "its id stands for another person (another speaker_uuid)",
            Self::SpeakerBusy => "a program is recording this speaker, so nothing was taken in",
            Self::SessionDiffers => "its session.json or speaker.json is another than before",
            Self::OtherTake => "another take has this name",
            Self::OtherAudio => "the same take has other audio",
            Self::HistoryForks => "the same take was changed in two ways",
            Self::DeletedElsewhere => "this take was deleted at another booth, and is here",
            Self::WavMissing => "its WAV is missing, so it was not taken in",
            Self::AudioChanged => "its WAV is not what was saved, so it was not taken in",
            Self::IdForgotten => "a speaker of this id has withdrawn, and this is somebody else",
            Self::Forgotten => "its consent was withdrawn",
            Self::Unfinished => "it is not finished, so it was left out",
            Self::BeingRecorded => "it is being recorded: what is saved so far is taken in",
        })
    }
}

impl From<CorpusError> for What {
    fn from(error: CorpusError) -> Self {
        match error {
            CorpusError::SpeakerBusy { .. } => Self::SpeakerBusy,
            CorpusError::SpeakerTwin { existing, .. } => Self::CaseTwin(existing),
            CorpusError::ListChanged { .. } => Self::ListChanged,
            other => Self::Unreadable(other.to_string()),
        }
    }
}
