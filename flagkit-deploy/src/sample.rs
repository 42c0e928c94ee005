//! What was measured: numbers of one metric, in one arm, in one closed window.

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// Numbers of one metric, one arm, one stratum and one window.
///
/// A window is told once it is closed. If it is told again (a late addition, another
/// answer to the same question) the later telling replaces the earlier one as long as the
/// judge holds the window open, so nothing is counted twice.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Sample {
    /// The metric's place in the plan.
    pub metric: u16,
    /// The arm's place in the plan.
    pub arm: u16,
    /// The stratum, counted from 0 in the order of the plan; 0 where there are none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub stratum: u16,
    /// When the window begins.
    pub start: Time,
    /// When it ends.
    pub end: Time,
    /// The numbers.
    pub numbers: Numbers,
}

/// The numbers of a sample.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Numbers {
    /// How many of so many: failed requests of requests, converted users of users.
    Events {
        /// Requests, or units where the metric counts units.
        exposures: u64,
        /// Those to which it happened; never more than exposures for a share.
        events: u64,
    },
    /// The same of units (users, tenants), counted by who knows one from another.
    Units {
        /// How many different units.
        units: u64,
        /// Those to which it happened; never more than units.
        events: u64,
        /// Those that were not seen before, in any window, on any arm: only these are draws of the
        /// split. None if whoever counts has forgotten some.
        first: Option<u64>,
        /// Since when it is known who was seen before. Later than in samples before if that was
        /// lost in between.
        since: Time,
    },
    /// Observations of something continuous in bins that grow by a constant factor:
    /// bin `n` holds what is above `base^(n-1)` and not above `base^n`.
    Histogram {
        /// The factor, above 1.
        base: f64,
        /// Bin and count, in the order of bins.
        bins: Vec<(i32, u64)>,
        /// Observations of 0 or less.
        zero: u64,
    },
    /// Sums over observations.
    Moments {
        /// How many.
        count: u64,
        /// Their mean.
        mean: f64,
        /// The sum of squared distances from the mean.
        squares: f64,
    },
    /// One reading, as a monitoring system gives it: a quantile, a share, a utilisation.
    Reading(f64),
}

/// For serde: whether a number is left out.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &u16) -> bool {
    *number == 0
}
