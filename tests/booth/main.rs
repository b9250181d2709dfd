//! The whole program in a real terminal, from the first key to the folder it leaves behind.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

#[path = "../corpus_folder/check.rs"]
mod check;
#[path = "../common/mod.rs"]
mod common;
mod deciding;
mod disk;
mod ends;
mod evidence;
mod from_a_file;
mod going_on;
mod keys;
mod refused;
mod sitting;
mod ten_digits;

#[test]
fn explore() {
    use sitting::*;
    for _ in 0..4 {
        let place = Place::new();
        let s = Sitting::open(&place.demo(&[concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/prompts/digits-en.txt"
        )]));
        for _ in 0..10 {
            s.read();
        }
        s.leave();
        for t in check::corpus(&place.corpus()) {
            let q = t.quality.clone().unwrap();
            let g = t.timing.clone().unwrap();
            println!(
                "{:6} {:?} {:?} peak {:.1} rms {:.1} floor {:?} down {:?} up {:?} pre {} post {} lim {:?}",
                t.prompt.text,
                t.status,
                q.warnings,
                q.peak_dbfs,
                q.rms_dbfs,
                q.noise_floor_dbfs,
                g.key_down_frame,
                g.key_up_frame,
                g.pre_roll_frames,
                g.post_roll_frames,
                g.limited_by
            );
            if t.status != voicebooth::corpus::sidecar::Status::Accepted {
                let c = evidence::Corpus::read(&place.corpus());
                let s = c.samples(&t);
                let l: Vec<String> = s
                    .chunks(2400)
                    .map(|w| {
                        format!(
                            "{:.0}",
                            10.0 * (w.iter().map(|x| x * x).sum::<f64>() / w.len() as f64).log10()
                        )
                    })
                    .collect();
                println!("   {}", l.join(" "));
            }
        }
    }
}
