//! What each phone sounds like, and for how long.
//!
//! Vowels: means of the men in Peterson and Barney, "Control methods used in a study of the vowels", JASA 24, 1952,
//! table II. Consonants: Klatt, "Software for a cascade/parallel formant synthesizer", JASA 67, 1980, table III, rounded.
//! Symbols are ARPABET's. Durations, levels and noise bands are our own, set by comparing spectrograms.

use super::letters::is_vowel;

/// Lowest three resonances of the mouth in Hz, of a man with 17.5 cm from the glottis to the lips.
type Formants = [f64; 3];

/// A steady state of the mouth and the throat.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sound {
    pub(super) formants_hz: Formants,
    /// Pitch as a multiple of the voice's own.
    pub(super) pitch: f64,
    /// Amplitudes of the three sources.
    pub(super) gains: Gains,
    /// Centre of the band of `gains.hiss`.
    pub(super) hiss_hz: f64,
}

/// Linear amplitudes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gains {
    /// Of the vocal folds.
    pub(super) voice: f64,
    /// Of breath in the throat, shaped by the formants.
    pub(super) breath: f64,
    /// Of air at teeth and lips, past the formants.
    pub(super) hiss: f64,
}

/// A sound and its time in the word at rate 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) sound: Sound,
    pub(super) ms: f64,
    /// How long its gains take to change at each of its ends, at most.
    pub(super) edge_ms: f64,
}

/// How a phone is made.
#[derive(Clone, Copy, Debug)]
enum Manner {
    /// Vowels (`to` differs for diphthongs), glides, liquids and nasals: the folds alone.
    Sonorant { to: Formants, voice: f64, ms: f64 },
    /// Noise at a narrow passage, with or without the folds.
    Fricative { hiss: f64, hiss_hz: f64 },
    /// Closed, then a burst; an affricate is a long burst.
    Stop {
        hiss: f64,
        hiss_hz: f64,
        burst_ms: f64,
    },
    /// Breath through whatever the next phone shapes.
    Breath,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phone {
    symbol: &'static str,
    formants_hz: Formants,
    voiced: bool,
    manner: Manner,
}

const fn vowel(symbol: &'static str, formants_hz: Formants) -> Phone {
    sonorant(symbol, formants_hz, 1.0, 95.0)
}

const fn diphthong(symbol: &'static str, formants_hz: Formants, to: Formants) -> Phone {
    Phone {
        symbol,
        formants_hz,
        voiced: true,
        manner: Manner::Sonorant {
            to,
            voice: 1.0,
            ms: 125.0,
        },
    }
}

const fn sonorant(symbol: &'static str, formants_hz: Formants, voice: f64, ms: f64) -> Phone {
    Phone {
        symbol,
        formants_hz,
        voiced: true,
        manner: Manner::Sonorant {
            to: formants_hz,
            voice,
            ms,
        },
    }
}

const fn fricative(
    symbol: &'static str,
    formants_hz: Formants,
    voiced: bool,
    hiss: f64,
    hiss_hz: f64,
) -> Phone {
    Phone {
        symbol,
        formants_hz,
        voiced,
        manner: Manner::Fricative { hiss, hiss_hz },
    }
}

const fn stop(
    symbol: &'static str,
    formants_hz: Formants,
    voiced: bool,
    hiss: f64,
    hiss_hz: f64,
    burst_ms: f64,
) -> Phone {
    Phone {
        symbol,
        formants_hz,
        voiced,
        manner: Manner::Stop {
            hiss,
            hiss_hz,
            burst_ms,
        },
    }
}

const AA: Formants = [730.0, 1090.0, 2440.0];
const AO: Formants = [570.0, 840.0, 2410.0];
const AH: Formants = [640.0, 1190.0, 2390.0];
const EH: Formants = [530.0, 1840.0, 2480.0];
const IH: Formants = [390.0, 1990.0, 2550.0];
const UH: Formants = [440.0, 1020.0, 2240.0];

const PHONES: &[Phone] = &[
    vowel("IY", [270.0, 2290.0, 3010.0]),
    vowel("IH", IH),
    vowel("EH", EH),
    vowel("AE", [660.0, 1720.0, 2410.0]),
    vowel("AA", AA),
    vowel("AO", AO),
    vowel("UW", [300.0, 870.0, 2240.0]),
    vowel("AH", AH),
    vowel("ER", [490.0, 1350.0, 1690.0]),
    diphthong("EY", EH, IH),
    diphthong("AY", AA, IH),
    diphthong("OY", AO, IH),
    diphthong("AW", AA, UH),
    diphthong("OW", AO, UH),
    sonorant("W", [290.0, 610.0, 2150.0], 0.6, 65.0),
    sonorant("Y", [260.0, 2070.0, 3020.0], 0.6, 60.0),
    sonorant("R", [310.0, 1060.0, 1380.0], 0.6, 65.0),
    sonorant("L", [310.0, 1050.0, 2880.0], 0.6, 65.0),
    sonorant("M", [270.0, 1270.0, 2130.0], 0.35, 70.0),
    sonorant("N", [270.0, 1340.0, 2470.0], 0.35, 70.0),
    sonorant("NG", [270.0, 2000.0, 2900.0], 0.35, 75.0),
    fricative("F", [340.0, 1100.0, 2080.0], false, 0.3, 6000.0),
    fricative("V", [220.0, 1100.0, 2080.0], true, 0.15, 6000.0),
    fricative("TH", [320.0, 1290.0, 2540.0], false, 0.3, 7000.0),
    fricative("S", [320.0, 1390.0, 2530.0], false, 0.45, 6000.0),
    fricative("Z", [240.0, 1390.0, 2530.0], true, 0.25, 6000.0),
    fricative("SH", [300.0, 1840.0, 2750.0], false, 0.45, 3000.0),
    fricative("ZH", [300.0, 1840.0, 2750.0], true, 0.25, 3000.0),
    stop("P", [400.0, 1100.0, 2150.0], false, 0.3, 1200.0, 8.0),
    stop("B", [200.0, 1100.0, 2150.0], true, 0.2, 1200.0, 6.0),
    stop("T", [400.0, 1600.0, 2600.0], false, 0.5, 4500.0, 12.0),
    stop("D", [200.0, 1600.0, 2600.0], true, 0.3, 4500.0, 8.0),
    stop("K", [300.0, 1990.0, 2850.0], false, 0.5, 2000.0, 18.0),
    stop("G", [200.0, 1990.0, 2850.0], true, 0.3, 2000.0, 12.0),
    stop("CH", [350.0, 1800.0, 2820.0], false, 0.45, 3000.0, 55.0),
    stop("JH", [260.0, 1800.0, 2820.0], true, 0.3, 3000.0, 35.0),
    Phone {
        symbol: "HH",
        formants_hz: AH,
        voiced: false,
        manner: Manner::Breath,
    },
];

/// The phone of that symbol.
pub(super) fn phone(symbol: &str) -> Option<&'static Phone> {
    PHONES.iter().find(|phone| phone.symbol == symbol)
}

