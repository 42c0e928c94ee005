//! Where traffic was, and whom it met there.

use super::traffic::{Traffic, around, as_float, ppm, whole};
use crate::simulation::chaos::Random;
use crate::time::{Span, Time};

/// The shares of the arms over time.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    /// Since when which shares are in effect, in the order of time.
    changes: Vec<(Time, Vec<f64>)>,
}

impl Shares {
    /// Those of the time before the release, of which the judge asks what is usual.
    pub(super) fn before(shares: Vec<f64>) -> Self {
        Self { changes: vec![(Time::default(), shares)] }
    }

    /// From now on.
    pub(super) fn change(&mut self, at: Time, shares: Vec<f64>) {
        self.changes.push((at, shares));
    }

    /// The mean share of each of so many arms between two times.
    pub(super) fn mean(&self, (from, until): (Time, Time), arms: usize) -> Vec<f64> {
        let whole = (until - from).seconds().max(1e-9);
        let mut mean = vec![0.0; arms];
        for (place, (since, shares)) in self.changes.iter().enumerate() {
            let next = self.changes.get(place + 1).map_or(until, |(next, _)| *next);
            let part = (next.min(until) - (*since).max(from)).seconds() / whole;
            for (sum, share) in mean.iter_mut().zip(shares) {
                *sum += share * part;
            }
        }
        mean
    }

    /// Users who met a new arm, and those of them to whom a failure happened there.
    pub(super) fn met(
        &self,
        traffic: &Traffic,
        failure: f64,
        (from, until): (Time, Time),
        seed: u64,
    ) -> (u64, u64) {
        let mut random = Random::keyed(seed, &[u64::MAX]);
        let (mut met, mut failing) = (0, 0);
        let mut begin = from;
        while begin < until {
            let end = (begin + TICK).min(until);
            let arms = self.changes.first().map_or(0, |(_, shares)| shares.len());
            let new: f64 = self.mean((begin, end), arms).iter().skip(1).sum();
            let population = as_float(traffic.users) * new;
            if population >= 1.0 {
                let requests =
                    around(traffic.requests * (end - begin).seconds() * new, &mut random);
                let each = as_float(requests) / population;
                let more = |known: u64, rate: f64, random: &mut Random| {
                    let unmet = whole(population).saturating_sub(known);
                    known + random.happened(unmet, ppm(-(-rate).exp_m1()))
                };
                met = more(met, each, &mut random);
                failing = more(failing, each * failure, &mut random).min(met);
            }
            begin = end;
        }
        (met, failing)
    }
}

/// How finely users are counted.
const TICK: Span = Span::from_secs(10);
