use super::*;
use crate::signal::level::HopLevels;
use crate::signal::loudness::USUAL_PEAK_DBFS;

/// A buzz with formants, swelling over 30 ms, on a little noise; speech to the network.
fn scene(rate_hz: u32, seconds: f64, voiced_s: Range<f64>) -> Vec<f32> {
    let mut noise = 1_u32;
    let mut phase = 0.0_f64;
    let sample = |n: usize| {
        let t = n as f64 / f64::from(rate_hz);
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let room = (f64::from(noise) / f64::from(u32::MAX) - 0.5) * 0.002;
        phase += (125.0 - 15.0 * (t * 9.0).sin()) / f64::from(rate_hz);
        if !voiced_s.contains(&t) {
            return room as f32;
        }
        let voice: f64 = (1..28)
            .map(|k| {
                let f = 125.0 * f64::from(k);
                let formant = |at: f64, width: f64| 1.0 / (1.0 + ((f - at) / width).powi(2));
                let gain = formant(650.0, 90.0)
                    + 0.6 * formant(1150.0, 110.0)
                    + 0.2 * formant(2500.0, 160.0);
                gain * (phase * f64::from(k) * std::f64::consts::TAU).sin()
            })
            .sum();
        (room + voice * 0.08 * (0.8 + 0.2 * (t * 25.0).sin())) as f32
    };
    (0..(seconds * f64::from(rate_hz)) as usize)
        .map(sample)
        .collect()
}

fn told(rate_hz: u32, first_frame: u64, block: usize, samples: &[f32]) -> Vec<(u64, HopVoice)> {
    let mut voice = VoiceActivity::new(rate_hz, first_frame, 1000);
    let mut told = Vec::new();
    for block in samples.chunks(block) {
        voice.push(block, |hop, p| told.push((hop, p)));
    }
    told
}

#[test]
fn a_voice_is_heard_where_it_is_at_every_rate() {
    for rate_hz in [8_000, 16_000, 44_100, 48_000, 96_000] {
        let told = told(rate_hz, 0, 480, &scene(rate_hz, 2.5, 1.0..1.6));
        let hops: Vec<u64> = told
            .iter()
            .filter(|(_, p)| p.is_some_and(|p| p.probability >= 0.5))
            .map(|(hop, _)| *hop)
            .collect();
        let (start, end) = (hops[0], hops[hops.len() - 1] + 1);
        assert!((95..=106).contains(&start), "{rate_hz}: {start}");
        assert!((155..=175).contains(&end), "{rate_hz}: {end}");
    }
}

/// Shares of the hops of a word's middle that are a voice, word by word: one a second, 0.5 s long.
fn heard_shares(factor: f32, calibrated_dbfs: Option<f64>) -> Vec<f64> {
    let word = scene(48_000, 1.0, 0.3..0.8);
    let samples: Vec<f32> = word
        .iter()
        .cycle()
        .take(8 * 48_000)
        .map(|s| s * factor)
        .collect();
    let mut levels = HopLevels::new(48_000, 1, 0, 1000);
    let mut level = Vec::new();
    levels.push(&samples, |hop| level.push(hop));
    let mut voice = VoiceActivity::new(48_000, 0, 1000);
    if let Some(peak_dbfs) = calibrated_dbfs {
        voice.calibrate(peak_dbfs);
    }
    let mut told = Vec::new();
    voice.push(&samples, |hop, voice| {
        told.push(is_voice(level[hop as usize], voice) && is_periodic(voice));
    });
    (0..7)
        .map(|word| {
            let middle = &told[word * 100 + 35..word * 100 + 75];
            middle.iter().filter(|heard| **heard).count() as f64 / middle.len() as f64
        })
        .collect()
}

#[test]
fn a_soft_voice_is_heard_after_a_few_seconds_and_from_its_first_word_on_after_the_microphone_check()
{
    let usual = heard_shares(1.0, None);
    assert!(usual.iter().all(|share| *share >= 1.0), "{usual:?}");
    for soft in [0.1, 0.03] {
        let later = heard_shares(soft, None);
        assert!(later[4..].iter().all(|share| *share >= 1.0), "{later:?}");
        let peak_dbfs = USUAL_PEAK_DBFS + 20.0 * f64::from(soft).log10();
        let at_once = heard_shares(soft, Some(peak_dbfs));
        assert!(at_once.iter().all(|share| *share >= 1.0), "{at_once:?}");
    }
}

#[test]
fn what_sounds_soft_or_loud_is_given_to_the_hops_with_its_pitch() {
    let voiced = told(48_000, 0, 480, &scene(48_000, 2.0, 0.5..1.5));
    let share = |hops: Range<usize>| {
        let all = &voiced[hops];
        all.iter().filter(|(_, voice)| is_periodic(*voice)).count() as f64 / all.len() as f64
    };
    assert!(share(55..145) >= 1.0);
    assert!(share(0..45) < 0.05 && share(160..190) < 0.05);
}

#[test]
fn speech_has_a_pitch_for_30_ms_or_is_a_voice_for_long() {
    assert!(is_speech(10, 3) && is_speech(30, 0));
    assert!(!is_speech(29, 2));
}

#[test]
fn every_hop_gets_one_answer_no_later_than_promised() {
    let samples = scene(48_000, 2.0, 0.5..1.0);
    for block in [1, 341, 480, 2048] {
        let mut voice = VoiceActivity::new(48_000, 0, 1000);
        let mut pushed = 0_u64;
        let mut next = 0;
        for block in samples.chunks(block) {
            voice.push(block, |hop, _| {
                assert_eq!(hop, next);
                next += 1;
            });
            pushed += block.len() as u64;
            let due = (pushed / 48).saturating_sub(u64::from(LATENCY_MS)) / 10;
            assert!(next >= due, "{next} hops after {pushed} frames");
        }
    }
}

#[test]
fn blocks_of_any_size_give_the_same_answers() {
    let samples = scene(44_100, 1.0, 0.4..0.8);
    let whole = told(44_100, 77, samples.len(), &samples);
    assert_eq!(whole[0], (0, None));
    assert_eq!(told(44_100, 77, 333, &samples), whole);
}

#[test]
fn of_hops_with_missing_frames_nothing_is_known_and_numbers_go_on() {
    let samples = scene(48_000, 1.0, 0.0..1.0);
    let mut voice = VoiceActivity::new(48_000, 0, 1000);
    voice.push(&samples, |_, _| ());
    voice.push_gap(480 * 10 + 100, |_, _| ()); // hops 100 to 110, the last in part
    voice.push(&samples, |_, _| ());
    let (first, all) = voice.range(0..1000);
    let unknown: Vec<u64> = (first..)
        .zip(all)
        .filter(|(_, p)| p.is_none())
        .map(|(n, _)| n)
        .collect();
    assert_eq!(unknown, (100..111).collect::<Vec<u64>>());
}

#[test]
fn a_gap_of_any_length_costs_no_more_than_what_is_kept() {
    let mut voice = VoiceActivity::new(48_000, 0, 10);
    voice.push_gap(u64::from(u32::MAX) * 480, |_, _| ());
    assert_eq!(voice.next_hop(), u64::from(u32::MAX));
    assert_eq!(voice.range(0..u64::MAX).1.count(), 10);
}
