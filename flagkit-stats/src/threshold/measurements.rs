//! Conditions over one measurement, and limits for how often they may fail.
//!
//! What an `AnalysisRun` of Argo Rollouts (`9f8d111d`) does with its metrics: `analysis.go` and
//! `evaluate.go`. Quirks that are kept:
//!
//! - a metric without conditions is successful, although its documentation says inconclusive;
//! - `NaN >= 0.95` does not hold, so a metric without traffic fails;
//! - five errors in a row end a release, and errors are retried after ten seconds.

use std::fmt;

/// A condition over what was measured: whether it holds, or `None` if it cannot be evaluated, as
/// for the first value of none.
pub type Condition<'a, T> = dyn Fn(&T) -> Option<bool> + 'a;

/// What a measurement is held against.
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Conditions<'a, T: ?Sized> {
    /// `successCondition`.
    pub success: Option<&'a Condition<'a, T>>,
    /// `failureCondition`.
    pub failure: Option<&'a Condition<'a, T>>,
}

impl<T: ?Sized> fmt::Debug for Conditions<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { success, failure } = self;
        write!(formatter, "Conditions({}, {})", success.is_some(), failure.is_some())
    }
}

impl<T: ?Sized> Conditions<'_, T> {
    /// What a measurement is.
    ///
    /// ```
    /// use flagkit_stats::threshold::measurements::{Conditions, Measurement};
    ///
    /// let enough = |value: &f64| Some(*value >= 0.95);
    /// let conditions = Conditions { success: Some(&enough), failure: None };
    /// assert_eq!(conditions.measure(&0.99), Measurement::Successful);
    /// assert_eq!(conditions.measure(&f64::NAN), Measurement::Failed);
    /// ```
    pub fn measure(&self, value: &T) -> Measurement {
        let holds = |condition: Option<&Condition<'_, T>>| match condition {
            Some(condition) => condition(value).map(Some),
            None => Some(None),
        };
        let (Some(success), Some(failure)) = (holds(self.success), holds(self.failure)) else {
            return Measurement::Error;
        };
        match (success, failure) {
            (_, Some(true)) | (Some(false), None) => Measurement::Failed,
            (Some(true) | None, _) => Measurement::Successful,
            (Some(false), Some(false)) => Measurement::Inconclusive,
        }
    }
}

/// What one measurement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the original has these four")]
pub enum Measurement {
    /// The condition for success holds.
    Successful,
    /// The condition for failure holds, or that for success does not.
    Failed,
    /// Neither holds, although there are both.
    Inconclusive,
    /// There is no value, or a condition could not be evaluated.
    Error,
}

/// Where a metric is, from best to worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_enums, reason = "the original has these six")]
pub enum Phase {
    /// It was measured often enough, or long enough.
    Successful,
    /// It is being measured.
    Running,
    /// It was not measured yet.
    #[default]
    Pending,
    /// It was inconclusive too often.
    Inconclusive,
    /// It could not be measured too often in a row.
    Error,
    /// It failed too often.
    Failed,
}

impl Phase {
    /// Whether nothing changes it any more.
    pub fn is_completed(self) -> bool {
        !matches!(self, Self::Running | Self::Pending)
    }
}

/// How often a metric may be what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "plain data of a configuration")]
pub struct Limits {
    /// `failureLimit`: how often it may fail; `None` (-1) for any number.
    pub failures: Option<u32>,
    /// `inconclusiveLimit`: how often it may be inconclusive.
    pub inconclusive: u32,
    /// `consecutiveErrorLimit`: how often in a row it may not be measured.
    pub consecutive_errors: u32,
    /// `consecutiveSuccessLimit`: after how many successes in a row it is successful; 0 for none.
    pub consecutive_successes: u32,
    /// `count`: how often it is measured; `None` or 0 for once without an interval, for ever with
    /// one.
    pub count: Option<u32>,
    /// `interval`, in seconds.
    pub interval_s: Option<u32>,
}

impl Default for Limits {
    /// No failure, nothing inconclusive, four errors in a row, one measurement.
    fn default() -> Self {
        Self {
            failures: Some(0),
            inconclusive: 0,
            consecutive_errors: 4,
            consecutive_successes: 0,
            count: None,
            interval_s: None,
        }
    }
}

impl Limits {
    /// How many measurements there are; `None` for any number.
    fn measurements(&self) -> Option<u32> {
        match (self.count, self.interval_s) {
            (None | Some(0), None) => Some(1),
            (None | Some(0), Some(_)) => None,
            (count, _) => count,
        }
    }

