//! The difference between two arms, and how sure it is.

use super::Difference;
use super::statistic::{Adjusted, AdjustedRatio, Statistic, as_float};
use super::statistic::{form, variance_of_ratio};

/// Why there is nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Issue {
    /// An arm does not vary, or has too little data.
    ZeroVariance,
    /// The baseline's mean is zero.
    ZeroBaseline,
    /// The arms have different kinds of statistics.
    DifferentKinds,
    /// The effect is to be scaled by no traffic or no time.
    NothingToScale,
    /// The effect is to be scaled to no users.
    NoUsers,
    /// The effect of a ratio or a quantile is to be scaled.
    NotScalable,
    /// A one-sided sequential test was asked for an alpha of one half or more.
    AlphaTooLarge,
}

/// What an effect on one user means for all users of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "three numbers")]
pub struct Impact {
    /// How many users were in the experiment.
    pub total_users: u64,
    /// Which part of all users that is, between 0 and 1.
    pub traffic: f64,
    /// For how many days it ran.
    pub days: f64,
}

impl Impact {
    /// By how much the effect on one user of this statistic is multiplied.
    pub(super) fn factor(self, statistic: &Statistic) -> Result<f64, Issue> {
        if self.days == 0.0 || self.traffic == 0.0 {
            return Err(Issue::NothingToScale);
        }
        if !matches!(statistic, Statistic::Sample(_) | Statistic::Adjusted(_)) {
            return Err(Issue::NotScalable);
        }
        if self.total_users == 0 {
            return Err(Issue::NoUsers);
        }
        Ok(as_float(self.total_users) / (self.traffic * self.days))
    }
}

/// Two arms that can be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Compared {
    /// The baseline, with the coefficient for what users did before.
    pub baseline: Statistic,
    /// The other arm, in the same way.
    pub variation: Statistic,
    /// The difference.
    pub effect: Effect,
}

/// A difference between two arms.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Effect {
    /// Its estimate.
    pub estimate: f64,
    /// Its standard error.
    pub error: f64,
}

/// The difference between two arms, by the delta method if it is relative.
///
/// # Errors
///
/// If an arm does not vary, or the baseline is zero, even for an absolute difference.
///
/// ```
/// use flagkit_stats::growthbook::statistic::Sample;
/// use flagkit_stats::growthbook::{Difference, Statistic, effect};
///
/// let arm = |sum| Statistic::Sample(Sample::Proportion { count: 100, sum });
/// let moments = effect(&arm(50.0), &arm(60.0), Difference::Relative).unwrap();
/// assert!((moments.effect.estimate - 0.2).abs() < 1e-15);
/// ```
pub fn effect(
    baseline: &Statistic,
    variation: &Statistic,
    difference: Difference,
) -> Result<Compared, Issue> {
    let adjusted = Statistic::adjust(baseline, variation).ok_or(Issue::DifferentKinds)?;
    let (baseline, variation) = adjusted;
    let variance = variance(&baseline, &variation, difference);
    let varies = !baseline.has_zero_variance() && !variation.has_zero_variance();
    if !varies || variance <= 0.0 {
        return Err(Issue::ZeroVariance);
    }
    let unadjusted = baseline.unadjusted_mean();
    if baseline.mean() == 0.0 || unadjusted == 0.0 {
        return Err(Issue::ZeroBaseline);
    }
    let one_is_adjusted = |statistic| matches!(statistic, Statistic::Adjusted(_));
    if one_is_adjusted(baseline) != one_is_adjusted(variation) {
        return Err(Issue::DifferentKinds);
    }
    let estimate = variation.mean() - baseline.mean();
    let estimate = if difference.is_relative() { estimate / unadjusted } else { estimate };
    Ok(Compared { baseline, variation, effect: Effect { estimate, error: variance.sqrt() } })
}

fn variance(baseline: &Statistic, variation: &Statistic, difference: Difference) -> f64 {
    if difference.is_relative() {
        match (baseline, variation) {
            (Statistic::Adjusted(baseline), Statistic::Adjusted(variation)) => {
                return relative_adjusted(baseline, variation);
            }
            (Statistic::AdjustedRatio(baseline), Statistic::AdjustedRatio(variation)) => {
                return relative_adjusted_ratio(baseline, variation);
            }
            _ => {}
        }
    }
    let of_mean = |statistic: &Statistic| statistic.variance() / as_float(statistic.count());
    if difference.is_relative() {
        let upper = (variation.unadjusted_mean(), of_mean(variation));
        variance_of_ratio(upper, (baseline.unadjusted_mean(), of_mean(baseline)), 0.0)
    } else {
        of_mean(variation) + of_mean(baseline)
    }
}

/// The variance of a relative difference of adjusted means: numerator and denominator share the
/// baseline.
fn relative_adjusted(baseline: &Adjusted, variation: &Adjusted) -> f64 {
    let unadjusted = baseline.post.mean();
    let denominator = |arm: &Adjusted| as_float(arm.count) * unadjusted.powi(2);
    if denominator(variation) == 0.0 || denominator(baseline) == 0.0 {
        return 0.0;
    }
    let theta = baseline.coefficient();
    let of_variation = variation.post.variance() + theta.powi(2) * variation.pre.variance()
        - 2.0 * theta * variation.covariance();
    let share = -variation.post.mean();
    let of_baseline = baseline.post.variance() * share.powi(2) / unadjusted.powi(2)
        + 2.0 * theta * baseline.covariance() * share / unadjusted
        + theta.powi(2) * baseline.pre.variance();
    of_variation / denominator(variation) + of_baseline / denominator(baseline)
}

/// The same for ratios.
fn relative_adjusted_ratio(baseline: &AdjustedRatio, variation: &AdjustedRatio) -> f64 {
    let (over, under) = (baseline.numerator_post.mean(), baseline.denominator_post.mean());
    let unadjusted = baseline.mean_post();
    if unadjusted == 0.0 || under == 0.0 {
        return 0.0;
    }
    let absolute = variation.mean() - baseline.mean();
    let scale = unadjusted.abs();
    let first = -(scale + absolute) / under / scale.powi(2);
    let second = (over * scale / under.powi(2) + over * absolute / under.powi(2)) / scale.powi(2);
    let [_, _, third, fourth] = baseline.gradient();
    let of_baseline = [first, second, -third / scale, -fourth / scale];
    let of_variation = variation.gradient().map(|part| part / scale);
    form(of_baseline, &baseline.covariances(), of_baseline) / as_float(baseline.count)
        + form(of_variation, &variation.covariances(), of_variation) / as_float(variation.count)
}
