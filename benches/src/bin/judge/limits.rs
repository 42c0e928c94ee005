//! What counts of simulated releases say about probabilities.

use flagkit_stats::special::{beta, gamma};

/// Some of so many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Share {
    pub(crate) some: u32,
    pub(crate) all: u32,
}

impl Share {
    pub(crate) fn value(self) -> f64 {
        f64::from(self.some) / f64::from(self.all.max(1))
    }

    /// The ends of the two-sided 98 % interval of Clopper and Pearson, so that each end alone is
    /// passed with a probability of 1 %.
    pub(crate) fn limits(self) -> (f64, f64) {
        let (some, none) = (f64::from(self.some), f64::from(self.all - self.some));
        let low = if self.some == 0 { 0.0 } else { beta::ppf(ONE_SIDED, some, none + 1.0) };
        let high = if self.some == self.all { 1.0 } else { beta::isf(ONE_SIDED, some + 1.0, none) };
        (low, high)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self { some: self.some + other.some, all: self.all + other.all }
    }
}

const ONE_SIDED: f64 = 0.01;

/// Seconds before which no rule at all can have found half of the bad releases, if it rolls back a
/// share α of the innocent ones until then: the most powerful test (Neyman, Pearson 1933) of the
/// events of the treatment, by somebody who knows both rates per second and looks once.
pub(crate) fn fewest_seconds(innocent: f64, bad: f64, alpha: f64) -> f64 {
    let mut seconds = 0.0;
    while seconds < 100_000.0 {
        seconds += if seconds < 10.0 { 0.1 } else { 1.0 };
        if power(innocent * seconds, bad * seconds, alpha) >= 0.5 {
            break;
        }
    }
    seconds
}

/// The power of that test, which draws lots at the count where α is used up.
fn power(innocent: f64, bad: f64, alpha: f64) -> f64 {
    let at_least =
        |mean: f64, count: f64| if count > 0.0 { gamma::lower(count, mean) } else { 1.0 };
    let mut count = 0.0;
    while at_least(innocent, count) > alpha {
        count += 1.0;
    }
    let exactly = |mean: f64| at_least(mean, count - 1.0) - at_least(mean, count);
    let rest = alpha - at_least(innocent, count);
    let lots = if count > 0.0 { rest / exactly(innocent) } else { 0.0 };
    at_least(bad, count) + lots * exactly(bad)
}

#[cfg(test)]
mod tests;