    /// How many seconds after a measurement the next one is due; `None` if there is none.
    pub fn next_after_s(&self, last: Measurement) -> Option<u32> {
        if last == Measurement::Error { Some(ERROR_RETRY_S) } else { self.interval_s }
    }
}

/// How soon a measurement that failed with an error is tried again.
const ERROR_RETRY_S: u32 = 10;

/// What a metric has been so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Tally {
    /// Where it is.
    pub phase: Phase,
    /// How often it was successful.
    pub successful: u32,
    /// How often it failed.
    pub failed: u32,
    /// How often it was inconclusive.
    pub inconclusive: u32,
    /// How often it could not be measured.
    pub errors: u32,
    /// The same in a row.
    pub consecutive_errors: u32,
    /// How often it was successful in a row.
    pub consecutive_successes: u32,
}

impl Tally {
    /// Adds a measurement, unless the metric is completed.
    ///
    /// ```
    /// use flagkit_stats::threshold::measurements::{Limits, Measurement, Phase, Tally};
    ///
    /// let limits = Limits { failures: Some(1), count: Some(3), ..Limits::default() };
    /// let mut tally = Tally::default();
    /// assert_eq!(tally.add(Measurement::Failed, &limits), Phase::Running);
    /// assert_eq!(tally.add(Measurement::Failed, &limits), Phase::Failed);
    /// ```
    pub fn add(&mut self, measurement: Measurement, limits: &Limits) -> Phase {
        if self.phase.is_completed() {
            return self.phase;
        }
        let (mut in_row, mut errors_in_row) = (0, 0);
        let counter = match measurement {
            Measurement::Successful => {
                in_row = self.consecutive_successes.saturating_add(1);
                &mut self.successful
            }
            Measurement::Failed => &mut self.failed,
            Measurement::Inconclusive => &mut self.inconclusive,
            Measurement::Error => {
                errors_in_row = self.consecutive_errors.saturating_add(1);
                &mut self.errors
            }
        };
        *counter = counter.saturating_add(1);
        self.consecutive_successes = in_row;
        self.consecutive_errors = errors_in_row;
        self.phase = self.assess(limits);
        self.phase
    }

    /// Ends the metric because everything ends: what is not bad is successful.
    pub fn stop(&mut self) -> Phase {
        if !self.phase.is_completed() {
            self.phase = Phase::Successful;
        }
        self.phase
    }

    fn assess(&self, limits: &Limits) -> Phase {
        if self.consecutive_errors > limits.consecutive_errors {
            return Phase::Error;
        }
        if self.inconclusive > limits.inconclusive {
            return Phase::Inconclusive;
        }
        if limits.failures.is_some_and(|limit| self.failed > limit) {
            return Phase::Failed;
        }
        let wanted = limits.consecutive_successes;
        if wanted > 0 && self.consecutive_successes >= wanted {
            return Phase::Successful;
        }
        // Errors are retried and do not count.
        let counted = self.successful.saturating_add(self.failed).saturating_add(self.inconclusive);
        if limits.measurements().is_none_or(|count| counted < count) {
            return Phase::Running;
        }
        match (wanted, limits.failures) {
            (0, _) => Phase::Successful,
            (_, None) => Phase::Failed,
            (_, Some(_)) => Phase::Inconclusive,
        }
    }
}

/// Whether a metric decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it does or does not")]
pub enum Role {
    /// It does.
    #[default]
    Decides,
    /// It is only looked at: `dryRun`.
    DryRun,
}

/// Where a release is with these metrics: the worst of them once all are completed.
///
/// One that decides and is bad ends the others, which then count as they are or as successful.
///
/// ```
/// use flagkit_stats::threshold::measurements::{Phase, Role, run_phase};
///
/// let metrics = [(Phase::Running, Role::Decides), (Phase::Failed, Role::DryRun)];
/// assert_eq!(run_phase(&metrics), Phase::Running);
/// let metrics = [(Phase::Running, Role::Decides), (Phase::Error, Role::Decides)];
/// assert_eq!(run_phase(&metrics), Phase::Error);
/// ```
pub fn run_phase(metrics: &[(Phase, Role)]) -> Phase {
    let deciding = || metrics.iter().filter(|(_, role)| *role == Role::Decides);
    let worst = deciding().map(|(phase, _)| *phase).filter(|phase| phase.is_completed()).max();
    let ends = worst.is_some_and(|phase| phase != Phase::Successful);
    let everything_completed = metrics.iter().all(|(phase, _)| phase.is_completed());
    if metrics.is_empty() || !(ends || everything_completed) {
        return Phase::Running;
    }
    worst.unwrap_or(Phase::Successful)
}
