//! How far found boundaries lie from the truth, at 30 and at 15 dB.

use super::chance::Chance;
use super::clips::{Clip, Kind, RATE_HZ};
use super::defects::Defect;
use super::listen::{Cost, listen};
use super::planted::at_snr;
use super::table;

/// Rows of the table.
#[derive(Default)]
pub struct Edges(Vec<Vec<String>>);

impl Edges {
    /// Every clip twice, in other rooms.
    pub fn measure(
        &mut self,
        kind: Kind,
        clips: &[&Clip],
        chance: &mut Chance,
        cost: &mut Cost,
        detail: bool,
    ) {
        for snr_db in [30.0, 15.0] {
            // Milliseconds, positive outside of the speech.
            let (mut starts, mut ends, mut missed) = (Vec::new(), Vec::new(), 0);
            for clip in clips.iter().chain(clips) {
                let planted = at_snr(Defect::None, clip, snr_db, chance);
                let heard = listen(&planted, cost);
                let (Some(found), Some(truth)) = (heard.measures.utterance.span(), planted.truth)
                else {
                    missed += 1;
                    continue;
                };
                let ms = |frames: i64| frames as f64 * 1000.0 / f64::from(RATE_HZ);
                let from_take = |frame: usize| (frame - planted.take.start) as i64;
                starts.push(ms(from_take(truth.start) - found.start as i64));
                ends.push(ms(found.end as i64 - from_take(truth.end)));
                let worst = starts[starts.len() - 1].min(ends[ends.len() - 1]);
                if detail && snr_db > 20.0 && worst < -10.0 {
                    println!("inside by {worst:.0} ms: {} {}", planted.name, heard.detail);
                }
            }
            for (edge, errors) in [("onset", &starts), ("end", &ends)] {
                let distances: Vec<f64> = errors.iter().map(|e| e.abs()).collect();
                let inside = errors.iter().filter(|e| **e < -10.0).count();
                self.0.push(vec![
                    kind.name().into(),
                    format!("{snr_db:.0} dB"),
                    edge.into(),
                    format!("{:.1}", table::spread(&distances)[1]),
                    format!("{:.1}", 100.0 * inside as f64 / errors.len().max(1) as f64),
                    table::figures(errors, 0),
                    missed.to_string(),
                ]);
            }
        }
    }

    pub fn print(&self) {
        println!("## Boundaries\n");
        let head = [
            "voice",
            "SNR",
            "edge",
            "median error, ms",
            "inside by > 10 ms, %",
            "ms outside: min / median / p95 / max",
            "no speech found",
        ];
        table::print(&head, &self.0);
    }
}
