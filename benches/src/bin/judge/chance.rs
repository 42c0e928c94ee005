//! Random numbers that are the same in every run, and counts drawn with them.

use std::f64::consts::TAU;

use flagkit_stats::special::ln_gamma;

/// `SplitMix64` (Steele, Lea, Flood 2014): one multiplication chain for each number, and any two
/// seeds give streams that have nothing to do with each other.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The chance of one run of one simulation.
    pub(crate) fn of_run(simulation: u64, run: u64) -> Self {
        let mut chance = Self(simulation.wrapping_mul(0xD605_1CE4_9BB1_331B) ^ run);
        let seed = chance.bits();
        Self(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// From 0 up to but not 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A standard normal number (Box, Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (TAU * self.unit()).cos()
    }

    /// Events of a Poisson process with this mean.
    pub(crate) fn poisson(&mut self, mean: f64) -> u64 {
        if mean < 12.0 { self.few(mean) } else { self.many(mean) }
    }

    /// How often something happens before it first does not, which has this mean, plus one.
    pub(crate) fn burst(&mut self, mean: f64) -> u64 {
        let stops = 1.0 / mean;
        let more = ((1.0 - self.unit()).ln() / (1.0 - stops).ln()).floor();
        1 + count(more)
    }

    /// Multiplies gaps between events.
    fn few(&mut self, mean: f64) -> u64 {
        let floor = (-mean).exp();
        let mut product = self.unit();
        let mut events = 0;
        while product > floor {
            product *= self.unit();
            events += 1;
        }
        events
    }

    /// Transformed rejection (Hörmann 1993, algorithm PTRS).
    fn many(&mut self, mean: f64) -> u64 {
        let spread = 0.931 + 2.53 * mean.sqrt();
        let shift = -0.059 + 0.024_83 * spread;
        let ratio = 0.9277 - 3.6224 / (spread - 2.0);
        loop {
            let across = self.unit() - 0.5;
            let height = self.unit();
            let edge = 0.5 - across.abs();
            let events = ((2.0 * shift / edge + spread) * across + mean + 0.43).floor();
            if edge >= 0.07 && height <= ratio {
                return count(events);
            }
            if events < 0.0 || (edge < 0.013 && height > edge) {
                continue;
            }
            let inverse = 1.1239 + 1.1328 / (spread - 3.4);
            let accepted = (height * inverse / (shift / (edge * edge) + spread)).ln();
            if accepted <= events * mean.ln() - mean - ln_gamma(events + 1.0) {
                return count(events);
            }
        }
    }
}

/// A number of events.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "never negative, and no simulation has as many events"
)]
fn count(events: f64) -> u64 {
    events.max(0.0) as u64
}

#[cfg(test)]
mod tests;
