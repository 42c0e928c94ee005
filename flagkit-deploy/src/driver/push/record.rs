//! One line of what is pushed.

use serde::{Deserialize, Serialize};

use super::counts_units;
use crate::plan::{Measure, Metric};

/// What happened, as one JSON object.
///
/// ```json
/// {"target":"shop","metric":"error_rate","arm":"canary","exposures":120,"events":3,"series":"app-1","sequence":17}
/// {"target":"shop","metric":"error_rate","arm":"canary","unit":"user-7","failed":true}
/// {"target":"shop","metric":"p95","arm":"canary","values":[0.0125,0.0141]}
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pushed {
    /// What is released.
    pub target: String,
    /// The name of the metric in the plan.
    pub metric: String,
    /// The name of the arm.
    pub arm: String,
    /// The name of the stratum; the first one without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
    /// Who counts: unique among those who push for the target, at most 200 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// Grows by one with every record of the series. A record counts once; one that is more than
    /// 64 behind the newest of its series counts as one that was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
    /// When, in milliseconds since 1970; when it arrives without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// How many requests or units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposures: Option<u64>,
    /// To how many of them it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<u64>,
    /// One unit: the user or tenant by which traffic is divided, at most 200 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether it happened to that unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<bool>,
    /// Observations of something continuous, at most 10,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<f64>,
}

/// What a record adds to a window.
#[derive(Clone, Copy, Debug)]
pub(super) enum Amount<'p> {
    Events { exposures: u64, events: u64 },
    Unit { unit: &'p str, failed: bool },
    Values(&'p [f64]),
}

impl Pushed {
    /// What it adds, as the metric wants it.
    pub(super) fn amount(&self, metric: &Metric) -> Result<Amount<'_>, String> {
        for (name, text) in [("series", &self.series), ("unit", &self.unit)] {
            if text.as_ref().is_some_and(|text| text.len() > TEXT_MAX) {
                return Err(format!("`{name}` is longer than {TEXT_MAX} bytes"));
            }
        }
        if !matches!(metric.measure, Measure::Events) {
            return self.values(metric);
        }
        if counts_units(metric) {
            let Some(unit) = &self.unit else {
                return Err(format!("metric `{}` counts units: a `unit` is needed", metric.name));
            };
            return Ok(Amount::Unit { unit, failed: self.failed.unwrap_or(false) });
        }
        if let Some(failed) = self.failed.filter(|_| self.exposures.is_none()) {
            return Ok(Amount::Events { exposures: 1, events: failed.into() });
        }
        let (exposures, events) = (self.exposures.unwrap_or(0), self.events.unwrap_or(0));
        if self.exposures.is_none() {
            return Err("`exposures` is needed beside `events`".to_owned());
        }
        if events > exposures || exposures > COUNT_MAX {
            return Err(format!("{events} events of {exposures} exposures cannot be"));
        }
        Ok(Amount::Events { exposures, events })
    }

    fn values(&self, metric: &Metric) -> Result<Amount<'_>, String> {
        if self.values.is_empty() || self.values.len() > VALUES_MAX {
            return Err(format!("1 to {VALUES_MAX} `values` are needed"));
        }
        if self.values.iter().any(|value| !value.is_finite()) {
            return Err("one of the `values` is no number".to_owned());
        }
        if let Measure::Mean { min: Some(min), max: Some(max) } = metric.measure
            && let Some(value) = self.values.iter().find(|value| !(min..=max).contains(value))
        {
            return Err(format!(
                "{value} is not between {min} and {max}, as metric `{}` says",
                metric.name
            ));
        }
        Ok(Amount::Values(&self.values))
    }
}

const TEXT_MAX: usize = 200;
const VALUES_MAX: usize = 10_000;

/// Enough for a second of all requests of the world, and far from where sums overflow.
const COUNT_MAX: u64 = 1 << 40;
