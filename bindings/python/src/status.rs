//! How a client is doing, as plain objects of Python.

use std::collections::BTreeMap;
use std::fmt::Write;

use pyo3::prelude::*;

/// How a client is doing.
#[pyclass(frozen, get_all, module = "flagkit")]
#[derive(Debug)]
pub(crate) struct Status {
    /// Whether flags have been loaded at all.
    is_ready: bool,
    /// Where they come from: `defaults`, `bootstrap`, `cache`, `file` or `live`.
    source: &'static str,
    /// Which state of an environment they are, where the source counts.
    version: Option<String>,
    /// The environment that they are of, where it is known.
    environment: Option<String>,
    /// The language that they are written in.
    dialect: &'static str,
    /// How many seconds ago the server said that they are current; `None` for files and texts.
    age: Option<f64>,
    /// Whether the server is there. Flags are evaluated in any case.
    connected: bool,
    /// What is wrong with the connection.
    last_error: Option<String>,
    /// How many documents have been published.
    publications: u64,
    /// The revision of the document, where its flag management system counts.
    revision: Option<u64>,
    /// What is wrong with the document, a text for each fault.
    diagnostics: Vec<String>,
    /// Why the last document was refused, if it was.
    last_problem: Option<String>,
}

#[pymethods]
impl Status {
    fn __repr__(&self) -> String {
        let ready = if self.is_ready { "ready" } else { "not ready" };
        let problems = self.diagnostics.len();
        let mut shown = format!("<flagkit.Status {ready} source={}", self.source);
        let version = self.version.iter().map(|version| format!(" version={version}"));
        let error = self.last_error.iter().map(|error| format!(" last_error={error:?}"));
        shown.extend(version.chain(error));
        if problems > 0 {
            let _ = write!(shown, " diagnostics={problems}");
        }
        shown + ">"
    }
}

impl Status {
    pub(crate) fn of(client: &flagkit::Client) -> Self {
        let status = client.status();
        Self {
            is_ready: status.is_ready,
            source: status.source.name(),
            version: status.version.map(|version| version.to_string()),
            environment: status.environment.map(|environment| environment.to_string()),
            dialect: client.dialect().name(),
            age: status.age.map(|age| age.as_secs_f64()),
            connected: status.connected,
            last_error: status.last_error,
            publications: status.publications,
            revision: status.revision,
            diagnostics: status.diagnostics.iter().map(ToString::to_string).collect(),
            last_problem: status.last_problem,
        }
    }
}

/// What the server has of what was counted, and what is left.
#[pyclass(frozen, get_all, module = "flagkit")]
#[derive(Debug)]
pub(crate) struct Delivered {
    /// Evaluations that it has counted.
    evaluations: u64,
    /// Evaluations that it has not, or that nobody knows of whether it has.
    left: u64,
    /// Exposures of tracked flags that wait.
    exposures_left: u64,
}

#[pymethods]
impl Delivered {
    fn __repr__(&self) -> String {
        format!("<flagkit.Delivered evaluations={} left={}>", self.evaluations, self.left)
    }
}

impl From<flagkit::Delivered> for Delivered {
    fn from(delivered: flagkit::Delivered) -> Self {
        let flagkit::Delivered { evaluations, left, exposures_left, .. } = delivered;
        Self { evaluations, left, exposures_left }
    }
}

/// Numbers of a client for a monitoring system. Evaluations are 0 where nothing is counted.
#[pyclass(frozen, get_all, module = "flagkit")]
#[derive(Debug)]
pub(crate) struct Metrics {
    /// Evaluations since counting began.
    evaluations: u64,
    /// The same by reason, and errors by their codes.
    evaluations_by_reason: BTreeMap<&'static str, u64>,
    /// Evaluations in which the caller's default was served.
    defaults: u64,
    /// Evaluations that failed.
    errors: u64,
    /// Evaluations that the server does not know of yet.
    evaluations_unreported: u64,
    /// Exposures of tracked flags that the server does not know of yet.
    exposures_waiting: u64,
    /// Exposures that were left out because too many waited.
    exposures_dropped: u64,
    /// Reports that the server has taken.
    reports_sent: u64,
    /// Attempts to send a report that came to nothing.
    reports_failed: u64,
    /// Reports given up after a day.
    reports_lost: u64,
    /// How many documents have been published.
    publications: u64,
    /// Whether the server is there.
    is_connected: bool,
    /// Which state of an environment the flags are, where the source counts.
    version: Option<String>,
    /// How many seconds ago the server said that they are current.
    age: Option<f64>,
}

impl From<flagkit::Metrics> for Metrics {
    fn from(metrics: flagkit::Metrics) -> Self {
        Self {
            evaluations: metrics.evaluations,
            evaluations_by_reason: metrics.evaluations_by_reason,
            defaults: metrics.defaults,
            errors: metrics.errors,
            evaluations_unreported: metrics.evaluations_unreported,
            exposures_waiting: metrics.exposures_waiting,
            exposures_dropped: metrics.exposures_dropped,
            reports_sent: metrics.reports_sent,
            reports_failed: metrics.reports_failed,
            reports_lost: metrics.reports_lost,
            publications: metrics.publications,
            is_connected: metrics.is_connected,
            version: metrics.version.map(|version| version.to_string()),
            age: metrics.age.map(|age| age.as_secs_f64()),
        }
    }
}
