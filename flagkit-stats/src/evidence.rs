//! What a sequential test knows, as a number that may be looked at any time.

use crate::Alpha;

/// Evidence against a hypothesis: the logarithm of an e-value, now and at its highest.
///
/// If the hypothesis is true, the highest value of the whole future is above ln 1/α with a
/// probability of at most α (Ville's inequality), however often and for whatever reason one looks.
/// So the first look that [`proves`](Self::proves) may act at once.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Evidence {
    /// Natural logarithm of the e-value of everything seen so far. Above 0 speaks against the
    /// hypothesis.
    pub log_e: f64,
    /// The highest `log_e` of any look, at least 0.
    pub highest: f64,
}

impl Evidence {
    /// Nothing seen.
    pub(crate) const NONE: Self = Self { log_e: 0.0, highest: 0.0 };

    /// A further look.
    pub(crate) fn update(&mut self, log_e: f64) {
        self.log_e = log_e;
        self.highest = self.highest.max(log_e);
    }

    /// Whether the hypothesis was rejected at some look, with false alarms below `alpha`.
    pub fn proves(&self, alpha: Alpha) -> bool {
        self.highest >= alpha.log_bound()
    }

    /// A p-value that stays valid at any number of looks: the smallest α that would be enough.
    pub fn p_value(&self) -> f64 {
        (-self.highest).exp().min(1.0)
    }
}

/// The numbers that are not excluded, at a level that was asked for: at any time if it comes from a
/// sequential test, at one look if it comes from a classical one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "two ends, and that is all")]
pub struct Interval {
    /// The lower end; −∞, or 0 for what cannot be negative, while nothing is excluded below.
    pub low: f64,
    /// The upper end; ∞ while nothing is excluded above.
    pub high: f64,
}

impl Interval {
    /// Whether a number is between the ends or on one.
    pub fn contains(&self, number: f64) -> bool {
        self.low <= number && number <= self.high
    }

    /// The same distance to both sides.
    pub(crate) fn around(middle: f64, distance: f64) -> Self {
        Self { low: middle - distance, high: middle + distance }
    }
}

/// The logarithm of a weighted sum of e-values: pairs of a weight and a logarithm. No terms: −∞.
pub(crate) fn log_mixture(terms: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let highest = terms.clone().fold(f64::NEG_INFINITY, |highest, (_, log_e)| highest.max(log_e));
    if !highest.is_finite() {
        return highest;
    }
    highest + terms.map(|(weight, log_e)| weight * (log_e - highest).exp()).sum::<f64>().ln()
}
