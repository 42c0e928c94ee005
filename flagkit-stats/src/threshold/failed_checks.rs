//! A range for a value, and how many checks may fail.
//!
//! What Flagger (`15bd6ad5`) does at each tick of its interval: `scheduler_metrics.go` and
//! `scheduler.go`. Failed checks are counted from the beginning of a release and never forgotten,
//! and the rollback comes at the tick *after* the one that was too many.

/// Which values are good; the ends are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Bounds {
    /// `thresholdRange.min`, or the `threshold` of `request-success-rate`.
    pub min: Option<f64>,
    /// `thresholdRange.max`, or the `threshold` of everything else.
    pub max: Option<f64>,
}

impl Bounds {
    /// What a value is; there is none without traffic.
    ///
    /// ```
    /// use flagkit_stats::threshold::failed_checks::{Bounds, Check};
    ///
    /// let success_rate = Bounds { min: Some(99.0), max: None };
    /// assert_eq!(success_rate.check(Some(99.0)), Check::Passed);
    /// assert_eq!(success_rate.check(Some(98.9)), Check::Failed);
    /// assert_eq!(success_rate.check(None), Check::NoData);
    /// ```
    pub fn check(&self, value: Option<f64>) -> Check {
        // Its queries answer that nothing was found where the result is NaN.
        let Some(value) = value.filter(|value| !value.is_nan()) else { return Check::NoData };
        let outside =
            self.min.is_some_and(|min| value < min) || self.max.is_some_and(|max| value > max);
        if outside { Check::Failed } else { Check::Passed }
    }
}

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth thing that a check can say")]
pub enum Check {
    /// The value is good.
    Passed,
    /// The value is bad.
    Failed,
    /// There is no value, or the metrics system did not answer.
    NoData,
}

/// What having no value means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one is the original, the other is not")]
pub enum Absence {
    /// The check failed: what the original does.
    #[default]
    Fails,
    /// Nothing moves, and nothing is counted.
    Waits,
}

/// What follows from a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// The release may get more traffic.
    Advance,
    /// It stays where it is, because a check failed.
    Halt,
    /// It stays where it is, because nothing is known.
    Wait,
    /// All traffic goes back.
    RollBack,
}

/// The failed checks of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FailedChecks {
    /// How many there were.
    pub count: u32,
}

impl FailedChecks {
    /// A tick with the checks of all metrics, of which the first that does not pass decides.
    ///
    /// `threshold` is the number of failed checks at which a release goes back; 0 means 1. From
    /// then on the checks are not looked at.
    ///
    /// ```
    /// use flagkit_stats::threshold::failed_checks::{Absence, Check, Decision, FailedChecks};
    ///
    /// let mut failed = FailedChecks::default();
    /// let mut tick = |check| failed.tick(&[check], 2, Absence::Fails);
    /// assert_eq!(tick(Check::Failed), Decision::Halt);
    /// assert_eq!(tick(Check::Passed), Decision::Advance);
    /// assert_eq!(tick(Check::NoData), Decision::Halt);
    /// assert_eq!(tick(Check::Passed), Decision::RollBack);
    /// ```
    pub fn tick(&mut self, checks: &[Check], threshold: u32, absence: Absence) -> Decision {
        if self.count >= threshold.max(1) {
            return Decision::RollBack;
        }
        match checks.iter().find(|check| **check != Check::Passed) {
            None => Decision::Advance,
            Some(Check::NoData) if absence == Absence::Waits => Decision::Wait,
            Some(_) => {
                self.count = self.count.saturating_add(1);
                Decision::Halt
            }
        }
    }
}
