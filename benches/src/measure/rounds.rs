//! What was measured, round by round.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Nanoseconds per call in each round that somebody ran in.
#[derive(Clone, Debug, Default)]
pub struct Rounds {
    taken: BTreeMap<usize, f64>,
}

impl Rounds {
    /// Adds a round.
    pub(crate) fn insert(&mut self, round: usize, nanoseconds: f64) {
        self.taken.insert(round, nanoseconds);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.taken.len()
    }

    /// The spread over all rounds.
    pub fn spread(&self) -> Spread {
        Spread::of(self.taken.values().copied().collect())
    }

    /// The spread of these times divided by those of another in the same rounds; rounds that one
    /// of both sat out say nothing.
    pub fn beside(&self, other: &Self) -> Spread {
        let ratio = |(round, taken): (&usize, &f64)| Some(taken / other.taken.get(round)?);
        Spread::of(self.taken.iter().filter_map(ratio).collect())
    }
}

/// The middle and the ends of several measurements; not numbers where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "three numbers")]
pub struct Spread {
    /// Half are less.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

impl Spread {
    fn of(mut measured: Vec<f64>) -> Self {
        measured.sort_by(f64::total_cmp);
        let at = |place: usize| measured.get(place).copied().unwrap_or(f64::NAN);
        let last = measured.len().saturating_sub(1);
        Self { median: at(measured.len() / 2), min: at(0), max: at(last) }
    }
}

#[cfg(test)]
mod tests;
