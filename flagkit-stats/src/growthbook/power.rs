//! How many more users an experiment needs, asked while it runs.

use super::bayesian::Prior;
use super::moments::Compared;
use super::sequential::{Mixture, rho};
use super::statistic::as_float;
use crate::special::normal;

/// What is to be found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Settings {
    /// The probability to find the effect in all goals; 0.8 by default.
    pub power: f64,
    /// The effect; its sign does not matter. 0.01 by default.
    pub effect: f64,
    /// The probability of a false alarm; 0.05 by default.
    pub alpha: f64,
    /// How many metrics have to find it.
    pub goals: u32,
    /// How many tests alpha is divided by, as a correction for looking at all of them.
    pub tests: u32,
    /// The prior of the analysis, if it is a Bayesian one with a proper prior.
    pub prior: Option<Prior>,
    /// N* of the analysis, if it is a sequential one.
    pub tuning: Option<f64>,
}

impl Default for Settings {
    /// 1 % with a probability of 80 %, in one metric and one look.
    fn default() -> Self {
        Self {
            power: 0.8,
            effect: 0.01,
            alpha: 0.05,
            goals: 1,
            tests: 1,
            prior: None,
            tuning: None,
        }
    }
}

/// What an experiment needs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Need {
    /// It has enough users.
    Nothing,
    /// It needs more.
    Users {
        /// How many times as many as it has.
        factor: f64,
        /// How many.
        users: f64,
    },
    /// 2^27 times as many are not enough.
    TooMany,
}

/// How many more users the two arms need.
///
/// ```
/// use flagkit_stats::growthbook::power::{Need, Settings, additional_users};
/// use flagkit_stats::growthbook::statistic::Sample;
/// use flagkit_stats::growthbook::{Difference, Statistic, effect};
///
/// let arm = |sum| Statistic::Sample(Sample::Proportion { count: 10_000, sum });
/// let moments = effect(&arm(5_000.0), &arm(5_010.0), Difference::Relative).unwrap();
/// let need = additional_users(&moments, &Settings { effect: 0.01, ..Settings::default() });
/// assert!(matches!(need, Need::Users { factor, .. } if factor > 10.0 && factor < 20.0));
/// assert_eq!(additional_users(&moments, &Settings { effect: 0.5, ..Settings::default() }), Need::Nothing);
/// ```
pub fn additional_users(moments: &Compared, settings: &Settings) -> Need {
    let question = Question {
        users: as_float(moments.baseline.count()) + as_float(moments.variation.count()),
        variance: moments.effect.error.powi(2),
        settings,
    };
    let enough = settings.power.powf(1.0 / f64::from(settings.goals));
    if question.power(0.0) > enough {
        return Need::Nothing;
    }
    let mut factor = 1.0;
    for _ in 0..DOUBLINGS {
        if question.power(factor) >= enough {
            break;
        }
        factor *= 2.0;
    }
    if question.power(factor) < enough {
        return Need::TooMany;
    }
    let (mut low, mut high) = (0.0, factor);
    let mut distance = question.power(factor) - enough;
    for _ in 0..HALVINGS {
        if distance > 0.0 {
            high = factor;
        } else {
            low = factor;
        }
        factor = 0.5 * (low + high);
        distance = question.power(factor) - enough;
        if distance.abs() < TOLERANCE {
            break;
        }
    }
    Need::Users { factor, users: question.users * factor }
}

/// What is known now.
struct Question<'a> {
    users: f64,
    variance: f64,
    settings: &'a Settings,
}

impl Question<'_> {
    /// The probability to find the effect with so many times more users.
    fn power(&self, factor: f64) -> f64 {
        let Settings { effect, alpha, tests, prior, tuning, .. } = *self.settings;
        let effect = effect.abs();
        let variance = self.variance / (1.0 + factor);
        let error = variance.sqrt();
        let alpha = alpha / f64::from(tests);
        let quantile = normal::ppf(1.0 - alpha / 2.0);
        let proper = prior.filter(|prior| prior.proper);
        let (from, shift) = if let Some(prior) = proper {
            let precision = 1.0 / prior.variance + 1.0 / variance;
            let width = variance * precision.sqrt() * quantile;
            (width, variance * prior.mean / prior.variance + effect)
        } else if let Some(tuning) = tuning {
            let users = self.users * (1.0 + factor);
            let mixture = Mixture { users, rho: rho(alpha, tuning) };
            // Standard errors of as many users as there will be.
            (error * mixture.width(alpha), effect)
        } else {
            (error * quantile, effect)
        };
        let above = 1.0 - normal::cdf((from - shift) / error);
        above + normal::cdf(-(from + shift) / error)
    }
}

/// How often the number of users is doubled at most.
const DOUBLINGS: usize = 27;
/// How often the range is halved at most.
const HALVINGS: usize = 100;
/// How close to the wanted power is close enough.
const TOLERANCE: f64 = 1e-5;
