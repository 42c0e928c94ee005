//! Means and ratios, less what the same users did before the experiment (CUPED).
//!
//! Deng, Xu, Kohavi and Walker, *Improving the Sensitivity of Online Controlled Experiments by
//! Utilizing Pre-Experiment Data* (2013); for ratios with the delta method.

use super::sample::covariance;
use super::{Ratio, Sample, Statistic};

/// A mean with the same users' mean before.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a query")]
pub struct Adjusted {
    /// How many users.
    pub count: u64,
    /// What they did in the experiment.
    pub post: Sample,
    /// What they did before.
    pub pre: Sample,
    /// The sum over all users of the product of both.
    pub sum_of_products: f64,
    /// The coefficient; found from both arms unless it is set in both.
    pub theta: Option<f64>,
}

impl Adjusted {
    pub(crate) fn coefficient(&self) -> f64 {
        self.theta.unwrap_or(0.0)
    }

    /// The mean, less what is explained by the time before.
    pub fn mean(&self) -> f64 {
        self.post.mean() - self.coefficient() * self.pre.mean()
    }

    /// The variance of what is left.
    pub fn variance(&self) -> f64 {
        if self.count <= 1 {
            return 0.0;
        }
        let theta = self.coefficient();
        self.post.variance() + theta.powi(2) * self.pre.variance() - 2.0 * theta * self.covariance()
    }

    /// The covariance of both times.
    pub fn covariance(&self) -> f64 {
        covariance(self.count, &self.post, &self.pre, self.sum_of_products)
    }

    pub(super) fn merge(&self, other: &Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            post: self.post.merge(&other.post),
            pre: self.pre.merge(&other.pre),
            sum_of_products: self.sum_of_products + other.sum_of_products,
            theta: None,
        }
    }

    /// The coefficient that fits both arms best; `None` if they are of different kinds.
    fn common_theta(&self, other: &Self) -> Option<f64> {
        let joint = Self {
            count: self.count.saturating_add(other.count),
            post: self.post.join(&other.post)?,
            pre: self.pre.join(&other.pre)?,
            sum_of_products: self.sum_of_products + other.sum_of_products,
            theta: None,
        };
        let constant = joint.pre.variance() == 0.0 || joint.post.variance() == 0.0;
        Some(if constant { 0.0 } else { joint.covariance() / joint.pre.variance() })
    }
}

/// Both arms with their common coefficient, or without the time before if it says nothing.
pub(super) fn adjust(left: &Adjusted, right: &Adjusted) -> Option<(Statistic, Statistic)> {
    if left.theta.is_some() && right.theta.is_some() {
        return Some((Statistic::Adjusted(*left), Statistic::Adjusted(*right)));
    }
    let theta = left.common_theta(right)?;
    let set = |arm: &Adjusted| {
        if theta == 0.0 {
            Statistic::Sample(arm.post)
        } else {
            Statistic::Adjusted(Adjusted { theta: Some(theta), ..*arm })
        }
    };
    Some((set(left), set(right)))
}

/// A ratio with the same users' ratio before.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a query")]
pub struct AdjustedRatio {
    /// How many users.
    pub count: u64,
    /// What is divided, in the experiment.
    pub numerator_post: Sample,
    /// What it is divided by, in the experiment.
    pub denominator_post: Sample,
    /// What is divided, before.
    pub numerator_pre: Sample,
    /// What it is divided by, before.
    pub denominator_pre: Sample,
    /// The sums of products.
    pub products: Products,
    /// The coefficient; found from both arms unless it is set in both.
    pub theta: Option<f64>,
}

/// Sums over all users of the products of two values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a query")]
pub struct Products {
    /// The numerator in the experiment and before.
    pub numerator_post_numerator_pre: f64,
    /// The denominator in the experiment and before.
    pub denominator_post_denominator_pre: f64,
    /// Both before.
    pub numerator_pre_denominator_pre: f64,
    /// Both in the experiment.
    pub numerator_post_denominator_post: f64,
    /// The numerator in the experiment, the denominator before.
    pub numerator_post_denominator_pre: f64,
    /// The numerator before, the denominator in the experiment.
    pub numerator_pre_denominator_post: f64,
}

/// Four numbers in the order: numerator and denominator in the experiment, then before.
pub(crate) type Vector = [f64; 4];

impl AdjustedRatio {
    fn coefficient(&self) -> f64 {
        self.theta.unwrap_or(0.0)
    }

    /// The ratio in the experiment; 0 if there is nothing to divide by.
    pub fn mean_post(&self) -> f64 {
        quotient(&self.numerator_post, &self.denominator_post)
    }

    /// The ratio, less what is explained by the time before.
    pub fn mean(&self) -> f64 {
        if self.denominator_post.sum() == 0.0 || self.denominator_pre.sum() == 0.0 {
            return 0.0;
        }
        let before = quotient(&self.numerator_pre, &self.denominator_pre);
        self.mean_post() - self.coefficient() * before
    }

    /// The variance of what is left, by the delta method.
    pub fn variance(&self) -> f64 {
        let gradient = self.gradient();
        form(gradient, &self.covariances(), gradient)
    }

