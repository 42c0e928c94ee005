//! What is known of an arm: sums, from which means and variances follow.

mod adjusted;
mod quantile;
mod sample;

pub(crate) use adjusted::form;
pub use adjusted::{Adjusted, AdjustedRatio, Products};
pub use quantile::{Clusters, Quantile};
pub(crate) use sample::variance_of_ratio;
pub use sample::{Ratio, Sample};

/// The statistic of an arm.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the engine has these five")]
pub enum Statistic {
    /// A proportion or a mean.
    Sample(Sample),
    /// A mean of one thing divided by that of another, such as value per order.
    Ratio(Ratio),
    /// A mean, with what the same users did before (CUPED).
    Adjusted(Adjusted),
    /// A ratio, with what the same users did before.
    AdjustedRatio(AdjustedRatio),
    /// A quantile.
    Quantile(Quantile),
}

impl Statistic {
    /// How many users, or events for a quantile.
    pub fn count(&self) -> u64 {
        match self {
            Self::Sample(sample) => sample.count(),
            Self::Ratio(ratio) => ratio.count,
            Self::Adjusted(adjusted) => adjusted.count,
            Self::AdjustedRatio(ratio) => ratio.count,
            Self::Quantile(quantile) => quantile.count,
        }
    }

    /// The mean, less what users did before where that is known.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Sample(sample) => sample.mean(),
            Self::Ratio(ratio) => ratio.mean(),
            Self::Adjusted(adjusted) => adjusted.mean(),
            Self::AdjustedRatio(ratio) => ratio.mean(),
            Self::Quantile(quantile) => quantile.estimate,
        }
    }

    /// The mean as it was.
    pub fn unadjusted_mean(&self) -> f64 {
        match self {
            Self::Adjusted(adjusted) => adjusted.post.mean(),
            Self::AdjustedRatio(ratio) => ratio.mean_post(),
            other => other.mean(),
        }
    }

    /// The variance of a single user's contribution.
    pub fn variance(&self) -> f64 {
        match self {
            Self::Sample(sample) => sample.variance(),
            Self::Ratio(ratio) => ratio.variance(),
            Self::Adjusted(adjusted) => adjusted.variance(),
            Self::AdjustedRatio(ratio) => ratio.variance(),
            Self::Quantile(quantile) => quantile.variance(),
        }
    }

    /// Whether there is nothing that varies, or too little data to know.
    pub(crate) fn has_zero_variance(&self) -> bool {
        match self {
            Self::Quantile(quantile) => quantile.has_zero_variance(),
            other => other.variance() <= 0.0,
        }
    }

    /// The statistic of both together, as of two strata.
    ///
    /// `None` for quantiles, and for statistics of different kinds. A coefficient that was set
    /// is forgotten.
    pub fn merge(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Sample(left), Self::Sample(right)) => Some(Self::Sample(left.merge(right))),
            (Self::Ratio(left), Self::Ratio(right)) => Some(Self::Ratio(left.merge(right))),
            (Self::Adjusted(left), Self::Adjusted(right)) => {
                Some(Self::Adjusted(left.merge(right)))
            }
            (Self::AdjustedRatio(left), Self::AdjustedRatio(right)) => {
                Some(Self::AdjustedRatio(left.merge(right)))
            }
            _ => None,
        }
    }

    /// Two arms with one coefficient for what users did before, found from both; without it
    /// where that says nothing. `None` if means and proportions are mixed.
    pub(crate) fn adjust(left: &Self, right: &Self) -> Option<(Self, Self)> {
        match (left, right) {
            (Self::Adjusted(left), Self::Adjusted(right)) => adjusted::adjust(left, right),
            (Self::AdjustedRatio(left), Self::AdjustedRatio(right)) => {
                Some(adjusted::adjust_ratios(left, right))
            }
            _ => Some((*left, *right)),
        }
    }
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "the engine counts in doubles, too")]
pub(crate) fn as_float(count: u64) -> f64 {
    count as f64
}
