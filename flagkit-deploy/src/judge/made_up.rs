//! Made-up plans and streams of samples for tests, seeded.

use serde_json::{Value, json};

use super::{Rules, State, Verdict};
use crate::plan::Plan;
use crate::sample::{Numbers, Sample};
use crate::split::{Split, Weight};
use crate::time::Time;

/// A plan with two arms, a split of 10 %, and these metrics.
pub(crate) fn plan(metrics: &Value) -> Plan {
    let plan = json!({
        "target": "checkout",
        "strategy": "canary",
        "arms": [{"name": "stable"}, {"name": "canary"}],
        "route": "checkout",
        "base": [1_000_000, 0],
        "steps": [{"name": "10%", "step": "split", "split": [900_000, 100_000]}],
        "metrics": metrics,
    });
    serde_json::from_value(plan).expect("the plan is written as plans are")
}

/// A metric of events of units, with more fields.
pub(crate) fn units(name: &str, more: &Value) -> Value {
    metric(name, "events", &json!({"from": "push", "units": true}), more)
}

/// A metric of events of requests, with more fields.
pub(crate) fn requests(name: &str, more: &Value) -> Value {
    metric(name, "events", &json!({"from": "push"}), more)
}

pub(crate) fn reading(name: &str, more: &Value) -> Value {
    metric(name, "reading", &json!({"from": "push"}), more)
}

/// A quantile of what units took, with more fields.
pub(crate) fn quantile(name: &str, quantile: f64, more: &Value) -> Value {
    let mut metric = metric(name, "quantile", &json!({"from": "push", "units": true}), more);
    metric["measure"]["quantile"] = quantile.into();
    metric
}

/// A mean over units, between two bounds or none, with more fields.
pub(crate) fn mean(name: &str, bounds: Option<(f64, f64)>, more: &Value) -> Value {
    let mut metric = metric(name, "mean", &json!({"from": "push", "units": true}), more);
    if let Some((min, max)) = bounds {
        (metric["measure"]["min"], metric["measure"]["max"]) = (min.into(), max.into());
    }
    metric
}

fn metric(name: &str, kind: &str, source: &Value, more: &Value) -> Value {
    let mut metric = json!({"name": name, "measure": {"kind": kind}, "source": source});
    for (key, value) in more.as_object().expect("more fields are an object") {
        metric[key] = value.clone();
    }
    metric
}

pub(crate) fn rules(plan: &Plan) -> Rules {
    Rules::new(plan).expect("the plan can be judged")
}

pub(crate) fn split(ppm: &[u32]) -> Split {
    let weights = ppm.iter().map(|&ppm| Weight::from_ppm(ppm).expect("a weight"));
    Split::new(weights.collect()).expect("a split")
}

pub(crate) fn seconds(seconds: u64) -> Time {
    Time::from_unix_ms(seconds * 1000)
}

/// A window of ten seconds, counted from 0.
pub(crate) fn sample(window: u64, metric: u16, arm: u16, numbers: Numbers) -> Sample {
    let (start, end) = (seconds(window * 10), seconds(window * 10 + 10));
    Sample { metric, arm, stratum: 0, start, end, numbers }
}

pub(crate) fn events(exposures: u64, events: u64) -> Numbers {
    Numbers::Events { exposures, events }
}

/// Units that were never seen before, all of them.
pub(crate) fn new_units(units: u64, events: u64) -> Numbers {
    Numbers::Units { units, events, first: Some(units), since: seconds(0) }
}

/// The verdict on a metric in the first new arm.
pub(crate) fn verdict(rules: &Rules, state: &State, metric: u16) -> Verdict {
    let evidence = rules.evidence(state);
    let found = evidence.iter().find(|evidence| evidence.metric == Some(metric));
    found.expect("there is evidence for every metric").verdict
}

/// `SplitMix64`.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// At least 0 and below 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("below a usize")
    }

    /// How often something rare happened (Knuth's product; means of up to some hundred).
    pub(crate) fn poisson(&mut self, mean: f64) -> u64 {
        let (mut count, mut product) = (0, self.share());
        let bound = (-mean).exp();
        while product > bound {
            count += 1;
            product *= self.share();
        }
        count
    }

    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            things.swap(at, self.below(at + 1));
        }
    }
}