    /// The derivatives of the mean.
    pub(crate) fn gradient(&self) -> Vector {
        let theta = self.coefficient();
        let (over, under) = (self.numerator_post.mean(), self.denominator_post.mean());
        let (over_pre, under_pre) = (self.numerator_pre.mean(), self.denominator_pre.mean());
        if under == 0.0 || under_pre == 0.0 {
            return [0.0; 4];
        }
        [
            1.0 / under,
            -over / under.powi(2),
            -theta / under_pre,
            theta * over_pre / under_pre.powi(2),
        ]
    }

    /// The covariances of the four values of a user.
    pub(crate) fn covariances(&self) -> [Vector; 4] {
        let Self { numerator_post: a, denominator_post: b, .. } = self;
        let Self { numerator_pre: c, denominator_pre: d, products, .. } = self;
        let with = |left: &Sample, right: &Sample, products: f64| {
            covariance(self.count, left, right, products)
        };
        let ab = with(a, b, products.numerator_post_denominator_post);
        let ac = with(a, c, products.numerator_post_numerator_pre);
        let ad = with(a, d, products.numerator_post_denominator_pre);
        let bc = with(b, c, products.numerator_pre_denominator_post);
        let bd = with(b, d, products.denominator_post_denominator_pre);
        let cd = with(c, d, products.numerator_pre_denominator_pre);
        [
            [a.variance(), ab, ac, ad],
            [ab, b.variance(), bc, bd],
            [ac, bc, c.variance(), cd],
            [ad, bd, cd, d.variance()],
        ]
    }

    pub(super) fn merge(&self, other: &Self) -> Self {
        let (left, right) = (self.products, other.products);
        let sum = |product: fn(&Products) -> f64| product(&left) + product(&right);
        Self {
            count: self.count.saturating_add(other.count),
            numerator_post: self.numerator_post.merge(&other.numerator_post),
            denominator_post: self.denominator_post.merge(&other.denominator_post),
            numerator_pre: self.numerator_pre.merge(&other.numerator_pre),
            denominator_pre: self.denominator_pre.merge(&other.denominator_pre),
            products: Products {
                numerator_post_numerator_pre: sum(|of| of.numerator_post_numerator_pre),
                denominator_post_denominator_pre: sum(|of| of.denominator_post_denominator_pre),
                numerator_pre_denominator_pre: sum(|of| of.numerator_pre_denominator_pre),
                numerator_post_denominator_post: sum(|of| of.numerator_post_denominator_post),
                numerator_post_denominator_pre: sum(|of| of.numerator_post_denominator_pre),
                numerator_pre_denominator_post: sum(|of| of.numerator_pre_denominator_post),
            },
            theta: None,
        }
    }

    /// The covariance of both times and the variance of the time before, for a coefficient of 1.
    fn pre_moments(&self) -> (f64, f64) {
        let [first, second, third, fourth] = Self { theta: Some(1.0), ..*self }.gradient();
        let (post, pre) = ([first, second, 0.0, 0.0], [0.0, 0.0, third, fourth]);
        let covariances = self.covariances();
        (form(pre, &covariances, post), form(pre, &covariances, pre))
    }

    /// As a ratio without the time before.
    fn unadjusted(&self) -> Ratio {
        Ratio {
            count: self.count,
            numerator: self.numerator_post,
            denominator: self.denominator_post,
            sum_of_products: self.products.numerator_post_denominator_post,
        }
    }
}

/// Both arms with their common coefficient, or without the time before if it says nothing.
pub(super) fn adjust_ratios(left: &AdjustedRatio, right: &AdjustedRatio) -> (Statistic, Statistic) {
    if left.theta.is_some() && right.theta.is_some() {
        return (Statistic::AdjustedRatio(*left), Statistic::AdjustedRatio(*right));
    }
    let (covariance_left, variance_left) = left.pre_moments();
    let (covariance_right, variance_right) = right.pre_moments();
    let variance = variance_left + variance_right;
    let covariance = covariance_left + covariance_right;
    let theta = if variance == 0.0 { 0.0 } else { -covariance / variance };
    let set = |arm: &AdjustedRatio| {
        if theta.abs() < THETA_MIN {
            Statistic::Ratio(arm.unadjusted())
        } else {
            Statistic::AdjustedRatio(AdjustedRatio { theta: Some(theta), ..*arm })
        }
    };
    (set(left), set(right))
}

/// Below this the time before says nothing about a ratio.
const THETA_MIN: f64 = 1e-8;

/// `left · matrix · right`.
pub(crate) fn form(left: Vector, matrix: &[Vector; 4], right: Vector) -> f64 {
    let dot = |row: &Vector| row.iter().zip(right).map(|(one, other)| one * other).sum::<f64>();
    left.iter().zip(matrix).map(|(one, row)| one * dot(row)).sum()
}

fn quotient(numerator: &Sample, denominator: &Sample) -> f64 {
    if denominator.sum() == 0.0 { 0.0 } else { numerator.sum() / denominator.sum() }
}
