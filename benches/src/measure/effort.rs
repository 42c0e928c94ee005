//! How long to measure: everybody the same number of rounds, and fewer for those who are slow.

use std::time::Duration;

use crate::order::{Random, shuffled};

/// How many rounds, and how long each is.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "four numbers")]
pub struct Effort {
    /// Rounds of each subject.
    pub rounds: usize,
    /// About the time of one round, unless a single call takes longer.
    pub length: Duration,
    /// The time for all rounds of one subject; those who are slower run in fewer.
    pub limit: Duration,
    /// The rounds of those for whom even these take longer than the limit.
    pub least: usize,
}

impl Effort {
    /// For numbers that are kept.
    pub const FULL: Self = Self {
        rounds: 31,
        length: Duration::from_millis(10),
        limit: Duration::from_secs(3),
        least: 5,
    };

    /// For seeing that everything runs.
    pub const QUICK: Self = Self {
        rounds: 5,
        length: Duration::from_millis(2),
        limit: Duration::from_millis(100),
        least: 1,
    };

    /// The rounds of somebody of whom one takes this long.
    pub(crate) fn rounds_of(&self, round: Duration) -> usize {
        let affordable = self.limit.as_nanos() / round.as_nanos().max(1);
        usize::try_from(affordable).unwrap_or(usize::MAX).max(self.least).min(self.rounds)
    }
}

/// Who runs when, as pairs of a round and a place in `rounds`, which says how often each runs.
///
/// All are compared with the first, so it runs in every round, and nobody more often than it. The
/// others sit out evenly. Within a round the order is random, so that nobody always follows the same
/// one, whose traces are in the caches.
pub(crate) fn turns(rounds: &[usize]) -> Vec<(usize, usize)> {
    let all = rounds.first().copied().unwrap_or_default();
    let mut random = Random::new();
    let is_in = |round: usize, place: usize| {
        let wanted = rounds.get(place).map_or(0, |wanted| all.min(*wanted));
        round * wanted / all < (round + 1) * wanted / all
    };
    let order = |round: usize| {
        shuffled(rounds.len(), &mut random).into_iter().map(move |place| (round, place))
    };
    (0..all).flat_map(order).filter(|(round, place)| is_in(*round, *place)).collect()
}

#[cfg(test)]
mod tests;
