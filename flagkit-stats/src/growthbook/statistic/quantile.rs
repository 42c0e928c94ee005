//! Quantiles, with the deviation of their estimate from two neighbouring quantiles.

use super::as_float;
use crate::special::normal;

/// A quantile of events.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a query")]
pub struct Quantile {
    /// How many events.
    pub count: u64,
    /// The sample size for which the bounds below were asked for.
    pub sample_size: u64,
    /// Which quantile, between 0 and 1.
    pub level: f64,
    /// Its estimate.
    pub estimate: f64,
    /// The quantile at the lower end of the level's 95 % interval.
    pub lower: f64,
    /// The quantile at the upper end of the level's 95 % interval.
    pub upper: f64,
    /// How events belong to users, if it is known.
    pub clusters: Option<Clusters>,
}

/// How events belong to users: a user has some events, some of them below the quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a query")]
pub struct Clusters {
    /// How many users.
    pub count: u64,
    /// The sum of events below the quantile.
    pub main_sum: f64,
    /// The sum of the squares of a user's events below the quantile.
    pub main_sum_squares: f64,
    /// The sum of events.
    pub denominator_sum: f64,
    /// The sum of the squares of a user's events.
    pub denominator_sum_squares: f64,
    /// The sum of the products of both.
    pub sum_of_products: f64,
}

impl Quantile {
    /// The variance of a single event's contribution; not below 1e-5 from 100 events on.
    pub fn variance(&self) -> f64 {
        let raw = self.raw_variance();
        if self.count < 100 { raw } else { raw.max(1e-5) }
    }

    /// Whether there are too few events for the level, or the bounds are equal.
    pub(super) fn has_zero_variance(&self) -> bool {
        let odds = self.level / (1.0 - self.level);
        let square = two_sided_quantile().powi(2);
        let count = as_float(self.count);
        let out_of_range = count <= square * odds || count <= square / odds;
        out_of_range || (self.raw_variance() <= 0.0 && self.count < 1000)
    }

    fn raw_variance(&self) -> f64 {
        let Some(clusters) = &self.clusters else { return self.independent_variance() };
        let none = clusters.count <= 1 || clusters.denominator_sum <= 0.0;
        if none || self.count <= 1 || self.level == 0.0 {
            return 0.0;
        }
        let independent = self.level * (1.0 - self.level) / as_float(self.count);
        self.independent_variance() * clusters.variance() / independent
    }

    fn independent_variance(&self) -> f64 {
        if self.count <= 1 {
            return 0.0;
        }
        let width = (self.upper - self.lower) / (2.0 * two_sided_quantile());
        let count = as_float(self.count);
        (as_float(self.sample_size) / count) * (count - 1.0) * width.powi(2)
    }
}

impl Clusters {
    /// The variance of the share of events below the quantile, by the delta method.
    fn variance(&self) -> f64 {
        let count = as_float(self.count);
        let (main, all) = (self.main_sum / count, self.denominator_sum / count);
        let centred = |sum: f64, product: f64| (sum / count - product) * count / (count - 1.0);
        let main_variance = centred(self.main_sum_squares, main * main);
        let all_variance = centred(self.denominator_sum_squares, all * all);
        let covariance = centred(self.sum_of_products, main * all);
        let numerator = main_variance - 2.0 * main * covariance / all
            + main.powi(2) * all_variance / all.powi(2);
        numerator / (count * all.powi(2))
    }
}

/// The quantile of the normal distribution for 95 % in the middle.
fn two_sided_quantile() -> f64 {
    normal::ppf(1.0 - 0.5 * 0.05)
}
