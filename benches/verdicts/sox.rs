//! The same levels by sox, where it is installed.

use std::ops::Range;
use std::path::Path;
use std::process::Command;

use super::chance::Chance;
use super::clips::Clip;
use super::defects::{Defect, Planted, at_snr};
use super::listen::{Cost, listen};
use super::session;
use super::sounds::{RATE_HZ, frames};
use super::table;

/// So far from the speech its faint ends are gone, ms.
const AWAY_MS: f64 = 200.0;

/// Compares levels and SNR of some clean takes.
pub fn compare(clips: &[&Clip], chance: &mut Chance) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("take.wav");
    let mut differences = [const { Vec::new() }; 4];
    for (n, clip) in clips.iter().step_by(3).enumerate() {
        let planted = at_snr(Defect::None, clip, 15.0 + (n % 4) as f64 * 10.0, chance);
        // A key that can be heard is no noise to us, and some to sox.
        if !planted.keys.is_empty() {
            continue;
        }
        let prompt = session::prompt(&planted.text);
        let heard = listen(&planted, &prompt, &session::nobody(), &mut Cost::default()).measures;
        let [speech] = heard.utterance.segments.as_slice() else {
            continue;
        };
        write(&planted, &file);
        let Some((sox_rms, sox_peak)) = sox(&file, std::slice::from_ref(speech)) else {
            println!("sox: not installed.\n");
            return;
        };
        let sox_noise = sox(&file, &silence(&planted)).map_or(f64::NAN, |(rms, _)| rms);
        let ours = [
            heard.rms_dbfs,
            heard.speech_peak_dbfs,
            heard.noise_dbfs,
            heard.snr_db,
        ];
        let theirs = [sox_rms, sox_peak, sox_noise, sox_rms - sox_noise];
        for (differences, (ours, theirs)) in differences.iter_mut().zip(ours.iter().zip(theirs)) {
            differences.extend(ours.map(|ours| ours - theirs));
        }
    }
    let names = ["speech RMS", "speech peak", "noise", "SNR"];
    let row = |(name, differences): (&str, &Vec<f64>)| {
        vec![
            name.to_owned(),
            differences.len().to_string(),
            table::figures(differences, 2),
        ]
    };
    println!("## Against sox\n");
    let rows: Vec<_> = names.into_iter().zip(&differences).map(row).collect();
    table::print(
        &[
            "measure",
            "takes",
            "ours less sox's, dB: min / median / p95 / max",
        ],
        &rows,
    );
}

/// What is silence by the truth, away from the faint ends of speech.
fn silence(planted: &Planted) -> [Range<u64>; 2] {
    let truth = planted.truth.clone().unwrap_or(planted.take.clone());
    let in_take = |frame: usize| (frame.max(planted.take.start) - planted.take.start) as u64;
    let away = frames(AWAY_MS) as u64;
    [
        0..in_take(truth.start).saturating_sub(away),
        (in_take(truth.end) + away)..in_take(planted.take.end),
    ]
}

fn write(planted: &Planted, file: &Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(file, spec).expect("a file to write");
    for sample in &planted.stream[planted.take.clone()] {
        writer
            .write_sample((sample * 32_768.0) as i16)
            .expect("room on the disk");
    }
    writer.finalize().expect("room on the disk");
}

/// RMS and peak of some stretches, dBFS, as `sox FILE -n trim ... stats` prints them.
fn sox(file: &Path, stretches: &[Range<u64>]) -> Option<(f64, f64)> {
    let trim = stretches
        .iter()
        .flat_map(|stretch| [format!("={}s", stretch.start), format!("={}s", stretch.end)]);
    let output = Command::new("sox")
        .arg(file)
        .args(["-n", "trim"])
        .args(trim)
        .arg("stats")
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let figure = |name: &str| {
        text.lines()
            .find(|l| l.starts_with(name))?
            .split_whitespace()
            .last()?
            .parse::<f64>()
            .ok()
    };
    Some((figure("RMS lev dB")?, figure("Pk lev dB")?))
}
