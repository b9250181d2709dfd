//! A noise that can be computed at any place, so that a recording of it tells when it was made.

/// Frames per second of the noise, the player and the graph.
pub const RATE_HZ: u32 = 48_000;

/// Loudness: peaks a quarter of full scale.
const SHIFT: u32 = 50;

/// Sample `frame` of the noise, 16 bit. White: a hash of the place (the finaliser of `SplitMix64`, Steele et al. 2014).
pub fn sample(frame: u64) -> i16 {
    let mut mixed = frame.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    ((mixed as i64) >> SHIFT) as i16
}

/// The noise from frame `first` on, `frames` of it, 1.0 is full scale: as it is played, or as a recorder at a lower
/// rate can hear it (low-passed, still [`RATE_HZ`] samples a second).
pub fn reference(first: u64, frames: usize, heard_at_hz: u32) -> Vec<f32> {
    if heard_at_hz == RATE_HZ {
        return (first..first + frames as u64).map(full_scale).collect();
    }
    let taps = low_pass(0.45 * f64::from(heard_at_hz) / f64::from(RATE_HZ));
    let half = taps.len() / 2;
    let around: Vec<f32> = (0..frames + 2 * half)
        .map(|at| {
            (first + at as u64)
                .checked_sub(half as u64)
                .map_or(0.0, full_scale)
        })
        .collect();
    around
        .windows(taps.len())
        .map(|near| near.iter().zip(&taps).map(|(noise, tap)| noise * tap).sum())
        .collect()
}

/// Sample `frame` as the player writes it.
pub fn full_scale(frame: u64) -> f32 {
    f32::from(sample(frame)) / 32_768.0
}

/// A windowed sinc that passes what is below `cut` cycles a sample.
fn low_pass(cut: f64) -> Vec<f32> {
    const HALF: i32 = 64;
    (-HALF..=HALF)
        .map(|at| {
            let turn = std::f64::consts::PI * f64::from(at);
            let sinc = if at == 0 {
                2.0 * cut
            } else {
                (2.0 * cut * turn).sin() / turn
            };
            let window = 0.5 + 0.5 * (turn / f64::from(HALF + 1)).cos();
            (sinc * window) as f32
        })
        .collect()
}
