//! `[limits]`: single limits of the verdicts, in place of the profile's.

use toml::de::{DeTable, DeValue};

use super::fields::Fields;
use crate::signal::thresholds::Thresholds;
use crate::toml_file::Found;

/// What a study says about limits; `None` leaves the profile's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    clipped_run: Option<u32>,
    quiet_peak_dbfs: Option<f64>,
    loud_peak_dbfs: Said<f64>,
    rms_dbfs: Said<(f64, f64)>,
    snr_db: Option<f64>,
    noise_dbfs: Said<f64>,
    hum_dbfs: Option<f64>,
    dc_offset: Option<f64>,
    bandwidth_hz: Said<f64>,
    digital_silence: Option<bool>,
}

/// What is said of a limit that can be switched off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Said<T> {
    #[default]
    Nothing,
    Off,
    Limit(T),
}

impl<T> Said<T> {
    fn over(self, profile: Option<T>) -> Option<T> {
        match self {
            Self::Nothing => profile,
            Self::Off => None,
            Self::Limit(limit) => Some(limit),
        }
    }
}

const KEYS: [&str; 10] = [
    "clipped-run",
    "quiet-peak-dbfs",
    "loud-peak-dbfs",
    "rms-dbfs",
    "snr-db",
    "noise-dbfs",
    "hum-dbfs",
    "dc-offset",
    "bandwidth-hz",
    "digital-silence",
];

/// The lowest level that can be meant, dBFS.
const LOWEST_DBFS: f64 = -140.0;
const LEVEL: (f64, f64, &str) = (LOWEST_DBFS, 0.0, "dBFS, from -140 to 0");

impl Limits {
    /// These limits where they say something, otherwise those of `profile`.
    #[must_use]
    pub fn over(&self, profile: &Thresholds) -> Thresholds {
        Thresholds {
            clipped_run: self.clipped_run.unwrap_or(profile.clipped_run),
            quiet_peak_dbfs: self.quiet_peak_dbfs.unwrap_or(profile.quiet_peak_dbfs),
            loud_peak_dbfs: self.loud_peak_dbfs.over(profile.loud_peak_dbfs),
            rms_dbfs: self.rms_dbfs.over(profile.rms_dbfs),
            snr_db: self.snr_db.unwrap_or(profile.snr_db),
            noise_dbfs: self.noise_dbfs.over(profile.noise_dbfs),
            hum_dbfs: self.hum_dbfs.unwrap_or(profile.hum_dbfs),
            dc_offset: self.dc_offset.unwrap_or(profile.dc_offset),
            bandwidth_hz: self.bandwidth_hz.over(profile.bandwidth_hz),
            digital_silence: self.digital_silence.unwrap_or(profile.digital_silence),
            ..profile.clone()
        }
    }

    pub(super) fn read(table: &DeTable, at: usize, found: &mut Found) -> Self {
        let mut fields = Fields::of(table, (at, "[limits]"), &KEYS, found);
        let silence = fields.get("digital-silence").is_some();
        Self {
            clipped_run: fields.count("clipped-run"),
            quiet_peak_dbfs: number(&mut fields, "quiet-peak-dbfs", LEVEL),
            loud_peak_dbfs: unless_off(&mut fields, "loud-peak-dbfs", LEVEL),
            rms_dbfs: rms(&mut fields),
            snr_db: number(&mut fields, "snr-db", (0.0, 140.0, "dB, from 0 to 140")),
            noise_dbfs: unless_off(&mut fields, "noise-dbfs", LEVEL),
            hum_dbfs: number(&mut fields, "hum-dbfs", LEVEL),
            dc_offset: number(
                &mut fields,
                "dc-offset",
                (0.0, 1.0, "from 0 to 1 (full scale)"),
            ),
            bandwidth_hz: unless_off(
                &mut fields,
                "bandwidth-hz",
                (100.0, 384_000.0, "Hz, from 100 to 384000"),
            ),
            digital_silence: silence.then(|| fields.yes("digital-silence")),
        }
    }
}

fn number_of(value: &DeValue, (from, to, _): (f64, f64, &str)) -> Option<f64> {
    let number = match value {
        DeValue::Float(number) => number.as_str().parse::<f64>().ok(),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(|number| number as f64),
        _ => None,
    };
    number.filter(|number| (from..=to).contains(number))
}

fn number(fields: &mut Fields, name: &str, range: (f64, f64, &str)) -> Option<f64> {
    let number = number_of(fields.get(name)?.get_ref(), range);
    if number.is_none() {
        fields.mistake(name, format!("`{name}` is a number, {}", range.2));
    }
    number
}

/// `false` switches a limit off.
fn unless_off(fields: &mut Fields, name: &str, range: (f64, f64, &str)) -> Said<f64> {
    let Some(value) = fields.get(name) else {
        return Said::Nothing;
    };
    if matches!(value.get_ref(), DeValue::Boolean(false)) {
        return Said::Off;
    }
    if let Some(number) = number_of(value.get_ref(), range) {
        return Said::Limit(number);
    }
    let message = format!("`{name}` is a number, {}, or false for no limit", range.2);
    fields.mistake(name, message);
    Said::Nothing
}

fn rms(fields: &mut Fields) -> Said<(f64, f64)> {
    let Some(value) = fields.get("rms-dbfs") else {
        return Said::Nothing;
    };
    let bounds = match value.get_ref() {
        DeValue::Boolean(false) => return Said::Off,
        DeValue::Array(values) if values.len() == 2 => {
            let bound = |index: usize| number_of(values.get(index)?.get_ref(), LEVEL);
            bound(0).zip(bound(1)).filter(|(low, high)| low < high)
        }
        _ => None,
    };
    if let Some(bounds) = bounds {
        return Said::Limit(bounds);
    }
    let message = "`rms-dbfs` is two levels, such as [-23, -18], or false for no limit";
    fields.mistake("rms-dbfs", message);
    Said::Nothing
}
