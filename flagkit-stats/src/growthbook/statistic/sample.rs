//! Proportions, means, and ratios of means.

use super::as_float;

/// A proportion or a mean.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the engine has these two")]
pub enum Sample {
    /// Of so many users, so many did it.
    Proportion {
        /// All users.
        count: u64,
        /// Those who did it.
        sum: f64,
    },
    /// A value for each user.
    Mean {
        /// All users.
        count: u64,
        /// The sum of their values.
        sum: f64,
        /// The sum of the squares of their values.
        sum_squares: f64,
    },
}

impl Sample {
    /// How many users.
    pub fn count(&self) -> u64 {
        match self {
            Self::Proportion { count, .. } | Self::Mean { count, .. } => *count,
        }
    }

    /// The sum of the values.
    pub fn sum(&self) -> f64 {
        match self {
            Self::Proportion { sum, .. } | Self::Mean { sum, .. } => *sum,
        }
    }

    /// The sum of the squares of the values; the square of one is one.
    pub fn sum_squares(&self) -> f64 {
        match self {
            Self::Proportion { sum, .. } => *sum,
            Self::Mean { sum_squares, .. } => *sum_squares,
        }
    }

    /// The mean; 0 for nobody.
    pub fn mean(&self) -> f64 {
        if self.count() == 0 { 0.0 } else { self.sum() / as_float(self.count()) }
    }

    /// The variance: p(1 - p) for a proportion, with n - 1 in the denominator for a mean.
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        match self {
            Self::Proportion { .. } => mean * (1.0 - mean),
            Self::Mean { count: 0 | 1, .. } => 0.0,
            Self::Mean { count, sum, sum_squares } => {
                (sum_squares - sum * sum / as_float(*count)) / (as_float(*count) - 1.0)
            }
        }
    }

    /// Both together, which are a mean whatever they were.
    pub(super) fn merge(&self, other: &Self) -> Self {
        Self::Mean {
            count: self.count().saturating_add(other.count()),
            sum: self.sum() + other.sum(),
            sum_squares: self.sum_squares() + other.sum_squares(),
        }
    }

    /// Both together as the kind that they are; `None` if they are of two kinds.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Proportion { .. }, Self::Proportion { .. }) => Some(Self::Proportion {
                count: self.count().saturating_add(other.count()),
                sum: self.sum() + other.sum(),
            }),
            (Self::Mean { .. }, Self::Mean { .. }) => Some(self.merge(other)),
            _ => None,
        }
    }

    fn is_proportion(&self) -> bool {
        matches!(self, Self::Proportion { .. })
    }
}

/// The covariance of two values of the same users; 0 for one user.
pub(super) fn covariance(count: u64, left: &Sample, right: &Sample, products: f64) -> f64 {
    if count <= 1 {
        return 0.0;
    }
    let count = as_float(count);
    if left.is_proportion() && right.is_proportion() {
        products / count - left.sum() * right.sum() / (count * count)
    } else {
        (products - left.sum() * right.sum() / count) / (count - 1.0)
    }
}

/// The variance of M / D, by the delta method.
pub(crate) fn variance_of_ratio(upper: (f64, f64), lower: (f64, f64), covariance: f64) -> f64 {
    let ((mean_m, var_m), (mean_d, var_d)) = (upper, lower);
    var_m / mean_d.powi(2) + var_d * mean_m.powi(2) / mean_d.powi(4)
        - 2.0 * covariance * mean_m / mean_d.powi(3)
}

/// A mean of one thing divided by that of another.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a query")]
pub struct Ratio {
    /// How many users.
    pub count: u64,
    /// What is divided.
    pub numerator: Sample,
    /// What it is divided by.
    pub denominator: Sample,
    /// The sum over all users of the product of both.
    pub sum_of_products: f64,
}

impl Ratio {
    /// The ratio of the sums; 0 if there is nothing to divide by.
    pub fn mean(&self) -> f64 {
        if self.denominator.sum() == 0.0 {
            0.0
        } else {
            self.numerator.sum() / self.denominator.sum()
        }
    }

    /// The variance by the delta method.
    pub fn variance(&self) -> f64 {
        let Self { count, numerator, denominator, sum_of_products } = self;
        if denominator.mean() == 0.0 || *count <= 1 {
            return 0.0;
        }
        let covariance = covariance(*count, numerator, denominator, *sum_of_products);
        let upper = (numerator.mean(), numerator.variance());
        variance_of_ratio(upper, (denominator.mean(), denominator.variance()), covariance)
    }

    pub(super) fn merge(&self, other: &Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            numerator: self.numerator.merge(&other.numerator),
            denominator: self.denominator.merge(&other.denominator),
            sum_of_products: self.sum_of_products + other.sum_of_products,
        }
    }
}
