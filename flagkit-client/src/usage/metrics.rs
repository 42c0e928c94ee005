//! Numbers for whoever watches an application.

use std::collections::BTreeMap;
use std::time::Duration;

use flagkit_protocol::Version;

/// How a client has been doing: plain numbers of this process, for a monitoring system.
///
/// | field | name for Prometheus |
/// |---|---|
/// | `evaluations_by_reason` | `flagkit_evaluations_total{reason="…"}`; the sum is `evaluations` |
/// | `defaults` | `flagkit_defaults_served_total` |
/// | `errors` | `flagkit_evaluation_errors_total` |
/// | `evaluations_unreported` | `flagkit_evaluations_unreported` |
/// | `exposures_waiting` | `flagkit_exposures_waiting` |
/// | `exposures_dropped` | `flagkit_exposures_dropped_total` |
/// | `reports_sent`, `reports_failed`, `reports_lost` | `flagkit_reports_total{result="sent"}`, `…"failed"`, `…"lost"` |
/// | `publications` | `flagkit_publications_total` |
/// | `is_connected` | `flagkit_connected`, 0 or 1 |
/// | `version` | `flagkit_flags_version`, its number |
/// | `age` | `flagkit_flags_age_seconds` |
///
/// Evaluations, exposures and reports are 0 where nothing is counted.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// Evaluations since counting began, whatever came of them.
    pub evaluations: u64,
    /// The same by reason, `TARGETING_MATCH` for example, and errors by their codes.
    pub evaluations_by_reason: BTreeMap<&'static str, u64>,
    /// Evaluations in which the caller's default was served, errors included.
    pub defaults: u64,
    /// Evaluations that failed.
    pub errors: u64,
    /// Evaluations that the server does not know of yet.
    pub evaluations_unreported: u64,
    /// Exposures of tracked flags that the server does not know of yet.
    pub exposures_waiting: u64,
    /// Exposures that were left out because too many waited.
    pub exposures_dropped: u64,
    /// Reports that the server has taken.
    pub reports_sent: u64,
    /// Attempts to send a report that came to nothing.
    pub reports_failed: u64,
    /// Reports of which nobody can know whether the server counted them, given up after a day.
    pub reports_lost: u64,
    /// How many documents have been published.
    pub publications: u64,
    /// Whether the server is there.
    pub is_connected: bool,
    /// Which state of an environment the flags are, where the source counts.
    pub version: Option<Version>,
    /// How long ago the server said that they are current; see [`Status`](crate::Status::age).
    pub age: Option<Duration>,
}