impl Phone {
    pub(super) fn is_vowel(&self) -> bool {
        is_vowel(self.symbol)
    }

    /// Appends this phone at `pitch`, `stretch` times as long as usual, followed by `next` in the same breath. Where it
    /// opens a breath a stop's closure cannot be heard and is left out.
    pub(super) fn append(
        &self,
        next: Option<&Self>,
        opens: bool,
        pitch: f64,
        stretch: f64,
        segments: &mut Vec<Segment>,
    ) {
        let ahead_hz = next
            .filter(|next| !matches!(next.manner, Manner::Breath))
            .map_or(self.formants_hz, |next| next.formants_hz);
        let folds = |gain: f64| if self.voiced { gain } else { 0.0 };
        let mut add = |ms: f64, edge_ms: f64, formants_hz, gains, hiss_hz| {
            segments.push(Segment {
                sound: Sound {
                    formants_hz,
                    pitch,
                    gains,
                    hiss_hz,
                },
                ms: ms * stretch,
                edge_ms,
            });
        };
        let own_hz = self.formants_hz;
        match self.manner {
            Manner::Sonorant { to, voice, ms } => {
                // A vowel is never without some breath.
                let gains = gains(voice, 0.02 * voice, 0.0);
                add(ms / 2.0, 20.0, own_hz, gains, 0.0);
                add(ms / 2.0, 20.0, to, gains, 0.0);
            }
            Manner::Fricative { hiss, hiss_hz } => {
                let ms = if self.voiced { 70.0 } else { 90.0 };
                add(ms, 25.0, own_hz, gains(folds(0.3), 0.0, hiss), hiss_hz);
            }
            Manner::Stop {
                hiss,
                hiss_hz,
                burst_ms,
            } => {
                if !opens {
                    add(45.0, 12.0, own_hz, gains(folds(0.1), 0.0, 0.0), hiss_hz);
                }
                add(burst_ms, 3.0, own_hz, gains(folds(0.3), 0.0, hiss), hiss_hz);
                if !self.voiced {
                    add(25.0, 10.0, ahead_hz, gains(0.0, 0.25, 0.03), hiss_hz);
                }
            }
            Manner::Breath => add(65.0, 20.0, ahead_hz, gains(0.0, 0.3, 0.0), 0.0),
        }
    }
}

const fn gains(voice: f64, breath: f64, hiss: f64) -> Gains {
    Gains {
        voice,
        breath,
        hiss,
    }
}
