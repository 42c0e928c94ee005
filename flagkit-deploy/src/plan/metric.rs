//! Metrics of a plan: what is measured, and what would be worse.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One metric.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// `error_rate`; `metrics.error_rate` in conditions.
    pub name: String,
    /// What kind of numbers it has.
    pub measure: Measure,
    /// Which way is bad.
    #[serde(default)]
    pub direction: Direction,
    /// What it decides.
    #[serde(default)]
    pub role: Role,
    /// How much worse is still not worse, as a ratio to the control: 0.1 allows 10 % more. Above 0
    /// lets "not worse" be proved; 0 is allowed, then only harm and betterment can be.
    #[serde(default)]
    pub margin: f64,
    /// A fixed limit that the new arms must not exceed, whatever the control does.
    #[serde(default)]
    pub limit: Option<f64>,
    /// Its part of the plan's alpha, relative to the other metrics. At least 0.
    #[serde(default = "whole")]
    pub weight: f64,
    /// The least observations of the new arms before it says anything. A mean without bounds needs 30 at
    /// least, on both sides.
    #[serde(default)]
    pub observations_min: u64,
    /// How much the counts vary beyond what independent events would, as it was measured before: 1
    /// where each request stands for itself. Without, requests are believed to come in bursts until the
    /// release has shown otherwise. From 1 to 1000; counts of units need none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispersion: Option<f64>,
    /// Where its numbers come from.
    pub source: Source,
}

/// For serde: a weight like any other.
fn whole() -> f64 {
    1.0
}

/// The kind of a metric.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Measure {
    /// The share of exposures to which something happened: errors, conversions.
    Events,
    /// A quantile of something continuous: `quantile: 0.95` of latencies, as histograms.
    Quantile {
        /// Above 0, below 1.
        quantile: f64,
    },
    /// The mean of something between two bounds, or of anything if they are absent.
    Mean {
        /// The least that an observation can be.
        #[serde(default)]
        min: Option<f64>,
        /// The most.
        #[serde(default)]
        max: Option<f64>,
    },
    /// A reading of a monitoring system. It has no error control: only limits and triggers see it.
    Reading,
}

/// Which way is bad.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Direction {
    /// More is worse: errors, latency.
    #[default]
    Increase,
    /// Less is worse: conversions, throughput.
    Decrease,
    /// Any change is worse.
    Either,
}

/// What a metric decides.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Harm rolls back.
    #[default]
    Guard,
    /// Harm pauses.
    Signal,
    /// It is shown and decides nothing.
    Shown,
}

/// Where the numbers of a metric come from.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "from", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Source {
    /// Pushed to the engine under the name of the metric.
    Push {
        /// Whether what is pushed counts units (users, tenants) instead of requests: the unit of
        /// analysis is then that of assignment.
        #[serde(default)]
        units: bool,
    },
    /// Queries of Prometheus, in which `{{arm}}`, `{{version}}`, `{{stratum}}`, `{{window}}` and the
    /// names in `with` are replaced.
    Prometheus {
        /// `http://127.0.0.1:9090`; the host's own without.
        #[serde(default)]
        url: Option<String>,
        /// What counts: events, a sum of values, a reading, or buckets of a histogram (with a label
        /// `le`).
        query: String,
        /// What counts exposures, for events, or observations, for means.
        #[serde(default)]
        exposures: Option<String>,
        /// What sums the squares of values, for means.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        squares: Option<String>,
        /// Further replacements.
        #[serde(default)]
        with: BTreeMap<String, String>,
    },
    /// Another driver, by its name in the host, with what it wants to know.
    Other {
        /// The name.
        driver: String,
        /// What it wants to know.
        #[serde(default)]
        with: BTreeMap<String, String>,
    },
}
