//! Random numbers that are the same in every run, and the noises made of them.

/// `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Begins a sequence.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ 0x1234_5678)
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Evenly spread.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of them.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.number() % choices.len() as u64) as usize]
    }

    /// Once in so many times.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.number().is_multiple_of(times)
    }

    /// White, -1 to 1.
    pub fn white(&mut self) -> f32 {
        self.between(-1.0, 1.0) as f32
    }

    /// Room noise of RMS 1: white, or pink (Paul Kellet's economical filter).
    pub fn room(&mut self, frames: usize) -> Vec<f32> {
        let pink = !self.one_in(4);
        let mut poles = [0.0_f32; 3];
        let mut noise: Vec<f32> = (0..frames + 4800)
            .map(|_| {
                let white = self.white();
                if !pink {
                    return white;
                }
                poles[0] = 0.997_65 * poles[0] + white * 0.099_046;
                poles[1] = 0.963 * poles[1] + white * 0.296_516_4;
                poles[2] = 0.57 * poles[2] + white * 1.052_691_3;
                poles.iter().sum::<f32>() + white * 0.184_8
            })
            .collect();
        noise.drain(..4800);
        let scale = 1.0 / rms(&noise);

        for s in &mut noise {
            *s *= scale;
        }
        noise
    }
}

/// Root mean square.
pub fn rms(samples: &[f32]) -> f32 {
    let squares: f64 = samples.iter().map(|s| f64::from(*s) * f64::from(*s)).sum();
    (squares / samples.len().max(1) as f64).sqrt() as f32
}

/// A level in dB as a factor.
pub fn factor(db: f64) -> f32 {
    10_f64.powf(db / 20.0) as f32
}
