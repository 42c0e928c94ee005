//! Random numbers that only the seed decides.

/// A stream of random numbers: `SplitMix64` (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The stream of a seed and of some more numbers: the same for the same, whoever asks.
    pub fn keyed(seed: u64, keys: &[u64]) -> Self {
        let mixed = keys.iter().fold(seed, |state, key| Self(state ^ key).number());
        Self(mixed)
    }

    /// 64 bits.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `limit`; 0 if that is nothing.
    pub fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.number()) * u128::from(limit);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// From `low` to below `high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low))
    }

    /// True so many times in a million.
    pub fn chance(&mut self, ppm: u32) -> bool {
        self.below(1_000_000) < u64::from(ppm)
    }

    /// How many of `trials` happen, each with so many millionths: exact for few, by the normal
    /// distribution for many.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of requests, far below 2^52"
    )]
    pub fn happened(&mut self, trials: u64, ppm: u32) -> u64 {
        if trials <= 32 {
            let drawn = (0..trials).filter(|_| self.chance(ppm));
            return u64::try_from(drawn.count()).unwrap_or_default();
        }
        let share = f64::from(ppm) / 1e6;
        let mean = trials as f64 * share;
        if mean < 16.0 {
            // Poisson, by multiplying (Knuth).
            let (limit, mut product, mut count) = ((-mean).exp(), 1.0, 0);
            while count < trials {
                product *= (self.below(1 << 53) as f64 + 1.0) / (1_u64 << 53) as f64;
                if product <= limit {
                    break;
                }
                count += 1;
            }
            return count;
        }
        // The sum of twelve uniform numbers has variance 1.
        let sum: u64 = (0..12).map(|_| self.below(1 << 32)).sum();
        let normal = sum as f64 / (1_u64 << 32) as f64 - 6.0;
        let drawn = mean + normal * (mean * (1.0 - share)).sqrt();
        (drawn.round().max(0.0) as u64).min(trials)
    }
}
