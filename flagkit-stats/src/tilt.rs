//! The likelihood of an odds ratio, at fixed points, out of sums that only grow.
//!
//! A trial is a hit with probability p if the ratio is 1, and with p·m/(1 + p·(m − 1)) if it is m,
//! where p may be another one each time. The log likelihood of m, up to what does not depend on m,
//! is hits · ln m − Σ trials · ln(1 + p·(m − 1)): one number and one sum for each point. Sums of
//! other trials are added, in any order.

mod curve;

pub(crate) use curve::Curve;

use crate::evidence::log_mixture;

/// Points on each side of the null.
pub(crate) const SIDE: usize = 8;
/// All points: the null and both sides.
pub(crate) const POINTS: usize = 2 * SIDE + 1;

/// The ratios at which the likelihood is known, smallest first; the null is in the middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Grid {
    log_ratios: [f64; POINTS],
    ratios: [f64; POINTS],
}

impl Grid {
    /// Around the ratio `null`, which is above 0 and finite.
    pub(crate) fn around(null: f64) -> Self {
        let mut log_ratios = [null.ln(); POINTS];
        for (log_ratio, distance) in log_ratios.iter_mut().skip(SIDE + 1).zip(DISTANCES) {
            *log_ratio += distance;
        }
        for (log_ratio, distance) in log_ratios.iter_mut().rev().skip(SIDE + 1).zip(DISTANCES) {
            *log_ratio -= distance;
        }
        Self { log_ratios, ratios: log_ratios.map(f64::exp) }
    }

    /// The logarithms of the ratios.
    pub(crate) fn log_ratios(&self) -> &[f64; POINTS] {
        &self.log_ratios
    }
}

/// What trials have left behind.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Sums {
    pub(crate) hits: f64,
    pub(crate) trials: f64,
    /// Σ trials · ln(1 + p·(m − 1)) for each point m.
    normalisers: [f64; POINTS],
    /// Its derivative by ln m: the hits to expect at m.
    expected: [f64; POINTS],
}

impl Sums {
    pub(crate) const NONE: Self =
        Self { hits: 0.0, trials: 0.0, normalisers: [0.0; POINTS], expected: [0.0; POINTS] };

    /// More trials, each a hit with probability `share` if the ratio is 1.
    pub(crate) fn add(&mut self, grid: &Grid, share: f64, counted: Counted) {
        self.hits += counted.hits;
        self.trials += counted.trials;
        let sums = self.normalisers.iter_mut().zip(&mut self.expected);
        for ((normaliser, expected), ratio) in sums.zip(&grid.ratios) {
            let total = 1.0 + share * (ratio - 1.0);
            *normaliser += counted.trials * total.ln();
            *expected += counted.trials * (share * ratio / total);
        }
    }

    /// The sums of other trials at the same points.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.hits += other.hits;
        self.trials += other.trials;
        let mine = self.normalisers.iter_mut().zip(&mut self.expected);
        let others = other.normalisers.iter().zip(&other.expected);
        for ((normaliser, expected), (more, more_expected)) in mine.zip(others) {
            *normaliser += more;
            *expected += more_expected;
        }
    }

    /// The log likelihood at each point of the grid.
    pub(crate) fn log_likelihoods(&self, grid: &Grid) -> [f64; POINTS] {
        let mut values = self.normalisers;
        for (value, log_ratio) in values.iter_mut().zip(&grid.log_ratios) {
            *value = self.hits * log_ratio - *value;
        }
        values
    }

    /// The likelihood between the points, too.
    pub(crate) fn curve(&self, grid: &Grid) -> Curve {
        Curve::new(
            grid,
            self.log_likelihoods(grid),
            self.expected.map(|sum| self.hits - sum),
            self.trials,
        )
    }
}

/// Trials and how many of them hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counted {
    pub(crate) hits: f64,
    pub(crate) trials: f64,
}

impl Counted {
    /// Counts that weigh less: their likelihood to a power between 0 and 1.
    pub(crate) fn tempered(self, power: f64) -> Self {
        let power = if power > 0.0 && power <= 1.0 { power } else { 1.0 };
        Self { hits: self.hits * power, trials: self.trials * power }
    }
}

/// What trials add to the log likelihood of each point above the null, beside that of the null.
pub(crate) fn gains_above(grid: &Grid, share: f64, counted: Counted) -> [f64; SIDE] {
    // Of one look only these points are asked for, and no expectation: half of what sums cost.
    let points = grid.log_ratios.iter().zip(&grid.ratios).skip(SIDE);
    let mut values = points.map(|(log_ratio, ratio)| {
        let total = 1.0 + share * (ratio - 1.0);
        counted.hits * log_ratio - counted.trials * total.ln()
    });
    let null = values.next().unwrap_or_default();
    let mut gains = [0.0; SIDE];
    for (gain, value) in gains.iter_mut().zip(values) {
        *gain = value - null;
    }
    gains
}

/// The log e-value of such gains.
pub(crate) fn mixture_above(gains: &[f64; SIDE]) -> f64 {
    log_mixture(WEIGHTS_ABOVE.into_iter().zip(gains.iter().copied()))
}

/// The log likelihoods with their questions.
pub(crate) struct Likelihoods<'a> {
    pub(crate) grid: &'a Grid,
    pub(crate) values: [f64; POINTS],
}

impl Likelihoods<'_> {
    /// The log e-value against "the ratio is the null or below".
    pub(crate) fn above_null(&self) -> f64 {
        let beyond = WEIGHTS_ABOVE.into_iter().zip(self.values.iter().copied().skip(SIDE + 1));
        log_mixture(beyond) - self.at_null()
    }

    /// The log e-value against "the ratio is the null or above".
    pub(crate) fn below_null(&self) -> f64 {
        let beyond =
            WEIGHTS_BELOW.into_iter().zip(self.values.iter().rev().copied().skip(SIDE + 1));
        log_mixture(beyond) - self.at_null()
    }

    /// The log e-value against "the ratio is 1 or above": the points below 1 beside the
    /// likelihood at 1, which is 0. Weights that are left out only make it smaller. A null
    /// of e^3.2 or more would leave no point; margins end at 10.
    pub(crate) fn below_one(&self) -> f64 {
        let points = self.values.iter().copied().zip(self.grid.log_ratios).rev().skip(SIDE + 1);
        let terms = WEIGHTS_BELOW.into_iter().zip(points);
        let below = terms.filter(|(_, (_, log_ratio))| *log_ratio < 0.0);
        log_mixture(below.map(|(weight, (value, _))| (weight, value)))
    }

    fn at_null(&self) -> f64 {
        self.values.get(SIDE).copied().unwrap_or_default()
    }
}

/// How far the points are from the null, as differences of ln m: steps by a factor of about 1.6,
/// since a point serves effects around it in proportion to their size.
const DISTANCES: [f64; SIDE] = [0.05, 0.1, 0.2, 0.4, 0.7, 1.2, 2.0, 3.2];
/// Weights of the points above the null. Most is on ratios between 1.5 and 10, which a release is
/// rolled back for; 48 equal steps and weights needed a tenth more time for them.
const WEIGHTS_ABOVE: [f64; SIDE] = [0.02, 0.03, 0.05, 0.12, 0.24, 0.24, 0.22, 0.08];
/// Weights of the points below the null: improvements, and a ratio of 1 below a margin.
const WEIGHTS_BELOW: [f64; SIDE] = [0.05, 0.08, 0.12, 0.2, 0.2, 0.15, 0.12, 0.08];

#[cfg(test)]
mod tests;
