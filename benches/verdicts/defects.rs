//! What can be wrong with a take, and what is to be said of it.

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    None,
    Silence,
    OnlyClick,
    OnlyCough,
    OnlyDoor,
    OnlyVoicedCough,
    OnlySlam,
    OnlyClatter,
    Whispered,
    Clipped,
    StartCut,
    EndCut,
    Dropout,
    Quiet,
    Noisy,
    Hum,
    Offset,
    DoubleReading,
    Click,
    Cough,
    Door,
    VoicedCough,
    Slam,
    Clatter,
    Breath,
}

impl Defect {
    pub const ALL: [Self; 25] = [
        Self::None,
        Self::Silence,
        Self::OnlyClick,
        Self::OnlyCough,
        Self::OnlyDoor,
        Self::OnlyVoicedCough,
        Self::OnlySlam,
        Self::OnlyClatter,
        Self::Whispered,
        Self::Clipped,
        Self::StartCut,
        Self::EndCut,
        Self::Dropout,
        Self::Quiet,
        Self::Noisy,
        Self::Hum,
        Self::Offset,
        Self::DoubleReading,
        Self::Click,
        Self::Cough,
        Self::Door,
        Self::VoicedCough,
        Self::Slam,
        Self::Clatter,
        Self::Breath,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "nothing (clean)",
            Self::Silence => "nobody speaks",
            Self::OnlyClick => "a click and no speech",
            Self::OnlyCough => "a cough and no speech",
            Self::OnlyDoor => "a door and no speech",
            Self::OnlyVoicedCough => "a voiced cough and no speech",
            Self::OnlySlam => "a slammed door and no speech",
            Self::OnlyClatter => "clatter and no speech",
            Self::Whispered => "whispered",
            Self::Clipped => "clipped by 4 to 12 dB",
            Self::StartCut => "onset cut, 40 to 200 ms",
            Self::EndCut => "tail cut, 40 to 200 ms",
            Self::Dropout => "5 to 50 ms of zeros in the speech",
            Self::Quiet => "peak -33 to -42 dBFS",
            Self::Noisy => "SNR 5 to 18.5 dB",
            Self::Hum => "hum at -55 to -40 dBFS",
            Self::Offset => "offset of 2 to 10 %",
            Self::DoubleReading => "read twice",
            Self::Click => "a click beside the speech",
            Self::Cough => "a cough beside the speech",
            Self::Door => "a door beside the speech",
            Self::VoicedCough => "a voiced cough beside the speech",
            Self::Slam => "a slammed door beside the speech",
            Self::Clatter => "clatter beside the speech",
            Self::Breath => "a breath before the speech",
        }
    }

    /// The reason that must be told.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Silence
            | Self::OnlyClick
            | Self::OnlyCough
            | Self::OnlyDoor
            | Self::OnlyVoicedCough
            | Self::OnlySlam
            | Self::OnlyClatter => Some("silent"),
            Self::Whispered => Some("no_voice"),
            Self::Clipped => Some("clipped"),
            Self::StartCut => Some("start_cut"),
            Self::EndCut => Some("end_cut"),
            Self::Dropout => Some("lost_frames"),
            Self::Quiet => Some("quiet"),
            Self::Noisy => Some("noisy"),
            Self::Hum => Some("hum"),
            Self::Offset => Some("dc_offset"),
            Self::DoubleReading => Some("double_reading"),
            Self::None
            | Self::Click
            | Self::Cough
            | Self::Door
            | Self::VoicedCough
            | Self::Slam
            | Self::Clatter
            | Self::Breath => None,
        }
    }

    /// Reasons that are right as well.
    pub fn implies(self) -> &'static [&'static str] {
        match self {
            // Hum is noise, and a quiet voice in the same room stands out of it less.
            Self::Hum => &["noisy"],
            // Too soft to be told from noise: refused all the same.
            Self::Quiet => &["noisy", "silent"],
            // A soft noise where a word should be may have been one.
            Self::OnlyCough
            | Self::OnlyDoor
            | Self::OnlyVoicedCough
            | Self::OnlySlam
            | Self::OnlyClatter => &["quiet", "no_voice", "cough"],
            // What is cut to the bone is not much speech.
            Self::StartCut | Self::EndCut => &["silent"],
            _ => &[],
        }
    }

    /// The number of utterances is known. (A whisper begins no take hands-free: nobody can tell it from a cough.)
    pub fn can_be_counted(self) -> bool {
        !matches!(self, Self::DoubleReading | Self::Whispered)
    }

    /// Somebody speaks.
    pub fn speaks(self) -> bool {
        self.word() != Some("silent")
    }
}
