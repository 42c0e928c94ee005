//! Metrics of a file, and what their names say.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::config::finding::Findings;
use crate::plan::{Direction, Measure, Metric, Role, Source};

/// One metric as it is written.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::config) struct MetricSection {
    name: String,
    kind: Option<MeasureKind>,
    quantile: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    bad: Option<Direction>,
    role: Role,
    margin: f64,
    limit: Option<f64>,
    weight: f64,
    observations_min: u64,
    dispersion: Option<f64>,
    from: Option<String>,
    units: bool,
    url: Option<String>,
    query: Option<String>,
    exposures: Option<String>,
    squares: Option<String>,
    with: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum MeasureKind {
    Events,
    Quantile,
    Mean,
    Reading,
}

impl MetricSection {
    pub(in crate::config) fn check(&self, findings: &mut Findings) {
        let path = format!("metrics.{}", self.name);
        let kind = self.kind.or(known(&self.name).map(|(kind, _)| kind));
        match kind {
            None => {
                let problem =
                    format!("what kind of metric `{}` is cannot be told by its name", self.name);
                findings.add(
                    &path,
                    problem,
                    "write `kind: events`, `quantile`, `mean` or `reading`",
                );
            }
            Some(MeasureKind::Quantile) => self.check_quantile(&path, findings),
            Some(_) if self.quantile.is_some() => {
                findings.add(
                    &format!("{path}.quantile"),
                    "it has no quantile",
                    "write `kind: quantile`, or remove it",
                );
            }
            Some(MeasureKind::Mean) if matches!((self.min, self.max), (Some(min), Some(max)) if min >= max) =>
            {
                findings.add(
                    &format!("{path}.max"),
                    "it is not above `min`",
                    "write a larger `max`",
                );
            }
            Some(_) => {}
        }
        let is_prometheus = self.from.as_deref() == Some("prometheus")
            || (self.from.is_none() && self.query.is_some());
        if is_prometheus && self.query.is_none() {
            findings.add(&path, "Prometheus is asked nothing", "write its `query`");
        }
        if is_prometheus && self.query.is_some() {
            self.check_prometheus(&path, kind, findings);
        }
        if self.url.is_some() && !is_prometheus {
            findings.add(
                &format!("{path}.url"),
                "only Prometheus has a URL here",
                "remove it, or write a `query`",
            );
        }
    }

    fn check_prometheus(&self, path: &str, kind: Option<MeasureKind>, findings: &mut Findings) {
        match kind {
            Some(MeasureKind::Events) if self.exposures.is_none() => {
                let mend = "write `exposures`, a query that counts all requests";
                findings.add(path, "a share needs something to be a share of", mend);
            }
            Some(MeasureKind::Mean) if self.exposures.is_none() => {
                let mend = "write `exposures`, a query that counts the observations";
                findings.add(path, "a mean needs to know of how many observations it is one", mend);
            }
            Some(MeasureKind::Mean)
                if self.squares.is_none() && (self.min.is_none() || self.max.is_none()) =>
            {
                let mend = "write `squares`, a query that sums their squares, or `min` and `max`";
                let problem = "nothing is known of how much observations vary";
                findings.add(path, problem, mend);
            }
            _ => {}
        }
    }

    /// A mean without bounds is known approximately, from so many observations on.
    fn observations_min(&self, kind: MeasureKind) -> u64 {
        let is_bounded = self.min.is_some() && self.max.is_some();
        match (kind, self.observations_min) {
            (MeasureKind::Mean, 0) if !is_bounded => MEAN_MINIMUM,
            (_, least) => least,
        }
    }

    fn check_quantile(&self, path: &str, findings: &mut Findings) {
        match self.quantile.or(quantile(&self.name)) {
            None => findings.add(
                path,
                "which quantile it is cannot be told by its name",
                "write `quantile: 0.95`",
            ),
            Some(quantile) if quantile <= 0.0 || quantile >= 1.0 => {
                let problem = format!("{quantile} is no quantile");
                findings.add(
                    &format!("{path}.quantile"),
                    problem,
                    "write a number between 0 and 1, such as `0.95`",
                );
            }
            Some(_) => {}
        }
    }

    /// The metric of the plan.
    pub(in crate::config) fn metric(&self, prometheus: Option<&str>) -> Metric {
        let known = known(&self.name);
        let kind = self.kind.or(known.map(|(kind, _)| kind)).unwrap_or(MeasureKind::Reading);
        let measure = match kind {
            MeasureKind::Events => Measure::Events,
            MeasureKind::Quantile => Measure::Quantile {
                quantile: self.quantile.or(quantile(&self.name)).unwrap_or(0.95),
            },
            MeasureKind::Mean => Measure::Mean { min: self.min, max: self.max },
            MeasureKind::Reading => Measure::Reading,
        };
        Metric {
            name: self.name.clone(),
            measure,
            direction: self.bad.or(known.map(|(_, bad)| bad)).unwrap_or_default(),
            role: self.role,
            margin: self.margin,
            limit: self.limit,
            weight: self.weight,
            observations_min: self.observations_min(kind),
            dispersion: self.dispersion,
            source: self.source(prometheus),
        }
    }

    fn source(&self, prometheus: Option<&str>) -> Source {
        let with = self.with.clone();
        match (self.from.as_deref(), &self.query) {
            (None, None) | (Some("push"), _) => Source::Push { units: self.units },
            (None | Some("prometheus"), query) => Source::Prometheus {
                url: self.url.as_deref().or(prometheus).map(str::to_owned),
                query: query.clone().unwrap_or_default(),
                exposures: self.exposures.clone(),
                squares: self.squares.clone(),
                with,
            },
            (Some(driver), _) => Source::Other { driver: driver.to_owned(), with },
        }
    }
}

/// The observations on each side before a mean without bounds says anything, if the file has no number.
const MEAN_MINIMUM: u64 = 1000;

/// What a well-known name says: the kind of numbers, and which way is bad.
fn known(name: &str) -> Option<(MeasureKind, Direction)> {
    use Direction::{Decrease, Increase};
    use MeasureKind::{Events, Mean, Quantile, Reading};
    if quantile(name).is_some() {
        return Some((Quantile, Increase));
    }
    let known = match name {
        "error_rate" | "errors" | "failure_rate" | "timeout_rate" | "bounce_rate" => {
            (Events, Increase)
        }
        "success_rate" | "availability" | "conversion_rate" | "conversions" | "click_rate" => {
            (Events, Decrease)
        }
        "revenue" | "satisfaction" => (Mean, Decrease),
        "throughput" | "hit_rate" => (Reading, Decrease),
        "cpu" | "memory" | "disk" | "connections" | "lag" | "user_complaints" => {
            (Reading, Increase)
        }
        _ => return None,
    };
    Some(known)
}

/// The quantile at the end of a name: 0.95 of `p95` and `latency_p95`, 0.999 of `p999`.
fn quantile(name: &str) -> Option<f64> {
    let last = name.rsplit('_').next()?;
    let digits = last.strip_prefix('p').filter(|digits| (2..=5).contains(&digits.len()))?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let quantile: f64 = format!("0.{digits}").parse().ok()?;
    (is_number && quantile > 0.0).then_some(quantile)
}
